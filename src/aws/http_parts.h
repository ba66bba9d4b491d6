/* Of http.c: which URL may be asked, and why a transfer failed. Pure. */
#ifndef LAMBDIG_AWS_HTTP_PARTS_H
#define LAMBDIG_AWS_HTTP_PARTS_H

#include <curl/curl.h>

#include "src/base/err.h"
#include "src/base/str.h"

struct http_url {
    char host[256]; /* with the port where the URL has one; for errors and the limit a host */
    bool local;     /* loopback or a metadata address: no proxy is ever asked */
};

/* https to anywhere, http to loopback and the metadata addresses, or anywhere if insecure. No
 * user, no bytes beyond printable ASCII. false: err says what is wrong with it. */
bool http_read_url(const char *url, bool allow_insecure, struct http_url *out,
                   struct err *err) MUST_USE;

struct http_failure {
    CURLcode code;
    const char *detail;    /* libcurl's own words; may be empty */
    const char *host, *ca_bundle;
    long connect_ms, total_ms, stall_s;
    bool connected, body_full, headers_full, interrupted;
};

/* Would another attempt end the same? */
bool http_is_final(const struct http_failure *failure);
/* One sentence with the next step. */
void http_explain(const struct http_failure *failure, struct err *err);

#endif
