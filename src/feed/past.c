#include "src/feed/past.h"

#include "src/feed/pastpage.h"
#include "src/feed/rowpack.h"

#include <stdlib.h>

#define ROWS_AFTER 256u /* behind the row that must be in a window: a screen, and more */

struct page {
    unsigned char *bytes;
    uint32_t len;
    bool thin;
};

struct past {
    struct store *store;
    struct source *source;
    struct page *pages; /* `count` of them; the first is that of row `base` */
    size_t count, room;
    uint64_t base;
    size_t bytes, ceiling;
    size_t thin_count;  /* so many from the first on are thin */
    bool begun;
    struct pastpage open;   /* not full yet */
    struct pastpage loaded; /* for reading */
    uint32_t event_rows;    /* of the event that the newest row belongs to */
    struct pastpage_texts texts;
};

struct past *past_new(struct store *store, struct source *source, size_t bytes)
{
    struct past *past = xcalloc(1, sizeof *past);
    past->store = store;
    past->source = source;
    past->ceiling = bytes;
    pastpage_texts_init(&past->texts);
    return past;
}

void past_free(struct past *past)
{
    if (past == NULL)
        return;
    for (size_t i = 0; i < past->count; i++)
        free(past->pages[i].bytes);
    free(past->pages);
    pastpage_texts_release(&past->texts);
    free(past);
}

uint64_t past_first(const struct past *past)
{
    return past->base;
}

uint64_t past_end(const struct past *past)
{
    return past->base + past->count * PAST_PAGE_ROWS + past->open.count;
}

size_t past_bytes(const struct past *past)
{
    return past->bytes;
}

/* ---- keeping ---- */

static size_t page_cost(const struct page *page)
{
    return page->len + sizeof *page + 2 * sizeof(void *); /* what the allocator takes */
}

static struct page page_make(const struct pastpage *page, bool thin)
{
    static unsigned char room[PASTPAGE_BYTES_MAX]; /* one fetch thread */
    struct page made = {.thin = thin, .len = (uint32_t)pastpage_write(page, thin, room)};
    made.bytes = xcalloc(1, made.len);
    memcpy(made.bytes, room, made.len);
    return made;
}

static void page_thin(struct past *past, struct page *page, uint64_t first)
{
    past->bytes -= page_cost(page);
    pastpage_read((struct str){(const char *)page->bytes, page->len}, first, &past->loaded);
    free(page->bytes);
    *page = page_make(&past->loaded, true);
    past->bytes += page_cost(page);
}

static void page_drop_first(struct past *past)
{
    past->bytes -= page_cost(&past->pages[0]);
    free(past->pages[0].bytes);
    memmove(past->pages, past->pages + 1, --past->count * sizeof *past->pages);
    past->base += PAST_PAGE_ROWS;
    past->thin_count--;
}

static void keep_ceiling(struct past *past)
{
    while (past->bytes > past->ceiling && past->count > 0) {
        size_t at = past->thin_count;
        if (at < past->count) {
            page_thin(past, &past->pages[at], past->base + at * PAST_PAGE_ROWS);
            past->thin_count++;
        } else {
            page_drop_first(past);
        }
    }
}

static void page_close(struct past *past)
{
    if (past->count == past->room) {
        past->room = past->room ? past->room * 2 : 64;
        past->pages = xrealloc(past->pages, past->room * sizeof *past->pages);
    }
    past->pages[past->count] = page_make(&past->open, false);
    past->bytes += page_cost(&past->pages[past->count++]);
    past->open.count = 0;
    keep_ceiling(past);
}

static void take_row(struct past *past, const struct row *row)
{
    struct pastpage *open = &past->open;
    if (row->continues && past_end(past) == past->base) {
        past->base = row->seq + 1; /* how its event begins is not known */
        return;
    }
    past->event_rows = row->continues ? past->event_rows + 1 : 0;
    if (open->count == 0)
        *open = (struct pastpage){.first = row->seq, .skip = past->event_rows};
    open->rows[open->count++] = *row;
    open->last_place = row->place;
    if (open->count == PAST_PAGE_ROWS)
        page_close(past);
}

/* What was not taken in before it left the ring is lost: rows are read again from there on only. */
static void start_over(struct past *past, uint64_t first)
{
    while (past->count > 0)
        past->count--, free(past->pages[past->count].bytes);
    past->bytes = past->thin_count = 0;
    past->open.count = past->event_rows = 0;
    past->base = first;
}

#define HEADS 256u

void past_keep_up(struct past *past)
{
    static struct row rows[HEADS];
    const struct ring *ring = &past->store->rows.ring;
    size_t got;
    if (!past->begun && ring->used_bytes < ring->block_bytes * ring->block_count / 2)
        return;
    if (source_reads_once(past->source))
        return;
    past->begun = true;
    if (past_end(past) < ring_first(ring))
        start_over(past, ring_first(ring));
    while ((got = rows_read_heads(past->store, past_end(past), HEADS, rows)) > 0)
        for (size_t i = 0; i < got; i++)
            take_row(past, &rows[i]);
}

/* ---- reading ---- */

/* The page of a row that is kept, in past->loaded. */
static void page_load(struct past *past, uint64_t row)
{
    size_t at = (size_t)((row - past->base) / PAST_PAGE_ROWS);
    if (at == past->count) {
        past->loaded = past->open;
        return;
    }
    const struct page *page = &past->pages[at];
    pastpage_read((struct str){(const char *)page->bytes, page->len},
                  past->base + at * PAST_PAGE_ROWS, &past->loaded);
}

/* When page `at` begins; pages whose first row has no time are passed over, down to `low`. */
static int64_t page_time(struct past *past, size_t low, size_t *at)
{
    for (;; --*at) {
        page_load(past, past->base + *at * PAST_PAGE_ROWS);
        if (past->loaded.rows[0].unix_ms != TIME_NONE || *at == low)
            return past->loaded.rows[0].unix_ms;
    }
}

uint64_t past_find_time(struct past *past, int64_t unix_ms)
{
    size_t low = 0, high = past->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2, at = middle;
        int64_t first_unix_ms = page_time(past, low, &at);
        if (at == low || first_unix_ms <= unix_ms)
            low = middle;
        else
            high = at;
    }
    return past->base + low * PAST_PAGE_ROWS;
}

static bool is_full(const struct rows *rows, size_t len)
{
    return rows->ring.held == rows->ring.block_count &&
           ring_begins_block(&rows->ring, ROWPACK_MAX + len);
}

/* Puts rows of the page that was read into the window. true: that is enough. */
static bool page_put(struct past *past, const struct past_want *want, struct rows *out)
{
    const struct pastpage *page = &past->loaded;
    for (uint32_t i = 0; i < page->count; i++) {
        const struct row *row = &page->rows[i];
        struct str text = pastpage_text(&past->texts, i);
        if (row->seq < want->first)
            continue;
        if (row->seq >= want->end || (is_full(out, text.len) && row->seq > want->row + ROWS_AFTER))
            return true;
        rows_put(out, row, text);
    }
    return false;
}

bool past_read(struct past *past, const struct past_want *want, bool (*stop)(void *ctx), void *ctx,
               struct rows *out, struct err *err)
{
    uint64_t end = want->end < past_end(past) ? want->end : past_end(past);
    uint64_t seq = want->first < past->base ? past->base : want->first;
    bool enough = seq >= end;
    rows_restart(out, seq);
    if (enough)
        return err_set(err, ERR_NOT_FOUND, "reading again: rows from %llu on: they are not kept",
                       (unsigned long long)want->first);
    while (!enough && seq < end) {
        page_load(past, seq);
        if (!pastpage_fill(&past->loaded, past->store, past->source, stop, ctx, &past->texts, err))
            return false;
        enough = page_put(past, want, out);
        seq = past->loaded.first + past->loaded.count;
    }
    return true;
}
