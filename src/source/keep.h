/* A source that hands over only some functions of another one. */
#ifndef LAMBDIG_SOURCE_KEEP_H
#define LAMBDIG_SOURCE_KEEP_H

#include "src/source/source.h"

/* Takes `inner` over. The names are borrowed as long as the source lives. At the end of the
 * source each name that never occurred is handed to sink.trouble, with the nearest one. */
struct source *keep_new(struct source *inner, const char *const *names, size_t count);

#endif
