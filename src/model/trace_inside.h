/* What the parts of model/trace share. */
#ifndef LAMBDIG_MODEL_TRACE_INSIDE_H
#define LAMBDIG_MODEL_TRACE_INSIDE_H

#include "src/model/trace.h"

void trace_order(struct trace *trace); /* parents, duplicates, pre-order, depth */
void trace_times(struct trace *trace); /* self time, share, bottleneck, critical path, gaps */

#endif
