/* How a run ends: a signal ends it after the step that is under way, and of several exit
 * statuses one stands. Main thread, one run at a time. */
#ifndef LAMBDIG_CLI_ENDING_H
#define LAMBDIG_CLI_ENDING_H

#include "src/source/source.h"

/* From now on INT, TERM and HUP wake the source and are remembered; a second one kills. One that
 * was ignored stays so. */
void ending_begin(struct source *source);
void ending_release(void);
/* Its number, or 0. */
int ending_signal(void);
/* Says on stderr that the command was ended by it; err is filled, too. The status it gives. */
int ending_tell(const char *command, struct err *err);

/* Of two statuses the one that stands. */
int ending_worse(int a, int b);

#endif
