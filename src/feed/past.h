/* Rows that left the ring, read again from their source: what is kept of each page of rows so
 * that it can be found and rebuilt, and the rebuilding.
 *
 * Of a page are kept the place where each of its inputs goes on, and, in runs, what the text alone
 * does not say: whose rows these are. That is about a byte a row. When the ceiling is met the
 * oldest pages forget invocations and kinds (a few bytes a page then), and only after that
 * are pages given up. It begins when the ring is half full: a log that fits costs nothing.
 * Fetch thread. */
#ifndef LAMBDIG_FEED_PAST_H
#define LAMBDIG_FEED_PAST_H

#include "src/feed/store_inside.h"

#define PAST_PAGE_ROWS 1024u

struct past; /* ours: past_new, past_free */

/* `source` and `store` are borrowed as long as it lives; `bytes`: ceiling of what is kept. */
struct past *past_new(struct store *store, struct source *source, size_t bytes);
void past_free(struct past *past);

/* Takes in rows that the store got since; call after each batch, before the next one. */
void past_keep_up(struct past *past);
/* The oldest row that can be read again; past_end: none can. */
uint64_t past_first(const struct past *past);
uint64_t past_end(const struct past *past);
size_t past_bytes(const struct past *past);

/* The first row of the last page that begins at or before an instant, as far as pages know it. */
uint64_t past_find_time(struct past *past, int64_t unix_ms);

/* Rows first <= seq < end, of which `row` must be among the result. When they do not all fit, the
 * result ends as soon as some rows after `row` are in it, and its first ones make room for that. */
struct past_want {
    uint64_t first, row, end;
};
/* Fills `out`, whatever was in it. `stop`: see struct again. false: err. */
bool past_read(struct past *past, const struct past_want *want, bool (*stop)(void *ctx), void *ctx,
               struct rows *out, struct err *err) MUST_USE;

#endif
