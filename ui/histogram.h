/* Invocations over time by class: counts, and one bucket a column. UI thread. */
#ifndef LAMBDIG_UI_HISTOGRAM_H
#define LAMBDIG_UI_HISTOGRAM_H

#include "ui/app.h"
#include "ui/groups.h"

#define HISTOGRAM_COLS_MAX 256

struct histogram {
    uint64_t by_class[FAILURE_CLASS_COUNT];
    uint64_t cold, at_limit, slow;
    int64_t first_unix_ms, last_unix_ms; /* TIME_NONE: nothing with a time */
    int cols;                            /* buckets */
    uint16_t buckets[FAILURE_CLASS_COUNT][HISTOGRAM_COLS_MAX];
};

/* Of one function, or of all (UINT32_MAX). cols 0: counts only. */
void histogram_fill(struct histogram *h, const struct groups *groups, uint32_t function, int cols);
/* The rows that it takes to draw at most `rows_max`; 0: it does not fit, or there is nothing. */
int histogram_rows(const struct histogram *h, int rows_max);
/* A row a class, and the axis with the cursor's instant marked. */
void histogram_draw(const struct histogram *h, const struct console *console,
                    struct canvas *canvas, int rows, int64_t cursor_unix_ms);

#endif
