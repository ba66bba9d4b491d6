/* The terminal: the only file that includes <curses.h>. Keys in, cells out, signals as readable
 * events; whatever happens, the terminal gets back what it had. UI thread. */
#ifndef LAMBDIG_UI_TERM_H
#define LAMBDIG_UI_TERM_H

#include "src/base/err.h"
#include "ui/canvas.h"
#include "ui/theme.h"

struct term_options {
    bool colour; /* false: attributes only */
    bool mouse;  /* wheel and click */
};

/* Takes the terminal over. Keys come from stdin, or from /dev/tty where stdin is none. false: err
 * says why (stdout is no terminal, TERM unknown or unable to move its cursor); nothing was
 * written. */
bool term_start(const struct term_options *options, struct err *err) MUST_USE;
/* Gives it back; once or never started: nothing. */
void term_stop(void);
/* Gives it to another program, and takes it over again: all is drawn anew. */
void term_leave(void);
void term_return(void);
/* Leaves, stops the process group, and returns after SIGCONT. */
void term_suspend(void);

bool term_is_utf8(void);
enum depth term_depth(void);
void term_theme(const struct theme *theme); /* copied; all is drawn again */

/* Asks the kernel for the size, tells curses, and returns it: at least 1 by 1. */
void term_resize(int *rows, int *cols);

/* Writes what differs from the last frame, and nothing where nothing does. A cursor_row below 0
 * hides the cursor. */
void term_paint(const struct canvas *canvas, int cursor_row, int cursor_col);
void term_repaint(void); /* the next frame is drawn whole */

int term_key_fd(void);
int term_signal_fd(void);
/* The next signal of WINCH, TERM, INT, HUP, CONT, TSTP, USR1; 0: none waits. */
int term_take_signal(void);

/* Reads what waits; false: the terminal is gone. */
bool term_read(void);
/* The next key; 0: none. `late`: as in ui/keys.h. */
uint32_t term_key(bool late);
int term_key_wait_ms(
    void); /* how long the rest of a key may still take; 0: it is late; -1: nothing waits */
struct str term_paste(void); /* of the last KEY_PASTE_; borrowed until the next key */
void term_mouse(int *row, int *col);

bool term_can_copy(void); /* terminfo knows how to set its clipboard */
/* OSC 52, wrapped for tmux; `text` is defused by the caller. At most TERM_COPY_MAX bytes go. */
#define TERM_COPY_MAX (48u * 1024u)
void term_copy(struct str text);

#endif
