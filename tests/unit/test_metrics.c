/* GetMetricData: what is asked, and sums that never pass through floating point. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "src/aws/json.h"
#include "src/aws/metrics.h"

static void a_call_asks_four_figures_a_function(void **state)
{
    struct function functions[METRICS_FUNCTIONS + 1];
    struct call call;
    struct err err = {0};
    json_t *root;
    (void)state;
    for (size_t i = 0; i <= METRICS_FUNCTIONS; i++)
        snprintf(functions[i].name, sizeof functions[i].name, "f\"%zu", i);
    metrics_ask(&call, functions, METRICS_FUNCTIONS + 1, 1795528800123, 1795532400123, "next");
    assert_true(json_read(&root, buf_str(&call.body), "the question", &err));
    const json_t *queries = json_object_get(root, "MetricDataQueries");
    assert_int_equal(json_array_size(queries), 500);
    const json_t *last = json_array_get(queries, 499), *stat = json_object_get(last, "MetricStat");
    const json_t *metric = json_object_get(stat, "Metric");
    const json_t *dimension = json_array_get(json_object_get(metric, "Dimensions"), 0);
    assert_string_equal(json_string_value(json_object_get(last, "Id")), "f124m3");
    assert_string_equal(json_string_value(json_object_get(metric, "MetricName")), "Duration");
    assert_string_equal(json_string_value(json_object_get(metric, "Namespace")), "AWS/Lambda");
    assert_string_equal(json_string_value(json_object_get(dimension, "Value")), "f\"124");
    assert_string_equal(json_string_value(json_object_get(stat, "Stat")), "Sum");
    assert_int_equal(json_integer_value(json_object_get(stat, "Period")), 300); /* an hour: twelve */
    assert_int_equal(json_integer_value(json_object_get(root, "StartTime")), 1795528800);
    assert_int_equal(json_integer_value(json_object_get(root, "EndTime")), 1795532460);
    assert_string_equal(json_string_value(json_object_get(root, "NextToken")), "next");
    assert_string_equal(call.permission, "cloudwatch:GetMetricData");
    json_decref(root);
    call_release(&call);
}

static void pages_add_up_to_a_functions_figures(void **state)
{
    static const char first[] =
        "{\"Messages\":[],\"MetricDataResults\":["
        "{\"Id\":\"f0m0\",\"Label\":\"x\",\"Timestamps\":[1.7955288E9,1795529100],\"Values\":[3.0,1.2E1],\"StatusCode\":\"Complete\"},"
        "{\"Id\":\"f0m1\",\"Values\":[2],\"StatusCode\":\"Complete\"},"
        "{\"Id\":\"f0m2\",\"Values\":[],\"StatusCode\":\"Complete\"},"
        "{\"Id\":\"f0m3\",\"Values\":[1000.125],\"StatusCode\":\"PartialData\"},"
        "{\"Id\":\"f1m0\",\"Values\":[7],\"StatusCode\":\"Forbidden\"},"
        "{\"Id\":\"f9m0\",\"Values\":[7]},{\"Id\":\"f0m4\",\"Values\":[7]},{\"Id\":\"x\",\"Values\":[7]},{}],"
        "\"NextToken\":\"a\\u0022b\"}";
    static const char second[] =
        "{\"MetricDataResults\":[{\"Id\":\"f0m3\",\"Values\":[499.875],\"StatusCode\":\"Complete\"}]}";
    struct metrics_sums sums[2] = {0};
    struct function_metrics m;
    struct err err = {0};
    char token[64];
    bool partly = false;
    (void)state;
    assert_true(metrics_decode(str_of(first), sums, 2, token, sizeof token, &partly, &err));
    assert_string_equal(token, "a\"b");
    assert_true(partly);
    assert_true(metrics_decode(str_of(second), sums, 2, token, sizeof token, &partly, &err));
    assert_string_equal(token, "");
    metrics_to_function(&sums[0], 5, 6, &m);
    assert_int_equal(m.invocations, 15);
    assert_int_equal(m.errors, 2);
    assert_int_equal(m.throttles, 0); /* an answer without values: none */
    assert_int_equal(m.duration_us, 100000);
    assert_true(m.since_unix_ms == 5 && m.until_unix_ms == 6);
    metrics_to_function(&sums[1], 5, 6, &m);
    assert_int_equal(m.invocations, ABSENT); /* no answer: not known */
    assert_int_equal(m.errors, ABSENT);
    assert_int_equal(m.duration_us, ABSENT);
}

static int64_t sum_of(const char *value)
{
    struct metrics_sums sums[1] = {0};
    struct err err = {0};
    char body[256], token[8];
    bool partly = false;
    snprintf(body, sizeof body, "{\"MetricDataResults\":[{\"Id\":\"f0m0\",\"Values\":[%s]}]}", value);
    assert_true(metrics_decode(str_of(body), sums, 1, token, sizeof token, &partly, &err));
    assert_true(sums[0].known[0]);
    return sums[0].milli[0];
}

static void numbers_of_every_form_are_thousandths(void **state)
{
    (void)state;
    assert_true(sum_of("0") == 0);
    assert_true(sum_of("17") == 17000);
    assert_true(sum_of("1.767E9") == INT64_C(1767000000000));
    assert_true(sum_of("1.767e+3") == 1767000);
    assert_true(sum_of("1250E-2") == 12500);
    assert_true(sum_of("0.0019") == 1);
    assert_true(sum_of("12.3456789012345678901234567890") == 12345);
    assert_true(sum_of("-4") == 0);
    assert_true(sum_of("1e400") == INT64_MAX / 4);
    assert_true(sum_of("1e99999999999999999999") == INT64_MAX / 4);
    assert_true(sum_of("1e-99999999999999999999") == 0);
    assert_true(sum_of("99999999999999999999999999") == INT64_MAX / 4);
    assert_true(sum_of("1e400,1e400") == INT64_MAX / 4);
    assert_true(sum_of("\"3\",null,4") == 4000);
}

static void what_is_no_answer_is_refused(void **state)
{
    static const char *const bodies[] = {"", "<html>", "[]", "{}", "{\"MetricDataResults\":3}",
                                         "{\"MetricDataResults\":[{\"Id\":\"f0m0\""};
    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct metrics_sums sums[1] = {0};
        struct err err = {0};
        char token[8];
        bool partly = false;
        if (metrics_decode(str_of(bodies[i]), sums, 1, token, sizeof token, &partly, &err))
            fail_msg("taken: %s", bodies[i]);
        assert_true(str_has(str_of(err.text), STR("GetMetricData")));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_asks_four_figures_a_function),
        cmocka_unit_test(pages_add_up_to_a_functions_figures),
        cmocka_unit_test(numbers_of_every_form_are_thousandths),
        cmocka_unit_test(what_is_no_answer_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
