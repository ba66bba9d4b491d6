/* Time: reading clocks, and text to and from it. Durations are integers. Any thread. */
#ifndef LAMBDIG_BASE_CLOCK_H
#define LAMBDIG_BASE_CLOCK_H

#include "src/base/err.h"
#include "src/base/str.h"

#define TIME_NONE INT64_MIN /* an instant that is not known */

/* Milliseconds since 1970 UTC, and since an arbitrary start that never jumps. The variable
 * LAMBDIG_FAKE_UNIX_MS (read once) makes the first a constant: golden tests need it. */
int64_t clock_unix_ms(void);
int64_t clock_mono_ms(void);
int64_t clock_mono_us(void);
/* How long the machine has been suspended since it started; 0 where the system does not tell. */
int64_t clock_suspended_ms(void);

/* ISO-8601 at the front of `*s`: date, `T` or blank, time, fraction of 0 to 9 digits after
 * `.` or `,`, then `Z`, `+hh:mm`, `+hhmm`, `-hh:mm`; without a zone it is UTC. Moves past what was
 * read. false, nothing moved: `*s` starts with no such instant. */
bool clock_take_iso(struct str *s, int64_t *unix_ms);

/* `2026-11-24T14:03:04.123Z` into out (at least 32 bytes). Years 0 to 9999, else clamped. */
#define CLOCK_ISO_SIZE 32
void clock_iso(int64_t unix_ms, char out[CLOCK_ISO_SIZE]);

/* `14:03:04.123` in UTC or in the local zone. */
#define CLOCK_TIME_SIZE 24
void clock_time_of_day(int64_t unix_ms, bool utc, char out[CLOCK_TIME_SIZE]);
/* `2026-11-24` in UTC or in the local zone. */
void clock_date(int64_t unix_ms, bool utc, char out[CLOCK_TIME_SIZE]);

/* People's durations: `12s`, `4m`, `3h`, `2d`; for ages. Always short (at most 6 cells). */
void clock_age(int64_t age_ms, char out[CLOCK_TIME_SIZE]);

/* An option value: `15m`, `2h`, `3d`, `90s` (before now), ISO-8601, `14:05` or
 * `14:05:30` (the last such time of day, local or UTC). false: err names the text and the
 * accepted forms. */
bool clock_parse_when(struct str text, int64_t now_unix_ms, bool utc, int64_t *unix_ms,
                      struct err *err) MUST_USE;

/* Days since 1970-01-01 of a Gregorian date; month 1 to 12, day 1 to 31. */
int64_t clock_days(int64_t year, unsigned month, unsigned day);

#endif
