/* The thread that fills the store: inbox -> source -> tracker -> store. All signals are
 * blocked in it. Started and stopped by the console's thread. */
#ifndef LAMBDIG_FEED_FETCH_H
#define LAMBDIG_FEED_FETCH_H

#include "src/feed/inbox.h"
#include "src/feed/store.h"
#include "src/source/source.h"

struct fetch; /* ours */

/* Takes `source` over, also when it fails. `limits`: those of the store. */
bool fetch_start(struct fetch **out, struct store *store, struct source *source,
                 const struct store_limits *limits, struct err *err) MUST_USE;
/* The inbox for the console; lives as long as the fetch. */
struct inbox *fetch_inbox(struct fetch *fetch);
/* Stops within 200 ms and frees the source. */
void fetch_stop(struct fetch *fetch);

#endif
