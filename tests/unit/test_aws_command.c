#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "ui/aws_command.h"

static const struct account nobody = {.live = false};

static const char *logs(const struct account *account, struct str group, struct str text, int64_t from, int64_t to)
{
    static char out[2048];
    struct log_query query = {.group = group, .text = text, .from_unix_ms = from, .to_unix_ms = to};
    struct buf command;
    buf_init(&command, sizeof out - 1);
    bool good = aws_command_logs(account, &query, &command);
    snprintf(out, sizeof out, "%s%.*s", good ? "" : "refused: ", STR_ARG(buf_str(&command)));
    buf_release(&command);
    return out;
}

static void the_log_of_a_function_is_asked_for_by_its_group_and_window(void **state)
{
    (void)state;
    assert_string_equal(logs(&nobody, STR("/aws/lambda/orders"), STR_NONE, 1000, TIME_NONE),
                        "aws logs filter-log-events --log-group-name /aws/lambda/orders --start-time 1000");
    assert_string_equal(logs(&nobody, STR("/aws/lambda/orders"), STR_NONE, 1000, 2000),
                        "aws logs filter-log-events --log-group-name /aws/lambda/orders --start-time 1000 --end-time 2000");
}

static void the_account_comes_along(void **state)
{
    (void)state;
    struct account a = {.profile = "ops", .region = "eu-west-1", .endpoint = "http://127.0.0.1:5000"};
    assert_string_equal(logs(&a, STR("g"), STR_NONE, TIME_NONE, TIME_NONE),
                        "aws logs filter-log-events --log-group-name g --profile ops --region eu-west-1"
                        " --endpoint-url http://127.0.0.1:5000");
}

static void a_request_id_becomes_a_pattern_in_both_kinds_of_quotes(void **state)
{
    (void)state;
    assert_string_equal(logs(&nobody, STR("g"), STR("8f5a-1"), TIME_NONE, TIME_NONE),
                        "aws logs filter-log-events --log-group-name g --filter-pattern '\"8f5a-1\"'");
    /* a quote would end the pattern: it is left out, and more is found */
    assert_string_equal(logs(&nobody, STR("g"), STR("a\"b"), TIME_NONE, TIME_NONE),
                        "aws logs filter-log-events --log-group-name g");
}

/* What a shell makes of the word is what stood in the name: sh itself is asked. */
static void no_name_gets_out_of_its_quotes(void **state)
{
    static const char *const names[] = {
        "a b", "$(touch x)", "`id`", "it's", "';id;'", "a;b&c|d>e", "!x", "\\", "''", "~root", "*", "a\\'b", "#x", "{a,b}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char script[2300], got[256] = "";
        snprintf(script, sizeof script, "aws() { printf %%s \"$4\"; }; %s",
                 logs(&nobody, str_of(names[i]), STR_NONE, TIME_NONE, TIME_NONE));
        FILE *out = tmpfile();
        assert_non_null(out);
        char path[64];
        snprintf(path, sizeof path, "/dev/fd/%d", fileno(out));
        setenv("SCRIPT", script, 1);
        setenv("OUT", path, 1);
        assert_int_equal(system("eval \"$SCRIPT\" > \"$OUT\""), 0);
        rewind(out);
        got[fread(got, 1, sizeof got - 1, out)] = '\0';
        fclose(out);
        assert_string_equal(got, names[i]);
    }
}

static void control_bytes_in_a_name_are_shown(void **state)
{
    (void)state;
    assert_string_equal(logs(&nobody, STR("a\nid\x1b[2J"), STR_NONE, TIME_NONE, TIME_NONE),
                        "aws logs filter-log-events --log-group-name 'a^Jid^[[2J'");
}

static void without_a_group_there_is_no_command(void **state)
{
    struct buf out;
    (void)state;
    assert_string_equal(logs(&nobody, STR_NONE, STR_NONE, 1, 2), "refused: ");
    buf_init(&out, 1000);
    assert_false(aws_command_function(&nobody, STR_NONE, &out));
    assert_true(aws_command_function(&nobody, STR("pay"), &out));
    assert_memory_equal(out.at, "aws lambda get-function-configuration --function-name pay", out.len);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_log_of_a_function_is_asked_for_by_its_group_and_window),
        cmocka_unit_test(the_account_comes_along),
        cmocka_unit_test(a_request_id_becomes_a_pattern_in_both_kinds_of_quotes),
        cmocka_unit_test(no_name_gets_out_of_its_quotes),
        cmocka_unit_test(control_bytes_in_a_name_are_shown),
        cmocka_unit_test(without_a_group_there_is_no_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
