#include "src/aws/sdk.h"

#include <stdio.h>

/* Where a service is spoken to. Source of the table: the endpoint rules of botocore 1.43; IAM
 * has one host a partition. A gap in GovCloud's FIPS hosts is not a gap in FIPS: there the
 * plain host of most services is the FIPS one. */

struct partition {
    const char *prefix; /* of its regions */
    const char *suffix, *dual_suffix;
    const char *iam[4]; /* plain, FIPS, dual-stack, both */
    const char *iam_region;
};

static const struct partition partitions[] = {
    {"cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn",
     {"iam.cn-north-1.amazonaws.com.cn", "iam-fips.amazonaws.com.cn",
      "iam.global.api.amazonwebservices.com.cn", "iam-fips.api.amazonwebservices.com.cn"},
     "cn-north-1"},
    {"us-gov-", "amazonaws.com", "api.aws",
     {"iam.us-gov.amazonaws.com", "iam.us-gov.amazonaws.com", "iam.us-gov.api.aws",
      "iam.us-gov.api.aws"},
     "us-gov-west-1"},
    {"us-iso-", "c2s.ic.gov", "api.aws.ic.gov",
     {"iam.us-iso-east-1.c2s.ic.gov", "iam-fips.us-iso-east-1.c2s.ic.gov", "iam.api.aws.ic.gov",
      "iam-fips.api.aws.ic.gov"},
     "us-iso-east-1"},
    {"us-isob-", "sc2s.sgov.gov", "api.aws.scloud",
     {"iam.us-isob-east-1.sc2s.sgov.gov", "iam-fips.us-isob-east-1.sc2s.sgov.gov",
      "iam.api.aws.scloud", "iam-fips.api.aws.scloud"},
     "us-isob-east-1"},
    {"eusc-", "amazonaws.eu", "api.amazonwebservices.eu",
     {"iam.eusc-de-east-1.amazonaws.eu", "iam-fips.amazonaws.eu",
      "iam.global.api.amazonwebservices.eu", "iam-fips.api.amazonwebservices.eu"},
     "eusc-de-east-1"},
    {"", "amazonaws.com", "api.aws",
     {"iam.amazonaws.com", "iam-fips.amazonaws.com", "iam.global.api.aws",
      "iam-fips.global.api.aws"},
     "us-east-1"},
};

/* GovCloud: the host of FIPS has no `-fips` (plain; dual-stack). */
static const struct {
    bool plain, dual;
} gov_bare[SERVICE_COUNT] = {
    [SERVICE_LOGS] = {true, false},   [SERVICE_SQS] = {true, false},
    [SERVICE_SNS] = {true, false},    [SERVICE_EVENTS] = {true, true},
    [SERVICE_METRICS] = {true, true}, [SERVICE_STS] = {true, false},
    [SERVICE_SSO] = {true, false},    [SERVICE_SSO_OIDC] = {true, false},
};

static const struct partition *partition_of(const char *region)
{
    const struct partition *p = partitions;
    while (!str_starts(str_of(region), str_of(p->prefix)))
        p++;
    return p;
}

bool sdk_is_region(const char *text)
{
    size_t len = strlen(text);
    if (len == 0 || len > 31 || text[0] == '-' || text[len - 1] == '-')
        return false;
    return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

bool sdk_is_loopback(struct str host)
{
    uint64_t part;
    if (str_eq_nocase(host, STR("localhost")) || str_eq(host, STR("::1")))
        return true;
    if (!str_skip(&host, STR("127.")))
        return false;
    for (int i = 0; i < 3; i++) {
        bool last = i == 2;
        if (last ? str_find_char(host, '.') != SIZE_MAX : str_find_char(host, '.') == SIZE_MAX)
            return false;
        if (!str_to_u64(str_take_until(&host, '.'), 255, &part))
            return false;
    }
    return true;
}

/* Host of `http://HOST[:PORT][/...]`, without brackets. */
static struct str host_of(struct str url)
{
    struct str rest = str_from(url, str_find(url, STR("//")) + 2);
    rest = str_take_until(&rest, '/');
    if (str_skip(&rest, STR("[")))
        return str_take_until(&rest, ']');
    return str_take_until(&rest, ':');
}

static bool configured(const struct sdk *sdk, enum service_id service, char *url, size_t size,
                       struct err *err)
{
    struct str text = str_of(sdk->endpoint_url[service]);
    while (str_ends(text, STR("/")))
        text.len--;
    if (str_starts(text, STR("http://")) && !sdk->allow_insecure &&
        !sdk_is_loopback(host_of(text)))
        return err_set(err, ERR_CONFIG, "%s: the endpoint %s is plain http beyond this machine",
                       service_row(service)->host, sdk->endpoint_url[service]) ||
               err_advise(err, "use https, or say --allow-insecure-endpoint");
    if (!str_copy(url, size, text))
        return err_set(err, ERR_CONFIG, "%s: the endpoint is too long", service_row(service)->host);
    return true;
}

static bool aws_host(const struct sdk *sdk, enum service_id service, const char *region,
                     char *host, size_t size, struct err *err)
{
    const struct partition *p = partition_of(region);
    const char *name = service_row(service)->host;
    const char *fips = sdk->fips ? "-fips" : "";
    bool gov = strcmp(p->prefix, "us-gov-") == 0;
    if (gov && (sdk->dualstack ? gov_bare[service].dual : gov_bare[service].plain))
        fips = "";
    if (service == SERVICE_IAM)
        snprintf(host, size, "%s", p->iam[(sdk->fips ? 1 : 0) + (sdk->dualstack ? 2 : 0)]);
    else if (service != SERVICE_S3)
        snprintf(host, size, "%s%s.%s.%s", name, fips, region,
                 sdk->dualstack ? p->dual_suffix : p->suffix);
    else if (sdk->fips && strcmp(p->prefix, "cn-") == 0)
        return err_set(err, ERR_CONFIG, "s3: there is no FIPS endpoint in %s", region) ||
               err_advise(err, "unset AWS_USE_FIPS_ENDPOINT, or name another region");
    else
        snprintf(host, size, "%s%s%s.%s.%s", name, fips, sdk->dualstack ? ".dualstack" : "",
                 region, p->suffix);
    return true;
}

bool sdk_endpoint_in(const struct sdk *sdk, enum service_id service, const char *region,
                     char *url, size_t size, struct err *err)
{
    char host[256];
    if (sdk->endpoint_url[service][0])
        return configured(sdk, service, url, size, err);
    if (!region[0])
        return err_set(err, ERR_CONFIG, "%s: no region is named", service_row(service)->host) ||
               err_advise(err, "give --region, AWS_REGION, or region in the profile");
    if (!sdk_is_region(region))
        return err_set(err, ERR_CONFIG, "%s: \"%s\" is no name of a region",
                       service_row(service)->host, region);
    if (!aws_host(sdk, service, region, host, sizeof host, err))
        return false;
    if ((size_t)snprintf(url, size, "https://%s", host) >= size)
        return err_set(err, ERR_CONFIG, "%s: the endpoint is too long", service_row(service)->host);
    return true;
}

bool sdk_endpoint(const struct sdk *sdk, enum service_id service, char *url, size_t size,
                  struct err *err)
{
    return sdk_endpoint_in(sdk, service, sdk->region, url, size, err);
}

const char *sdk_signing_region(const struct sdk *sdk, enum service_id service)
{
    return service == SERVICE_IAM ? partition_of(sdk->region)->iam_region : sdk->region;
}
