/* One X-Ray trace as a flat list of spans: segments and subsegments of several documents,
 * joined by their parents, in pre-order by start. Pure; documents are read with base/jscan. What
 * a document says is hostile: times may be negative, parents missing or in a circle.
 *
 *   trace_init(&t, id);
 *   while (...) trace_add(&t, document);
 *   trace_join(&t);
 *
 * Source of the format: the X-Ray segment documents, with the members that Lambda and the SDKs
 * write. Times there are seconds since 1970, with a fraction; here microseconds. */
#ifndef LAMBDIG_MODEL_TRACE_H
#define LAMBDIG_MODEL_TRACE_H

#include "src/base/buf.h"
#include "src/model/event.h"

#define TRACE_SPANS_MAX 100000u             /* further ones are counted, not kept */
#define TRACE_DEPTH_MAX 512u                /* deeper ones count as without a parent */
#define TRACE_TEXT_BYTES (64u * 1024u * 1024u)
#define SPAN_NONE UINT32_MAX

enum span_flag {
    SPAN_ERROR = 1,       /* 4xx */
    SPAN_FAULT = 2,       /* 5xx, or an unhandled error */
    SPAN_THROTTLE = 4,    /* 429 */
    SPAN_IN_PROGRESS = 8, /* no end yet */
    SPAN_INFERRED = 16,   /* drawn from its caller's side alone */
    SPAN_ORPHAN = 32,     /* its parent is not in the trace, too deep, or itself */
    SPAN_SEGMENT = 64,    /* a document of its own */
    SPAN_BACKWARDS = 128  /* ended before it began: counts as no time */
};

struct span {
    /* Borrowed from the trace; empty: not said. */
    struct str id, parent_id, name, namespace, origin, operation, resource, url, sql, request_id;
    struct str exception_type, exception_message;
    struct str annotations;     /* the object as it stands; empty: none */
    int64_t start_us, end_us;   /* from the earliest span; end_us ABSENT: in progress */
    int64_t self_us;            /* not covered by any descendant; ABSENT: in progress */
    int64_t share_millionths;   /* self_us over its function segment, else the trace; ABSENT */
    int64_t status, retries;    /* HTTP status; ABSENT */
    uint32_t exception_frames;
    uint32_t parent, end_of_tree; /* indexes: SPAN_NONE; one past the last descendant */
    uint16_t depth, flags;
    bool critical;              /* on the path that decided when the trace ended */
};

struct trace_gap {
    int64_t start_us, end_us;
};

#define TRACE_GAPS_MAX 1024u /* the longest are not chosen: the first ones are kept */
struct trace {               /* ours: trace_release */
    char id[40];
    struct span *spans;      /* in pre-order after trace_join */
    size_t count, room;
    struct trace_gap gaps[TRACE_GAPS_MAX]; /* of the function segment, else of the first root:
                                              where no subsegment runs, 1 ms or more */
    size_t gap_count;
    struct trace_chunk *chunks; /* texts lie here and never move */
    size_t text_bytes;
    struct buf scratch;
    int64_t start_unix_us;   /* of the earliest span; TIME_NONE before trace_join */
    int64_t duration_us;     /* up to the last known end; with open spans at least stated_us */
    int64_t stated_us;       /* what X-Ray says; ABSENT; set before trace_join */
    uint32_t bottleneck;     /* the span with the most self time; SPAN_NONE */
    unsigned left_out;       /* spans beyond the ceiling */
    unsigned broken;         /* documents that could not be read to their end */
    bool limit_exceeded;     /* X-Ray itself left some out */
    bool partial;            /* a span is open, or something was left out */
    struct str function;     /* name of the function segment; empty: none */
    struct str request_id;   /* of its invocation; empty: not said */
};

void trace_init(struct trace *trace, struct str id);
void trace_release(struct trace *trace); /* zeroed: nothing */
/* A segment document, decoded from its JSON string. Copied. false: what could not be read is
 * counted in `broken`; the spans before it stand. */
bool trace_add(struct trace *trace, struct str document);
/* Once, after the last document: joins, sorts, and works out the times. */
void trace_join(struct trace *trace);

/* Seconds with a fraction and an exponent, as JSON writes numbers, in microseconds. false: no
 * number, or out of the years 1970 to 9999. */
bool trace_seconds(struct str text, int64_t *us);
/* `1-5e1b4151-5ac6c58d40ec4fc1a6e8d3f1`, or the same 32 digits of W3C. */
bool trace_is_id(struct str text);
/* The trace_id of a document without reading it whole; empty: none. */
struct str trace_id_of(struct str document);

#endif
