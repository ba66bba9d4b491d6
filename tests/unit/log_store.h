/* A store filled by hand: rows of invocations that interleave, verdicts when the test says so.
 * For the unit tests of the panes. */
#ifndef LAMBDIG_TESTS_LOG_STORE_H
#define LAMBDIG_TESTS_LOG_STORE_H

#include <stdio.h>

#include "src/feed/store.h"

#define LOG_START_UNIX_MS INT64_C(1795528800000) /* 2026-11-24T14:00:00Z */

static inline struct store *log_store_new(size_t text_bytes)
{
    struct store_limits limits = {text_bytes, 8u << 20, 20000, 0};
    return store_new(&limits);
}

static inline void log_store_row(struct store *store, uint64_t invocation, enum line_kind kind, uint32_t function,
                                 int64_t unix_ms, const char *text)
{
    static uint64_t line;
    struct row row = {.invocation = invocation, .line = ++line, .unix_ms = unix_ms, .function = function,
                      .kind = (uint8_t)kind, .stream = STREAM_NONE};
    store_begin(store);
    store_add_row(store, &row, str_of(text));
    store_end(store);
}

/* A verdict with nothing but a class, a request id and two numbers. */
static inline struct invocation log_store_verdict(uint64_t seq, enum failure_class class)
{
    char id[40];
    struct invocation inv = {.seq = seq, .start_unix_ms = LOG_START_UNIX_MS + (int64_t)seq * 1000, .end_unix_ms = TIME_NONE,
                             .duration_ns = INT64_C(45230000), .init_ns = ABSENT, .restore_ns = ABSENT,
                             .last_line_gap_ns = ABSENT, .billed_ms = 46, .memory_mb = 256, .memory_used_mb = 62,
                             .timeout_ms = 30000, .class = (uint8_t)class, .cause = FAILURE_NONE,
                             .confidence = CONFIDENCE_CERTAIN, .cold = 0, .memory_at_limit = 0, .slow = 0,
                             .sampled = ABSENT, .ended = true, .final = true, .attempt = 1};
    snprintf(id, sizeof id, "%08llx-0d2b-4e77-9c1d-2f6b7a9d0e11", (unsigned long long)seq);
    inv.request_id = invocation_put(&inv, str_of(id), 100);
    return inv;
}

static inline void log_store_judge(struct store *store, const struct invocation *inv, uint32_t function)
{
    store_begin(store);
    store_add_invocation(store, inv, function);
    store_end(store);
}

static inline uint32_t log_store_function(struct store *store, const char *name)
{
    store_begin(store);
    uint32_t index = store_function_index(store, str_of(name), STR_NONE);
    store_end(store);
    return index;
}

#endif
