/* What goes to stdout: gathered in one buffer, written in large pieces. Main thread. */
#ifndef LAMBDIG_CLI_OUTPUT_H
#define LAMBDIG_CLI_OUTPUT_H

#include "src/base/buf.h"

#define OUTPUT_CEILING (1u << 20) /* of what waits; a piece is written long before */

struct output {
    struct buf buf;  /* add to it, then call output_some */
    bool gone;       /* the reader went away: nothing more is written */
    struct err err;  /* why a write failed; ERR_NONE */
    int cols;        /* of the terminal on stdout; 80 where there is none */
    bool color;      /* escapes for colour are wanted */
    bool ascii;      /* the locale has no UTF-8, or --ascii */
};

/* color: `auto`, `always` or `never`. The locale must be set. */
void output_init(struct output *out, const char *color, bool ascii);
/* Writes the rest. */
void output_release(struct output *out);
void output_flush(struct output *out);
/* Writes when enough has gathered. */
void output_some(struct output *out);
/* True while writing makes sense. */
static inline bool output_good(const struct output *out)
{
    return !out->gone && out->err.code == ERR_NONE;
}
/* `status`, or what a failed write makes of it: 141 silently, 4 with a line on stderr. */
int output_status(const struct output *out, int status);

enum style { STYLE_PLAIN, STYLE_BOLD, STYLE_DIM, STYLE_BAD, STYLE_WARN, STYLE_GOOD };
void output_style(struct output *out, enum style style); /* nothing without colour */
/* Defused text; with a limit, cut with an ellipsis. Returns the columns used. */
int output_text(struct output *out, struct str text, int max_cols);
/* Defused text, wrapped at blanks; further lines begin `indent` columns to the right; `col` is
 * where the cursor stands. Ends the line. */
void output_wrapped(struct output *out, struct str text, int indent, int col);
void output_blanks(struct output *out, int count);

#endif
