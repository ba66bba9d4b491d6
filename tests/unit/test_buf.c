#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "src/base/buf.h"

static void bytes_are_added_until_the_ceiling_and_never_in_part(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 10);
    assert_true(buf_add(&b, STR("12345678")));
    assert_false(buf_add(&b, STR("abc")));
    assert_true(b.full);
    assert_true(str_eq(buf_str(&b), STR("12345678")));
    assert_true(buf_add(&b, STR("ab")));
    assert_false(buf_add_char(&b, 'c'));
    assert_true(str_eq(buf_str(&b), STR("12345678ab")));
    buf_release(&b);
}

static void clear_empties_and_forgets_that_it_was_full(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 2);
    assert_false(buf_add(&b, STR("abc")));
    buf_clear(&b);
    assert_false(b.full);
    assert_int_equal(buf_str(&b).len, 0);
    assert_true(buf_add(&b, STR("ab")));
    buf_release(&b);
}

static void memory_never_grows_over_the_ceiling(void **state)
{
    (void)state;
    static const size_t ceilings[] = {1, 255, 256, 257, 1000, 4096};
    for (size_t i = 0; i < sizeof ceilings / sizeof *ceilings; i++) {
        struct buf b;
        buf_init(&b, ceilings[i]);
        for (size_t at = 0; at < ceilings[i]; at++)
            assert_true(buf_add_char(&b, (char)at));
        assert_false(buf_add_char(&b, 'x'));
        assert_true(b.room <= ceilings[i]);
        for (size_t at = 0; at < ceilings[i]; at++)
            assert_int_equal(b.at[at], (char)at);
        buf_release(&b);
    }
}

static void a_length_near_the_largest_does_not_wrap_around(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 100);
    assert_true(buf_add(&b, STR("abc")));
    assert_null(buf_reserve(&b, SIZE_MAX));
    assert_null(buf_reserve(&b, SIZE_MAX - 2));
    assert_int_equal(b.len, 3);
    buf_release(&b);
}

static void printf_writes_all_of_its_text_or_none(void **state)
{
    (void)state;
    static const struct {
        size_t ceiling;
        bool fits;
    } cases[] = {{4, false}, {5, false}, {6, true}, {7, true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf b;
        buf_init(&b, cases[i].ceiling);
        assert_true(buf_printf(&b, "%s", ""));
        assert_int_equal(buf_printf(&b, "%d-%s", 12, "ab"), cases[i].fits);
        assert_int_equal(b.full, !cases[i].fits);
        assert_true(str_eq(buf_str(&b), cases[i].fits ? STR("12-ab") : STR_NONE));
        buf_release(&b);
    }
}

static void a_zeroed_buf_may_be_released_and_is_empty(void **state)
{
    (void)state;
    struct buf b = {0};
    assert_true(buf_add(&b, STR_NONE));
    assert_false(buf_add(&b, STR("a")));
    assert_non_null(buf_reserve(&b, 0));
    assert_int_equal(buf_str(&b).len, 0);
    assert_non_null(buf_str(&b).at);
    buf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_added_until_the_ceiling_and_never_in_part),
        cmocka_unit_test(clear_empties_and_forgets_that_it_was_full),
        cmocka_unit_test(memory_never_grows_over_the_ceiling),
        cmocka_unit_test(a_length_near_the_largest_does_not_wrap_around),
        cmocka_unit_test(printf_writes_all_of_its_text_or_none),
        cmocka_unit_test(a_zeroed_buf_may_be_released_and_is_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
