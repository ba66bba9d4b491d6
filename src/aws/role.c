#include "src/aws/attempt.h"
#include "src/aws/fault.h"
#include "src/aws/sts.h"

#include <stdio.h>

/* A role assumed with the keys got so far. */

#define STS_REGION "us-east-1" /* where the session names none */

static bool refuse(const struct sdk *sdk, const char *profile, const char *key, const char *what,
                   struct err *err)
{
    char where[1100];
    sdk_profile_where(sdk, profile, key, where, sizeof where);
    return err_set(err, ERR_CONFIG, "%s: %s %s", where, key, what) ||
           err_advise(err, SDK_FILE_HINT);
}

static bool read_duration(const struct sdk *sdk, const char *profile, unsigned *duration_s)
{
    const char *text = sdk_profile_get(sdk, profile, "duration_seconds");
    uint64_t value = 0;
    bool ok = !text || (str_to_u64(str_of(text), 43200, &value) && value >= 900);
    *duration_s = (unsigned)value;
    return ok;
}

bool role_check(const struct sdk *sdk, const char *profile, struct err *err)
{
    unsigned duration_s;
    const char *arn = sdk_profile_get(sdk, profile, "role_arn");
    const char *serial = sdk_profile_get(sdk, profile, "mfa_serial");
    if (strncmp(arn, "arn:", 4) != 0 || strlen(arn) > 2048)
        return refuse(sdk, profile, "role_arn", "is no ARN", err);
    if (!read_duration(sdk, profile, &duration_s))
        return refuse(sdk, profile, "duration_seconds", "is no number from 900 to 43200", err);
    if (serial && strlen(serial) > 255)
        return refuse(sdk, profile, "mfa_serial", "has more than 255 bytes", err);
    return true;
}

static const char *current(const struct attempt *a)
{
    return a->plan.roles[a->roles_left - 1];
}

static void say_refused(struct attempt *a, const struct http_answer *answer)
{
    struct fault fault;
    char code[sizeof fault.code];
    fault_read(answer, SERVICE_STS, &fault);
    snprintf(code, sizeof code, "status %d", answer->status);
    if (fault.code[0])
        str_copy(code, sizeof code, str_of(fault.code));
    err_set(&a->err, ERR_CREDENTIALS, "assuming %s: %s%s%s", a->role_arn, code,
            fault.message[0] ? ": " : "", fault.message);
    if (strcmp(code, "AccessDenied") == 0 && a->mfa_serial[0])
        err_advise(&a->err, "ask again (Ctrl-r) and give a new code");
    else if (strcmp(code, "AccessDenied") == 0)
        err_advise(&a->err, "the role's trust policy must allow the caller to assume it");
    else
        err_advise(&a->err, "renew what the profile \"%s\" is sourced from", a->sdk->profile);
}

static void on_answer(void *ctx, const struct http_answer *answer)
{
    struct attempt *a = ctx;
    if (answer->status == 0) {
        a->err = answer->err;
        attempt_fail(a, false);
    } else if (answer->status != 200) {
        say_refused(a, answer);
        attempt_fail(a, !exchange_is_passing(answer));
    } else if (!sts_decode_keys(answer->body, &a->keys, &a->err)) {
        attempt_fail(a, false);
    } else {
        attempt_done(a);
    }
}

void role_ask(struct attempt *a, const struct sts_role *role)
{
    struct call call;
    const char *region = a->sdk->region[0] ? a->sdk->region : STS_REGION;
    str_copy(a->role_arn, sizeof a->role_arn, str_of(role->role_arn));
    sts_ask_role(&call, role);
    struct exchange_call what = {a->sdk, region, &a->keys, NULL};
    exchange_start_call(&a->exchange, &what, &call, on_answer, a);
}

void role_start(struct attempt *a, const char *mfa_code)
{
    const char *profile = current(a);
    char session[64];
    struct sts_role role = {
        .role_arn = sdk_profile_get(a->sdk, profile, "role_arn"),
        .session_name = sdk_profile_get(a->sdk, profile, "role_session_name"),
        .external_id = sdk_profile_get(a->sdk, profile, "external_id"),
        .mfa_serial = sdk_profile_get(a->sdk, profile, "mfa_serial"),
        .mfa_code = mfa_code,
    };
    if (role.mfa_serial && !mfa_code) {
        str_copy(a->mfa_serial, sizeof a->mfa_serial, str_of(role.mfa_serial));
        a->state = ATTEMPT_ASKS;
        return;
    }
    (void)read_duration(a->sdk, profile, &role.duration_s); /* checked with the plan */
    snprintf(session, sizeof session, "lambdig-%lld", (long long)(a->now_unix_ms / 1000));
    if (!role.session_name)
        role.session_name = session;
    role_ask(a, &role);
}
