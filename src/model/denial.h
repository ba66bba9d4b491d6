/* Reads the sentence by which a service refuses a call. Runs are borrowed from the text. Pure. */
#ifndef LAMBDIG_MODEL_DENIAL_H
#define LAMBDIG_MODEL_DENIAL_H

#include "src/base/str.h"

struct denial {
    struct str principal, action, resource; /* empty: the text does not say */
    struct str reason; /* the policy named, an explicit deny, or the error code */
};

/* false: `text` refuses nothing. Only the code is known for forms without the sentence. */
bool denial_parse(struct str text, struct denial *out);

#endif
