/* STS: who am I, and keys for a role. Pure: value to call, bytes to value. Any thread. */
#ifndef LAMBDIG_AWS_STS_H
#define LAMBDIG_AWS_STS_H

#include "src/aws/call.h"
#include "src/aws/keys.h"

struct sts_identity {
    char arn[2049], account[13];
    char role[129]; /* of an assumed role its name, of a user the user's; else the last part */
};

struct sts_role {             /* NULL or empty: not given. Borrowed for the call */
    const char *role_arn, *session_name;
    const char *external_id, *mfa_serial, *mfa_code;
    unsigned duration_s;      /* 0: not given */
    const char *token;        /* of a web identity: the call is unsigned */
};

void sts_ask_identity(struct call *call);
bool sts_decode_identity(struct str body, struct sts_identity *out, struct err *err) MUST_USE;
/* AssumeRole, or AssumeRoleWithWebIdentity where a token is given. */
void sts_ask_role(struct call *call, const struct sts_role *role);
bool sts_decode_keys(struct str body, struct keys *keys, struct err *err) MUST_USE;
/* Account and role out of an ARN, for the header. false: it is none. */
bool sts_read_arn(struct str arn, struct sts_identity *out);

#endif
