/* The console: the one loop, the focus, and what the panes share. UI thread. */
#ifndef LAMBDIG_UI_APP_H
#define LAMBDIG_UI_APP_H

#include "ui/pane.h"
#include "ui/picker.h"

struct theme;
struct prompt;

struct console {
    const struct settings *settings; /* const after start */
    struct store *store;
    struct inbox *inbox;
    struct keymap *keymap;
    struct store_status status;      /* as of the last refresh */
    struct place place, go;          /* where we are; where UI_GO leads */
    enum time_format time_format;
    int64_t now_unix_ms;             /* as of this turn of the loop */
    bool ascii, write;
    struct prompt *prompt;           /* the one-line editor at the bottom; see ui/prompt.h */
    struct pane *panes[VIEW_COUNT];
    char message[300]; /* what the status line says until the next key; may be empty */
    bool message_is_error;
};

/* Says something in the status line until the next key. */
void console_say(struct console *console, bool is_error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Opens the prompt for an action: label as `/`, the text to start with. */
unsigned console_prompt(struct console *console, enum action why, struct str label,
                        struct str text);
/* A menu on top of the panes. The word of the row that is chosen (or typed) comes back as the
 * text of pane->class->prompted with why, done and accepted; Esc: done and not accepted. Copied. */
#define MENU_MAX 24
struct menu_item {
    char word[24], text[64]; /* `timeout`; what stands beside it, e.g. `TMO  29` */
    enum role role;
};
unsigned console_menu(struct console *console, enum action why, struct str title,
                      const struct menu_item *items, size_t count);
/* The same for more rows than a menu holds, narrowed as one types: see ui/picker.h. */
unsigned console_pick(struct console *console, enum action why, struct str title,
                      const struct pick_item *items, size_t count, struct str current);
/* Puts text, defused, on the clipboard: by the command in LAMBDIG_CLIP, tmux, OSC 52, else into a
 * file. Says which. */
unsigned console_copy(struct console *console, struct str text);
/* Formats an instant by console->time_format; TIME_NONE gives blanks. At most 14 columns. */
void console_time(const struct console *console, int64_t unix_ms, char out[CLOCK_TIME_SIZE]);
/* The role that draws a class. FAILURE_NONE: ROLE_DIM. */
enum role console_class_role(enum failure_class class);

/* Where else the console may look. Known to main alone; called on the UI thread. */
enum app_switch { SWITCH_PROFILE, SWITCH_REGION, SWITCH_PATH, SWITCH_COUNT };
struct app_sources {
    void *ctx;
    /* Opens another source beside the one that runs; the console then ends, to start anew on it.
     * false: err says why, and all stays as it is. */
    bool (*open)(void *ctx, enum app_switch what, struct str value, struct err *err);
    /* The index-th value to choose from; false: there is no further one. */
    bool (*offer)(void *ctx, enum app_switch what, size_t index, struct pick_item *item);
};

struct app_options {
    const struct settings *settings;
    struct store *store;
    struct inbox *inbox;
    const struct app_sources *sources; /* NULL: none */
};
/* Runs until the user leaves or a signal ends it; *signal_number is that signal or 0. false: the
 * terminal cannot be used (err). The terminal is restored in every case. */
bool app_run(const struct app_options *options, int *signal_number, struct err *err) MUST_USE;

#endif
