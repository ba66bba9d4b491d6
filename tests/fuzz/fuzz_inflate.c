/* Streams in parts of any size give what they give in one piece, and never more than asked. */
#include "tests/fuzz/fuzz.h"

#include "src/base/inflate.h"

#define MADE_MOST (256 * 1024) /* a bomb is not unpacked to its end */

struct outcome {
    struct buf out;
    bool good, whole;
};

static struct outcome run(struct str in, size_t part_len, size_t room)
{
    struct outcome o = {.good = true};
    struct err err = {0};
    struct inflate *z = inflate_new();
    buf_init(&o.out, MADE_MOST + 4096);
    while (o.good && in.len > 0 && o.out.len < MADE_MOST) {
        struct str part = str_first(in, part_len);
        in = str_from(in, part_len);
        size_t produced = room;
        while (o.good && (part.len > 0 || produced == room) && o.out.len < MADE_MOST) {
            char *at = buf_reserve(&o.out, room);
            FUZZ_CHECK(at != NULL);
            o.good = inflate_some(z, &part, at, room, &produced, &err);
            FUZZ_CHECK(produced <= room);
            FUZZ_CHECK(o.good || err.code == ERR_INPUT_PARTIAL);
            o.out.len += produced;
        }
    }
    o.whole = inflate_is_whole(z);
    FUZZ_CHECK(o.good || !o.whole);
    inflate_free(z);
    return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    if (len < 2)
        return 0;
    struct str in = FUZZ_TEXT(bytes + 2, len - 2);
    struct outcome whole = run(in, len, 4096);
    struct outcome parts = run(in, 1 + bytes[0] % 64, 1 + bytes[1]);
    struct str shorter = buf_str(parts.out.len < whole.out.len ? &parts.out : &whole.out);
    FUZZ_CHECK(memcmp(parts.out.len ? parts.out.at : "", whole.out.len ? whole.out.at : "",
                      shorter.len) == 0);
    if (whole.out.len < MADE_MOST && parts.out.len < MADE_MOST)
        FUZZ_CHECK(parts.good == whole.good && parts.whole == whole.whole &&
                   parts.out.len == whole.out.len);
    buf_release(&whole.out);
    buf_release(&parts.out);
    return 0;
}
