/* What the tests of the feed share: rows and verdicts in one line each. */
#ifndef LAMBDIG_TEST_FEED_HELPERS_H
#define LAMBDIG_TEST_FEED_HELPERS_H

#include "src/feed/store.h"

#include <poll.h>

static inline struct text_ref put_text(struct invocation *inv, struct str s)
{
    struct text_ref ref = {inv->text_len, (uint16_t)s.len};
    if (s.len > 0)
        memcpy(inv->text + inv->text_len, s.at, s.len);
    inv->text_len = (uint16_t)(inv->text_len + s.len);
    return ref;
}

static inline struct invocation verdict(uint64_t seq, enum failure_class class, int64_t end_unix_ms)
{
    return (struct invocation){
        .seq = seq, .class = (uint8_t)class, .cause = FAILURE_NONE, .end_unix_ms = end_unix_ms,
        .start_unix_ms = TIME_NONE, .duration_ns = ABSENT, .init_ns = ABSENT, .restore_ns = ABSENT,
        .memory_at_limit = ABSENT, .slow = ABSENT, .cold = ABSENT, .ended = true,
    };
}

static inline struct row row_of(uint64_t invocation)
{
    return (struct row){.invocation = invocation, .unix_ms = TIME_NONE, .function = UINT32_MAX};
}

static inline void add_row(struct store *store, uint64_t invocation, struct str text)
{
    struct row row = row_of(invocation);
    store_begin(store);
    store_add_row(store, &row, text);
    store_end(store);
}

static inline void add_verdict(struct store *store, const struct invocation *inv, uint32_t function)
{
    store_begin(store);
    store_add_invocation(store, inv, function);
    store_end(store);
}

static inline uint32_t add_function(struct store *store, const char *name, const char *group)
{
    store_begin(store);
    uint32_t index = store_function_index(store, str_of(name), str_of(group));
    store_end(store);
    return index;
}

static inline bool is_readable(int fd)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    return poll(&poll_fd, 1, 0) == 1;
}

static inline struct store *small_store(void)
{
    const struct store_limits limits = {1u << 20, 1u << 20, 100, 0};
    return store_new(&limits);
}

#endif
