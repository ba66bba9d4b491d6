#include "src/source/merge.h"

#include <stdlib.h>

static int compare_turns(const void *a, const void *b)
{
    const struct merge_turn *x = a, *y = b;
    if (x->first_unix_ms != y->first_unix_ms)
        return x->first_unix_ms < y->first_unix_ms ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

void merge_init(struct merge *m, struct input *inputs, size_t count, bool by_time,
                const struct input_room *room)
{
    *m = (struct merge){.inputs = inputs, .by_time = by_time, .room = *room};
    m->turns = xcalloc(count, sizeof *m->turns);
    for (size_t i = 0; i < count; i++)
        if (!inputs[i].failed)
            m->turns[m->waiting_count++] =
                (struct merge_turn){inputs[i].first_unix_ms, inputs[i].number};
    if (by_time)
        qsort(m->turns, m->waiting_count, sizeof *m->turns, compare_turns);
}

void merge_release(struct merge *m)
{
    free(m->turns);
    *m = (struct merge){0};
}

static struct input *open_at(const struct merge *m, size_t i)
{
    return &m->inputs[m->open[i]];
}

/* The time of the event that waits first; one without a time goes at once. */
static int64_t head_time(const struct input *in)
{
    return in->reader->events[in->next].unix_ms;
}

static void close_at(struct merge *m, size_t i)
{
    input_close(open_at(m, i));
    m->open[i] = m->open[--m->open_count];
}

/* Fills every open input, so that their heads can be compared. */
static bool fill_all(struct merge *m, const struct wake *wake, int wait_ms, struct merge_run *run,
                     struct err *err)
{
    for (size_t i = 0; i < m->open_count; i++) {
        run->input = open_at(m, i);
        run->state = input_fill(run->input, wake, wait_ms, err);
        if (run->state == INPUT_EVENTS)
            continue;
        if (run->state == INPUT_DONE || run->state == INPUT_FAILED)
            close_at(m, i);
        return false;
    }
    return true;
}

static struct input *earliest(const struct merge *m, int64_t *others)
{
    struct input *best = NULL;
    *others = INT64_MAX;
    for (size_t i = 0; i < m->open_count; i++) {
        struct input *in = open_at(m, i);
        if (!best || head_time(in) < head_time(best)) {
            if (best && head_time(best) < *others)
                *others = head_time(best);
            best = in;
        } else if (head_time(in) < *others) {
            *others = head_time(in);
        }
    }
    return best;
}

static bool open_next(struct merge *m, struct merge_run *run, struct err *err)
{
    struct input *in = run->input = &m->inputs[m->turns[m->waiting++].number];
    if (!in->reader && !input_open(in, &m->room, err)) {
        run->state = INPUT_FAILED;
        return false;
    }
    m->open[m->open_count++] = in->number;
    return true;
}

/* How far the earliest input may run before another one must be looked at. */
static size_t run_length(const struct input *in, int64_t limit)
{
    const struct reader *r = in->reader;
    size_t end = in->next + 1;
    while (end < r->count && r->events[end].unix_ms <= limit)
        end++;
    return end - in->next;
}

/* When the next input that waits begins; INT64_MAX: none may be opened now. */
static int64_t next_begin(const struct merge *m)
{
    bool may = m->waiting < m->waiting_count && m->open_count < MERGE_OPEN;
    return may && m->by_time ? m->turns[m->waiting].first_unix_ms : INT64_MAX;
}

static bool must_open(const struct merge *m, const struct input *best)
{
    if (!best)
        return m->waiting < m->waiting_count;
    return next_begin(m) <= head_time(best);
}

void merge_next(struct merge *m, const struct wake *wake, int wait_ms, struct merge_run *run,
                struct err *err)
{
    int64_t others = INT64_MAX;
    struct input *best = NULL;
    do {
        if (!fill_all(m, wake, wait_ms, run, err))
            return;
        best = earliest(m, &others);
    } while (must_open(m, best) && open_next(m, run, err));
    if (run->state == INPUT_FAILED)
        return;
    *run = (struct merge_run){best, 0, best ? INPUT_EVENTS : INPUT_DONE};
    if (!best)
        return;
    if (next_begin(m) != INT64_MAX && next_begin(m) - 1 < others)
        others = next_begin(m) - 1;
    run->count = run_length(best, m->by_time ? others : INT64_MAX);
}
