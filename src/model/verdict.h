/* From evidence to the value that is handed over: class, flags, notes, the list of evidence and
 * the signature. Pure. */
#ifndef LAMBDIG_MODEL_VERDICT_H
#define LAMBDIG_MODEL_VERDICT_H

#include "src/model/evidence.h"

struct verdict_names { /* borrowed for the call */
    struct str function, log_group, log_stream;
    int64_t median_ns; /* of the function's invocations; ABSENT: too few seen */
    bool brief;        /* a success without texts and evidence, unless it may still become a failure */
};

/* Everything of *out is set but seq and final. */
void verdict_build(struct evidence *e, const struct verdict_names *names, struct invocation *out);

/* Gives a failure its signature anew, after its class changed: equal for one function's failures
 * of one cause. */
void verdict_sign(struct invocation *inv);

#endif
