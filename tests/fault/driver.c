/* The smallest program over the client: asks one thing after the other of the account that the
 * environment names, and prints one line a call:
 *
 *     KIND STATUS CODE DOUBT BYTES<TAB>sentence<TAB>hint
 *
 *     driver [--effect] [--connect MS] [--stall S] [--insecure] SERVICE:OPERATION:RESOURCE...
 *
 * and at the end how many requests left, were repeated and throttled. */
#include "src/aws/client.h"

#include <stdio.h>
#include <stdlib.h>

struct asked {
    bool answered;
};

static const char *const kinds[] = {"done", "throttled", "denied", "not-found", "expired", "bad",
                                    "unreachable"};

static void on_answer(void *ctx, const struct answer *answer)
{
    struct asked *asked = ctx;
    asked->answered = true;
    printf("%s %d %s %s %zu\t%s\t%s\n", kinds[answer->kind], answer->status,
           answer->code[0] ? answer->code : "-", answer->in_doubt ? "doubt" : "-", answer->body.len,
           answer->err.text, err_hint(&answer->err));
}

static enum service_id service_named(struct str name)
{
    for (int i = 0; i < SERVICE_COUNT; i++) {
        if (str_eq(name, str_of(service_row((enum service_id)i)->host)))
            return (enum service_id)i;
    }
    die("no service %.*s", STR_ARG(name));
}

static void ask(struct client *client, const char *what, bool has_effect)
{
    static char operation[64]; /* a call keeps the pointer */
    struct str rest = str_of(what);
    enum service_id service = service_named(str_take_until(&rest, ':'));
    str_copy(operation, sizeof operation, str_take_until(&rest, ':'));
    struct call call;
    struct asked asked = {false};
    call_init(&call, service, operation, rest.at);
    if (service == SERVICE_LAMBDA) {
        call.method = "GET";
        buf_add(&call.path, STR("/2015-03-31/functions/"));
    } else if (service == SERVICE_STS) {
        buf_printf(&call.body, "Action=%s&Version=2011-06-15", operation);
    } else {
        buf_printf(&call.body, "{\"logGroupName\":\"%.*s\"}", STR_ARG(rest));
    }
    call.has_effect = has_effect;
    client_send(client, &call, on_answer, &asked);
    while (!asked.answered)
        (void)client_step(client, 1000);
}

static void run(const struct sdk *sdk, const struct http_options *options, bool has_effect,
                char **calls)
{
    struct http *http = http_new(options);
    struct creds *creds = creds_new(sdk, http);
    struct client *client = client_new(sdk, creds, http);
    struct client_state state;
    for (; *calls; calls++)
        ask(client, *calls, has_effect);
    client_read_state(client, &state);
    printf("sent %u retried %u throttled %u skew_s %ld\n", (unsigned)state.sent,
           (unsigned)state.retried, (unsigned)state.throttled, (long)(state.skew_ms / 1000));
    client_free(client);
    creds_free(creds);
    http_free(http);
}

int main(int argc, char **argv)
{
    struct http_options options = {0};
    struct sdk_flags flags = {0};
    struct sdk sdk;
    struct err err = {0};
    bool has_effect = false;
    int at = 1;
    for (; at < argc && argv[at][0] == '-'; at++) {
        if (strcmp(argv[at], "--effect") == 0)
            has_effect = true;
        else if (strcmp(argv[at], "--insecure") == 0)
            flags.allow_insecure = options.allow_insecure = true;
        else if (strcmp(argv[at], "--connect") == 0 && at + 1 < argc)
            options.connect_ms = strtol(argv[++at], NULL, 10);
        else if (strcmp(argv[at], "--stall") == 0 && at + 1 < argc)
            options.stall_s = strtol(argv[++at], NULL, 10);
    }
    if (!sdk_open(&sdk, &flags, &err)) {
        err_print(&err);
        return err_exit_status(&err);
    }
    options.ca_bundle = sdk.ca_bundle;
    run(&sdk, &options, has_effect, argv + at);
    sdk_release(&sdk);
    return 0;
}
