/* The parts of the program around main: each knows what all rooms offer. Main thread. */
#ifndef LAMBDIG_PROGRAM_H
#define LAMBDIG_PROGRAM_H

#include "src/conf/settings.h"
#include "src/source/source.h"

/* What the user asked for, once flags and arguments are told apart. */
struct command {
    const char *name; /* `console`, `demo`, `triage`, `config` */
    char **arguments; /* the positional ones after the command; borrowed from argv */
    size_t count;
};

/* Prints the usage; at most 40 lines. Returns the exit status. */
int program_help(void);
/* Prints the versions of lambdig and of its libraries. Returns the exit status. */
int program_version(void);

/* For config --check, and before a screen is opened: the names of actions, keys and the theme. */
bool program_check(const struct settings *settings, struct err *err) MUST_USE;

/* Opens what --case, --logs or the demo name, else the account, and keeps the functions that the
 * arguments name. `whole`: a case comes at once instead of being played back. */
bool program_open(const struct settings *settings, const struct command *command, bool whole,
                  struct source **out, struct err *err) MUST_USE;

/* The console on a source, which it takes over, and on those that the user changes over to. The
 * exit status. */
int program_console(const struct settings *settings, const struct command *command,
                    struct source *source);

#endif
