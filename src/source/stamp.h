/* The time that an export puts before a line: ISO-8601, or 13 digits of milliseconds. The
 * minute read last is remembered, since neighbours nearly always share it. Pure. */
#ifndef LAMBDIG_SOURCE_STAMP_H
#define LAMBDIG_SOURCE_STAMP_H

#include "src/base/clock.h"

struct stamp_memory {     /* zeroed: empty */
    char minute[17];      /* `2026-11-24T14:01` */
    int64_t minute_unix_ms;
};

/* Moves past the stamp at the front of `*s`. false, nothing moved: there is none. */
bool stamp_take(struct stamp_memory *memory, struct str *s, int64_t *unix_ms);

/* A cell or field that holds nothing but a stamp; blanks around it do not count. */
bool stamp_of(struct str text, int64_t *unix_ms);

#endif
