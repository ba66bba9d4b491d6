#include "ui/app_inner.h"

/* The handlers of the scopes GLOBAL and LIST. */

#define QUIT_TWICE_MS 1000

unsigned act_QUIT(struct console *console, struct pane *pane)
{
    (void)console, (void)pane;
    return UI_QUIT;
}

unsigned act_BACK(struct console *console, struct pane *pane)
{
    if (pane->eager && pane->class->cancel && pane->class->cancel(pane, console)) {
        console_say(console, false, "stopped");
        return UI_REFRESH;
    }
    return UI_BACK;
}

unsigned act_HELP(struct console *console, struct pane *pane)
{
    overlay_help(&app_of(console)->overlay, pane->class->scope);
    return UI_REDRAW;
}

unsigned act_COMMAND(struct console *console, struct pane *pane)
{
    (void)pane;
    return console_prompt(console, ACTION_COMMAND, STR(":"), STR_NONE);
}

static unsigned view(struct console *console, enum view view)
{
    console->go = console->place;
    console->go.view = view;
    return console->place.view == view ? UI_NOTHING : UI_GO;
}

unsigned act_VIEW_FUNCTIONS(struct console *console, struct pane *pane)
{
    (void)pane;
    return view(console, VIEW_FUNCTIONS);
}

unsigned act_VIEW_LOGS(struct console *console, struct pane *pane)
{
    (void)pane;
    return view(console, VIEW_LOGS);
}

unsigned act_VIEW_INVOCATION(struct console *console, struct pane *pane)
{
    (void)pane;
    return view(console, VIEW_INVOCATION);
}

/* The same with what the cursor is on, which need not be what was opened last. */
static unsigned selected(struct console *console, const struct pane *pane, enum view view)
{
    console->go = console->place;
    if (pane->class->selected)
        pane->class->selected(pane, console, &console->go);
    console->go.view = view;
    return console->place.view == view ? UI_NOTHING : UI_GO;
}

unsigned act_GO_INVOCATION(struct console *console, struct pane *pane)
{
    return selected(console, pane, VIEW_INVOCATION);
}

unsigned act_GO_LOG(struct console *console, struct pane *pane)
{
    return selected(console, pane, VIEW_LOGS);
}

/* Among the panes in sight; where there is one alone, to the next view. */
static unsigned focus(struct console *console, int step)
{
    const struct layout *layout = &app_of(console)->layout;
    int view = (int)console->place.view, shown = 0;
    for (int i = 0; i < VIEW_COUNT; i++)
        shown += layout_shows(layout, (enum view)i);
    do
        view = (view + step + VIEW_COUNT) % VIEW_COUNT;
    while (shown > 1 && !layout_shows(layout, (enum view)view));
    console->place.view = (enum view)view;
    return UI_RELAYOUT;
}

unsigned act_NEXT_PANE(struct console *console, struct pane *pane)
{
    (void)pane;
    return focus(console, 1);
}

unsigned act_PREVIOUS_PANE(struct console *console, struct pane *pane)
{
    (void)pane;
    return focus(console, -1);
}

unsigned act_ZOOM(struct console *console, struct pane *pane)
{
    (void)pane;
    app_of(console)->zoom = !app_of(console)->zoom;
    return UI_RELAYOUT;
}

unsigned act_LAST_PLACE(struct console *console, struct pane *pane)
{
    (void)pane;
    app_go_last(app_of(console));
    return UI_REDRAW;
}

unsigned act_REFRESH(struct console *console, struct pane *pane)
{
    (void)pane;
    struct request request = {.kind = REQUEST_REFRESH};
    if (console->inbox && !inbox_give(console->inbox, &request))
        console_say(console, true, "refresh: too many requests wait already");
    return UI_REFRESH;
}

unsigned act_REDRAW(struct console *console, struct pane *pane)
{
    (void)console, (void)pane;
    return UI_REPAINT;
}

unsigned act_SUSPEND(struct console *console, struct pane *pane)
{
    (void)console, (void)pane;
    return UI_SUSPEND | UI_REPAINT;
}

/* The first Ctrl-c gives up running work, or says what a second one does. */
unsigned act_INTERRUPT(struct console *console, struct pane *pane)
{
    struct app *app = app_of(console);
    int64_t now = clock_mono_ms();
    if (app->quit_armed && now - app->interrupt_mono_ms <= QUIT_TWICE_MS)
        return UI_QUIT;
    app->quit_armed = true;
    app->interrupt_mono_ms = now;
    if (pane->class->cancel && pane->class->cancel(pane, console))
        console_say(console, false, "cancelled; Ctrl-c again leaves");
    else
        console_say(console, false, "Ctrl-c again leaves lambdig");
    return UI_REDRAW;
}

unsigned act_TIME_FORMAT(struct console *console, struct pane *pane)
{
    static const char *const names[] = {"UTC", "local", "relative"};
    (void)pane;
    console->time_format = (enum time_format)((console->time_format + 1) % 3);
    console_say(console, false, "times: %s", names[console->time_format]);
    return UI_REFRESH;
}

/* Scope LIST: each pane moves itself. */
#define MOVE(id)                                                                            \
    unsigned act_##id(struct console *console, struct pane *pane)                           \
    {                                                                                       \
        return pane->class->move(pane, console, ACTION_##id);                               \
    }
MOVE(UP)
MOVE(DOWN)
MOVE(HALF_UP)
MOVE(HALF_DOWN)
MOVE(PAGE_UP)
MOVE(PAGE_DOWN)
MOVE(TOP)
MOVE(BOTTOM)
MOVE(OPEN)
MOVE(SEARCH)
MOVE(SEARCH_NEXT)
MOVE(SEARCH_PREVIOUS)
MOVE(UNFILTER)
MOVE(COPY)
