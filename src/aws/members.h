/* Members of a flat JSON object that holds secrets, out into fixed places. No tree is built
 * and what had to be decoded is wiped, so that a secret lies only where it was asked for.
 * Pure. Any thread. */
#ifndef LAMBDIG_AWS_MEMBERS_H
#define LAMBDIG_AWS_MEMBERS_H

#include "src/aws/keys.h"
#include "src/base/err.h"
#include "src/base/str.h"

#define MEMBERS_BYTES 65536u /* a larger object is refused */

struct member {
    const char *name;
    char *text;      /* where text goes, or NULL */
    size_t size;     /* of text */
    int64_t *number; /* where an integer goes, or NULL */
    bool *is_set;    /* may be NULL */
};

/* A member that is missing or null leaves its place alone. Of two with one name the last
 * holds. false: no object, another type, text that does not fit or has control bytes; err
 * names the member after `what`, never its value. */
bool members_read(struct str body, const struct member *members, size_t count, const char *what,
                  struct err *err) MUST_USE;

/* Are they whole, and bytes that may stand in a header? false: err says what is wrong. */
bool members_check_keys(const struct keys *keys, const char *what, struct err *err) MUST_USE;

/* ISO-8601 into *unix_ms; empty: TIME_NONE. false: err is `what: name is no time`, without the
 * text, which may be anything. */
bool members_time(const char *text, const char *what, const char *name, int64_t *unix_ms,
                  struct err *err) MUST_USE;

/* The answer of a credential_process: Version 1, AccessKeyId, SecretAccessKey, SessionToken,
 * Expiration. */
bool members_decode_process(struct str body, const char *what, struct keys *keys,
                            struct err *err) MUST_USE;
/* The answer of a container's or machine's metadata: AccessKeyId, SecretAccessKey, Token,
 * Expiration; one with a Code that is not Success or with only a message is an error. */
bool members_decode_metadata(struct str body, const char *what, struct keys *keys,
                             struct err *err) MUST_USE;

#endif
