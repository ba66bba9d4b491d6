/* A pane on a canvas without the loop: the console's own services (prompt, message, menu) stand
 * here, so that no terminal is needed. One user a program: tests include it once, after cmocka.
 */
#ifndef LAMBDIG_TESTS_UNIT_STAGE_H
#define LAMBDIG_TESTS_UNIT_STAGE_H

#include "tests/unit/log_store.h"
#include "ui/app.h"

static char said[300];
static enum action prompted_why;
static struct menu_item menu[MENU_MAX];
static size_t menu_count;

void console_say(struct console *console, bool is_error, const char *format, ...)
{
    va_list args;
    (void)console, (void)is_error;
    va_start(args, format);
    vsnprintf(said, sizeof said, format, args);
    va_end(args);
}

unsigned console_prompt(struct console *console, enum action why, struct str label, struct str text)
{
    (void)console, (void)label, (void)text;
    prompted_why = why;
    return UI_PROMPT;
}

unsigned console_menu(struct console *console, enum action why, struct str title,
                      const struct menu_item *items, size_t count)
{
    (void)console, (void)title;
    prompted_why = why;
    memcpy(menu, items, count * sizeof *items);
    menu_count = count;
    return UI_REDRAW;
}

static struct pick_item picks[PICKER_MAX];
static size_t pick_count;

unsigned console_pick(struct console *console, enum action why, struct str title,
                      const struct pick_item *items, size_t count, struct str current)
{
    (void)console, (void)title, (void)current;
    prompted_why = why;
    memcpy(picks, items, count * sizeof *items);
    pick_count = count;
    return UI_REDRAW;
}

unsigned console_copy(struct console *console, struct str text)
{
    (void)console;
    str_copy(said, sizeof said, text);
    return UI_REDRAW;
}

void console_time(const struct console *console, int64_t unix_ms, char out[CLOCK_TIME_SIZE])
{
    (void)console;
    if (unix_ms == TIME_NONE)
        snprintf(out, CLOCK_TIME_SIZE, "%12s", "");
    else
        clock_time_of_day(unix_ms, true, out);
}

enum role console_class_role(enum failure_class class)
{
    return class < FAILURE_CLASS_COUNT ? (enum role)(ROLE_CLASS_TIMEOUT + (int)class) : ROLE_DIM;
}

/* ---- a stage ---- */

struct stage {
    struct console console;
    struct pane *pane;
    struct canvas canvas;
    int rows, cols;
};

static void stage_open(struct stage *s, const struct pane_class *class, enum view view, int rows,
                       int cols)
{
    *s = (struct stage){.rows = rows, .cols = cols};
    s->console.store = log_store_new(4u << 20);
    s->console.place = (struct place){.view = view, .function = UINT32_MAX, .row = UINT64_MAX};
    s->console.time_format = TIME_UTC;
    s->pane = class->open(&s->console);
    canvas_init(&s->canvas);
    said[0] = '\0';
}

static void stage_close(struct stage *s)
{
    s->pane->class->free(s->pane);
    canvas_release(&s->canvas);
    store_free(s->console.store);
}

static void look(struct stage *s)
{
    int turns = 0;
    do {
        store_read_status(s->console.store, &s->console.status);
        s->console.now_unix_ms = s->console.status.last_unix_ms;
        s->pane->class->refresh(s->pane, &s->console, s->rows, s->cols);
    } while (s->pane->busy && ++turns < 1000);
    assert_false(s->pane->busy);
    canvas_resize(&s->canvas, s->rows, s->cols);
    s->pane->class->draw(s->pane, &s->console, &s->canvas, true);
}

/* A row of cells as text, without blanks at its end. */
static const char *row_text(const struct stage *s, int row)
{
    static char text[4096];
    size_t len = 0;
    for (int col = 0; col < s->cols; col++) {
        const struct cell *cell = &s->canvas.cells[row * s->cols + col];
        memcpy(text + len, cell->bytes, cell->len);
        len += cell->len;
    }
    while (len > 0 && text[len - 1] == ' ')
        len--;
    text[len] = '\0';
    return text;
}

/* The first row that holds `words`; -1: none does. */
static int row_with(const struct stage *s, const char *words)
{
    for (int row = 0; row < s->rows; row++)
        if (strstr(row_text(s, row), words))
            return row;
    return -1;
}

static const char *title(const struct stage *s)
{
    static char title[200], below[200];
    s->pane->class->titles(s->pane, title, sizeof title, below, sizeof below);
    return title;
}

static const char *below(const struct stage *s)
{
    static char title[200], below[200];
    s->pane->class->titles(s->pane, title, sizeof title, below, sizeof below);
    return below;
}

static unsigned key(struct stage *s, enum action action)
{
    static unsigned (*const handlers[])(struct console *, struct pane *) = {
        [ACTION_LOG_NEXT_FAILURE] = act_LOG_NEXT_FAILURE,
        [ACTION_LOG_FOLD] = act_LOG_FOLD,
        [ACTION_LOG_UNFOLD] = act_LOG_UNFOLD,
        [ACTION_LOG_FOLLOW] = act_LOG_FOLLOW,
        [ACTION_LOG_CLASS] = act_LOG_CLASS,
        [ACTION_LOG_PRETTY] = act_LOG_PRETTY,
        [ACTION_LOG_WRAP] = act_LOG_WRAP,
        [ACTION_FUNCTION_REVERSE] = act_FUNCTION_REVERSE,
        [ACTION_LOG_BOOKMARK] = act_LOG_BOOKMARK,
        [ACTION_LOG_NEXT_BOOKMARK] = act_LOG_NEXT_BOOKMARK,
        [ACTION_LOG_GOTO_TIME] = act_LOG_GOTO_TIME,
        [ACTION_LOG_HISTOGRAM] = act_LOG_HISTOGRAM,
        [ACTION_LOG_BOOKMARKS] = act_LOG_BOOKMARKS,
    };
    bool own = action < sizeof handlers / sizeof *handlers && handlers[action];
    unsigned effects = own ? handlers[action](&s->console, s->pane)
                           : s->pane->class->move(s->pane, &s->console, action);
    look(s);
    return effects;
}

static void answer(struct stage *s, enum action why, const char *text)
{
    s->pane->class->prompted(s->pane, &s->console, why, str_of(text), true, true);
    look(s);
}

#endif
