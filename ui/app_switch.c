#include "ui/app_inner.h"

#include <stdio.h>
#include <stdlib.h>

/* Another profile, region, case or file: what can be chosen comes from outside, and so does the
 * source. It is opened beside the one that runs; only then does the console end and start anew on
 * it. */

static const struct {
    const char *title;
    bool takes_others;
} kinds[SWITCH_COUNT] = {
    [SWITCH_PROFILE] = {"Profile", false},
    [SWITCH_REGION] = {"Region", true}, /* new ones come every year */
    [SWITCH_PATH] = {"Case or log", true},
};

bool app_offer(const struct app *app, enum app_switch what, size_t index, struct pick_item *item)
{
    const struct app_sources *sources = app->sources;
    *item = (struct pick_item){.role = ROLE_TEXT};
    return sources && sources->offer(sources->ctx, what, index, item);
}

unsigned app_switch(struct app *app, enum app_switch what, struct str value)
{
    struct err err = {0};
    if (app->sources && app->sources->open(app->sources->ctx, what, value, &err))
        return UI_QUIT;
    console_say(&app->console, true, "%s - %s",
                app->sources ? err.text : "nothing else can be opened here",
                app->sources ? err_hint(&err) : "start lambdig with it");
    return UI_REDRAW;
}

static unsigned choose(struct console *console, enum action why, enum app_switch what,
                       const char *current)
{
    struct app *app = app_of(console);
    struct pick_item *items = xcalloc(PICKER_MAX, sizeof *items);
    size_t count = 0;
    while (count < PICKER_MAX && app_offer(app, what, count, &items[count]))
        count++;
    overlay_pick(&app->overlay, why, str_of(kinds[what].title), items, count, str_of(current),
                 kinds[what].takes_others);
    app->prompt_pane = NULL; /* the app's own */
    free(items);
    return UI_REDRAW;
}

unsigned act_PROFILE(struct console *console, struct pane *pane)
{
    (void)pane;
    return choose(console, ACTION_PROFILE, SWITCH_PROFILE, console->status.account.profile);
}

unsigned act_REGION(struct console *console, struct pane *pane)
{
    (void)pane;
    return choose(console, ACTION_REGION, SWITCH_REGION, console->status.account.region);
}

unsigned app_picked(struct app *app, enum action why, struct str word)
{
    return app_switch(app, why == ACTION_PROFILE ? SWITCH_PROFILE : SWITCH_REGION, word);
}
