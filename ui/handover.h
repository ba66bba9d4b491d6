/* Text that goes to another program: the pager, the editor, the command that fills a clipboard.
 * The text is defused by the caller: what would be obeyed by a terminal would be obeyed behind a
 * pager, too. UI thread. */
#ifndef LAMBDIG_UI_HANDOVER_H
#define LAMBDIG_UI_HANDOVER_H

#include "src/base/err.h"
#include "src/base/str.h"

#define HANDOVER_PATH 512
#define HANDOVER_FEED_MS 1000 /* a clipboard command gets this long; then it goes on without us */

/* Writes a file that only this user can read, in $XDG_RUNTIME_DIR, $TMPDIR or /tmp; `path` names
 * it. */
bool handover_write(struct str text, char path[HANDOVER_PATH], struct err *err) MUST_USE;

/* Runs `command` (as the shell reads it) with `path` on the terminal, which the caller has left,
 * until it ends. `line`, from 1, is given as +N to the programs known to take it; 0: none. Keys
 * typed there, Ctrl-c included, are its own. false: it could not be run. */
bool handover_show(const char *command, const char *path, size_t line, struct err *err) MUST_USE;

/* Runs `command` with the file as its stdin and nothing to print to. false: it could not be run, or
 * ended with a failure within HANDOVER_FEED_MS. */
bool handover_feed(const char *command, const char *path, struct err *err) MUST_USE;

#endif
