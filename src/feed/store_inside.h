/* What the files of the store share. Everything below `lock` is touched under it only; names and
 * the function table are written by the fetch thread alone. */
#ifndef LAMBDIG_FEED_STORE_INSIDE_H
#define LAMBDIG_FEED_STORE_INSIDE_H

#include "src/feed/figures.h"
#include "src/feed/names.h"
#include "src/feed/recordpack.h"
#include "src/feed/ring.h"
#include "src/feed/store.h"

#include <pthread.h>
#include <stdatomic.h>

#define INPUT_NAME_SIZE 512
#define LEFT_OUT_BITS (1u << 16)

struct rows {
    struct ring ring;
    struct row base; /* the first row of the newest block */
};

/* Empties it; the next row that is put gets the number `first`. */
void rows_restart(struct rows *rows, uint64_t first);
/* The row's text is cut at ROW_TEXT_MAX; its number is that of the ring. */
void rows_put(struct rows *rows, const struct row *row, struct str text);
#define WINDOW_BLOCK_BYTES (128u * 1024u) /* a row and its head fit */
#define WINDOW_BYTES_MAX (2u * 1024u * 1024u)
size_t window_bytes(const struct store_limits *limits);

/* What is known of one invocation beside its record: its brief in 64 bytes, as there are many.
 * Found by seq modulo the count. */
struct slot {
    uint64_t seq; /* 0: free */
    uint64_t signature, first_row;
    int64_t start_unix_ms, end_unix_ms, duration_ns;
    uint32_t row_span; /* last row less first */
    uint32_t function;
    uint32_t record;   /* the low half of its number in the ring of records */
    uint8_t class, confidence;
    int8_t cold : 2, at_limit : 2, slow : 2;
    bool has_rows : 1, has_verdict : 1, has_record : 1, has_trace : 1, ended : 1, final : 1;
};
_Static_assert(sizeof(struct slot) == 64, "slots are counted in");

/* The first record of its kind, which later ones are packed against; kept for good. */
#define DICTIONARIES 128u
struct dictionary {
    uint16_t len; /* 0: none yet */
    char bytes[RECORD_MAX];
};

struct invocations {
    struct ring records;
    struct slot *slots;
    uint64_t slot_count;
    uint8_t *marks; /* class and flags by seq modulo mark_count, for the rows; outlives the slots */
    uint64_t mark_count;
    uint64_t newest; /* highest seq seen; 0: none */
    struct dictionary *dictionaries;
};

struct failure_time {
    int64_t unix_ms;
    uint8_t class;
};

struct function_entry {
    struct function function;
    uint64_t invocations;
    uint32_t by_class[FAILURE_CLASS_COUNT];
    uint32_t failures, cold;
    int64_t last_activity_unix_ms;
    struct failure_time last_failure, failure_before; /* one step back, for a verdict taken back */
    struct series series;
    int64_t p95_ns;
    bool p95_stale;
};

struct functions {
    struct function_entry *entries;
    struct histogram *histograms; /* apart: touched only where durations are */
    uint32_t count, ceiling;
    struct names by_name, by_group;
    struct timescale scale;
    uint8_t *left_out; /* a bit by hash, so that each is counted about once */
};

struct store {
    int wake_read, wake_write; /* the same descriptor where it is an eventfd */
    atomic_bool wake_pending;
    pthread_mutex_t turn, lock; /* taken by store_lock only */
    struct store_status status; /* its computed fields are filled when it is read */
    bool changed, functions_changed;
    uint64_t past_first; /* see store_put_past */
    struct rows rows;
    struct rows windows[WINDOW_COUNT]; /* rows that left the ring, read again */
    struct invocations invocations;
    struct functions functions;
    struct names streams;
    char (*input_names)[INPUT_NAME_SIZE];
    bool input_known[STORE_INPUTS];
};

void store_lock(struct store *store);
void store_unlock(struct store *store);

/* The same as store_read_row_heads for the fetch thread, which needs no lock for reading. */
size_t rows_read_heads(const struct store *store, uint64_t from, size_t count, struct row *rows);
/* Puts a window in the place of the one before, which `rows` is afterwards. Fetch thread, between
 * begin and end. */
void store_swap_window(struct store *store, enum store_window which, uint32_t id,
                       struct rows *rows);
void store_fail_window(struct store *store, enum store_window which, uint32_t id,
                       const struct err *err);
/* From which row on what left the ring can be read again, and why nothing can be: NULL: it can. */
void store_put_past(struct store *store, uint64_t first, const char *reads_once);

/* What rows read of their invocation; `seq` 0: nothing. */
void invocations_mark_row(const struct invocations *invocations, struct row *row);
/* A row of invocation `seq` was added. */
void invocations_note_row(struct store *store, uint64_t seq, uint64_t row);
/* The whole verdict of a slot that was filled with it. false: it fell out. */
void records_write(struct store *store, struct slot *slot, const struct invocation *inv);
bool records_read(const struct store *store, const struct slot *slot, struct invocation *out);
/* Row `row` and rows of the same invocation shortly before it, their texts one after the other,
 * cut; always the same for the same rows. 0: there are none, or one has fallen out. */
#define ROW_TEXTS_MAX (DICTIONARY_MAX - RECORD_MAX)
size_t rows_last_texts(const struct store *store, uint64_t row, uint64_t invocation,
                       char out[ROW_TEXTS_MAX]);
/* A verdict enters (+1) or leaves (-1) the figures of its function. */
void functions_count(struct store *store, const struct invocation_brief *brief, int sign);
void functions_note_row(struct store *store, uint32_t function, int64_t unix_ms);

void rows_init(struct rows *rows, size_t bytes, size_t block_bytes);
void rows_release(struct rows *rows);
void invocations_init(struct invocations *invocations, size_t bytes, size_t text_bytes);
void invocations_release(struct invocations *invocations);
void functions_init(struct functions *functions, uint32_t ceiling);
void functions_release(struct functions *functions);

#endif
