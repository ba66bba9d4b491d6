#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "src/base/clock.h"
#include "src/base/match.h"

static struct match *compiled(const char *pattern)
{
    struct match *match;
    struct err err = {0};
    assert_true(match_new(&match, str_of(pattern), &err));
    return match;
}

static void patterns_match_as_pcre_does(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        struct str text;
        size_t from;
        bool found;
        size_t start, end;
    } cases[] = {
#define ROW(pattern, text, from, found, start, end) \
    {pattern, {text, sizeof(text) - 1}, from, found, start, end}
        ROW("time.?out", "Task TIMEOUT", 0, true, 5, 12), /* smart case: all lower */
        ROW("Time", "time Time", 0, true, 5, 9),          /* one upper case letter: exact */
        ROW("\\S+", "  ab ", 0, true, 2, 4),              /* \S asks for no case */
        ROW("\\p{Lu}x", "aXX ax", 0, true, 1, 3),
        ROW("x", "axbx", 2, true, 3, 4),
        ROW("^b", "a\nb", 0, false, 0, 0),
        ROW("", "abc", 1, true, 1, 1),
        ROW("$", "abc", 3, true, 3, 3),
        ROW("a", "abc", 4, false, 0, 0),
        ROW("a", "", 0, false, 0, 0),
        ROW("\xC3\xA9", "caf\xC3\x89", 0, true, 3, 5),    /* no case beyond ASCII either */
        ROW("b", "\xFF\xFE" "b", 0, true, 2, 3),          /* ill-formed bytes before it */
        ROW("a.c", "a\xFF" "c abc", 0, true, 4, 7),       /* no ill-formed byte is a character */
        ROW("x", "a\0x", 0, true, 2, 3),
        ROW("(?<=a)b", "ab", 1, true, 1, 2),
#undef ROW
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct match *match = compiled(cases[i].pattern);
        size_t start = 0, end = 0;
        bool found = match_find(match, cases[i].text, cases[i].from, &start, &end);
        if (found != cases[i].found || (found && (start != cases[i].start || end != cases[i].end)))
            fail_msg("%s: found %d at %zu-%zu", cases[i].pattern, found, start, end);
        match_free(match);
    }
}

/* Newer PCRE2 refuses the pattern, older ones let the start stand behind the end. */
static void a_match_that_ends_before_it_starts_is_none(void **state)
{
    (void)state;
    struct match *match;
    struct err err = {0};
    size_t start = 0, end = 0;
    bool found = match_new(&match, STR("(?=ab\\K)"), &err) &&
                 match_find(match, STR("ab"), 0, &start, &end);
    assert_false(found);
    match_free(match);
}

static void a_bad_pattern_is_named_with_place_and_reason(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *place;
    } cases[] = {
        {"a(b", "at byte 3"}, {"[z", "at byte 2"}, {"*", "at byte 0"}, {"ab\\C", "at byte 4"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        struct match *match;
        assert_false(match_new(&match, str_of(cases[i].pattern), &err));
        assert_null(match);
        assert_int_equal(err.code, ERR_USAGE);
        assert_non_null(strstr(err.text, cases[i].pattern));
        assert_non_null(strstr(err.text, cases[i].place));
    }
}

static void a_pattern_that_is_too_long_or_too_deep_is_refused(void **state)
{
    (void)state;
    char text[1002];
    struct err err = {0};
    struct match *match;
    memset(text, 'a', sizeof text);
    assert_true(match_new(&match, (struct str){text, 1000}, &err));
    match_free(match);
    assert_false(match_new(&match, (struct str){text, 1001}, &err));
    memset(text, '(', 400);
    memset(text + 400, ')', 400);
    err_clear(&err);
    assert_false(match_new(&match, (struct str){text, 800}, &err));
    err_clear(&err);
    assert_false(match_new(&match, STR("((a{1,1000}){1,1000}){1,1000}"), &err));
}

/* Each of these needs more than 2^50 steps without a limit. */
static void no_pattern_hangs_the_console(void **state)
{
    (void)state;
    static const char *const patterns[] = {"(a+)+$", "(a|aa)+$", "(?:a?){60}a{60}b", "(.*)*x",
                                           "(*NO_JIT)(a+)+$", "(*LIMIT_MATCH=4000000000)(a+)+$",
                                           "^(?:(a+)|b)*\\1$"};
    char text[61];
    memset(text, 'a', sizeof text);
    text[60] = '!';
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        struct match *match = compiled(patterns[i]);
        size_t start, end;
        int64_t start_ms = clock_mono_ms();
        assert_false(match_find(match, (struct str){text, sizeof text}, 0, &start, &end));
        assert_true(clock_mono_ms() - start_ms < 10000);
        match_free(match);
    }
}

/* A million open brackets, no start optimisation that sees that none is closed. */
static void deep_recursion_meets_its_limit_and_not_the_stack(void **state)
{
    (void)state;
    static const char *const patterns[] = {"(*NO_START_OPT)^(\\((?1)*\\))$",
                                           "(*NO_JIT)(*NO_START_OPT)^(\\((?1)*\\))$"};
    size_t len = 1 << 20, start, end;
    char *text = malloc(len);
    assert_non_null(text);
    memset(text, '(', len);
    for (size_t i = 0; i < 2; i++) {
        struct match *match = compiled(patterns[i]);
        assert_false(match_find(match, (struct str){text, len}, 0, &start, &end));
        assert_true(match_find(match, STR("(()())"), 0, &start, &end));
        match_free(match);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_match_as_pcre_does),
        cmocka_unit_test(a_match_that_ends_before_it_starts_is_none),
        cmocka_unit_test(a_bad_pattern_is_named_with_place_and_reason),
        cmocka_unit_test(a_pattern_that_is_too_long_or_too_deep_is_refused),
        cmocka_unit_test(no_pattern_hangs_the_console),
        cmocka_unit_test(deep_recursion_meets_its_limit_and_not_the_stack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
