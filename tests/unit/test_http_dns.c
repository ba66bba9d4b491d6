/* Names that DNS does not know or never answers. The test is the DNS: libcurl's resolver threads
 * call the getaddrinfo below. */
#include "src/aws/http.h"

#include "src/base/clock.h"

#include <netdb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define DEADLINE_MS 20000

int getaddrinfo(const char *restrict node, const char *restrict service,
                const struct addrinfo *restrict hints, struct addrinfo **restrict found)
{
    (void)service, (void)hints, (void)found;
    while (strcmp(node, "hangs.test") == 0)
        (void)pause();
    return EAI_NONAME;
}

struct got {
    unsigned times;
    bool sent, timed_out;
    char reason[700], hint[200];
};

static void on_done(void *ctx, const struct http_answer *answer)
{
    struct got *got = ctx;
    got->times++;
    got->sent = answer->sent;
    got->timed_out = answer->timed_out;
    str_copy(got->reason, sizeof got->reason, str_of(answer->err.text));
    str_copy(got->hint, sizeof got->hint, str_of(err_hint(&answer->err)));
}

static void start(struct http *http, const char *url, struct got *got)
{
    struct http_request request = {.method = "GET", .url = url};
    struct err err = {0};
    uint64_t id;
    *got = (struct got){0};
    assert_true(http_start(http, &request, on_done, got, &id, &err));
}

static void wait_for(struct http *http, const struct got *got)
{
    int64_t end = clock_mono_ms() + DEADLINE_MS;
    while (got->times == 0 && clock_mono_ms() < end)
        (void)http_step(http, 50);
    assert_int_equal(got->times, 1);
}

static void a_name_that_dns_does_not_know_is_told(void **state)
{
    (void)state;
    struct http_options options = {0};
    struct http *http = http_new(&options);
    struct got got;
    start(http, "https://logs.nowhere.test/", &got);
    wait_for(http, &got);
    assert_false(got.sent);
    assert_string_equal(got.reason, "logs.nowhere.test: DNS does not know this name");
    assert_string_equal(got.hint, "check the region and the network");
    http_free(http);
}

static void a_proxy_that_dns_does_not_know_is_told(void **state)
{
    (void)state;
    struct http_options options = {0};
    struct http *http = http_new(&options);
    struct got got;
    setenv("HTTPS_PROXY", "http://proxy.nowhere.test:3128", 1);
    start(http, "https://logs.eu-west-1.amazonaws.com/", &got);
    wait_for(http, &got);
    unsetenv("HTTPS_PROXY");
    assert_string_equal(got.reason,
                        "logs.eu-west-1.amazonaws.com: DNS does not know the proxy's name");
    assert_string_equal(got.hint, "check HTTPS_PROXY and HTTP_PROXY");
    http_free(http);
}

static void dns_that_never_answers_ends_with_the_time_to_connect(void **state)
{
    (void)state;
    struct http_options options = {.connect_ms = 300};
    struct http *http = http_new(&options);
    struct got hanging, other;
    start(http, "https://hangs.test/", &hanging);
    start(http, "https://logs.nowhere.test/", &other);
    wait_for(http, &other);
    assert_int_equal(hanging.times, 0); /* it does not hold up the other */
    wait_for(http, &hanging);
    assert_true(hanging.timed_out);
    assert_false(hanging.sent);
    assert_string_equal(hanging.reason, "hangs.test: no connection within 300 ms");
    http_free(http);
}

static void the_end_does_not_wait_for_dns(void **state)
{
    (void)state;
    struct http_options options = {0};
    struct http *http = http_new(&options);
    struct got hanging[5];
    for (size_t i = 0; i < 5; i++)
        start(http, "https://hangs.test/", &hanging[i]);
    for (int i = 0; i < 5; i++)
        (void)http_step(http, 10);
    int64_t before = clock_mono_ms();
    http_free(http);
    assert_true(clock_mono_ms() - before < 200);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(hanging[i].times, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_that_dns_does_not_know_is_told),
        cmocka_unit_test(a_proxy_that_dns_does_not_know_is_told),
        cmocka_unit_test(dns_that_never_answers_ends_with_the_time_to_connect),
        cmocka_unit_test(the_end_does_not_wait_for_dns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
