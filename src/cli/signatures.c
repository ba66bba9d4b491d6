#include <stdlib.h>

#include "src/cli/triage.h"

/* Failures grouped by cause, in a hash table of fixed size: memory stays flat however many
 * kinds of failure an input invents. */

#define SLOTS (4u * SIGNATURES_MAX) /* a power of two */

void signatures_init(struct signatures *s)
{
    *s = (struct signatures){0};
    s->slots = xcalloc(SLOTS, sizeof *s->slots);
}

void signatures_release(struct signatures *s)
{
    for (size_t i = 0; i < s->count; i++)
        free(s->rows[i].example);
    free(s->rows);
    free(s->slots);
    *s = (struct signatures){0};
}

static struct invocation *copy_example(const struct invocation *inv)
{
    struct invocation *copy = xcalloc(1, invocation_size(inv) + 1);
    memcpy(copy, inv, invocation_size(inv));
    return copy;
}

/* One error is one cause wherever it is thrown; where no error was named, each function has its
 * own. */
static uint64_t key_of(const struct invocation *inv)
{
    uint64_t key = inv->signature * 31 + inv->class;
    key = (key * 31 + inv->cause) * 0x9E3779B97F4A7C15u;
    if (inv->exception_type.len == 0)
        key ^= str_hash(invocation_text(inv, inv->function));
    return key * 0x9E3779B97F4A7C15u;
}

static struct signature *add_row(struct signatures *s, const struct invocation *inv, uint64_t key)
{
    if ((s->count & (s->count - 1)) == 0)
        s->rows = xrealloc(s->rows, (s->count ? 2 * s->count : 1) * sizeof *s->rows);
    struct signature *row = &s->rows[s->count++];
    *row = (struct signature){.key = key, .first_unix_ms = TIME_NONE, .last_unix_ms = TIME_NONE,
                              .example = copy_example(inv)};
    return row;
}

/* NULL: the table holds SIGNATURES_MAX others. */
static struct signature *find_row(struct signatures *s, const struct invocation *inv)
{
    uint64_t key = key_of(inv);
    size_t slot = key >> 32 & (SLOTS - 1);
    for (; s->slots[slot]; slot = (slot + 1) & (SLOTS - 1))
        if (s->rows[s->slots[slot] - 1].key == key)
            return &s->rows[s->slots[slot] - 1];
    if (s->count == SIGNATURES_MAX)
        return NULL;
    struct signature *row = add_row(s, inv, key);
    s->slots[slot] = (uint16_t)s->count;
    return row;
}

static void widen(struct signature *row, int64_t unix_ms)
{
    if (unix_ms == TIME_NONE)
        return;
    if (row->first_unix_ms == TIME_NONE || unix_ms < row->first_unix_ms)
        row->first_unix_ms = unix_ms;
    if (row->last_unix_ms == TIME_NONE || unix_ms > row->last_unix_ms)
        row->last_unix_ms = unix_ms;
}

void signatures_add(struct signatures *s, const struct invocation *inv)
{
    struct signature *row = find_row(s, inv);
    if (row == NULL) {
        s->others[inv->class]++;
        return;
    }
    row->count++;
    row->startups += inv->startup;
    widen(row, inv->end_unix_ms != TIME_NONE ? inv->end_unix_ms : inv->start_unix_ms);
    if (!str_eq(invocation_text(inv, inv->function),
                invocation_text(row->example, row->example->function)))
        row->several_functions = true;
}

static int by_count(const void *a, const void *b)
{
    const struct signature *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return x->example->seq < y->example->seq ? -1 : x->example->seq > y->example->seq;
}

void signatures_sort(struct signatures *s)
{
    if (s->count > 1)
        qsort(s->rows, s->count, sizeof *s->rows, by_count);
}
