/* Growing bytes with a ceiling stated at init. The bytes stay valid until the next call
 * that adds, clears or releases. Owner: whoever called buf_init; any one thread. */
#ifndef LAMBDIG_BASE_BUF_H
#define LAMBDIG_BASE_BUF_H

#include "src/base/err.h"
#include "src/base/str.h"

struct buf {
    char *at;
    size_t len;
    size_t room;
    size_t ceiling; /* bytes; never exceeded */
    bool full;      /* something did not fit since the last buf_clear; the bytes before it stand */
};

void buf_init(struct buf *buf, size_t ceiling_bytes);
void buf_release(struct buf *buf); /* a zeroed buf: nothing happens */
void buf_clear(struct buf *buf);   /* empty, memory kept */

/* false: the ceiling was met; nothing of this call was added and buf->full is set. */
bool buf_add(struct buf *buf, struct str bytes);
bool buf_add_char(struct buf *buf, char c);
bool buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);

/* Makes room for `len` more bytes and returns where they go; NULL: the ceiling was met.
 * Add what was written to buf->len. */
char *buf_reserve(struct buf *buf, size_t len);

static inline struct str buf_str(const struct buf *buf)
{
    return (struct str){buf->at ? buf->at : "", buf->len};
}

#endif
