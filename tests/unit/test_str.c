#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "src/base/str.h"

static void a_line_ends_at_lf_cr_or_crlf(void **state)
{
    (void)state;
    struct str s = STR("one\ntwo\rthree\r\nfour");
    assert_true(str_eq(str_take_line(&s), STR("one")));
    assert_true(str_eq(str_take_line(&s), STR("two")));
    assert_true(str_eq(str_take_line(&s), STR("three")));
    assert_true(str_eq(str_take_line(&s), STR("four")));
    assert_int_equal(s.len, 0);
}

static void a_number_must_be_all_digits_and_within_its_limit(void **state)
{
    (void)state;
    static const struct { const char *text; uint64_t limit; bool good; uint64_t value;
    } cases[] = {
        {"0", 10, true, 0},
        {"10", 10, true, 10},
        {"11", 10, false, 0},
        {"", 10, false, 0},
        {"1a", 99, false, 0},
        {"-1", 99, false, 0},
        {"18446744073709551615", UINT64_MAX, true, UINT64_MAX},
        {"18446744073709551616", UINT64_MAX, false, 0},
        {"5", 3, false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t value = 0;
        assert_int_equal(str_to_u64(str_of(cases[i].text), cases[i].limit, &value), cases[i].good);
        if (cases[i].good)
            assert_true(value == cases[i].value);
    }
}

static void a_no_break_space_is_a_blank(void **state)
{
    (void)state;
    assert_true(str_eq(str_trim(STR("\xC2\xA0 x y \t\xC2\xA0")), STR("x y")));
}

static void a_copy_is_cut_at_a_character(void **state)
{
    (void)state;
    char out[4];
    assert_false(str_copy(out, sizeof out, STR("ab\xC3\xA9")));
    assert_string_equal(out, "ab");
}

static void the_nearest_word_is_named_only_when_near(void **state)
{
    (void)state;
    static const char *const words[] = {"theme", "since", "format"};
    assert_string_equal(str_nearest(STR("thene"), words, 3), "theme");
    assert_null(str_nearest(STR("xylophone"), words, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_ends_at_lf_cr_or_crlf),
        cmocka_unit_test(a_number_must_be_all_digits_and_within_its_limit),
        cmocka_unit_test(a_no_break_space_is_a_blank),
        cmocka_unit_test(a_copy_is_cut_at_a_character),
        cmocka_unit_test(the_nearest_word_is_named_only_when_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
