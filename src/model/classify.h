/* The rules: evidence in, class out. Ordered, first hit wins; the order is docs/failures.md's
 * and is policy. Pure. */
#ifndef LAMBDIG_MODEL_CLASSIFY_H
#define LAMBDIG_MODEL_CLASSIFY_H

#include "src/model/evidence.h"

struct verdict {
    enum failure_class class, cause; /* cause FAILURE_NONE: none known */
    enum confidence confidence;
    enum failure_class candidates[INVOCATION_CANDIDATES]; /* likeliest first, without class */
    unsigned candidate_count;
};

void classify(const struct evidence *e, struct verdict *out);
/* The same by the rules alone, without the short way for what is plainly a success: for tests. */
void classify_in_full(const struct evidence *e, struct verdict *out);

#endif
