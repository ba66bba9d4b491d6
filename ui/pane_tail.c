#include "ui/pane_tail.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "ui/figures.h"

/* The log. The cursor is a row of the store: it stays on its line whatever is added, filtered
 * or folded around it. */

#define VIEW_BUDGET_US 6000
#define SEARCH_BUDGET_US 6000

static struct pane *tail_open(struct console *console)
{
    struct tail *t = xcalloc(1, sizeof *t);
    t->pane.class = &pane_tail;
    t->cursor = UINT64_MAX;
    t->follow = true;
    t->many_functions = true;
    t->inbox = console->inbox;
    t->view = &t->live;
    t->older = (struct older){.go = UINT64_MAX, .go_unix_ms = TIME_NONE, .then = ACTION_NONE};
    view_init(&t->live, console->store);
    view_init(&t->past, console->store);
    view_init(&t->scanned, console->store);
    search_init(&t->search);
    search_init(&t->other);
    t->other.uncounted = true;
    buf_init(&t->text, SCREEN_TEXT_MAX);
    buf_init(&t->composed, 2 * SCREEN_TEXT_MAX);
    return &t->pane;
}

static void tail_free(struct pane *pane)
{
    struct tail *t = tail_of(pane);
    view_release(&t->live);
    view_release(&t->past);
    view_release(&t->scanned);
    search_release(&t->search);
    search_release(&t->other);
    buf_release(&t->text);
    buf_release(&t->composed);
    free(t);
}

struct row tail_cursor_row(const struct tail *t)
{
    for (int i = 0; i < t->screen_row_count; i++)
        if (t->screen_rows[i].row.seq == t->cursor)
            return t->screen_rows[i].row;
    return (struct row){.seq = UINT64_MAX, .unix_ms = TIME_NONE, .class = FAILURE_NONE};
}

void tail_set_follow(struct tail *t, bool follow)
{
    if (t->follow && !follow)
        t->count_at_pause = view_count(&t->live);
    if (follow)
        tail_show_live(t);
    t->follow = follow;
}

/* true: the row is in the view that is shown now, or never will be; false: it was asked for. */
static bool bring_near(struct tail *t, uint64_t seq)
{
    if (tail_is_past(t) && seq >= t->past.first_row && seq < t->past.end_row)
        return true;
    if (seq >= t->status.first_again && seq < t->status.first_row) {
        tail_ask_older(t, seq, seq, ACTION_NONE);
        return false;
    }
    tail_show_live(t);
    return true;
}

void tail_go(struct tail *t, uint64_t seq)
{
    bool there;
    tail_set_follow(t, false);
    if (!bring_near(t, seq))
        return;
    t->cursor = seq;
    t->skip_lines = 0;
    scroll_jump(&t->scroll, view_find(t->view, seq, &there), view_count(t->view), tail_page(t));
}

/* The view changed around the cursor: its row keeps its place on screen as far as it can. */
static void settle(struct tail *t)
{
    bool there;
    size_t count = view_count(t->view), above = t->scroll.selected - t->scroll.offset;
    if (count == 0) {
        t->scroll = (struct scroll){0, 0};
        return;
    }
    size_t index =
        t->follow || t->cursor == UINT64_MAX ? count - 1 : view_find(t->view, t->cursor, &there);
    index = index < count ? index : count - 1;
    t->scroll.selected = index;
    t->scroll.offset = index > above ? index - above : 0;
    scroll_fit(&t->scroll, count, tail_page(t));
    t->cursor = view_at(t->view, index);
}

static void fill_strip(struct tail *t)
{
    int most = t->rows / 3;
    histogram_fill(&t->histogram, &t->live.groups, t->live.filters.function,
                   t->show_histogram ? t->cols : 0);
    t->strip_rows = t->show_histogram ? histogram_rows(&t->histogram, most) : 0;
}

void tail_found(struct tail *t, struct console *console, uint64_t seq)
{
    bool there, forward = tail_search(t)->forward;
    size_t before = view_find(t->view, t->search_origin, &there),
           at = view_find(t->view, seq, &there);
    if (forward ? at < before : at > before)
        console_say(console, false,
                    forward ? "end of the log: searching from its top"
                            : "top of the log: searching from its end");
    tail_go(t, seq);
    if (t->search.hidden_hits)
        console_say(console, true, "some lines match only without their invisible characters");
}

static void tell_no_match(struct tail *t, struct console *console)
{
    bool more = tail_has_more(t, false) || tail_is_past(t);
    if (more && t->search_all) {
        console_say(console, false, "%s", ""); /* the prompt's: it knew the view only */
        tail_hunt(t, HUNT_TEXT, tail_search(t)->forward, FAILURE_NONE);
    } else {
        console_say(console, true,
                    more ? "/%s/: no match in the lines held: Enter searches all"
                         : "/%s/: no match",
                    t->search.pattern);
    }
}

static bool go_on_searching(struct tail *t, struct console *console, bool *busy)
{
    uint64_t seq = UINT64_MAX;
    bool counting = false, past = tail_is_past(t);
    if (t->hunt.kind == HUNT_TEXT) /* it uses the searches itself */
        return false;
    enum seek_result result = search_step(tail_search(t), t->view, SEARCH_BUDGET_US, &seq, busy);
    if (past && result == SEEK_NONE)
        search_step(&t->search, &t->live, SEARCH_BUDGET_US, &seq, &counting);
    *busy |= counting || (past && result != SEEK_NONE);
    if (result == SEEK_FOUND)
        tail_found(t, console, seq);
    else if (result == SEEK_FAILED)
        tell_no_match(t, console);
    return result == SEEK_FOUND || result == SEEK_FAILED || *busy;
}

static void keep_place(struct tail *t, struct console *console)
{
    t->cursor_invocation = tail_cursor_row(t).seq == UINT64_MAX ? 0 : tail_cursor_row(t).invocation;
    if (console->place.view != VIEW_LOGS)
        return;
    console->place.row = t->cursor;
    console->place.invocation = t->cursor_invocation;
}

static bool tail_refresh(struct pane *pane, struct console *console, int rows, int cols)
{
    struct tail *t = tail_of(pane);
    bool view_busy = false, search_busy = false;
    bool changed =
        rows != t->rows || cols != t->cols || console->status.generation != t->status.generation;
    bool counts_changed = changed || t->live.building;
    changed |= pane->busy; /* what ends now leaves the status line */
    t->rows = rows;
    t->cols = cols;
    t->status = console->status;
    t->many_functions = t->live.filters.function == UINT32_MAX && console->status.functions > 1;
    changed |= view_refresh(&t->live, &console->status, VIEW_BUDGET_US, &view_busy);
    changed |= tail_refresh_older(t, console);
    changed |= go_on_searching(t, console, &search_busy);
    changed |= tail_hunt_on(t, console, &search_busy);
    if (counts_changed || changed)
        fill_strip(t);
    settle(t);
    tail_compose(t, console);
    keep_place(t, console);
    pane->busy = view_busy || search_busy;
    pane->eager = t->hunt.kind != HUNT_NONE || t->older.shown_id;
    return changed || pane->busy;
}

static void tail_show(struct pane *pane, struct console *console, const struct place *place)
{
    struct tail *t = tail_of(pane);
    (void)console;
    if (place->function != t->live.filters.function) {
        t->live.filters.function = place->function;
        view_rebuild(&t->live);
        tail_set_follow(t, true);
    }
    if (place->row != UINT64_MAX && place->row != t->cursor)
        tail_go(t, place->row);
}

/* ---- titles and status ---- */

/* Where the cursor is among all lines of the log; filtered, among those of the view. */
static void count_lines(const struct tail *t, uint64_t *line, uint64_t *lines)
{
    size_t count = view_count(t->view);
    bool all = t->status.first_again < t->status.first_row;
    *lines = all ? t->status.end_row : count;
    *line = count ? t->scroll.selected + 1 : 0;
    if (all)
        *line = view_is_filtered(t->view) || !count ? t->cursor + 1
                                                    : t->view->first_row + t->scroll.selected + 1;
}

static void tail_titles(const struct pane *pane, char *title, size_t title_size, char *below,
                        size_t below_size)
{
    const struct tail *t = tail_in(pane);
    size_t count = view_count(&t->live),
           fresh = count > t->count_at_pause ? count - t->count_at_pause : 0;
    const char *order = t->view->mode == LOG_TIMED
                            ? (t->view->timeless ? "  in order of arrival" : "  by time")
                            : "";
    bool waits = t->older.shown_id && (t->older.go != UINT64_MAX || t->older.then != ACTION_NONE);
    uint64_t line, lines;
    if (waits)
        snprintf(title, title_size, "Log%s  reading older lines", order);
    else if (t->follow)
        snprintf(title, title_size, "Log%s  FOLLOW", order);
    else if (fresh > 0)
        snprintf(title, title_size, "Log%s%s  +%zu new", order, tail_is_past(t) ? "  OLDER" : "",
                 fresh);
    else
        snprintf(title, title_size, "Log%s%s", order, tail_is_past(t) ? "  OLDER" : "");
    count_lines(t, &line, &lines);
    uint64_t percent = lines > 1 && line > 0 ? (line - 1) * 100 / (lines - 1) : 100;
    snprintf(below, below_size, "line %" PRIu64 " of %" PRIu64 "  %" PRIu64 "%%", line, lines,
             percent);
}

static void add_counts(const struct tail *t, struct buf *out)
{
    for (int class = 0; class < FAILURE_CLASS_COUNT; class++)
        if (t->histogram.by_class[class] && class != FAILURE_SUCCESS)
            buf_printf(out, "%s%" PRIu64 " %s", out->len ? "  " : "", t->histogram.by_class[class],
                       failure_class_row((enum failure_class)class)->tag);
    if (t->histogram.cold)
        buf_printf(out, "%s%" PRIu64 " cold", out->len ? "  " : "", t->histogram.cold);
}

static void add_search(const struct tail *t, struct buf *out)
{
    int percent = search_percent(&t->search, &t->live);
    bool more = t->status.first_again < t->status.first_row;
    buf_printf(out, "%s/%s/ %" PRIu64 " %s%s", out->len ? " | " : "", t->search.pattern,
               t->search.hits, t->search.hits == 1 ? "hit" : "hits",
               more ? " in the lines held" : "");
    if (t->search.hidden_hits)
        buf_printf(out, ", %" PRIu64 " with invisible characters", t->search.hidden_hits);
    if (percent < 100)
        buf_printf(out, ", searched %d %%", percent);
}

/* Sets apart what comes next. */
static struct buf *part(struct buf *out)
{
    if (out->len > 0)
        buf_add(out, STR(" | "));
    return out;
}

static void add_older(const struct tail *t, struct buf *out)
{
    bool again = t->status.first_again < t->status.first_row;
    uint64_t gone = t->status.first_again;
    if (again)
        buf_printf(part(out), "%" PRIu64 " older lines are read from the log again",
                   t->status.first_row - gone);
    if (gone > 0)
        buf_printf(part(out), "%" PRIu64 " older lines left the memory%s%s", gone,
                   t->status.reads_once[0] ? ": " : "", t->status.reads_once);
}

static void add_filters(const struct tail *t, struct buf *out)
{
    struct buf filters;
    buf_init(&filters, 400);
    filters_text(&t->live.filters, &filters);
    if (filters.len > 0)
        buf_printf(out, "%s%.*s", out->len ? "  " : "", (int)filters.len, filters.at);
    buf_release(&filters);
}

static void tail_status(const struct pane *pane, const struct console *console, char *out,
                        size_t size)
{
    const struct tail *t = tail_in(pane);
    struct buf text, counts;
    (void)console;
    buf_init(&text, 600);
    buf_init(&counts, 300);
    if (t->hunt.kind != HUNT_NONE)
        buf_printf(&text, "looking through older lines: %d %%, Esc stops", tail_hunt_percent(t));
    if (t->live.building)
        buf_printf(part(&text), "reading %d %%", view_percent(&t->live));
    add_filters(t, &text);
    if (t->search.match)
        add_search(t, &text);
    add_counts(t, &counts);
    if (counts.len > 0)
        buf_add(part(&text), buf_str(&counts));
    add_older(t, &text);
    str_copy(out, size, buf_str(&text));
    buf_release(&counts);
    buf_release(&text);
}

/* ---- moves ---- */

static bool goes_up(enum action action)
{
    return action == ACTION_UP || action == ACTION_HALF_UP || action == ACTION_PAGE_UP ||
           action == ACTION_TOP;
}

/* Inside a row that is taller than the screen. */
static bool move_inside(struct tail *t, enum action action)
{
    int page = tail_page(t), hidden = t->cursor_lines - page - t->skip_lines;
    int step = action == ACTION_UP || action == ACTION_DOWN ? 1 : page / 2;
    if (t->cursor_lines <= page || t->scroll.offset != t->scroll.selected)
        return false;
    if (goes_up(action) ? t->skip_lines == 0 : hidden <= 0)
        return false;
    t->skip_lines += goes_up(action) ? -(step < t->skip_lines ? step : t->skip_lines)
                     : step < hidden ? step
                                     : hidden;
    return true;
}

static unsigned open_invocation(const struct tail *t, struct console *console)
{
    if (!t->cursor_invocation) {
        console_say(console, false, "this line belongs to no invocation");
        return UI_REDRAW;
    }
    console->go = console->place;
    console->go.view = VIEW_INVOCATION;
    console->go.invocation = t->cursor_invocation;
    console->go.row = t->cursor;
    return UI_GO;
}

static unsigned copy_row(struct tail *t, struct console *console)
{
    struct row row;
    struct buf text;
    buf_init(&text, ROW_TEXT_MAX);
    store_read_rows(t->view->store, &t->cursor, 1, ROW_TEXT_MAX, &row, &text);
    unsigned effects = row.seq == t->cursor ? console_copy(console, buf_str(&text)) : UI_NOTHING;
    buf_release(&text);
    return effects;
}

static unsigned open_search(struct tail *t, struct console *console)
{
    t->search_origin = t->cursor;
    t->scroll_origin = t->scroll;
    t->follow_origin = t->follow;
    memcpy(t->pattern_before, t->search.pattern, sizeof t->pattern_before);
    return console_prompt(console, ACTION_SEARCH, STR("/"), STR_NONE);
}

static unsigned drop_filter(struct tail *t, struct console *console)
{
    if (filters_drop(&t->live.filters))
        return tail_rebuilt(t);
    if (t->search.match) {
        struct err err = {0};
        tail_stop_hunt(t);
        return search_set(&t->search, STR_NONE, &err) && search_set(&t->other, STR_NONE, &err)
                   ? UI_REFRESH
                   : UI_NOTHING;
    }
    console_say(console, false, "no filter is set");
    return UI_REDRAW;
}

/* The move leads beyond what the view holds. */
static bool move_beyond(struct tail *t, enum action action)
{
    bool up = goes_up(action);
    if (action == ACTION_TOP && tail_has_more(t, false))
        tail_ask_older(t, t->status.first_again, t->status.first_again, action);
    else if (tail_has_more(t, !up) && t->cursor != UINT64_MAX)
        tail_ask_older(t, t->cursor, UINT64_MAX, action);
    else
        return false;
    return true;
}

static unsigned scroll_by(struct tail *t, enum action action)
{
    if (move_inside(t, action))
        return UI_REFRESH;
    tail_stop_hunt(t);
    if (action == ACTION_BOTTOM)
        tail_show_live(t);
    if (action == ACTION_TOP && move_beyond(t, action))
        return UI_REFRESH;
    bool moved = tail_scroll(t, action);
    if (goes_up(action) && moved)
        tail_set_follow(t, false);
    if (action == ACTION_BOTTOM)
        tail_set_follow(t, true);
    if (!moved && move_beyond(t, action))
        return UI_REFRESH;
    return moved ? UI_REFRESH : UI_REDRAW;
}

static unsigned tail_move(struct pane *pane, struct console *console, enum action action)
{
    struct tail *t = tail_of(pane);
    switch (action) {
    case ACTION_OPEN:
        return open_invocation(t, console);
    case ACTION_SEARCH:
        return open_search(t, console);
    case ACTION_SEARCH_NEXT:
        return tail_search_next(t, true);
    case ACTION_SEARCH_PREVIOUS:
        return tail_search_next(t, false);
    case ACTION_UNFILTER:
        return drop_filter(t, console);
    case ACTION_COPY:
        return copy_row(t, console);
    default:
        return scroll_by(t, action);
    }
}

static unsigned tail_click(struct pane *pane, struct console *console, int row)
{
    struct tail *t = tail_of(pane);
    int line = row - t->strip_rows + t->skip_lines;
    (void)console;
    if (row < t->strip_rows || line >= t->screen_line_count)
        return UI_NOTHING;
    tail_go(t, t->screen_rows[t->screen_lines[line].row].row.seq);
    return UI_REFRESH;
}

static bool tail_cancel(struct pane *pane, struct console *console)
{
    struct tail *t = tail_of(pane);
    (void)console;
    bool waited = t->older.shown_id != 0;
    t->older.shown_id = 0;
    bool searched = waited;
    searched |= search_cancel(&t->search, &t->live);
    searched |= search_cancel(&t->other, &t->past);
    searched |= tail_stop_hunt(t);
    if (t->live.building && filters_drop(&t->live.filters)) {
        tail_rebuilt(t);
        return true;
    }
    return searched;
}

const struct pane_class pane_tail = {
    .title = "Log",
    .scope = SCOPE_LOGS,
    .is_list = true,
    .open = tail_open,
    .refresh = tail_refresh,
    .draw = tail_draw,
    .show = tail_show,
    .titles = tail_titles,
    .status = tail_status,
    .move = tail_move,
    .click = tail_click,
    .prompted = tail_prompted,
    .text = tail_text,
    .command = tail_command,
    .cancel = tail_cancel,
    .free = tail_free,
};
