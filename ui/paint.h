/* Two grids of cells to the bytes that turn one into the other on an ECMA-48 terminal. Pure:
 * it writes into a buf and knows no terminal. Sequences used: CUP, CHA, EL, ED, SGR, DECSTBM, IL,
 * DL.
 *
 * ncurses' own output took 222 bytes for one row that scrolls in at 80 columns, this takes about
 * 100: rows move with the terminal's scroll region, and attributes change in one short SGR. */
#ifndef LAMBDIG_UI_PAINT_H
#define LAMBDIG_UI_PAINT_H

#include "src/base/buf.h"
#include "ui/canvas.h"

#define PAINT_LOOKS 250 /* different looks a theme can make; more fall back to the plain one */
#define PAINT_SGR 48

struct paint_look {
    char sgr[PAINT_SGR]; /* parameters of SGR after a reset: `1;38;5;74`; empty: plain */
    bool blank_shows;    /* a blank of it can be seen: background, reverse, underline */
};

struct paint {
    struct canvas was;  /* what the terminal shows */
    bool stale;         /* nothing is known of it: the next frame is drawn whole */
    bool utf8;          /* false: what is not ASCII is drawn as `?` */
    bool scrolls;       /* it has DECSTBM, IL and DL */
    bool columns;       /* it has CHA */
    int row, col;       /* where its cursor is; row -1: not known */
    int look;           /* what it writes in; -1: not known */
    struct paint_look looks[PAINT_LOOKS];
    int look_count;
    uint8_t index[ROLE_COUNT][ROLE_COUNT]; /* look + 1 of a role and what is over it; 0: not made */
    /* Makes the look of a role with `over` laid over it. */
    void (*make_look)(void *ctx, enum role role, enum role over, struct paint_look *out);
    void *ctx;
};

void paint_init(struct paint *p);
void paint_release(struct paint *p);
void paint_forget_looks(struct paint *p); /* the theme changed; the next frame is drawn whole */
/* Appends the bytes; none when nothing differs. At most PAINT_BYTES_A_CELL for each cell. */
#define PAINT_BYTES_A_CELL 80u
void paint_frame(struct paint *p, const struct canvas *now, struct buf *out);
/* Appends the move of the cursor; none when it is there. */
void paint_cursor(struct paint *p, int row, int col, struct buf *out);

#endif
