/* Says as JSON what the credentials of this environment are: `creds_probe [--profile NAME]
 * [--region NAME] [--mfa CODE] [--identity]`. The secret and the token are shown as a digest, so
 * that they can be compared. Ends after 20 s whatever happens.
 *
 * `creds_probe --ini FILE...` prints a line a file: what stands in it, read as a config file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "src/aws/creds.h"
#include "src/aws/exchange.h"
#include "src/aws/fault.h"
#include "src/aws/ini.h"
#include "src/aws/sts.h"
#include "src/base/digest.h"
#include "src/base/jsonout.h"

#define DEADLINE_MS 20000

struct probe {
    struct sdk sdk;
    struct http *http;
    struct creds *creds;
    struct keys keys;
    struct err err;
    const char *mfa;
    struct exchange exchange;
    struct sts_identity who;
    bool answered;
};

static void put(struct jsonout *j, const char *key, const char *value)
{
    jsonout_key(j, key);
    jsonout_str(j, str_of(value));
}

static void put_digest(struct jsonout *j, const struct keys *keys)
{
    unsigned char sum[DIGEST_SHA256];
    char text[sizeof keys->secret + sizeof keys->token + 1], hex[2 * DIGEST_SHA256 + 1];
    snprintf(text, sizeof text, "%s:%s", keys->secret, keys->token);
    digest_sha256(str_of(text), sum);
    digest_hex(sum, sizeof sum, hex);
    put(j, "digest", hex);
}

static void put_endpoints(struct jsonout *j, const struct sdk *sdk)
{
    jsonout_key(j, "endpoints");
    jsonout_open(j, '{');
    for (enum service_id service = 0; service < SERVICE_COUNT; service++) {
        char url[600];
        struct err err = {0};
        bool ok = sdk_endpoint(sdk, service, url, sizeof url, &err);
        put(j, service_row(service)->endpoint_id, ok ? url : err.text);
    }
    jsonout_close(j, '}');
}

static void print(const struct probe *p)
{
    struct buf out;
    struct jsonout j;
    buf_init(&out, 65536);
    jsonout_init(&j, &out);
    jsonout_open(&j, '{');
    if (p->sdk.profiles) {
        put(&j, "profile", p->sdk.profile);
        put(&j, "region", p->sdk.region);
        put_endpoints(&j, &p->sdk);
    }
    if (p->keys.id[0]) {
        put(&j, "id", p->keys.id);
        put_digest(&j, &p->keys);
        put(&j, "source", creds_source(p->creds));
    }
    if (p->keys.expires_unix_ms != TIME_NONE) {
        jsonout_key(&j, "expires");
        jsonout_i64(&j, p->keys.expires_unix_ms / 1000);
    }
    if (p->who.arn[0]) {
        put(&j, "arn", p->who.arn);
        put(&j, "account", p->who.account);
        put(&j, "role", p->who.role);
    }
    if (p->err.code != ERR_NONE) {
        put(&j, "error", p->err.text);
        put(&j, "hint", err_hint(&p->err));
    }
    jsonout_close(&j, '}');
    printf("%.*s\n", STR_ARG(buf_str(&out)));
    buf_release(&out);
}

/* ---- files ---- */

static void put_section(struct jsonout *j, const struct ini *ini, const struct ini_section *section)
{
    char name[512];
    snprintf(name, sizeof name, "%s %s", section->kind, section->name);
    jsonout_key(j, name);
    jsonout_open(j, '{');
    for (size_t i = 0; i < section->key_count; i++) {
        const struct ini_key *key = &ini->keys[section->first_key + i];
        snprintf(name, sizeof name, "%s%s%s", key->sub ? key->sub : "", key->sub ? "." : "",
                 key->name);
        put(j, name, key->value);
    }
    jsonout_close(j, '}');
}

static void print_file(const char *path)
{
    struct ini ini;
    struct err err = {0};
    struct buf out;
    struct jsonout j;
    buf_init(&out, 1u << 20);
    jsonout_init(&j, &out);
    jsonout_open(&j, '{');
    if (!ini_read(&ini, INI_CONFIG, path, &err))
        put(&j, "error", err.text);
    for (size_t i = 0; i < ini.section_count; i++)
        if (ini.sections[i].kind[0])
            put_section(&j, &ini, &ini.sections[i]);
    jsonout_close(&j, '}');
    printf("%.*s\n", STR_ARG(buf_str(&out)));
    buf_release(&out);
    ini_release(&ini);
}

static bool run(struct probe *p, int64_t deadline_ms)
{
    for (;;) {
        int64_t now = clock_unix_ms();
        int wait_ms = creds_step(p->creds, now);
        switch (creds_read(p->creds, now, &p->keys, &p->err)) {
        case CREDS_READY: return true;
        case CREDS_FAILED: return false;
        case CREDS_ASK_MFA:
            if (!p->mfa || !creds_give_mfa(p->creds, p->mfa))
                return err_set(&p->err, ERR_CREDENTIALS, "a code of %s is wanted",
                               creds_mfa_serial(p->creds));
            break;
        case CREDS_WAIT: break;
        }
        if (clock_mono_ms() > deadline_ms)
            return err_set(&p->err, ERR_CREDENTIALS, "no end within 20 s");
        http_step(p->http, wait_ms < 50 ? wait_ms : 50);
    }
}

static void on_identity(void *ctx, const struct http_answer *answer)
{
    struct probe *p = ctx;
    struct fault fault;
    p->answered = true;
    if (answer->status == 200) {
        (void)!sts_decode_identity(answer->body, &p->who, &p->err);
        return;
    }
    fault_read(answer, SERVICE_STS, &fault);
    err_set(&p->err, ERR_CREDENTIALS, "status %d %s %s %s", answer->status, fault.code,
            fault.message, answer->err.text);
}

static void identify(struct probe *p, int64_t deadline_ms)
{
    struct call call;
    sts_ask_identity(&call);
    struct exchange_call what = {&p->sdk, p->sdk.region, &p->keys, NULL};
    p->exchange.http = p->http;
    exchange_start_call(&p->exchange, &what, &call, on_identity, p);
    while (!p->answered && clock_mono_ms() < deadline_ms) {
        exchange_step(&p->exchange, clock_mono_ms());
        http_step(p->http, 50);
    }
    exchange_stop(&p->exchange);
}

int main(int argc, char **argv)
{
    static struct probe p;
    struct sdk_flags flags = {NULL, NULL, NULL, false};
    struct http_options options = {0};
    bool identity = false;
    for (int i = 2; i < argc && strcmp(argv[1], "--ini") == 0; i++)
        print_file(argv[i]);
    if (argc > 1 && strcmp(argv[1], "--ini") == 0)
        return 0;
    for (int i = 1; i < argc; i++) {
        bool more = i + 1 < argc;
        if (strcmp(argv[i], "--identity") == 0)
            identity = true;
        else if (strcmp(argv[i], "--profile") == 0 && more)
            flags.profile = argv[++i];
        else if (strcmp(argv[i], "--region") == 0 && more)
            flags.region = argv[++i];
        else if (strcmp(argv[i], "--mfa") == 0 && more)
            p.mfa = argv[++i];
    }
    int64_t deadline_ms = clock_mono_ms() + DEADLINE_MS;
    keys_wipe(&p.keys);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    if (sdk_open(&p.sdk, &flags, &p.err)) {
        options.ca_bundle = p.sdk.ca_bundle;
        p.http = http_new(&options);
        p.creds = creds_new(&p.sdk, p.http);
        if (run(&p, deadline_ms) && identity)
            identify(&p, deadline_ms);
    }
    print(&p);
    creds_free(p.creds);
    http_free(p.http);
    sdk_release(&p.sdk);
    keys_wipe(&p.keys);
    curl_global_cleanup();
    return p.err.code == ERR_NONE ? 0 : 1;
}
