/* Answers of the Lambda API as values. Pure: bytes in, values out. Any thread. */
#ifndef LAMBDIG_AWS_LAMBDA_H
#define LAMBDIG_AWS_LAMBDA_H

#include "src/base/err.h"
#include "src/model/event.h"

#define LAMBDA_FUNCTIONS_MAX 50000

struct lambda_functions { /* ours: lambda_functions_release */
    struct function *at;
    size_t count;
    char next_marker[1024]; /* empty: the last page */
};

/* The answer of ListFunctions. A function without a LoggingConfig logs to /aws/lambda/NAME;
 * an image has the runtime `container`. false: err names the member; nothing is kept. */
bool lambda_decode_functions(struct str body, struct lambda_functions *out, struct err *err) MUST_USE;
void lambda_functions_release(struct lambda_functions *functions); /* zeroed: nothing */

#endif
