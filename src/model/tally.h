/* Per function: what is configured, and a running median of the durations. Fixed memory:
 * 1,024 functions; a further one has neither. The median is that of a histogram with eight
 * steps an octave, so within 5 %. */
#ifndef LAMBDIG_MODEL_TALLY_H
#define LAMBDIG_MODEL_TALLY_H

#include "src/model/event.h"

struct tally;          /* ours */
struct tally_function; /* lives as long as the tally */

struct tally *tally_new(void);
void tally_free(struct tally *tally);
/* NULL: the table is full. An empty name is a function, too. */
struct tally_function *tally_find(struct tally *tally, struct str name);
void tally_configure(struct tally_function *f, int64_t timeout_ms, int64_t memory_mb);
int64_t tally_timeout_ms(const struct tally_function *f); /* ABSENT; f may be NULL */
void tally_add(struct tally_function *f, int64_t duration_ns);
/* ABSENT before 20 durations were added. */
int64_t tally_median_ns(const struct tally_function *f);

#endif
