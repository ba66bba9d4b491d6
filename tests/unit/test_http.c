/* The owner of libcurl against a server that answers as it is told. */
#include "src/aws/http.h"

#include "src/base/clock.h"
#include "tests/unit/loopback.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include <cmocka.h>

#define DEADLINE_MS 20000
#define OK_REPLY "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

/* ---- one owner, one server ---- */

struct bed {
    struct loopback server;
    struct http_options options;
    struct http *http;
    struct loopback_reply reply; /* to each request */
    char request[8192];          /* the last one */
    char url[256];
};

struct got { /* of one transfer */
    unsigned times;
    int status;
    size_t body_len;
    char body[64], reason[700], hint[200], kind[64];
    bool sent, timed_out;
    enum err_code code;
};

static struct loopback_reply answer(void *ctx, struct str request)
{
    struct bed *bed = ctx;
    str_copy(bed->request, sizeof bed->request, request);
    return bed->reply;
}

static int open_bed(void **state)
{
    struct bed *bed = xcalloc(1, sizeof *bed);
    loopback_open(&bed->server, answer, bed);
    bed->options.stall_s = 1;
    bed->http = http_new(&bed->options);
    bed->reply.bytes = STR(OK_REPLY);
    snprintf(bed->url, sizeof bed->url, "http://127.0.0.1:%u/", bed->server.port);
    *state = bed;
    return 0;
}

static int close_bed(void **state)
{
    struct bed *bed = *state;
    http_free(bed->http);
    loopback_close(&bed->server);
    free(bed);
    return 0;
}

static void on_done(void *ctx, const struct http_answer *answer_)
{
    struct got *got = ctx;
    got->times++;
    got->status = answer_->status;
    got->body_len = answer_->body.len;
    str_copy(got->body, sizeof got->body, answer_->body);
    str_copy(got->reason, sizeof got->reason, str_of(answer_->err.text));
    str_copy(got->hint, sizeof got->hint, str_of(err_hint(&answer_->err)));
    str_copy(got->kind, sizeof got->kind, http_header(answer_, "content-TYPE"));
    got->sent = answer_->sent;
    got->timed_out = answer_->timed_out;
    got->code = answer_->err.code;
    assert_true(answer_->sent_unix_ms <= answer_->received_unix_ms || !answer_->sent);
}

static uint64_t start(struct bed *bed, const struct http_request *request, struct got *got)
{
    struct err err = {0};
    uint64_t id = 0;
    *got = (struct got){0};
    if (!http_start(bed->http, request, on_done, got, &id, &err))
        fail_msg("%s", err.text);
    return id;
}

static void step(struct bed *bed)
{
    loopback_step(&bed->server);
    (void)http_step(bed->http, 2);
}

static void wait_for(struct bed *bed, const struct got *got)
{
    int64_t end = clock_mono_ms() + DEADLINE_MS;
    while (got->times == 0) {
        assert_true(clock_mono_ms() < end);
        step(bed);
    }
    assert_int_equal(got->times, 1);
}

static struct got get(struct bed *bed)
{
    struct got got;
    struct http_request request = {.method = "GET", .url = bed->url};
    (void)start(bed, &request, &got);
    wait_for(bed, &got);
    return got;
}

/* ---- what is sent, what comes ---- */

static void a_request_leaves_as_it_was_asked_for(void **state)
{
    struct bed *bed = *state;
    struct got got;
    char url[300];
    snprintf(url, sizeof url, "%sa%%3Ab/./c//d/%%24e?x=%%2B&a=1&a=%%7E", bed->url);
    struct http_request request = {.method = "PUT", .url = url, .body = STR("{\"a\":\"\xC3\xA9\"}"),
                                   .lines = {"X-Amz-Target: a.B", "Content-Type: application/json"}};
    bed->reply.bytes = STR("HTTP/1.1 201 Created\r\nContent-type:  text/x \r\nContent-Length: 3\r\n\r\nabc");
    (void)start(bed, &request, &got);
    wait_for(bed, &got);
    assert_int_equal(got.status, 201);
    assert_int_equal(got.code, ERR_NONE);
    assert_string_equal(got.body, "abc");
    assert_string_equal(got.kind, "text/x");
    assert_true(got.sent);
    struct str sent = str_of(bed->request);
    assert_true(str_starts(sent, STR("PUT /a%3Ab/./c//d/%24e?x=%2B&a=1&a=%7E HTTP/1.1\r\n")));
    assert_true(str_has(sent, STR("\r\nX-Amz-Target: a.B\r\n")));
    assert_true(str_has(sent, STR("\r\nContent-Type: application/json\r\n")));
    assert_true(str_ends(sent, STR("\r\n\r\n{\"a\":\"\xC3\xA9\"}")));
    assert_false(str_has_nocase(sent, STR("expect:")));
    assert_false(str_has_nocase(sent, STR("cookie:")));
}

static void a_post_without_a_body_says_so_and_names_no_type(void **state)
{
    struct bed *bed = *state;
    struct got got;
    struct http_request request = {.method = "PUT", .url = bed->url, .lines = {"X-A: 1"}};
    (void)start(bed, &request, &got);
    wait_for(bed, &got);
    assert_true(str_has(str_of(bed->request), STR("\r\nContent-Length: 0\r\n")));
    assert_false(str_has_nocase(str_of(bed->request), STR("content-type")));
}

static void a_redirect_is_an_answer_and_is_not_followed(void **state)
{
    struct bed *bed = *state;
    char reply[300];
    for (size_t i = 0; i < 2; i++) {
        char target[64];
        snprintf(target, sizeof target, i ? "file:///etc/passwd" : "http://localhost:%u/stolen",
                 bed->server.port);
        snprintf(reply, sizeof reply, "HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n", target);
        bed->reply.bytes = str_of(reply);
        struct got got = get(bed);
        assert_int_equal(got.status, 302);
        assert_int_equal(got.code, ERR_NONE);
        assert_int_equal(bed->server.requests, i + 1);
        assert_null(strstr(bed->request, "stolen"));
    }
}

static void headers_before_the_last_status_line_are_not_the_answers(void **state)
{
    struct bed *bed = *state;
    bed->reply.bytes = STR("HTTP/1.1 100 Continue\r\nContent-Type: wrong\r\n\r\n"
                           "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    struct got got = get(bed);
    assert_int_equal(got.status, 200);
    assert_string_equal(got.kind, "");
}

/* ---- what is refused ---- */

static void only_https_and_plain_http_on_this_machine_are_spoken(void **state)
{
    struct bed *bed = *state;
    static const struct {
        const char *url;
        bool insecure, good;
    } cases[] = {
        {"https://logs.eu-west-1.amazonaws.com/", false, true},
        {"http://localhost:4566/", false, true},
        {"http://127.9.8.7/", false, true},
        {"http://[::1]:80/", false, true},
        {"http://169.254.169.254/latest/", false, true},
        {"http://169.254.170.2/x", false, true},
        {"http://[fd00:ec2::23]/x", false, true},
        {"http://10.0.0.1/", false, false},
        {"http://10.0.0.1/", true, true},
        {"http://localhost.evil.example/", false, false},
        {"http://127.0.0.1.evil.example/", false, false},
        {"http://127.0.0/", false, true}, /* the URL parser itself makes it 127.0.0.0 */
        {"http://169.254.169.253/", false, false},
        {"http://127.0.0.1@evil.example/", false, false},
        {"https://a:b@example.com/", false, false},
        {"file:///etc/passwd", true, false},
        {"ftp://localhost/", true, false},
        {"https://example.com/a b", false, false},
        {"https://example.com/\r\nX: y", false, false},
        {"https://ex\xC3\xA4mple.com/", false, false},
        {"", false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_request request = {.method = "GET", .url = cases[i].url};
        struct got got = {0};
        struct err err = {0};
        uint64_t id = 0;
        bed->options.allow_insecure = cases[i].insecure;
        bool good = http_start(bed->http, &request, on_done, &got, &id, &err);
        if (good != cases[i].good)
            fail_msg("%s: %s", cases[i].url, good ? "was begun" : err.text);
        assert_int_equal(err.code, good ? ERR_NONE : ERR_CONFIG);
        if (good)
            http_cancel(bed->http, id);
    }
    assert_int_equal(http_running(bed->http), 0);
}

static void a_header_line_with_a_line_break_is_refused(void **state)
{
    struct bed *bed = *state;
    struct http_request request = {.method = "GET", .url = bed->url, .lines = {"A: b\r\nC: d"}};
    struct err err = {0};
    uint64_t id;
    assert_false(http_start(bed->http, &request, on_done, NULL, &id, &err));
    assert_int_equal(err.code, ERR_CONFIG);
}

static void more_than_256_at_once_are_refused(void **state)
{
    struct bed *bed = *state;
    static struct got gots[257];
    struct http_request request = {.method = "GET", .url = bed->url};
    for (size_t i = 0; i < 256; i++)
        (void)start(bed, &request, &gots[i]);
    struct err err = {0};
    uint64_t id;
    assert_false(http_start(bed->http, &request, on_done, &gots[256], &id, &err));
    assert_int_equal(err.code, ERR_CEILING);
}

static void plain_http_never_goes_through_a_proxy(void **state)
{
    struct bed *bed = *state;
    setenv("http_proxy", "http://127.0.0.1:1/", 1);
    struct got got = get(bed);
    unsetenv("http_proxy");
    assert_int_equal(got.status, 200);
}

/* ---- answers that are broken ---- */

static void assert_broken(struct bed *bed, struct str bytes, enum loopback_then then, const char *why)
{
    bed->reply = (struct loopback_reply){bytes, then};
    struct got got = get(bed);
    assert_int_equal(got.code, ERR_NETWORK);
    if (!strstr(got.reason, why))
        fail_msg("%s: not because of: %s", got.reason, why);
    assert_true(str_starts(str_of(got.reason), STR("127.0.0.1:")));
    assert_true(got.hint[0] != '\0');
    assert_true(got.sent);
}

static void a_broken_answer_is_told_in_one_sentence(void **state)
{
    struct bed *bed = *state;
    assert_broken(bed, STR_NONE, LOOPBACK_RESET, "the connection broke before the answer was whole");
    assert_broken(bed, STR_NONE, LOOPBACK_CLOSE, "the connection ended before an answer came");
    assert_broken(bed, STR("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"), LOOPBACK_RESET,
                  "the connection broke before the answer was whole");
    assert_broken(bed, STR("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"), LOOPBACK_CLOSE,
                  "the answer ended early");
    assert_broken(bed, STR("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n"),
                  LOOPBACK_KEEP, "the connection broke before the answer was whole");
    assert_broken(bed, STR("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd"),
                  LOOPBACK_KEEP, "the answer's compression cannot be read");
    assert_broken(bed, STR("SSH-2.0-OpenSSH_9.2\r\n"), LOOPBACK_CLOSE, "does not speak HTTP");
}

static void an_answer_that_stalls_ends(void **state)
{
    struct bed *bed = *state;
    bed->reply.bytes = STR("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
    struct got got = get(bed);
    assert_true(got.timed_out);
    assert_true(got.sent);
    assert_non_null(strstr(got.reason, "nothing came for 1 s"));
}

static void an_answer_that_takes_longer_than_its_time_ends(void **state)
{
    struct bed *bed = *state;
    struct got got;
    struct http_request request = {.method = "GET", .url = bed->url, .timeout_ms = 100};
    bed->reply.bytes = STR_NONE;
    (void)start(bed, &request, &got);
    wait_for(bed, &got);
    assert_true(got.timed_out && got.sent);
    assert_non_null(strstr(got.reason, "no whole answer within 100 ms"));
}

static void nobody_listening_is_told_and_nothing_was_sent(void **state)
{
    struct bed *bed = *state;
    struct loopback gone;
    loopback_open(&gone, answer, bed);
    loopback_close(&gone);
    snprintf(bed->url, sizeof bed->url, "http://127.0.0.1:%u/", gone.port);
    struct got got = get(bed);
    assert_false(got.sent);
    assert_int_equal(got.status, 0);
    assert_non_null(strstr(got.reason, "no connection"));
}

static void tls_to_what_speaks_none_is_told_and_nothing_was_sent(void **state)
{
    struct bed *bed = *state;
    snprintf(bed->url, sizeof bed->url, "https://127.0.0.1:%u/", bed->server.port);
    struct got got;
    struct http_request request = {.method = "GET", .url = bed->url};
    bed->options.connect_ms = 300;
    (void)start(bed, &request, &got);
    wait_for(bed, &got);
    assert_int_equal(got.code, ERR_NETWORK);
    assert_false(got.sent);
    assert_non_null(strstr(got.reason, "no connection within 300 ms"));
}

/* ---- sizes ---- */

static void add_bytes(struct buf *reply, size_t len)
{
    char *at = buf_reserve(reply, len);
    assert_non_null(at);
    memset(at, 'a', len);
    reply->len += len;
}

static void a_body_of_more_than_16_mib_is_given_up(void **state)
{
    struct bed *bed = *state;
    struct buf reply;
    buf_init(&reply, (size_t)40 << 20);
    buf_add(&reply, STR("HTTP/1.1 200 OK\r\nContent-Length: 16777216\r\n\r\n"));
    add_bytes(&reply, (size_t)16 << 20);
    bed->reply.bytes = buf_str(&reply);
    assert_int_equal(get(bed).body_len, (size_t)16 << 20);
    buf_clear(&reply);
    buf_add(&reply, STR("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"));
    add_bytes(&reply, ((size_t)16 << 20) + 1);
    assert_broken(bed, buf_str(&reply), LOOPBACK_CLOSE, "larger than 16 MiB");
    buf_release(&reply);
}

/* 64 MiB of one byte in about 64 KiB. */
static void a_gzip_bomb_is_given_up_at_16_mib(void **state)
{
    struct bed *bed = *state;
    static unsigned char zeros[1 << 20], packed[1 << 17];
    z_stream stream = {.next_out = packed, .avail_out = sizeof packed};
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
    for (int i = 0; i < 64; i++) {
        stream.next_in = zeros;
        stream.avail_in = sizeof zeros;
        assert_int_equal(deflate(&stream, i == 63 ? Z_FINISH : Z_NO_FLUSH), i == 63 ? Z_STREAM_END : Z_OK);
    }
    struct buf reply;
    buf_init(&reply, 1 << 18);
    buf_printf(&reply, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %lu\r\n\r\n",
               stream.total_out);
    buf_add(&reply, (struct str){(const char *)packed, stream.total_out});
    (void)deflateEnd(&stream);
    assert_broken(bed, buf_str(&reply), LOOPBACK_KEEP, "larger than 16 MiB");
    buf_release(&reply);
}

static void headers_of_more_than_256_kib_are_given_up(void **state)
{
    struct bed *bed = *state;
    struct buf reply;
    buf_init(&reply, 1 << 20);
    buf_add(&reply, STR("HTTP/1.1 200 OK\r\n"));
    for (int i = 0; i < 300; i++)
        buf_printf(&reply, "X-H%d: %01000d\r\n", i, 0);
    buf_add(&reply, STR("Content-Length: 0\r\n\r\n"));
    assert_broken(bed, buf_str(&reply), LOOPBACK_KEEP, "headers are larger than 256 KiB");
    buf_release(&reply);
}

/* ---- connections ---- */

static void connections_are_used_again_until_they_are_forgotten(void **state)
{
    struct bed *bed = *state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(get(bed).status, 200);
    assert_int_equal(bed->server.accepted, 1);
    http_forget_connections(bed->http);
    assert_int_equal(get(bed).status, 200);
    assert_int_equal(bed->server.accepted, 2);
    struct got got;
    struct http_request request = {.method = "POST", .url = bed->url, .never_twice = true};
    (void)start(bed, &request, &got);
    wait_for(bed, &got);
    assert_int_equal(bed->server.accepted, 3);
}

/* libcurl sends again on a reused connection that died: what must not happen twice is never put
 * on one. The server takes the request and resets the connection. */
static void what_may_happen_once_only_is_sent_once(void **state)
{
    struct bed *bed = *state;
    assert_int_equal(get(bed).status, 200);
    bed->reply = (struct loopback_reply){STR_NONE, LOOPBACK_RESET};
    struct got got;
    struct http_request request = {.method = "POST", .url = bed->url, .body = STR("{}"), .never_twice = true};
    (void)start(bed, &request, &got);
    wait_for(bed, &got);
    assert_int_equal(got.code, ERR_NETWORK);
    assert_true(got.sent);
    assert_int_equal(bed->server.requests, 2);
}

static void a_host_that_hangs_does_not_stop_another(void **state)
{
    struct bed *bed = *state;
    struct got hanging[10], other;
    struct http_request request = {.method = "GET", .url = bed->url};
    bed->reply.bytes = STR_NONE;
    bed->options.stall_s = 20;
    for (size_t i = 0; i < 10; i++)
        (void)start(bed, &request, &hanging[i]);
    int64_t end = clock_mono_ms() + DEADLINE_MS;
    while (bed->server.requests < 6 && clock_mono_ms() < end)
        step(bed);
    for (int i = 0; i < 20; i++)
        step(bed);
    assert_int_equal(bed->server.requests, 6);
    bed->reply.bytes = STR(OK_REPLY);
    char url[64];
    snprintf(url, sizeof url, "http://localhost:%u/", bed->server.port);
    request.url = url;
    (void)start(bed, &request, &other);
    wait_for(bed, &other);
    assert_int_equal(other.status, 200);
    int64_t before = clock_mono_ms();
    http_free(bed->http);
    assert_true(clock_mono_ms() - before < 200);
    bed->http = http_new(&bed->options);
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(hanging[i].times, 0);
}

static void what_runs_when_connections_are_forgotten_ends_with_an_error(void **state)
{
    struct bed *bed = *state;
    struct got got;
    struct http_request request = {.method = "GET", .url = bed->url};
    bed->reply.bytes = STR_NONE;
    (void)start(bed, &request, &got);
    int64_t end = clock_mono_ms() + DEADLINE_MS;
    while (bed->server.requests < 1 && clock_mono_ms() < end)
        step(bed);
    http_forget_connections(bed->http);
    assert_int_equal(got.times, 0);
    assert_true(http_step(bed->http, 0));
    assert_int_equal(got.times, 1);
    assert_int_equal(got.code, ERR_NETWORK);
    assert_true(got.sent);
    assert_false(got.timed_out);
    assert_non_null(strstr(got.reason, "after a sleep"));
    assert_int_equal(http_running(bed->http), 0);
}

static void what_was_cancelled_is_not_called_back(void **state)
{
    struct bed *bed = *state;
    struct got cancelled, other;
    struct http_request request = {.method = "GET", .url = bed->url};
    uint64_t id = start(bed, &request, &cancelled);
    http_cancel(bed->http, id);
    http_cancel(bed->http, id);
    http_cancel(bed->http, 0);
    (void)start(bed, &request, &other); /* takes the same slot */
    http_cancel(bed->http, id);
    wait_for(bed, &other);
    assert_int_equal(cancelled.times, 0);
    assert_int_equal(http_running(bed->http), 0);
}

struct chain {
    struct bed *bed;
    unsigned left;
    uint64_t victim;
    struct got last;
};

static void on_link(void *ctx, const struct http_answer *answer_)
{
    struct chain *chain = ctx;
    struct http_request request = {.method = "GET", .url = chain->bed->url};
    struct err err = {0};
    uint64_t id;
    assert_int_equal(answer_->status, 200);
    http_cancel(chain->bed->http, chain->victim);
    chain->left--;
    assert_true(http_start(chain->bed->http, &request, chain->left ? on_link : on_done,
                           chain->left ? (void *)chain : (void *)&chain->last, &id, &err));
}

static void a_callback_may_start_and_cancel(void **state)
{
    struct bed *bed = *state;
    struct chain chain = {.bed = bed, .left = 5};
    struct got cancelled;
    char hangs[64];
    snprintf(hangs, sizeof hangs, "https://127.0.0.1:%u/", bed->server.port);
    struct http_request victim = {.method = "GET", .url = hangs};
    struct http_request request = {.method = "GET", .url = bed->url};
    struct err err = {0};
    uint64_t id;
    chain.victim = start(bed, &victim, &cancelled);
    assert_true(http_start(bed->http, &request, on_link, &chain, &id, &err));
    wait_for(bed, &chain.last);
    assert_int_equal(chain.last.status, 200);
    assert_int_equal(http_running(bed->http), 0);
    assert_int_equal(cancelled.times, 0);
}

static void a_wake_ends_the_wait(void **state)
{
    struct bed *bed = *state;
    int64_t before = clock_mono_ms();
    for (int i = 0; i < 100000; i++) /* more than a pipe holds: none may block */
        http_wake(bed->http);
    assert_false(http_step(bed->http, 60000));
    assert_true(clock_mono_ms() - before < 30000);
    before = clock_mono_ms();
    assert_false(http_step(bed->http, 30)); /* the wakes are used up */
    assert_true(clock_mono_ms() - before >= 25);
}

int main(void)
{
#define BED(name) cmocka_unit_test_setup_teardown(name, open_bed, close_bed)
    const struct CMUnitTest tests[] = {
        BED(a_request_leaves_as_it_was_asked_for),
        BED(a_post_without_a_body_says_so_and_names_no_type),
        BED(a_redirect_is_an_answer_and_is_not_followed),
        BED(headers_before_the_last_status_line_are_not_the_answers),
        BED(only_https_and_plain_http_on_this_machine_are_spoken),
        BED(a_header_line_with_a_line_break_is_refused),
        BED(more_than_256_at_once_are_refused),
        BED(plain_http_never_goes_through_a_proxy),
        BED(a_broken_answer_is_told_in_one_sentence),
        BED(an_answer_that_stalls_ends),
        BED(an_answer_that_takes_longer_than_its_time_ends),
        BED(nobody_listening_is_told_and_nothing_was_sent),
        BED(tls_to_what_speaks_none_is_told_and_nothing_was_sent),
        BED(a_body_of_more_than_16_mib_is_given_up),
        BED(a_gzip_bomb_is_given_up_at_16_mib),
        BED(headers_of_more_than_256_kib_are_given_up),
        BED(connections_are_used_again_until_they_are_forgotten),
        BED(what_may_happen_once_only_is_sent_once),
        BED(a_host_that_hangs_does_not_stop_another),
        BED(what_runs_when_connections_are_forgotten_ends_with_an_error),
        BED(what_was_cancelled_is_not_called_back),
        BED(a_callback_may_start_and_cancel),
        BED(a_wake_ends_the_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
