/* Stamps and the shapes of prefixes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stamp_reads_the_same_with_and_without_memory),
        cmocka_unit_test(stamps_have_the_times_they_say),
        cmocka_unit_test(only_what_an_export_wrote_is_a_prefix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
