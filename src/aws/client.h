/* Sends calls to an account: endpoint, credentials, signature, retries, clock skew, and errors
 * in one form. Belongs to the fetch thread, but client_wake.
 *
 * Retries: standard mode, 3 attempts in all, back-off with jitter, a bucket of 500 tokens for
 * each service, Retry-After within reason. A call with an effect is not repeated once a byte of
 * it may have left. Expired keys are renewed and the call is sent again once; keys that stay
 * expired are not sent any more: calls are answered with ANSWER_EXPIRED until there are others.
 * A service's clock is followed, by its Date. */
#ifndef LAMBDIG_AWS_CLIENT_H
#define LAMBDIG_AWS_CLIENT_H

#include "src/aws/call.h"
#include "src/aws/creds.h"

struct client; /* ours */

enum answer_kind {
    ANSWER_DONE,        /* 2xx */
    ANSWER_THROTTLED,   /* after all attempts */
    ANSWER_DENIED,      /* the permission is missing; err names action and resource */
    ANSWER_NOT_FOUND,
    ANSWER_EXPIRED,     /* no credentials, expired, or refused as a whole */
    ANSWER_BAD,         /* the service says the question is wrong; code tells which */
    ANSWER_UNREACHABLE, /* no answer, no JSON (a proxy's HTML), 5xx after all attempts */
};

struct answer {            /* borrowed for the callback */
    enum answer_kind kind;
    int status;            /* 0: none came */
    char code[96];         /* the service's error code; empty: none */
    char message[400];     /* its words, defused */
    char request_id[64];
    const struct http_answer *http; /* NULL where none came */
    struct str body;
    bool in_doubt;         /* has_effect and no answer: it may have happened */
    struct err err;        /* ERR_NONE when done; else the sentence with the next step */
};
typedef void (*client_done)(void *ctx, const struct answer *answer);

/* Borrows all three until client_free. */
struct client *client_new(const struct sdk *sdk, struct creds *creds, struct http *http);
void client_free(struct client *client); /* calls nobody back */
/* `call` is taken (its buffers are given back by the client). `done` is called exactly once from
 * client_step, unless the client is freed before; it may send more, but not free the client.
 * Calls wait in order while credentials do. */
void client_send(struct client *client, struct call *call, client_done done, void *ctx);
/* One round: creds, timers, transfers. Waits at most wait_ms. true: something was called back. */
bool client_step(struct client *client, int wait_ms);
void client_wake(struct client *client); /* any thread */

struct client_state {      /* for the status line */
    bool waiting_for_creds, wants_mfa, expired;
    unsigned running, waiting;
    uint64_t sent, throttled, retried;
    int64_t backing_off_until_unix_ms; /* TIME_NONE: not */
    int64_t skew_ms;       /* of the service's clock against ours, as applied */
    struct err last;       /* of the newest failure that is not over */
};
void client_read_state(const struct client *client, struct client_state *out);
/* Of one service alone: the time that its events are written by. */
int64_t client_skew_ms(const struct client *client, enum service_id service);
void client_resumed(struct client *client); /* the machine slept: old connections are closed */

#endif
