#include "ui/app_inner.h"

#include "src/base/utf8.h"
#include "ui/term.h"

/* From a key to what it does: the prompt is asked first, then what lies on top, then the keymap of
 * the pane with the focus. Handlers return effects; app_apply alone acts on them. */

#define KEYS_A_TURN 256 /* then it is drawn, however many more wait */

/* ---- actions ---- */

typedef unsigned (*handler)(struct console *console, struct pane *pane);
static const handler handlers[ACTION_COUNT] = {
#define ACTION(id, scope, name, brief, keys, flags, help) [ACTION_##id] = act_##id,
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

void app_apply(struct app *app, unsigned effects)
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
    return UI_REDRAW | pane->class->prompted(pane, console, why, prompt_text(console->prompt),
                                             done, accepted);
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
    console_say(&app->console, true, "%s is an action of the view %s", action_row(action)->name,
                scope_name(scope));
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
        return UI_REDRAW | (result == OVERLAY_CHOSEN
                                ? act_if_here(app, overlay_action(o, app->console.keymap))
                                : 0u);
    bool chosen = result == OVERLAY_CHOSEN;
    char word[PICKER_WORD] = ""; /* a copy: the pane may open the next one */
    if (chosen)
        (void)str_copy(word, sizeof word, overlay_word(o));
    if (pane == NULL)
        return UI_REDRAW | (chosen ? app_picked(app, o->why, str_of(word)) : 0u);
    return UI_REDRAW |
           pane->class->prompted(pane, &app->console, o->why, str_of(word), true, chosen);
}

static unsigned key_effects(struct app *app, uint32_t key)
{
    struct console *console = &app->console;
    if (prompt_is_open(console->prompt))
        return prompt_answer(app, key == KEY_PASTE_ ? prompt_paste(console->prompt, term_paste())
                                                    : prompt_key(console->prompt, key));
    bool mouse = key >= KEY_WHEEL_UP_, covered = app->overlay.kind != OVERLAY_NONE;
    if (mouse && !console->settings->mouse)
        return UI_NOTHING; /* not asked for: whatever sent it */
    if (mouse && covered)
        key = app_mouse_on_overlay(app, key);
    else if (mouse)
        return app->layout.fits ? app_mouse(app, key) : UI_NOTHING;
    if (covered) {
        enum overlay_kind kind = app->overlay.kind;
        int page = overlay_page(&app->overlay, app->rows);
        return overlay_answer(app, kind, overlay_key(&app->overlay, console->keymap, key, page));
    }
    return app->layout.fits || key < 0x20 || key == 'q' || key == 'Z' ? action_key(app, key)
                                                                      : UI_NOTHING;
}

static void take_key(struct app *app, uint32_t key)
{
    struct console *console = &app->console;
    if (console->message[0]) {
        console->message[0] = '\0';
        app->draw = true;
    }
    app->quit_armed &= key == ('c' & 0x1F);
    app_apply(app, key_effects(app, key));
}

void app_take_keys(struct app *app, bool late)
{
    uint32_t key;
    for (int i = 0; i < KEYS_A_TURN && !app->leave && (key = term_key(late)) != 0; i++)
        take_key(app, key);
}
