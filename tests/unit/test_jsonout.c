#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "src/base/jscan.h"
#include "src/base/jsonout.h"

static void fixed_point_text_has_no_trailing_zeros(void **state)
{
    (void)state;
    static const struct {
        int64_t value;
        unsigned decimals;
        const char *text;
    } cases[] = {
        {3003160000, 6, "3003.16"}, {3003160, 3, "3003.16"},
        {0, 6, "0"},                {1, 6, "0.000001"},
        {-1, 6, "-0.000001"},       {-5, 2, "-0.05"},
        {-500, 2, "-5"},            {1000000, 6, "1"},
        {42, 0, "42"},              {-42, 0, "-42"},
        {100, 0, "100"},            {10203, 4, "1.0203"},
        {INT64_MAX, 3, "9223372036854775.807"},
        {INT64_MIN, 3, "-9223372036854775.808"},
        {INT64_MIN, 0, "-9223372036854775808"},
        {INT64_MAX, 18, "9.223372036854775807"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[40];
        fixed_text(cases[i].value, cases[i].decimals, text, sizeof text);
        assert_string_equal(text, cases[i].text);
    }
}

static void a_short_room_for_a_number_is_never_overrun(void **state)
{
    (void)state;
    char text[6] = "-----";
    fixed_text(3003160000, 6, text, 4);
    assert_string_equal(text, "300");
    assert_int_equal(text[4], '-');
}

static void commas_stand_between_values_and_nowhere_else(void **state)
{
    (void)state;
    struct buf out;
    struct jsonout j;
    buf_init(&out, 1000);
    jsonout_init(&j, &out);
    jsonout_open(&j, '{');
    jsonout_key(&j, "name");
    jsonout_str(&j, STR("pay"));
    jsonout_key(&j, "empty");
    jsonout_open(&j, '[');
    jsonout_close(&j, ']');
    jsonout_key(&j, "list");
    jsonout_open(&j, '[');
    jsonout_i64(&j, INT64_MIN);
    jsonout_bool(&j, true);
    jsonout_bool(&j, false);
    jsonout_null(&j);
    jsonout_fixed(&j, 3003160000, 6);
    jsonout_open(&j, '{');
    jsonout_close(&j, '}');
    jsonout_close(&j, ']');
    jsonout_key(&j, "none");
    jsonout_str_or_null(&j, STR_NONE);
    jsonout_key(&j, "some");
    jsonout_str_or_null(&j, STR("x"));
    jsonout_close(&j, '}');
    jsonout_line(&j);
    jsonout_open(&j, '{');
    jsonout_close(&j, '}');
    jsonout_line(&j);
    assert_true(str_eq(buf_str(&out),
                       STR("{\"name\":\"pay\",\"empty\":[],\"list\":[-9223372036854775808,true,"
                           "false,null,3003.16,{}],\"none\":null,\"some\":\"x\"}\n{}\n")));
    buf_release(&out);
}

static void strings_are_escaped_where_they_could_act_or_hide(void **state)
{
    (void)state;
    static const struct {
        struct str given;
        const char *written;
    } cases[] = {
#define ROW(given, written) {{given, sizeof(given) - 1}, written}
        ROW("", "\"\""),
        ROW("a \"b\" \\ /", "\"a \\\"b\\\" \\\\ /\""),
        ROW("\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\""),
        ROW("\x00\x1b\x7f", "\"\\u0000\\u001b\\u007f\""),
        ROW("caf\xC3\xA9 \xF0\x9F\x98\x80", "\"caf\xC3\xA9 \xF0\x9F\x98\x80\""),
        ROW("\xC2\x9B\xE2\x80\xAE\xE2\x80\x8B", "\"\\u009b\\u202e\\u200b\""),
        ROW("\xF3\xA0\x80\x81", "\"\\udb40\\udc01\""),
        ROW("\xEF\xBF\xBF", "\"\\uffff\""),
        ROW("a\xFF\xE2\x82z", "\"a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz\""),
#undef ROW
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out;
        struct jsonout j;
        buf_init(&out, 1000);
        jsonout_init(&j, &out);
        jsonout_str(&j, cases[i].given);
        if (!str_eq(buf_str(&out), str_of(cases[i].written)))
            fail_msg("%.*s is not %s", STR_ARG(buf_str(&out)), cases[i].written);
        buf_release(&out);
    }
}

static void what_is_written_is_read_back_the_same(void **state)
{
    (void)state;
    struct buf out, room;
    struct jsonout j;
    struct jscan scan;
    struct str text, given = STR("\0\x01\" \\u0041 \xC2\x9B \xE2\x80\xAE \xF3\xA0\x80\x81 end");
    buf_init(&out, 1000);
    buf_init(&room, 1000);
    jsonout_init(&j, &out);
    jsonout_str(&j, given);
    jscan_init(&scan, buf_str(&out));
    assert_true(jscan_string(&scan, &room, &text));
    assert_true(str_eq(text, given));
    assert_int_equal(scan.bad_escapes, 0);
    buf_release(&out);
    buf_release(&room);
}

static void a_met_ceiling_shows_in_the_buffer(void **state)
{
    (void)state;
    struct buf out;
    struct jsonout j;
    buf_init(&out, 8);
    jsonout_init(&j, &out);
    jsonout_str(&j, STR("much too long"));
    assert_true(out.full);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixed_point_text_has_no_trailing_zeros),
        cmocka_unit_test(a_short_room_for_a_number_is_never_overrun),
        cmocka_unit_test(commas_stand_between_values_and_nowhere_else),
        cmocka_unit_test(strings_are_escaped_where_they_could_act_or_hide),
        cmocka_unit_test(what_is_written_is_read_back_the_same),
        cmocka_unit_test(a_met_ceiling_shows_in_the_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
