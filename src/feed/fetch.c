#include "src/feed/fetch.h"

#include "src/feed/batch.h"
#include "src/feed/windows.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

/* The thread steps the source until told to stop. `stopping` is a flag beside the inbox, so
 * that a full inbox cannot hold up the end; the callbacks look at it, too, so that a large step
 * ends early. When the source is done or broken, the thread sleeps on a condition. */

#define STEP_WAIT_MS (60 * 60 * 1000) /* a wake-up ends it; nothing is polled */
#define SETTLE_WAIT_MS 1000           /* while verdicts wait to become final */
#define SETTLE_MS 10000 /* lines of an invocation come later than its REPORT by this at most */
#define SETTLE_LIVE_MS 60000 /* the same of an account, where lines become visible late */

struct fetch {
    struct store *store;
    struct source *source;
    struct inbox *inbox;
    struct tracker *tracker;
    struct batch *batch;
    struct past *past; /* NULL: rows that leave the ring are gone */
    struct windows windows;
    uint64_t past_told;
    const char *reads_once_told;
    pthread_t thread;
    atomic_bool stopping;
    pthread_mutex_t nap_lock;
    pthread_cond_t nap;
    uint32_t inputs_named;
    bool following, unsettled, broken;
    bool nudged; /* under nap_lock */
    int64_t settle_ms;
    int64_t newest_unix_ms; /* of the events so far; TIME_NONE */
    int64_t newest_at_ms;   /* the monotonic clock when it came */
};

/* ---- the source's receiver ---- */

static void on_account(void *ctx, const struct account *account)
{
    struct fetch *fetch = ctx;
    fetch->settle_ms = account->live ? SETTLE_LIVE_MS : SETTLE_MS;
    store_begin(fetch->store);
    store_put_account(fetch->store, account);
    store_end(fetch->store);
}

#define FUNCTIONS_A_LOCK 256u

static void functions_give(struct fetch *fetch, const struct function *functions, size_t count)
{
    store_begin(fetch->store);
    for (size_t i = 0; i < count; i++)
        store_put_function(fetch->store, &functions[i]);
    store_end(fetch->store);
}

static void on_functions(void *ctx, const struct function *functions, size_t count)
{
    struct fetch *fetch = ctx;
    for (size_t i = 0; i < count; i++)
        tracker_function(fetch->tracker, &functions[i]);
    for (size_t at = 0; at < count; at += FUNCTIONS_A_LOCK)
        functions_give(fetch, functions + at,
                       count - at < FUNCTIONS_A_LOCK ? count - at : FUNCTIONS_A_LOCK);
}

static void name_inputs(struct fetch *fetch, uint32_t last)
{
    store_begin(fetch->store);
    for (; fetch->inputs_named <= last && fetch->inputs_named < STORE_INPUTS;
         fetch->inputs_named++) {
        const char *name = source_input_name(fetch->source, fetch->inputs_named);
        if (name != NULL)
            store_put_input_name(fetch->store, fetch->inputs_named, name);
    }
    store_end(fetch->store);
}

/* Lines of an invocation that has its verdict: rows, and no evidence. */
static void add_rest(struct fetch *fetch, const struct event *event)
{
    struct line_mark mark = {
        .invocation = event->belongs, .kind = LINE_APP, .unix_ms = event->unix_ms};
    struct str rest = event->message;
    do {
        batch_add_line(fetch->batch, event, str_take_line(&rest), &mark);
        mark.continues = true;
    } while (rest.len > 0);
}

static void event_add(struct fetch *fetch, const struct event *event)
{
    if (event->input >= fetch->inputs_named && fetch->inputs_named < STORE_INPUTS)
        name_inputs(fetch, event->input);
    if (event->unix_ms != TIME_NONE && event->unix_ms > fetch->newest_unix_ms)
        fetch->newest_unix_ms = event->unix_ms;
    const struct line_mark gap = {.kind = LINE_GAP, .unix_ms = event->unix_ms};
    if (event->is_gap)
        batch_add_line(fetch->batch, event, event->message, &gap);
    else if (event->belongs)
        add_rest(fetch, event);
    else
        tracker_add(fetch->tracker, event);
}

/* What can be read again, when that is not what was told before. */
static void tell_past(struct fetch *fetch)
{
    const char *reads_once = source_reads_once(fetch->source);
    uint64_t first = fetch->past ? past_first(fetch->past) : 0;
    if (first == fetch->past_told && reads_once == fetch->reads_once_told)
        return;
    fetch->past_told = first;
    fetch->reads_once_told = reads_once;
    store_begin(fetch->store);
    store_put_past(fetch->store, first, reads_once);
    store_end(fetch->store);
}

static void on_events(void *ctx, const struct event *events, size_t count)
{
    struct fetch *fetch = ctx;
    for (size_t i = 0; i < count && !atomic_load(&fetch->stopping); i++)
        event_add(fetch, &events[i]);
    batch_give(fetch->batch);
    tell_past(fetch);
    fetch->newest_at_ms = clock_mono_ms();
    fetch->unsettled = true;
}

static void on_progress(void *ctx, const struct progress *progress)
{
    struct fetch *fetch = ctx;
    fetch->following = progress->following;
    store_begin(fetch->store);
    store_put_progress(fetch->store, progress);
    store_end(fetch->store);
}

static void on_trouble(void *ctx, const struct err *err)
{
    struct fetch *fetch = ctx;
    store_begin(fetch->store);
    store_put_trouble(fetch->store, err);
    store_end(fetch->store);
}

/* ---- the tracker's receiver ---- */

static void on_line(void *ctx, const struct event *event, struct str text,
                    const struct line_mark *mark)
{
    struct fetch *fetch = ctx;
    batch_add_line(fetch->batch, event, text, mark);
}

static void on_verdict(void *ctx, const struct invocation *inv)
{
    struct fetch *fetch = ctx;
    batch_add_verdict(fetch->batch, inv);
}

/* ---- the thread ---- */

/* A case that is played back has a clock of its own: event time goes on from the newest event
 * as fast as the time that passed here. */
static void settle(struct fetch *fetch)
{
    if (fetch->newest_unix_ms == TIME_NONE)
        return;
    int64_t passed_ms = clock_mono_ms() - fetch->newest_at_ms;
    tracker_settle(fetch->tracker, fetch->newest_unix_ms + passed_ms, fetch->settle_ms);
    batch_give(fetch->batch);
    fetch->unsettled = passed_ms < fetch->settle_ms;
}

/* false: the source is at its end, one way or the other. */
static bool step(struct fetch *fetch)
{
    const struct sink sink = {fetch,       on_account, on_functions, on_events,
                              on_progress, on_trouble, NULL};
    int wait_ms = fetch->following && fetch->unsettled ? SETTLE_WAIT_MS : STEP_WAIT_MS;
    enum step how = STEP_MORE;
    struct err err = {0};
    if (!source_step(fetch->source, &sink, wait_ms, &how, &err)) {
        fetch->broken = true;
        on_trouble(fetch, &err);
        return false;
    }
    if (how == STEP_IDLE && fetch->unsettled)
        settle(fetch);
    return how != STEP_DONE;
}

static void finish(struct fetch *fetch)
{
    tracker_finish(fetch->tracker);
    batch_give(fetch->batch);
    store_begin(fetch->store);
    store_put_done(fetch->store, !fetch->broken);
    store_end(fetch->store);
}

static void ask_rest(struct fetch *fetch, const struct request *request)
{
    const struct rest_request *rest = &request->rest;
    const struct rest_wanted wanted = {rest->invocation, str_of(request->function),
                                       str_of(rest->log_stream), rest->start_unix_ms,
                                       rest->end_unix_ms};
    source_rest(fetch->source, &wanted);
}

/* What the console asked for. A source that brings all needs no asking: for it a refresh is the
 * wake-up itself, and to watch one function is the console's own view. */
static void requests_take(struct fetch *fetch)
{
    struct request request;
    while (inbox_take(fetch->inbox, &request)) {
        if (request.kind == REQUEST_STOP)
            atomic_store(&fetch->stopping, true);
        if (request.kind == REQUEST_REFRESH)
            source_renew(fetch->source);
        if (request.kind == REQUEST_WATCH)
            source_watch(fetch->source, str_of(request.function));
        if (request.kind == REQUEST_REST)
            ask_rest(fetch, &request);
        if (request.kind == REQUEST_CODE)
            source_code(fetch->source, request.code);
        if (request.kind == REQUEST_ROWS && fetch->past)
            windows_ask(&fetch->windows, &request.rows);
    }
}

/* Something more urgent than reading old rows. */
static bool is_urgent(void *ctx)
{
    struct fetch *fetch = ctx;
    return atomic_load(&fetch->stopping) || !inbox_is_empty(fetch->inbox);
}

/* Until nothing waits: what gave way to a newer request is taken up again. */
static void requests_serve(struct fetch *fetch)
{
    do {
        requests_take(fetch);
        if (fetch->past && !atomic_load(&fetch->stopping))
            windows_serve(&fetch->windows, is_urgent, fetch);
    } while (!atomic_load(&fetch->stopping) && !inbox_is_empty(fetch->inbox));
}

/* Sleeps until a request arrives. */
static void nap(struct fetch *fetch)
{
    pthread_mutex_lock(&fetch->nap_lock);
    while (!fetch->nudged)
        pthread_cond_wait(&fetch->nap, &fetch->nap_lock);
    fetch->nudged = false;
    pthread_mutex_unlock(&fetch->nap_lock);
    requests_serve(fetch);
}

static void *run(void *ctx)
{
    struct fetch *fetch = ctx;
    bool more = true;
    while (more && !atomic_load(&fetch->stopping)) {
        more = step(fetch);
        requests_serve(fetch);
    }
    if (!atomic_load(&fetch->stopping))
        finish(fetch);
    while (!atomic_load(&fetch->stopping))
        nap(fetch);
    return NULL;
}

/* Called by the inbox, on the thread that gave the request. */
static void on_request(void *ctx)
{
    struct fetch *fetch = ctx;
    source_wake(fetch->source);
    pthread_mutex_lock(&fetch->nap_lock);
    fetch->nudged = true;
    pthread_cond_signal(&fetch->nap);
    pthread_mutex_unlock(&fetch->nap_lock);
}

/* The new thread inherits the mask: no signal ever arrives in it. */
static bool thread_start(struct fetch *fetch, struct err *err)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&fetch->thread, NULL, run, fetch);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed)
        return err_set(err, ERR_SYSTEM, "start the fetch thread: pthread_create: %s",
                       strerror(failed));
    return true;
}

static void fetch_free(struct fetch *fetch)
{
    tracker_free(fetch->tracker);
    batch_free(fetch->batch);
    windows_release(&fetch->windows);
    past_free(fetch->past);
    inbox_free(fetch->inbox);
    source_free(fetch->source);
    pthread_cond_destroy(&fetch->nap);
    pthread_mutex_destroy(&fetch->nap_lock);
    free(fetch);
}

static void keep_past(struct fetch *fetch, const struct store_limits *limits)
{
    if (limits->past_bytes == 0 || !fetch->source->class->read_again)
        return;
    fetch->past = past_new(fetch->store, fetch->source, limits->past_bytes / 2);
    windows_init(&fetch->windows, fetch->store, fetch->past, limits);
}

bool fetch_start(struct fetch **out, struct store *store, struct source *source,
                 const struct store_limits *limits, struct err *err)
{
    struct fetch *fetch = xcalloc(1, sizeof *fetch);
    const struct tracker_options options = {.provisional = true};
    const struct tracker_sink sink = {fetch, on_line, on_verdict};
    fetch->store = store;
    fetch->source = source;
    fetch->newest_unix_ms = TIME_NONE;
    fetch->settle_ms = SETTLE_MS;
    atomic_init(&fetch->stopping, false);
    pthread_mutex_init(&fetch->nap_lock, NULL);
    pthread_cond_init(&fetch->nap, NULL);
    fetch->inbox = inbox_new(on_request, fetch);
    fetch->tracker = tracker_new(&options, &sink);
    keep_past(fetch, limits);
    fetch->batch = batch_new(store, fetch->past);
    if (!thread_start(fetch, err)) {
        fetch_free(fetch);
        return false;
    }
    *out = fetch;
    return true;
}

struct inbox *fetch_inbox(struct fetch *fetch)
{
    return fetch->inbox;
}

void fetch_stop(struct fetch *fetch)
{
    if (fetch == NULL)
        return;
    atomic_store(&fetch->stopping, true);
    on_request(fetch);
    pthread_join(fetch->thread, NULL);
    fetch_free(fetch);
}
