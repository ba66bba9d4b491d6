#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/log_store.h"
#include "ui/search.h"

struct scene {
    struct store *store;
    struct log_view view;
    struct search search;
};

static void scene_open(struct scene *s)
{
    s->store = log_store_new(64u << 20);
    view_init(&s->view, s->store);
    search_init(&s->search);
}

static void scene_close(struct scene *s)
{
    search_release(&s->search);
    view_release(&s->view);
    store_free(s->store);
}

static void take_in(struct scene *s)
{
    struct store_status status;
    bool busy;
    store_read_status(s->store, &status);
    do
        view_refresh(&s->view, &status, 100000, &busy);
    while (busy);
}

static void put(struct scene *s, const char *text)
{
    log_store_row(s->store, 0, LINE_APP, 0, LOG_START_UNIX_MS, text);
}

static void set(struct scene *s, const char *pattern)
{
    struct err err = {0};
    assert_true(search_set(&s->search, str_of(pattern), &err));
}

/* The row that a search from `from` on leads to; UINT64_MAX: none. Counts to the end, too. */
static uint64_t seek(struct scene *s, uint64_t from, bool forward, bool inclusive,
                     int64_t budget_us)
{
    uint64_t row = UINT64_MAX;
    bool busy = true;
    search_seek(&s->search, &s->view, from, forward, inclusive);
    for (int i = 0; i < 100000 && busy; i++) {
        uint64_t found;
        if (search_step(&s->search, &s->view, budget_us, &found, &busy) == SEEK_FOUND)
            row = found;
    }
    assert_false(busy);
    return row;
}

static void the_next_match_is_found_both_ways_and_round_the_ends(void **state)
{
    (void)state;
    struct scene s;
    scene_open(&s);
    for (int i = 0; i < 2000; i++)
        put(&s, i == 700 || i == 1500 ? "the needle" : "hay");
    take_in(&s);
    set(&s, "needle");
    static const struct { uint64_t from; bool forward, inclusive; uint64_t to;
    } cases[] = {
        {0, true, true, 700},      {700, true, true, 700},    {700, true, false, 1500},
        {1500, true, false, 700},  {1999, true, true, 700},   {0, false, false, 1500},
        {1500, false, false, 700}, {700, false, false, 1500}, {1501, false, false, 1500},
        {1500, false, true, 1500},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int64_t budget_us = 0; budget_us < 2000; budget_us += 1999)
            assert_int_equal(
                seek(&s, cases[i].from, cases[i].forward, cases[i].inclusive, budget_us),
                cases[i].to);
    assert_int_equal(s.search.hits, 2);
    assert_int_equal(search_percent(&s.search, &s.view), 100);
    set(&s, "absent");
    assert_true(seek(&s, 5, true, true, 0) == UINT64_MAX);
    assert_int_equal(s.search.hits, 0);
    scene_close(&s);
}

static void a_single_match_is_found_again_from_itself(void **state)
{
    (void)state;
    struct scene s;
    scene_open(&s);
    put(&s, "hay");
    put(&s, "needle");
    put(&s, "hay");
    take_in(&s);
    set(&s, "needle");
    assert_int_equal(seek(&s, 1, true, false, 1000), 1);
    assert_int_equal(seek(&s, 1, false, false, 1000), 1);
    scene_close(&s);
}

static void new_lines_are_counted_as_they_come_and_hidden_ones_are_not(void **state)
{
    (void)state;
    struct scene s;
    struct err err = {0};
    scene_open(&s);
    put(&s, "needle one");
    take_in(&s);
    set(&s, "needle");
    seek(&s, 0, true, true, 1000);
    assert_int_equal(s.search.hits, 1);
    put(&s, "needle two");
    take_in(&s);
    seek(&s, 0, true, true, 1000);
    assert_int_equal(s.search.hits, 2);
    assert_true(filters_add(&s.view.filters, STR("two"), &err));
    view_rebuild(&s.view);
    take_in(&s);
    assert_int_equal(seek(&s, 0, true, true, 1000), 1);
    assert_int_equal(s.search.hits, 1);
    scene_close(&s);
}

static void a_match_through_invisible_characters_is_told_apart(void **state)
{
    (void)state;
    struct scene s;
    size_t start, end;
    struct str text = STR("a pay\xE2\x80\x8Bload here");
    scene_open(&s);
    put(&s, "a payload here");
    put(&s, text.at);
    take_in(&s);
    set(&s, "payload");
    assert_int_equal(seek(&s, 1, true, true, 1000), 1);
    assert_int_equal(s.search.hits, 2);
    assert_int_equal(s.search.hidden_hits, 1);
    assert_int_equal(search_ask(&s.search, text), SEARCH_HIDDEN_HIT);
    assert_true(search_span(&s.search, text, 0, &start, &end));
    assert_int_equal(start, 2);
    assert_int_equal(end, 2 + 7 + 3);
    assert_false(search_span(&s.search, text, end, &start, &end));
    scene_close(&s);
}

static void a_match_far_into_a_long_line_is_found(void **state)
{
    (void)state;
    struct scene s;
    static char text[60000];
    memset(text, 'x', sizeof text - 1);
    memcpy(text + 55000, "needle", 6);
    scene_open(&s);
    put(&s, "hay");
    put(&s, text);
    take_in(&s);
    set(&s, "needle");
    assert_int_equal(seek(&s, 0, true, true, 1000), 1);
    scene_close(&s);
}

static void giving_up_ends_the_work(void **state)
{
    (void)state;
    struct scene s;
    uint64_t row;
    bool busy;
    scene_open(&s);
    for (int i = 0; i < 2000; i++)
        put(&s, "hay");
    take_in(&s);
    set(&s, "needle");
    search_seek(&s.search, &s.view, 0, true, true);
    assert_int_equal(search_step(&s.search, &s.view, 0, &row, &busy), SEEK_ON);
    assert_true(busy);
    assert_true(search_cancel(&s.search, &s.view));
    search_step(&s.search, &s.view, 0, &row, &busy);
    assert_false(busy);
    assert_false(search_cancel(&s.search, &s.view));
    scene_close(&s);
}

static void a_bad_pattern_leaves_the_old_one_in_place(void **state)
{
    (void)state;
    struct scene s;
    struct err err = {0};
    scene_open(&s);
    put(&s, "needle");
    take_in(&s);
    set(&s, "needle");
    assert_false(search_set(&s.search, STR("(open"), &err));
    assert_string_equal(s.search.pattern, "needle");
    assert_int_equal(seek(&s, 0, true, true, 1000), 0);
    scene_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_next_match_is_found_both_ways_and_round_the_ends),
        cmocka_unit_test(a_single_match_is_found_again_from_itself),
        cmocka_unit_test(new_lines_are_counted_as_they_come_and_hidden_ones_are_not),
        cmocka_unit_test(a_match_through_invisible_characters_is_told_apart),
        cmocka_unit_test(a_match_far_into_a_long_line_is_found),
        cmocka_unit_test(giving_up_ends_the_work),
        cmocka_unit_test(a_bad_pattern_leaves_the_old_one_in_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
