/* One question over http with a few tries, as the providers of credentials ask it: a call to
 * STS or SSO, or a plain request to a metadata address. Holds secrets: wiped when it ends. */
#ifndef LAMBDIG_AWS_EXCHANGE_H
#define LAMBDIG_AWS_EXCHANGE_H

#include "src/aws/call.h"
#include "src/aws/http.h"
#include "src/aws/keys.h"
#include "src/aws/sdk.h"

struct exchange_ask {        /* borrowed for the call of exchange_start */
    const char *what;        /* for errors: `SSO`, `the container's credentials`; copied */
    const char *method, *url;
    const char *lines[4];    /* further header lines; NULL: none */
    struct str body;
    const char *content_type; /* NULL: none */
    long timeout_ms;
    unsigned tries;          /* 0 is 1 */
    int64_t pause_ms;        /* between tries */
    bool no_proxy;
    const struct keys *keys; /* sign with them; NULL: unsigned */
    const char *region, *service; /* of the signature; static or of sdk */
};

struct exchange {            /* zeroed: idle */
    struct http *http;       /* borrowed */
    uint64_t id;
    bool runs, waits;        /* waits: for the next try */
    int64_t try_at_mono_ms;
    unsigned tries_left;
    int64_t skew_ms;         /* of the server's clock, once it was found */
    bool has_skewed;
    struct exchange_own *own; /* ours: the copied question */
    void (*done)(void *ctx, const struct http_answer *answer);
    void *ctx;
};

/* `done` comes once, later or at once, with the last answer: 2xx or not, or none (answer->err).
 * Server errors, throttling and silence are tried again as often as asked. */
void exchange_start(struct exchange *x, const struct exchange_ask *ask, int64_t now_mono_ms,
                    void (*done)(void *ctx, const struct http_answer *answer), void *ctx);
void exchange_step(struct exchange *x, int64_t now_mono_ms);
void exchange_stop(struct exchange *x); /* wipes; `done` is not called; idle: nothing */
int exchange_wait_ms(const struct exchange *x, int64_t now_mono_ms);

/* The same for a call: the service's endpoint in `region`, its method, path, query and body,
 * signed with `keys`, with one further header line (NULL: none). The call stays the caller's.
 * false: err (no region, endpoint refused). */
struct exchange_call {
    const struct sdk *sdk;
    const char *region;
    const struct call *call;
    const struct keys *keys;
    const char *line;
};
bool exchange_start_call(struct exchange *x, const struct exchange_call *what, int64_t now_mono_ms,
                         void (*done)(void *ctx, const struct http_answer *answer), void *ctx,
                         struct err *err) MUST_USE;

/* Would another try be of use: no answer, 5xx, 429, a code of throttling? */
bool exchange_is_passing(const struct http_answer *answer);

#endif
