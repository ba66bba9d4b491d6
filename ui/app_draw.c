#include "ui/app_inner.h"

#include <limits.h>
#include <stdio.h>

#include "src/base/utf8.h"
#include "ui/header.h"

/* Everything around the panes: header, views, status, keys. */

static const struct {
    const char *title;
    enum action action; /* its key stands before the title */
} views[VIEW_COUNT] = {
    [VIEW_FUNCTIONS] = {"Func", ACTION_VIEW_FUNCTIONS},
    [VIEW_LOGS] = {"Logs", ACTION_VIEW_LOGS},
    [VIEW_INVOCATION] = {"Inv", ACTION_VIEW_INVOCATION},
};

/* ---- header ---- */

static void name_inputs(const struct console *console, struct buf *out)
{
    char name[256];
    if (!store_input_name(console->store, 0, name, sizeof name))
        return;
    buf_printf(out, "%s", name);
    uint32_t more = 1;
    while (more < 1000 && store_input_name(console->store, more, name, sizeof name))
        more++;
    if (more > 1)
        buf_printf(out, " and %u more", more - 1);
}

static void draw_header(const struct app *app, struct canvas *canvas)
{
    const struct console *console = &app->console;
    struct buf text;
    char clock[CLOCK_TIME_SIZE];
    int cols = app->cols, right = cols;
    bool utc = console->time_format == TIME_UTC;
    buf_init(&text, 600);
    canvas_fill(canvas, (struct rect){0, 0, 1, cols}, ROLE_HEADER, ' ');
    if (console->status.account.live) {
        clock_time_of_day(console->now_unix_ms, utc, clock);
        right -= 7;
        canvas_printf(canvas, 0, right, ROLE_HEADER, "%.5s%s", clock, utc ? "Z" : "");
    }
    right -= 6;
    canvas_text(canvas, 0, right, 5, 0, console->write ? ROLE_MODE_RW : ROLE_MODE_RO,
                console->write ? STR("[RW]") : STR("[RO]"));
    int at = 1 + canvas_text(canvas, 0, 1, right - 1, 0, ROLE_HEADER, STR("lambdig  "));
    name_inputs(console, &text);
    header_source(canvas, at, right - at - 1, &console->status.account, buf_str(&text));
    buf_release(&text);
}

/* ---- views and breadcrumb ---- */

static void name_tab(const struct app *app, enum view view, char *out, size_t size)
{
    char key[16];
    bool here = app->console.place.view == view;
    keymap_first_key(app->console.keymap, views[view].action, key, sizeof key);
    snprintf(out, size, "%s%s %s%s", here ? "[" : " ", key, views[view].title, here ? "]" : " ");
}

static int draw_tab(const struct app *app, struct canvas *canvas, int col, enum view view)
{
    char text[40];
    name_tab(app, view, text, sizeof text);
    enum role role = app->console.place.view == view ? ROLE_TITLE : ROLE_DIM;
    return canvas_text(canvas, 1, col, app->cols - col, 0, role, str_of(text)) + 1;
}

enum view app_tab_at(const struct app *app, int col)
{
    int at = 1;
    for (enum view view = 0; view < VIEW_COUNT; view++) {
        char text[40];
        name_tab(app, view, text, sizeof text);
        int cols = (int)utf8_width(str_of(text)) + 1;
        if (col >= at && col < at + cols)
            return view;
        at += cols;
    }
    return VIEW_COUNT;
}

static void draw_views(const struct app *app, struct canvas *canvas)
{
    const struct console *console = &app->console;
    int col = 1;
    struct buf crumbs;
    buf_init(&crumbs, 400);
    for (enum view view = 0; view < VIEW_COUNT; view++)
        col += draw_tab(app, canvas, col, view);
    buf_printf(&crumbs, "> %s", app->function_name[0] ? app->function_name : "all functions");
    if (console->place.view == VIEW_INVOCATION && app->request_id[0])
        buf_printf(&crumbs, " > %s", app->request_id);
    canvas_text(canvas, 1, col + 1, app->cols - col - 2, 0, ROLE_TEXT, buf_str(&crumbs));
    buf_release(&crumbs);
}

/* ---- status and keys ---- */

/* What holds for the source as a whole, where the pane has nothing to say. */
static void general_status(const struct console *console, char *out, size_t size)
{
    const struct store_status *status = &console->status;
    struct buf text;
    buf_init(&text, 400);
    buf_printf(&text, "%llu invocations", (unsigned long long)status->invocations);
    for (int class = 0; class < FAILURE_CLASS_COUNT; class++)
        if (status->by_class[class] && failure_class_row((enum failure_class)class)->is_failure)
            buf_printf(&text, "  %llu %s", (unsigned long long)status->by_class[class],
                       failure_class_row((enum failure_class)class)->tag);
    (void)str_copy(out, size, buf_str(&text));
    buf_release(&text);
}

/* What keeps an account from being read, with the next step: it stands as long as it lasts.
 * Throttling is said in the note. */
static bool hindrance_status(const struct console *console, char *out, size_t size)
{
    const struct progress *progress = &console->status.progress;
    if (progress->hindrance != HINDRANCE_NETWORK && progress->hindrance != HINDRANCE_CREDENTIALS)
        return false;
    (void)str_copy(out, size, str_of(progress->why));
    return out[0] != '\0';
}

#define DASH " \xE2\x80\x94 "

#define HEAD_COLS_MIN 4 /* fewer say nothing */

/* `what: on what: why` in `cols` columns: what lies between is cut out, the reason stays. The
 * columns used. */
static int draw_reason(struct canvas *canvas, int row, int cols, enum role role, struct str text)
{
    size_t colon = str_find_last(text, STR(": "));
    if (colon == SIZE_MAX || (int)utf8_width(text) <= cols)
        return canvas_text(canvas, row, 1, cols, 0, role, text);
    struct str why = str_from(text, colon + 2);
    int head = cols - (int)utf8_width(why);
    int used = 0;
    if (head >= HEAD_COLS_MIN)
        used = canvas_text(canvas, row, 1, head, 0, role, str_first(text, colon + 2));
    return used + canvas_text(canvas, row, 1 + used, cols - used, 0, role, why);
}

/* `sentence — next step`: where both do not fit the sentence gives way, to a quarter at least.
 * The column after it. */
static int draw_sentence(struct canvas *canvas, int row, int cols, enum role role, struct str text)
{
    size_t dash = str_find_last(text, STR(" \xE2\x80\x94 "));
    int room = cols - 1;
    if (dash == SIZE_MAX || (int)utf8_width(text) <= room)
        return 1 + canvas_text(canvas, row, 1, room, 0, role, text);
    struct str step = str_from(text, dash);
    int left = room - (int)utf8_width(step);
    if (left < room / 4)
        left = room / 4;
    int at = 1 + draw_reason(canvas, row, left, role, str_first(text, dash));
    return at + canvas_text(canvas, row, at, cols - at, 0, role, step);
}

static void draw_status(struct app *app, struct canvas *canvas)
{
    struct console *console = &app->console;
    struct pane *pane = app_focused(app);
    char text[400] = "";
    int row = app->layout.status.row, cols = app->cols;
    enum role role = ROLE_STATUS;
    if (console->message[0]) {
        role = console->message_is_error ? ROLE_ERROR : ROLE_STATUS;
        (void)draw_sentence(canvas, row, cols, role, str_of(console->message));
        return;
    }
    if (pane->class->status)
        pane->class->status(pane, console, text, sizeof text);
    if (!text[0] && hindrance_status(console, text, sizeof text))
        role = ROLE_WARNING;
    if (!text[0])
        general_status(console, text, sizeof text);
    int at = draw_sentence(canvas, row, cols, role, str_of(text));
    const char *note = console->status.progress.note;
    int width = (int)utf8_width(str_of(note));
    if (width > 0 && at + width + 3 <= cols && strcmp(note, text) != 0)
        canvas_text(canvas, row, cols - width - 1, width, 0, ROLE_DIM, str_of(note));
}

/* One `key name` after the other from `col` on; the column after the last. */
struct key_line {
    const struct app *app;
    struct canvas *canvas; /* NULL: only measured */
    int col, past;         /* nothing is drawn from `past` on */
    bool brief;
};

static void key_item(struct key_line *line, enum action action)
{
    char key[32];
    const struct app *app = line->app;
    const struct action_row *row = action_row(action);
    const char *name = line->brief ? row->brief : row->name;
    keymap_first_key(app->console.keymap, action, key, sizeof key);
    int key_cols = (int)utf8_width(str_of(key)), cols = key_cols + 1 + (int)strlen(name);
    if (!key[0] || line->col + cols > line->past)
        return;
    if (line->canvas) {
        bool dead = row->flags & ACTION_WRITES && !app->console.write;
        int at = app->layout.keys.row;
        canvas_text(line->canvas, at, line->col, cols, 0, dead ? ROLE_DIM : ROLE_KEY, str_of(key));
        canvas_text(line->canvas, at, line->col + key_cols + 1, cols, 0, ROLE_FOOTER, str_of(name));
    }
    line->col += cols + 2;
}

static void key_items(struct key_line *line, enum scope scope)
{
    for (enum action a = 0; a < ACTION_COUNT; a++)
        if (action_row(a)->scope == scope && action_row(a)->flags & ACTION_FOOTER)
            key_item(line, a);
}

static void pane_key_items(struct key_line *line)
{
    const struct pane_class *class = app_focused(line->app)->class;
    if (class->is_list)
        key_items(line, SCOPE_LIST);
    key_items(line, class->scope);
}

static int key_line_cols(const struct app *app, bool brief, bool whole)
{
    struct key_line line = {.app = app, .past = INT_MAX, .brief = brief};
    if (whole)
        pane_key_items(&line);
    key_items(&line, SCOPE_GLOBAL);
    return line.col;
}

/* The pane's own keys as far as they fit; those that hold everywhere keep their room. */
static void draw_keys(const struct app *app, struct canvas *canvas)
{
    bool brief = 1 + key_line_cols(app, false, true) - 2 > app->cols;
    struct key_line line = {app, canvas, 1, app->cols - key_line_cols(app, brief, false), brief};
    pane_key_items(&line);
    line.past = app->cols;
    key_items(&line, SCOPE_GLOBAL);
}

/* ---- panes ---- */

static void draw_pane(struct app *app, struct canvas *canvas, enum view view)
{
    struct pane *pane = app->console.panes[view];
    struct rect r = app->layout.panes[view];
    bool focus = view == app->console.place.view;
    char title[200] = "", below[200] = "";
    if (pane->class->titles)
        pane->class->titles(pane, title, sizeof title, below, sizeof below);
    canvas_clip(canvas, (struct rect){0, 0, app->rows, app->cols});
    if (app->zoom) { /* the sides fall outside the clip */
        r.col--;
        r.cols += 2;
    }
    canvas_frame(canvas, r, focus, str_of(title[0] ? title : pane->class->title), str_of(below));
    canvas_clip(canvas, app_inner(app, view));
    pane->class->draw(pane, &app->console, canvas, focus);
    canvas_clip(canvas, (struct rect){0, 0, app->rows, app->cols});
}

static void draw_too_small(const struct app *app, struct canvas *canvas)
{
    canvas_printf(canvas, 0, 0, ROLE_WARNING, "lambdig needs %dx%d", LAYOUT_MIN_COLS,
                  LAYOUT_MIN_ROWS);
    canvas_printf(canvas, 1, 0, ROLE_TEXT, "this is %dx%d", app->cols, app->rows);
    canvas_printf(canvas, 2, 0, ROLE_DIM, "q leaves");
}

void app_draw(struct app *app, int *cursor_row, int *cursor_col)
{
    struct canvas *canvas = &app->canvas;
    struct prompt *prompt = app->console.prompt;
    *cursor_row = -1;
    canvas_clear(canvas);
    if (!app->layout.fits) {
        draw_too_small(app, canvas);
        return;
    }
    draw_header(app, canvas);
    draw_views(app, canvas);
    for (enum view view = 0; view < VIEW_COUNT; view++)
        if (layout_shows(&app->layout, view))
            draw_pane(app, canvas, view);
    draw_status(app, canvas);
    if (prompt_is_open(prompt)) {
        *cursor_row = app->layout.keys.row;
        *cursor_col = prompt_draw(prompt, canvas, *cursor_row, app->cols);
    } else {
        draw_keys(app, canvas);
    }
    overlay_draw(&app->overlay, app->console.keymap, canvas);
}
