/* The chain of credential providers, refreshed before they expire. Belongs to the fetch
 * thread. Nothing blocks: a provider that must ask (STS, SSO, a container, IMDS) or run a
 * program works in the steps of http and of creds_step.
 *
 * Order: variables (unless the profile came by flag), role_arn, web identity, SSO, keys of the
 * credentials file, credential_process, keys of the config file, container, IMDS. The first
 * that is configured wins; one that is configured and broken is an error, not a fall-through.
 * A failed refresh keeps the old keys until they are refused, or, where the same failure would
 * come again (a login that has ended, a role that is denied), until their end. Such a failure
 * is final: nobody is asked before a file changes or creds_retry. Others are tried again by
 * themselves, after 1 s doubling to a minute. */
#ifndef LAMBDIG_AWS_CREDS_H
#define LAMBDIG_AWS_CREDS_H

#include "src/aws/http.h"
#include "src/aws/keys.h"
#include "src/aws/sdk.h"

struct creds; /* ours */

enum creds_state {
    CREDS_READY,   /* *keys are good */
    CREDS_WAIT,    /* being fetched; ask again after the next step */
    CREDS_ASK_MFA, /* the profile wants a code: creds_mfa_serial names the device */
    CREDS_FAILED   /* err: one sentence and the command that helps */
};

/* Borrows both until creds_free. From here on the process writes no core. */
struct creds *creds_new(const struct sdk *sdk, struct http *http);
void creds_free(struct creds *creds);
/* Starts what is needed; never waits. */
enum creds_state creds_read(struct creds *creds, int64_t now_unix_ms, struct keys *keys,
                            struct err *err);
/* Children and timers: call once per round of the fetch thread. Milliseconds until it wants to
 * be called again, at most 60,000. */
int creds_step(struct creds *creds, int64_t now_unix_ms);
/* A service refused these keys as expired. Only where they are still the ones held are they
 * dropped; the next creds_read fetches anew. */
void creds_refused(struct creds *creds, const struct keys *keys);
/* After CREDS_FAILED: true once the files it rests on have changed, creds_retry was called, or a
 * failure that may pass has waited its pause. Looks at files: once a second is enough. */
bool creds_worth_retrying(struct creds *creds);
void creds_retry(struct creds *creds); /* the next creds_read starts, whatever failed before */
const char *creds_mfa_serial(const struct creds *creds);
bool creds_give_mfa(struct creds *creds, const char *code); /* false: not six digits */
/* What the header shows: `env`, `sso`, `process`, ... ; empty until known. */
const char *creds_source(const struct creds *creds);

#endif
