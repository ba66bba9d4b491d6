/* What the fetch thread collects outside the lock and hands to the store at once: rows with
 * their texts, the names they come from, and verdicts. Fixed memory; it gives itself to the
 * store whenever one of its arrays is full. Fetch thread. */
#ifndef LAMBDIG_FEED_BATCH_H
#define LAMBDIG_FEED_BATCH_H

#include "src/feed/past.h"
#include "src/model/tracker.h"

struct batch; /* ours: batch_new, batch_free */

/* Borrowed as long as the batch lives; `past` NULL: rows that leave the ring are gone. */
struct batch *batch_new(struct store *store, struct past *past);
void batch_free(struct batch *batch);

/* Copied. */
void batch_add_line(struct batch *batch, const struct event *event, struct str text,
                    const struct line_mark *mark);
void batch_add_verdict(struct batch *batch, const struct invocation *inv);
/* Hands over what there is: the lock is taken once, and not at all for an empty batch. */
void batch_give(struct batch *batch);

#endif
