#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/log_store.h"
#include "ui/figures.h"
#include "ui/function_columns.h"

static void refresh(struct function_list *list, struct store *store, int64_t budget_us)
{
    struct store_status status;
    bool busy = true;
    store_read_status(store, &status);
    for (int i = 0; i < 10000 && busy; i++)
        function_list_refresh(list, store, &status, budget_us, &busy);
    assert_false(busy);
}

static void judge(struct store *store, uint64_t seq, enum failure_class class, uint32_t function)
{
    struct invocation inv = log_store_verdict(seq, class);
    log_store_row(store, seq, LINE_REPORT, function, inv.start_unix_ms, "REPORT");
    log_store_judge(store, &inv, function);
}

static const char *name_at(const struct function_list *list, uint32_t row)
{
    const struct function_entry *e = function_list_at(list, row);
    return e ? e->name : "";
}

/* Four functions: with two, one, no and no failures. */
static struct store *four(void)
{
    struct store *store = log_store_new(1u << 20);
    uint32_t a = log_store_function(store, "alpha-work"), b = log_store_function(store, "beta"),
             c = log_store_function(store, "Gamma-Work"), d = log_store_function(store, "delta");
    judge(store, 1, FAILURE_SUCCESS, a);
    judge(store, 2, FAILURE_TIMEOUT, c);
    judge(store, 3, FAILURE_TIMEOUT, d);
    judge(store, 4, FAILURE_MEMORY, d);
    judge(store, 5, FAILURE_SUCCESS, b);
    judge(store, 6, FAILURE_SUCCESS, b);
    return store;
}

static void most_failures_come_first_and_names_decide_ties(void **state)
{
    (void)state;
    struct store *store = four();
    struct function_list list;
    function_list_init(&list);
    refresh(&list, store, 5000);
    assert_int_equal(list.shown, 4);
    assert_string_equal(name_at(&list, 0), "delta");
    assert_string_equal(name_at(&list, 1), "Gamma-Work");
    assert_string_equal(name_at(&list, 2), "alpha-work");
    assert_string_equal(name_at(&list, 3), "beta");
    function_list_sort(&list, FUNCTION_BY_NAME, true);
    assert_string_equal(name_at(&list, 0), "delta");
    assert_string_equal(name_at(&list, 3), "Gamma-Work");
    function_list_sort(&list, FUNCTION_BY_CLASS + FAILURE_MEMORY, false);
    assert_string_equal(name_at(&list, 0), "delta");
    function_list_sort(&list, FUNCTION_BY_INVOCATIONS, false);
    assert_int_equal(function_list_at(&list, 3)->invocations, 1);
    function_list_release(&list);
    store_free(store);
}

static void the_filter_narrows_without_regard_to_case_and_turns_round(void **state)
{
    (void)state;
    static const struct { const char *filter; uint32_t shown;
    } cases[] = {
        {"work", 2}, {"WORK", 2}, {"!work", 2}, {"a work", 2}, {"alpha work", 1},
        {"none", 0}, {"", 4},     {"!", 4},     {" ", 4},
    };
    struct store *store = four();
    struct function_list list;
    function_list_init(&list);
    refresh(&list, store, 5000);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        function_list_filter(&list, str_of(cases[i].filter));
        assert_int_equal(list.shown, cases[i].shown);
    }
    function_list_release(&list);
    store_free(store);
}

static void ten_thousand_are_read_in_slices_and_none_is_missed(void **state)
{
    (void)state;
    struct store *store = log_store_new(1u << 20);
    struct function_list list;
    struct store_status status;
    bool busy;
    char name[32];
    for (int i = 0; i < 10000; i++) {
        snprintf(name, sizeof name, "function-%d", i);
        log_store_function(store, name);
    }
    function_list_init(&list);
    store_read_status(store, &status);
    function_list_refresh(&list, store, &status, 0, &busy);
    assert_true(busy);
    assert_true(list.shown > 0);
    refresh(&list, store, 0);
    assert_int_equal(list.count, 10000);
    assert_int_equal(list.shown, 10000);
    for (uint32_t i = 0; i < 10000; i += 997)
        assert_int_equal(function_list_at(&list, function_list_find(&list, i))->index, i);
    store_read_status(store, &status);
    assert_false(function_list_refresh(&list, store, &status, 0, &busy));
    assert_false(busy);
    function_list_release(&list);
    store_free(store);
}

static void columns_fit_any_width_and_classes_come_together(void **state)
{
    (void)state;
    for (int cols = 20; cols <= 300; cols++) {
        struct function_columns shown;
        int classes = 0;
        function_columns_fit(&shown, cols, 24, false);
        for (int i = 0; i < shown.count; i++) {
            assert_true(shown.at[i] + shown.cols[i] <= cols);
            assert_true(i == 0 || shown.at[i] == shown.at[i - 1] + shown.cols[i - 1]);
            classes += shown.cols[i] == 4;
        }
        assert_true(classes == 0 || classes == 8);
        assert_true(cols < 78 || classes == 8);
        assert_true(cols < 150 || shown.count == 18);
    }
}

static void what_cloudwatch_counts_is_shown_where_it_is_known(void **state)
{
    (void)state;
    for (int cols = 20; cols <= 300; cols++) {
        struct function_columns without, with;
        function_columns_fit(&without, cols, 24, false);
        function_columns_fit(&with, cols, 24, true);
        assert_true(with.at[with.count - 1] + with.cols[with.count - 1] <= cols);
        assert_true(cols < 180 || with.count == without.count + 4);
        assert_true(cols < 50 || with.count > 2); /* the errors, at least */
    }
}

static void sorting_by_the_next_column_comes_round(void **state)
{
    (void)state;
    struct function_columns shown;
    unsigned key = FUNCTION_BY_FAILURES, steps = 0;
    function_columns_fit(&shown, 78, 20, false);
    do
        key = function_columns_next_key(&shown, key);
    while (++steps < 100 && key != FUNCTION_BY_FAILURES);
    assert_int_equal(steps, shown.count);
}

static void figures_keep_their_width(void **state)
{
    (void)state;
    static const struct { uint64_t count; const char *text;
    } counts[] = {
        {0, "0"},          {99999, "99999"},    {100000, "100k"},    {999999, "999k"},
        {1000000, "1.0M"}, {99999999, "99.9M"}, {100000000, "100M"}, {UINT64_MAX, "9999M"},
    };
    static const struct { int64_t age_ms; const char *text;
    } ages[] = {
        {0, "now"},          {59999, "now"},          {60000, "1m"},          {99 * 60000, "99m"},
        {100 * 60000, "1h"}, {47 * 3600000LL, "47h"}, {48 * 3600000LL, "2d"}, {-5, "now"},
    };
    static const struct { int64_t ns; const char *text;
    } spans[] = {
        {-1, "-"},
        {0, "0 ms"},
        {999999999, "999 ms"},
        {29870000000, "29.87 s"},
        {252000000000, "4 min 12 s"},
    };
    char out[FIGURE_SIZE];
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        figure_count(counts[i].count, out);
        assert_string_equal(out, counts[i].text);
    }
    for (size_t i = 0; i < sizeof ages / sizeof *ages; i++) {
        figure_age(LOG_START_UNIX_MS, LOG_START_UNIX_MS - ages[i].age_ms, out);
        assert_string_equal(out, ages[i].text);
    }
    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
        figure_span(spans[i].ns, out);
        assert_string_equal(out, spans[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(most_failures_come_first_and_names_decide_ties),
        cmocka_unit_test(the_filter_narrows_without_regard_to_case_and_turns_round),
        cmocka_unit_test(ten_thousand_are_read_in_slices_and_none_is_missed),
        cmocka_unit_test(columns_fit_any_width_and_classes_come_together),
        cmocka_unit_test(what_cloudwatch_counts_is_shown_where_it_is_known),
        cmocka_unit_test(sorting_by_the_next_column_comes_round),
        cmocka_unit_test(figures_keep_their_width),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
