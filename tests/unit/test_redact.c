#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "src/base/redact.h"

#define JWT "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVPmB92K27uhbUJU1p1r"
#define PEM "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAK\n-----END RSA PRIVATE KEY-----"

static void assert_redacted(struct str given, struct str expected)
{
    struct buf out;
    buf_init(&out, 10000);
    assert_true(redact(given, &out));
    if (!str_eq(buf_str(&out), expected))
        fail_msg("[%.*s] became [%.*s]", STR_ARG(given), STR_ARG(buf_str(&out)));
    buf_release(&out);
}

static void secrets_are_blanked_in_every_form(void **state)
{
    (void)state;
    static const struct {
        const char *given, *shown;
    } cases[] = {
        {"id AKIAIOSFODNN7EXAMPLE.", "id AKIA" REDACTED "."},
        {"ASIAIOSFODNN7EXAMPLE", "ASIA" REDACTED},
        {"aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\nregion = x",
         "aws_secret_access_key = " REDACTED "\nregion = x"},
        {"AWS_SESSION_TOKEN=IQoJb3JpZ2luX2VjE==;x", "AWS_SESSION_TOKEN=" REDACTED ";x"},
        {"{\"SecretAccessKey\": \"wJalr\", \"a\":1}",
         "{\"SecretAccessKey\": \"" REDACTED "\", \"a\":1}"},
        {"{\\\"password\\\":\\\"hunter 2\\\",\\\"a\\\":1}",
         "{\\\"password\\\":\\\"" REDACTED "\\\",\\\"a\\\":1}"},
        {"'clientSecret': 'a b'", "'clientSecret': '" REDACTED "'"},
        {"GET /?X-Amz-Credential=AKIA/2026&X-Amz-Signature=fe5f80&X-Amz-Date=1",
         "GET /?X-Amz-Credential=" REDACTED "&X-Amz-Signature=" REDACTED "&X-Amz-Date=1"},
        {"x-amz-security-token: FwoGZXIvYXdzE\r\nhost: a",
         "x-amz-security-token: " REDACTED "\r\nhost: a"},
        {"Authorization: AWS4-HMAC-SHA256 Credential=A/b, Signature=c\r\nhost: a",
         "Authorization: " REDACTED "\r\nhost: a"},
        {"authorization: Basic dXNlcjpwYXNz", "authorization: " REDACTED},
        {"sent Bearer abcdefgh12345678 to", "sent Bearer " REDACTED " to"},
        {"token " JWT " end", "token " REDACTED " end"},
        {"key " PEM " end", "key " REDACTED " end"},
        {"key -----BEGIN PRIVATE KEY-----\nMIIEow", "key " REDACTED},
        {"postgres://app:p4ss:w@db:5432/x", "postgres://app:" REDACTED "@db:5432/x"},
        {"card 4111 1111 1111 1111, 5500-0000-0000-0004 and 378282246310005.",
         "card " REDACTED ", " REDACTED " and " REDACTED "."},
        {"password=a password=b", "password=" REDACTED " password=" REDACTED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_redacted(str_of(cases[i].given), str_of(cases[i].shown));
}

static void what_a_reader_needs_is_left(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "REPORT RequestId: 8f507cfc-xmpl-4697-b07a-ac58fc914c95 Duration: 3003.16 ms",
        "1764000000123 and 4111111111111112 and 12345678901234567",
        "the password was wrong",
        "The request signature we calculated does not match",
        "passwords: 3 rotated",
        "https://sqs.eu-west-1.amazonaws.com/123456789012/queue",
        "http://[::1]:8080/a@b",
        "AKIA and AKIA123 and xAKIAIOSFODNN7EXAMPLE",
        "eyJ and eyJhbGciOiJIUzI1NiJ9",
        "bearer bonds",
        "password:",
        "arn:aws:lambda:eu-west-1:123456789012:function:pay",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_redacted(str_of(cases[i]), str_of(cases[i]));
}

static void a_nul_hides_nothing(void **state)
{
    (void)state;
    assert_redacted(STR("a\0password=x\0y z"), STR("a\0password=" REDACTED " z"));
}

/* No secret may come out because the room ended. */
static void a_met_ceiling_shows_no_secret(void **state)
{
    (void)state;
    for (size_t ceiling = 0; ceiling < 40; ceiling++) {
        struct buf out;
        buf_init(&out, ceiling);
        bool whole = redact(STR("a password=hunter2hunter2 b"), &out);
        assert_int_equal(whole, ceiling >= 23);
        assert_false(str_has(buf_str(&out), STR("h")));
        buf_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_are_blanked_in_every_form),
        cmocka_unit_test(what_a_reader_needs_is_left),
        cmocka_unit_test(a_nul_hides_nothing),
        cmocka_unit_test(a_met_ceiling_shows_no_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
