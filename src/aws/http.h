/* The one owner of libcurl's multi handle: starts transfers, bounds them, hands the answers
 * over. It knows nothing of AWS: no signature, no retry. One thread, but http_wake.
 *
 * What it never does: follow a redirect, speak anything but https (http only to loopback, the
 * fixed metadata addresses, or where insecure is allowed), send plain http through a proxy, keep
 * cookies, read netrc, or hold more than 16 MiB of a decoded body or 256 KiB of headers. Connect
 * takes at most 5 s; a transfer slower than 1 B/s for 20 s ends, unless its own time is longer
 * than 120 s. What does not fit into the connections waits in order, with at most 6 to one host,
 * so that one host that hangs does not stop the others; its time runs once it has started. */
#ifndef LAMBDIG_AWS_HTTP_H
#define LAMBDIG_AWS_HTTP_H

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"

struct http; /* ours */

struct http_options {          /* borrowed until http_free */
    const char *ca_bundle;     /* empty: the system's */
    bool allow_insecure;       /* http beyond loopback */
    unsigned max_connections;  /* 0: 16 */
    long connect_ms, stall_s;  /* 0: 5,000 and 20; tests take less */
};

#define HTTP_HEADER_LINES 24u
struct http_request {          /* borrowed for the call of http_start */
    const char *method, *url;
    const char *lines[HTTP_HEADER_LINES]; /* `Name: value`; NULL ends it early */
    struct str body;
    long timeout_ms;           /* of the whole; 0: 120 s */
    bool no_proxy;             /* metadata addresses */
    bool never_twice; /* on a connection of its own: libcurl sends again on one that died */
};

struct http_answer {           /* borrowed for the callback */
    int status;                /* 0: no answer came */
    struct str headers;        /* as they came, lines ended by CR LF */
    struct str body;           /* decoded */
    bool sent; /* some byte of the request may have left: it may have had an effect */
    bool timed_out;
    bool is_final;             /* another attempt would end the same: TLS refused, too large */
    int64_t sent_unix_ms, received_unix_ms;
    struct err err;            /* ERR_NONE, or why no (whole) answer came: resource and reason */
};
typedef void (*http_done)(void *ctx, const struct http_answer *answer);

struct http *http_new(const struct http_options *options);
/* Ends what runs without calling back; within 200 ms whatever the network does. NULL: nothing. */
void http_free(struct http *http);
/* Starts one; `done` is called later from http_step, exactly once unless cancelled. Refused at
 * once (false): a URL of another scheme or host than allowed, or 256 transfers already. *id
 * names it for http_cancel. */
bool http_start(struct http *http, const struct http_request *request, http_done done, void *ctx,
                uint64_t *id, struct err *err) MUST_USE;
void http_cancel(struct http *http, uint64_t id); /* done is not called; unknown: nothing */
/* Runs transfers, waits at most wait_ms for something to happen. true: a callback was called. */
bool http_step(struct http *http, int wait_ms);
void http_wake(struct http *http);        /* a waiting http_step returns. Any thread */
/* After a suspend: all connections are stale. What runs ends with an error in the next step. */
void http_forget_connections(struct http *http);
unsigned http_running(const struct http *http);
/* Value of a header (name in any case), trimmed; empty: not there. Borrowed from answer. */
struct str http_header(const struct http_answer *answer, const char *name);

#endif
