#include "ui/figures.h"

#include <inttypes.h>
#include <stdio.h>

#include "src/base/clock.h"

#define MS_NS INT64_C(1000000)

void figure_count(uint64_t count, char out[FIGURE_SIZE])
{
    if (count < 100000)
        snprintf(out, FIGURE_SIZE, "%" PRIu64, count);
    else if (count < 1000000)
        snprintf(out, FIGURE_SIZE, "%" PRIu64 "k", count / 1000);
    else if (count < 100000000)
        snprintf(out, FIGURE_SIZE, "%" PRIu64 ".%" PRIu64 "M", count / 1000000,
                 count / 100000 % 10);
    else
        snprintf(out, FIGURE_SIZE, "%" PRIu64 "M", count / 1000000 > 9999 ? 9999 : count / 1000000);
}

void figure_ms(int64_t ns, char out[FIGURE_SIZE])
{
    if (ns < 0)
        snprintf(out, FIGURE_SIZE, "-");
    else
        snprintf(out, FIGURE_SIZE, "%" PRId64, ns / MS_NS + (ns % MS_NS >= MS_NS / 2));
}

void figure_span(int64_t ns, char out[FIGURE_SIZE])
{
    int64_t ms = ns / MS_NS;
    if (ns < 0)
        snprintf(out, FIGURE_SIZE, "-");
    else if (ms < 1000)
        snprintf(out, FIGURE_SIZE, "%" PRId64 " ms", ms);
    else if (ms < 60000)
        snprintf(out, FIGURE_SIZE, "%" PRId64 ".%02" PRId64 " s", ms / 1000, ms % 1000 / 10);
    else
        snprintf(out, FIGURE_SIZE, "%" PRId64 " min %" PRId64 " s", ms / 60000, ms / 1000 % 60);
}

void figure_age(int64_t now_unix_ms, int64_t unix_ms, char out[FIGURE_SIZE])
{
    if (unix_ms == TIME_NONE || now_unix_ms == TIME_NONE) {
        snprintf(out, FIGURE_SIZE, "-");
        return;
    }
    int64_t minutes = now_unix_ms > unix_ms ? (now_unix_ms - unix_ms) / 60000 : 0;
    if (minutes == 0)
        snprintf(out, FIGURE_SIZE, "now");
    else if (minutes < 100)
        snprintf(out, FIGURE_SIZE, "%" PRId64 "m", minutes);
    else if (minutes < 48 * 60)
        snprintf(out, FIGURE_SIZE, "%" PRId64 "h", minutes / 60);
    else if (minutes < 1000 * 24 * 60)
        snprintf(out, FIGURE_SIZE, "%" PRId64 "d", minutes / 60 / 24);
    else
        snprintf(out, FIGURE_SIZE, "%" PRId64 "y", minutes / 60 / 24 / 365);
}
