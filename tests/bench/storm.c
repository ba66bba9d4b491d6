/* The store by itself: rows a second into it, and how long the console waits for a screen of
 * 50 rows while a thread adds as fast as it can. Prints lines for tests/bench/report. */
#include "src/base/clock.h"
#include "src/feed/store.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#define ROWS 4000000u
#define ROWS_A_BATCH 500u
#define SCREEN 50u
#define SAMPLES 100000u

static atomic_bool done;
static int64_t storm_us;

static void add_batch(struct store *store, uint64_t number)
{
    static const char text[100] =
        "2026-11-24T12:00:00.008Z some words of a log line that is as long as a hundred bytes";
    store_begin(store);
    uint32_t function = store_function_index(store, STR("storm"), STR(""));
    for (uint64_t i = number; i < number + ROWS_A_BATCH; i++) {
        struct row row = {.invocation = i / 9 + 1,
                          .unix_ms = (int64_t)i,
                          .line = i,
                          .place = i * 101,
                          .function = function};
        store_add_row(store, &row, (struct str){text, sizeof text});
    }
    store_end(store);
}

static void *storm(void *store)
{
    int64_t began_us = clock_mono_us();
    for (uint64_t number = 0; number < ROWS; number += ROWS_A_BATCH)
        add_batch(store, number);
    storm_us = clock_mono_us() - began_us;
    atomic_store(&done, true);
    return NULL;
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int64_t read_screen(struct store *store, struct buf *text)
{
    static struct store_status status;
    uint64_t seqs[SCREEN];
    struct row rows[SCREEN];
    buf_clear(text);
    int64_t began_us = clock_mono_us();
    store_read_status(store, &status);
    for (uint64_t i = 0; i < SCREEN; i++)
        seqs[i] = status.end_row > i ? status.end_row - 1 - i : UINT64_MAX;
    store_read_rows(store, seqs, SCREEN, 500, rows, text);
    return clock_mono_us() - began_us;
}

int main(void)
{
    const struct store_limits limits = {192u << 20, 32u << 20, 10000, 0};
    struct store *store = store_new(&limits);
    struct buf text;
    buf_init(&text, 1u << 20);
    int64_t *samples = calloc(SAMPLES, sizeof *samples);
    size_t count = 0;
    pthread_t thread;
    if (pthread_create(&thread, NULL, storm, store) != 0)
        return 1;
    const struct timespec frame = {0, 2000000};
    while (!atomic_load(&done) && count < SAMPLES) {
        samples[count++] = read_screen(store, &text);
        nanosleep(&frame, NULL);
    }
    pthread_join(thread, NULL);
    qsort(samples, count, sizeof *samples, compare);
    printf("storm rows_s=%" PRId64 " n=%zu p50_us=%" PRId64 " p99_us=%" PRId64 " max_us=%" PRId64
           "\n",
           (int64_t)ROWS * 1000000 / storm_us, count, samples[count / 2], samples[count * 99 / 100],
           samples[count - 1]);
    free(samples);
    buf_release(&text);
    store_free(store);
    return 0;
}
