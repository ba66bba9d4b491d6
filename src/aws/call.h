/* One question to a service as a value: what the `ask` functions fill and the client sends. */
#ifndef LAMBDIG_AWS_CALL_H
#define LAMBDIG_AWS_CALL_H

#include "src/aws/http.h"
#include "src/aws/service.h"

struct call {
    enum service_id service;
    const char *operation; /* `FilterLogEvents`; static */
    const char *method;    /* static */
    struct buf path;       /* percent-encoded, begins with a slash */
    struct buf query;      /* name=value&..., percent-encoded */
    struct buf body;
    char resource[256];    /* what it is about, for errors: a function, a log group */
    char permission[64];   /* `logs:FilterLogEvents`, for the error that names it */
    char extra[4][160];    /* further header lines; empty: none */
    bool has_effect;       /* may change something: never retried by itself once bytes left */
    bool is_unsigned;
    long timeout_ms;       /* 0: 120 s */
};

/* POST / of a JSON or query service, GET of a REST one is set by the ask function. */
void call_init(struct call *call, enum service_id service, const char *operation,
               const char *resource);
void call_release(struct call *call); /* zeroed: nothing */
/* Appends one path segment after a slash, percent-encoded (`:` becomes %3A). */
void call_add_segment(struct call *call, struct str segment);
void call_add_query(struct call *call, const char *name, struct str value);

#endif
