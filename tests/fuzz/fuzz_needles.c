/* Words a line each, an empty line, then the text: all forms find what a naive search finds. */
#include "tests/fuzz/fuzz.h"

#include "src/base/needles.h"

#define WORDS_MOST 64

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct str rest = FUZZ_TEXT(bytes, len), words[WORDS_MOST];
    size_t count = 0;
    uint64_t expected = 0;
    while (count < WORDS_MOST && rest.len > 0) {
        struct str word = str_first(str_take_until(&rest, '\n'), NEEDLES_WORD_MOST);
        if (word.len < 3)
            break;
        words[count++] = word;
    }
    for (size_t i = 0; i < count; i++)
        if (str_has(rest, words[i]))
            expected |= UINT64_C(1) << i;
    struct needles *n = needles_new(words, count);
    for (int form = NEEDLES_BYTES; form <= NEEDLES_AVX2; form++) {
        bool supported;
        uint64_t found = needles_in_by(n, rest, (enum needles_scan)form, &supported);
        FUZZ_CHECK(!supported || found == expected);
    }
    FUZZ_CHECK(needles_in(n, rest) == expected);
    needles_free(n);
    return 0;
}
