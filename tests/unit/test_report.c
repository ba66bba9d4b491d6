#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "src/model/report.h"


static const struct report_case {
    const char *line, *id, *status, *error_type, *trace;
    int64_t duration_ns, init_ns, restore_ns, billed_ms, memory_mb, used_mb;
    int sampled;
} reports[] = {
    {"REPORT RequestId: a-1\tDuration: 3.01 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\t"
     "Max Memory Used: 36 MB\tInit Duration: 110.10 ms\t",
     "a-1", "", "", "", 3010000, 110100000, ABSENT, 4, 128, 36, ABSENT},
    {"REPORT RequestId: a-2\tDuration: 71.20 ms\tBilled Duration: 100 ms \tMemory Size: 256 MB\tMax Memory Used: 40 MB\t",
     "a-2", "", "", "", 71200000, ABSENT, ABSENT, 100, 256, 40, ABSENT},
    {"REPORT RequestId: a-3 Duration: 3016.78 ms Billed Duration: 3016 ms Memory Size: 128 MB Max Memory Used: 31 MB Status: timeout",
     "a-3", "timeout", "", "", 3016780000, ABSENT, ABSENT, 3016, 128, 31, ABSENT},
    {"REPORT RequestId: a-4\tDuration: 9.5 ms\tBilled Duration: 10 ms\tMemory Size: 128 MB\tMax Memory Used: 31 MB\t"
     "Status: error\tError Type: Runtime.ExitError",
     "a-4", "error", "Runtime.ExitError", "", 9500000, ABSENT, ABSENT, 10, 128, 31, ABSENT},
    {"REPORT RequestId: a-5\tDuration: 149.53 ms\tBilled Duration: 313 ms\tMemory Size: 512 MB\tMax Memory Used: 150 MB\t"
     "Restore Duration: 789.64 ms\tBilled Restore Duration: 163 ms\t",
     "a-5", "", "", "", 149530000, ABSENT, 789640000, 313, 512, 150, ABSENT},
    {"REPORT RequestId: a-6\tInit Duration: 11.37 msDuration: 2696.60 ms\tBilled Duration: 2697 ms\tMemory Size: 128 MB\tMax Memory Used: 128 MB",
     "a-6", "", "", "", 2696600000, 11370000, ABSENT, 2697, 128, 128, ABSENT},
    {"REPORT RequestId: a-7\tDuration: 10 ms\tBilled Duration: 10 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB\t"
     "Init Duration: 1234 ms\tXRAY TraceId: 1-5d9d007f-0a8c7fd02xmpl480aed55ef0\tSegmentId: 3d752xmpl1bbe37e\tSampled: true",
     "a-7", "", "", "1-5d9d007f-0a8c7fd02xmpl480aed55ef0", 10000000, 1234000000, ABSENT, 10, 128,
     64, 1},
    {"# REPORT RequestId: a-8 Duration: 1.5 ms", "a-8", "", "", "", 1500000, ABSENT, ABSENT, ABSENT,
     ABSENT, ABSENT, ABSENT},
    {"2026-11-24T10:00:00.000Z REPORT RequestId: a-9 Duration: 1.000001 ms", "a-9", "", "", "",
     1000001, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT},
    {"{\"time\":\"2026-11-24T10:00:00Z\",\"type\":\"platform.report\",\"record\":{\"metrics\":{\"durationMs\":147.156,"
     "\"billedDurationMs\":201,\"memorySizeMB\":512,\"maxMemoryUsedMB\":91,\"restoreDurationMs\":500.795},"
     "\"requestId\":\"j-1\",\"status\":\"success\",\"tracing\":{\"type\":\"X-Amzn-Trace-Id\",\"value\":\"Root=1-6-7;Parent=8;Sampled=0\"}}}",
     "j-1", "success", "", "1-6-7", 147156000, ABSENT, 500795000, 201, 512, 91, 0},
    {"[{\"record\":{\"requestId\":\"j-2\",\"metrics\":{\"durationMs\":2.5}},\"type\":\"platform.report\"}]",
     "j-2", "", "", "", 2500000, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT},
};

static void is_text(struct str got, const char *want)
{
    char text[256];
    (void)str_copy(text, sizeof text, got);
    assert_string_equal(text, want);
}

static void a_report_is_read_in_any_order_and_dress(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof reports / sizeof *reports; i++) {
        const struct report_case *c = &reports[i];
        struct report r;
        if (!report_parse(str_of(c->line), &r))
            fail_msg("not a report: %s", c->line);
        is_text(r.request_id, c->id);
        is_text(r.status, c->status);
        is_text(r.error_type, c->error_type);
        is_text(r.trace_id, c->trace);
        assert_true(r.duration_ns == c->duration_ns);
        assert_true(r.init_ns == c->init_ns);
        assert_true(r.restore_ns == c->restore_ns);
        assert_true(r.billed_ms == c->billed_ms);
        assert_true(r.memory_mb == c->memory_mb);
        assert_true(r.memory_used_mb == c->used_mb);
        assert_int_equal(r.sampled, c->sampled);
    }
}

static void a_garbled_number_makes_no_report(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "REPORT invalid report log line",
        "REPORT RequestId: g-1\tDuration: 1e3 ms",
        "REPORT RequestId: g-2\tDuration: 1,5 ms",
        "REPORT RequestId: g-3\tDuration: .5 ms",
        "REPORT RequestId: g-4\tDuration: 5. ms",
        "REPORT RequestId: g-5\tDuration: 5.1234567 ms",
        "REPORT RequestId: g-6\tDuration: 1234567890123456 ms",
        "REPORT RequestId: g-7\tDuration: 999999999999999 ms",
        "REPORT RequestId: g-8\tDuration: 5 msec",
        "REPORT RequestId: g-9\tDuration: -5 ms",
        "REPORT RequestId: g-10\tDuration: nan ms",
        "REPORT RequestId: g-11\tMemory Size: 128 KB",
        "REPORT RequestId: g-12\tBilled Duration: 0x10 ms",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (line_kind(str_of(lines[i])) != LINE_UNPARSED)
            fail_msg("taken for a report: %s", lines[i]);
}

static void a_wrapped_report_goes_on_in_the_next_line(void **state)
{
    (void)state;
    struct report r;
    assert_true(report_parse(STR("# REPORT RequestId: w-1\t"), &r));
    assert_false(report_has_numbers(&r));
    assert_true(
        report_continue(STR("# Duration: 37.5 ms\tBilled Duration: 38 ms\tMemory Size: 128"), &r));
    assert_true(report_continue(STR("# MB\tMax Memory Used: 90 MB"), &r));
    assert_true(r.duration_ns == 37500000 && r.billed_ms == 38 && r.memory_used_mb == 90);
    assert_true(r.memory_mb == ABSENT); /* torn: 128 may be the front of 1280 */
    assert_true(report_parse(STR("REPORT RequestId: w-2 Duration: 3.5 ms"), &r));
    assert_true(report_continue(STR("  Billed Duration: 4 ms Memory Size: 512 MB"), &r));
    assert_true(report_continue(STR("Max Memory Used: 157 MB"), &r));
    assert_true(r.billed_ms == 4 && r.memory_mb == 512 && r.memory_used_mb == 157);
    assert_false(report_continue(STR("the application goes on"), &r));
    assert_false(report_continue(STR("START RequestId: w-3 Version: 1"), &r));
}

static void a_line_break_inside_a_name_loses_no_number(void **state)
{
    (void)state;
    struct report r;
    assert_true(report_parse(
        STR("REPORT RequestId: w-4 Duration: 3.5 ms Memory Size: 512 MB Max Memory"), &r));
    assert_true(report_continue(STR("Used: 157 MB"), &r));
    assert_true(r.memory_used_mb == 157);
}

static void each_platform_line_has_its_kind(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum line_kind kind;
    } cases[] = {
        {"START RequestId: k-1 Version: $LATEST", LINE_START},
        {"START RequestId: k-1\tVersion: 7", LINE_START},
        {"END RequestId: k-1", LINE_END},
        {"REPORT RequestId: k-1\tDuration: 1 ms", LINE_REPORT},
        {"XRAY TraceId: 1-2-3\tSegmentId: 4\t", LINE_XRAY},
        {"INIT_START Runtime Version: python:3.12.v43\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:x",
         LINE_INIT},
        {"RESTORE_START Runtime Version: java:21.v1\tRuntime Version ARN: arn", LINE_INIT},
        {"INIT_REPORT Init Duration: 206.72 ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError",
         LINE_INIT_REPORT},
        {"RESTORE_REPORT Restore Duration: 511.25 ms", LINE_INIT_REPORT},
        {"2026-11-24T10:00:00.000Z k-1-2-3 Task timed out after 3.00 seconds", LINE_TIMEOUT},
        {"[ERROR] Task timed out after 30.01 seconds", LINE_TIMEOUT},
        {"Task timed out after 60.00 seconds", LINE_TIMEOUT},
        {"RequestId: k-1 Error: Task timed out after 1.00 seconds", LINE_TIMEOUT},
        {"RequestId: k-1 Error: Runtime exited with error: signal: killed", LINE_DEATH},
        {"RequestId: k-1 Error: Runtime exited without providing a reason", LINE_DEATH},
        {"RequestId: k-1 Process exited before completing request", LINE_DEATH},
        {"RequestId: k-1 Error: exit code 0", LINE_DEATH},
        {"Unknown application error occurred", LINE_DEATH},
        {"IMAGE\tLaunch error: fork/exec /app: permission denied\tEntrypoint: []", LINE_DEATH},
        {"EXTENSION\tName: agent\tState: Ready\tEvents: [INVOKE,SHUTDOWN]", LINE_PLATFORM},
        {"TELEMETRY\tName: agent\tState: Subscribed\tTypes: [platform]", LINE_PLATFORM},
        {"LOGS\tName: agent\tState: Subscribed\tTypes: [platform]", LINE_PLATFORM},
        {"{\"type\":\"platform.start\",\"record\":{\"requestId\":\"k\"}}", LINE_START},
        {"{\"type\":\"platform.initStart\",\"record\":{}}", LINE_INIT},
        {"{\"type\":\"platform.initReport\",\"record\":{\"status\":\"timeout\",\"metrics\":{\"durationMs\":10000.487}}}",
         LINE_INIT_REPORT},
        {"{\"type\":\"platform.restoreReport\",\"record\":{\"status\":\"error\"}}",
         LINE_INIT_REPORT},
        {"{\"type\":\"platform.runtimeDone\",\"record\":{\"requestId\":\"k\",\"status\":\"timeout\"}}",
         LINE_PLATFORM},
        {"{\"type\":\"platform.fault\",\"record\":\"RequestId: k Error: Runtime exited\"}",
         LINE_DEATH},
        {"{\"type\":\"platform.neverSeenBefore\",\"record\":{}}", LINE_PLATFORM},
        {"{\"_aws\":{\"Timestamp\":1}}", LINE_METRIC},
        {"the RequestId: is part of a sentence", LINE_APP},
        {"Service: S3; Status Code: 403; RequestId: 3F8A", LINE_APP},
        {"plain words", LINE_APP},
        {"", LINE_APP},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (line_kind(str_of(cases[i].line)) != cases[i].kind)
            fail_msg("kind %d, expected %d: %s", (int)line_kind(str_of(cases[i].line)),
                     (int)cases[i].kind, cases[i].line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_is_read_in_any_order_and_dress),
        cmocka_unit_test(a_garbled_number_makes_no_report),
        cmocka_unit_test(a_wrapped_report_goes_on_in_the_next_line),
        cmocka_unit_test(a_line_break_inside_a_name_loses_no_number),
        cmocka_unit_test(each_platform_line_has_its_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
