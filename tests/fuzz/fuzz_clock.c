/* Instants out of any text; instants of any number into text and back. */
#include "tests/fuzz/fuzz.h"

#include "src/base/clock.h"

static void check_number(int64_t unix_ms)
{
    char iso[CLOCK_ISO_SIZE], text[CLOCK_TIME_SIZE];
    int64_t back;
    clock_iso(unix_ms, iso);
    struct str s = str_of(iso);
    FUZZ_CHECK(s.len == 24 && clock_take_iso(&s, &back) && s.len == 0);
    if (unix_ms >= INT64_C(-62167219200000) && unix_ms <= INT64_C(253402300799999))
        FUZZ_CHECK(back == unix_ms);
    clock_time_of_day(unix_ms, true, text);
    FUZZ_CHECK(strlen(text) == 12 && memcmp(text, iso + 11, 12) == 0);
    clock_time_of_day(unix_ms, false, text);
    FUZZ_CHECK(strlen(text) == 12);
    clock_date(unix_ms, false, text);
    FUZZ_CHECK(strlen(text) == 10);
    clock_age(unix_ms, text);
    FUZZ_CHECK(strlen(text) >= 2 && strlen(text) <= 6);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct str all = FUZZ_TEXT(bytes, len), s = all;
    int64_t unix_ms = 7, number = 0;
    struct err err = {0};
    if (clock_take_iso(&s, &unix_ms)) {
        FUZZ_CHECK(s.len + 19 <= all.len && s.at + s.len == all.at + all.len);
        /* a zone moves it by less than a day out of the years 0 to 9999 */
        FUZZ_CHECK(unix_ms > INT64_C(-62167305600000) && unix_ms < INT64_C(253402387201000));
    } else {
        FUZZ_CHECK(unix_ms == 7 && s.len == all.len);
    }
    if (!clock_parse_when(all, INT64_C(1795528984123), len % 2, &unix_ms, &err))
        FUZZ_CHECK(err.code == ERR_USAGE && err.text[0]);
    memcpy(&number, bytes ? bytes : (const uint8_t *)"", len < 8 ? len : 8);
    check_number(number);
    return 0;
}
