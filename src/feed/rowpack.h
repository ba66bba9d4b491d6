/* A row's head in few bytes: what the ring holds in front of a row's text. Numbers are kept as
 * differences to the first row of the same block, so that any row reads without its
 * neighbours. Pure; any thread. */
#ifndef LAMBDIG_FEED_ROWPACK_H
#define LAMBDIG_FEED_ROWPACK_H

#include "src/feed/store.h"

#define ROWPACK_MAX 80 /* bytes of a head at most */

/* `base`: the first row of the block; NULL for that row itself. `offset`: bytes of the block in
 * front of the row. Of `row` everything is kept but
 * seq, which both need, and what belongs to its invocation (class, has_trace, cold, at_limit,
 * slow). Returns the bytes. */
size_t rowpack_write(const struct row *row, const struct row *base, size_t offset,
                     char out[ROWPACK_MAX]);

/* Reads a head; row->len is what remains of the record, and *text where it begins. */
void rowpack_read(struct str record, uint64_t seq, const struct row *base, size_t offset,
                  struct row *row, struct str *text);

#endif
