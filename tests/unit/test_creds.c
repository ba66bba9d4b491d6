/* The chain of providers without a network: order, keys that stand somewhere, a program's
 * output, and what is refused with the next step. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <poll.h>
#include <signal.h>

#include "src/aws/child.h"
#include "src/base/clock.h"
#include "tests/unit/creds_room.h"

/* ---- keys that stand somewhere ---- */

static void variables_come_first_unless_the_profile_came_by_flag(void **state)
{
    (void)state;
    write_config("[profile a]\naws_access_key_id = AKIDCONFIG\naws_secret_access_key = " SECRET "\n");
    setenv("AWS_ACCESS_KEY_ID", "AKIDENV", 1);
    setenv("AWS_SECRET_ACCESS_KEY", SECRET, 1);
    setenv("AWS_SESSION_TOKEN", "session", 1);
    setenv("AWS_PROFILE", "a", 1);
    open_creds(NULL);
    assert_ready(NOW, "AKIDENV");
    assert_string_equal(keys.secret, SECRET);
    assert_string_equal(keys.token, "session");
    assert_true(keys.expires_unix_ms == TIME_NONE);
    assert_string_equal(creds_source(creds), "env");
    open_creds("a");
    assert_string_equal(creds_source(creds), "");
    assert_ready(NOW, "AKIDCONFIG");
    assert_string_equal(keys.token, "");
    assert_string_equal(creds_source(creds), "config-file");
}

static void the_credentials_file_comes_before_a_program_and_the_config(void **state)
{
    (void)state;
    write_config("[default]\naws_access_key_id = AKIDCONFIG\naws_secret_access_key = x\n"
                 "credential_process = false\n");
    write_credentials("[default]\naws_access_key_id = AKIDFILE\naws_secret_access_key = y\n"
                      "aws_session_token = t\n");
    open_creds(NULL);
    assert_ready(NOW, "AKIDFILE");
    assert_string_equal(keys.token, "t");
    assert_string_equal(creds_source(creds), "credentials-file");
}

static void half_a_pair_is_an_error_and_not_passed_over(void **state)
{
    (void)state;
    setenv("AWS_ACCESS_KEY_ID", "AKIDENV", 1);
    open_creds(NULL);
    assert_failed(NOW, "AWS_SECRET_ACCESS_KEY: an access key id without its secret", NULL);
    unsetenv("AWS_ACCESS_KEY_ID");
    write_credentials("[default]\n\naws_access_key_id = AKIDFILE\n");
    open_creds(NULL);
    assert_failed(NOW, "/.aws/credentials:3: the profile \"default\": an access key id without", NULL);
    write_credentials("[default]\naws_access_key_id = AKID ID\naws_secret_access_key = " SECRET "\n");
    open_creds(NULL);
    assert_failed(NOW, "a key with blanks or bytes that are no text", NULL);
    write_credentials("[default]\naws_access_key_id = AKID\naws_secret_access_key = " SECRET "\n"
                      "aws_session_token = a\n  X-Evil: planted\n");
    open_creds(NULL);
    assert_failed(NOW, "a key with blanks or bytes that are no text", NULL);
}

static void without_anything_the_error_says_where_it_looked(void **state)
{
    (void)state;
    open_creds(NULL);
    assert_failed(NOW, "no credentials: none in the variables, nor for the profile \"default\" in ",
                  "run: aws configure sso");
    assert_null(fake.asked.done);
    assert_false(creds_worth_retrying(creds));
    write_credentials("[default]\naws_access_key_id = AKIDLATE\naws_secret_access_key = x\n");
    assert_true(creds_worth_retrying(creds));
    creds_retry(creds);
    assert_ready(NOW + 1, "AKIDLATE");
}

static void keys_of_variables_may_end(void **state)
{
    (void)state;
    setenv("AWS_ACCESS_KEY_ID", "AKIDENV", 1);
    setenv("AWS_SECRET_ACCESS_KEY", SECRET, 1);
    setenv("AWS_CREDENTIAL_EXPIRATION", "2026-09-21T15:13:20Z", 1);
    open_creds(NULL);
    assert_ready(NOW, "AKIDENV");
    assert_true(keys.expires_unix_ms == NOW + 3600000);
    setenv("AWS_CREDENTIAL_EXPIRATION", "2026-09-21T14:13:20Z", 1);
    open_creds(NULL);
    assert_failed(NOW, "gave keys that have expired already", NULL);
    setenv("AWS_CREDENTIAL_EXPIRATION", "soon", 1);
    open_creds(NULL);
    assert_failed(NOW, "AWS_CREDENTIAL_EXPIRATION is no time", NULL);
}

static void a_login_session_is_not_passed_over(void **state)
{
    (void)state;
    write_config("[default]\nlogin_session = arn:aws:iam::123456789012:user/x\n");
    open_creds(NULL);
    assert_failed(NOW, "/.aws/config:2: login_session is not read by lambdig",
                  "aws configure export-credentials --profile default");
}

static void a_profile_with_several_sources_is_asked_in_order(void **state)
{
    static const struct {
        const char *lines, *words;
    } rows[] = {
        {"web_identity_token_file = /nowhere\nrole_arn = arn:r\nsso_account_id = 1\n"
         "aws_access_key_id = A\ncredential_process = false\nlogin_session = x\n", "reading /nowhere"},
        {"sso_account_id = 1\naws_access_key_id = A\ncredential_process = false\n", "sso_role_name"},
        {"login_session = x\ncredential_process = false\naws_access_key_id = A\n", "login_session is"},
        {"credential_process = /nowhere\naws_access_key_id = A\n", "running /nowhere"},
        {"aws_access_key_id = A\n", "config:2: the profile \"default\": an access key id without"},
    };
    char text[512];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        snprintf(text, sizeof text, "[default]\n%s", rows[i].lines);
        write_config(text);
        open_creds(NULL);
        assert_failed(NOW, rows[i].words, NULL);
        if (i == 0)
            continue;
        write_credentials("[default]\naws_access_key_id = A\n"); /* before all but SSO */
        open_creds(NULL);
        assert_failed(NOW, i == 1 ? rows[i].words : "/.aws/credentials:2: the profile", NULL);
        remove_at_home(".aws/credentials");
    }
}

/* ---- keys that a service refuses ---- */

static void refused_keys_are_read_anew_once_their_file_changed(void **state)
{
    struct keys other = {.id = "AKIDELSE"};
    (void)state;
    write_credentials("[default]\naws_access_key_id = AKIDOLD\naws_secret_access_key = x\n");
    open_creds(NULL);
    assert_ready(NOW, "AKIDOLD");
    creds_refused(creds, &other); /* these are not the ones held */
    assert_ready(NOW + 1, "AKIDOLD");
    creds_refused(creds, &keys);
    assert_failed(NOW + 2, "the keys of the profile \"default\" (credentials-file) have expired",
                  "renew them");
    assert_false(creds_worth_retrying(creds));
    assert_failed(NOW + 3600000, "have expired", NULL);
    write_credentials("[default]\naws_access_key_id = AKIDNEWER\naws_secret_access_key = y\n");
    assert_true(creds_worth_retrying(creds));
    creds_retry(creds);
    assert_ready(NOW + 3600001, "AKIDNEWER");
    assert_string_equal(keys.secret, "y");
}

static void a_file_that_breaks_meanwhile_is_named(void **state)
{
    (void)state;
    write_credentials("[default]\naws_access_key_id = AKIDOLD\naws_secret_access_key = x\n");
    open_creds(NULL);
    assert_ready(NOW, "AKIDOLD");
    creds_refused(creds, &keys);
    write_credentials("[default]\n" SECRET "\n");
    assert_failed(NOW + 1, "/.aws/credentials:2: neither [section] nor key = value", NULL);
    assert_false(creds_worth_retrying(creds));
    write_credentials("[default]\naws_access_key_id = AKIDNEW\naws_secret_access_key = y\n# end\n");
    assert_true(creds_worth_retrying(creds));
    creds_retry(creds);
    assert_ready(NOW + 2, "AKIDNEW");
}

/* ---- programs ---- */

static void write_program(const char *script)
{
    char path[512];
    write_text("program", script);
    path_at_home("program", path, sizeof path);
    assert_int_equal(chmod(path, 0700), 0);
}

static void use_program(const char *arguments)
{
    char config[1024];
    snprintf(config, sizeof config, "[profile p]\nregion = x\ncredential_process = %s/program%s\n",
             home, arguments);
    write_config(config);
    open_creds("p");
}

/* Steps until the program has ended, at most ten seconds. */
static enum creds_state run_program(void)
{
    int64_t deadline_ms = clock_mono_ms() + 10000;
    enum creds_state state = read_at(NOW);
    while (state == CREDS_WAIT) {
        if (clock_mono_ms() > deadline_ms)
            fail_msg("the program does not end");
        int wait_ms = creds_step(creds, NOW);
        assert_in_range(wait_ms, 0, 60000);
        poll(NULL, 0, wait_ms < 20 ? wait_ms : 20);
        state = read_at(NOW);
    }
    return state;
}

static void a_program_gives_keys(void **state)
{
    (void)state;
    write_program("#!/bin/sh\nprintf '{\"Version\": 1, \"AccessKeyId\": \"%s\", "
                  "\"SecretAccessKey\": \"s\\\\u002fx\", \"SessionToken\": null, "
                  "\"Expiration\": \"2026-09-21T15:13:20Z\", \"Other\": [1]}\\n' \"$2\"\n");
    use_program(" one 'AKID$HOME;x'");
    assert_int_equal(run_program(), CREDS_READY);
    assert_string_equal(keys.id, "AKID$HOME;x"); /* no shell looked at it */
    assert_string_equal(keys.secret, "s/x");
    assert_string_equal(keys.token, "");
    assert_true(keys.expires_unix_ms == NOW + 3600000);
    assert_string_equal(creds_source(creds), "process");
}

static void assert_program(const char *script, const char *words)
{
    write_program(script);
    use_program("");
    assert_int_equal(run_program(), CREDS_FAILED);
    if (!strstr(err.text, words) || !strstr(err.text, "/.aws/config:3: credential_process: "))
        fail_msg("%s", err.text);
    assert_no_secret();
}

static void a_program_that_fails_says_why(void **state)
{
    (void)state;
    assert_program("#!/bin/sh\nprintf '\\033[31mtoken is gone\\r\\nsecond' >&2\nexit 3\n",
                   "it ended with status 3: ?[31mtoken is gone");
    assert_null(strstr(err.text, "second"));
    assert_program("#!/bin/sh\nexit 7\n", "it ended with status 7");
    assert_program("#!/bin/sh\nkill -9 $$\n", "it was ended by signal 9");
    assert_program("#!/bin/sh\necho aws_secret_access_key=" SECRET " >&2\nexit 1\n",
                   "it ended with status 1: aws_secret_access_key=[redacted]");
    assert_program("#!/bin/sh\n", "its output: no JSON object");
    assert_program("#!/bin/sh\necho '{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"" SECRET "\"}'\n",
                   "its output: its Version is not 1");
    assert_program("#!/bin/sh\necho '{\"Version\": 2}'\n", "its output: its Version is not 1");
    assert_program("#!/bin/sh\necho '{\"Version\":1,\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"" SECRET
                   "\"} x'\n",
                   "its output: no whole JSON object");
    assert_program("#!/bin/sh\necho '{\"Version\":1,\"AccessKeyId\":\"A\\n\",\"SecretAccessKey\":\"" SECRET
                   "\"}'\n",
                   "its output: AccessKeyId has control bytes");
    assert_program("#!/bin/sh\necho '{\"Version\":1,\"AccessKeyId\":7}'\n",
                   "its output: AccessKeyId is no text");
    assert_program("#!/nowhere/interpreter\n", "No such file or directory");
}

static void a_program_is_not_given_the_terminal(void **state)
{
    (void)state;
    assert_program("#!/bin/sh\nif (: </dev/tty) 2>/dev/null; then exit 9; fi\nread x && exit 8\n"
                   "if [ -r /proc/$$/stat ]; then read a b c d e session f < /proc/$$/stat\n"
                   "[ $session = $$ ] || exit 7; fi\nexit 5\n",
                   "it ended with status 5");
}

static void a_program_that_prints_for_ever_is_killed(void **state)
{
    (void)state;
    assert_program("#!/bin/sh\nexec yes " SECRET "\n", "it printed more than 64 KiB");
    assert_program("#!/bin/sh\nyes note | head -c 3000000 >&2\nexit 4\n",
                   "it ended with status 4: note");
}

static void what_a_program_leaves_behind_does_not_hold_it_up(void **state)
{
    (void)state;
    write_program("#!/bin/sh\ntail -f /dev/null &\necho $! > \"${0%/*}/note\"\necho '{\"Version\":1,"
                  "\"AccessKeyId\":\"AKID\",\"SecretAccessKey\":\"x\"}'\n");
    use_program("");
    assert_int_equal(run_program(), CREDS_READY);
    char path[512], pid[16] = "";
    path_at_home("note", path, sizeof path);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(pid, sizeof pid, file));
    fclose(file);
    assert_int_equal(kill((pid_t)strtol(pid, NULL, 10), SIGKILL), 0);
}

static void a_program_that_hangs_ends_with_the_session(void **state)
{
    (void)state;
    remove_at_home("note");
    write_program("#!/bin/sh\necho $$ > \"${0%/*}/note\"\nexec tail -f /dev/null\n");
    use_program("");
    assert_int_equal(read_at(NOW), CREDS_WAIT);
    char path[512], text[16] = "";
    path_at_home("note", path, sizeof path);
    int64_t deadline_ms = clock_mono_ms() + 10000;
    while (!strchr(text, '\n')) {
        assert_true(clock_mono_ms() < deadline_ms);
        FILE *file = fopen(path, "r");
        if (file && !fgets(text, sizeof text, file))
            poll(NULL, 0, 5);
        if (file)
            fclose(file);
    }
    int64_t before_ms = clock_mono_ms();
    creds_free(creds);
    creds = NULL;
    assert_true(clock_mono_ms() - before_ms < 200);
    assert_int_equal(kill((pid_t)strtol(text, NULL, 10), 0), -1);
}

static void a_program_has_sixty_seconds(void **state)
{
    char program[] = "tail", follow[] = "-f", path[] = "/dev/null";
    char *const words[] = {program, follow, path, NULL};
    (void)state;
    err_clear(&err);
    struct child *child = child_start(words, 1000, &err);
    assert_non_null(child);
    assert_int_equal(child_step(child, 60999, &err), CHILD_RUNS);
    assert_int_equal(child_step(child, 61000, &err), CHILD_FAILED);
    assert_string_equal(err.text, "it gave no answer within 60 s");
    child_free(child);
}

static void words_of_a_program_are_bounded(void **state)
{
    static const struct {
        const char *value, *words;
    } rows[] = {
        {"'a b", "a quote has no end"},
        {"''", "running : No such file or directory"},
        {"/nowhere/at/all x", "running /nowhere/at/all: No such file or directory"},
        {"/", "running /: Permission denied"},
    };
    char config[256];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        snprintf(config, sizeof config, "[default]\ncredential_process = %s\n", rows[i].value);
        write_config(config);
        open_creds(NULL);
        assert_failed(NOW, rows[i].words, "run the program of that line by itself");
    }
}

/* ---- roles: what needs no network ---- */

static void a_role_that_is_told_wrongly_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *config, *words;
    } rows[] = {
        {"[default]\nrole_arn = arn:aws:iam::1:role/r\n",
         "config:2: the profile \"default\" has a role_arn, but neither source_profile nor"},
        {"[default]\nrole_arn = arn:r\nsource_profile = x\ncredential_source = Environment\n",
         "config:2: the profile \"default\" has both source_profile and credential_source"},
        {"[default]\nrole_arn = arn:r\nsource_profile = x\n",
         "config:3: the profile \"default\" has a source_profile that is not there"},
        {"[default]\nrole_arn = arn:r\nsource_profile = default\n",
         "config:3: the profile \"default\" closes a loop of roles"},
        {"[default]\nrole_arn = arn:r\nsource_profile = x\n[profile x]\nrole_arn = arn:s\n"
         "source_profile = y\n[profile y]\nrole_arn = arn:t\nsource_profile = x\n",
         "config:9: the profile \"y\" closes a loop of roles"},
        {"[default]\nrole_arn = arn:r\nsource_profile = x\n[profile x]\nregion = z\n",
         "config:5: the profile \"x\" is a source_profile, but has no credentials"},
        {"[default]\nrole_arn = arn:r\ncredential_source = Environmint\n",
         "config:3: the profile \"default\" has a credential_source that is none of"},
        {"[default]\nrole_arn = role/r\ncredential_source = Environment\n",
         "config:2: role_arn is no ARN"},
        {"[default]\nrole_arn = role/r\nsource_profile = default\naws_access_key_id = A\n"
         "aws_secret_access_key = " SECRET "\n",
         "config:2: role_arn is no ARN"},
        {"[default]\nrole_arn = arn:r\ncredential_source = Environment\nduration_seconds = 899\n",
         "config:4: duration_seconds is no number from 900 to 43200"},
        {"[default]\nrole_arn = arn:r\ncredential_source = Environment\n",
         "AWS_ACCESS_KEY_ID is not set, but a credential_source names the variables"},
        {"[default]\nweb_identity_token_file = /nowhere\n",
         "web identity: there is a token file, but neither AWS_ROLE_ARN nor role_arn"},
        {"[default]\nweb_identity_token_file = /nowhere\nrole_arn = arn:r\n",
         "reading /nowhere: No such file or directory"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        write_config(rows[i].config);
        open_creds(NULL);
        bool of_file = strstr(rows[i].words, "config:") != NULL;
        assert_failed(NOW, rows[i].words, of_file ? SDK_FILE_HINT : NULL);
    }
}

static void a_chain_has_at_most_eight_roles(void **state)
{
    char config[2048] = "";
    (void)state;
    for (int i = 0; i < 10; i++)
        snprintf(config + strlen(config), sizeof config - strlen(config),
                 "[profile p%d]\nrole_arn = arn:%d\nsource_profile = p%d\n", i, i, i + 1);
    snprintf(config + strlen(config), sizeof config - strlen(config), "[profile p10]\n");
    write_config(config);
    open_creds("p0");
    assert_failed(NOW, "the profile \"p8\" ends a chain of more than 8 roles", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(variables_come_first_unless_the_profile_came_by_flag, close_creds),
        cmocka_unit_test_teardown(the_credentials_file_comes_before_a_program_and_the_config, close_creds),
        cmocka_unit_test_teardown(half_a_pair_is_an_error_and_not_passed_over, close_creds),
        cmocka_unit_test_teardown(without_anything_the_error_says_where_it_looked, close_creds),
        cmocka_unit_test_teardown(keys_of_variables_may_end, close_creds),
        cmocka_unit_test_teardown(a_login_session_is_not_passed_over, close_creds),
        cmocka_unit_test_teardown(a_profile_with_several_sources_is_asked_in_order, close_creds),
        cmocka_unit_test_teardown(refused_keys_are_read_anew_once_their_file_changed, close_creds),
        cmocka_unit_test_teardown(a_file_that_breaks_meanwhile_is_named, close_creds),
        cmocka_unit_test_teardown(a_program_gives_keys, close_creds),
        cmocka_unit_test_teardown(a_program_that_fails_says_why, close_creds),
        cmocka_unit_test_teardown(a_program_is_not_given_the_terminal, close_creds),
        cmocka_unit_test_teardown(a_program_that_prints_for_ever_is_killed, close_creds),
        cmocka_unit_test_teardown(what_a_program_leaves_behind_does_not_hold_it_up, close_creds),
        cmocka_unit_test_teardown(a_program_that_hangs_ends_with_the_session, close_creds),
        cmocka_unit_test(a_program_has_sixty_seconds),
        cmocka_unit_test_teardown(words_of_a_program_are_bounded, close_creds),
        cmocka_unit_test_teardown(a_role_that_is_told_wrongly_is_refused_with_its_line, close_creds),
        cmocka_unit_test_teardown(a_chain_has_at_most_eight_roles, close_creds),
    };
    return cmocka_run_group_tests(tests, new_home, drop_home);
}
