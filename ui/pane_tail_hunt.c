#include "ui/pane_tail.h"

/* Looking for something beyond the rows held: what left the memory is walked through in a window
 * of its own, a piece at a time, between what else the console does. */

static void add_leg(struct hunt *h, bool held, uint64_t first, uint64_t end)
{
    if (!held && first >= end)
        return;
    h->leg_at[h->legs++] = (struct hunt_leg){held, first, end};
    h->rows_all += held ? 0 : end - first;
}

/* On from the edge of the view, then round the ends: rows that left, rows held, rows that left. */
void tail_hunt(struct tail *t, enum hunt_kind kind, bool forward, enum failure_class class)
{
    uint64_t first = t->status.first_again, held = t->status.first_row;
    struct hunt *h = &t->hunt;
    *h = (struct hunt){.kind = kind, .forward = forward, .class = class};
    if (!tail_is_past(t)) {
        add_leg(h, false, first, held);
        add_leg(h, true, 0, 0);
        return;
    }
    uint64_t up = t->past.first_row < held ? t->past.first_row : held,
             down = t->past.end_row < held ? t->past.end_row : held;
    add_leg(h, false, forward ? down : first, forward ? held : up);
    add_leg(h, true, 0, 0);
    add_leg(h, false, forward ? first : up, forward ? down : held);
}

bool tail_stop_hunt(struct tail *t)
{
    bool was_on = t->hunt.kind != HUNT_NONE;
    if (t->hunt.kind == HUNT_TEXT)
        t->search.seeking = t->other.seeking = false;
    t->hunt.kind = HUNT_NONE;
    t->older.scanned_id = 0;
    return was_on;
}

int tail_hunt_percent(const struct tail *t)
{
    const struct hunt *h = &t->hunt;
    return h->rows_all ? (int)(h->rows_done * 100 / h->rows_all) : 100;
}

enum found { FOUND_NOT, FOUND, FOUND_LATER };

static enum found seek_text(struct search *s, const struct log_view *view, int64_t budget_us,
                            uint64_t *row)
{
    bool busy;
    switch (search_step(s, view, budget_us, row, &busy)) {
    case SEEK_FOUND:
        return FOUND;
    case SEEK_ON:
        return FOUND_LATER;
    default:
        return FOUND_NOT;
    }
}

/* The first match of a view in the direction of the hunt. */
static enum found ask_view(struct tail *t, const struct log_view *view, int64_t budget_us,
                           uint64_t *row)
{
    struct hunt *h = &t->hunt;
    struct search *s = view == &t->live ? &t->search : &t->other;
    size_t count = view_count(view);
    uint64_t from = count ? view_at(view, h->forward ? 0 : count - 1) : UINT64_MAX;
    if (count == 0)
        return FOUND_NOT;
    if (h->kind == HUNT_TEXT) {
        if (!h->begun)
            search_seek_on(s, view, from, h->forward, true);
        h->begun = true;
        return seek_text(s, view, budget_us, row);
    }
    *row = h->kind == HUNT_ROW ? from : view_failure(view, UINT64_MAX, h->forward, h->class);
    return *row == UINT64_MAX ? FOUND_NOT : FOUND;
}

/* The next window of the leg: its first rows, or its last ones. */
static bool ask_window(struct tail *t)
{
    const struct hunt_leg *leg = &t->hunt.leg_at[t->hunt.leg];
    struct rows_request rows = {.first = leg->first, .row = leg->first, .end = leg->end,
                                .unix_ms = TIME_NONE};
    if (leg->end - leg->first > t->status.window_rows) {
        if (t->hunt.forward)
            rows.end = leg->first + t->status.window_rows;
        else
            rows.first = leg->end - t->status.window_rows;
    }
    if (!t->hunt.forward)
        rows.row = rows.end - 1;
    return tail_ask_window(t, WINDOW_SCANNED, &rows, &t->older.scanned_id);
}

/* The window was walked through: what remains of the leg. */
static void pass_window(struct hunt *h, const struct window_status *window)
{
    struct hunt_leg *leg = &h->leg_at[h->leg];
    uint64_t before = leg->end - leg->first;
    if (h->forward)
        leg->first = window->end < leg->end ? window->end : leg->end;
    else
        leg->end = window->first > leg->first ? window->first : leg->first;
    h->rows_done += before - (leg->end - leg->first);
}

static enum found hunt_older(struct tail *t, struct console *console, int64_t budget_us,
                             uint64_t *row)
{
    const struct window_status *window = &t->status.windows[WINDOW_SCANNED];
    struct hunt *h = &t->hunt;
    if (!t->older.scanned_id)
        return ask_window(t) ? FOUND_LATER : FOUND_NOT;
    if (window->id != t->older.scanned_id)
        return FOUND_LATER;
    if (window->failed) {
        console_say(console, true, "%s", t->status.window_trouble.text);
        tail_stop_hunt(t);
        return FOUND_LATER;
    }
    if (!h->begun) {
        view_over(&t->scanned, &t->live, window->first, window->end);
        search_forget(&t->other);
    }
    enum found found = ask_view(t, &t->scanned, budget_us, row);
    if (found != FOUND_NOT)
        return found;
    pass_window(h, window);
    h->begun = false;
    t->older.scanned_id = 0;
    return h->leg_at[h->leg].first < h->leg_at[h->leg].end && ask_window(t) ? FOUND_LATER
                                                                            : FOUND_NOT;
}

static void tell_lost(const struct tail *t, struct console *console)
{
    const struct hunt *h = &t->hunt;
    if (h->kind == HUNT_TEXT)
        console_say(console, true, "/%s/: no match in all of the log", t->search.pattern);
    else if (h->kind == HUNT_FAILURE)
        console_say(console, false, "no %s in all of the log",
                    h->class == FAILURE_NONE ? "other failure" : failure_class_row(h->class)->tag);
}

#define HUNT_BUDGET_US 6000

bool tail_hunt_on(struct tail *t, struct console *console, bool *busy)
{
    struct hunt *h = &t->hunt;
    uint64_t row = UINT64_MAX;
    if (h->kind == HUNT_NONE)
        return false;
    const struct hunt_leg *leg = &h->leg_at[h->leg];
    enum found found = leg->held ? ask_view(t, &t->live, HUNT_BUDGET_US, &row)
                                 : hunt_older(t, console, HUNT_BUDGET_US, &row);
    *busy |= h->begun; /* not while a window is waited for: its coming wakes */
    if (found == FOUND_LATER)
        return true;
    h->begun = false;
    *busy = true; /* the next leg, or what waited for the end of the hunt */
    if (found == FOUND) {
        if (h->forward ? row < t->cursor : row > t->cursor)
            console_say(console, false,
                        h->forward ? "end of the log: on from its top"
                                   : "top of the log: on from its end");
        tail_stop_hunt(t);
        tail_go(t, row);
    } else if (++h->leg >= h->legs) {
        tell_lost(t, console);
        tail_stop_hunt(t);
    }
    return true;
}
