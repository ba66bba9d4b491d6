#include "src/source/seen.h"

#include <stdlib.h>

/* Slots are kept at most three quarters full. Forgetting rebuilds the table: it happens
 * once a sweep, not once an event. */

#define ROOM_FIRST 256u

static struct seen_slot *slots_new(size_t room)
{
    struct seen_slot *slots = xcalloc(room, sizeof *slots);
    for (size_t i = 0; i < room; i++)
        slots[i].unix_ms = TIME_NONE;
    return slots;
}

void seen_init(struct seen *seen, size_t ceiling)
{
    *seen = (struct seen){.slots = slots_new(ROOM_FIRST),
                          .room = ROOM_FIRST,
                          .ceiling = ceiling,
                          .floor_unix_ms = TIME_NONE};
}

void seen_release(struct seen *seen)
{
    free(seen->slots);
    *seen = (struct seen){0};
}

/* ---- 128 bits of a text ---- */

static uint64_t turn(uint64_t x, unsigned by)
{
    return x << by | x >> (64 - by);
}

static uint64_t spread(uint64_t x) /* each bit of x reaches each bit of the result */
{
    x = (x ^ x >> 33) * UINT64_C(0xFF51AFD7ED558CCD);
    x = (x ^ x >> 33) * UINT64_C(0xC4CEB9FE1A85EC53);
    return x ^ x >> 33;
}

struct seen_id seen_id_of(struct str id)
{
    uint64_t high = UINT64_C(0x9E3779B97F4A7C15) ^ id.len,
             low = UINT64_C(0x2545F4914F6CDD1D);
    while (id.len > 0) {
        uint64_t word = 0;
        size_t len = id.len < sizeof word ? id.len : sizeof word;
        memcpy(&word, id.at, len);
        high = (turn(high, 29) ^ spread(word)) * UINT64_C(0x9DDFEA08EB382D69);
        low = (turn(low, 31) + spread(word ^ UINT64_C(0xA5A5A5A5A5A5A5A5))) *
              UINT64_C(0xD6E8FEB86659FD93);
        id = str_from(id, len);
    }
    return (struct seen_id){spread(high), spread(low)};
}

/* ---- the table ---- */

static struct seen_slot *find_slot(struct seen_slot *slots, size_t room,
                                   struct seen_id id)
{
    size_t at = (size_t)id.low & (room - 1);
    while (slots[at].unix_ms != TIME_NONE &&
           (slots[at].id.low != id.low || slots[at].id.high != id.high))
        at = (at + 1) & (room - 1);
    return &slots[at];
}

static void rebuild(struct seen *seen, size_t room, int64_t from_unix_ms)
{
    struct seen_slot *slots = slots_new(room);
    seen->count = 0;
    for (size_t i = 0; i < seen->room; i++) {
        const struct seen_slot *old = &seen->slots[i];
        if (old->unix_ms == TIME_NONE || old->unix_ms < from_unix_ms)
            continue;
        *find_slot(slots, room, old->id) = *old;
        seen->count++;
    }
    free(seen->slots);
    seen->slots = slots;
    seen->room = room;
}

static size_t count_before(const struct seen *seen, int64_t unix_ms)
{
    size_t count = 0;
    for (size_t i = 0; i < seen->room; i++)
        count += seen->slots[i].unix_ms != TIME_NONE && seen->slots[i].unix_ms < unix_ms;
    return count;
}

/* The earliest instant with at least half of the ids before it. */
static int64_t find_middle(const struct seen *seen)
{
    int64_t low = INT64_MAX, high = TIME_NONE;
    for (size_t i = 0; i < seen->room; i++) {
        int64_t unix_ms = seen->slots[i].unix_ms;
        if (unix_ms == TIME_NONE)
            continue;
        low = unix_ms < low ? unix_ms : low;
        high = unix_ms >= high ? unix_ms + 1 : high;
    }
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (count_before(seen, middle) < seen->count / 2)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void seen_forget(struct seen *seen, int64_t before_unix_ms)
{
    if (before_unix_ms <= seen->floor_unix_ms)
        return;
    seen->floor_unix_ms = before_unix_ms;
    size_t left = seen->count - count_before(seen, before_unix_ms), room = ROOM_FIRST;
    while (left >= room / 2)
        room *= 2;
    if (left < seen->count)
        rebuild(seen, room, before_unix_ms);
}

static void make_room(struct seen *seen)
{
    if (seen->count >= seen->ceiling)
        seen_forget(seen, find_middle(seen));
    if (seen->count >=
        seen->ceiling) /* all of them older than the floor, or of one instant */
        rebuild(seen, ROOM_FIRST, INT64_MAX);
    if (seen->count + 1 > seen->room / 4 * 3)
        rebuild(seen, seen->room * 2, TIME_NONE);
}

bool seen_add(struct seen *seen, struct seen_id id, int64_t unix_ms)
{
    struct seen_slot *slot = find_slot(seen->slots, seen->room, id);
    if (slot->unix_ms != TIME_NONE)
        return false;
    make_room(seen);
    *find_slot(seen->slots, seen->room, id) = (struct seen_slot){id, unix_ms};
    seen->count++;
    return true;
}
