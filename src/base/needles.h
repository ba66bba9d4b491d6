/* Does a run of bytes hold any of a fixed set of words? One vectorised pass: the classifier
 * asks this of every log line, so that only lines with a hit are looked at closely. */
#ifndef LAMBDIG_BASE_NEEDLES_H
#define LAMBDIG_BASE_NEEDLES_H

#include "src/base/str.h"

struct needles; /* ours; immutable after needles_new, any thread may use it */

/* Up to 64 words of 3 to 40 bytes each; the words are copied. */
struct needles *needles_new(const struct str *words, size_t count);
void needles_free(struct needles *n);

/* The set of words that occur anywhere in `s`, bit i for words[i]; 0: none. */
uint64_t needles_in(const struct needles *n, struct str s);

#endif
