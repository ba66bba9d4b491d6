/* The words of signs.def, found in one pass. Immutable after signs_new; any thread. */
#ifndef LAMBDIG_MODEL_SIGNS_H
#define LAMBDIG_MODEL_SIGNS_H

#include "src/base/str.h"

enum sign {
    SIGN_DENIED = 1 << 0,
    SIGN_THROTTLED = 1 << 1,
    SIGN_NETWORK = 1 << 2,
    SIGN_MEMORY = 1 << 3,
    SIGN_LOAD = 1 << 4
};

struct signs; /* ours */
struct signs *signs_new(void);
void signs_free(struct signs *signs);
/* The set of meanings whose words stand anywhere in `s`. */
unsigned signs_in(const struct signs *signs, struct str s);

#endif
