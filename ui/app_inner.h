/* What the files of the app share and nobody else sees. UI thread. */
#ifndef LAMBDIG_UI_APP_INNER_H
#define LAMBDIG_UI_APP_INNER_H

#include "ui/app.h"
#include "ui/layout.h"
#include "ui/overlay.h"
#include "ui/prompt.h"
#include "ui/theme.h"

#define BACK_MAX 64 /* places to go back to; the oldest is forgotten */

struct app {
    struct console console; /* the first member: panes know only this */
    struct canvas canvas;
    struct theme theme;
    struct layout layout;
    uint32_t list_rows; /* functions that the layout was made for */
    struct overlay overlay;
    struct pane *prompt_pane; /* who opened the prompt or the menu; NULL: the app itself */
    bool zoom, leave, draw;
    bool quit_armed;          /* Ctrl-c was the last key, at interrupt_mono_ms */
    int rows, cols;
    struct place back[BACK_MAX], last;
    int back_count;
    uint32_t watched; /* the function whose log goes first in an account; UINT32_MAX: all alike */
    bool has_last;
    uint64_t followed;        /* the invocation that the pane beside the log shows */
    char function_name[141], request_id[64]; /* of console.place, for the breadcrumb */
    uint32_t before;          /* the first key of a pair */
    int click_row, click_col; /* of the last click, at click_mono_ms */
    int64_t click_mono_ms;
    int64_t interrupt_mono_ms, refreshed_mono_ms, resize_mono_ms; /* resize 0: none is due */
    bool store_changed;
    uint64_t trouble_count;   /* how much trouble was told */
    int signal_number;
    const struct app_sources *sources;
    struct settings *own_settings; /* after a reload; console.settings points there */
};

static inline struct app *app_of(struct console *console)
{
    return (struct app *)console;
}

/* app_places.c */
struct pane *app_focused(const struct app *app);
/* What a pane may draw in: its rectangle without the frame. */
struct rect app_inner(const struct app *app, enum view view);
/* Copies the store's status and lets the panes in sight read what they show. */
void app_refresh(struct app *app);
void app_relayout(struct app *app);
void app_go(struct app *app, struct place to);
void app_go_back(struct app *app);
void app_go_last(struct app *app);

/* app_keys.c. Runs an action on the focused pane as if its key had been pressed. */
unsigned app_act(struct app *app, enum action action);
/* Acts on what a handler returned. */
void app_apply(struct app *app, unsigned effects);
/* Takes the keys that wait; `late`: as in ui/keys.h. */
void app_take_keys(struct app *app, bool late);

/* app_switch.c */
bool app_offer(const struct app *app, enum app_switch what, size_t index, struct pick_item *item);
unsigned app_switch(struct app *app, enum app_switch what, struct str value);
/* What was taken from a picker of the app's own. */
unsigned app_picked(struct app *app, enum action why, struct str word);

/* app_mouse.c. A click or the wheel: on the panes, or, as the key that does the same (0: none),
 * on what lies on top of them. */
unsigned app_mouse(struct app *app, uint32_t key);
uint32_t app_mouse_on_overlay(struct app *app, uint32_t key);

/* app_draw.c: the view whose tab stands at a column of the second line; VIEW_COUNT: none. */
enum view app_tab_at(const struct app *app, int col);
/* The whole screen; where the cursor is, row -1: hidden. */
void app_draw(struct app *app, int *cursor_row, int *cursor_col);

/* app_commands.c: what was typed after `:`. */
unsigned app_command(struct app *app, struct str line);
/* Completes what stands before the cursor; the candidates go to the message line. */
unsigned app_complete(struct app *app);

/* app_config.c */
bool app_bind_keys(struct keymap *keymap, const struct settings *settings,
                   struct err *err) MUST_USE;
bool app_set_theme(struct app *app, struct str name, struct err *err) MUST_USE;
void app_first_theme(struct app *app);
/* Reads file and variables again; on an error it says which and all stays as it was. */
unsigned app_reload(struct app *app);
void app_forget_settings(struct app *app);

#endif
