/* Stamps and the shapes of prefixes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

#include "src/source/prefix.h"

/* The remembered minute must change nothing: each text is read fresh, then after each other. */
static void a_stamp_reads_the_same_with_and_without_memory(void **state)
{
    static const char *const texts[] = {
        "2026-11-24T14:01:58.101000+00:00 x", "2026-11-24T14:01:58.1Z x", "2026-11-24T14:01:07 x",
        "2026-11-24T14:01:58,5 x",            "2026-11-24T14:01:58.101+01:00 x",
        "2026-11-24T14:01:58.101-0800 x",     "2026-11-24T14:01:58.Z x", "2026-11-24T14:01:61 x",
        "2026-11-24T14:01:5 x",               "2026-11-24T14:01 x",      "2026-11-24T14:01:58-x",
        "2026-11-24T14:01:58.1234567890123 x", "1795528918101 x",        "17955289181012 x",
    };
    size_t count = sizeof texts / sizeof texts[0];
    (void)state;
    for (size_t first = 0; first < count; first++) {
        for (size_t second = 0; second < count; second++) {
            struct stamp_memory memory = {0}, empty = {0};
            struct str a = str_of(texts[first]), b = str_of(texts[second]), c = b;
            int64_t ignored, with_ms = 1, without_ms = 1;
            stamp_take(&memory, &a, &ignored);
            bool with = stamp_take(&memory, &b, &with_ms);
            bool without = stamp_take(&empty, &c, &without_ms);
            if (with != without || with_ms != without_ms || b.len != c.len)
                fail_msg("`%s` after `%s`: %d %lld, fresh %d %lld", texts[second], texts[first],
                         with, (long long)with_ms, without, (long long)without_ms);
        }
    }
}

static void stamps_have_the_times_they_say(void **state)
{
    static const struct {
        const char *text;
        int64_t unix_ms;
    } stamps[] = {
        {"2026-11-24T14:01:58.101000+00:00", 1795528918101},
        {"2026-11-24T14:01:58", 1795528918000},
        {"2026-11-24 14:01:58.101", 1795528918101},
        {"2022-12-20T01:00:00.000-08:00", 1671526800000},
        {" 1702763408647 ", 1702763408647},
    };
    int64_t unix_ms;
    (void)state;
    for (size_t i = 0; i < sizeof stamps / sizeof stamps[0]; i++) {
        assert_true(stamp_of(str_of(stamps[i].text), &unix_ms));
        assert_true(unix_ms == stamps[i].unix_ms);
    }
    assert_false(stamp_of(STR("2026-11-24T14:01:58 x"), &unix_ms));
    assert_false(stamp_of(STR("170276340864"), &unix_ms));
    assert_false(stamp_of(STR(""), &unix_ms));
}

static void only_what_an_export_wrote_is_a_prefix(void **state)
{
    static const struct {
        const char *head;
        uint8_t parts[PREFIX_PARTS];
    } heads[] = {
        {"2026-11-24T14:01:58 START RequestId: 1\n", {PREFIX_STAMP}},
        {"2026-11-24T14:01:58Z a log of one's own\n2026-11-24T14:01:59Z more\n", {0}},
        {"2026-11-24T14:01:58Z [ERROR] bare\nSTART RequestId: 1\n", {0}},
        {"2026-11-24T14:01:58.1Z\tid\tINFO\tx\n", {0}},
        {"2026-11-24T14:01:58.1Z 7c9567b5-107b-4a6c-8798-0157ac21db52 Task timed out after 3.00 seconds\n",
         {0}},
        {"2026/11/24/[1]ab 2026-11-24T14:01:58 x\n", {PREFIX_STREAM, PREFIX_STAMP}},
        {"2026/11/24/[1]ab 2026-11-24T14:01:58 x\n2026/11/24/[1]ab 2026-11-24T1",
         {PREFIX_STREAM, PREFIX_STAMP}},
        {"2026-11-24T14:01:58 2026/11/24/[1]ab x\n", {PREFIX_STAMP, PREFIX_STREAM}},
        {"/aws/lambda/a 2026/11/24/[1]ab 2026-11-24T14:01:58 x\n",
         {PREFIX_GROUP, PREFIX_STREAM, PREFIX_STAMP}},
        {"2026/11/24 14:01:58 go\n", {0}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        struct prefix_shape shape = {0};
        int score = prefix_find(str_of(heads[i].head), &shape);
        if ((score > 0) != (heads[i].parts[0] != 0) ||
            memcmp(shape.parts, heads[i].parts, PREFIX_PARTS) != 0)
            fail_msg("%s: score %d", heads[i].head, score);
    }
}

/* What other tools put before each line: taken off all lines that have it, whatever its
 * digits; the indentation behind it stays, and lines without it pass. */
static void what_another_tool_put_there_goes(void **state)
{
    static const struct {
        const char *first, *second;
    } tools[] = {
        {"Nov 24 14:01:58 host lambda[12]: ", "Nov  4 09:01:07 host lambda[7]: "},
        {"lambda-1  | ", "lambda-1  | "},
        {"[pod/fn-abc/main] ", "[pod/fn-abc/main] "},
        {"[2026-11-24 14:01:58] ", "[2026-11-25 00:00:00] "},
        {"app.log:9:", "app.log:10:"},
        {"     9\t", "    10\t"},
        {"INFO  ", "INFO  "},
        {"1795528918 ", "1795528919 "},
        {"{\"log\":\"", "{\"log\":\""},
        {"3\tpay\t", "12\tpay\t"},
        {"time=2026-11-24T14:01:58Z level=info msg=\"", "time=2026-11-24T14:01:59Z level=info msg=\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof tools / sizeof *tools; i++) {
        char head[400], line[200];
        struct prefix_shape shape = {0};
        struct stamp_memory memory = {0};
        struct prefix found = {STR_NONE, STR_NONE, TIME_NONE};
        snprintf(head, sizeof head, "%sSTART RequestId: 1 Version: 2\n%sEND RequestId: 1\n%sREPORT RequestId: 1\n",
                 tools[i].first, tools[i].second, tools[i].first);
        assert_int_equal(prefix_find(str_of(head), &shape), 80);
        snprintf(line, sizeof line, "%s  File \"x\", line 3", tools[i].second);
        struct str text = str_of(line), other = STR("other: text");
        assert_true(prefix_take(&shape, &memory, &text, &found));
        assert_true(str_eq(text, STR("  File \"x\", line 3")));
        assert_true(found.unix_ms == TIME_NONE);
        assert_false(prefix_take(&shape, &memory, &other, &found));
        assert_true(str_eq(other, STR("other: text")));
    }
}

static void marks_inside_messages_are_no_prefix(void **state)
{
    static const char *const heads[] = {
        "x: START RequestId: 1 Version: 2\n", /* once may be chance */
        "x: START RequestId: 1 Version: 2\nx: END RequestId: 1\nEND RequestId: 1\n",
        "{\"a\":\"START RequestId: 1 Version: 2\n{\"a\":\"END RequestId: 1\n",
        "a\tINFO\tSTART RequestId: 1 Version: 2\na\tINFO\tEND RequestId: 1\n",
        "  START RequestId: 1 Version: 2\n  END RequestId: 1\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        struct prefix_shape shape = {0};
        if (prefix_find(str_of(heads[i]), &shape) != 0)
            fail_msg("%s", heads[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stamp_reads_the_same_with_and_without_memory),
        cmocka_unit_test(stamps_have_the_times_they_say),
        cmocka_unit_test(only_what_an_export_wrote_is_a_prefix),
        cmocka_unit_test(what_another_tool_put_there_goes),
        cmocka_unit_test(marks_inside_messages_are_no_prefix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
