#include "src/aws/attempt.h"
#include "src/aws/members.h"
#include "src/aws/words.h"

#include <stdio.h>

/* Keys that stand somewhere: variables and the two files. */

static bool put(char *out, size_t size, const char *value)
{
    return str_copy(out, size, str_of(value));
}

/* `what` is where they stand, for errors. */
static void take(struct attempt *a, const char *what, const char *id, const char *secret,
                 const char *token)
{
    struct keys *keys = &a->keys;
    bool ok = put(keys->id, sizeof keys->id, id) &&
              put(keys->secret, sizeof keys->secret, secret) &&
              put(keys->token, sizeof keys->token, token);
    if (!ok)
        err_set(&a->err, ERR_CREDENTIALS, "%s: a key is too long", what);
    if (ok && members_check_keys(keys, what, &a->err))
        attempt_done(a);
    else
        attempt_fail(a, true);
}

/* ---- variables ---- */

static bool env_is_configured(const struct sdk *sdk, const char *profile, bool with_env)
{
    (void)sdk;
    (void)profile;
    return with_env && sdk_env("AWS_ACCESS_KEY_ID");
}

static void env_start(struct attempt *a)
{
    const char *id = sdk_env("AWS_ACCESS_KEY_ID"), *token = sdk_env("AWS_SESSION_TOKEN");
    const char *expires = sdk_env("AWS_CREDENTIAL_EXPIRATION");
    if (!id)
        err_set(&a->err, ERR_CREDENTIALS,
                "AWS_ACCESS_KEY_ID is not set, but a credential_source names the variables");
    if (id && members_time(expires ? expires : "", "", "AWS_CREDENTIAL_EXPIRATION",
                           &a->keys.expires_unix_ms, &a->err))
        take(a, "the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", id,
             sdk_env("AWS_SECRET_ACCESS_KEY"), token ? token : sdk_env("AWS_SECURITY_TOKEN"));
    else
        attempt_fail(a, true);
}

const struct provider provider_env = {"env", env_is_configured, env_start, NULL, NULL};

/* ---- files ---- */

static void file_start(struct attempt *a, enum sdk_file file)
{
    const char *profile = a->plan.profile;
    char what[1400], where[1100];
    const char *token = sdk_profile_get_in(a->sdk, file, profile, "aws_session_token");
    sdk_profile_where(a->sdk, profile, "aws_access_key_id", where, sizeof where);
    snprintf(what, sizeof what, "%s: the profile \"%s\"", where, profile);
    if (!token)
        token = sdk_profile_get_in(a->sdk, file, profile, "aws_security_token");
    take(a, what, sdk_profile_get_in(a->sdk, file, profile, "aws_access_key_id"),
         sdk_profile_get_in(a->sdk, file, profile, "aws_secret_access_key"), token);
}

static bool credentials_is_configured(const struct sdk *sdk, const char *profile, bool with_env)
{
    (void)with_env;
    return sdk_profile_get_in(sdk, SDK_CREDENTIALS, profile, "aws_access_key_id") != NULL;
}

static void credentials_start(struct attempt *a)
{
    file_start(a, SDK_CREDENTIALS);
}

static bool config_is_configured(const struct sdk *sdk, const char *profile, bool with_env)
{
    (void)with_env;
    return sdk_profile_get_in(sdk, SDK_CONFIG, profile, "aws_access_key_id") != NULL;
}

static void config_start(struct attempt *a)
{
    file_start(a, SDK_CONFIG);
}

const struct provider provider_credentials_file = {
    "credentials-file", credentials_is_configured, credentials_start, NULL, NULL};
const struct provider provider_config_file = {
    "config-file", config_is_configured, config_start, NULL, NULL};

/* ---- `aws login` ---- */

static bool login_is_configured(const struct sdk *sdk, const char *profile, bool with_env)
{
    (void)with_env;
    return sdk_profile_get(sdk, profile, "login_session") != NULL;
}

static void login_start(struct attempt *a)
{
    char where[1100], name[4 * sizeof a->plan.profile];
    (void)words_quote(a->plan.profile, name, sizeof name);
    sdk_profile_where(a->sdk, a->plan.profile, "login_session", where, sizeof where);
    err_set(&a->err, ERR_CREDENTIALS, "%s: login_session is not read by lambdig", where);
    err_advise(&a->err, "use credential_process = aws configure export-credentials --profile %s",
               name);
    attempt_fail(a, true);
}

const struct provider provider_login = {"login", login_is_configured, login_start, NULL, NULL};
