/* Ids of events: none is taken for another, and memory is bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "src/source/seen.h"

static struct seen_id number_id(unsigned number)
{
    char text[64];
    snprintf(text, sizeof text, "36934783000000000000000000000000000000000000000000%06u", number);
    return seen_id_of(str_of(text));
}

static void an_id_is_new_once(void **state)
{
    struct seen seen;
    (void)state;
    seen_init(&seen, SEEN_CEILING);
    for (unsigned i = 0; i < 100000; i++)
        assert_true(seen_add(&seen, number_id(i), 1000 + i));
    for (unsigned i = 0; i < 100000; i++)
        assert_false(seen_add(&seen, number_id(i), 1000 + i));
    assert_int_equal(seen.count, 100000);
    seen_release(&seen);
    seen_release(&seen);
}

static int compare_half(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* Each half alone tells a million neighbours apart, and texts of every length. */
static void both_halves_tell_ids_apart(void **state)
{
    enum { COUNT = 1000000 };
    static uint64_t high[COUNT], low[COUNT];
    (void)state;
    for (unsigned i = 0; i < COUNT; i++) {
        struct seen_id id = number_id(i);
        high[i] = id.high;
        low[i] = id.low;
    }
    qsort(high, COUNT, sizeof *high, compare_half);
    qsort(low, COUNT, sizeof *low, compare_half);
    for (unsigned i = 1; i < COUNT; i++)
        assert_true(high[i] != high[i - 1] && low[i] != low[i - 1]);
    struct seen_id none = seen_id_of(STR_NONE), nul = seen_id_of((struct str){"\0", 1});
    assert_true(none.low != nul.low && none.high != nul.high);
}

static void what_is_forgotten_moves_the_floor(void **state)
{
    struct seen seen;
    (void)state;
    seen_init(&seen, SEEN_CEILING);
    for (unsigned i = 0; i < 1000; i++)
        seen_add(&seen, number_id(i), i);
    assert_true(seen.floor_unix_ms == TIME_NONE);
    seen_forget(&seen, 600);
    assert_int_equal(seen.count, 400);
    assert_true(seen.floor_unix_ms == 600);
    assert_false(seen_add(&seen, number_id(600), 600));
    assert_true(seen_add(&seen, number_id(599), 599));
    seen_forget(&seen, 100); /* never back */
    assert_true(seen.floor_unix_ms == 600);
    seen_release(&seen);
}

static void at_the_ceiling_the_older_half_goes(void **state)
{
    struct seen seen;
    (void)state;
    seen_init(&seen, 1000);
    for (unsigned i = 0; i < 100000; i++) {
        assert_true(seen_add(&seen, number_id(i), i));
        assert_true(seen.count <= 1000);
    }
    assert_true(seen.floor_unix_ms > 99000 - 1 && seen.floor_unix_ms < 100000);
    assert_false(seen_add(&seen, number_id(99999), 99999));
    for (unsigned i = 0; i < 5000; i++) /* all of one instant */
        seen_add(&seen, number_id(200000 + i), 200000);
    assert_true(seen.count <= 1000);
    seen_release(&seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_id_is_new_once),
        cmocka_unit_test(both_halves_tell_ids_apart),
        cmocka_unit_test(what_is_forgotten_moves_the_floor),
        cmocka_unit_test(at_the_ceiling_the_older_half_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
