/* Where facts come from. Everything above sees only struct source; which one runs is known to
 * main.c alone. A source belongs to the thread that steps it; only source_wake may be called
 * from another one. */
#ifndef LAMBDIG_SOURCE_SOURCE_H
#define LAMBDIG_SOURCE_SOURCE_H

#include "src/base/err.h"
#include "src/base/needles.h"
#include "src/model/event.h"

struct account { /* what the header shows; empty strings: not known */
    char account[16], region[32], profile[64], role[64], endpoint[128];
    char title[64];         /* of a case */
    int64_t window_start_unix_ms, window_end_unix_ms; /* TIME_NONE */
    bool live, read_only;
};

/* Where reading again begins, and what was known there: the first event wanted. */
struct again_from {
    uint32_t input;
    uint64_t place, line; /* of that event */
    int64_t unix_ms;      /* its time, for a line that continues the event before it; TIME_NONE */
    struct str function, log_stream; /* the same; borrowed for the call */
};

/* Who reads again; called on the stepping thread. */
struct again {
    void *ctx;
    /* The events from there on, in order; borrowed for the call. false: enough, not this one. */
    bool (*event)(void *ctx, const struct event *event);
    bool (*stop)(void *ctx); /* asked every few milliseconds: true gives up */
};

/* What keeps an account from being read just now; it goes on by itself when that ends. */
enum hindrance {
    HINDRANCE_NONE,
    HINDRANCE_THROTTLED,
    HINDRANCE_NETWORK,
    HINDRANCE_CREDENTIALS
};

/* Lines of one invocation that were left out so far. Borrowed for the call. */
struct rest_wanted {
    uint64_t invocation;
    struct str function, log_stream;
    int64_t start_unix_ms, end_unix_ms;
};

/* How far the source is; copied into the store as it comes. */
struct progress {
    uint64_t bytes, bytes_total; /* after decompression; total 0: not known */
    uint64_t lines, events;
    bool following;              /* more may come at any time */
    enum hindrance hindrance;
    char why[240];               /* the hindrance as a sentence with the next step; empty: none */
    uint64_t late, gaps;         /* events that came late; gaps that were filled, of an account */
    char note[200];              /* what the status line says; empty: nothing */
};

/* The receiver; called on the stepping thread only, everything borrowed for the call. */
struct sink {
    void *ctx;
    void (*account)(void *ctx, const struct account *account);
    void (*functions)(void *ctx, const struct function *functions, size_t count);
    void (*events)(void *ctx, const struct event *events, size_t count);
    void (*progress)(void *ctx, const struct progress *progress);
    /* A failure that is not the end: a truncated gzip, one file of several. The worst decides
     * the exit status. */
    void (*trouble)(void *ctx, const struct err *err);
    /* NULL: each line is handed over. Else lines in a row without any of these words may come as
     * one event (event.quiet_lines). Borrowed, the same at each step. */
    const struct needles *words;
};

enum step {
    STEP_MORE, /* call again */
    STEP_IDLE, /* nothing arrived within wait_ms */
    STEP_DONE  /* read to its end; nothing will follow */
};

struct source;
struct source_class {
    const char *name; /* `case`, `logs`, `account` */
    /* Waits at most wait_ms for something, hands over what came, and says how it stands.
     * false: the source is unusable as a whole (err); what came before stands. */
    bool (*step)(struct source *source, const struct sink *sink, int wait_ms, enum step *step,
                 struct err *err);
    /* Makes a waiting step return at once. Any thread. */
    void (*wake)(struct source *source);
    /* Name of an input for `file` in evidence; NULL where there is none (an account). */
    const char *(*input_name)(const struct source *source, uint32_t input);
    /* Reads an input again from a place on, for rows that left the ring; going on where the
     * last call ended costs no seek. false: it is not what it was, or `to` gave up (err). NULL:
     * this source can't. */
    bool (*read_again)(struct source *source, const struct again_from *from, const struct again *to,
                       struct err *err);
    /* Why it can't, as far as is known by now, for the status line; NULL: it can. NULL function:
     * read_again alone decides. */
    const char *(*reads_once)(const struct source *source);
    /* What the console asks of an account, on the stepping thread. NULL: it brings all anyway.
     * watch: this function goes first; empty: all alike. renew: ask again now. code: the digits
     * that its credentials asked for. rest: lines that were left out, if any were. */
    void (*watch)(struct source *source, struct str function);
    void (*renew)(struct source *source);
    void (*code)(struct source *source, const char *digits);
    void (*rest)(struct source *source, const struct rest_wanted *wanted);
    void (*free)(struct source *source);
};

struct source { /* the first member of each source */
    const struct source_class *class;
};

static inline bool MUST_USE source_step(struct source *s, const struct sink *sink, int wait_ms,
                                        enum step *step, struct err *err)
{
    return s->class->step(s, sink, wait_ms, step, err);
}
static inline void source_wake(struct source *s)
{
    s->class->wake(s);
}
static inline void source_watch(struct source *s, struct str function)
{
    if (s->class->watch)
        s->class->watch(s, function);
}
static inline void source_renew(struct source *s)
{
    if (s->class->renew)
        s->class->renew(s);
}
static inline void source_code(struct source *s, const char *digits)
{
    if (s->class->code)
        s->class->code(s, digits);
}
static inline void source_rest(struct source *s, const struct rest_wanted *wanted)
{
    if (s->class->rest)
        s->class->rest(s, wanted);
}
static inline const char *source_input_name(const struct source *s, uint32_t input)
{
    return s->class->input_name ? s->class->input_name(s, input) : NULL;
}
bool MUST_USE source_read_again(struct source *source, const struct again_from *from,
                                const struct again *to, struct err *err);
/* NULL: what it gave can be read again. */
const char *source_reads_once(const struct source *source);
void source_free(struct source *source); /* NULL: nothing */

/* Events outside [since, until) are left out; those without a time are kept. */
struct window {
    int64_t since_unix_ms, until_unix_ms; /* TIME_NONE: open */
};

#endif
