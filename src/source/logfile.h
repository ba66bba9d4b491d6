/* Exported logs, files or stdin, gzip too; the format is found by looking (docs/formats.md).
 * Reads in blocks of fixed size: memory does not grow with the input. Several files are merged
 * by time where all have times, else taken one after the other. */
#ifndef LAMBDIG_SOURCE_LOGFILE_H
#define LAMBDIG_SOURCE_LOGFILE_H

#include "src/source/source.h"

struct logfile_options {
    const char *const *paths; /* `-` is stdin, at most once */
    size_t count;             /* 1 to 1,024 */
    bool follow;              /* stdin that is no regular file is followed to its end of file */
    struct window window;
};

/* false: no file at all can be read. One of several: handed to sink.trouble at the first step. */
bool logfile_open(struct source **out, const struct logfile_options *options,
                  struct err *err) MUST_USE;

#endif
