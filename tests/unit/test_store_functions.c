#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/unit/feed_helpers.h"

#define MS 1000000LL

static struct store_status read_status(struct store *store)
{
    static struct store_status status;
    store_read_status(store, &status);
    return status;
}

/* ---- functions ---- */

static void a_function_is_found_by_name_or_by_log_group(void **state)
{
    (void)state;
    struct store *store = small_store();
    uint32_t pay = add_function(store, "pay", "/aws/lambda/pay");
    assert_int_equal(add_function(store, "", "/aws/lambda/pay"), pay);
    assert_int_equal(add_function(store, "pay", ""), pay);
    uint32_t mail = add_function(store, "", "/aws/lambda/mail");
    assert_int_not_equal(mail, pay);
    assert_int_equal(add_function(store, "mail", ""), mail);
    uint32_t custom = add_function(store, "audit", "");
    assert_int_equal(add_function(store, "audit", "/teams/audit"), custom);
    assert_int_equal(add_function(store, "", "/teams/audit"), custom);
    struct function_row row;
    assert_true(store_read_function(store, custom, &row));
    assert_string_equal(row.function.log_group, "/teams/audit");
    assert_true(store_read_function(store, mail, &row));
    assert_string_equal(row.function.name, "mail");
    store_free(store);
}

static void a_configuration_does_not_touch_the_figures(void **state)
{
    (void)state;
    struct store *store = small_store();
    uint32_t index = add_function(store, "pay", "/aws/lambda/pay");
    struct invocation inv = verdict(1, FAILURE_CRASH, 1000);
    add_verdict(store, &inv, index);
    struct function function = {.name = "pay", .runtime = "python3.12", .memory_mb = 256, .has_config = true};
    store_begin(store);
    store_put_function(store, &function);
    store_end(store);
    struct function_row row;
    assert_true(store_read_function(store, index, &row));
    assert_true(row.failures == 1 && row.function.memory_mb == 256 && row.function.has_config);
    assert_string_equal(row.function.log_group, "/aws/lambda/pay");
    store_free(store);
}

static void ten_thousand_functions_are_kept_and_further_ones_counted(void **state)
{
    (void)state;
    const struct store_limits limits = {1u << 20, 1u << 20, 10000, 0};
    struct store *store = store_new(&limits);
    char name[64];
    for (int round = 0; round < 2; round++)
        for (uint32_t i = 0; i < 10000; i++) {
            snprintf(name, sizeof name, "orders-worker-%05u", i);
            assert_int_equal(add_function(store, name, ""), i);
        }
    for (int i = 0; i < 6; i++) {
        snprintf(name, sizeof name, "one-more-%d", i / 2);
        assert_int_equal(add_function(store, name, ""), UINT32_MAX);
    }
    struct store_status status = read_status(store);
    assert_true(status.functions == 10000 && status.functions_left_out == 3);
    struct function_row *rows = calloc(10000, sizeof *rows);
    assert_int_equal(store_read_functions(store, 0, 10000, rows), 10000);
    assert_string_equal(rows[9999].function.name, "orders-worker-09999");
    assert_int_equal(store_read_functions(store, 9990, 100, rows), 10);
    assert_false(store_read_function(store, 10000, rows));
    free(rows);
    store_free(store);
}

static void sparklines_of_all_functions_share_their_edges(void **state)
{
    (void)state;
    struct store *store = small_store();
    uint32_t early = add_function(store, "early", ""), late = add_function(store, "late", "");
    uint64_t seq = 1;
    for (int64_t second = 0; second < 96; second++, seq++) {
        struct invocation inv = verdict(seq, second % 2 ? FAILURE_TIMEOUT : FAILURE_SUCCESS, second * 1000);
        add_verdict(store, &inv, second < 48 ? early : late);
    }
    struct function_row row; /* 96 s in 24 buckets of 4 s */
    assert_true(store_read_function(store, early, &row));
    for (int i = 0; i < SPARK_BUCKETS; i++)
        assert_true(row.spark[i] == (i < 12 ? 4 : 0) && row.spark_failed[i] == (i < 12 ? 2 : 0));
    assert_true(store_read_function(store, late, &row));
    for (int i = 0; i < SPARK_BUCKETS; i++)
        assert_int_equal(row.spark[i], i < 12 ? 0 : 4);
    store_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_function_is_found_by_name_or_by_log_group),
        cmocka_unit_test(a_configuration_does_not_touch_the_figures),
        cmocka_unit_test(ten_thousand_functions_are_kept_and_further_ones_counted),
        cmocka_unit_test(sparklines_of_all_functions_share_their_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
