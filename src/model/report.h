/* The lines that the platform itself writes, as values. Formats: docs/formats.md. Pure. */
#ifndef LAMBDIG_MODEL_REPORT_H
#define LAMBDIG_MODEL_REPORT_H

#include "src/model/event.h"

enum line_kind {
    LINE_APP,         /* written by the function's own code */
    LINE_START,
    LINE_END,
    LINE_REPORT,
    LINE_XRAY,
    LINE_INIT,        /* INIT_START, RESTORE_START, initRuntimeDone ... */
    LINE_INIT_REPORT, /* INIT_REPORT, RESTORE_REPORT and their JSON forms */
    LINE_TIMEOUT,     /* Task timed out after ... */
    LINE_DEATH,       /* Runtime exited ..., Process exited before completing request */
    LINE_PLATFORM,    /* EXTENSION, LOGS, TELEMETRY, IMAGE, runtimeDone ... */
    LINE_ERROR,       /* an application line that reports an unhandled error */
    LINE_METRIC,      /* an EMF line (`_aws`) */
    LINE_UNPARSED,    /* starts like a REPORT and is none */
    LINE_GAP          /* no line of the log: what a source says about a time that it missed */
};

/* A REPORT, INIT_REPORT or RESTORE_REPORT, text or JSON. Runs are borrowed from the line. */
struct report {
    struct str request_id, status, error_type, phase, trace_id, segment_id;
    int64_t duration_ns, init_ns, restore_ns; /* ABSENT; nanoseconds keep six decimals of a ms */
    int64_t billed_ms, billed_restore_ms, memory_mb, memory_used_mb; /* ABSENT */
    int64_t timeout_ms; /* ABSENT; from a `Task timed out after` on the same line */
    int sampled;        /* 1, 0, ABSENT */
    bool init_first;    /* Init Duration stood before Duration: emulators write it so */
};

/* What a single line is, by its own bytes (prefixes skipped, tokens found anywhere). */
enum line_kind line_kind(struct str line);

/* Reads the fields of one REPORT-like line in any order; a second line of a wrapped REPORT may be
 * read into the same struct with report_continue. false: it is no such line, or a field is garbled. */
bool report_parse(struct str line, struct report *out);
/* true: `line` starts with a known field name (comment marks skipped) and was added to `out`. */
bool report_continue(struct str line, struct report *out);

/* Every number ABSENT, every run empty. */
void report_clear(struct report *out);
/* true: at least one of the measurements is there; a REPORT without any is a torn line. */
bool report_has_numbers(const struct report *report);
/* As report_parse, for a run that starts at REPORT, INIT_REPORT, RESTORE_REPORT or XRAY. */
bool report_read(struct str segment, struct report *out);
/* A line that is a REPORT from its first byte to its last, the form that is met most, into a
 * cleared *out. false: not so plain, and *out is clear again. */
bool report_read_plain(struct str line, struct report *out);
/* The same, only where the line begins byte by byte as the platform writes it today, and no
 * byte of it needs cleaning: false says nothing about other lines. *out comes in cleared.
 * known_id: a UUID, which needs no look when it comes again, or empty. */
bool report_read_exact(struct str line, struct str known_id, struct report *out);
/* `Task timed out after 3.00 seconds` at the front: sets timeout_ms. false: no number there. */
bool report_timeout_read(struct str segment, struct report *out);

#endif
