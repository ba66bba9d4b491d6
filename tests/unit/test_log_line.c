#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "ui/json_line.h"
#include "ui/pretty.h"

#define ID "8f5a3c1e-0d2b-4e77-9c1d-2f6b7a9d0e11"

static char shown[8192];

/* The text of a line as it is shown; its parts must add up to it. */
static const char *compose(enum line_kind kind, const char *text, int64_t timeout_ms)
{
    struct row row = {
        .kind = (uint8_t)kind, .len = (uint32_t)strlen(text), .full_len = (uint32_t)strlen(text)};
    struct line_facts facts = {timeout_ms, false};
    struct log_line line;
    struct buf out;
    uint32_t sum = 0;
    buf_init(&out, sizeof shown - 1);
    log_line_compose(&line, &row, str_of(text), &facts, false, &out);
    for (int i = 0; i < line.part_count; i++)
        sum += line.parts[i].len;
    assert_int_equal(sum, line.len);
    assert_int_equal(out.len, line.len);
    str_copy(shown, sizeof shown, buf_str(&out));
    buf_release(&out);
    return shown;
}

static void a_late_line_says_so_first(void **state)
{
    (void)state;
    const struct row row = {.kind = LINE_APP, .len = 9, .full_len = 9, .late = true};
    const struct line_facts facts = {ABSENT, false};
    struct log_line line;
    struct buf out;
    buf_init(&out, 100);
    log_line_compose(&line, &row, STR("came late"), &facts, false, &out);
    assert_true(str_eq(buf_str(&out), STR("late came late")));
    assert_int_equal(line.parts[0].role, ROLE_LATE);
    assert_int_equal(line.parts[0].len, 5);
    buf_release(&out);
}

static void what_each_line_repeats_is_left_out(void **state)
{
    (void)state;
    static const struct { enum line_kind kind; const char *text, *shown;
    } cases[] = {
        {LINE_APP, "[INFO]\t2026-11-24T14:00:58.102Z\t" ID "\tloading order 1197",
         "INFO  loading order 1197"},
        {LINE_APP, "2026-11-24T14:00:58.102Z\t" ID "\tWARN\tslow\tquery", "WARN  slow\tquery"},
        {LINE_APP, "2026-11-24T14:00:58.102Z\tundefined\tERROR\tUncaught", "ERROR Uncaught"},
        {LINE_APP, "2026-11-24T14:00:58.102Z\t" ID "\tno level here", "no level here"},
        {LINE_TIMEOUT, "2026-11-24T14:01:28.113Z " ID " Task timed out after 30.01 seconds",
         "Task timed out after 30.01 seconds"},
        {LINE_ERROR, "[ERROR] ValueError: bad", "[ERROR] ValueError: bad"},
        {LINE_APP, "[INFO]\tno stamp", "[INFO]\tno stamp"},
        {LINE_APP, "2026-11-24T14:00:58.102Z", "2026-11-24T14:00:58.102Z"},
        {LINE_APP, "", ""},
        {LINE_START, "START RequestId: " ID " Version: $LATEST", "START  8f5a3c1e  $LATEST"},
        {LINE_END, "END RequestId: " ID, "END    8f5a3c1e"},
        {LINE_INIT,
         "INIT_START Runtime Version: python:3.12.mainlinev2.v43\tRuntime Version ARN: arn:aws:x",
         "INIT   python:3.12.mainlinev2.v43"},
        {LINE_XRAY, "XRAY TraceId: 1-6b05-aa\tSegmentId: 11\tSampled: true\t",
         "XRAY   1-6b05-aa  sampled"},
        {LINE_XRAY, "XRAY TraceId: 1-6b05-aa\tSegmentId: 11\t", "XRAY   1-6b05-aa"},
        {LINE_PLATFORM, "EXTENSION\tName: x\tState: Ready", "EXTENSION\tName: x\tState: Ready"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(compose(cases[i].kind, cases[i].text, ABSENT), cases[i].shown);
}

static void a_report_is_its_numbers_against_their_limits(void **state)
{
    (void)state;
    const char *text = "REPORT RequestId: " ID
                       "\tDuration: 30010.44 ms\tBilled Duration: 30000 ms\tMemory Size: 256 MB\t"
                       "Max Memory Used: 88 MB\tInit Duration: 412.34 ms\t";
    assert_string_equal(compose(LINE_REPORT, text, 30000),
                        "REPORT 8f5a3c1e 30010/30000ms mem   88/256MB init 412ms");
    assert_string_equal(compose(LINE_REPORT, text, ABSENT),
                        "REPORT 8f5a3c1e 30010ms mem   88/256MB init 412ms");
    assert_string_equal(compose(LINE_REPORT, "REPORT RequestId: garbled", ABSENT),
                        "REPORT RequestId: garbled");
}

static void a_json_line_is_its_message_and_then_the_rest(void **state)
{
    (void)state;
    static const struct { const char *text, *shown;
    } cases[] = {
        {"{\"level\":\"INFO\",\"message\":\"stored\",\"timestamp\":\"x\",\"order_id\":7,\"cold_start\":true}",
         "INFO  stored  order_id=7"},
        {"{\"log_level\":\"ERROR\",\"errorType\":\"KeyError\",\"errorMessage\":\"'x'\",\"requestId\":\"r\"}",
         "ERROR KeyError: 'x'  "},
        {"{\"level\":\"ERROR\",\"message\":{\"errorType\":\"TypeError\",\"errorMessage\":\"no\"}}",
         "ERROR TypeError: no  "},
        {"{\"message\":\"a \\\"quoted\\\" \\u00e9\"}", "a \"quoted\" \xC3\xA9"},
        {"{\"no\":\"message\"}", "{\"no\":\"message\"}"},
        {"{\"message\":\"cut", "{\"message\":\"cut"},
        {"{\"message\":\"twice\"} {\"x\":1}", "{\"message\":\"twice\"} {\"x\":1}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(compose(LINE_APP, cases[i].text, ABSENT), cases[i].shown);
}

static void a_metric_line_is_names_and_values(void **state)
{
    (void)state;
    assert_string_equal(
        compose(
            LINE_METRIC,
            "{\"_aws\":{\"Timestamp\":1,\"CloudWatchMetrics\":[{\"Namespace\":\"orders\",\"Dimensions\":[[\"f\"]],"
            "\"Metrics\":[{\"Name\":\"stored\",\"Unit\":\"Count\"},{\"Name\":\"lag\"}]}]},\"f\":\"x\",\"stored\":1,\"lag\":2.5}",
            ABSENT),
        "EMF orders: stored=1 lag=2.5");
    assert_string_equal(compose(LINE_METRIC, "{\"_aws\":{}}", ABSENT), "{\"_aws\":{}}");
}

static void a_fold_says_what_happened(void **state)
{
    (void)state;
    struct invocation inv = {.duration_ns = INT64_C(30010440000),
                             .init_ns = ABSENT,
                             .memory_mb = 256,
                             .memory_used_mb = 88,
                             .timeout_ms = 30000,
                             .class = FAILURE_TIMEOUT};
    struct log_line line;
    struct buf out;
    inv.request_id = invocation_put(&inv, STR(ID), 100);
    inv.last_text = invocation_put(
        &inv, STR("[INFO]\t2026-11-24T14:00:58.240Z\t" ID "\tStarting DB query"), 200);
    buf_init(&out, 4096);
    log_line_fold(&line, &inv, 7, &out);
    assert_true(str_eq(buf_str(&out),
                       STR("8f5a3c1e 30010/30000ms mem   88/256MB  Starting DB query  7 lines")));
    buf_clear(&out);
    inv.class = FAILURE_EXCEPTION;
    inv.exception_type = invocation_put(&inv, STR("KeyError"), 100);
    inv.exception_message = invocation_put(&inv, STR("'count'"), 100);
    log_line_fold(&line, &inv, 7, &out);
    assert_true(str_ends(buf_str(&out), STR("  KeyError: 'count'  7 lines")));
    buf_release(&out);
}

/* ---- pretty ---- */

static void pretty(const char *text, size_t max, const char *expected)
{
    struct log_line lines[64];
    struct buf out, joined;
    buf_init(&out, 65536);
    buf_init(&joined, 65536);
    size_t count = pretty_lines(str_of(text), lines, max, &out);
    for (size_t i = 0; i < count; i++) {
        buf_add(&joined, str_first(str_from(buf_str(&out), lines[i].at), lines[i].len));
        buf_add_char(&joined, '\n');
    }
    buf_add_char(&joined, '\0');
    assert_string_equal(joined.at, expected);
    buf_release(&out);
    buf_release(&joined);
}

static void json_is_laid_out_by_depth(void **state)
{
    (void)state;
    pretty("{\"a\":1,\"b\":[true,{\"c\":\"x\"}],\"d\":{},\"e\":[]}", 64,
           "{\n  a: 1\n  b: [\n    true\n    {\n      c: \"x\"\n    }\n  ]\n  d: {}\n  e: []\n}\n");
    pretty("INFO {\"a\":null}", 64, "INFO {\n  a: null\n}\n");
}

static void a_stack_trace_inside_json_stands_line_by_line(void **state)
{
    (void)state;
    pretty("{\"stack\":\"Error: x\\n at a\\n at b\",\"n\":1}", 64,
           "{\n  stack: \"Error: x\n     at a\n     at b\"\n  n: 1\n}\n");
}

static void what_is_not_json_is_left_alone(void **state)
{
    (void)state;
    static const char *const texts[] = {"",     "plain", "{", "{\"a\":}", "{\"a\":1} and more",
                                        "[1,2", "}{"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        pretty(texts[i], 64, "");
}

static void a_page_that_is_full_says_so(void **state)
{
    (void)state;
    pretty("{\"a\":1,\"b\":2,\"c\":3}", 3, "{\n  a: 1\n  b: 2 ...\n");
}

static void json_nested_deeper_than_the_scanner_goes_is_left_alone(void **state)
{
    (void)state;
    static char text[4000];
    memset(text, '[', sizeof text - 1);
    pretty(text, 64, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_late_line_says_so_first),
        cmocka_unit_test(what_each_line_repeats_is_left_out),
        cmocka_unit_test(a_report_is_its_numbers_against_their_limits),
        cmocka_unit_test(a_json_line_is_its_message_and_then_the_rest),
        cmocka_unit_test(a_metric_line_is_names_and_values),
        cmocka_unit_test(a_fold_says_what_happened),
        cmocka_unit_test(json_is_laid_out_by_depth),
        cmocka_unit_test(a_stack_trace_inside_json_stands_line_by_line),
        cmocka_unit_test(what_is_not_json_is_left_alone),
        cmocka_unit_test(a_page_that_is_full_says_so),
        cmocka_unit_test(json_nested_deeper_than_the_scanner_goes_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
