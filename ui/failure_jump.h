/* What the log and the verdict say when a jump to a failure goes round or finds none. UI thread. */
#ifndef LAMBDIG_UI_FAILURE_JUMP_H
#define LAMBDIG_UI_FAILURE_JUMP_H

#include "ui/app.h"

/* class FAILURE_NONE: any failure was asked for. `found`: there is one the other way. */
void failure_jump_say(struct console *console, enum failure_class class, bool forward, bool found);

#endif
