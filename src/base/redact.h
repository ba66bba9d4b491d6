/* Blanks out secrets in text that leaves the screen: debug log, exports, captures. Any thread. */
#ifndef LAMBDIG_BASE_REDACT_H
#define LAMBDIG_BASE_REDACT_H

#include "src/base/buf.h"

#define REDACTED "[redacted]"

/* Appends `s` with each secret replaced by REDACTED: AWS access key ids; the values of names
 * that hold secrets (secret access key, session token, password, Authorization, signature ...)
 * in JSON, INI, header and query form; bearer and JSON web tokens; PEM blocks; the password in
 * a URL; card numbers. It finds by form and name: a secret under a name of its own stays.
 * false: the ceiling of `out` was met. */
bool redact(struct str s, struct buf *out);

#endif
