/* Events of an input that comes newest first, as Logs Insights sorts by default: kept as copies
 * and given back in the order of time. Ceiling: TURNED_BYTES_MAX of text; an input that is larger
 * is turned in parts. One thread. */
#ifndef LAMBDIG_SOURCE_TURNED_H
#define LAMBDIG_SOURCE_TURNED_H

#include "src/model/event.h"

#define TURNED_BYTES_MAX (32u * 1024u * 1024u)

struct turned; /* ours */

struct turned *turned_new(void);
void turned_free(struct turned *t); /* NULL: nothing */

/* Are most of these events older than the one before them? */
bool turned_is_needed(const struct event *events, size_t count);

/* Copies the events. False: the ceiling is met; take all before adding more. */
bool turned_add(struct turned *t, const struct event *events, size_t count);
/* The next events by time, of equal ones the later in the input first; 0: none is left. Borrowed
 * until the next turned_add after that. */
size_t turned_take(struct turned *t, struct event *out, size_t room);

#endif
