#include "src/base/clock.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Dates are computed, not asked of the C library: strptime follows the locale and takes a
 * microsecond a line. Only the local zone needs the library. */

#define DAY_MS INT64_C(86400000)
#define YEAR_0_MS INT64_C(-62167219200000)    /* 0000-01-01T00:00:00.000Z */
#define YEAR_9999_MS INT64_C(253402300799999) /* 9999-12-31T23:59:59.999Z */
#define FAKE_UNREAD INT64_MAX

/* Read once; two threads that both come first read the same value. */
static int64_t fake_unix_ms(void)
{
    static _Atomic int64_t fake = FAKE_UNREAD;
    int64_t ms = atomic_load_explicit(&fake, memory_order_relaxed);
    if (ms == FAKE_UNREAD) {
        uint64_t value;
        bool good = str_to_u64(str_of(getenv("LAMBDIG_FAKE_UNIX_MS")), YEAR_9999_MS, &value);
        ms = good ? (int64_t)value : TIME_NONE;
        atomic_store_explicit(&fake, ms, memory_order_relaxed);
    }
    return ms;
}

int64_t clock_unix_ms(void)
{
    int64_t fake = fake_unix_ms();
    if (fake != TIME_NONE)
        return fake;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_mono_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_mono_ms(void)
{
    return clock_mono_us() / 1000;
}

int64_t clock_suspended_ms(void)
{
#if defined(CLOCK_BOOTTIME)
    struct timespec all, awake;
    clock_gettime(CLOCK_MONOTONIC, &awake);
    clock_gettime(CLOCK_BOOTTIME, &all);
    return ((int64_t)all.tv_sec - awake.tv_sec) * 1000 + (all.tv_nsec - awake.tv_nsec) / 1000000;
#else
    return 0;
#endif
}

/* The year starts in March, so that the leap day is its last one; 719468 days lie between
 * 0000-03-01 and 1970-01-01. */
int64_t clock_days(int64_t year, unsigned month, unsigned day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t month_from_march = month > 2 ? month - 3 : month + 9;
    int64_t day_of_year = (153 * month_from_march + 2) / 5 + (int64_t)day - 1;
    int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct civil {
    int year, month, day, hour, minute, second, ms;
};

static struct civil civil_utc(int64_t unix_ms)
{
    unix_ms = unix_ms < YEAR_0_MS ? YEAR_0_MS : unix_ms;
    unix_ms = unix_ms > YEAR_9999_MS ? YEAR_9999_MS : unix_ms;
    int64_t since_year_0 = unix_ms - YEAR_0_MS;
    int64_t ms = since_year_0 % DAY_MS;
    /* 60 days from 0000-01-01 to 0000-03-01; one era more keeps the count positive */
    int64_t days = since_year_0 / DAY_MS - 60 + 146097;
    int64_t era = days / 146097 - 1;
    int64_t doe = days % 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t from_march = (5 * doy + 2) / 153;
    int64_t month = from_march < 10 ? from_march + 3 : from_march - 9;
    return (struct civil){
        .year = (int)(yoe + era * 400 + (month <= 2)),
        .month = (int)month,
        .day = (int)(doy - (153 * from_march + 2) / 5 + 1),
        .hour = (int)(ms / 3600000),
        .minute = (int)(ms / 60000 % 60),
        .second = (int)(ms / 1000 % 60),
        .ms = (int)(ms % 1000),
    };
}

static struct civil civil_local(int64_t unix_ms)
{
    int64_t whole = unix_ms / 1000 - (unix_ms % 1000 < 0);
    time_t seconds = (time_t)whole;
    struct tm tm;
    if (unix_ms < YEAR_0_MS || unix_ms > YEAR_9999_MS || localtime_r(&seconds, &tm) == NULL)
        return civil_utc(unix_ms);
    return (struct civil){
        .year = tm.tm_year + 1900,
        .month = tm.tm_mon + 1,
        .day = tm.tm_mday,
        .hour = tm.tm_hour,
        .minute = tm.tm_min,
        .second = tm.tm_sec,
        .ms = (int)(unix_ms - whole * 1000),
    };
}

/* ---- text to time: a bad digit makes the number negative, so one test sees them all ---- */

static int digits(const char *at, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        unsigned digit = (unsigned)(unsigned char)at[i] - '0';
        if (digit > 9)
            return -1;
        value = value * 10 + (int)digit;
    }
    return value;
}

static int days_in(int year, int month)
{
    static const signed char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

#define DATE_LEN 10 /* 2026-11-24 */
#define TIME_LEN 8  /* 14:03:04 */

static bool read_date(const char *at, int64_t *days)
{
    int year = digits(at, 4), month = digits(at + 5, 2), day = digits(at + 8, 2);
    if (at[4] != '-' || at[7] != '-' || year < 0 || month < 1 || month > 12 || day < 1 ||
        day > days_in(year, month))
        return false;
    *days = clock_days(year, (unsigned)month, (unsigned)day);
    return true;
}

/* Second 60 is a leap second and counts into the next minute. */
static bool read_time(const char *at, int64_t *ms)
{
    int hour = digits(at, 2), minute = digits(at + 3, 2), second = digits(at + 6, 2);
    if (at[2] != ':' || at[5] != ':' || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
        second < 0 || second > 60)
        return false;
    *ms = (hour * INT64_C(3600) + minute * 60 + second) * 1000;
    return true;
}

/* A point with no digit after it ends a sentence and is left. More than 9 digits: false. */
static bool take_fraction(struct str *s, int64_t *ms)
{
    static const int scale[] = {100, 10, 1};
    if (s->len < 2 || (s->at[0] != '.' && s->at[0] != ',') || digits(s->at + 1, 1) < 0)
        return true;
    size_t count = 0;
    for (; count + 1 < s->len && digits(s->at + 1 + count, 1) >= 0; count++)
        if (count < 3)
            *ms += digits(s->at + 1 + count, 1) * scale[count];
    *s = str_from(*s, 1 + count);
    return count <= 9;
}

static int64_t take_zone_ms(struct str *s)
{
    if (s->len > 0 && (s->at[0] == 'Z' || s->at[0] == 'z')) {
        *s = str_from(*s, 1);
        return 0;
    }
    if (s->len < 5 || (s->at[0] != '+' && s->at[0] != '-'))
        return 0;
    size_t minute_at = s->at[3] == ':' ? 4 : 3;
    if (s->len < minute_at + 2)
        return 0;
    int hour = digits(s->at + 1, 2), minute = digits(s->at + minute_at, 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59)
        return 0;
    int64_t ms = (hour * INT64_C(60) + minute) * 60000;
    ms = s->at[0] == '-' ? -ms : ms;
    *s = str_from(*s, minute_at + 2);
    return ms;
}

bool clock_take_iso(struct str *s, int64_t *unix_ms)
{
    struct str rest = *s;
    int64_t days, ms;
    if (rest.len < DATE_LEN + 1 + TIME_LEN ||
        (rest.at[DATE_LEN] != 'T' && rest.at[DATE_LEN] != ' ') || !read_date(rest.at, &days) ||
        !read_time(rest.at + DATE_LEN + 1, &ms))
        return false;
    rest = str_from(rest, DATE_LEN + 1 + TIME_LEN);
    if (!take_fraction(&rest, &ms))
        return false;
    *unix_ms = days * DAY_MS + ms - take_zone_ms(&rest);
    *s = rest;
    return true;
}

/* ---- time to text ---- */

void clock_iso(int64_t unix_ms, char out[CLOCK_ISO_SIZE])
{
    struct civil t = civil_utc(unix_ms);
    snprintf(out, CLOCK_ISO_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ",
             (unsigned)t.year % 10000u, (unsigned)t.month % 100u, (unsigned)t.day % 100u,
             (unsigned)t.hour % 100u, (unsigned)t.minute % 100u, (unsigned)t.second % 100u,
             (unsigned)t.ms % 1000u);
}

void clock_time_of_day(int64_t unix_ms, bool utc, char out[CLOCK_TIME_SIZE])
{
    struct civil t = utc ? civil_utc(unix_ms) : civil_local(unix_ms);
    snprintf(out, CLOCK_TIME_SIZE, "%02u:%02u:%02u.%03u", (unsigned)t.hour % 100u,
             (unsigned)t.minute % 100u, (unsigned)t.second % 100u, (unsigned)t.ms % 1000u);
}

void clock_date(int64_t unix_ms, bool utc, char out[CLOCK_TIME_SIZE])
{
    struct civil t = utc ? civil_utc(unix_ms) : civil_local(unix_ms);
    snprintf(out, CLOCK_TIME_SIZE, "%04u-%02u-%02u", (unsigned)t.year % 10000u,
             (unsigned)t.month % 100u, (unsigned)t.day % 100u);
}

static const struct unit {
    char letter;
    int64_t ms, below_ms; /* an age under this is told in this unit */
} units[] = {
    {'s', 1000, 60000},
    {'m', 60000, 3600000},
    {'h', 3600000, DAY_MS},
    {'d', DAY_MS, INT64_MAX},
};
#define UNITS (sizeof units / sizeof *units)
#define AGE_MOST_DAYS 99999 /* six cells */

void clock_age(int64_t age_ms, char out[CLOCK_TIME_SIZE])
{
    size_t i = 0;
    age_ms = age_ms < 0 ? 0 : age_ms;
    while (i + 1 < UNITS && age_ms >= units[i].below_ms)
        i++;
    int64_t count = age_ms / units[i].ms;
    count = count > AGE_MOST_DAYS ? AGE_MOST_DAYS : count;
    snprintf(out, CLOCK_TIME_SIZE, "%" PRId64 "%c", count, units[i].letter);
}

/* ---- an option value ---- */

/* 36,500 days keep every product far from overflow. */
static bool parse_ago(struct str text, int64_t now_unix_ms, int64_t *unix_ms)
{
    uint64_t count;
    for (size_t i = 0; i < UNITS; i++) {
        if (text.len < 2 || text.at[text.len - 1] != units[i].letter)
            continue;
        uint64_t limit = (uint64_t)(36500 * DAY_MS / units[i].ms);
        if (!str_to_u64(str_first(text, text.len - 1), limit, &count))
            return false;
        *unix_ms = now_unix_ms - (int64_t)count * units[i].ms;
        return true;
    }
    return false;
}

static int64_t local_to_unix_ms(int64_t now_unix_ms, int day_shift, int hour, int minute)
{
    time_t now = (time_t)(now_unix_ms / 1000);
    struct tm tm;
    if (localtime_r(&now, &tm) == NULL)
        return TIME_NONE;
    tm.tm_mday += day_shift;
    tm.tm_hour = hour;
    tm.tm_min = minute;
    tm.tm_sec = 0;
    tm.tm_isdst = -1; /* the day of the change has its own offset */
    return (int64_t)mktime(&tm) * 1000;
}

static int64_t utc_to_unix_ms(int64_t now_unix_ms, int day_shift, int hour, int minute)
{
    int64_t midnight = now_unix_ms - ((now_unix_ms % DAY_MS) + DAY_MS) % DAY_MS;
    return midnight + day_shift * DAY_MS + (hour * INT64_C(60) + minute) * 60000;
}

static bool parse_time_of_day(struct str text, int64_t now_unix_ms, bool utc, int64_t *unix_ms)
{
    if ((text.len != 5 && text.len != 8) || text.at[2] != ':')
        return false;
    if (text.len == 8 && text.at[5] != ':')
        return false;
    int hour = digits(text.at, 2), minute = digits(text.at + 3, 2);
    int second = text.len == 8 ? digits(text.at + 6, 2) : 0;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return false;
    int64_t (*at)(int64_t, int, int, int) = utc ? utc_to_unix_ms : local_to_unix_ms;
    int64_t today = at(now_unix_ms, 0, hour, minute), seconds_ms = second * INT64_C(1000);
    if (today != TIME_NONE && today + seconds_ms > now_unix_ms)
        today = at(now_unix_ms, -1, hour, minute);
    *unix_ms = today == TIME_NONE ? TIME_NONE : today + seconds_ms;
    return *unix_ms != TIME_NONE;
}

static bool parse_iso(struct str text, int64_t *unix_ms)
{
    int64_t days;
    if (text.len == DATE_LEN && read_date(text.at, &days)) {
        *unix_ms = days * DAY_MS;
        return true;
    }
    return clock_take_iso(&text, unix_ms) && text.len == 0;
}

bool clock_parse_when(struct str text, int64_t now_unix_ms, bool utc, int64_t *unix_ms,
                      struct err *err)
{
    if (parse_ago(text, now_unix_ms, unix_ms) || parse_iso(text, unix_ms) ||
        parse_time_of_day(text, now_unix_ms, utc, unix_ms))
        return true;
    return err_set(err, ERR_USAGE,
                   "time %.*s is in no form that is known: give 90s, 15m, 2h or 3d (before "
                   "now), 14:05, 2026-11-24 or 2026-11-24T14:03:04Z",
                   (int)(text.len < 60 ? text.len : 60), text.at);
}
