/* The functions of the store as the list shows them: a short copy of each, the order, the
 * filter and the selection. Reading 10,000 of them is cut into slices of a few milliseconds; order
 * and filter work on indexes. UI thread; at most FUNCTION_LIST_MAX entries. */
#ifndef LAMBDIG_UI_FUNCTION_LIST_H
#define LAMBDIG_UI_FUNCTION_LIST_H

#include "src/feed/store.h"

#define FUNCTION_LIST_MAX 100000

struct function_entry {
    uint32_t index; /* in the store's table */
    char name[141], runtime[32];
    int64_t memory_mb, timeout_ms;                                  /* ABSENT */
    int64_t last_activity_unix_ms, last_failure_unix_ms;            /* TIME_NONE */
    int64_t p95_ns;                                                 /* ABSENT */
    uint64_t invocations;
    uint32_t by_class[FAILURE_CLASS_COUNT];
    uint32_t failures, cold;
    uint8_t last_failure_class; /* FAILURE_NONE */
    struct function_metrics metrics; /* what CloudWatch counts: also of logs that nobody follows */
    uint16_t spark[SPARK_BUCKETS], spark_failed[SPARK_BUCKETS];
};

enum function_key {
    FUNCTION_BY_NAME,
    FUNCTION_BY_RUNTIME,
    FUNCTION_BY_MEMORY,
    FUNCTION_BY_TIMEOUT,
    FUNCTION_BY_ACTIVITY,
    FUNCTION_BY_INVOCATIONS,
    FUNCTION_BY_FAILURES,
    FUNCTION_BY_P95,
    FUNCTION_BY_LAST_FAILURE,
    FUNCTION_BY_CW_INVOCATIONS,
    FUNCTION_BY_CW_ERRORS,
    FUNCTION_BY_CW_THROTTLES,
    FUNCTION_BY_CW_DURATION,
    FUNCTION_BY_CLASS /* + enum failure_class */
};

struct function_order;
struct function_list {
    struct function_entry *entries;
    uint32_t count, room;
    struct function_order *order; /* what passes the filter, sorted */
    uint32_t shown;
    uint32_t read_at;             /* next store index to read; == 0: no read is under way */
    uint64_t generation;          /* functions_generation of the last full read */
    uint64_t reading_generation;
    bool read_once;
    bool has_metrics;             /* CloudWatch's figures of some function are here */
    unsigned key;                 /* enum function_key */
    bool reverse;
    char filter[201];             /* as typed; `!` at its front turns it round */
};

void function_list_init(struct function_list *list);
void function_list_release(struct function_list *list);

/* Reads on for at most `budget_us`. true: entries or their order changed. *busy: more is left. */
bool function_list_refresh(struct function_list *list, struct store *store,
                           const struct store_status *status, int64_t budget_us, bool *busy);

/* Sorts by a key; numbers descend and names ascend unless reversed. */
void function_list_sort(struct function_list *list, unsigned key, bool reverse);
/* Letters without regard to case, anywhere in the name; several words must all be there. */
void function_list_filter(struct function_list *list, struct str filter);

/* The entry in row `row` of what is shown. */
const struct function_entry *function_list_at(const struct function_list *list, uint32_t row);
/* The row of a function; UINT32_MAX: not shown. */
uint32_t function_list_find(const struct function_list *list, uint32_t index);

#endif
