/* A pane is a table of the things it does. Dialogs, menus and prompts are panes on top of
 * others (overlays), never loops of their own. UI thread.
 *
 * refresh copies what the pane shows out of the store; draw makes cells and touches no store;
 * act_<id>() functions (one per row of actions.def) change the pane and return effects. */
#ifndef LAMBDIG_UI_PANE_H
#define LAMBDIG_UI_PANE_H

#include "src/conf/settings.h"
#include "src/feed/inbox.h"
#include "src/feed/store.h"
#include "ui/canvas.h"
#include "ui/keymap.h"

enum ui_effect {
    UI_NOTHING = 0,
    UI_REDRAW = 1,   /* draw again */
    UI_REFRESH = 2,  /* read the store again, then draw */
    UI_RELAYOUT = 4, /* the rectangles change */
    UI_GO = 8,       /* console->go names a new place */
    UI_BACK = 16,
    UI_QUIT = 32,
    UI_PROMPT = 64,  /* console->prompt was opened */
    UI_SUSPEND = 128,
    UI_REPAINT = 256 /* the terminal's content is not to be trusted */
};

enum view { VIEW_FUNCTIONS, VIEW_LOGS, VIEW_INVOCATION, VIEW_COUNT };

/* What is looked at; the breadcrumb and the back stack are made of these. Each list keeps
 * console->place at its cursor (the log: row and invocation; the functions: nothing until
 * Enter), so that coming back finds the cursor, and a pane beside it can follow. */
struct place {
    enum view view;
    uint32_t function;   /* UINT32_MAX: all */
    uint64_t invocation; /* 0: none */
    uint64_t row;        /* UINT64_MAX: not set */
};

enum time_format { TIME_UTC, TIME_LOCAL, TIME_RELATIVE };

struct console; /* ui/app.h */
struct pane;

struct pane_class {
    const char *title;
    enum scope scope;
    bool is_list; /* the keys of scope LIST hold, too */
    struct pane *(*open)(struct console *console);
    /* `rows`, `cols`: the inner size. true: something changed, draw. */
    bool (*refresh)(struct pane *pane, struct console *console, int rows, int cols);
    void (*draw)(struct pane *pane, const struct console *console, struct canvas *canvas,
                 bool focus);
    /* The place changed (jump, back): show it. */
    void (*show)(struct pane *pane, struct console *console, const struct place *place);
    /* Title of the frame and the text at its lower edge, from what was last refreshed. */
    void (*titles)(const struct pane *pane, char *title, size_t title_size, char *below,
                   size_t below_size);
    /* The status line (row 23): facts on what is shown; empty: the general one. */
    void (*status)(const struct pane *pane, const struct console *console, char *out, size_t size);
    /* Each action of scope LIST arrives here: moves, OPEN, SEARCH, UNFILTER, COPY. */
    unsigned (*move)(struct pane *pane, struct console *console, enum action action);
    /* A click on a row of its inner rectangle selects what is drawn there. NULL: nothing can be
     * selected. */
    unsigned (*click)(struct pane *pane, struct console *console, int row);
    /* The prompt that this pane opened: called on each change (done = false) and at its end.
     * accepted = false: Esc, and the pane puts back what was before. */
    unsigned (*prompted)(struct pane *pane, struct console *console, enum action why,
                         struct str text, bool done, bool accepted);
    /* All that it shows, beyond the screen too, as plain text for the pager: defused, up to the
     * ceiling of `out`. *line: the one its cursor is on, from 1; 0: none. */
    void (*text)(struct pane *pane, struct console *console, struct buf *out, size_t *line);
    /* The aws command that asks for what it shows. false: it said why there is none. */
    bool (*command)(const struct pane *pane, struct console *console, struct buf *out);
    /* What its cursor is on, where that is not console->place; NULL: it always is. */
    void (*selected)(const struct pane *pane, const struct console *console, struct place *out);
    /* Ctrl-c: gives up the work that `busy` stands for. false: there was none. NULL: never any. */
    bool (*cancel)(struct pane *pane, struct console *console);
    void (*free)(struct pane *pane);
};

struct pane { /* the first member of each pane */
    const struct pane_class *class;
    bool eager; /* set by refresh: a long work waits for the store: refresh at once when it has
                   news; Esc ends the work */
    bool busy; /* set by refresh: work is left; refresh again as soon as no key waits, even when
                  the store is quiet */
};

extern const struct pane_class pane_functions, pane_tail, pane_invocation;

/* The handler of each action; `pane` is the pane of its scope that has the focus (GLOBAL: the
 * focused one). Defined in the file of its scope: GLOBAL and LIST in app_actions.c. */
#define ACTION(id, scope, name, brief, keys, flags, help)                                        \
    unsigned act_##id(struct console *console, struct pane *pane);
#include "ui/actions.def"
#undef ACTION

#endif
