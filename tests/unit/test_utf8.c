#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "src/base/utf8.h"

static void assert_defused(struct str given, bool keep_lf, struct str expected)
{
    struct buf out;
    buf_init(&out, 100000);
    assert_true(utf8_defuse(given, keep_lf, &out));
    if (!str_eq(buf_str(&out), expected))
        fail_msg("[%.*s] became [%.*s], not [%.*s]", STR_ARG(given), STR_ARG(buf_str(&out)),
                 STR_ARG(expected));
    buf_release(&out);
}

/* {bytes, what is shown}: trust rules, one row a class of characters and its edges. */
static void each_dangerous_byte_has_a_visible_form(void **state)
{
    (void)state;
    static const struct {
        struct str given, shown;
    } cases[] = {
#define ROW(given, shown) {{given, sizeof(given) - 1}, {shown, sizeof(shown) - 1}}
        ROW("plain ~", "plain ~"),
        ROW("\x00", "^@"),
        ROW("a\x00z", "a^@z"),
        ROW("\x1b[2J", "^[[2J"),
        ROW("real\rfake\b", "real^Mfake^H"),
        ROW("\x1f\x7f", "^_^?"),
        ROW("a\tb", "a b"),
        ROW("\xC2\x80\xC2\x9B"
            "2J\xC2\x9F",
            "<U+0080><U+009B>2J<U+009F>"),
        ROW("\xC2\xA0", "\xC2\xA0"),
        ROW("\xC2\xAD", "<U+00AD>"),
        ROW("\xD8\x9C", "<U+061C>"),
        ROW("\xE2\x80\x8B\xE2\x80\x8C\xE2\x80\x8D", "<U+200B><U+200C><U+200D>"),
        ROW("\xE2\x80\x8E\xE2\x80\x8F", "<U+200E><U+200F>"),
        ROW("\xE2\x80\xAA\xE2\x80\xAB\xE2\x80\xAC\xE2\x80\xAD\xE2\x80\xAE",
            "<U+202A><U+202B><U+202C><U+202D><U+202E>"),
        ROW("\xE2\x81\xA0", "<U+2060>"),
        ROW("\xE2\x81\xA6\xE2\x81\xA7\xE2\x81\xA8\xE2\x81\xA9", "<U+2066><U+2067><U+2068><U+2069>"),
        ROW("\xEF\xBB\xBF", "<U+FEFF>"),
        ROW("\xE1\xA0\x8E", "<U+180E>"),
        ROW("\xE3\x85\xA4", "<U+3164>"),
        ROW("\xE1\x85\x9F", "<U+115F>"),
        ROW("\xEF\xB8\x80\xEF\xB8\x8F", "<U+FE00><U+FE0F>"),
        ROW("\xF3\xA0\x80\x80\xF3\xA0\x81\xBF", "<U+E0000><U+E007F>"),
        ROW("\xEF\xB7\x90\xEF\xBF\xBE\xEF\xBF\xBF", "<U+FDD0><U+FFFE><U+FFFF>"),
        ROW("\xF4\x8F\xBF\xBF", "<U+10FFFF>"),
        ROW("\x9B"
            "31m",
            "<9B>31m"),
        ROW("\xC3", "<C3>"),
        ROW("\xC3(", "<C3>("),
        ROW("\xE2\x82", "<E2><82>"),
        ROW("\xC0\xAF", "<C0><AF>"),
        ROW("\xE0\x80\xAF", "<E0><80><AF>"),
        ROW("\xED\xA0\x80", "<ED><A0><80>"),
        ROW("\xF4\x90\x80\x80", "<F4><90><80><80>"),
        ROW("\xF8\x88\x80\x80\x80", "<F8><88><80><80><80>"),
        ROW("\xFF\xFE", "<FF><FE>"),
        ROW("caf\xC3\xA9 \xE4\xB8\xAD \xF0\x9F\x98\x80",
            "caf\xC3\xA9 \xE4\xB8\xAD \xF0\x9F\x98\x80"),
        ROW("\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB",
            "\xF0\x9F\x91\xA9<U+200D>\xF0\x9F\x92\xBB"),
        ROW("e\xCC\x81", "e\xCC\x81"),
        ROW("\xCC\x81x", "<U+0301>x"),
        ROW("\n\xCC\x81", "^J<U+0301>"),
        ROW("\xE1\x85\xA1", "<U+1161>"),
        ROW("\xCD\xB8", "<U+0378>"),
        ROW("pay\xE2\x80\x8Bload", "pay<U+200B>load"),
#undef ROW
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_defused(cases[i].given, false, cases[i].shown);
}

static void line_feeds_are_kept_only_where_asked_for(void **state)
{
    (void)state;
    assert_defused(STR("a\nb\r\n"), true, STR("a\nb^M\n"));
    assert_defused(STR("a\nb"), false, STR("a^Jb"));
}

static void no_base_carries_more_than_eight_marks(void **state)
{
    (void)state;
    char text[1 + 2 * 12] = "e", shown[1 + 2 * 8 + 8 * 4 + 1] = "e";
    for (int i = 0; i < 12; i++)
        memcpy(text + 1 + 2 * i, "\xCC\x81", 2);
    for (int i = 0; i < 8; i++)
        memcpy(shown + 1 + 2 * i, "\xCC\x81", 2);
    for (int i = 0; i < 4; i++)
        memcpy(shown + 1 + 16 + 8 * i, "<U+0301>", 9);
    assert_defused((struct str){text, sizeof text}, false, str_of(shown));
}

/* Whatever comes in: nothing below 20, no DEL, no C1, no bidi, and well-formed. */
static void no_input_leaves_a_byte_that_acts(void **state)
{
    (void)state;
    uint64_t seed = 88172645463325252u;
    struct buf out;
    buf_init(&out, 100000);
    for (int round = 0; round < 20000; round++) {
        char text[48];
        size_t len = 1 + seed % sizeof text;
        for (size_t i = 0; i < len; i++) {
            static const unsigned char likely[] = {0xE2, 0x80, 0xAE, 0xC2, 0x9B,
                                                   0x1B, 0xCC, 0xF3, 0xA0};
            seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
            text[i] = (char)(seed & 64 ? likely[(seed >> 8) % sizeof likely] : (seed >> 16) & 0xFF);
        }
        buf_clear(&out);
        assert_true(utf8_defuse((struct str){text, len}, false, &out));
        for (struct str rest = buf_str(&out); rest.len > 0;) {
            uint32_t code;
            size_t read = utf8_decode(rest, &code);
            assert_true(code >= 0x20 && code != 0x7F && (code < 0x80 || code >= 0xA0));
            assert_true(code != UTF8_BAD && !utf8_is_invisible(code));
            rest = str_from(rest, read);
        }
        assert_true(utf8_width((struct str){text, len}) == utf8_width(buf_str(&out)));
    }
    buf_release(&out);
}

static void cells_know_their_columns(void **state)
{
    (void)state;
    static const struct {
        const char *text, *bytes;
        int width;
        bool control;
    } cases[] = {
        {"a", "a", 1, false},
        {"\xC3\xA9", "\xC3\xA9", 1, false},
        {"\xE4\xB8\xAD", "\xE4\xB8\xAD", 2, false},
        {"\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80", 2, false},
        {"e\xCC\x81x", "e\xCC\x81", 1, false},
        {"\x1b[", "^[", 2, true},
        {"\xE2\x80\xAE", "<U+202E>", 8, true},
        {"\x9B", "<9B>", 4, true},
        {"\xF3\xA0\x80\x81", "<U+E0001>", 9, true},
        {"\tx", "\t", 1, false},
        {"\xE1\x84\x80\xE1\x85\xA1", "\xE1\x84\x80\xE1\x85\xA1", 2, false}, /* one syllable */
        {"\xE0\xA4\x95\xE0\xA4\xBE", "\xE0\xA4\x95", 1, false}, /* a spacing mark is next */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str s = str_of(cases[i].text);
        struct cell_text cell;
        utf8_take_cell(&s, &cell);
        assert_true(str_eq((struct str){cell.bytes, cell.len}, str_of(cases[i].bytes)));
        assert_int_equal(cell.width, cases[i].width);
        assert_int_equal(cell.control, cases[i].control);
    }
}

static void widths_add_up_over_a_run(void **state)
{
    (void)state;
    assert_int_equal(utf8_width(STR_NONE), 0);
    assert_int_equal(utf8_width(STR("abc\tdef")), 7);
    assert_int_equal(utf8_width(STR("e\xCC\x81\xE4\xB8\xAD\x1b")), 5);
    char plain[300];
    memset(plain, 'x', sizeof plain);
    assert_int_equal(utf8_width((struct str){plain, sizeof plain}), 300);
    memcpy(plain + 198, "\xCC\x81", 2);
    assert_int_equal(utf8_width((struct str){plain, sizeof plain}), 298);
}

/* One odd byte at every place of runs around the block size. */
static void plain_means_printable_ascii_at_every_place(void **state)
{
    (void)state;
    static const unsigned char odd[] = {0x00, 0x1F, '\t', '\n', 0x7F, 0x80, 0xFF};
    char text[200];
    for (size_t len = 0; len <= sizeof text; len++) {
        memset(text, ' ' + (int)(len % 95), sizeof text);
        assert_true(utf8_is_plain((struct str){text, len}));
        for (size_t at = 0; at < len; at++) {
            char kept = text[at];
            text[at] = (char)odd[(at + len) % sizeof odd];
            assert_false(utf8_is_plain((struct str){text, len}));
            text[at] = kept;
        }
    }
}

static void every_code_point_survives_encoding(void **state)
{
    (void)state;
    for (uint32_t code = 0; code <= 0x110005; code++) {
        char bytes[4];
        uint32_t back;
        size_t len = utf8_encode(code, bytes);
        bool lost = code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF);
        assert_true(utf8_decode((struct str){bytes, len}, &back) == len);
        assert_true(back == (lost ? 0xFFFD : code));
        if (len > 1)
            assert_true(utf8_decode((struct str){bytes, len - 1}, &back) == 1 && back == UTF8_BAD);
    }
}

static void a_full_buffer_keeps_what_fits_of_whole_characters(void **state)
{
    (void)state;
    static const struct {
        const char *text, *kept;
        size_t ceiling;
    } cases[] = {
        {"abcdef", "abc", 3},
        {"ab\x1b", "ab", 3},
        {"ab\xE2\x82\xAC", "ab", 4},
        {"\xE2\x80\xAE", "", 7},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out;
        buf_init(&out, cases[i].ceiling);
        assert_false(utf8_defuse(str_of(cases[i].text), false, &out));
        assert_true(out.full);
        assert_true(str_eq(buf_str(&out), str_of(cases[i].kept)));
        buf_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_dangerous_byte_has_a_visible_form),
        cmocka_unit_test(line_feeds_are_kept_only_where_asked_for),
        cmocka_unit_test(no_base_carries_more_than_eight_marks),
        cmocka_unit_test(no_input_leaves_a_byte_that_acts),
        cmocka_unit_test(cells_know_their_columns),
        cmocka_unit_test(widths_add_up_over_a_run),
        cmocka_unit_test(plain_means_printable_ascii_at_every_place),
        cmocka_unit_test(every_code_point_survives_encoding),
        cmocka_unit_test(a_full_buffer_keeps_what_fits_of_whole_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
