/* A grid of cells that panes draw into; term.c alone turns it into bytes for a terminal. Every
 * text put here is defused on the way (base/utf8.h), so that no pane can leak a control byte.
 * Rows and columns count from 0; what lies outside the clip is dropped. UI thread. */
#ifndef LAMBDIG_UI_CANVAS_H
#define LAMBDIG_UI_CANVAS_H

#include <stdlib.h>

#include "src/base/buf.h"
#include "src/base/str.h"

#define CANVAS_TAB_COLS 4 /* a TAB in a text moves to the next multiple of this */

enum role {
#define ROLE(id, name, fallback, mono, help) ROLE_##id,
#include "ui/roles.def"
#undef ROLE
    ROLE_COUNT
};

struct rect {
    int row, col, rows, cols;
};

struct cell {
    char bytes[15]; /* one grapheme cluster, UTF-8; len 0: the right half of a wide one */
    uint8_t len;
    uint8_t role;    /* enum role */
    uint8_t over; /* a role whose background or reverse is laid over it: SELECTION, SEARCH_HIT; 0:
                     none */
};

struct canvas {
    struct cell *cells; /* rows * cols */
    int rows, cols;
    struct rect clip;   /* draw calls are relative to its corner */
    bool ascii;         /* outside UTF-8 or --ascii: lines, bars and ellipses in ASCII */
};

void canvas_init(struct canvas *c);
void canvas_release(struct canvas *c);
void canvas_resize(struct canvas *c, int rows, int cols); /* blank afterwards */
void canvas_clear(struct canvas *c);
/* All further calls draw inside `r`, given in screen coordinates (what sticks out is cut off). */
void canvas_clip(struct canvas *c, struct rect r);

/* Draws `text` in one row, cut at `max_cols` (or the clip) with an ellipsis when cut; returns
 * the columns used. skip_cols of it are scrolled out to the left. A defused byte has the role
 * CONTROL. */
int canvas_text(struct canvas *c, int row, int col, int max_cols, int skip_cols, enum role role,
                struct str text);
int canvas_printf(struct canvas *c, int row, int col, enum role role, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* Lays `over` on the cells of a row. Each cell whose look changes costs a byte on the wire: the
 * log marks its selected row by a sign and a few columns, not along its whole width. */
void canvas_over(struct canvas *c, int row, int col, int cols, enum role over);
/* `r`, here and for frames, is relative to the clip; `with` is printable ASCII. */
void canvas_fill(struct canvas *c, struct rect r, enum role role, char with);
/* A frame with a title at its upper and one at its lower edge; `focus` draws it doubled and the
 * title in brackets, so that it reads without colour. */
void canvas_frame(struct canvas *c, struct rect r, bool focus, struct str title, struct str below);
/* value of limit as a bar of `cols` columns: `[####....]`-like, eighth blocks in UTF-8. */
void canvas_bar(struct canvas *c, int row, int col, int cols, int64_t value, int64_t limit,
                enum role role);
/* One column a value, eight heights (ASCII: _.:-=+*#); `failed` of each in its own role. */
void canvas_spark(struct canvas *c, int row, int col, const uint16_t *values,
                  const uint16_t *failed, int count);

/* Appends what stands in a row of the whole canvas, without blanks at its end. */
void canvas_row_text(const struct canvas *c, int row, struct buf *out);

#endif
