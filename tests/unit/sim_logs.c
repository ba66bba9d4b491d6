#include "tests/unit/sim_logs.h"

#include <stdio.h>
#include <stdlib.h>

static uint64_t dice(struct sim *sim) /* splitmix64 */
{
    uint64_t x = sim->seed += UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

static int64_t between(struct sim *sim, int64_t low, int64_t high)
{
    return low + (int64_t)(dice(sim) % (uint64_t)(high - low + 1));
}

/* Exponential: the chance of each further step is constant. */
static int64_t exponential(struct sim *sim, int64_t mean_ms)
{
    int64_t ms = 0;
    while (dice(sim) % (uint64_t)mean_ms != 0)
        ms++;
    return ms;
}

static int64_t delay(struct sim *sim)
{
    int64_t kind = between(sim, 0, 999);
    if (kind < 970)
        return exponential(sim, 800);
    return kind < 999 ? between(sim, 5000, 30000) : between(sim, 60000, 170000);
}

static int compare(const void *a, const void *b)
{
    const struct sim_event *x = a, *y = b;
    if (x->unix_ms != y->unix_ms)
        return x->unix_ms < y->unix_ms ? -1 : 1;
    return x->visible_ms < y->visible_ms ? -1 : x->visible_ms > y->visible_ms;
}

void sim_init(struct sim *sim, size_t count, int64_t span_ms, int64_t same_ms, uint64_t seed)
{
    *sim = (struct sim){.seed = seed, .count = count, .page_events = 400, .call_ms = 120,
                        .start_ms = INT64_C(1795528800000)};
    sim->now_ms = sim->start_ms;
    sim->events = xcalloc(count, sizeof *sim->events);
    for (size_t i = 0; i < count; i++) {
        int64_t at = between(sim, 0, span_ms - 1) / same_ms * same_ms;
        sim->events[i] = (struct sim_event){.unix_ms = sim->start_ms + at,
                                            .visible_ms = sim->start_ms + at + delay(sim)};
    }
    qsort(sim->events, count, sizeof *sim->events, compare);
}

void sim_release(struct sim *sim)
{
    free(sim->events);
}

struct follow_clock sim_clock(const struct sim *sim)
{
    return (struct follow_clock){sim->now_ms - sim->start_ms - sim->mono_offset_ms, sim->now_ms};
}

static bool is_within(const struct sim *sim, int64_t from_ms, int64_t to_ms)
{
    int64_t at = sim->now_ms - sim->start_ms;
    return at >= from_ms && at < to_ms;
}

static size_t first_at(const struct sim *sim, const struct follow_ask *ask)
{
    uint64_t position;
    if (ask->token[0] && str_to_u64(str_of(ask->token), SIZE_MAX, &position))
        return (size_t)position;
    size_t at = 0;
    while (at < sim->count && sim->events[at].unix_ms < ask->start_unix_ms)
        at++;
    return at;
}

static struct seen_id id_of(size_t number)
{
    char text[80];
    snprintf(text, sizeof text, "369347830000000000000000000000000000000000000%011zu", number);
    return seen_id_of(str_of(text));
}

static void give_page(struct sim *sim, struct follow *f, const struct follow_ask *ask)
{
    bool empty = sim->empty_every && sim->calls % sim->empty_every == 0;
    size_t at = first_at(sim, ask), taken = 0, most = empty ? 0 : sim->page_events;
    int64_t visible_at = sim->now_ms - sim->call_ms / 2, late_ms;
    for (; at < sim->count && taken < most; at++) {
        struct sim_event *e = &sim->events[at];
        if (e->visible_ms > visible_at)
            continue;
        taken++;
        if (!follow_take(f, ask->group, id_of(at), e->unix_ms, &late_ms))
            continue;
        e->given++;
        e->late += late_ms > 0;
    }
    while (at < sim->count && sim->events[at].visible_ms > visible_at)
        at++;
    char token[32];
    snprintf(token, sizeof token, "%zu", at);
    follow_page(f, ask->group, at < sim->count ? str_of(token) : STR_NONE, sim_clock(sim));
}

static void count_call(struct sim *sim)
{
    sim->calls++;
    if (sim->now_ms - sim->second_ms >= 1000) {
        sim->second_ms = sim->now_ms;
        sim->in_second = 0;
    }
    if (++sim->in_second > sim->most_a_second)
        sim->most_a_second = sim->in_second;
}

static void answer(struct sim *sim, struct follow *f, const struct follow_ask *ask)
{
    count_call(sim);
    sim->now_ms += sim->call_ms;
    if (is_within(sim, sim->down_from_ms, sim->down_to_ms))
        follow_failed(f, ask->group, FOLLOW_FAILED, sim_clock(sim));
    else if (is_within(sim, sim->throttle_from_ms, sim->throttle_to_ms))
        follow_failed(f, ask->group, FOLLOW_THROTTLED, sim_clock(sim));
    else if (sim->bad_token_every && ask->token[0] && sim->calls % sim->bad_token_every == 0)
        follow_failed(f, ask->group, FOLLOW_BAD_TOKEN, sim_clock(sim));
    else
        give_page(sim, f, ask);
}

static void sleep_if_due(struct sim *sim, struct follow *f)
{
    if (!is_within(sim, sim->sleep_from_ms, sim->sleep_to_ms))
        return;
    int64_t slept_ms = sim->start_ms + sim->sleep_to_ms - sim->now_ms;
    sim->now_ms += slept_ms;
    sim->mono_offset_ms += slept_ms;
    follow_resumed(f, sim_clock(sim));
}

void sim_run(struct sim *sim, struct follow *f, uint32_t group, int64_t until_ms)
{
    struct follow_state state;
    struct follow_ask ask;
    int64_t wait_ms;
    for (follow_read(f, group, &state); !state.done && sim->now_ms - sim->start_ms < until_ms;
         follow_read(f, group, &state)) {
        sleep_if_due(sim, f);
        if (follow_next(f, sim_clock(sim), &ask, &wait_ms))
            answer(sim, f, &ask);
        else if (wait_ms > 0)
            sim->now_ms += wait_ms;
        else
            die("the follow waits for an answer that was given");
    }
}

size_t sim_lost(const struct sim *sim)
{
    size_t lost = 0;
    for (size_t i = 0; i < sim->count; i++)
        lost += sim->events[i].given == 0;
    return lost;
}

size_t sim_twice(const struct sim *sim)
{
    size_t twice = 0;
    for (size_t i = 0; i < sim->count; i++)
        twice += sim->events[i].given > 1;
    return twice;
}
