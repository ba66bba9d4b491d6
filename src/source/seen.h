/* Which log events were handed over already: ids with their times, in bounded memory. An id is
 * 128 bits of its text, so that two that differ are not taken for one. Pure; one thread. */
#ifndef LAMBDIG_SOURCE_SEEN_H
#define LAMBDIG_SOURCE_SEEN_H

#include "src/base/clock.h"

struct seen_id {
    uint64_t high, low;
};

struct seen_slot { /* unix_ms TIME_NONE: free */
    struct seen_id id;
    int64_t unix_ms;
};

struct seen {
    struct seen_slot *slots; /* ours; open addressing, a power of two */
    size_t room, count, ceiling;
    int64_t floor_unix_ms;   /* ids of earlier events are forgotten; TIME_NONE: none were */
};

#define SEEN_CEILING (1u << 20) /* 48 MiB at most */

void seen_init(struct seen *seen, size_t ceiling);
void seen_release(struct seen *seen); /* zeroed: nothing */

struct seen_id seen_id_of(struct str id);

/* True when it was not there; it is now. At the ceiling the older half is forgotten first. */
bool seen_add(struct seen *seen, struct seen_id id, int64_t unix_ms);
/* Forgets what is older than that instant. */
void seen_forget(struct seen *seen, int64_t before_unix_ms);

#endif
