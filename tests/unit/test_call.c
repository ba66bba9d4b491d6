/* A question as a value: what stands in a path or a query is percent-encoded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "src/aws/call.h"

static void names_are_encoded_as_one_segment(void **state)
{
    struct call call;
    (void)state;
    call_init(&call, SERVICE_LAMBDA, "GetFunctionConfiguration", "pay:prod");
    call_add_segment(&call, STR("2015-03-31"));
    call_add_segment(&call, STR("pay:prod/$x ~\xC3\xA9"));
    call_add_query(&call, "Qualifier", STR("$LATEST"));
    call_add_query(&call, "Marker", STR("a+b=&c"));
    assert_true(str_eq(buf_str(&call.path), STR("/2015-03-31/pay%3Aprod%2F%24x%20~%C3%A9")));
    assert_true(str_eq(buf_str(&call.query), STR("Qualifier=%24LATEST&Marker=a%2Bb%3D%26c")));
    assert_string_equal(call.permission, "lambda:GetFunctionConfiguration");
    assert_string_equal(call.resource, "pay:prod");
    call_release(&call);
    call_release(&(struct call){0});
}

static void a_permission_is_named_as_iam_names_it(void **state)
{
    struct call call;
    (void)state;
    call_init(&call, SERVICE_METRICS, "GetMetricData", "metrics");
    assert_string_equal(call.permission, "cloudwatch:GetMetricData");
    assert_string_equal(call.method, "POST");
    call_release(&call);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_encoded_as_one_segment),
        cmocka_unit_test(a_permission_is_named_as_iam_names_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
