/* Search in the log: which rows match, how many do, and the way to the next one. Texts are read
 * and matched in slices; what a row answered is kept in two bits. A text that matches only when
 * characters that show nothing are left out is a match, too, and is told apart. UI thread. */
#ifndef LAMBDIG_UI_SEARCH_H
#define LAMBDIG_UI_SEARCH_H

#include "ui/view.h"

enum search_answer { SEARCH_UNASKED, SEARCH_MISS, SEARCH_HIT, SEARCH_HIDDEN_HIT };

struct search {
    struct match *match; /* NULL: no search is on */
    char pattern[204];
    uint8_t *bits;       /* an answer by row number modulo `room` */
    size_t room;
    uint64_t kept_to;    /* answers below are of this pattern and these rows */
    uint64_t counted_to; /* rows below were counted */
    uint64_t hits, hidden_hits;
    uint64_t turns;      /* of the view when the count began */
    bool seeking, forward;
    uint64_t seek_row;   /* the last row that was asked */
    size_t left;         /* rows still to ask before all were */
    bool uncounted;      /* only seeks */
    struct buf text, plain;
};

void search_init(struct search *search);
void search_release(struct search *search);
/* An empty pattern ends the search. false: err names what is wrong with it; the old one stays. */
bool search_set(struct search *search, struct str pattern, struct err *err) MUST_USE;

/* Starts looking for the next match from row `from` on, that row itself included or not. */
void search_seek(struct search *search, const struct log_view *view, uint64_t from, bool forward,
                 bool inclusive);
/* The same, without going on at the other end of the log. */
void search_seek_on(struct search *search, const struct log_view *view, uint64_t from,
                    bool forward, bool inclusive);
/* The view is over other rows now: what they answered is forgotten. */
void search_forget(struct search *search);
enum seek_result { SEEK_NONE, SEEK_ON, SEEK_FOUND, SEEK_FAILED };
/* Goes on for at most budget_us: seeks first, then counts. *busy: more is left. */
enum seek_result search_step(struct search *search, const struct log_view *view,
                             int64_t budget_us, uint64_t *row, bool *busy);
/* Gives up seeking and counting. false: nothing was going on. */
bool search_cancel(struct search *search, const struct log_view *view);
/* 0 to 100 of the count. */
int search_percent(const struct search *search, const struct log_view *view);

/* Does the text match? */
enum search_answer search_ask(struct search *search, struct str text);
/* The next match in `text` at or after `from`, invisible characters inside it included. */
bool search_span(struct search *search, struct str text, size_t from, size_t *start, size_t *end);

#endif
