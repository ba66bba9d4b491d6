/* Any text may be redacted; a secret that is put behind it does not come out. */
#include "tests/fuzz/fuzz.h"

#include "src/base/redact.h"

#define SECRET "hunter2hunter2"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct str given = FUZZ_TEXT(bytes, len);
    struct buf all, out, cut;
    if (str_has(given, STR(SECRET)))
        return 0;
    buf_init(&all, len + 100);
    buf_init(&out, len * 8 + 1000);
    buf_init(&cut, len / 2);
    buf_add(&all, given);
    buf_add(&all, STR("\n\npassword=" SECRET));
    FUZZ_CHECK(redact(buf_str(&all), &out));
    FUZZ_CHECK(!str_has(buf_str(&out), STR(SECRET)));
    FUZZ_CHECK(redact(given, &cut) || cut.full);
    buf_release(&all);
    buf_release(&out);
    buf_release(&cut);
    return 0;
}
