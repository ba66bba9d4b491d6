#include <stdlib.h>

#include "src/model/trace_inside.h"

/* What the times say: self time, share, the bottleneck, the critical path, and the gaps. Times are
 * from the earliest span. A span that is still open covers what is known of the trace. */

#define GAP_MIN_US 1000

struct cover {               /* stretches apart from each other, the latest first */
    struct trace_gap *at;
    size_t count, room;
};

static void cover_insert(struct cover *c, size_t where, int64_t start, int64_t end)
{
    if (c->count == c->room) {
        c->room = c->room ? c->room * 2 : 8;
        c->at = xrealloc(c->at, c->room * sizeof *c->at);
    }
    memmove(c->at + where + 1, c->at + where, (c->count - where) * sizeof *c->at);
    c->at[where] = (struct trace_gap){start, end};
    c->count++;
}

/* Spans come latest first, so that a stretch nearly always goes to the end of the list. */
static void cover_add(struct cover *c, int64_t start, int64_t end)
{
    size_t where = c->count, touched;
    if (end <= start)
        return;
    while (where > 0 && c->at[where - 1].start_us < start)
        where--;
    touched = where; /* those before it begin at `start` or later */
    while (where > 0 && c->at[where - 1].start_us <= end) {
        where--;
        end = c->at[where].end_us > end ? c->at[where].end_us : end;
    }
    if (touched < c->count && c->at[touched].end_us >= start) {
        start = c->at[touched].start_us;
        end = c->at[touched].end_us > end ? c->at[touched].end_us : end;
        touched++;
    }
    if (touched > where) {
        memmove(c->at + where, c->at + touched, (c->count - touched) * sizeof *c->at);
        c->count -= touched - where;
    }
    cover_insert(c, where, start, end);
}

/* Adds what `b` covers; it is emptied, its memory kept. */
static void cover_take(struct cover *a, struct cover *b)
{
    for (size_t i = 0; i < b->count; i++)
        cover_add(a, b->at[i].start_us, b->at[i].end_us);
    b->count = 0;
}

static int64_t known_end(const struct trace *t, const struct span *s)
{
    return s->end_us == ABSENT ? t->duration_us : s->end_us;
}

static int64_t covered_within(const struct cover *c, int64_t start, int64_t end)
{
    int64_t sum = 0;
    for (size_t i = 0; i < c->count; i++) {
        int64_t from = c->at[i].start_us > start ? c->at[i].start_us : start;
        int64_t to = c->at[i].end_us < end ? c->at[i].end_us : end;
        sum += to > from ? to - from : 0;
    }
    return sum;
}

/* Bottom up: a list per depth holds what the finished trees under the span there cover. */
static void find_self_times(struct trace *t)
{
    struct cover *below = xcalloc(TRACE_DEPTH_MAX + 2, sizeof *below);
    for (size_t i = t->count; i-- > 0;) {
        struct span *s = &t->spans[i];
        struct cover *children = &below[s->depth + 1];
        int64_t end = known_end(t, s);
        if (s->end_us != ABSENT)
            s->self_us = end - s->start_us - covered_within(children, s->start_us, end);
        cover_add(children, s->start_us, end);
        cover_take(&below[s->depth], children);
    }
    for (size_t d = 0; d < TRACE_DEPTH_MAX + 2; d++)
        free(below[d].at);
    free(below);
}

static bool is_function(const struct span *s)
{
    return str_eq(s->origin, STR("AWS::Lambda::Function"));
}

static int64_t enclosing_us(const struct trace *t, uint32_t span)
{
    for (; span != SPAN_NONE; span = t->spans[span].parent)
        if (is_function(&t->spans[span]))
            return known_end(t, &t->spans[span]) - t->spans[span].start_us;
    return t->duration_us;
}

static void find_shares(struct trace *t)
{
    for (uint32_t i = 0; i < t->count; i++) {
        struct span *s = &t->spans[i];
        int64_t whole = enclosing_us(t, i);
        if (s->self_us == ABSENT)
            continue;
        if (whole > 0) /* spans of months are cut to what 64 bits multiply */
            s->share_millionths = s->self_us >= whole ? 1000000
                                  : whole < INT64_MAX / 1000000
                                      ? s->self_us * 1000000 / whole
                                      : s->self_us / (whole / 1000000);
        if (t->bottleneck == SPAN_NONE || s->self_us > t->spans[t->bottleneck].self_us)
            t->bottleneck = i;
    }
}

struct by_end {
    int64_t end_us;
    uint32_t span;
};

static int compare_ends(const void *a, const void *b)
{
    const struct by_end *x = a, *y = b;
    if (x->end_us != y->end_us)
        return (x->end_us < y->end_us) - (x->end_us > y->end_us);
    return (x->span < y->span) - (x->span > y->span);
}

static struct by_end *children_by_end(const struct trace *t, uint32_t span, size_t *count)
{
    struct by_end *list;
    uint32_t end = t->spans[span].end_of_tree;
    *count = 0;
    for (uint32_t c = span + 1; c < end; c = t->spans[c].end_of_tree)
        *count += 1;
    list = xcalloc(*count + 1, sizeof *list);
    *count = 0;
    for (uint32_t c = span + 1; c < end; c = t->spans[c].end_of_tree)
        list[(*count)++] = (struct by_end){known_end(t, &t->spans[c]), c};
    qsort(list, *count, sizeof *list, compare_ends);
    return list;
}

/* From the end of a span back to its start: the child that ended last before then was waited for.
 * As deep as the trace: TRACE_DEPTH_MAX. */
static void mark_path(struct trace *t, uint32_t span, int64_t until)
{
    size_t count;
    struct by_end *children = children_by_end(t, span, &count);
    t->spans[span].critical = true;
    for (size_t i = 0; i < count; i++) {
        uint32_t child = children[i].span;
        if (children[i].end_us > until || t->spans[child].start_us >= until)
            continue;
        mark_path(t, child, children[i].end_us);
        until = t->spans[child].start_us;
    }
    free(children);
}

static uint32_t first_function(const struct trace *t)
{
    for (uint32_t i = 0; i < t->count; i++)
        if (is_function(&t->spans[i]))
            return i;
    return t->count ? 0 : SPAN_NONE;
}

/* Invocation is the handler's whole time, no part of it. */
static void find_gaps(struct trace *t, uint32_t function)
{
    struct span *s = &t->spans[function];
    struct cover cover = {0};
    int64_t at = s->start_us, end = known_end(t, s);
    cover_add(&cover, end, INT64_MAX);
    for (uint32_t i = s->end_of_tree; i-- > function + 1;)
        if (!str_eq(t->spans[i].name, STR("Invocation")))
            cover_add(&cover, t->spans[i].start_us, known_end(t, &t->spans[i]));
    for (size_t i = cover.count; i-- > 0 && t->gap_count < TRACE_GAPS_MAX;) {
        if (cover.at[i].start_us - at >= GAP_MIN_US)
            t->gaps[t->gap_count++] = (struct trace_gap){at, cover.at[i].start_us};
        at = cover.at[i].end_us > at ? cover.at[i].end_us : at;
    }
    free(cover.at);
}

/* Times become relative; what has no start begins where its parent does. */
static void rebase(struct trace *t)
{
    int64_t first = INT64_MAX, last = INT64_MIN;
    for (size_t i = 0; i < t->count; i++)
        if (t->spans[i].start_us != TIME_NONE && t->spans[i].start_us < first)
            first = t->spans[i].start_us;
    first = first == INT64_MAX ? 0 : first;
    for (size_t i = 0; i < t->count; i++) {
        struct span *s = &t->spans[i];
        bool open = s->end_us == ABSENT;
        if (s->start_us == TIME_NONE)
            s->start_us = s->parent == SPAN_NONE ? 0 : t->spans[s->parent].start_us;
        else
            s->start_us -= first;
        s->flags |= open ? SPAN_IN_PROGRESS : 0;
        s->end_us = open ? ABSENT : s->end_us - first;
        if (!open && s->end_us < s->start_us) {
            s->end_us = s->start_us;
            s->flags |= SPAN_BACKWARDS;
        }
        int64_t end = open ? s->start_us : s->end_us;
        last = end > last ? end : last;
        t->partial = t->partial || open;
    }
    t->start_unix_us = first;
    t->duration_us = last > 0 ? last : 0;
    if (t->partial && t->stated_us > t->duration_us)
        t->duration_us = t->stated_us;
}

void trace_times(struct trace *trace)
{
    uint32_t function = first_function(trace);
    if (function == SPAN_NONE)
        return;
    rebase(trace);
    find_self_times(trace);
    find_shares(trace);
    for (uint32_t i = 0; i < trace->count; i = trace->spans[i].end_of_tree)
        if (i == 0 || known_end(trace, &trace->spans[i]) == trace->duration_us)
            mark_path(trace, i, known_end(trace, &trace->spans[i]));
    find_gaps(trace, function);
    if (is_function(&trace->spans[function]))
        trace->function = trace->spans[function].name;
    for (uint32_t i = 0; i < trace->count && trace->request_id.len == 0; i++)
        if (str_eq(trace->spans[i].origin, STR("AWS::Lambda")) || is_function(&trace->spans[i]))
            trace->request_id = trace->spans[i].request_id;
}

void trace_join(struct trace *trace)
{
    trace_order(trace);
    trace_times(trace);
    trace->partial = trace->partial || trace->limit_exceeded || trace->left_out || trace->broken;
}
