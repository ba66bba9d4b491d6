/* Lines that become visible after newer ones of their stream, as the follow of an account hands
 * them over: they count for the invocation that ran at their time, never for a later one. */
#include "tests/unit/track.h"

#define A "8f5a3c1e-1111-4222-8333-00000000000a"
#define B "8f5a3c1e-1111-4222-8333-00000000000b"
#define REPORT(id)                                                                         \
    "REPORT RequestId: " id "\tDuration: 100.00 ms\tBilled Duration: 100 ms\t"             \
    "Memory Size: 128 MB\tMax Memory Used: 60 MB\t"
#define ERROR_TEXT                                                                         \
    "[ERROR] KeyError: 'order'\nTraceback (most recent call last):\n"                      \
    "  File \"/var/task/app.py\", line 7, in handler\n    return event['order']"

struct said {
    int64_t ms, late_ms;
    const char *text;
};

static void run(struct track *track, const struct said *said, size_t count)
{
    struct tracker *t = track_start(track, 16, true);
    for (size_t i = 0; i < count; i++) {
        struct event event = {.log_stream = STR("2026/11/24/[$LATEST]aa"),
                              .message = str_of(said[i].text),
                              .line = i + 1,
                              .unix_ms = INT64_C(1795528800000) + said[i].ms,
                              .ingestion_ms = TIME_NONE,
                              .late_ms = said[i].late_ms,
                              .function = STR_NONE,
                              .log_group = STR_NONE,
                              .id = STR_NONE};
        tracker_add(t, &event);
    }
    track_end(track, t);
}

static const struct invocation *find(const struct track *track, const char *id)
{
    for (size_t i = 0; i < track->count; i++)
        if (str_eq(invocation_text(&track->kept[i], track->kept[i].request_id), str_of(id)))
            return &track->kept[i];
    fail_msg("no verdict for %s", id);
    return NULL;
}

/* A's verdict was final when B began: all that is left is that B's is not made of it. */
static void a_late_error_is_not_the_running_invocations(void **state)
{
    static const struct said said[] = {
        {1000, 0, "START RequestId: " A " Version: $LATEST"},
        {1100, 0, "END RequestId: " A},
        {1100, 0, REPORT(A)},
        {50000, 0, "START RequestId: " B " Version: $LATEST"},
        {1050, 48950, ERROR_TEXT},
        {50100, 0, "END RequestId: " B},
        {50100, 0, REPORT(B)},
    };
    struct track track;
    (void)state;
    run(&track, said, sizeof said / sizeof *said);
    const struct invocation *b = find(&track, B);
    assert_false(failure_class_row(b->class)->is_failure);
    assert_true(b->exception_type.len == 0 && b->signature == 0);
}

static void a_late_error_counts_while_its_invocation_lingers(void **state)
{
    static const struct said said[] = {
        {1000, 0, "START RequestId: " A " Version: $LATEST"},
        {1100, 0, "END RequestId: " A},
        {1100, 0, REPORT(A)},
        {1050, 5000, ERROR_TEXT},
    };
    struct track track;
    (void)state;
    run(&track, said, sizeof said / sizeof *said);
    const struct invocation *a = find(&track, A);
    assert_string_equal(track_class(a), "exception");
}

/* Late against the group, but in order in its own stream. */
static void a_slow_stream_is_read_as_ever(void **state)
{
    static const struct said said[] = {
        {1000, 9000, "START RequestId: " A " Version: $LATEST"},
        {1050, 8950, ERROR_TEXT},
        {1100, 8900, "END RequestId: " A},
        {1100, 8900, REPORT(A)},
    };
    struct track track;
    (void)state;
    run(&track, said, sizeof said / sizeof *said);
    assert_int_equal(track.count, 1);
    assert_string_equal(track_class(find(&track, A)), "exception");
}

static void late_platform_lines_find_their_request_by_id(void **state)
{
    static const struct said said[] = {
        {1000, 0, "START RequestId: " A " Version: $LATEST"},
        {50000, 0, "START RequestId: " B " Version: $LATEST"},
        {1050, 48950, "2026-11-24T14:00:01.050Z " A " Task timed out after 3.00 seconds"},
        {1100, 48900, "END RequestId: " A},
        {1100, 48900, REPORT(A)},
        {50100, 0, "END RequestId: " B},
        {50100, 0, REPORT(B)},
    };
    struct track track;
    (void)state;
    run(&track, said, sizeof said / sizeof *said);
    assert_string_equal(track_class(find(&track, A)), "timeout");
    assert_string_equal(track_class(find(&track, B)), "success");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_late_error_is_not_the_running_invocations),
        cmocka_unit_test(a_late_error_counts_while_its_invocation_lingers),
        cmocka_unit_test(a_slow_stream_is_read_as_ever),
        cmocka_unit_test(late_platform_lines_find_their_request_by_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
