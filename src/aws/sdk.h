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

/* The hint of what is wrong in one of the files. */
#define SDK_FILE_HINT "correct it there: the AWS tools read that file, too"

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
const char *sdk_section_get(const struct sdk *sdk, const char *kind, const char *name,
                            const char *key);
bool sdk_profile_exists(const struct sdk *sdk, const char *profile);
/* Which of the two files a key of a profile stands in; NULL there: not in that file. */
enum sdk_file { SDK_CONFIG, SDK_CREDENTIALS };
const char *sdk_profile_get_in(const struct sdk *sdk, enum sdk_file file, const char *profile,
                               const char *key);
/* `PATH:LINE` of a key of a profile, or the path alone; for errors. */
void sdk_profile_where(const struct sdk *sdk, const char *profile, const char *key, char *out,
                       size_t size);
const char *sdk_path(const struct sdk *sdk, enum sdk_file file);
/* Reads both files anew into *out, which shares nothing with `sdk`: keys that a tool renewed.
 * The profile, region and endpoints stay. Give it back with sdk_release. */
bool sdk_reread(const struct sdk *sdk, struct sdk *out, struct err *err) MUST_USE;

/* Name of the index-th profile for the picker, both files, sorted; NULL: no further one. */
const char *sdk_profile_name(const struct sdk *sdk, size_t index);

/* May this become part of a host? 1 to 31 of a-z 0-9 - and neither end is a dash. */
bool sdk_is_region(const char *text);
/* Is this host (no port, no brackets) this machine: localhost, 127.0.0.0/8, ::1? */
bool sdk_is_loopback(struct str host);
/* The user's folder. false: there is none, or it is too long. */
bool sdk_home(char *out, size_t size);
/* Value of a variable; NULL where it is not set or empty. */
const char *sdk_env(const char *name);

/* The URL of a service, without a slash at its end, e.g. https://logs.eu-west-1.amazonaws.com:
 * a configured endpoint, else by partition, FIPS and dual-stack. false: the region is no name,
 * or the endpoint is plain http beyond loopback without allow_insecure. */
bool sdk_endpoint(const struct sdk *sdk, enum service_id service, char *url, size_t size,
                  struct err *err) MUST_USE;
/* The same in another region than the session's: SSO has its own. */
bool sdk_endpoint_in(const struct sdk *sdk, enum service_id service, const char *region,
                     char *url, size_t size, struct err *err) MUST_USE;
/* The region that signs: IAM's is the partition's. Borrowed from sdk or static. */
const char *sdk_signing_region(const struct sdk *sdk, enum service_id service);

#endif
