/* The engine without a screen. Each command returns its exit status (docs: the command line
 * contract); results go to stdout, one-line errors to stderr. Main thread. */
#ifndef LAMBDIG_CLI_CLI_H
#define LAMBDIG_CLI_CLI_H

#include "src/conf/settings.h"
#include "src/source/source.h"

/* A verdict for every invocation of `source`, in settings->format. Does not free the source. */
int cli_triage(const struct settings *settings, struct source *source);
/* The log events of `source`, each with the class of its invocation. Does not free the source.
 * `several`: it reads logs that come one beside the other; a window is put in order of time. */
int cli_tail(const struct settings *settings, struct source *source, bool several);
/* The waterfall of what `argument` names: a trace id or a request id of a case, or a file. */
int cli_trace(const struct settings *settings, const char *argument);
/* The effective configuration; `check` only validates it. */
int cli_config(const struct settings *settings, bool check);

#endif
