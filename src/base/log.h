/* The debug log: a file that --debug-log names, else nothing. Each line is redacted (access
 * keys, tokens, signatures, bearer and JWT values, PEM, passwords in URLs) before it is
 * written. Any thread; one write(2) a line. */
#ifndef LAMBDIG_BASE_LOG_H
#define LAMBDIG_BASE_LOG_H

#include "src/base/err.h"

/* Opens with mode 0600, appends. false: err names the path. */
bool log_open(const char *path, struct err *err) MUST_USE;
void log_close(void);
bool log_is_open(void);
void log_line(const char *format, ...) PRINTF_LIKE(1, 2);

#endif
