/* Strings to numbers, in memory fixed at init: the names of streams, and functions by name
 * and by log group. Nothing is ever taken out. No lock of its own. */
#ifndef LAMBDIG_FEED_NAMES_H
#define LAMBDIG_FEED_NAMES_H

#include "src/base/str.h"

#define NAMES_NONE UINT32_MAX

struct name {
    uint32_t at, value;
    uint32_t len;
};

struct names {
    struct name *names; /* in the order they came */
    uint32_t *table;    /* open addressing; index into names, plus 1 */
    char *text;
    size_t text_len, text_ceiling;
    uint32_t count, ceiling, mask;
};

/* At most `ceiling` names of together `text_bytes`. */
void names_init(struct names *names, uint32_t ceiling, size_t text_bytes);
void names_release(struct names *names);

/* The value put for `s`; NAMES_NONE: not there. */
uint32_t names_find(const struct names *names, struct str s);
/* `s` must not be there yet. false: a ceiling was met, nothing was put. Copied. */
bool names_put(struct names *names, struct str s, uint32_t value);
/* The name that came as number `index`; empty when there is none. Borrowed from names. */
struct str names_at(const struct names *names, uint32_t index);

#endif
