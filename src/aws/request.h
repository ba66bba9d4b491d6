/* A call as the lines and the URL that http sends: endpoint, headers, signature. Pure. */
#ifndef LAMBDIG_AWS_REQUEST_H
#define LAMBDIG_AWS_REQUEST_H

#include "src/aws/call.h"
#include "src/aws/keys.h"
#include "src/aws/sdk.h"

struct request_about {
    const struct sdk *sdk;
    const struct call *call;
    const struct keys *keys; /* NULL: unsigned */
    const char *region;      /* NULL: the session's */
    const char *line;        /* a further header line of any length; NULL: none */
    int64_t unix_ms;         /* of the signature, the service's skew applied */
    const char *invocation_id;
    unsigned attempt, attempts_most;
};

struct request {           /* ours: request_release */
    struct buf url, lines; /* lines: each ended by a NUL byte */
    char host[256];        /* with its port where the endpoint names one; for errors */
    struct http_request http; /* borrows from the rest and from the call */
};

/* false: err says what is wrong with the endpoint or the call. Release it in both cases. */
bool request_build(struct request *request, const struct request_about *about,
                   struct err *err) MUST_USE;
void request_release(struct request *request); /* zeroed: nothing; what was signed is wiped */

/* Does the call go out unsigned: as asked, or because its service has no signing name? */
bool request_is_unsigned(const struct call *call);

#endif
