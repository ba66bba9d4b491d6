/* JSON lines as people read them: the message first, the rest as key=value; a metric line
 * (EMF, `_aws`) as its names and values. Pure; any thread. */
#ifndef LAMBDIG_UI_JSON_LINE_H
#define LAMBDIG_UI_JSON_LINE_H

#include "ui/log_line.h"

/* false, nothing added: the text is not a JSON object with a message, or is garbled. */
bool json_line_compose(struct log_line *line, struct str text, struct buf *out);
/* `EMF Namespace: a=1 b=2`. false: not such a line. */
bool json_line_metric(struct log_line *line, struct str text, struct buf *out);
/* A key that joins lines to invocations, or that every structured logger writes. */
bool json_line_is_routine_key(struct str key);

#endif
