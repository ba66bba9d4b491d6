/* Two tables of fixed size: what is known of each function, and which request ids came before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "src/model/ids.h"
#include "src/model/tally.h"

#define MS INT64_C(1000000)

static void a_median_needs_twenty_durations(void **state)
{
    (void)state;
    struct tally *tally = tally_new();
    struct tally_function *f = tally_find(tally, STR("pay"));
    for (int i = 0; i < 19; i++)
        tally_add(f, 100 * MS);
    assert_int_equal(tally_median_ns(f), ABSENT);
    tally_add(f, 100 * MS);
    assert_in_range(tally_median_ns(f), 95 * MS, 105 * MS);
    tally_free(tally);
}

/* Against a sort of the same values, in an order that drives the median up and down. */
static void the_median_is_within_five_percent(void **state)
{
    (void)state;
    static const int64_t middles[] = {1, 37, 900, 12345, 899999}; /* ms */
    for (size_t m = 0; m < sizeof middles / sizeof *middles; m++) {
        struct tally *tally = tally_new();
        struct tally_function *f = tally_find(tally, STR_NONE);
        for (int64_t i = 0; i < 500; i++) { /* far above, then far below, then the middle between */
            tally_add(f, middles[m] * MS * 7);
            tally_add(f, middles[m] * MS / 7);
        }
        for (int i = 0; i < 3; i++)
            tally_add(f, middles[m] * MS);
        assert_in_range(tally_median_ns(f), middles[m] * MS * 95 / 100, middles[m] * MS * 105 / 100);
        tally_free(tally);
    }
}

static void the_median_follows_when_the_durations_change(void **state)
{
    (void)state;
    struct tally *tally = tally_new();
    struct tally_function *f = tally_find(tally, STR("pay"));
    for (int i = 0; i < 100; i++)
        tally_add(f, 10 * MS);
    for (int i = 0; i < 101; i++)
        tally_add(f, 4000 * MS);
    assert_in_range(tally_median_ns(f), 3800 * MS, 4200 * MS);
    for (int i = 0; i < 2; i++)
        tally_add(f, 10 * MS);
    assert_in_range(tally_median_ns(f), 9 * MS, 11 * MS);
    tally_free(tally);
}

static void durations_of_any_size_have_a_step(void **state)
{
    (void)state;
    struct tally *tally = tally_new();
    struct tally_function *f = tally_find(tally, STR("pay"));
    for (int i = 0; i < 40; i++)
        tally_add(f, 0);
    assert_in_range(tally_median_ns(f), 0, 1000);
    tally_add(f, ABSENT); /* no duration is not counted */
    for (int i = 0; i < 100; i++)
        tally_add(f, INT64_MAX);
    assert_true(tally_median_ns(f) > 900000 * MS);
    tally_free(tally);
}

static void a_function_is_found_again_with_what_is_configured(void **state)
{
    (void)state;
    struct tally *tally = tally_new();
    struct tally_function *pay = tally_find(tally, STR("pay"));
    assert_int_equal(tally_timeout_ms(pay), ABSENT);
    tally_configure(pay, 3000, 128);
    assert_ptr_equal(tally_find(tally, STR("pay")), pay);
    assert_ptr_not_equal(tally_find(tally, STR("pays")), pay);
    assert_int_equal(tally_timeout_ms(tally_find(tally, STR("pay"))), 3000);
    assert_int_equal(tally_timeout_ms(NULL), ABSENT);
    tally_free(tally);
}

static void the_table_of_functions_ends_at_1024(void **state)
{
    (void)state;
    struct tally *tally = tally_new();
    char name[16];
    for (int i = 0; i < 1024; i++) {
        (void)snprintf(name, sizeof name, "f%d", i);
        assert_non_null(tally_find(tally, str_of(name)));
    }
    assert_null(tally_find(tally, STR("one more")));
    assert_non_null(tally_find(tally, STR("f1023"))); /* those that are in it stay */
    tally_add(NULL, 5 * MS);
    assert_int_equal(tally_median_ns(NULL), ABSENT);
    tally_free(tally);
}

/* ---- ids ---- */

static void attempts_of_an_id_are_counted_from_one(void **state)
{
    (void)state;
    struct ids *ids = ids_new();
    uint64_t a = str_hash(STR("0a1b2c3d-1111-4222-8333-444455556666"));
    uint64_t b = str_hash(STR("0a1b2c3d-2222-4222-8333-444455556666"));
    assert_int_equal(ids_seen(ids, a), 0);
    assert_int_equal(ids_count(ids, a), 1);
    assert_int_equal(ids_count(ids, a), 2);
    assert_int_equal(ids_count(ids, b), 1);
    assert_int_equal(ids_seen(ids, a), 2);
    ids_free(ids);
}

/* Four ids share a bucket: which one gives way is told by who was seen last. */
static void the_id_that_was_not_seen_for_longest_gives_way(void **state)
{
    (void)state;
    struct ids *ids = ids_new();
    uint64_t same[5];
    size_t found = 0;
    const uint64_t bucket = UINT64_C(0x9E3779B97F4A7C15);
    for (uint64_t i = 1; found < 5; i++)
        if ((i * bucket >> 50) == (1 * bucket >> 50))
            same[found++] = i;
    for (int i = 0; i < 4; i++)
        assert_int_equal(ids_count(ids, same[i]), 1);
    assert_int_equal(ids_count(ids, same[0]), 2);
    assert_int_equal(ids_count(ids, same[4]), 1);
    assert_int_equal(ids_seen(ids, same[1]), 0);
    assert_int_equal(ids_seen(ids, same[0]), 2);
    assert_int_equal(ids_seen(ids, same[2]), 1);
    ids_free(ids);
}

static void most_of_forty_thousand_ids_are_remembered(void **state)
{
    (void)state;
    struct ids *ids = ids_new();
    char id[40];
    unsigned known = 0;
    for (int i = 0; i < 40000; i++) {
        (void)snprintf(id, sizeof id, "%08x-1111-4222-8333-444455556666", (unsigned)i * 2654435761u);
        (void)ids_count(ids, str_hash(str_of(id)));
    }
    for (int i = 0; i < 40000; i++) {
        (void)snprintf(id, sizeof id, "%08x-1111-4222-8333-444455556666", (unsigned)i * 2654435761u);
        known += ids_seen(ids, str_hash(str_of(id))) == 1;
    }
    assert_true(known > 36000);
    ids_free(ids);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_median_needs_twenty_durations),
        cmocka_unit_test(the_median_is_within_five_percent),
        cmocka_unit_test(the_median_follows_when_the_durations_change),
        cmocka_unit_test(durations_of_any_size_have_a_step),
        cmocka_unit_test(a_function_is_found_again_with_what_is_configured),
        cmocka_unit_test(the_table_of_functions_ends_at_1024),
        cmocka_unit_test(attempts_of_an_id_are_counted_from_one),
        cmocka_unit_test(the_id_that_was_not_seen_for_longest_gives_way),
        cmocka_unit_test(most_of_forty_thousand_ids_are_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
