#include "src/aws/attempt.h"
#include "src/aws/sso.h"
#include "src/aws/words.h"
#include "src/base/log.h"

#include <stdio.h>
#include <stdlib.h>

/* SSO: the token of `aws sso login` out of its cache, renewed where it may be, traded for the
 * keys of a role. The cache is shared with other programs: whoever renews writes it back. */

#define TOKEN_AHEAD_MS INT64_C(900000) /* the token is renewed from 15 min before its end */
#define TOKEN_PAUSE_MS INT64_C(60000)  /* one try a minute */

struct sso {
    const char *session;    /* NULL: the old form */
    const char *region, *start_url, *account, *role; /* borrowed from sdk */
    char path[1024];
    bool was_renewed;
    struct sso_token token;
};

static bool is_configured(const struct sdk *sdk, const char *profile, bool with_env)
{
    (void)with_env;
    return sdk_profile_get(sdk, profile, "sso_account_id") ||
           sdk_profile_get(sdk, profile, "sso_role_name");
}

/* ---- the profile ---- */

static bool refuse(struct attempt *a, const char *key, const char *what)
{
    char where[1100];
    sdk_profile_where(a->sdk, a->plan.profile, key, where, sizeof where);
    return err_set(&a->err, ERR_CONFIG, "%s: the profile \"%s\": %s %s", where, a->plan.profile,
                   key, what) ||
           err_advise(&a->err, SDK_FILE_HINT);
}

/* A key that may stand in the profile, in its sso-session, or in both alike. */
static const char *get(struct attempt *a, const struct sso *own, const char *key)
{
    const char *mine = sdk_profile_get(a->sdk, a->plan.profile, key);
    const char *shared = own->session ? sdk_section_get(a->sdk, "sso-session", own->session, key)
                                      : NULL;
    if (mine && shared && strcmp(mine, shared) != 0)
        refuse(a, key, "is not what its sso-session says");
    else if (!mine && !shared)
        refuse(a, key, "is missing");
    return mine ? mine : shared;
}

static bool read_profile(struct attempt *a, struct sso *own)
{
    own->session = sdk_profile_get(a->sdk, a->plan.profile, "sso_session");
    own->account = get(a, own, "sso_account_id");
    own->role = get(a, own, "sso_role_name");
    own->region = get(a, own, "sso_region");
    own->start_url = get(a, own, "sso_start_url");
    if (a->err.code != ERR_NONE)
        return false;
    if (!sso_is_account(own->account))
        return refuse(a, "sso_account_id", "is no number of 12 digits");
    if (!sso_is_role(own->role))
        return refuse(a, "sso_role_name", "is no name of a role");
    if (!sdk_is_region(own->region))
        return refuse(a, "sso_region", "is no name of a region");
    if (!sso_is_start_url(own->start_url))
        return refuse(a, "sso_start_url", "is no https URL");
    return true;
}

/* ---- the token ---- */

static void advise_login(struct attempt *a)
{
    char name[4 * sizeof a->plan.profile];
    (void)words_quote(a->plan.profile, name, sizeof name);
    err_advise(&a->err, "run: aws sso login --profile %s", name);
}

static void fail_login(struct attempt *a, const char *what)
{
    err_set(&a->err, ERR_CREDENTIALS, "the SSO login of the profile \"%s\" %s", a->plan.profile,
            what);
    advise_login(a);
    attempt_fail(a, true);
}

static bool cache_path(struct attempt *a, struct sso *own)
{
    char name[SSO_CACHE_NAME_SIZE], home[768];
    sso_cache_name(str_of(own->session ? own->session : own->start_url), name);
    if (sdk_home(home, sizeof home) &&
        (size_t)snprintf(own->path, sizeof own->path, "%s/.aws/sso/cache/%s", home, name) <
            sizeof own->path)
        return true;
    return err_set(&a->err, ERR_CREDENTIALS, "finding the SSO login: there is no home folder");
}

static bool read_cache(struct attempt *a, struct sso *own)
{
    struct err why = {0};
    char *bytes = xcalloc(1, 65536 + 1);
    bool found = attempt_read_file(a, own->path, bytes, 65536 + 1);
    bool ok = found && sso_decode_cache(str_of(bytes), &own->token, &why);
    keys_wipe_bytes(bytes, 65536 + 1);
    free(bytes);
    if (found && !ok)
        err_set(&a->err, ERR_CREDENTIALS, "reading %s: %s", own->path, why.text);
    if (!ok)
        advise_login(a);
    return ok;
}

static bool may_renew(const struct attempt *a, const struct sso *own)
{
    const struct sso_token *t = &own->token;
    return own->session && !own->was_renewed && t->refresh[0] && t->client_id[0] &&
           t->client_secret[0] && t->registration_expires_unix_ms > a->now_unix_ms &&
           a->now_unix_ms >= a->memory->sso_tried_unix_ms + TOKEN_PAUSE_MS;
}

static void save(const struct sso *own)
{
    struct err err = {0};
    if (!sso_write_cache(own->path, &own->token, &err))
        log_line("%s", err.text); /* the token is good all the same */
}

/* ---- steps ---- */

static void next(struct attempt *a);

static void on_keys(void *ctx, const struct http_answer *answer)
{
    struct attempt *a = ctx;
    const struct sso *own = a->own;
    char message[300];
    sso_decode_error(answer->body, message, sizeof message);
    if (answer->status == 0) {
        a->err = answer->err;
        attempt_fail(a, false);
    } else if (answer->status == 401) {
        fail_login(a, "is no longer accepted");
    } else if (answer->status != 200) {
        err_set(&a->err, ERR_CREDENTIALS,
                "SSO gives no keys for the role %s in account %s: %s (status %d)", own->role,
                own->account, message[0] ? message : "no reason given", answer->status);
        attempt_fail(a, !exchange_is_passing(answer));
    } else if (!sso_decode_keys(answer->body, &a->keys, &a->err)) {
        attempt_fail(a, false);
    } else {
        attempt_done(a);
    }
}

static void ask_keys(struct attempt *a)
{
    const struct sso *own = a->own;
    struct call call;
    char line[sizeof own->token.access + 32];
    sso_ask_keys(&call, own->account, own->role);
    snprintf(line, sizeof line, "x-amz-sso_bearer_token: %s", own->token.access);
    struct exchange_call what = {a->sdk, own->region, NULL, line};
    exchange_start_call(&a->exchange, &what, &call, on_keys, a);
    keys_wipe_bytes(line, sizeof line);
}

/* Another program may have renewed it meanwhile: then its file holds. */
static bool was_renewed_elsewhere(struct attempt *a)
{
    struct sso *own = a->own;
    char before[64];
    struct err none = {0};
    str_copy(before, sizeof before, str_of(own->token.access));
    bool changed = read_cache(a, own) && strncmp(before, own->token.access, sizeof before - 1) != 0;
    keys_wipe_bytes(before, sizeof before);
    a->err = none;
    return changed;
}

static void on_token(void *ctx, const struct http_answer *answer)
{
    struct attempt *a = ctx;
    struct sso *own = a->own;
    struct err why = {0};
    char message[300];
    own->was_renewed = true;
    if (answer->status == 200 &&
        sso_decode_token(answer->body, a->now_unix_ms, &own->token, &why)) {
        save(own);
        next(a);
        return;
    }
    sso_decode_error(answer->body, message, sizeof message);
    log_line("CreateToken: status %d %s", answer->status, message);
    if (was_renewed_elsewhere(a) || own->token.expires_unix_ms > a->now_unix_ms) {
        next(a);
    } else if (answer->status == 0) {
        a->err = answer->err;
        attempt_fail(a, false);
    } else if (exchange_is_passing(answer)) {
        err_set(&a->err, ERR_CREDENTIALS, "renewing the SSO login: status %d", answer->status);
        attempt_fail(a, false);
    } else {
        fail_login(a, "has expired and could not be renewed");
    }
}

static void ask_token(struct attempt *a)
{
    const struct sso *own = a->own;
    struct call call;
    a->memory->sso_tried_unix_ms = a->now_unix_ms;
    sso_ask_token(&call, &own->token);
    struct exchange_call what = {a->sdk, own->region, NULL, NULL};
    exchange_start_call(&a->exchange, &what, &call, on_token, a);
}

static void next(struct attempt *a)
{
    const struct sso *own = a->own;
    int64_t left_ms = own->token.expires_unix_ms - a->now_unix_ms;
    if (left_ms <= TOKEN_AHEAD_MS && may_renew(a, own))
        ask_token(a);
    else if (left_ms <= 0)
        fail_login(a, "has expired");
    else
        ask_keys(a);
}

static void start(struct attempt *a)
{
    struct sso *own = xcalloc(1, sizeof *own);
    a->own = own;
    if (read_profile(a, own) && cache_path(a, own) && read_cache(a, own))
        next(a);
    else
        attempt_fail(a, true);
}

static void end(struct attempt *a)
{
    keys_wipe_bytes(a->own, sizeof(struct sso));
    free(a->own);
    a->own = NULL;
}

const struct provider provider_sso = {"sso", is_configured, start, NULL, end};
