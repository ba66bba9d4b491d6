/* For the tests of the client: one client against a server that answers as it is told, with
 * credentials that the test gives and a clock that the test moves (the linker's --wrap), so that
 * no delay is waited for. */
#ifndef LAMBDIG_TESTS_CLIENT_BED_H
#define LAMBDIG_TESTS_CLIENT_BED_H

#include "src/aws/client.h"

#include "tests/unit/loopback.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define NOW_UNIX_MS 1767225600000 /* 2026-01-01T00:00:00Z */
#define ROUNDS 20000
#define OK_REPLY "HTTP/1.1 200 OK\r\nx-amzn-RequestId: id-1\r\nContent-Length: 2\r\n\r\n{}"

static int64_t now_ms; /* since the test began */

int64_t __wrap_clock_mono_ms(void);
int64_t __wrap_clock_mono_ms(void)
{
    return 1000000 + now_ms;
}

int64_t __wrap_clock_unix_ms(void);
int64_t __wrap_clock_unix_ms(void)
{
    return NOW_UNIX_MS + now_ms;
}

/* ---- credentials ---- */

struct creds {
    enum creds_state state;
    struct keys keys;
    const char *renewed; /* key id after a refusal; NULL: the same */
    unsigned refused, read;
    bool changed;
};

enum creds_state creds_read(struct creds *creds, int64_t now_unix_ms, struct keys *keys, struct err *err)
{
    (void)now_unix_ms;
    creds->read++;
    *keys = creds->keys;
    if (creds->state == CREDS_FAILED) {
        err_set(err, ERR_CREDENTIALS, "no credentials");
        err_advise(err, "run aws sso login --profile x");
    }
    return creds->state;
}

int creds_step(struct creds *creds, int64_t now_unix_ms)
{
    (void)creds, (void)now_unix_ms;
    return 60000;
}

void creds_refused(struct creds *creds, const struct keys *keys)
{
    creds->refused++;
    if (creds->renewed && strcmp(keys->id, creds->keys.id) == 0)
        str_copy(creds->keys.id, sizeof creds->keys.id, str_of(creds->renewed));
}

bool creds_worth_retrying(struct creds *creds)
{
    return creds->changed;
}

void creds_retry(struct creds *creds)
{
    creds->state = CREDS_READY;
}

const char *creds_source(const struct creds *creds)
{
    (void)creds;
    return "sso";
}

/* ---- one client, one server ---- */

struct bed {
    struct loopback server;
    struct http_options options;
    struct http *http;
    struct sdk sdk;
    struct creds creds;
    struct client *client;
    const char *const *replies; /* in turn; the last one again and again */
    struct str reply;           /* where replies is NULL */
    enum loopback_then then;
    char requests[8][8192];     /* the newest last; [0] the first */
    unsigned count;
};

struct got {
    unsigned times;
    struct answer answer;
    char body[64];
};

static inline struct loopback_reply answer(void *ctx, struct str request)
{
    struct bed *bed = ctx;
    if (bed->count < 8)
        str_copy(bed->requests[bed->count], sizeof bed->requests[0], request);
    bed->count++;
    struct str reply = bed->reply;
    if (bed->replies) {
        reply = str_of(*bed->replies);
        if (bed->replies[1])
            bed->replies++;
    }
    return (struct loopback_reply){reply, bed->then};
}

static inline int open_bed(void **state)
{
    struct bed *bed = xcalloc(1, sizeof *bed);
    now_ms = 0;
    loopback_open(&bed->server, answer, bed);
    bed->options.stall_s = 1;
    bed->http = http_new(&bed->options);
    bed->reply = STR(OK_REPLY);
    bed->sdk.max_attempts = 3;
    snprintf(bed->sdk.region, sizeof bed->sdk.region, "eu-west-1");
    snprintf(bed->sdk.profile, sizeof bed->sdk.profile, "x");
    for (size_t i = 0; i < SERVICE_COUNT; i++)
        snprintf(bed->sdk.endpoint_url[i], sizeof bed->sdk.endpoint_url[i], "http://127.0.0.1:%u",
                 bed->server.port);
    snprintf(bed->creds.keys.id, sizeof bed->creds.keys.id, "AKIDEXAMPLE");
    snprintf(bed->creds.keys.secret, sizeof bed->creds.keys.secret, "secret");
    bed->client = client_new(&bed->sdk, &bed->creds, bed->http);
    *state = bed;
    return 0;
}

static inline int close_bed(void **state)
{
    struct bed *bed = *state;
    client_free(bed->client);
    http_free(bed->http);
    loopback_close(&bed->server);
    free(bed);
    return 0;
}

static inline void on_answer(void *ctx, const struct answer *given)
{
    struct got *got = ctx;
    got->times++;
    got->answer = *given;
    got->answer.http = NULL;
    str_copy(got->body, sizeof got->body, given->body);
    assert_true((given->kind == ANSWER_DONE) == (given->err.code == ERR_NONE));
}

static inline void send_call(struct bed *bed, struct got *got, bool has_effect)
{
    struct call call;
    call_init(&call, SERVICE_LOGS, "FilterLogEvents", "/aws/lambda/pay");
    buf_add(&call.body, STR("{\"logGroupName\":\"/aws/lambda/pay\"}"));
    call.has_effect = has_effect;
    *got = (struct got){0};
    client_send(bed->client, &call, on_answer, got);
    assert_int_equal(call.body.len, 0); /* taken */
}

/* Steps until it is answered; where everything waits for the clock the clock moves. */
static inline void wait_for(struct bed *bed, const struct got *got)
{
    struct client_state now;
    for (int i = 0; i < ROUNDS && got->times == 0; i++) {
        loopback_step(&bed->server);
        client_read_state(bed->client, &now);
        (void)client_step(bed->client, now.running ? 2 : 0);
        client_read_state(bed->client, &now);
        if (now.running == 0)
            now_ms += 10;
    }
    assert_int_equal(got->times, 1);
}

static inline struct got ask(struct bed *bed)
{
    struct got got;
    send_call(bed, &got, false);
    wait_for(bed, &got);
    return got;
}

static inline void line_of(const struct bed *bed, unsigned request, const char *name, char out[1024])
{
    struct http_answer lines = {.headers = str_of(bed->requests[request])};
    str_copy(out, 1024, http_header(&lines, name));
}

static inline void assert_says(const struct got *got, const char *text, const char *hint)
{
    if (!strstr(got->answer.err.text, text))
        fail_msg("\"%s\" does not say: %s", got->answer.err.text, text);
    if (!strstr(err_hint(&got->answer.err), hint))
        fail_msg("the hint \"%s\" does not say: %s", err_hint(&got->answer.err), hint);
}

#endif
