#include "ui/app_inner.h"

#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/base/utf8.h"
#include "ui/term.h"

/* The one loop: poll {tty, store, signals}, drain, refresh the panes in sight, draw, paint.
 * Keys are answered at once; what the store brings is drawn at most 30 times a second; with
 * nothing to do it sleeps without a timer. */

#define REFRESH_EVERY_MS 33
#define RESIZE_SETTLE_MS 30
#define KEYS_A_TURN 256 /* then it is drawn, however many more wait */

static const struct pane_class *const pane_classes[VIEW_COUNT] = {
    [VIEW_FUNCTIONS] = &pane_functions, [VIEW_LOGS] = &pane_tail, [VIEW_INVOCATION] = &pane_invocation,
};

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

unsigned console_menu(struct console *console, enum action why, struct str title, const struct menu_item *items,
                      size_t count)
{
    struct app *app = app_of(console);
    if (count == 0)
        return UI_NOTHING;
    overlay_menu(&app->overlay, why, title, items, count);
    app->prompt_pane = app_focused(app);
    return UI_REDRAW;
}

unsigned console_copy(struct console *console, struct str text)
{
    struct buf safe;
    buf_init(&safe, TERM_COPY_MAX);
    bool whole = utf8_defuse(text, true, &safe);
    term_copy(buf_str(&safe));
    console_say(console, !whole, whole ? "copied %zu bytes (OSC 52)" : "copied the first %zu bytes (OSC 52)", safe.len);
    buf_release(&safe);
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
#define CLASS(id, name, tag, is_failure, title, symptom, check, fix) [FAILURE_##id] = ROLE_CLASS_##id,
#include "src/model/failure_classes.def"
#undef CLASS
    };
    return class < FAILURE_CLASS_COUNT ? roles[class] : ROLE_DIM;
}

/* ---- places ---- */

struct pane *app_focused(struct app *app)
{
    return app->console.panes[app->console.place.view];
}

void app_relayout(struct app *app)
{
    layout_fit(&app->layout, app->rows, app->cols, app->console.place.view, app->zoom);
    app->draw = true;
}

/* A zoomed pane has no sides: its rows are whole rows of the screen, and can be copied as such. */
struct rect app_inner(const struct app *app, enum view view)
{
    struct rect r = app->layout.panes[view];
    int side = app->zoom ? 0 : 1;
    return (struct rect){r.row + 1, r.col + side, r.rows > 2 ? r.rows - 2 : 0, r.cols > 2 ? r.cols - 2 * side : 0};
}

static void name_place(struct app *app)
{
    const struct place *place = &app->console.place;
    struct function_row function;
    struct invocation invocation;
    app->function_name[0] = app->request_id[0] = '\0';
    if (place->function != UINT32_MAX && store_read_function(app->console.store, place->function, &function))
        (void)str_copy(app->function_name, sizeof app->function_name, str_of(function.function.name));
    if (place->view == VIEW_INVOCATION && store_read_invocation(app->console.store, place->invocation, &invocation))
        (void)str_copy(app->request_id, sizeof app->request_id, invocation_text(&invocation, invocation.request_id));
}

/* A pane that shows what another one's cursor is on. */
static void follow(struct app *app)
{
    struct console *console = &app->console;
    struct place to = console->place;
    if (to.view != VIEW_LOGS || !layout_shows(&app->layout, VIEW_INVOCATION) || to.invocation == app->followed)
        return;
    to.view = VIEW_INVOCATION;
    app->followed = to.invocation;
    console->panes[VIEW_INVOCATION]->class->show(console->panes[VIEW_INVOCATION], console, &to);
}

static bool refresh_pane(struct app *app, enum view view)
{
    struct pane *pane = app->console.panes[view];
    struct rect inner = app_inner(app, view);
    return layout_shows(&app->layout, view) && pane->class->refresh(pane, &app->console, inner.rows, inner.cols);
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
    console_say(&app->console, true, "%s - %s", status->trouble.text, err_hint(&status->trouble));
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
    app->draw |= refresh_pane(app, console->place.view); /* first: others follow its cursor */
    follow(app);
    for (enum view view = 0; view < VIEW_COUNT; view++)
        if (view != console->place.view)
            app->draw |= refresh_pane(app, view);
    name_place(app);
    app->store_changed = false;
    app->refreshed_mono_ms = clock_mono_ms();
}

static void show_place(struct app *app, struct place to)
{
    app->console.place = to;
    app->followed = UINT64_MAX;
    app_relayout(app);
    app_focused(app)->class->show(app_focused(app), &app->console, &to);
    app_refresh(app);
}

static bool same_place(const struct place *a, const struct place *b)
{
    return a->view == b->view && a->function == b->function && (a->view != VIEW_INVOCATION || a->invocation == b->invocation);
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

/* ---- actions ---- */

typedef unsigned (*handler)(struct console *console, struct pane *pane);
static const handler handlers[ACTION_COUNT] = {
#define ACTION(id, scope, name, keys, flags, help) [ACTION_##id] = act_##id,
#include "ui/actions.def"
#undef ACTION
};

unsigned app_act(struct app *app, enum action action)
{
    if (action_row(action)->flags & ACTION_WRITES && !app->console.write) {
        console_say(&app->console, true, "read-only: :write on allows writes");
        return UI_REDRAW;
    }
    return handlers[action](&app->console, app_focused(app));
}

static void apply(struct app *app, unsigned effects)
{
    if (effects & UI_QUIT)
        app->leave = true;
    if (effects & UI_SUSPEND) {
        term_suspend();
        app->resize_mono_ms = clock_mono_ms();
    }
    if (effects & UI_REPAINT)
        term_repaint();
    if (effects & UI_RELAYOUT)
        app_relayout(app);
    if (effects & UI_GO)
        app_go(app, app->console.go);
    if (effects & UI_BACK)
        app_go_back(app);
    if (effects & (UI_REFRESH | UI_RELAYOUT | UI_REDRAW) && !app->leave)
        app_refresh(app);
    app->draw |= effects != UI_NOTHING;
}

static enum action find_action(struct app *app, uint32_t key, bool *pending)
{
    const struct pane_class *class = app_focused(app)->class;
    enum action action = keymap_find(app->console.keymap, class->scope, key, app->before, pending);
    if (action != ACTION_NONE && action_row(action)->scope == SCOPE_LIST && !class->is_list)
        action = keymap_find(app->console.keymap, SCOPE_GLOBAL, key, app->before, pending);
    return action;
}

/* A pair that leads nowhere is two single keys, the first of them without a meaning. */
static unsigned action_key(struct app *app, uint32_t key)
{
    bool pending;
    enum action action = find_action(app, key, &pending);
    if (action == ACTION_NONE && app->before) {
        app->before = 0;
        action = find_action(app, key, &pending);
    }
    app->before = pending ? key : 0;
    return action == ACTION_NONE ? UI_NOTHING : app_act(app, action);
}

static unsigned tell_prompt(struct app *app, bool done, bool accepted)
{
    struct console *console = &app->console;
    enum action why = prompt_why(console->prompt);
    if (why == ACTION_COMMAND)
        return UI_REDRAW | (done && accepted ? app_command(app, prompt_text(console->prompt)) : 0u);
    struct pane *pane = app->prompt_pane;
    return UI_REDRAW | pane->class->prompted(pane, console, why, prompt_text(console->prompt), done, accepted);
}

static unsigned prompt_answer(struct app *app, enum prompt_result result)
{
    switch (result) {
    case PROMPT_NOTHING:
        return UI_NOTHING;
    case PROMPT_MOVED:
        app->draw = true;
        return UI_NOTHING;
    case PROMPT_COMPLETE:
        return prompt_why(app->console.prompt) == ACTION_COMMAND ? app_complete(app) : UI_NOTHING;
    case PROMPT_CHANGED:
        return tell_prompt(app, false, false);
    default:
        return tell_prompt(app, true, result == PROMPT_ACCEPTED);
    }
}

/* An action chosen from the help: one of another pane has nothing to act on here. */
static unsigned act_if_here(struct app *app, enum action action)
{
    if (action == ACTION_NONE)
        return UI_NOTHING;
    enum scope scope = action_row(action)->scope;
    if (scope == SCOPE_GLOBAL || scope == SCOPE_LIST || scope == app_focused(app)->class->scope)
        return app_act(app, action);
    console_say(&app->console, true, "%s is an action of the view %s", action_row(action)->name, scope_name(scope));
    return UI_REDRAW;
}

static unsigned overlay_answer(struct app *app, enum overlay_kind kind, enum overlay_result result)
{
    struct overlay *o = &app->overlay;
    struct pane *pane = app->prompt_pane;
    if (result == OVERLAY_NOTHING || result == OVERLAY_CHANGED) {
        app->draw |= result == OVERLAY_CHANGED;
        return UI_NOTHING;
    }
    o->kind = OVERLAY_NONE;
    if (kind == OVERLAY_HELP)
        return UI_REDRAW | (result == OVERLAY_CHOSEN ? act_if_here(app, overlay_action(o, app->console.keymap)) : 0u);
    bool chosen = result == OVERLAY_CHOSEN;
    struct str word = chosen ? overlay_word(o) : STR_NONE;
    return UI_REDRAW | pane->class->prompted(pane, &app->console, o->why, word, true, chosen);
}

static unsigned click(struct app *app)
{
    int row, col;
    term_mouse(&row, &col);
    for (enum view view = 0; view < VIEW_COUNT; view++) {
        struct rect r = app->layout.panes[view];
        if (row < r.row || row >= r.row + r.rows || col < r.col || col >= r.col + r.cols)
            continue;
        app->console.place.view = view;
        return UI_RELAYOUT;
    }
    return UI_NOTHING;
}

static unsigned mouse_key(struct app *app, uint32_t key)
{
    struct pane *pane = app_focused(app);
    if (app->overlay.kind != OVERLAY_NONE || key == KEY_CLICK_)
        return app->overlay.kind == OVERLAY_NONE ? click(app) : UI_NOTHING;
    unsigned effects = UI_NOTHING;
    for (int i = 0; i < 3; i++)
        effects |= pane->class->move(pane, &app->console, key == KEY_WHEEL_UP_ ? ACTION_UP : ACTION_DOWN);
    return effects;
}

static unsigned key_effects(struct app *app, uint32_t key)
{
    struct console *console = &app->console;
    if (prompt_is_open(console->prompt))
        return prompt_answer(app, key == KEY_PASTE_ ? prompt_paste(console->prompt, term_paste())
                                                    : prompt_key(console->prompt, key));
    if (key >= KEY_WHEEL_UP_)
        return mouse_key(app, key);
    if (app->overlay.kind != OVERLAY_NONE) {
        enum overlay_kind kind = app->overlay.kind;
        int page = overlay_page(&app->overlay, app->rows);
        return overlay_answer(app, kind, overlay_key(&app->overlay, console->keymap, key, page));
    }
    return app->layout.fits || key < 0x20 || key == 'q' || key == 'Z' ? action_key(app, key) : UI_NOTHING;
}

static void take_key(struct app *app, uint32_t key)
{
    struct console *console = &app->console;
    if (console->message[0] && !prompt_is_open(console->prompt)) {
        console->message[0] = '\0';
        app->draw = true;
    }
    app->quit_armed &= key == ('c' & 0x1F);
    apply(app, key_effects(app, key));
}

static void take_keys(struct app *app, bool late)
{
    uint32_t key;
    for (int i = 0; i < KEYS_A_TURN && !app->leave && (key = term_key(late)) != 0; i++)
        take_key(app, key);
}

/* ---- signals and time ---- */

static void end_by(struct app *app, int number)
{
    app->signal_number = number;
    app->leave = true;
}

static void take_signals(struct app *app)
{
    int number;
    while ((number = term_take_signal()) != 0) {
        if (number == SIGWINCH && app->resize_mono_ms == 0)
            app->resize_mono_ms = clock_mono_ms() + RESIZE_SETTLE_MS;
        if (number == SIGTERM || number == SIGINT || number == SIGHUP)
            end_by(app, number);
        if (number == SIGTSTP)
            apply(app, UI_SUSPEND | UI_REPAINT);
        if (number == SIGCONT) {
            term_repaint();
            app->draw = true;
        }
    }
}

static void fit_screen(struct app *app)
{
    term_resize(&app->rows, &app->cols);
    canvas_resize(&app->canvas, app->rows, app->cols);
    app->canvas.ascii = app->console.ascii;
    app->resize_mono_ms = 0;
    app_relayout(app);
    app_refresh(app);
}

static int earlier(int timeout_ms, int64_t due_ms)
{
    int64_t wait = due_ms < 0 ? 0 : due_ms;
    return timeout_ms < 0 || wait < timeout_ms ? (int)wait : timeout_ms;
}

static bool is_busy(const struct app *app)
{
    for (enum view view = 0; view < VIEW_COUNT; view++)
        if (layout_shows(&app->layout, view) && app->console.panes[view]->busy)
            return true;
    return false;
}

/* Until when poll may sleep; -1: for ever. Only a live source has a clock in the header. */
static int timeout_ms(const struct app *app)
{
    int64_t now = clock_mono_ms();
    int timeout = term_key_wait_ms();
    if (is_busy(app))
        return 0;
    if (app->resize_mono_ms)
        timeout = earlier(timeout, app->resize_mono_ms - now);
    if (app->store_changed)
        timeout = earlier(timeout, app->refreshed_mono_ms + REFRESH_EVERY_MS - now);
    if (app->console.status.account.live)
        timeout = earlier(timeout, 60000 - clock_unix_ms() % 60000);
    return timeout;
}

static void take_time(struct app *app)
{
    int64_t now = clock_mono_ms();
    if (app->resize_mono_ms && now >= app->resize_mono_ms)
        fit_screen(app);
    bool due = app->store_changed && now - app->refreshed_mono_ms >= REFRESH_EVERY_MS;
    bool minute = app->console.status.account.live && clock_unix_ms() / 60000 != app->console.now_unix_ms / 60000;
    if (due || minute || is_busy(app))
        app_refresh(app);
    app->draw |= minute;
}

static void paint(struct app *app)
{
    int row, col;
    if (!app->draw)
        return;
    app->draw = false;
    app_draw(app, &row, &col);
    term_paint(&app->canvas, row, col);
}

static void turn(struct app *app)
{
    struct pollfd fds[] = {{term_key_fd(), POLLIN, 0},
                           {term_signal_fd(), POLLIN, 0},
                           {store_wake_fd(app->console.store), POLLIN, 0}};
    int wait = timeout_ms(app), ready = poll(fds, 3, wait);
    take_signals(app);
    if (fds[2].revents & POLLIN) {
        store_wake_ack(app->console.store);
        app->store_changed = true;
    }
    if (fds[0].revents && !term_read())
        end_by(app, SIGHUP);
    take_keys(app, ready == 0 && wait > 0);
    if (!app->leave)
        take_time(app);
    if (!app->leave)
        paint(app);
}

/* ---- start and end ---- */

static bool bind_keys(struct keymap *keymap, const struct settings *settings, struct err *err)
{
    for (size_t i = 0; i < settings->key_count; i++) {
        const struct key_override *key = &settings->keys[i];
        if (!keymap_bind(keymap, str_of(key->action), str_of(key->keys), str_of(key->where), err))
            return false;
    }
    return keymap_check(keymap, err);
}

bool app_set_theme(struct app *app, struct str name, struct err *err)
{
    char word[256];
    if (!str_copy(word, sizeof word, name))
        return err_set(err, ERR_CONFIG, "theme: the name is longer than %zu bytes", sizeof word - 1);
    if (!theme_read(&app->theme, word, err))
        return false;
    app->console.ascii =
        app->console.settings->ascii || app->theme.glyphs == GLYPHS_ASCII || !term_is_utf8();
    app->canvas.ascii = app->console.ascii;
    term_theme(&app->theme);
    return true;
}

/* A theme that cannot be read is no reason to show nothing. */
static void first_theme(struct app *app)
{
    struct err err = {0};
    if (app_set_theme(app, str_of(app->console.settings->theme), &err))
        return;
    console_say(&app->console, true, "%s - %s", err.text, err_hint(&err));
    theme_plain(&app->theme);
    app->console.ascii = app->console.settings->ascii || !term_is_utf8();
    term_theme(&app->theme);
}

static struct app *app_new(const struct app_options *options)
{
    struct app *app = xcalloc(1, sizeof *app);
    app->console.settings = options->settings;
    app->console.store = options->store;
    app->console.inbox = options->inbox;
    app->console.keymap = keymap_new();
    app->console.prompt = prompt_new();
    app->console.write = options->settings->write;
    app->console.time_format = options->settings->utc ? TIME_UTC : TIME_LOCAL;
    app->console.place = (struct place){.view = VIEW_FUNCTIONS, .function = UINT32_MAX, .row = UINT64_MAX};
    app->followed = UINT64_MAX;
    canvas_init(&app->canvas);
    for (enum view view = 0; view < VIEW_COUNT; view++)
        app->console.panes[view] = pane_classes[view]->open(&app->console);
    return app;
}

static void app_free(struct app *app)
{
    for (enum view view = 0; view < VIEW_COUNT; view++)
        app->console.panes[view]->class->free(app->console.panes[view]);
    canvas_release(&app->canvas);
    prompt_free(app->console.prompt);
    keymap_free(app->console.keymap);
    free(app);
}

static bool run(struct app *app, struct err *err)
{
    struct term_options terminal = {.colour = strcmp(app->console.settings->color, "never") != 0, /* NO_COLOR is in it */
                                    .mouse = app->console.settings->mouse};
    if (!bind_keys(app->console.keymap, app->console.settings, err) || !term_start(&terminal, err))
        return false;
    first_theme(app);
    fit_screen(app);
    paint(app);
    while (!app->leave)
        turn(app);
    term_stop();
    return true;
}

bool app_run(const struct app_options *options, int *signal_number, struct err *err)
{
    struct app *app = app_new(options);
    bool good = run(app, err);
    *signal_number = app->signal_number;
    app_free(app);
    return good;
}
