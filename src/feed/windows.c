#include "src/feed/windows.h"

void windows_init(struct windows *w, struct store *store, struct past *past,
                  const struct store_limits *limits)
{
    *w = (struct windows){.store = store, .past = past};
    rows_init(&w->spare, window_bytes(limits), WINDOW_BLOCK_BYTES);
}

void windows_release(struct windows *w)
{
    rows_release(&w->spare);
}

void windows_ask(struct windows *w, const struct rows_request *request)
{
    if (request->window >= WINDOW_COUNT)
        return;
    w->wanted[request->window] = *request;
    w->waits[request->window] = true;
}

static void answer(struct windows *w, enum store_window which, bool read, const struct err *err)
{
    uint32_t id = w->wanted[which].id;
    w->waits[which] = false;
    store_begin(w->store);
    if (read)
        store_swap_window(w->store, which, id, &w->spare);
    else
        store_fail_window(w->store, which, id, err);
    store_end(w->store);
}

/* A request for an instant becomes one for the rows around it. */
static struct past_want want_of(struct windows *w, const struct rows_request *r)
{
    struct past_want want = {r->first, r->row, r->end};
    if (r->unix_ms == TIME_NONE)
        return want;
    uint64_t half = (r->end - r->first) / 2;
    want.row = past_find_time(w->past, r->unix_ms);
    want.first = want.row > half ? want.row - half : 0;
    want.end = want.row + half;
    return want;
}

void windows_serve(struct windows *w, bool (*stop)(void *ctx), void *ctx)
{
    for (unsigned which = 0; which < WINDOW_COUNT; which++) {
        struct err err = {0};
        if (!w->waits[which])
            continue;
        const struct past_want want = want_of(w, &w->wanted[which]);
        bool read = past_read(w->past, &want, stop, ctx, &w->spare, &err);
        if (!read && stop(ctx))
            return;
        answer(w, (enum store_window)which, read, &err);
    }
}
