/* The parts of a case that are not events: traces, messages and metrics. They are checked when the
 * case is opened, so that a garbled one is told at once, not when its pane is. One thread. */
#ifndef LAMBDIG_SOURCE_CASEPARTS_H
#define LAMBDIG_SOURCE_CASEPARTS_H

#include "src/source/source.h"

/* Hands what is wrong with a part to sink->trouble; a part that is not there is none. */
void caseparts_check(const char *directory, const struct sink *sink);

#endif
