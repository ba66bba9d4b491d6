/* What the AWS SDKs' environment variables and files say, after the flags: profile, region,
 * endpoints, trust. Read once when an account is opened (and again on :profile, :region).
 * Source: the order of precedence of botocore and aws-cli v2. */
#ifndef LAMBDIG_AWS_SDK_H
#define LAMBDIG_AWS_SDK_H

#include "src/aws/service.h"
#include "src/base/buf.h"
#include "src/base/err.h"

struct sdk_flags { /* of the command line; empty: not given. Borrowed for the call */
    const char *profile, *region, *endpoint_url;
    bool allow_insecure;
};

struct sdk_profiles; /* the sections of both files, read */

struct sdk {
    struct sdk_profiles *profiles; /* ours: sdk_release */
    char profile[128];      /* `default` where none is named */
    bool profile_by_flag;   /* then the key variables do not count */
    char region[32];        /* checked: a-z 0-9 - ; empty: none is named (an error later) */
    char endpoint_url[SERVICE_COUNT][512]; /* empty: AWS's own */
    char ca_bundle[1024];
    bool fips, dualstack, imds_disabled, allow_insecure;
    int max_attempts;       /* 3 */
};

/* Files that do not exist count as empty. false: a broken file (`file:line: what`), a profile
 * that does not exist (names the near one), a region that is no name. */
bool sdk_open(struct sdk *sdk, const struct sdk_flags *flags, struct err *err) MUST_USE;
void sdk_release(struct sdk *sdk); /* zeroed: nothing */

/* A key of a section (`profile`: NAME, `sso-session`, `services`); "sub.key" for a sub-section.
 * NULL: not there. Borrowed from sdk. */
const char *sdk_profile_get(const struct sdk *sdk, const char *profile, const char *key);
const char *sdk_section_get(const struct sdk *sdk, const char *kind, const char *name, const char *key);
bool sdk_profile_exists(const struct sdk *sdk, const char *profile);
/* Name of the index-th profile for the picker, both files, sorted; NULL: no further one. */
const char *sdk_profile_name(const struct sdk *sdk, size_t index);

/* The URL of a service, without a slash at its end, e.g. https://logs.eu-west-1.amazonaws.com:
 * a configured endpoint, else by partition, FIPS and dual-stack. false: the region is no name,
 * or the endpoint is plain http beyond loopback without allow_insecure. */
bool sdk_endpoint(const struct sdk *sdk, enum service_id service, char *url, size_t size,
                  struct err *err) MUST_USE;

#endif
