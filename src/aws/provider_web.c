#include "src/aws/attempt.h"
#include "src/aws/sts.h"

#include <stdio.h>

/* Web identity: a token in a file (EKS, CI) is traded for a role's keys. The file is read anew
 * each time: its owner renews it. */

#define TOKEN_BYTES 20480u

static const char *setting(const struct sdk *sdk, const char *profile, bool with_env,
                           const char *variable, const char *key)
{
    const char *value = with_env ? sdk_env(variable) : NULL;
    return value ? value : sdk_profile_get(sdk, profile, key);
}

static bool is_configured(const struct sdk *sdk, const char *profile, bool with_env)
{
    return setting(sdk, profile, with_env, "AWS_WEB_IDENTITY_TOKEN_FILE",
                   "web_identity_token_file") != NULL;
}

static const char *get(const struct attempt *a, const char *variable, const char *key)
{
    return setting(a->sdk, a->plan.profile, a->plan.with_env, variable, key);
}

static void start(struct attempt *a)
{
    char token[TOKEN_BYTES], session[64];
    const char *path = get(a, "AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file");
    struct sts_role role = {
        .role_arn = get(a, "AWS_ROLE_ARN", "role_arn"),
        .session_name = get(a, "AWS_ROLE_SESSION_NAME", "role_session_name"),
        .token = token,
    };
    snprintf(session, sizeof session, "lambdig-%lld", (long long)(a->now_unix_ms / 1000));
    if (!role.session_name)
        role.session_name = session;
    if (!role.role_arn || strncmp(role.role_arn, "arn:", 4) != 0)
        err_set(&a->err, ERR_CREDENTIALS, "web identity: %s", role.role_arn
                    ? "AWS_ROLE_ARN or role_arn is no ARN"
                    : "there is a token file, but neither AWS_ROLE_ARN nor role_arn");
    else if (attempt_read_file(a, path, token, sizeof token) && !token[0])
        err_set(&a->err, ERR_CREDENTIALS, "reading %s: it is empty", path);
    if (a->err.code == ERR_NONE)
        role_ask(a, &role);
    else
        attempt_fail(a, true);
    keys_wipe_bytes(token, sizeof token);
}

const struct provider provider_web = {"web-identity", is_configured, start, NULL, NULL};
