/* The canonical request of any path, query, header and body: `path LF query LF value LF body`.
 * Signed or refused; what is signed has one line a part and bytes of one line only. */
#include "tests/fuzz/fuzz.h"

#include "src/aws/sign.h"

static const struct keys keys = {.id = "AKIDEXAMPLE", .secret = "secret"};

/* Method, path, query, three headers at least, a blank line, the names, the hash. */
static void check_canonical(const struct sign_input *input, struct str text)
{
    struct str method = str_take_until(&text, '\n'), path = str_take_until(&text, '\n');
    FUZZ_CHECK(str_eq(method, STR("GET")));
    for (size_t i = 0; i < path.len && !input->s3; i++)
        FUZZ_CHECK(path.at[i] > ' ' && path.at[i] < 0x7F && path.at[i] != ':');
    if (input->s3)
        return; /* its path is taken as it stands; http refuses one that breaks a line */
    struct str query = str_take_until(&text, '\n');
    for (size_t i = 0; i < query.len; i++)
        FUZZ_CHECK(query.at[i] > ' ' && query.at[i] < 0x7F && query.at[i] != '+');
    FUZZ_CHECK(
        str_starts(text, STR("host:example.com\nx-amz-date:20150830T123600Z\nx-amz-target:")));
    FUZZ_CHECK(str_has(text, STR("\n\nhost;x-amz-date;x-amz-target\n")));
}

static void check(const struct sign_input *input)
{
    struct buf out;
    struct err err = {0};
    buf_init(&out, 1 << 16);
    if (sign_canonical(input, &keys, &out, &err))
        check_canonical(input, buf_str(&out));
    else
        FUZZ_CHECK(err.code != ERR_NONE);
    buf_clear(&out);
    err_clear(&err);
    if (sign_request(input, &keys, &out, &err))
        FUZZ_CHECK(str_find(buf_str(&out), STR("X-Amz-Date: 20150830T123600Z\0")) == 0 &&
                   str_ends(buf_str(&out), STR("\0")));
    else
        FUZZ_CHECK(err.code != ERR_NONE && out.len == 0);
    buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct str rest = FUZZ_TEXT(bytes, len);
    struct sign_input input = {.method = STR("GET"),
                               .host = STR("example.com"),
                               .region = "eu-west-1",
                               .service = "lambda",
                               .unix_ms = 1440938160000};
    input.path = str_take_until(&rest, '\n');
    input.query = str_take_until(&rest, '\n');
    struct header header = {STR("X-Amz-Target"), str_take_until(&rest, '\n')};
    input.headers = &header;
    input.header_count = 1;
    input.body = rest;
    check(&input);
    input.s3 = true;
    check(&input);
    return 0;
}
