/* What the console may change over to without a restart: a profile, a region, a case or a log. Main
 * thread. */
#ifndef LAMBDIG_PROGRAM_SWITCH_H
#define LAMBDIG_PROGRAM_SWITCH_H

#include "src/program.h"
#include "ui/app.h"

struct program_switch {
    const struct settings *now;    /* of the console that runs */
    const struct command *command; /* as it was started */
    struct settings *settings;     /* ours; of what was opened; NULL: nothing was */
    struct source *source;         /* given with them */
    struct sdk *sdk;               /* ours; the profiles, once they were asked for */
};

/* What app_run is given; borrows `s`. */
struct app_sources program_sources(struct program_switch *s);
void program_switch_drop(struct program_switch *s); /* gives up what was opened */
void program_switch_release(struct program_switch *s); /* settings and source are the caller's */

#endif
