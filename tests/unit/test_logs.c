/* Pages of log events: what one event costs when it is odd, and what a page cut short keeps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/aws/logs.h"

#define EVENT(time, text) "{\"timestamp\":" time ",\"message\":\"" text "\",\"ingestionTime\":7}"

/* Reads a page; its messages joined by '/'. */
static struct logs_page read_page(struct str body, char *out, size_t size)
{
    struct logs_page page;
    struct event e;
    struct buf text, joined;
    buf_init(&text, 1 << 20);
    buf_init(&joined, 1 << 16);
    logs_page_init(&page, body, &text);
    while (logs_page_next(&page, &e)) {
        for (size_t i = 0; i < e.message.len; i++)
            buf_add_char(&joined, e.message.at[i] ? e.message.at[i] : '0');
        buf_add_char(&joined, '/');
    }
    assert_true(str_copy(out, size, buf_str(&joined)));
    buf_release(&text);
    buf_release(&joined);
    return page;
}

static void a_page_gives_its_events_and_its_token(void **state)
{
    static const char body[] = "{\"events\":[" EVENT("1795528918101", "a\\n") ",\n  " EVENT(
        "1795528918102", "b") "],\"searchedLogStreams\":[],\"nextToken\":\"abc\"}";
    char out[64];
    (void)state;
    struct logs_page page = read_page((struct str){body, sizeof body - 1}, out, sizeof out);
    assert_string_equal(out, "a\n/b/");
    assert_true(str_eq(page.next_token, STR("abc")));
    assert_false(page.cut);
    assert_int_equal(page.broken, 0);
}

static void nothing_odd_in_one_event_costs_another(void **state)
{
    static const char *const odd[] = {
        EVENT("1795528918101", "\\ud800"),
        EVENT("1795528918101", "\\u0000"),
        EVENT("1795528918101", "\\q"),
        EVENT("99999999999999999999999999999999", "x"),
        EVENT("1e400", "x"),
        "{\"timestamp\":1795528918101,\"message\":null,\"ingestionTime\":7}",
        "{\"timestamp\":{},\"message\":\"x\",\"ingestionTime\":[1,2]}",
        "{\"new\":{\"deep\":[[[]]]},\"timestamp\":1795528918101,\"message\":\"x\",\"ingestionTime\":7}",
        "{\"timestamp\":1795528918101,\"message\":oops,\"x\":[{\"a\":1},{\"b\":2}]}",
        "{}",
        "null",
    };
    (void)state;
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        char body[600], out[300];
        int len =
            snprintf(body, sizeof body, "{\"events\":[%s,%s,%s],\"nextToken\":\"t\"}",
                     EVENT("1795528918100", "before"), odd[i], EVENT("1795528918199", "after"));
        struct logs_page page = read_page((struct str){body, (size_t)len}, out, sizeof out);
        if (!str_starts(str_of(out), STR("before/")) || !str_ends(str_of(out), STR("after/")) ||
            !str_eq(page.next_token, STR("t")) || page.cut)
            fail_msg("%s: %s", odd[i], out);
    }
}

static void a_page_cut_anywhere_keeps_what_is_whole(void **state)
{
    static const char body[] = "{\"events\":[" EVENT("1795528918101", "a") "," EVENT(
        "1795528918102", "b") "],\"nextToken\":\"abc\"}";
    size_t second = str_find_last((struct str){body, sizeof body - 1}, STR("{\"timestamp\""));
    (void)state;
    for (size_t len = 0; len < sizeof body - 1; len++) {
        char out[64], *exact = xcalloc(1, len + 1); /* so that a sanitizer sees any byte too far */
        memcpy(exact, body, len);
        struct logs_page page = read_page((struct str){exact, len}, out, sizeof out);
        assert_true(page.cut);
        if (len >= second)
            assert_true(str_starts(str_of(out), STR("a/")));
        if (len > second + sizeof EVENT("1795528918102", "b"))
            assert_string_equal(out, "a/b/");
        free(exact);
    }
}

static void a_row_of_a_query_is_an_event(void **state)
{
    static const char row[] = "[{\"field\":\"@timestamp\",\"value\":\"2026-11-24 14:01:58.101\"},"
                              "{\"value\":\"x\\ty\",\"field\":\"@message\"},{\"field\":\"@log\","
                              "\"value\":\"111122223333:/aws/lambda/pay\"}]";
    struct event e;
    struct buf text;
    size_t len;
    (void)state;
    buf_init(&text, 1000);
    assert_int_equal(logs_read_item((struct str){row, sizeof row - 1}, &text, &e, &len),
                     LOGS_EVENT);
    assert_int_equal(len, sizeof row - 1);
    assert_true(str_eq(e.message, STR("x\ty")));
    assert_true(str_eq(e.log_group, STR("/aws/lambda/pay")));
    assert_true(str_eq(e.function, STR("pay")));
    assert_true(e.unix_ms == INT64_C(1795528918101));
    buf_release(&text);
}

static void an_application_record_is_no_event(void **state)
{
    static const char *const records[] = {
        "{\"timestamp\":\"2026-11-24T14:01:58.101Z\",\"level\":\"INFO\",\"message\":\"x\",\"requestId\":\"1\"}",
        "{\"timestamp\":1795528918101,\"message\":\"x\",\"level\":\"info\"}",
        "{\"time\":\"t\",\"type\":\"platform.start\",\"record\":{}}",
        "{\"message\":\"x\"}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
        struct event e;
        struct buf text;
        size_t len;
        buf_init(&text, 1000);
        assert_int_equal(logs_read_item(str_of(records[i]), &text, &e, &len), LOGS_OTHER);
        assert_int_equal(len, strlen(records[i]));
        buf_release(&text);
    }
}

static void the_function_is_named_by_group_or_stream(void **state)
{
    (void)state;
    assert_true(str_eq(logs_function_of(STR("/aws/lambda/pay"), STR_NONE), STR("pay")));
    assert_true(
        str_eq(logs_function_of(STR("/own"), STR("2026/11/24/ship[$LATEST]ab")), STR("ship")));
    assert_int_equal(logs_function_of(STR("/own"), STR("2026/11/24/[$LATEST]ab")).len, 0);
    assert_int_equal(logs_function_of(STR_NONE, STR("anything")).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_gives_its_events_and_its_token),
        cmocka_unit_test(nothing_odd_in_one_event_costs_another),
        cmocka_unit_test(a_page_cut_anywhere_keeps_what_is_whole),
        cmocka_unit_test(a_row_of_a_query_is_an_event),
        cmocka_unit_test(an_application_record_is_no_event),
        cmocka_unit_test(the_function_is_named_by_group_or_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
