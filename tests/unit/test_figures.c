#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "src/feed/figures.h"
#include "src/feed/recordpack.h"
#include "src/feed/rowpack.h"

#define MS 1000000LL /* nanoseconds */

static void a_percentile_is_within_five_percent(void **state)
{
    (void)state;
    static const int64_t bases_ns[] = {20 * 1000, MS, 45 * MS, 3003 * MS, 30012 * MS, 900000 * MS};
    for (size_t i = 0; i < sizeof bases_ns / sizeof *bases_ns; i++) {
        struct histogram h = {0};
        for (int64_t step = 1; step <= 100; step++)
            histogram_add(&h, bases_ns[i] / 100 * step);
        int64_t p95 = histogram_percentile(&h, 95), exact = bases_ns[i] / 100 * 95;
        assert_true(p95 * 100 >= exact * 95 && p95 * 100 <= exact * 105);
    }
}

static void what_was_added_and_removed_leaves_no_percentile(void **state)
{
    (void)state;
    struct histogram h = {0};
    assert_int_equal(histogram_percentile(&h, 95), ABSENT);
    histogram_add(&h, ABSENT);
    assert_int_equal(histogram_percentile(&h, 95), ABSENT);
    histogram_add(&h, 45 * MS);
    assert_int_not_equal(histogram_percentile(&h, 95), ABSENT);
    histogram_remove(&h, 45 * MS);
    assert_int_equal(histogram_percentile(&h, 95), ABSENT);
    histogram_add(&h, 0);
    histogram_add(&h, INT64_MAX);
    assert_true(histogram_percentile(&h, 100) > 900000 * MS);
    assert_true(histogram_percentile(&h, 1) < MS);
}

/* Counts in a plain list what the buckets should hold. */
static void series_add(struct timescale *scale, struct series *series, int64_t unix_ms)
{
    struct timescale before = *scale;
    if (timescale_cover(scale, unix_ms))
        series_rescale(series, &before, scale);
    int index = timescale_index(scale, unix_ms);
    assert_in_range(index, 0, SPARK_BUCKETS - 1);
    series->all[index]++;
}

static void check_counts(const struct timescale *scale, const struct series *series, const int64_t *times,
                         size_t count)
{
    uint32_t expected[SPARK_BUCKETS] = {0};
    for (size_t i = 0; i < count; i++)
        expected[timescale_index(scale, times[i])]++;
    for (int i = 0; i < SPARK_BUCKETS; i++)
        assert_int_equal(series->all[i], expected[i]);
}

static void the_width_doubles_and_no_count_is_lost_or_moved(void **state)
{
    (void)state;
    enum { COUNT = 400 };
    int64_t times[COUNT], width = 1000;
    struct timescale scale = {0};
    struct series series = {0};
    for (size_t i = 0; i < COUNT; i++) { /* later and later, and every third one before all others */
        int64_t away = (int64_t)i * (int64_t)i * 97;
        times[i] = i % 3 == 2 ? 1000000 - away : 1000000 + away;
        series_add(&scale, &series, times[i]);
        assert_true(scale.width_ms == width || scale.width_ms % (2 * width) == 0);
        width = scale.width_ms;
        check_counts(&scale, &series, times, i + 1);
    }
    assert_true(width > 500000);
}

static void instants_before_1970_and_far_apart_are_covered(void **state)
{
    (void)state;
    struct timescale scale = {0};
    struct series series = {0};
    static const int64_t times[] = {-1, 0, -5000, 253402300799999, INT64_MIN + 1, INT64_MAX};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        series_add(&scale, &series, times[i]);
    check_counts(&scale, &series, times, sizeof times / sizeof *times);
    assert_int_equal(timescale_index(&scale, TIME_NONE), -1);
}

static void the_newest_bucket_is_shown_last_and_large_counts_are_halved(void **state)
{
    (void)state;
    struct timescale scale = {.width_ms = 1000, .first_bucket = 100, .newest_bucket = 102};
    uint32_t counts[SPARK_BUCKETS] = {200000, 10, 65535};
    uint16_t out[SPARK_BUCKETS];
    series_read(counts, &scale, out);
    assert_int_equal(out[SPARK_BUCKETS - 3], 50000);
    assert_int_equal(out[SPARK_BUCKETS - 2], 2);
    assert_int_equal(out[SPARK_BUCKETS - 1], 16383);
    for (int i = 0; i < SPARK_BUCKETS - 3; i++)
        assert_int_equal(out[i], 0);
}

/* ---- row heads ---- */

static void check_same(const struct row *a, const struct row *b)
{
    assert_true(a->seq == b->seq && a->invocation == b->invocation && a->line == b->line && a->place == b->place);
    assert_true(a->unix_ms == b->unix_ms && a->input == b->input && a->function == b->function);
    assert_true(a->len == b->len && a->full_len == b->full_len && a->stream == b->stream);
    assert_true(a->kind == b->kind && a->continues == b->continues && a->late == b->late);
}

static void a_row_head_reads_as_written_whatever_its_numbers(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {.unix_ms = TIME_NONE},
        {.unix_ms = 1795528800000, .invocation = 7, .line = 12, .place = 999, .len = 5, .full_len = 5, .kind = 3},
        {.unix_ms = INT64_MAX, .invocation = UINT64_MAX, .line = UINT64_MAX, .place = UINT64_MAX,
         .input = UINT32_MAX, .function = UINT32_MAX, .len = 4, .full_len = UINT32_MAX, .stream = UINT16_MAX,
         .kind = 12, .continues = true, .late = true},
        {.unix_ms = INT64_MIN + 1, .function = 9999, .stream = 3, .continues = true},
        {.unix_ms = 0, .seq = 70, .invocation = 1, .line = 1, .late = true},
        {.unix_ms = 0, .seq = 71, .invocation = 1, .line = 2, .late = true},
    };
    enum { COUNT = sizeof rows / sizeof *rows };
    for (size_t base = 0; base <= COUNT; base++)
        for (size_t i = 0; i < COUNT; i++) {
            char record[ROWPACK_MAX + 8];
            const struct row *from = base < COUNT ? &rows[base] : NULL;
            size_t head = rowpack_write(&rows[i], from, 1000 * i, record);
            assert_true(head <= ROWPACK_MAX);
            struct row read;
            struct str text;
            rowpack_read((struct str){record, head + rows[i].len}, rows[i].seq, from, 1000 * i, &read, &text);
            assert_ptr_equal(text.at, record + head);
            check_same(&read, &rows[i]);
            assert_int_equal(read.class, FAILURE_NONE);
        }
}

/* ---- records ---- */

static void check_record(struct str record, struct str dictionary, size_t most)
{
    static char packed[RECORD_PACKED_MAX + 1], read[RECORD_MAX];
    packed[RECORD_PACKED_MAX] = 0x55;
    size_t len = recordpack_write(record, dictionary, packed);
    assert_true(len <= most && len <= RECORD_PACKED_MAX);
    assert_int_equal(packed[RECORD_PACKED_MAX], 0x55);
    assert_int_equal(recordpack_read(packed, dictionary, read), record.len);
    if (record.len > 0)
        assert_memory_equal(read, record.at, record.len);
}

static void a_record_reads_as_written_whatever_its_bytes_and_its_dictionary(void **state)
{
    (void)state;
    static char bytes[2 * RECORD_MAX];
    uint32_t random = 1;
    for (unsigned kinds = 1; kinds <= 256; kinds *= 4) { /* all alike up to all different */
        for (size_t i = 0; i < sizeof bytes; i++) {
            random = random * 1664525u + 1013904223u;
            bytes[i] = (char)((random >> 24) % kinds);
        }
        static const size_t lens[] = {0, 1, 3, 4, 5, 14, 15, 16, 19, 270, 274, 275, 600, RECORD_MAX};
        for (size_t i = 0; i < sizeof lens / sizeof *lens; i++)
            for (size_t d = 0; d < sizeof lens / sizeof *lens; d++)
                check_record((struct str){bytes, lens[i]}, (struct str){bytes + 1000, lens[d]}, SIZE_MAX);
    }
}

static void a_record_like_its_dictionary_takes_a_few_bytes(void **state)
{
    (void)state;
    char dictionary[600], record[600];
    for (size_t i = 0; i < sizeof record; i++)
        dictionary[i] = record[i] = (char)(i * i >> 3);
    record[100]++;
    check_record((struct str){record, sizeof record}, (struct str){dictionary, sizeof dictionary}, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_percentile_is_within_five_percent),
        cmocka_unit_test(what_was_added_and_removed_leaves_no_percentile),
        cmocka_unit_test(the_width_doubles_and_no_count_is_lost_or_moved),
        cmocka_unit_test(instants_before_1970_and_far_apart_are_covered),
        cmocka_unit_test(the_newest_bucket_is_shown_last_and_large_counts_are_halved),
        cmocka_unit_test(a_row_head_reads_as_written_whatever_its_numbers),
        cmocka_unit_test(a_record_reads_as_written_whatever_its_bytes_and_its_dictionary),
        cmocka_unit_test(a_record_like_its_dictionary_takes_a_few_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
