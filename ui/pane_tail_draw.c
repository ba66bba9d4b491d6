#include <inttypes.h>
#include <stdio.h>

#include "ui/columns.h"
#include "ui/pane_tail.h"

/* From composed lines to cells: rail, code, time, name, text. */

enum { RAIL_COL = 0, CODE_COL = 1, TIME_COL = 5 };

enum rail { RAIL_ALONG, RAIL_FIRST, RAIL_LAST, RAIL_NONE, RAIL_FOLDED, RAIL_COUNT };

static enum rail rail_of(const struct tail *t, const struct screen_line *line,
                         const struct screen_row *sr)
{
    if (sr->folded)
        return line->first ? RAIL_FOLDED : RAIL_NONE;
    if (sr->row.invocation == 0 || t->view->mode == LOG_TIMED ||
        (sr->first_of_group && sr->last_of_group))
        return RAIL_NONE;
    if (sr->first_of_group && line->first)
        return RAIL_FIRST;
    return sr->last_of_group && line->to == line->line.len && !line->pretty ? RAIL_LAST
                                                                            : RAIL_ALONG;
}

/* The rail holds the lines of an invocation together, in the colour of its failure; bookmarks
 * and the cursor stand on it. The cursor is that one sign, and what every row has is plain: a
 * row that scrolls in is then little more than its text, which is what j costs over SSH. */
static void draw_rail(const struct tail *t, struct canvas *canvas, int row,
                      const struct screen_line *line, const struct screen_row *sr)
{
    static const char *const pieces[2][RAIL_COUNT] = {
        {"\xE2\x94\x82", "\xE2\x95\xAD", "\xE2\x95\xB0", " ", "\xE2\x96\xB8"},
        {"|", ".", "'", " ", "+"}};
    enum role role =
        sr->failed ? console_class_role((enum failure_class)sr->invocation_class) : ROLE_TEXT;
    if (sr->row.seq == t->cursor)
        canvas_text(canvas, row, RAIL_COL, 1, 0,
                    tail_is_bookmarked(t, sr->row.seq) ? ROLE_MARK : ROLE_TEXT, STR(">"));
    else if (line->first && tail_is_bookmarked(t, sr->row.seq))
        canvas_text(canvas, row, RAIL_COL, 1, 0, ROLE_MARK, STR("*"));
    else
        canvas_text(canvas, row, RAIL_COL, 1, 0, role,
                    str_of(pieces[canvas->ascii][rail_of(t, line, sr)]));
}

static void draw_gutter(const struct tail *t, const struct console *console,
                        struct canvas *canvas, int row, const struct screen_row *sr)
{
    char time[CLOCK_TIME_SIZE];
    int cols = tail_time_cols(t, console), col = TIME_COL + cols + 1;
    if (sr->code[0])
        canvas_text(canvas, row, CODE_COL, 3, 0,
                    console_class_role((enum failure_class)sr->class), str_of(sr->code));
    if (!sr->row.continues || sr->folded) {
        console_time(console, sr->row.unix_ms, time);
        canvas_text(canvas, row, TIME_COL, cols, 0, sr->row.late ? ROLE_LATE : ROLE_TEXT,
                    str_first(str_of(time), (size_t)cols));
    }
    if (tail_name_cols(t))
        canvas_text(canvas, row, col, tail_name_cols(t) - 1, 0, ROLE_DIM, str_of(sr->function));
    if (tail_id_cols(t))
        canvas_text(canvas, row, col + tail_name_cols(t), 4, 0, ROLE_DIM, str_of(sr->id));
}

struct span { /* bytes of a line's text and where they are drawn */
    const struct tail *t;
    struct canvas *canvas;
    int row, col, cols, skip;
};

static void draw_part(const struct span *s, int *at, enum role role, struct str text)
{
    int width = columns_of(text), hidden = s->skip - *at;
    if (width > hidden && *at - s->skip < s->cols) {
        int col = hidden > 0 ? 0 : *at - s->skip;
        canvas_text(s->canvas, s->row, s->col + col, s->cols - col, hidden > 0 ? hidden : 0, role,
                    text);
    }
    *at += width;
}

/* The parts of the line that lie in [from, to). */
static void draw_parts(const struct span *s, const struct screen_line *line, struct str text)
{
    uint32_t begin = 0;
    int at = 0;
    for (int i = 0; i < line->line.part_count; i++) {
        const struct line_part *part = &line->line.parts[i];
        uint32_t end = begin + part->len;
        uint32_t from = begin > line->from ? begin : line->from,
                 to = end < line->to ? end : line->to;
        if (from < to)
            draw_part(s, &at, (enum role)part->role, str_first(str_from(text, from), to - from));
        begin = end;
    }
}

static int columns_between(struct str text, size_t from, size_t to)
{
    return columns_of(str_first(str_from(text, from), to - from));
}

static void draw_hits(const struct span *s, struct search *search, const struct screen_line *line,
                      struct str text)
{
    size_t at = line->from, start, end;
    for (int i = 0; i < 64 && search_span(search, text, at, &start, &end) && start < line->to;
         i++) {
        at = end;
        if (end <= line->from)
            continue;
        size_t from = start > line->from ? start : line->from, to = end < line->to ? end : line->to;
        int col = columns_between(text, line->from, from) - s->skip,
            cols = columns_between(text, from, to);
        if (col + cols > 0 && col < s->cols)
            canvas_over(s->canvas, s->row, s->col + (col > 0 ? col : 0),
                        (col > 0 ? cols : cols + col) < s->cols - col
                            ? (col > 0 ? cols : cols + col)
                            : s->cols - col,
                        ROLE_SEARCH_HIT);
    }
}

static void draw_line(struct tail *t, const struct console *console, struct canvas *canvas, int row,
                      const struct screen_line *line)
{
    const struct screen_row *sr = &t->screen_rows[line->row];
    struct str text = str_first(str_from(buf_str(&t->composed), line->line.at), line->line.len);
    int col = tail_text_col(t, console);
    struct span s = {t,   canvas,        row,
                     col, t->cols - col, t->wrap || line->pretty ? 0 : t->left_cols};
    draw_rail(t, canvas, row, line, sr);
    if (line->first)
        draw_gutter(t, console, canvas, row, sr);
    draw_parts(&s, line, text);
    if (t->search.match)
        draw_hits(&s, &t->search, line, text);
}

static void draw_empty(const struct tail *t, struct canvas *canvas)
{
    struct buf filters;
    int row = t->strip_rows + (t->rows > 6 ? 2 : 0);
    buf_init(&filters, 400);
    filters_text(&t->live.filters, &filters);
    if (t->live.filters.count > 0) {
        canvas_printf(canvas, row, 2, ROLE_TEXT,
                      t->view->building ? "Filtering: %d %%" : "No line passes the filters.",
                      view_percent(t->view));
        canvas_text(canvas, row + 1, 2, t->cols, 0, ROLE_DIM, buf_str(&filters));
        canvas_text(canvas, row + 2, 2, t->cols, 0, ROLE_DIM, STR("- drops the last one."));
    } else if (!t->status.done) {
        canvas_text(canvas, row, 2, t->cols, 0, ROLE_TEXT,
                    STR("Reading: no line of it was seen yet."));
        canvas_text(canvas, row + 1, 2, t->cols, 0, ROLE_DIM, str_of(t->status.progress.note));
    } else {
        canvas_text(canvas, row, 2, t->cols, 0, ROLE_TEXT,
                    STR("Read to its end: there are no lines."));
    }
    buf_release(&filters);
}

void tail_draw(struct pane *pane, const struct console *console, struct canvas *canvas, bool focus)
{
    struct tail *t = tail_of(pane);
    (void)focus;
    if (t->strip_rows > 0)
        histogram_draw(&t->histogram, console, canvas, t->strip_rows, tail_cursor_row(t).unix_ms);
    if (t->screen_line_count == 0)
        draw_empty(t, canvas);
    for (int i = 0; i < tail_page(t) && i + t->skip_lines < t->screen_line_count; i++)
        draw_line(t, console, canvas, t->strip_rows + i, &t->screen_lines[i + t->skip_lines]);
}
