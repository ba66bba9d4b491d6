/* Keys as JSON: of a program, of a container or machine, of SSO; and the login that is kept in
 * a file. The first byte chooses. What is taken may stand in a header; what is not leaves
 * nothing behind. */
#include "tests/fuzz/fuzz.h"

#include "src/aws/members.h"
#include "src/aws/sso.h"

static bool is_zero(const void *at, size_t len)
{
    const unsigned char *byte = at;
    while (len > 0 && byte[len - 1] == 0)
        len--;
    return len == 0;
}

static bool is_header_text(const char *text)
{
    for (; *text; text++)
        if (*text <= ' ' || *text > '~')
            return false;
    return true;
}

static void check_keys(const struct keys *keys, bool ok, const struct err *err)
{
    FUZZ_CHECK(ok == (err->code == ERR_NONE));
    if (ok) {
        FUZZ_CHECK(keys->id[0] && keys->secret[0] && is_header_text(keys->id));
        FUZZ_CHECK(is_header_text(keys->secret) && is_header_text(keys->token));
    } else {
        FUZZ_CHECK(is_zero(keys, offsetof(struct keys, expires_unix_ms)) && err->text[0]);
    }
}

static void check_cache(struct str text)
{
    static struct sso_token token;
    struct err err = {0};
    bool ok = sso_decode_cache(text, &token, &err);
    FUZZ_CHECK(ok == (err.code == ERR_NONE) && !strstr(err.text, "PLANTED"));
    if (ok)
        FUZZ_CHECK(token.access[0] && is_header_text(token.access) &&
                   token.expires_unix_ms != TIME_NONE);
    else
        FUZZ_CHECK(is_zero(&token, sizeof token) && err.text[0]);
}

static void check_token(struct str text)
{
    static struct sso_token token;
    struct err err = {0};
    char message[64];
    token = (struct sso_token){.access = "old"};
    if (sso_decode_token(text, 1000, &token, &err))
        FUZZ_CHECK(token.access[0] == '\0' || is_header_text(token.access));
    sso_decode_error(text, message, sizeof message);
    FUZZ_CHECK(memchr(message, '\0', sizeof message));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static struct keys keys;
    struct err err = {0};
    struct str text = len > 0 ? FUZZ_TEXT(bytes + 1, len - 1) : STR_NONE;
    switch (len > 0 ? bytes[0] % 5 : 0) {
    case 0: check_keys(&keys, members_decode_process(text, "it", &keys, &err), &err); break;
    case 1: check_keys(&keys, members_decode_metadata(text, "it", &keys, &err), &err); break;
    case 2: check_keys(&keys, sso_decode_keys(text, &keys, &err), &err); break;
    case 3: check_cache(text); break;
    default: check_token(text); break;
    }
    return 0;
}
