/* END and REPORT lines that name another id than the open START: an emulator's, or forged. */
#include "tests/unit/track.h"

#define A "0a1b2c3d-1111-4222-8333-444455556666"
#define B "0a1b2c3d-2222-4222-8333-444455556666"
#define C "0a1b2c3d-3333-4222-8333-444455556666"
#define START(id) "START RequestId: " id " Version: $LATEST\n"
#define END(id) "END RequestId: " id "\n"
#define REPORT(id, more) "REPORT RequestId: " id "\tDuration: 120.50 ms\tBilled Duration: 121 ms\tMemory Size: 256 MB\tMax Memory Used: 90 MB\t" more "\n"
#define RAISED "[ERROR] KeyError: 'x'\nTraceback (most recent call last):\n"

static struct track track;

static void run(const char *stream, const char *text)
{
    struct tracker *t = track_start(&track, 16, false);
    struct str rest = str_of(text);
    char line[1024];
    for (uint64_t n = 1; rest.len; n++) {
        (void)str_copy(line, sizeof line, str_take_until(&rest, '\n'));
        track_line(t, stream, line, n);
    }
    track_end(&track, t);
}

static void has(size_t at, const char *id, const char *class, unsigned attempt)
{
    assert_true(at < track.count);
    track_text_is(&track.kept[at], track.kept[at].request_id, id);
    assert_string_equal(track_class(&track.kept[at]), class);
    assert_int_equal(track.kept[at].attempt, attempt);
}

static void an_emulators_end_closes_the_start_and_gives_its_id(void **state)
{
    (void)state;
    run("", START(A) END(B) REPORT(B, "") START(C) END(C) REPORT(C, ""));
    assert_int_equal(track.count, 2);
    has(0, B, "success", 1);
    has(1, C, "success", 1);
}

static void a_forged_report_takes_nothing_from_a_start_that_ends_by_its_own_id(void **state)
{
    (void)state;
    const char *streams[] = {"", "2026/11/24/[$LATEST]0a"};
    for (size_t i = 0; i < 2; i++) {
        run(streams[i], START(A) "REPORT RequestId: fake Duration: 1 ms\n" END(A) REPORT(A, ""));
        assert_int_equal(track.count, 1);
        has(0, A, "success", 1);
        assert_int_equal(track.kept[0].duration_ns, 120500000);
        assert_int_equal(track.kept[0].billed_ms, 121);
    }
}

static void forged_lines_hide_no_error_that_follows_them(void **state)
{
    (void)state;
    run("s", START(A) END(B) REPORT(B, "") RAISED END(A) REPORT(A, ""));
    assert_int_equal(track.count, 1);
    has(0, A, "exception", 1);
    run("s", START(A) END(B) REPORT(B, "") END(A) REPORT(A, "Status: timeout"));
    assert_int_equal(track.count, 1);
    has(0, A, "timeout", 1);
}

static void forged_figures_do_not_stay(void **state)
{
    (void)state;
    run("s", START(A) REPORT(B, "Init Duration: 9.00 ms\tStatus: timeout\tError Type: Runtime.OutOfMemory") END(A)
             "REPORT RequestId: " A "\tDuration: 7.00 ms\n");
    assert_int_equal(track.count, 1);
    has(0, A, "success", 1);
    assert_int_equal(track.kept[0].init_ns, ABSENT);
    assert_int_equal(track.kept[0].billed_ms, ABSENT);
    assert_int_equal(track.kept[0].memory_mb, ABSENT);
    assert_int_equal(track.kept[0].status.len, 0);
    assert_int_equal(track.kept[0].error_type.len, 0);
}

static void one_report_after_another_is_forged_in_one_run(void **state)
{
    (void)state;
    run("s", START(A) REPORT(B, "") REPORT(C, "") REPORT("d", "") END(A) REPORT("e", "") REPORT(A, ""));
    assert_int_equal(track.count, 1);
    has(0, A, "success", 1);
}

static void the_later_report_of_one_start_counts(void **state)
{
    (void)state;
    run("s", START(A) END(A) REPORT(A, "") RAISED END(A) REPORT(A, "Status: timeout"));
    assert_int_equal(track.count, 1);
    has(0, A, "timeout", 1);
    run("s", START(A) END(A) REPORT(A, "") RAISED END(A) REPORT(A, ""));
    assert_int_equal(track.count, 1);
    has(0, A, "exception", 1);
}

/* Two sandboxes in one export without stream names: the START of B was cut away. */
static void a_complete_report_of_another_request_stays_in_a_merged_export(void **state)
{
    (void)state;
    run("", START(A) END(B) REPORT(B, "Status: timeout") END(A) REPORT(A, ""));
    assert_int_equal(track.count, 2);
    has(0, B, "timeout", 1);
    has(1, A, "success", 1);
}

static void two_reports_without_a_start_are_two_attempts(void **state)
{
    (void)state;
    run("", REPORT(A, "Status: timeout") REPORT(A, ""));
    assert_int_equal(track.count, 2);
    has(0, A, "timeout", 1);
    has(1, A, "success", 2);
}

static void a_start_with_only_a_foreign_end_is_ended_at_the_end_of_the_input(void **state)
{
    (void)state;
    run("s", START(A) REPORT(B, "Status: timeout"));
    assert_int_equal(track.count, 1);
    has(0, B, "timeout", 1);
}

static void a_start_that_is_printed_inside_another_takes_nothing_from_it(void **state)
{
    (void)state;
    run("s", START(A) RAISED START(B) END(A) REPORT(A, ""));
    assert_int_equal(track.count, 1);
    has(0, A, "exception", 1);
    run("s", START(A) START(B) START(C) RAISED END(A) REPORT(A, ""));
    assert_int_equal(track.count, 1);
    has(0, A, "exception", 1);
    run("s", START(A) START(B) "RequestId: " B " Error: Runtime exited with error: signal: killed\n" END(A) REPORT(A, ""));
    assert_int_equal(track.count, 1);
    has(0, A, "memory", 1);
}

static void a_death_of_another_request_is_printed_text(void **state)
{
    (void)state;
    run("s", START(A) "RequestId: " B " Error: Runtime exited with error: signal: killed\n"
             "2026-11-24T10:00:00.000Z " C " Task timed out after 3.00 seconds\n" END(A) REPORT(A, ""));
    assert_int_equal(track.count, 1);
    has(0, A, "success", 1);
}

static void a_start_whose_end_was_lost_is_incomplete(void **state)
{
    (void)state;
    run("s", START(A) RAISED START(B) END(B) REPORT(B, "") START(C) END(C) REPORT(C, ""));
    assert_int_equal(track.count, 3);
    has(0, A, "exception", 1);
    has(1, B, "success", 1);
    has(2, C, "success", 1);
    run("s", START(A) START(B) START(C));
    assert_int_equal(track.count, 3);
    has(0, A, "incomplete", 1);
    has(2, C, "incomplete", 1);
}

static void the_lines_after_a_second_start_are_its_own(void **state)
{
    (void)state;
    run("s", START(A) START(B) RAISED END(B) REPORT(B, ""));
    assert_int_equal(track.count, 2);
    has(0, A, "incomplete", 1);
    has(1, B, "exception", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_emulators_end_closes_the_start_and_gives_its_id),
        cmocka_unit_test(a_forged_report_takes_nothing_from_a_start_that_ends_by_its_own_id),
        cmocka_unit_test(forged_lines_hide_no_error_that_follows_them),
        cmocka_unit_test(forged_figures_do_not_stay),
        cmocka_unit_test(one_report_after_another_is_forged_in_one_run),
        cmocka_unit_test(the_later_report_of_one_start_counts),
        cmocka_unit_test(a_complete_report_of_another_request_stays_in_a_merged_export),
        cmocka_unit_test(two_reports_without_a_start_are_two_attempts),
        cmocka_unit_test(a_start_that_is_printed_inside_another_takes_nothing_from_it),
        cmocka_unit_test(a_death_of_another_request_is_printed_text),
        cmocka_unit_test(a_start_whose_end_was_lost_is_incomplete),
        cmocka_unit_test(the_lines_after_a_second_start_are_its_own),
        cmocka_unit_test(a_start_with_only_a_foreign_end_is_ended_at_the_end_of_the_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
