#include "src/aws/exchange.h"

#include "src/aws/sign.h"
#include "src/aws/skew.h"

#include <stdio.h>
#include <stdlib.h>

#define LINES_BYTES 49152u
#define BODY_BYTES 65536u

/* The question as copied: all in one block, so that one wipe takes it. */
struct exchange_own {
    char what[160], method[8], url[3072], content_type[64], region[32], service[16];
    char lines[LINES_BYTES]; /* each ended by a NUL */
    size_t lines_len;
    char body[BODY_BYTES];
    size_t body_len;
    long timeout_ms;
    int64_t pause_ms;
    bool no_proxy, is_signed;
    struct keys keys;
};

/* ---- answers ---- */

bool exchange_is_passing(const struct http_answer *answer)
{
    static const struct str codes[] = {
        {"Throttl", 7}, {"RequestLimitExceeded", 20}, {"TooManyRequests", 15}, {"SlowDown", 8},
        {"RequestTimeout", 14}, {"IDPCommunicationError", 21}, {"PriorRequestNotComplete", 23}};
    if (answer->status == 0 || answer->status == 429 || answer->status >= 500)
        return true;
    if (answer->status < 400)
        return false;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (str_has(str_first(answer->body, 2048), codes[i]))
            return true;
    return false;
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
    void (*done)(void *, const struct http_answer *) = x->done;
    x->runs = false;
    x->done = NULL;
    done(x->ctx, answer);
}

static void give_error(struct exchange *x, const struct err *err)
{
    struct http_answer none = {.err = *err};
    give(x, &none);
}

/* `https://host:port/path?query` in parts. */
static void cut_url(struct str url, struct sign_input *in)
{
    struct str rest = str_from(url, str_find(url, STR("//")) + 2);
    size_t slash = str_find_char(rest, '/');
    in->host = str_first(rest, slash);
    rest = slash == SIZE_MAX ? STR("/") : str_from(rest, slash);
    in->path = str_take_until(&rest, '?');
    in->query = rest;
}

static bool sign(const struct exchange *x, struct buf *lines, struct err *err)
{
    const struct exchange_own *own = x->own;
    struct header type = {STR("content-type"), str_of(own->content_type)};
    struct sign_input in = {
        .method = str_of(own->method), .headers = &type,
        .header_count = own->content_type[0] ? 1 : 0,
        .body = {own->body, own->body_len}, .region = own->region, .service = own->service,
        .unix_ms = clock_unix_ms() + x->skew_ms};
    cut_url(str_of(own->url), &in);
    return sign_request(&in, &own->keys, lines, err);
}

/* Points into the runs of NUL-ended lines. */
static void add_lines(struct http_request *request, struct str lines)
{
    size_t count = 0;
    while (count < HTTP_HEADER_LINES && request->lines[count])
        count++;
    while (lines.len > 0 && count < HTTP_HEADER_LINES) {
        request->lines[count++] = lines.at;
        str_take_until(&lines, '\0');
    }
}

static void try_once(struct exchange *x)
{
    struct exchange_own *own = x->own;
    struct http_request request = {.method = own->method, .url = own->url,
                                   .body = {own->body, own->body_len},
                                   .timeout_ms = own->timeout_ms, .no_proxy = own->no_proxy};
    char type[96];
    struct buf signature;
    struct err err = {0};
    x->waits = false;
    x->tries_left--;
    buf_init(&signature, 2 * LINES_BYTES);
    (void)buf_reserve(&signature, 2 * LINES_BYTES);
    snprintf(type, sizeof type, "Content-Type: %s", own->content_type);
    if (own->content_type[0])
        request.lines[0] = type;
    add_lines(&request, (struct str){own->lines, own->lines_len});
    bool ok = !own->is_signed || sign(x, &signature, &err);
    add_lines(&request, buf_str(&signature));
    x->runs = ok && http_start(x->http, &request, on_answer, x, &x->id, &err);
    keys_wipe_bytes(signature.at, signature.room);
    buf_release(&signature);
    if (!x->runs)
        give_error(x, &err);
}

static void on_answer(void *ctx, const struct http_answer *answer)
{
    struct exchange *x = ctx;
    x->runs = false;
    if (x->own->is_signed && learn_skew(x, answer)) {
        x->tries_left++;
        try_once(x);
    } else if (x->tries_left == 0 || !exchange_is_passing(answer)) {
        give(x, answer);
    } else {
        x->waits = true;
        x->try_at_mono_ms = clock_mono_ms() + x->own->pause_ms;
    }
}

/* ---- start and stop ---- */

static bool add_line(struct exchange_own *own, const char *line)
{
    size_t len = strlen(line) + 1;
    if (own->lines_len + len > sizeof own->lines)
        return false;
    memcpy(own->lines + own->lines_len, line, len);
    own->lines_len += len;
    return true;
}

static bool copy_ask(struct exchange_own *own, const struct exchange_ask *ask)
{
    bool ok = str_copy(own->url, sizeof own->url, str_of(ask->url)) &&
              ask->body.len <= sizeof own->body;
    str_copy(own->what, sizeof own->what, str_of(ask->what));
    str_copy(own->method, sizeof own->method, str_of(ask->method));
    str_copy(own->content_type, sizeof own->content_type, str_of(ask->content_type));
    str_copy(own->region, sizeof own->region, str_of(ask->region));
    str_copy(own->service, sizeof own->service, str_of(ask->service));
    for (size_t i = 0; i < 4 && ask->lines[i]; i++)
        ok = ok && add_line(own, ask->lines[i]);
    own->body_len = ok ? ask->body.len : 0;
    if (own->body_len > 0)
        memcpy(own->body, ask->body.at, own->body_len);
    own->timeout_ms = ask->timeout_ms;
    own->pause_ms = ask->pause_ms;
    own->no_proxy = ask->no_proxy;
    own->is_signed = ask->keys != NULL;
    if (ask->keys)
        own->keys = *ask->keys;
    return ok;
}

void exchange_start(struct exchange *x, const struct exchange_ask *ask, int64_t now_mono_ms,
                    void (*done)(void *ctx, const struct http_answer *answer), void *ctx)
{
    struct err err = {0};
    exchange_stop(x);
    x->own = xcalloc(1, sizeof *x->own);
    x->done = done;
    x->ctx = ctx;
    x->tries_left = ask->tries ? ask->tries : 1;
    x->try_at_mono_ms = now_mono_ms;
    if (copy_ask(x->own, ask)) {
        try_once(x);
    } else {
        err_set(&err, ERR_CREDENTIALS, "%s: the request is too long", ask->what);
        give_error(x, &err);
    }
}

void exchange_step(struct exchange *x, int64_t now_mono_ms)
{
    if (x->waits && now_mono_ms >= x->try_at_mono_ms)
        try_once(x);
}

void exchange_stop(struct exchange *x)
{
    if (x->runs)
        http_cancel(x->http, x->id);
    if (x->own)
        keys_wipe_bytes(x->own, sizeof *x->own);
    free(x->own);
    *x = (struct exchange){.http = x->http, .skew_ms = x->skew_ms};
}

int exchange_wait_ms(const struct exchange *x, int64_t now_mono_ms)
{
    if (!x->waits)
        return 60000;
    int64_t left = x->try_at_mono_ms - now_mono_ms;
    return left < 0 ? 0 : left > 60000 ? 60000 : (int)left;
}

/* ---- calls ---- */

static bool call_url(const struct sdk *sdk, const char *region, const struct call *call,
                     char *url, size_t size, struct err *err)
{
    struct str path = buf_str(&call->path), query = buf_str(&call->query);
    if (!sdk_endpoint_in(sdk, call->service, region, url, size, err))
        return false;
    size_t len = strlen(url);
    int more = snprintf(url + len, size - len, "%.*s%s%.*s", STR_ARG(path.len ? path : STR("/")),
                        query.len ? "?" : "", STR_ARG(query));
    if (more < 0 || (size_t)more >= size - len)
        return err_set(err, ERR_CREDENTIALS, "%s: the request is too long", call->operation);
    return true;
}

bool exchange_start_call(struct exchange *x, const struct exchange_call *what, int64_t now_mono_ms,
                         void (*done)(void *ctx, const struct http_answer *answer), void *ctx,
                         struct err *err)
{
    char url[3072];
    const struct call *call = what->call;
    const struct service_row *row = service_row(call->service);
    struct exchange_ask ask = {
        .what = call->operation, .method = call->method, .url = url, .body = buf_str(&call->body),
        .content_type = call->body.len > 0 ? row->content_type : NULL, .lines = {what->line},
        .timeout_ms = call->timeout_ms ? call->timeout_ms : 20000, .tries = (unsigned)what->sdk->max_attempts,
        .pause_ms = 1000, .keys = call->is_unsigned ? NULL : what->keys, .region = what->region,
        .service = row->signing};
    if (!call_url(what->sdk, what->region, call, url, sizeof url, err))
        return false;
    exchange_start(x, &ask, now_mono_ms, done, ctx);
    return true;
}
