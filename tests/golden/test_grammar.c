#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/golden/grammar.h"

/* The judge of the golden screens must be able to say no. */

static int is_allowed(const char *bytes)
{
    struct grammar g = {.state = GRAMMAR_GROUND};
    grammar_feed(&g, bytes, strlen(bytes));
    return g.foreign[0] == '\0';
}

static void what_terminfo_sends_is_allowed(void **state)
{
    (void)state;
    static const char *const good[] = {
        "plain \xC3\xA9\r\n", "\033[?1049h\033[22;0;0t\033[1;24r\033(B\033[m\033[4l\033[?7h",
        "\033[38;5;214m\033[48;2;1;2;3m\033[H\033[2J\033[3;4H\033[K", "\033[?25l\033=\033>\033M",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(is_allowed(good[i]));
}

static void queries_titles_and_strings_are_foreign(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "\033]0;title\a", "\033[c", "\033[6n", "\033[>0q", "\033P1$r\033\\", "\033]8;;x\033\\",
        "\a", "\033_x\033\\", "\033[5i", "\033]52;c;eA==\a", "\033[?1003h", "\177", "\033c",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(is_allowed(bad[i]));
}

static void a_copy_is_allowed_only_when_expected(void **state)
{
    (void)state;
    struct grammar g = {.state = GRAMMAR_GROUND, .allow_copy = 1};
    const char *copy = "\033]52;c;eA==\a";
    grammar_feed(&g, copy, strlen(copy));
    assert_string_equal(g.foreign, "");
    grammar_feed(&g, "\033]0;x\a", 6);
    assert_string_not_equal(g.foreign, "");
}

static const char *left_by(const char *bytes)
{
    static struct grammar g;
    g = (struct grammar){.state = GRAMMAR_GROUND};
    grammar_feed(&g, bytes, strlen(bytes));
    return grammar_left(&g);
}

static void a_mode_that_is_left_on_has_a_name(void **state)
{
    (void)state;
    assert_null(left_by("plain"));
    assert_null(left_by("\033[?1049h\033=\033[?1h\033[?25l\033[?2004h\033[?1000;1006h"
                        "\033[?1000;1006l\033[?2004l\033[?12;25h\033[?1l\033>\033[?1049l"));
    assert_string_equal(left_by("\033[?1049h"), "alternate screen");
    assert_string_equal(left_by("\033[?25l"), "hidden cursor");
    assert_string_equal(left_by("\033[?2004h"), "bracketed paste");
    assert_string_equal(left_by("\033[?1000;1006h\033[?1000l"), "mouse coordinates");
    assert_string_equal(left_by("\033="), "keypad");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_terminfo_sends_is_allowed),
        cmocka_unit_test(queries_titles_and_strings_are_foreign),
        cmocka_unit_test(a_copy_is_allowed_only_when_expected),
        cmocka_unit_test(a_mode_that_is_left_on_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
