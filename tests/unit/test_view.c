#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/log_store.h"
#include "ui/view.h"

/* The view against the plainest thing that could be right: all rows in an array, those that
 * pass picked and sorted again at each look. */

#define ROWS 3000u
#define LANES 6u
#define INVOCATIONS (ROWS + 1)

struct line {
    uint64_t invocation;
    int64_t unix_ms;
    uint32_t function;
    bool has_word;
};

struct world {
    struct store *store;
    struct log_view view;
    struct line lines[ROWS];
    size_t count;
    enum failure_class class[INVOCATIONS];
    bool folded[INVOCATIONS];
    uint64_t lane[LANES], newest;
    uint32_t dice;
};

static uint32_t roll(struct world *w, uint32_t sides)
{
    w->dice = w->dice * 1664525u + 1013904223u;
    return (w->dice >> 8) % sides;
}

static struct world *world_new(void)
{
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    w->store = log_store_new(8u << 20);
    view_init(&w->view, w->store);
    w->dice = 11;
    for (size_t i = 0; i < INVOCATIONS; i++)
        w->class[i] = FAILURE_NONE;
    return w;
}

static void world_free(struct world *w)
{
    view_release(&w->view);
    store_free(w->store);
    free(w);
}

static void add_line(struct world *w)
{
    uint32_t lane = roll(w, LANES);
    if (w->lane[lane] == 0 || roll(w, 8) == 0)
        w->lane[lane] = ++w->newest;
    uint64_t invocation = roll(w, 12) ? w->lane[lane] : 0;
    struct line line = {invocation, LOG_START_UNIX_MS + (int64_t)w->count * 10 - (int64_t)roll(w, 400), lane % 2, roll(w, 5) == 0};
    log_store_row(w->store, invocation, LINE_APP, line.function, line.unix_ms, line.has_word ? "a needle here" : "hay");
    w->lines[w->count++] = line;
}

static void judge(struct world *w)
{
    static const enum failure_class classes[] = {FAILURE_SUCCESS, FAILURE_TIMEOUT, FAILURE_MEMORY};
    uint64_t seq = 1 + roll(w, (uint32_t)w->newest);
    struct invocation inv = log_store_verdict(seq, classes[roll(w, 3)]);
    w->class[seq] = (enum failure_class)inv.class;
    log_store_judge(w->store, &inv, 0);
}

static void settle(struct world *w, int64_t budget_us)
{
    struct store_status status;
    bool busy = true;
    store_read_status(w->store, &status);
    for (int i = 0; i < 10000 && busy; i++)
        view_refresh(&w->view, &status, budget_us, &busy);
    assert_false(busy);
}

/* ---- what is expected ---- */

static const struct world *sorting;

/* The invocation's first row as the rows themselves say. */
static uint64_t first_row(const struct world *w, uint64_t seq)
{
    uint64_t invocation = w->lines[seq].invocation;
    for (uint64_t i = 0; invocation && i < seq; i++)
        if (w->lines[i].invocation == invocation)
            return i;
    return seq;
}

static uint64_t group_key[ROWS];

static int by_group(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    if (group_key[a] != group_key[b])
        return group_key[a] < group_key[b] ? -1 : 1;
    return a < b ? -1 : a > b;
}

static int by_time(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    int64_t at = sorting->lines[a].unix_ms, bt = sorting->lines[b].unix_ms;
    if (at != bt)
        return at < bt ? -1 : 1;
    return a < b ? -1 : a > b;
}

struct question {
    uint32_t function;
    enum failure_class class; /* FAILURE_NONE: any */
    bool needle;
    bool timed;
};

static size_t expect(const struct world *w, const struct question *q, uint64_t out[ROWS])
{
    static bool summary[INVOCATIONS];
    size_t count = 0;
    memset(summary, 0, sizeof summary);
    for (uint64_t seq = 0; seq < w->count; seq++) {
        const struct line *line = &w->lines[seq];
        group_key[seq] = first_row(w, seq);
        if (q->function != UINT32_MAX && line->function != q->function)
            continue;
        if (q->class != FAILURE_NONE && (!line->invocation || w->class[line->invocation] != q->class))
            continue;
        if (q->needle && !line->has_word)
            continue;
        if (!q->timed && line->invocation && w->folded[line->invocation]) {
            if (summary[line->invocation])
                continue;
            summary[line->invocation] = true;
        }
        out[count++] = seq;
    }
    sorting = w;
    qsort(out, count, sizeof *out, q->timed ? by_time : by_group);
    return count;
}

static void check(struct world *w, const struct question *q)
{
    static uint64_t expected[ROWS], shown[ROWS];
    size_t count = expect(w, q, expected);
    assert_int_equal(view_count(&w->view), count);
    assert_int_equal(view_read(&w->view, 0, ROWS, shown), count);
    assert_memory_equal(shown, expected, count * sizeof *shown);
}

static void ask(struct world *w, const struct question *q)
{
    struct err err = {0};
    filters_release(&w->view.filters);
    w->view.filters.function = q->function;
    if (q->class != FAILURE_NONE)
        assert_true(filters_choose(&w->view.filters, str_of(failure_class_row(q->class)->tag), &err));
    if (q->needle)
        assert_true(filters_add(&w->view.filters, STR("needle"), &err));
    w->view.mode = q->timed ? LOG_TIMED : LOG_GROUPED;
    view_rebuild(&w->view);
}

static const struct question questions[] = {
    {UINT32_MAX, FAILURE_NONE, false, false},    {UINT32_MAX, FAILURE_NONE, false, true},
    {UINT32_MAX, FAILURE_TIMEOUT, false, false}, {UINT32_MAX, FAILURE_TIMEOUT, false, true},
    {1, FAILURE_NONE, false, false},             {UINT32_MAX, FAILURE_NONE, true, false},
    {0, FAILURE_MEMORY, true, false},
};
#define QUESTIONS (sizeof questions / sizeof *questions)

static void rows_that_come_in_any_mix_are_shown_as_if_sorted_anew(void **state)
{
    (void)state;
    for (size_t i = 0; i < QUESTIONS; i++) {
        struct world *w = world_new();
        ask(w, &questions[i]);
        while (w->count < ROWS) {
            for (uint32_t n = 1 + roll(w, 400); n > 0 && w->count < ROWS; n--)
                add_line(w);
            for (int verdicts = 0; verdicts < 20; verdicts++)
                judge(w);
            settle(w, roll(w, 2) ? 1 : 5000);
            check(w, &questions[i]);
        }
        world_free(w);
    }
}

static void a_new_question_shows_the_old_answer_until_it_is_complete(void **state)
{
    (void)state;
    struct world *w = world_new();
    struct store_status status;
    bool busy;
    while (w->count < ROWS)
        add_line(w);
    settle(w, 5000);
    check(w, &questions[0]);
    ask(w, &questions[5]);
    store_read_status(w->store, &status);
    view_refresh(&w->view, &status, 0, &busy);
    assert_true(busy);
    assert_in_range(view_percent(&w->view), 0, 99);
    check(w, &questions[0]);
    settle(w, 0);
    check(w, &questions[5]);
    world_free(w);
}

static void folding_hides_all_but_one_row_and_unfolding_brings_them_back(void **state)
{
    (void)state;
    struct world *w = world_new();
    while (w->count < ROWS)
        add_line(w);
    settle(w, 5000);
    for (int i = 0; i < 200; i++) {
        uint64_t invocation = 1 + roll(w, (uint32_t)w->newest);
        bool fold = roll(w, 3) != 0;
        if (view_fold(&w->view, invocation, fold))
            w->folded[invocation] = fold;
    }
    check(w, &questions[0]);
    view_fold_all(&w->view, true);
    settle(w, 5000);
    for (size_t i = 0; i < INVOCATIONS; i++)
        w->folded[i] = true;
    check(w, &questions[0]);
    assert_true(view_fold(&w->view, 3, false));
    w->folded[3] = false;
    check(w, &questions[0]);
    world_free(w);
}

static void a_row_that_left_the_ring_leaves_the_view(void **state)
{
    (void)state;
    struct store *store = log_store_new(1u << 20);
    struct log_view view;
    struct store_status status;
    char text[1000];
    bool busy, there;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    view_init(&view, store);
    for (uint64_t i = 0; i < 4000; i++) {
        log_store_row(store, i / 10 + 1, LINE_APP, 0, LOG_START_UNIX_MS + (int64_t)i, text);
        if (i % 500 == 0) {
            store_read_status(store, &status);
            do
                view_refresh(&view, &status, 1000, &busy);
            while (busy);
        }
    }
    store_read_status(store, &status);
    do
        view_refresh(&view, &status, 1000, &busy);
    while (busy);
    assert_true(status.first_row > 0);
    assert_int_equal(view_at(&view, 0), status.first_row);
    assert_int_equal(view_count(&view), status.end_row - status.first_row);
    assert_int_equal(view_find(&view, 0, &there), 0);
    assert_false(there);
    view_release(&view);
    store_free(store);
}

/* Ten invocations of five rows, the third and the eighth of which fail. */
static void fill_ten(struct store *store)
{
    static const enum line_kind kinds[] = {LINE_START, LINE_APP, LINE_APP, LINE_END, LINE_REPORT};
    for (uint64_t seq = 1; seq <= 10; seq++) {
        for (int i = 0; i < 5; i++)
            log_store_row(store, seq, kinds[i], 0, LOG_START_UNIX_MS + (int64_t)seq * 1000 + i, "line");
        struct invocation inv = log_store_verdict(seq, seq == 3 ? FAILURE_TIMEOUT : seq == 8 ? FAILURE_MEMORY : FAILURE_SUCCESS);
        log_store_judge(store, &inv, 0);
    }
}

static void jumps_go_from_report_to_report_of_what_failed(void **state)
{
    (void)state;
    struct store *store = log_store_new(1u << 20);
    struct log_view view;
    struct store_status status;
    bool busy;
    view_init(&view, store);
    fill_ten(store);
    store_read_status(store, &status);
    view_refresh(&view, &status, 100000, &busy);
    static const struct { uint64_t from; bool forward; enum failure_class class; uint64_t to; } cases[] = {
        {0, true, FAILURE_NONE, 14},  {14, true, FAILURE_NONE, 39},            {39, true, FAILURE_NONE, UINT64_MAX},
        {11, true, FAILURE_NONE, 14}, {49, false, FAILURE_NONE, 39},           {39, false, FAILURE_NONE, 14},
        {14, false, FAILURE_NONE, UINT64_MAX}, {14, true, FAILURE_TIMEOUT, UINT64_MAX},
        {0, true, FAILURE_MEMORY, 39}, {UINT64_MAX, false, FAILURE_NONE, 39},  {UINT64_MAX, true, FAILURE_NONE, 14},
        {37, false, FAILURE_NONE, 14},
    };
    for (int timed = 0; timed < 2; timed++) {
        view.mode = timed ? LOG_TIMED : LOG_GROUPED;
        view_rebuild(&view);
        view_refresh(&view, &status, 100000, &busy);
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
            assert_int_equal(view_failure(&view, cases[i].from, cases[i].forward, cases[i].class), cases[i].to);
    }
    view_release(&view);
    store_free(store);
}

static void rows_that_came_after_the_status_was_read_are_taken_in_with_the_next_one(void **state)
{
    (void)state;
    struct store *store = log_store_new(1u << 20);
    struct log_view view;
    struct store_status status;
    bool busy;
    view_init(&view, store);
    for (int i = 0; i < 10; i++)
        log_store_row(store, 0, LINE_APP, 0, LOG_START_UNIX_MS + i, "line");
    store_read_status(store, &status);
    for (int i = 0; i < 5; i++)
        log_store_row(store, 0, LINE_APP, 0, LOG_START_UNIX_MS + 10 + i, "line");
    view_refresh(&view, &status, 100000, &busy);
    assert_int_equal(view_count(&view), 10);
    store_read_status(store, &status);
    view_refresh(&view, &status, 100000, &busy);
    assert_int_equal(view_count(&view), 15);
    view_release(&view);
    store_free(store);
}

static void put_late(struct store *store, uint64_t invocation, uint32_t function, int64_t unix_ms)
{
    const struct row row = {.invocation = invocation, .unix_ms = unix_ms, .function = function,
                            .kind = LINE_APP, .stream = STREAM_NONE, .late = true};
    store_begin(store);
    store_add_row(store, &row, STR("came late"));
    store_end(store);
}

/* Of two functions: what came late stands with its invocation, or where its time puts it; of equal
 * times the one that came first is first. */
static void a_late_row_stands_in_its_place(void **state)
{
    (void)state;
    struct store *store = log_store_new(1u << 20);
    struct log_view view;
    struct store_status status;
    bool busy;
    static const uint64_t wanted[2][6] = {{0, 3, 1, 2, 4, 5}, {0, 1, 3, 4, 5, 2}};
    uint64_t shown[6];
    log_store_row(store, 1, LINE_APP, 0, LOG_START_UNIX_MS + 1000, "first of one");
    log_store_row(store, 2, LINE_APP, 1, LOG_START_UNIX_MS + 2000, "first of two");
    log_store_row(store, 0, LINE_APP, 1, LOG_START_UNIX_MS + 9000, "the newest");
    put_late(store, 1, 0, LOG_START_UNIX_MS + 3000);
    put_late(store, 0, 1, LOG_START_UNIX_MS + 3000);
    put_late(store, 0, 0, LOG_START_UNIX_MS + 3001);
    view_init(&view, store);
    store_read_status(store, &status);
    for (int timed = 0; timed < 2; timed++) {
        view.mode = timed ? LOG_TIMED : LOG_GROUPED;
        view_rebuild(&view);
        view_refresh(&view, &status, 100000, &busy);
        assert_int_equal(view_read(&view, 0, 6, shown), 6);
        assert_memory_equal(shown, wanted[timed], sizeof shown);
    }
    view_release(&view);
    store_free(store);
}

/* Platform lines of plain logs have no time of their own. */
static void a_time_is_found_among_rows_that_have_none(void **state)
{
    (void)state;
    struct store *store = log_store_new(1u << 20);
    struct log_view view;
    struct store_status status;
    bool busy;
    view_init(&view, store);
    for (int i = 0; i < 1000; i++)
        log_store_row(store, 0, LINE_APP, 0, i % 5 > 1 ? LOG_START_UNIX_MS + i : TIME_NONE, "line");
    store_read_status(store, &status);
    do
        view_refresh(&view, &status, 100000, &busy);
    while (busy);
    for (size_t i = 2; i < 1000; i += i % 5 == 4 ? 3 : 1) {
        size_t found = view_find_time(&view, LOG_START_UNIX_MS + (int64_t)i);
        size_t untimed = i % 5 == 2 ? 2 : 0; /* rows before it that may count as its own */
        assert_in_range(found, i - untimed, i);
    }
    assert_int_equal(view_find_time(&view, LOG_START_UNIX_MS + 1000), 1000);
    view_release(&view);
    store_free(store);
}

static void rows_without_a_time_are_shown_as_they_arrived(void **state)
{
    (void)state;
    struct store *store = log_store_new(1u << 20);
    struct log_view view;
    struct store_status status;
    bool busy;
    uint64_t shown[10];
    view_init(&view, store);
    view.mode = LOG_TIMED;
    view_rebuild(&view);
    for (int i = 0; i < 10; i++)
        log_store_row(store, 0, LINE_APP, 0, i % 3 ? LOG_START_UNIX_MS - i : TIME_NONE, "line");
    store_read_status(store, &status);
    do
        view_refresh(&view, &status, 1000, &busy);
    while (busy);
    assert_true(view.timeless);
    assert_int_equal(view_read(&view, 0, 10, shown), 10);
    for (uint64_t i = 0; i < 10; i++)
        assert_int_equal(shown[i], i);
    view_release(&view);
    store_free(store);
}

static void words_that_are_no_filter_are_refused_by_name(void **state)
{
    (void)state;
    struct filters f = {.function = UINT32_MAX};
    struct err err = {0};
    assert_false(filters_add(&f, STR("class:nonsense"), &err));
    assert_non_null(strstr(err.text, "nonsense"));
    err_clear(&err);
    assert_false(filters_add(&f, STR("(open"), &err));
    err_clear(&err);
    assert_false(filters_add(&f, STR("!"), &err));
    err_clear(&err);
    for (int i = 0; i < FILTERS_MAX; i++)
        assert_true(filters_add(&f, STR("x"), &err));
    assert_false(filters_add(&f, STR("x"), &err));
    filters_release(&f);
    assert_int_equal(f.count, 0);
}

static void a_class_from_the_menu_takes_the_place_of_the_last_one(void **state)
{
    (void)state;
    struct filters f = {.function = UINT32_MAX};
    struct err err = {0};
    struct buf text;
    buf_init(&text, 200);
    assert_true(filters_add(&f, STR("!retry"), &err));
    assert_true(filters_choose(&f, STR("timeout"), &err));
    assert_true(filters_choose(&f, STR("cold"), &err));
    filters_text(&f, &text);
    assert_true(str_eq(buf_str(&text), STR("&!/retry/  &flag:cold")));
    assert_true(filters_choose(&f, STR("all"), &err));
    assert_int_equal(f.count, 1);
    buf_release(&text);
    filters_release(&f);
}

static void a_request_is_found_by_the_start_of_its_id(void **state)
{
    (void)state;
    struct store *store = log_store_new(1u << 20);
    struct log_view view;
    struct store_status status;
    struct err err = {0};
    bool busy;
    view_init(&view, store);
    fill_ten(store);
    assert_true(filters_add(&view.filters, STR("id:00000004"), &err));
    view_rebuild(&view);
    store_read_status(store, &status);
    view_refresh(&view, &status, 100000, &busy);
    assert_int_equal(view_count(&view), 5);
    assert_int_equal(view_at(&view, 0), 15);
    view_release(&view);
    store_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_that_come_in_any_mix_are_shown_as_if_sorted_anew),
        cmocka_unit_test(a_new_question_shows_the_old_answer_until_it_is_complete),
        cmocka_unit_test(folding_hides_all_but_one_row_and_unfolding_brings_them_back),
        cmocka_unit_test(a_row_that_left_the_ring_leaves_the_view),
        cmocka_unit_test(jumps_go_from_report_to_report_of_what_failed),
        cmocka_unit_test(rows_that_came_after_the_status_was_read_are_taken_in_with_the_next_one),
        cmocka_unit_test(a_late_row_stands_in_its_place),
        cmocka_unit_test(a_time_is_found_among_rows_that_have_none),
        cmocka_unit_test(rows_without_a_time_are_shown_as_they_arrived),
        cmocka_unit_test(words_that_are_no_filter_are_refused_by_name),
        cmocka_unit_test(a_class_from_the_menu_takes_the_place_of_the_last_one),
        cmocka_unit_test(a_request_is_found_by_the_start_of_its_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
