/* Delays, the bucket and the clock. The cases of the clock are those of clock-skew-test-cases.json
 * of awslabs/aws-sdk-rust (sdk/aws-runtime/test-data, Apache-2.0): here what each answer teaches;
 * whether it is asked again is in test_client.c. */
#include "src/aws/retry.h"
#include "src/aws/skew.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct retry_hint no_hint = {TIME_NONE, TIME_NONE};

static struct retry_hint hint_of(const char *headers)
{
    struct http_answer answer = {.headers = str_of(headers)};
    return retry_read_hint(&answer);
}

static void delays_double_to_twenty_seconds_and_are_drawn_by_chance(void **state)
{
    (void)state;
    static const int64_t most_ms[] = {1000, 2000, 4000, 8000, 16000, 20000, 20000};
    for (unsigned attempt = 1; attempt <= 7; attempt++) {
        assert_int_equal(retry_delay_ms(attempt, 0, no_hint), 0);
        assert_int_equal(retry_delay_ms(attempt, 0x80000000u, no_hint), most_ms[attempt - 1] / 2);
        assert_int_equal(retry_delay_ms(attempt, UINT32_MAX, no_hint), most_ms[attempt - 1] - 1);
    }
    assert_int_equal(retry_delay_ms(1000000, UINT32_MAX, no_hint), 19999);
}

static void a_hint_lengthens_a_delay_within_reason(void **state)
{
    (void)state;
    static const struct {
        const char *headers;
        int64_t at_none_ms, at_half_ms; /* of one second by chance: 0 and 500 ms */
    } cases[] = {
        {"Retry-After: 3\r\n", 3000, 3000},
        {"Retry-After: 0\r\n", 0, 500},
        {"Retry-After: 100000000000\r\n", 20000, 20000},
        {"Retry-After: 99999999999999999999999\r\n", 0, 500},
        {"Retry-After: -5\r\n", 0, 500},
        {"Retry-After: soon\r\n", 0, 500},
        {"Retry-After: Thu, 01 Jan 2026 00:00:09 GMT\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n", 9000, 9000},
        {"Retry-After: Fri, 01 Jan 2099 00:00:00 GMT\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n", 20000,
         20000},
        {"Retry-After: Fri, 01 Jan 2099 00:00:00 GMT\r\n", 0, 500},
        {"x-amz-retry-after: 1500\r\n", 1500, 1500},
        {"x-amz-retry-after: 100\r\n", 100, 500},
        {"x-amz-retry-after: 100000000000\r\n", 5000, 5500},
        {"x-amz-retry-after: 1.5\r\n", 0, 500},
        {"x-amz-retry-after: 700\r\nRetry-After: 9\r\n", 700, 700},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct retry_hint hint = hint_of(cases[i].headers);
        assert_int_equal(retry_delay_ms(1, 0, hint), cases[i].at_none_ms);
        assert_int_equal(retry_delay_ms(1, 0x80000000u, hint), cases[i].at_half_ms);
    }
}

static void an_outage_empties_the_bucket_and_success_fills_it(void **state)
{
    (void)state;
    struct retry_bucket bucket = {0};
    unsigned cost = 0, taken = 0;
    while (retry_take(&bucket, RETRY_TRANSIENT, &cost))
        taken++;
    assert_int_equal(taken, 100);
    assert_int_equal(cost, 5);
    retry_give_back(&bucket, 0);
    assert_false(retry_take(&bucket, RETRY_THROTTLE, &cost));
    for (int i = 0; i < 4; i++)
        retry_give_back(&bucket, 0);
    assert_true(retry_take(&bucket, RETRY_THROTTLE, &cost));
    assert_int_equal(cost, 5);
    retry_give_back(&bucket, 5);
    assert_false(retry_take(&bucket, RETRY_TIMEOUT, &cost));
    retry_give_back(&bucket, 5);
    assert_true(retry_take(&bucket, RETRY_TIMEOUT, &cost));
    assert_int_equal(cost, 10);
    for (int i = 0; i < 2000; i++) /* never more than full */
        retry_give_back(&bucket, 10);
    for (taken = 0; retry_take(&bucket, RETRY_TIMEOUT, &cost); taken++) {
    }
    assert_int_equal(taken, 50);
}

static void chance_is_spread(void **state)
{
    (void)state;
    uint64_t random = 1;
    unsigned quarters[4] = {0};
    for (int i = 0; i < 4000; i++)
        quarters[retry_random(&random) >> 30]++;
    for (int i = 0; i < 4; i++)
        assert_in_range(quarters[i], 850, 1150);
}

static void only_the_one_form_of_a_date_is_read(void **state)
{
    (void)state;
    int64_t unix_ms = 0;
    assert_true(skew_read_date(STR("Thu, 01 Jan 2026 00:05:01 GMT"), &unix_ms));
    assert_true(unix_ms == 1767225901000);
    assert_true(skew_read_date(STR("Tue, 29 Feb 2028 23:59:60 GMT"), &unix_ms));
    static const char *const bad[] = {
        "", "Thu", "Thu, 01 Jan 2026 00:05:01", "Thu, 01 Jan 2026 00:05:01 CET", "2026-01-01T00:00:00Z",
        "Thu, 00 Jan 2026 00:05:01 GMT", "Thu, 01 Jam 2026 00:05:01 GMT", "Thu, 01 Jan 2026 24:05:01 GMT",
        "Thu, 1 Jan 2026 00:05:01 GMT", "huF, 01 Jan 2026 00:05:01 GMT", "Thu, 01 Jan 1969 00:05:01 GMT",
        "Thu, 01 Jan 2026 00:05:01 GMT, Thu, 01 Jan 2026 00:05:01 GMT", "Thursday, 01-Jan-26 00:05:01 GMT",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (skew_read_date(str_of(bad[i]), &unix_ms))
            fail_msg("%s was read", bad[i]);
    }
}

static void an_answer_teaches_the_skew_only_where_it_may_be_trusted(void **state)
{
    (void)state;
#define JAN_1 1767225600000 /* 2026-01-01T00:00:00Z */
    static const struct {
        const char *headers;
        int64_t sent_s, received_s; /* after JAN_1 */
        bool learned;
        int64_t skew_s;
    } cases[] = {
        /* of the vectors */
        {"Date: Thu, 01 Jan 2026 00:00:01 GMT\r\n", 0, 2, true, 0},
        {"Date: Thu, 01 Jan 2026 00:05:01 GMT\r\n", 0, 2, true, 300},
        {"Date: Thu, 01 Jan 2026 00:05:03 GMT\r\n", 2, 4, true, 300},
        {"Date: Thu, 01 Jan 2026 00:06:01 GMT\r\n", 60, 62, true, 300},
        {"Date: Thu, 01 Jan 2026 00:10:00 GMT\r\n", 0, 960, false, 0},
        {"Date: Thu, 01 Jan 2026 00:22:01 GMT\r\n", 1020, 1022, true, 300},
        {"Date: Thu, 01 Jan 2026 00:02:01 GMT\r\n", 0, 2, true, 120},
        {"", 0, 2, false, 0},
        {"Date: Thu, 01 Jan 2026 12:03:01 GMT\r\nAge: 17280\r\n", 60660, 60662, false, 0},
        {"Date: Thu, 01 Jan 2026 16:56:11 GMT\r\n", 60670, 60672, true, 300},
        {"Date: Thu, 01 Jan 2026 16:51:11 GMT\r\n", 60670, 60672, true, 0},
        /* our own */
        {"Date: Wed, 01 Jan 2025 00:00:01 GMT\r\n", 0, 2, true, -365 * 86400},
        {"Date: Thu, 01 Jan 2026 00:00:01 GMT\r\n", 2, 0, false, 0},
        {"Date: yesterday\r\n", 0, 2, false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t skew_ms = 0;
        struct http_answer answer = {.headers = str_of(cases[i].headers),
                                     .sent_unix_ms = JAN_1 + cases[i].sent_s * 1000,
                                     .received_unix_ms = JAN_1 + cases[i].received_s * 1000};
        assert_true(skew_learn(&answer, &skew_ms) == cases[i].learned);
        assert_true(skew_ms == cases[i].skew_s * 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delays_double_to_twenty_seconds_and_are_drawn_by_chance),
        cmocka_unit_test(a_hint_lengthens_a_delay_within_reason),
        cmocka_unit_test(an_outage_empties_the_bucket_and_success_fills_it),
        cmocka_unit_test(chance_is_spread),
        cmocka_unit_test(only_the_one_form_of_a_date_is_read),
        cmocka_unit_test(an_answer_teaches_the_skew_only_where_it_may_be_trusted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
