/* A model of one log group for tests of the follow: events that become visible late, pages,
 * tokens that keep a position, and a clock that stands until it is moved. */
#ifndef LAMBDIG_TESTS_SIM_LOGS_H
#define LAMBDIG_TESTS_SIM_LOGS_H

#include "src/source/follow.h"

struct sim_event {
    int64_t unix_ms, visible_ms;
    unsigned given; /* how often the follow called it new */
    unsigned late;  /* how often it was called late then */
};

struct sim {
    struct sim_event *events; /* in the order of FilterLogEvents */
    size_t count, page_events;
    uint64_t seed;
    int64_t start_ms, now_ms;        /* the wall clock */
    int64_t mono_offset_ms;          /* mono is now_ms - this: it stands while the machine sleeps */
    int64_t call_ms;
    size_t calls, most_a_second;
    unsigned empty_every, bad_token_every; /* every so many-th page; 0: never */
    int64_t down_from_ms, down_to_ms;      /* since start: no answers */
    int64_t throttle_from_ms, throttle_to_ms;
    int64_t sleep_from_ms, sleep_to_ms;    /* since start: the machine sleeps */
    int64_t second_ms;
    size_t in_second;
};

/* `count` events within `span_ms`; delay: 97 % exponential with a mean of 0.8 s, 2.9 % 5 to
 * 30 s, 0.1 % 60 to 170 s. `same_ms`: instants are multiples of it, so that many are equal. */
void sim_init(struct sim *sim, size_t count, int64_t span_ms, int64_t same_ms, uint64_t seed);
void sim_release(struct sim *sim);
struct follow_clock sim_clock(const struct sim *sim);
/* Runs `f`, whose one group is `group`, until `until_ms` after the start. */
void sim_run(struct sim *sim, struct follow *f, uint32_t group, int64_t until_ms);
size_t sim_lost(const struct sim *sim);
size_t sim_twice(const struct sim *sim);

#endif
