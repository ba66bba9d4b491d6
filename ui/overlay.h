/* What lies on top of the panes: the help, menus, pickers. Drawn last, asked for keys first;
 * never a loop of its own. UI thread. */
#ifndef LAMBDIG_UI_OVERLAY_H
#define LAMBDIG_UI_OVERLAY_H

#include "ui/app.h"
#include "ui/picker.h"
#include "ui/scroll.h"

enum overlay_kind { OVERLAY_NONE, OVERLAY_HELP, OVERLAY_MENU, OVERLAY_PICKER };

#define OVERLAY_FILTER 64

struct overlay {
    enum overlay_kind kind;
    struct scroll scroll;
    char title[64], filter[OVERLAY_FILTER]; /* filter: the help narrows as one types */
    enum scope scope;                       /* the help starts with the keys of this one */
    enum action why;                        /* of a menu or a picker */
    struct menu_item items[MENU_MAX];
    size_t count;
    struct picker picker;
    struct rect body; /* where its rows were drawn last */
};

/* What a key did: CHOSEN: a row of a menu or a picker, or the help's action. */
enum overlay_result { OVERLAY_NOTHING, OVERLAY_CHANGED, OVERLAY_CHOSEN, OVERLAY_CLOSED };

void overlay_help(struct overlay *o, enum scope scope);
void overlay_menu(struct overlay *o, enum action why, struct str title,
                  const struct menu_item *items, size_t count);
void overlay_pick(struct overlay *o, enum action why, struct str title,
                  const struct pick_item *items, size_t count, struct str current,
                  bool takes_others);
void overlay_release(struct overlay *o);
enum overlay_result overlay_key(struct overlay *o, const struct keymap *keymap, uint32_t key,
                                int page);
/* Selects the row at this place of the screen. false: the place is outside. */
bool overlay_click(struct overlay *o, int row, int col);
/* After OVERLAY_CHOSEN from the help: ACTION_NONE when the row is none. */
enum action overlay_action(const struct overlay *o, const struct keymap *keymap);
/* After OVERLAY_CHOSEN from a menu or a picker; borrowed from the overlay. */
struct str overlay_word(const struct overlay *o);
/* The rows that a page of it has on a screen of this size. */
int overlay_page(const struct overlay *o, int rows);
void overlay_draw(struct overlay *o, const struct keymap *keymap, struct canvas *canvas);

#endif
