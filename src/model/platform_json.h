/* The platform's events in JSON form. Internal to platform.c. Pure; runs are borrowed. */
#ifndef LAMBDIG_MODEL_PLATFORM_JSON_H
#define LAMBDIG_MODEL_PLATFORM_JSON_H

#include "src/model/platform.h"

/* One JSON object at the front of `s`. *len: its bytes, 0 when it is not whole. false: it is no
 * event of the platform. */
bool platform_read_event(struct str s, struct platform *out, size_t *len);

#endif
