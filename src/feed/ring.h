/* Numbered records of any size in fixed memory: the oldest make room for the newest.
 *
 * The memory is cut into blocks. A record lies whole in one block, and a block is given up as a
 * whole, so that what a record says may refer to the first record of its block. Records get
 * the numbers 0, 1, 2 ...; one that is gone is a `false`. Memory is touched only as it is used.
 * No lock of its own: whoever owns it locks. */
#ifndef LAMBDIG_FEED_RING_H
#define LAMBDIG_FEED_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RING_BLOCK_BYTES (256u * 1024u)

struct ring_block {
    uint64_t first; /* number of its first record */
    uint32_t count;
    uint32_t used;  /* bytes of records at its front; at its back lie their offsets */
};

struct ring {
    char *memory;
    struct ring_block *blocks;
    size_t block_bytes;
    size_t block_count;
    size_t oldest;   /* index of the oldest block held */
    size_t held;     /* blocks held */
    size_t used_bytes; /* of the records held and their offsets */
    uint64_t end;    /* number that the next record gets */
};

struct ring_record {
    const char *at;
    size_t len;
    uint64_t first;       /* the number of the first record of its block */
    const char *first_at; /* and its bytes; equal to `at` for that one */
    size_t first_len;
};

/* `bytes` is the ceiling of everything but the struct; at least two blocks are held.
 * `block_bytes`: below 2^24. */
void ring_init(struct ring *ring, size_t bytes, size_t block_bytes);
void ring_release(struct ring *ring);

/* True when a record of `len` bytes would be the first of a new block. */
bool ring_begins_block(const struct ring *ring, size_t len);
/* Ends the newest block: the next record is the first of a new one. */
void ring_begin_block(struct ring *ring);
/* Bytes of records in the newest block: where the next one goes if it fits; 0 for an empty ring. */
size_t ring_offset(const struct ring *ring);
/* Where the bytes of a new record go; its number is ring->end - 1. NULL: longer than a block. */
char *ring_add(struct ring *ring, size_t len);

uint64_t ring_first(const struct ring *ring); /* the oldest held; equal to `end` when empty */
/* Borrowed until the next ring_add. false: gone, or not there yet. */
bool ring_find(const struct ring *ring, uint64_t number, struct ring_record *out);
/* The bytes of record `number` for changing them in place; NULL: gone. */
char *ring_change(struct ring *ring, uint64_t number, size_t *len);

#endif
