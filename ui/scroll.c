#include "ui/scroll.h"

/* Half a page and a page keep the selection at its place on the screen, as pagers do: the
 * rows move under it. At the ends of the list the selection itself goes on. */

static size_t less(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t minus(size_t a, size_t b)
{
    return a > b ? a - b : 0;
}

bool scroll_to(struct scroll *s, size_t row, size_t count, int page)
{
    struct scroll before = *s;
    size_t rows = page < 1 ? 1 : (size_t)page;
    s->selected = less(row, minus(count, 1));
    if (s->offset > s->selected)
        s->offset = s->selected;
    if (s->offset + rows <= s->selected)
        s->offset = s->selected - rows + 1;
    s->offset = less(s->offset, minus(count, rows));
    return s->selected != before.selected || s->offset != before.offset;
}

bool scroll_jump(struct scroll *s, size_t row, size_t count, int page)
{
    size_t rows = page < 1 ? 1 : (size_t)page, to = less(row, minus(count, 1));
    struct scroll before = *s;
    if (to < s->offset || to >= s->offset + rows)
        s->offset = minus(to, rows / 2);
    scroll_to(s, to, count, page);
    return s->selected != before.selected || s->offset != before.offset;
}

bool scroll_fit(struct scroll *s, size_t count, int page)
{
    return scroll_to(s, s->selected, count, page);
}

static bool scroll_down(struct scroll *s, size_t by, size_t count, int page)
{
    struct scroll before = *s;
    s->offset = less(s->offset + by, minus(count, page < 1 ? 1 : (size_t)page));
    scroll_to(s, s->selected + by, count, page);
    return s->selected != before.selected || s->offset != before.offset;
}

static bool scroll_up(struct scroll *s, size_t by, size_t count, int page)
{
    struct scroll before = *s;
    s->offset = minus(s->offset, by);
    scroll_to(s, minus(s->selected, by), count, page);
    return s->selected != before.selected || s->offset != before.offset;
}

bool scroll_move(struct scroll *s, enum action action, size_t count, int page)
{
    size_t rows = page < 1 ? 1 : (size_t)page, half = rows > 1 ? rows / 2 : 1;
    switch (action) {
    case ACTION_UP:
        return scroll_to(s, minus(s->selected, 1), count, page);
    case ACTION_DOWN:
        return scroll_to(s, s->selected + 1, count, page);
    case ACTION_HALF_UP:
        return scroll_up(s, half, count, page);
    case ACTION_HALF_DOWN:
        return scroll_down(s, half, count, page);
    case ACTION_PAGE_UP:
        return scroll_up(s, rows, count, page);
    case ACTION_PAGE_DOWN:
        return scroll_down(s, rows, count, page);
    case ACTION_TOP:
        return scroll_to(s, 0, count, page);
    case ACTION_BOTTOM:
        return scroll_to(s, minus(count, 1), count, page);
    default:
        return scroll_fit(s, count, page);
    }
}
