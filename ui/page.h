/* A page of labelled paragraphs and bars, wrapped to a width and scrolled as one: what a
 * verdict is written on. Pure but for drawing; UI thread. */
#ifndef LAMBDIG_UI_PAGE_H
#define LAMBDIG_UI_PAGE_H

#include "ui/canvas.h"
#include "ui/log_line.h"

#define PAGE_LINES_MAX 512
#define PAGE_TEXT_MAX (512u * 1024u)
#define PAGE_LABEL_COLS 10

struct page_line {
    struct log_line line;
    int64_t value, limit; /* of a bar behind the text; limit 0: none */
    enum role bar_role;
};

struct page {
    struct page_line lines[PAGE_LINES_MAX];
    int count, cols;
    bool tight; /* no blank lines: there is little room */
    struct buf text;
};

void page_init(struct page *page);
void page_release(struct page *page);
void page_begin(struct page *page, int cols, bool tight); /* empty again */

void page_blank(struct page *page);
/* A line without a label column; NULL: the page is full. */
struct log_line *page_line(struct page *page);
/* Label and text; further lines of the text hang under its first. */
void page_field(struct page *page, const char *label, enum role role, struct str text);
void page_printf(struct page *page, const char *label, enum role role, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* `text` in 24 columns, then a bar of value against limit and its percentage. */
void page_bar(struct page *page, const char *label, struct str text, int64_t value, int64_t limit,
              enum role role);

/* Lines from `offset` on, from row 0 and column `col` of the clip on. */
void page_draw(const struct page *page, struct canvas *canvas, int offset, int rows, int col);
/* Appends all lines, defused; bars by their percentage. */
void page_text(const struct page *page, struct buf *out);

#endif
