/* Numbers as the panes show them: short, in integers, with the same width for the same size.
 * Pure; any thread. */
#ifndef LAMBDIG_UI_FIGURES_H
#define LAMBDIG_UI_FIGURES_H

#include <stddef.h>
#include <stdint.h>

#define FIGURE_SIZE 24

/* A count in at most 5 columns: `0`, `99999`, `123k`, `4.5M`. */
void figure_count(uint64_t count, char out[FIGURE_SIZE]);
/* Nanoseconds as whole milliseconds, rounded: `30010`. Negative (ABSENT): `-`. */
void figure_ms(int64_t ns, char out[FIGURE_SIZE]);
/* Nanoseconds for sentences: `812 ms`, `29.87 s`, `4 min 12 s`. Negative: `-`. */
void figure_span(int64_t ns, char out[FIGURE_SIZE]);
/* Age of an instant in at most 4 columns, never finer than minutes, so that an idle screen
 * stays as it is: `now` (under a minute), `4m`, `3h`, `12d`. TIME_NONE: `-`. */
void figure_age(int64_t now_unix_ms, int64_t unix_ms, char out[FIGURE_SIZE]);

#endif
