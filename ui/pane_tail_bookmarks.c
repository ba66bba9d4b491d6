#include <stdio.h>

#include "ui/pane_tail.h"

/* Bookmarks are rows, in the order of the log; a row that left the memory keeps its number. */

bool tail_is_bookmarked(const struct tail *t, uint64_t seq)
{
    for (int i = 0; i < t->bookmark_count; i++)
        if (t->bookmarks[i] == seq)
            return true;
    return false;
}

static bool clear_bookmark(struct tail *t, uint64_t seq)
{
    for (int i = 0; i < t->bookmark_count; i++)
        if (t->bookmarks[i] == seq) {
            t->bookmarks[i] = t->bookmarks[--t->bookmark_count];
            return true;
        }
    return false;
}

unsigned act_LOG_BOOKMARK(struct console *console, struct pane *pane)
{
    struct tail *t = tail_of(pane);
    if (t->cursor == UINT64_MAX || clear_bookmark(t, t->cursor))
        return UI_REDRAW;
    if (t->bookmark_count == BOOKMARKS_MAX)
        console_say(console, true, "%d bookmarks are the most", BOOKMARKS_MAX);
    else
        t->bookmarks[t->bookmark_count++] = t->cursor;
    return UI_REDRAW;
}

/* The nearest one further down; from the top again after the last. */
unsigned act_LOG_NEXT_BOOKMARK(struct console *console, struct pane *pane)
{
    struct tail *t = tail_of(pane);
    size_t best = SIZE_MAX, first = SIZE_MAX, index;
    bool there;
    for (int i = 0; i < t->bookmark_count; i++) {
        index = view_find(t->view, t->bookmarks[i], &there);
        if (there && index > t->scroll.selected && index < best)
            best = index;
        if (there && index < first)
            first = index;
    }
    best = best == SIZE_MAX ? first : best;
    if (best == SIZE_MAX)
        console_say(console, false, "no bookmark here: m sets one");
    else
        tail_go(t, view_at(t->view, best));
    return UI_REFRESH;
}

/* ---- the list ---- */

static int by_seq(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

static void describe(const struct tail *t, const struct console *console, uint64_t seq,
                     struct pick_item *item)
{
    struct row row;
    struct log_line line;
    struct line_facts facts = {.timeout_ms = 0};
    struct buf text, shown;
    char time[CLOCK_TIME_SIZE];
    buf_init(&text, 1024);
    buf_init(&shown, sizeof item->text);
    store_read_rows(t->view->store, &seq, 1, 1000, &row, &text);
    if (row.seq == seq) {
        console_time(console, row.unix_ms, time);
        const char *tag = row.class < FAILURE_CLASS_COUNT
                              ? failure_class_row((enum failure_class)row.class)->tag
                              : "";
        buf_printf(&shown, "%s %-3s ", time, tag);
        log_line_compose(&line, &row, buf_str(&text), &facts, false, &shown);
    } else {
        buf_add(&shown, STR("left the memory"));
    }
    (void)str_copy(item->text, sizeof item->text, buf_str(&shown));
    buf_release(&text);
    buf_release(&shown);
}

unsigned act_LOG_BOOKMARKS(struct console *console, struct pane *pane)
{
    struct tail *t = tail_of(pane);
    struct pick_item *items = xcalloc(BOOKMARKS_MAX, sizeof *items);
    char current[PICKER_WORD] = "";
    qsort(t->bookmarks, (size_t)t->bookmark_count, sizeof *t->bookmarks, by_seq);
    for (int i = 0; i < t->bookmark_count; i++) {
        snprintf(items[i].word, sizeof items[i].word, "%d", i + 1);
        items[i].role = ROLE_MARK;
        describe(t, console, t->bookmarks[i], &items[i]);
        if (t->bookmarks[i] <= t->cursor)
            memcpy(current, items[i].word, sizeof current);
    }
    if (t->bookmark_count == 0)
        console_say(console, false, "no bookmark here: m sets one");
    else
        console_pick(console, ACTION_LOG_BOOKMARKS, STR("Bookmarks"), items,
                     (size_t)t->bookmark_count, str_of(current));
    free(items);
    return UI_REDRAW;
}

unsigned tail_go_bookmark(struct tail *t, struct str word)
{
    uint64_t number;
    if (!str_to_u64(word, (uint64_t)t->bookmark_count, &number) || number == 0)
        return UI_NOTHING;
    tail_go(t, t->bookmarks[number - 1]);
    return UI_REFRESH;
}
