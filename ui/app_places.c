#include "ui/app_inner.h"

#include <stdarg.h>
#include <stdio.h>

#include "ui/function_columns.h"

/* Where the console is: the places it went through, the panes in sight and what they are asked to
 * read; and the services that panes ask of it. */

/* ---- what panes may ask for ---- */

void console_say(struct console *console, bool is_error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(console->message, sizeof console->message, format, args);
    va_end(args);
    console->message_is_error = is_error;
}

unsigned console_prompt(struct console *console, enum action why, struct str label, struct str text)
{
    struct app *app = app_of(console);
    prompt_open(console->prompt, why, label, text);
    app->prompt_pane = app_focused(app);
    return UI_PROMPT | UI_REDRAW;
}

unsigned console_menu(struct console *console, enum action why, struct str title,
                      const struct menu_item *items, size_t count)
{
    struct app *app = app_of(console);
    if (count == 0)
        return UI_NOTHING;
    overlay_menu(&app->overlay, why, title, items, count);
    app->prompt_pane = app_focused(app);
    return UI_REDRAW;
}

unsigned console_pick(struct console *console, enum action why, struct str title,
                      const struct pick_item *items, size_t count, struct str current)
{
    struct app *app = app_of(console);
    overlay_pick(&app->overlay, why, title, items, count, current, false);
    app->prompt_pane = app_focused(app);
    return UI_REDRAW;
}

void console_time(const struct console *console, int64_t unix_ms, char out[CLOCK_TIME_SIZE])
{
    if (unix_ms == TIME_NONE)
        snprintf(out, CLOCK_TIME_SIZE, "%12s", "");
    else if (console->time_format == TIME_RELATIVE)
        clock_age(console->now_unix_ms - unix_ms, out);
    else
        clock_time_of_day(unix_ms, console->time_format == TIME_UTC, out);
}

enum role console_class_role(enum failure_class class)
{
    static const enum role roles[FAILURE_CLASS_COUNT] = {
#define CLASS(id, name, tag, is_failure, title, symptom, check, fix)                             \
    [FAILURE_##id] = ROLE_CLASS_##id,
#include "src/model/failure_classes.def"
#undef CLASS
    };
    return class < FAILURE_CLASS_COUNT ? roles[class] : ROLE_DIM;
}

/* ---- places ---- */

struct pane *app_focused(const struct app *app)
{
    return app->console.panes[app->console.place.view];
}

void app_relayout(struct app *app)
{
    app->list_rows = app->console.status.functions;
    layout_fit(&app->layout, app->rows, app->cols, app->console.place.view, app->zoom,
               app->list_rows);
    app->draw = true;
}

/* A zoomed pane has no sides: its rows are whole rows of the screen, and can be copied as such. */
struct rect app_inner(const struct app *app, enum view view)
{
    struct rect r = app->layout.panes[view];
    int side = app->zoom ? 0 : 1;
    return (struct rect){r.row + 1, r.col + side, r.rows > 2 ? r.rows - 2 : 0,
                         r.cols > 2 ? r.cols - 2 * side : 0};
}

static void name_place(struct app *app)
{
    const struct place *place = &app->console.place;
    struct function_row function;
    struct invocation invocation;
    app->function_name[0] = app->request_id[0] = '\0';
    if (place->function != UINT32_MAX &&
        store_read_function(app->console.store, place->function, &function))
        (void)str_copy(app->function_name, sizeof app->function_name,
                       function.function.name[0] ? str_of(function.function.name)
                                                 : STR(FUNCTION_UNNAMED));
    if (place->view == VIEW_INVOCATION &&
        store_read_invocation(app->console.store, place->invocation, &invocation))
        (void)str_copy(app->request_id, sizeof app->request_id,
                       invocation_text(&invocation, invocation.request_id));
}

/* A pane that shows what another one's cursor is on. */
static void follow(struct app *app)
{
    struct console *console = &app->console;
    struct place to = console->place;
    if (to.view != VIEW_LOGS || !layout_shows(&app->layout, VIEW_INVOCATION) ||
        to.invocation == app->followed)
        return;
    to.view = VIEW_INVOCATION;
    app->followed = to.invocation;
    console->panes[VIEW_INVOCATION]->class->show(console->panes[VIEW_INVOCATION], console, &to);
}

static bool refresh_pane(struct app *app, enum view view)
{
    struct pane *pane = app->console.panes[view];
    struct rect inner = app_inner(app, view);
    return layout_shows(&app->layout, view) &&
           pane->class->refresh(pane, &app->console, inner.rows, inner.cols);
}

/* A recorded incident has no now: its last event stands for it, and ages stay true. */
static int64_t now_of(const struct store_status *status)
{
    if (!status->account.live && status->last_unix_ms != TIME_NONE)
        return status->last_unix_ms;
    return clock_unix_ms();
}

static void tell_trouble(struct app *app)
{
    struct store_status *status = &app->console.status;
    if (status->trouble_count == app->trouble_count)
        return;
    app->trouble_count = status->trouble_count;
    char text[180]; /* of the sentence, so that the next step is there whole */
    (void)str_copy(text, sizeof text, str_of(status->trouble.text));
    console_say(&app->console, true, "%s \xE2\x80\x94 %s", text, err_hint(&status->trouble));
    app->draw = true;
}

void app_refresh(struct app *app)
{
    struct console *console = &app->console;
    uint64_t generation = console->status.generation;
    store_read_status(console->store, &console->status);
    console->now_unix_ms = now_of(&console->status);
    app->draw |= generation != console->status.generation;
    tell_trouble(app);
    if ((app->list_rows > 1) != (console->status.functions > 1))
        app_relayout(app);
    app->draw |= refresh_pane(app, console->place.view); /* first: others follow its cursor */
    follow(app);
    for (enum view view = 0; view < VIEW_COUNT; view++)
        if (view != console->place.view)
            app->draw |= refresh_pane(app, view);
    name_place(app);
    app->store_changed = false;
    app->refreshed_mono_ms = clock_mono_ms();
}

/* The log of the function that is looked at goes before all others of an account. */
static void watch_place(struct app *app, uint32_t function)
{
    struct request watch = {.kind = REQUEST_WATCH};
    struct function_row row;
    if (!app->console.inbox || !app->console.status.account.live || app->watched == function)
        return;
    app->watched = function;
    if (function != UINT32_MAX && store_read_function(app->console.store, function, &row))
        str_copy(watch.function, sizeof watch.function, str_of(row.function.name));
    (void)inbox_give(app->console.inbox, &watch);
}

/* Of a busy log only the lines that verdicts rest on were read: these are asked for when they
 * are wanted. A source that left none out does nothing. */
static void want_rest(struct app *app, uint64_t seq)
{
    struct request want = {.kind = REQUEST_REST};
    struct invocation inv;
    if (!app->console.inbox || !app->console.status.account.live ||
        !store_read_invocation(app->console.store, seq, &inv))
        return;
    want.rest = (struct rest_request){.invocation = seq, .start_unix_ms = inv.start_unix_ms,
                                      .end_unix_ms = inv.end_unix_ms};
    str_copy(want.function, sizeof want.function, invocation_text(&inv, inv.function));
    str_copy(want.rest.log_stream, sizeof want.rest.log_stream,
             invocation_text(&inv, inv.log_stream));
    (void)inbox_give(app->console.inbox, &want);
}

static void show_place(struct app *app, struct place to)
{
    watch_place(app, to.function);
    if (to.view == VIEW_INVOCATION)
        want_rest(app, to.invocation);
    app->console.place = to;
    app->followed = UINT64_MAX;
    app_relayout(app);
    app_focused(app)->class->show(app_focused(app), &app->console, &to);
    app_refresh(app);
}

static bool same_place(const struct place *a, const struct place *b)
{
    return a->view == b->view && a->function == b->function &&
           (a->view != VIEW_INVOCATION || a->invocation == b->invocation);
}

/* Going to a place that lies on the way back takes that way: going in circles grows nothing. */
void app_go(struct app *app, struct place to)
{
    struct place from = app->console.place;
    int known = 0;
    while (known < app->back_count && !same_place(&app->back[known], &to))
        known++;
    if (known < app->back_count) {
        app->back_count = known;
    } else if (!same_place(&from, &to)) {
        if (app->back_count == BACK_MAX)
            memmove(app->back, app->back + 1, (size_t)--app->back_count * sizeof *app->back);
        app->back[app->back_count++] = from;
    }
    app->last = from;
    app->has_last = true;
    show_place(app, to);
}

void app_go_back(struct app *app)
{
    if (app->back_count == 0) {
        app->leave = true;
        return;
    }
    app->last = app->console.place;
    app->has_last = true;
    show_place(app, app->back[--app->back_count]);
}

void app_go_last(struct app *app)
{
    if (app->has_last)
        app_go(app, app->last);
}
