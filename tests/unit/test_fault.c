/* What an answer that is no success says, in each dialect. Source of the forms: the project's notes
 * on the wire, after the API models of botocore 1.43 and recorded answers. */
#include "src/aws/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct fault read_answer(enum service_id service, int status, const char *headers, const char *body)
{
    struct http_answer answer = {.status = status, .headers = str_of(headers), .body = str_of(body)};
    struct fault fault;
    fault_read(&answer, service, &fault);
    return fault;
}

static void each_dialect_gives_its_code_and_its_words(void **state)
{
    (void)state;
    static const struct {
        enum service_id service;
        int status;
        const char *headers, *body, *code, *message;
        enum fault_class class;
    } cases[] = {
        {SERVICE_LOGS, 400, "", "{\"__type\":\"ResourceNotFoundException\",\"message\":\"none\"}",
         "ResourceNotFoundException", "none", FAULT_NOT_FOUND},
        {SERVICE_LAMBDA, 404, "x-amzn-ErrorType: ResourceNotFoundException:http://internal/\r\n",
         "{\"Type\":\"User\",\"Message\":\"Function not found\"}", "ResourceNotFoundException",
         "Function not found", FAULT_NOT_FOUND},
        {SERVICE_LAMBDA, 429, "Retry-After: 1\r\nx-amzn-ErrorType: TooManyRequestsException\r\n",
         "{\"Reason\":\"CallerRateLimitExceeded\",\"Type\":\"User\",\"message\":\"Rate Exceeded.\"}",
         "TooManyRequestsException", "Rate Exceeded.", FAULT_THROTTLED},
        {SERVICE_SQS, 400, "x-amzn-query-error: AWS.SimpleQueueService.NonExistentQueue;Sender\r\n",
         "{\"__type\":\"com.amazonaws.sqs#QueueDoesNotExist\",\"message\":\"no queue\"}",
         "AWS.SimpleQueueService.NonExistentQueue", "no queue", FAULT_NOT_FOUND},
        {SERVICE_SQS, 400, "x-amzn-query-error: QueueDoesNotExist\r\n", "{\"Message\":\"no queue\"}",
         "QueueDoesNotExist", "no queue", FAULT_NOT_FOUND},
        {SERVICE_SQS, 400, "", "{\"__type\":\"com.amazonaws.sqs#QueueDoesNotExist\"}", "QueueDoesNotExist", "",
         FAULT_NOT_FOUND},
        {SERVICE_XRAY, 403, "", "{\"message\":\"Forbidden\"}", "", "Forbidden", FAULT_DENIED},
        {SERVICE_LAMBDA, 403, "", "{\"code\":\"AccessDeniedException\",\"message\":\"no\"}",
         "AccessDeniedException", "no", FAULT_DENIED},
        {SERVICE_STS, 403, "Content-Type: text/xml\r\n",
         "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>"
         "<Code>ExpiredToken</Code><Message>The token is over</Message></Error>"
         "<RequestId>id-x</RequestId></ErrorResponse>",
         "ExpiredToken", "The token is over", FAULT_EXPIRED},
        {SERVICE_S3, 404, "", "<?xml version=\"1.0\"?>\n<Error><Code>NoSuchKey</Code><Message>gone</Message>"
         "</Error>", "NoSuchKey", "gone", FAULT_NOT_FOUND},
        {SERVICE_S3, 301, "", "<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message></Error>",
         "PermanentRedirect", "elsewhere", FAULT_REDIRECT},
        {SERVICE_SSO, 401, "x-amzn-ErrorType: UnauthorizedException\r\n",
         "{\"message\":\"Session token not found or invalid\"}", "UnauthorizedException",
         "Session token not found or invalid", FAULT_DENIED},
        {SERVICE_SSO_OIDC, 400, "", "{\"error\":\"invalid_grant\",\"error_description\":\"over\"}",
         "invalid_grant", "over", FAULT_BAD},
        {SERVICE_LOGS, 400, "", "{\"__type\":\"Serial\\u0069zationException\",\"message\":\"a\\u001b[31mb\\n\"}",
         "SerializationException", "a^[[31mb", FAULT_BAD},
        {SERVICE_LOGS, 413, "", "", "", "", FAULT_BAD},
        {SERVICE_LOGS, 503, "", "{\"message\":", "", "", FAULT_TRANSIENT},
        {SERVICE_LOGS, 500, "", "[]", "", "", FAULT_TRANSIENT},
        {SERVICE_LOGS, 400, "", "{\"__type\":7,\"message\":{}}", "", "", FAULT_BAD},
        {SERVICE_LOGS, 400, "", "{\"__type\":\"RequestTimeout\"}", "RequestTimeout", "", FAULT_TRANSIENT},
        {SERVICE_LOGS, 505, "", "", "", "", FAULT_SERVER},
        {SERVICE_LOGS, 400, "", "{\"__type\":\"LimitExceededException\"}", "LimitExceededException", "",
         FAULT_TOO_MANY},
        {SERVICE_LOGS, 304, "", "", "", "", FAULT_REDIRECT},
        {SERVICE_IAM, 400, "", "<!DOCTYPE x [<!ENTITY y SYSTEM \"file:///etc/passwd\">]><Error>"
         "<Code>&y;</Code></Error>", "", "", FAULT_BAD},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fault fault = read_answer(cases[i].service, cases[i].status, cases[i].headers, cases[i].body);
        if (strcmp(fault.code, cases[i].code) != 0 || strcmp(fault.message, cases[i].message) != 0 ||
            fault.class != cases[i].class)
            fail_msg("case %zu: %s, %s, class %d", i, fault.code, fault.message, (int)fault.class);
    }
}

static void the_request_is_named_by_its_id(void **state)
{
    (void)state;
    static const char xml[] = "<ErrorResponse><Error><Code>A</Code></Error><RequestId>x</RequestId></ErrorResponse>";
    assert_string_equal(read_answer(SERVICE_LOGS, 200, "x-amzn-RequestId: a\r\n", "{}").request_id, "a");
    assert_string_equal(read_answer(SERVICE_S3, 404, "x-amz-request-id: b\r\n", "").request_id, "b");
    assert_string_equal(read_answer(SERVICE_STS, 400, "", xml).request_id, "x");
    assert_string_equal(read_answer(SERVICE_STS, 400, "x-amzn-requestid: c\r\n", xml).request_id, "c");
}

static void a_web_page_is_no_answer(void **state)
{
    (void)state;
    static const char *const pages[] = {
        "<html><head><title> Log in </title></head></html>",
        "\r\n <!DOCTYPE HTML PUBLIC \"x\"><HTML><HEAD><TITLE lang='en'>Log in</TITLE>",
        "\xEF\xBB\xBF<!doctype html><title>Log in",
    };
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        struct fault fault = read_answer(SERVICE_LOGS, 200, "", pages[i]);
        assert_int_equal(fault.class, FAULT_PAGE);
        assert_string_equal(fault.message, "Log in");
        assert_int_equal(read_answer(SERVICE_LOGS, 403, "", pages[i]).class, FAULT_PAGE);
        assert_int_equal(read_answer(SERVICE_LOGS, 502, "", pages[i]).class, FAULT_TRANSIENT);
        /* an object in a bucket may well be a page */
        assert_int_equal(read_answer(SERVICE_S3, 200, "", pages[i]).class, FAULT_NONE);
    }
    assert_int_equal(read_answer(SERVICE_LOGS, 200, "Content-Type: text/html\r\n", "Log in").class, FAULT_PAGE);
    assert_int_equal(read_answer(SERVICE_LAMBDA, 202, "Content-Type: text/html\r\n", "").class, FAULT_NONE);
    assert_int_equal(read_answer(SERVICE_STS, 200, "", "<GetCallerIdentityResponse/>").class, FAULT_NONE);
    assert_string_equal(read_answer(SERVICE_LOGS, 200, "", "<html>no title").message, "");
}

static void explain(enum fault_class class, const char *source, struct err *err)
{
    static const struct call call = {.operation = "StartQuery", .resource = "/aws/lambda/pay",
                                     .permission = "logs:StartQuery"};
    struct fault fault = {.class = class, .code = "CodeOfIt", .message = "the words"};
    const struct fault_about about = {.call = &call, .host = "logs.eu-west-1.amazonaws.com", .profile = "pay",
                                      .source = source, .region = "eu-west-1", .location = "", .status = 400,
                                      .attempts = 1, .skew_ms = class == FAULT_SKEWED ? -12 * 60000 : 0};
    *err = (struct err){0};
    fault_explain(&fault, &about, err);
}

static void each_class_is_one_sentence_with_the_next_step(void **state)
{
    (void)state;
    static const struct {
        enum fault_class class;
        const char *source, *text, *hint;
        int exit_status;
    } cases[] = {
        {FAULT_BAD, "", "logs:StartQuery on /aws/lambda/pay: CodeOfIt: the words",
         "the service does not take what was asked; see its words", 2},
        {FAULT_NOT_FOUND, "", "logs:StartQuery on /aws/lambda/pay: not found: CodeOfIt: the words",
         "check the name, and that it is in eu-west-1", 4},
        {FAULT_DENIED, "", "logs:StartQuery on /aws/lambda/pay was refused",
         "the role lacks the permission named above", 4},
        {FAULT_THROTTLED, "", "logs:StartQuery on /aws/lambda/pay failed: CodeOfIt: the words",
         "others in this account share the limit: ask less often", 4},
        {FAULT_TOO_MANY, "", "logs:StartQuery on /aws/lambda/pay failed: CodeOfIt: the words",
         "as many run as may: wait until others end", 4},
        {FAULT_SERVER, "", "logs:StartQuery on /aws/lambda/pay failed: CodeOfIt: the words",
         "the service has trouble; try again in a while", 4},
        {FAULT_EXPIRED, "sso", "the credentials of profile pay have expired",
         "run aws sso login --profile pay", 3},
        {FAULT_EXPIRED, "process", "the credentials of profile pay have expired",
         "renew the credentials of profile pay", 3},
        {FAULT_KEYS, "", "logs.eu-west-1.amazonaws.com does not know the access key of profile pay: CodeOfIt",
         "check the keys of profile pay, and that eu-west-1 is enabled", 3},
        {FAULT_SIGNATURE, "",
         "logs.eu-west-1.amazonaws.com refused the signature made with the keys of profile pay: CodeOfIt",
         "check the secret access key of profile pay", 3},
        {FAULT_SKEWED, "",
         "the clock of this machine is 12 minutes ahead of that of logs.eu-west-1.amazonaws.com",
         "set the clock, best by NTP", 4},
        {FAULT_PAGE, "",
         "logs.eu-west-1.amazonaws.com: a web page titled \"the words\" answers, not AWS",
         "log in to this network, or check HTTPS_PROXY", 4},
        {FAULT_REDIRECT, "",
         "logs.eu-west-1.amazonaws.com answers with a redirect, which is never followed",
         "check the endpoint, the region and the proxy", 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err;
        explain(cases[i].class, cases[i].source, &err);
        assert_string_equal(err.text, cases[i].text);
        assert_string_equal(err_hint(&err), cases[i].hint);
        assert_int_equal(err_exit_status(&err), cases[i].exit_status);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_dialect_gives_its_code_and_its_words),
        cmocka_unit_test(the_request_is_named_by_its_id),
        cmocka_unit_test(a_web_page_is_no_answer),
        cmocka_unit_test(each_class_is_one_sentence_with_the_next_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
