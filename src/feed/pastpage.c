#include "src/feed/pastpage.h"

#include "src/model/line.h"

/* A page is: skip, count, last place, then runs of rows that share input, function, stream and
 * invocation.
 *
 *   run      count << 2 | other origin << 1 | other invocation
 *   origin   input, function, stream; for the first row of an input in the page: place, line, time
 *   invocation: difference to the one before
 *   kinds    bytes of kind | continues << 5 | (count - 1) << 6, a count of 4 and more as 4 and
 *            what it has more, until the run is complete
 *
 * Numbers are varints. A page's bytes are our own: they are not checked again. */

enum {
    KIND_MASK = 0x1F,
    CONTINUES = 0x20,
    KIND_RUN_FULL = 4,
    OTHER_INVOCATION = 1,
    OTHER_ORIGIN = 2
};

static unsigned char *put(unsigned char *at, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        *at++ = (unsigned char)(0x80 | (value & 0x7F));
    *at++ = (unsigned char)value;
    return at;
}

static const unsigned char *take(const unsigned char *at, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0;; shift += 7) {
        *value |= (uint64_t)(*at & 0x7F) << shift;
        if (*at++ < 0x80)
            return at;
    }
}

/* A difference may be negative: its sign goes into the lowest bit. */
static uint64_t zigzag(uint64_t difference)
{
    return (difference << 1) ^ (difference >> 63 ? UINT64_MAX : 0);
}

static uint64_t unzigzag(uint64_t value)
{
    return (value >> 1) ^ (value & 1 ? UINT64_MAX : 0);
}

/* ---- writing ---- */

/* The first row of its input in the page? It says where the input goes on. */
static bool begins_input(const struct pastpage *page, uint32_t row)
{
    for (uint32_t i = row; i-- > 0;)
        if (page->rows[i].input == page->rows[row].input)
            return false;
    return true;
}

static bool same_origin(const struct row *a, const struct row *b)
{
    return a->input == b->input && a->function == b->function && a->stream == b->stream;
}

static uint32_t run_length(const struct pastpage *page, uint32_t from, bool thin)
{
    const struct row *first = &page->rows[from];
    uint32_t to = from + 1;
    while (to < page->count && same_origin(&page->rows[to], first) &&
           (thin || page->rows[to].invocation == first->invocation))
        to++;
    return to - from;
}

static unsigned char *put_origin(unsigned char *at, const struct pastpage *page, uint32_t row)
{
    const struct row *r = &page->rows[row];
    at = put(put(put(at, r->input), r->function), r->stream);
    if (!begins_input(page, row))
        return at;
    at = put(put(at, r->place), r->line);
    return put(at, r->unix_ms == TIME_NONE ? 0 : 1 + zigzag((uint64_t)r->unix_ms));
}

static unsigned char kind_of(const struct row *row, bool thin)
{
    return (unsigned char)((thin ? (unsigned)LINE_APP : row->kind & KIND_MASK) |
                           (row->continues ? CONTINUES : 0u));
}

static unsigned char *put_kinds(unsigned char *at, const struct row *rows, uint32_t count,
                                bool thin)
{
    for (uint32_t i = 0; i < count;) {
        unsigned char kind = kind_of(&rows[i], thin);
        unsigned run = 1;
        while (i + run < count && kind_of(&rows[i + run], thin) == kind)
            run++;
        *at++ = (unsigned char)(kind | (run < KIND_RUN_FULL ? run - 1 : KIND_RUN_FULL - 1u) << 6);
        if (run >= KIND_RUN_FULL)
            at = put(at, run - KIND_RUN_FULL);
        i += run;
    }
    return at;
}

size_t pastpage_write(const struct pastpage *page, bool thin, unsigned char out[PASTPAGE_BYTES_MAX])
{
    unsigned char *at = put(put(put(out, page->skip), page->count), page->last_place);
    uint64_t invocation = 0;
    for (uint32_t i = 0; i < page->count;) {
        const struct row *row = &page->rows[i];
        uint32_t run = run_length(page, i, thin);
        uint64_t own = thin ? 0 : row->invocation;
        bool origin = i == 0 || !same_origin(row, row - 1);
        at = put(at, (uint64_t)run << 2 | (origin ? OTHER_ORIGIN : 0u) |
                         (own != invocation ? OTHER_INVOCATION : 0u));
        if (origin)
            at = put_origin(at, page, i);
        if (own != invocation)
            at = put(at, zigzag(own - invocation));
        at = put_kinds(at, row, run, thin);
        invocation = own;
        i += run;
    }
    return (size_t)(at - out);
}

/* ---- reading ---- */

static const unsigned char *take_origin(const unsigned char *at, struct pastpage *page,
                                        uint32_t row)
{
    struct row *r = &page->rows[row];
    uint64_t input, function, stream, time;
    at = take(take(take(at, &input), &function), &stream);
    r->input = (uint32_t)input;
    r->function = (uint32_t)function;
    r->stream = (uint16_t)stream;
    if (!begins_input(page, row))
        return at;
    at = take(take(take(at, &r->place), &r->line), &time);
    r->unix_ms = time ? (int64_t)unzigzag(time - 1) : TIME_NONE;
    return at;
}

static const unsigned char *take_kinds(const unsigned char *at, struct row *rows, uint32_t count)
{
    for (uint32_t i = 0; i < count;) {
        unsigned char byte = *at++;
        uint64_t more = 0;
        if (byte >> 6 == KIND_RUN_FULL - 1)
            at = take(at, &more);
        for (uint64_t left = (byte >> 6) + 1u + more; left > 0; left--, i++) {
            rows[i].kind = byte & KIND_MASK;
            rows[i].continues = (byte & CONTINUES) != 0;
        }
    }
    return at;
}

void pastpage_read(struct str bytes, uint64_t first, struct pastpage *page)
{
    const unsigned char *at = (const unsigned char *)bytes.at;
    uint64_t skip, count, last_place, run, difference;
    struct row row = {.unix_ms = TIME_NONE};
    at = take(take(take(at, &skip), &count), &last_place);
    *page = (struct pastpage){
        .first = first, .skip = (uint32_t)skip, .count = (uint32_t)count, .last_place = last_place};
    for (uint32_t i = 0; i < page->count; i += (uint32_t)(run >> 2)) {
        at = take(at, &run);
        page->rows[i] = row;
        if (run & OTHER_ORIGIN)
            at = take_origin(at, page, i);
        if (run & OTHER_INVOCATION) {
            at = take(at, &difference);
            page->rows[i].invocation += unzigzag(difference);
        }
        row = page->rows[i];
        row.place = row.line = 0;
        row.unix_ms = TIME_NONE;
        for (uint32_t j = 1; j < run >> 2; j++)
            page->rows[i + j] = row;
        at = take_kinds(at, &page->rows[i], (uint32_t)(run >> 2));
    }
    for (uint32_t i = 0; i < page->count; i++)
        page->rows[i].seq = first + i;
}

/* ---- filling ---- */

void pastpage_texts_init(struct pastpage_texts *texts)
{
    buf_init(&texts->bytes, PAST_PAGE_ROWS * (ROW_TEXT_MAX + 4u));
}

void pastpage_texts_release(struct pastpage_texts *texts)
{
    buf_release(&texts->bytes);
}

struct filling {
    struct pastpage *page;
    struct pastpage_texts *texts;
    bool (*stop)(void *ctx);
    void *ctx;
    uint32_t input;
    uint32_t next; /* row of that input that waits for its text; page->count: none */
    uint32_t skip; /* lines of the next event that belong to rows before the page */
    bool differs;
};

static uint32_t next_of(const struct filling *f, uint32_t from)
{
    while (from < f->page->count && f->page->rows[from].input != f->input)
        from++;
    return from;
}

static void take_text(struct filling *f, const struct event *event, struct str text)
{
    struct row *row = &f->page->rows[f->next];
    struct str kept = str_first(text, ROW_TEXT_MAX + 4u);
    struct line_head head = {.unix_ms = event->unix_ms};
    if (event->unix_ms == TIME_NONE)
        line_head_read(text, &head);
    row->unix_ms = head.unix_ms;
    row->place = event->place;
    row->line = event->line;
    row->full_len = text.len > UINT32_MAX ? UINT32_MAX : (uint32_t)text.len;
    f->texts->of[f->next].at = (uint32_t)f->texts->bytes.len;
    f->texts->of[f->next].len = (uint32_t)kept.len;
    buf_add(&f->texts->bytes, kept);
    f->next = next_of(f, f->next + 1);
}

/* The lines of an event are the rows that follow each other; the last ones may lie behind the page.
 */
static bool on_event(void *ctx, const struct event *event)
{
    struct filling *f = ctx;
    struct str rest = event->message;
    bool first = true;
    if (f->next == f->page->count || f->differs)
        return false;
    do {
        struct str text = str_take_line(&rest);
        if (f->skip > 0) {
            f->skip--;
            first = false;
            continue;
        }
        const struct row *row = f->next < f->page->count ? &f->page->rows[f->next] : NULL;
        if (row == NULL)
            break;
        f->differs |= f->next > 0 && first == row->continues;
        take_text(f, event, text);
        first = false;
    } while (rest.len && !f->differs);
    return true;
}

static bool on_stop(void *ctx)
{
    const struct filling *f = ctx;
    return f->stop(f->ctx);
}

static bool has_changed(const struct pastpage *page, uint32_t row, struct source *source,
                        struct err *err)
{
    const char *name = source_input_name(source, page->rows[row].input);
    return err_set(err, ERR_NOT_FOUND,
                   "reading %s again, line %llu: it has changed since it was read",
                   name ? name : "the log", (unsigned long long)page->rows[row].line);
}

static bool fill_input(struct filling *f, struct store *store, struct source *source,
                       struct err *err)
{
    const struct row *row = &f->page->rows[f->next];
    struct str stream = names_at(&store->streams, row->stream);
    struct str function = row->function < store->functions.count
                              ? str_of(store->functions.entries[row->function].function.name)
                              : STR_NONE;
    const struct again_from from = {f->input,     row->place, row->line,
                                    row->unix_ms, function,   stream};
    const struct again to = {f, on_event, on_stop};
    uint32_t first = f->next;
    if (!source_read_again(source, &from, &to, err))
        return false;
    if (f->next == f->page->count && !f->differs)
        return true;
    return has_changed(f->page, first, source, err);
}

bool pastpage_fill(struct pastpage *page, struct store *store, struct source *source,
                   bool (*stop)(void *ctx), void *ctx, struct pastpage_texts *texts,
                   struct err *err)
{
    buf_clear(&texts->bytes);
    for (uint32_t i = 0; i < page->count; i++) {
        struct filling f = {.page = page,
                            .texts = texts,
                            .stop = stop,
                            .ctx = ctx,
                            .input = page->rows[i].input,
                            .next = i,
                            .skip = i == 0 ? page->skip : 0};
        if (begins_input(page, i) && !fill_input(&f, store, source, err))
            return false;
    }
    uint32_t last = page->count - 1;
    return page->rows[last].place == page->last_place || has_changed(page, last, source, err);
}
