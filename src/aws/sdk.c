#include "src/aws/sdk.h"

#include "src/aws/ini.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Variables before files, and each once: what is asked of the sdk later comes from here. */

struct sdk_profiles {
    char path[2][1024]; /* by enum sdk_file */
    struct ini ini[2];
    const char **names; /* of profiles, sorted; borrowed from ini */
    size_t name_count;
};

const char *sdk_env(const char *name)
{
    const char *value = getenv(name);
    return value && value[0] ? value : NULL;
}

/* ---- files ---- */

bool sdk_home(char *out, size_t size)
{
    const char *home = sdk_env("HOME");
    const struct passwd *user = home ? NULL : getpwuid(getuid());
    if (!home && !user)
        return false;
    return str_copy(out, size, str_of(home ? home : user->pw_dir));
}

static bool find_path(const char *variable, const char *usual, char *out, size_t size,
                      struct err *err)
{
    char home[768] = "";
    const char *path = sdk_env(variable);
    bool at_home = !path || strncmp(path, "~/", 2) == 0;
    const char *rest = path ? path + (at_home ? 2 : 0) : usual;
    if (at_home && !sdk_home(home, sizeof home))
        return err_set(err, ERR_CONFIG, "finding %s: there is no home folder", usual) ||
               err_advise(err, "set HOME, or %s", variable);
    if ((size_t)snprintf(out, size, "%s%s%s", home, at_home ? "/" : "", rest) >= size)
        return err_set(err, ERR_CONFIG, "%s: the path is too long", variable);
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void list_names(struct sdk_profiles *p)
{
    size_t most = p->ini[SDK_CONFIG].section_count + p->ini[SDK_CREDENTIALS].section_count;
    p->names = xcalloc(most + 1, sizeof *p->names);
    for (int file = 0; file < 2; file++)
        for (size_t i = 0; i < p->ini[file].section_count; i++)
            if (strcmp(p->ini[file].sections[i].kind, "profile") == 0)
                p->names[p->name_count++] = p->ini[file].sections[i].name;
    qsort(p->names, p->name_count, sizeof *p->names, by_name);
    size_t kept = 0;
    for (size_t i = 0; i < p->name_count; i++)
        if (kept == 0 || strcmp(p->names[kept - 1], p->names[i]) != 0)
            p->names[kept++] = p->names[i];
    p->name_count = kept;
}

static void profiles_free(struct sdk_profiles *p)
{
    if (!p)
        return;
    ini_release(&p->ini[SDK_CONFIG]);
    ini_release(&p->ini[SDK_CREDENTIALS]);
    free(p->names);
    free(p);
}

static bool read_file(struct ini *ini, enum ini_form form, const char *path, struct err *err)
{
    return ini_read(ini, form, path, err) || err_advise(err, SDK_FILE_HINT);
}

static struct sdk_profiles *read_profiles(struct err *err)
{
    struct sdk_profiles *p = xcalloc(1, sizeof *p);
    char *config = p->path[SDK_CONFIG], *credentials = p->path[SDK_CREDENTIALS];
    if (find_path("AWS_CONFIG_FILE", ".aws/config", config, sizeof p->path[0], err) &&
        find_path("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials", credentials,
                  sizeof p->path[0], err) &&
        read_file(&p->ini[SDK_CONFIG], INI_CONFIG, config, err) &&
        read_file(&p->ini[SDK_CREDENTIALS], INI_CREDENTIALS, credentials, err)) {
        list_names(p);
        return p;
    }
    profiles_free(p);
    return NULL;
}

const char *sdk_path(const struct sdk *sdk, enum sdk_file file)
{
    return sdk->profiles->path[file];
}

/* ---- look-up ---- */

static const struct ini_key *find_key(const struct sdk *sdk, enum sdk_file file,
                                      const char *profile, const char *key)
{
    const struct ini *ini = &sdk->profiles->ini[file];
    return ini_get(ini, ini_find(ini, "profile", profile), key);
}

const char *sdk_profile_get_in(const struct sdk *sdk, enum sdk_file file, const char *profile,
                               const char *key)
{
    const struct ini_key *found = find_key(sdk, file, profile, key);
    return found && found->value[0] ? found->value : NULL;
}

const char *sdk_profile_get(const struct sdk *sdk, const char *profile, const char *key)
{
    const char *value = sdk_profile_get_in(sdk, SDK_CREDENTIALS, profile, key);
    return value ? value : sdk_profile_get_in(sdk, SDK_CONFIG, profile, key);
}

void sdk_profile_where(const struct sdk *sdk, const char *profile, const char *key, char *out,
                       size_t size)
{
    enum sdk_file file =
        find_key(sdk, SDK_CREDENTIALS, profile, key) ? SDK_CREDENTIALS : SDK_CONFIG;
    const struct ini_key *found = find_key(sdk, file, profile, key);
    if (found)
        snprintf(out, size, "%s:%u", sdk_path(sdk, file), found->line);
    else
        snprintf(out, size, "%s", sdk_path(sdk, file));
}

const char *sdk_section_get(const struct sdk *sdk, const char *kind, const char *name,
                            const char *key)
{
    const struct ini *ini = &sdk->profiles->ini[SDK_CONFIG];
    if (strcmp(kind, "profile") == 0)
        return sdk_profile_get(sdk, name, key);
    const struct ini_key *found = ini_get(ini, ini_find(ini, kind, name), key);
    return found && found->value[0] ? found->value : NULL;
}

bool sdk_profile_exists(const struct sdk *sdk, const char *profile)
{
    return ini_find(&sdk->profiles->ini[SDK_CONFIG], "profile", profile) ||
           ini_find(&sdk->profiles->ini[SDK_CREDENTIALS], "profile", profile);
}

const char *sdk_profile_name(const struct sdk *sdk, size_t index)
{
    return index < sdk->profiles->name_count ? sdk->profiles->names[index] : NULL;
}

/* ---- settings ---- */

static const char *first_of(const char *a, const char *b, const char *c)
{
    if (a && a[0])
        return a;
    return b && b[0] ? b : c;
}

/* Variable before profile. */
static const char *setting(const struct sdk *sdk, const char *variable, const char *key)
{
    const char *value = sdk_env(variable);
    return value ? value : sdk_profile_get(sdk, sdk->profile, key);
}

static bool is_true(const char *value)
{
    return value && str_eq_nocase(str_of(value), STR("true"));
}

static bool choose_profile(struct sdk *sdk, const struct sdk_flags *flags, struct err *err)
{
    const char *named =
        first_of(flags->profile, sdk_env("AWS_PROFILE"), sdk_env("AWS_DEFAULT_PROFILE"));
    const struct sdk_profiles *p = sdk->profiles;
    sdk->profile_by_flag = flags->profile && flags->profile[0];
    if (!str_copy(sdk->profile, sizeof sdk->profile, str_of(named ? named : "default")))
        return err_set(err, ERR_CONFIG, "the profile's name has more than 127 bytes");
    if (!named || sdk_profile_exists(sdk, named) || strcmp(named, "default") == 0)
        return true;
    const char *near = str_nearest(str_of(named), p->names, p->name_count);
    err_set(err, ERR_CONFIG, "the profile \"%s\" stands neither in %s nor in %s", named,
            p->path[SDK_CONFIG], p->path[SDK_CREDENTIALS]);
    if (near)
        return err_advise(err, "did you mean \"%s\"?", near);
    return err_advise(err, "run: aws configure list-profiles");
}

static bool choose_region(struct sdk *sdk, const struct sdk_flags *flags, struct err *err)
{
    const char *variable = first_of(sdk_env("AWS_REGION"), sdk_env("AWS_DEFAULT_REGION"), NULL);
    const char *region = first_of(flags->region, variable, NULL);
    struct str name;
    if (!region)
        region = sdk_profile_get(sdk, sdk->profile, "region");
    name = str_of(region);
    /* The old names of FIPS endpoints: fips-us-east-1, us-east-1-fips. */
    if (str_skip(&name, STR("fips-")))
        sdk->fips = true;
    if (str_ends(name, STR("-fips"))) {
        name.len -= strlen("-fips");
        sdk->fips = true;
    }
    if (!region || (str_copy(sdk->region, sizeof sdk->region, name) && sdk_is_region(sdk->region)))
        return true;
    return err_set(err, ERR_CONFIG, "\"%s\" is no name of a region", region) ||
           err_advise(err, "a region is named like eu-west-1");
}

/* What may stand in a URL that becomes a request: no blank, quote or control byte, no user. */
static bool is_url(const char *text)
{
    struct str rest = str_of(text);
    if (!str_skip(&rest, STR("https://")) && !str_skip(&rest, STR("http://")))
        return false;
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-._~:/[]%";
    bool has_host = rest.len > 0 && rest.at[0] != '/' && rest.at[0] != ':';
    return has_host && strspn(rest.at, plain) == rest.len;
}

static bool is_ignoring_urls(const struct sdk *sdk)
{
    const char *key = "ignore_configured_endpoint_urls";
    return is_true(setting(sdk, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", key));
}

static const char *url_of(const struct sdk *sdk, enum service_id service)
{
    const char *id = service_row(service)->endpoint_id;
    const char *named = sdk_profile_get(sdk, sdk->profile, "services");
    char variable[64], key[64];
    snprintf(variable, sizeof variable, "AWS_ENDPOINT_URL_%s", id);
    snprintf(key, sizeof key, "%s.endpoint_url", id);
    for (char *c = key; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    const char *url = first_of(sdk_env(variable), sdk_env("AWS_ENDPOINT_URL"), NULL);
    if (!url && named)
        url = sdk_section_get(sdk, "services", named, key);
    return url ? url : sdk_profile_get(sdk, sdk->profile, "endpoint_url");
}

/* A name that leads nowhere would send questions to AWS that are meant for another place. */
static bool check_services(const struct sdk *sdk, struct err *err)
{
    const char *named = sdk_profile_get(sdk, sdk->profile, "services");
    char where[1100];
    if (!named || ini_find(&sdk->profiles->ini[SDK_CONFIG], "services", named))
        return true;
    sdk_profile_where(sdk, sdk->profile, "services", where, sizeof where);
    return err_set(err, ERR_CONFIG, "%s: there is no section [services %s]", where, named) ||
           err_advise(err, SDK_FILE_HINT);
}

static bool choose_urls(struct sdk *sdk, const struct sdk_flags *flags, struct err *err)
{
    bool by_flag = flags->endpoint_url && flags->endpoint_url[0];
    if (!by_flag && is_ignoring_urls(sdk))
        return true;
    if (!by_flag && !check_services(sdk, err))
        return false;
    for (enum service_id service = 0; service < SERVICE_COUNT; service++) {
        const char *url = by_flag ? flags->endpoint_url : url_of(sdk, service);
        char *out = sdk->endpoint_url[service];
        if (!url)
            continue;
        if (!is_url(url) || !str_copy(out, sizeof sdk->endpoint_url[0], str_of(url)))
            return err_set(err, ERR_CONFIG, "%s: the endpoint \"%s\" is no URL",
                           service_row(service)->host, url) ||
                   err_advise(err, "an endpoint is named like https://host:port");
    }
    return true;
}

static bool choose_rest(struct sdk *sdk, struct err *err)
{
    const char *ca = setting(sdk, "AWS_CA_BUNDLE", "ca_bundle");
    const char *attempts = setting(sdk, "AWS_MAX_ATTEMPTS", "max_attempts");
    uint64_t count = 3;
    sdk->fips |= is_true(setting(sdk, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"));
    sdk->dualstack = is_true(setting(sdk, "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"));
    sdk->imds_disabled = is_true(sdk_env("AWS_EC2_METADATA_DISABLED"));
    if (ca && !str_copy(sdk->ca_bundle, sizeof sdk->ca_bundle, str_of(ca)))
        return err_set(err, ERR_CONFIG, "ca_bundle: the path is too long");
    if (attempts && (!str_to_u64(str_of(attempts), 100, &count) || count == 0))
        return err_set(err, ERR_CONFIG, "max_attempts: \"%s\" is no number from 1 to 100",
                       attempts) ||
               err_advise(err, "set AWS_MAX_ATTEMPTS or max_attempts to such a one");
    sdk->max_attempts = (int)count;
    return true;
}

bool sdk_open(struct sdk *sdk, const struct sdk_flags *flags, struct err *err)
{
    *sdk = (struct sdk){.allow_insecure = flags->allow_insecure};
    sdk->profiles = read_profiles(err);
    if (sdk->profiles && choose_profile(sdk, flags, err) && choose_region(sdk, flags, err) &&
        choose_urls(sdk, flags, err) && choose_rest(sdk, err))
        return true;
    sdk_release(sdk);
    return false;
}

bool sdk_reread(const struct sdk *sdk, struct sdk *out, struct err *err)
{
    *out = *sdk;
    out->profiles = read_profiles(err);
    return out->profiles != NULL;
}

void sdk_release(struct sdk *sdk)
{
    profiles_free(sdk->profiles);
    *sdk = (struct sdk){0};
}
