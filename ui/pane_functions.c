#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/base/utf8.h"
#include "ui/app.h"
#include "ui/aws_command.h"
#include "ui/figures.h"
#include "ui/function_columns.h"
#include "ui/function_list.h"
#include "ui/scroll.h"

/* The function list. The selection belongs to a function, not to a row: it moves with it when
 * the order changes, but only once the user has chosen one. */

#define READ_BUDGET_US 5000
#define TEXT_COLS 200 /* of the list as a text */

struct functions {
    struct pane pane;
    struct function_list list;
    struct function_columns columns;
    struct scroll scroll;
    uint32_t chosen; /* store index; UINT32_MAX: none, the first row is selected */
    int rows, cols;
    char filter_before[201];
    struct store_status status; /* as of the last refresh */
};

static struct functions *functions_of(struct pane *pane)
{
    return (struct functions *)pane;
}

static const struct functions *functions_in(const struct pane *pane)
{
    return (const struct functions *)pane;
}

static struct pane *functions_open(struct console *console)
{
    (void)console;
    struct functions *f = xcalloc(1, sizeof *f);
    f->pane.class = &pane_functions;
    f->chosen = UINT32_MAX;
    function_list_init(&f->list);
    return &f->pane;
}

static void functions_free(struct pane *pane)
{
    struct functions *f = functions_of(pane);
    function_list_release(&f->list);
    free(f);
}

static int page(const struct functions *f)
{
    return f->rows - 1; /* the head takes one */
}

static int name_cols(const struct functions *f)
{
    size_t widest = 8;
    for (uint32_t i = 0; i < f->list.shown; i++) {
        size_t len = strlen(function_list_at(&f->list, i)->name);
        widest = len > widest ? len : widest;
    }
    return widest > 60 ? 60 : (int)widest;
}

/* Puts the selection where the chosen function is now. */
static void settle(struct functions *f)
{
    uint32_t row = f->chosen == UINT32_MAX ? UINT32_MAX : function_list_find(&f->list, f->chosen);
    if (row == UINT32_MAX)
        scroll_fit(&f->scroll, f->list.shown, page(f));
    else
        scroll_to(&f->scroll, row, f->list.shown, page(f));
    function_columns_fit(&f->columns, f->cols, name_cols(f), f->list.has_metrics);
}

static bool functions_refresh(struct pane *pane, struct console *console, int rows, int cols)
{
    struct functions *f = functions_of(pane);
    bool changed = rows != f->rows || cols != f->cols || f->status.done != console->status.done ||
                   f->status.last_unix_ms != console->status.last_unix_ms;
    f->rows = rows;
    f->cols = cols;
    f->status = console->status;
    if (function_list_refresh(&f->list, console->store, &console->status, READ_BUDGET_US,
                              &pane->busy))
        changed = true;
    if (changed)
        settle(f);
    return changed;
}

static void draw_empty(const struct functions *f, struct canvas *canvas)
{
    const struct store_status *s = &f->status;
    int row = f->rows > 4 ? 2 : 0;
    if (f->list.count > 0) {
        canvas_printf(canvas, row, 2, ROLE_TEXT, "No function matches \"%s\".", f->list.filter);
        canvas_printf(canvas, row + 1, 2, ROLE_DIM, "%" PRIu32 " are hidden. - drops the filter.",
                      f->list.count);
    } else if (!s->done) {
        canvas_text(canvas, row, 2, f->cols, 0, ROLE_TEXT,
                    STR("Reading: no function was seen yet."));
        canvas_text(canvas, row + 1, 2, f->cols, 0, ROLE_DIM, str_of(s->progress.note));
    } else {
        canvas_text(canvas, row, 2, f->cols, 0, ROLE_TEXT,
                    STR("Read to its end: no function was found."));
        canvas_text(canvas, row + 1, 2, f->cols, 0, ROLE_DIM,
                    STR("2 shows the lines that were read."));
    }
}

static void functions_draw(struct pane *pane, const struct console *console,
                           struct canvas *canvas, bool focus)
{
    const struct functions *f = functions_in(pane);
    (void)focus;
    if (f->list.shown == 0) {
        draw_empty(f, canvas);
        return;
    }
    function_columns_head(&f->columns, canvas, f->list.key);
    for (int i = 0; i < page(f) && f->scroll.offset + (size_t)i < f->list.shown; i++) {
        size_t row = f->scroll.offset + (size_t)i;
        function_columns_row(&f->columns, console, canvas, i + 1,
                             function_list_at(&f->list, (uint32_t)row));
        if (row == f->scroll.selected) {
            canvas_text(canvas, i + 1, 0, 1, 0, ROLE_TITLE, STR(">"));
            canvas_over(canvas, i + 1, 0, f->cols, ROLE_SELECTION);
        }
    }
}

static void functions_show(struct pane *pane, struct console *console, const struct place *place)
{
    struct functions *f = functions_of(pane);
    (void)console;
    if (place->function != UINT32_MAX)
        f->chosen = place->function;
    settle(f);
}

static void functions_titles(const struct pane *pane, char *title, size_t title_size, char *below,
                             size_t below_size)
{
    const struct functions *f = functions_in(pane);
    bool narrow = f->cols < 44;
    snprintf(title, title_size, "Functions");
    if (f->list.filter[0] && !narrow)
        snprintf(title, title_size, "Functions  filter: %s", f->list.filter);
    snprintf(below, below_size, "%" PRIu32 "/%" PRIu32 "%s%s%s", f->list.shown, f->list.count,
             narrow ? "" : "  sort ", narrow ? "" : function_columns_key_name(f->list.key),
             narrow            ? ""
             : f->list.reverse ? " ^"
                               : " v");
}

static void functions_status(const struct pane *pane, const struct console *console, char *out,
                             size_t size)
{
    const struct functions *f = functions_in(pane);
    struct buf text;
    (void)console;
    buf_init(&text, 300);
    if (f->list.filter[0])
        buf_printf(&text, "filter: %s   %" PRIu32 " of %" PRIu32, f->list.filter, f->list.shown,
                   f->list.count);
    for (int class = 0; class < FAILURE_CLASS_COUNT; class++)
        if (f->status.by_class[class] && class != FAILURE_SUCCESS)
            buf_printf(&text, "%s%" PRIu64 " %s", text.len ? "  " : "", f->status.by_class[class],
                       failure_class_row((enum failure_class)class)->tag);
    if (f->status.functions_left_out)
        buf_printf(&text, "  %" PRIu32 " more functions are not listed: the table is full",
                   f->status.functions_left_out);
    str_copy(out, size, buf_str(&text));
    buf_release(&text);
}

static const struct function_entry *selected(const struct functions *f)
{
    return function_list_at(&f->list, (uint32_t)f->scroll.selected);
}

static unsigned open_log(struct functions *f, struct console *console)
{
    const struct function_entry *e = selected(f);
    if (!e)
        return UI_NOTHING;
    f->chosen = e->index;
    console->place.function = e->index;
    console->go = (struct place){.view = VIEW_LOGS, .function = e->index, .row = UINT64_MAX};
    return UI_GO;
}

static unsigned filter_by(struct functions *f, struct str filter)
{
    function_list_filter(&f->list, filter);
    settle(f);
    return UI_REDRAW;
}

static unsigned functions_move(struct pane *pane, struct console *console, enum action action)
{
    struct functions *f = functions_of(pane);
    switch (action) {
    case ACTION_OPEN:
        return open_log(f, console);
    case ACTION_SEARCH:
        memcpy(f->filter_before, f->list.filter, sizeof f->filter_before);
        return console_prompt(console, ACTION_SEARCH, STR("filter: "), str_of(f->list.filter));
    case ACTION_SEARCH_NEXT:
    case ACTION_SEARCH_PREVIOUS:
        return UI_NOTHING; /* what is shown is what matches */
    case ACTION_UNFILTER:
        return filter_by(f, STR_NONE);
    case ACTION_COPY:
        return selected(f) ? console_copy(console, str_of(selected(f)->name)) : UI_NOTHING;
    default:
        break;
    }
    bool moved = scroll_move(&f->scroll, action, f->list.shown, page(f));
    if (action == ACTION_TOP)
        f->chosen = UINT32_MAX; /* the top row is meant, whoever comes to stand there */
    else if (moved && selected(f))
        f->chosen = selected(f)->index;
    return moved ? UI_REDRAW : UI_NOTHING;
}

static unsigned functions_click(struct pane *pane, struct console *console, int row)
{
    struct functions *f = functions_of(pane);
    size_t at = f->scroll.offset + (size_t)row - 1; /* the head is row 0 */
    (void)console;
    if (row < 1 || at >= f->list.shown)
        return UI_NOTHING;
    scroll_to(&f->scroll, at, f->list.shown, page(f));
    f->chosen = selected(f)->index;
    return UI_REDRAW;
}

static unsigned functions_prompted(struct pane *pane, struct console *console, enum action why,
                                   struct str text, bool done, bool accepted)
{
    struct functions *f = functions_of(pane);
    (void)console;
    if (why != ACTION_SEARCH)
        return UI_NOTHING;
    return filter_by(f, done && !accepted ? str_of(f->filter_before) : text);
}

/* The list as it stands, with room for every column; one row at a time. */
static void functions_text(struct pane *pane, struct console *console, struct buf *out,
                           size_t *line)
{
    const struct functions *f = functions_in(pane);
    struct function_columns columns;
    struct canvas canvas;
    canvas_init(&canvas);
    canvas_resize(&canvas, 1, TEXT_COLS);
    canvas.ascii = console->ascii;
    function_columns_fit(&columns, TEXT_COLS, name_cols(f), f->list.has_metrics);
    function_columns_head(&columns, &canvas, f->list.key);
    for (uint32_t row = 0; row <= f->list.shown && !out->full; row++) {
        if (row > 0)
            function_columns_row(&columns, console, &canvas, 0,
                                 function_list_at(&f->list, row - 1));
        canvas_row_text(&canvas, 0, out);
        buf_add_char(out, '\n');
        canvas_clear(&canvas);
    }
    canvas_release(&canvas);
    *line = f->scroll.selected + 2; /* under the head */
}

static bool functions_command(const struct pane *pane, struct console *console, struct buf *out)
{
    const struct function_entry *e = selected(functions_in(pane));
    if (e && aws_command_function(&console->status.account, str_of(e->name), out))
        return true;
    console_say(console, true, "no function is selected");
    return false;
}

static void functions_selected(const struct pane *pane, const struct console *console,
                               struct place *out)
{
    const struct function_entry *e = selected(functions_in(pane));
    *out = (struct place){.view = VIEW_FUNCTIONS, .function = UINT32_MAX, .row = UINT64_MAX};
    (void)console;
    if (e)
        out->function = e->index;
}

unsigned act_FUNCTION_SORT(struct console *console, struct pane *pane)
{
    struct functions *f = functions_of(pane);
    (void)console;
    function_list_sort(&f->list, function_columns_next_key(&f->columns, f->list.key), false);
    settle(f);
    return UI_REDRAW;
}

unsigned act_FUNCTION_REVERSE(struct console *console, struct pane *pane)
{
    struct functions *f = functions_of(pane);
    (void)console;
    function_list_sort(&f->list, f->list.key, !f->list.reverse);
    settle(f);
    return UI_REDRAW;
}

const struct pane_class pane_functions = {
    .title = "Functions",
    .scope = SCOPE_FUNCTIONS,
    .is_list = true,
    .open = functions_open,
    .refresh = functions_refresh,
    .draw = functions_draw,
    .show = functions_show,
    .titles = functions_titles,
    .status = functions_status,
    .move = functions_move,
    .click = functions_click,
    .prompted = functions_prompted,
    .text = functions_text,
    .command = functions_command,
    .selected = functions_selected,
    .free = functions_free,
};
