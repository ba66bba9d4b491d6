/* What the forms of `lambdig trace` share. One run, main thread. */
#ifndef LAMBDIG_CLI_TRACE_H
#define LAMBDIG_CLI_TRACE_H

#include "src/cli/output.h"
#include "src/model/trace.h"

void trace_print_json(struct output *out, const struct trace *trace);
/* `markdown`: the waterfall as a code block, under a heading. */
void trace_print_text(struct output *out, const struct trace *trace, bool markdown);

#endif
