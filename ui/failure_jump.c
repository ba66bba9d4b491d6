#include "ui/failure_jump.h"

void failure_jump_say(struct console *console, enum failure_class class, bool forward, bool found)
{
    const char *what = class == FAILURE_NONE ? "failure" : failure_class_row(class)->tag;
    if (found)
        console_say(console, false,
                    forward ? "no later %s: from the top" : "no earlier %s: from the end", what);
    else
        console_say(console, false, console->status.done ? "no %s here" : "no %s here so far",
                    what);
}
