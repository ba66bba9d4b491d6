/* The follow against a model of a log group: whatever happens, no event is lost and none comes
 * twice. The model's figures are those of a group of 20 events a second (docs/testing.md). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/unit/sim_logs.h"

#define EVENTS 12000
#define SPAN_MS (600 * 1000)
#define SETTLED_MS (SPAN_MS + 400 * 1000)

static const struct follow_options defaults;

/* Runs the model and wants each event exactly once. */
static void run_whole(struct sim *sim, const struct follow_options *options, int64_t until_ms,
                      struct follow_state *out)
{
    struct follow *f = follow_new(options);
    uint32_t group = follow_watch(f, sim->start_ms, TIME_NONE, sim_clock(sim));
    sim_run(sim, f, group, until_ms);
    follow_read(f, group, out);
    follow_free(f);
    if (sim_lost(sim) || sim_twice(sim))
        fail_msg("%zu lost, %zu twice of %zu in %zu calls", sim_lost(sim), sim_twice(sim), sim->count,
                 sim->calls);
    assert_int_equal(out->events, sim->count);
}

static void late_events_are_neither_lost_nor_doubled(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct follow_state s;
        struct sim sim;
        sim_init(&sim, EVENTS, SPAN_MS, 1, seed);
        run_whole(&sim, &defaults, SETTLED_MS, &s);
        print_message("seed %d: 0 lost, 0 twice, %zu calls, %d late\n", (int)seed, sim.calls, (int)s.late);
        assert_true(s.late > 100);
        assert_true(sim.most_a_second <= 6); /* three at once, and three in the second after */
        assert_true(sim.calls < 1500);
        sim_release(&sim);
    }
}

/* What the sweep is for: without it the model loses events, or the model proves nothing. */
static void without_a_deep_sweep_the_model_loses_events(void **state)
{
    const struct follow_options shallow = {.deep_ms = 10000, .deep_every_ms = 1000000000};
    struct sim sim;
    (void)state;
    sim_init(&sim, EVENTS, SPAN_MS, 1, 1);
    struct follow *f = follow_new(&shallow);
    uint32_t group = follow_watch(f, sim.start_ms, TIME_NONE, sim_clock(&sim));
    sim_run(&sim, f, group, SETTLED_MS);
    assert_true(sim_lost(&sim) > 20);
    assert_int_equal(sim_twice(&sim), 0);
    follow_free(f);
    sim_release(&sim);
}

static void equal_timestamps_over_pages_are_kept_apart(void **state)
{
    struct follow_state s;
    struct sim sim;
    (void)state;
    sim_init(&sim, EVENTS, SPAN_MS, 30000, 4); /* 600 events at one instant, pages of 400 */
    run_whole(&sim, &defaults, SETTLED_MS, &s);
    sim_release(&sim);
}

static void empty_pages_with_tokens_are_followed(void **state)
{
    struct follow_state s;
    struct sim sim;
    (void)state;
    sim_init(&sim, EVENTS, SPAN_MS, 1, 5);
    sim.empty_every = 2;
    run_whole(&sim, &defaults, SETTLED_MS, &s);
    assert_true(s.pages > s.passes);
    sim_release(&sim);
}

static void throttling_slows_down_and_loses_nothing(void **state)
{
    struct follow_state s;
    struct sim sim;
    (void)state;
    sim_init(&sim, EVENTS, SPAN_MS, 1, 6);
    sim.throttle_from_ms = 100000;
    sim.throttle_to_ms = 190000;
    run_whole(&sim, &defaults, SETTLED_MS, &s);
    assert_int_equal(s.failures, 0);
    sim_release(&sim);
}

static void a_lost_network_is_caught_up_with(void **state)
{
    struct follow_state s;
    struct sim sim;
    (void)state;
    sim_init(&sim, EVENTS, SPAN_MS, 1, 7);
    sim.down_from_ms = 60000;
    sim.down_to_ms = 560000; /* longer than the sweep is deep */
    run_whole(&sim, &defaults, SETTLED_MS, &s);
    assert_true(s.gap_events > 5000);
    assert_true(s.gap_from_unix_ms == TIME_NONE);
    assert_string_equal(s.gap_why, "no answer");
    sim_release(&sim);
}

static void a_token_that_expires_in_mid_pass_costs_nothing(void **state)
{
    struct follow_state s;
    struct sim sim;
    (void)state;
    sim_init(&sim, EVENTS, SPAN_MS, 1, 8);
    sim.bad_token_every = 3;
    run_whole(&sim, &defaults, SETTLED_MS, &s);
    sim_release(&sim);
}

static void a_suspended_machine_fills_its_gap(void **state)
{
    struct follow_state s;
    struct sim sim;
    (void)state;
    sim_init(&sim, EVENTS, SPAN_MS, 1, 9);
    sim.sleep_from_ms = 50000;
    sim.sleep_to_ms = 580000;
    run_whole(&sim, &defaults, SETTLED_MS, &s);
    assert_true(s.gap_events > 5000);
    assert_string_equal(s.gap_why, "the machine slept");
    sim_release(&sim);
}

/* The start of a window that was there before: nothing of it is called late. */
static void a_window_is_read_once_and_ends(void **state)
{
    const struct follow_options once = {.once = true};
    struct follow_state s;
    struct sim sim;
    (void)state;
    sim_init(&sim, EVENTS, SPAN_MS, 1, 10);
    sim.now_ms += SPAN_MS + 200000;
    sim.bad_token_every = 7;
    run_whole(&sim, &once, INT64_MAX / 2, &s);
    assert_true(s.done);
    assert_int_equal(s.passes, 1);
    assert_int_equal(s.late, 0);
    sim_release(&sim);
}

static void later_events_make_the_sweep_deeper(void **state)
{
    struct follow *f = follow_new(&(struct follow_options){.deep_ms = 60000});
    struct follow_state s;
    struct sim sim;
    (void)state;
    sim_init(&sim, EVENTS, SPAN_MS, 1, 11);
    uint32_t group = follow_watch(f, sim.start_ms, TIME_NONE, sim_clock(&sim));
    sim_run(&sim, f, group, SETTLED_MS);
    follow_read(f, group, &s);
    assert_true(s.deep_ms > 60000 && s.deep_ms <= 15 * 60 * 1000);
    assert_int_equal(sim_twice(&sim), 0);
    follow_free(f);
    sim_release(&sim);
}

/* ---- one step at a time ---- */

static const struct follow_clock zero = {0, INT64_C(1795528800000)};

static struct follow_clock at(int64_t ms)
{
    return (struct follow_clock){ms, zero.unix_ms + ms};
}

static void ask_now(struct follow *f, int64_t ms, struct follow_ask *ask)
{
    int64_t wait_ms;
    assert_true(follow_next(f, at(ms), ask, &wait_ms));
}

static void only_a_finished_pass_moves_the_mark(void **state)
{
    struct follow *f = follow_new(&defaults);
    struct follow_state s;
    struct follow_ask ask;
    int64_t late_ms, wait_ms;
    (void)state;
    uint32_t group = follow_watch(f, zero.unix_ms - 60000, TIME_NONE, at(0));
    ask_now(f, 0, &ask);
    assert_true(ask.start_unix_ms == zero.unix_ms - 60000);
    assert_true(ask.end_unix_ms == TIME_NONE);
    assert_string_equal(ask.token, "");
    assert_true(follow_take(f, group, seen_id_of(STR("a")), zero.unix_ms - 50000, &late_ms));
    assert_false(follow_page(f, group, STR("t1"), at(100)));
    follow_read(f, group, &s);
    assert_true(s.complete_unix_ms == TIME_NONE);
    ask_now(f, 200, &ask);
    assert_string_equal(ask.token, "t1");
    follow_failed(f, group, FOLLOW_FAILED, at(300));
    assert_false(follow_next(f, at(400), &ask, &wait_ms));
    assert_int_equal(wait_ms, 900);
    ask_now(f, 1300, &ask); /* from where it was, an overlap earlier */
    assert_string_equal(ask.token, "");
    assert_true(ask.start_unix_ms == zero.unix_ms - 60000);
    assert_false(follow_take(f, group, seen_id_of(STR("a")), zero.unix_ms - 50000, &late_ms));
    assert_true(follow_page(f, group, STR_NONE, at(1400)));
    follow_read(f, group, &s);
    assert_true(s.complete_unix_ms == zero.unix_ms); /* when it began, not when it went on */
    assert_int_equal(s.failures, 0);
    follow_free(f);
}

/* Pages as fast as they are asked for, each with the token that `token_of` makes; how many until
 * the follow gave up the pass. */
static unsigned pages_until_stuck(struct follow *f, uint32_t group, unsigned circle)
{
    struct follow_state s = {0};
    unsigned pages = 0;
    for (int64_t ms = 0; !s.stuck && pages < 5000; ms += 400) {
        struct follow_ask ask;
        char token[16];
        ask_now(f, ms, &ask);
        snprintf(token, sizeof token, "t%u", circle ? pages % circle : pages);
        follow_page(f, group, str_of(token), at(ms));
        follow_read(f, group, &s);
        pages++;
    }
    return pages;
}

static void tokens_in_a_circle_end_the_pass(void **state)
{
    static const unsigned circles[] = {1, 2, 7, 100};
    (void)state;
    for (size_t i = 0; i < sizeof circles / sizeof *circles; i++) {
        struct follow *f = follow_new(&defaults);
        uint32_t group = follow_watch(f, zero.unix_ms, TIME_NONE, at(0));
        assert_true(pages_until_stuck(f, group, circles[i]) <= 4 * circles[i] + 4);
        follow_free(f);
    }
    struct follow *f = follow_new(&defaults);
    uint32_t group = follow_watch(f, zero.unix_ms, TIME_NONE, at(0));
    assert_int_equal(pages_until_stuck(f, group, 0), 5000); /* many pages are no circle */
    follow_free(f);
}

static void the_budget_is_shared_and_the_screen_goes_first(void **state)
{
    struct follow *f = follow_new(&defaults);
    unsigned calls[3] = {0};
    struct follow_ask ask;
    int64_t wait_ms;
    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(follow_watch(f, zero.unix_ms, TIME_NONE, at(0)), i);
        follow_rank(f, i, i > 0);
    }
    for (int64_t ms = 0; ms < 60000; ms += 10)
        if (follow_next(f, at(ms), &ask, &wait_ms)) {
            if (ms == 0)
                assert_int_equal(ask.group, 0);
            calls[ask.group]++;
            follow_page(f, ask.group, STR_NONE, at(ms));
        }
    assert_int_equal(calls[0], 30); /* every 2 s */
    assert_int_equal(calls[1], 6);  /* every 10 s */
    assert_int_equal(calls[2], 6);
    follow_free(f);
}

static void nobody_starves_and_the_budget_holds(void **state)
{
    struct follow *f = follow_new(&defaults);
    unsigned calls[FOLLOW_GROUPS] = {0}, all = 0;
    struct follow_ask ask;
    int64_t wait_ms;
    (void)state;
    for (uint32_t i = 0; i < FOLLOW_GROUPS; i++) {
        assert_int_equal(follow_watch(f, zero.unix_ms, TIME_NONE, at(0)), i);
        follow_rank(f, i, i > 9);
    }
    assert_int_equal(follow_watch(f, zero.unix_ms, TIME_NONE, at(0)), FOLLOW_NONE);
    for (int64_t ms = 0; ms < 300000; ms += 10)
        if (follow_next(f, at(ms), &ask, &wait_ms)) {
            calls[ask.group]++;
            all++;
            follow_page(f, ask.group, STR_NONE, at(ms));
        }
    assert_true(all <= 3 * 300 + 3 && all >= 3 * 300 - 3);
    for (uint32_t i = 0; i < FOLLOW_GROUPS; i++)
        assert_true(calls[i] >= 5);
    assert_true(calls[0] > 2 * calls[20]);
    follow_unwatch(f, 7);
    assert_int_equal(follow_watch(f, zero.unix_ms, TIME_NONE, at(300000)), 7);
    follow_free(f);
}

/* Ten seconds of events a page, a page every 20 s: it would never catch up. */
static void a_group_too_busy_is_thinned_where_that_is_allowed(void **state)
{
    (void)state;
    for (int may = 0; may < 2; may++) {
        struct follow *f = follow_new(&(struct follow_options){.may_thin = may});
        struct follow_state s;
        struct follow_ask ask;
        int64_t late_ms;
        uint32_t group = follow_watch(f, zero.unix_ms - 3600000, TIME_NONE, at(0));
        for (unsigned i = 0; i < 3; i++) {
            char token[16];
            snprintf(token, sizeof token, "t%u", i);
            ask_now(f, i * 20000, &ask);
            follow_take(f, group, seen_id_of(str_of(token)), zero.unix_ms - 3600000 + i * 10000, &late_ms);
            follow_page(f, group, str_of(token), at(i * 20000 + 10000));
        }
        follow_read(f, group, &s);
        ask_now(f, 100000, &ask);
        assert_int_equal(s.thinned, may);
        assert_int_equal(ask.thinned, may);
        follow_free(f);
    }
    assert_true(strlen(follow_thin_pattern()) <= 1024);
}

/* What a verdict may rest on is never left out; talk is. */
static void a_thinned_ask_finds_what_verdicts_rest_on(void **state)
{
    static const char *const found[] = {
        "START RequestId: 1 Version: $LATEST", "END RequestId: 1", "REPORT RequestId: 1\tDuration",
        "INIT_START Runtime Version: x", "INIT_REPORT Init Duration: 1 ms Status: timeout",
        "RESTORE_REPORT x", "{\"type\":\"platform.report\"}", "2026 1 Task timed out after 3.00 seconds",
        "[ERROR] KeyError: 'x'", "Traceback (most recent call last):", "java.lang.RuntimeException: x",
        "panic: runtime error", "Unhandled Promise Rejection", "RequestId: 1 Process exited before",
        "Runtime exited with error: signal: killed", "is not authorized to perform: s3:GetObject",
        "An error occurred (AccessDenied)", "Throttling", "throttled", "TooManyRequestsException",
        "connect ECONNREFUSED: refused", "{\"level\":\"FATAL\"}", "exit status 1"};
    static const char *const left_out[] = {"working on order 7", "{\"level\":\"INFO\",\"message\":\"ok\"}", ""};
    (void)state;
    for (size_t i = 0; i < sizeof found / sizeof *found; i++)
        if (!follow_is_thin(str_of(found[i])))
            fail_msg("left out: %s", found[i]);
    for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++)
        if (follow_is_thin(str_of(left_out[i])))
            fail_msg("found: %s", left_out[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(late_events_are_neither_lost_nor_doubled),
        cmocka_unit_test(without_a_deep_sweep_the_model_loses_events),
        cmocka_unit_test(equal_timestamps_over_pages_are_kept_apart),
        cmocka_unit_test(empty_pages_with_tokens_are_followed),
        cmocka_unit_test(throttling_slows_down_and_loses_nothing),
        cmocka_unit_test(a_lost_network_is_caught_up_with),
        cmocka_unit_test(a_token_that_expires_in_mid_pass_costs_nothing),
        cmocka_unit_test(a_suspended_machine_fills_its_gap),
        cmocka_unit_test(a_window_is_read_once_and_ends),
        cmocka_unit_test(later_events_make_the_sweep_deeper),
        cmocka_unit_test(only_a_finished_pass_moves_the_mark),
        cmocka_unit_test(tokens_in_a_circle_end_the_pass),
        cmocka_unit_test(the_budget_is_shared_and_the_screen_goes_first),
        cmocka_unit_test(nobody_starves_and_the_budget_holds),
        cmocka_unit_test(a_group_too_busy_is_thinned_where_that_is_allowed),
        cmocka_unit_test(a_thinned_ask_finds_what_verdicts_rest_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
