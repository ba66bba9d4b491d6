/* The bytes of one input, read in blocks into one buffer: a file, a pipe or a terminal, gzip
 * unpacked on the way. What was not taken yet moves to the front before the next block, so a
 * reader sees one contiguous run. Ceiling: `room_max` bytes. One thread. */
#ifndef LAMBDIG_SOURCE_BYTES_H
#define LAMBDIG_SOURCE_BYTES_H

#include "src/base/inflate.h"
#include "src/source/wake.h"

struct bytes {
    const char *what; /* borrowed; what errors call it: `the log`, `the case` */
    const char *path; /* borrowed; what errors name */
    int fd;           /* -1: closed */
    bool regular;     /* a file with a size, always readable */
    bool gzip;
    bool ended;       /* all of the input is in the buffer, or its rest cannot be had */
    uint64_t size;    /* of a regular file, packed */
    char *at;
    size_t begin, end, room, room_max;
    uint64_t offset;  /* of at[begin], unpacked */
    struct err trouble; /* why it ended early; code ERR_NONE: it did not */

    struct inflate *inflate;
    char *packed;
    struct str packed_rest;
    bool packed_ended;
};

/* Opens `path`, `-` is stdin. false: err names it (missing, a directory, no permission). */
bool bytes_open(struct bytes *b, const char *what, const char *path, size_t room, size_t room_max,
                struct err *err) MUST_USE;
void bytes_close(struct bytes *b); /* a zeroed value or a closed one: nothing */

enum bytes_state {
    BYTES_CAME,    /* there is more in the buffer than before */
    BYTES_NOTHING, /* nothing within wait_ms, or woken */
    BYTES_FULL,    /* the buffer is full at its ceiling: take something first */
    BYTES_ENDED    /* the input has no more; b->trouble says when it ended early */
};
/* Reads one block. Runs borrowed from the buffer are void afterwards. */
enum bytes_state bytes_more(struct bytes *b, const struct wake *wake, int wait_ms);

/* Reads all of it, at most `ceiling` bytes. false: err; else bytes_here has it until
 * bytes_close, which the caller owes. */
bool bytes_read_whole(struct bytes *b, const char *what, const char *path, size_t ceiling,
                      struct err *err) MUST_USE;

/* Goes on at byte `place`, unpacked: a seek in a file; a packed one is unpacked up to there, and
 * from its start when `place` lies behind. `stop` is asked after each block. false: it ends before
 * that, or `stop` said so (err); the buffer is empty then. Regular files only. */
bool bytes_go(struct bytes *b, uint64_t place, bool (*stop)(void *ctx), void *ctx,
              struct err *err) MUST_USE;

/* What is there to read. */
static inline struct str bytes_here(const struct bytes *b)
{
    return (struct str){b->at ? b->at + b->begin : "", b->end - b->begin};
}

/* The first `len` bytes were used. */
static inline void bytes_take(struct bytes *b, size_t len)
{
    b->begin += len;
    b->offset += len;
}

#endif
