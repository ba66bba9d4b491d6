#include "ui/pane_tail.h"

/* Rows that left the memory are read again by the fetch thread and come in a window around the
 * cursor. Nothing waits here: what is asked for is answered by a wake-up of the store. */

#define EDGE_SHARE 4 /* nearer to an edge of the window than a quarter: the next one is asked for */

bool tail_has_more(const struct tail *t, bool forward)
{
    if (forward)
        return tail_is_past(t) && t->past.end_row < t->status.end_row;
    return t->status.window_rows > 0 && t->status.first_again < t->view->first_row;
}

bool tail_ask_window(struct tail *t, enum store_window which, const struct rows_request *rows,
                     uint32_t *id)
{
    struct request request = {.kind = REQUEST_ROWS, .rows = *rows};
    request.rows.id = t->older.last_id + 1;
    request.rows.window = (uint8_t)which;
    if (!inbox_give(t->inbox, &request))
        return false;
    *id = ++t->older.last_id;
    return true;
}

void tail_ask_older(struct tail *t, uint64_t row, uint64_t go, enum action then)
{
    uint64_t half = t->status.window_rows / 2, first = row > half ? row - half : 0;
    if (first < t->status.first_again)
        first = t->status.first_again;
    if (row < first)
        row = first;
    const struct rows_request rows = {
        .first = first, .row = row, .end = first + 2 * half, .unix_ms = TIME_NONE};
    if (!tail_ask_window(t, WINDOW_SHOWN, &rows, &t->older.shown_id))
        return;
    t->older.go = go;
    t->older.go_unix_ms = TIME_NONE;
    t->older.then = then;
}

void tail_ask_time(struct tail *t, int64_t unix_ms)
{
    const struct rows_request rows = {.end = t->status.window_rows, .unix_ms = unix_ms};
    if (!tail_ask_window(t, WINDOW_SHOWN, &rows, &t->older.shown_id))
        return;
    t->older.go = UINT64_MAX;
    t->older.go_unix_ms = unix_ms;
    t->older.then = ACTION_NONE;
}

void tail_show_live(struct tail *t)
{
    t->view = &t->live;
    t->older.shown_id = 0;
    t->older.go = UINT64_MAX;
    t->older.go_unix_ms = TIME_NONE;
    t->older.then = ACTION_NONE;
}

void tail_rebuild(struct tail *t)
{
    view_rebuild(&t->live);
    if (!tail_is_past(t))
        return;
    view_over(&t->past, &t->live, t->past.first_row, t->past.end_row);
    search_forget(&t->other);
}

bool tail_scroll(struct tail *t, enum action action)
{
    bool moved = scroll_move(&t->scroll, action, view_count(t->view), tail_page(t));
    if (moved || action == ACTION_BOTTOM || action == ACTION_TOP) {
        t->cursor = view_at(t->view, t->scroll.selected);
        t->skip_lines = 0;
    }
    return moved;
}

/* Where the cursor is to go in the window that came; UINT64_MAX: it stays on its row. */
static uint64_t take_go(struct tail *t)
{
    uint64_t go = t->older.go;
    size_t count = view_count(&t->past);
    if (t->older.go_unix_ms != TIME_NONE && count > 0) {
        size_t index = view_find_time(&t->past, t->older.go_unix_ms);
        go = view_at(&t->past, index < count ? index : count - 1);
    }
    t->older.go = UINT64_MAX;
    t->older.go_unix_ms = TIME_NONE;
    return go;
}

/* The window came: the cursor keeps its place on screen, or goes where it was to go. */
static void show_window(struct tail *t, const struct window_status *window)
{
    enum action then = t->older.then;
    bool there;
    view_over(&t->past, &t->live, window->first, window->end);
    search_forget(&t->other);
    t->view = &t->past;
    uint64_t go = take_go(t);
    t->older.then = ACTION_NONE;
    tail_set_follow(t, false);
    if (go != UINT64_MAX)
        t->cursor = go;
    size_t count = view_count(t->view), at = view_find(t->view, t->cursor, &there);
    size_t above = t->scroll.selected - t->scroll.offset;
    t->scroll = (struct scroll){at, go == UINT64_MAX && at > above ? at - above : at};
    if (go != UINT64_MAX)
        scroll_jump(&t->scroll, at, count, tail_page(t));
    scroll_fit(&t->scroll, count, tail_page(t));
    if (then == ACTION_NONE || tail_scroll(t, then))
        return;
    bool down = then == ACTION_DOWN || then == ACTION_HALF_DOWN || then == ACTION_PAGE_DOWN ||
                then == ACTION_TOP;
    if (view_is_filtered(&t->past) && tail_has_more(t, down)) /* the filters leave nothing of it */
        tail_hunt(t, HUNT_ROW, down, FAILURE_NONE);
}

/* Before the cursor reaches an edge the rows beyond it are asked for. */
static void read_ahead(struct tail *t)
{
    uint64_t rows = t->past.end_row - t->past.first_row, edge = rows / EDGE_SHARE;
    if (!tail_is_past(t) || t->older.shown_id || t->cursor == UINT64_MAX ||
        t->cursor < t->past.first_row)
        return;
    bool high = t->cursor < t->past.first_row + edge && tail_has_more(t, false);
    bool low = t->cursor + edge >= t->past.end_row;
    if (low && t->cursor >= t->status.first_row + edge) /* it is held: the window is not needed */
        tail_show_live(t);
    else if (high || (low && t->past.end_row < t->status.first_row))
        tail_ask_older(t, t->cursor, UINT64_MAX, ACTION_NONE);
}

#define FALLING_ROWS 2048u

/* The rows that are looked at are about to fall out, or did just now, as more is read. */
static void hold_cursor(struct tail *t)
{
    bool moves = !t->status.done && t->status.first_again < t->status.first_row;
    if (tail_is_past(t) || t->follow || t->older.shown_id || !moves ||
        t->cursor < t->status.first_again || t->cursor >= t->status.first_row + FALLING_ROWS)
        return;
    tail_ask_older(t, t->cursor, t->cursor < t->status.first_row ? t->cursor : UINT64_MAX,
                   ACTION_NONE);
}

bool tail_refresh_older(struct tail *t, struct console *console)
{
    const struct window_status *window = &t->status.windows[WINDOW_SHOWN];
    bool answered = t->older.shown_id && window->id == t->older.shown_id;
    if (answered) {
        t->older.shown_id = 0;
        if (window->failed)
            console_say(console, true, "%s", t->status.window_trouble.text);
        else
            show_window(t, window);
    }
    read_ahead(t);
    hold_cursor(t);
    return answered;
}
