#include "src/feed/figures.h"

/* ---- histogram: the exponent of the value, and the four bits below its highest ---- */

#define STEPS_AN_OCTAVE 16

static unsigned highest_bit(uint64_t value)
{
    unsigned bit = 0;
    while (value >>= 1)
        bit++;
    return bit;
}

static size_t step_of(int64_t duration_ns)
{
    uint64_t us = (uint64_t)duration_ns / 1000;
    if (us < STEPS_AN_OCTAVE)
        return us;
    unsigned octave = highest_bit(us) - 4; /* 16 us and up: the highest bit is at least 4 */
    size_t step = STEPS_AN_OCTAVE * (octave + 1) + ((us >> octave) & (STEPS_AN_OCTAVE - 1));
    return step < HISTOGRAM_STEPS ? step : HISTOGRAM_STEPS - 1;
}

/* The middle of a step, in nanoseconds. */
static int64_t step_middle_ns(size_t step)
{
    if (step < STEPS_AN_OCTAVE)
        return (int64_t)step * 1000 + 500;
    unsigned octave = (unsigned)(step / STEPS_AN_OCTAVE) - 1;
    int64_t low = (int64_t)(STEPS_AN_OCTAVE + step % STEPS_AN_OCTAVE) << octave;
    return low * 1000 + ((int64_t)1000 << octave) / 2;
}

void histogram_add(struct histogram *h, int64_t duration_ns)
{
    if (duration_ns >= 0)
        h->counts[step_of(duration_ns)]++;
}

void histogram_remove(struct histogram *h, int64_t duration_ns)
{
    if (duration_ns >= 0 && h->counts[step_of(duration_ns)] > 0)
        h->counts[step_of(duration_ns)]--;
}

int64_t histogram_percentile(const struct histogram *h, unsigned percent)
{
    uint64_t total = 0, below = 0;
    for (size_t i = 0; i < HISTOGRAM_STEPS; i++)
        total += h->counts[i];
    for (size_t i = 0; i < HISTOGRAM_STEPS && total > 0; i++) {
        below += h->counts[i];
        if (below * 100 >= total * percent && below > 0)
            return step_middle_ns(i);
    }
    return ABSENT;
}

/* ---- counts over time ---- */

#define NARROWEST_MS 1000

/* Rounds down, below 1970 too. */
static int64_t bucket_of(int64_t unix_ms, int64_t width_ms)
{
    return unix_ms / width_ms - (unix_ms % width_ms < 0);
}

bool timescale_cover(struct timescale *scale, int64_t unix_ms)
{
    if (scale->width_ms == 0) {
        int64_t bucket = bucket_of(unix_ms, NARROWEST_MS);
        *scale = (struct timescale){NARROWEST_MS, bucket, bucket};
        return false;
    }
    int64_t first = scale->first_bucket, newest = scale->newest_bucket, width = scale->width_ms;
    int64_t bucket = bucket_of(unix_ms, width);
    if (bucket >= first && bucket <= newest)
        return false;
    first = bucket < first ? bucket : first;
    newest = bucket > newest ? bucket : newest;
    while (newest - first >= SPARK_BUCKETS) { /* halving keeps the edges aligned */
        first = bucket_of(first, 2);
        newest = bucket_of(newest, 2);
        width *= 2;
    }
    bool moved = first != scale->first_bucket || width != scale->width_ms;
    *scale = (struct timescale){width, first, newest};
    return moved;
}

int timescale_index(const struct timescale *scale, int64_t unix_ms)
{
    if (scale->width_ms == 0 || unix_ms == TIME_NONE)
        return -1;
    int64_t index = bucket_of(unix_ms, scale->width_ms) - scale->first_bucket;
    return index >= 0 && index < SPARK_BUCKETS ? (int)index : -1;
}

void series_rescale(struct series *series, const struct timescale *from, const struct timescale *to)
{
    struct series old = *series;
    *series = (struct series){0};
    int64_t ratio = to->width_ms / from->width_ms;
    for (int i = 0; i < SPARK_BUCKETS; i++) {
        int64_t index = bucket_of(from->first_bucket + i, ratio) - to->first_bucket;
        if (index < 0 || index >= SPARK_BUCKETS)
            continue; /* past the newest bucket: nothing was counted there */
        series->all[index] += old.all[i];
        series->failed[index] += old.failed[i];
    }
}

void series_read(const uint32_t counts[SPARK_BUCKETS], const struct timescale *scale,
                 uint16_t out[SPARK_BUCKETS])
{
    int64_t shown = scale->width_ms ? scale->newest_bucket - scale->first_bucket + 1 : 0;
    uint32_t largest = 0;
    for (int i = 0; i < SPARK_BUCKETS; i++)
        largest = counts[i] > largest ? counts[i] : largest;
    unsigned halvings = 0;
    while (largest >> halvings > UINT16_MAX)
        halvings++;
    for (int i = 0; i < SPARK_BUCKETS; i++) {
        int64_t from = i - (SPARK_BUCKETS - shown);
        uint32_t count = from < 0 ? 0 : counts[from] >> halvings;
        out[i] = (uint16_t)count;
    }
}
