#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "src/feed/ring.h"

#define BLOCK 1024u

/* The same sequence in every run. */
static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static size_t model_len(uint64_t number)
{
    uint32_t state = (uint32_t)number * 2654435761u + 1;
    uint32_t random = next_random(&state);
    return random % 16 == 0 ? random % (BLOCK - 3) : random % 60;
}

static char model_byte(uint64_t number, size_t at)
{
    return (char)(number * 31 + at * 7);
}

static void add_model_record(struct ring *ring, uint64_t number)
{
    char *at = ring_add(ring, model_len(number));
    assert_non_null(at);
    assert_int_equal(ring->end, number + 1);
    for (size_t i = 0; i < model_len(number); i++)
        at[i] = model_byte(number, i);
}

static void check_model_record(const struct ring *ring, uint64_t number)
{
    struct ring_record record;
    assert_true(ring_find(ring, number, &record));
    assert_int_equal(record.len, model_len(number));
    for (size_t i = 0; i < record.len; i++)
        assert_int_equal(record.at[i], model_byte(number, i));
}

static void records_of_any_size_read_as_written_however_often_the_ring_wrapped(void **state)
{
    (void)state;
    struct ring ring;
    ring_init(&ring, 8 * (BLOCK + sizeof(struct ring_block)), BLOCK);
    for (uint64_t number = 0; number < 3000; number++) {
        add_model_record(&ring, number);
        for (uint64_t held = ring_first(&ring); held < ring.end; held++)
            check_model_record(&ring, held);
    }
    assert_true(ring_first(&ring) > 2000);
    ring_release(&ring);
}

static void what_fell_out_and_what_never_was_is_not_found(void **state)
{
    (void)state;
    struct ring ring;
    struct ring_record record;
    size_t len;
    ring_init(&ring, 2 * BLOCK, BLOCK);
    assert_false(ring_find(&ring, 0, &record));
    assert_int_equal(ring_first(&ring), 0);
    for (uint64_t number = 0; number < 500; number++)
        add_model_record(&ring, number);
    uint64_t first = ring_first(&ring);
    assert_in_range(first, 1, 499);
    assert_false(ring_find(&ring, first - 1, &record));
    assert_false(ring_find(&ring, 500, &record));
    assert_false(ring_find(&ring, UINT64_MAX, &record));
    assert_null(ring_change(&ring, first - 1, &len));
    assert_true(ring_find(&ring, first, &record));
    ring_release(&ring);
}

static void a_record_as_long_as_a_block_fits_and_a_longer_one_is_refused(void **state)
{
    (void)state;
    struct ring ring;
    struct ring_record record;
    ring_init(&ring, 2 * BLOCK, BLOCK);
    assert_non_null(ring_add(&ring, BLOCK - 3));
    assert_null(ring_add(&ring, BLOCK - 2));
    assert_int_equal(ring.end, 1);
    assert_non_null(ring_add(&ring, 0));
    assert_true(ring_find(&ring, 0, &record));
    assert_int_equal(record.len, BLOCK - 3);
    assert_true(ring_find(&ring, 1, &record));
    assert_int_equal(record.len, 0);
    ring_release(&ring);
}

static void every_record_knows_the_first_of_its_block(void **state)
{
    (void)state;
    struct ring ring;
    struct ring_record record;
    ring_init(&ring, 4 * (BLOCK + sizeof(struct ring_block)), BLOCK);
    const char *begun_with = NULL;
    for (int i = 0; i < 200; i++) {
        bool begins = ring_begins_block(&ring, 40);
        memset(ring_add(&ring, 40), i, 40);
        assert_true(ring_find(&ring, (uint64_t)i, &record));
        if (begins)
            begun_with = record.at;
        assert_ptr_equal(record.first_at, begun_with);
        assert_int_equal(record.first_len, 40);
    }
    ring_begin_block(&ring);
    ring_add(&ring, 3);
    assert_true(ring_find(&ring, 200, &record));
    assert_ptr_equal(record.first_at, record.at);
    ring_release(&ring);
}

static void used_bytes_are_those_of_the_records_held(void **state)
{
    (void)state;
    struct ring ring;
    ring_init(&ring, 3 * (BLOCK + sizeof(struct ring_block)), BLOCK);
    for (uint64_t number = 0; number < 1000; number++) {
        add_model_record(&ring, number);
        size_t bytes = 0;
        for (uint64_t held = ring_first(&ring); held < ring.end; held++)
            bytes += model_len(held) + 3;
        assert_int_equal(ring.used_bytes, bytes);
        assert_true(bytes <= 3 * BLOCK);
    }
    ring_release(&ring);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_of_any_size_read_as_written_however_often_the_ring_wrapped),
        cmocka_unit_test(what_fell_out_and_what_never_was_is_not_found),
        cmocka_unit_test(a_record_as_long_as_a_block_fits_and_a_longer_one_is_refused),
        cmocka_unit_test(every_record_knows_the_first_of_its_block),
        cmocka_unit_test(used_bytes_are_those_of_the_records_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
