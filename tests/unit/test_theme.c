#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "ui/theme.h"

static struct theme parse(const char *text)
{
    struct theme theme = {.name = "before"};
    struct err err = {0};
    if (!theme_parse(&theme, str_of(text), "t.yaml", &err))
        fail_msg("%s", err.text);
    return theme;
}

static struct err refuse(const char *text)
{
    struct theme theme = {.name = "before"};
    struct err err = {0};
    assert_false(theme_parse(&theme, str_of(text), "t.yaml", &err));
    assert_string_equal(theme.name, "before");
    return err;
}

static void each_stock_theme_loads(void **state)
{
    (void)state;
    size_t count = 0;
    for (; theme_stock_name(count); count++) {
        struct theme theme;
        struct err err = {0};
        if (!theme_read(&theme, theme_stock_name(count), &err))
            fail_msg("%s", err.text);
        assert_string_equal(theme.name, theme_stock_name(count));
        assert_int_equal(theme.light, strcmp(theme.name, "light") == 0);
    }
    assert_int_equal(count, 6);
}

static void failure_classes_differ_in_each_coloured_theme(void **state)
{
    (void)state;
    for (size_t i = 0; theme_stock_name(i); i++) {
        struct theme theme;
        struct err err = {0};
        assert_true(theme_read(&theme, theme_stock_name(i), &err));
        for (int a = ROLE_CLASS_TIMEOUT; !theme.colourless && a <= ROLE_CLASS_EXCEPTION; a++)
            for (int b = ROLE_CLASS_TIMEOUT; b < a; b++) {
                struct look x = theme_look(&theme, (enum role)a, ROLE_TEXT, DEPTH_RGB);
                struct look y = theme_look(&theme, (enum role)b, ROLE_TEXT, DEPTH_RGB);
                assert_false(x.fg == y.fg && x.attrs == y.attrs);
            }
    }
}

static void an_unknown_role_is_named_with_its_place_and_the_nearest_one(void **state)
{
    (void)state;
    struct err err = refuse("roles:\n  boarder: {fg: red}\n");
    assert_string_equal(err.text, "theme: t.yaml:2:17: there is no role boarder");
    assert_string_equal(err_hint(&err), "did you mean border?");
}

static void a_bad_colour_is_named_with_its_place(void **state)
{
    static const char *const bad[] = {"256", "-1", "\"#12345\"", "\"#12345g\"", "reddish", "\"\""};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[80] = "roles:\n  text: {fg: ";
        strcat(text, bad[i]);
        strcat(text, "}\n");
        struct err err = refuse(text);
        assert_non_null(strstr(err.text, "t.yaml:2:14"));
        assert_non_null(strstr(err.text, "is no colour"));
    }
}

static void other_mistakes_are_refused_too(void **state)
{
    static const struct { const char *text, *says; } cases[] = {
        {"roles:\n  text: {attr: [bald]}\n", "there is no attribute bald"},
        {"roles:\n  text: {fog: red}\n", "there is no key fog"},
        {"roles:\n  text: red\n", "a role is written as"},
        {"colour: red\n", "there is no key colour"},
        {"background: dusk\n", "there is no value dusk"},
        {"version: 2\n", "there is no value 2"},
        {"roles:\n  text: {fg: [red, red, red, red]}\n", "at most three values"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = refuse(cases[i].text);
        if (!strstr(err.text, cases[i].says))
            fail_msg("%s: %s", cases[i].text, err.text);
    }
}

static void too_little_contrast_is_refused_against_the_background_in_use(void **state)
{
    (void)state;
    struct err err = refuse("background: dark\nroles:\n  dim: {fg: \"#333333\"}\n");
    assert_non_null(strstr(err.text, "t.yaml:3:13"));
    assert_non_null(strstr(err.text, "dim has a contrast of 1.6:1"));
    parse("background: light\nroles:\n  dim: {fg: \"#333333\"}\n");
    refuse("background: light\nroles:\n  dim: {fg: \"#cccccc\"}\n");
    refuse("roles:\n  search_hit: {fg: yellow, bg: bright-yellow}\n");
}

/* Reference values of WCAG 2 calculators: #777777 on white is 4.48, on black 4.69. */
static void contrast_is_that_of_wcag(void **state)
{
    static const struct { int32_t a, b; int contrast; } cases[] = {
        {0xFFFFFF, 0x000000, 2100}, {0x000000, 0x000000, 100}, {0x777777, 0xFFFFFF, 448},
        {0x777777, 0x000000, 469},  {0xFF0000, 0xFFFFFF, 400}, {0x0000FF, 0x000000, 244},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_in_range(theme_contrast(cases[i].a, cases[i].b), (unsigned)cases[i].contrast - 4,
                        (unsigned)cases[i].contrast + 4);
}

static void a_list_gives_each_depth_its_own_colour(void **state)
{
    (void)state;
    struct theme theme = parse("roles:\n  dim: {fg: [\"#8a8a8a\", 245, white]}\n  error: {fg: \"#ff0000\"}\n");
    assert_int_equal(theme_look(&theme, ROLE_DIM, ROLE_TEXT, DEPTH_RGB).fg, 0x8A8A8A);
    assert_int_equal(theme_look(&theme, ROLE_DIM, ROLE_TEXT, DEPTH_256).fg, 245);
    assert_int_equal(theme_look(&theme, ROLE_DIM, ROLE_TEXT, DEPTH_16).fg, 7);
    assert_int_equal(theme_look(&theme, ROLE_DIM, ROLE_TEXT, DEPTH_MONO).fg, COLOUR_DEFAULT);
    assert_int_equal(theme_look(&theme, ROLE_ERROR, ROLE_TEXT, DEPTH_256).fg, 196);
    assert_int_equal(theme_look(&theme, ROLE_ERROR, ROLE_TEXT, DEPTH_16).fg, 9);
}

static void a_role_that_is_left_out_takes_its_fallback_s_look(void **state)
{
    (void)state;
    struct theme theme = parse("roles:\n  error: {fg: red, attr: [bold]}\n  dim: {fg: cyan}\n");
    struct look crash = theme_look(&theme, ROLE_CLASS_CRASH, ROLE_TEXT, DEPTH_16);
    assert_int_equal(crash.fg, 1);
    assert_int_equal(crash.attrs, STYLE_BOLD);
    assert_int_equal(theme_look(&theme, ROLE_BORDER_FOCUS, ROLE_TEXT, DEPTH_16).fg, 6); /* over border, over dim */
}

static void without_colour_attributes_carry_the_roles(void **state)
{
    (void)state;
    struct theme theme;
    struct err err = {0};
    assert_true(theme_read(&theme, "dark", &err));
    assert_int_equal(theme_look(&theme, ROLE_SELECTION, ROLE_TEXT, DEPTH_MONO).attrs, STYLE_REVERSE);
    assert_int_equal(theme_look(&theme, ROLE_TEXT, ROLE_SELECTION, DEPTH_MONO).attrs, STYLE_REVERSE);
    assert_int_equal(theme_look(&theme, ROLE_MODE_RW, ROLE_TEXT, DEPTH_MONO).attrs, STYLE_BOLD | STYLE_REVERSE);
}

static void what_lies_over_a_cell_wins_where_it_says_something(void **state)
{
    (void)state;
    struct theme theme = parse("roles:\n  error: {fg: red}\n  selection: {bg: blue}\n  search_hit: {fg: black, bg: yellow}\n");
    struct look look = theme_look(&theme, ROLE_ERROR, ROLE_SELECTION, DEPTH_16);
    assert_int_equal(look.fg, 1);
    assert_int_equal(look.bg, 4);
    assert_int_equal(theme_look(&theme, ROLE_ERROR, ROLE_SEARCH_HIT, DEPTH_16).fg, 0);
}

/* What a list may draw in the selected row; frames and bars are never selected. */
static void every_role_reads_in_the_selected_row_of_each_stock_theme(void **state)
{
    static const enum role roles[] = {
        ROLE_TEXT, ROLE_DIM, ROLE_TITLE, ROLE_KEY, ROLE_MARK, ROLE_PLATFORM, ROLE_COLD, ROLE_LEVEL_ERROR,
        ROLE_LEVEL_WARN, ROLE_SPARK, ROLE_SPARK_FAILED,
    };
    enum { LISTED = sizeof roles / sizeof *roles, CLASSES = ROLE_CLASS_AMBIGUOUS - ROLE_CLASS_TIMEOUT + 1 };
    (void)state;
    for (size_t i = 0; theme_stock_name(i); i++) {
        struct theme theme;
        struct err err = {0};
        assert_true(theme_read(&theme, theme_stock_name(i), &err));
        int32_t paper = theme.light ? 0xFFFFFF : 0x000000, ink = theme.light ? 0x000000 : 0xFFFFFF;
        for (int at = 0; at < LISTED + CLASSES; at++) {
            enum role role = at < LISTED ? roles[at] : (enum role)(ROLE_CLASS_TIMEOUT + at - LISTED);
            struct look look = theme_look(&theme, role, ROLE_SELECTION, DEPTH_RGB);
            int contrast = theme_contrast(look.fg < 0 ? ink : look.fg, look.bg < 0 ? paper : look.bg);
            if (contrast < 300)
                fail_msg("%s: role %d has %d.%02d:1", theme.name, (int)role, contrast / 100, contrast % 100);
        }
    }
}

static void a_theme_that_is_not_there_names_the_nearest(void **state)
{
    (void)state;
    struct theme theme;
    struct err err = {0};
    assert_false(theme_read(&theme, "drak", &err));
    assert_string_equal(err_hint(&err), "did you mean dark?");
    err_clear(&err);
    assert_false(theme_read(&theme, "/nowhere/x.yaml", &err));
    assert_non_null(strstr(err.text, "/nowhere/x.yaml"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_stock_theme_loads),
        cmocka_unit_test(failure_classes_differ_in_each_coloured_theme),
        cmocka_unit_test(an_unknown_role_is_named_with_its_place_and_the_nearest_one),
        cmocka_unit_test(a_bad_colour_is_named_with_its_place),
        cmocka_unit_test(other_mistakes_are_refused_too),
        cmocka_unit_test(too_little_contrast_is_refused_against_the_background_in_use),
        cmocka_unit_test(contrast_is_that_of_wcag),
        cmocka_unit_test(a_list_gives_each_depth_its_own_colour),
        cmocka_unit_test(a_role_that_is_left_out_takes_its_fallback_s_look),
        cmocka_unit_test(without_colour_attributes_carry_the_roles),
        cmocka_unit_test(what_lies_over_a_cell_wins_where_it_says_something),
        cmocka_unit_test(every_role_reads_in_the_selected_row_of_each_stock_theme),
        cmocka_unit_test(a_theme_that_is_not_there_names_the_nearest),
    };
    setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
