/* Profile, region, endpoints and trust out of flags, variables and files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <jansson.h>

#include "src/aws/sdk.h"
#include "tests/unit/aws_files.h"

static struct sdk sdk;

static int clean(void **state)
{
    (void)state;
    sdk_release(&sdk);
    remove_at_home(".aws/config");
    remove_at_home(".aws/credentials");
    scrub_environment();
    return 0;
}

static void open_sdk(const char *profile, const char *region)
{
    struct err err = {0};
    struct sdk_flags flags = {profile, region, NULL, false};
    sdk_release(&sdk);
    if (!sdk_open(&sdk, &flags, &err))
        fail_msg("%s", err.text);
}

static struct err refused(const char *profile, const char *region, const char *url)
{
    struct err err = {0};
    struct sdk_flags flags = {profile, region, url, false};
    sdk_release(&sdk);
    assert_false(sdk_open(&sdk, &flags, &err));
    assert_null(sdk.profiles);
    return err;
}

static const char *url(enum service_id service)
{
    static char out[600];
    struct err err = {0};
    if (!sdk_endpoint(&sdk, service, out, sizeof out, &err))
        snprintf(out, sizeof out, "%s", err.text);
    return out;
}

static void without_any_file_there_are_defaults(void **state)
{
    (void)state;
    open_sdk(NULL, NULL);
    assert_string_equal(sdk.profile, "default");
    assert_string_equal(sdk.region, "");
    assert_int_equal(sdk.max_attempts, 3);
    assert_false(sdk.fips || sdk.dualstack || sdk.profile_by_flag);
    assert_true(sdk.imds_disabled);
    assert_null(sdk_profile_name(&sdk, 0));
    assert_string_equal(url(SERVICE_LOGS), "logs: no region is named");
}

static void the_profile_is_of_the_flag_then_the_variables(void **state)
{
    (void)state;
    write_config("[profile a]\nregion=r-a\n[profile b]\nregion=r-b\n[profile c]\nregion=r-c\n");
    setenv("AWS_DEFAULT_PROFILE", "c", 1);
    open_sdk(NULL, NULL);
    assert_string_equal(sdk.region, "r-c");
    setenv("AWS_PROFILE", "b", 1);
    open_sdk(NULL, NULL);
    assert_string_equal(sdk.region, "r-b");
    assert_false(sdk.profile_by_flag);
    open_sdk("a", NULL);
    assert_string_equal(sdk.region, "r-a");
    assert_true(sdk.profile_by_flag);
    setenv("AWS_DEFAULT_REGION", "v-1", 1);
    open_sdk("a", NULL);
    assert_string_equal(sdk.region, "v-1");
    setenv("AWS_REGION", "v-2", 1);
    open_sdk("a", NULL);
    assert_string_equal(sdk.region, "v-2");
    open_sdk("a", "f-3");
    assert_string_equal(sdk.region, "f-3");
}

static void a_profile_that_is_not_there_names_the_near_one(void **state)
{
    (void)state;
    write_config("[profile production]\n[default]\n");
    write_credentials("[staging]\n");
    struct err err = refused("prodution", NULL, NULL);
    assert_non_null(strstr(err.text, "\"prodution\" stands neither in"));
    assert_string_equal(err.hint, "did you mean \"production\"?");
    open_sdk(NULL, NULL);
    assert_string_equal(sdk_profile_name(&sdk, 0), "default");
    assert_string_equal(sdk_profile_name(&sdk, 1), "production");
    assert_string_equal(sdk_profile_name(&sdk, 2), "staging");
    assert_null(sdk_profile_name(&sdk, 3));
}

static void a_key_of_the_credentials_file_comes_first_and_has_a_place(void **state)
{
    char where[600], wanted[600];
    (void)state;
    write_config("[profile a]\nregion = one\noutput = text\n");
    write_credentials("[a]\n\nregion = two\n");
    open_sdk("a", NULL);
    assert_string_equal(sdk_profile_get(&sdk, "a", "region"), "two");
    assert_string_equal(sdk_profile_get_in(&sdk, SDK_CONFIG, "a", "region"), "one");
    assert_string_equal(sdk_section_get(&sdk, "profile", "a", "output"), "text");
    assert_null(sdk_profile_get(&sdk, "a", "none"));
    sdk_profile_where(&sdk, "a", "region", where, sizeof where);
    snprintf(wanted, sizeof wanted, "%s/.aws/credentials:3", home);
    assert_string_equal(where, wanted);
}

static void a_region_is_checked_before_it_becomes_part_of_a_host(void **state)
{
    static const char *const bad[] = {
        "evil.com/", "eu-west-1.evil.com", "EU-WEST-1", "-a", "a-", "a b", "a@b", "..", "eu_west",
        "a23456789012345678901234567890123", "eu-west-1\r\nx: y", "\xc3\xa9"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct err err = refused(NULL, bad[i], NULL);
        assert_non_null(strstr(err.text, "is no name of a region"));
    }
    assert_true(sdk_is_region("a") && sdk_is_region("a123456789-123456789-123456789x"));
    assert_false(sdk_is_region("") || sdk_is_region("a123456789-123456789-123456789xy"));
    open_sdk(NULL, "eu-west-1");
    struct err err = {0};
    char out[100];
    assert_false(sdk_endpoint_in(&sdk, SERVICE_SSO, "x.y", out, sizeof out, &err));
    assert_false(sdk_endpoint(&sdk, SERVICE_SSO, out, 10, &err));
}

/* As botocore's endpoint rules give them. */
static void hosts_follow_partition_fips_and_dualstack(void **state)
{
    static const struct {
        const char *region;
        bool fips, dualstack;
        enum service_id service;
        const char *host;
    } rows[] = {
        {"eu-west-1", 0, 0, SERVICE_LAMBDA, "lambda.eu-west-1.amazonaws.com"},
        {"eu-west-1", 0, 1, SERVICE_LOGS, "logs.eu-west-1.api.aws"},
        {"eu-west-1", 1, 0, SERVICE_METRICS, "monitoring-fips.eu-west-1.amazonaws.com"},
        {"eu-west-1", 1, 1, SERVICE_S3, "s3-fips.dualstack.eu-west-1.amazonaws.com"},
        {"eu-west-1", 0, 1, SERVICE_IAM, "iam.global.api.aws"},
        {"eu-west-1", 1, 0, SERVICE_SSO, "portal.sso-fips.eu-west-1.amazonaws.com"},
        {"us-east-1", 0, 0, SERVICE_SSO_OIDC, "oidc.us-east-1.amazonaws.com"},
        {"us-gov-west-1", 1, 0, SERVICE_LAMBDA, "lambda-fips.us-gov-west-1.amazonaws.com"},
        {"us-gov-west-1", 1, 0, SERVICE_LOGS, "logs.us-gov-west-1.amazonaws.com"},
        {"us-gov-west-1", 1, 1, SERVICE_LOGS, "logs-fips.us-gov-west-1.api.aws"},
        {"us-gov-west-1", 1, 1, SERVICE_EVENTS, "events.us-gov-west-1.api.aws"},
        {"us-gov-east-1", 1, 0, SERVICE_IAM, "iam.us-gov.amazonaws.com"},
        {"cn-north-1", 0, 0, SERVICE_STS, "sts.cn-north-1.amazonaws.com.cn"},
        {"cn-northwest-1", 0, 1, SERVICE_SQS, "sqs.cn-northwest-1.api.amazonwebservices.com.cn"},
        {"cn-northwest-1", 0, 0, SERVICE_IAM, "iam.cn-north-1.amazonaws.com.cn"},
        {"us-iso-east-1", 0, 0, SERVICE_XRAY, "xray.us-iso-east-1.c2s.ic.gov"},
        {"us-isob-east-1", 0, 0, SERVICE_SNS, "sns.us-isob-east-1.sc2s.sgov.gov"},
        {"eusc-de-east-1", 0, 0, SERVICE_LOGS, "logs.eusc-de-east-1.amazonaws.eu"},
        {"fips-eu-west-1", 0, 0, SERVICE_LOGS, "logs-fips.eu-west-1.amazonaws.com"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        setenv("AWS_USE_FIPS_ENDPOINT", rows[i].fips ? "true" : "false", 1);
        setenv("AWS_USE_DUALSTACK_ENDPOINT", rows[i].dualstack ? "TRUE" : "", 1);
        open_sdk(NULL, rows[i].region);
        assert_string_equal(url(rows[i].service) + strlen("https://"), rows[i].host);
    }
    setenv("AWS_USE_FIPS_ENDPOINT", "true", 1);
    open_sdk(NULL, "cn-north-1");
    assert_non_null(strstr(url(SERVICE_S3), "no FIPS endpoint"));
    assert_string_equal(sdk_signing_region(&sdk, SERVICE_IAM), "cn-north-1");
    assert_string_equal(sdk_signing_region(&sdk, SERVICE_LOGS), "cn-north-1");
    open_sdk(NULL, "eu-west-1");
    assert_string_equal(sdk_signing_region(&sdk, SERVICE_IAM), "us-east-1");
}

static void plain_http_goes_no_further_than_this_machine(void **state)
{
    static const struct {
        const char *url;
        bool good;
    } rows[] = {
        {"http://localhost:4566/", true},      {"http://127.0.0.1:5000", true},
        {"http://127.8.9.10", true},           {"http://[::1]:80/x", true},
        {"http://127.0.0.1.evil.com", false},  {"http://localhost.evil.com", false},
        {"http://10.0.0.1", false},            {"http://[::2]", false},
        {"http://127.0.0.256", false},         {"http://127.0.1", false},
        {"https://10.0.0.1", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        setenv("AWS_ENDPOINT_URL", rows[i].url, 1);
        open_sdk(NULL, "eu-west-1");
        bool refused_it = strstr(url(SERVICE_LOGS), "plain http beyond this machine") != NULL;
        assert_int_equal(refused_it, !rows[i].good);
        sdk.allow_insecure = true;
        assert_memory_equal(url(SERVICE_LOGS), rows[i].url, strlen(rows[i].url) - 1);
    }
    setenv("AWS_ENDPOINT_URL", "http://localhost:4566/", 1);
    open_sdk(NULL, "eu-west-1");
    assert_string_equal(url(SERVICE_LOGS), "http://localhost:4566");
}

static void an_endpoint_that_is_no_url_is_refused(void **state)
{
    static const char *const bad[] = {
        "localhost:4566", "ftp://x", "https://", "https://a b", "https://user:pw@host",
        "https://x\r\ny", "https://x?y", "https://x#y", "https:///x", "http://:80", "\x1b[2J"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct err err = refused(NULL, "eu-west-1", bad[i]);
        assert_non_null(strstr(err.text, "is no URL"));
        assert_null(strchr(err.text, '\x1b'));
    }
}

static void a_services_section_that_is_not_there_is_refused(void **state)
{
    (void)state;
    write_config("[default]\nservices = nowhere\n[services other]\n");
    assert_non_null(strstr(refused(NULL, "eu-west-1", NULL).text,
                           "config:2: there is no section [services nowhere]"));
    setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true", 1);
    open_sdk(NULL, "eu-west-1");
}

static void trust_and_attempts_are_read_and_bounded(void **state)
{
    (void)state;
    write_config("[default]\nca_bundle = /a.pem\nmax_attempts = 7\nuse_fips_endpoint = True\n");
    open_sdk(NULL, NULL);
    assert_string_equal(sdk.ca_bundle, "/a.pem");
    assert_int_equal(sdk.max_attempts, 7);
    assert_true(sdk.fips);
    setenv("AWS_CA_BUNDLE", "/b.pem", 1);
    setenv("AWS_MAX_ATTEMPTS", "2", 1);
    open_sdk(NULL, NULL);
    assert_string_equal(sdk.ca_bundle, "/b.pem");
    assert_int_equal(sdk.max_attempts, 2);
    for (const char *const *bad = (const char *[]){"0", "101", "-1", "3x", NULL}; *bad; bad++) {
        setenv("AWS_MAX_ATTEMPTS", *bad, 1);
        assert_non_null(strstr(refused(NULL, NULL, NULL).text, "is no number from 1 to 100"));
    }
}

static void paths_may_be_named(void **state)
{
    (void)state;
    write_text("note", "[default]\nregion = here-1\n");
    setenv("AWS_CONFIG_FILE", "~/note", 1);
    open_sdk(NULL, NULL);
    assert_string_equal(sdk.region, "here-1");
    write_text("note", "[default]\nregion\n");
    struct err err = refused(NULL, NULL, NULL);
    assert_non_null(strstr(err.text, "/note:2: neither [section] nor key = value"));
    assert_string_equal(err.hint, SDK_FILE_HINT);
}

/* ---- the public table of configured endpoint URLs (botocore, Apache-2.0) ---- */

static void write_pairs(FILE *file, const char *indent, json_t *object)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        if (json_is_object(value)) {
            fprintf(file, "%s =\n", key);
            write_pairs(file, "  ", value);
        } else {
            fprintf(file, "%s%s = %s\n", indent, key, json_string_value(value));
        }
    }
}

static void write_suite(json_t *suite)
{
    char *text = NULL;
    size_t len = 0;
    const char *name;
    json_t *section;
    FILE *file = open_memstream(&text, &len);
    json_object_foreach(json_object_get(suite, "profiles"), name, section)
    {
        fprintf(file, strcmp(name, "default") ? "[profile %s]\n" : "[%s]\n", name);
        write_pairs(file, "", section);
    }
    json_object_foreach(json_object_get(suite, "services"), name, section)
    {
        fprintf(file, "[services %s]\n", name);
        write_pairs(file, "", section);
    }
    fclose(file);
    write_config(text);
    free(text);
}

static json_t *named(json_t *suite, const char *kind, json_t *one)
{
    char table[64];
    snprintf(table, sizeof table, "%ss", kind);
    return json_object_get(json_object_get(suite, table),
                           json_string_value(json_object_get(one, kind)));
}

/* A client that is told to ignore configured endpoints is, here, the variable that says so. */
static void run_url_case(json_t *suite, json_t *one)
{
    json_t *config = named(suite, "client_config", one), *value;
    const char *key, *wanted;
    scrub_environment();
    json_object_foreach(named(suite, "environment", one), key, value)
        setenv(key, json_string_value(value), 1);
    if (json_is_true(json_object_get(config, "ignore_configured_endpoint_urls")))
        setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true", 1);
    struct err err = {0};
    struct sdk_flags flags = {json_string_value(json_object_get(one, "profile")), NULL,
                              json_string_value(json_object_get(config, "endpoint_url")), false};
    sdk_release(&sdk);
    assert_true(sdk_open(&sdk, &flags, &err));
    wanted = json_string_value(json_object_get(json_object_get(one, "output"), "endpointUrl"));
    if (strcmp(url(SERVICE_S3), wanted) != 0)
        fail_msg("%s: %s, not %s", json_string_value(json_object_get(one, "name")),
                 url(SERVICE_S3), wanted);
}

static void configured_urls_win_as_the_public_table_says(void **state)
{
    char path[1024];
    const char *shared = getenv("LAMBDIG_SHARED"), *top = getenv("srcdir");
    size_t i, run = 0, other = 0;
    json_t *one;
    (void)state;
    if (shared)
        snprintf(path, sizeof path, "%s/vectors/endpoint-urls.json", shared);
    else
        snprintf(path, sizeof path, "%s/../shared/vectors/endpoint-urls.json", top ? top : "..");
    json_t *root = json_load_file(path, 0, NULL);
    if (!root) {
        print_message("SKIP: %s is not there\n", path);
        skip();
    }
    json_t *suite = json_array_get(json_object_get(root, "testSuites"), 0);
    write_suite(suite);
    json_array_foreach(json_object_get(suite, "endpointUrlTests"), i, one)
    {
        bool ours = strcmp(json_string_value(json_object_get(one, "service")), "s3") == 0;
        if (ours)
            run_url_case(suite, one);
        run += ours;
        other += !ours;
    }
    json_decref(root);
    assert_int_equal(run, 37);
    assert_int_equal(other, 2); /* of a service that is not asked */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(without_any_file_there_are_defaults, clean),
        cmocka_unit_test_teardown(the_profile_is_of_the_flag_then_the_variables, clean),
        cmocka_unit_test_teardown(a_profile_that_is_not_there_names_the_near_one, clean),
        cmocka_unit_test_teardown(a_key_of_the_credentials_file_comes_first_and_has_a_place, clean),
        cmocka_unit_test_teardown(a_region_is_checked_before_it_becomes_part_of_a_host, clean),
        cmocka_unit_test_teardown(hosts_follow_partition_fips_and_dualstack, clean),
        cmocka_unit_test_teardown(plain_http_goes_no_further_than_this_machine, clean),
        cmocka_unit_test_teardown(an_endpoint_that_is_no_url_is_refused, clean),
        cmocka_unit_test_teardown(a_services_section_that_is_not_there_is_refused, clean),
        cmocka_unit_test_teardown(trust_and_attempts_are_read_and_bounded, clean),
        cmocka_unit_test_teardown(paths_may_be_named, clean),
        cmocka_unit_test_teardown(configured_urls_win_as_the_public_table_says, clean),
    };
    return cmocka_run_group_tests(tests, new_home, drop_home);
}
