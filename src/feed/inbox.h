/* Requests from the console to the fetch thread. Bounded; a full inbox refuses. Any thread. */
#ifndef LAMBDIG_FEED_INBOX_H
#define LAMBDIG_FEED_INBOX_H

#include "src/base/err.h"
#include "src/base/str.h"

enum request_kind {
    REQUEST_STOP,
    REQUEST_REFRESH, /* ask the source again now */
    REQUEST_WATCH,   /* follow this function; name empty: all */
    REQUEST_REST,    /* the lines of an invocation that a thinned follow left out */
    REQUEST_CODE,    /* the six digits of the device that the credentials ask for */
    REQUEST_ROWS     /* read rows that left the ring into a window; replaces one that waits */
};

/* Rows first <= seq < end, as many as fit, with `row` among them; or, where unix_ms is not
 * TIME_NONE, about end - first rows around that instant. The window that answers bears the id. */
struct rows_request {
    uint64_t first, row, end;
    int64_t unix_ms;
    uint32_t id;
    uint8_t window; /* enum store_window */
};

struct rest_request {
    uint64_t invocation;
    int64_t start_unix_ms, end_unix_ms;
    char log_stream[256];
};

struct request {
    enum request_kind kind;
    char function[141];
    char code[8];
    struct rows_request rows;
    struct rest_request rest;
};

struct inbox; /* ours */

/* `wake` is called after each request was put, on the caller's thread, without the lock. */
struct inbox *inbox_new(void (*wake)(void *ctx), void *ctx);
void inbox_free(struct inbox *inbox);
/* false: 256 requests wait already. */
bool inbox_give(struct inbox *inbox, const struct request *request);
bool inbox_is_empty(struct inbox *inbox);
bool inbox_take(struct inbox *inbox, struct request *out);

#endif
