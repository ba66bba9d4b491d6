#include "src/base/inflate.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

/* zlib finds out itself whether a member is gzip or zlib. Between members zero bytes are
 * padding (tar and tape write them); anything else there must be a further member. */

#define GZIP_OR_ZLIB (15 + 32) /* largest window, header told apart */

struct inflate {
    z_stream z;
    bool between; /* no member is open */
    bool whole;   /* at least one member ended and none is open */
    bool broken;
};

struct inflate *inflate_new(void)
{
    struct inflate *z = xcalloc(1, sizeof *z);
    if (inflateInit2(&z->z, GZIP_OR_ZLIB) != Z_OK)
        die("zlib %s does not start", zlibVersion());
    z->between = true;
    return z;
}

void inflate_free(struct inflate *z)
{
    if (z == NULL)
        return;
    inflateEnd(&z->z);
    free(z);
}

static uInt clamp(size_t len)
{
    return len < UINT_MAX ? (uInt)len : UINT_MAX;
}

static bool refuse(struct inflate *z, struct err *err)
{
    z->broken = true;
    z->whole = false;
    return err_set(err, ERR_INPUT_PARTIAL, "gzip stream: byte %lu: %s",
                   z->z.total_in, z->z.msg ? z->z.msg : "corrupt");
}

static void skip_padding(struct str *in)
{
    size_t zeros = 0;
    while (zeros < in->len && in->at[zeros] == '\0')
        zeros++;
    *in = str_from(*in, zeros);
}

/* One call of zlib's inflate. */
static bool step(struct inflate *z, struct str *in, char *out, size_t room, size_t *produced,
                 struct err *err)
{
    z->z.next_in = (z_const Bytef *)in->at;
    z->z.avail_in = clamp(in->len);
    z->z.next_out = (Bytef *)out;
    z->z.avail_out = clamp(room);
    int result = inflate(&z->z, Z_NO_FLUSH);
    *in = str_from(*in, (size_t)((const char *)z->z.next_in - in->at));
    *produced += (size_t)((char *)z->z.next_out - out);
    if (result == Z_STREAM_END) {
        z->between = z->whole = true;
        return inflateReset(&z->z) == Z_OK;
    }
    return result == Z_OK || result == Z_BUF_ERROR || refuse(z, err);
}

bool inflate_some(struct inflate *z, struct str *in, char *out, size_t room, size_t *produced,
                  struct err *err)
{
    *produced = 0;
    if (z->broken)
        return refuse(z, err);
    while (*produced < room) {
        if (z->whole)
            skip_padding(in);
        size_t in_before = in->len, out_before = *produced;
        if (z->between && in->len == 0)
            return true;
        z->between = z->whole = false;
        if (!step(z, in, out + *produced, room - *produced, produced, err))
            return false;
        if (in->len == in_before && *produced == out_before)
            return true;
    }
    return true;
}

bool inflate_is_whole(const struct inflate *z)
{
    return z->whole;
}
