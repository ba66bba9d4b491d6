/* Providers that ask: roles, web identity, container, machine; what they ask, and what comes of
 * each answer. Nothing leaves the process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <poll.h>

#include "src/aws/exchange.h"
#include "src/aws/sts.h"
#include "tests/unit/creds_room.h"

#define ROLE_KEYS(operation, id)                                                                \
    "<" operation "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><" operation    \
    "Result><AssumedRoleUser><Arn>x</Arn></AssumedRoleUser><Credentials><AccessKeyId>" id       \
    "</AccessKeyId><SecretAccessKey>" SECRET "</SecretAccessKey><SessionToken>tok+en/=</SessionToken>" \
    "<Expiration>2026-09-21T15:13:20Z</Expiration></Credentials></" operation "Result></"       \
    operation "Response>"
#define ASSUMED(id) ROLE_KEYS("AssumeRole", id)
#define METADATA(id, expires)                                                            \
    "{\"Code\":\"Success\",\"AccessKeyId\":\"" id "\",\"SecretAccessKey\":\"" SECRET     \
    "\",\"Token\":\"t\",\"Expiration\":\"" expires "\",\"LastUpdated\":\"x\",\"RoleArn\":null}"
#define ERROR_XML(code, message)                                                           \
    "<ErrorResponse><Error><Type>Sender</Type><Code>" code "</Code><Message>" message      \
    "</Message></Error><RequestId>1</RequestId></ErrorResponse>"

static void step_at(int64_t now_unix_ms)
{
    assert_in_range(creds_step(creds, now_unix_ms), 0, 60000);
}

/* ---- roles ---- */

static const char two_roles[] =
    "[profile a]\nrole_arn = arn:aws:iam::111122223333:role/outer\nsource_profile = b\n"
    "external_id = e&1\nrole_session_name = me\nduration_seconds = 900\n"
    "[profile b]\nrole_arn = arn:aws:iam::111122223333:role/inner\nsource_profile = c\n"
    "[profile c]\naws_access_key_id = AKIDBASE\naws_secret_access_key = " SECRET "\n";

static void roles_are_assumed_from_the_innermost_out(void **state)
{
    (void)state;
    write_config(two_roles);
    open_creds("a");
    assert_int_equal(read_at(NOW), CREDS_WAIT);
    assert_string_equal(fake.asked.url, "https://sts.eu-west-1.amazonaws.com/");
    assert_string_equal(fake.asked.method, "POST");
    assert_string_equal(fake.asked.body,
                        "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1111222233"
                        "33%3Arole%2Finner&RoleSessionName=lambdig-1790000000");
    assert_non_null(strstr(fake.asked.lines, "Credential=AKIDBASE/"));
    assert_non_null(strstr(fake.asked.lines, "/eu-west-1/sts/aws4_request"));
    assert_non_null(strstr(fake.asked.lines, "Content-Type: application/x-www-form-urlencoded"));
    assert_null(strstr(fake.asked.lines, SECRET));
    answer(200, ASSUMED("ASIAINNER"));
    assert_int_equal(read_at(NOW), CREDS_WAIT);
    assert_non_null(strstr(fake.asked.lines, "Credential=ASIAINNER/"));
    assert_non_null(strstr(fake.asked.lines, "X-Amz-Security-Token: tok+en/="));
    assert_string_equal(fake.asked.body,
                        "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1111222233"
                        "33%3Arole%2Fouter&RoleSessionName=me&DurationSeconds=900&ExternalId=e%261");
    answer(200, ASSUMED("ASIAOUTER"));
    step_at(NOW);
    assert_ready(NOW, "ASIAOUTER");
    assert_true(keys.expires_unix_ms == NOW + 3600000);
    assert_string_equal(creds_source(creds), "role");
}

static void a_profile_may_source_itself_where_it_has_keys(void **state)
{
    (void)state;
    write_config("[profile a]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = a\n"
                 "aws_access_key_id = AKIDSELF\naws_secret_access_key = x\n");
    open_creds("a");
    assert_int_equal(read_at(NOW), CREDS_WAIT);
    assert_non_null(strstr(fake.asked.lines, "Credential=AKIDSELF/"));
}

static void a_credential_source_gives_the_first_keys(void **state)
{
    (void)state;
    write_config("[default]\nrole_arn = arn:aws:iam::1:role/r\ncredential_source = EcsContainer\n");
    setenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/creds", 1);
    open_creds(NULL);
    assert_int_equal(read_at(NOW), CREDS_WAIT);
    assert_string_equal(fake.asked.url, "http://169.254.170.2/creds");
    assert_true(fake.asked.no_proxy);
    assert_int_equal(fake.asked.timeout_ms, 2000);
    answer(200, METADATA("ASIACONTAINER", "2026-09-21T15:13:20Z"));
    assert_non_null(strstr(fake.asked.lines, "Credential=ASIACONTAINER/"));
}

static void keys_of_variables_serve_a_role_too(void **state)
{
    (void)state;
    write_config("[profile a]\nrole_arn = arn:aws:iam::1:role/r\ncredential_source = Environment\n");
    setenv("AWS_ACCESS_KEY_ID", "AKIDENV", 1);
    setenv("AWS_SECRET_ACCESS_KEY", SECRET, 1);
    open_creds("a");
    assert_int_equal(read_at(NOW), CREDS_WAIT);
    assert_non_null(strstr(fake.asked.lines, "Credential=AKIDENV/"));
}

static void a_web_identity_of_variables_is_not_the_source_of_a_role(void **state)
{
    (void)state;
    write_config(two_roles);
    write_text("token", "planted");
    setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "/nowhere", 1);
    setenv("AWS_ROLE_ARN", "arn:aws:iam::1:role/web", 1);
    setenv("AWS_PROFILE", "b", 1);
    open_creds(NULL);
    assert_int_equal(read_at(NOW), CREDS_WAIT);
    assert_non_null(strstr(fake.asked.lines, "Credential=AKIDBASE/"));
    open_creds("c"); /* nor of a profile that came by flag */
    assert_ready(NOW, "AKIDBASE");
    setenv("AWS_PROFILE", "c", 1);
    open_creds(NULL);
    assert_failed(NOW, "reading /nowhere", NULL);
}

static void a_role_that_may_not_be_assumed_says_so(void **state)
{
    (void)state;
    write_config(two_roles);
    open_creds("b");
    assert_int_equal(read_at(NOW), CREDS_WAIT);
    answer(403, ERROR_XML("AccessDenied", "User: x is not authorized to perform: sts:AssumeRole"));
    step_at(NOW);
    assert_failed(NOW, "assuming arn:aws:iam::111122223333:role/inner: AccessDenied: User: x is not",
                  "trust policy");
    assert_false(creds_worth_retrying(creds));
    assert_failed(NOW + 3600000, "AccessDenied", NULL); /* nobody is asked again by itself */
    assert_null(fake.asked.done);
    creds_retry(creds);
    assert_int_equal(read_at(NOW + 3600001), CREDS_WAIT);
    answer(403, "<html>proxy</html>");
    step_at(NOW);
    assert_failed(NOW, "assuming arn:aws:iam::111122223333:role/inner: status 403", NULL);
}

static void a_server_in_trouble_is_asked_three_times_and_later_again(void **state)
{
    (void)state;
    write_config(two_roles);
    open_creds("b");
    assert_int_equal(read_at(NOW), CREDS_WAIT);
    for (int i = 0; i < 2; i++) {
        int64_t deadline_ms = clock_mono_ms() + 10000;
        answer(i ? 503 : 400, ERROR_XML("Throttling", "Rate exceeded"));
        while (!fake.asked.done && clock_mono_ms() < deadline_ms) {
            poll(NULL, 0, 20);
            step_at(NOW);
        }
    }
    answer(0, "no route");
    step_at(NOW);
    assert_failed(NOW, "no route", NULL);
    assert_failed(NOW + 999, "no route", NULL);
    assert_int_equal(read_at(NOW + 1000), CREDS_WAIT);
    answer(200, ASSUMED("ASIAINNER"));
    step_at(NOW + 1000);
    assert_ready(NOW + 1000, "ASIAINNER");
}

static void what_may_pass_is_told_from_what_stays(void **state)
{
    static const struct {
        int status;
        const char *body;
        bool passing;
    } rows[] = {
        {0, "", true},       {500, "", true},        {503, "<html>", true}, {429, "", true},
        {200, "", false},    {400, "", false},       {403, "AccessDenied", false},
        {401, "", false},    {400, ERROR_XML("Throttling", "x"), true},
        {400, "{\"__type\":\"TooManyRequestsException\"}", true},
        {400, ERROR_XML("IDPCommunicationError", "x"), true},
        {200, ERROR_XML("Throttling", "x"), false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct http_answer got = {.status = rows[i].status, .body = str_of(rows[i].body)};
        assert_int_equal(exchange_is_passing(&got), rows[i].passing);
    }
}

static void a_clock_that_is_off_is_found_out(void **state)
{
    (void)state;
    write_config(two_roles);
    open_creds("b");
    assert_int_equal(read_at(NOW), CREDS_WAIT);
    unsigned asked = fake.count;
    answer_with("Date: Mon, 21 Sep 2026 14:43:20 GMT\r\n\r\n", 403,
                ERROR_XML("SignatureDoesNotMatch", "Signature expired"), NOW);
    assert_int_equal(fake.count, asked + 1); /* at once, with the server's time */
    answer_with("Date: Mon, 21 Sep 2026 14:43:20 GMT\r\n\r\n", 403,
                ERROR_XML("SignatureDoesNotMatch", "Signature expired"), NOW);
    step_at(NOW);
    assert_failed(NOW, "SignatureDoesNotMatch: Signature expired", NULL); /* and only once */
}

static void keys_are_taken_whatever_their_date_says(void **state)
{
    (void)state;
    write_config(two_roles);
    open_creds("b");
    assert_int_equal(read_at(NOW), CREDS_WAIT);
    answer_with("Date: Mon, 21 Sep 2026 14:43:20 GMT\r\n\r\n", 200, ASSUMED("ASIASKEW"), NOW);
    assert_null(fake.asked.done);
    step_at(NOW);
    assert_ready(NOW, "ASIASKEW");
}

static void an_answer_that_is_no_keys_is_an_error(void **state)
{
    static const struct {
        const char *body, *words;
    } rows[] = {
        {"", "AssumeRole"},
        {"<html>sign in</html>", "AssumeRole: no access key id"},
        {"<!DOCTYPE a [<!ENTITY b \"" SECRET "\">]><a>&b;</a>", "AssumeRole"},
        {"<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>A</AccessKeyId>"
         "</Credentials></AssumeRoleResult></AssumeRoleResponse>",
         "AssumeRole: an access key id without its secret"},
        {"<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>A B</AccessKeyId>"
         "<SecretAccessKey>" SECRET "</SecretAccessKey></Credentials></AssumeRoleResult>"
         "</AssumeRoleResponse>",
         "AssumeRole: a key with blanks"},
    };
    (void)state;
    write_config(two_roles);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        open_creds("b");
        assert_int_equal(read_at(NOW), CREDS_WAIT);
        answer(200, rows[i].body);
        step_at(NOW);
        assert_failed(NOW, rows[i].words, NULL);
    }
}

/* ---- renewal ---- */

static void keys_are_renewed_behind_the_reader_and_kept_when_that_fails(void **state)
{
    (void)state;
    write_config(two_roles);
    open_creds("b");
    assert_int_equal(read_at(NOW), CREDS_WAIT);
    answer(200, ASSUMED("ASIAFIRST"));
    step_at(NOW);
    assert_ready(NOW + 2699000, "ASIAFIRST"); /* 15 min 1 s before the end */
    assert_null(fake.asked.done);
    assert_ready(NOW + 2700000, "ASIAFIRST");
    assert_non_null(fake.asked.done); /* asked beside it */
    answer(403, ERROR_XML("AccessDenied", "no"));
    step_at(NOW + 2700000);
    assert_ready(NOW + 2700001, "ASIAFIRST");
    assert_null(fake.asked.done);
    assert_failed(NOW + 3600000, "AccessDenied", NULL); /* past their end, and it will not change */
    creds_retry(creds);
    assert_int_equal(read_at(NOW + 3600001), CREDS_WAIT);
    answer(200, ROLE_KEYS("AssumeRole", "ASIALATE")); /* it ended by then */
    step_at(NOW + 3600001);
    assert_ready(NOW + 3600002, "ASIAFIRST"); /* that may pass: the old ones are used on */
    creds_refused(creds, &keys);
    assert_failed(NOW + 3600003, "gave keys that have expired already", NULL);
}

static void freeing_stops_what_is_asked(void **state)
{
    (void)state;
    write_config(two_roles);
    open_creds("b");
    assert_int_equal(read_at(NOW), CREDS_WAIT);
    creds_free(creds);
    creds = NULL;
    assert_int_equal(fake.cancelled, 1);
}

/* ---- codes ---- */

static void a_role_with_a_device_asks_for_its_code(void **state)
{
    (void)state;
    write_config("[default]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = c\n"
                 "mfa_serial = arn:aws:iam::1:mfa/me\n"
                 "[profile c]\naws_access_key_id = AKIDBASE\naws_secret_access_key = x\n");
    open_creds(NULL);
    assert_false(creds_give_mfa(creds, "123456"));
    assert_int_equal(read_at(NOW), CREDS_ASK_MFA);
    assert_string_equal(creds_mfa_serial(creds), "arn:aws:iam::1:mfa/me");
    assert_false(creds_give_mfa(creds, "12345"));
    assert_false(creds_give_mfa(creds, "12345a"));
    assert_null(fake.asked.done);
    assert_true(creds_give_mfa(creds, "123456"));
    assert_string_equal(creds_mfa_serial(creds), "");
    assert_int_equal(read_at(NOW), CREDS_WAIT);
    assert_non_null(strstr(fake.asked.body,
                           "&SerialNumber=arn%3Aaws%3Aiam%3A%3A1%3Amfa%2Fme&TokenCode=123456"));
    answer(200, ASSUMED("ASIAMFA"));
    step_at(NOW);
    assert_ready(NOW + 3599999, "ASIAMFA"); /* not asked for ahead of time */
    assert_int_equal(read_at(NOW + 3600000), CREDS_ASK_MFA);
}

/* ---- web identity ---- */

static void a_web_identity_is_traded_unsigned(void **state)
{
    char path[512];
    (void)state;
    write_text("token", "header.payload.planted\n");
    path_at_home("token", path, sizeof path);
    setenv("AWS_WEB_IDENTITY_TOKEN_FILE", path, 1);
    setenv("AWS_ROLE_ARN", "arn:aws:iam::1:role/web", 1);
    setenv("AWS_ROLE_SESSION_NAME", "pod", 1);
    open_creds(NULL);
    assert_int_equal(read_at(NOW), CREDS_WAIT);
    assert_string_equal(fake.asked.body, "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn="
                                         "arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fweb&RoleSessionName=pod&"
                                         "WebIdentityToken=header.payload.planted");
    assert_null(strstr(fake.asked.lines, "Authorization"));
    answer(200, ROLE_KEYS("AssumeRoleWithWebIdentity", "ASIAWEB"));
    step_at(NOW);
    assert_ready(NOW, "ASIAWEB");
    assert_string_equal(creds_source(creds), "web-identity");
    write_text("token", "header.payload.other");
    assert_ready(NOW + 2700000, "ASIAWEB");
    assert_non_null(strstr(fake.asked.body, "WebIdentityToken=header.payload.other"));
    answer(400, ERROR_XML("ExpiredTokenException", "Token expired"));
    step_at(NOW + 2700000);
    assert_ready(NOW + 2700001, "ASIAWEB");
}

static void a_token_file_is_a_file(void **state)
{
    char path[512];
    (void)state;
    path_at_home("token", path, sizeof path);
    remove_at_home("token");
    assert_int_equal(mkfifo(path, 0600), 0);
    setenv("AWS_WEB_IDENTITY_TOKEN_FILE", path, 1);
    setenv("AWS_ROLE_ARN", "arn:aws:iam::1:role/web", 1);
    open_creds(NULL);
    assert_failed(NOW, "/token: no plain file", NULL);
    unlink(path);
    write_text("token", " \n");
    open_creds(NULL);
    assert_failed(NOW, "/token: it is empty", NULL);
    write_bytes("token", STR("a\0b"));
    open_creds(NULL);
    assert_failed(NOW, "/token: a NUL byte", NULL);
}

/* ---- container ---- */

static void only_this_machine_and_the_fixed_addresses_are_asked_for_keys(void **state)
{
    static const struct {
        const char *url;
        bool good;
    } rows[] = {
        {"http://localhost:8080/x", true},       {"http://127.0.0.1/x", true},
        {"http://169.254.170.2/x", true},        {"http://169.254.170.23/x", true},
        {"http://[fd00:ec2::23]/x", true},       {"http://[::1]:80/x", true},
        {"https://example.com/x", true},         {"http://example.com/x", false},
        {"http://169.254.169.254/x", false},     {"http://127.0.0.1.evil.com/x", false},
        {"http://127.0.0.1@evil.com/x", false},  {"http://evil.com?@127.0.0.1/", false},
        {"ftp://localhost/x", false},            {"localhost/x", false},
        {"http://localhost/\r\nx", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", rows[i].url, 1);
        open_creds(NULL);
        enum creds_state got = read_at(NOW);
        if (got != (rows[i].good ? CREDS_WAIT : CREDS_FAILED))
            fail_msg("%s: %d %s", rows[i].url, (int)got, err.text);
    }
}

static void the_token_of_a_container_is_read_each_time(void **state)
{
    char path[512];
    (void)state;
    setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost:1/x", 1);
    setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "Basic planted", 1);
    open_creds(NULL);
    assert_int_equal(read_at(NOW), CREDS_WAIT);
    assert_string_equal(asked_line("Authorization"), "Authorization: Basic planted");
    write_text("token", "Bearer planted-one\n");
    path_at_home("token", path, sizeof path);
    setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", path, 1);
    open_creds(NULL);
    assert_int_equal(read_at(NOW), CREDS_WAIT);
    assert_string_equal(asked_line("Authorization"), "Authorization: Bearer planted-one");
    answer(200, METADATA("ASIAPOD", "2026-09-21T15:13:20Z"));
    step_at(NOW);
    assert_ready(NOW, "ASIAPOD");
    write_text("token", "Bearer planted-two");
    assert_ready(NOW + 2700000, "ASIAPOD");
    assert_string_equal(asked_line("Authorization"), "Authorization: Bearer planted-two");
    write_text("token", "Bearer planted\r\nX-Evil: planted");
    open_creds(NULL);
    assert_failed(NOW, "the authorization token has control bytes", NULL);
}

static void a_container_that_refuses_says_why(void **state)
{
    static const struct {
        int status;
        const char *body, *words;
    } rows[] = {
        {400, "{\"code\":\"AccessDenied\",\"message\":\"no \\u001b role\"}", "control bytes"},
        {400, "{\"code\":\"AccessDenied\",\"message\":\"no role\"}", "AccessDenied: no role (status 400)"},
        {404, "gone", "no JSON object (status 404)"},
        {200, "{\"Code\":\"Failed\",\"Message\":\"later\"}", "Failed: later"},
        {200, METADATA("A", "yesterday"), "Expiration is no time"},
        {200, METADATA("A", "2026-09-21T14:13:19Z"), "gave keys that have expired already"},
        {200, "{\"AccessKeyId\":{},\"SecretAccessKey\":\"" SECRET "\"}", "AccessKeyId is no text"},
        {200, "[]", "no JSON object"},
        {200, "{}", "the container's credentials: no access key id"},
    };
    (void)state;
    setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost:1/x", 1);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        open_creds(NULL);
        assert_int_equal(read_at(NOW), CREDS_WAIT);
        answer(rows[i].status, rows[i].body);
        step_at(NOW);
        assert_failed(NOW, rows[i].words, NULL);
    }
}

/* ---- the machine's metadata ---- */

static void the_machine_is_asked_for_a_token_a_role_and_keys(void **state)
{
    (void)state;
    unsetenv("AWS_EC2_METADATA_DISABLED");
    open_creds(NULL);
    assert_int_equal(read_at(NOW), CREDS_WAIT);
    assert_string_equal(fake.asked.method, "PUT");
    assert_string_equal(fake.asked.url, "http://169.254.169.254/latest/api/token");
    assert_string_equal(fake.asked.lines, "x-aws-ec2-metadata-token-ttl-seconds: 21600\n");
    assert_true(fake.asked.no_proxy);
    assert_int_equal(fake.asked.timeout_ms, 1000);
    answer(200, "planted==");
    assert_string_equal(fake.asked.method, "GET");
    assert_string_equal(fake.asked.lines, "x-aws-ec2-metadata-token: planted==\n");
    assert_string_equal(fake.asked.url,
                        "http://169.254.169.254/latest/meta-data/iam/security-credentials/");
    answer(200, "role-name\nsecond");
    assert_string_equal(fake.asked.url,
                        "http://169.254.169.254/latest/meta-data/iam/security-credentials/role-name");
    answer(200, METADATA("ASIAMACHINE", "2026-09-21T14:13:19Z"));
    step_at(NOW);
    assert_ready(NOW, "ASIAMACHINE"); /* past their end, and the best there is */
    assert_in_range(keys.expires_unix_ms - NOW, 17 * 60000, 25 * 60000);
    assert_string_equal(creds_source(creds), "imds");
}

static void a_machine_without_metadata_is_told_what_to_do(void **state)
{
    (void)state;
    unsetenv("AWS_EC2_METADATA_DISABLED");
    setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv6", 1);
    open_creds(NULL);
    assert_int_equal(read_at(NOW), CREDS_WAIT);
    assert_string_equal(fake.asked.url, "http://[fd00:ec2::254]/latest/api/token");
    answer(0, "no answer within 1 s");
    step_at(NOW);
    assert_failed(NOW, "the machine's metadata gives none: no answer within 1 s",
                  "run: aws configure sso");
    static const char *const bad[] = {"ftp://x", "http://x\r\ny", "http://a b", "http://u@x", "x"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", bad[i], 1);
        open_creds(NULL);
        assert_failed(NOW, "AWS_EC2_METADATA_SERVICE_ENDPOINT is no URL", NULL);
    }
    setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1338/", 1);
    open_creds(NULL);
    assert_int_equal(read_at(NOW), CREDS_WAIT);
    assert_string_equal(fake.asked.url, "http://127.0.0.1:1338/latest/api/token");
    answer(200, "two words");
    step_at(NOW);
    assert_failed(NOW, "the session token is none", NULL);
    open_creds(NULL);
    assert_int_equal(read_at(NOW), CREDS_WAIT);
    answer(200, "token");
    answer(404, "");
    step_at(NOW);
    assert_failed(NOW, "status 404: the machine has no role", NULL);
}

/* ---- who am I ---- */

static void an_arn_names_account_and_role(void **state)
{
    static const struct {
        const char *arn, *account, *role;
    } rows[] = {
        {"arn:aws:sts::123456789012:assumed-role/Admin/me@x", "123456789012", "Admin"},
        {"arn:aws-us-gov:iam::123456789012:user/path/jane", "123456789012", "jane"},
        {"arn:aws:iam::123456789012:root", "123456789012", "root"},
        {"arn:aws:sts::12345678901x:assumed-role/a/b", NULL, NULL},
        {"arn:aws:sts", NULL, NULL},
        {"", NULL, NULL},
    };
    struct sts_identity who;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(sts_read_arn(str_of(rows[i].arn), &who), rows[i].account != NULL);
        assert_string_equal(who.account, rows[i].account ? rows[i].account : "");
        assert_string_equal(who.role, rows[i].role ? rows[i].role : "");
    }
    assert_true(sts_decode_identity(STR("<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>"
                                        "arn:aws:sts::123456789012:assumed-role/R/s</Arn><UserId>x"
                                        "</UserId></GetCallerIdentityResult></GetCallerIdentityResponse>"),
                                    &who, &err));
    assert_string_equal(who.arn, "arn:aws:sts::123456789012:assumed-role/R/s");
    err_clear(&err);
    assert_false(sts_decode_identity(STR("<a/>"), &who, &err));
    assert_non_null(strstr(err.text, "is no ARN"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(roles_are_assumed_from_the_innermost_out, close_creds),
        cmocka_unit_test_teardown(a_profile_may_source_itself_where_it_has_keys, close_creds),
        cmocka_unit_test_teardown(a_credential_source_gives_the_first_keys, close_creds),
        cmocka_unit_test_teardown(keys_of_variables_serve_a_role_too, close_creds),
        cmocka_unit_test_teardown(a_web_identity_of_variables_is_not_the_source_of_a_role, close_creds),
        cmocka_unit_test_teardown(a_role_that_may_not_be_assumed_says_so, close_creds),
        cmocka_unit_test_teardown(a_server_in_trouble_is_asked_three_times_and_later_again, close_creds),
        cmocka_unit_test(what_may_pass_is_told_from_what_stays),
        cmocka_unit_test_teardown(a_clock_that_is_off_is_found_out, close_creds),
        cmocka_unit_test_teardown(keys_are_taken_whatever_their_date_says, close_creds),
        cmocka_unit_test_teardown(an_answer_that_is_no_keys_is_an_error, close_creds),
        cmocka_unit_test_teardown(keys_are_renewed_behind_the_reader_and_kept_when_that_fails, close_creds),
        cmocka_unit_test_teardown(freeing_stops_what_is_asked, close_creds),
        cmocka_unit_test_teardown(a_role_with_a_device_asks_for_its_code, close_creds),
        cmocka_unit_test_teardown(a_web_identity_is_traded_unsigned, close_creds),
        cmocka_unit_test_teardown(a_token_file_is_a_file, close_creds),
        cmocka_unit_test_teardown(only_this_machine_and_the_fixed_addresses_are_asked_for_keys, close_creds),
        cmocka_unit_test_teardown(the_token_of_a_container_is_read_each_time, close_creds),
        cmocka_unit_test_teardown(a_container_that_refuses_says_why, close_creds),
        cmocka_unit_test_teardown(the_machine_is_asked_for_a_token_a_role_and_keys, close_creds),
        cmocka_unit_test_teardown(a_machine_without_metadata_is_told_what_to_do, close_creds),
        cmocka_unit_test_teardown(an_arn_names_account_and_role, close_creds),
    };
    return cmocka_run_group_tests(tests, new_home, drop_home);
}
