#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "src/cli/triage.h"

/* An invocation of a function whose name is one letter. */
static struct invocation *make(char function, enum failure_class class, uint64_t signature,
                               int64_t end_unix_ms)
{
    static struct invocation inv;
    static uint64_t seq;
    inv = (struct invocation){.seq = ++seq, .class = (uint8_t)class, .signature = signature,
                              .start_unix_ms = TIME_NONE, .end_unix_ms = end_unix_ms,
                              .function = {0, 1}, .exception_type = {0, 1}, .text_len = 1};
    inv.text[0] = function;
    return &inv;
}

static void failures_of_one_cause_are_one_row_with_its_times(void **state)
{
    (void)state;
    struct signatures s;
    signatures_init(&s);
    signatures_add(&s, make('a', FAILURE_EXCEPTION, 7, 2000));
    signatures_add(&s, make('a', FAILURE_EXCEPTION, 7, 1000));
    signatures_add(&s, make('a', FAILURE_EXCEPTION, 7, TIME_NONE));
    signatures_add(&s, make('a', FAILURE_TIMEOUT, 7, 5000)); /* another class is another row */
    assert_int_equal(s.count, 2);
    assert_int_equal(s.rows[0].count, 3);
    assert_int_equal(s.rows[0].first_unix_ms, 1000);
    assert_int_equal(s.rows[0].last_unix_ms, 2000);
    assert_false(s.rows[0].several_functions);
    signatures_add(&s, make('b', FAILURE_EXCEPTION, 7, 1500));
    assert_true(s.rows[0].several_functions);
    assert_int_equal(s.rows[0].example->text[0], 'a');
    signatures_release(&s);
}

static void without_a_named_error_each_function_and_cause_is_its_own_row(void **state)
{
    (void)state;
    struct signatures s;
    signatures_init(&s);
    for (int i = 0; i < 3; i++) {
        struct invocation *inv = make(i == 1 ? 'b' : 'a', FAILURE_TIMEOUT, 7, 1000);
        inv->exception_type.len = 0;
        inv->cause = i == 2 ? FAILURE_STARTUP : FAILURE_NONE;
        signatures_add(&s, inv);
    }
    assert_int_equal(s.count, 3);
    signatures_release(&s);
}

static void the_most_frequent_stands_first_and_ties_keep_their_order(void **state)
{
    (void)state;
    struct signatures s;
    signatures_init(&s);
    signatures_add(&s, make('a', FAILURE_EXCEPTION, 1, 1));
    signatures_add(&s, make('a', FAILURE_EXCEPTION, 2, 1));
    signatures_add(&s, make('a', FAILURE_EXCEPTION, 3, 1));
    signatures_add(&s, make('a', FAILURE_EXCEPTION, 3, 1));
    signatures_sort(&s);
    assert_int_equal(s.rows[0].example->signature, 3);
    assert_int_equal(s.rows[1].example->signature, 1);
    assert_int_equal(s.rows[2].example->signature, 2);
    signatures_release(&s);
}

static void beyond_the_ceiling_failures_are_counted_by_class(void **state)
{
    (void)state;
    struct signatures s;
    signatures_init(&s);
    for (uint64_t i = 0; i < SIGNATURES_MAX + 100; i++)
        signatures_add(&s, make('a', FAILURE_MEMORY, i, 1));
    signatures_add(&s, make('a', FAILURE_MEMORY, 5, 1)); /* known ones still count */
    assert_int_equal(s.count, SIGNATURES_MAX);
    assert_int_equal(s.others[FAILURE_MEMORY], 100);
    assert_int_equal(s.rows[5].count, 2);
    signatures_release(&s);
}

static void text_of(struct output *out, struct str expected)
{
    if (!str_eq(buf_str(&out->buf), expected))
        fail_msg("'%.*s' where '%.*s' is right", STR_ARG(buf_str(&out->buf)), STR_ARG(expected));
    buf_clear(&out->buf);
}

static void text_is_cut_and_wrapped_by_columns_and_defused(void **state)
{
    (void)state;
    struct output out;
    output_init(&out, "never", true);
    out.cols = 20;
    assert_int_equal(output_text(&out, STR("abcdef"), 6), 6);
    text_of(&out, STR("abcdef"));
    assert_int_equal(output_text(&out, STR("abcdefg"), 6), 6);
    text_of(&out, STR("abcd.."));
    assert_int_equal(output_text(&out, STR("a\x1b[1m"), 20), 6);
    text_of(&out, STR("a^[[1m"));
    output_text(&out, STR("\xE6\xBC\xA2\xE5\xAD\x97\xE6\xBC\xA2"), 5); /* wide: 2 columns each */
    text_of(&out, STR("\xE6\xBC\xA2.."));
    output_wrapped(&out, STR("one two three four\x07 five"), 4, 0);
    text_of(&out, STR("one two three four^G\n    five\n"));
    output_wrapped(&out, STR("0123456789012345678901234 x"), 2, 0);
    text_of(&out, STR("0123456789012345678901234\n  x\n"));
    output_style(&out, STYLE_BAD);
    text_of(&out, STR(""));
    output_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failures_of_one_cause_are_one_row_with_its_times),
        cmocka_unit_test(without_a_named_error_each_function_and_cause_is_its_own_row),
        cmocka_unit_test(the_most_frequent_stands_first_and_ties_keep_their_order),
        cmocka_unit_test(beyond_the_ceiling_failures_are_counted_by_class),
        cmocka_unit_test(text_is_cut_and_wrapped_by_columns_and_defused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
