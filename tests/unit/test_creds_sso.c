/* SSO: the login's file, its renewal, and what a broken or hostile one is refused with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>

#include "src/aws/sso.h"
#include "tests/unit/creds_room.h"

static const char config[] =
    "[profile new]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Read-Only\n"
    "[sso-session corp]\nsso_region = eu-north-1\nsso_start_url = https://corp.awsapps.com/start\n"
    "sso_registration_scopes = sso:account:access\n"
    "[profile old]\nsso_region = eu-north-1\nsso_start_url = https://corp.awsapps.com/start\n"
    "sso_account_id = 123456789012\nsso_role_name = Read-Only\n";

static char corp_file[80], url_file[80];

static void cache_names(void)
{
    char name[SSO_CACHE_NAME_SIZE];
    sso_cache_name(STR("corp"), name);
    snprintf(corp_file, sizeof corp_file, ".aws/sso/cache/%s", name);
    sso_cache_name(STR("https://corp.awsapps.com/start"), name);
    snprintf(url_file, sizeof url_file, ".aws/sso/cache/%s", name);
}

static int close_sso(void **state)
{
    close_creds(state);
    remove_at_home(corp_file);
    remove_at_home(url_file);
    remove_at_home(".aws/sso/cache");
    remove_at_home(".aws/sso");
    remove_at_home(".aws");
    return 0;
}

/* A login that ends in so many minutes, with or without what renews it. */
static void write_login(const char *file, int minutes, bool renewable)
{
    char text[2048], ends[CLOCK_ISO_SIZE], registration[CLOCK_ISO_SIZE];
    clock_iso(NOW + minutes * 60000, ends);
    clock_iso(NOW + 86400000, registration);
    snprintf(text, sizeof text,
             "{\"startUrl\": \"https://corp.awsapps.com/start\", \"region\": \"eu-north-1\", "
             "\"accessToken\": \"access-planted\", \"expiresAt\": \"%.19sZ\"%s%.19s%s}",
             ends, renewable ? ", \"clientId\": \"client\", \"clientSecret\": \"client-planted\", "
                               "\"refreshToken\": \"refresh-planted\", \"registrationExpiresAt\": \"" : "",
             renewable ? registration : "", renewable ? "Z\"" : "");
    write_text(file, text);
}

#define ROLE_KEYS                                                                             \
    "{\"roleCredentials\":{\"accessKeyId\":\"ASIASSO\",\"secretAccessKey\":\"" SECRET         \
    "\",\"sessionToken\":\"t\",\"expiration\":1790003600000}}"
#define TOKEN                                                                                 \
    "{\"accessToken\":\"access2-planted\",\"expiresIn\":28800,\"refreshToken\":\"refresh2-planted\"," \
    "\"tokenType\":\"Bearer\"}"

static void assert_asks_keys(const char *token)
{
    char line[128];
    assert_int_equal(read_at(NOW), CREDS_WAIT);
    assert_string_equal(fake.asked.method, "GET");
    assert_string_equal(fake.asked.url, "https://portal.sso.eu-north-1.amazonaws.com/federation/"
                                        "credentials?role_name=Read-Only&account_id=123456789012");
    assert_int_equal(creds_step(creds, NOW), 60000); /* nothing polls while it is asked */
    snprintf(line, sizeof line, "x-amz-sso_bearer_token: %s", token);
    assert_string_equal(asked_line("x-amz-sso"), line);
    assert_null(asked_line("Authorization"));
}

static void assert_asks_token(void)
{
    assert_int_equal(read_at(NOW), CREDS_WAIT);
    assert_string_equal(fake.asked.method, "POST");
    assert_string_equal(fake.asked.url, "https://oidc.eu-north-1.amazonaws.com/token");
    assert_string_equal(asked_line("Content-Type"), "Content-Type: application/json");
    assert_null(asked_line("Authorization"));
    assert_null(strstr(fake.asked.lines, "planted"));
    assert_string_equal(fake.asked.body,
                        "{\"clientId\":\"client\",\"clientSecret\":\"client-planted\",\"grantType\":"
                        "\"refresh_token\",\"refreshToken\":\"refresh-planted\"}");
}

static void finish(int status, const char *body)
{
    answer(status, body);
    creds_step(creds, NOW);
}

static void files_are_named_as_the_cli_names_them(void **state)
{
    char name[SSO_CACHE_NAME_SIZE];
    (void)state;
    sso_cache_name(STR("abc"), name); /* FIPS 180's own example */
    assert_string_equal(name, "a9993e364706816aba3e25717850c26c9cd0d89d.json");
}

static void a_login_is_traded_for_keys_of_a_role(void **state)
{
    static const char *const profiles[] = {"new", "old"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        write_config(config);
        write_login(i ? url_file : corp_file, 60, false);
        open_creds(profiles[i]);
        assert_asks_keys("access-planted");
        finish(200, ROLE_KEYS);
        assert_ready(NOW, "ASIASSO");
        assert_string_equal(keys.token, "t");
        assert_true(keys.expires_unix_ms == NOW + 3600000);
        assert_string_equal(creds_source(creds), "sso");
        close_sso(state);
    }
}

static void a_login_near_its_end_is_renewed_and_written_back(void **state)
{
    char path[512], text[4096];
    struct stat st;
    (void)state;
    write_config(config);
    write_login(corp_file, 15, true);
    open_creds("new");
    assert_asks_token();
    answer(200, TOKEN);
    assert_asks_keys("access2-planted");
    path_at_home(corp_file, path, sizeof path);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(
        text, "{\"startUrl\":\"https://corp.awsapps.com/start\",\"region\":\"eu-north-1\","
              "\"accessToken\":\"access2-planted\",\"expiresAt\":\"2026-09-21T22:13:20Z\","
              "\"clientId\":\"client\",\"clientSecret\":\"client-planted\","
              "\"registrationExpiresAt\":\"2026-09-22T14:13:20Z\",\"refreshToken\":\"refresh2-planted\"}\n");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    finish(200, ROLE_KEYS);
    assert_ready(NOW, "ASIASSO");
}

static unsigned count_files(const char *name)
{
    char path[512];
    unsigned count = 0;
    path_at_home(name, path, sizeof path);
    DIR *folder = opendir(path);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

/* A disk that is full: the file is as it was, and nothing lies beside it. */
static void a_login_that_cannot_be_written_back_stays_whole(void **state)
{
    char path[512], text[2048];
    struct rlimit before, tiny;
    (void)state;
    write_config(config);
    write_login(corp_file, 15, true);
    open_creds("new");
    assert_asks_token();
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    tiny = before;
    tiny.rlim_cur = 100;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tiny), 0);
    answer(200, TOKEN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_asks_keys("access2-planted"); /* the new token is good all the same */
    path_at_home(corp_file, path, sizeof path);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    assert_non_null(strstr(text, "\"access-planted\""));
    assert_int_equal(text[strlen(text) - 1], '}');
    assert_int_equal(count_files(".aws/sso/cache"), 1);
}

static void a_login_that_cannot_be_renewed_yet_is_used_to_its_end(void **state)
{
    (void)state;
    write_config(config);
    write_login(corp_file, 14, true);
    open_creds("new");
    assert_asks_token();
    answer(400, "{\"error\":\"invalid_grant\",\"error_description\":\"x\"}");
    assert_asks_keys("access-planted");
    finish(200, ROLE_KEYS);
    assert_ready(NOW, "ASIASSO");
    creds_refused(creds, &keys);
    assert_asks_keys("access-planted"); /* not renewed a second time within the minute */
}

static void a_login_that_has_ended_tells_the_command(void **state)
{
    (void)state;
    write_config(config);
    write_login(corp_file, -1, false);
    open_creds("new");
    assert_failed(NOW, "the SSO login of the profile \"new\" has expired",
                  "run: aws sso login --profile new");
    assert_null(fake.asked.done);
    assert_failed(NOW + 600000, "has expired", NULL);
    assert_false(creds_worth_retrying(creds));
    write_login(corp_file, 600, false); /* the user logged in elsewhere */
    assert_true(creds_worth_retrying(creds));
    creds_retry(creds);
    assert_asks_keys("access-planted");
}

static void a_login_that_may_not_be_renewed_tells_the_command(void **state)
{
    (void)state;
    write_config(config);
    write_login(corp_file, -1, true);
    open_creds("new");
    assert_asks_token();
    finish(400, "{\"error\":\"invalid_grant\"}");
    assert_failed(NOW, "has expired and could not be renewed", "aws sso login --profile new");
}

static void a_login_whose_client_has_ended_is_not_renewed(void **state)
{
    (void)state;
    write_config(config);
    write_text(corp_file, "{\"accessToken\":\"a-planted\",\"expiresAt\":\"2026-09-21T14:00:00Z\","
                          "\"clientId\":\"c\",\"clientSecret\":\"s\",\"refreshToken\":\"r\","
                          "\"registrationExpiresAt\":\"2026-09-21T14:13:20Z\"}");
    open_creds("new");
    assert_failed(NOW, "has expired", "aws sso login --profile new");
    assert_null(fake.asked.done);
}

static void what_another_program_renewed_meanwhile_is_used(void **state)
{
    (void)state;
    write_config(config);
    write_login(corp_file, -1, true);
    open_creds("new");
    assert_asks_token();
    write_text(corp_file, "{\"accessToken\":\"theirs-planted\",\"expiresAt\":\"2026-09-21T20:00:00UTC\"}");
    answer(400, "{\"error\":\"invalid_grant\"}");
    assert_asks_keys("theirs-planted");
}

static void a_login_that_is_refused_tells_the_command(void **state)
{
    (void)state;
    write_config(config);
    write_login(url_file, 60, false);
    open_creds("old");
    assert_asks_keys("access-planted");
    finish(401, "{\"message\":\"Session token not found or invalid\"}");
    assert_failed(NOW, "the SSO login of the profile \"old\" is no longer accepted",
                  "aws sso login --profile old");
    open_creds("old");
    assert_asks_keys("access-planted");
    finish(403, "{\"message\":\"No access\"}");
    assert_failed(NOW, "SSO gives no keys for the role Read-Only in account 123456789012: No access",
                  NULL);
}

static void without_a_login_the_command_is_told(void **state)
{
    (void)state;
    write_config("[profile two words]\n[profile 'two words']\nsso_account_id = 123456789012\n"
                 "sso_role_name = R\nsso_region = a\nsso_start_url = https://x\n");
    open_creds("two words");
    assert_failed(NOW, "/.aws/sso/cache/", "run: aws sso login --profile 'two words'");
    assert_non_null(strstr(err.text, "No such file or directory"));
}

/* ---- bad input ---- */

static void a_hostile_login_is_refused_in_one_sentence(void **state)
{
    static const struct {
        const char *text, *words;
    } rows[] = {
        {"", "no JSON object"},
        {"[]", "no JSON object"},
        {"{\"accessToken\":\"a-planted\"", "no whole JSON object"},
        {"{\"accessToken\":\"a-planted\"} {}", "no whole JSON object"},
        {"{\"accessToken\":\"a-planted\"}", "expiresAt: not set"},
        {"{\"accessToken\":\"a-planted\",\"expiresAt\":null}", "expiresAt: not set"},
        {"{\"expiresAt\":\"2026-09-21T20:00:00Z\"}", "accessToken: not set"},
        {"{\"accessToken\":[\"a-planted\"],\"expiresAt\":\"2026-09-21T20:00:00Z\"}",
         "accessToken is no text"},
        {"{\"accessToken\":\"a-planted\",\"expiresAt\":1790000000}", "expiresAt is no text"},
        {"{\"accessToken\":\"a-planted\",\"expiresAt\":\"tomorrow\"}", "expiresAt is no time"},
        {"{\"accessToken\":\"a-planted\\r\\nX-Evil: 1\",\"expiresAt\":\"2026-09-21T20:00:00Z\"}",
         "accessToken has control bytes"},
        {"{\"accessToken\":\"a planted\",\"expiresAt\":\"2026-09-21T20:00:00Z\"}",
         "accessToken: bytes that no token has"},
        {"{\"accessToken\":\"a-planted\",\"expiresAt\":\"2026-09-21T20:00:00Z\",\"region\":\"evil.com/\"}",
         "region: no name of a region"},
        {"{\"accessToken\":\"a-planted\",\"expiresAt\":\"2026-09-21T20:00:00Z\","
         "\"startUrl\":\"http://evil.com\"}",
         "startUrl: no https URL"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        write_config(config);
        write_text(corp_file, rows[i].text);
        open_creds("new");
        assert_failed(NOW, rows[i].words, "aws sso login");
        assert_non_null(strstr(err.text, "/.aws/sso/cache/"));
        assert_null(fake.asked.done);
    }
}

static void a_login_that_is_no_file_or_huge_is_refused(void **state)
{
    char path[512], *text = xcalloc(1, 65536 + 100);
    (void)state;
    write_config(config);
    write_login(corp_file, 60, false);
    path_at_home(corp_file, path, sizeof path);
    unlink(path);
    mkdir(path, 0700);
    open_creds("new");
    assert_failed(NOW, "no plain file", NULL);
    rmdir(path);
    snprintf(text, 64, "{\"accessToken\":\"");
    memset(text + strlen(text), 'a', 9000);
    strcat(text, "\",\"expiresAt\":\"2026-09-21T20:00:00Z\"}");
    write_text(corp_file, text);
    open_creds("new");
    assert_failed(NOW, "accessToken has more than 8192 bytes", NULL);
    memset(text, ' ', 65536 + 1);
    write_text(corp_file, text);
    open_creds("new");
    assert_failed(NOW, "more than 65536 bytes", NULL);
    assert_int_equal(truncate(path, (off_t)1 << 30), 0);
    open_creds("new");
    assert_failed(NOW, "more than 65536 bytes", NULL);
    free(text);
}

static void a_profile_that_tells_it_wrongly_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *text, *words;
    } rows[] = {
        {"[default]\nsso_role_name = R\n", "sso_account_id is missing"},
        {"[default]\nsso_account_id = 1\n", "sso_role_name is missing"},
        {"[default]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = R\n",
         "sso_region is missing"},
        {"[default]\nsso_session = s\nsso_region = a\nsso_account_id = 123456789012\nsso_role_name = R\n"
         "[sso-session s]\nsso_region = b\nsso_start_url = https://x\n",
         "config:3: the profile \"default\": sso_region is not what its sso-session says"},
        {"[default]\nsso_region = a\nsso_start_url = https://x\nsso_account_id = 12\nsso_role_name = R\n",
         "config:4: the profile \"default\": sso_account_id is no number of 12 digits"},
        {"[default]\nsso_region = a\nsso_start_url = https://x\nsso_account_id = 123456789012\n"
         "sso_role_name = R/../x\n",
         "sso_role_name is no name of a role"},
        {"[default]\nsso_region = a.evil.com/\nsso_start_url = https://x\n"
         "sso_account_id = 123456789012\nsso_role_name = R\n",
         "config:2: the profile \"default\": sso_region is no name of a region"},
        {"[default]\nsso_region = a\nsso_start_url = http://x\nsso_account_id = 123456789012\n"
         "sso_role_name = R\n",
         "sso_start_url is no https URL"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        write_config(rows[i].text);
        open_creds(NULL);
        assert_failed(NOW, rows[i].words, NULL);
    }
}

static void an_answer_without_keys_is_an_error(void **state)
{
    static const struct {
        const char *body, *words;
    } rows[] = {
        {"{}", "roleCredentials: not set"},
        {"", "roleCredentials: not set"},
        {"{\"roleCredentials\":[]}", "no JSON object"},
        {"{\"roleCredentials\":{\"accessKeyId\":\"A\"}}", "an access key id without its secret"},
        {"{\"roleCredentials\":{\"accessKeyId\":\"A\",\"secretAccessKey\":\"" SECRET
         "\",\"expiration\":\"soon\"}}",
         "expiration is no integer"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        write_config(config);
        write_login(corp_file, 60, false);
        open_creds("new");
        assert_asks_keys("access-planted");
        finish(200, rows[i].body);
        assert_failed(NOW, rows[i].words, NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_named_as_the_cli_names_them),
        cmocka_unit_test_teardown(a_login_is_traded_for_keys_of_a_role, close_sso),
        cmocka_unit_test_teardown(a_login_near_its_end_is_renewed_and_written_back, close_sso),
        cmocka_unit_test_teardown(a_login_that_cannot_be_written_back_stays_whole, close_sso),
        cmocka_unit_test_teardown(a_login_that_cannot_be_renewed_yet_is_used_to_its_end, close_sso),
        cmocka_unit_test_teardown(a_login_that_has_ended_tells_the_command, close_sso),
        cmocka_unit_test_teardown(a_login_that_may_not_be_renewed_tells_the_command, close_sso),
        cmocka_unit_test_teardown(a_login_whose_client_has_ended_is_not_renewed, close_sso),
        cmocka_unit_test_teardown(what_another_program_renewed_meanwhile_is_used, close_sso),
        cmocka_unit_test_teardown(a_login_that_is_refused_tells_the_command, close_sso),
        cmocka_unit_test_teardown(without_a_login_the_command_is_told, close_sso),
        cmocka_unit_test_teardown(a_hostile_login_is_refused_in_one_sentence, close_sso),
        cmocka_unit_test_teardown(a_login_that_is_no_file_or_huge_is_refused, close_sso),
        cmocka_unit_test_teardown(a_profile_that_tells_it_wrongly_is_refused_with_its_line, close_sso),
        cmocka_unit_test_teardown(an_answer_without_keys_is_an_error, close_sso),
    };
    cache_names();
    return cmocka_run_group_tests(tests, new_home, drop_home);
}
