/* Finds what the platform itself wrote inside a line: several platform lines may stand in one
 * (copied text, a payload glued before END), behind any prefix, and as text or as JSON events.
 * Pure; runs are borrowed from the line. */
#ifndef LAMBDIG_MODEL_PLATFORM_H
#define LAMBDIG_MODEL_PLATFORM_H

#include "src/model/report.h"

struct platform {
    enum line_kind kind;
    struct str id;       /* the request id that it names; empty: none */
    struct str text;     /* from its first byte on, to its end */
    struct str before;   /* what stood before it */
    struct str reason;   /* LINE_DEATH: the platform's words */
    struct str function; /* JSON: functionName; else empty */
    int64_t unix_ms;     /* TIME_NONE */
    bool json;
    bool keyed;          /* a JSON key stands before it: an export's, or part of a message */
    bool quoted;         /* other text stands before it: it may be part of a message */
    bool restore;        /* RESTORE_… instead of INIT_… */
    bool done;           /* platform.runtimeDone: its status is in report */
    bool emulated;       /* AWS's own emulator tells of its processes */
    bool ends;           /* LINE_DEATH of an emulator: no END follows */
    bool unknown;        /* written like a platform line, of a kind not known here */
    struct report report;
};

/* Takes the first platform line off the front of `*line`, moving past it. false: no more. */
bool platform_take(struct str *line, struct platform *out);

/* A line that is START, END or REPORT from its first byte to its last, exactly as the platform
 * writes them: nearly all of them. true: *out is what platform_take gives. known_id: see report_read_exact. */
bool platform_take_exact(struct str line, struct str known_id, struct platform *out);

/* The `Runtime.ExitError` kind of word that is the second line of a death. */
bool platform_is_error_type(struct str word);

#endif
