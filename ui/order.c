#include "ui/order.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/err.h"

#define PAGE_RUNS 256u

struct run {
    uint64_t seq; /* the rows seq, seq + 1, ... */
    int64_t key;  /* of the first of them */
    uint64_t count;
};

struct order_page {
    size_t rows;
    unsigned count;
    struct run run[PAGE_RUNS];
};

struct spot { /* a position: before row `offset` of a run; offset may be the run's count */
    size_t page;
    unsigned run;
    uint64_t offset;
};

void order_init(struct order *o, order_key *key, void *ctx)
{
    *o = (struct order){.key = key, .ctx = ctx};
}

void order_clear(struct order *o)
{
    for (size_t i = 0; i < o->page_count; i++)
        free(o->pages[i]);
    o->page_count = 0;
    o->count = 0;
}

void order_release(struct order *o)
{
    order_clear(o);
    free(o->pages);
    *o = (struct order){0};
}

static bool before(int64_t key, uint64_t seq, int64_t other_key, uint64_t other_seq)
{
    return key != other_key ? key < other_key : seq < other_seq;
}

/* The last page whose first row is not after (key, seq); 0 when all are. */
static size_t page_of(const struct order *o, int64_t key, uint64_t seq)
{
    size_t low = 0, high = o->page_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        const struct run *first = &o->pages[middle]->run[0];
        if (before(key, seq, first->key, first->seq))
            high = middle;
        else
            low = middle;
    }
    return low;
}

static unsigned run_of(const struct order_page *page, int64_t key, uint64_t seq)
{
    unsigned low = 0, high = page->count;
    while (high - low > 1) {
        unsigned middle = low + (high - low) / 2;
        if (before(key, seq, page->run[middle].key, page->run[middle].seq))
            high = middle;
        else
            low = middle;
    }
    return low;
}

/* How many rows of the run stand before (key, seq). */
static uint64_t offset_in(const struct order *o, const struct run *run, int64_t key, uint64_t seq)
{
    uint64_t low = 0, high = run->count;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2, row = run->seq + middle;
        int64_t row_key = middle == 0 ? run->key : o->key(o->ctx, row);
        if (before(row_key, row, key, seq))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct spot spot_of(const struct order *o, int64_t key, uint64_t seq)
{
    struct spot s = {0, 0, 0};
    if (o->page_count == 0)
        return s;
    s.page = page_of(o, key, seq);
    s.run = run_of(o->pages[s.page], key, seq);
    s.offset = offset_in(o, &o->pages[s.page]->run[s.run], key, seq);
    return s;
}

static bool is_at(const struct order *o, struct spot s, uint64_t seq)
{
    if (o->page_count == 0)
        return false;
    const struct run *run = &o->pages[s.page]->run[s.run];
    return s.offset < run->count && run->seq + s.offset == seq;
}

static void add_page(struct order *o, size_t at)
{
    if (o->page_count == o->page_room) {
        o->page_room = o->page_room ? o->page_room * 2 : 16;
        o->pages = xrealloc(o->pages, o->page_room * sizeof *o->pages);
    }
    memmove(&o->pages[at + 1], &o->pages[at], (o->page_count - at) * sizeof *o->pages);
    o->pages[at] = xcalloc(1, sizeof **o->pages);
    o->page_count++;
}

static void remove_page(struct order *o, size_t at)
{
    free(o->pages[at]);
    o->page_count--;
    memmove(&o->pages[at], &o->pages[at + 1], (o->page_count - at) * sizeof *o->pages);
}

static void count_rows(struct order_page *page)
{
    page->rows = 0;
    for (unsigned i = 0; i < page->count; i++)
        page->rows += page->run[i].count;
}

/* Makes room for two more runs in the page of `s`, and moves `s` along when it is split. */
static void make_room(struct order *o, struct spot *s)
{
    struct order_page *page = o->pages[s->page];
    if (page->count + 2 <= PAGE_RUNS)
        return;
    add_page(o, s->page + 1);
    struct order_page *right = o->pages[s->page + 1];
    unsigned half = page->count / 2;
    right->count = page->count - half;
    memcpy(right->run, page->run + half, right->count * sizeof *right->run);
    page->count = half;
    count_rows(page);
    count_rows(right);
    if (s->run >= half) {
        s->page++;
        s->run -= half;
    }
}

static void insert_run(struct order_page *page, unsigned at, struct run run)
{
    memmove(&page->run[at + 1], &page->run[at], (page->count - at) * sizeof *page->run);
    page->run[at] = run;
    page->count++;
}

static void remove_run(struct order_page *page, unsigned at)
{
    page->count--;
    memmove(&page->run[at], &page->run[at + 1], (page->count - at) * sizeof *page->run);
}

static void join_next(struct order_page *page, unsigned at)
{
    if (at + 1 >= page->count || page->run[at].seq + page->run[at].count != page->run[at + 1].seq)
        return;
    page->run[at].count += page->run[at + 1].count;
    remove_run(page, at + 1);
}

static void insert_after(struct order_page *page, unsigned run, int64_t key, uint64_t seq)
{
    if (page->run[run].seq + page->run[run].count == seq) {
        page->run[run].count++;
        join_next(page, run);
        return;
    }
    insert_run(page, run + 1, (struct run){seq, key, 1});
    join_next(page, run + 1);
}

static void split_run(struct order *o, struct order_page *page, unsigned run, uint64_t offset)
{
    struct run *left = &page->run[run];
    struct run right = {left->seq + offset, o->key(o->ctx, left->seq + offset),
                        left->count - offset};
    left->count = offset;
    insert_run(page, run + 1, right);
}

static void insert_at(struct order *o, struct spot s, int64_t key, uint64_t seq)
{
    make_room(o, &s);
    struct order_page *page = o->pages[s.page];
    if (s.offset == 0) { /* before the first run of all */
        insert_run(page, s.run, (struct run){seq, key, 1});
        join_next(page, s.run);
    } else {
        if (s.offset < page->run[s.run].count)
            split_run(o, page, s.run, s.offset);
        insert_after(page, s.run, key, seq);
    }
    page->rows++;
}

static void append(struct order *o, int64_t key, uint64_t seq)
{
    if (o->page_count == 0 || o->pages[o->page_count - 1]->count == PAGE_RUNS)
        add_page(o, o->page_count);
    struct order_page *page = o->pages[o->page_count - 1];
    if (page->count > 0)
        insert_after(page, page->count - 1, key, seq);
    else
        insert_run(page, 0, (struct run){seq, key, 1});
    page->rows++;
    o->last_key = key;
    o->last_seq = seq;
}

void order_add(struct order *o, int64_t key, uint64_t seq)
{
    if (o->count == 0 || before(o->last_key, o->last_seq, key, seq)) {
        append(o, key, seq);
        o->count++;
        return;
    }
    struct spot s = spot_of(o, key, seq);
    if (is_at(o, s, seq))
        return;
    insert_at(o, s, key, seq);
    o->count++;
}

static void find_last(struct order *o)
{
    if (o->count == 0)
        return;
    const struct order_page *page = o->pages[o->page_count - 1];
    const struct run *run = &page->run[page->count - 1];
    o->last_seq = run->seq + run->count - 1;
    o->last_key = run->count == 1 ? run->key : o->key(o->ctx, o->last_seq);
}

static void take_out(struct order *o, struct spot s)
{
    make_room(o, &s);
    struct order_page *page = o->pages[s.page];
    if (s.offset > 0) {
        split_run(o, page, s.run, s.offset);
        s.run++;
    }
    struct run *run = &page->run[s.run];
    if (run->count == 1) {
        remove_run(page, s.run);
    } else {
        run->seq++;
        run->count--;
        run->key = o->key(o->ctx, run->seq);
    }
    page->rows--;
    if (page->count == 0)
        remove_page(o, s.page);
}

bool order_remove(struct order *o, int64_t key, uint64_t seq)
{
    struct spot s = spot_of(o, key, seq);
    if (!is_at(o, s, seq))
        return false;
    bool was_last = seq == o->last_seq;
    take_out(o, s);
    o->count--;
    if (was_last)
        find_last(o);
    return true;
}

/* Drops rows of the first run; false: its first row stays. */
static bool drop_some(struct order *o, uint64_t first)
{
    struct order_page *page = o->pages[0];
    struct run *run = &page->run[0];
    if (run->seq >= first)
        return false;
    uint64_t gone = first - run->seq < run->count ? first - run->seq : run->count;
    run->seq += gone;
    run->count -= gone;
    page->rows -= gone;
    o->count -= gone;
    if (run->count > 0)
        run->key = o->key(o->ctx, run->seq);
    else
        remove_run(page, 0);
    if (page->count == 0)
        remove_page(o, 0);
    return true;
}

void order_drop_front(struct order *o, uint64_t first)
{
    while (o->count > 0 && drop_some(o, first))
        ;
}

/* The spot of a row by its index; index < o->count. */
static struct spot spot_at(const struct order *o, size_t index)
{
    struct spot s = {0, 0, 0};
    while (index >= o->pages[s.page]->rows)
        index -= o->pages[s.page++]->rows;
    const struct order_page *page = o->pages[s.page];
    while (index >= page->run[s.run].count)
        index -= (size_t)page->run[s.run++].count;
    s.offset = index;
    return s;
}

uint64_t order_at(const struct order *o, size_t index)
{
    uint64_t seq = UINT64_MAX;
    order_read(o, index, 1, &seq);
    return seq;
}

size_t order_read(const struct order *o, size_t index, size_t count, uint64_t *seqs)
{
    if (index >= o->count)
        return 0;
    struct spot s = spot_at(o, index);
    size_t done = 0;
    for (; s.page < o->page_count; s.page++, s.run = 0)
        for (; s.run < o->pages[s.page]->count; s.run++, s.offset = 0)
            for (; s.offset < o->pages[s.page]->run[s.run].count; s.offset++) {
                if (done == count)
                    return done;
                seqs[done++] = o->pages[s.page]->run[s.run].seq + s.offset;
            }
    return done;
}

size_t order_find(const struct order *o, int64_t key, uint64_t seq, bool *there)
{
    struct spot s = spot_of(o, key, seq);
    *there = is_at(o, s, seq);
    size_t index = (size_t)s.offset;
    for (size_t i = 0; i < s.page; i++)
        index += o->pages[i]->rows;
    for (unsigned i = 0; i < s.run; i++)
        index += (size_t)o->pages[s.page]->run[i].count;
    return index;
}
