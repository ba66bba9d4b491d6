/* Which rows of the store the log pane shows, and in which order: the function looked at, the
 * stacked filters, grouped by invocation or in order of time, folded or not.
 *
 * Rows are taken in as they come; a new question (another filter, another order) builds a second
 * order in slices while the first stays on screen, and takes its place when it is complete. No call
 * takes longer than the budget it is given, give or take one page of rows. UI thread. */
#ifndef LAMBDIG_UI_VIEW_H
#define LAMBDIG_UI_VIEW_H

#include "ui/filter.h"
#include "ui/order.h"

enum log_order { LOG_GROUPED, LOG_TIMED };

struct log_view;
struct view_order { /* an order and what its keys mean */
    struct order order;
    const struct log_view *view;
    enum log_order mode;
};

struct log_view {
    struct store *store;
    struct filters filters;
    const struct filters *asked; /* these, or those of the view that this one is like */
    struct groups groups;
    struct view_order sides[2]; /* one is shown, the other one is built */
    int shown;
    bool building;
    enum log_order mode; /* as asked for; an order being built may not be there yet */
    bool fold_all;
    bool timeless;       /* a row without a time was met: order of time is order of arrival */
    bool restart;        /* the invocations changed in a way that only a new order shows */
    uint64_t first_row, next_row, end_row; /* taken in: first_row <= seq < next_row */
    uint64_t generation; /* of the store when the verdicts were read to their end */
    uint64_t turns;      /* counts the orders that took their place on screen */
    struct buf text;
};

void view_init(struct log_view *view, struct store *store);
void view_release(struct log_view *view);

/* Shows rows first <= seq < end, which a window of the store holds, as `like` shows its own:
 * the same filters (as long as `like` lives), order and folds. Complete when it returns: a window
 * is small. */
void view_over(struct log_view *view, const struct log_view *like, uint64_t first, uint64_t end);

/* Takes in what is new. true: what is shown changed. *busy: more is left. */
bool view_refresh(struct log_view *view, const struct store_status *status, int64_t budget_us,
                  bool *busy);
/* Does it leave rows out? */
bool view_is_filtered(const struct log_view *view);
/* After a change of filters, mode, fold_all: builds anew. */
void view_rebuild(struct log_view *view);
/* 0 to 100 while building, else 100. */
int view_percent(const struct log_view *view);

size_t view_count(const struct log_view *view);
uint64_t view_at(const struct log_view *view, size_t index); /* UINT64_MAX: past the end */
size_t view_read(const struct log_view *view, size_t index, size_t count, uint64_t *seqs);
/* The index of a row, or of where it would stand. */
size_t view_find(const struct log_view *view, uint64_t seq, bool *there);

bool view_is_folded(const struct log_view *view, uint64_t invocation);
/* false: it was so already, or the mode has no folds. */
bool view_fold(struct log_view *view, uint64_t invocation, bool fold);
void view_fold_all(struct log_view *view, bool fold);

/* The row of the next failure after (or before) row `from` that is in the view: its REPORT where
 * there is one. class FAILURE_NONE: any failure. UINT64_MAX: none that way. */
uint64_t view_failure(const struct log_view *view, uint64_t from, bool forward,
                      enum failure_class class);
/* The first row at or after an instant, as far as the order allows to tell. */
size_t view_find_time(const struct log_view *view, int64_t unix_ms);

#endif
