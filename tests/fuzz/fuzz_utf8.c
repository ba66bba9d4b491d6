/* The gate: whatever comes in, nothing that acts on a terminal or hides comes out. */
#include "tests/fuzz/fuzz.h"

#include "src/base/utf8.h"

static void check_harmless(struct str shown, bool lf)
{
    while (shown.len > 0) {
        uint32_t code;
        size_t len = utf8_decode(shown, &code);
        FUZZ_CHECK(code != UTF8_BAD && !utf8_is_invisible(code));
        FUZZ_CHECK((code >= 0x20 && code < 0x7F) || code >= 0xA0 || (lf && code == '\n'));
        char again[4];
        FUZZ_CHECK(utf8_encode(code, again) == len && memcmp(again, shown.at, len) == 0);
        shown = str_from(shown, len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct str all = FUZZ_TEXT(bytes, len), rest = all;
    struct buf whole, with_lf, cut;
    size_t cols = 0;
    buf_init(&whole, 10 * len + 1);
    buf_init(&with_lf, 10 * len + 1);
    buf_init(&cut, len);
    FUZZ_CHECK(utf8_defuse(all, false, &whole));
    FUZZ_CHECK(utf8_defuse(all, true, &with_lf));
    FUZZ_CHECK(utf8_defuse(all, false, &cut) || cut.full);
    FUZZ_CHECK(str_starts(buf_str(&whole), buf_str(&cut)));
    check_harmless(buf_str(&whole), false);
    check_harmless(buf_str(&with_lf), true);
    while (rest.len > 0) {
        struct cell_text cell;
        size_t before = rest.len;
        utf8_take_cell(&rest, &cell);
        FUZZ_CHECK(rest.len < before && cell.len > 0 && cell.len <= sizeof cell.bytes);
        FUZZ_CHECK(cell.control ? cell.width == cell.len && cell.width <= 10
                                : cell.width == 1 || cell.width == 2);
        cols += cell.width;
    }
    FUZZ_CHECK(utf8_width(all) == cols && utf8_width(buf_str(&whole)) == cols);
    FUZZ_CHECK(!utf8_is_plain(all) || str_eq(buf_str(&whole), all));
    buf_release(&whole);
    buf_release(&with_lf);
    buf_release(&cut);
    return 0;
}
