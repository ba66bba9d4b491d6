#include "src/aws/attempt.h"
#include "src/aws/members.h"

#include <stdio.h>

/* The container's own credentials (ECS, EKS Pod Identity): one GET. Only the fixed addresses,
 * this machine, or https are asked: the answer is believed. */

#define FIXED_HOST "http://169.254.170.2"
#define TOKEN_BYTES 8192u
static const char what[] = "the container's credentials";

static bool is_configured(const struct sdk *sdk, const char *profile, bool with_env)
{
    (void)sdk;
    (void)profile;
    return with_env && (sdk_env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") ||
                        sdk_env("AWS_CONTAINER_CREDENTIALS_FULL_URI"));
}

static bool is_allowed(struct str url)
{
    static const char *const hosts[] = {"169.254.170.2", "169.254.170.23", "fd00:ec2::23"};
    struct str host;
    if (str_starts(url, STR("https://")))
        return true;
    if (!str_skip(&url, STR("http://")))
        return false;
    url = str_first(url, strcspn(url.at, "/?#"));
    if (str_find_char(url, '@') != SIZE_MAX)
        return false;
    host = str_skip(&url, STR("[")) ? str_take_until(&url, ']') : str_take_until(&url, ':');
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++)
        if (str_eq(host, str_of(hosts[i])))
            return true;
    return sdk_is_loopback(host);
}

static bool make_url(struct attempt *a, char *url, size_t size)
{
    const char *relative = sdk_env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    const char *full = sdk_env("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    if (!relative && !full)
        return err_set(&a->err, ERR_CREDENTIALS,
                       "%s: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set", what);
    if (relative && relative[0] != '/')
        return err_set(&a->err, ERR_CREDENTIALS, "%s: the relative URI does not begin with /",
                       what);
    int len = snprintf(url, size, "%s%s", relative ? FIXED_HOST : "", relative ? relative : full);
    if (len < 0 || (size_t)len >= size)
        return err_set(&a->err, ERR_CREDENTIALS, "%s: the URI is too long", what);
    for (const char *at = url; *at; at++)
        if (*at <= ' ' || *at > '~')
            return err_set(&a->err, ERR_CREDENTIALS, "%s: the URI has bytes that none has", what);
    if (!is_allowed(str_of(url)))
        return err_set(&a->err, ERR_CREDENTIALS,
                       "%s: AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor an address of "
                       "this machine: %s", what, url);
    return true;
}

/* `Authorization: ...` into line; empty: none is wanted. */
static bool make_authorization(struct attempt *a, char *line, size_t size)
{
    static const char name[] = "Authorization: ";
    const char *path = sdk_env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    const char *token = sdk_env("AWS_CONTAINER_AUTHORIZATION_TOKEN");
    size_t len = sizeof name - 1;
    line[0] = '\0';
    if (!path && !token)
        return true;
    memcpy(line, name, sizeof name);
    if (path && !attempt_read_file(a, path, line + len, size - len))
        return false;
    if (!path && !str_copy(line + len, size - len, str_of(token)))
        return err_set(&a->err, ERR_CREDENTIALS, "%s: the authorization token is too long", what);
    for (const char *at = line; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            return err_set(&a->err, ERR_CREDENTIALS,
                           "%s: the authorization token has control bytes", what);
    return true;
}

/* An error answer has no keys, whatever it says: only its words are taken. */
static void say_refused(struct attempt *a, const struct http_answer *answer)
{
    struct keys none;
    struct err why = {0};
    if (members_decode_metadata(answer->body, what, &none, &why))
        err_set(&why, ERR_CREDENTIALS, "%s", what);
    keys_wipe(&none);
    err_set(&a->err, ERR_CREDENTIALS, "%s (status %d)", why.text, answer->status);
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
    } else if (!members_decode_metadata(answer->body, what, &a->keys, &a->err)) {
        attempt_fail(a, false);
    } else {
        attempt_done(a);
    }
}

static void start(struct attempt *a)
{
    char url[2048], authorization[TOKEN_BYTES];
    if (make_url(a, url, sizeof url) &&
        make_authorization(a, authorization, sizeof authorization)) {
        struct exchange_ask ask = {.method = "GET", .url = url,
                                   .lines = {authorization, "Accept: application/json"},
                                   .timeout_ms = 2000, .tries = 3,
                                   .no_proxy = strncmp(url, "https:", 6) != 0};
        exchange_start(&a->exchange, &ask, on_answer, a);
    } else {
        attempt_fail(a, true);
    }
    keys_wipe_bytes(authorization, sizeof authorization);
}

const struct provider provider_container = {"container", is_configured, start, NULL, NULL};
