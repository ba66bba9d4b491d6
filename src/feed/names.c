#include "src/feed/names.h"

#include "src/base/err.h"

#include <stdlib.h>

/* Open addressing over a table at most half full: a search ends after a few steps. */

void names_init(struct names *names, uint32_t ceiling, size_t text_bytes)
{
    uint32_t slots = 16;
    while (slots / 2 < ceiling)
        slots *= 2;
    *names = (struct names){.ceiling = ceiling, .mask = slots - 1, .text_ceiling = text_bytes};
    names->names = xcalloc(ceiling, sizeof *names->names);
    names->table = xcalloc(slots, sizeof *names->table);
    names->text = xcalloc(text_bytes, 1);
}

void names_release(struct names *names)
{
    free(names->names);
    free(names->table);
    free(names->text);
    *names = (struct names){0};
}

struct str names_at(const struct names *names, uint32_t index)
{
    if (index >= names->count)
        return STR_NONE;
    return (struct str){names->text + names->names[index].at, names->names[index].len};
}

/* The slot that holds `s`, or the free one where it would go. */
static uint32_t slot_of(const struct names *names, struct str s)
{
    uint64_t hash = str_hash(s);
    uint32_t slot = (uint32_t)(hash ^ hash >> 32) & names->mask;
    while (names->table[slot] && !str_eq(names_at(names, names->table[slot] - 1), s))
        slot = (slot + 1) & names->mask;
    return slot;
}

uint32_t names_find(const struct names *names, struct str s)
{
    uint32_t held = names->table[slot_of(names, s)];
    return held ? names->names[held - 1].value : NAMES_NONE;
}

bool names_put(struct names *names, struct str s, uint32_t value)
{
    if (names->count == names->ceiling || s.len > names->text_ceiling - names->text_len)
        return false;
    names->names[names->count] = (struct name){(uint32_t)names->text_len, value, (uint32_t)s.len};
    if (s.len > 0)
        memcpy(names->text + names->text_len, s.at, s.len);
    names->text_len += s.len;
    names->table[slot_of(names, s)] = ++names->count;
    return true;
}
