#include "src/program_switch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "src/aws/sdk.h"

static const struct {
    const char *name, *place;
} regions[] = {
    {"us-east-1", "N. Virginia"},   {"us-east-2", "Ohio"},           {"us-west-1", "N. California"},
    {"us-west-2", "Oregon"},        {"ca-central-1", "Canada"},      {"ca-west-1", "Calgary"},
    {"mx-central-1", "Mexico"},     {"sa-east-1", "São Paulo"},      {"eu-west-1", "Ireland"},
    {"eu-west-2", "London"},        {"eu-west-3", "Paris"},          {"eu-central-1", "Frankfurt"},
    {"eu-central-2", "Zurich"},     {"eu-north-1", "Stockholm"},     {"eu-south-1", "Milan"},
    {"eu-south-2", "Spain"},        {"il-central-1", "Tel Aviv"},    {"me-south-1", "Bahrain"},
    {"me-central-1", "UAE"},        {"af-south-1", "Cape Town"},     {"ap-south-1", "Mumbai"},
    {"ap-south-2", "Hyderabad"},    {"ap-southeast-1", "Singapore"}, {"ap-southeast-2", "Sydney"},
    {"ap-southeast-3", "Jakarta"},  {"ap-southeast-4", "Melbourne"}, {"ap-southeast-5", "Malaysia"},
    {"ap-southeast-7", "Thailand"}, {"ap-northeast-1", "Tokyo"},     {"ap-northeast-2", "Seoul"},
    {"ap-northeast-3", "Osaka"},    {"ap-east-1", "Hong Kong"},      {"us-gov-east-1", "GovCloud"},
    {"us-gov-west-1", "GovCloud"},  {"cn-north-1", "Beijing"},       {"cn-northwest-1", "Ningxia"},
};
#define REGIONS (sizeof regions / sizeof *regions)

/* ---- what can be chosen ---- */

static bool offer_profile(struct program_switch *s, size_t index, struct pick_item *item)
{
    struct sdk_flags flags = {"", "", "", true};
    struct err err = {0};
    if (s->sdk == NULL) {
        s->sdk = xcalloc(1, sizeof *s->sdk);
        if (!sdk_open(s->sdk, &flags, &err))
            *s->sdk = (struct sdk){.profiles = NULL};
    }
    const char *name = s->sdk->profiles ? sdk_profile_name(s->sdk, index) : NULL;
    if (name == NULL)
        return false;
    const char *region = sdk_profile_get(s->sdk, name, "region");
    const char *role = sdk_profile_get(s->sdk, name, "role_arn");
    (void)str_copy(item->word, sizeof item->word, str_of(name));
    snprintf(item->text, sizeof item->text, "%s%s%s", region ? region : "",
             region && role ? "  " : "", role ? role : "");
    return true;
}

static bool offer(void *ctx, enum app_switch what, size_t index, struct pick_item *item)
{
    if (what == SWITCH_PROFILE)
        return offer_profile(ctx, index, item);
    if (what != SWITCH_REGION || index >= REGIONS)
        return false;
    (void)str_copy(item->word, sizeof item->word, str_of(regions[index].name));
    (void)str_copy(item->text, sizeof item->text, str_of(regions[index].place));
    return true;
}

/* ---- opening ---- */

/* Files of the user's own are named as a shell would. */
static void expand(struct str path, char *out, size_t size)
{
    const char *home = getenv("HOME");
    bool own = str_skip(&path, STR("~/")) && home;
    snprintf(out, size, "%s%s%.*s", own ? home : "", own ? "/" : "", STR_ARG(path));
}

static bool set_path(struct settings *fresh, struct str value, struct err *err)
{
    char path[4096];
    struct stat st;
    expand(value, path, sizeof path);
    if (stat(path, &st) != 0)
        return err_set(err, ERR_INPUT_MISSING, "load: %s: it is not there, or cannot be looked at",
                       path);
    const char *name = S_ISDIR(st.st_mode) ? "case" : "logs";
    return settings_set(fresh, str_of(name), str_of(path), ":load", err);
}

/* What named an input before gives way: one input at a time. */
static bool set_input(struct settings *fresh, enum app_switch what, struct str value,
                      struct err *err)
{
    if (!settings_set(fresh, STR("case"), STR_NONE, ":load", err))
        return false;
    if (what == SWITCH_PATH)
        return set_path(fresh, value, err);
    bool profile = what == SWITCH_PROFILE;
    return settings_set(fresh, profile ? STR("profile") : STR("region"), value,
                        profile ? "--profile" : "--region", err);
}

static bool open_source(void *ctx, enum app_switch what, struct str value, struct err *err)
{
    struct program_switch *s = ctx;
    bool same_account = what == SWITCH_REGION && strcmp(s->command->name, "console") == 0;
    struct command command = {"console", same_account ? s->command->arguments : NULL,
                              same_account ? s->command->count : 0};
    struct settings *fresh = xcalloc(1, sizeof *fresh);
    settings_init(fresh);
    if (settings_reload(s->now, fresh, err) && set_input(fresh, what, value, err) &&
        program_open(fresh, &command, false, &s->source, err)) {
        s->settings = fresh;
        return true;
    }
    settings_release(fresh);
    free(fresh);
    return false;
}

struct app_sources program_sources(struct program_switch *s)
{
    return (struct app_sources){.ctx = s, .open = open_source, .offer = offer};
}

void program_switch_drop(struct program_switch *s)
{
    if (s->settings == NULL)
        return;
    source_free(s->source);
    settings_release(s->settings);
    free(s->settings);
    s->settings = NULL;
    s->source = NULL;
}

void program_switch_release(struct program_switch *s)
{
    if (s->sdk)
        sdk_release(s->sdk);
    free(s->sdk);
    s->sdk = NULL;
}
