#include "src/base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Doubling growth up to the ceiling; a call either adds all of its bytes or none. */

void buf_init(struct buf *buf, size_t ceiling_bytes)
{
    *buf = (struct buf){.ceiling = ceiling_bytes};
}

void buf_release(struct buf *buf)
{
    free(buf->at);
    *buf = (struct buf){.ceiling = buf->ceiling};
}

void buf_clear(struct buf *buf)
{
    buf->len = 0;
    buf->full = false;
}

char *buf_reserve(struct buf *buf, size_t len)
{
    if (len > buf->ceiling - buf->len) {
        buf->full = true;
        return NULL;
    }
    if (buf->at == NULL || buf->len + len > buf->room) {
        size_t room = buf->room ? buf->room : 256;
        while (room < buf->len + len)
            room *= 2;
        buf->room = room < buf->ceiling ? room : buf->ceiling;
        buf->at = xrealloc(buf->at, buf->room);
    }
    return buf->at + buf->len;
}

bool buf_add(struct buf *buf, struct str bytes)
{
    if (bytes.len == 0)
        return true;
    char *at = buf_reserve(buf, bytes.len);
    if (at == NULL)
        return false;
    memcpy(at, bytes.at, bytes.len);
    buf->len += bytes.len;
    return true;
}

bool buf_add_char(struct buf *buf, char c)
{
    return buf_add(buf, (struct str){&c, 1});
}

bool buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *at = len < 0 ? NULL : buf_reserve(buf, (size_t)len + 1);
    if (at != NULL) {
        vsnprintf(at, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
    }
    va_end(again);
    return at != NULL;
}
