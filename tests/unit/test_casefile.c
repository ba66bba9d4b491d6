/* A recorded case: what is in it is handed over, what is wrong with it is said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/source/casefile.h"
#include "tests/unit/capture.h"

static const char case_json[] =
    "{\"version\": 1, \"title\": \"payment\", \"account\": \"111122223333\",\n"
    " \"region\": \"eu-west-1\", \"start\": \"2026-11-24T14:00:00Z\",\n"
    " \"end\": \"2026-11-24T14:10:00Z\", \"later\": {\"unknown\": true}}\n";
static const char functions_json[] =
    "{\"Functions\": [{\"FunctionName\": \"pay\", \"Runtime\": \"python3.13\", \"MemorySize\": 256,"
    " \"Timeout\": 30, \"LoggingConfig\": {\"LogFormat\": \"JSON\", \"LogGroup\": \"/own/group\"}}]}";
static const char events_jsonl[] =
    "{\"logGroupName\":\"/own/group\",\"logStreamName\":\"2026/11/24/[$LATEST]aa\",\"timestamp\":1795528800000,"
    "\"message\":\"START RequestId: 1\\n\",\"ingestionTime\":1795528801000,\"eventId\":\"1\"}\n"
    "{\"logGroupName\":\"/aws/lambda/ship\",\"logStreamName\":\"2026/11/24/[$LATEST]bb\",\"timestamp\":1795528800200,"
    "\"message\":\"START RequestId: 2\\n\",\"ingestionTime\":1795528801000,\"eventId\":\"2\"}\n";

/* The directory that temp_path works in, with these files; NULL: not there. */
static const char *make_case(const char *description, const char *functions, const char *events)
{
    static char directory[96];
    const struct {
        const char *name, *text;
    } files[] = {
        {"case.json", description}, {"functions.json", functions}, {"events.jsonl", events}};
    for (size_t i = 0; i < 3; i++) {
        if (files[i].text)
            temp_file(files[i].name, files[i].text, strlen(files[i].text));
        else
            unlink(temp_path(files[i].name));
    }
    snprintf(directory, sizeof directory, "%s", temp_path("case.json"));
    directory[strlen(directory) - strlen("/case.json")] = '\0';
    return directory;
}

static void run_case(struct capture *c, const char *directory, unsigned speed, int64_t play_from_ms)
{
    struct casefile_options options = {directory, {TIME_NONE, TIME_NONE}, speed, play_from_ms};
    struct source *source;
    if (casefile_open(&source, &options, &c->err))
        capture_run(c, source);
    else
        c->failed = true;
}

static void a_case_gives_account_functions_and_events(void **state)
{
    struct capture c = {0};
    (void)state;
    run_case(&c, make_case(case_json, functions_json, events_jsonl), 0, 0);
    assert_true(c.done);
    assert_int_equal(c.accounts, 1);
    assert_string_equal(c.account.title, "payment");
    assert_string_equal(c.account.account, "111122223333");
    assert_string_equal(c.account.region, "eu-west-1");
    assert_false(c.account.live);
    assert_true(c.account.read_only);
    assert_true(c.account.window_end_unix_ms - c.account.window_start_unix_ms == 600000);
    assert_int_equal(c.functions, 1);
    assert_int_equal(c.function.timeout_ms, 30000);
    assert_true(c.function.json_logs);
    assert_int_equal(c.count, 2);
    assert_string_equal(c.events[0].function, "pay"); /* by LoggingConfig.LogGroup */
    assert_string_equal(c.events[0].message, "START RequestId: 1");
    assert_string_equal(c.events[0].id, "1");
    assert_string_equal(c.events[1].function, "ship"); /* by its name */
    assert_true(c.events[1].unix_ms == INT64_C(1795528800200));
    assert_int_equal(c.troubles, 0);
    capture_release(&c);
}

static void what_is_optional_may_be_missing(void **state)
{
    struct capture c = {0};
    (void)state;
    run_case(&c, make_case("{\"version\": 1}", NULL, ""), 0, 0);
    assert_true(c.done);
    assert_int_equal(c.count, 0);
    assert_int_equal(c.troubles, 0);
    assert_true(c.account.window_start_unix_ms == TIME_NONE);
    capture_release(&c);
}

static void assert_no_case(const char *directory, enum err_code code, const char *words)
{
    struct capture c = {0};
    run_case(&c, directory, 0, 0);
    if (!c.failed || c.err.code != code || !str_has(str_of(c.err.text), str_of(words)))
        fail_msg("failed %d, code %d: %s", c.failed, (int)c.err.code, c.err.text);
    assert_int_equal(err_exit_status(&c.err), 2);
    capture_release(&c);
}

static void a_case_that_cannot_be_opened_says_why(void **state)
{
    (void)state;
    assert_no_case("/nonexistent", ERR_INPUT_MISSING, "/nonexistent/case.json: No such file");
    assert_no_case(make_case("{\"version\": 2}", NULL, events_jsonl), ERR_INPUT_FORMAT,
                   "2 is newer than 1");
    assert_no_case(make_case("{\"title\": \"x\"}", NULL, events_jsonl), ERR_INPUT_FORMAT,
                   "version");
    assert_no_case(make_case("{\"version\": \"1\"}", NULL, events_jsonl), ERR_INPUT_FORMAT,
                   "version: text");
    assert_no_case(make_case("{\"version\": 1, \"end\": \"noon\"}", NULL, events_jsonl),
                   ERR_INPUT_FORMAT, "end");
    assert_no_case(make_case("[]", NULL, events_jsonl), ERR_INPUT_FORMAT, "no JSON object");
    assert_no_case(make_case("{\"version\": 1", NULL, events_jsonl), ERR_INPUT_FORMAT,
                   "case.json: line 1");
    assert_no_case(make_case(case_json, "{\"Functions\": 3}", events_jsonl), ERR_INPUT_FORMAT,
                   "Functions: an integer");
    assert_no_case(make_case(case_json, functions_json, NULL), ERR_INPUT_MISSING, "events.jsonl");
}

/* The second event lies 200 ms behind the first: played at speed 2 from the end back, it comes
 * after at least 100 ms of the real clock, and the source says that it waits. */
static void a_case_is_played_back_by_its_own_clock(void **state)
{
    struct casefile_options options = {make_case(case_json, functions_json, events_jsonl),
                                       {TIME_NONE, TIME_NONE}, 2, 200};
    struct capture c = {0};
    struct sink sink = capture_sink(&c);
    struct source *source;
    enum step step = STEP_MORE;
    bool idle = false;
    (void)state;
    assert_true(casefile_open(&source, &options, &c.err));
    int64_t start_ms = clock_mono_ms();
    while (step != STEP_DONE) {
        assert_true(source_step(source, &sink, 20, &step, &c.err));
        if (step == STEP_IDLE) {
            idle = true;
            assert_int_equal(c.count, 1);
            assert_true(c.progress.following);
        }
        assert_true(clock_mono_ms() - start_ms < 30000);
    }
    assert_true(idle);
    assert_int_equal(c.count, 2);
    assert_true(clock_mono_ms() - start_ms >= 99);
    assert_false(c.progress.following);
    source_free(source);
    capture_release(&c);
}

static void check_part(const char *name, const char *text, const char *expected)
{
    struct capture c = {0};
    const char *directory = make_case(case_json, functions_json, events_jsonl);
    temp_file(name, text, strlen(text));
    run_case(&c, directory, 0, 0);
    unlink(temp_path(name));
    assert_true(c.done);
    assert_int_equal(c.count, 2); /* the rest is shown */
    assert_int_equal(c.troubles, expected ? 1 : 0);
    if (expected && (!strstr(c.trouble[0].text, expected) || !strstr(c.trouble[0].text, name)))
        fail_msg("`%s` does not say `%s`", c.trouble[0].text, expected);
    if (expected)
        assert_int_equal(c.trouble[0].code, ERR_INPUT_PARTIAL);
    capture_release(&c);
}

static void a_garbled_part_costs_only_itself_and_is_told(void **state)
{
    (void)state;
    check_part("traces.json", "{\"Traces\": [{\"Id\": \"1-5e1b4151-5ac6c58d\"}], \"UnprocessedTraceIds\": []}\n", NULL);
    check_part("traces.json", "{\"Traces\": [{\"Id\": \"1-5e1b4151-5ac", "cut short");
    check_part("traces.json", "{\"Traces\": nothing}", "byte 11: it is no JSON");
    check_part("traces.json", "", "cut short");
    check_part("messages.json", "{\"Queues\": []} and more", "no JSON");
    check_part("messages.json", "{\"Queues\": {}}", "it has no list `Queues`");
    check_part("messages.json", "[]", "it has no list `Queues`");
    check_part("metrics.json", "{\"MetricDataQueries\": []}", "it has no list `MetricDataResults`");
    check_part("metrics.json", "\xFF\xFE\x00", "no JSON");
}

static void a_part_that_is_a_directory_is_told(void **state)
{
    struct capture c = {0};
    (void)state;
    const char *directory = make_case(case_json, functions_json, events_jsonl);
    const char *path = temp_path("traces.json");
    assert_int_equal(mkdir(path, 0700), 0);
    run_case(&c, directory, 0, 0);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(c.troubles, 1);
    assert_non_null(strstr(c.trouble[0].text, "traces.json: it is a directory"));
    capture_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_gives_account_functions_and_events),
        cmocka_unit_test(what_is_optional_may_be_missing),
        cmocka_unit_test(a_case_that_cannot_be_opened_says_why),
        cmocka_unit_test(a_garbled_part_costs_only_itself_and_is_told),
        cmocka_unit_test(a_part_that_is_a_directory_is_told),
        cmocka_unit_test(a_case_is_played_back_by_its_own_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
