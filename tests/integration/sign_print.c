/* Prints what the program would send for each question that it asks, and for some that are hard to
 * sign: one JSON object a line, for sign_oracle.py to sign anew with botocore. */
#include "src/aws/lambda.h"
#include "src/aws/logs.h"
#include "src/aws/metrics.h"
#include "src/aws/request.h"
#include "src/aws/sts.h"
#include "src/base/jsonout.h"

#include <stdio.h>
#include <stdlib.h>

#define SIGNED_UNIX_MS 1440938160000 /* 2015-08-30T12:36:00Z */

static struct sdk sdk = {.region = "eu-west-1"};
static struct keys keys = {.id = "AKIDEXAMPLE",
                           .secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};

static void put(struct jsonout *out, const char *key, struct str value)
{
    jsonout_key(out, key);
    jsonout_str(out, value);
}

static void print_request(const struct call *call, const struct request *request, const char *token)
{
    struct buf line;
    struct jsonout out;
    buf_init(&line, 1 << 22);
    jsonout_init(&out, &line);
    jsonout_open(&out, '{');
    put(&out, "operation", str_of(call->operation));
    put(&out, "service", str_of(service_row(call->service)->signing));
    put(&out, "region", str_of(sdk_signing_region(&sdk, call->service)));
    put(&out, "token", str_of(token));
    put(&out, "method", str_of(request->http.method));
    put(&out, "url", str_of(request->http.url));
    put(&out, "body", request->http.body);
    jsonout_key(&out, "lines");
    jsonout_open(&out, '[');
    for (size_t i = 0; i < HTTP_HEADER_LINES && request->http.lines[i]; i++)
        jsonout_str(&out, str_of(request->http.lines[i]));
    jsonout_close(&out, ']');
    jsonout_close(&out, '}');
    printf("%.*s\n", STR_ARG(buf_str(&line)));
    buf_release(&line);
}

/* With and without a session token. */
static void print_call(struct call *call)
{
    static const char *const tokens[] = {"", "IQoJb3JpZ2luX2VjE//+x=="};
    for (int i = 0; i < 2; i++) {
        struct request request;
        struct err err = {0};
        struct request_about about = {.sdk = &sdk,
                                      .call = call,
                                      .keys = &keys,
                                      .unix_ms = SIGNED_UNIX_MS,
                                      .invocation_id = "id",
                                      .attempt = 1,
                                      .attempts_most = 3};
        str_copy(keys.token, sizeof keys.token, str_of(tokens[i]));
        if (!request_build(&request, &about, &err))
            die("%s", err.text);
        print_request(call, &request, tokens[i]);
        request_release(&request);
    }
    call_release(call);
}

/* ---- what is asked ---- */

static void print_lambda(void)
{
    static const char *const names[] = {
        "pay", "pay:live", "arn:aws:lambda:eu-west-1:123456789012:function:pay:$LATEST"};
    struct call call;
    lambda_ask_functions(&call, "");
    print_call(&call);
    lambda_ask_functions(&call, "AAAB+/x==&Marker=2 %7E~*'()");
    print_call(&call);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        lambda_ask_configuration(&call, names[i]);
        print_call(&call);
        lambda_ask_aliases(&call, names[i], "");
        print_call(&call);
        lambda_ask_versions(&call, names[i], "a/b=");
        print_call(&call);
    }
}

static void print_logs(void)
{
    static const struct logs_filter filters[] = {
        {.group = "/aws/lambda/pay", .start_unix_ms = 1, .end_unix_ms = TIME_NONE},
        {.group = "/aws/lambda/\xC3\xA4\xE2\x98\x83", .stream = "2026/03/01/[$LATEST]0123",
         .start_unix_ms = 1767225600000, .end_unix_ms = 1767225700000,
         .pattern = "?ERROR ?\"Task timed out\" \\ \x01", .token = "Bxkq6kVGFtq2y==", .limit = 5},
    };
    struct call call;
    for (size_t i = 0; i < 2; i++) {
        logs_ask_events(&call, &filters[i]);
        print_call(&call);
    }
    logs_ask_groups(&call, "/aws/lambda/", "token");
    print_call(&call);
}

static void print_metrics(void)
{
    static struct function functions[METRICS_FUNCTIONS];
    struct call call;
    for (size_t i = 0; i < METRICS_FUNCTIONS; i++)
        snprintf(functions[i].name, sizeof functions[i].name, "function-%zu", i);
    metrics_ask(&call, functions, METRICS_FUNCTIONS, 1767225600000, 1767229200000, "");
    print_call(&call);
    metrics_ask(&call, functions, 1, 1767225600000, 1767229200000, "next+/=");
    print_call(&call);
}

static void print_sts(void)
{
    struct call call;
    static const struct sts_role role = {
        .role_arn = "arn:aws:iam::123456789012:role/a+b", .session_name = "lambdig-1@x,y=z",
        .external_id = "a b&c=d/e:f", .mfa_serial = "arn:aws:iam::1:mfa/u", .mfa_code = "123456",
        .duration_s = 900};
    sts_ask_identity(&call);
    print_call(&call);
    sts_ask_role(&call, &role);
    print_call(&call);
}

/* ---- what is hard to sign ---- */

static void print_hard(enum service_id service, const char *operation, const char *path,
                       const char *query, const char *extra)
{
    struct call call;
    call_init(&call, service, operation, "hard");
    call.method = "GET";
    buf_add(&call.path, str_of(path));
    buf_add(&call.query, str_of(query));
    str_copy(call.extra[0], sizeof call.extra[0], str_of(extra));
    print_call(&call);
}

static void print_hard_ones(void)
{
    static const char *const segments[] = {
        "a b", "a+b", "a%2Fb", "~-_.", "*'()!", "\xE2\x98\x83", "a=b&c?d#e", ".", "a;b,c@d$e"};
    struct call call;
    for (size_t i = 0; i < sizeof segments / sizeof segments[0]; i++) {
        call_init(&call, SERVICE_LAMBDA, "GetFunction", "hard");
        call.method = "GET";
        buf_add(&call.path, STR("/2015-03-31/functions"));
        call_add_segment(&call, str_of(segments[i]));
        call_add_query(&call, "Qualifier", str_of(segments[i]));
        call_add_query(&call, segments[i], STR(""));
        call_add_query(&call, "A", STR("1"));
        print_call(&call);
    }
    print_hard(SERVICE_LAMBDA, "Paths", "/a//b/./c/../d/", "", "");
    print_hard(SERVICE_LAMBDA, "Queries", "/", "b=2&a=1&b=1&B=3&a=&~=1&-=2&a-b=1", "");
    print_hard(SERVICE_LAMBDA, "Headers", "/", "", "X-Amz-Invocation-Type:   Event \t x");
    print_hard(SERVICE_S3, "ListObjectsV2", "/bucket",
               "list-type=2&prefix=a%2Fb%20c&encoding-type=url", "");
    print_hard(SERVICE_S3, "GetObject", "/bucket/aws/lambda//a/./b/../%2420%20x", "", "");
    print_hard(SERVICE_S3, "GetBucketNotificationConfiguration", "/bucket", "notification=", "");
    print_hard(SERVICE_IAM, "GetRole", "/", "Action=GetRole&RoleName=a%2Bb&Version=2010-05-08", "");
}

int main(void)
{
    print_lambda();
    print_logs();
    print_metrics();
    print_sts();
    print_hard_ones();
    sdk.fips = true; /* other hosts and regions of the signature */
    snprintf(sdk.region, sizeof sdk.region, "us-gov-east-1");
    print_sts();
    print_hard(SERVICE_IAM, "GetRole", "/", "Action=GetRole&Version=2010-05-08", "");
    for (int i = 0; i < SERVICE_COUNT; i++)
        snprintf(sdk.endpoint_url[i], sizeof sdk.endpoint_url[i], "%s",
                 i % 2 ? "http://localhost:4566/base%20path" : "https://proxy.example:443");
    print_lambda();
    print_logs();
    return 0;
}
