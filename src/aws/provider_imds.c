#include "src/aws/attempt.h"
#include "src/aws/members.h"

#include <stdio.h>
#include <stdlib.h>

/* The machine's metadata service, version 2: a session token, the name of the role, its keys.
 * It answers at once or not at all. */

#define BASE "http://169.254.169.254"
#define BASE_V6 "http://[fd00:ec2::254]"
#define ROLE_PATH "/latest/meta-data/iam/security-credentials/"
static const char what[] = "the machine's metadata";

struct imds {
    char base[512];
    char token_line[600]; /* header with the session token; empty: not asked yet */
    char role[128];       /* empty: not asked yet */
};

static bool is_configured(const struct sdk *sdk, const char *profile, bool with_env)
{
    (void)profile;
    (void)with_env;
    return !sdk->imds_disabled;
}

static void ask_next(struct attempt *a);

/* A short word as the service answers it: visible ASCII, one line. */
static bool take_word(struct attempt *a, struct str body, const char *name, char *out, size_t size)
{
    struct str line = str_trim(body);
    line = str_trim(str_take_line(&line));
    bool ok = line.len > 0 && str_copy(out, size, line);
    for (size_t i = 0; ok && i < line.len; i++)
        ok = line.at[i] > ' ' && line.at[i] <= '~';
    return ok || err_set(&a->err, ERR_CREDENTIALS, "%s: %s is none", what, name);
}

/* Keys past their end are what the service has when it is in trouble itself: they are used,
 * and asked for again in a while. */
static bool stretch(struct attempt *a)
{
    int64_t jitter_ms = 120000 + a->now_mono_ms % 480000;
    if (a->keys.expires_unix_ms != TIME_NONE && a->keys.expires_unix_ms <= a->now_unix_ms)
        a->keys.expires_unix_ms = a->now_unix_ms + 15 * 60000 + jitter_ms;
    return true;
}

static bool take_answer(struct attempt *a, struct str body)
{
    static const char name[] = "x-aws-ec2-metadata-token: ";
    struct imds *own = a->own;
    if (!own->token_line[0]) {
        char token[sizeof own->token_line - sizeof name];
        bool ok = take_word(a, body, "the session token", token, sizeof token);
        if (ok)
            snprintf(own->token_line, sizeof own->token_line, "%s%s", name, token);
        keys_wipe_bytes(token, sizeof token);
        return ok;
    }
    if (!own->role[0])
        return take_word(a, body, "the name of the role", own->role, sizeof own->role);
    return members_decode_metadata(body, what, &a->keys, &a->err) && stretch(a);
}

static void on_answer(void *ctx, const struct http_answer *answer)
{
    struct attempt *a = ctx;
    if (answer->status == 0) {
        err_set(&a->err, ERR_CREDENTIALS,
                "no credentials: none in the variables, nor for the profile "
                "\"%s\", and %s gives none: %s",
                a->sdk->profile, what, answer->err.text);
        err_advise(&a->err, "run: aws configure sso, or name a profile with --profile");
        attempt_fail(a, false);
    } else if (answer->status != 200) {
        err_set(&a->err, ERR_CREDENTIALS, "%s: status %d%s", what, answer->status,
                answer->status == 404 ? ": the machine has no role" : "");
        attempt_fail(a, !exchange_is_passing(answer));
    } else if (!take_answer(a, answer->body)) {
        attempt_fail(a, false);
    } else if (a->keys.id[0]) {
        attempt_done(a);
    } else {
        ask_next(a);
    }
}

static void ask_next(struct attempt *a)
{
    const struct imds *own = a->own;
    char url[800];
    struct exchange_ask ask = {.method = "GET", .url = url, .timeout_ms = 1000, .tries = 1,
                               .no_proxy = true};
    if (!own->token_line[0]) {
        snprintf(url, sizeof url, "%s/latest/api/token", own->base);
        ask.method = "PUT";
        ask.lines[0] = "x-aws-ec2-metadata-token-ttl-seconds: 21600";
    } else {
        snprintf(url, sizeof url, "%s" ROLE_PATH "%s", own->base, own->role);
        ask.lines[0] = own->token_line;
    }
    exchange_start(&a->exchange, &ask, on_answer, a);
}

static bool choose_base(struct attempt *a, struct imds *own)
{
    const char *named = sdk_env("AWS_EC2_METADATA_SERVICE_ENDPOINT");
    const char *mode = sdk_env("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
    if (!named)
        named = sdk_profile_get(a->sdk, a->plan.profile, "ec2_metadata_service_endpoint");
    if (!mode)
        mode = sdk_profile_get(a->sdk, a->plan.profile, "ec2_metadata_service_endpoint_mode");
    bool v6 = mode && str_eq_nocase(str_of(mode), STR("ipv6"));
    struct str base = str_of(named ? named : v6 ? BASE_V6 : BASE);
    while (str_ends(base, STR("/")))
        base.len--;
    bool ok = str_starts(base, STR("http")) && str_copy(own->base, sizeof own->base, base);
    for (size_t i = 0; ok && i < base.len; i++)
        ok = base.at[i] > ' ' && base.at[i] <= '~' && base.at[i] != '@';
    return ok || err_set(&a->err, ERR_CREDENTIALS,
                         "%s: AWS_EC2_METADATA_SERVICE_ENDPOINT is no URL", what);
}

static void start(struct attempt *a)
{
    struct imds *own = xcalloc(1, sizeof *own);
    a->own = own;
    if (a->sdk->imds_disabled)
        err_set(&a->err, ERR_CREDENTIALS, "%s: AWS_EC2_METADATA_DISABLED is true", what);
    if (a->err.code == ERR_NONE && choose_base(a, own))
        ask_next(a);
    else
        attempt_fail(a, true);
}

static void end(struct attempt *a)
{
    keys_wipe_bytes(a->own, sizeof(struct imds));
    free(a->own);
    a->own = NULL;
}

const struct provider provider_imds = {"imds", is_configured, start, NULL, end};
