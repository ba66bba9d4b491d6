/* An ordered set of row numbers, kept as runs: rows that follow each other both on screen and
 * in number are one run, so that a log that needs no reordering is a single run of 24 bytes and a
 * row in the middle of a million is put in by moving one page of runs. Sorted by (key, seq). Keys
 * inside a run are asked for, never stored. Pure but for that question; one thread. */
#ifndef LAMBDIG_UI_ORDER_H
#define LAMBDIG_UI_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The key of a row; the same on every call. ORDER_KEY_GONE: the row is no more (an old one). */
#define ORDER_KEY_GONE INT64_MIN
typedef int64_t order_key(void *ctx, uint64_t seq);

struct order_page;
struct order {
    struct order_page **pages; /* none of them empty */
    size_t page_count, page_room;
    size_t count; /* rows */
    order_key *key;
    void *ctx;
    int64_t last_key; /* of the last row; meant when count > 0 */
    uint64_t last_seq;
};

void order_init(struct order *o, order_key *key, void *ctx);
void order_release(struct order *o);
void order_clear(struct order *o);

/* `key` is what o->key would say. A row that is there already stays as it is. */
void order_add(struct order *o, int64_t key, uint64_t seq);
/* false: it was not there. */
bool order_remove(struct order *o, int64_t key, uint64_t seq);
/* Takes rows below `first` off the front, up to the first one that is not. */
void order_drop_front(struct order *o, uint64_t first);

/* The row at an index; UINT64_MAX when past the end. */
uint64_t order_at(const struct order *o, size_t index);
/* Copies the rows from an index on, at most `count`; how many. */
size_t order_read(const struct order *o, size_t index, size_t count, uint64_t *seqs);
/* The index of the first row at or after (key, seq): o->count when there is none. */
size_t order_find(const struct order *o, int64_t key, uint64_t seq, bool *there);

#endif
