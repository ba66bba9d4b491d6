#include "src/base/digest.h"

#include "src/base/err.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

/* One-shot calls. That libcrypto refuses a digest (a build without MD5) is found by the first
 * use and cannot be answered with a wrong value: the program stops. */

static void digest(const EVP_MD *kind, const char *name, struct str bytes, unsigned char *out)
{
    if (kind == NULL || EVP_Digest(bytes.at, bytes.len, out, NULL, kind, NULL) != 1)
        die("libcrypto: %s is not available", name);
}

void digest_sha256(struct str bytes, unsigned char out[DIGEST_SHA256])
{
    digest(EVP_sha256(), "SHA-256", bytes, out);
}

void digest_md5(struct str bytes, unsigned char out[DIGEST_MD5])
{
    digest(EVP_md5(), "MD5", bytes, out);
}

void digest_sha1(struct str bytes, unsigned char out[DIGEST_SHA1])
{
    digest(EVP_sha1(), "SHA-1", bytes, out);
}

void digest_hmac_sha256(struct str key, struct str bytes, unsigned char out[DIGEST_SHA256])
{
    const unsigned char *text = (const unsigned char *)bytes.at;
    const char *key_at = key.len ? key.at : "";
    if (key.len > INT32_MAX ||
        HMAC(EVP_sha256(), key_at, (int)key.len, text, bytes.len, out, NULL) == NULL)
        die("libcrypto: HMAC-SHA-256 is not available");
}

void digest_hex(const unsigned char *bytes, size_t len, char *out)
{
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        out[2 * i] = hex[bytes[i] >> 4];
        out[2 * i + 1] = hex[bytes[i] & 15];
    }
    out[2 * len] = '\0';
}
