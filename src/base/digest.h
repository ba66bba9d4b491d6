/* SHA-256, HMAC-SHA-256, SHA-1 and MD5: the one file over libcrypto. Any thread. */
#ifndef LAMBDIG_BASE_DIGEST_H
#define LAMBDIG_BASE_DIGEST_H

#include "src/base/str.h"

#define DIGEST_SHA256 32
#define DIGEST_SHA1 20
#define DIGEST_MD5 16

void digest_sha256(struct str bytes, unsigned char out[DIGEST_SHA256]);
void digest_hmac_sha256(struct str key, struct str bytes, unsigned char out[DIGEST_SHA256]);
void digest_md5(struct str bytes, unsigned char out[DIGEST_MD5]);
/* Only to name a file as the SDKs name it. */
void digest_sha1(struct str bytes, unsigned char out[DIGEST_SHA1]);
/* Lower-case hex, NUL-ended: out has 2 * len + 1 bytes. */
void digest_hex(const unsigned char *bytes, size_t len, char *out);

#endif
