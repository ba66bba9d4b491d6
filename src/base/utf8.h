/* UTF-8, widths, and the one place that defuses what comes out of logs.
 *
 * Every string from outside reaches a screen, an error or a terminal through utf8_defuse or
 * utf8_take_cell. Rule: C0 and DEL become ^X; C1, bidi controls, zero-width and filler
 * characters become <U+202E>; ill-formed bytes become <9B>; at most 8 combining marks a base,
 * further ones and those without a base become <U+0301>. */
#ifndef LAMBDIG_BASE_UTF8_H
#define LAMBDIG_BASE_UTF8_H

#include "src/base/buf.h"

/* Decodes one character at the front of `s` (len > 0). Returns its bytes (1 to 4), sets
 * `*code`; ill-formed: returns 1 and `*code` = UTF8_BAD. */
#define UTF8_BAD UINT32_MAX
size_t utf8_decode(struct str s, uint32_t *code);
/* Writes 1 to 4 bytes; returns how many. Surrogates and > 10FFFF are written as U+FFFD. */
size_t utf8_encode(uint32_t code, char out[4]);

/* One cell's worth of text: a grapheme cluster, or the visible form of a control. */
struct cell_text {
    char bytes[32]; /* UTF-8, not NUL-ended */
    uint8_t len;
    uint8_t width;  /* columns: 1 or 2; for `^X` and `<U+202E>` up to 10 */
    bool control;   /* a defused byte: draw it in the role `control` */
};

/* Takes the next cluster off the front of `*s` (len > 0). TAB is given as one cell of
 * width 1 with the byte '\t': the caller expands it. Never returns a byte below 0x20 but that. */
void utf8_take_cell(struct str *s, struct cell_text *out);

/* Columns that `s` takes once defused, with TAB as one column. */
size_t utf8_width(struct str s);

/* Appends the defused form of `s`. LF is kept when keep_lf, TAB becomes one blank.
 * false: the ceiling of `out` was met; what fits before it stands. */
bool utf8_defuse(struct str s, bool keep_lf, struct buf *out);

/* True when no byte of `s` needs defusing or decoding: printable ASCII only. Fast. */
bool utf8_is_plain(struct str s);

/* True for characters that show nothing yet separate what a search would match: bidi
 * controls, zero-width characters, fillers, tags, variation selectors, noncharacters. */
bool utf8_is_invisible(uint32_t code);

#endif
