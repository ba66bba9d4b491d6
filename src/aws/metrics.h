/* What CloudWatch counts of functions: GetMetricData as a question and as values. One call asks
 * for all figures of METRICS_FUNCTIONS functions; it is billed by the figure. Pure. */
#ifndef LAMBDIG_AWS_METRICS_H
#define LAMBDIG_AWS_METRICS_H

#include "src/aws/call.h"
#include "src/base/jscan.h"
#include "src/model/event.h"

enum metric { METRIC_INVOCATIONS, METRIC_ERRORS, METRIC_THROTTLES, METRIC_DURATION, METRIC_COUNT };

#define METRICS_QUERIES 500 /* the most that one call may ask */
#define METRICS_FUNCTIONS (METRICS_QUERIES / METRIC_COUNT)

/* The sums of `count` functions, at most METRICS_FUNCTIONS, from `since` to `until`, in steps of
 * whole minutes. `token` empty: the first page. */
void metrics_ask(struct call *out, const struct function *functions, size_t count,
                 int64_t since_unix_ms, int64_t until_unix_ms, const char *token);

struct metrics_sums { /* of one function; over all pages of an answer */
    int64_t milli[METRIC_COUNT]; /* in thousandths: of calls, and of milliseconds */
    bool known[METRIC_COUNT];    /* false: the service gave no answer; no value is a sum of 0 */
};

/* Adds what a page holds to the sums of the functions in the order they were asked. The token of
 * the next page goes to next_token, empty at the end. false: not an answer of GetMetricData;
 * *partly: the service said of some figure that it is not whole. */
bool metrics_decode(struct str body, struct metrics_sums *sums, size_t count, char *next_token,
                    size_t size, bool *partly, struct err *err) MUST_USE;

void metrics_to_function(const struct metrics_sums *sums, int64_t since_unix_ms,
                         int64_t until_unix_ms, struct function_metrics *out);

#endif
