#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "src/base/jscan.h"

static struct jscan scan(const char *text)
{
    struct jscan j;
    jscan_init(&j, str_of(text));
    return j;
}

static void an_object_is_read_member_by_member(void **state)
{
    (void)state;
    struct jscan j = scan(" { \"name\" : \"pay\" , \"n\":-1.50E+2,\"on\":true,\"no\":null, "
                          "\"list\":[1, [], {}] } ");
    struct str key, raw;
    bool on = false;
    assert_true(jscan_object(&j));
    assert_true(jscan_key(&j, &key) && str_eq(key, STR("name")));
    assert_true(jscan_raw_string(&j, &raw) && str_eq(raw, STR("pay")));
    assert_true(jscan_key(&j, &key) && str_eq(key, STR("n")));
    assert_true(jscan_number(&j, &raw) && str_eq(raw, STR("-1.50E+2")));
    assert_true(jscan_key(&j, &key) && jscan_bool(&j, &on) && on);
    assert_true(jscan_key(&j, &key) && jscan_null(&j));
    assert_true(jscan_key(&j, &key) && jscan_array(&j));
    int elements = 0;
    while (jscan_element(&j))
        elements += jscan_skip(&j);
    assert_int_equal(elements, 3);
    assert_false(jscan_key(&j, &key));
    assert_false(j.failed);
    assert_int_equal(j.depth, 0);
}

static void a_value_of_another_type_does_not_move_the_scanner(void **state)
{
    (void)state;
    struct jscan j = scan("  \"text\"");
    struct str raw;
    bool yes;
    assert_int_equal(jscan_peek(&j), JSCAN_STRING);
    assert_false(jscan_object(&j) || jscan_array(&j) || jscan_number(&j, &raw) ||
                 jscan_bool(&j, &yes) || jscan_null(&j));
    assert_int_equal(j.at, 0);
    assert_false(j.failed);
    assert_true(jscan_raw_string(&j, &raw) && str_eq(raw, STR("text")));
}

/* Else a loop over elements of an unexpected type would never end. */
static void what_is_not_read_is_skipped(void **state)
{
    (void)state;
    struct jscan j = scan("[1,{\"a\":[2],\"b\":3},\"x\",[4]]");
    struct str key;
    int elements = 0, keys = 0;
    assert_true(jscan_array(&j));
    while (jscan_element(&j)) {
        elements++;
        if (jscan_object(&j))
            while (jscan_key(&j, &key))
                keys++;
    }
    assert_int_equal(elements, 4);
    assert_int_equal(keys, 2);
    assert_false(j.failed);
}

static void values_are_whole_or_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good, ended;
    } cases[] = {
        {"{}", true, false},           {"[]", true, false},
        {" [ ] ", true, false},        {"[1,2]", true, false},
        {"{\"a\":{\"b\":[]}}", true, false}, {"0", true, false},
        {"-0", true, false},           {"1e5", true, false},
        {"0.10", true, false},         {"12345678901234567890123456789", true, false},
        {"\"\\\"\\\\\"", true, false}, {"\"\\ud800\"", true, false},
        {"\"\\q\"", true, false},      {"\"a\nb\"", true, false},
        {"", false, true},             {"  ", false, true},
        {"[", false, true},            {"[1", false, true},
        {"[1,", false, true},          {"{", false, true},
        {"{\"a", false, true},         {"{\"a\"", false, true},
        {"{\"a\":", false, true},      {"{\"a\":1", false, true},
        {"\"abc", false, true},        {"\"abc\\", false, true},
        {"\"abc\\\"", false, true},    {"tru", false, true},
        {"-", false, true},            {"1.", false, true},
        {"1e", false, true},           {"1e+", false, true},
        {"[1,]", false, false},        {"[,1]", false, false},
        {"[1 2]", false, false},       {"{,}", false, false},
        {"{\"a\":1,}", false, false},  {"{\"a\" 1}", false, false},
        {"{\"a\":}", false, false},    {"{1:2}", false, false},
        {"{\"a\":1]", false, false},   {"[1}", false, false},
        {"[[1}]", false, false},       {"truth", false, false},
        {"nul!", false, false},        {"+1", false, false},
        {".5", false, false},          {"-a", false, false},
        {"]", false, false},           {"'a'", false, false},
        {"<html>", false, false},      {"NaN", false, false},
        {"[01]", false, false},        {"\xEF\xBB\xBF{}", false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct jscan j = scan(cases[i].text);
        bool good = jscan_skip(&j);
        if (good != cases[i].good || j.failed == good || j.ended != cases[i].ended)
            fail_msg("%s: good %d, failed %d, ended %d", cases[i].text, good, j.failed, j.ended);
        if (good) /* whole: no bracket is left open */
            assert_int_equal(j.depth, 0);
    }
}

static void after_a_failure_every_call_is_false(void **state)
{
    (void)state;
    struct jscan j = scan("[1,!{\"a\":true}]");
    struct str raw;
    bool yes;
    assert_true(jscan_array(&j) && jscan_element(&j) && jscan_skip(&j));
    assert_false(jscan_element(&j));
    assert_true(j.failed);
    assert_int_equal(jscan_peek(&j), JSCAN_NONE);
    assert_false(jscan_element(&j) || jscan_key(&j, &raw) || jscan_object(&j) || jscan_skip(&j) ||
                 jscan_array(&j) || jscan_number(&j, &raw) || jscan_raw_string(&j, &raw) ||
                 jscan_bool(&j, &yes) || jscan_null(&j) || jscan_slice(&j, &raw));
}

static void a_nul_is_kept(void **state)
{
    (void)state;
    struct jscan j;
    struct str raw;
    jscan_init(&j, STR("\"a\0b\""));
    assert_true(jscan_raw_string(&j, &raw) && str_eq(raw, STR("a\0b")));
    jscan_init(&j, STR("[\0]"));
    assert_false(jscan_skip(&j));
}

static void nesting_ends_at_its_limit(void **state)
{
    (void)state;
    char text[3 * JSCAN_DEPTH];
    for (size_t depth = JSCAN_DEPTH - 1; depth <= JSCAN_DEPTH + 1; depth++) {
        for (int object = 0; object < 2; object++) {
            struct buf b;
            struct jscan j;
            buf_init(&b, sizeof text * 4);
            for (size_t i = 0; i < depth; i++)
                buf_add(&b, object && i + 1 < depth ? STR("{\"\":") : STR("["));
            for (size_t i = 0; i < depth; i++)
                buf_add(&b, object && i > 0 ? STR("}") : STR("]"));
            jscan_init(&j, buf_str(&b));
            assert_int_equal(jscan_skip(&j), depth <= JSCAN_DEPTH);
            jscan_init(&j, buf_str(&b));
            j.depth = 1; /* what is open already counts */
            assert_int_equal(jscan_skip(&j), depth + 1 <= JSCAN_DEPTH);
            buf_release(&b);
        }
    }
}

static void a_megabyte_of_brackets_is_refused_at_once(void **state)
{
    (void)state;
    size_t len = 1 << 20;
    char *text = malloc(len);
    struct jscan j;
    assert_non_null(text);
    memset(text, '[', len);
    jscan_init(&j, (struct str){text, len});
    assert_false(jscan_skip(&j));
    assert_int_equal(j.at, JSCAN_DEPTH);
    free(text);
}

/* The quote at each place around the 16 bytes that are read at once. */
static void strings_end_at_their_quote_at_every_place(void **state)
{
    (void)state;
    for (size_t len = 0; len < 70; len++)
        for (size_t escape = 0; escape + 1 < len || escape == 0; escape++) {
            char text[80];
            struct jscan j;
            struct str raw;
            memset(text, 'x', sizeof text);
            text[0] = text[len + 1] = '"';
            if (len >= 2)
                memcpy(text + 1 + escape, "\\\"", 2);
            jscan_init(&j, (struct str){text, len + 2});
            assert_true(jscan_raw_string(&j, &raw));
            assert_int_equal(raw.len, len);
            jscan_init(&j, (struct str){text, len + 1});
            assert_false(jscan_raw_string(&j, &raw));
            assert_true(j.ended);
        }
}

static void a_slice_is_the_bytes_as_they_stand(void **state)
{
    (void)state;
    struct jscan j =
        scan("{\"requestPayload\": {\"a\" : 1.10, \"b\":1E2,\"a\":\"\\u0041\"} ,\"x\":1}");
    struct str key, raw;
    assert_true(jscan_object(&j) && jscan_key(&j, &key));
    assert_true(jscan_slice(&j, &raw));
    assert_true(str_eq(raw, STR("{\"a\" : 1.10, \"b\":1E2,\"a\":\"\\u0041\"}")));
    assert_true(jscan_key(&j, &key) && str_eq(key, STR("x")));
}

static void escapes_are_decoded_and_bad_ones_cost_no_text(void **state)
{
    (void)state;
    static const struct {
        struct str raw, text;
        unsigned bad;
    } cases[] = {
#define ROW(raw, text, bad) {{raw, sizeof(raw) - 1}, {text, sizeof(text) - 1}, bad}
        ROW("plain", "plain", 0),
        ROW("", "", 0),
        ROW("\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t", 0),
        ROW("a\\u0041\\u00e9\\u20AC", "aA\xC3\xA9\xE2\x82\xAC", 0),
        ROW("\\u0000", "\0", 0),
        ROW("\\ud83d\\ude00!", "\xF0\x9F\x98\x80!", 0),
        ROW("\\ud83d", "\xEF\xBF\xBD", 1),
        ROW("\\ud83dx", "\xEF\xBF\xBDx", 1),
        ROW("\\ude00\\ud83d", "\xEF\xBF\xBD\xEF\xBF\xBD", 2),
        ROW("\\ud83d\\u0041", "\xEF\xBF\xBD" "A", 1),
        ROW("\\ud83d\\ud83d\\ude00", "\xEF\xBF\xBD\xF0\x9F\x98\x80", 1),
        ROW("\\x41", "\xEF\xBF\xBDx41", 1),
        ROW("\\u12G4", "\xEF\xBF\xBDu12G4", 1),
        ROW("\\u12", "\xEF\xBF\xBDu12", 1),
        ROW("\\", "\xEF\xBF\xBD", 1),
        ROW("\\\0a", "\xEF\xBF\xBD\0a", 1),
        ROW("\xFF\\n", "\xFF\n", 0),
#undef ROW
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf room;
        unsigned bad = 0;
        buf_init(&room, 1000);
        struct str text = jscan_unescape(cases[i].raw, &room, &bad);
        if (!str_eq(text, cases[i].text) || bad != cases[i].bad)
            fail_msg("row %zu: [%.*s] with %u bad", i, STR_ARG(text), bad);
        buf_release(&room);
    }
}

static void a_decoded_string_is_cut_at_the_ceiling_of_its_room(void **state)
{
    (void)state;
    for (size_t ceiling = 0; ceiling <= 9; ceiling++) {
        struct buf room;
        buf_init(&room, ceiling);
        struct str text = jscan_unescape(STR("ab\\n\\u20accd\\n"), &room, NULL);
        static const char whole[] = "ab\n\xE2\x82\xAC" "cd\n";
        static const size_t kept[] = {0, 1, 2, 3, 3, 3, 6, 7, 8, 9};
        assert_int_equal(text.len, kept[ceiling]);
        assert_memory_equal(text.at ? text.at : "", whole, text.len);
        assert_int_equal(room.full, ceiling < 9);
        assert_int_equal(room.len, text.len);
        buf_release(&room);
    }
}

static void strings_in_one_room_lie_one_after_the_other(void **state)
{
    (void)state;
    struct jscan j = scan("[\"a\\n\",\"b\",\"\\x\"]");
    struct buf room;
    struct str text;
    buf_init(&room, 100);
    assert_true(jscan_array(&j));
    assert_true(jscan_element(&j) && jscan_string(&j, &room, &text) && str_eq(text, STR("a\n")));
    assert_true(jscan_element(&j) && jscan_string(&j, &room, &text) && str_eq(text, STR("b")));
    assert_true(jscan_element(&j) && jscan_string(&j, &room, &text));
    assert_true(str_eq(text, STR("\xEF\xBF\xBDx")));
    assert_int_equal(j.bad_escapes, 1);
    assert_true(str_eq(buf_str(&room), STR("a\n\xEF\xBF\xBDx")));
    buf_release(&room);
}

static void a_member_is_found_by_its_key(void **state)
{
    (void)state;
    struct str object = STR(" {\"a\":{\"b\":1},\"b\":[2 ],\"b\":3}");
    struct str value;
    assert_true(jscan_member(object, STR("b"), &value) && str_eq(value, STR("[2 ]")));
    assert_false(jscan_member(object, STR("c"), &value));
    assert_false(jscan_member(STR("[1]"), STR("a"), &value));
    assert_false(jscan_member(STR("{\"a\":"), STR("a"), &value));
    assert_false(jscan_member(STR_NONE, STR("a"), &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_is_read_member_by_member),
        cmocka_unit_test(a_value_of_another_type_does_not_move_the_scanner),
        cmocka_unit_test(what_is_not_read_is_skipped),
        cmocka_unit_test(values_are_whole_or_refused),
        cmocka_unit_test(after_a_failure_every_call_is_false),
        cmocka_unit_test(a_nul_is_kept),
        cmocka_unit_test(nesting_ends_at_its_limit),
        cmocka_unit_test(a_megabyte_of_brackets_is_refused_at_once),
        cmocka_unit_test(strings_end_at_their_quote_at_every_place),
        cmocka_unit_test(a_slice_is_the_bytes_as_they_stand),
        cmocka_unit_test(escapes_are_decoded_and_bad_ones_cost_no_text),
        cmocka_unit_test(a_decoded_string_is_cut_at_the_ceiling_of_its_room),
        cmocka_unit_test(strings_in_one_room_lie_one_after_the_other),
        cmocka_unit_test(a_member_is_found_by_its_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
