/* The aws command that asks for what is on the screen, for a colleague or a runbook. Every name
 * in it is quoted for the shell: names and request ids come out of logs. Pure. */
#ifndef LAMBDIG_UI_AWS_COMMAND_H
#define LAMBDIG_UI_AWS_COMMAND_H

#include "src/feed/store.h"

struct log_query {
    struct str group, stream, text; /* stream, text: empty: all */
    int64_t from_unix_ms, to_unix_ms; /* TIME_NONE: open; `to` is included */
};

/* `aws logs filter-log-events ...`. false: the group is not known, or `out` is full. */
bool aws_command_logs(const struct account *account, const struct log_query *query,
                      struct buf *out);
/* `aws lambda get-function-configuration ...` */
bool aws_command_function(const struct account *account, struct str name, struct buf *out);

#endif
