/* Lines in, verdicts out: groups the lines of each stream into invocations, gathers the
 * evidence and classifies. Bounded memory: streams, open invocations and known request ids have
 * ceilings (tracker.c); what is pushed out is closed with what was seen. No clock, no I/O.
 *
 * A verdict is handed over at the REPORT (final = false when later lines may still change it),
 * again when it changes, and once with final = true; finals come in the order in which
 * the invocations end in the input, open ones last, at tracker_finish. */
#ifndef LAMBDIG_MODEL_TRACKER_H
#define LAMBDIG_MODEL_TRACKER_H

#include "src/base/needles.h"
#include "src/model/invocation.h"
#include "src/model/report.h"

struct tracker; /* ours: tracker_new, tracker_free; one thread */

/* What is known of one line at the moment it arrives. */
struct line_mark {
    uint64_t invocation; /* seq of the invocation it belongs to; 0: none */
    enum line_kind kind;
    bool continues;      /* not the first line of its event */
    int64_t unix_ms;     /* the event's time, else one that the line itself carries; TIME_NONE */
    struct str request_id; /* of the invocation, where it is known by now; borrowed for the call */
};

struct tracker_sink {
    void *ctx;
    /* Each line of each event, in order; text borrowed for the call. NULL: not wanted. */
    void (*line)(void *ctx, const struct event *event, struct str text, const struct line_mark *mark);
    /* The value is the tracker's; copy what is kept. */
    void (*verdict)(void *ctx, const struct invocation *inv);
};

struct tracker_options {
    bool provisional; /* hand over verdicts that are not final, too (screens); else finals only */
    /* Hold a success at the memory limit back until the same request comes again or the input
     * ends (docs/decisions.md): exact results for triage, at most this many invocations behind. */
    uint32_t hold;
    bool brief; /* successes are only counted: their verdicts have no texts and no evidence */
};

struct tracker *tracker_new(const struct tracker_options *options, const struct tracker_sink *sink);
void tracker_free(struct tracker *t);

/* What is configured for a function: its timeout and memory. Copied. */
void tracker_function(struct tracker *t, const struct function *function);

void tracker_add(struct tracker *t, const struct event *event);
/* Adds them in order. */
void tracker_add_all(struct tracker *t, const struct event *events, size_t count);
/* The words that a line must hold to be more than counted; see event.quiet_lines. */
const struct needles *tracker_words(const struct tracker *t);

/* The source has nothing more for now (a live tail, a followed file): invocations whose REPORT
 * was seen at least `settle_ms` of event time ago become final. now TIME_NONE: every one whose
 * REPORT was seen, for a caller that waited long enough by its own clock. */
void tracker_settle(struct tracker *t, int64_t now_unix_ms, int64_t settle_ms);

/* End of the input: everything open is closed and handed over. */
void tracker_finish(struct tracker *t);

/* Garbled REPORT lines so far: counted, never made into a record. */
uint64_t tracker_unparsed(const struct tracker *t);

#endif
