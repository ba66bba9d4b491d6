/* The log pane, shared by its files: pane_tail.c (the pane), pane_tail_screen.c (what is on
 * screen, read and composed), pane_tail_draw.c, pane_tail_actions.c. UI thread. */
#ifndef LAMBDIG_UI_PANE_TAIL_H
#define LAMBDIG_UI_PANE_TAIL_H

#include "ui/app.h"
#include "ui/histogram.h"
#include "ui/log_line.h"
#include "ui/scroll.h"
#include "ui/search.h"
#include "ui/view.h"

#define BOOKMARKS_MAX 256
#define SCREEN_ROWS_MAX 200
#define SCREEN_LINES_MAX 512
#define SCREEN_TEXT_MAX (2u * 1024u * 1024u)

struct screen_row { /* a row of the view that is on screen */
    struct row row;
    struct log_line line;
    uint8_t class;     /* what the gutter says; FAILURE_NONE: nothing */
    char code[4];
    uint8_t invocation_class; /* what colours the rail */
    bool folded, first_of_group, last_of_group, failed;
    char id[5];        /* the first of its request id, where rows of several interleave */
    char function[25];
};

struct screen_line { /* one line of cells */
    uint16_t row;      /* index of its screen_row */
    bool first;        /* its first line: with gutter and time */
    bool pretty;       /* `line` is one of the pretty-printed ones, else of the row's own */
    struct log_line line;
    uint32_t from, to; /* bytes of that line's text */
};

/* A way through all rows, those that left the memory too, in legs. */
enum hunt_kind { HUNT_NONE, HUNT_TEXT, HUNT_FAILURE, HUNT_ROW };
struct hunt_leg {
    bool held;         /* all of the rows held, else those first <= seq < end of what left */
    uint64_t first, end;
};
#define HUNT_LEGS 3
struct hunt {
    enum hunt_kind kind;
    enum failure_class class; /* HUNT_FAILURE; FAILURE_NONE: any */
    bool forward, begun;      /* begun: the leg is */
    int leg, legs;
    struct hunt_leg leg_at[HUNT_LEGS];
    uint64_t rows_done, rows_all; /* of those that left */
};

/* What is asked of rows that left the memory; 0 as an id: nothing is under way. */
struct older {
    uint32_t last_id, shown_id, scanned_id;
    uint64_t go;       /* where the cursor goes when the window comes; UINT64_MAX: it stays */
    int64_t go_unix_ms; /* the first row from then on; TIME_NONE */
    enum action then;  /* and a move from there; ACTION_NONE */
};

struct tail {
    struct pane pane;
    struct inbox *inbox;
    struct log_view live, past, scanned; /* the rows held; those of the two windows */
    struct log_view *view;               /* what is shown: live or past */
    struct search search, other;         /* of live; of past or scanned, seeking only */
    struct older older;
    struct hunt hunt;
    struct histogram histogram;
    int rows, cols;       /* inner size */
    int strip_rows;       /* of the histogram, at the top */
    uint64_t cursor;      /* row; UINT64_MAX: none yet */
    uint64_t cursor_invocation;
    struct scroll scroll; /* over the view */
    int skip_lines;       /* of the first row on screen, when it is taller than the screen */
    int cursor_lines;     /* lines that the row of the cursor takes */
    bool follow, wrap, pretty, show_histogram;
    int left_cols;        /* scrolled sideways */
    size_t count_at_pause;
    uint64_t bookmarks[BOOKMARKS_MAX];
    int bookmark_count;
    bool search_all;        /* what the view does not have is looked for beyond it */
    uint64_t search_origin; /* where the cursor was when the prompt opened */
    struct scroll scroll_origin;
    bool follow_origin;
    char pattern_before[204];
    struct screen_row screen_rows[SCREEN_ROWS_MAX];
    struct screen_line screen_lines[SCREEN_LINES_MAX];
    int screen_row_count, screen_line_count;
    struct buf text, composed;
    struct store_status status;
    bool many_functions;    /* rows name theirs */
};

static inline struct tail *tail_of(struct pane *pane)
{
    return (struct tail *)pane;
}
static inline const struct tail *tail_in(const struct pane *pane)
{
    return (const struct tail *)pane;
}

/* Reads and composes what the scroll shows; moves its offset so that the cursor is in sight. */
void tail_compose(struct tail *t, const struct console *console);
/* Lines left for rows, and columns for the text of a row. */
int tail_page(const struct tail *t);
int tail_text_col(const struct tail *t, const struct console *console);
/* Time as the gutter shows it. */
int tail_time_cols(const struct tail *t, const struct console *console);

int tail_name_cols(const struct tail *t); /* of the function's name; 0: not shown */
int tail_id_cols(const struct tail *t);

/* pane_tail_text.c */
void tail_text(struct pane *pane, struct console *console, struct buf *out, size_t *line);
bool tail_command(const struct pane *pane, struct console *console, struct buf *out);

void tail_draw(struct pane *pane, const struct console *console, struct canvas *canvas, bool focus);

/* Puts the cursor on a row; it comes to the middle when it was out of sight. Ends following. A row
 * that left the memory comes as soon as it is read again. */
void tail_go(struct tail *t, uint64_t seq);
/* ---- pane_tail_older.c: rows that left the memory ---- */
static inline bool tail_is_past(const struct tail *t)
{
    return t->view == &t->past;
}
/* Are there rows before (or after) those of the view? */
bool tail_has_more(const struct tail *t, bool forward);
/* false: too many requests wait. */
bool tail_ask_window(struct tail *t, enum store_window which, const struct rows_request *rows,
                     uint32_t *id);
/* Asks for the rows around `row`; then the cursor goes to `go` and moves. */
void tail_ask_older(struct tail *t, uint64_t row, uint64_t go, enum action then);
/* Asks for the rows around an instant; the cursor goes to the first one from then on. */
void tail_ask_time(struct tail *t, int64_t unix_ms);
void tail_show_live(struct tail *t);
/* The filters, the order or the folds changed. */
void tail_rebuild(struct tail *t);
static inline struct search *tail_search(struct tail *t)
{
    return tail_is_past(t) ? &t->other : &t->search;
}
/* Takes in what was asked for. true: what is shown changed. */
bool tail_refresh_older(struct tail *t, struct console *console);
/* ---- pane_tail_hunt.c ---- */
/* Looks beyond the view, and round the ends, for what the view does not have. */
void tail_hunt(struct tail *t, enum hunt_kind kind, bool forward, enum failure_class class);
bool tail_stop_hunt(struct tail *t); /* false: none was on */
bool tail_hunt_on(struct tail *t, struct console *console, bool *busy);
int tail_hunt_percent(const struct tail *t);
/* One of the moves of scope LIST. true: something moved. */
bool tail_scroll(struct tail *t, enum action action);
void tail_set_follow(struct tail *t, bool follow);
/* After the filters, the order or the folds changed. */
unsigned tail_rebuilt(struct tail *t);
bool tail_is_bookmarked(const struct tail *t, uint64_t seq);
unsigned tail_go_bookmark(struct tail *t,
                          struct str word); /* the word that act_LOG_BOOKMARKS offered */
unsigned tail_prompted(struct pane *pane, struct console *console, enum action why,
                       struct str text, bool done, bool accepted);
unsigned tail_search_next(struct tail *t, bool forward);
/* The search found a row. */
void tail_found(struct tail *t, struct console *console, uint64_t seq);
struct row tail_cursor_row(const struct tail *t); /* seq UINT64_MAX: none */

#endif
