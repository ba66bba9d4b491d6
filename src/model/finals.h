/* Verdicts leave in the order in which their invocations ended. An attempt lingers for lines
 * that follow its REPORT; a verdict may be held because a repeated request would change it. */
#ifndef LAMBDIG_MODEL_FINALS_H
#define LAMBDIG_MODEL_FINALS_H

#include "src/model/streams.h"
#include "src/model/tracker.h"

struct final { /* one place in the order */
    struct final *next;
    struct attempt *attempt;   /* NULL once it was built, or when the place is empty */
    struct invocation *built;  /* only as many bytes as it needs */
    uint64_t id_hash;
    bool settled, held;
};

struct finals {
    struct tracker_sink sink;
    struct tracker_options options;
    struct streams *streams;
    struct final *first, *last, *free;
    size_t count, held;
    struct invocation scratch;
};

void finals_release(struct finals *f);
/* The attempt has ended: its place in the order is taken now. */
void finals_add(struct finals *f, struct attempt *a);
/* Its end was another's: the place goes to `heir`, or stays empty where that is NULL. */
void finals_pass_on(struct attempt *a, struct attempt *heir);
/* Nothing more can come for it. An attempt that never ended takes the last place. */
void finals_settle(struct finals *f, struct attempt *a);
/* Hands over what stands first and is settled. `all`: holds nothing back. */
void finals_drain(struct finals *f, bool all);
/* Out of turn: the verdict is built and kept, the attempt is dropped. */
void finals_build(struct finals *f, struct attempt *a);
/* Shows a verdict that may change, where that is wanted. */
void finals_show(struct finals *f, struct attempt *a);
/* The same request came again: attempts of it that are held or linger failed by memory. */
void finals_retried(struct finals *f, uint64_t id_hash, struct str id);

#endif
