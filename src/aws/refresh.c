#include "src/aws/refresh.h"

#define MINUTE_MS INT64_C(60000)

/* At most half of the life: a source that gives keys near their end, or the same ones again,
 * is not asked over and over. */
static int64_t window_of(int64_t life_ms)
{
    if (life_ms < 10 * MINUTE_MS)
        return life_ms / 2;
    if (life_ms <= 20 * MINUTE_MS)
        return 5 * MINUTE_MS;
    return life_ms < 90 * MINUTE_MS ? 15 * MINUTE_MS : 60 * MINUTE_MS;
}

static bool is_good(const struct refresh *r, int64_t now)
{
    return r->held && !r->refused && (r->expires_unix_ms == TIME_NONE || now < r->expires_unix_ms);
}

enum refresh_need refresh_need(const struct refresh *r, int64_t now)
{
    bool left_alone = now < r->leave_until_unix_ms;
    if (is_good(r, now)) {
        bool far = r->expires_unix_ms == TIME_NONE || now < r->expires_unix_ms - r->window_ms;
        return far || left_alone || r->needs_person ? REFRESH_NOT : REFRESH_SOON;
    }
    if (!left_alone)
        return REFRESH_NOW;
    return r->held && !r->refused ? REFRESH_NOT : REFRESH_LEFT;
}

bool refresh_took(struct refresh *r, int64_t now, int64_t expires_unix_ms)
{
    bool ends = expires_unix_ms != TIME_NONE;
    if (ends && expires_unix_ms <= now)
        return false;
    r->held = true;
    r->refused = false;
    r->expires_unix_ms = expires_unix_ms;
    r->window_ms = ends ? window_of(expires_unix_ms - now) : 0;
    r->leave_until_unix_ms = 0;
    r->failures = 0;
    return true;
}

void refresh_failed(struct refresh *r, int64_t now, int64_t leave_ms)
{
    r->failures += r->failures < 32;
    r->leave_until_unix_ms = now + leave_ms;
}

void refresh_refused(struct refresh *r, int64_t now)
{
    r->refused = true;
    if (r->leave_until_unix_ms > now + MINUTE_MS)
        r->leave_until_unix_ms = now + MINUTE_MS;
}

int64_t refresh_pause_ms(const struct refresh *r, int64_t now)
{
    if (is_good(r, now))
        return 5 * MINUTE_MS;
    return r->failures >= 6 ? MINUTE_MS : INT64_C(1000) << r->failures;
}
