/* Log events of `tail` that wait for the verdict on their invocation: copies in the order
 * they came, found by invocation. The owner states the ceiling; memory is given back as
 * they go. */
#ifndef LAMBDIG_CLI_HELD_H
#define LAMBDIG_CLI_HELD_H

#include "src/model/event.h"
#include "src/model/failure_class.h"

struct held_event {
    struct held_event *next, *before, *next_of_invocation;
    uint64_t invocation; /* 0: of none */
    uint8_t class;       /* FAILURE_NONE: not known */
    bool settled;        /* the class will not change */
    struct event event;  /* its runs lie in the bytes behind */
    struct str request_id;
    size_t size;
};

struct held_chain {
    uint64_t invocation;
    struct held_event *first, *last;
    struct held_chain *next;
};

#define HELD_BUCKETS 4096
struct held {
    struct held_event *first, *last;
    size_t bytes;
    struct held_chain *buckets[HELD_BUCKETS];
};

void held_release(struct held *held);
/* Copied. */
struct held_event *held_add(struct held *held, const struct event *event,
                            struct str request_id, uint64_t invocation);
/* The events of an invocation, by next_of_invocation, all held; they are no longer found
 * by it. */
struct held_event *held_take_chain(struct held *held, uint64_t invocation);
void held_drop(struct held *held, struct held_event *e);
/* By time; what is of one time stays as it came, as does what has none, in front. */
void held_sort(struct held *held);

#endif
