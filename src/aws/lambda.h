/* Answers of the Lambda API as values. Pure: bytes in, values out. Any thread. */
#ifndef LAMBDIG_AWS_LAMBDA_H
#define LAMBDIG_AWS_LAMBDA_H

#include "src/aws/call.h"
#include "src/model/event.h"

#define LAMBDA_FUNCTIONS_MAX 50000

struct lambda_functions { /* ours: lambda_functions_release */
    struct function *at;
    size_t count;
    char next_marker[1024]; /* empty: the last page */
};

/* The answer of ListFunctions. A function without a LoggingConfig logs to /aws/lambda/NAME;
 * an image has the runtime `container`. false: err names the member; nothing is kept. */
bool lambda_decode_functions(struct str body, struct lambda_functions *out,
                             struct err *err) MUST_USE;
void lambda_functions_release(struct lambda_functions *functions); /* zeroed: nothing */

/* The answer of GetFunctionConfiguration: the same, with the state that lists leave out. */
bool lambda_decode_configuration(struct str body, struct function *out, struct err *err) MUST_USE;

/* The answers of ListAliases, as `live 7, canary 8`, and of ListVersionsByFunction: the newest
 * published version. Appended, or replaced, in *out; cut where they do not fit. */
bool lambda_decode_aliases(struct str body, struct function *out, char *next_marker, size_t size,
                           struct err *err) MUST_USE;
bool lambda_decode_versions(struct str body, struct function *out, char *next_marker, size_t size,
                            struct err *err) MUST_USE;

/* What is asked. Markers empty: the first page. Names may be ARNs: they are one path segment. */
void lambda_ask_functions(struct call *out, const char *marker);
void lambda_ask_configuration(struct call *out, const char *name);
void lambda_ask_aliases(struct call *out, const char *name, const char *marker);
void lambda_ask_versions(struct call *out, const char *name, const char *marker);

#endif
