#include "src/aws/http.h"

#include "src/aws/http_parts.h"
#include "src/base/clock.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "config.h"

/* A slot a transfer. A transfer waits until a connection may be had, runs in the multi handle,
 * and ends in `deliver`, the only place that calls back: there every list is in order, so the
 * callback may start and cancel what it likes.
 *
 * The wake is a pipe of our own and not curl_multi_wakeup, because http_forget_connections
 * replaces the multi handle while another thread may be waking it: libcurl has no other way to
 * close idle connections. */

#define SLOTS 256u
#define BODY_MOST ((size_t)16 << 20)
#define HEADERS_MOST ((size_t)256 << 10)
#define CONNECTIONS 16u
#define CONNECTIONS_A_HOST 6u
#define TOTAL_MS 120000L /* a page of 1 MB at 9 kB/s; what stalls ends long before */
#define CONNECT_MS 5000L
#define STALL_S 20L

enum transfer_state { WAITING, RUNNING, INTERRUPTED, OVER };

struct transfer {
    CURL *easy;
    struct curl_slist *lines;
    struct buf body, headers;
    enum transfer_state state;
    uint64_t id;
    char host[256];
    char detail[CURL_ERROR_SIZE];
    long total_ms, stall_s;
    int64_t start_unix_ms, received_unix_ms;
    http_done done;
    void *ctx;
};

struct http {
    CURLM *multi;
    const struct http_options *options;
    struct transfer *slots[SLOTS];
    unsigned count;
    uint64_t next_id;
    int wake[2]; /* pipe: read, write */
};

/* ---- start and end of the owner ---- */

static CURLM *new_multi(const struct http *http)
{
    CURLM *multi = curl_multi_init();
    if (multi == NULL)
        die("libcurl: no multi handle");
    long most =
        http->options->max_connections ? (long)http->options->max_connections : (long)CONNECTIONS;
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, most);
    return multi;
}

static void open_wake(struct http *http)
{
    if (pipe(http->wake) != 0)
        die("pipe: %s", strerror(errno));
    for (int i = 0; i < 2; i++) {
        (void)fcntl(http->wake[i], F_SETFL, O_NONBLOCK);
        (void)fcntl(http->wake[i], F_SETFD, FD_CLOEXEC);
    }
}

struct http *http_new(const struct http_options *options)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        die("libcurl cannot be started");
    struct http *http = xcalloc(1, sizeof *http);
    http->options = options;
    http->multi = new_multi(http);
    open_wake(http);
    return http;
}

/* The lines hold a signature and perhaps a session token. */
static void wipe_lines(struct curl_slist *lines)
{
    for (; lines; lines = lines->next) {
        volatile char *at = lines->data;
        while (*at)
            *at++ = '\0';
    }
}

static void free_transfer(struct http *http, struct transfer *transfer)
{
    if (transfer->state == RUNNING)
        curl_multi_remove_handle(http->multi, transfer->easy);
    curl_easy_cleanup(transfer->easy);
    wipe_lines(transfer->lines);
    curl_slist_free_all(transfer->lines);
    buf_release(&transfer->body);
    buf_release(&transfer->headers);
    free(transfer);
}

void http_free(struct http *http)
{
    if (http == NULL)
        return;
    for (size_t i = 0; i < SLOTS; i++) {
        if (http->slots[i])
            free_transfer(http, http->slots[i]);
    }
    curl_multi_cleanup(http->multi);
    close(http->wake[0]);
    close(http->wake[1]);
    free(http);
    curl_global_cleanup();
}

/* ---- what comes in ---- */

static size_t on_body(char *bytes, size_t size, size_t count, void *ctx)
{
    struct transfer *transfer = ctx;
    return buf_add(&transfer->body, (struct str){bytes, size * count}) ? size * count : 0;
}

/* One line a call. A status line begins anew: what came before it was 100 Continue. */
static size_t on_header(char *bytes, size_t size, size_t count, void *ctx)
{
    struct transfer *transfer = ctx;
    struct str line = {bytes, size * count};
    if (str_starts(line, STR("HTTP/"))) {
        buf_clear(&transfer->headers);
        transfer->received_unix_ms = clock_unix_ms();
    }
    return buf_add(&transfer->headers, line) ? line.len : 0;
}

/* ---- setting up ---- */

static void set_limits(CURL *easy, const struct http *http, struct transfer *transfer)
{
    const struct http_options *options = http->options;
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https,http");
#else
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTPS | CURLPROTO_HTTP));
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#endif
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     options->connect_ms ? options->connect_ms : CONNECT_MS);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, transfer->total_ms);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, transfer->stall_s);
    if (options->ca_bundle && options->ca_bundle[0])
        curl_easy_setopt(easy, CURLOPT_CAINFO, options->ca_bundle);
}

static void set_receivers(CURL *easy, struct transfer *transfer)
{
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->detail);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
}

static void add_line(struct transfer *transfer, const char *line)
{
    struct curl_slist *lines = curl_slist_append(transfer->lines, line);
    if (lines == NULL)
        die("memory: the system has none left for a header");
    transfer->lines = lines;
}

/* Two headers that libcurl would add by itself go: Expect always, Content-Type if not given. */
static void set_lines(struct transfer *transfer, const struct http_request *request)
{
    bool has_type = false;
    add_line(transfer, "Expect:");
    for (size_t i = 0; i < HTTP_HEADER_LINES && request->lines[i]; i++) {
        struct str name = str_first(str_of(request->lines[i]), 13);
        has_type |= str_eq_nocase(name, STR("content-type:"));
        add_line(transfer, request->lines[i]);
    }
    if (!has_type)
        add_line(transfer, "Content-Type:");
    curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->lines);
}

static void set_request(struct transfer *transfer, const struct http_request *request, bool local)
{
    CURL *easy = transfer->easy;
    curl_easy_setopt(easy, CURLOPT_URL, request->url);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, PACKAGE_NAME "/" PACKAGE_VERSION);
    if (request->no_proxy || local)
        curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    if (request->never_twice)
        curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    if (strcmp(request->method, "HEAD") == 0) {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    } else if (strcmp(request->method, "GET") != 0 || request->body.len > 0) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
        curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, request->body.len ? request->body.at : "");
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
    }
    set_lines(transfer, request);
}

static bool check_lines(const struct http_request *request, struct err *err)
{
    for (size_t i = 0; i < HTTP_HEADER_LINES && request->lines[i]; i++) {
        if (strpbrk(request->lines[i], "\r\n"))
            return err_set(err, ERR_CONFIG, "a header of the request holds a line break: %.40s",
                           request->lines[i]);
    }
    return true;
}

static size_t free_slot(const struct http *http)
{
    size_t slot = 0;
    while (slot < SLOTS && http->slots[slot])
        slot++;
    return slot;
}

bool http_start(struct http *http, const struct http_request *request, http_done done, void *ctx,
                uint64_t *id, struct err *err)
{
    struct http_url url;
    if (!check_lines(request, err) ||
        !http_read_url(request->url, http->options->allow_insecure, &url, err))
        return false;
    size_t slot = free_slot(http);
    if (slot == SLOTS)
        return err_set(err, ERR_CEILING, "%s: %u transfers run already", url.host, SLOTS);
    struct transfer *transfer = xcalloc(1, sizeof *transfer);
    transfer->easy = curl_easy_init();
    if (transfer->easy == NULL)
        die("libcurl: no handle for a transfer");
    buf_init(&transfer->body, BODY_MOST);
    buf_init(&transfer->headers, HEADERS_MOST);
    memcpy(transfer->host, url.host, sizeof transfer->host);
    transfer->total_ms = request->timeout_ms ? request->timeout_ms : TOTAL_MS;
    transfer->stall_s = http->options->stall_s ? http->options->stall_s : STALL_S;
    if (transfer->total_ms > TOTAL_MS)
        transfer->stall_s = transfer->total_ms / 1000 + 1;
    transfer->done = done;
    transfer->ctx = ctx;
    set_limits(transfer->easy, http, transfer);
    set_receivers(transfer->easy, transfer);
    set_request(transfer, request, url.local);
    *id = transfer->id = (++http->next_id << 8) | slot;
    http->slots[slot] = transfer;
    http->count++;
    return true;
}

static struct transfer *take_slot(struct http *http, uint64_t id)
{
    struct transfer *transfer = http->slots[id % SLOTS];
    if (transfer == NULL || transfer->id != id)
        return NULL;
    http->slots[id % SLOTS] = NULL;
    http->count--;
    return transfer;
}

void http_cancel(struct http *http, uint64_t id)
{
    struct transfer *transfer = take_slot(http, id);
    if (transfer)
        free_transfer(http, transfer);
}

/* ---- running ---- */

static unsigned running_on(const struct http *http, const char *host)
{
    unsigned running = 0;
    for (size_t i = 0; i < SLOTS; i++) {
        const struct transfer *transfer = http->slots[i];
        running +=
            transfer && transfer->state == RUNNING && (!host || strcmp(transfer->host, host) == 0);
    }
    return running;
}

/* The oldest that waits and whose host has a connection left; NULL: none. */
static struct transfer *next_waiting(const struct http *http)
{
    struct transfer *next = NULL;
    for (size_t i = 0; i < SLOTS; i++) {
        struct transfer *transfer = http->slots[i];
        if (transfer && transfer->state == WAITING && (!next || transfer->id < next->id) &&
            running_on(http, transfer->host) < CONNECTIONS_A_HOST)
            next = transfer;
    }
    return next;
}

static void start_waiting(struct http *http)
{
    unsigned most = http->options->max_connections ? http->options->max_connections : CONNECTIONS;
    unsigned running = running_on(http, NULL);
    for (struct transfer *next = NULL; running < most && (next = next_waiting(http)); running++) {
        next->state = RUNNING;
        next->start_unix_ms = clock_unix_ms();
        if (curl_multi_add_handle(http->multi, next->easy) != CURLM_OK)
            die("libcurl: a transfer cannot be added");
    }
}

static int64_t passed_ms(const struct transfer *transfer, CURLINFO point)
{
    curl_off_t us = 0;
    curl_easy_getinfo(transfer->easy, point, &us);
    return us / 1000;
}

static void explain(const struct http *http, const struct transfer *transfer, CURLcode code,
                    struct http_answer *answer)
{
    const struct http_failure failure = {
        .code = code, .detail = transfer->detail, .host = transfer->host,
        .ca_bundle = http->options->ca_bundle,
        .connect_ms = http->options->connect_ms ? http->options->connect_ms : CONNECT_MS,
        .total_ms = transfer->total_ms, .stall_s = transfer->stall_s,
        .connected = passed_ms(transfer, CURLINFO_PRETRANSFER_TIME_T) > 0 || answer->sent,
        .body_full = transfer->body.full, .headers_full = transfer->headers.full,
        .interrupted = transfer->state == INTERRUPTED};
    answer->timed_out = code == CURLE_OPERATION_TIMEDOUT && transfer->state != INTERRUPTED;
    answer->is_final = http_is_final(&failure);
    http_explain(&failure, &answer->err);
}

/* Both by the wall clock, by which two clocks are compared; sending is known less exactly. */
static void set_times(const struct transfer *transfer, struct http_answer *answer)
{
    answer->sent_unix_ms =
        transfer->start_unix_ms + passed_ms(transfer, CURLINFO_PRETRANSFER_TIME_T);
    answer->received_unix_ms = transfer->received_unix_ms;
    if (answer->received_unix_ms == 0)
        answer->received_unix_ms = answer->sent_unix_ms;
    if (answer->sent_unix_ms > answer->received_unix_ms)
        answer->sent_unix_ms = answer->received_unix_ms;
}

/* The slot is free and the transfer out of the multi handle before anything is called back. */
static void deliver(struct http *http, struct transfer *transfer, CURLcode code)
{
    struct http_answer answer = {.headers = buf_str(&transfer->headers),
                                 .body = buf_str(&transfer->body)};
    long status = 0, request_bytes = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(transfer->easy, CURLINFO_REQUEST_SIZE, &request_bytes);
    answer.status = (int)status;
    answer.sent = request_bytes > 0;
    set_times(transfer, &answer);
    if (code != CURLE_OK || transfer->state == INTERRUPTED)
        explain(http, transfer, code, &answer);
    (void)take_slot(http, transfer->id);
    if (transfer->state == RUNNING)
        curl_multi_remove_handle(http->multi, transfer->easy);
    transfer->state = OVER;
    transfer->done(transfer->ctx, &answer);
    free_transfer(http, transfer);
}

static bool deliver_all(struct http *http)
{
    bool any = false;
    int left = 0;
    for (CURLMsg *message; (message = curl_multi_info_read(http->multi, &left)) != NULL;
         any = true) {
        struct transfer *transfer = NULL;
        CURLcode code = message->data.result; /* the message dies with the handle */
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
        deliver(http, transfer, code);
    }
    for (size_t i = 0; i < SLOTS; i++) {
        struct transfer *transfer = http->slots[i];
        if (transfer && transfer->state == INTERRUPTED) {
            deliver(http, transfer, CURLE_RECV_ERROR);
            any = true;
        }
    }
    return any;
}

static bool run(struct http *http)
{
    int running = 0;
    start_waiting(http);
    curl_multi_perform(http->multi, &running);
    return deliver_all(http);
}

bool http_step(struct http *http, int wait_ms)
{
    if (run(http))
        return true;
    struct curl_waitfd wake = {.fd = http->wake[0], .events = CURL_WAIT_POLLIN};
    curl_multi_poll(http->multi, &wake, 1, wait_ms, NULL);
    char bytes[64];
    while (read(http->wake[0], bytes, sizeof bytes) > 0) {
    }
    return run(http);
}

void http_wake(struct http *http)
{
    ssize_t ignored = write(http->wake[1], "w", 1); /* full: a wake is pending already */
    (void)ignored;
}

void http_forget_connections(struct http *http)
{
    for (size_t i = 0; i < SLOTS; i++) {
        struct transfer *transfer = http->slots[i];
        if (transfer && transfer->state == RUNNING) {
            curl_multi_remove_handle(http->multi, transfer->easy);
            transfer->state = INTERRUPTED;
        }
    }
    curl_multi_cleanup(http->multi);
    http->multi = new_multi(http);
    http_wake(http);
}

unsigned http_running(const struct http *http)
{
    return http->count;
}

struct str http_header(const struct http_answer *answer, const char *name)
{
    for (struct str rest = answer->headers; rest.len > 0;) {
        struct str line = str_take_line(&rest);
        if (str_eq_nocase(str_take_until(&line, ':'), str_of(name)))
            return str_trim(line);
    }
    return STR_NONE;
}
