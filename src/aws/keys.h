/* AWS credentials as a value. Never printed, never in an err; wiped with keys_wipe. */
#ifndef LAMBDIG_AWS_KEYS_H
#define LAMBDIG_AWS_KEYS_H

#include "src/base/clock.h"

struct keys {
    char id[129];       /* access key id; empty: none */
    char secret[257];
    char token[8193];   /* session token; empty: none */
    int64_t expires_unix_ms; /* TIME_NONE: they do not */
};

void keys_wipe(struct keys *keys); /* overwrites in a way that the compiler keeps */
void keys_wipe_bytes(void *bytes, size_t len); /* the same, of what held a part of them */

#endif
