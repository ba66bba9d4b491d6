/* Secrets in memory: after the session is closed no copy of one is left in what the process may
 * write, so that a core has none; and no error has one. The secrets are made
 * up at run time and looked for byte by byte, so that the test itself holds no copy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <poll.h>
#include <sys/resource.h>

#include "src/aws/sso.h"
#include "src/aws/sts.h"
#include "src/base/clock.h"
#include "tests/unit/creds_room.h"

#define SECRET_LEN 40u
#define MASK 0x1fu

/* The secret, hidden: each byte differs from it. */
static unsigned char hidden[SECRET_LEN];

static void make_secret(void)
{
    for (size_t i = 0; i < SECRET_LEN; i++)
        hidden[i] = (unsigned char)(('a' + (i * 7 + (size_t)getpid()) % 26) ^ MASK);
}

/* Puts the secret for each @ of the text. Wipe what it gives. */
static size_t reveal(const char *text, char *out)
{
    size_t len = 0;
    for (; *text; text++) {
        if (*text != '@') {
            out[len++] = *text;
            continue;
        }
        for (size_t i = 0; i < SECRET_LEN; i++)
            out[len++] = (char)(hidden[i] ^ MASK);
    }
    out[len] = '\0';
    return len;
}

static void write_secret(const char *name, const char *text)
{
    char out[4096];
    size_t len = reveal(text, out);
    write_bytes(name, (struct str){out, len});
    keys_wipe_bytes(out, sizeof out);
}

static void answer_secret(int status, const char *text)
{
    char out[4096];
    reveal(text, out);
    answer(status, out);
    keys_wipe_bytes(out, sizeof out);
}

__attribute__((no_sanitize("address"))) static bool is_secret(const unsigned char *at)
{
    for (size_t i = 0; i < SECRET_LEN; i++)
        if (at[i] != (hidden[i] ^ MASK))
            return false;
    return true;
}

__attribute__((no_sanitize("address"))) static size_t count_in(const unsigned char *at, const unsigned char *end)
{
    size_t count = 0;
    unsigned char first = hidden[0] ^ MASK;
    for (; at + SECRET_LEN <= end; at++)
        count += *at == first && is_secret(at);
    return count;
}

/* How often the secret lies in memory that may be written. */
static size_t count_copies(void)
{
    char line[512];
    size_t count = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    if (!maps)
        skip(); /* only Linux shows it */
    while (fgets(line, sizeof line, maps)) {
        char *rest;
        unsigned long from = strtoul(line, &rest, 16), to = strtoul(rest + 1, &rest, 16);
        if (strncmp(rest, " rw", 3) == 0 && !strstr(line, "[v") && to - from < 1ul << 30)
            count += count_in((const unsigned char *)from, (const unsigned char *)to);
    }
    fclose(maps);
    return count;
}

static void assert_wiped(void **state)
{
    assert_true(count_copies() > 0); /* it is found while it is held */
    keys_wipe(&keys);
    close_creds(state);
    keys_wipe_bytes(&fake.asked, sizeof fake.asked);
    assert_int_equal(count_copies(), 0);
}

static void a_process_with_credentials_writes_no_core(void **state)
{
    struct rlimit limit;
    (void)state;
    assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_CORE, &limit), 0);
    open_creds(NULL);
    assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
    assert_int_equal(limit.rlim_cur, 0);
}

static void keys_of_a_file_are_wiped(void **state)
{
    write_secret(".aws/credentials", "[default]\naws_access_key_id = AKID\naws_secret_access_key = @\n");
    open_creds(NULL);
    assert_ready(NOW, "AKID");
    creds_refused(creds, &keys); /* read anew once more */
    assert_failed(NOW, "have expired", NULL);
    assert_wiped(state);
}

static void a_broken_file_leaves_nothing(void **state)
{
    struct sdk_flags flags = {NULL, NULL, NULL, false};
    (void)state;
    write_secret(".aws/credentials", "[default]\naws_secret_access_key = @\n  @\n@\n");
    err_clear(&err);
    assert_false(sdk_open(&sdk, &flags, &err));
    assert_int_equal(count_copies(), 0); /* not in err either */
}

static void keys_of_a_program_are_wiped(void **state)
{
    char path[512], text[600];
    write_secret("note", "{\"Version\":1,\"AccessKeyId\":\"AKID\",\"SecretAccessKey\":\"@\","
                         "\"SessionToken\":\"\\u0041@\"}");
    path_at_home("note", path, sizeof path);
    snprintf(text, sizeof text, "[default]\ncredential_process = cat %s\n", path);
    write_config(text);
    open_creds(NULL);
    int64_t deadline_ms = clock_mono_ms() + 10000;
    while (read_at(NOW) == CREDS_WAIT && clock_mono_ms() < deadline_ms) {
        poll(NULL, 0, 10);
        creds_step(creds, NOW);
    }
    assert_string_equal(keys.id, "AKID");
    assert_wiped(state);
}

static void keys_of_a_container_are_wiped(void **state)
{
    setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost:1/x", 1);
    open_creds(NULL);
    assert_int_equal(read_at(NOW), CREDS_WAIT);
    answer_secret(200, "{\"AccessKeyId\":\"AKID\",\"SecretAccessKey\":\"@\",\"Token\":\"@\"}");
    creds_step(creds, NOW);
    assert_ready(NOW, "AKID");
    assert_wiped(state);
}

/* The login is renewed: the old and the new token, the client's secret and the keys. */
static void a_login_and_its_keys_are_wiped(void **state)
{
    char name[SSO_CACHE_NAME_SIZE], file[128];
    sso_cache_name(STR("corp"), name);
    snprintf(file, sizeof file, ".aws/sso/cache/%s", name);
    write_config("[default]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = R\n"
                 "[sso-session corp]\nsso_region = a\nsso_start_url = https://x\n");
    write_secret(file, "{\"accessToken\":\"@\",\"expiresAt\":\"2026-09-21T14:00:00Z\",\"clientId\":\"c\","
                       "\"clientSecret\":\"@\",\"refreshToken\":\"@\","
                       "\"registrationExpiresAt\":\"2026-09-22T14:00:00Z\"}");
    open_creds(NULL);
    assert_int_equal(read_at(NOW), CREDS_WAIT);
    answer_secret(200, "{\"accessToken\":\"1@\",\"expiresIn\":3600,\"refreshToken\":\"2@\"}");
    answer_secret(200, "{\"roleCredentials\":{\"accessKeyId\":\"ASIA\",\"secretAccessKey\":\"@\","
                       "\"sessionToken\":\"\\u0041@\",\"expiration\":1790003600000}}");
    creds_step(creds, NOW);
    assert_ready(NOW, "ASIA");
    assert_wiped(state);
    remove_at_home(file);
    remove_at_home(".aws/sso/cache");
    remove_at_home(".aws/sso");
}

static void keys_of_a_role_are_wiped(void **state)
{
    write_config("[default]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = b\n");
    write_secret(".aws/credentials", "[b]\naws_access_key_id = AKID\naws_secret_access_key = @\n");
    open_creds(NULL);
    assert_int_equal(read_at(NOW), CREDS_WAIT);
    answer_secret(200, "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId>"
                       "<SecretAccessKey>@</SecretAccessKey><SessionToken>@</SessionToken></Credentials>"
                       "</AssumeRoleResult></AssumeRoleResponse>");
    creds_step(creds, NOW);
    assert_ready(NOW, "ASIA");
    assert_wiped(state);
}

/* The dynamic linker saves all vector registers on the stack when a function of a library is
 * first called, and they may hold what memcpy last moved: here it has been called before. */
static int call_once(void **state)
{
    struct keys none;
    struct err why = {0};
    assert_false(sts_decode_keys(STR("<a><b>c</b></a>"), &none, &why));
    return new_home(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_process_with_credentials_writes_no_core, close_creds),
        cmocka_unit_test_teardown(keys_of_a_file_are_wiped, close_creds),
        cmocka_unit_test_teardown(a_broken_file_leaves_nothing, close_creds),
        cmocka_unit_test_teardown(keys_of_a_program_are_wiped, close_creds),
        cmocka_unit_test_teardown(keys_of_a_container_are_wiped, close_creds),
        cmocka_unit_test_teardown(a_login_and_its_keys_are_wiped, close_creds),
        cmocka_unit_test_teardown(keys_of_a_role_are_wiped, close_creds),
    };
    make_secret();
    return cmocka_run_group_tests(tests, call_once, drop_home);
}
