/* One page of rows that can be read again: packed for keeping, and filled from its source.
 * Packing is pure; pastpage_fill belongs to the fetch thread. */
#ifndef LAMBDIG_FEED_PASTPAGE_H
#define LAMBDIG_FEED_PASTPAGE_H

#include "src/feed/past.h"

struct pastpage {
    uint64_t first;  /* the number of its first row */
    uint32_t skip;   /* rows before it that belong to the same event */
    uint32_t count;
    uint64_t last_place; /* of its last row: reading it again must end there */
    /* Kept: invocation, input, function, stream, kind, continues; place, line and time of the
     * first row of each input, and there has_place. The rest comes with the text. */
    struct row rows[PAST_PAGE_ROWS];
};

#define PASTPAGE_BYTES_MAX (PAST_PAGE_ROWS * 72u)

/* `thin`: without invocations and kinds. Returns the bytes. */
size_t pastpage_write(const struct pastpage *page, bool thin,
                      unsigned char out[PASTPAGE_BYTES_MAX]);
void pastpage_read(struct str bytes, uint64_t first, struct pastpage *page);

struct pastpage_texts { /* of one page */
    struct buf bytes;
    struct {
        uint32_t at, len;
    } of[PAST_PAGE_ROWS];
};
void pastpage_texts_init(struct pastpage_texts *texts);
void pastpage_texts_release(struct pastpage_texts *texts);
static inline struct str pastpage_text(const struct pastpage_texts *texts, uint32_t row)
{
    return (struct str){texts->bytes.at + texts->of[row].at, texts->of[row].len};
}

/* Reads the page's events again and completes its rows. `store` knows the names. false: the
 * source is not what it was, or `stop` said so (err). */
bool pastpage_fill(struct pastpage *page, struct store *store, struct source *source,
                   bool (*stop)(void *ctx), void *ctx, struct pastpage_texts *texts,
                   struct err *err) MUST_USE;

#endif
