#include "ui/groups.h"

#include <stdlib.h>

#include "src/base/clock.h"

#define BRIEFS 256u
#define FRONT_STEP 256u
#define FRONT_MAX (1u << 20) /* further back than any that is still open */
#define RECENT 1024u /* verdicts of the newest ones change most: read each time */

void groups_release(struct groups *g)
{
    free(g->items);
    *g = (struct groups){0};
}

struct group *groups_at(const struct groups *g, uint64_t invocation)
{
    if (invocation == 0 || invocation < g->base || invocation - g->base >= g->count)
        return NULL;
    return &g->items[invocation - g->base];
}

static const struct group unseen = {.first_row = UINT64_MAX,
                                    .start_unix_ms = TIME_NONE,
                                    .class = FAILURE_NONE,
                                    .function = UINT32_MAX};

static void make_room(struct groups *g, size_t count)
{
    if (count <= g->room)
        return;
    g->room = g->room ? g->room : 256;
    while (g->room < count)
        g->room *= 2;
    g->items = xrealloc(g->items, g->room * sizeof *g->items);
}

static void extend(struct groups *g, size_t count)
{
    make_room(g, count);
    while (g->count < count)
        g->items[g->count++] = unseen;
}

/* The first row that is held may belong to a later invocation than the next one does. */
static bool extend_front(struct groups *g, uint64_t invocation)
{
    uint64_t more = g->base - invocation + FRONT_STEP;
    more = more < g->base ? more : g->base;
    if (more > FRONT_MAX)
        return false;
    make_room(g, g->count + (size_t)more);
    memmove(g->items + more, g->items, g->count * sizeof *g->items);
    for (size_t i = 0; i < more; i++)
        g->items[i] = unseen;
    g->count += (size_t)more;
    g->base -= more;
    return true;
}

static struct group *take(struct groups *g, uint64_t invocation)
{
    if (g->count == 0)
        g->base = invocation;
    if (invocation < g->base && !extend_front(g, invocation))
        return NULL;
    if (invocation - g->base >= g->count)
        extend(g, (size_t)(invocation - g->base + 1));
    return groups_at(g, invocation);
}

/* Only with the first row: what is known later may concern rows that were judged without it, and
 * comes with the brief. */
static void take_row_class(struct group *group, const struct row *row)
{
    group->class = row->class;
    group->flags |=
        (uint8_t)((row->cold ? GROUP_COLD : 0u) | (row->at_limit ? GROUP_AT_LIMIT : 0u) |
                  (row->slow ? GROUP_SLOW : 0u) | (row->has_trace ? GROUP_TRACE : 0u));
}

struct group *groups_note(struct groups *g, const struct row *row)
{
    struct group *group = row->invocation ? take(g, row->invocation) : NULL;
    if (!group)
        return NULL;
    if (group->first_row == UINT64_MAX) {
        group->first_row = row->seq;
        group->function = row->function;
        group->start_unix_ms = row->unix_ms;
        take_row_class(group, row);
    }
    if (row->seq > group->first_row + group->span && row->seq - group->first_row < UINT32_MAX)
        group->span = (uint32_t)(row->seq - group->first_row);
    return group;
}

void groups_prune(struct groups *g, uint64_t first_row)
{
    size_t gone = 0;
    for (size_t i = 0; i < g->count; i++) {
        bool seen = g->items[i].first_row != UINT64_MAX;
        if (seen && g->items[i].first_row + g->items[i].span >= first_row)
            break;
        gone = seen ? i + 1 : gone;
    }
    if (gone < 1024 || gone < g->count / 4)
        return;
    g->count -= gone;
    g->base += gone;
    memmove(g->items, g->items + gone, g->count * sizeof *g->items);
}

static uint8_t flags_of(const struct invocation_brief *brief)
{
    unsigned flags = (brief->cold == 1 ? GROUP_COLD : 0u) |
                     (brief->at_limit == 1 ? GROUP_AT_LIMIT : 0u) |
                     (brief->slow == 1 ? GROUP_SLOW : 0u) |
                     (brief->has_trace ? GROUP_TRACE : 0u) | (brief->ended ? GROUP_ENDED : 0u);
    return (uint8_t)flags;
}

static void take_brief(struct groups *g, const struct invocation_brief *brief,
                       groups_changed *changed, void *ctx)
{
    struct group *group = groups_at(g, brief->seq);
    if (!group)
        return;
    uint8_t own = group->flags & (GROUP_FOLDED | GROUP_SHOWN), flags = flags_of(brief) | own;
    if (brief->start_unix_ms != TIME_NONE)
        group->start_unix_ms = brief->start_unix_ms;
    bool same = group->class == brief->class && ((group->flags ^ flags) & ~GROUP_ENDED) == 0;
    group->class = brief->class;
    group->flags = flags;
    if (same)
        return;
    group->wanted = GROUP_UNASKED;
    changed(ctx, brief->seq);
}

/* Reads on from *at up to `end`; false: the time is over. */
static bool read_briefs(struct groups *g, struct store *store, uint64_t *at, uint64_t end,
                        int64_t until_us, groups_changed *changed, void *ctx)
{
    static struct invocation_brief briefs[BRIEFS];
    while (*at < end) {
        size_t got = store_read_briefs(store, *at, BRIEFS, briefs);
        for (size_t i = 0; i < got && briefs[i].seq < end; i++)
            take_brief(g, &briefs[i], changed, ctx);
        *at = got == BRIEFS ? briefs[got - 1].seq + 1 : end;
        if (*at < end && clock_mono_us() >= until_us)
            return false;
    }
    return true;
}

/* One page of the older ones, so that a verdict that changed late arrives in the end. */
static void sweep(struct groups *g, struct store *store, int64_t until_us,
                  groups_changed *changed, void *ctx)
{
    uint64_t end = g->base + g->count;
    if (g->sweep_at < g->base || g->sweep_at >= end)
        g->sweep_at = g->base;
    uint64_t past = g->sweep_at + BRIEFS < end ? g->sweep_at + BRIEFS : end;
    read_briefs(g, store, &g->sweep_at, past, until_us, changed, ctx);
}

bool groups_refresh(struct groups *g, struct store *store, int64_t budget_us,
                    groups_changed *changed, void *ctx)
{
    int64_t until_us = clock_mono_us() + budget_us;
    uint64_t end = g->base + g->count;
    if (g->count == 0)
        return false;
    if (g->read_to < g->base)
        g->read_to = g->base;
    uint64_t recent = end > g->base + RECENT ? end - RECENT : g->base;
    if (g->read_to > recent)
        g->read_to = recent;
    if (!read_briefs(g, store, &g->read_to, end, until_us, changed, ctx))
        return true;
    sweep(g, store, until_us, changed, ctx);
    return false;
}
