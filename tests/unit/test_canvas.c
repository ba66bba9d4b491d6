#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "ui/canvas.h"

static struct canvas canvas;

static int new_canvas(void **state)
{
    (void)state;
    canvas_init(&canvas);
    canvas_resize(&canvas, 4, 12);
    return 0;
}

static int end_canvas(void **state)
{
    (void)state;
    canvas_release(&canvas);
    return 0;
}

/* A row as text, right halves of wide characters as nothing. */
static const char *row_text(int row)
{
    static char text[256];
    size_t len = 0;
    for (int col = 0; col < canvas.cols; col++) {
        const struct cell *cell = &canvas.cells[row * canvas.cols + col];
        memcpy(text + len, cell->bytes, cell->len);
        len += cell->len;
    }
    text[len] = '\0';
    return text;
}

static enum role role_at(int row, int col)
{
    return (enum role)canvas.cells[row * canvas.cols + col].role;
}

static void control_bytes_show_and_never_reach_a_cell(void **state)
{
    (void)state;
    canvas_text(&canvas, 0, 0, 12, 0, ROLE_TEXT, STR("a\x1b]0;x\a\r\bz"));
    assert_string_equal(row_text(0), "a^[]0;x^G^M\xE2\x80\xA6");
    assert_int_equal(role_at(0, 0), ROLE_TEXT);
    assert_int_equal(role_at(0, 1), ROLE_CONTROL);
    assert_int_equal(role_at(0, 3), ROLE_TEXT);
    for (int i = 0; i < 48; i++)
        for (int b = 0; b < canvas.cells[i].len; b++)
            assert_true((unsigned char)canvas.cells[i].bytes[b] >= 0x20 &&
                        canvas.cells[i].bytes[b] != 0x7F);
}

static void bytes_after_a_nul_are_still_drawn(void **state)
{
    (void)state;
    canvas_text(&canvas, 0, 0, 12, 0, ROLE_TEXT, STR("a\0b"));
    assert_string_equal(row_text(0), "a^@b        ");
}

static void a_wide_character_that_does_not_fit_is_not_halved(void **state)
{
    (void)state;
    assert_int_equal(canvas_text(&canvas, 0, 0, 3, 0, ROLE_TEXT, STR("\xE6\x97\xA5\xE6\x9C\xAC")),
                     3);
    assert_string_equal(row_text(0), "\xE6\x97\xA5\xE2\x80\xA6         ");
    canvas_clip(&canvas, (struct rect){1, 11, 1, 1});
    canvas_text(&canvas, 0, 0, 1, 0, ROLE_TEXT, STR("\xE6\x97\xA5"));
    assert_int_equal(canvas.cells[12 + 11].len > 0, 1);
}

static void overwriting_one_half_of_a_wide_character_blanks_the_other(void **state)
{
    (void)state;
    canvas_text(&canvas, 0, 0, 12, 0, ROLE_TEXT, STR("\xE6\x97\xA5\xE6\x9C\xAC"));
    canvas_text(&canvas, 0, 1, 1, 0, ROLE_TEXT, STR("x"));
    assert_string_equal(row_text(0), " x\xE6\x9C\xAC        ");
    canvas_text(&canvas, 0, 2, 1, 0, ROLE_TEXT, STR("y"));
    assert_string_equal(row_text(0), " xy         ");
    canvas_text(&canvas, 1, 0, 12, 0, ROLE_TEXT, STR("\xE6\x97\xA5\xE6\x9C\xAC"));
    canvas_text(&canvas, 1, 1, 2, 0, ROLE_TEXT, STR("\xE6\x97\xA5")); /* over both */
    assert_string_equal(row_text(1), " \xE6\x97\xA5         ");
}

static void scrolling_sideways_through_a_wide_character_leaves_a_blank(void **state)
{
    (void)state;
    canvas_text(&canvas, 0, 0, 12, 1, ROLE_TEXT, STR("\xE6\x97\xA5z"));
    assert_string_equal(row_text(0), " z          ");
    canvas_text(&canvas, 1, 0, 12, 3, ROLE_TEXT, STR("abcdef"));
    assert_string_equal(row_text(1), "def         ");
}

static void a_combining_mark_shares_its_base_s_cell(void **state)
{
    (void)state;
    assert_int_equal(canvas_text(&canvas, 0, 0, 12, 0, ROLE_TEXT, STR("e\xCC\x81x")), 2);
    assert_string_equal(row_text(0), "e\xCC\x81x          ");
}

static void what_is_cut_ends_in_an_ellipsis(void **state)
{
    (void)state;
    assert_int_equal(canvas_text(&canvas, 0, 0, 4, 0, ROLE_TEXT, STR("abcde")), 4);
    assert_string_equal(row_text(0), "abc\xE2\x80\xA6        ");
    assert_int_equal(canvas_text(&canvas, 1, 0, 5, 0, ROLE_TEXT, STR("abcde")), 5);
    assert_string_equal(row_text(1), "abcde       ");
    canvas.ascii = true;
    canvas_text(&canvas, 2, 0, 4, 0, ROLE_TEXT, STR("abcde"));
    assert_string_equal(row_text(2), "abc~        ");
}

static void a_tab_moves_to_the_next_stop(void **state)
{
    (void)state;
    canvas_text(&canvas, 0, 0, 12, 0, ROLE_TEXT, STR("a\tb\tc"));
    assert_string_equal(row_text(0), "a   b   c   ");
    canvas_text(&canvas, 1, 0, 12, 0, ROLE_TEXT, STR("abcd\tb"));
    assert_string_equal(row_text(1), "abcd    b   ");
}

static void nothing_is_drawn_outside_the_clip(void **state)
{
    (void)state;
    canvas_clip(&canvas, (struct rect){1, 2, 2, 3});
    canvas_text(&canvas, 0, -2, 12, 0, ROLE_TEXT, STR("abcdef"));
    canvas_text(&canvas, 1, 2, 12, 0, ROLE_TEXT, STR("xyz"));
    canvas_text(&canvas, -1, 0, 12, 0, ROLE_TEXT, STR("no"));
    canvas_text(&canvas, 2, 0, 12, 0, ROLE_TEXT, STR("no"));
    canvas_fill(&canvas, (struct rect){0, 0, 1, 9}, ROLE_TEXT, '.');
    assert_string_equal(row_text(0), "            ");
    assert_string_equal(row_text(1), "  ...       ");
    assert_string_equal(row_text(2), "    \xE2\x80\xA6       ");
    assert_string_equal(row_text(3), "            ");
}

static void a_clip_reaching_over_the_edge_is_cut(void **state)
{
    (void)state;
    canvas_clip(&canvas, (struct rect){3, 10, 9, 9});
    canvas_fill(&canvas, (struct rect){0, 0, 9, 9}, ROLE_TEXT, '.');
    assert_string_equal(row_text(3), "          ..");
    canvas_clip(&canvas, (struct rect){0, -1, 1, 3});
    assert_int_equal(canvas.clip.cols, 2);
    canvas_clip(&canvas, (struct rect){9, 9, 2, 2});
    canvas_fill(&canvas, (struct rect){0, 0, 1, 1}, ROLE_TEXT, '!');
    assert_int_equal(canvas.clip.rows, 0);
}

static void the_focus_of_a_frame_can_be_read_without_colour(void **state)
{
    (void)state;
    canvas.ascii = true;
    canvas_frame(&canvas, (struct rect){0, 0, 3, 12}, true, STR("Log"), STR("1/2"));
    assert_string_equal(row_text(0), "+=[Log]====+");
    assert_string_equal(row_text(1), "|          |");
    assert_string_equal(row_text(2), "+======1/2=+");
    canvas_frame(&canvas, (struct rect){0, 0, 3, 12}, false, STR("Log"), STR("1/2"));
    assert_string_equal(row_text(0), "+-Log------+");
}

static void a_bar_is_full_only_at_its_limit(void **state)
{
    static const struct { int64_t value, limit; const char *bar; enum role last; } cases[] = {
        {0, 100, "[..........]", ROLE_BAR_EMPTY},      {50, 100, "[#####.....]", ROLE_BAR_EMPTY},
        {100, 100, "[##########]", ROLE_BAR_FULL},     {250, 100, "[##########]", ROLE_BAR_FULL},
        {1, 100000, "[#.........]", ROLE_BAR_EMPTY},   {5, 0, "[..........]", ROLE_BAR_EMPTY},
        {INT64_MAX / 2, INT64_MAX, "[#####.....]", ROLE_BAR_EMPTY},
    };
    (void)state;
    canvas.ascii = true;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        canvas_bar(&canvas, 0, 0, 12, cases[i].value, cases[i].limit, ROLE_BAR);
        assert_string_equal(row_text(0), cases[i].bar);
        assert_int_equal(role_at(0, 10), cases[i].last);
    }
}

static void a_sparkline_scales_to_its_highest_value(void **state)
{
    static const uint16_t values[] = {0, 1, 8, 4}, failed[] = {0, 0, 1, 0};
    (void)state;
    canvas.ascii = true;
    canvas_spark(&canvas, 0, 0, values, failed, 4);
    assert_string_equal(row_text(0), " _#-        ");
    assert_int_equal(role_at(0, 2), ROLE_SPARK_FAILED);
    assert_int_equal(role_at(0, 3), ROLE_SPARK);
}

static void a_canvas_without_cells_takes_every_call(void **state)
{
    (void)state;
    canvas_resize(&canvas, 0, 0);
    canvas_text(&canvas, 0, 0, 5, 0, ROLE_TEXT, STR("x"));
    canvas_frame(&canvas, (struct rect){0, 0, 5, 5}, true, STR("x"), STR("y"));
    canvas_over(&canvas, 0, 0, 5, ROLE_SELECTION);
    canvas_bar(&canvas, 0, 0, 5, 1, 2, ROLE_BAR);
    assert_int_equal(canvas.rows * canvas.cols, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, new_canvas, end_canvas)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(control_bytes_show_and_never_reach_a_cell),
        TEST(bytes_after_a_nul_are_still_drawn),
        TEST(a_wide_character_that_does_not_fit_is_not_halved),
        TEST(overwriting_one_half_of_a_wide_character_blanks_the_other),
        TEST(scrolling_sideways_through_a_wide_character_leaves_a_blank),
        TEST(a_combining_mark_shares_its_base_s_cell),
        TEST(what_is_cut_ends_in_an_ellipsis),
        TEST(a_tab_moves_to_the_next_stop),
        TEST(nothing_is_drawn_outside_the_clip),
        TEST(a_clip_reaching_over_the_edge_is_cut),
        TEST(the_focus_of_a_frame_can_be_read_without_colour),
        TEST(a_bar_is_full_only_at_its_limit),
        TEST(a_sparkline_scales_to_its_highest_value),
        TEST(a_canvas_without_cells_takes_every_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
