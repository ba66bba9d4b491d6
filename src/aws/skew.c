#include "src/aws/skew.h"

#define ROUND_TRIP_MOST_MS 60000

static bool take_number(struct str *s, size_t digits, uint64_t most, int64_t *out)
{
    uint64_t number;
    if (s->len < digits || !str_to_u64(str_first(*s, digits), most, &number))
        return false;
    *s = str_from(*s, digits);
    *out = (int64_t)number;
    return true;
}

static bool take_month(struct str *s, int64_t *month)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (int64_t i = 0; i < 12; i++) {
        if (str_skip(s, (struct str){names + 3 * i, 3})) {
            *month = i + 1;
            return true;
        }
    }
    return false;
}

static bool is_day_name(struct str name)
{
    static const char names[] = "SunMonTueWedThuFriSat";
    size_t at = str_find(str_of(names), name);
    return name.len == 3 && at != SIZE_MAX && at % 3 == 0;
}

bool skew_read_date(struct str s, int64_t *unix_ms)
{
    int64_t day, month, year, hour, minute, second;
    bool read = is_day_name(str_first(s, 3)) && (s = str_from(s, 3), str_skip(&s, STR(", "))) &&
                take_number(&s, 2, 31, &day) && str_skip(&s, STR(" ")) && take_month(&s, &month) &&
                str_skip(&s, STR(" ")) && take_number(&s, 4, 9999, &year) &&
                str_skip(&s, STR(" ")) && take_number(&s, 2, 23, &hour) && str_skip(&s, STR(":")) &&
                take_number(&s, 2, 59, &minute) && str_skip(&s, STR(":")) &&
                take_number(&s, 2, 60, &second) && str_eq(s, STR(" GMT"));
    if (!read || day == 0 || year < 1970)
        return false;
    int64_t days = clock_days(year, (unsigned)month, (unsigned)day);
    *unix_ms = (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000;
    return true;
}

bool skew_learn(const struct http_answer *answer, int64_t *skew_ms)
{
    int64_t date, trip_ms = answer->received_unix_ms - answer->sent_unix_ms;
    if (http_header(answer, "age").len > 0 || trip_ms < 0 || trip_ms >= ROUND_TRIP_MOST_MS ||
        !skew_read_date(http_header(answer, "date"), &date))
        return false;
    *skew_ms = date - (answer->sent_unix_ms + trip_ms / 2);
    return true;
}
