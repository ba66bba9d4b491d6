#include "src/aws/sso.h"

#include "src/aws/members.h"
#include "src/aws/sdk.h"
#include "src/base/digest.h"
#include "src/base/jscan.h"
#include "src/base/jsonout.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CACHE_BYTES 65536u

/* ---- names ---- */

static bool consists_of(const char *text, const char *allowed, size_t least, size_t most)
{
    size_t len = strlen(text);
    return len >= least && len <= most && strspn(text, allowed) == len;
}

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

bool sso_is_start_url(const char *text)
{
    return strncmp(text, "https://", 8) == 0 &&
           consists_of(text, LETTERS DIGITS "-._~:/#?&=%+", 9, 1024);
}

bool sso_is_account(const char *text)
{
    return consists_of(text, DIGITS, 12, 12);
}

bool sso_is_role(const char *text)
{
    return consists_of(text, LETTERS DIGITS "_+=,.@-", 1, 64);
}

static bool is_token(const char *text)
{
    for (; *text; text++)
        if (*text <= ' ' || *text > '~')
            return false;
    return true;
}

void sso_cache_name(struct str session_or_url, char out[SSO_CACHE_NAME_SIZE])
{
    unsigned char sum[DIGEST_SHA1];
    digest_sha1(session_or_url, sum);
    digest_hex(sum, sizeof sum, out);
    memcpy(out + 2 * sizeof sum, ".json", sizeof ".json");
}

/* ---- the cache ---- */

/* Old versions of aws-cli wrote `UTC` for the zone. */
static bool read_time(char *text, const char *what, int64_t *unix_ms, struct err *err)
{
    size_t len = strlen(text);
    if (len > 3 && strcmp(text + len - 3, "UTC") == 0)
        memcpy(text + len - 3, "Z", sizeof "Z");
    return members_time(text, "the login", what, unix_ms, err);
}

static bool check_cache(const struct sso_token *t, struct err *err)
{
    const char *what = NULL;
    if (!t->access[0])
        what = "accessToken: not set";
    else if (t->expires_unix_ms == TIME_NONE)
        what = "expiresAt: not set";
    else if (!is_token(t->access))
        what = "accessToken: bytes that no token has";
    else if (t->region[0] && !sdk_is_region(t->region))
        what = "region: no name of a region";
    else if (t->start_url[0] && !sso_is_start_url(t->start_url))
        what = "startUrl: no https URL";
    return !what || err_set(err, ERR_CREDENTIALS, "%s", what);
}

bool sso_decode_cache(struct str bytes, struct sso_token *out, struct err *err)
{
    char expires[64] = "", registration[64] = "";
    const struct member members[] = {
        {.name = "accessToken", .text = out->access, .size = sizeof out->access},
        {.name = "refreshToken", .text = out->refresh, .size = sizeof out->refresh},
        {.name = "clientId", .text = out->client_id, .size = sizeof out->client_id},
        {.name = "clientSecret", .text = out->client_secret, .size = sizeof out->client_secret},
        {.name = "region", .text = out->region, .size = sizeof out->region},
        {.name = "startUrl", .text = out->start_url, .size = sizeof out->start_url},
        {.name = "expiresAt", .text = expires, .size = sizeof expires},
        {.name = "registrationExpiresAt", .text = registration, .size = sizeof registration},
    };
    keys_wipe_bytes(out, sizeof *out);
    bool ok = members_read(bytes, members, sizeof members / sizeof members[0], "the login", err) &&
              read_time(expires, "expiresAt", &out->expires_unix_ms, err) &&
              read_time(registration, "registrationExpiresAt", &out->registration_expires_unix_ms,
                        err) &&
              check_cache(out, err);
    if (!ok)
        keys_wipe_bytes(out, sizeof *out);
    return ok;
}

static void put(struct jsonout *j, const char *key, const char *value)
{
    if (!value[0])
        return;
    jsonout_key(j, key);
    jsonout_str(j, str_of(value));
}

/* To the second, as aws-cli writes it. */
static void put_time(struct jsonout *j, const char *key, int64_t unix_ms)
{
    char text[CLOCK_ISO_SIZE];
    if (unix_ms == TIME_NONE)
        return;
    clock_iso(unix_ms, text);
    memcpy(text + strlen("2026-11-24T14:03:04"), "Z", sizeof "Z");
    put(j, key, text);
}

static void encode_cache(const struct sso_token *t, struct buf *out)
{
    struct jsonout j;
    jsonout_init(&j, out);
    jsonout_open(&j, '{');
    put(&j, "startUrl", t->start_url);
    put(&j, "region", t->region);
    put(&j, "accessToken", t->access);
    put_time(&j, "expiresAt", t->expires_unix_ms);
    put(&j, "clientId", t->client_id);
    put(&j, "clientSecret", t->client_secret);
    put_time(&j, "registrationExpiresAt", t->registration_expires_unix_ms);
    put(&j, "refreshToken", t->refresh);
    jsonout_close(&j, '}');
    buf_add_char(out, '\n');
}

static bool write_all(int fd, struct str bytes)
{
    while (bytes.len > 0) {
        ssize_t n = write(fd, bytes.at, bytes.len);
        if (n < 0 && errno != EINTR)
            return false;
        bytes = str_from(bytes, n > 0 ? (size_t)n : 0);
    }
    return true;
}

static bool replace_file(const char *path, struct str bytes)
{
    char beside[1100];
    if ((size_t)snprintf(beside, sizeof beside, "%s.XXXXXX", path) >= sizeof beside)
        return false;
    int fd = mkstemp(beside); /* mode 0600 */
    if (fd < 0)
        return false;
    bool ok = write_all(fd, bytes) && fsync(fd) == 0;
    ok = close(fd) == 0 && ok && rename(beside, path) == 0;
    int why = errno;
    if (!ok)
        unlink(beside);
    errno = why;
    return ok;
}

bool sso_write_cache(const char *path, const struct sso_token *token, struct err *err)
{
    struct buf out;
    buf_init(&out, CACHE_BYTES);
    (void)buf_reserve(&out, CACHE_BYTES); /* never moves: no copy is left behind */
    encode_cache(token, &out);
    bool ok = !out.full && replace_file(path, buf_str(&out));
    if (!ok)
        err_set(err, ERR_CREDENTIALS, "writing %s: %s", path, strerror(errno));
    keys_wipe_bytes(out.at, out.room);
    buf_release(&out);
    return ok;
}

/* ---- asking ---- */

void sso_ask_token(struct call *call, const struct sso_token *token)
{
    struct jsonout j;
    call_init(call, SERVICE_SSO_OIDC, "CreateToken", "the SSO login");
    call_add_segment(call, STR("token"));
    call->is_unsigned = true;
    (void)buf_reserve(&call->body, CACHE_BYTES);
    jsonout_init(&j, &call->body);
    jsonout_open(&j, '{');
    put(&j, "clientId", token->client_id);
    put(&j, "clientSecret", token->client_secret);
    put(&j, "grantType", "refresh_token");
    put(&j, "refreshToken", token->refresh);
    jsonout_close(&j, '}');
}

void sso_ask_keys(struct call *call, const char *account, const char *role)
{
    call_init(call, SERVICE_SSO, "GetRoleCredentials", role);
    call->method = "GET";
    call->is_unsigned = true;
    call_add_segment(call, STR("federation"));
    call_add_segment(call, STR("credentials"));
    call_add_query(call, "role_name", str_of(role));
    call_add_query(call, "account_id", str_of(account));
}

/* ---- answers ---- */

#define WHAT_TOKEN "the answer of CreateToken"
#define WHAT_KEYS "the answer of GetRoleCredentials"

bool sso_decode_token(struct str body, int64_t now_unix_ms, struct sso_token *token,
                      struct err *err)
{
    int64_t seconds = 0;
    const struct member members[] = {
        {.name = "accessToken", .text = token->access, .size = sizeof token->access},
        {.name = "refreshToken", .text = token->refresh, .size = sizeof token->refresh},
        {.name = "expiresIn", .number = &seconds},
    };
    if (!members_read(body, members, sizeof members / sizeof members[0], WHAT_TOKEN, err))
        return false;
    if (!is_token(token->access) || seconds <= 0 || seconds > INT64_C(31536000))
        return err_set(err, ERR_CREDENTIALS, WHAT_TOKEN ": no token that lasts");
    token->expires_unix_ms = now_unix_ms + seconds * 1000;
    return true;
}

bool sso_decode_keys(struct str body, struct keys *keys, struct err *err)
{
    struct str inside;
    const struct member members[] = {
        {.name = "accessKeyId", .text = keys->id, .size = sizeof keys->id},
        {.name = "secretAccessKey", .text = keys->secret, .size = sizeof keys->secret},
        {.name = "sessionToken", .text = keys->token, .size = sizeof keys->token},
        {.name = "expiration", .number = &keys->expires_unix_ms},
    };
    keys_wipe(keys);
    if (!jscan_member(body, STR("roleCredentials"), &inside))
        return err_set(err, ERR_CREDENTIALS, WHAT_KEYS ": roleCredentials: not set");
    if (members_read(inside, members, sizeof members / sizeof members[0], WHAT_KEYS, err) &&
        members_check_keys(keys, WHAT_KEYS, err))
        return true;
    keys_wipe(keys);
    return false;
}

void sso_decode_error(struct str body, char *message, size_t size)
{
    static const char *const names[] = {"message", "error_description", "error"};
    char found[3][300] = {"", "", ""};
    struct err err = {0};
    struct member members[3];
    for (size_t i = 0; i < 3; i++)
        members[i] = (struct member){.name = names[i], .text = found[i], .size = sizeof found[i]};
    message[0] = '\0';
    if (!members_read(body, members, 3, "the error", &err))
        return;
    for (size_t i = 0; i < 3 && !message[0]; i++)
        str_copy(message, size, str_of(found[i]));
}
