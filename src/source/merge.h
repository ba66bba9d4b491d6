/* In which order several inputs are read: by time where all have times, else one after the
 * other. Inputs that have not begun yet wait closed; at most MERGE_OPEN are open at once, so
 * that memory and file descriptors stay bounded however many files are named. One thread. */
#ifndef LAMBDIG_SOURCE_MERGE_H
#define LAMBDIG_SOURCE_MERGE_H

#include "src/source/input.h"

#define MERGE_OPEN 32

struct merge_turn { /* an input that waits */
    int64_t first_unix_ms;
    uint32_t number;
};

struct merge {
    struct input *inputs;    /* borrowed */
    struct merge_turn *turns; /* in the order in which they begin */
    size_t waiting, waiting_count;
    uint32_t open[MERGE_OPEN];
    size_t open_count;
    bool by_time;
    struct input_room room;
};

/* Takes the inputs that did not fail; first_unix_ms of each must be known when by_time. */
void merge_init(struct merge *m, struct input *inputs, size_t count, bool by_time,
                const struct input_room *room);
void merge_release(struct merge *m); /* zeroed: nothing */

struct merge_run {
    struct input *input; /* NULL: none */
    size_t count;        /* of its waiting events that come before those of all others */
    enum input_state state;
};
/* What to hand over next. INPUT_EVENTS: run->count events of run->input, then raise
 * run->input->next by it. INPUT_DONE and INPUT_FAILED concern run->input, or, where that is NULL,
 * all of them: everything is read. */
void merge_next(struct merge *m, const struct wake *wake, int wait_ms, struct merge_run *run,
                struct err *err);

#endif
