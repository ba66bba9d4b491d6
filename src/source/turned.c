#include "src/source/turned.h"

#include <stdlib.h>

#include "src/base/err.h"

#define BLOCK_BYTES (4u * 1024u * 1024u)
#define BLOCKS_MAX (TURNED_BYTES_MAX / BLOCK_BYTES + 16)

struct kept {
    struct event event;
    size_t order; /* in the input */
};

struct turned {
    struct kept *events;
    size_t count, room, taken;
    bool sorted;
    char *blocks[BLOCKS_MAX]; /* the copies; a block never moves */
    size_t block_count, block_used, block_room, bytes;
};

struct turned *turned_new(void)
{
    return xcalloc(1, sizeof(struct turned));
}

static void forget(struct turned *t)
{
    for (size_t i = 0; i < t->block_count; i++)
        free(t->blocks[i]);
    t->block_count = t->block_used = t->block_room = t->bytes = 0;
    t->count = t->taken = 0;
    t->sorted = false;
}

void turned_free(struct turned *t)
{
    if (!t)
        return;
    forget(t);
    free(t->events);
    free(t);
}

bool turned_is_needed(const struct event *events, size_t count)
{
    size_t older = 0, newer = 0;
    for (size_t i = 1; i < count; i++) {
        older += events[i].unix_ms < events[i - 1].unix_ms;
        newer += events[i].unix_ms > events[i - 1].unix_ms;
    }
    return older > newer;
}

/* Room for one event's text in one piece; at most a message and some names. */
static char *place_for(struct turned *t, size_t len)
{
    if (t->block_count == 0 || t->block_room - t->block_used < len) {
        t->block_room = len > BLOCK_BYTES ? len : BLOCK_BYTES;
        t->block_used = 0;
        t->blocks[t->block_count++] = xcalloc(1, t->block_room);
    }
    char *at = t->blocks[t->block_count - 1] + t->block_used;
    t->block_used += len;
    t->bytes += len;
    return at;
}

static struct str copy_to(char **at, struct str s)
{
    struct str copy = {*at, s.len};
    if (s.len > 0)
        memcpy(*at, s.at, s.len);
    *at += s.len;
    return copy;
}

static void keep(struct turned *t, const struct event *e)
{
    if (t->count == t->room) {
        t->room = t->room ? t->room * 2 : 1024;
        t->events = xrealloc(t->events, t->room * sizeof *t->events);
    }
    struct kept *k = &t->events[t->count];
    char *at = place_for(t, e->function.len + e->log_group.len + e->log_stream.len + e->id.len +
                                e->message.len + 1);
    *k = (struct kept){*e, t->count++};
    k->event.function = copy_to(&at, e->function);
    k->event.log_group = copy_to(&at, e->log_group);
    k->event.log_stream = copy_to(&at, e->log_stream);
    k->event.id = copy_to(&at, e->id);
    k->event.message = copy_to(&at, e->message);
}

bool turned_add(struct turned *t, const struct event *events, size_t count)
{
    if (t->sorted)
        forget(t);
    for (size_t i = 0; i < count; i++)
        keep(t, &events[i]);
    /* What an event takes besides its text counts as well. */
    return t->bytes + t->count * sizeof *t->events < TURNED_BYTES_MAX &&
           t->block_count + 2 < BLOCKS_MAX;
}

static int compare(const void *a, const void *b)
{
    const struct kept *x = a, *y = b;
    if (x->event.unix_ms != y->event.unix_ms)
        return x->event.unix_ms < y->event.unix_ms ? -1 : 1;
    return x->order > y->order ? -1 : x->order < y->order;
}

size_t turned_take(struct turned *t, struct event *out, size_t room)
{
    size_t taken = 0;
    if (!t->sorted && t->count > 0)
        qsort(t->events, t->count, sizeof *t->events, compare);
    t->sorted = true;
    while (taken < room && t->taken < t->count)
        out[taken++] = t->events[t->taken++].event;
    return taken;
}
