/* One question over http with a few tries, as the providers of credentials ask it: a call to
 * STS or SSO, or a GET or PUT to a metadata address. Holds secrets: wiped when it ends. */
#ifndef LAMBDIG_AWS_EXCHANGE_H
#define LAMBDIG_AWS_EXCHANGE_H

#include "src/aws/call.h"
#include "src/aws/http.h"
#include "src/aws/keys.h"
#include "src/aws/sdk.h"

typedef void (*exchange_done)(void *ctx, const struct http_answer *answer);

struct exchange {            /* zeroed but for http: idle */
    struct http *http;       /* borrowed */
    uint64_t id;
    bool runs, waits;        /* waits: for the next try */
    int64_t try_at_mono_ms;
    unsigned tries, tries_most;
    int64_t skew_ms;         /* of the server's clock, once it was found */
    bool has_skewed;
    struct exchange_own *own; /* ours: the question */
    exchange_done done;
    void *ctx;
};

struct exchange_ask {        /* a plain request; borrowed for the call of exchange_start */
    const char *method, *url;
    const char *lines[2];    /* header lines; NULL: none */
    long timeout_ms;
    unsigned tries;
    bool no_proxy;
};

/* `done` comes once, later or at once, with the last answer: 2xx or not, or none (answer->err).
 * Server errors, throttling and silence are tried again, a second apart. */
void exchange_start(struct exchange *x, const struct exchange_ask *ask, exchange_done done,
                    void *ctx);

struct exchange_call {       /* a call to a service; borrowed but for the call */
    const struct sdk *sdk;   /* borrowed until the end */
    const char *region;      /* where, and of the signature; borrowed until the end */
    const struct keys *keys; /* sign with them; copied; NULL: unsigned */
    const char *line;        /* one further header line; copied; NULL: none */
};
/* The same; `call` is taken. Three tries in all, or as many as the session says. */
void exchange_start_call(struct exchange *x, const struct exchange_call *what, struct call *call,
                         exchange_done done, void *ctx);
void exchange_step(struct exchange *x, int64_t now_mono_ms);
void exchange_stop(struct exchange *x); /* wipes; `done` is not called; idle: nothing */
int exchange_wait_ms(const struct exchange *x, int64_t now_mono_ms);

/* Would another try be of use: no answer, 5xx, 429, a code of throttling? */
bool exchange_is_passing(const struct http_answer *answer);

#endif
