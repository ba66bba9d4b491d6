/* Signature Version 4 on libcrypto. Pure: the same input gives the same bytes. Any thread.
 * libcurl's own signer is wrong for encoded paths and unsorted queries at the versions that
 * distributions carry. Source of the rules: the public SigV4 suite and botocore. */
#ifndef LAMBDIG_AWS_SIGN_H
#define LAMBDIG_AWS_SIGN_H

#include "src/aws/keys.h"
#include "src/base/buf.h"
#include "src/base/err.h"

struct header {
    struct str name, value; /* borrowed; names in any case */
};

struct sign_input {
    struct str method;   /* GET */
    struct str host;     /* as in the Host header, with the port where it is not the scheme's own */
    struct str path;     /* as sent: percent-encoded, begins with a slash */
    struct str query;    /* as sent, without the question mark */
    const struct header *headers; /* further ones to sign: content-type and every x-amz-* one;
                                     host, x-amz-date and x-amz-security-token are added here */
    size_t header_count; /* at most SIGN_HEADERS */
    struct str body;
    const char *region, *service;
    int64_t unix_ms;     /* of the signature, clock skew already applied */
    bool s3;             /* the path is encoded once, and the body's hash is a header */
};
#define SIGN_HEADERS 24u

/* Appends the lines to send, each `Name: value` and ended by a NUL byte: X-Amz-Date, the
 * security token if any, for S3 the hash of the body, and Authorization. false: too many or
 * ill-formed headers (err says which). */
bool sign_request(const struct sign_input *input, const struct keys *keys, struct buf *lines,
                  struct err *err) MUST_USE;

/* Percent-encoded as the rules want it: all but A-Z a-z 0-9 - _ . ~ , upper-case hex. */
void sign_encode(struct buf *out, struct str bytes);

/* The two stages before it, for the public test suite: the canonical request and the string to
 * sign, appended to `out`. */
bool sign_canonical(const struct sign_input *input, const struct keys *keys, struct buf *out,
                    struct err *err) MUST_USE;
void sign_string(const struct sign_input *input, struct str canonical, struct buf *out);

#endif
