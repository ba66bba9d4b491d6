/* What the tests of the credentials share: a session over files of the test's own home and a
 * scripted http. NOW is what the clock says to the code under test. */
#ifndef LAMBDIG_TESTS_CREDS_ROOM_H
#define LAMBDIG_TESTS_CREDS_ROOM_H

#include "src/aws/creds.h"
#include "tests/unit/aws_files.h"
#include "tests/unit/fake_http.h"

#define NOW INT64_C(1790000000000) /* 2026-09-21T14:13:20Z */
#define SECRET "wJalrXUtnFEMIplantedSECRET"

static struct sdk sdk;
static struct creds *creds;
static struct keys keys;
static struct err err;

static inline int close_creds(void **state)
{
    (void)state;
    creds_free(creds);
    creds = NULL;
    sdk_release(&sdk);
    fake = (struct http){.count = fake.count};
    remove_at_home(".aws/config");
    remove_at_home(".aws/credentials");
    scrub_environment();
    return 0;
}

static inline void open_creds(const char *profile)
{
    struct sdk_flags flags = {profile, "eu-west-1", NULL, false};
    creds_free(creds);
    sdk_release(&sdk);
    creds = NULL;
    err_clear(&err);
    if (!sdk_open(&sdk, &flags, &err))
        fail_msg("%s", err.text);
    creds = creds_new(&sdk, &fake);
}

static inline enum creds_state read_at(int64_t now_unix_ms)
{
    err_clear(&err);
    keys_wipe(&keys);
    return creds_read(creds, now_unix_ms, &keys, &err);
}

/* No secret of a test stands in an error, whatever happened. */
static inline void assert_no_secret(void)
{
    assert_null(strstr(err.text, "planted"));
    assert_null(strstr(err.hint, "planted"));
}

static inline void assert_ready(int64_t now_unix_ms, const char *id)
{
    enum creds_state state = read_at(now_unix_ms);
    if (state != CREDS_READY)
        fail_msg("state %d: %s", (int)state, err.text);
    assert_string_equal(keys.id, id);
}

static inline void assert_failed(int64_t now_unix_ms, const char *words, const char *hint)
{
    assert_int_equal(read_at(now_unix_ms), CREDS_FAILED);
    if (!strstr(err.text, words) || (hint && !strstr(err.hint, hint)))
        fail_msg("\"%s\" — \"%s\"\n   and not \"%s\" — \"%s\"", err.text, err.hint, words,
                 hint ? hint : "");
    assert_no_secret();
}

#endif
