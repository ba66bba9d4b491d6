#include <stdlib.h>

#include "src/model/trace_inside.h"

/* From spans as they came to a forest in pre-order. Ids are looked up in a sorted index; a parent
 * that is missing, or that leads back to the span itself, makes it a root of its own. */

struct by_id {
    struct str id;
    uint32_t span;
};

static int compare_ids(const void *a, const void *b)
{
    const struct by_id *x = a, *y = b;
    int order = str_compare(x->id, y->id);
    return order ? order : (x->span > y->span) - (x->span < y->span);
}

struct order {
    struct trace *t;
    struct by_id *ids;
    size_t id_count;
    uint32_t *same;         /* the span that stands for this one: itself, or its later twin */
    uint32_t *first, *next; /* children, latest start first */
};

static uint32_t find_id(const struct order *o, struct str id)
{
    size_t low = 0, high = o->id_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (str_compare(o->ids[middle].id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < o->id_count && str_eq(o->ids[low].id, id) ? o->same[o->ids[low].span] : SPAN_NONE;
}

static bool is_open(const struct span *s)
{
    return s->end_us == ABSENT;
}

/* An id that occurs twice stands once: the finished one, else the first. */
static void index_ids(struct order *o)
{
    struct trace *t = o->t;
    for (uint32_t i = 0; i < t->count; i++) {
        o->same[i] = i;
        if (t->spans[i].id.len)
            o->ids[o->id_count++] = (struct by_id){t->spans[i].id, i};
    }
    qsort(o->ids, o->id_count, sizeof *o->ids, compare_ids);
    for (size_t i = 0, end; i < o->id_count; i = end) {
        uint32_t best = o->ids[i].span;
        for (end = i + 1; end < o->id_count && str_eq(o->ids[i].id, o->ids[end].id); end++)
            if (is_open(&t->spans[best]) && !is_open(&t->spans[o->ids[end].span]))
                best = o->ids[end].span;
        for (size_t k = i; k < end; k++)
            o->same[o->ids[k].span] = best;
    }
}

/* A subsegment lies in its document; its own word for a parent counts where it has none there. */
static void find_parents(struct order *o)
{
    for (uint32_t i = 0; i < o->t->count; i++) {
        struct span *s = &o->t->spans[i];
        if (s->parent != SPAN_NONE) {
            s->parent = o->same[s->parent];
        } else if (s->parent_id.len) {
            s->parent = find_id(o, s->parent_id);
            s->flags |= s->parent == SPAN_NONE ? SPAN_ORPHAN : 0;
        }
    }
}

/* Walks up from each span that no walk has met yet; where the way leads back into itself, it is
 * cut there. */
static void cut_circles(struct order *o)
{
    uint32_t *walk = xcalloc(o->t->count + 1, sizeof *walk);
    for (uint32_t i = 0; i < o->t->count; i++) {
        uint32_t at = i;
        while (at != SPAN_NONE && walk[at] == 0) {
            struct span *s = &o->t->spans[at];
            walk[at] = i + 1;
            at = s->parent;
            if (at != SPAN_NONE && walk[at] == i + 1) {
                s->parent = at = SPAN_NONE;
                s->flags |= SPAN_ORPHAN;
            }
        }
    }
    free(walk);
}

struct by_start {
    int64_t start_us;
    uint32_t span;
};

static int compare_starts(const void *a, const void *b)
{
    const struct by_start *x = a, *y = b;
    if (x->start_us != y->start_us)
        return (x->start_us > y->start_us) - (x->start_us < y->start_us);
    return (x->span > y->span) - (x->span < y->span);
}

/* Children by start, as lists; the roots are those of SPAN_NONE, kept at the end of `first`. */
static void link_children(struct order *o)
{
    uint32_t count = (uint32_t)o->t->count;
    struct by_start *sorted = xcalloc(count + 1, sizeof *sorted);
    for (uint32_t i = 0; i <= count; i++)
        o->first[i] = SPAN_NONE;
    for (uint32_t i = 0; i < count; i++)
        sorted[i] = (struct by_start){o->t->spans[i].start_us, i};
    qsort(sorted, count, sizeof *sorted, compare_starts);
    for (uint32_t k = count; k-- > 0;) {
        uint32_t i = sorted[k].span, up = o->t->spans[i].parent;
        if (o->same[i] != i)
            continue;
        o->next[i] = o->first[up == SPAN_NONE ? count : up];
        o->first[up == SPAN_NONE ? count : up] = i;
    }
    free(sorted);
}

/* ---- the walk ---- */

struct walk {
    struct order *o;
    struct span *out;
    uint32_t count;
    uint32_t path[TRACE_DEPTH_MAX + 1]; /* numbers in `out` of the span and those above it */
    uint32_t *late, late_count;         /* roots that were too deep */
};

static void give_place(struct walk *w, uint32_t from, unsigned depth)
{
    struct span *s = &w->out[w->count];
    *s = w->o->t->spans[from];
    s->depth = (uint16_t)depth;
    s->parent = depth ? w->path[depth - 1] : SPAN_NONE;
    s->end_of_tree = w->count + 1;
    w->path[depth] = w->count++;
}

static void close_tree(struct walk *w, unsigned depth)
{
    w->out[w->path[depth]].end_of_tree = w->count;
}

static void defer_children(struct walk *w, uint32_t span)
{
    for (uint32_t c = w->o->first[span]; c != SPAN_NONE; c = w->o->next[c]) {
        w->o->t->spans[c].flags |= SPAN_ORPHAN;
        w->late[w->late_count++] = c;
    }
}

/* Depth first without recursion: `at[d]` is the span at depth d whose tree is being walked. */
static void walk_tree(struct walk *w, uint32_t root)
{
    uint32_t at[TRACE_DEPTH_MAX + 1];
    unsigned depth = 0;
    at[0] = root;
    for (;;) {
        uint32_t child = depth < TRACE_DEPTH_MAX ? w->o->first[at[depth]] : SPAN_NONE;
        give_place(w, at[depth], depth);
        if (depth == TRACE_DEPTH_MAX)
            defer_children(w, at[depth]);
        if (child != SPAN_NONE) {
            at[++depth] = child;
            continue;
        }
        while (depth > 0 && w->o->next[at[depth]] == SPAN_NONE)
            close_tree(w, depth--);
        close_tree(w, depth);
        if (depth == 0)
            return;
        at[depth] = w->o->next[at[depth]];
    }
}

static void walk_all(struct order *o)
{
    uint32_t count = (uint32_t)o->t->count;
    struct walk w = {.o = o, .out = xcalloc(count + 1, sizeof *w.out),
                     .late = xcalloc(count + 1, sizeof *w.late)};
    for (uint32_t r = o->first[count]; r != SPAN_NONE; r = o->next[r])
        walk_tree(&w, r);
    for (uint32_t i = 0; i < w.late_count; i++)
        walk_tree(&w, w.late[i]);
    free(o->t->spans);
    free(w.late);
    o->t->spans = w.out;
    o->t->count = w.count;
    o->t->room = count + 1;
}

void trace_order(struct trace *trace)
{
    size_t room = trace->count + 1;
    struct order o = {
        .t = trace, .ids = xcalloc(room, sizeof *o.ids), .same = xcalloc(room, sizeof *o.same),
        .first = xcalloc(room, sizeof *o.first), .next = xcalloc(room, sizeof *o.next)};
    index_ids(&o);
    find_parents(&o);
    cut_circles(&o);
    link_children(&o);
    walk_all(&o);
    free(o.ids);
    free(o.same);
    free(o.first);
    free(o.next);
}
