/* The fast path reads `:SS[.fraction][Z|+00:00]` behind a minute that is known; everything
 * else, and every other zone, is base/clock's matter. */
#include "src/source/stamp.h"

#define MINUTE_LEN 16
#define EPOCH_DIGITS 13

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits_at(struct str s, size_t at)
{
    size_t end = at;
    while (end < s.len && is_digit(s.at[end]))
        end++;
    return end - at;
}

/* Milliseconds of the fraction's first three digits. */
static int64_t fraction_ms(const char *digits, size_t len)
{
    int64_t ms = 0;
    for (size_t i = 0; i < 3; i++)
        ms = ms * 10 + (i < len ? digits[i] - '0' : 0);
    return ms;
}

/* What follows the seconds is `Z`, `+00:00` or no zone: how long it is; false: another zone. */
static bool utc_len(struct str s, size_t at, size_t *len)
{
    if (at >= s.len || (s.at[at] != 'Z' && s.at[at] != '+' && s.at[at] != '-')) {
        *len = 0;
        return true;
    }
    *len = s.at[at] == 'Z' ? 1 : 6;
    return *len == 1 || str_starts(str_from(s, at), STR("+00:00"));
}

static bool take_fast(const struct stamp_memory *memory, struct str *s, int64_t *unix_ms)
{
    size_t at = MINUTE_LEN + 3, zone;
    if (s->len < at || memcmp(s->at, memory->minute, MINUTE_LEN) != 0 || s->at[MINUTE_LEN] != ':' ||
        digits_at(str_first(*s, at), MINUTE_LEN + 1) != 2)
        return false;
    int64_t seconds = (s->at[at - 2] - '0') * 10 + (s->at[at - 1] - '0'), ms = 0;
    if (seconds > 59)
        return false;
    if (at + 1 < s->len && (s->at[at] == '.' || s->at[at] == ',') && is_digit(s->at[at + 1])) {
        size_t len = digits_at(*s, at + 1);
        if (len > 9)
            return false;
        ms = fraction_ms(s->at + at + 1, len);
        at += 1 + len;
    }
    if (!utc_len(*s, at, &zone))
        return false;
    *unix_ms = memory->minute_unix_ms + seconds * 1000 + ms;
    *s = str_from(*s, at + zone);
    return true;
}

static bool take_epoch(struct str *s, int64_t *unix_ms)
{
    uint64_t value;
    if (digits_at(*s, 0) != EPOCH_DIGITS ||
        !str_to_u64(str_first(*s, EPOCH_DIGITS), INT64_MAX, &value))
        return false;
    *unix_ms = (int64_t)value;
    *s = str_from(*s, EPOCH_DIGITS);
    return true;
}

static void remember(struct stamp_memory *memory, struct str text)
{
    char minute[MINUTE_LEN + 5];
    struct str s = {minute, MINUTE_LEN + 4};
    memcpy(minute, text.at, MINUTE_LEN);
    memcpy(minute + MINUTE_LEN, ":00Z", 5);
    if (clock_take_iso(&s, &memory->minute_unix_ms))
        memcpy(memory->minute, text.at, MINUTE_LEN);
}

bool stamp_take(struct stamp_memory *memory, struct str *s, int64_t *unix_ms)
{
    if (s->len < EPOCH_DIGITS || !is_digit(s->at[0]))
        return false;
    if (take_fast(memory, s, unix_ms))
        return true;
    struct str before = *s;
    if (!clock_take_iso(s, unix_ms))
        return take_epoch(s, unix_ms);
    if (before.len - s->len > MINUTE_LEN)
        remember(memory, before);
    return true;
}

bool stamp_of(struct str text, int64_t *unix_ms)
{
    struct stamp_memory memory = {0};
    struct str s = str_trim(text);
    return stamp_take(&memory, &s, unix_ms) && str_trim_left(s).len == 0;
}
