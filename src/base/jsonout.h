/* Writes JSON with fixed-point numbers into a buf: one object a line for NDJSON. Strings are
 * made valid UTF-8; control bytes, C1, bidi and zero-width characters are written as \u
 * escapes; ill-formed bytes as U+FFFD. Commas are put by the writer. */
#ifndef LAMBDIG_BASE_JSONOUT_H
#define LAMBDIG_BASE_JSONOUT_H

#include "src/base/buf.h"

struct jsonout {
    struct buf *out; /* borrowed */
    bool comma;      /* a value stands before the next one */
};

void jsonout_init(struct jsonout *j, struct buf *out);
void jsonout_open(struct jsonout *j, char bracket);  /* '{' or '[' */
void jsonout_close(struct jsonout *j, char bracket); /* '}' or ']' */
void jsonout_key(struct jsonout *j, const char *key);
void jsonout_str(struct jsonout *j, struct str s);
void jsonout_str_or_null(struct jsonout *j, struct str s); /* empty: null */
void jsonout_i64(struct jsonout *j, int64_t value);
void jsonout_bool(struct jsonout *j, bool value);
void jsonout_null(struct jsonout *j);
/* value / 10^decimals with no trailing zeros: (3003160000, 6) -> 3003.16 */
void jsonout_fixed(struct jsonout *j, int64_t value, unsigned decimals);
void jsonout_line(struct jsonout *j); /* ends the line */

/* The same fixed-point text, for people: into out, NUL-ended. */
void fixed_text(int64_t value, unsigned decimals, char *out, size_t size);

#endif
