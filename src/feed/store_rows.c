#include "src/feed/store_inside.h"

#include "src/feed/rowpack.h"

/* The row ring: each record is a packed head and the text as it came. */

void rows_init(struct rows *rows, size_t bytes, size_t block_bytes)
{
    ring_init(&rows->ring, bytes, block_bytes);
}

void rows_restart(struct rows *rows, uint64_t first)
{
    struct ring *ring = &rows->ring;
    ring->oldest = ring->held = ring->used_bytes = 0;
    ring->end = first;
}

void rows_release(struct rows *rows)
{
    ring_release(&rows->ring);
}

/* At most `limit` bytes, whole characters as far as the text is UTF-8. */
static struct str cut(struct str text, size_t limit)
{
    if (text.len <= limit)
        return text;
    size_t len = limit;
    while (len > 0 && limit - len < 3 && ((unsigned char)text.at[len] & 0xC0) == 0x80)
        len--;
    return str_first(text, ((unsigned char)text.at[len] & 0xC0) == 0x80 ? limit : len);
}

static void widen_times(struct store_status *status, int64_t unix_ms)
{
    if (unix_ms == TIME_NONE)
        return;
    if (status->first_unix_ms == TIME_NONE || unix_ms < status->first_unix_ms)
        status->first_unix_ms = unix_ms;
    if (status->last_unix_ms == TIME_NONE || unix_ms > status->last_unix_ms)
        status->last_unix_ms = unix_ms;
}

static void ring_put(struct rows *rows, const struct row *row, struct str text)
{
    char head[ROWPACK_MAX];
    bool begins = ring_begins_block(&rows->ring, ROWPACK_MAX + text.len);
    if (begins) {
        ring_begin_block(&rows->ring);
        rows->base = *row;
    }
    size_t len = rowpack_write(row, begins ? NULL : &rows->base, ring_offset(&rows->ring), head);
    char *at = ring_add(&rows->ring, len + text.len);
    memcpy(at, head, len);
    if (text.len > 0)
        memcpy(at + len, text.at, text.len);
}

void rows_put(struct rows *rows, const struct row *row, struct str text)
{
    struct row kept = *row;
    kept.seq = rows->ring.end;
    struct str part = cut(text, ROW_TEXT_MAX);
    kept.len = (uint32_t)part.len;
    kept.full_len = text.len > UINT32_MAX ? UINT32_MAX : (uint32_t)text.len;
    if (row->full_len > kept.full_len)
        kept.full_len = row->full_len;
    ring_put(rows, &kept, part);
}

void store_add_row(struct store *store, const struct row *row, struct str text)
{
    rows_put(&store->rows, row, text);
    widen_times(&store->status, row->unix_ms);
    if (row->invocation)
        invocations_note_row(store, row->invocation, store->rows.ring.end - 1);
    functions_note_row(store, row->function, row->unix_ms);
    store->changed = true;
}

/* A reader that goes from row to row unpacks the base of a block once. */
struct row_reader {
    const struct store *store;
    const char *base_at;
    struct row base;
};

static bool row_read_in(struct row_reader *reader, const struct ring *ring, uint64_t seq,
                        struct row *row, struct str *text)
{
    struct ring_record record;
    if (!ring_find(ring, seq, &record))
        return false;
    if (record.first_at != reader->base_at) {
        struct str unused;
        rowpack_read((struct str){record.first_at, record.first_len}, record.first, NULL, 0,
                     &reader->base, &unused);
        reader->base_at = record.first_at;
    }
    bool is_base = record.at == record.first_at;
    size_t offset = (size_t)(record.at - record.first_at);
    rowpack_read((struct str){record.at, record.len}, seq, is_base ? NULL : &reader->base, offset,
                 row, text);
    invocations_mark_row(&reader->store->invocations, row);
    return true;
}

/* In the ring, else in a window. */
static bool row_read(struct row_reader *reader, uint64_t seq, struct row *row, struct str *text)
{
    const struct store *store = reader->store;
    bool read = row_read_in(reader, &store->rows.ring, seq, row, text);
    for (size_t i = 0; i < WINDOW_COUNT && !read; i++)
        read = row_read_in(reader, &store->windows[i].ring, seq, row, text);
    return read;
}

/* The walk back to further lines of an invocation: a REPORT, an END, and the line before them. */
#define WALK_ROWS 12
#define WALK_TEXTS 3
#define WALK_LINE_BYTES 256u
_Static_assert(WALK_TEXTS * WALK_LINE_BYTES <= ROW_TEXTS_MAX, "so many texts fit");

size_t rows_last_texts(const struct store *store, uint64_t row, uint64_t invocation,
                       char out[ROW_TEXTS_MAX])
{
    struct row_reader reader = {.store = store};
    size_t len = 0;
    for (unsigned step = 0, texts = 0; step < WALK_ROWS && step <= row && texts < WALK_TEXTS;
         step++) {
        struct row read;
        struct str text;
        if (!row_read_in(&reader, &store->rows.ring, row - step, &read, &text))
            return 0;
        if (read.invocation != invocation)
            continue;
        text = str_first(text, WALK_LINE_BYTES);
        if (text.len > 0)
            memcpy(out + len, text.at, text.len);
        len += text.len;
        texts++;
    }
    return len;
}

static void text_add(struct buf *out, struct str text, size_t limit, struct row *row)
{
    size_t room = out->room - out->len; /* reserved before: nothing is allocated here */
    text = cut(text, limit < room ? limit : room);
    if (text.len > 0)
        memcpy(out->at + out->len, text.at, text.len);
    out->len += text.len;
    row->len = (uint32_t)text.len;
}

void store_read_rows(struct store *store, const uint64_t *seqs, size_t count, size_t text_limit,
                     struct row *rows, struct buf *text)
{
    size_t most = text_limit < ROW_TEXT_MAX ? text_limit : ROW_TEXT_MAX;
    size_t room = text->ceiling - text->len;
    if (buf_reserve(text, count * most < room ? count * most : room) == NULL)
        text->full = true;
    store_lock(store);
    struct row_reader reader = {.store = store};
    for (size_t i = 0; i < count; i++) {
        struct str all;
        if (row_read(&reader, seqs[i], &rows[i], &all))
            text_add(text, all, text_limit, &rows[i]);
        else
            rows[i] = (struct row){.seq = UINT64_MAX, .class = FAILURE_NONE};
    }
    store_unlock(store);
}

size_t rows_read_heads(const struct store *store, uint64_t from, size_t count, struct row *rows)
{
    struct row_reader reader = {.store = store};
    struct str unused;
    uint64_t first = ring_first(&store->rows.ring);
    size_t done = 0;
    if (from < first && (count == 0 || !row_read(&reader, from, rows, &unused)))
        from = first;
    for (; done < count; done++)
        if (!row_read(&reader, from + done, &rows[done], &unused))
            break;
    return done;
}

size_t store_read_row_heads(struct store *store, uint64_t from, size_t count, struct row *rows)
{
    store_lock(store);
    size_t done = rows_read_heads(store, from, count, rows);
    store_unlock(store);
    return done;
}
