#include "src/feed/store_inside.h"

#include <stdlib.h>

/* The function table and its figures. A function is known by its name; where the source gives
 * only a log group, by that, and `/aws/lambda/NAME` gives the name. */

#define NAME_BYTES 140
#define GROUP_BYTES 512
#define MINUTE_MS 60000

void functions_init(struct functions *functions, uint32_t ceiling)
{
    *functions = (struct functions){.ceiling = ceiling};
    functions->entries = xcalloc(ceiling, sizeof *functions->entries);
    functions->histograms = xcalloc(ceiling, sizeof *functions->histograms);
    functions->left_out = xcalloc(LEFT_OUT_BITS / 8, 1);
    names_init(&functions->by_name, ceiling, (size_t)ceiling * NAME_BYTES);
    names_init(&functions->by_group, ceiling, (size_t)ceiling * GROUP_BYTES);
}

void functions_release(struct functions *functions)
{
    free(functions->entries);
    free(functions->histograms);
    free(functions->left_out);
    names_release(&functions->by_name);
    names_release(&functions->by_group);
}

/* ---- the table ---- */

static void left_out_note(struct store *store, struct str name, struct str group)
{
    uint64_t hash = str_hash(name) * 31 + str_hash(group);
    uint32_t bit = (uint32_t)(hash ^ hash >> 32) % LEFT_OUT_BITS;
    uint8_t *byte = &store->functions.left_out[bit / 8], mask = (uint8_t)(1u << bit % 8);
    store->status.functions_left_out += (*byte & mask) == 0;
    *byte |= mask;
}

static void group_note(struct store *store, uint32_t index, struct str group)
{
    struct function_entry *entry = &store->functions.entries[index];
    if (group.len == 0 || entry->function.log_group[0])
        return;
    str_copy(entry->function.log_group, sizeof entry->function.log_group, group);
    if (names_find(&store->functions.by_group, group) == NAMES_NONE)
        (void)names_put(&store->functions.by_group, group, index);
    store->functions_changed = true;
}

static uint32_t function_add(struct store *store, struct str name, struct str group)
{
    struct functions *functions = &store->functions;
    if (functions->count == functions->ceiling ||
        !names_put(&functions->by_name, name, functions->count)) {
        left_out_note(store, name, group);
        return UINT32_MAX;
    }
    uint32_t index = functions->count++;
    struct function_entry *entry = &functions->entries[index];
    *entry = (struct function_entry){
        .function = function_unknown(),
        .last_activity_unix_ms = TIME_NONE,
        .last_failure = {TIME_NONE, FAILURE_NONE},
        .failure_before = {TIME_NONE, FAILURE_NONE},
        .p95_ns = ABSENT,
    };
    str_copy(entry->function.name, sizeof entry->function.name, name);
    group_note(store, index, group);
    store->functions_changed = true;
    return index;
}

/* What a function is called whose source gives its log group only. */
static struct str group_function(struct str group)
{
    (void)str_skip(&group, STR("/aws/lambda/"));
    return group;
}

static uint32_t function_find(const struct functions *functions, struct str name, struct str group)
{
    uint32_t index = NAMES_NONE;
    if (name.len == 0 && group.len > 0)
        index = names_find(&functions->by_group, group);
    if (index != NAMES_NONE)
        return index;
    return names_find(&functions->by_name, name.len ? name : group_function(group));
}

uint32_t store_function_index(struct store *store, struct str name, struct str log_group)
{
    name = str_first(name, NAME_BYTES);
    log_group = str_first(log_group, GROUP_BYTES);
    uint32_t index = function_find(&store->functions, name, log_group);
    if (index == NAMES_NONE)
        return function_add(store, name.len ? name : group_function(log_group), log_group);
    group_note(store, index, log_group);
    return index;
}

void store_put_function(struct store *store, const struct function *function)
{
    uint32_t index =
        store_function_index(store, str_of(function->name), str_of(function->log_group));
    if (index == UINT32_MAX)
        return;
    struct function *held = &store->functions.entries[index].function;
    char group[sizeof held->log_group];
    memcpy(group, held->log_group, sizeof group);
    *held = *function;
    if (held->log_group[0] == '\0')
        memcpy(held->log_group, group, sizeof group);
    store->functions_changed = true;
}

/* ---- figures ---- */

static void scale_cover(struct functions *functions, int64_t unix_ms)
{
    struct timescale before = functions->scale;
    if (!timescale_cover(&functions->scale, unix_ms))
        return;
    for (uint32_t i = 0; i < functions->count; i++)
        series_rescale(&functions->entries[i].series, &before, &functions->scale);
}

static void count_in_time(struct store *store, struct function_entry *entry, int64_t unix_ms,
                          bool failed, int sign)
{
    if (unix_ms == TIME_NONE)
        return;
    if (sign > 0)
        scale_cover(&store->functions, unix_ms);
    int index = timescale_index(&store->functions.scale, unix_ms);
    if (index < 0)
        return;
    entry->series.all[index] += (uint32_t)sign;
    entry->series.failed[index] += failed ? (uint32_t)sign : 0;
}

static void failure_note(struct function_entry *entry, const struct invocation_brief *brief,
                         int64_t unix_ms, int sign)
{
    struct failure_time failure = {unix_ms, brief->class};
    bool is_last =
        entry->last_failure.unix_ms == unix_ms && entry->last_failure.class == brief->class;
    if (sign < 0 && is_last) {
        entry->last_failure = entry->failure_before;
    } else if (sign > 0 && unix_ms >= entry->last_failure.unix_ms) {
        entry->failure_before = entry->last_failure;
        entry->last_failure = failure;
    }
}

static int64_t brief_time(const struct invocation_brief *brief)
{
    return brief->end_unix_ms != TIME_NONE ? brief->end_unix_ms : brief->start_unix_ms;
}

void functions_count(struct store *store, const struct invocation_brief *brief, int sign)
{
    struct functions *functions = &store->functions;
    if (brief->function >= functions->count)
        return;
    struct function_entry *entry = &functions->entries[brief->function];
    struct histogram *histogram = &functions->histograms[brief->function];
    bool failed = failure_class_row(brief->class)->is_failure;
    uint32_t step = (uint32_t)sign;
    entry->invocations += (uint64_t)(int64_t)sign;
    entry->by_class[brief->class] += step;
    entry->failures += failed ? step : 0;
    entry->cold += brief->cold == 1 ? step : 0;
    if (brief->duration_ns >= 0) {
        (sign > 0 ? histogram_add : histogram_remove)(histogram, brief->duration_ns);
        entry->p95_stale = true;
    }
    int64_t when = brief_time(brief);
    count_in_time(store, entry, when, failed, sign);
    if (failed)
        failure_note(entry, brief, when, sign);
    if (sign > 0)
        functions_note_row(store, brief->function, when);
    store->functions_changed = true;
}

/* Ages are shown in minutes: a newer row of the same minute is no change. */
void functions_note_row(struct store *store, uint32_t function, int64_t unix_ms)
{
    if (function >= store->functions.count || unix_ms == TIME_NONE)
        return;
    struct function_entry *entry = &store->functions.entries[function];
    if (unix_ms <= entry->last_activity_unix_ms)
        return;
    if (unix_ms / MINUTE_MS != entry->last_activity_unix_ms / MINUTE_MS)
        store->functions_changed = true;
    entry->last_activity_unix_ms = unix_ms;
}

/* ---- reading ---- */

static int64_t entry_p95_ns(struct function_entry *entry, const struct histogram *histogram)
{
    if (entry->p95_stale)
        entry->p95_ns = histogram_percentile(histogram, 95);
    entry->p95_stale = false;
    return entry->p95_ns;
}

static void entry_read(struct functions *functions, uint32_t index, struct function_row *out)
{
    struct function_entry *entry = &functions->entries[index];
    out->function = entry->function;
    out->invocations = entry->invocations;
    memcpy(out->by_class, entry->by_class, sizeof out->by_class);
    out->failures = entry->failures;
    out->cold = entry->cold;
    out->last_activity_unix_ms = entry->last_activity_unix_ms;
    out->last_failure_unix_ms = entry->last_failure.unix_ms;
    out->last_failure_class = entry->last_failure.class;
    out->p95_ns = entry_p95_ns(entry, &functions->histograms[index]);
    series_read(entry->series.all, &functions->scale, out->spark);
    series_read(entry->series.failed, &functions->scale, out->spark_failed);
}

size_t store_read_functions(struct store *store, uint32_t from, size_t count,
                            struct function_row *out)
{
    size_t done = 0;
    store_lock(store);
    for (uint32_t i = from; i < store->functions.count && done < count; i++)
        entry_read(&store->functions, i, &out[done++]);
    store_unlock(store);
    return done;
}

bool store_read_function(struct store *store, uint32_t index, struct function_row *out)
{
    return store_read_functions(store, index, 1, out) == 1;
}
