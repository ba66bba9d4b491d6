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

/* Zeroed values pass through every function; UBSan sees a NULL that goes to memcmp. */
static void a_zeroed_run_is_empty_everywhere(void **state)
{
    (void)state;
    struct str zero = {0}, moving = {0};
    char out[4];
    assert_true(str_eq(zero, STR_NONE) && str_eq(STR_NONE, zero) && str_eq(zero, zero));
    assert_true(str_starts(zero, zero) && str_ends(zero, zero) && str_starts(STR("a"), zero));
    assert_false(str_starts(zero, STR("a")) || str_ends(zero, STR("a")));
    assert_int_equal(str_find(zero, STR("a")), SIZE_MAX);
    assert_int_equal(str_find_char(zero, 'a'), SIZE_MAX);
    assert_int_equal(str_find_last(STR("ab"), zero), 2);
    assert_int_equal(str_compare(zero, STR("a")), -1);
    assert_int_equal(str_compare(zero, zero), 0);
    assert_int_equal(str_from(zero, 3).len + str_first(zero, 3).len + str_trim(zero).len, 0);
    assert_true(str_copy(out, sizeof out, zero));
    assert_string_equal(out, "");
    assert_int_equal(str_take_line(&moving).len + str_take_word(&moving).len +
                         str_take_until(&moving, 'x').len, 0);
    assert_int_equal(str_hash(zero), str_hash(STR_NONE));
}

static void a_part_is_found_first_last_or_not_at_all(void **state)
{
    (void)state;
    static const struct {
        const char *text, *part;
        size_t first, last;
    } cases[] = {
        {"abcabc", "bc", 1, 4},
        {"abcabc", "abc", 0, 3},
        {"abc", "abcd", SIZE_MAX, SIZE_MAX},
        {"abc", "x", SIZE_MAX, SIZE_MAX},
        {"", "a", SIZE_MAX, SIZE_MAX},
        {"aaa", "aa", 0, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str text = str_of(cases[i].text), part = str_of(cases[i].part);
        assert_true(str_find(text, part) == cases[i].first);
        assert_true(str_find_last(text, part) == cases[i].last);
        assert_int_equal(str_has(text, part), cases[i].first != SIZE_MAX);
        assert_int_equal(str_has_nocase(text, part), cases[i].first != SIZE_MAX);
    }
    assert_true(str_has_nocase(STR("Task TIMED out"), STR("timed Out")));
    assert_false(str_eq_nocase(STR("[a"), STR("{A")));
}

static void the_first_of_two_bytes_is_found_at_every_place(void **state)
{
    (void)state;
    char text[70];
    for (size_t len = 0; len <= sizeof text; len++)
        for (size_t at = 0; at <= len; at++) {
            memset(text, '.', sizeof text);
            assert_int_equal(str_find_either((struct str){text, len}, 'a', '\xFF'), len);
            if (at < sizeof text)
                text[at] = at % 2 ? 'a' : '\xFF';
            if (at + 3 < sizeof text)
                text[at + 3] = 'a';
            assert_int_equal(str_find_either((struct str){text, len}, 'a', '\xFF'), at);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_ends_at_lf_cr_or_crlf),
        cmocka_unit_test(a_number_must_be_all_digits_and_within_its_limit),
        cmocka_unit_test(a_no_break_space_is_a_blank),
        cmocka_unit_test(a_copy_is_cut_at_a_character),
        cmocka_unit_test(a_zeroed_run_is_empty_everywhere),
        cmocka_unit_test(a_part_is_found_first_last_or_not_at_all),
        cmocka_unit_test(the_first_of_two_bytes_is_found_at_every_place),
        cmocka_unit_test(the_nearest_word_is_named_only_when_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
