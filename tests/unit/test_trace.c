#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "src/model/trace_inside.h"

/* Traces from documents in the shapes that Lambda and the SDKs write. Every figure below is worked
 * out by hand from the times in the document beside it. */

static void begin(struct trace *t)
{
    trace_init(t, STR("1-5e1b4151-5ac6c58d40ec4fc1a6e8d3f1"));
}

static const struct span *find(const struct trace *t, const char *name)
{
    for (size_t i = 0; i < t->count; i++)
        if (str_eq(t->spans[i].name, str_of(name)))
            return &t->spans[i];
    fail_msg("no span %s", name);
    return NULL;
}

static void seconds_are_read_without_rounding(void **state)
{
    static const struct { const char *text; int64_t us; } good[] = {
        {"0", 0}, {"1", 1000000}, {"1795527838.16", 1795527838160000},
        {"1795527838.163999", 1795527838163999}, {"1.767E9", 1767000000000000},
        {"1.7955278381639991e9", 1795527838163999}, {"5e-3", 5000}, {"0.0000009", 0},
        {"1479217.12345678901234567890", 1479217123456}};
    static const char *const bad[] = {"", "-1", "NaN", "1e99", "999999999999999999999", "1.", ".5",
                                      "1e", "12x", "300000000000"};
    int64_t us;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        us = -7;
        assert_true(trace_seconds(str_of(good[i].text), &us));
        assert_int_equal(us, good[i].us);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(trace_seconds(str_of(bad[i]), &us));
}

#define SERVICE                                                                                    \
    "{\"id\":\"aaaa\",\"name\":\"orders\",\"start_time\":100.0,\"end_time\":130.2,"                \
    "\"origin\":\"AWS::Lambda\",\"aws\":{\"request_id\":\"req-1\"},\"http\":{\"response\":{\"status\":200}}}"
#define FUNCTION                                                                                   \
    "{\"id\":\"bbbb\",\"parent_id\":\"aaaa\",\"name\":\"orders\",\"start_time\":100.1,"            \
    "\"end_time\":130.1,\"origin\":\"AWS::Lambda::Function\",\"fault\":true,\"subsegments\":["     \
    "{\"id\":\"c2\",\"name\":\"DynamoDB\",\"namespace\":\"aws\",\"start_time\":100.3,"             \
    "\"end_time\":130.0,\"throttle\":true,\"aws\":{\"operation\":\"PutItem\","                     \
    "\"table_name\":\"results\",\"retries\":7},\"http\":{\"response\":{\"status\":400}},"          \
    "\"cause\":{\"exceptions\":[{\"type\":\"Throttled\",\"message\":\"too \\u00fcber\","           \
    "\"stack\":[{\"line\":1},{\"line\":2}]}]}},"                                                   \
    "{\"id\":\"c1\",\"name\":\"Initialization\",\"start_time\":100.1,\"end_time\":100.2}]}"

static void documents_are_joined_by_their_parents(void **state)
{
    struct trace t;
    (void)state;
    begin(&t);
    assert_true(trace_add(&t, STR(FUNCTION))); /* the child's document first */
    assert_true(trace_add(&t, STR(SERVICE)));
    trace_join(&t);
    assert_int_equal(t.count, 4);
    assert_int_equal(t.duration_us, 30200000);
    assert_int_equal(t.spans[1].parent, 0);
    assert_int_equal(t.spans[1].depth, 1);
    assert_true(str_eq(t.spans[2].name, STR("Initialization"))); /* by start */
    assert_true(str_eq(t.spans[3].operation, STR("PutItem")));
    assert_true(str_eq(t.spans[3].resource, STR("results")));
    assert_int_equal(t.spans[3].retries, 7);
    assert_int_equal(t.spans[3].status, 400);
    assert_int_equal(t.spans[3].flags & SPAN_THROTTLE, SPAN_THROTTLE);
    assert_int_equal(t.spans[3].exception_frames, 2);
    assert_true(str_eq(t.spans[3].exception_message, STR("too \xc3\xbc" "ber")));
    assert_true(str_eq(t.request_id, STR("req-1")));
    assert_false(t.partial);
    trace_release(&t);
}

static void self_time_is_what_no_descendant_covers(void **state)
{
    struct trace t;
    (void)state;
    begin(&t);
    assert_true(trace_add(&t, STR(SERVICE)));
    assert_true(trace_add(&t, STR(FUNCTION)));
    trace_join(&t);
    assert_int_equal(t.spans[0].self_us, 200000);  /* 30.2 s less the 30.0 of the function */
    assert_int_equal(t.spans[1].self_us, 200000);  /* 30.0 less 0.1 and 29.7 */
    assert_int_equal(t.spans[3].self_us, 29700000);
    assert_int_equal(t.bottleneck, 3);
    assert_int_equal(t.spans[3].share_millionths, 990000); /* 29.7 of 30.0 */
    assert_int_equal(t.gap_count, 2);
    assert_int_equal(t.gaps[0].start_us, 200000);          /* 100.2 to 100.3 */
    assert_int_equal(t.gaps[0].end_us, 300000);
    assert_int_equal(t.gaps[1].start_us, 30000000);        /* 130.0 to 130.1 */
    assert_true(t.spans[0].critical && t.spans[1].critical && t.spans[3].critical);
    trace_release(&t);
}

static void calls_side_by_side_are_covered_once(void **state)
{
    struct trace t;
    (void)state;
    begin(&t);
    assert_true(trace_add(&t, STR("{\"id\":\"a\",\"name\":\"f\",\"start_time\":0,\"end_time\":10,\"subsegments\":["
                                  "{\"id\":\"b\",\"name\":\"x\",\"start_time\":1,\"end_time\":5},"
                                  "{\"id\":\"c\",\"name\":\"y\",\"start_time\":3,\"end_time\":8,\"subsegments\":["
                                  "{\"id\":\"d\",\"name\":\"late\",\"start_time\":7,\"end_time\":9}]}]}")));
    trace_join(&t);
    assert_int_equal(find(&t, "f")->self_us, 2000000); /* 0-1 and 9-10 */
    assert_int_equal(find(&t, "y")->self_us, 4000000); /* 3-7; 7-8 is its child's */
    assert_int_equal(find(&t, "late")->self_us, 2000000);
    assert_false(find(&t, "x")->critical);             /* y, begun before x ended, was waited for */
    assert_true(find(&t, "y")->critical);
    trace_release(&t);
}

static void an_open_span_has_no_end_and_no_self_time(void **state)
{
    struct trace t;
    (void)state;
    begin(&t);
    assert_true(trace_add(&t, STR("{\"id\":\"a\",\"name\":\"f\",\"start_time\":1,\"end_time\":4,\"subsegments\":["
                                  "{\"id\":\"b\",\"name\":\"open\",\"start_time\":2,\"in_progress\":true}]}")));
    trace_join(&t);
    assert_true(t.partial);
    assert_int_equal(find(&t, "open")->end_us, ABSENT);
    assert_int_equal(find(&t, "open")->self_us, ABSENT);
    assert_int_equal(find(&t, "f")->self_us, 1000000); /* the open call has the rest */
    trace_release(&t);
}

static void an_id_that_occurs_twice_stands_once(void **state)
{
    struct trace t;
    (void)state;
    begin(&t);
    assert_true(trace_add(&t, STR("{\"id\":\"a\",\"name\":\"f\",\"start_time\":1,\"in_progress\":true}")));
    assert_true(trace_add(&t, STR("{\"id\":\"a\",\"name\":\"f\",\"start_time\":1,\"end_time\":3}")));
    trace_join(&t);
    assert_int_equal(t.count, 1);
    assert_int_equal(t.spans[0].end_us, 2000000); /* the finished one */
    assert_false(t.partial);
    trace_release(&t);
}

static void circles_and_missing_parents_are_roots(void **state)
{
    struct trace t;
    (void)state;
    begin(&t);
    assert_true(trace_add(&t, STR("{\"id\":\"a\",\"parent_id\":\"b\",\"name\":\"a\",\"start_time\":1,\"end_time\":2}")));
    assert_true(trace_add(&t, STR("{\"id\":\"b\",\"parent_id\":\"a\",\"name\":\"b\",\"start_time\":1,\"end_time\":2}")));
    assert_true(trace_add(&t, STR("{\"id\":\"c\",\"parent_id\":\"c\",\"name\":\"c\",\"start_time\":1,\"end_time\":2}")));
    assert_true(trace_add(&t, STR("{\"id\":\"d\",\"parent_id\":\"zz\",\"name\":\"d\",\"start_time\":5,\"end_time\":2}")));
    trace_join(&t);
    assert_int_equal(t.count, 4);
    assert_int_equal(find(&t, "d")->flags & SPAN_ORPHAN, SPAN_ORPHAN);
    assert_int_equal(find(&t, "d")->flags & SPAN_BACKWARDS, SPAN_BACKWARDS);
    assert_int_equal(find(&t, "d")->self_us, 0);
    assert_int_equal(find(&t, "c")->parent, SPAN_NONE);
    assert_int_equal(find(&t, "a")->depth + find(&t, "b")->depth, 1); /* the circle is cut once */
    trace_release(&t);
}

static void a_chain_of_ten_thousand_documents_ends(void **state)
{
    struct trace t;
    char document[160];
    (void)state;
    begin(&t);
    for (int i = 0; i < 10000; i++) {
        snprintf(document, sizeof document, "{\"id\":\"s%d\",\"parent_id\":\"s%d\",\"name\":\"n\",\"start_time\":%d.5,\"end_time\":%d.9}",
                 i, i - 1, i, i);
        assert_true(trace_add(&t, str_of(document)));
    }
    trace_join(&t);
    assert_int_equal(t.count, 10000);
    for (size_t i = 0; i < t.count; i++) {
        assert_true(t.spans[i].depth <= TRACE_DEPTH_MAX);
        assert_int_equal(t.spans[i].self_us, 400000);
    }
    trace_release(&t);
}

static void what_is_no_document_is_counted(void **state)
{
    static const char *const bad[] = {"", "null", "[1]", "<html>", "{\"id\":\"x\",\"start_time\":"};
    struct trace t;
    char deep[4000];
    size_t len = 0;
    (void)state;
    begin(&t);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(trace_add(&t, str_of(bad[i])));
    assert_int_equal(t.broken, 5);
    for (int i = 0; i < 200; i++)
        len += (size_t)snprintf(deep + len, sizeof deep - len, "{\"subsegments\":[");
    assert_false(trace_add(&t, str_of(deep)));
    trace_join(&t);
    assert_true(t.partial);
    trace_release(&t);
}

static void ids_of_both_forms_are_known(void **state)
{
    (void)state;
    assert_true(trace_is_id(STR("1-5e1b4151-5ac6c58d40ec4fc1a6e8d3f1")));
    assert_true(trace_is_id(STR("5e1b41515ac6c58d40ec4fc1a6e8d3f1")));
    assert_false(trace_is_id(STR("1-5e1b4151-5ac6c58d40ec4fc1a6e8d3fg")));
    assert_false(trace_is_id(STR("8f5a3c1e-0d2b-4e77-9c1d-2f6b7a9d0e11")));
    assert_true(str_eq(trace_id_of(STR("{\"id\":\"a\",\"trace_id\":\"1-x\"}")), STR("1-x")));
    assert_int_equal(trace_id_of(STR("{\"id\":\"a\"}")).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seconds_are_read_without_rounding),
        cmocka_unit_test(documents_are_joined_by_their_parents),
        cmocka_unit_test(self_time_is_what_no_descendant_covers),
        cmocka_unit_test(calls_side_by_side_are_covered_once),
        cmocka_unit_test(an_open_span_has_no_end_and_no_self_time),
        cmocka_unit_test(an_id_that_occurs_twice_stands_once),
        cmocka_unit_test(circles_and_missing_parents_are_roots),
        cmocka_unit_test(a_chain_of_ten_thousand_documents_ends),
        cmocka_unit_test(what_is_no_document_is_counted),
        cmocka_unit_test(ids_of_both_forms_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
