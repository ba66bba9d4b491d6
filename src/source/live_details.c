#include "src/source/live_inside.h"

/* Details are asked one after the other, at most ten a second of the fifteen that an
 * account allows: first those of functions that somebody looks at, then the whole list.
 */

#define PAUSE_MS 100
#define PAUSE_MOST_MS 5000
#define PAGES_MOST 40

static void ask_configuration(struct call *out, const char *name, const char *marker)
{
    (void)marker;
    lambda_ask_configuration(out, name);
}

static bool decode_configuration(struct str body, struct function *out, char *marker,
                                 size_t size, struct err *err)
{
    (void)size;
    marker[0] = '\0';
    return lambda_decode_configuration(body, out, err);
}

static const struct detail_kind {
    void (*ask)(struct call *out, const char *name, const char *marker);
    bool (*decode)(struct str body, struct function *out, char *marker, size_t size,
                   struct err *err);
} kinds[] = {
    [DETAIL_CONFIGURATION] = {ask_configuration, decode_configuration},
    [DETAIL_ALIASES] = {lambda_ask_aliases, lambda_decode_aliases},
    [DETAIL_VERSIONS] = {lambda_ask_versions, lambda_decode_versions},
};

void live_detail_want(struct live *live, size_t function, unsigned kind)
{
    if (live->wanted_count == LIVE_WANTED)
        return;
    live->wanted[(live->wanted_first + live->wanted_count++) % LIVE_WANTED] =
        (struct wanted){(uint32_t)function, kind};
}

static bool take_wanted(struct live *live, struct wanted *out)
{
    if (live->wanted_count > 0) {
        *out = live->wanted[live->wanted_first];
        live->wanted_first = (live->wanted_first + 1) % LIVE_WANTED;
        live->wanted_count--;
        return true;
    }
    if (live->options.count > 0 || live->options.once || !live->metrics_done)
        return false;
    while (live->details_next < live->count &&
           live->functions[live->details_next].state[0])
        live->details_next++;
    if (live->details_next >= live->count)
        return false;
    *out = (struct wanted){(uint32_t)live->details_next++, DETAIL_CONFIGURATION};
    return true;
}

/* ---- answers ---- */

/* What the answer leaves out stays as it was. */
static void merge(struct function *held, const struct function *found, unsigned kind)
{
    struct function old = *held;
    if (kind == DETAIL_CONFIGURATION) {
        *held = *found;
        memcpy(held->aliases, old.aliases, sizeof old.aliases);
        memcpy(held->newest_version, old.newest_version, sizeof old.newest_version);
        held->metrics = old.metrics;
    } else if (kind == DETAIL_ALIASES) {
        memcpy(held->aliases, found->aliases, sizeof found->aliases);
    } else {
        memcpy(held->newest_version, found->newest_version, sizeof found->newest_version);
    }
}

static bool is_named(const struct live *live, const struct detail_ask *ask)
{
    return live->options.count > 0 && ask->what.kind == DETAIL_CONFIGURATION &&
           live->named_open > 0;
}

/* A function that was named is followed even where nothing is known of it: its log may be
 * there. */
static void end_named(struct live *live, const struct detail_ask *ask)
{
    struct function *f = &live->functions[ask->what.function];
    live->named_open--;
    live->list_done = live->named_open == 0;
    live_watch(live, f, true);
}

static void take_details(struct live *live, struct detail_ask *ask, struct str body)
{
    struct err err = {0};
    struct function *f = &live->functions[ask->what.function];
    const struct detail_kind *kind = &kinds[ask->what.kind];
    if (!kind->decode(body, &ask->found, ask->marker, sizeof ask->marker, &err)) {
        live_trouble(live, &err);
        return;
    }
    ask->further = ask->marker[0] && ++ask->pages < PAGES_MOST;
    if (ask->further)
        return;
    merge(f, &ask->found, ask->what.kind);
    live->sink->functions(live->sink->ctx, f, 1);
}

/* One that failed for a while is asked again; one that is refused is said once for all.
 */
static void take_failure(struct live *live, struct detail_ask *ask,
                         const struct answer *answer)
{
    bool passing = answer->kind == ANSWER_THROTTLED || answer->kind == ANSWER_UNREACHABLE;
    live->detail_pause_ms = live->detail_pause_ms * 2 < PAUSE_MOST_MS
                                ? live->detail_pause_ms * 2
                                : PAUSE_MOST_MS;
    if (live_holds(live, answer) || (passing && !live->options.once)) {
        live_detail_want(live, ask->what.function, ask->what.kind);
        ask->used = false; /* end_named comes with the answer */
        return;
    }
    if (answer->kind == ANSWER_DENIED && !is_named(live, ask)) {
        live->wanted_count = 0;
        live->details_next = LAMBDA_FUNCTIONS_MAX;
    }
    if (answer->kind != ANSWER_NOT_FOUND || !is_named(live, ask))
        live_trouble(live, &answer->err);
}

static void on_details(void *ctx, const struct answer *answer)
{
    struct detail_ask *ask = ctx;
    struct live *live = ask->live;
    bool named = is_named(live, ask);
    if (answer->kind == ANSWER_DONE) {
        live->detail_pause_ms = PAUSE_MS;
        take_details(live, ask, answer->body);
    } else {
        take_failure(live, ask, answer);
        if (!ask->used)
            return;
    }
    if (ask->further)
        return;
    ask->used = false;
    if (named)
        end_named(live, ask);
}

/* ---- asking ---- */

static void send_detail(struct live *live, struct detail_ask *ask)
{
    struct call call;
    ask->further = false;
    kinds[ask->what.kind].ask(&call, live->functions[ask->what.function].name,
                              ask->marker);
    live->detail_due_mono_ms = clock_mono_ms() + live->detail_pause_ms;
    client_send(live->client, &call, on_details, ask);
}

/* One that wants a further page, else a free one. */
static struct detail_ask *next_ask(const struct live *live)
{
    struct detail_ask *found = NULL;
    for (size_t i = 0; i < LIVE_DETAILS_AT_ONCE; i++) {
        struct detail_ask *ask = (struct detail_ask *)&live->details[i];
        if (ask->further)
            return ask;
        if (!ask->used)
            found = ask;
    }
    return found;
}

void live_details_ask(struct live *live)
{
    struct wanted what;
    struct detail_ask *ask = next_ask(live);
    if (live->detail_pause_ms == 0)
        live->detail_pause_ms = PAUSE_MS;
    if (live->held || !ask || clock_mono_ms() < live->detail_due_mono_ms)
        return;
    if (!ask->further) {
        if (!take_wanted(live, &what))
            return;
        *ask = (struct detail_ask){
            .live = live, .used = true, .what = what, .found = function_unknown()};
    }
    send_detail(live, ask);
}

int64_t live_details_wait_ms(const struct live *live)
{
    const struct detail_ask *ask = next_ask(live);
    bool list = live->options.count == 0 && !live->options.once && live->metrics_done;
    bool more = live->wanted_count > 0 || (list && live->details_next < live->count);
    if (live->held || !ask || !(ask->further || more))
        return -1;
    int64_t wait_ms = live->detail_due_mono_ms - clock_mono_ms();
    return wait_ms > 0 ? wait_ms : 0;
}
