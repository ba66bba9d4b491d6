/* A recorded incident, opened offline: a directory in the format of docs/casefile.md. */
#ifndef LAMBDIG_SOURCE_CASEFILE_H
#define LAMBDIG_SOURCE_CASEFILE_H

#include "src/source/source.h"

struct casefile_options {
    const char *directory;
    struct window window;
    /* 0: everything at once. Else played back by its own clock, this many times faster: the
     * events up to `play_from_ms` before its end come at once, the rest as time passes. */
    unsigned play_speed;
    int64_t play_from_ms;
};

/* false: the directory or one of its required files cannot be read, or its version is unknown. */
bool casefile_open(struct source **out, const struct casefile_options *options,
                   struct err *err) MUST_USE;

#endif
