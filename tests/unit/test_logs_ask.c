/* The questions to CloudWatch Logs, and what it says about a group. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "src/aws/json.h"
#include "src/aws/logs.h"

static void assert_body(struct call *call, const char *expected)
{
    if (!str_eq(buf_str(&call->body), str_of(expected)))
        fail_msg("%.*s", STR_ARG(buf_str(&call->body)));
    assert_true(str_eq(buf_str(&call->path), STR("/")));
    assert_string_equal(call->method, "POST");
    assert_false(call->has_effect);
    call_release(call);
}

static void events_are_asked_for_over_the_whole_group(void **state)
{
    struct call call;
    (void)state;
    logs_ask_events(&call, &(struct logs_filter){.group = "/aws/lambda/pay", .start_unix_ms = 1795528800000,
                                                 .end_unix_ms = TIME_NONE});
    assert_string_equal(call.operation, "FilterLogEvents");
    assert_string_equal(call.permission, "logs:FilterLogEvents");
    assert_string_equal(call.resource, "/aws/lambda/pay");
    assert_body(&call, "{\"logGroupName\":\"/aws/lambda/pay\",\"startTime\":1795528800000,\"limit\":10000}");
    logs_ask_events(&call, &(struct logs_filter){.group = "g", .stream = "2026/11/24/[$LATEST]aa", .start_unix_ms = -5,
                                                 .end_unix_ms = 7, .pattern = "?\"a b\" ?c", .token = "t/+=", .limit = 5});
    assert_body(&call, "{\"logGroupName\":\"g\",\"logStreamNames\":[\"2026/11/24/[$LATEST]aa\"],\"startTime\":0,\"endTime\":7,"
                       "\"filterPattern\":\"?\\\"a b\\\" ?c\",\"nextToken\":\"t/+=\",\"limit\":5}");
}

static void a_group_is_found_with_its_class(void **state)
{
    static const char body[] =
        "{\"logGroups\":[{\"logGroupName\":\"/aws/lambda/pay-2\"},"
        "{\"logGroupName\":\"/aws/lambda/pay\",\"logGroupClass\":\"INFREQUENT_ACCESS\",\"retentionInDays\":14,"
        "\"creationTime\":1795528800000,\"storedBytes\":0}],\"nextToken\":\"more\"}";
    struct logs_group group;
    struct err err = {0};
    char token[64];
    bool found;
    (void)state;
    assert_true(logs_decode_group(str_of(body), "/aws/lambda/pay", &group, &found, token, sizeof token, &err));
    assert_true(found);
    assert_int_equal(group.class, LOGS_CLASS_INFREQUENT);
    assert_int_equal(group.retention_days, 14);
    assert_string_equal(token, "more");
    assert_true(logs_decode_group(str_of(body), "/aws/lambda/pa", &group, &found, token, sizeof token, &err));
    assert_false(found);
    assert_true(logs_decode_group(STR("{\"logGroups\":[{\"logGroupName\":\"d\",\"logGroupClass\":\"DELIVERY\"}]}"), "d",
                                  &group, &found, token, sizeof token, &err));
    assert_true(found);
    assert_int_equal(group.class, LOGS_CLASS_DELIVERY);
    assert_string_equal(token, "");
    assert_false(logs_decode_group(STR("{\"logGroups\":[1]}"), "d", &group, &found, token, sizeof token, &err));
    assert_string_equal(err.text, "reading DescribeLogGroups: logGroups[0]: an integer where an object belongs");
    call_release(&(struct call){0});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_are_asked_for_over_the_whole_group),
        cmocka_unit_test(a_group_is_found_with_its_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
