/* Regular expressions: the one file over PCRE2. Compiled with UTF, JIT where there is one, and
 * limits on match steps and heap, so that no pattern hangs the console. A pattern that is all
 * lower case matches without regard to case (smart case). One thread a value. */
#ifndef LAMBDIG_BASE_MATCH_H
#define LAMBDIG_BASE_MATCH_H

#include "src/base/err.h"
#include "src/base/str.h"

struct match; /* ours: match_new, match_free */

/* false: err names the pattern, the offset and PCRE2's reason. Pattern at most 1,000 bytes. */
bool match_new(struct match **out, struct str pattern, struct err *err) MUST_USE;
void match_free(struct match *match);
/* The first match at or after `from`: its start and end bytes. Ill-formed UTF-8 in `text` is
 * no error. false: no match, or a limit was met. */
bool match_find(struct match *match, struct str text, size_t from, size_t *start, size_t *end);

#endif
