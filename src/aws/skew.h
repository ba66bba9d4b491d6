/* How far a service's clock is from ours, learned from its answers. Pure. */
#ifndef LAMBDIG_AWS_SKEW_H
#define LAMBDIG_AWS_SKEW_H

#include "src/aws/http.h"
#include "src/base/clock.h"

#define SKEW_DOUBTFUL_MS                                                                           \
    (4 * 60 * 1000) /* beyond it a refused signature may be the clock's fault */

/* `Thu, 01 Jan 2026 00:00:01 GMT`, the one form that HTTP servers send. */
bool skew_read_date(struct str text, int64_t *unix_ms);

/* The service's time minus ours: Date against the middle of sending and receiving. false: the
 * answer does not say: no Date, an answer out of a cache (Age), a round trip of a minute or more.
 */
bool skew_learn(const struct http_answer *answer, int64_t *skew_ms);

#endif
