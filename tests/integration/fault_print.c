/* Reads answers, one JSON object a line, and prints what they mean to the program: their code,
 * words, request id and class, for fault_oracle.py to compare with botocore. */
#include "src/aws/fault.h"
#include "src/aws/json.h"
#include "src/aws/retry.h"
#include "src/base/jsonout.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const classes[] = {
    "none", "bad", "not-found", "denied", "throttled", "too-many", "transient", "server",
    "expired", "keys", "signature", "skewed", "redirect", "page"};

static enum service_id service_named(const char *name)
{
    for (int i = 0; i < SERVICE_COUNT; i++) {
        if (strcmp(name, service_row((enum service_id)i)->host) == 0)
            return (enum service_id)i;
    }
    die("no service %s", name);
}

static void put(struct jsonout *out, const char *key, const char *value)
{
    jsonout_key(out, key);
    jsonout_str(out, str_of(value));
}

static void print_fault(const struct fault *fault)
{
    struct buf line;
    struct jsonout out;
    buf_init(&line, 1 << 16);
    jsonout_init(&out, &line);
    jsonout_open(&out, '{');
    put(&out, "code", fault->code);
    put(&out, "message", fault->message);
    put(&out, "request_id", fault->request_id);
    put(&out, "class", classes[fault->class]);
    jsonout_close(&out, '}');
    printf("%.*s\n", STR_ARG(buf_str(&line)));
    buf_release(&line);
}

static void judge(struct str line)
{
    static char service[64], headers[8192], body[65536];
    int64_t status = 0;
    json_t *root;
    struct fault fault;
    struct err err = {0};
    if (!json_read(&root, line, "case", &err))
        die("%s", err.text);
    struct json_node node = json_node_root(root, "case");
    if (!json_node_text(&node, "service", service, sizeof service, &err) ||
        !json_node_i64(&node, "status", &status, &err) ||
        !json_node_text(&node, "headers", headers, sizeof headers, &err) ||
        !json_node_text(&node, "body", body, sizeof body, &err))
        die("%s", err.text);
    const struct http_answer answer = {
        .status = (int)status, .headers = str_of(headers), .body = str_of(body)};
    fault_read(&answer, service_named(service), &fault);
    print_fault(&fault);
    json_decref(root);
}

/* The longest delay after each attempt, in ms, with each x-amz-retry-after that is named. */
static void print_delays(char **hints)
{
    for (; *hints; hints++) {
        char header[100];
        snprintf(header, sizeof header, "x-amz-retry-after: %s\r\n", *hints);
        const struct http_answer answer = {.headers = str_of(header)};
        for (unsigned attempt = 1; attempt <= 8; attempt++)
            printf("%lld ",
                   (long long)retry_delay_ms(attempt, UINT32_MAX, retry_read_hint(&answer)));
        printf("\n");
    }
}

static void print_quota(void)
{
    static const enum retry_why whys[] = {RETRY_TRANSIENT, RETRY_THROTTLE, RETRY_TIMEOUT};
    for (size_t i = 0; i < 3; i++) {
        struct retry_bucket bucket = {0};
        unsigned cost = 0, taken = 0;
        while (retry_take(&bucket, whys[i], &cost))
            taken++;
        printf("%u %u\n", taken, cost);
    }
}

int main(int argc, char **argv)
{
    static char line[200000];
    if (argc > 1 && strcmp(argv[1], "delays") == 0) {
        print_delays(argv + 2);
        print_quota();
        return 0;
    }
    while (fgets(line, sizeof line, stdin))
        judge(str_of(line));
    return 0;
}
