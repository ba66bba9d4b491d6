/* What an answer that is no success means: its code and words out of JSON, XML, headers or a
 * proxy's web page, its class, and the sentence for the user. Pure. */
#ifndef LAMBDIG_AWS_FAULT_H
#define LAMBDIG_AWS_FAULT_H

#include "src/aws/client.h"

enum fault_class {
    FAULT_NONE,      /* 2xx, and no web page */
    FAULT_BAD,       /* the question is wrong */
    FAULT_NOT_FOUND,
    FAULT_DENIED,
    FAULT_THROTTLED,
    FAULT_TOO_MANY,  /* as many at once as are allowed: no matter of milliseconds */
    FAULT_TRANSIENT, /* worth another attempt */
    FAULT_SERVER,    /* any other 5xx */
    FAULT_EXPIRED,   /* the session token is over */
    FAULT_KEYS,      /* the keys are not known, or none came */
    FAULT_SIGNATURE, /* refused: the secret, or the clock */
    FAULT_SKEWED,    /* the clock for certain */
    FAULT_REDIRECT,
    FAULT_PAGE       /* a web page: a proxy, a login page of the network */
};

struct fault {
    enum fault_class class;
    char code[96];     /* empty: none is named */
    char message[400]; /* its words, or a page's title; defused */
    char request_id[64];
};
void fault_read(const struct http_answer *answer, enum service_id service, struct fault *out);

enum answer_kind fault_kind(enum fault_class class);

struct fault_about {       /* what the sentence names; borrowed */
    const struct call *call;
    const char *host, *profile, *source, *region; /* source: as creds_source says */
    const char *location;  /* of a redirect; empty: none */
    int status;
    unsigned attempts;
    int64_t skew_ms;       /* of the service's clock against ours */
    bool corrected;        /* signed with the service's time, so the clock is not to blame */
};
void fault_explain(const struct fault *fault, const struct fault_about *about, struct err *err);

#endif
