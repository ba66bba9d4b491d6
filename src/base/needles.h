/* Does a run of bytes hold any of a fixed set of words? One vectorised pass: the classifier
 * asks this of every log line, so that only lines with a hit are looked at closely. */
#ifndef LAMBDIG_BASE_NEEDLES_H
#define LAMBDIG_BASE_NEEDLES_H

#include "src/base/str.h"

struct needles; /* ours; immutable after needles_new, any thread may use it */

#define NEEDLES_WORD_MOST 64

/* Up to 64 words of 3 to 64 bytes each; the words are copied. */
struct needles *needles_new(const struct str *words, size_t count);
void needles_free(struct needles *n);

/* The set of words that occur anywhere in `s`, bit i for words[i]; 0: none. */
uint64_t needles_in(const struct needles *n, struct str s);

/* Where a first word shows: the place of one of its bytes; s.len when `s` holds none. Words that
 * hold no LF: every line before that place is without any. *line_ends: the LFs before it. */
size_t needles_first(const struct needles *n, struct str s, size_t *line_ends);

/* Both by one of their three forms, for tests and benches: they take the widest that
 * the processor has. *supported false: this one has not that form. */
enum needles_scan { NEEDLES_BYTES, NEEDLES_SSSE3, NEEDLES_AVX2 };
uint64_t needles_in_by(const struct needles *n, struct str s, enum needles_scan scan,
                       bool *supported);
size_t needles_first_by(const struct needles *n, struct str s, size_t *line_ends,
                        enum needles_scan scan, bool *supported);

#endif
