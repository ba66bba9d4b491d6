#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "src/feed/fetch.h"
#include "src/feed/past.h"
#include "src/source/logfile.h"
#include "tests/unit/capture.h"
#include "tests/unit/feed_helpers.h"

/* Logs larger than the ring, through the thread that fills it: what left comes back in windows
 * and is, row by row, what a ring that holds all of it has. */

#define DEADLINE_MS 20000
#define LINES 30000u

static const struct store_limits large = {.text_bytes = 64u << 20, .invocation_bytes = 8u << 20, .functions = 100};
static const struct store_limits small = {
    .text_bytes = 1u << 20, .invocation_bytes = 8u << 20, .functions = 100, .past_bytes = 2u << 20};

struct console { /* what the console has of the engine */
    struct store *store;
    struct fetch *fetch;
    struct store_status status;
    uint32_t id;
};

static void wait_change(struct console *c, int64_t end_ms)
{
    assert_true(clock_mono_ms() < end_ms);
    struct pollfd fd = {.fd = store_wake_fd(c->store), .events = POLLIN};
    poll(&fd, 1, (int)(end_ms - clock_mono_ms()));
    store_wake_ack(c->store);
    store_read_status(c->store, &c->status);
}

static void open_console(struct console *c, const char *const *paths, size_t count, const struct store_limits *limits)
{
    struct logfile_options options = {.paths = paths, .count = count, .window = {TIME_NONE, TIME_NONE}};
    struct source *source;
    struct err err = {0};
    *c = (struct console){.store = store_new(limits)};
    if (!logfile_open(&source, &options, &err) || !fetch_start(&c->fetch, c->store, source, limits, &err))
        fail_msg("%s", err.text);
    int64_t end_ms = clock_mono_ms() + DEADLINE_MS;
    store_read_status(c->store, &c->status);
    while (!c->status.done)
        wait_change(c, end_ms);
}

static void close_console(struct console *c)
{
    fetch_stop(c->fetch);
    store_free(c->store);
}

static struct window_status answer_of(struct console *c, const struct request *request)
{
    const struct window_status *window = &c->status.windows[WINDOW_SHOWN];
    int64_t end_ms = clock_mono_ms() + DEADLINE_MS;
    assert_true(inbox_give(fetch_inbox(c->fetch), request));
    while (window->id != c->id)
        wait_change(c, end_ms);
    return *window;
}

static struct window_status ask(struct console *c, uint64_t first, uint64_t row, uint64_t end)
{
    const struct request request = {
        .kind = REQUEST_ROWS, .rows = {first, row, end, TIME_NONE, ++c->id, WINDOW_SHOWN}};
    return answer_of(c, &request);
}

static void read_one(struct store *store, uint64_t seq, struct row *row, struct buf *text)
{
    buf_clear(text);
    store_read_rows(store, &seq, 1, ROW_TEXT_MAX, row, text);
}

static void check_row(struct store *all, struct store *some, uint64_t seq, bool whole)
{
    struct row a, b;
    struct buf text_a, text_b;
    buf_init(&text_a, ROW_TEXT_MAX);
    buf_init(&text_b, ROW_TEXT_MAX);
    read_one(all, seq, &a, &text_a);
    read_one(some, seq, &b, &text_b);
    assert_int_equal(a.seq, seq);
    assert_int_equal(b.seq, seq);
    assert_int_equal(text_a.len, text_b.len);
    assert_memory_equal(text_a.at, text_b.at, text_a.len);
    assert_true(a.line == b.line && a.place == b.place && a.unix_ms == b.unix_ms && a.input == b.input);
    assert_true(a.continues == b.continues && a.full_len == b.full_len);
    assert_true(a.function == b.function && a.stream == b.stream);
    if (whole)
        assert_true(a.invocation == b.invocation && a.kind == b.kind && a.class == b.class);
    else
        assert_true(b.invocation == 0 && b.kind == LINE_APP);
    buf_release(&text_a);
    buf_release(&text_b);
}

/* All that left, window by window. */
static void check_all(struct console *all, struct console *some, bool whole)
{
    uint64_t seq = some->status.first_again;
    assert_true(some->status.first_row > LINES / 4);
    assert_true(some->status.window_rows > 100);
    while (seq < some->status.first_row) {
        struct window_status w = ask(some, seq, seq, seq + some->status.window_rows);
        if (w.failed)
            fail_msg("%s", some->status.window_trouble.text);
        assert_int_equal(w.first, seq);
        assert_true(w.end > seq);
        for (; seq < w.end; seq++)
            check_row(all->store, some->store, seq, whole);
    }
}

static char log_text[LINES * 160];

static size_t raw_log(void)
{
    size_t len = 0;
    for (unsigned i = 0; i < LINES / 5; i++)
        len += (size_t)snprintf(log_text + len, sizeof log_text - len,
                                "START RequestId: %08x-0000-4000-8000-000000000000 Version: $LATEST\n"
                                "2026-11-24T14:00:01.%03uZ\t%08x-0000-4000-8000-000000000000\tINFO\tloading order %u\n"
                                "[ERROR] ValueError: order %u\n"
                                "END RequestId: %08x-0000-4000-8000-000000000000\n"
                                "REPORT RequestId: %08x-0000-4000-8000-000000000000\tDuration: 12.00 ms\t"
                                "Billed Duration: 12 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\n",
                                i, i % 1000, i, i, i, i, i);
    return len;
}

/* Behind a time and a stream; `step` and `from`: two such files interleave. */
static size_t stamped_log(unsigned from, unsigned step)
{
    size_t len = 0;
    for (unsigned i = from; i < LINES; i += step)
        len += (size_t)snprintf(log_text + len, sizeof log_text - len,
                                "2026-11-24T14:%02u:%02u.%03uZ 2026/11/24/[$LATEST]%02x INFO message %u of stream %u\n",
                                i / 60000, i / 1000 % 60, i % 1000, i / 7 % 3, i, i / 7 % 3);
    return len;
}

/* Events of several lines each. */
static size_t json_log(void)
{
    size_t len = (size_t)snprintf(log_text, sizeof log_text, "{\"events\":[");
    for (unsigned i = 0; i < LINES / 3; i++)
        len += (size_t)snprintf(log_text + len, sizeof log_text - len,
                                "%s{\"logStreamName\":\"2026/11/24/[$LATEST]%u\",\"timestamp\":%llu,\"message\":"
                                "\"[ERROR] KeyError: %u\\n  File \\\"app.py\\\", line 1, in \\u00fcber-%060u\\n\\tlast\"}",
                                i ? "," : "", i / 50 % 4, 1795529040000ULL + i, i, i);
    return len + (size_t)snprintf(log_text + len, sizeof log_text - len, "]}");
}

static void check_files(const char *const *paths, size_t count)
{
    struct console all, some;
    open_console(&all, paths, count, &large);
    open_console(&some, paths, count, &small);
    assert_int_equal(all.status.first_row, 0);
    assert_int_equal(all.status.end_row, some.status.end_row);
    assert_int_equal(some.status.first_again, 0);
    check_all(&all, &some, true);
    close_console(&some);
    close_console(&all);
}

static void raw_lines_come_back_with_their_invocations(void **state)
{
    (void)state;
    const char *path = temp_file("raw.log", log_text, raw_log());
    check_files(&path, 1);
}

static void several_lines_of_one_event_come_back(void **state)
{
    (void)state;
    const char *path = temp_file("page.json", log_text, json_log());
    check_files(&path, 1);
}

static void merged_files_come_back_in_the_order_they_were_merged(void **state)
{
    (void)state;
    const char *paths[2];
    paths[0] = temp_file("even.log", log_text, stamped_log(0, 2));
    paths[1] = temp_file("odd.log", log_text, stamped_log(1, 2));
    check_files(paths, 2);
}

static void a_window_holds_the_row_that_is_asked_for_and_its_neighbours(void **state)
{
    struct console all, some;
    (void)state;
    const char *path = temp_file("around.log", log_text, raw_log());
    open_console(&all, &path, 1, &large);
    open_console(&some, &path, 1, &small);
    uint64_t row = some.status.first_row / 2, half = some.status.window_rows / 2;
    struct window_status w = ask(&some, row - half, row, row + half);
    assert_true(!w.failed && w.first <= row - 100 && w.end > row + 100);
    /* Much more than fits: the row is among them all the same, and rows after it. */
    w = ask(&some, 0, row, some.status.first_row);
    assert_true(!w.failed && w.first > 0 && w.first < row - 100 && w.end > row + 100);
    check_row(all.store, some.store, row, true);
    /* Backwards: the end is in it. */
    w = ask(&some, row - 4 * half, row - 1, row);
    assert_true(!w.failed && w.end == row && w.first < row - half);
    struct row heads[8];
    assert_int_equal(store_read_row_heads(some.store, row - 3, 8, heads), 3); /* the window's end ends it */
    assert_int_equal(heads[2].seq, row - 1);
    close_console(&some);
    close_console(&all);
}

static void rows_are_found_by_their_time(void **state)
{
    struct console some;
    struct row row;
    struct buf text;
    (void)state;
    const char *path = temp_file("time.log", log_text, stamped_log(0, 1));
    open_console(&some, &path, 1, &small);
    buf_init(&text, ROW_TEXT_MAX);
    read_one(some.store, some.status.first_row, &row, &text);
    int64_t first_unix_ms = row.unix_ms - (int64_t)row.seq; /* a line a millisecond */
    static const uint64_t rows[] = {0, 1, 1023, 1024, 5000, 9999};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct request request = {
            .kind = REQUEST_ROWS,
            .rows = {.end = some.status.window_rows, .unix_ms = first_unix_ms + (int64_t)rows[i],
                     .id = ++some.id, .window = WINDOW_SHOWN}};
        assert_true(rows[i] < some.status.first_row);
        struct window_status w = answer_of(&some, &request);
        assert_true(!w.failed && w.first <= rows[i] && w.end > rows[i]);
    }
    buf_release(&text);
    close_console(&some);
}

static void what_is_kept_is_thinned_before_it_is_given_up(void **state)
{
    struct console all, some;
    (void)state;
    const char *path = temp_file("thin.log", log_text, raw_log());
    struct store_limits thin = small;
    thin.past_bytes = 5000;
    open_console(&all, &path, 1, &large);
    open_console(&some, &path, 1, &thin);
    assert_int_equal(some.status.first_again, 0);
    struct window_status w = ask(&some, 0, 0, 1000);
    if (w.failed)
        fail_msg("%s", some.status.window_trouble.text);
    assert_int_equal(w.end, 1000);
    for (uint64_t seq = 0; seq < 1000; seq++)
        check_row(all.store, some.store, seq, false);
    close_console(&some);
    thin.past_bytes = 600;
    open_console(&some, &path, 1, &thin);
    assert_true(some.status.first_again > 0 && some.status.first_again < some.status.end_row);
    w = ask(&some, 0, 0, 10);
    assert_true(w.failed);
    close_console(&some);
    close_console(&all);
}

static void a_file_that_changed_gives_no_rows(void **state)
{
    struct console some;
    (void)state;
    size_t len = raw_log();
    const char *path = temp_file("changed.log", log_text, len);
    open_console(&some, &path, 1, &small);
    memset(log_text + 1000, 'x', 200000);
    temp_file("changed.log", log_text, len); /* the same file, other lines */
    struct window_status w = ask(&some, 500, 500, 2500);
    assert_true(w.failed);
    assert_non_null(strstr(some.status.window_trouble.text, "changed"));
    close_console(&some);
}

static void a_log_that_fits_keeps_nothing(void **state)
{
    struct store *store = store_new(&large);
    struct past *past = past_new(store, NULL, 1u << 20);
    (void)state;
    add_row(store, 0, STR("one"));
    past_keep_up(past);
    assert_int_equal(past_end(past), 0);
    assert_int_equal(past_bytes(past), 0);
    past_free(past);
    store_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(raw_lines_come_back_with_their_invocations),
        cmocka_unit_test(several_lines_of_one_event_come_back),
        cmocka_unit_test(merged_files_come_back_in_the_order_they_were_merged),
        cmocka_unit_test(a_window_holds_the_row_that_is_asked_for_and_its_neighbours),
        cmocka_unit_test(rows_are_found_by_their_time),
        cmocka_unit_test(what_is_kept_is_thinned_before_it_is_given_up),
        cmocka_unit_test(a_file_that_changed_gives_no_rows),
        cmocka_unit_test(a_log_that_fits_keeps_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
