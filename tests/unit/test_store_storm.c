#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/unit/feed_helpers.h"

#include <pthread.h>

/* A million rows from one thread while another one reads what a screen would show. Each row
 * says its own number, and each invocation has nine rows and the class that its number gives. */

#define ROWS 1000000u
#define ROWS_A_BATCH 500u
#define ROWS_AN_INVOCATION 9u
#define SCREEN 50u
#define DEADLINE_MS 60000

static enum failure_class class_of(uint64_t invocation)
{
    return (enum failure_class)(invocation % FAILURE_CLASS_COUNT);
}

static void add_numbered_row(struct store *store, uint64_t number, uint32_t function)
{
    char text[100];
    uint64_t invocation = number / ROWS_AN_INVOCATION + 1;
    struct row row = {.invocation = invocation, .unix_ms = (int64_t)number, .line = number + 1, .function = function};
    int len = snprintf(text, sizeof text, "row %llu of a storm, with %.*s", (unsigned long long)number,
                       (int)(number % 50), "some words of any length from none to fifty bytes.");
    store_add_row(store, &row, (struct str){text, (size_t)len});
    if (number % ROWS_AN_INVOCATION == ROWS_AN_INVOCATION - 1) {
        struct invocation inv = verdict(invocation, class_of(invocation), (int64_t)number);
        store_add_invocation(store, &inv, function);
    }
}

static void *storm(void *ctx)
{
    struct store *store = ctx;
    for (uint64_t number = 0; number < ROWS;) {
        store_begin(store);
        uint32_t function = store_function_index(store, STR("storm"), STR(""));
        for (unsigned i = 0; i < ROWS_A_BATCH; i++)
            add_numbered_row(store, number++, function);
        store_end(store);
    }
    store_begin(store);
    store_put_done(store, true);
    store_end(store);
    return NULL;
}

static void check_screen(const struct row *rows, struct str text)
{
    char start[40];
    for (size_t i = 0; i < SCREEN; i++) {
        if (rows[i].seq == UINT64_MAX)
            continue; /* fell out meanwhile */
        int len = snprintf(start, sizeof start, "row %llu of", (unsigned long long)rows[i].seq);
        assert_true(str_starts(text, (struct str){start, (size_t)len}));
        assert_true(rows[i].line == rows[i].seq + 1);
        assert_true(rows[i].class == FAILURE_NONE || rows[i].class == class_of(rows[i].invocation));
        text = str_from(text, rows[i].len);
    }
    assert_int_equal(text.len, 0);
}

static void read_screen(struct store *store, uint64_t end_row, uint64_t step, struct buf *text)
{
    uint64_t seqs[SCREEN];
    struct row rows[SCREEN];
    for (uint64_t i = 0; i < SCREEN; i++)
        seqs[i] = end_row > i * step ? end_row - 1 - i * step : UINT64_MAX;
    buf_clear(text);
    store_read_rows(store, seqs, SCREEN, 200, rows, text);
    check_screen(rows, buf_str(text));
}

static void read_others(struct store *store, const struct store_status *status)
{
    struct invocation inv;
    struct invocation_brief briefs[SCREEN];
    struct function_row function;
    size_t count = store_read_briefs(store, status->first_invocation, SCREEN, briefs);
    for (size_t i = 0; i < count; i++)
        assert_true(briefs[i].class == class_of(briefs[i].seq));
    if (store_read_invocation(store, status->end_invocation - 1, &inv))
        assert_true(inv.class == class_of(inv.seq));
    if (store_read_function(store, 0, &function))
        assert_true(function.invocations >= status->invocations);
}

/* Reads on each wake-up until the storm is over; a lost wake-up ends in the deadline. */
static void read_until_done(struct store *store)
{
    static struct store_status status;
    struct buf text;
    buf_init(&text, 1u << 20);
    uint64_t generation = 0;
    while (!status.done) {
        struct pollfd fd = {.fd = store_wake_fd(store), .events = POLLIN};
        assert_int_equal(poll(&fd, 1, DEADLINE_MS), 1);
        store_wake_ack(store);
        store_read_status(store, &status);
        assert_true(status.generation >= generation && status.first_row <= status.end_row);
        generation = status.generation;
        read_screen(store, status.end_row, 1, &text);
        read_screen(store, status.end_row, 97, &text);
        read_others(store, &status);
    }
    assert_int_equal(status.end_row, ROWS);
    assert_int_equal(status.invocations, ROWS / ROWS_AN_INVOCATION);
    buf_release(&text);
}

static void a_reader_in_a_storm_sees_whole_rows_and_the_end(void **state)
{
    (void)state;
    static const size_t sizes[] = {512u << 10, 8u << 20};
    for (size_t i = 0; i < 2; i++) { /* one that wraps all the time, and one that seldom does */
        const struct store_limits limits = {sizes[i], sizes[i], 10, 0};
        struct store *store = store_new(&limits);
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, storm, store), 0);
        read_until_done(store);
        pthread_join(thread, NULL);
        store_free(store);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_reader_in_a_storm_sees_whole_rows_and_the_end)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
