/* The first line is a pattern, the rest its text: matches lie inside the text and go forward. */
#include "tests/fuzz/fuzz.h"

#include "src/base/match.h"

#define MATCHES_MOST 50

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct str text = FUZZ_TEXT(bytes, len), pattern = str_take_until(&text, '\n');
    struct match *match;
    struct err err = {0};
    if (!match_new(&match, pattern, &err)) {
        FUZZ_CHECK(match == NULL && err.code == ERR_USAGE && err.text[0]);
        return 0;
    }
    size_t from = 0, start, end;
    for (int i = 0; i < MATCHES_MOST && match_find(match, text, from, &start, &end); i++) {
        FUZZ_CHECK(start >= from && start <= end && end <= text.len);
        from = end > start ? end : end + 1;
    }
    match_free(match);
    return 0;
}
