#include "ui/page.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "src/base/utf8.h"
#include "ui/columns.h"

#define BAR_TEXT_COLS 26
#define BAR_COLS_MAX 60

void page_init(struct page *page)
{
    page->count = page->cols = 0;
    buf_init(&page->text, PAGE_TEXT_MAX);
}

void page_release(struct page *page)
{
    buf_release(&page->text);
}

void page_begin(struct page *page, int cols, bool tight)
{
    page->tight = tight;
    page->count = 0;
    page->cols = cols > 20 ? cols : 20;
    buf_clear(&page->text);
}

struct log_line *page_line(struct page *page)
{
    if (page->count == PAGE_LINES_MAX)
        return NULL;
    struct page_line *line = &page->lines[page->count++];
    *line = (struct page_line){.limit = 0};
    log_line_begin(&line->line, &page->text);
    return &line->line;
}

void page_blank(struct page *page)
{
    if (!page->tight)
        (void)page_line(page);
}

/* Bytes of the next line: whole words where there is a blank. */
static size_t line_bytes(struct str text, int cols)
{
    size_t fits = columns_cut(text, cols);
    if (fits == text.len)
        return fits;
    for (size_t at = fits; at > fits / 2; at--)
        if (text.at[at] == ' ')
            return at;
    return fits;
}

static struct log_line *labelled(struct page *page, const char *label)
{
    struct log_line *line = page_line(page);
    if (line)
        log_line_add(line, &page->text, ROLE_DIM, "%-*s", PAGE_LABEL_COLS, label);
    return line;
}

static void wrap(struct page *page, const char **label, enum role role, struct str text)
{
    do {
        struct log_line *line = labelled(page, *label);
        size_t bytes = line_bytes(text, page->cols - PAGE_LABEL_COLS);
        if (!line)
            return;
        log_line_add_str(line, &page->text, role, str_first(text, bytes));
        text = str_from(text, bytes);
        if (text.len > 0 && text.at[0] == ' ')
            text = str_from(text, 1);
        *label = "";
    } while (text.len > 0);
}

void page_field(struct page *page, const char *label, enum role role, struct str text)
{
    do {
        struct str line = str_take_line(&text);
        wrap(page, &label, role, line);
    } while (text.len > 0);
}

void page_printf(struct page *page, const char *label, enum role role, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (len >= 0)
        page_field(page, label, role, str_of(text));
}

void page_bar(struct page *page, const char *label, struct str text, int64_t value, int64_t limit,
              enum role role)
{
    struct log_line *line = labelled(page, label);
    if (!line)
        return;
    log_line_add_str(line, &page->text, ROLE_TEXT, text);
    struct page_line *row = &page->lines[page->count - 1];
    row->value = value;
    row->limit = value >= 0 && limit > 0 ? limit : 0;
    row->bar_role = role;
}

static int64_t percent(int64_t value, int64_t limit)
{
    return value > INT64_MAX / 100 ? value / (limit / 100 ? limit / 100 : 1) : value * 100 / limit;
}

static void draw_bar(const struct page *page, struct canvas *canvas, int row, int col,
                     const struct page_line *line)
{
    int room = page->cols - PAGE_LABEL_COLS - BAR_TEXT_COLS - 6;
    int cols = room < BAR_COLS_MAX ? room : BAR_COLS_MAX,
        at = col + PAGE_LABEL_COLS + BAR_TEXT_COLS;
    if (cols < 6)
        return;
    canvas_bar(canvas, row, at, cols, line->value, line->limit, line->bar_role);
    canvas_printf(canvas, row, at + cols + 1, ROLE_DIM, "%3" PRId64 " %%",
                  percent(line->value, line->limit));
}

void page_draw(const struct page *page, struct canvas *canvas, int offset, int rows, int col)
{
    for (int i = 0; i < rows && offset + i < page->count; i++) {
        const struct page_line *line = &page->lines[offset + i];
        struct str text = str_from(buf_str(&page->text), line->line.at);
        int at = 0;
        for (int part = 0; part < line->line.part_count; part++) {
            struct str run = str_first(text, line->line.parts[part].len);
            canvas_text(canvas, i, col + at, page->cols - at, 0,
                        (enum role)line->line.parts[part].role, run);
            at += columns_of(run);
            text = str_from(text, run.len);
        }
        if (line->limit > 0)
            draw_bar(page, canvas, i, col, line);
    }
}

void page_text(const struct page *page, struct buf *out)
{
    for (int i = 0; i < page->count; i++) {
        const struct page_line *line = &page->lines[i];
        struct str text = str_first(str_from(buf_str(&page->text), line->line.at), line->line.len);
        (void)utf8_defuse(str_trim_right(text), false, out);
        if (line->limit > 0)
            buf_printf(out, "  %" PRId64 " %%", percent(line->value, line->limit));
        buf_add_char(out, '\n');
    }
}
