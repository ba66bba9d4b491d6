/* When a call is sent again: the standard mode of the SDKs. Pure; times and chance are arguments.
 * Source: botocore 1.43, retries/standard.py (classic rules). */
#ifndef LAMBDIG_AWS_RETRY_H
#define LAMBDIG_AWS_RETRY_H

#include "src/aws/http.h"

enum retry_why { RETRY_TRANSIENT, RETRY_TIMEOUT, RETRY_THROTTLE };

#define RETRY_TOKENS 500u
struct retry_bucket { /* one a service; zeroed: full */
    unsigned spent;
};
/* Pays 5 for a repetition, 10 after a timeout. false: the bucket has not that much left: an
 * outage ends the repetitions. */
bool retry_take(struct retry_bucket *bucket, enum retry_why why, unsigned *cost);
/* After a success: what its last repetition cost, or 1 where it had none (cost 0). */
void retry_give_back(struct retry_bucket *bucket, unsigned cost);

/* What the server asks for in x-amz-retry-after (milliseconds) or Retry-After (seconds or a
 * date, against its own Date). */
struct retry_hint {
    int64_t amz_ms, after_ms; /* TIME_NONE: not given, or no number */
};
struct retry_hint retry_read_hint(const struct http_answer *answer);

/* Before the next attempt; `attempt` (from 1) has failed. random of 2^32 parts of
 * min(2^(attempt-1), 20) seconds; a hint lengthens that, by at most 5 s (x-amz-) or to at most 20
 * s. */
int64_t retry_delay_ms(unsigned attempt, uint32_t random, struct retry_hint hint);

uint32_t retry_random(uint64_t *state); /* not for secrets */

#endif
