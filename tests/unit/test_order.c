#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "ui/order.h"

/* The order against the plainest thing that could be right: an array that is sorted again. */

#define ROWS 6000u

static int64_t keys[ROWS];

static int64_t key_of(void *ctx, uint64_t seq)
{
    (void)ctx;
    return seq < ROWS ? keys[seq] : ORDER_KEY_GONE;
}

static uint32_t dice = 7;

static uint32_t roll(uint32_t sides)
{
    dice = dice * 1664525u + 1013904223u;
    return (dice >> 8) % sides;
}

static int by_key(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    if (keys[a] != keys[b])
        return keys[a] < keys[b] ? -1 : 1;
    return a < b ? -1 : a > b;
}

/* Keys as groups make them: rows of up to `lanes` invocations in turn. */
static void deal_groups(unsigned lanes)
{
    uint64_t first[16];
    for (unsigned i = 0; i < lanes; i++)
        first[i] = UINT64_MAX;
    for (uint64_t seq = 0; seq < ROWS; seq++) {
        uint32_t lane = roll(lanes);
        if (first[lane] == UINT64_MAX || roll(9) == 0)
            first[lane] = seq;
        keys[seq] = (int64_t)first[lane];
    }
}

static void is_same(const struct order *o, const bool *in)
{
    static uint64_t expected[ROWS];
    size_t count = 0;
    for (uint64_t seq = 0; seq < ROWS; seq++)
        if (in[seq])
            expected[count++] = seq;
    qsort(expected, count, sizeof *expected, by_key);
    assert_int_equal(o->count, count);
    for (size_t i = 0; i < count; i++) {
        bool there;
        assert_int_equal(order_at(o, i), expected[i]);
        assert_int_equal(order_find(o, keys[expected[i]], expected[i], &there), i);
        assert_true(there);
    }
    assert_true(order_at(o, count) == UINT64_MAX);
    static uint64_t read[ROWS];
    size_t from = count / 3;
    assert_int_equal(order_read(o, from, ROWS, read), count - from);
    assert_memory_equal(read, expected + from, (count - from) * sizeof *read);
}

static void rows_come_out_by_group_however_they_interleave(void **state)
{
    (void)state;
    for (unsigned lanes = 1; lanes <= 16; lanes *= 2) {
        static bool in[ROWS];
        struct order o;
        order_init(&o, key_of, NULL);
        deal_groups(lanes);
        for (uint64_t seq = 0; seq < ROWS; seq++) {
            in[seq] = roll(4) != 0;
            if (in[seq])
                order_add(&o, keys[seq], seq);
        }
        is_same(&o, in);
        order_release(&o);
    }
}

static void any_mix_of_adding_and_removing_keeps_the_order(void **state)
{
    (void)state;
    static bool in[ROWS];
    struct order o;
    memset(in, 0, sizeof in);
    order_init(&o, key_of, NULL);
    deal_groups(8);
    for (int i = 0; i < 40000; i++) {
        uint64_t seq = roll(ROWS);
        if (roll(5) < 3) {
            order_add(&o, keys[seq], seq);
            in[seq] = true;
        } else {
            assert_int_equal(order_remove(&o, keys[seq], seq), in[seq]);
            in[seq] = false;
        }
    }
    is_same(&o, in);
    for (uint64_t seq = 0; seq < ROWS; seq++)
        if (order_remove(&o, keys[seq], seq))
            in[seq] = false;
    is_same(&o, in);
    order_release(&o);
}

static void a_row_that_is_missing_is_found_at_its_place(void **state)
{
    (void)state;
    struct order o;
    bool there;
    order_init(&o, key_of, NULL);
    for (uint64_t seq = 0; seq < ROWS; seq++)
        keys[seq] = (int64_t)seq;
    for (uint64_t seq = 0; seq < 100; seq += 2)
        order_add(&o, keys[seq], seq);
    assert_int_equal(order_find(&o, 51, 51, &there), 26);
    assert_false(there);
    assert_int_equal(order_find(&o, 5000, 5000, &there), 50);
    assert_false(there);
    order_release(&o);
}

static void rows_leave_at_the_front_as_the_ring_drops_them(void **state)
{
    (void)state;
    struct order o;
    order_init(&o, key_of, NULL);
    for (uint64_t seq = 0; seq < ROWS; seq++)
        keys[seq] = (int64_t)seq;
    for (uint64_t seq = 0; seq < ROWS; seq++)
        if (seq % 3)
            order_add(&o, keys[seq], seq);
    order_drop_front(&o, 4001);
    assert_int_equal(order_at(&o, 0), 4001);
    assert_int_equal(o.count, 1333);
    order_drop_front(&o, ROWS);
    assert_int_equal(o.count, 0);
    order_add(&o, 5000, 5000);
    assert_int_equal(order_at(&o, 0), 5000);
    order_release(&o);
}

static void a_log_in_order_is_one_run(void **state)
{
    (void)state;
    struct order o;
    order_init(&o, key_of, NULL);
    for (uint64_t seq = 0; seq < ROWS; seq++)
        order_add(&o, keys[seq] = (int64_t)seq, seq);
    assert_int_equal(o.page_count, 1);
    order_release(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_out_by_group_however_they_interleave),
        cmocka_unit_test(any_mix_of_adding_and_removing_keeps_the_order),
        cmocka_unit_test(a_row_that_is_missing_is_found_at_its_place),
        cmocka_unit_test(rows_leave_at_the_front_as_the_ring_drops_them),
        cmocka_unit_test(a_log_in_order_is_one_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
