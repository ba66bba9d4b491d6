/* What a terminal may send, in parts of any size: reading goes forward, a paste keeps to its
 * ceiling, and no key is a byte of a sequence. The first byte is the size of a part. */
#include "tests/fuzz/fuzz.h"

#include "ui/keys.h"

static void take_all(struct keys *k, bool late)
{
    size_t taken = 0;
    for (uint32_t key; (key = keys_take(k, late)) != 0; taken++) {
        FUZZ_CHECK(taken <= KEYS_ROOM);
        FUZZ_CHECK(key <= 0x10FFFF || (key >= KEY_UP_ && key <= KEY_CLICK_));
        FUZZ_CHECK(k->len <= KEYS_ROOM && k->paste.len <= KEYS_PASTE_MAX);
    }
    FUZZ_CHECK(!late || k->pasting || !keys_wait(k) || k->len == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct keys k;
    if (len == 0)
        return 0;
    size_t part = 1 + bytes[0] % 32;
    keys_init(&k);
    for (size_t at = 1; at < len;) {
        size_t room, want = len - at < part ? len - at : part;
        char *to = keys_room(&k, &room);
        FUZZ_CHECK(room > 0);
        want = want < room ? want : room;
        memcpy(to, bytes + at, want);
        k.len += want;
        at += want;
        take_all(&k, bytes[0] & 0x80);
    }
    take_all(&k, true);
    keys_release(&k);
    return 0;
}
