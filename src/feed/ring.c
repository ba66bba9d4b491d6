#include "src/feed/ring.h"

#include "src/base/err.h"

#include <stdlib.h>
#include <string.h>

/* A block: records from the front, their offsets (3 bytes each) from the back. Finding a record
 * is a binary search over the blocks held and one look at its offset. */

#define OFFSET_BYTES 3u

void ring_init(struct ring *ring, size_t bytes, size_t block_bytes)
{
    size_t count = bytes / (block_bytes + sizeof(struct ring_block));
    if (count < 2)
        count = 2;
    *ring = (struct ring){.block_bytes = block_bytes, .block_count = count};
    ring->memory = xcalloc(count, block_bytes); /* zero pages: nothing is touched yet */
    ring->blocks = xcalloc(count, sizeof *ring->blocks);
}

void ring_release(struct ring *ring)
{
    free(ring->memory);
    free(ring->blocks);
    *ring = (struct ring){0};
}

static size_t newest(const struct ring *ring)
{
    return (ring->oldest + ring->held - 1) % ring->block_count;
}

static char *block_at(const struct ring *ring, size_t block)
{
    return ring->memory + block * ring->block_bytes;
}

static void offset_put(struct ring *ring, size_t block, uint32_t slot, uint32_t offset)
{
    char *at = block_at(ring, block) + ring->block_bytes - (slot + 1) * OFFSET_BYTES;
    for (unsigned i = 0; i < OFFSET_BYTES; i++)
        at[i] = (char)(offset >> 8 * i & 0xFF);
}

static uint32_t offset_of(const struct ring *ring, size_t block, uint32_t slot)
{
    const unsigned char *at = (const unsigned char *)block_at(ring, block) + ring->block_bytes -
                              (slot + 1) * OFFSET_BYTES;
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16;
}

bool ring_begins_block(const struct ring *ring, size_t len)
{
    if (ring->held == 0)
        return true;
    const struct ring_block *block = &ring->blocks[newest(ring)];
    return block->used + len + (block->count + 1) * OFFSET_BYTES > ring->block_bytes;
}

static void block_drop_oldest(struct ring *ring)
{
    const struct ring_block *block = &ring->blocks[ring->oldest];
    ring->used_bytes -= block->used + block->count * OFFSET_BYTES;
    ring->oldest = (ring->oldest + 1) % ring->block_count;
    ring->held--;
}

void ring_begin_block(struct ring *ring)
{
    if (ring->held == ring->block_count)
        block_drop_oldest(ring);
    ring->held++;
    ring->blocks[newest(ring)] = (struct ring_block){.first = ring->end};
}

size_t ring_offset(const struct ring *ring)
{
    return ring->held ? ring->blocks[newest(ring)].used : 0;
}

char *ring_add(struct ring *ring, size_t len)
{
    if (len > ring->block_bytes - OFFSET_BYTES)
        return NULL;
    if (ring_begins_block(ring, len))
        ring_begin_block(ring);
    size_t at = newest(ring);
    struct ring_block *block = &ring->blocks[at];
    char *bytes = block_at(ring, at) + block->used;
    offset_put(ring, at, block->count, block->used);
    block->count++;
    block->used += (uint32_t)len;
    ring->used_bytes += len + OFFSET_BYTES;
    ring->end++;
    return bytes;
}

uint64_t ring_first(const struct ring *ring)
{
    return ring->held ? ring->blocks[ring->oldest].first : ring->end;
}

/* The block that holds `number`, which is held. */
static size_t block_find(const struct ring *ring, uint64_t number)
{
    size_t low = 0, high = ring->held; /* in order of age; first(low) <= number < first(high) */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (ring->blocks[(ring->oldest + middle) % ring->block_count].first <= number)
            low = middle;
        else
            high = middle;
    }
    return (ring->oldest + low) % ring->block_count;
}

static size_t record_len(const struct ring *ring, size_t at, uint32_t slot)
{
    const struct ring_block *block = &ring->blocks[at];
    uint32_t end = slot + 1 < block->count ? offset_of(ring, at, slot + 1) : block->used;
    return end - offset_of(ring, at, slot);
}

bool ring_find(const struct ring *ring, uint64_t number, struct ring_record *out)
{
    if (number < ring_first(ring) || number >= ring->end)
        return false;
    size_t at = block_find(ring, number);
    uint32_t slot = (uint32_t)(number - ring->blocks[at].first);
    *out = (struct ring_record){
        .at = block_at(ring, at) + offset_of(ring, at, slot),
        .len = record_len(ring, at, slot),
        .first = ring->blocks[at].first,
        .first_at = block_at(ring, at),
        .first_len = record_len(ring, at, 0),
    };
    return true;
}

char *ring_change(struct ring *ring, uint64_t number, size_t *len)
{
    struct ring_record record;
    if (!ring_find(ring, number, &record))
        return NULL;
    *len = record.len;
    return ring->memory + (record.at - ring->memory);
}
