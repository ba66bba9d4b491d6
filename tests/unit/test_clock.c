#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <time.h>

#include "src/base/clock.h"

#define FAKE_NOW INT64_C(1795528984123) /* 2026-11-24T14:03:04.123Z */

static void iso_instants_of_the_field_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t unix_ms;
        const char *rest;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0, ""},
        {"2026-11-24T14:03:04.123Z", FAKE_NOW, ""},
        {"2026-11-24T14:03:04.123456789Z tail", FAKE_NOW, " tail"},
        {"2026-11-24 14:03:04,123 ERROR", FAKE_NOW, " ERROR"},
        {"2026-11-24T15:03:04.123+01:00\tx", FAKE_NOW, "\tx"},
        {"2026-11-24T08:33:04.123-0530", FAKE_NOW, ""},
        {"2026-11-24T14:03:04.1Z", FAKE_NOW - 23, ""},
        {"2026-11-24T14:03:04", FAKE_NOW - 123, ""},
        {"2026-11-24T14:03:04.", FAKE_NOW - 123, "."},
        {"2026-11-24T14:03:04. Then", FAKE_NOW - 123, ". Then"},
        {"2026-11-24T14:03:04-", FAKE_NOW - 123, "-"},
        {"2026-11-24T14:03:04+ab:cd", FAKE_NOW - 123, "+ab:cd"},
        {"2024-02-29T00:00:00Z", INT64_C(1709164800000), ""},
        {"2016-12-31T23:59:60Z", INT64_C(1483228800000), ""},
        {"0000-01-01T00:00:00Z", INT64_C(-62167219200000), ""},
        {"9999-12-31T23:59:59.999Z", INT64_C(253402300799999), ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str s = str_of(cases[i].text);
        int64_t unix_ms = 7;
        assert_true(clock_take_iso(&s, &unix_ms));
        assert_true(unix_ms == cases[i].unix_ms);
        assert_true(str_eq(s, str_of(cases[i].rest)));
    }
}

static void what_is_no_instant_is_left_alone(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "", "2026-11-24", "2026-11-24T14:03", "2026-11-24T14:03:0", "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
        "2026-04-31T00:00:00Z", "2026-11-24T24:00:00Z", "2026-11-24T14:60:00Z",
        "2026-11-24T14:03:61Z", "2026/11/24T14:03:04Z", "2026-11-24_14:03:04Z",
        "+026-11-24T14:03:04Z", "2026-11-24T14:03:04.1234567890Z", " 2026-11-24T14:03:04Z",
        "2026-11-2aT14:03:04Z", "START RequestId: 1",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str s = str_of(cases[i]);
        int64_t unix_ms = 7;
        assert_false(clock_take_iso(&s, &unix_ms));
        assert_true(str_eq(s, str_of(cases[i])));
        assert_true(unix_ms == 7);
    }
}

/* The C library's own calendar is the other opinion. */
static void every_day_agrees_with_the_c_library(void **state)
{
    (void)state;
    for (int64_t day = -719528; day <= 2932896; day += 13) {
        time_t seconds = (time_t)(day * 86400 + 86399);
        struct tm tm;
        char expected[CLOCK_ISO_SIZE + 20], written[CLOCK_ISO_SIZE];
        assert_non_null(gmtime_r(&seconds, &tm));
        snprintf(expected, sizeof expected, "%04d-%02d-%02dT23:59:59.007Z", tm.tm_year + 1900,
                 tm.tm_mon + 1, tm.tm_mday);
        clock_iso((int64_t)seconds * 1000 + 7, written);
        assert_string_equal(written, expected);
        struct str s = str_of(written);
        int64_t back;
        assert_true(clock_take_iso(&s, &back) && back == (int64_t)seconds * 1000 + 7);
        assert_true(clock_days(tm.tm_year + 1900, (unsigned)tm.tm_mon + 1,
                               (unsigned)tm.tm_mday) == day);
    }
}

static void years_without_four_digits_are_clamped(void **state)
{
    (void)state;
    char text[CLOCK_ISO_SIZE];
    clock_iso(INT64_MAX, text);
    assert_string_equal(text, "9999-12-31T23:59:59.999Z");
    clock_iso(TIME_NONE, text);
    assert_string_equal(text, "0000-01-01T00:00:00.000Z");
    char time_text[CLOCK_TIME_SIZE];
    clock_time_of_day(INT64_MAX, false, time_text);
    assert_string_equal(time_text, "23:59:59.999");
}

/* Nepal: 5 h 45 min ahead, no summer time. */
static void local_time_follows_the_zone(void **state)
{
    (void)state;
    char text[CLOCK_TIME_SIZE];
    setenv("TZ", "NPT-5:45", 1);
    tzset();
    clock_time_of_day(FAKE_NOW, false, text);
    assert_string_equal(text, "19:48:04.123");
    clock_time_of_day(FAKE_NOW, true, text);
    assert_string_equal(text, "14:03:04.123");
    clock_date(FAKE_NOW + 5 * 3600000, false, text);
    assert_string_equal(text, "2026-11-25");
    clock_date(FAKE_NOW + 5 * 3600000, true, text);
    assert_string_equal(text, "2026-11-24");
    clock_time_of_day(-1, false, text);
    assert_string_equal(text, "05:44:59.999");
}

static void ages_are_short(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = {
        {-5, "0s"}, {0, "0s"}, {999, "0s"}, {59999, "59s"}, {60000, "1m"}, {3599999, "59m"},
        {3600000, "1h"}, {86399999, "23h"}, {86400000, "1d"}, {INT64_C(8640000000), "100d"},
        {INT64_MAX, "99999d"}, {INT64_MIN, "0s"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[CLOCK_TIME_SIZE];
        clock_age(cases[i].ms, text);
        assert_string_equal(text, cases[i].text);
        assert_true(strlen(text) <= 6);
    }
}

static void option_values_are_read_in_every_form(void **state)
{
    (void)state;
    setenv("TZ", "NPT-5:45", 1);
    tzset();
    static const struct {
        const char *text;
        bool utc;
        int64_t unix_ms;
    } cases[] = {
        {"90s", true, FAKE_NOW - 90000},
        {"15m", true, FAKE_NOW - 900000},
        {"2h", true, FAKE_NOW - 7200000},
        {"3d", true, FAKE_NOW - 259200000},
        {"0s", true, FAKE_NOW},
        {"2026-11-24T14:03:04.123Z", true, FAKE_NOW},
        {"2026-11-24", true, INT64_C(1795478400000)},
        {"14:03", true, FAKE_NOW - 4123},
        {"14:04", true, FAKE_NOW - 4123 + 60000 - 86400000}, /* not yet today: yesterday's */
        {"14:03:04", true, FAKE_NOW - 123},
        {"14:03:05", true, FAKE_NOW - 123 + 1000 - 86400000},
        {"19:48", false, FAKE_NOW - 4123},
        {"19:49", false, FAKE_NOW - 4123 + 60000 - 86400000},
        {"00:00", true, INT64_C(1795478400000)},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        int64_t unix_ms;
        assert_true(
            clock_parse_when(str_of(cases[i].text), FAKE_NOW, cases[i].utc, &unix_ms, &err));
        assert_true(unix_ms == cases[i].unix_ms);
    }
}

static void an_option_value_in_no_form_is_named_with_the_forms(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "", "s", "5", "5x", "-5m", "1.5h", "yesterday", "24:00", "14:60", "1:05", "14:05:6", "14:05:60",
        "14:05-06",
        "2026-11-31", "2026-11-24T14:03:04Z x", "99999999999999999999d", "36501d",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        int64_t unix_ms;
        assert_false(clock_parse_when(str_of(cases[i]), FAKE_NOW, true, &unix_ms, &err));
        assert_int_equal(err.code, ERR_USAGE);
        assert_non_null(strstr(err.text, cases[i]));
        assert_non_null(strstr(err.text, "15m"));
    }
}

static void the_fake_clock_stands_still_and_the_other_goes_on(void **state)
{
    (void)state;
    assert_true(clock_unix_ms() == FAKE_NOW);
    int64_t start_us = clock_mono_us();
    while (clock_mono_us() == start_us)
        continue;
    assert_true(clock_mono_us() > start_us);
    assert_true(clock_mono_ms() >= start_us / 1000);
    assert_true(clock_unix_ms() == FAKE_NOW);
}

int main(void)
{
    setenv("LAMBDIG_FAKE_UNIX_MS", "1795528984123", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(iso_instants_of_the_field_are_read),
        cmocka_unit_test(what_is_no_instant_is_left_alone),
        cmocka_unit_test(every_day_agrees_with_the_c_library),
        cmocka_unit_test(years_without_four_digits_are_clamped),
        cmocka_unit_test(local_time_follows_the_zone),
        cmocka_unit_test(ages_are_short),
        cmocka_unit_test(option_values_are_read_in_every_form),
        cmocka_unit_test(an_option_value_in_no_form_is_named_with_the_forms),
        cmocka_unit_test(the_fake_clock_stands_still_and_the_other_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
