/* Figures of one function that need no history: a histogram of durations for percentiles, and
 * counts over time in buckets whose width doubles as the time they span grows. Pure. */
#ifndef LAMBDIG_FEED_FIGURES_H
#define LAMBDIG_FEED_FIGURES_H

#include "src/feed/store.h"

/* Sixteen steps an octave, in microseconds, up to 2^30 us (17.9 minutes; Lambda ends at 15):
 * a value is known within a 32nd, 3.2 %. Longer ones count into the last step. */
#define HISTOGRAM_STEPS (16 * 27)
struct histogram {
    uint32_t counts[HISTOGRAM_STEPS];
};
void histogram_add(struct histogram *h, int64_t duration_ns); /* negative: nothing */
void histogram_remove(struct histogram *h, int64_t duration_ns);
/* The duration that `percent` of the values do not exceed; ABSENT: there are none. */
int64_t histogram_percentile(const struct histogram *h, unsigned percent);

/* The buckets of all functions share their edges, multiples of the width. */
struct timescale {
    int64_t width_ms;     /* 0: no time was seen yet */
    int64_t first_bucket; /* its number: time divided by width */
    int64_t newest_bucket;
};
/* Makes room for an instant. Returns true when the edges moved: then rescale every series. */
bool timescale_cover(struct timescale *scale, int64_t unix_ms);
/* Index of an instant; -1 outside, or TIME_NONE. */
int timescale_index(const struct timescale *scale, int64_t unix_ms);

struct series {
    uint32_t all[SPARK_BUCKETS], failed[SPARK_BUCKETS];
};
/* Moves the counts from the edges `from` to the edges `to`, which cover them. */
void series_rescale(struct series *series, const struct timescale *from,
                    const struct timescale *to);
/* The newest bucket last; halved until all fit into 16 bits. */
void series_read(const uint32_t counts[SPARK_BUCKETS], const struct timescale *scale,
                 uint16_t out[SPARK_BUCKETS]);

#endif
