/* When verdicts are handed over, in which order, and what happens at the ceilings. */
#include "tests/unit/track.h"

#include <stdio.h>

#define A "0a1b2c3d-1111-4222-8333-444455556666"
#define B "0a1b2c3d-2222-4222-8333-444455556666"
#define C "0a1b2c3d-3333-4222-8333-444455556666"
#define START(id) "START RequestId: " id " Version: $LATEST"
#define END(id) "END RequestId: " id
#define REPORT(id) "REPORT RequestId: " id "\tDuration: 120.50 ms\tBilled Duration: 121 ms\tMemory Size: 256 MB\tMax Memory Used: 90 MB\t"
#define FULL(id) "REPORT RequestId: " id "\tDuration: 120.50 ms\tBilled Duration: 121 ms\tMemory Size: 256 MB\tMax Memory Used: 256 MB\t"
#define TIMED_OUT(id) "2026-11-24T10:00:03.000Z " id " Task timed out after 3.00 seconds"

static struct track track;
static struct tracker *tracker;
static uint64_t line_number;

static void begin(uint32_t hold, bool provisional)
{
    line_number = 0;
    tracker = track_start(&track, hold, provisional);
}

static void at(const char *stream, const char *text, int64_t unix_ms)
{
    struct event event = {.log_stream = str_of(stream), .message = str_of(text), .line = ++line_number,
                          .unix_ms = unix_ms, .ingestion_ms = TIME_NONE};
    tracker_add(tracker, &event);
}

static void put(const char *stream, const char *text)
{
    at(stream, text, TIME_NONE);
}

static void finish(void)
{
    track_end(&track, tracker);
}

static void is(size_t index, const char *id, const char *class, unsigned attempt)
{
    assert_true(index < track.count);
    track_text_is(&track.kept[index], track.kept[index].request_id, id);
    assert_string_equal(track_class(&track.kept[index]), class);
    assert_int_equal(track.kept[index].attempt, attempt);
}

/* ---- order ---- */

static void finals_come_in_the_order_in_which_invocations_end(void **state)
{
    (void)state;
    begin(0, false);
    put("one", START(A));
    put("two", START(B));
    put("three", START(C));
    put("two", END(B));
    put("two", REPORT(B));
    put("one", END(A));
    put("one", REPORT(A));
    finish();
    assert_int_equal(track.count, 3);
    is(0, B, "success", 1);
    is(1, A, "success", 1);
    is(2, C, "incomplete", 1); /* open ones last */
}

static void a_timeout_that_follows_its_report_keeps_its_place(void **state)
{
    (void)state;
    begin(0, false);
    put("", START(A));
    put("", REPORT(A));
    put("", START(B));
    put("", REPORT(B));
    put("", TIMED_OUT(A));
    finish();
    assert_int_equal(track.count, 2);
    is(0, A, "timeout", 1);
    is(1, B, "success", 1);
}

static void the_next_start_of_a_real_stream_ends_the_wait(void **state)
{
    (void)state;
    begin(0, false);
    put("s", START(A));
    put("s", REPORT(A));
    assert_int_equal(track.count, 0);
    put("s", START(B));
    assert_int_equal(track.count, 1);
    is(0, A, "success", 1);
    finish();
}

static void an_ended_attempt_waits_for_256_events(void **state)
{
    (void)state;
    begin(0, false);
    put("s", START(A));
    put("s", REPORT(A));
    for (int i = 0; i < 256; i++)
        put("other", "nothing of note");
    assert_int_equal(track.count, 0);
    put("other", "nothing of note");
    assert_int_equal(track.count, 1);
    finish();
    assert_int_equal(track.count, 1);
}

/* ---- settling ---- */

static void what_is_settled_had_its_report_long_enough_ago(void **state)
{
    (void)state;
    begin(0, false);
    at("one", START(A), 1000);
    at("one", REPORT(A), 2000);
    at("two", START(B), 2500);
    at("two", END(B), 2600);
    tracker_settle(tracker, 11999, 10000);
    assert_int_equal(track.count, 0);
    tracker_settle(tracker, 12000, 10000);
    assert_int_equal(track.count, 1);
    is(0, A, "success", 1);
    tracker_settle(tracker, 999999, 10000); /* an END alone is no end: the REPORT is still to come */
    assert_int_equal(track.count, 1);
    finish();
    is(1, B, "incomplete", 1);
}

static void without_times_the_caller_says_that_it_waited(void **state)
{
    (void)state;
    begin(0, false);
    put("s", START(A));
    put("s", REPORT(A));
    tracker_settle(tracker, 999999, 10000);
    assert_int_equal(track.count, 0);
    tracker_settle(tracker, TIME_NONE, 0);
    assert_int_equal(track.count, 1);
    finish();
    assert_int_equal(track.count, 1);
}

static void an_end_by_another_id_is_settled_by_silence_only_for_an_emulator(void **state)
{
    (void)state;
    begin(0, false);
    put("s", START(A));
    put("s", REPORT(B));
    tracker_settle(tracker, TIME_NONE, 0);
    assert_int_equal(track.count, 0);
    put("s", REPORT(A));
    finish();
    assert_int_equal(track.count, 1);
    is(0, A, "success", 1);
    begin(0, false);
    put("s", START(A));
    put("s", FULL(B)); /* an emulator cannot measure: it prints its limit */
    tracker_settle(tracker, TIME_NONE, 0);
    assert_int_equal(track.count, 1);
    is(0, B, "success", 1);
    finish();
}

static void a_screen_gets_verdicts_that_may_change_at_once(void **state)
{
    (void)state;
    begin(0, true);
    put("", START(A));
    assert_int_equal(track.provisional, 0);
    put("", REPORT(A));
    assert_int_equal(track.provisional, 1);
    put("", TIMED_OUT(A));
    assert_int_equal(track.provisional, 2);
    assert_int_equal(track.count, 0);
    finish();
    assert_int_equal(track.count, 1);
    is(0, A, "timeout", 1);
}

/* ---- attempts, and what a retry tells ---- */

static void attempts_are_counted_over_all_streams(void **state)
{
    (void)state;
    begin(0, false);
    put("one", START(A));
    put("one", REPORT(A));
    put("two", START(A));
    put("two", REPORT(A));
    put("three", REPORT(A));
    finish();
    assert_int_equal(track.count, 3);
    is(0, A, "success", 1);
    is(1, A, "success", 2);
    is(2, A, "success", 3);
}

static void a_retry_shows_that_full_memory_was_the_failure(void **state)
{
    (void)state;
    begin(16, false);
    put("one", START(A));
    put("one", END(A));
    put("one", FULL(A));
    put("one", START(B));
    put("one", REPORT(B));
    assert_int_equal(track.count, 0); /* held, and B stands behind it */
    put("two", START(A));
    put("two", END(A));
    put("two", REPORT(A));
    finish();
    assert_int_equal(track.count, 3);
    is(0, A, "memory", 1);
    assert_true(track.kept[0].signature != 0);
    assert_int_equal(track.kept[0].confidence, CONFIDENCE_LIKELY);
    is(1, B, "success", 1);
    is(2, A, "success", 2);
}

static void without_a_retry_what_was_held_is_a_success(void **state)
{
    (void)state;
    begin(16, false);
    put("one", START(A));
    put("one", END(A));
    put("one", FULL(A));
    put("one", START(B));
    assert_int_equal(track.count, 0);
    finish();
    assert_int_equal(track.count, 2);
    is(0, A, "success", 1);
    assert_int_equal(track.kept[0].notes & NOTE_AT_LIMIT_NOT_KILLED, NOTE_AT_LIMIT_NOT_KILLED);
}

static void no_more_are_held_back_than_was_asked_for(void **state)
{
    (void)state;
    char start[96], report[256];
    begin(4, false);
    put("s", START(A));
    put("s", END(A));
    put("s", FULL(A));
    for (int i = 0; i < 4; i++) {
        (void)snprintf(start, sizeof start, "START RequestId: r%d Version: 1", i);
        (void)snprintf(report, sizeof report, "REPORT RequestId: r%d\tDuration: 1.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\tMax Memory Used: 50 MB", i);
        put("s", start);
        assert_int_equal(track.count, 0);
        put("s", report);
    }
    put("s", START(B)); /* the fifth in line is settled */
    assert_true(track.count >= 1);
    is(0, A, "success", 1);
    finish();
    assert_int_equal(track.count, 6);
}

static void without_hold_nothing_waits_for_a_retry(void **state)
{
    (void)state;
    begin(0, false);
    put("one", START(A));
    put("one", END(A));
    put("one", FULL(A));
    put("one", START(B));
    assert_int_equal(track.count, 1);
    is(0, A, "success", 1);
    finish();
}

/* ---- what belongs to no request ---- */

static void a_failed_init_joins_the_request_that_follows(void **state)
{
    (void)state;
    begin(0, false);
    put("s", "INIT_REPORT Init Duration: 50.00 ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError");
    put("s", START(A));
    put("s", "RequestId: " A " Error: Runtime exited with error: exit status 1");
    put("s", REPORT(A));
    finish();
    assert_int_equal(track.count, 1);
    is(0, A, "startup", 1);
    assert_false(track.kept[0].startup);
}

static void each_failed_init_without_a_request_is_a_record(void **state)
{
    (void)state;
    begin(0, false);
    for (int i = 0; i < 2; i++) {
        put("s", "INIT_START Runtime Version: python:3.12");
        put("s", "INIT_REPORT Init Duration: 9999.00 ms\tPhase: init\tStatus: timeout");
    }
    finish();
    assert_int_equal(track.count, 2);
    is(0, "", "startup", 1);
    assert_true(track.kept[0].startup);
    is(1, "", "startup", 1);
}

static void errors_a_second_apart_are_two_records(void **state)
{
    (void)state;
    begin(0, false);
    at("s", "[ERROR] KeyError: 'a'", 1000);
    at("s", "[ERROR] KeyError: 'a'", 1900);
    at("s", "[ERROR] ValueError: b", 2901);
    finish();
    assert_int_equal(track.count, 2);
    track_text_is(&track.kept[0], track.kept[0].exception_type, "KeyError");
    track_text_is(&track.kept[1], track.kept[1].exception_type, "ValueError");
}

static void an_error_that_names_nobody_makes_no_open_request_a_success(void **state)
{
    (void)state;
    begin(0, false);
    put("", START(A));
    put("", START(B));
    put("", "[ERROR] KeyError: 'a'");
    put("", "Traceback (most recent call last):");
    put("", "  File \"/var/task/a.py\", line 3, in handler");
    put("", "[INFO]\t2026-11-24T10:00:00.000Z\t" A "\tgoes on");
    put("", END(A));
    put("", REPORT(A));
    put("", END(B));
    put("", REPORT(B));
    finish();
    is(0, A, "ambiguous", 1);
    is(1, B, "ambiguous", 1);
}

/* ---- ceilings ---- */

static void a_stream_too_many_pushes_the_one_out_that_was_silent_longest(void **state)
{
    (void)state;
    char stream[32], start[64];
    begin(0, false);
    put("first", START(A));
    for (int i = 0; i < 4095; i++) {
        (void)snprintf(stream, sizeof stream, "s%d", i);
        put(stream, "nothing of note");
    }
    assert_int_equal(track.count, 0);
    put("one more", "nothing of note");
    assert_int_equal(track.count, 1);
    is(0, A, "incomplete", 1);
    (void)snprintf(start, sizeof start, "END RequestId: %s", A);
    put("first", start); /* it comes too late for its START */
    finish();
    assert_int_equal(track.count, 2);
}

static void a_stream_keeps_96_open_requests(void **state)
{
    (void)state;
    char start[64];
    begin(0, false);
    for (int i = 0; i < 96; i++) {
        (void)snprintf(start, sizeof start, "START RequestId: r%02d Version: 1", i);
        put("", start);
    }
    assert_int_equal(track.count, 0);
    put("", "START RequestId: more Version: 1");
    assert_int_equal(track.count, 1);
    is(0, "r00", "incomplete", 1);
    finish();
}

static void of_a_full_stream_one_that_ended_gives_way_first(void **state)
{
    (void)state;
    char start[64];
    begin(0, false);
    for (int i = 0; i < 96; i++) {
        (void)snprintf(start, sizeof start, "START RequestId: r%02d Version: 1", i);
        put("", start);
    }
    put("", "REPORT RequestId: r07\tDuration: 1.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\tMax Memory Used: 50 MB");
    put("", "START RequestId: more Version: 1");
    assert_int_equal(track.count, 1);
    is(0, "r07", "success", 1);
    finish();
}

static void garbled_reports_are_counted_and_make_no_record(void **state)
{
    (void)state;
    begin(0, false);
    put("s", START(A));
    put("s", "REPORT RequestId: " A "\tDuration: 12.3.4 ms\tBilled Duration: x");
    put("s", REPORT(A));
    put("s", "REPORT ");
    finish();
    assert_int_equal(track.unparsed, 2);
    assert_int_equal(track.count, 1);
    is(0, A, "success", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finals_come_in_the_order_in_which_invocations_end),
        cmocka_unit_test(a_timeout_that_follows_its_report_keeps_its_place),
        cmocka_unit_test(the_next_start_of_a_real_stream_ends_the_wait),
        cmocka_unit_test(an_ended_attempt_waits_for_256_events),
        cmocka_unit_test(what_is_settled_had_its_report_long_enough_ago),
        cmocka_unit_test(without_times_the_caller_says_that_it_waited),
        cmocka_unit_test(an_end_by_another_id_is_settled_by_silence_only_for_an_emulator),
        cmocka_unit_test(a_screen_gets_verdicts_that_may_change_at_once),
        cmocka_unit_test(attempts_are_counted_over_all_streams),
        cmocka_unit_test(a_retry_shows_that_full_memory_was_the_failure),
        cmocka_unit_test(without_a_retry_what_was_held_is_a_success),
        cmocka_unit_test(no_more_are_held_back_than_was_asked_for),
        cmocka_unit_test(without_hold_nothing_waits_for_a_retry),
        cmocka_unit_test(a_failed_init_joins_the_request_that_follows),
        cmocka_unit_test(each_failed_init_without_a_request_is_a_record),
        cmocka_unit_test(errors_a_second_apart_are_two_records),
        cmocka_unit_test(an_error_that_names_nobody_makes_no_open_request_a_success),
        cmocka_unit_test(a_stream_too_many_pushes_the_one_out_that_was_silent_longest),
        cmocka_unit_test(a_stream_keeps_96_open_requests),
        cmocka_unit_test(of_a_full_stream_one_that_ended_gives_way_first),
        cmocka_unit_test(garbled_reports_are_counted_and_make_no_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
