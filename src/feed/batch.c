#include "src/feed/batch.h"

#include <stdlib.h>

/* Neighbouring lines come from the same function and stream: an origin is kept once for a run
 * of rows, and looked up in the store's tables once a batch. Sizes: a batch is copied within
 * some tens of microseconds, which is how long the console may have to wait. */

#define LATE_SHOWN_MS 2000 /* streams of one group are as much apart as this at any time */
#define BATCH_ROWS 512u
#define BATCH_ORIGINS 256u
#define BATCH_BYTES (128u * 1024u)

struct origin { /* runs of batch->bytes */
    struct str function, log_group, log_stream;
    uint32_t function_index;
    uint16_t stream_index;
};

struct batch {
    struct store *store;
    struct past *past;
    size_t row_count, origin_count, verdict_count, used;
    struct row rows[BATCH_ROWS];
    uint16_t row_origin[BATCH_ROWS];
    const char *row_text[BATCH_ROWS];
    struct origin origins[BATCH_ORIGINS];
    struct invocation *verdicts[BATCH_ROWS]; /* in bytes, only invocation_size of each */
    _Alignas(max_align_t) char bytes[BATCH_BYTES];
};

_Static_assert(BATCH_BYTES >= ROW_TEXT_MAX + sizeof(struct invocation) + 4096,
               "any one thing fits");

struct batch *batch_new(struct store *store, struct past *past)
{
    struct batch *batch = xcalloc(1, sizeof *batch);
    batch->store = store;
    batch->past = past;
    return batch;
}

void batch_free(struct batch *batch)
{
    free(batch);
}

static void origins_look_up(struct batch *batch)
{
    for (size_t i = 0; i < batch->origin_count; i++) {
        struct origin *origin = &batch->origins[i];
        origin->function_index =
            store_function_index(batch->store, origin->function, origin->log_group);
        origin->stream_index = store_stream_index(batch->store, origin->log_stream);
    }
}

static void rows_give(struct batch *batch)
{
    for (size_t i = 0; i < batch->row_count; i++) {
        struct row *row = &batch->rows[i];
        const struct origin *origin = &batch->origins[batch->row_origin[i]];
        row->function = origin->function_index;
        row->stream = origin->stream_index;
        store_add_row(batch->store, row, (struct str){batch->row_text[i], row->len});
    }
}

static void verdicts_give(struct batch *batch)
{
    for (size_t i = 0; i < batch->verdict_count; i++) {
        const struct invocation *inv = batch->verdicts[i];
        uint32_t function = store_function_index(batch->store, invocation_text(inv, inv->function),
                                                 invocation_text(inv, inv->log_group));
        store_add_invocation(batch->store, inv, function);
    }
}

void batch_give(struct batch *batch)
{
    if (batch->row_count + batch->verdict_count == 0)
        return;
    store_begin(batch->store);
    origins_look_up(batch);
    rows_give(batch);
    verdicts_give(batch);
    store_end(batch->store);
    if (batch->past)
        past_keep_up(batch->past);
    batch->row_count = batch->origin_count = batch->verdict_count = batch->used = 0;
}

/* Room for `len` bytes in the batch, which is given away when it is full. */
static void make_room(struct batch *batch, size_t len)
{
    if (batch->row_count == BATCH_ROWS || batch->origin_count == BATCH_ORIGINS ||
        batch->verdict_count == BATCH_ROWS || len > BATCH_BYTES - batch->used)
        batch_give(batch);
}

static char *keep(struct batch *batch, struct str s)
{
    char *at = batch->bytes + batch->used;
    if (s.len > 0)
        memcpy(at, s.at, s.len);
    batch->used += s.len;
    return at;
}

static struct str keep_name(struct batch *batch, struct str s)
{
    return (struct str){keep(batch, s), s.len};
}

/* Lengths by the Lambda and the Logs model; anything longer is no name. */
#define NAME_MOST 512

static uint16_t origin_of(struct batch *batch, const struct event *event)
{
    struct str function = str_first(event->function, NAME_MOST);
    struct str group = str_first(event->log_group, NAME_MOST);
    struct str stream = str_first(event->log_stream, NAME_MOST);
    if (batch->origin_count > 0) {
        const struct origin *last = &batch->origins[batch->origin_count - 1];
        if (str_eq(last->log_stream, stream) && str_eq(last->log_group, group) &&
            str_eq(last->function, function))
            return (uint16_t)(batch->origin_count - 1);
    }
    struct origin *origin = &batch->origins[batch->origin_count];
    origin->function = keep_name(batch, function);
    origin->log_group = keep_name(batch, group);
    origin->log_stream = keep_name(batch, stream);
    return (uint16_t)batch->origin_count++;
}

/* What the store keeps of a text at most, and a character more, so that the store cuts it. */
#define TEXT_MOST (ROW_TEXT_MAX + 4)

void batch_add_line(struct batch *batch, const struct event *event, struct str text,
                    const struct line_mark *mark)
{
    struct str kept = str_first(text, TEXT_MOST);
    make_room(batch, kept.len + 3 * NAME_MOST);
    size_t at = batch->row_count;
    batch->row_origin[at] = origin_of(batch, event);
    batch->row_text[at] = keep(batch, kept);
    batch->rows[at] = (struct row){
        .invocation = mark->invocation,
        .line = event->line,
        .place = event->place,
        .unix_ms = mark->unix_ms,
        .input = event->input,
        .len = (uint32_t)kept.len,
        .full_len = text.len > UINT32_MAX ? UINT32_MAX : (uint32_t)text.len,
        .kind = (uint8_t)mark->kind,
        .continues = mark->continues,
        .late = event->late_ms >= LATE_SHOWN_MS,
    };
    batch->row_count++;
}

/* A verdict that is replaced before it was handed over never needs to be. */
#define LOOK_BACK 16u

static bool verdict_replace(struct batch *batch, struct invocation *inv)
{
    for (size_t i = batch->verdict_count; i > 0 && batch->verdict_count - i < LOOK_BACK; i--)
        if (batch->verdicts[i - 1]->seq == inv->seq) {
            batch->verdicts[i - 1] = inv;
            return true;
        }
    return false;
}

void batch_add_verdict(struct batch *batch, const struct invocation *inv)
{
    size_t align = _Alignof(struct invocation);
    make_room(batch, invocation_size(inv) + align);
    batch->used = (batch->used + align - 1) / align * align;
    void *kept = keep(batch, (struct str){(const char *)inv, invocation_size(inv)});
    if (!verdict_replace(batch, kept))
        batch->verdicts[batch->verdict_count++] = kept;
}
