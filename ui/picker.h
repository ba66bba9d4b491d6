/* A list to choose from, on top of the panes: it narrows as one types, Enter takes a row, Esc
 * leaves. For what is too much for a menu: profiles, regions, bookmarks. UI thread. */
#ifndef LAMBDIG_UI_PICKER_H
#define LAMBDIG_UI_PICKER_H

#include "ui/canvas.h"
#include "ui/scroll.h"

#define PICKER_MAX 2048 /* rows; further ones are not offered */
#define PICKER_WORD 160
#define PICKER_FILTER 160

struct pick_item {
    char word[PICKER_WORD]; /* what is chosen, and shown first */
    char text[200];         /* what stands beside it; may be empty */
    enum role role;         /* of the word */
};

struct picker {
    struct pick_item *items; /* ours */
    size_t count;
    uint32_t *shown; /* indices of those that match, in their order */
    size_t shown_count;
    int word_cols;
    struct scroll scroll;
    char title[64], filter[PICKER_FILTER];
    bool takes_others; /* Enter takes what was typed where no row matches */
};

enum picker_result { PICKER_NOTHING, PICKER_CHANGED, PICKER_CHOSEN, PICKER_CLOSED };

/* Copies the items. `current`: the row to start on, by its word. */
void picker_open(struct picker *p, struct str title, const struct pick_item *items, size_t count,
                 struct str current, bool takes_others);
void picker_close(struct picker *p); /* a zeroed one: nothing happens */
/* All words typed must occur, in any order and case. */
enum picker_result picker_key(struct picker *p, uint32_t key, int page);
/* After PICKER_CHOSEN: the word; borrowed until the picker closes. */
struct str picker_word(const struct picker *p);
int picker_page(const struct picker *p, int rows); /* rows that it has on a screen of this size */
/* Leaves the clip on its rows. */
void picker_draw(struct picker *p, struct canvas *canvas);

#endif
