#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "src/base/digest.h"

static void assert_hex(const unsigned char *bytes, size_t len, const char *expected)
{
    char hex[2 * DIGEST_SHA256 + 1];
    digest_hex(bytes, len, hex);
    assert_string_equal(hex, expected);
}

/* FIPS 180-2, appendix B, and the empty message. */
static void sha256_agrees_with_the_standard(void **state)
{
    (void)state;
    static const struct {
        const char *text, *hex;
    } cases[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned char out[DIGEST_SHA256];
        digest_sha256(str_of(cases[i].text), out);
        assert_hex(out, sizeof out, cases[i].hex);
    }
}

/* RFC 1321, appendix A.5. */
static void md5_agrees_with_the_standard(void **state)
{
    (void)state;
    static const struct {
        const char *text, *hex;
    } cases[] = {
        {"", "d41d8cd98f00b204e9800998ecf8427e"},
        {"abc", "900150983cd24fb0d6963f7d28e17f72"},
        {"message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned char out[DIGEST_MD5];
        digest_md5(str_of(cases[i].text), out);
        assert_hex(out, sizeof out, cases[i].hex);
    }
}

/* RFC 4231, cases 1, 2 and 6 (a key longer than a block). */
static void hmac_sha256_agrees_with_the_standard(void **state)
{
    (void)state;
    char long_key[131];
    memset(long_key, '\xaa', sizeof long_key);
    const struct {
        struct str key, text;
        const char *hex;
    } cases[] = {
        {STR("\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"),
         STR("Hi There"), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {STR("Jefe"), STR("what do ya want for nothing?"),
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {{long_key, sizeof long_key}, STR("Test Using Larger Than Block-Size Key - Hash Key First"),
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned char out[DIGEST_SHA256];
        digest_hmac_sha256(cases[i].key, cases[i].text, out);
        assert_hex(out, sizeof out, cases[i].hex);
    }
}

static void an_empty_key_is_a_key(void **state)
{
    (void)state;
    unsigned char out[DIGEST_SHA256];
    digest_hmac_sha256(STR_NONE, STR_NONE, out);
    assert_hex(out, sizeof out, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    digest_hmac_sha256((struct str){0}, (struct str){0}, out);
    assert_hex(out, 2, "b613");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_agrees_with_the_standard),
        cmocka_unit_test(md5_agrees_with_the_standard),
        cmocka_unit_test(hmac_sha256_agrees_with_the_standard),
        cmocka_unit_test(an_empty_key_is_a_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
