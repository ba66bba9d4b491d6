/* Gzip and zlib streams, bytes in to bytes out: the one file over zlib. Several members one
 * after the other are one stream. One thread a value. */
#ifndef LAMBDIG_BASE_INFLATE_H
#define LAMBDIG_BASE_INFLATE_H

#include "src/base/buf.h"

struct inflate; /* ours */

struct inflate *inflate_new(void);
void inflate_free(struct inflate *z);
/* Reads from `*in` (moved past what was taken) into out; sets *produced. At most `room` bytes are
 * made. false: corrupt; err ERR_INPUT_PARTIAL; what came before the damage is in out and *produced
 * counts it. Call again while in->len > 0 or *produced == room. */
bool inflate_some(struct inflate *z, struct str *in, char *out, size_t room, size_t *produced,
                  struct err *err) MUST_USE;
/* True when the last member ended whole: at the end of the input, false means cut short. */
bool inflate_is_whole(const struct inflate *z);
static inline bool inflate_is_gzip(struct str head)
{
    return head.len >= 3 && (unsigned char)head.at[0] == 0x1F &&
           (unsigned char)head.at[1] == 0x8B && head.at[2] == 8;
}

#endif
