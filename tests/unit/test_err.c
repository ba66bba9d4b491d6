#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <sys/wait.h>
#include <unistd.h>

#include "src/base/err.h"
#include "src/base/str.h"

static void the_first_failure_wins(void **state)
{
    (void)state;
    struct err err = {0};
    assert_false(err_set(&err, ERR_DENIED, "%s on %s", "logs:GetLogEvents", "/aws/lambda/pay"));
    assert_false(err_set(&err, ERR_NETWORK, "later"));
    assert_int_equal(err.code, ERR_DENIED);
    assert_string_equal(err.text, "logs:GetLogEvents on /aws/lambda/pay");
    err_clear(&err);
    assert_false(err_set(&err, ERR_NETWORK, "later"));
    assert_string_equal(err.text, "later");
}

static void nowhere_to_write_an_error_is_no_crash(void **state)
{
    (void)state;
    assert_false(err_set(NULL, ERR_USAGE, "x"));
    assert_false(err_advise(NULL, "x"));
}

static void the_hint_is_the_tables_until_another_is_advised(void **state)
{
    (void)state;
    struct err err = {0};
    assert_string_equal(err_hint(&err), "");
    err_set(&err, ERR_INPUT_MISSING, "open x");
    assert_string_equal(err_hint(&err), "check the path");
    assert_false(err_advise(&err, "try %s", "y"));
    assert_string_equal(err_hint(&err), "try y");
}

/* The statuses are the command line's contract. */
static void each_kind_of_error_has_its_exit_status(void **state)
{
    (void)state;
    static const struct {
        enum err_code code;
        int status;
    } cases[] = {
        {ERR_NONE, 0},        {ERR_USAGE, 2},         {ERR_CONFIG, 2},  {ERR_INPUT_MISSING, 2},
        {ERR_INPUT_EMPTY, 2}, {ERR_INPUT_BINARY, 2},  {ERR_DENIED, 4},  {ERR_INPUT_PARTIAL, 4},
        {ERR_NETWORK, 4},     {ERR_CREDENTIALS, 3},   {ERR_SYSTEM, 70}, {ERR_DEFECT, 70},
        {ERR_TERMINAL, 2},    {ERR_INPUT_FORMAT, 2},  {ERR_NOT_FOUND, 4}, {ERR_CEILING, 4},
    };
    assert_int_equal(sizeof cases / sizeof *cases, ERR_CODE_COUNT);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {.code = cases[i].code};
        assert_int_equal(err_exit_status(&err), cases[i].status);
    }
}

static void control_bytes_of_a_name_do_not_reach_the_text(void **state)
{
    (void)state;
    struct err err = {0};
    err_set(&err, ERR_INPUT_MISSING, "open %s", "a\x1b]0;x\ab\nc\x7f");
    err_advise(&err, "%s", "\x1b[2J");
    assert_string_equal(err.text, "open a?]0;x?b?c?");
    assert_string_equal(err.hint, "?[2J");
}

/* U+009B is a control sequence introducer in eight bits: it works like ESC [. */
static void c1_controls_and_bidi_overrides_do_not_reach_the_text(void **state)
{
    (void)state;
    struct err err = {0};
    err_set(&err, ERR_INPUT_MISSING, "open %s", "a\xC2\x9B" "2Jb\xE2\x80\xAE" "c\x9B" "d\xC3\xA9");
    assert_null(strstr(err.text, "\xC2\x9B"));
    assert_null(strstr(err.text, "\xE2\x80\xAE"));
    assert_null(strchr(err.text, '\x9B'));
    assert_non_null(strstr(err.text, "d\xC3\xA9"));
}

static bool ends_in_whole_character(const char *text)
{
    size_t len = strlen(text), tails = 0;
    while (tails < len && ((unsigned char)text[len - 1 - tails] & 0xC0) == 0x80)
        tails++;
    if (tails == len)
        return len == 0;
    unsigned char lead = (unsigned char)text[len - 1 - tails];
    return tails == (lead < 0x80 ? 0u : lead < 0xE0 ? 1u : lead < 0xF0 ? 2u : 3u);
}

static void a_long_text_is_cut_at_a_character(void **state)
{
    (void)state;
    static const char *const characters[] = {"x", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"};
    for (size_t i = 0; i < 4; i++)
        for (size_t shift = 0; shift < 4; shift++) {
            struct err err = {0};
            char text[1000] = "";
            memset(text, '-', shift);
            text[shift] = '\0';
            while (strlen(text) < 800)
                strncat(text, characters[i], sizeof text - strlen(text) - 1);
            err_set(&err, ERR_USAGE, "%s", text);
            assert_true(strlen(err.text) > sizeof err.text - 6);
            assert_true(ends_in_whole_character(err.text));
            assert_memory_equal(err.text, text, strlen(err.text));
        }
}

/* A text that fills its room to the last byte and ends whole is not cut further. */
static void a_text_that_just_fits_stays_whole(void **state)
{
    (void)state;
    struct err err = {0};
    char text[sizeof err.text];
    memset(text, 'x', sizeof text - 1);
    memcpy(text + sizeof text - 3, "\xC3\xA9", 3);
    err_set(&err, ERR_USAGE, "%s", text);
    assert_string_equal(err.text, text);
}

static void restore_terminal(void)
{
    ssize_t written = write(STDERR_FILENO, "restored ", 9);
    (void)written;
}

static void die_restores_the_terminal_prints_one_line_and_exits_70(void **state)
{
    (void)state;
    int ends[2], status;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        die_with(restore_terminal);
        die("ring: %s", "\x1b[31m");
    }
    close(ends[1]);
    char text[200] = "";
    size_t len = 0;
    for (ssize_t got; (got = read(ends[0], text + len, sizeof text - 1 - len)) > 0;)
        len += (size_t)got;
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 70);
    assert_string_equal(text, "restored lambdig: ring: ?[31m — this is a defect in lambdig; "
                              "please report it\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_failure_wins),
        cmocka_unit_test(nowhere_to_write_an_error_is_no_crash),
        cmocka_unit_test(the_hint_is_the_tables_until_another_is_advised),
        cmocka_unit_test(each_kind_of_error_has_its_exit_status),
        cmocka_unit_test(control_bytes_of_a_name_do_not_reach_the_text),
        cmocka_unit_test(c1_controls_and_bidi_overrides_do_not_reach_the_text),
        cmocka_unit_test(a_long_text_is_cut_at_a_character),
        cmocka_unit_test(a_text_that_just_fits_stays_whole),
        cmocka_unit_test(die_restores_the_terminal_prints_one_line_and_exits_70),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
