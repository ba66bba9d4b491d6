/* What the writer makes of any bytes is JSON that reads back the same, and fixed-point numbers
 * read back as the integer they came from. */
#include "tests/fuzz/fuzz.h"

#include "src/base/jscan.h"
#include "src/base/jsonout.h"
#include "src/base/utf8.h"

/* The bytes with U+FFFD for each ill-formed one. */
static void make_valid(struct str s, struct buf *out)
{
    while (s.len > 0) {
        uint32_t code;
        char bytes[4];
        s = str_from(s, utf8_decode(s, &code));
        size_t len = utf8_encode(code == UTF8_BAD ? 0xFFFD : code, bytes);
        FUZZ_CHECK(buf_add(out, (struct str){bytes, len}));
    }
}

static void check_fixed(int64_t value, unsigned decimals)
{
    char text[40];
    uint64_t magnitude = 0, expected = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    unsigned behind = 0;
    bool point = false;
    fixed_text(value, decimals, text, sizeof text);
    FUZZ_CHECK((text[0] == '-') == (value < 0));
    for (const char *at = text + (value < 0); *at; at++) {
        FUZZ_CHECK((*at >= '0' && *at <= '9') || (*at == '.' && !point && at[1]));
        if (*at != '.')
            magnitude = magnitude * 10 + (uint64_t)(*at - '0');
        behind += point;
        point = point || *at == '.';
    }
    FUZZ_CHECK(!point || text[strlen(text) - 1] != '0');
    for (; behind < decimals; behind++)
        magnitude *= 10;
    FUZZ_CHECK(behind == decimals && magnitude == expected);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct str given = FUZZ_TEXT(bytes, len), back;
    struct buf out, room, valid;
    struct jsonout j;
    struct jscan scan;
    int64_t number = 0;
    buf_init(&out, len * 12 + 64);
    buf_init(&room, len * 36 + 192);
    buf_init(&valid, len * 3 + 1);
    jsonout_init(&j, &out);
    jsonout_str(&j, given);
    FUZZ_CHECK(!out.full);
    for (size_t i = 0; i < out.len; i++)
        FUZZ_CHECK((unsigned char)out.at[i] >= 0x20 && out.at[i] != 0x7F);
    jscan_init(&scan, buf_str(&out));
    FUZZ_CHECK(jscan_string(&scan, &room, &back) && scan.at == out.len && scan.bad_escapes == 0);
    make_valid(given, &valid);
    FUZZ_CHECK(str_eq(back, buf_str(&valid)));
    memcpy(&number, bytes ? bytes : (const uint8_t *)"", len < 8 ? len : 8);
    check_fixed(number, (unsigned)(len % 19));
    buf_release(&out);
    buf_release(&room);
    buf_release(&valid);
    return 0;
}
