#include "src/aws/http_parts.h"

#include <stdio.h>

/* ---- URLs ---- */

/* Where plain http is spoken: sources of credentials on the machine itself. Source: the SDKs'
 * container and instance metadata providers. */
static const char *const local_hosts[] = {
    "localhost", "::1", "169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254",
    "fd00:ec2::23",
};

static bool is_loopback_v4(struct str host)
{
    uint64_t number;
    for (int part = 0; part < 4; part++) {
        struct str digits = part < 3 ? str_take_until(&host, '.') : host;
        if (!str_to_u64(digits, 255, &number) || (part == 0 && number != 127))
            return false;
    }
    return true;
}

static bool is_local(struct str host)
{
    if (host.len > 2 && host.at[0] == '[')
        host = (struct str){host.at + 1, host.len - 2};
    for (size_t i = 0; i < sizeof local_hosts / sizeof local_hosts[0]; i++) {
        if (str_eq_nocase(host, str_of(local_hosts[i])))
            return true;
    }
    return is_loopback_v4(host);
}

static bool check_bytes(const char *url, struct err *err)
{
    for (const char *at = url; *at; at++) {
        if (*at <= ' ' || *at > '~')
            return err_set(err, ERR_CONFIG, "the URL %.200s has bytes that no URL may have", url);
    }
    return true;
}

static bool read_parts(CURLU *parser, const char *url, struct http_url *out, char *scheme,
                       size_t size, struct err *err)
{
    char *parts[3] = {NULL, NULL, NULL};
    if (curl_url_set(parser, CURLUPART_URL, url, CURLU_DISALLOW_USER) ||
        curl_url_get(parser, CURLUPART_SCHEME, &parts[0], 0) ||
        curl_url_get(parser, CURLUPART_HOST, &parts[1], 0)) {
        curl_free(parts[0]);
        return err_set(err, ERR_CONFIG, "the URL %.200s cannot be read", url);
    }
    bool has_port = curl_url_get(parser, CURLUPART_PORT, &parts[2], 0) == CURLUE_OK;
    str_copy(scheme, size, str_of(parts[0]));
    out->local = is_local(str_of(parts[1]));
    snprintf(out->host, sizeof out->host, "%s%s%s", parts[1], has_port ? ":" : "",
             has_port ? parts[2] : "");
    for (int i = 0; i < 3; i++)
        curl_free(parts[i]);
    return true;
}

bool http_read_url(const char *url, bool allow_insecure, struct http_url *out, struct err *err)
{
    char scheme[16];
    if (!check_bytes(url, err))
        return false;
    CURLU *parser = curl_url();
    if (parser == NULL)
        die("memory: the system has none left for a URL");
    bool done = read_parts(parser, url, out, scheme, sizeof scheme, err);
    curl_url_cleanup(parser);
    if (!done || strcmp(scheme, "https") == 0)
        return done;
    if (strcmp(scheme, "http") != 0)
        return err_set(err, ERR_CONFIG, "%s: %s is not spoken, only https", out->host, scheme);
    if (out->local || allow_insecure)
        return true;
    err_set(err, ERR_CONFIG, "%s: plain http would send what is asked in the open", out->host);
    return err_advise(err, "use https, or --allow-insecure-endpoint if that is meant");
}

/* ---- reasons ---- */

struct reason {
    CURLcode code;
    const char *text, *hint; /* empty: libcurl's words; the table's hint of ERR_NETWORK */
    bool detail;             /* libcurl's words say more */
};

static const struct reason reasons[] = {
    {CURLE_COULDNT_RESOLVE_HOST, "DNS does not know this name", "check the region and the network",
     false},
    {CURLE_COULDNT_RESOLVE_PROXY, "DNS does not know the proxy's name",
     "check HTTPS_PROXY and HTTP_PROXY", false},
    {CURLE_COULDNT_CONNECT, "no connection", "", true},
    {CURLE_PEER_FAILED_VERIFICATION, "its certificate is not trusted",
     "behind a proxy that reads TLS, set AWS_CA_BUNDLE", true},
    {CURLE_SSL_CONNECT_ERROR, "no TLS connection", "check the endpoint and the proxy", true},
    {CURLE_SSL_CERTPROBLEM, "no TLS connection", "check the endpoint and the proxy", true},
    {CURLE_GOT_NOTHING, "the connection ended before an answer came", "", false},
    {CURLE_SEND_ERROR, "the connection broke while the request was sent", "", false},
    {CURLE_RECV_ERROR, "the connection broke before the answer was whole", "", true},
    {CURLE_PARTIAL_FILE, "the answer ended early", "", false},
    {CURLE_BAD_CONTENT_ENCODING, "the answer's compression cannot be read", "", false},
    {CURLE_WEIRD_SERVER_REPLY, "what answers does not speak HTTP",
     "check the endpoint and the proxy", false},
    {CURLE_UNSUPPORTED_PROTOCOL, "what answers does not speak HTTP/1.1", "check the endpoint",
     false},
};

static const struct reason *reason_of(CURLcode code)
{
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (reasons[i].code == code)
            return &reasons[i];
    }
    return NULL;
}

static void explain_time(const struct http_failure *failure, struct err *err)
{
    if (!failure->connected && failure->connect_ms < failure->total_ms)
        err_set(err, ERR_NETWORK, "%s: no connection within %ld ms", failure->host,
                failure->connect_ms);
    else if (strstr(failure->detail, "too slow"))
        err_set(err, ERR_NETWORK, "%s: nothing came for %ld s", failure->host, failure->stall_s);
    else
        err_set(err, ERR_NETWORK, "%s: no whole answer within %ld ms", failure->host,
                failure->total_ms);
}

static bool is_clock_reason(const char *detail)
{
    return strstr(detail, "expired") || strstr(detail, "not yet valid");
}

static void explain_code(const struct http_failure *failure, struct err *err)
{
    const struct reason *reason = reason_of(failure->code);
    const char *detail = failure->detail[0] ? failure->detail : curl_easy_strerror(failure->code);
    if (reason == NULL) {
        err_set(err, ERR_NETWORK, "%s: %s", failure->host, detail);
        return;
    }
    if (strstr(detail, "CONNECT tunnel")) {
        err_set(err, ERR_NETWORK, "%s: the proxy lets nothing through: %s", failure->host, detail);
        err_advise(err, "check HTTPS_PROXY, and the name and password in it");
        return;
    }
    err_set(err, ERR_NETWORK, "%s: %s%s%s", failure->host, reason->text, reason->detail ? ": " : "",
            reason->detail ? detail : "");
    if (failure->code == CURLE_PEER_FAILED_VERIFICATION && is_clock_reason(detail))
        err_advise(err, "check the clock of this machine, and the endpoint's certificate");
    else if (reason->hint[0])
        err_advise(err, "%s", reason->hint);
}

bool http_is_final(const struct http_failure *failure)
{
    static const CURLcode final[] = {
        CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM,
        CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT,
    };
    for (size_t i = 0; i < sizeof final / sizeof final[0]; i++) {
        if (!failure->interrupted && failure->code == final[i])
            return true;
    }
    return failure->body_full || failure->headers_full;
}

void http_explain(const struct http_failure *failure, struct err *err)
{
    if (failure->interrupted) {
        err_set(err, ERR_NETWORK, "%s: the connection was given up after a sleep", failure->host);
    } else if (failure->body_full) {
        err_set(err, ERR_NETWORK, "%s: the answer is larger than 16 MiB", failure->host);
        err_advise(err, "check the endpoint: no AWS answer is that large");
    } else if (failure->headers_full) {
        err_set(err, ERR_NETWORK, "%s: the answer's headers are larger than 256 KiB",
                failure->host);
        err_advise(err, "check the endpoint and the proxy");
    } else if (failure->code == CURLE_SSL_CACERT_BADFILE) {
        err_set(err, ERR_CONFIG, "the certificates in %s cannot be read",
                failure->ca_bundle && failure->ca_bundle[0] ? failure->ca_bundle
                                                            : "the system's store");
        err_advise(err, "check AWS_CA_BUNDLE and ca_bundle");
    } else if (failure->code == CURLE_OPERATION_TIMEDOUT) {
        explain_time(failure, err);
    } else {
        explain_code(failure, err);
    }
}
