#include <inttypes.h>
#include <stdio.h>

#include "ui/failure_jump.h"
#include "ui/pane_tail.h"

/* The actions of scope LOGS, and what their prompts and menus answer. */

unsigned tail_rebuilt(struct tail *t)
{
    tail_stop_hunt(t);
    tail_rebuild(t);
    return UI_REFRESH;
}

/* ---- jumps ---- */

static unsigned go_failure(struct pane *pane, struct console *console, bool forward, bool same)
{
    struct tail *t = tail_of(pane);
    const struct group *group = groups_at(&t->view->groups, t->cursor_invocation);
    enum failure_class class = FAILURE_NONE;
    if (same && group && group->class < FAILURE_CLASS_COUNT &&
        failure_class_row((enum failure_class)group->class)->is_failure)
        class = (enum failure_class)group->class;
    uint64_t seq = view_failure(t->view, t->cursor, forward, class);
    if ((seq == UINT64_MAX || seq == t->cursor) && (tail_is_past(t) || tail_has_more(t, false))) {
        tail_hunt(t, HUNT_FAILURE, forward, class);
        return UI_REFRESH;
    }
    if (seq == UINT64_MAX || seq == t->cursor) {
        seq = view_failure(t->view, UINT64_MAX, forward, class);
        failure_jump_say(console, class, forward, seq != UINT64_MAX);
    }
    if (seq != UINT64_MAX)
        tail_go(t, seq);
    return UI_REFRESH;
}

unsigned act_LOG_NEXT_FAILURE(struct console *console, struct pane *pane)
{
    return go_failure(pane, console, true, false);
}

unsigned act_LOG_PREVIOUS_FAILURE(struct console *console, struct pane *pane)
{
    return go_failure(pane, console, false, false);
}

unsigned act_LOG_NEXT_SAME(struct console *console, struct pane *pane)
{
    return go_failure(pane, console, true, true);
}

unsigned act_LOG_PREVIOUS_SAME(struct console *console, struct pane *pane)
{
    return go_failure(pane, console, false, true);
}

/* In the view first; then, where there is more, through all of the log. */
static void seek(struct tail *t, uint64_t from, bool forward, bool inclusive)
{
    tail_stop_hunt(t);
    t->search_origin = from;
    t->search_all = tail_is_past(t) || tail_has_more(t, false);
    if (t->search_all)
        search_seek_on(tail_search(t), t->view, from, forward, inclusive);
    else
        search_seek(&t->search, t->view, from, forward, inclusive);
}

unsigned tail_search_next(struct tail *t, bool forward)
{
    if (!t->search.match)
        return UI_NOTHING;
    seek(t, t->cursor, forward, false);
    return UI_REFRESH;
}

/* ---- follow ---- */

unsigned act_LOG_FOLLOW(struct console *console, struct pane *pane)
{
    struct tail *t = tail_of(pane);
    (void)console;
    tail_set_follow(t, true);
    t->skip_lines = 0;
    return UI_REFRESH;
}

unsigned act_LOG_PAUSE(struct console *console, struct pane *pane)
{
    (void)console;
    tail_set_follow(tail_of(pane), false);
    return UI_REFRESH;
}

/* ---- filters ---- */

unsigned act_LOG_FILTER(struct console *console, struct pane *pane)
{
    (void)pane;
    return console_prompt(console, ACTION_LOG_FILTER, STR("&"), STR_NONE);
}

static void add_item(struct menu_item *items, size_t *count, const char *word, const char *tag,
                     uint64_t n, const char *title, enum role role)
{
    struct menu_item *item = &items[(*count)++];
    snprintf(item->word, sizeof item->word, "%s", word);
    snprintf(item->text, sizeof item->text, "%-4s %6" PRIu64 "  %s", tag, n, title);
    item->role = n ? role : ROLE_DIM;
}

unsigned act_LOG_CLASS(struct console *console, struct pane *pane)
{
    const struct tail *t = tail_of(pane);
    const struct histogram *h = &t->histogram;
    struct menu_item items[MENU_MAX];
    size_t count = 0;
    uint64_t failed = 0, all = 0;
    for (int class = 0; class < FAILURE_CLASS_COUNT; class++) {
        all += h->by_class[class];
        failed += failure_class_row((enum failure_class)class)->is_failure ? h->by_class[class] : 0;
    }
    add_item(items, &count, "all", "", all, "every class", ROLE_TEXT);
    add_item(items, &count, "failed", "", failed, "every failure", ROLE_TITLE);
    for (int class = 0; class < FAILURE_CLASS_COUNT; class++) {
        const struct failure_class_row *row = failure_class_row((enum failure_class)class);
        add_item(items, &count, row->name, row->tag, h->by_class[class], row->title,
                 console_class_role((enum failure_class) class));
    }
    add_item(items, &count, "cold", "CLD", h->cold, "cold starts", ROLE_COLD);
    add_item(items, &count, "at-limit", "LIM", h->at_limit, "memory at its limit", ROLE_COLD);
    add_item(items, &count, "slow", "SLW", h->slow, "slow for its function", ROLE_COLD);
    return console_menu(console, ACTION_LOG_CLASS, STR("Class"), items, count);
}

/* ---- order and folds ---- */

unsigned act_LOG_GROUP(struct console *console, struct pane *pane)
{
    struct tail *t = tail_of(pane);
    t->live.mode = t->live.mode == LOG_GROUPED ? LOG_TIMED : LOG_GROUPED;
    console_say(console, false,
                t->live.mode == LOG_GROUPED ? "lines grouped by invocation"
                                            : "lines in order of time");
    return tail_rebuilt(t);
}

static unsigned fold(struct console *console, struct pane *pane, bool folded)
{
    struct tail *t = tail_of(pane);
    if (t->view->mode == LOG_TIMED) {
        console_say(console, false, "folds need lines grouped by invocation (x)");
        return UI_REDRAW;
    }
    if (!view_fold(t->view, t->cursor_invocation, folded))
        return UI_NOTHING;
    const struct group *group = groups_at(&t->view->groups, t->cursor_invocation);
    bool there;
    size_t index = view_find(t->view, t->cursor, &there);
    if (folded && !there && index > 0 && group) /* onto the line that stands for all */
        t->cursor = view_at(t->view, index - 1);
    tail_set_follow(t, false);
    return UI_REFRESH;
}

unsigned act_LOG_FOLD(struct console *console, struct pane *pane)
{
    return fold(console, pane, true);
}

unsigned act_LOG_UNFOLD(struct console *console, struct pane *pane)
{
    return fold(console, pane, false);
}

unsigned act_LOG_FOLD_ALL(struct console *console, struct pane *pane)
{
    struct tail *t = tail_of(pane);
    if (t->view->mode == LOG_TIMED)
        return fold(console, pane, true);
    view_fold_all(&t->live, !t->live.fold_all);
    tail_rebuild(t);
    return UI_REFRESH;
}

/* ---- how lines are drawn ---- */

unsigned act_LOG_WRAP(struct console *console, struct pane *pane)
{
    struct tail *t = tail_of(pane);
    t->wrap = !t->wrap;
    t->left_cols = 0;
    t->skip_lines = 0;
    console_say(console, false, t->wrap ? "long lines wrapped, each as it came" : "one line a row");
    return UI_REFRESH;
}

static unsigned sideways(struct tail *t, int cols)
{
    int most = (int)ROW_TEXT_MAX / 4;
    t->left_cols += cols;
    t->left_cols = t->left_cols < 0 ? 0 : t->left_cols > most ? most : t->left_cols;
    return UI_REFRESH;
}

unsigned act_LOG_LEFT(struct console *console, struct pane *pane)
{
    (void)console;
    return sideways(tail_of(pane), -tail_of(pane)->cols / 3);
}

unsigned act_LOG_RIGHT(struct console *console, struct pane *pane)
{
    (void)console;
    return sideways(tail_of(pane), tail_of(pane)->cols / 3);
}

unsigned act_LOG_PRETTY(struct console *console, struct pane *pane)
{
    struct tail *t = tail_of(pane);
    t->pretty = !t->pretty;
    t->skip_lines = 0;
    console_say(console, false,
                t->pretty ? "the selected line as it came, JSON laid out" : "lines in short");
    return UI_REFRESH;
}

unsigned act_LOG_HISTOGRAM(struct console *console, struct pane *pane)
{
    struct tail *t = tail_of(pane);
    t->show_histogram = !t->show_histogram;
    t->status.generation = UINT64_MAX; /* the strip is filled again */
    (void)console;
    return UI_REFRESH;
}

/* ---- times ---- */

unsigned act_LOG_GOTO_TIME(struct console *console, struct pane *pane)
{
    (void)pane;
    return console_prompt(console, ACTION_LOG_GOTO_TIME, STR("go to time: "), STR_NONE);
}

unsigned act_LOG_SINCE(struct console *console, struct pane *pane)
{
    (void)pane;
    return console_prompt(console, ACTION_LOG_SINCE, STR("since: "), STR_NONE);
}

unsigned act_LOG_UNTIL(struct console *console, struct pane *pane)
{
    (void)pane;
    return console_prompt(console, ACTION_LOG_UNTIL, STR("until: "), STR_NONE);
}

/* `-5m` and `14:02` mean the log's own end. false: it said what is wrong. */
static bool read_time(const struct tail *t, struct console *console, struct str text,
                      int64_t *unix_ms)
{
    struct err err = {0};
    int64_t base =
        t->status.last_unix_ms != TIME_NONE ? t->status.last_unix_ms : console->now_unix_ms;
    text = str_trim(text);
    str_skip(&text, STR("-"));
    if (clock_parse_when(text, base, console->time_format == TIME_UTC, unix_ms, &err))
        return true;
    console_say(console, true, "%s", err.text);
    return false;
}

#define UNTIMED_ROWS 64u /* so many at most stand at the front of a view without a time */

/* Is there a row at or before that instant? */
static bool begins_by(const struct log_view *view, int64_t unix_ms)
{
    static struct row rows[UNTIMED_ROWS];
    size_t got = store_read_row_heads(view->store, view->first_row, UNTIMED_ROWS, rows);
    for (size_t i = 0; i < got; i++)
        if (rows[i].unix_ms != TIME_NONE)
            return rows[i].unix_ms <= unix_ms;
    return true;
}

static unsigned goto_time(struct tail *t, struct console *console, struct str text)
{
    int64_t unix_ms;
    if (!read_time(t, console, text, &unix_ms))
        return UI_REDRAW;
    bool held = begins_by(&t->live, unix_ms);
    if (!held && t->status.window_rows > 0 && t->status.first_again < t->status.first_row) {
        tail_ask_time(t, unix_ms);
        return UI_REFRESH;
    }
    if (held)
        tail_show_live(t);
    size_t count = view_count(t->view), index = view_find_time(t->view, unix_ms);
    if (count == 0)
        return UI_NOTHING;
    if (index == count)
        console_say(console, false, "the log ends before that");
    tail_go(t, view_at(t->view, index < count ? index : count - 1));
    return UI_REFRESH;
}

static unsigned set_window(struct tail *t, struct console *console, enum action why,
                           struct str text)
{
    struct err err = {0};
    int64_t unix_ms = TIME_NONE;
    char word[CLOCK_TIME_SIZE] = "";
    enum filter_kind kind = why == ACTION_LOG_SINCE ? FILTER_SINCE : FILTER_UNTIL;
    bool all = str_eq(str_trim(text), STR("all"));
    if (!all && !read_time(t, console, text, &unix_ms))
        return UI_REDRAW;
    if (!all)
        clock_time_of_day(unix_ms, console->time_format == TIME_UTC, word);
    if (filters_set_time(&t->live.filters, kind, unix_ms, str_first(str_of(word), 8), &err))
        return tail_rebuilt(t);
    console_say(console, true, "%s", err.text);
    return UI_REDRAW;
}

/* ---- prompts ---- */

static unsigned search_typed(struct tail *t, struct console *console, struct str text, bool done,
                             bool accepted)
{
    struct err err = {0};
    bool taken_back = done && !accepted;
    struct str pattern = taken_back || (done && text.len == 0) ? str_of(t->pattern_before) : text;
    tail_stop_hunt(t);
    if (!search_set(&t->search, pattern, &err) || !search_set(&t->other, pattern, &err)) {
        if (done)
            console_say(console, true, "%s", err.text);
        return UI_REDRAW;
    }
    if (taken_back || text.len == 0) {
        t->cursor = t->search_origin;
        t->scroll = t->scroll_origin;
        t->follow = t->follow_origin;
        if (taken_back)
            return UI_REFRESH;
    }
    if (t->search.match)
        seek(t, t->search_origin, true, text.len > 0);
    t->search_all &= done;
    return UI_REFRESH;
}

static unsigned filter_typed(struct tail *t, struct console *console, enum action why,
                             struct str text)
{
    struct err err = {0};
    bool good = why == ACTION_LOG_CLASS ? filters_choose(&t->live.filters, text, &err)
                                        : filters_add(&t->live.filters, text, &err);
    if (good)
        return tail_rebuilt(t);
    console_say(console, true, "%s", err.text);
    return UI_REDRAW;
}

unsigned tail_prompted(struct pane *pane, struct console *console, enum action why,
                       struct str text, bool done, bool accepted)
{
    struct tail *t = tail_of(pane);
    if (why == ACTION_SEARCH)
        return search_typed(t, console, text, done, accepted);
    if (!done || !accepted || text.len == 0)
        return UI_NOTHING;
    if (why == ACTION_LOG_BOOKMARKS)
        return tail_go_bookmark(t, text);
    if (why == ACTION_LOG_GOTO_TIME)
        return goto_time(t, console, text);
    if (why == ACTION_LOG_SINCE || why == ACTION_LOG_UNTIL)
        return set_window(t, console, why, text);
    return filter_typed(t, console, why, text);
}
