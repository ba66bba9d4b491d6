#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/unit/feed_helpers.h"

#define MS 1000000LL

static struct row read_row(struct store *store, uint64_t seq, struct buf *text)
{
    struct row row;
    buf_clear(text);
    store_read_rows(store, &seq, 1, ROW_TEXT_MAX, &row, text);
    return row;
}

static struct store_status read_status(struct store *store)
{
    static struct store_status status;
    store_read_status(store, &status);
    return status;
}

/* ---- rows ---- */

static void a_row_reads_as_it_was_added(void **state)
{
    (void)state;
    struct store *store = small_store();
    struct buf text;
    buf_init(&text, 1u << 20);
    struct row row = {.unix_ms = 1795528800123, .line = 7, .place = 900, .input = 2, .kind = LINE_REPORT,
                      .continues = true, .late = true, .stream = 4, .function = 3};
    store_begin(store);
    for (int i = 0; i < 3; i++, row.line++)
        store_add_row(store, &row, STR("REPORT RequestId: x\0y"));
    store_end(store);
    struct row read = read_row(store, 1, &text);
    assert_true(read.seq == 1 && read.line == 8 && read.place == 900 && read.input == 2);
    assert_true(read.unix_ms == 1795528800123 && read.kind == LINE_REPORT && read.continues && read.late);
    assert_true(read.stream == 4 && read.function == 3 && read.len == 21 && read.full_len == 21);
    assert_true(str_eq(buf_str(&text), STR("REPORT RequestId: x\0y")));
    buf_release(&text);
    store_free(store);
}

static void a_long_row_is_cut_at_a_character_and_keeps_its_length(void **state)
{
    (void)state;
    struct store *store = small_store();
    struct buf text, long_text;
    buf_init(&text, 1u << 20);
    buf_init(&long_text, 1u << 20);
    buf_add_char(&long_text, 'x');
    while (long_text.len < ROW_TEXT_MAX + 100)
        buf_add(&long_text, STR("\xE2\x82\xAC"));
    add_row(store, 0, buf_str(&long_text));
    struct row read = read_row(store, 0, &text);
    assert_int_equal(read.full_len, long_text.len);
    assert_int_equal(read.len, ROW_TEXT_MAX); /* 1 + 3 times 21,845 */
    struct row head;
    buf_clear(&text);
    store_read_rows(store, &(uint64_t){0}, 1, 6, &head, &text);
    assert_int_equal(head.len, 4);
    assert_memory_equal(text.at, "x\xE2\x82\xAC", 4);
    buf_release(&text);
    buf_release(&long_text);
    store_free(store);
}

static void rows_that_fell_out_are_gone_and_counted(void **state)
{
    (void)state;
    struct store *store = small_store();
    struct buf text;
    buf_init(&text, 1u << 20);
    char line[100];
    for (unsigned i = 0; i < 30000; i++) {
        snprintf(line, sizeof line, "row %u and some words to fill the ring", i);
        add_row(store, 0, str_of(line));
    }
    struct store_status status = read_status(store);
    assert_true(status.first_row > 0 && status.end_row == 30000 && status.rows_dropped == status.first_row);
    assert_true(status.ring_used_bytes <= 1u << 20);
    uint64_t seqs[] = {status.first_row - 1, status.first_row, 29999, 30000};
    struct row rows[4];
    store_read_rows(store, seqs, 4, 100, rows, &text);
    assert_true(rows[0].seq == UINT64_MAX && rows[3].seq == UINT64_MAX);
    snprintf(line, sizeof line, "row %u and some words to fill the ringrow 29999 and some words to fill the ring",
             (unsigned)status.first_row);
    assert_true(str_eq(buf_str(&text), str_of(line)));
    buf_release(&text);
    store_free(store);
}

static void row_heads_come_in_order_and_start_at_what_is_held(void **state)
{
    (void)state;
    struct store *store = small_store();
    enum { COUNT = 12000 };
    static struct row heads[COUNT];
    for (uint64_t i = 0; i < 40000; i++) {
        struct row row = row_of(0);
        row.line = i + 1;
        store_begin(store);
        store_add_row(store, &row, STR("some text that fills the ring so that it wraps, too"));
        store_end(store);
    }
    struct store_status status = read_status(store);
    assert_true(status.first_row > 0);
    size_t count = store_read_row_heads(store, 0, COUNT, heads);
    assert_int_equal(heads[0].seq, status.first_row);
    for (size_t i = 0; i < count; i++)
        assert_true(heads[i].seq == status.first_row + i && heads[i].line == heads[i].seq + 1);
    assert_int_equal(store_read_row_heads(store, 39998, COUNT, heads), 2);
    assert_int_equal(store_read_row_heads(store, 40000, COUNT, heads), 0);
    store_free(store);
}

static void a_text_buffer_at_its_ceiling_cuts_the_rows_and_allocates_nothing(void **state)
{
    (void)state;
    struct store *store = small_store();
    struct buf text;
    buf_init(&text, 10);
    add_row(store, 0, STR("12345678"));
    add_row(store, 0, STR("abcdefgh"));
    struct row rows[2];
    store_read_rows(store, (uint64_t[]){0, 1}, 2, 100, rows, &text);
    assert_true(rows[0].len == 8 && rows[1].len == 2);
    assert_true(str_eq(buf_str(&text), STR("12345678ab")));
    buf_release(&text);
    store_free(store);
}

/* The goal: 1,000,000 rows of 100 bytes in bytes times 1.25; here the part that rows take. */
static void a_row_costs_at_most_24_bytes_beside_its_text(void **state)
{
    (void)state;
    const struct store_limits limits = {16u << 20, 1u << 20, 10, 0};
    struct store *store = store_new(&limits);
    char line[100];
    memset(line, 'x', sizeof line);
    enum { ROWS = 100000 };
    for (uint64_t i = 0; i < ROWS; i++) {
        struct row row = {.unix_ms = 1795528800000 + (int64_t)i * 3, .line = i + 1, .place = i * 101,
                          .invocation = 1 + i / 9 + i % 40, .function = (uint32_t)(i % 12), .stream = (uint16_t)(i % 300)};
        store_begin(store);
        store_add_row(store, &row, (struct str){line, sizeof line});
        store_end(store);
    }
    struct store_status status = read_status(store);
    assert_int_equal(status.first_row, 0);
    assert_true(status.ring_used_bytes <= ROWS * (sizeof line + 24));
    store_free(store);
}

/* ---- invocations ---- */

static void rows_read_with_the_class_of_their_invocation_before_and_after_the_verdict(void **state)
{
    (void)state;
    struct store *store = small_store();
    struct buf text;
    buf_init(&text, 1000);
    add_row(store, 1, STR("START"));
    add_row(store, 2, STR("START of another"));
    assert_int_equal(read_row(store, 0, &text).class, FAILURE_NONE);
    struct invocation inv = verdict(1, FAILURE_TIMEOUT, 5000);
    inv.cold = 1;
    inv.memory_at_limit = 1;
    inv.slow = 0;
    inv.trace_id = put_text(&inv, STR("1-5e1b4151"));
    add_verdict(store, &inv, UINT32_MAX);
    add_row(store, 1, STR("a line that comes after the verdict"));
    for (uint64_t seq = 0; seq <= 2; seq += 2) {
        struct row row = read_row(store, seq, &text);
        assert_true(row.class == FAILURE_TIMEOUT && row.cold && row.at_limit && row.has_trace && !row.slow);
    }
    assert_int_equal(read_row(store, 1, &text).class, FAILURE_NONE);
    struct invocation_brief brief;
    assert_true(store_read_brief(store, 1, &brief));
    assert_true(brief.first_row == 0 && brief.last_row == 2);
    assert_false(store_read_brief(store, 2, &brief));
    buf_release(&text);
    store_free(store);
}

static void a_verdict_that_replaces_another_counts_once(void **state)
{
    (void)state;
    struct store *store = small_store();
    uint32_t function = add_function(store, "pay", "");
    struct function_row row;
    struct invocation inv = verdict(1, FAILURE_AMBIGUOUS, 1000000);
    inv.duration_ns = 45 * MS;
    add_verdict(store, &inv, function);
    inv.class = FAILURE_MEMORY;
    inv.cold = 1;
    inv.duration_ns = 90 * MS;
    inv.request_id = put_text(&inv, STR("a text that makes the record longer than it was"));
    add_verdict(store, &inv, function);
    add_verdict(store, &inv, function);
    struct store_status status = read_status(store);
    assert_true(status.invocations == 1 && status.open_invocations == 0);
    assert_true(status.by_class[FAILURE_AMBIGUOUS] == 0 && status.by_class[FAILURE_MEMORY] == 1);
    assert_true(store_read_function(store, function, &row));
    assert_true(row.invocations == 1 && row.failures == 1 && row.cold == 1);
    assert_true(row.by_class[FAILURE_MEMORY] == 1 && row.by_class[FAILURE_AMBIGUOUS] == 0);
    assert_in_range(row.p95_ns, 86 * MS, 94 * MS);
    assert_true(row.spark[SPARK_BUCKETS - 1] == 1 && row.spark_failed[SPARK_BUCKETS - 1] == 1);
    struct invocation read;
    assert_true(store_read_invocation(store, 1, &read));
    assert_true(str_eq(invocation_text(&read, read.request_id),
                       STR("a text that makes the record longer than it was")));
    store_free(store);
}

static void a_failure_that_is_taken_back_leaves_the_one_before_it(void **state)
{
    (void)state;
    struct store *store = small_store();
    uint32_t function = add_function(store, "pay", "");
    struct function_row row;
    struct invocation first = verdict(1, FAILURE_THROTTLE, 1000), second = verdict(2, FAILURE_MEMORY, 2000);
    add_verdict(store, &first, function);
    add_verdict(store, &second, function);
    assert_true(store_read_function(store, function, &row));
    assert_true(row.last_failure_class == FAILURE_MEMORY && row.last_failure_unix_ms == 2000);
    second.class = FAILURE_SUCCESS;
    add_verdict(store, &second, function);
    assert_true(store_read_function(store, function, &row));
    assert_true(row.last_failure_class == FAILURE_THROTTLE && row.last_failure_unix_ms == 1000);
    assert_true(row.last_activity_unix_ms == 2000 && row.failures == 1);
    store_free(store);
}

static void an_invocation_reads_back_with_its_evidence_and_texts(void **state)
{
    (void)state;
    struct store *store = small_store();
    for (unsigned evidence = 0; evidence <= INVOCATION_EVIDENCE; evidence += 4) {
        struct invocation inv = verdict(10 + evidence, FAILURE_EXCEPTION, 1000), read;
        memset(&read, 0x55, sizeof read);
        inv.evidence_count = (uint8_t)evidence;
        for (unsigned i = 0; i < evidence; i++)
            inv.evidence[i] = (struct evidence_item){.line = 100 + i, .fact = FACT_REPORT,
                                                     .text = put_text(&inv, STR("[ERROR] KeyError"))};
        inv.function = put_text(&inv, STR("pay"));
        inv.frames = 12;
        add_verdict(store, &inv, UINT32_MAX);
        assert_true(store_read_invocation(store, 10 + evidence, &read));
        assert_memory_equal(&read, &inv, offsetof(struct invocation, evidence));
        assert_memory_equal(read.evidence, inv.evidence, evidence * sizeof *inv.evidence);
        assert_true(str_eq(invocation_text(&read, read.function), STR("pay")));
        assert_int_equal(read.text_len, inv.text_len);
        assert_memory_equal(read.text, inv.text, inv.text_len);
    }
    store_free(store);
}

static void a_success_reads_back_as_long_as_its_rows_are_held_and_a_failure_longer(void **state)
{
    (void)state;
    const struct store_limits limits = {1u << 20, 4u << 20, 10, 0};
    struct store *store = store_new(&limits);
    static const enum failure_class classes[] = {FAILURE_SUCCESS, FAILURE_SUCCESS, FAILURE_TIMEOUT};
    struct invocation inv, read;
    for (uint64_t seq = 1; seq <= 3; seq++) { /* the first verdict comes before any of its rows */
        if (seq > 1)
            add_row(store, seq, STR("REPORT RequestId: 77cf43e0-7425-4380-98d0-35600e0aa3c0 Duration: 45.10 ms"));
        inv = verdict(seq, classes[seq - 1], 1000);
        inv.request_id = put_text(&inv, STR("77cf43e0-7425-4380-98d0-35600e0aa3c0"));
        add_verdict(store, &inv, 0);
        add_row(store, seq, STR("XRAY, a row that comes later"));
    }
    for (uint64_t seq = 1; seq <= 3; seq++) {
        assert_true(store_read_invocation(store, seq, &read));
        assert_true(str_eq(invocation_text(&read, read.request_id), STR("77cf43e0-7425-4380-98d0-35600e0aa3c0")));
    }
    while (read_status(store).first_row == 0)
        add_row(store, 4, STR("many rows, until the first ones fall out"));
    assert_true(store_read_invocation(store, 1, &read));
    assert_false(store_read_invocation(store, 2, &read));
    assert_true(store_read_invocation(store, 3, &read));
    assert_true(str_eq(invocation_text(&read, read.request_id), STR("77cf43e0-7425-4380-98d0-35600e0aa3c0")));
    store_free(store);
}

/* Kept as differences, in the slot or in front of the record: each value must come back. */
static void every_number_of_a_verdict_reads_back(void **state)
{
    struct store *store = small_store();
    static const int64_t gaps[] = {ABSENT, 0, 1, 999999, 1000000, 29870000000, 1000001, INT64_MAX, INT64_MAX / 1000000 * 1000000, -7};
    static const int64_t durations[] = {ABSENT, 0, 1, 45000000, 45000001, 900000000000, INT64_MAX};
    (void)state;
    for (uint64_t seq = 1; seq <= 70; seq++) {
        struct invocation inv = verdict(seq, seq % 2 ? FAILURE_SUCCESS : FAILURE_TIMEOUT, 1000), out;
        inv.last_line_gap_ns = gaps[seq % 10];
        inv.duration_ns = durations[seq % 7];
        inv.billed_ms = seq % 3 ? (int64_t)seq : ABSENT;
        inv.first_line = seq % 5 ? seq * 1000 : UINT64_MAX - 3;
        inv.last_line = seq % 4 ? inv.first_line + 9 : 0;
        inv.line_count = 10;
        inv.final = seq % 3 == 0;
        inv.ended = seq % 2 == 0;
        inv.cold = (int8_t)((int)(seq % 3) - 1);
        inv.slow = (int8_t)((int)(seq / 3 % 3) - 1);
        inv.confidence = (uint8_t)(seq % 3);
        inv.evidence_count = 2;
        inv.evidence[0] = (struct evidence_item){.line = inv.first_line + 4, .fact = FACT_REPORT};
        inv.evidence[1] = (struct evidence_item){.line = 0, .input = 3, .fact = FACT_REPORT};
        if (seq % 3 == 1)
            add_row(store, seq, STR("END RequestId: 1"));
        add_verdict(store, &inv, 0);
        if (seq % 3 == 2)
            add_row(store, seq, STR("a row that came after the verdict"));
        memset(&out, 0xAA, sizeof out);
        assert_true(store_read_invocation(store, seq, &out));
        assert_memory_equal(&out, &inv, offsetof(struct invocation, evidence) + 2 * sizeof inv.evidence[0]);
    }
    store_free(store);
}

static void members_that_share_a_text_read_back_however_long_it_is(void **state)
{
    (void)state;
    struct store *store = small_store();
    for (uint64_t seq = 1; seq <= 2; seq++) { /* the second one does not fit once each has its own */
        struct invocation inv = verdict(seq, FAILURE_EXCEPTION, 1000), read;
        char text[1000];
        memset(text, 'x', sizeof text);
        inv.exception_message = put_text(&inv, (struct str){text, seq == 1 ? 10 : sizeof text});
        inv.exception_type = put_text(&inv, STR("KeyError"));
        inv.last_text = inv.status = inv.error_type = inv.exception_message;
        add_verdict(store, &inv, 0);
        assert_true(store_read_invocation(store, seq, &read));
        assert_true(str_eq(invocation_text(&read, read.exception_type), STR("KeyError")));
        assert_true(str_eq(invocation_text(&read, read.last_text), invocation_text(&inv, inv.last_text)));
        assert_true(str_eq(invocation_text(&read, read.status), invocation_text(&inv, inv.last_text)));
    }
    store_free(store);
}

static void old_invocations_fall_out_and_stay_in_the_figures(void **state)
{
    (void)state;
    struct store *store = small_store();
    enum { COUNT = 60000, TOO_LATE = COUNT - 10000 };
    uint32_t function = add_function(store, "pay", "");
    for (uint64_t seq = 1; seq <= COUNT; seq++) {
        struct invocation inv = verdict(seq, seq % 10 ? FAILURE_SUCCESS : FAILURE_CRASH, (int64_t)seq);
        add_row(store, seq, STR("x"));
        if (seq != TOO_LATE)
            add_verdict(store, &inv, function);
    }
    struct store_status status = read_status(store);
    assert_true(status.invocations == COUNT - 1 && status.by_class[FAILURE_CRASH] == COUNT / 10 - 1);
    assert_int_equal(status.open_invocations, 0);
    struct invocation inv;
    struct invocation_brief brief;
    assert_true(status.first_invocation > 1 && status.end_invocation == COUNT + 1);
    assert_false(store_read_brief(store, status.first_invocation - 1, &brief));
    assert_true(store_read_brief(store, status.first_invocation, &brief));
    assert_int_equal(brief.seq, status.first_invocation);
    assert_false(store_read_invocation(store, 1, &inv));
    assert_true(store_read_invocation(store, COUNT, &inv));
    struct invocation late = verdict(TOO_LATE, FAILURE_CRASH, TOO_LATE);
    for (int i = 0; i < 2; i++) /* too late to be kept; it counts, and counts once */
        add_verdict(store, &late, function);
    assert_false(store_read_invocation(store, TOO_LATE, &inv));
    status = read_status(store);
    assert_true(status.invocations == COUNT && status.by_class[FAILURE_CRASH] == COUNT / 10);
    struct function_row row;
    assert_true(store_read_function(store, function, &row));
    assert_true(row.invocations == COUNT && row.failures == COUNT / 10);
    store_free(store);
}

static void the_marks_of_rows_outlive_the_briefs(void **state)
{
    (void)state;
    struct store *store = small_store();
    struct buf text;
    buf_init(&text, 1000);
    enum { COUNT = 10000 };
    for (uint64_t seq = 1; seq <= COUNT; seq++) {
        struct invocation inv = verdict(seq, FAILURE_DOWNSTREAM, TIME_NONE);
        add_row(store, seq, STR("x"));
        add_verdict(store, &inv, UINT32_MAX);
    }
    struct store_status status = read_status(store);
    assert_true(status.first_row == 0 && status.first_invocation > 1000);
    assert_int_equal(read_row(store, 500, &text).class, FAILURE_DOWNSTREAM);
    buf_release(&text);
    store_free(store);
}

static void open_invocations_are_those_with_rows_and_no_verdict(void **state)
{
    (void)state;
    struct store *store = small_store();
    for (uint64_t seq = 1; seq <= 5; seq++)
        add_row(store, seq, STR("START"));
    struct invocation inv = verdict(3, FAILURE_SUCCESS, TIME_NONE);
    add_verdict(store, &inv, UINT32_MAX);
    struct store_status status = read_status(store);
    assert_true(status.open_invocations == 4 && status.invocations == 1);
    for (uint64_t seq = 6; seq <= 30000; seq++)
        add_row(store, seq, STR("START"));
    status = read_status(store); /* an open one that fell out is no longer counted */
    assert_int_equal(status.open_invocations, status.end_invocation - status.first_invocation);
    store_free(store);
}

static void briefs_come_by_number_and_without_those_that_are_open(void **state)
{
    (void)state;
    struct store *store = small_store();
    static const uint64_t order[] = {3, 1, 7, 4};
    for (size_t i = 0; i < 4; i++) {
        struct invocation inv = verdict(order[i], FAILURE_SUCCESS, TIME_NONE);
        add_verdict(store, &inv, UINT32_MAX);
    }
    add_row(store, 5, STR("START"));
    struct invocation_brief briefs[10];
    assert_int_equal(store_read_briefs(store, 0, 10, briefs), 4);
    static const uint64_t sorted[] = {1, 3, 4, 7};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(briefs[i].seq, sorted[i]);
    assert_int_equal(store_read_briefs(store, 4, 1, briefs), 1);
    assert_int_equal(briefs[0].seq, 4);
    assert_int_equal(store_read_briefs(store, 8, 10, briefs), 0);
    store_free(store);
}

/* ---- names, status, wake-up ---- */

static void stream_and_input_names_are_kept_once(void **state)
{
    (void)state;
    struct store *store = small_store();
    char name[100];
    store_begin(store);
    assert_int_equal(store_stream_index(store, STR("2026/11/24/[$LATEST]9f")), 0);
    assert_int_equal(store_stream_index(store, STR("other")), 1);
    assert_int_equal(store_stream_index(store, STR("2026/11/24/[$LATEST]9f")), 0);
    assert_int_equal(store_stream_index(store, STR("")), STREAM_NONE);
    store_put_input_name(store, 3, "export.log.gz");
    store_put_input_name(store, STORE_INPUTS, "one too many");
    store_end(store);
    assert_true(store_stream_name(store, 1, name, sizeof name));
    assert_string_equal(name, "other");
    assert_false(store_stream_name(store, 2, name, sizeof name));
    assert_false(store_stream_name(store, STREAM_NONE, name, sizeof name));
    assert_true(store_input_name(store, 3, name, sizeof name));
    assert_string_equal(name, "export.log.gz");
    assert_false(store_input_name(store, 2, name, sizeof name));
    assert_false(store_input_name(store, STORE_INPUTS, name, sizeof name));
    store_free(store);
}

static void the_stream_table_is_bounded(void **state)
{
    (void)state;
    struct store *store = small_store();
    char name[32];
    for (unsigned i = 0; i < 70000; i++) {
        snprintf(name, sizeof name, "stream-%u", i);
        store_begin(store);
        assert_int_equal(store_stream_index(store, str_of(name)), i < 65535 ? i : STREAM_NONE);
        store_end(store);
    }
    store_free(store);
}

static void the_status_says_what_was_put(void **state)
{
    (void)state;
    struct store *store = small_store();
    struct store_status before = read_status(store);
    assert_true(before.first_unix_ms == TIME_NONE && before.generation == 0 && !before.done);
    struct err err = {0};
    (void)err_set(&err, ERR_INPUT_PARTIAL, "x.gz: cut off");
    store_begin(store);
    store_put_account(store, &(struct account){.region = "eu-west-1"});
    store_put_progress(store, &(struct progress){.bytes = 10, .lines = 2});
    store_put_trouble(store, &err);
    store_put_trouble(store, &err);
    store_put_done(store, true);
    store_end(store);
    struct row row = row_of(0);
    static const int64_t times[] = {5000, TIME_NONE, 3000, 9000};
    for (size_t i = 0; i < 4; i++) {
        row.unix_ms = times[i];
        store_begin(store);
        store_add_row(store, &row, STR(""));
        store_end(store);
    }
    struct store_status status = read_status(store);
    assert_string_equal(status.account.region, "eu-west-1");
    assert_string_equal(status.trouble.text, "x.gz: cut off");
    assert_true(status.trouble_count == 2 && status.progress.lines == 2 && status.done);
    assert_true(status.first_unix_ms == 3000 && status.last_unix_ms == 9000);
    assert_true(status.generation == 5 && status.functions_generation == 0);
    store_free(store);
}

static void the_generation_of_functions_moves_with_their_figures(void **state)
{
    (void)state;
    struct store *store = small_store();
    uint32_t index = add_function(store, "pay", "");
    uint64_t generation = read_status(store).functions_generation;
    assert_int_equal(add_function(store, "pay", ""), index);
    assert_int_equal(read_status(store).functions_generation, generation);
    struct invocation inv = verdict(1, FAILURE_CRASH, 60000);
    add_verdict(store, &inv, index);
    assert_int_equal(read_status(store).functions_generation, generation + 1);
    struct row row = row_of(1);
    row.function = index;
    for (row.unix_ms = 60000; row.unix_ms < 120000; row.unix_ms += 10000) {
        store_begin(store);
        store_add_row(store, &row, STR("x"));
        store_end(store);
    }
    assert_int_equal(read_status(store).functions_generation, generation + 1);
    store_begin(store);
    store_add_row(store, &row, STR("the next minute"));
    store_end(store);
    assert_int_equal(read_status(store).functions_generation, generation + 2);
    store_free(store);
}

static void the_wake_up_is_one_however_many_batches_came(void **state)
{
    (void)state;
    struct store *store = small_store();
    assert_false(is_readable(store_wake_fd(store)));
    store_begin(store);
    store_end(store);
    assert_false(is_readable(store_wake_fd(store))); /* nothing changed */
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 100000 / 100; i++)
            add_row(store, 0, STR("x"));
        assert_true(is_readable(store_wake_fd(store)));
        store_wake_ack(store);
        assert_false(is_readable(store_wake_fd(store)));
    }
    store_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_reads_as_it_was_added),
        cmocka_unit_test(a_long_row_is_cut_at_a_character_and_keeps_its_length),
        cmocka_unit_test(rows_that_fell_out_are_gone_and_counted),
        cmocka_unit_test(row_heads_come_in_order_and_start_at_what_is_held),
        cmocka_unit_test(a_text_buffer_at_its_ceiling_cuts_the_rows_and_allocates_nothing),
        cmocka_unit_test(a_row_costs_at_most_24_bytes_beside_its_text),
        cmocka_unit_test(rows_read_with_the_class_of_their_invocation_before_and_after_the_verdict),
        cmocka_unit_test(a_verdict_that_replaces_another_counts_once),
        cmocka_unit_test(a_failure_that_is_taken_back_leaves_the_one_before_it),
        cmocka_unit_test(an_invocation_reads_back_with_its_evidence_and_texts),
        cmocka_unit_test(a_success_reads_back_as_long_as_its_rows_are_held_and_a_failure_longer),
        cmocka_unit_test(every_number_of_a_verdict_reads_back),
        cmocka_unit_test(members_that_share_a_text_read_back_however_long_it_is),
        cmocka_unit_test(old_invocations_fall_out_and_stay_in_the_figures),
        cmocka_unit_test(the_marks_of_rows_outlive_the_briefs),
        cmocka_unit_test(open_invocations_are_those_with_rows_and_no_verdict),
        cmocka_unit_test(briefs_come_by_number_and_without_those_that_are_open),
        cmocka_unit_test(stream_and_input_names_are_kept_once),
        cmocka_unit_test(the_stream_table_is_bounded),
        cmocka_unit_test(the_status_says_what_was_put),
        cmocka_unit_test(the_generation_of_functions_moves_with_their_figures),
        cmocka_unit_test(the_wake_up_is_one_however_many_batches_came),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
