#include "src/model/ids.h"

#include "src/base/err.h"

#include <stdlib.h>

enum { WAYS = 4, BUCKETS = 16384 };

struct known {
    uint64_t hash; /* 0: free */
    uint32_t count, stamp;
};

typedef struct known ways[WAYS]; /* 64 bytes: one line of the cache, where it begins at one */

struct ids {
    uint32_t clock;
    ways *known;
    char *room;
};

struct ids *ids_new(void)
{
    struct ids *ids = xcalloc(1, sizeof *ids);
    ids->room = xcalloc(BUCKETS + 1, sizeof(ways));
    ids->known = (ways *)(void *)(ids->room + (-(uintptr_t)ids->room & (sizeof(ways) - 1)));
    return ids;
}

void ids_free(struct ids *ids)
{
    if (!ids)
        return;
    free(ids->room);
    free(ids);
}

static size_t bucket_of(uint64_t hash)
{
    return (size_t)(hash * 0x9E3779B97F4A7C15u >> 50) % BUCKETS;
}

void ids_expect(const struct ids *ids, uint64_t id_hash)
{
    __builtin_prefetch(ids->known[bucket_of(id_hash)], 1);
}

uint32_t ids_seen(const struct ids *ids, uint64_t id_hash)
{
    const struct known *bucket = ids->known[bucket_of(id_hash)];
    for (int i = 0; i < WAYS; i++)
        if (bucket[i].hash == id_hash)
            return bucket[i].count;
    return 0;
}

uint32_t ids_count(struct ids *ids, uint64_t id_hash)
{
    struct known *bucket = ids->known[bucket_of(id_hash)], *oldest = bucket;
    ids->clock++;
    for (int i = 0; i < WAYS; i++) {
        if (bucket[i].hash == id_hash) {
            bucket[i].stamp = ids->clock;
            return ++bucket[i].count;
        }
        if (ids->clock - bucket[i].stamp > ids->clock - oldest->stamp)
            oldest = &bucket[i];
    }
    *oldest = (struct known){.hash = id_hash, .count = 1, .stamp = ids->clock};
    return 1;
}
