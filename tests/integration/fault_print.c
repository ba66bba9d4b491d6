/* Reads answers, one JSON object a line, and prints what they mean to the program: their code,
 * words, request id and class, for fault_oracle.py to compare with botocore. */
#include "src/aws/fault.h"
#include "src/aws/json.h"
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

int main(void)
{
    static char line[200000];
    while (fgets(line, sizeof line, stdin))
        judge(str_of(line));
    return 0;
}
