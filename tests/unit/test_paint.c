#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <vterm.h>

#include "src/base/utf8.h"
#include "ui/paint.h"

/* The judge is libvterm: whatever bytes go out, its screen must read like the canvas. */

#define ROWS 12
#define COLS 30

static struct paint paint;
static struct canvas canvas;
static struct buf out;
static VTerm *vterm;
static VTermScreen *screen;
static uint64_t seed;
static bool has_ground; /* plain text stands on a ground of its own */

static void make_look(void *ctx, enum role role, enum role over, struct paint_look *look)
{
    (void)ctx;
    bool reverse = over == ROLE_SELECTION || role == ROLE_CONTROL;
    const char *sgr = role == ROLE_ERROR     ? "1;38;5;203"
                      : role == ROLE_DIM     ? "38;5;247"
                      : role == ROLE_CONTROL ? "7"
                                             : "";
    (void)str_copy(look->sgr, sizeof look->sgr, str_of(over == ROLE_SELECTION ? "7" : sgr));
    look->blank_shows = reverse;
    if (has_ground && look->sgr[0] == '\0') {
        (void)str_copy(look->sgr, sizeof look->sgr, STR("48;5;16"));
        look->blank_shows = true;
    }
}

static int new_paint(void **state)
{
    (void)state;
    paint_init(&paint);
    paint.utf8 = paint.scrolls = paint.columns = true;
    paint.make_look = make_look;
    canvas_init(&canvas);
    canvas_resize(&canvas, ROWS, COLS);
    buf_init(&out, 1u << 20);
    vterm = vterm_new(ROWS, COLS);
    vterm_set_utf8(vterm, 1);
    screen = vterm_obtain_screen(vterm);
    vterm_screen_enable_altscreen(screen, 1);
    vterm_screen_reset(screen, 1);
    seed = 42;
    has_ground = false;
    return 0;
}

static int end_paint(void **state)
{
    (void)state;
    vterm_free(vterm);
    paint_release(&paint);
    canvas_release(&canvas);
    buf_release(&out);
    return 0;
}

static unsigned draw_lot(unsigned below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % below;
}

static size_t frame(void)
{
    buf_clear(&out);
    paint_frame(&paint, &canvas, &out);
    assert_false(out.full);
    vterm_input_write(vterm, out.at ? out.at : "", out.len);
    vterm_screen_flush_damage(screen);
    return out.len;
}

static void assert_cell(int row, int col)
{
    const struct cell *cell = &canvas.cells[row * COLS + col];
    VTermScreenCell seen;
    VTermPos at = {.row = row, .col = col};
    struct str bytes = {cell->bytes, cell->len};
    uint32_t code;
    if (cell->len == 0)
        return;
    assert_true(vterm_screen_get_cell(screen, at, &seen));
    utf8_decode(bytes, &code);
    uint32_t first = seen.chars[0] ? seen.chars[0] : ' ';
    bool blank = code == ' ';
    if (first != code)
        fail_msg("row %d col %d: U+%04X on screen, U+%04X in the canvas", row, col, (unsigned)first,
                 (unsigned)code);
    assert_int_equal(seen.attrs.reverse,
                     cell->over == ROLE_SELECTION || cell->role == ROLE_CONTROL);
    assert_true(blank ||
                seen.attrs.bold == (cell->role == ROLE_ERROR && cell->over != ROLE_SELECTION));
}

static void assert_screen(void)
{
    for (int row = 0; row < ROWS; row++)
        for (int col = 0; col < COLS; col++)
            assert_cell(row, col);
}

static void put_random_text(int row)
{
    static const char *const pieces[] = {
        "word ",      "  ", "\xE6\x97\xA5",     "\xE2\x94\x82", "x", "e\xCC\x81", "\xE2\x80\xA6",
        "0123456789", " ",  "\xF0\x9F\x98\x80", "      "};
    static const enum role roles[] = {ROLE_TEXT, ROLE_ERROR, ROLE_DIM, ROLE_CONTROL};
    int col = (int)draw_lot(COLS);
    for (unsigned n = draw_lot(6); n-- > 0 && col < COLS;) {
        const char *piece = pieces[draw_lot(sizeof pieces / sizeof *pieces)];
        col += canvas_text(&canvas, row, col, COLS, 0, roles[draw_lot(4)], str_of(piece));
    }
}

/* Moves some rows up or down, as a list that scrolls does. */
static void move_rows(void)
{
    int top = (int)draw_lot(4), past = ROWS - (int)draw_lot(4), by = 1 + (int)draw_lot(3);
    size_t row_bytes = COLS * sizeof *canvas.cells, kept = (size_t)(past - top - by) * row_bytes;
    bool up = draw_lot(2);
    struct cell *low = canvas.cells + top * COLS, *high = canvas.cells + (top + by) * COLS;
    memmove(up ? low : high, up ? high : low, kept);
    for (int i = 0; i < by; i++) {
        int row = up ? past - 1 - i : top + i;
        canvas_fill(&canvas, (struct rect){row, 0, 1, COLS}, ROLE_TEXT, ' ');
        put_random_text(row);
    }
}

static void the_terminal_shows_the_canvas_after_any_change(void **state)
{
    (void)state;
    for (int i = 0; i < 4000; i++) {
        unsigned what = draw_lot(10);
        if (what < 4)
            move_rows();
        else if (what < 8)
            put_random_text((int)draw_lot(ROWS));
        else if (what == 8)
            canvas_over(&canvas, (int)draw_lot(ROWS), (int)draw_lot(COLS), (int)draw_lot(COLS),
                        draw_lot(2) ? ROLE_SELECTION : 0);
        else
            canvas_fill(&canvas, (struct rect){(int)draw_lot(ROWS), 0, 1 + (int)draw_lot(3), COLS},
                        ROLE_TEXT, ' ');
        if (draw_lot(200) == 0)
            paint.stale = true;
        frame();
        assert_screen();
    }
}

static void nothing_new_writes_nothing(void **state)
{
    (void)state;
    put_random_text(3);
    assert_true(frame() > 0);
    assert_int_equal(frame(), 0);
    canvas_text(&canvas, 5, 0, COLS, 0, ROLE_DIM, STR("    ")); /* another role, the same sight */
    assert_int_equal(frame(), 0);
}

static void fill_rows(int first)
{
    for (int row = 1; row < ROWS - 1; row++) {
        canvas_fill(&canvas, (struct rect){row, 0, 1, COLS}, ROLE_TEXT, ' ');
        canvas_printf(&canvas, row, 0, ROLE_TEXT, "line %d of %d and more", first + row,
                      (first + row) * 7919);
    }
}

static void a_list_that_scrolls_by_one_row_costs_one_row(void **state)
{
    (void)state;
    fill_rows(100);
    frame();
    fill_rows(101);
    frame();
    assert_true(str_eq(buf_str(&out),
                       STR("\033[2;11r\033[2H\033[M\033[r\033[11Hline 111 of 879009 and more")));
    fill_rows(100);
    frame();
    assert_true(
        str_eq(buf_str(&out), STR("\033[2;11r\033[2H\033[L\033[r\r\nline 101 of 799819 and more")));
    assert_screen();
}

static void one_changed_cell_costs_a_move_and_the_cell(void **state)
{
    (void)state;
    fill_rows(1);
    frame();
    canvas_text(&canvas, 4, 5, 1, 0, ROLE_TEXT, STR("!"));
    frame();
    assert_true(str_eq(buf_str(&out), STR("\033[5;6H!")));
}

/* CSI with the finals named in ui/paint.h and printable text: nothing else may go out. */
static void only_known_sequences_go_out(void **state)
{
    (void)state;
    for (int i = 0; i < 500; i++) {
        move_rows();
        put_random_text((int)draw_lot(ROWS));
        frame();
        for (size_t at = 0; at < out.len; at++) {
            if (out.at[at] != 0x1B) {
                assert_true((unsigned char)out.at[at] >= 0x20 || out.at[at] == '\r' ||
                            out.at[at] == '\n');
                continue;
            }
            assert_int_equal(out.at[++at], '[');
            for (at++; strchr("0123456789;", out.at[at]); at++)
                continue;
            assert_non_null(strchr("HGKJmrLM", out.at[at]));
        }
    }
}

static void outside_utf_8_what_is_not_ascii_is_a_question_mark(void **state)
{
    (void)state;
    paint.utf8 = false;
    canvas_text(&canvas, 0, 0, COLS, 0, ROLE_TEXT, STR("a\xE6\x97\xA5\xC3\xA9z"));
    frame();
    assert_true(str_has(buf_str(&out), STR("a???z")));
}

static void a_terminal_that_cannot_scroll_gets_no_scroll(void **state)
{
    (void)state;
    paint.scrolls = paint.columns = false;
    for (int i = 0; i < 300; i++) {
        move_rows();
        frame();
        assert_screen();
        assert_false(str_has(buf_str(&out), STR("\033[r")));
        assert_false(str_has(buf_str(&out), STR("\033[2G")));
    }
}

static void another_size_is_drawn_whole(void **state)
{
    (void)state;
    frame();
    canvas_resize(&canvas, 3, 5);
    canvas_text(&canvas, 2, 0, 5, 0, ROLE_TEXT, STR("hello"));
    buf_clear(&out);
    paint_frame(&paint, &canvas, &out);
    assert_true(str_has(buf_str(&out), STR("\033[H\033[2J")));
    assert_true(str_has(buf_str(&out), STR("hello")));
}

static void assert_ground(void)
{
    for (int row = 0; row < ROWS; row++)
        for (int col = 0; col < COLS; col++) {
            VTermScreenCell seen;
            VTermPos at = {.row = row, .col = col};
            assert_true(vterm_screen_get_cell(screen, at, &seen));
            if (!VTERM_COLOR_IS_INDEXED(&seen.bg) || seen.bg.indexed.idx != 16)
                fail_msg("row %d col %d has no ground", row, col);
        }
}

/* A theme may give plain text a ground: cells that were only erased do not have it. */
static void blanks_have_the_ground_of_the_theme(void **state)
{
    (void)state;
    has_ground = true;
    canvas_text(&canvas, 1, 3, COLS, 0, ROLE_TEXT, STR("a few"));
    canvas_text(&canvas, 5, 20, COLS, 0, ROLE_TEXT, STR("words"));
    frame();
    assert_ground();
    for (int row = 0; row < ROWS; row++)
        canvas_printf(&canvas, row, 0, ROLE_TEXT, "line %d of a log that scrolls", row);
    frame();
    memmove(canvas.cells, canvas.cells + 2 * COLS,
            (size_t)((ROWS - 2) * COLS) * sizeof *canvas.cells);
    for (int col = 0; col < 2 * COLS; col++)
        canvas.cells[(ROWS - 2) * COLS + col] = (struct cell){.bytes = " ", .len = 1};
    frame();
    assert_screen();
    assert_ground();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, new_paint, end_paint)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_terminal_shows_the_canvas_after_any_change),
        TEST(blanks_have_the_ground_of_the_theme),
        TEST(nothing_new_writes_nothing),
        TEST(a_list_that_scrolls_by_one_row_costs_one_row),
        TEST(one_changed_cell_costs_a_move_and_the_cell),
        TEST(only_known_sequences_go_out),
        TEST(outside_utf_8_what_is_not_ascii_is_a_question_mark),
        TEST(a_terminal_that_cannot_scroll_gets_no_scroll),
        TEST(another_size_is_drawn_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
