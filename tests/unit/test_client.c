/* What the client sends, when it repeats, and what never is repeated. */
#include "tests/unit/client_bed.h"

/* ---- what is sent ---- */

static void a_call_is_signed_and_answered(void **state)
{
    struct bed *bed = *state;
    char line[1024], host[64];
    snprintf(bed->creds.keys.token, sizeof bed->creds.keys.token, "TOKEN");
    struct got got = ask(bed);
    assert_int_equal(got.answer.kind, ANSWER_DONE);
    assert_int_equal(got.answer.status, 200);
    assert_string_equal(got.body, "{}");
    assert_string_equal(got.answer.request_id, "id-1");
    assert_true(str_starts(str_of(bed->requests[0]), STR("POST / HTTP/1.1\r\n")));
    line_of(bed, 0, "x-amz-target", line);
    assert_string_equal(line, "Logs_20140328.FilterLogEvents");
    line_of(bed, 0, "content-type", line);
    assert_string_equal(line, "application/x-amz-json-1.1");
    line_of(bed, 0, "x-amz-date", line);
    assert_string_equal(line, "20260101T000000Z");
    line_of(bed, 0, "x-amz-security-token", line);
    assert_string_equal(line, "TOKEN");
    line_of(bed, 0, "host", line);
    snprintf(host, sizeof host, "127.0.0.1:%u", bed->server.port);
    assert_string_equal(line, host);
    line_of(bed, 0, "authorization", line);
    assert_true(str_starts(str_of(line), STR("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-west-1/"
                                             "logs/aws4_request, SignedHeaders=content-type;host;x-amz-date;"
                                             "x-amz-security-token;x-amz-target, Signature=")));
    line_of(bed, 0, "amz-sdk-request", line);
    assert_string_equal(line, "attempt=1; max=3");
}

static void an_endpoint_with_a_path_is_asked_below_it(void **state)
{
    struct bed *bed = *state;
    struct call call;
    struct got got = {0};
    snprintf(bed->sdk.endpoint_url[SERVICE_LAMBDA], 512, "http://127.0.0.1:%u/proxy", bed->server.port);
    call_init(&call, SERVICE_LAMBDA, "GetFunction", "pay");
    call.method = "GET";
    buf_add(&call.path, STR("/2015-03-31/functions"));
    call_add_segment(&call, STR("pay:live"));
    call_add_query(&call, "Qualifier", STR("$LATEST"));
    client_send(bed->client, &call, on_answer, &got);
    wait_for(bed, &got);
    assert_true(str_starts(str_of(bed->requests[0]),
                           STR("GET /proxy/2015-03-31/functions/pay%3Alive?Qualifier=%24LATEST HTTP/1.1\r\n")));
    char line[1024];
    line_of(bed, 0, "content-type", line);
    assert_string_equal(line, "");
}

static void a_service_without_a_signing_name_is_asked_unsigned(void **state)
{
    struct bed *bed = *state;
    struct call call;
    struct got got = {0};
    char line[1024];
    bed->creds.state = CREDS_FAILED; /* does not matter to it */
    call_init(&call, SERVICE_SSO_OIDC, "CreateToken", "");
    buf_add(&call.body, STR("{}"));
    client_send(bed->client, &call, on_answer, &got);
    wait_for(bed, &got);
    assert_int_equal(got.answer.kind, ANSWER_DONE);
    line_of(bed, 0, "authorization", line);
    assert_string_equal(line, "");
    line_of(bed, 0, "x-amz-date", line);
    assert_string_equal(line, "");
}

static void an_endpoint_that_may_not_be_asked_is_told(void **state)
{
    struct bed *bed = *state;
    snprintf(bed->sdk.endpoint_url[SERVICE_LOGS], 512, "http://evil.example");
    struct got got = ask(bed);
    assert_int_equal(got.answer.kind, ANSWER_BAD);
    assert_int_equal(bed->count, 0);
    assert_says(&got, "plain http", "https");
}

/* ---- repetitions ---- */

static void a_call_is_tried_three_times_with_one_id(void **state)
{
    struct bed *bed = *state;
    static const char *const replies[] = {"HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n",
                                          "HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n", OK_REPLY, NULL};
    char first[1024], line[1024];
    bed->replies = replies;
    struct got got = ask(bed);
    assert_int_equal(got.answer.kind, ANSWER_DONE);
    assert_int_equal(bed->count, 3);
    line_of(bed, 0, "amz-sdk-invocation-id", first);
    assert_int_equal(strlen(first), 36);
    line_of(bed, 2, "amz-sdk-invocation-id", line);
    assert_string_equal(line, first);
    line_of(bed, 2, "amz-sdk-request", line);
    assert_string_equal(line, "attempt=3; max=3");
    assert_true(now_ms < 3100); /* 1 s and 2 s at most */
    struct client_state now;
    client_read_state(bed->client, &now);
    assert_int_equal(now.sent, 3);
    assert_int_equal(now.retried, 2);
    assert_int_equal(now.last.code, ERR_NONE);
    (void)ask(bed);
    line_of(bed, 3, "amz-sdk-invocation-id", line);
    assert_string_not_equal(line, first);
}

/* Reply, how often it is asked in all, what it comes to. The server never mends. */
static void each_failure_has_its_number_of_attempts_and_its_kind(void **state)
{
    struct bed *bed = *state;
    static const struct {
        const char *reply;
        unsigned attempts;
        enum answer_kind kind;
        const char *text, *hint;
    } cases[] = {
        {"HTTP/1.1 429 X\r\nContent-Length: 0\r\n\r\n", 3, ANSWER_THROTTLED,
         "logs:FilterLogEvents on /aws/lambda/pay failed 3 times: HTTP 429", "ask less often"},
        {"HTTP/1.1 429 X\r\nRetry-After: 100000000000\r\nContent-Length: 0\r\n\r\n", 3, ANSWER_THROTTLED,
         "failed 3 times", "ask less often"},
        {"HTTP/1.1 400 X\r\nContent-Length: 51\r\n\r\n"
         "{\"__type\":\"ThrottlingException\",\"message\":\"Rate x\"}\n", 3, ANSWER_THROTTLED,
         "failed 3 times: ThrottlingException: Rate x", "ask less often"},
        {"HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n", 3, ANSWER_UNREACHABLE,
         "failed 3 times: HTTP 500", "has trouble"},
        {"HTTP/1.1 503 X\r\nDate: Thu, 01 Jan 2099 00:00:00 GMT\r\nContent-Length: 0\r\n\r\n", 3,
         ANSWER_UNREACHABLE, "failed 3 times: HTTP 503", "has trouble"},
        {"HTTP/1.1 501 X\r\nContent-Length: 0\r\n\r\n", 1, ANSWER_UNREACHABLE, "HTTP 501", "has trouble"},
        {"HTTP/1.1 502 X\r\nContent-Type: text/html\r\nContent-Length: 49\r\n\r\n"
         "<html><head><title>Bad Gateway</title></head>...\n", 3, ANSWER_UNREACHABLE,
         "failed 3 times: HTTP 502: Bad Gateway", "has trouble"},
        {"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 48\r\n\r\n"
         "<html><head><title>Please log in</title></head>\n", 1, ANSWER_UNREACHABLE,
         ": a web page titled \"Please log in\" answers, not AWS", "HTTPS_PROXY"},
        {"HTTP/1.1 302 X\r\nLocation: http://evil.example/\r\nContent-Length: 0\r\n\r\n", 1,
         ANSWER_UNREACHABLE, "redirect to http://evil.example/, which is never followed", "endpoint"},
        {"HTTP/1.1 301 X\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n", 1,
         ANSWER_UNREACHABLE, "redirect to file:///etc/passwd", "endpoint"},
        {"HTTP/1.1 400 X\r\nContent-Length: 75\r\n\r\n"
         "{\"__type\":\"ResourceNotFoundException\",\"message\":\"The log group is missing.\"}", 1,
         ANSWER_NOT_FOUND, "on /aws/lambda/pay: not found: ResourceNotFoundException: The log group is",
         "check the name, and that it is in eu-west-1"},
        {"HTTP/1.1 400 X\r\nContent-Length: 67\r\n\r\n"
         "{\"__type\":\"InvalidParameterException\",\"message\":\"nextToken is bad.\"}", 1, ANSWER_BAD,
         "InvalidParameterException: nextToken is bad.", "does not take what was asked"},
        {"HTTP/1.1 403 X\r\nContent-Length: 0\r\n\r\n", 1, ANSWER_DENIED,
         "logs:FilterLogEvents on /aws/lambda/pay was refused", "the permission named above"},
        {"HTTP/1.1 403 X\r\nContent-Length: 36\r\n\r\n{\"__type\":\"SignatureDoesNotMatch\"}  \n", 1,
         ANSWER_EXPIRED, "refused the signature made with the keys of profile x", "secret access key"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        client_free(bed->client); /* a full bucket each */
        bed->client = client_new(&bed->sdk, &bed->creds, bed->http);
        bed->count = 0;
        bed->reply = str_of(cases[i].reply);
        struct got got = ask(bed);
        if (got.answer.kind != cases[i].kind || bed->count != cases[i].attempts)
            fail_msg("case %zu: kind %d after %u attempts: %s", i, (int)got.answer.kind, bed->count,
                     got.answer.err.text);
        assert_says(&got, cases[i].text, cases[i].hint);
    }
}

static void a_hint_of_an_age_delays_by_twenty_seconds_at_most(void **state)
{
    struct bed *bed = *state;
    static const char *const replies[] = {
        "HTTP/1.1 429 X\r\nRetry-After: 100000000000\r\nContent-Length: 0\r\n\r\n", OK_REPLY, NULL};
    bed->replies = replies;
    struct got got;
    struct client_state now;
    send_call(bed, &got, false);
    do {
        loopback_step(&bed->server);
        (void)client_step(bed->client, 2);
        client_read_state(bed->client, &now);
    } while (now.retried == 0);
    assert_int_equal(now.waiting, 1);
    assert_int_equal(now.throttled, 1);
    assert_true(now.backing_off_until_unix_ms == NOW_UNIX_MS + 20000);
    wait_for(bed, &got);
    assert_int_equal(got.answer.kind, ANSWER_DONE);
    assert_in_range(now_ms, 20000, 20100);
    client_read_state(bed->client, &now);
    assert_true(now.backing_off_until_unix_ms == TIME_NONE);
}

static void too_many_at_once_waits_a_second_at_least(void **state)
{
    struct bed *bed = *state;
    static const char *const replies[] = {
        "HTTP/1.1 400 X\r\nx-amzn-errortype: LimitExceededException:http://x/\r\nContent-Length: 0\r\n\r\n",
        OK_REPLY, NULL};
    bed->replies = replies;
    struct got got = ask(bed);
    assert_int_equal(got.answer.kind, ANSWER_DONE);
    assert_true(now_ms >= 1000);
}

static void an_outage_ends_the_repetitions(void **state)
{
    struct bed *bed = *state;
    bed->reply = STR("HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n");
    for (int i = 0; i < 50; i++) /* 500 tokens pay for 100 repetitions */
        (void)ask(bed);
    assert_int_equal(bed->count, 150);
    (void)ask(bed);
    assert_int_equal(bed->count, 151);
}

static void max_attempts_is_the_users(void **state)
{
    struct bed *bed = *state;
    bed->sdk.max_attempts = 1;
    bed->reply = STR("HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n");
    struct got got = ask(bed);
    assert_int_equal(bed->count, 1);
    assert_int_equal(got.answer.kind, ANSWER_UNREACHABLE);
}

static void a_broken_connection_is_tried_again(void **state)
{
    struct bed *bed = *state;
    bed->reply = STR_NONE;
    bed->then = LOOPBACK_RESET;
    struct got got = ask(bed);
    assert_int_equal(bed->count, 3);
    assert_int_equal(got.answer.kind, ANSWER_UNREACHABLE);
    assert_int_equal(got.answer.status, 0);
    assert_false(got.answer.in_doubt);
    assert_says(&got, "the connection broke before the answer was whole", "network");
}

/* ---- what may happen once only ---- */

static void a_call_with_an_effect_is_never_repeated_once_it_left(void **state)
{
    struct bed *bed = *state;
    static const struct {
        const char *reply;
        enum loopback_then then;
        bool in_doubt;
    } cases[] = {
        {"", LOOPBACK_RESET, true},
        {"", LOOPBACK_CLOSE, true},
        {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{", LOOPBACK_CLOSE, true},
        {"HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n", LOOPBACK_KEEP, true},
        {"HTTP/1.1 302 X\r\nContent-Length: 0\r\n\r\n", LOOPBACK_KEEP, true},
        {"HTTP/1.1 429 X\r\nContent-Length: 0\r\n\r\n", LOOPBACK_KEEP, false},
        {"HTTP/1.1 400 X\r\nContent-Length: 34\r\n\r\n{\"__type\":\"ExpiredTokenException\"} ", LOOPBACK_KEEP,
         false},
        {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", LOOPBACK_KEEP, false},
    };
    bed->creds.renewed = "AKIDRENEWED";
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct got got;
        bed->count = 0;
        bed->reply = str_of(cases[i].reply);
        bed->then = cases[i].then;
        snprintf(bed->creds.keys.id, sizeof bed->creds.keys.id, "AKID%zu", i);
        send_call(bed, &got, true);
        wait_for(bed, &got);
        if (bed->count != 1 || got.answer.in_doubt != cases[i].in_doubt)
            fail_msg("case %zu: sent %u times, %s doubt", i, bed->count, got.answer.in_doubt ? "in" : "no");
    }
}

static void a_call_with_an_effect_that_never_left_is_repeated(void **state)
{
    struct bed *bed = *state;
    struct got got;
    struct client_state now;
    struct loopback gone;
    loopback_open(&gone, answer, bed);
    loopback_close(&gone);
    snprintf(bed->sdk.endpoint_url[SERVICE_LOGS], 512, "http://127.0.0.1:%u", gone.port);
    send_call(bed, &got, true);
    wait_for(bed, &got);
    client_read_state(bed->client, &now);
    assert_int_equal(now.sent, 3);
    assert_false(got.answer.in_doubt);
    assert_int_equal(got.answer.kind, ANSWER_UNREACHABLE);
}

int main(void)
{
#define BED(name) cmocka_unit_test_setup_teardown(name, open_bed, close_bed)
    const struct CMUnitTest tests[] = {
        BED(a_call_is_signed_and_answered),
        BED(an_endpoint_with_a_path_is_asked_below_it),
        BED(a_service_without_a_signing_name_is_asked_unsigned),
        BED(an_endpoint_that_may_not_be_asked_is_told),
        BED(a_call_is_tried_three_times_with_one_id),
        BED(each_failure_has_its_number_of_attempts_and_its_kind),
        BED(a_hint_of_an_age_delays_by_twenty_seconds_at_most),
        BED(too_many_at_once_waits_a_second_at_least),
        BED(an_outage_ends_the_repetitions),
        BED(max_attempts_is_the_users),
        BED(a_broken_connection_is_tried_again),
        BED(a_call_with_an_effect_is_never_repeated_once_it_left),
        BED(a_call_with_an_effect_that_never_left_is_repeated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
