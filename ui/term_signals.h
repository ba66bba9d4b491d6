/* The signals of the console: those that end it restore the terminal first, all others become
 * readable events. One user: ui/term.c. UI thread. */
#ifndef LAMBDIG_UI_TERM_SIGNALS_H
#define LAMBDIG_UI_TERM_SIGNALS_H

#include "src/base/err.h"

/* From here on WINCH, TERM, INT, HUP, CONT, TSTP, USR1 arrive as events. */
bool signals_open(void) MUST_USE;
void signals_close(void);
int signals_fd(void); /* readable when one waits */
int signals_take(void); /* its number; 0: none waits */

/* A signal that ends the process calls `restore` (async-signal-safe) first; the process then
 * dies by that signal. */
void signals_fatal_watch(void (*restore)(void));
void signals_fatal_unwatch(void);

/* Stops the process group, as the terminal's own Ctrl-z does; returns after SIGCONT. */
void signals_stop_here(void);

#endif
