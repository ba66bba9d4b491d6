#include "src/cli/held.h"

#include <stdlib.h>

static struct held_chain **find_chain(struct held *held, uint64_t invocation)
{
    struct held_chain **at = &held->buckets[invocation % HELD_BUCKETS];
    while (*at && (*at)->invocation != invocation)
        at = &(*at)->next;
    return at;
}

static void unlink_event(struct held *held, struct held_event *e)
{
    if (e->before)
        e->before->next = e->next;
    else
        held->first = e->next;
    if (e->next)
        e->next->before = e->before;
    else
        held->last = e->before;
    held->bytes -= e->size;
}

void held_release(struct held *held)
{
    while (held->first)
        held_drop(held, held->first);
    for (size_t i = 0; i < HELD_BUCKETS; i++)
        while (held->buckets[i]) {
            struct held_chain *chain = held->buckets[i];
            held->buckets[i] = chain->next;
            free(chain);
        }
}

static void keep(struct str *run, char **at)
{
    if (run->len > 0)
        memcpy(*at, run->at, run->len);
    run->at = *at;
    *at += run->len;
}

static struct held_event *copy(const struct event *event, struct str request_id)
{
    size_t size = sizeof(struct held_event) + event->function.len + event->log_group.len +
                  event->log_stream.len + event->id.len + event->message.len +
                  request_id.len;
    struct held_event *e = xrealloc(NULL, size);
    char *at = (char *)(e + 1);
    *e = (struct held_event){
        .event = *event, .request_id = request_id, .size = size, .class = FAILURE_NONE};
    struct str *const runs[] = {&e->event.function,   &e->event.log_group,
                                &e->event.log_stream, &e->event.id,
                                &e->event.message,    &e->request_id};
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
        keep(runs[i], &at);
    return e;
}

static void add_to_chain(struct held *held, struct held_event *e)
{
    struct held_chain **at = find_chain(held, e->invocation);
    if (!*at) {
        *at = xcalloc(1, sizeof **at);
        (*at)->invocation = e->invocation;
    }
    if ((*at)->last)
        (*at)->last->next_of_invocation = e;
    else
        (*at)->first = e;
    (*at)->last = e;
}

struct held_event *held_add(struct held *held, const struct event *event,
                            struct str request_id, uint64_t invocation)
{
    struct held_event *e = copy(event, request_id);
    e->invocation = invocation;
    e->before = held->last;
    if (held->last)
        held->last->next = e;
    else
        held->first = e;
    held->last = e;
    held->bytes += e->size;
    if (invocation)
        add_to_chain(held, e);
    return e;
}

struct held_event *held_take_chain(struct held *held, uint64_t invocation)
{
    struct held_chain **at = find_chain(held, invocation), *chain = *at;
    if (!chain)
        return NULL;
    struct held_event *first = chain->first;
    *at = chain->next;
    free(chain);
    return first;
}

/* One that is not settled is the first of its chain still: its chain begins with the
 * next. */
static void leave_chain(struct held *held, const struct held_event *e)
{
    struct held_chain **at = find_chain(held, e->invocation), *chain = *at;
    if (!chain || chain->first != e)
        return;
    chain->first = e->next_of_invocation;
    if (chain->first)
        return;
    *at = chain->next;
    free(chain);
}

void held_drop(struct held *held, struct held_event *e)
{
    if (e->invocation && !e->settled)
        leave_chain(held, e);
    unlink_event(held, e);
    free(e);
}

struct place { /* in the order in which they came */
    struct held_event *event;
    size_t number;
};

static int compare_time(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    int64_t x = a->event->event.unix_ms, y = b->event->event.unix_ms;
    if (x != y)
        return x < y ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

void held_sort(struct held *held)
{
    size_t count = 0, at = 0;
    for (const struct held_event *e = held->first; e; e = e->next)
        count++;
    struct place *order = xcalloc(count, sizeof *order);
    for (struct held_event *e = held->first; e; e = e->next, at++)
        order[at] = (struct place){e, at};
    qsort(order, count, sizeof *order, compare_time);
    for (size_t i = 0; i < count; i++) {
        order[i].event->before = i > 0 ? order[i - 1].event : NULL;
        order[i].event->next = i + 1 < count ? order[i + 1].event : NULL;
    }
    held->first = count ? order[0].event : NULL;
    held->last = count ? order[count - 1].event : NULL;
    free(order);
}
