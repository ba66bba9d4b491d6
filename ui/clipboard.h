/* The bytes that put a text on the terminal's clipboard (OSC 52). Pure. */
#ifndef LAMBDIG_UI_CLIPBOARD_H
#define LAMBDIG_UI_CLIPBOARD_H

#include "src/base/buf.h"

/* Appends the sequence; `tmux`: wrapped so that tmux hands it on. false: `out` is full. */
bool clipboard_osc52(struct str text, bool tmux, struct buf *out);

#endif
