#include "src/model/tally.h"

#include <stdlib.h>

/* The median's step moves by at most one per added value: nothing is ever summed up again. */

enum { SLOTS = 2048, FUNCTIONS = 1024, STEPS = 8, OCTAVES = 48, BUCKETS = STEPS * OCTAVES, ENOUGH = 20 };

struct tally_function {
    uint64_t hash;
    char name[141];
    int64_t timeout_ms, memory_mb;
    uint32_t count, below; /* values in steps before the median's */
    uint32_t median;
    uint32_t buckets[BUCKETS];
};

struct tally {
    size_t used;
    struct tally_function *slots[SLOTS];
};

struct tally *tally_new(void)
{
    return xcalloc(1, sizeof(struct tally));
}

void tally_free(struct tally *tally)
{
    if (!tally)
        return;
    for (size_t i = 0; i < SLOTS; i++)
        free(tally->slots[i]);
    free(tally);
}

struct tally_function *tally_find(struct tally *tally, struct str name)
{
    uint64_t hash = str_hash(name);
    size_t at = (size_t)(hash >> 32) % SLOTS;
    for (; tally->slots[at]; at = (at + 1) % SLOTS)
        if (tally->slots[at]->hash == hash && str_eq(str_of(tally->slots[at]->name), str_first(name, 140)))
            return tally->slots[at];
    if (tally->used == FUNCTIONS)
        return NULL;
    tally->used++;
    struct tally_function *f = xcalloc(1, sizeof *f);
    f->hash = hash;
    f->timeout_ms = f->memory_mb = ABSENT;
    (void)str_copy(f->name, sizeof f->name, name);
    tally->slots[at] = f;
    return f;
}

void tally_configure(struct tally_function *f, int64_t timeout_ms, int64_t memory_mb)
{
    f->timeout_ms = timeout_ms;
    f->memory_mb = memory_mb;
}

int64_t tally_timeout_ms(const struct tally_function *f)
{
    return f ? f->timeout_ms : ABSENT;
}

/* 2^k * (1 + s/8) microseconds begin step 8k + s. */
static uint32_t bucket_of(int64_t duration_ns)
{
    uint64_t value = (uint64_t)(duration_ns > 0 ? duration_ns : 0) / 128 + STEPS;
    unsigned octave = 0;
    while (value >= 2 * STEPS) {
        value >>= 1;
        octave++;
    }
    uint32_t bucket = octave * STEPS + (uint32_t)(value - STEPS);
    return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

static int64_t bucket_middle_ns(uint32_t bucket)
{
    uint64_t low = (uint64_t)(STEPS + bucket % STEPS) << (bucket / STEPS);
    uint64_t width = (uint64_t)1 << (bucket / STEPS);
    return (int64_t)(low + width / 2 - STEPS) * 128;
}

void tally_add(struct tally_function *f, int64_t duration_ns)
{
    if (!f || duration_ns < 0)
        return;
    uint32_t bucket = bucket_of(duration_ns);
    f->buckets[bucket]++;
    f->count++;
    f->below += bucket < f->median;
    while (f->below > f->count / 2)
        f->below -= f->buckets[--f->median];
    while (f->below + f->buckets[f->median] <= f->count / 2)
        f->below += f->buckets[f->median++];
}

int64_t tally_median_ns(const struct tally_function *f)
{
    return f && f->count >= ENOUGH ? bucket_middle_ns(f->median) : ABSENT;
}
