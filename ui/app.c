#include "ui/app_inner.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "ui/term.h"

/* The one loop: poll {tty, store, signals}, drain, refresh the panes in sight, draw, paint.
 * Keys are answered at once; what the store brings is drawn at most 30 times a second; with
 * nothing to do it sleeps without a timer. */

#define REFRESH_EVERY_MS 33
#define RESIZE_SETTLE_MS 30

static const struct pane_class *const pane_classes[VIEW_COUNT] = {
    [VIEW_FUNCTIONS] = &pane_functions,
    [VIEW_LOGS] = &pane_tail,
    [VIEW_INVOCATION] = &pane_invocation,
};

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
        if (number == SIGUSR1)
            app_apply(app, app_reload(app));
        if (number == SIGTSTP)
            app_apply(app, UI_SUSPEND | UI_REPAINT);
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

/* How long after the last refresh the store's news may be looked at. */
static int64_t refresh_after_ms(const struct app *app)
{
    for (enum view view = 0; view < VIEW_COUNT; view++)
        if (layout_shows(&app->layout, view) && app->console.panes[view]->eager)
            return 0;
    return REFRESH_EVERY_MS;
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
        timeout = earlier(timeout, app->refreshed_mono_ms + refresh_after_ms(app) - now);
    if (app->console.status.account.live)
        timeout = earlier(timeout, 60000 - clock_unix_ms() % 60000);
    return timeout;
}

static void take_time(struct app *app)
{
    int64_t now = clock_mono_ms();
    if (app->resize_mono_ms && now >= app->resize_mono_ms)
        fit_screen(app);
    bool due = app->store_changed && now - app->refreshed_mono_ms >= refresh_after_ms(app);
    bool minute = app->console.status.account.live &&
                  clock_unix_ms() / 60000 != app->console.now_unix_ms / 60000;
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
    (void)poll(fds, 3, timeout_ms(app)); /* what came stands in revents */
    take_signals(app);
    if (fds[2].revents & POLLIN) {
        store_wake_ack(app->console.store);
        app->store_changed = true;
    }
    if (fds[0].revents && !term_read())
        end_by(app, SIGHUP);
    app_take_keys(app, term_key_wait_ms() == 0); /* whatever else keeps it awake */
    if (!app->leave)
        take_time(app);
    if (!app->leave)
        paint(app);
}

/* ---- start and end ---- */

static struct app *app_new(const struct app_options *options)
{
    struct app *app = xcalloc(1, sizeof *app);
    app->console.settings = options->settings;
    app->console.store = options->store;
    app->console.inbox = options->inbox;
    app->sources = options->sources;
    app->console.keymap = keymap_new();
    app->console.prompt = prompt_new();
    app->console.write = options->settings->write;
    app->console.time_format = options->settings->utc ? TIME_UTC : TIME_LOCAL;
    app->watched = UINT32_MAX;
    app->console.place =
        (struct place){.view = VIEW_FUNCTIONS, .function = UINT32_MAX, .row = UINT64_MAX};
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
    overlay_release(&app->overlay);
    canvas_release(&app->canvas);
    prompt_free(app->console.prompt);
    keymap_free(app->console.keymap);
    app_forget_settings(app);
    free(app);
}

static bool run(struct app *app, struct err *err)
{
    struct term_options terminal = {.colour = strcmp(app->console.settings->color, "never") !=
                                              0, /* NO_COLOR is in it */
                                    .mouse = app->console.settings->mouse};
    if (!app_bind_keys(app->console.keymap, app->console.settings, err) ||
        !term_start(&terminal, err))
        return false;
    app_first_theme(app);
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
