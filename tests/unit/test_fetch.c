#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "src/feed/fetch.h"
#include "src/model/tracker.h"
#include "tests/unit/feed_helpers.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

/* The thread with a source that plays a script, and a tracker of few words: `start N` begins
 * invocation N, `end N CLASS` gives its verdict, everything else is a line of the last one. */

#define DEADLINE_MS 20000

/* ---- the tracker ---- */

struct tracker {
    struct tracker_sink sink;
    uint64_t open;
};

static atomic_uint trackers_freed, functions_told, settled;

struct tracker *tracker_new(const struct tracker_options *options, const struct tracker_sink *sink)
{
    assert_true(options->provisional);
    struct tracker *t = calloc(1, sizeof *t);
    t->sink = *sink;
    return t;
}

void tracker_free(struct tracker *t)
{
    free(t);
    atomic_fetch_add(&trackers_freed, 1);
}

void tracker_function(struct tracker *t, const struct function *function)
{
    (void)t;
    (void)function;
    atomic_fetch_add(&functions_told, 1);
}

static void give_verdict(struct tracker *t, uint64_t seq, enum failure_class class)
{
    struct invocation inv = verdict(seq, class, TIME_NONE);
    inv.function = put_text(&inv, STR("pay"));
    t->sink.verdict(t->sink.ctx, &inv);
}

void tracker_add(struct tracker *t, const struct event *event)
{
    unsigned number = 0;
    int class = -1;
    char line[64] = "";
    str_copy(line, sizeof line, event->message);
    int found = sscanf(line, "start %u", &number) == 1 ? 1 : sscanf(line, "end %u %d", &number, &class);
    if (found > 0)
        t->open = number;
    struct line_mark mark = {.invocation = t->open, .kind = class < 0 ? LINE_APP : LINE_REPORT,
                             .unix_ms = event->unix_ms};
    t->sink.line(t->sink.ctx, event, event->message, &mark);
    if (class >= 0)
        give_verdict(t, t->open, (enum failure_class)class), t->open = 0;
}

void tracker_settle(struct tracker *t, int64_t now_unix_ms, int64_t settle_ms)
{
    (void)t;
    assert_true(now_unix_ms != TIME_NONE && settle_ms > 0);
    atomic_fetch_add(&settled, 1);
}

void tracker_finish(struct tracker *t)
{
    if (t->open)
        give_verdict(t, t->open, FAILURE_INCOMPLETE);
    t->open = 0;
}

/* ---- the source ---- */

enum ending { ENDS, BREAKS, WAITS };

struct script {
    struct source source;
    const char *const *lines; /* NULL: `storm` lines are made up */
    size_t count, next;
    enum ending ending;
    pthread_mutex_t lock;
    pthread_cond_t woken;
    bool wake;
};

static atomic_uint sources_freed, waits;
static atomic_bool signals_blocked;

static void all_signals_are_blocked(void)
{
    sigset_t mask;
    pthread_sigmask(SIG_BLOCK, NULL, &mask);
    atomic_store(&signals_blocked, sigismember(&mask, SIGINT) && sigismember(&mask, SIGWINCH) &&
                                       sigismember(&mask, SIGTERM) && sigismember(&mask, SIGHUP));
}

/* Waits until woken; the wait itself has no end, so that only the wake-up can end it. */
static void script_wait(struct script *script)
{
    atomic_fetch_add(&waits, 1);
    pthread_mutex_lock(&script->lock);
    while (!script->wake)
        pthread_cond_wait(&script->woken, &script->lock);
    script->wake = false;
    pthread_mutex_unlock(&script->lock);
}

#define EVENTS_A_STEP 100u

static void script_events(struct script *script, const struct sink *sink)
{
    static char lines[EVENTS_A_STEP][64];
    struct event events[EVENTS_A_STEP];
    size_t count = 0;
    for (; count < EVENTS_A_STEP && script->next < script->count; count++, script->next++) {
        size_t at = script->next;
        if (script->lines)
            snprintf(lines[count], sizeof lines[count], "%s", script->lines[at]);
        else
            snprintf(lines[count], sizeof lines[count], at % 10 == 9 ? "end %zu 8" : "start %zu", at / 10 + 1);
        events[count] = (struct event){.function = STR("pay"), .log_stream = STR("stream"),
                                       .message = str_of(lines[count]), .unix_ms = (int64_t)at,
                                       .ingestion_ms = TIME_NONE, .line = at + 1};
    }
    sink->events(sink->ctx, events, count);
}

static bool script_step(struct source *source, const struct sink *sink, int wait_ms, enum step *step,
                        struct err *err)
{
    struct script *script = (struct script *)source;
    assert_true(wait_ms > 0);
    all_signals_are_blocked();
    *step = STEP_MORE;
    if (script->next < script->count) {
        script_events(script, sink);
    } else if (script->ending == BREAKS) {
        return err_set(err, ERR_INPUT_FORMAT, "the script broke");
    } else if (script->ending == WAITS) {
        sink->progress(sink->ctx, &(struct progress){.lines = script->next, .following = true});
        script_wait(script);
        *step = STEP_IDLE;
    } else {
        *step = STEP_DONE;
    }
    return true;
}

static void script_wake(struct source *source)
{
    struct script *script = (struct script *)source;
    pthread_mutex_lock(&script->lock);
    script->wake = true;
    pthread_cond_signal(&script->woken);
    pthread_mutex_unlock(&script->lock);
}

static const char *script_input_name(const struct source *source, uint32_t input)
{
    (void)source;
    return input == 0 ? "script.log" : NULL;
}

static void script_free(struct source *source)
{
    struct script *script = (struct script *)source;
    pthread_mutex_destroy(&script->lock);
    pthread_cond_destroy(&script->woken);
    free(script);
    atomic_fetch_add(&sources_freed, 1);
}

static const struct source_class script_class = {
    .name = "script", .step = script_step, .wake = script_wake, .input_name = script_input_name, .free = script_free};

static struct source *script_new(const char *const *lines, size_t count, enum ending ending)
{
    struct script *script = calloc(1, sizeof *script);
    script->source.class = &script_class;
    script->lines = lines;
    script->count = count;
    script->ending = ending;
    pthread_mutex_init(&script->lock, NULL);
    pthread_cond_init(&script->woken, NULL);
    return &script->source;
}

/* ---- waiting with a deadline ---- */

static struct store_status status;

static bool is_done(void) { return status.done; }
static bool is_troubled(void) { return status.trouble_count > 0; }
static bool is_following(void) { return status.progress.following; }

static void wait_for(struct store *store, bool (*condition)(void))
{
    int64_t end_ms = clock_mono_ms() + DEADLINE_MS;
    for (;;) {
        store_wake_ack(store);
        store_read_status(store, &status);
        if (condition())
            return;
        assert_true(clock_mono_ms() < end_ms);
        struct pollfd fd = {.fd = store_wake_fd(store), .events = POLLIN};
        poll(&fd, 1, (int)(end_ms - clock_mono_ms()));
    }
}

static struct fetch *start(struct store *store, struct source *source)
{
    struct fetch *fetch;
    struct err err = {0};
    const struct store_limits limits = {.past_bytes = 0};
    assert_true(fetch_start(&fetch, store, source, &limits, &err));
    return fetch;
}

/* ---- the sentences ---- */

static const char *const short_script[] = {"start 1", "working", "end 1 0", "start 2", "working"};

static void lines_and_verdicts_arrive_in_the_store_and_the_end_closes_what_is_open(void **state)
{
    (void)state;
    struct store *store = small_store();
    struct fetch *fetch = start(store, script_new(short_script, 5, ENDS));
    wait_for(store, is_done);
    assert_true(status.end_row == 5 && status.invocations == 2 && status.functions == 1);
    assert_true(status.by_class[FAILURE_TIMEOUT] == 1 && status.by_class[FAILURE_INCOMPLETE] == 1);
    struct row rows[5];
    struct buf text;
    buf_init(&text, 1000);
    store_read_rows(store, (uint64_t[]){0, 1, 2, 3, 4}, 5, 100, rows, &text);
    assert_true(str_eq(buf_str(&text), STR("start 1workingend 1 0start 2working")));
    assert_true(rows[1].class == FAILURE_TIMEOUT && rows[4].class == FAILURE_INCOMPLETE);
    assert_true(rows[2].line == 3 && rows[2].kind == LINE_REPORT && rows[2].unix_ms == 2);
    char name[40];
    assert_true(store_input_name(store, 0, name, sizeof name));
    assert_string_equal(name, "script.log");
    assert_true(store_stream_name(store, rows[0].stream, name, sizeof name));
    assert_string_equal(name, "stream");
    assert_true(atomic_load(&signals_blocked));
    unsigned sources = atomic_load(&sources_freed), trackers = atomic_load(&trackers_freed);
    fetch_stop(fetch);
    assert_true(atomic_load(&sources_freed) == sources + 1 && atomic_load(&trackers_freed) == trackers + 1);
    buf_release(&text);
    store_free(store);
}

static void a_broken_source_is_told_and_what_came_before_stands(void **state)
{
    (void)state;
    struct store *store = small_store();
    struct fetch *fetch = start(store, script_new(short_script, 5, BREAKS));
    wait_for(store, is_troubled);
    assert_string_equal(status.trouble.text, "the script broke");
    assert_int_equal(status.end_row, 5);
    fetch_stop(fetch);
    store_read_status(store, &status);
    assert_false(status.done);
    store_free(store);
}

static void a_waiting_source_does_not_hold_up_the_end(void **state)
{
    (void)state;
    struct store *store = small_store();
    struct fetch *fetch = start(store, script_new(short_script, 5, WAITS));
    wait_for(store, is_following);
    unsigned before = atomic_load(&sources_freed);
    fetch_stop(fetch); /* nothing but its wake-up ends the wait of this source */
    assert_int_equal(atomic_load(&sources_freed), before + 1);
    store_free(store);
}

static void a_full_inbox_does_not_hold_up_the_end_either(void **state)
{
    (void)state;
    struct store *store = small_store();
    struct fetch *fetch = start(store, script_new(NULL, 2000000, WAITS));
    const struct request request = {.kind = REQUEST_REFRESH};
    for (int i = 0; i < 1000; i++)
        (void)inbox_give(fetch_inbox(fetch), &request);
    fetch_stop(fetch);
    store_free(store);
}

static void a_stop_through_the_inbox_ends_the_thread_in_each_of_its_states(void **state)
{
    (void)state;
    static const enum ending endings[] = {ENDS, BREAKS, WAITS};
    static bool (*const reached[])(void) = {is_done, is_troubled, is_following};
    for (size_t i = 0; i < 3; i++) {
        struct store *store = small_store();
        struct fetch *fetch = start(store, script_new(short_script, 5, endings[i]));
        wait_for(store, reached[i]);
        assert_true(inbox_give(fetch_inbox(fetch), &(struct request){.kind = REQUEST_STOP}));
        fetch_stop(fetch);
        store_free(store);
    }
}

static void an_idle_source_lets_verdicts_settle_and_a_refresh_makes_it_step_again(void **state)
{
    (void)state;
    struct store *store = small_store();
    unsigned before = atomic_load(&settled);
    struct fetch *fetch = start(store, script_new(short_script, 5, WAITS));
    wait_for(store, is_following);
    unsigned waited = atomic_load(&waits);
    int64_t end_ms = clock_mono_ms() + DEADLINE_MS;
    assert_true(inbox_give(fetch_inbox(fetch), &(struct request){.kind = REQUEST_REFRESH}));
    while ((atomic_load(&settled) == before || atomic_load(&waits) <= waited) && clock_mono_ms() < end_ms)
        poll(NULL, 0, 1);
    assert_true(atomic_load(&settled) > before && atomic_load(&waits) > waited);
    fetch_stop(fetch);
    store_free(store);
}

static void many_small_steps_lose_nothing(void **state)
{
    (void)state;
    struct store *store = small_store();
    struct fetch *fetch = start(store, script_new(NULL, 200000, ENDS));
    wait_for(store, is_done);
    assert_true(status.end_row == 200000 && status.invocations == 20000);
    assert_int_equal(status.by_class[FAILURE_SUCCESS], 20000);
    assert_int_equal(status.open_invocations, 0);
    fetch_stop(fetch);
    store_free(store);
}

static unsigned inbox_wakes;

static void count_wake(void *ctx)
{
    assert_ptr_equal(ctx, &inbox_wakes);
    inbox_wakes++;
}

static void an_inbox_keeps_the_order_and_refuses_when_it_is_full(void **state)
{
    (void)state;
    struct inbox *inbox = inbox_new(count_wake, &inbox_wakes);
    struct request request = {.kind = REQUEST_WATCH};
    assert_false(inbox_take(inbox, &request));
    for (int round = 0; round < 3; round++) {
        for (unsigned i = 0; i < 256; i++) {
            snprintf(request.function, sizeof request.function, "f%u", i);
            assert_true(inbox_give(inbox, &request));
        }
        assert_false(inbox_give(inbox, &request));
        for (unsigned i = 0; i < 256; i++) {
            char name[8];
            snprintf(name, sizeof name, "f%u", i);
            assert_true(inbox_take(inbox, &request));
            assert_string_equal(request.function, name);
        }
        assert_false(inbox_take(inbox, &request));
    }
    assert_int_equal(inbox_wakes, 3 * 256);
    inbox_free(inbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_and_verdicts_arrive_in_the_store_and_the_end_closes_what_is_open),
        cmocka_unit_test(a_broken_source_is_told_and_what_came_before_stands),
        cmocka_unit_test(a_waiting_source_does_not_hold_up_the_end),
        cmocka_unit_test(a_full_inbox_does_not_hold_up_the_end_either),
        cmocka_unit_test(a_stop_through_the_inbox_ends_the_thread_in_each_of_its_states),
        cmocka_unit_test(an_idle_source_lets_verdicts_settle_and_a_refresh_makes_it_step_again),
        cmocka_unit_test(many_small_steps_lose_nothing),
        cmocka_unit_test(an_inbox_keeps_the_order_and_refuses_when_it_is_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
