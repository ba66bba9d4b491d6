#include "src/aws/client.h"

#include "src/aws/fault.h"
#include "src/aws/request.h"
#include "src/aws/retry.h"
#include "src/aws/skew.h"
#include "src/base/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A call is a `sending` in one list, in the order in which they came, until it is answered:
 *
 *     WAITING -> RUNNING -> (answered)
 *        ^----------'  another attempt, after `due_mono_ms`
 *
 * Judgement of an answer is pure (fault, retry, skew); here stands only what follows from it. */

#define TRANSFERS_MOST 200u /* of the 256 of http: the rest is for the credentials */

enum sending_state { WAITING, RUNNING };

struct sending {
    struct sending *next;
    struct call call;
    client_done done;
    void *ctx;
    enum sending_state state;
    unsigned attempt;      /* that run or ran; from 1 */
    unsigned cost;         /* of the last repetition */
    int64_t due_mono_ms;
    uint64_t transfer;
    bool renewed, corrected; /* sent again once already, with new keys, with the right time */
    bool throttled;          /* waits because of a throttle */
    char invocation_id[37];
    char host[256];
    struct keys keys;      /* that signed it */
    struct client *client;
};

struct peer { /* one a service */
    struct retry_bucket bucket;
    int64_t skew_ms;
    struct err last;
    uint64_t last_seq; /* of `last`, to tell the newest */
};

struct client {
    const struct sdk *sdk;
    struct creds *creds;
    struct http *http;
    struct sending *first, **end;
    struct peer peers[SERVICE_COUNT];
    struct client_state state;
    struct err creds_err;
    uint64_t dead_keys;   /* print of keys that have expired for good; 0: none */
    struct err dead_err;
    uint64_t random, err_seq;
    int64_t creds_looked_mono_ms;
    bool called_back;
};

/* ---- the list ---- */

struct client *client_new(const struct sdk *sdk, struct creds *creds, struct http *http)
{
    struct client *client = xcalloc(1, sizeof *client);
    *client = (struct client){.sdk = sdk, .creds = creds, .http = http};
    client->end = &client->first;
    client->state.backing_off_until_unix_ms = TIME_NONE;
    client->random = (uint64_t)clock_unix_ms() << 22 ^ (uint64_t)clock_mono_us() ^
                     (uint64_t)getpid() << 42;
    return client;
}

static void free_sending(struct sending *sending)
{
    call_release(&sending->call);
    keys_wipe(&sending->keys);
    free(sending);
}

void client_free(struct client *client)
{
    if (client == NULL)
        return;
    for (struct sending *next, *sending = client->first; sending; sending = next) {
        next = sending->next;
        if (sending->state == RUNNING)
            http_cancel(client->http, sending->transfer);
        free_sending(sending);
    }
    free(client);
}

static void unlink_sending(struct client *client, struct sending *sending)
{
    struct sending **at = &client->first;
    while (*at != sending)
        at = &(*at)->next;
    *at = sending->next;
    if (client->end == &sending->next)
        client->end = at;
}

/* A UUID of version 4: marks the attempts of one call. */
static void write_invocation_id(struct client *client, char out[37])
{
    uint32_t r[4];
    for (int i = 0; i < 4; i++)
        r[i] = retry_random(&client->random);
    snprintf(out, 37,
             "%08" PRIx32 "-%04" PRIx32 "-4%03" PRIx32 "-%04" PRIx32 "-%04" PRIx32 "%08" PRIx32,
             r[0], r[1] >> 16, r[1] & 0xFFF, (r[2] >> 16 & 0x3FFF) | 0x8000, r[2] & 0xFFFF, r[3]);
}

void client_send(struct client *client, struct call *call, client_done done, void *ctx)
{
    struct sending *sending = xcalloc(1, sizeof *sending);
    sending->call = *call;
    *call = (struct call){0};
    sending->done = done;
    sending->ctx = ctx;
    sending->client = client;
    write_invocation_id(client, sending->invocation_id);
    *client->end = sending;
    client->end = &sending->next;
}

/* ---- an answer goes out ---- */

static void note_outcome(struct client *client, enum service_id service,
                         const struct answer *answer)
{
    struct peer *peer = &client->peers[service];
    if (answer->kind == ANSWER_DONE) {
        err_clear(&peer->last);
    } else {
        peer->last = answer->err;
        peer->last_seq = ++client->err_seq;
    }
}

/* The sending is out of the list before the callback, which may send more. */
static void finish(struct sending *sending, struct answer *answer)
{
    struct client *client = sending->client;
    unlink_sending(client, sending);
    note_outcome(client, sending->call.service, answer);
    client->called_back = true;
    sending->done(sending->ctx, answer);
    free_sending(sending);
}

static void finish_unsent(struct sending *sending, enum answer_kind kind, const struct err *err)
{
    struct answer answer = {.kind = kind, .err = *err};
    finish(sending, &answer);
}

/* ---- an answer comes in ---- */

static unsigned attempts_most(const struct client *client)
{
    return client->sdk->max_attempts > 0 ? (unsigned)client->sdk->max_attempts : 3;
}

static void send_again(struct sending *sending, int64_t delay_ms)
{
    sending->state = WAITING;
    sending->due_mono_ms = clock_mono_ms() + delay_ms;
    sending->client->state.retried++;
}

/* Paid from the bucket and delayed. false: it is not to be sent again. */
static bool try_again(struct sending *sending, enum retry_why why, const struct http_answer *http,
                      int64_t least_ms)
{
    struct client *client = sending->client;
    if (sending->attempt >= attempts_most(client) ||
        !retry_take(&client->peers[sending->call.service].bucket, why, &sending->cost))
        return false;
    int64_t delay_ms =
        retry_delay_ms(sending->attempt, retry_random(&client->random), retry_read_hint(http));
    sending->throttled = why == RETRY_THROTTLE;
    send_again(sending, delay_ms > least_ms ? delay_ms : least_ms);
    return true;
}

static uint64_t print_of(const struct keys *keys)
{
    return (str_hash(str_of(keys->id)) * 31 + str_hash(str_of(keys->token))) | 1;
}

/* Asks for others than those that were refused. false: there are none. */
static bool renew_keys(struct sending *sending)
{
    struct client *client = sending->client;
    struct keys keys;
    struct err err = {0};
    creds_refused(client->creds, &sending->keys);
    enum creds_state state = creds_read(client->creds, clock_unix_ms(), &keys, &err);
    bool same = state == CREDS_READY && print_of(&keys) == print_of(&sending->keys) &&
                strcmp(keys.secret, sending->keys.secret) == 0;
    keys_wipe(&keys);
    return !same;
}

/* New keys, or the right time: worth one more attempt, and no delay. */
static bool try_renewed(struct sending *sending, const struct fault *fault, bool learned)
{
    struct client *client = sending->client;
    int64_t skew_ms = client->peers[sending->call.service].skew_ms;
    bool clock = fault->class == FAULT_SKEWED ||
                 (fault->class == FAULT_SIGNATURE && llabs(skew_ms) > SKEW_DOUBTFUL_MS);
    if (request_is_unsigned(&sending->call))
        return false;
    if (clock && learned && !sending->corrected && sending->attempt < attempts_most(client)) {
        sending->corrected = true;
        send_again(sending, 0);
        return true;
    }
    if (sending->renewed || (fault->class != FAULT_EXPIRED && fault->class != FAULT_KEYS))
        return false;
    sending->renewed = true;
    if (!renew_keys(sending))
        return false;
    send_again(sending, 0);
    return true;
}

static bool is_worth_repeating(struct sending *sending, const struct http_answer *http,
                               const struct fault *fault, bool learned)
{
    if (sending->call.has_effect && http->sent)
        return false;
    if (http->err.code != ERR_NONE)
        return !http->is_final &&
               try_again(sending, http->timed_out ? RETRY_TIMEOUT : RETRY_TRANSIENT, http, 0);
    switch (fault->class) {
    case FAULT_THROTTLED: return try_again(sending, RETRY_THROTTLE, http, 0);
    case FAULT_TOO_MANY: return try_again(sending, RETRY_THROTTLE, http, 1000);
    case FAULT_TRANSIENT: return try_again(sending, RETRY_TRANSIENT, http, 0);
    default: return try_renewed(sending, fault, learned);
    }
}

static void fill_answer(const struct sending *sending, const struct http_answer *http,
                        const struct fault *fault, struct answer *answer)
{
    const struct client *client = sending->client;
    answer->http = http;
    answer->status = http->status;
    answer->body = http->body;
    memcpy(answer->code, fault->code, sizeof answer->code);
    memcpy(answer->message, fault->message, sizeof answer->message);
    memcpy(answer->request_id, fault->request_id, sizeof answer->request_id);
    if (http->err.code != ERR_NONE) {
        answer->kind = ANSWER_UNREACHABLE;
        answer->err = http->err;
    } else {
        char location[200];
        str_copy(location, sizeof location, http_header(http, "location"));
        const struct fault_about about = {.call = &sending->call,
                                          .host = sending->host,
                                          .profile = client->sdk->profile,
                                          .source = creds_source(client->creds),
                                          .region = client->sdk->region,
                                          .location = location,
                                          .status = http->status,
                                          .attempts = sending->attempt,
                                          .corrected = sending->corrected,
                                          .skew_ms = client->peers[sending->call.service].skew_ms};
        answer->kind = fault_kind(fault->class);
        fault_explain(fault, &about, &answer->err);
    }
    answer->in_doubt = sending->call.has_effect && http->sent && answer->kind == ANSWER_UNREACHABLE;
}

/* Its Date may be believed: what a proxy, a balancer or a web page says is no clock of AWS. */
static bool is_the_services(const struct http_answer *http, const struct fault *fault)
{
    return http->status < 500 && fault->class != FAULT_PAGE && fault->class != FAULT_REDIRECT;
}

static void log_attempt(const struct sending *sending, const struct http_answer *http,
                        const struct fault *fault)
{
    if (log_is_open())
        log_line("%s %s, attempt %u: %d %s in %" PRId64 " ms, %zu bytes, request %s: %s",
                 sending->host, sending->call.operation, sending->attempt, http->status,
                 fault->code, http->received_unix_ms - http->sent_unix_ms, http->body.len,
                 fault->request_id, http->err.text);
}

static void on_transfer(void *ctx, const struct http_answer *http)
{
    struct sending *sending = ctx;
    struct client *client = sending->client;
    struct peer *peer = &client->peers[sending->call.service];
    struct fault fault = {0};
    bool learned = false;
    if (http->err.code == ERR_NONE) {
        fault_read(http, sending->call.service, &fault);
        learned = is_the_services(http, &fault) && skew_learn(http, &peer->skew_ms);
    }
    log_attempt(sending, http, &fault);
    client->state.throttled += fault.class == FAULT_THROTTLED || fault.class == FAULT_TOO_MANY;
    if (is_worth_repeating(sending, http, &fault, learned))
        return;
    if (http->err.code == ERR_NONE && fault.class == FAULT_NONE)
        retry_give_back(&peer->bucket, sending->cost);
    struct answer answer = {0};
    fill_answer(sending, http, &fault, &answer);
    if (fault.class == FAULT_EXPIRED) {
        client->dead_keys = print_of(&sending->keys);
        client->dead_err = answer.err;
    }
    finish(sending, &answer);
}

/* ---- a call goes out ---- */

static void start(struct sending *sending, const struct keys *keys, int64_t now_unix_ms)
{
    struct client *client = sending->client;
    struct request request;
    struct err err = {0};
    const struct request_about about = {
        .sdk = client->sdk, .call = &sending->call, .keys = keys,
        .unix_ms = now_unix_ms + client->peers[sending->call.service].skew_ms,
        .invocation_id = sending->invocation_id, .attempt = sending->attempt + 1,
        .attempts_most = attempts_most(client)};
    bool done = request_build(&request, &about, &err);
    memcpy(sending->host, request.host, sizeof sending->host);
    done = done &&
           http_start(client->http, &request.http, on_transfer, sending, &sending->transfer, &err);
    request_release(&request);
    if (!done) {
        finish_unsent(sending, ANSWER_BAD, &err);
        return;
    }
    if (keys)
        sending->keys = *keys;
    sending->attempt++;
    sending->state = RUNNING;
    sending->throttled = false;
    client->state.sent++;
}

/* Once a second at most: it looks at files. */
static void look_for_new_creds(struct client *client, int64_t now_mono_ms)
{
    if (now_mono_ms - client->creds_looked_mono_ms < 1000)
        return;
    client->creds_looked_mono_ms = now_mono_ms;
    if (creds_worth_retrying(client->creds))
        creds_retry(client->creds);
}

/* Keys that have expired are not sent again: then the state is CREDS_FAILED, too. */
static enum creds_state read_creds(struct client *client, int64_t now_unix_ms, struct keys *keys)
{
    err_clear(&client->creds_err);
    if (client->state.expired)
        look_for_new_creds(client, clock_mono_ms());
    enum creds_state state = creds_read(client->creds, now_unix_ms, keys, &client->creds_err);
    if (state == CREDS_READY && client->dead_keys == print_of(keys)) {
        state = CREDS_FAILED;
        client->creds_err = client->dead_err;
    }
    client->state.waiting_for_creds = state == CREDS_WAIT || state == CREDS_ASK_MFA;
    client->state.wants_mfa = state == CREDS_ASK_MFA;
    if (state == CREDS_READY || state == CREDS_FAILED)
        client->state.expired = state == CREDS_FAILED;
    return state;
}

static void start_due(struct client *client)
{
    struct keys keys;
    enum creds_state creds = CREDS_WAIT;
    bool asked = false;
    int64_t now_mono_ms = clock_mono_ms(), now_unix_ms = clock_unix_ms();
    for (struct sending *next, *sending = client->first; sending; sending = next) {
        next = sending->next;
        if (sending->state != WAITING || sending->due_mono_ms > now_mono_ms)
            continue;
        if (http_running(client->http) >= TRANSFERS_MOST)
            break;
        bool is_unsigned = request_is_unsigned(&sending->call);
        if (!is_unsigned && !asked) {
            creds = read_creds(client, now_unix_ms, &keys);
            asked = true;
        }
        if (is_unsigned)
            start(sending, NULL, now_unix_ms);
        else if (creds == CREDS_FAILED)
            finish_unsent(sending, ANSWER_EXPIRED, &client->creds_err);
        else if (creds == CREDS_READY)
            start(sending, &keys, now_unix_ms);
    }
    if (asked)
        keys_wipe(&keys);
}

/* ---- rounds ---- */

static int shorter(int wait_ms, int64_t other_ms)
{
    if (other_ms < 0)
        other_ms = 0;
    return other_ms < wait_ms ? (int)other_ms : wait_ms;
}

static int time_to_next(const struct client *client, int wait_ms)
{
    int64_t now_mono_ms = clock_mono_ms();
    for (const struct sending *sending = client->first; sending; sending = sending->next) {
        if (sending->state == WAITING && sending->due_mono_ms > now_mono_ms)
            wait_ms = shorter(wait_ms, sending->due_mono_ms - now_mono_ms);
    }
    return wait_ms;
}

bool client_step(struct client *client, int wait_ms)
{
    client->called_back = false;
    wait_ms = shorter(wait_ms, creds_step(client->creds, clock_unix_ms()));
    start_due(client);
    if (client->called_back)
        wait_ms = 0;
    (void)http_step(client->http, time_to_next(client, wait_ms));
    start_due(client);
    return client->called_back;
}

void client_wake(struct client *client)
{
    http_wake(client->http);
}

void client_resumed(struct client *client)
{
    http_forget_connections(client->http);
}

int64_t client_skew_ms(const struct client *client, enum service_id service)
{
    return client->peers[service].skew_ms;
}

void client_read_state(const struct client *client, struct client_state *out)
{
    *out = client->state;
    out->running = out->waiting = 0;
    out->backing_off_until_unix_ms = TIME_NONE;
    int64_t offset_ms = clock_unix_ms() - clock_mono_ms();
    for (const struct sending *sending = client->first; sending; sending = sending->next) {
        out->running += sending->state == RUNNING;
        out->waiting += sending->state == WAITING;
        int64_t due_unix_ms = sending->due_mono_ms + offset_ms;
        if (sending->state == WAITING && sending->throttled &&
            due_unix_ms > out->backing_off_until_unix_ms)
            out->backing_off_until_unix_ms = due_unix_ms;
    }
    uint64_t newest = 0;
    out->skew_ms = 0;
    for (size_t i = 0; i < SERVICE_COUNT; i++) {
        const struct peer *peer = &client->peers[i];
        if (llabs(peer->skew_ms) > llabs(out->skew_ms))
            out->skew_ms = peer->skew_ms;
        if (peer->last.code != ERR_NONE && peer->last_seq > newest) {
            newest = peer->last_seq;
            out->last = peer->last;
        }
    }
}
