/* ListFunctions as values, and errors that name the member. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "src/aws/lambda.h"

static void functions_have_their_configuration(void **state)
{
    static const char body[] =
        "{\"Functions\":[{\"FunctionName\":\"pay\",\"Runtime\":\"nodejs22.x\",\"Timeout\":30,\"MemorySize\":512,"
        "\"LastModified\":\"2026-01-02T03:04:05.678+0000\",\"Version\":\"$LATEST\",\"TracingConfig\":{\"Mode\":\"Active\"},"
        "\"LoggingConfig\":{\"LogFormat\":\"JSON\",\"LogGroup\":\"/shared\"},\"Unknown\":[1]},"
        "{\"FunctionName\":\"image\",\"PackageType\":\"Image\",\"TracingConfig\":{\"Mode\":\"PassThrough\"},"
        "\"LoggingConfig\":null}],\"NextMarker\":\"m\"}";
    struct lambda_functions f;
    struct err err = {0};
    (void)state;
    assert_true(lambda_decode_functions((struct str){body, sizeof body - 1}, &f, &err));
    assert_int_equal(f.count, 2);
    assert_string_equal(f.at[0].name, "pay");
    assert_string_equal(f.at[0].runtime, "nodejs22.x");
    assert_string_equal(f.at[0].log_group, "/shared");
    assert_int_equal(f.at[0].timeout_ms, 30000);
    assert_int_equal(f.at[0].memory_mb, 512);
    assert_true(f.at[0].last_modified_unix_ms == INT64_C(1767323045678));
    assert_true(f.at[0].json_logs && f.at[0].tracing_active && f.at[0].has_config);
    assert_string_equal(f.at[1].runtime, "container");
    assert_string_equal(f.at[1].log_group, "/aws/lambda/image");
    assert_int_equal(f.at[1].memory_mb, ABSENT);
    assert_int_equal(f.at[1].timeout_ms, ABSENT);
    assert_true(f.at[1].last_modified_unix_ms == TIME_NONE);
    assert_false(f.at[1].tracing_active);
    assert_string_equal(f.next_marker, "m");
    lambda_functions_release(&f);
    lambda_functions_release(&f);
}

static void an_odd_answer_is_refused_with_the_path(void **state)
{
    static const struct {
        const char *body, *words;
    } odd[] = {
        {"", "line 1"},
        {"<html>", "line 1"},
        {"{}", "Functions: not set"},
        {"[]", "Functions: not set"},
        {"{\"Functions\":[1]}", "Functions[0]: an integer where an object belongs"},
        {"{\"Functions\":[{}]}", "Functions[0].FunctionName: not set"},
        {"{\"Functions\":[{\"FunctionName\":\"a\"},{\"FunctionName\":\"b\",\"Timeout\":\"3\"}]}",
         "Functions[1].Timeout: text where an integer belongs"},
        {"{\"Functions\":[{\"FunctionName\":\"a\",\"LoggingConfig\":{\"LogGroup\":7}}]}",
         "Functions[0].LoggingConfig.LogGroup: an integer where text belongs"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        struct lambda_functions f;
        struct err err = {0};
        assert_false(lambda_decode_functions(str_of(odd[i].body), &f, &err));
        if (!str_has(str_of(err.text), str_of(odd[i].words)))
            fail_msg("%s: %s", odd[i].body, err.text);
        assert_null(f.at);
        assert_int_equal(f.count, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_have_their_configuration),
        cmocka_unit_test(an_odd_answer_is_refused_with_the_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
