#include "src/aws/keys.h"

void keys_wipe_bytes(void *bytes, size_t len)
{
    volatile unsigned char *at = bytes;
    for (size_t i = 0; i < len; i++)
        at[i] = 0;
}

void keys_wipe(struct keys *keys)
{
    keys_wipe_bytes(keys, sizeof *keys);
    keys->expires_unix_ms = TIME_NONE;
}
