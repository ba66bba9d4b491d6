/* The client and its credentials, the clock, a denial, a suspend and its end. */
#include "tests/unit/client_bed.h"

/* ---- credentials ---- */

#define EXPIRED_REPLY \
    "HTTP/1.1 400 X\r\nContent-Length: 65\r\n\r\n" \
    "{\"__type\":\"ExpiredTokenException\",\"message\":\"The token is over.\"}\n"

static void calls_wait_in_order_for_credentials(void **state)
{
    struct bed *bed = *state;
    struct got first, second;
    struct client_state now;
    bed->creds.state = CREDS_ASK_MFA;
    send_call(bed, &first, false);
    send_call(bed, &second, false);
    for (int i = 0; i < 5; i++)
        assert_false(client_step(bed->client, 0));
    client_read_state(bed->client, &now);
    assert_true(now.waiting_for_creds && now.wants_mfa);
    assert_int_equal(now.waiting, 2);
    bed->creds.state = CREDS_READY;
    wait_for(bed, &first);
    wait_for(bed, &second);
    assert_int_equal(first.answer.kind, ANSWER_DONE);
    client_read_state(bed->client, &now);
    assert_false(now.waiting_for_creds || now.wants_mfa);
}

static void an_expired_token_is_renewed_and_the_call_sent_again(void **state)
{
    struct bed *bed = *state;
    static const char *const replies[] = {EXPIRED_REPLY, OK_REPLY, NULL};
    char line[1024];
    bed->replies = replies;
    bed->creds.renewed = "AKIDRENEWED";
    struct got got = ask(bed);
    assert_int_equal(got.answer.kind, ANSWER_DONE);
    assert_int_equal(bed->creds.refused, 1);
    assert_int_equal(bed->count, 2);
    line_of(bed, 1, "authorization", line);
    assert_non_null(strstr(line, "Credential=AKIDRENEWED/"));
}

static void a_token_that_stays_expired_is_not_sent_again(void **state)
{
    struct bed *bed = *state;
    struct client_state now;
    bed->reply = STR(EXPIRED_REPLY);
    for (int i = 0; i < 10; i++) {
        struct got got = ask(bed);
        assert_int_equal(got.answer.kind, ANSWER_EXPIRED);
        assert_says(&got, "the credentials of profile x have expired", "aws sso login --profile x");
    }
    assert_int_equal(bed->count, 1);
    client_read_state(bed->client, &now);
    assert_true(now.expired);
    assert_int_equal(now.last.code, ERR_CREDENTIALS);
    bed->reply = STR(OK_REPLY);
    snprintf(bed->creds.keys.id, sizeof bed->creds.keys.id, "AKIDNEW");
    assert_int_equal(ask(bed).answer.kind, ANSWER_DONE);
    client_read_state(bed->client, &now);
    assert_false(now.expired);
    assert_int_equal(now.last.code, ERR_NONE);
}

static void without_credentials_nothing_is_sent_until_a_file_changes(void **state)
{
    struct bed *bed = *state;
    bed->creds.state = CREDS_FAILED;
    for (int i = 0; i < 3; i++) {
        struct got got = ask(bed);
        assert_int_equal(got.answer.kind, ANSWER_EXPIRED);
        assert_says(&got, "no credentials", "aws sso login --profile x");
        now_ms += 1000;
    }
    assert_int_equal(bed->count, 0);
    bed->creds.changed = true;
    assert_int_equal(ask(bed).answer.kind, ANSWER_DONE);
}

/* ---- the clock ---- */

#define SKEWED_REPLY(date) \
    "HTTP/1.1 403 X\r\nDate: " date "\r\nContent-Length: 35\r\n\r\n" \
    "{\"__type\":\"RequestTimeTooSkewed\"}  "
#define SIGNATURE_REPLY(date) \
    "HTTP/1.1 400 X\r\nDate: " date "\r\nContent-Length: 38\r\n\r\n" \
    "{\"__type\":\"InvalidSignatureException\"}"

static void a_clock_that_is_off_is_corrected(void **state)
{
    struct bed *bed = *state;
    static const char *const dates[][2] = {
        {SKEWED_REPLY("Thu, 01 Jan 2026 00:12:30 GMT"), "20260101T001230Z"},
        {SKEWED_REPLY("Wed, 31 Dec 2025 23:50:30 GMT"), "20251231T235030Z"},
        {SKEWED_REPLY("Fri, 01 Jan 2027 00:00:30 GMT"), "20270101T000030Z"},
        {SIGNATURE_REPLY("Thu, 01 Jan 2026 00:05:30 GMT"), "20260101T000530Z"},
    };
    for (size_t i = 0; i < 4; i++) {
        const char *const replies[] = {dates[i][0], OK_REPLY, NULL};
        char line[1024];
        bed->count = 0;
        bed->replies = replies;
        client_free(bed->client);
        bed->client = client_new(&bed->sdk, &bed->creds, bed->http);
        now_ms = 0;
        assert_int_equal(ask(bed).answer.kind, ANSWER_DONE);
        assert_int_equal(bed->count, 2);
        line_of(bed, 1, "x-amz-date", line);
        assert_true(str_starts(str_of(line), str_first(str_of(dates[i][1]), 13)));
    }
}

static void a_signature_that_is_wrong_at_the_right_time_is_not_the_clocks_fault(void **state)
{
    struct bed *bed = *state;
    bed->reply = STR(SIGNATURE_REPLY("Thu, 01 Jan 2026 00:02:00 GMT"));
    struct got got = ask(bed);
    assert_int_equal(bed->count, 1);
    assert_int_equal(got.answer.kind, ANSWER_EXPIRED);
    assert_says(&got, "refused the signature", "secret access key of profile x");
    struct client_state now;
    client_read_state(bed->client, &now);
    assert_in_range(now.skew_ms, 110000, 120000); /* recorded all the same */
}

static void a_clock_that_stays_off_is_told_in_minutes(void **state)
{
    struct bed *bed = *state;
    bed->reply = STR(SKEWED_REPLY("Thu, 01 Jan 2026 00:12:00 GMT"));
    struct got got = ask(bed);
    assert_int_equal(bed->count, 2);
    assert_int_equal(got.answer.kind, ANSWER_UNREACHABLE);
    assert_says(&got, "the clock of this machine is 12 minutes behind that of 127.0.0.1", "NTP");
    bed->reply = STR("HTTP/1.1 403 X\r\nContent-Length: 33\r\n\r\n{\"__type\":\"RequestTimeTooSkewed\"}");
    bed->count = 0;
    got = ask(bed);
    assert_int_equal(bed->count, 1); /* no Date: nothing to correct */
}

static void a_wrong_secret_is_not_blamed_on_a_clock_that_was_corrected(void **state)
{
    struct bed *bed = *state;
    bed->reply = STR(SIGNATURE_REPLY("Thu, 01 Jan 2026 00:12:30 GMT"));
    struct got got = ask(bed);
    assert_int_equal(bed->count, 2);
    assert_int_equal(got.answer.kind, ANSWER_EXPIRED);
    assert_says(&got, "refused the signature", "secret access key of profile x");
}

/* A balancer's Date, a proxy's and a captive page's are not the service's. */
static void only_the_services_own_clock_is_followed(void **state)
{
    struct bed *bed = *state;
#define DATE_2099 "Date: Thu, 01 Jan 2099 00:00:00 GMT\r\n"
    static const char *const replies[] = {
        "HTTP/1.1 503 X\r\n" DATE_2099 "Content-Length: 0\r\n\r\n",
        "HTTP/1.1 302 X\r\n" DATE_2099 "Content-Length: 0\r\n\r\n",
        "HTTP/1.1 200 X\r\n" DATE_2099 "Content-Length: 6\r\n\r\n<html>",
    };
    for (size_t i = 0; i < 3; i++) {
        struct client_state now;
        bed->reply = str_of(replies[i]);
        assert_int_equal(ask(bed).answer.kind, ANSWER_UNREACHABLE);
        client_read_state(bed->client, &now);
        assert_int_equal(now.skew_ms, 0);
    }
}

/* ---- denial, suspend, end ---- */

static void a_missing_permission_is_named_with_its_resource(void **state)
{
    struct bed *bed = *state;
    bed->reply = STR("HTTP/1.1 400 X\r\nConnection: close\r\n\r\n"
                     "{\"__type\":\"AccessDeniedException\",\"Message\":\"User: arn:aws:sts::1:assumed-role/r/s is "
                     "not authorized to perform: logs:FilterLogEvents on resource: "
                     "arn:aws:logs:eu-west-1:1:log-group:/aws/lambda/pay:log-stream: because no "
                     "identity-based policy allows the logs:FilterLogEvents action\"}");
    bed->then = LOOPBACK_CLOSE;
    struct got got = ask(bed);
    assert_int_equal(bed->count, 1);
    assert_int_equal(got.answer.kind, ANSWER_DENIED);
    assert_says(&got, "logs:FilterLogEvents on arn:aws:logs:eu-west-1:1:log-group:/aws/lambda/pay:log-stream: "
                      "was refused",
                "assumed-role/r/s lacks the permission");
    struct client_state now;
    client_read_state(bed->client, &now);
    assert_false(now.expired);
}

static void after_a_sleep_what_ran_is_sent_again_on_new_connections(void **state)
{
    struct bed *bed = *state;
    struct got got;
    bed->reply = STR_NONE;
    send_call(bed, &got, false);
    for (int i = 0; i < ROUNDS && bed->count == 0; i++) {
        loopback_step(&bed->server);
        (void)client_step(bed->client, 2);
    }
    bed->reply = STR(OK_REPLY);
    client_resumed(bed->client);
    wait_for(bed, &got);
    assert_int_equal(got.answer.kind, ANSWER_DONE);
    assert_int_equal(bed->server.accepted, 2);
}

static void a_client_that_ends_calls_nobody_back(void **state)
{
    struct bed *bed = *state;
    struct got got[20];
    bed->reply = STR_NONE;
    for (size_t i = 0; i < 20; i++)
        send_call(bed, &got[i], false);
    for (int i = 0; i < 20; i++) {
        loopback_step(&bed->server);
        (void)client_step(bed->client, 2);
    }
    client_free(bed->client);
    bed->client = client_new(&bed->sdk, &bed->creds, bed->http);
    assert_int_equal(http_running(bed->http), 0);
    for (size_t i = 0; i < 20; i++)
        assert_int_equal(got[i].times, 0);
}

static void more_calls_than_transfers_are_all_answered(void **state)
{
    struct bed *bed = *state;
    static struct got got[400];
    for (size_t i = 0; i < 400; i++)
        send_call(bed, &got[i], false);
    for (size_t i = 0; i < 400; i++) {
        wait_for(bed, &got[i]);
        assert_int_equal(got[i].answer.kind, ANSWER_DONE);
    }
    assert_int_equal(bed->count, 400);
    assert_true(bed->server.accepted <= 6);
}

int main(void)
{
#define BED(name) cmocka_unit_test_setup_teardown(name, open_bed, close_bed)
    const struct CMUnitTest tests[] = {
        BED(calls_wait_in_order_for_credentials),
        BED(an_expired_token_is_renewed_and_the_call_sent_again),
        BED(a_token_that_stays_expired_is_not_sent_again),
        BED(without_credentials_nothing_is_sent_until_a_file_changes),
        BED(a_clock_that_is_off_is_corrected),
        BED(a_signature_that_is_wrong_at_the_right_time_is_not_the_clocks_fault),
        BED(a_clock_that_stays_off_is_told_in_minutes),
        BED(a_wrong_secret_is_not_blamed_on_a_clock_that_was_corrected),
        BED(only_the_services_own_clock_is_followed),
        BED(a_missing_permission_is_named_with_its_resource),
        BED(after_a_sleep_what_ran_is_sent_again_on_new_connections),
        BED(a_client_that_ends_calls_nobody_back),
        BED(more_calls_than_transfers_are_all_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
