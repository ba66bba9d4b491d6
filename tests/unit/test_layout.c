#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "ui/layout.h"

enum { F = 1 << VIEW_FUNCTIONS, L = 1 << VIEW_LOGS, I = 1 << VIEW_INVOCATION };

static int shown(const struct layout *layout)
{
    int views = 0;
    for (enum view view = 0; view < VIEW_COUNT; view++)
        views |= layout_shows(layout, view) << view;
    return views;
}

static void each_size_shows_its_panes(void **state)
{
    static const struct { int rows, cols; enum view focus; bool zoom, fits; int shown; uint32_t functions;
    } cases[] = {
        {1, 1, VIEW_LOGS, false, false, 0, 12},
        {9, 80, VIEW_LOGS, false, false, 0, 12},
        {24, 39, VIEW_LOGS, false, false, 0, 12},
        {10, 40, VIEW_FUNCTIONS, false, true, F, 12},
        {24, 80, VIEW_LOGS, false, true, L, 12},
        {24, 80, VIEW_INVOCATION, true, true, I, 12},
        {24, 99, VIEW_FUNCTIONS, false, true, F, 12},
        {40, 100, VIEW_FUNCTIONS, false, true, F, 12},
        {40, 120, VIEW_LOGS, false, true, F | L, 12},
        {40, 120, VIEW_INVOCATION, false, true, F | I, 12},
        {40, 139, VIEW_LOGS, false, true, F | L, 12},
        {40, 140, VIEW_LOGS, false, true, F | L | I, 12},
        {60, 200, VIEW_FUNCTIONS, false, true, F, 12},
        {60, 200, VIEW_INVOCATION, false, true, F | L | I, 12},
        {60, 200, VIEW_LOGS, true, true, L, 12},
        {40, 120, VIEW_LOGS, false, true, L, 1},
        {40, 120, VIEW_INVOCATION, false, true, I, 0},
        {60, 200, VIEW_LOGS, false, true, L | I, 1},
        {60, 200, VIEW_FUNCTIONS, false, true, F, 1},
        {60, 200, VIEW_LOGS, false, true, F | L | I, 2},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct layout layout;
        layout_fit(&layout, cases[i].rows, cases[i].cols, cases[i].focus, cases[i].zoom, cases[i].functions);
        assert_int_equal(layout.fits, cases[i].fits);
        assert_int_equal(shown(&layout), cases[i].shown);
    }
}

/* Paints every rectangle of a layout into a grid and looks for cells hit twice or never. */
static void check_cover(int rows, int cols, enum view focus, bool zoom, uint32_t functions)
{
    struct layout layout;
    layout_fit(&layout, rows, cols, focus, zoom, functions);
    if (!layout.fits)
        return;
    const struct rect rects[] = {layout.header,
                                 layout.views,
                                 layout.status,
                                 layout.keys,
                                 layout.panes[VIEW_FUNCTIONS],
                                 layout.panes[VIEW_LOGS],
                                 layout.panes[VIEW_INVOCATION]};
    unsigned char *hits = calloc((size_t)rows * (size_t)cols, 1);
    assert_non_null(hits);
    for (size_t i = 0; i < sizeof rects / sizeof *rects; i++)
        for (int row = rects[i].row; row < rects[i].row + rects[i].rows; row++)
            for (int col = rects[i].col; col < rects[i].col + rects[i].cols; col++) {
                assert_in_range(row, 0, rows - 1);
                assert_in_range(col, 0, cols - 1);
                hits[row * cols + col]++;
            }
    for (int i = 0; i < rows * cols; i++)
        assert_int_equal(hits[i], 1);
    free(hits);
    assert_true(layout_shows(&layout, focus));
}

static void rectangles_cover_the_screen_once_at_any_size(void **state)
{
    (void)state;
    for (int rows = 1; rows <= 70; rows += 3)
        for (int cols = 1; cols <= 260; cols += 7)
            for (enum view focus = 0; focus < VIEW_COUNT; focus++) {
                check_cover(rows, cols, focus, false, 12);
                check_cover(rows, cols, focus, true, 12);
                check_cover(rows, cols, focus, false, 1);
            }
}

static void every_pane_has_room_inside_its_frame(void **state)
{
    (void)state;
    for (int cols = LAYOUT_MIN_COLS; cols < 260; cols++) {
        struct layout layout;
        layout_fit(&layout, LAYOUT_MIN_ROWS, cols, VIEW_LOGS, false, 12);
        for (enum view view = 0; view < VIEW_COUNT; view++)
            if (layout_shows(&layout, view)) {
                assert_true(layout.panes[view].cols >= 34);
                assert_true(view == VIEW_INVOCATION || layout.panes[view].rows >= 4);
            }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_size_shows_its_panes),
        cmocka_unit_test(rectangles_cover_the_screen_once_at_any_size),
        cmocka_unit_test(every_pane_has_room_inside_its_frame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
