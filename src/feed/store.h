/* What both threads share: one lock, bounded rings, and one wake-up for the console.
 *
 * The fetch thread adds in batches: one lock a batch, one memcpy a row. The console copies out
 * the rows it shows and lets go. Nothing here blocks for longer than such a copy. Rows and
 * invocations are known by sequence numbers; one that fell out of its ring reads as false.
 * Ceilings: struct store_limits. */
#ifndef LAMBDIG_FEED_STORE_H
#define LAMBDIG_FEED_STORE_H

#include "src/model/invocation.h"
#include "src/model/report.h"
#include "src/source/source.h"

struct store; /* ours; any thread */

struct store_limits {
    size_t text_bytes;       /* the row ring, index included */
    size_t invocation_bytes; /* the invocation ring */
    uint32_t functions;      /* at most this many; more are counted, not kept */
    size_t past_bytes;       /* rows read again, and what finding them needs; 0: none are */
};

struct store *store_new(const struct store_limits *limits);
void store_free(struct store *store);

/* ---- fetch thread ---- */

#define ROW_TEXT_MAX (64u * 1024u) /* bytes of one row; a longer one is cut and marked */

struct row {
    uint64_t seq;        /* from 0; given by the store */
    uint64_t invocation; /* 0: none */
    uint64_t line, place;
    int64_t unix_ms;     /* TIME_NONE */
    uint32_t input;
    uint32_t function;   /* index in the function table */
    uint32_t len;        /* bytes of its text */
    uint32_t full_len;   /* bytes before it was cut; equal to len when whole */
    uint16_t stream;     /* interned; store_stream_name */
    uint8_t kind;        /* enum line_kind */
    bool continues, late;
    /* Of its invocation, as known when the row is read; what a writer puts here is ignored. */
    uint8_t class;       /* FAILURE_NONE: not known yet */
    bool has_trace, cold, at_limit, slow;
};

/* A batch: everything between begin and end becomes visible at once. begin takes the lock; what
 * follows up to end is called between the two, and by one thread. */
void store_begin(struct store *store);
void store_add_row(struct store *store, const struct row *row, struct str text); /* seq ignored */
/* Adds or replaces by inv->seq; its rows, earlier and later ones, read with its class. */
void store_add_invocation(struct store *store, const struct invocation *inv, uint32_t function);
/* The index of a function by name; adds it when it is new. UINT32_MAX: the table is full. */
uint32_t store_function_index(struct store *store, struct str name, struct str log_group);
void store_put_function(struct store *store, const struct function *function);
#define STREAM_NONE UINT16_MAX
uint16_t store_stream_index(struct store *store, struct str name); /* STREAM_NONE: empty, or full */
void store_put_account(struct store *store, const struct account *account);
void store_put_progress(struct store *store, const struct progress *progress);
void store_put_trouble(struct store *store, const struct err *err);
void store_put_done(struct store *store, bool done); /* the source was read to its end */
#define STORE_INPUTS 1024u /* names of further inputs are not kept */
void store_put_input_name(struct store *store, uint32_t input, const char *name);
void store_end(struct store *store); /* gives the lock back, then wakes the console once */

/* ---- console ---- */

int store_wake_fd(const struct store *store); /* readable when something changed */
void store_wake_ack(struct store *store);     /* drains it; call before reading */

/* Rows that left the ring come back in windows: a run of rows that was asked for with
 * REQUEST_ROWS and is read like any other rows, until the next one takes its place. */
enum store_window { WINDOW_SHOWN, WINDOW_SCANNED, WINDOW_COUNT };
struct window_status {
    uint64_t first, end; /* first == end: empty */
    uint32_t id;         /* of the request that it answers */
    bool failed;         /* the rows cannot be had: window_trouble */
};

struct store_status {
    uint64_t generation;           /* changes whenever anything did */
    uint64_t functions_generation; /* changes when the function table or its figures did */
    uint64_t first_row, end_row;   /* rows held: first <= seq < end */
    uint64_t first_invocation, end_invocation;
    uint64_t rows_dropped;         /* fell out of the ring */
    uint64_t first_again; /* rows from here to first_row can be read again; equal to it: none */
    char reads_once[80];           /* why not; empty: they can, or it is not known yet */
    struct window_status windows[WINDOW_COUNT];
    struct err window_trouble;     /* of the newest window that failed */
    size_t window_rows;            /* about so many fit into a window; 0: there are none */
    uint64_t by_class[FAILURE_CLASS_COUNT];
    uint64_t invocations;          /* with a verdict */
    uint64_t open_invocations;     /* rows came, a verdict did not yet */
    uint32_t functions, functions_left_out;
    size_t ring_bytes, ring_used_bytes;
    int64_t first_unix_ms, last_unix_ms; /* of all rows so far; TIME_NONE */
    struct account account;
    struct progress progress;
    struct err trouble;            /* the newest one; code ERR_NONE: none */
    uint64_t trouble_count;
    bool done;
};
void store_read_status(struct store *store, struct store_status *out);

/* Copies `count` rows by sequence number, in the ring or in a window; a row that is gone has seq =
 * UINT64_MAX. Texts go to `text` one after the other, each cut at `text_limit` bytes (at a
 * character) and at the ceiling of `text`; row.len says how many. */
void store_read_rows(struct store *store, const uint64_t *seqs, size_t count, size_t text_limit,
                     struct row *rows, struct buf *text);

/* Row heads without text for building views: from `from` on, at most `count`; how many. Where
 * `from` is neither held nor in a window it begins at the first one held; a window's end ends it.
 */
size_t store_read_row_heads(struct store *store, uint64_t from, size_t count, struct row *rows);

/* false: no verdict yet, or it fell out. Briefs are held longer than whole invocations, and a
 * success is held as long as its last rows. */
bool store_read_invocation(struct store *store, uint64_t seq, struct invocation *out);

/* A short form for lists, histograms and jumps. */
struct invocation_brief {
    uint64_t seq, signature;
    uint64_t first_row, last_row; /* UINT64_MAX: none */
    int64_t start_unix_ms, end_unix_ms, duration_ns;
    uint32_t function;
    uint8_t class, confidence;
    int8_t cold, at_limit, slow;
    bool has_trace, ended;
};
/* From invocation `from` on, by number, which is the order of their first lines; those without a
 * verdict are left out. At most `count`; how many. */
size_t store_read_briefs(struct store *store, uint64_t from, size_t count,
                         struct invocation_brief *out);
bool store_read_brief(struct store *store, uint64_t seq, struct invocation_brief *out);

#define SPARK_BUCKETS 24
struct function_row {
    struct function function;
    uint64_t invocations;                    /* in the window */
    uint32_t by_class[FAILURE_CLASS_COUNT];
    uint32_t failures, cold;
    int64_t last_activity_unix_ms;           /* TIME_NONE */
    int64_t last_failure_unix_ms;            /* TIME_NONE */
    int64_t p95_ns;                          /* ABSENT; from a log histogram, within 5 % */
    uint8_t last_failure_class;              /* FAILURE_NONE */
    uint16_t spark[SPARK_BUCKETS];           /* invocations over the window, oldest first */
    uint16_t spark_failed[SPARK_BUCKETS];
};
/* Copies at most `count` from index `from`; how many. */
size_t store_read_functions(struct store *store, uint32_t from, size_t count,
                            struct function_row *out);
bool store_read_function(struct store *store, uint32_t index, struct function_row *out);
/* false: no such stream or input. */
bool store_stream_name(struct store *store, uint16_t stream, char *out, size_t size);
bool store_input_name(struct store *store, uint32_t input, char *out, size_t size);

#endif
