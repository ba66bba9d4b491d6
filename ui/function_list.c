#include "ui/function_list.h"

#include <stdlib.h>

#include "src/base/clock.h"

/* What the comparison needs lies in the sorted element itself, so that sorting touches no
 * other memory until names must decide. */
struct function_order {
    const char *word; /* names and runtimes; "" for numbers */
    int64_t key;      /* ascending */
    int64_t failures, errors, last_failure_unix_ms;
    const struct function_entry *entry;
};

#define READ_SLICE 64u

void function_list_init(struct function_list *list)
{
    *list = (struct function_list){.key = FUNCTION_BY_FAILURES};
}

void function_list_release(struct function_list *list)
{
    free(list->entries);
    free(list->order);
    function_list_init(list);
}

static int64_t numeric_key(const struct function_entry *e, unsigned key)
{
    switch (key) {
    case FUNCTION_BY_MEMORY:
        return e->memory_mb;
    case FUNCTION_BY_TIMEOUT:
        return e->timeout_ms;
    case FUNCTION_BY_ACTIVITY:
        return e->last_activity_unix_ms;
    case FUNCTION_BY_INVOCATIONS:
        return (int64_t)e->invocations;
    case FUNCTION_BY_FAILURES:
        return e->failures;
    case FUNCTION_BY_P95:
        return e->p95_ns;
    case FUNCTION_BY_LAST_FAILURE:
        return e->last_failure_unix_ms;
    case FUNCTION_BY_CW_INVOCATIONS:
        return e->metrics.invocations;
    case FUNCTION_BY_CW_ERRORS:
        return e->metrics.errors;
    case FUNCTION_BY_CW_THROTTLES:
        return e->metrics.throttles;
    case FUNCTION_BY_CW_DURATION:
        return e->metrics.duration_us;
    default:
        return key >= FUNCTION_BY_CLASS ? e->by_class[key - FUNCTION_BY_CLASS] : 0;
    }
}

static int by_number(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

static int compare(const void *left, const void *right)
{
    const struct function_order *a = left, *b = right;
    int order = strcmp(a->word, b->word);
    if (order == 0)
        order = by_number(a->key, b->key);
    if (order == 0)
        order = by_number(b->failures, a->failures);
    if (order == 0) /* of a log that is not followed */
        order = by_number(b->errors, a->errors);
    if (order == 0)
        order = by_number(b->last_failure_unix_ms, a->last_failure_unix_ms);
    return order ? order : strcmp(a->entry->name, b->entry->name);
}

static struct function_order order_of(const struct function_list *list,
                                      const struct function_entry *e)
{
    struct function_order o = {"", 0, e->failures, e->metrics.errors, e->last_failure_unix_ms, e};
    if (list->key == FUNCTION_BY_NAME)
        o.word = e->name;
    else if (list->key == FUNCTION_BY_RUNTIME)
        o.word = e->runtime[0] ? e->runtime : "\xFF"; /* not known: last */
    else
        o.key = -1 - numeric_key(e, list->key); /* no overflow at INT64_MIN */
    return o;
}

static bool passes(struct str name, struct str filter)
{
    bool inverse = str_skip(&filter, STR("!"));
    filter = str_trim(filter);
    if (filter.len == 0)
        return true;
    bool all = true;
    while (all && filter.len > 0) {
        struct str word = str_take_word(&filter);
        all = word.len == 0 || str_has_nocase(name, word);
    }
    return all != inverse;
}

static void turn_round(struct function_order *order, uint32_t count)
{
    for (uint32_t i = 0; i < count / 2; i++) {
        struct function_order other = order[i];
        order[i] = order[count - 1 - i];
        order[count - 1 - i] = other;
    }
}

static void arrange(struct function_list *list)
{
    struct str filter = str_of(list->filter);
    list->shown = 0;
    for (uint32_t i = 0; i < list->count; i++)
        if (passes(str_of(list->entries[i].name), filter))
            list->order[list->shown++] = order_of(list, &list->entries[i]);
    if (list->shown > 1)
        qsort(list->order, list->shown, sizeof *list->order, compare);
    if (list->reverse)
        turn_round(list->order, list->shown);
}

static void make_room(struct function_list *list, uint32_t count)
{
    if (count <= list->room)
        return;
    uint32_t room = list->room ? list->room : 64;
    while (room < count)
        room *= 2;
    list->entries = xrealloc(list->entries, room * sizeof *list->entries);
    list->order = xrealloc(list->order, room * sizeof *list->order);
    list->room = room;
    list->shown = 0; /* it pointed into the entries; arranged again before anyone looks */
}

static void take(struct function_entry *e, uint32_t index, const struct function_row *row)
{
    e->index = index;
    memcpy(e->name, row->function.name, sizeof e->name);
    memcpy(e->runtime, row->function.runtime, sizeof e->runtime);
    e->memory_mb = row->function.memory_mb;
    e->timeout_ms = row->function.timeout_ms;
    e->last_activity_unix_ms = row->last_activity_unix_ms;
    e->last_failure_unix_ms = row->last_failure_unix_ms;
    e->p95_ns = row->p95_ns;
    e->invocations = row->invocations;
    memcpy(e->by_class, row->by_class, sizeof e->by_class);
    e->failures = row->failures;
    e->cold = row->cold;
    e->last_failure_class = row->last_failure_class;
    e->metrics = row->function.metrics;
    memcpy(e->spark, row->spark, sizeof e->spark);
    memcpy(e->spark_failed, row->spark_failed, sizeof e->spark_failed);
}

/* One slice; false: the end of the table was reached. */
static bool read_slice(struct function_list *list, struct store *store)
{
    static struct function_row rows[READ_SLICE];
    size_t got = list->read_at < FUNCTION_LIST_MAX
                     ? store_read_functions(store, list->read_at, READ_SLICE, rows)
                     : 0;
    make_room(list, list->read_at + (uint32_t)got);
    for (size_t i = 0; i < got; i++) {
        take(&list->entries[list->read_at + i], list->read_at + (uint32_t)i, &rows[i]);
        list->has_metrics |= rows[i].function.metrics.until_unix_ms > 0;
    }
    list->read_at += (uint32_t)got;
    if (list->read_at > list->count)
        list->count = list->read_at;
    return got == READ_SLICE;
}

bool function_list_refresh(struct function_list *list, struct store *store,
                           const struct store_status *status, int64_t budget_us, bool *busy)
{
    *busy = false;
    if (list->read_at == 0) {
        if (list->read_once && list->generation == status->functions_generation)
            return false;
        list->reading_generation = status->functions_generation;
    }
    int64_t until_us = clock_mono_us() + budget_us;
    while (read_slice(list, store)) {
        if (clock_mono_us() >= until_us) {
            *busy = true;
            if (!list->read_once || list->shown == 0)
                arrange(list);
            return !list->read_once;
        }
    }
    list->generation = list->reading_generation;
    list->read_once = true;
    list->read_at = 0;
    arrange(list);
    return true;
}

void function_list_sort(struct function_list *list, unsigned key, bool reverse)
{
    list->key = key;
    list->reverse = reverse;
    arrange(list);
}

void function_list_filter(struct function_list *list, struct str filter)
{
    str_copy(list->filter, sizeof list->filter, filter);
    arrange(list);
}

const struct function_entry *function_list_at(const struct function_list *list, uint32_t row)
{
    return row < list->shown ? list->order[row].entry : NULL;
}

uint32_t function_list_find(const struct function_list *list, uint32_t index)
{
    for (uint32_t row = 0; row < list->shown; row++)
        if (list->order[row].entry->index == index)
            return row;
    return UINT32_MAX;
}
