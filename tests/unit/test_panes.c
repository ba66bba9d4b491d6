#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/stage.h"

/* The panes on a canvas: what is read from its cells is what a terminal would show. */

/* Three lines an invocation; every fourth one fails by timeout. */
static void add_invocations(struct stage *s, uint64_t from, uint64_t past)
{
    char text[200];
    for (uint64_t seq = from; seq < past; seq++) {
        int64_t at = LOG_START_UNIX_MS + (int64_t)seq * 1000;
        struct invocation inv = log_store_verdict(seq, seq % 4 ? FAILURE_SUCCESS : FAILURE_TIMEOUT);
        struct str id = invocation_text(&inv, inv.request_id);
        snprintf(text, sizeof text, "START RequestId: %.*s Version: 1", STR_ARG(id));
        log_store_row(s->console.store, seq, LINE_START, 0, at, text);
        snprintf(text, sizeof text, "line of invocation %d", (int)seq);
        log_store_row(s->console.store, seq, LINE_APP, 0, at + 1, text);
        snprintf(text, sizeof text, "REPORT RequestId: %.*s\tDuration: 45.23 ms\tMemory Size: 256 MB\tMax Memory Used: 62 MB", STR_ARG(id));
        log_store_row(s->console.store, seq, LINE_REPORT, 0, at + 2, text);
        log_store_judge(s->console.store, &inv, 0);
    }
}

/* ---- the log ---- */

static void the_log_follows_its_end_until_one_moves_up(void **state)
{
    (void)state;
    struct stage s;
    stage_open(&s, &pane_tail, VIEW_LOGS, 10, 78);
    add_invocations(&s, 1, 20);
    look(&s);
    assert_int_equal(row_with(&s, "REPORT 00000013"), 9);
    assert_non_null(strstr(title(&s), "FOLLOW"));
    add_invocations(&s, 20, 30);
    look(&s);
    assert_int_equal(row_with(&s, "REPORT 0000001d"), 9);
    key(&s, ACTION_UP);
    assert_null(strstr(title(&s), "FOLLOW"));
    add_invocations(&s, 30, 40);
    look(&s);
    assert_int_equal(row_with(&s, "REPORT 0000001d"), 9);
    assert_non_null(strstr(title(&s), "+30 new"));
    key(&s, ACTION_LOG_FOLLOW);
    assert_int_equal(row_with(&s, "REPORT 00000027"), 9);
    stage_close(&s);
}

static void a_jump_brings_the_report_of_a_failure_with_its_code(void **state)
{
    (void)state;
    struct stage s;
    stage_open(&s, &pane_tail, VIEW_LOGS, 10, 78);
    add_invocations(&s, 1, 20);
    look(&s);
    key(&s, ACTION_TOP);
    key(&s, ACTION_LOG_NEXT_FAILURE);
    int row = row_with(&s, "REPORT 00000004");
    assert_true(row >= 0);
    assert_memory_equal(row_text(&s, row), ">TMO 14:00:04.002", 17);
    assert_int_equal(s.console.place.invocation, 4);
    key(&s, ACTION_LOG_NEXT_FAILURE);
    assert_int_equal(s.console.place.invocation, 8);
    assert_true(key(&s, ACTION_OPEN) & UI_GO);
    assert_int_equal(s.console.go.view, VIEW_INVOCATION);
    assert_int_equal(s.console.go.invocation, 8);
    stage_close(&s);
}

static void the_cursor_stays_on_its_line_while_filters_come_and_go(void **state)
{
    (void)state;
    struct stage s;
    stage_open(&s, &pane_tail, VIEW_LOGS, 10, 78);
    add_invocations(&s, 1, 20);
    look(&s);
    key(&s, ACTION_TOP);
    key(&s, ACTION_LOG_NEXT_FAILURE);
    uint64_t row = s.console.place.row;
    answer(&s, ACTION_LOG_CLASS, "timeout");
    assert_int_equal(s.console.place.row, row);
    assert_int_equal(row_with(&s, "REPORT 00000005"), -1);
    answer(&s, ACTION_LOG_FILTER, "REPORT");
    assert_int_equal(row_with(&s, "START"), -1);
    assert_int_equal(s.console.place.row, row);
    key(&s, ACTION_UNFILTER);
    key(&s, ACTION_UNFILTER);
    assert_true(row_with(&s, "REPORT 00000005") >= 0);
    assert_int_equal(s.console.place.row, row);
    answer(&s, ACTION_LOG_FILTER, "matches nothing at all");
    assert_true(row_with(&s, "No line passes the filters.") >= 0);
    assert_true(row_with(&s, "&/matches nothing at all/") >= 0);
    stage_close(&s);
}

static void a_folded_invocation_is_one_line(void **state)
{
    (void)state;
    struct stage s;
    stage_open(&s, &pane_tail, VIEW_LOGS, 12, 78);
    add_invocations(&s, 1, 5);
    look(&s);
    key(&s, ACTION_LOG_FOLD);
    assert_int_equal(row_with(&s, "line of invocation 4"), -1);
    int row = row_with(&s, "00000004");
    assert_true(row >= 0);
    assert_non_null(strstr(row_text(&s, row), "TMO"));
    key(&s, ACTION_LOG_UNFOLD);
    assert_true(row_with(&s, "line of invocation 4") >= 0);
    stage_close(&s);
}

static void json_is_laid_out_under_the_cursor(void **state)
{
    (void)state;
    struct stage s;
    stage_open(&s, &pane_tail, VIEW_LOGS, 8, 78);
    log_store_row(s.console.store, 0, LINE_APP, 0, LOG_START_UNIX_MS, "{\"level\":\"INFO\",\"message\":\"hello\",\"order\":7}");
    look(&s);
    assert_true(row_with(&s, "INFO  hello  order=7") >= 0);
    key(&s, ACTION_LOG_PRETTY);
    assert_true(row_with(&s, "  order: 7") >= 0);
    assert_true(row_with(&s, "}") > row_with(&s, "  order: 7"));
    stage_close(&s);
}

static void a_line_taller_than_the_screen_is_read_to_its_end(void **state)
{
    (void)state;
    struct stage s;
    char text[3000];
    memset(text, 'x', sizeof text);
    memcpy(text + sizeof text - 2, "Z", 2); /* one sign, which no line end parts */
    stage_open(&s, &pane_tail, VIEW_LOGS, 8, 60);
    log_store_row(s.console.store, 0, LINE_APP, 0, LOG_START_UNIX_MS, text);
    log_store_row(s.console.store, 0, LINE_APP, 0, LOG_START_UNIX_MS, "after it");
    look(&s);
    key(&s, ACTION_LOG_WRAP);
    key(&s, ACTION_TOP);
    assert_int_equal(row_with(&s, "Z"), -1);
    for (int i = 0; i < 200 && row_with(&s, "Z") < 0; i++)
        key(&s, ACTION_DOWN);
    assert_true(row_with(&s, "Z") >= 0);
    for (int i = 0; i < 200 && row_with(&s, "after it") < 0; i++)
        key(&s, ACTION_DOWN);
    assert_true(row_with(&s, "after it") >= 0);
    stage_close(&s);
}

static void a_search_with_no_match_says_so_and_escape_puts_the_cursor_back(void **state)
{
    (void)state;
    struct stage s;
    stage_open(&s, &pane_tail, VIEW_LOGS, 10, 78);
    add_invocations(&s, 1, 20);
    look(&s);
    key(&s, ACTION_TOP);
    uint64_t row = s.console.place.row;
    key(&s, ACTION_SEARCH);
    assert_int_equal(prompted_why, ACTION_SEARCH);
    s.pane->class->prompted(s.pane, &s.console, ACTION_SEARCH, STR("invocation 9"), false, false);
    look(&s);
    assert_true(row_with(&s, "line of invocation 9") >= 0);
    assert_true(s.console.place.row != row);
    s.pane->class->prompted(s.pane, &s.console, ACTION_SEARCH, STR("invocation 9"), true, false);
    look(&s);
    assert_int_equal(s.console.place.row, row);
    key(&s, ACTION_SEARCH);
    answer(&s, ACTION_SEARCH, "not there");
    assert_string_equal(said, "/not there/: no match");
    stage_close(&s);
}

static void a_time_is_jumped_to_and_bookmarks_come_round(void **state)
{
    (void)state;
    struct stage s;
    stage_open(&s, &pane_tail, VIEW_LOGS, 10, 78);
    add_invocations(&s, 1, 60);
    look(&s);
    uint64_t last = s.console.place.row;
    key(&s, ACTION_LOG_BOOKMARK);
    answer(&s, ACTION_LOG_GOTO_TIME, "2026-11-24T14:00:30Z");
    assert_int_equal(s.console.place.invocation, 30);
    key(&s, ACTION_LOG_BOOKMARK);
    uint64_t here = s.console.place.row;
    key(&s, ACTION_LOG_NEXT_BOOKMARK);
    assert_int_equal(s.console.place.row, last);
    key(&s, ACTION_LOG_NEXT_BOOKMARK);
    assert_int_equal(s.console.place.row, here);
    answer(&s, ACTION_LOG_GOTO_TIME, "-10s"); /* the end is 14:00:59.002 */
    assert_int_equal(s.console.place.invocation, 49);
    answer(&s, ACTION_LOG_GOTO_TIME, "nonsense");
    assert_non_null(strstr(said, "nonsense"));
    assert_int_equal(s.console.place.invocation, 49);
    stage_close(&s);
}

static void a_window_in_time_leaves_the_other_lines_out(void **state)
{
    (void)state;
    struct stage s;
    stage_open(&s, &pane_tail, VIEW_LOGS, 10, 78);
    add_invocations(&s, 1, 60);
    look(&s);
    assert_non_null(strstr(below(&s), "of 177 "));
    answer(&s, ACTION_LOG_SINCE, "2026-11-24T14:00:50Z"); /* invocations 50 to 59, three lines each */
    assert_non_null(strstr(below(&s), "of 30 "));
    answer(&s, ACTION_LOG_UNTIL, "2026-11-24T14:00:51.999Z");
    assert_non_null(strstr(below(&s), "of 6 "));
    answer(&s, ACTION_LOG_SINCE, "nonsense");
    assert_non_null(strstr(said, "nonsense"));
    assert_non_null(strstr(below(&s), "of 6 "));
    answer(&s, ACTION_LOG_SINCE, "all");
    answer(&s, ACTION_LOG_UNTIL, "all");
    assert_non_null(strstr(below(&s), "of 177 "));
    stage_close(&s);
}

static void the_bookmarks_are_listed_in_the_order_of_the_log(void **state)
{
    (void)state;
    struct stage s;
    stage_open(&s, &pane_tail, VIEW_LOGS, 10, 78);
    add_invocations(&s, 1, 60);
    look(&s);
    key(&s, ACTION_LOG_BOOKMARKS);
    assert_string_equal(said, "no bookmark here: m sets one");
    key(&s, ACTION_LOG_BOOKMARK);
    uint64_t last = s.console.place.row;
    answer(&s, ACTION_LOG_GOTO_TIME, "2026-11-24T14:00:30Z");
    key(&s, ACTION_LOG_BOOKMARK);
    uint64_t here = s.console.place.row;
    key(&s, ACTION_LOG_BOOKMARKS);
    assert_int_equal(prompted_why, ACTION_LOG_BOOKMARKS);
    assert_int_equal(pick_count, 2);
    assert_string_equal(picks[0].word, "1");
    assert_non_null(strstr(picks[0].text, "14:00:30"));
    answer(&s, ACTION_LOG_BOOKMARKS, "2");
    assert_int_equal(s.console.place.row, last);
    answer(&s, ACTION_LOG_BOOKMARKS, "1");
    assert_int_equal(s.console.place.row, here);
    stage_close(&s);
}

static void the_class_menu_counts_what_the_log_holds(void **state)
{
    (void)state;
    struct stage s;
    stage_open(&s, &pane_tail, VIEW_LOGS, 10, 78);
    add_invocations(&s, 1, 20);
    look(&s);
    key(&s, ACTION_LOG_CLASS);
    bool seen = false;
    for (size_t i = 0; i < menu_count; i++)
        if (strcmp(menu[i].word, "timeout") == 0) {
            seen = true;
            assert_non_null(strstr(menu[i].text, "TMO       4"));
        }
    assert_true(seen);
    stage_close(&s);
}

static void a_bad_filter_is_told_and_changes_nothing(void **state)
{
    (void)state;
    struct stage s;
    stage_open(&s, &pane_tail, VIEW_LOGS, 10, 78);
    add_invocations(&s, 1, 20);
    look(&s);
    answer(&s, ACTION_LOG_FILTER, "(open");
    assert_true(strlen(said) > 0);
    assert_true(row_with(&s, "REPORT 00000013") >= 0);
    stage_close(&s);
}

/* ---- functions ---- */

static void the_selection_stays_with_its_function(void **state)
{
    (void)state;
    struct stage s;
    struct invocation inv;
    stage_open(&s, &pane_functions, VIEW_FUNCTIONS, 10, 78);
    log_store_function(s.console.store, "alpha");
    log_store_function(s.console.store, "beta");
    log_store_function(s.console.store, "gamma");
    look(&s);
    key(&s, ACTION_DOWN);
    assert_true(row_with(&s, ">beta") == 2);
    inv = log_store_verdict(1, FAILURE_TIMEOUT);
    log_store_judge(s.console.store, &inv, 2);
    look(&s);
    assert_int_equal(row_with(&s, "gamma"), 1);
    assert_int_equal(row_with(&s, ">beta"), 3);
    key(&s, ACTION_FUNCTION_REVERSE);
    assert_int_equal(row_with(&s, ">beta"), 1);
    assert_true(key(&s, ACTION_OPEN) & UI_GO);
    assert_int_equal(s.console.go.function, 1);
    stage_close(&s);
}

static void fail_once(struct stage *s, uint64_t seq, uint32_t function)
{
    struct invocation inv = log_store_verdict(seq, FAILURE_TIMEOUT);
    log_store_judge(s->console.store, &inv, function);
    look(s);
}

/* Who opens the console wants what fails most, also when that begins later. */
static void a_selection_that_nobody_moved_stays_on_the_top_row(void **state)
{
    (void)state;
    struct stage s;
    stage_open(&s, &pane_functions, VIEW_FUNCTIONS, 10, 78);
    log_store_function(s.console.store, "alpha");
    log_store_function(s.console.store, "beta");
    look(&s);
    assert_int_equal(row_with(&s, ">alpha"), 1);
    fail_once(&s, 1, 1);
    assert_int_equal(row_with(&s, ">beta"), 1);
    key(&s, ACTION_DOWN);
    key(&s, ACTION_TOP); /* back to the top row: it is meant again */
    fail_once(&s, 2, 0);
    fail_once(&s, 3, 0);
    assert_int_equal(row_with(&s, ">alpha"), 1);
    stage_close(&s);
}

static void an_empty_list_says_why(void **state)
{
    (void)state;
    struct stage s;
    stage_open(&s, &pane_functions, VIEW_FUNCTIONS, 10, 78);
    look(&s);
    assert_true(row_with(&s, "Reading") >= 0);
    log_store_function(s.console.store, "alpha");
    look(&s);
    key(&s, ACTION_SEARCH);
    answer(&s, ACTION_SEARCH, "zzz");
    assert_true(row_with(&s, "No function matches \"zzz\".") >= 0);
    key(&s, ACTION_UNFILTER);
    assert_true(row_with(&s, ">alpha") >= 0);
    stage_close(&s);
}

/* ---- the verdict ---- */

static void a_verdict_names_class_certainty_and_the_last_line(void **state)
{
    (void)state;
    struct stage s;
    stage_open(&s, &pane_invocation, VIEW_INVOCATION, 20, 78);
    add_invocations(&s, 1, 6);
    struct invocation inv = log_store_verdict(4, FAILURE_TIMEOUT);
    inv.duration_ns = INT64_C(30010440000);
    inv.last_line_gap_ns = INT64_C(29870000000);
    inv.signature = 77;
    inv.last_text = invocation_put(&inv, STR("Starting DB query"), 100);
    log_store_judge(s.console.store, &inv, 0);
    look(&s);
    struct place place = {.view = VIEW_INVOCATION, .function = UINT32_MAX, .invocation = 4, .row = UINT64_MAX};
    s.pane->class->show(s.pane, &s.console, &place);
    look(&s);
    assert_true(row_with(&s, "TMO  Timeout  certain") == 0);
    assert_true(row_with(&s, "30010 of  30000 ms") > 0);
    assert_true(row_with(&s, "29.87 s silent") > 0);
    assert_true(row_with(&s, "\"Starting DB query\"") > 0);
    assert_true(row_with(&s, "no other one failed the same way") > 0);
    assert_true(key(&s, ACTION_OPEN) & UI_GO);
    assert_int_equal(s.console.go.view, VIEW_LOGS);
    stage_close(&s);
}

static void without_a_choice_the_newest_failure_is_shown(void **state)
{
    (void)state;
    struct stage s;
    stage_open(&s, &pane_invocation, VIEW_INVOCATION, 20, 78);
    look(&s);
    assert_true(row_with(&s, "No invocation is selected.") >= 0);
    add_invocations(&s, 1, 11);
    look(&s);
    s.pane->class->show(s.pane, &s.console, &s.console.place);
    look(&s);
    assert_int_equal(s.console.place.invocation, 8);
    assert_true(row_with(&s, "00000008-") >= 0);
    stage_close(&s);
}

static void every_pane_draws_at_any_size(void **state)
{
    (void)state;
    static const struct pane_class *const classes[] = {&pane_functions, &pane_tail, &pane_invocation};
    static const int sizes[][2] = {{0, 0}, {1, 1}, {4, 38}, {18, 78}, {34, 118}, {54, 198}, {200, 500}, {3, 400}};
    for (size_t i = 0; i < 3; i++) {
        struct stage s;
        stage_open(&s, classes[i], (enum view)i, 10, 40);
        log_store_function(s.console.store, "a-function-with-a-name-that-is-longer-than-its-column");
        add_invocations(&s, 1, 50);
        for (size_t size = 0; size < sizeof sizes / sizeof *sizes; size++) {
            s.rows = sizes[size][0];
            s.cols = sizes[size][1];
            look(&s);
            key(&s, ACTION_PAGE_DOWN);
            if (classes[i] == &pane_tail) {
                key(&s, ACTION_LOG_HISTOGRAM);
                key(&s, ACTION_LOG_WRAP);
                key(&s, ACTION_LOG_NEXT_FAILURE);
            }
            assert_int_equal(s.canvas.rows, s.rows);
        }
        stage_close(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_log_follows_its_end_until_one_moves_up),
        cmocka_unit_test(a_jump_brings_the_report_of_a_failure_with_its_code),
        cmocka_unit_test(the_cursor_stays_on_its_line_while_filters_come_and_go),
        cmocka_unit_test(a_folded_invocation_is_one_line),
        cmocka_unit_test(json_is_laid_out_under_the_cursor),
        cmocka_unit_test(a_line_taller_than_the_screen_is_read_to_its_end),
        cmocka_unit_test(a_search_with_no_match_says_so_and_escape_puts_the_cursor_back),
        cmocka_unit_test(a_time_is_jumped_to_and_bookmarks_come_round),
        cmocka_unit_test(a_window_in_time_leaves_the_other_lines_out),
        cmocka_unit_test(the_bookmarks_are_listed_in_the_order_of_the_log),
        cmocka_unit_test(the_class_menu_counts_what_the_log_holds),
        cmocka_unit_test(a_bad_filter_is_told_and_changes_nothing),
        cmocka_unit_test(the_selection_stays_with_its_function),
        cmocka_unit_test(a_selection_that_nobody_moved_stays_on_the_top_row),
        cmocka_unit_test(an_empty_list_says_why),
        cmocka_unit_test(a_verdict_names_class_certainty_and_the_last_line),
        cmocka_unit_test(without_a_choice_the_newest_failure_is_shown),
        cmocka_unit_test(every_pane_draws_at_any_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
