#include "src/aws/exchange.h"

#include "src/aws/fault.h"
#include "src/aws/request.h"
#include "src/aws/skew.h"

#include <stdio.h>
#include <stdlib.h>

#define PAUSE_MS 1000

/* The question as it is asked again: in one block, so that one wipe takes it, but for the
 * buffers of the call. */
struct exchange_own {
    bool is_call;
    struct call call;
    const struct sdk *sdk;
    const char *region;
    bool is_signed;
    struct keys keys;
    char line[sizeof((struct keys *)0)->token + 64]; /* empty: none */
    /* a plain request */
    char method[8], url[3072], more[256];
    long timeout_ms;
    bool no_proxy;
};

/* ---- answers ---- */

bool exchange_is_passing(const struct http_answer *answer)
{
    struct fault fault;
    if (answer->status == 0)
        return true;
    fault_read(answer, SERVICE_STS, &fault);
    return fault.class == FAULT_THROTTLED || fault.class == FAULT_TOO_MANY ||
           fault.class == FAULT_TRANSIENT || fault.class == FAULT_SERVER;
}

/* A signature that the clock spoilt is tried once more with the server's time. */
static bool learn_skew(struct exchange *x, const struct http_answer *answer)
{
    int64_t skew_ms;
    bool may_be_clock = answer->status == 400 || answer->status == 401 || answer->status == 403;
    if (x->has_skewed || !may_be_clock || !skew_learn(answer, &skew_ms) ||
        (skew_ms > -SKEW_DOUBTFUL_MS && skew_ms < SKEW_DOUBTFUL_MS))
        return false;
    x->skew_ms = skew_ms;
    x->has_skewed = true;
    return true;
}

/* ---- tries ---- */

static void on_answer(void *ctx, const struct http_answer *answer);

static void give(struct exchange *x, const struct http_answer *answer)
{
    exchange_done done = x->done;
    x->runs = false;
    x->done = NULL;
    done(x->ctx, answer);
}

static bool send_call(struct exchange *x, struct err *err)
{
    struct exchange_own *own = x->own;
    struct request request;
    char id[40];
    snprintf(id, sizeof id, "lambdig-%llx", (unsigned long long)clock_mono_us());
    const struct request_about about = {
        .sdk = own->sdk, .call = &own->call, .keys = own->is_signed ? &own->keys : NULL,
        .region = own->region, .line = own->line[0] ? own->line : NULL,
        .unix_ms = clock_unix_ms() + x->skew_ms, .invocation_id = id, .attempt = x->tries,
        .attempts_most = x->tries_most};
    bool ok = request_build(&request, &about, err) &&
              http_start(x->http, &request.http, on_answer, x, &x->id, err);
    request_release(&request);
    return ok;
}

static bool send_plain(struct exchange *x, struct err *err)
{
    const struct exchange_own *own = x->own;
    struct http_request request = {.method = own->method, .url = own->url,
                                   .timeout_ms = own->timeout_ms, .no_proxy = own->no_proxy};
    size_t count = 0;
    if (own->line[0])
        request.lines[count++] = own->line;
    if (own->more[0])
        request.lines[count++] = own->more;
    return http_start(x->http, &request, on_answer, x, &x->id, err);
}

static void try_once(struct exchange *x)
{
    struct http_answer none = {0};
    x->waits = false;
    x->tries++;
    x->runs = x->own->is_call ? send_call(x, &none.err) : send_plain(x, &none.err);
    if (!x->runs)
        give(x, &none);
}

static void on_answer(void *ctx, const struct http_answer *answer)
{
    struct exchange *x = ctx;
    x->runs = false;
    if (x->own->is_signed && learn_skew(x, answer)) {
        try_once(x);
    } else if (x->tries >= x->tries_most || !exchange_is_passing(answer)) {
        give(x, answer);
    } else {
        x->waits = true;
        x->try_at_mono_ms = clock_mono_ms() + PAUSE_MS;
    }
}

void exchange_step(struct exchange *x, int64_t now_mono_ms)
{
    if (x->waits && now_mono_ms >= x->try_at_mono_ms)
        try_once(x);
}

int exchange_wait_ms(const struct exchange *x, int64_t now_mono_ms)
{
    if (!x->waits)
        return 60000;
    int64_t left = x->try_at_mono_ms - now_mono_ms;
    return left < 0 ? 0 : left > 60000 ? 60000 : (int)left;
}

/* ---- start and stop ---- */

static struct exchange_own *begin(struct exchange *x, unsigned tries, exchange_done done, void *ctx)
{
    exchange_stop(x);
    x->own = xcalloc(1, sizeof *x->own);
    x->done = done;
    x->ctx = ctx;
    x->tries_most = tries ? tries : 1;
    return x->own;
}

static void refuse_long(struct exchange *x)
{
    struct http_answer none = {0};
    err_set(&none.err, ERR_CREDENTIALS, "a URL, token or key that is too long to be asked with");
    give(x, &none);
}

void exchange_start(struct exchange *x, const struct exchange_ask *ask, exchange_done done,
                    void *ctx)
{
    struct exchange_own *own = begin(x, ask->tries, done, ctx);
    own->timeout_ms = ask->timeout_ms;
    own->no_proxy = ask->no_proxy;
    bool fits = str_copy(own->method, sizeof own->method, str_of(ask->method)) &&
                str_copy(own->url, sizeof own->url, str_of(ask->url)) &&
                str_copy(own->line, sizeof own->line, str_of(ask->lines[0])) &&
                str_copy(own->more, sizeof own->more, str_of(ask->lines[1]));
    if (fits)
        try_once(x);
    else
        refuse_long(x);
}

void exchange_start_call(struct exchange *x, const struct exchange_call *what, struct call *call,
                         exchange_done done, void *ctx)
{
    struct exchange_own *own = begin(x, (unsigned)what->sdk->max_attempts, done, ctx);
    own->is_call = true;
    own->call = *call;
    *call = (struct call){0};
    own->sdk = what->sdk;
    own->region = what->region;
    own->is_signed = what->keys != NULL && !request_is_unsigned(&own->call);
    if (what->keys)
        own->keys = *what->keys;
    if (str_copy(own->line, sizeof own->line, str_of(what->line)))
        try_once(x);
    else
        refuse_long(x);
}

void exchange_stop(struct exchange *x)
{
    struct exchange_own *own = x->own;
    if (x->runs)
        http_cancel(x->http, x->id);
    if (own) {
        keys_wipe_bytes(own->call.body.at, own->call.body.room);
        call_release(&own->call);
        keys_wipe_bytes(own, sizeof *own);
        free(own);
    }
    *x = (struct exchange){.http = x->http, .skew_ms = x->skew_ms};
}
