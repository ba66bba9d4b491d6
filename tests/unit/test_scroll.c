#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "ui/scroll.h"

static uint64_t seed = 20261124;

static unsigned draw_lot(unsigned below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % below;
}

static void assert_sound(const struct scroll *s, size_t count, int page)
{
    size_t rows = page < 1 ? 1 : (size_t)page;
    if (count == 0) {
        assert_int_equal(s->selected, 0);
        assert_int_equal(s->offset, 0);
        return;
    }
    assert_true(s->selected < count);
    assert_true(s->offset <= s->selected);
    assert_true(s->selected < s->offset + rows);
    assert_true(s->offset == 0 || s->offset + rows <= count);
}

static void the_selection_stays_in_sight_whatever_happens(void **state)
{
    (void)state;
    struct scroll s = {0, 0};
    size_t count = 0;
    int page = 1;
    for (int i = 0; i < 200000; i++) {
        if (draw_lot(20) == 0)
            count = draw_lot(60);
        if (draw_lot(20) == 0)
            page = (int)draw_lot(30) - 2;
        unsigned what = draw_lot(12);
        if (what == 0)
            scroll_to(&s, draw_lot(80), count, page);
        else if (what == 1)
            scroll_jump(&s, draw_lot(80), count, page);
        else if (what == 2)
            scroll_fit(&s, count, page);
        else
            scroll_move(&s, (enum action)(ACTION_UP + (int)draw_lot(8)), count, page);
        assert_sound(&s, count, page);
    }
}

static void moves_go_where_they_say(void **state)
{
    static const struct {
        size_t selected, offset;
        enum action action;
        size_t to, to_offset;
    } cases[] = {
        {0, 0, ACTION_DOWN, 1, 0},          {9, 0, ACTION_DOWN, 10, 1},
        {10, 10, ACTION_UP, 9, 9},          {0, 0, ACTION_UP, 0, 0},
        {99, 90, ACTION_DOWN, 99, 90},      {3, 0, ACTION_PAGE_DOWN, 13, 10},
        {13, 10, ACTION_PAGE_UP, 3, 0},     {3, 0, ACTION_PAGE_UP, 0, 0},
        {95, 88, ACTION_PAGE_DOWN, 99, 90}, {3, 0, ACTION_HALF_DOWN, 8, 5},
        {8, 5, ACTION_HALF_UP, 3, 0},       {50, 45, ACTION_TOP, 0, 0},
        {50, 45, ACTION_BOTTOM, 99, 90},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scroll s = {cases[i].selected, cases[i].offset};
        bool moved = scroll_move(&s, cases[i].action, 100, 10);
        assert_int_equal(s.selected, cases[i].to);
        assert_int_equal(s.offset, cases[i].to_offset);
        assert_int_equal(moved,
                         cases[i].selected != cases[i].to || cases[i].offset != cases[i].to_offset);
    }
}

static void a_jump_out_of_sight_ends_in_the_middle(void **state)
{
    (void)state;
    struct scroll s = {0, 0};
    assert_true(scroll_jump(&s, 50, 100, 10));
    assert_int_equal(s.offset, 45);
    assert_true(scroll_jump(&s, 52, 100, 10));
    assert_int_equal(s.offset, 45);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_selection_stays_in_sight_whatever_happens),
        cmocka_unit_test(moves_go_where_they_say),
        cmocka_unit_test(a_jump_out_of_sight_ends_in_the_middle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
