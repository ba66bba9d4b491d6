/* What is no log: refused with what it is and the next step. And the least that is one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

#include "src/base/buf.h"
#include "tests/unit/capture.h"

static void assert_refused(const char *name, const void *bytes, size_t len, enum err_code code,
                           const char *word)
{
    struct capture c = {0};
    capture_bytes(&c, name, bytes, len);
    if (!c.failed || c.err.code != code || !str_has(str_of(c.err.text), str_of(word)))
        fail_msg("%s: failed %d, code %d: %s", name, c.failed, (int)c.err.code, c.err.text);
    assert_int_equal(err_exit_status(&c.err), 2);
    assert_true(str_has(str_of(c.err.text), str_of(name)));
    assert_int_equal(c.count, 0);
    capture_release(&c);
}

static void what_is_no_log_is_refused_with_its_kind(void **state)
{
    static const char png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    static const char functions[] = "{\n  \"Functions\": [{\"FunctionName\": \"pay\"}]\n}\n";
    static const char no_message[] = "@timestamp,@duration\n2026-11-24 14:01:58.101,3\n";
    char garbage[5000];
    uint32_t seed = 7;
    (void)state;
    for (size_t i = 0; i < sizeof garbage; i++) {
        seed = seed * 1664525u + 1013904223u;
        garbage[i] = (char)(seed >> 24);
    }
    assert_refused("empty.log", "", 0, ERR_INPUT_EMPTY, "empty");
    assert_refused("image.log", png, sizeof png - 1, ERR_INPUT_FORMAT, "PNG");
    assert_refused("functions.json", functions, sizeof functions - 1, ERR_INPUT_FORMAT, "no log events");
    assert_refused("numbers.json", "{\"a\":1}", 7, ERR_INPUT_FORMAT, "no log events");
    assert_refused("query.csv", no_message, sizeof no_message - 1, ERR_INPUT_FORMAT, "no log events");
    assert_refused("garbage.log", garbage, sizeof garbage, ERR_INPUT_BINARY, "binary");
    assert_refused("wide.log", "\xFF\xFES\0T\0A\0R\0T\0\n\0", 14, ERR_INPUT_FORMAT, "UTF-16");
    assert_refused("wide2.log", "S\0T\0A\0R\0T\0 \0R\0\n\0", 16, ERR_INPUT_FORMAT, "UTF-16");
    assert_refused("headonly.gz", "\x1F\x8B\x08\0\0\0\0\0\0\x03", 10, ERR_INPUT_FORMAT, "gzip");
}

static void assert_text_refused(const char *text, const char *word)
{
    assert_refused("text.log", text, strlen(text), ERR_INPUT_FORMAT, word);
}

static void text_without_a_line_of_a_lambda_log_is_refused(void **state)
{
    (void)state;
    assert_text_refused("root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534::/:/bin/false\n", "Lambda log");
    assert_text_refused("# A readme\n\nHow to build: make, then make install.\n", "Lambda log");
    assert_text_refused("int main(void)\n{\n    return 0;\n}\n", "Lambda log");
    assert_text_refused("name,age\nx,3\ny,4\n", "Lambda log");
    assert_text_refused("\n\n\n", "Lambda log");
}

/* Read as lines, a wrapped or quoted message could hide that an invocation failed. */
static void output_of_the_aws_command_that_breaks_messages_up_is_refused(void **state)
{
    (void)state;
    assert_text_refused("--------------------------------\n|        get-log-events        |\n"
                        "+------------------------------+\n||            events          ||\n"
                        "||  1795528918151|  START RequestId: 1 Version: 2\n   |  1795528918101 ||\n",
                        "a table");
    assert_text_refused("events:\n- eventId: '3333'\n  ingestionTime: 1795528918151\n"
                        "  message: 'START RequestId: 1 Version: 2\n\n    '\n",
                        "YAML");
    assert_text_refused("Complete\nRESULTS\t@timestamp\t2026-11-24 14:01:58.101\n"
                        "RESULTS\t@message\t[ERROR] KeyError: 'x'\n\n",
                        "query's result");
}

/* The least that is read: each line alone, between lines that say nothing. */
static const char *const signs_of_lambda[] = {
    "START RequestId: 7c9567b5-107b-4a6c-8798-0157ac21db52 Version: $LATEST",
    "    REPORT RequestId: 7c9567b5-107b-4a6c-8798-0157ac21db52\tDuration: 1 ms\t",
    "INIT_START Runtime Version: python:3.12.v43\tRuntime Version ARN: x",
    "Task timed out after 60.00 seconds",
    "RequestId: 45b36944-5896-4d3b-a4eb-b2af494eb662 Error: Runtime exited with error: signal: killed",
    "[ERROR] KeyError: 'order'",
    "2026-11-24T14:01:58.101Z\t7c9567b5-107b-4a6c-8798-0157ac21db52\tINFO\thello",
    "[INFO]\t2026-11-24T14:01:58.101Z\t7c9567b5-107b-4a6c-8798-0157ac21db52\thello",
    "Traceback (most recent call last):",
    "java.lang.OutOfMemoryError: Metaspace",
    "    at Request.extractError (/home/app/node_modules/aws-sdk/lib/protocol/json.js:52:27)",
    "panic: runtime error: index out of range [5] with length 3",
    "thread 'main' panicked at src/main.rs:17:10:",
    "User: x is not authorized to perform: s3:GetObject on resource: y",
    "connect ECONNREFUSED 127.0.0.1:5432",
    "Unable to import module 'index': Error",
    "  \"errorMessage\": \"boom\"",
    "{\"level\":\"INFO\",\"message\":\"started\"}",
    "{\"time\":\"2026-11-24T14:01:58.101Z\",\"type\":\"platform.start\",\"record\":{}}",
};

static void one_line_of_each_kind_makes_text_a_log(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof signs_of_lambda / sizeof *signs_of_lambda; i++) {
        struct capture c = {0};
        char text[400];
        int len = snprintf(text, sizeof text, "some words\nmore of them\n%s\n", signs_of_lambda[i]);
        capture_bytes(&c, "line.log", text, (size_t)len);
        if (c.failed || c.count != 3)
            fail_msg("%s: %zu lines, %s", signs_of_lambda[i], c.count, c.err.text);
        capture_release(&c);
    }
}

/* The first block says nothing: only the end can tell. */
static void capture_long(struct capture *c, const char *last)
{
    struct buf all;
    buf_init(&all, 8 * 1024 * 1024);
    while (all.len < 3 * 1024 * 1024)
        buf_add(&all, STR("words that no log would tell from any others\n"));
    buf_add(&all, str_of(last));
    capture_bytes(c, "long.log", all.at, all.len);
    buf_release(&all);
}

static void a_long_text_is_judged_at_its_end(void **state)
{
    struct capture none = {0}, late = {0};
    (void)state;
    capture_long(&none, "the end\n");
    assert_true(none.failed);
    assert_int_equal(none.err.code, ERR_INPUT_FORMAT);
    capture_long(&late, "END RequestId: 1\n");
    assert_false(late.failed);
    assert_true(late.done);
    assert_string_equal(late.events[late.count - 1].message, "END RequestId: 1");
    capture_release(&none);
    capture_release(&late);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_log_is_refused_with_its_kind),
        cmocka_unit_test(text_without_a_line_of_a_lambda_log_is_refused),
        cmocka_unit_test(output_of_the_aws_command_that_breaks_messages_up_is_refused),
        cmocka_unit_test(one_line_of_each_kind_makes_text_a_log),
        cmocka_unit_test(a_long_text_is_judged_at_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
