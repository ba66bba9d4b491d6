/* What stands before the message of a line, and how a line is made readable: comment marks,
 * times, stream names, levels and request ids in the forms that runtimes and log tools write.
 * Pure; everything returned is borrowed from the line or from `room`. */
#ifndef LAMBDIG_MODEL_LINE_H
#define LAMBDIG_MODEL_LINE_H

#include "src/model/event.h"

enum level { LEVEL_NONE, LEVEL_DEBUG, LEVEL_INFO, LEVEL_WARN, LEVEL_ERROR };

struct line_head {
    struct str rest;    /* from the first byte of the message on */
    struct str id;      /* the logger's request id column; empty: none */
    int64_t unix_ms;    /* TIME_NONE; a time without a date is not read */
    enum level level;
    bool timed;         /* a time stood there, with or without a date */
    bool bracket_level; /* the level stood in brackets, Python's form */
    bool after_level;   /* a time or an id stood after the level: a logger wrote this */
    bool indented;      /* the line starts with a blank */
    bool undefined_id;  /* the id column says `undefined`: no request yet */
};

void line_head_read(struct str line, struct line_head *out);

/* Without ANSI sequences and a byte order mark, U+00A0 as blank. `line` itself when it has none
 * of these; else at most `size` bytes in `room`. */
struct str line_clean(struct str line, char *room, size_t size);

/* 8-4-4-4-12 letters and digits: `xmpl` in the documentation's ids is no hexadecimal. */
bool line_is_uuid(struct str word);
enum level line_level(struct str word);

/* Number in the fixed form `digits{1,15}[.digits{1,6}]` at the front, times 10^decimals (at
 * most 6); `loose` drops further decimals instead of refusing them. Moves past it. */
bool line_take_number(struct str *s, unsigned decimals, bool loose, int64_t *out);

#endif
