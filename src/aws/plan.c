#include "src/aws/attempt.h"

#include <stdio.h>

/* Which provider gives the first keys, and which roles are assumed with them. The order is
 * botocore's; a role's source that holds keys itself ends the chain. */

/* Of a profile, without the variables that hold keys. */
static const struct provider *const of_profile[] = {
    &provider_web, &provider_sso, &provider_credentials_file, &provider_login, &provider_process,
    &provider_config_file};
#define OF_PROFILE (sizeof of_profile / sizeof of_profile[0])

static const struct {
    const char *name;
    const struct provider *provider;
} credential_sources[] = {
    {"Environment", &provider_env},
    {"EcsContainer", &provider_container},
    {"Ec2InstanceMetadata", &provider_imds},
};

static bool has_role(const struct sdk *sdk, const char *profile)
{
    return sdk_profile_get(sdk, profile, "role_arn") &&
           !sdk_profile_get(sdk, profile, "web_identity_token_file");
}

static bool has_keys(const struct sdk *sdk, const char *profile)
{
    return sdk_profile_get(sdk, profile, "aws_access_key_id") != NULL;
}

static bool refuse(const struct sdk *sdk, const char *profile, const char *key, const char *what,
                   struct err *err)
{
    char where[1100];
    sdk_profile_where(sdk, profile, key, where, sizeof where);
    return err_set(err, ERR_CONFIG, "%s: the profile \"%s\" %s", where, profile, what) ||
           err_advise(err, SDK_FILE_HINT);
}

static bool use_profile(const struct sdk *sdk, struct plan *plan, const char *profile)
{
    bool with_env = plan->role_count == 0 && !sdk->profile_by_flag;
    for (size_t i = 0; i < OF_PROFILE; i++)
        if (of_profile[i]->is_configured(sdk, profile, with_env)) {
            plan->base = of_profile[i];
            plan->with_env = with_env;
            str_copy(plan->profile, sizeof plan->profile, str_of(profile));
            return true;
        }
    return false;
}

static bool use_source(const struct sdk *sdk, struct plan *plan, const char *profile,
                       const char *named, struct err *err)
{
    size_t count = sizeof credential_sources / sizeof credential_sources[0];
    for (size_t i = 0; i < count; i++)
        if (strcmp(credential_sources[i].name, named) == 0) {
            plan->base = credential_sources[i].provider;
            plan->with_env = true;
            return true;
        }
    return refuse(sdk, profile, "credential_source",
                  "has a credential_source that is none of Environment, EcsContainer, "
                  "Ec2InstanceMetadata", err);
}

static bool was_visited(const struct plan *plan, const char *profile)
{
    for (size_t i = 0; i < plan->role_count; i++)
        if (strcmp(plan->roles[i], profile) == 0)
            return true;
    return false;
}

static bool add_role(const struct sdk *sdk, struct plan *plan, const char *profile,
                     struct err *err)
{
    if (plan->role_count == ATTEMPT_ROLES)
        return refuse(sdk, profile, "role_arn", "ends a chain of more than 8 roles", err);
    if (!role_check(sdk, profile, err))
        return false;
    str_copy(plan->roles[plan->role_count++], sizeof plan->roles[0], str_of(profile));
    plan->needs_person |= sdk_profile_get(sdk, profile, "mfa_serial") != NULL;
    return true;
}

/* The profile has a role_arn. *next is the profile that its keys come from; NULL: the plan has
 * its base. */
static bool follow_role(const struct sdk *sdk, struct plan *plan, const char *profile,
                        const char **next, struct err *err)
{
    const char *named = sdk_profile_get(sdk, profile, "credential_source");
    const char *source = sdk_profile_get(sdk, profile, "source_profile");
    *next = source;
    if (!add_role(sdk, plan, profile, err))
        return false;
    if (!named == !source)
        return refuse(sdk, profile, "role_arn",
                      named ? "has both source_profile and credential_source"
                            : "has a role_arn, but neither source_profile nor credential_source",
                      err);
    if (named)
        return use_source(sdk, plan, profile, named, err);
    if (!sdk_profile_exists(sdk, source))
        return refuse(sdk, profile, "source_profile", "has a source_profile that is not there",
                      err);
    if (was_visited(plan, source) && (strcmp(source, profile) != 0 || !has_keys(sdk, source)))
        return refuse(sdk, profile, "source_profile", "closes a loop of roles", err);
    return true;
}

static bool follow_roles(const struct sdk *sdk, struct plan *plan, struct err *err)
{
    const char *profile = sdk->profile;
    do {
        const char *next;
        if (!follow_role(sdk, plan, profile, &next, err))
            return false;
        if (!next)
            return true;
        profile = next;
    } while (!has_keys(sdk, profile) && has_role(sdk, profile));
    if (use_profile(sdk, plan, profile))
        return true;
    return refuse(sdk, profile, "region", "is a source_profile, but has no credentials", err);
}

bool plan_make(const struct sdk *sdk, struct plan *plan, struct err *err)
{
    const char *profile = sdk->profile;
    *plan = (struct plan){.with_env = true};
    if (!sdk->profile_by_flag && provider_env.is_configured(sdk, profile, true)) {
        plan->base = &provider_env;
        return true;
    }
    if (has_role(sdk, profile))
        return follow_roles(sdk, plan, err);
    if (use_profile(sdk, plan, profile))
        return true;
    plan->base = provider_container.is_configured(sdk, profile, true) ? &provider_container
                                                                       : &provider_imds;
    if (plan->base == &provider_container || !sdk->imds_disabled)
        return true;
    return err_set(err, ERR_CREDENTIALS,
                   "no credentials: none in the variables, nor for the profile \"%s\" in %s or %s",
                   profile, sdk_path(sdk, SDK_CONFIG), sdk_path(sdk, SDK_CREDENTIALS)) ||
           err_advise(err, "run: aws configure sso, or name a profile with --profile");
}
