/* One attempt of one request, or one failed start, with its verdict: a plain value without
 * pointers, so that it may be copied across threads and kept in a ring. Its strings lie in its
 * own `text`; what did not fit there was cut at a character and ends in an ellipsis. */
#ifndef LAMBDIG_MODEL_INVOCATION_H
#define LAMBDIG_MODEL_INVOCATION_H

#include "src/base/buf.h"
#include "src/model/event.h"
#include "src/model/failure_class.h"

enum fact {
#define FACT(id, seen, not_seen) FACT_##id,
#include "src/model/facts.def"
#undef FACT
    FACT_COUNT
};
const char *fact_seen(enum fact fact);
const char *fact_not_seen(enum fact fact); /* "" for those never listed */

enum confidence { CONFIDENCE_POSSIBLE, CONFIDENCE_LIKELY, CONFIDENCE_CERTAIN };
const char *confidence_name(enum confidence confidence);

/* What would mislead a reader of this verdict; bits of invocation.notes. */
enum note {
    NOTE_AT_LIMIT_NOT_KILLED = 1 << 0,  /* memory at its limit, yet the invocation succeeded */
    NOTE_CAUSE_IS_INIT = 1 << 1,        /* the platform says timeout, the cause is the init */
    NOTE_MEMORY_WONT_HELP = 1 << 2,     /* a timeout whose time is shown to be one remote call */
    NOTE_MEMORY_NOT_THE_CAUSE = 1 << 3, /* memory at its limit, but the platform says timeout */
    NOTE_DENIAL_LOGGED = 1 << 4,        /* a denial was logged and handled */
    NOTE_THROTTLE_LOGGED = 1 << 5,      /* a throttle was logged and handled */
    NOTE_EMULATOR_MEMORY = 1 << 6,      /* an emulator prints Max = Size always */
    NOTE_STATUS_SUCCESS_PROVES_NOTHING = 1 << 7
};
#define NOTE_COUNT 8
const char *note_text(enum note note); /* one sentence */

struct text_ref { /* a run inside invocation.text; len 0: absent */
    uint16_t at, len;
};

#define INVOCATION_TEXT 2560
#define INVOCATION_EVIDENCE 8
#define INVOCATION_CANDIDATES 4

struct evidence_item {
    uint64_t line; /* 1-based in its input */
    uint32_t input;
    uint16_t fact; /* enum fact */
    struct text_ref text;
};

struct invocation {
    uint64_t seq;                           /* the tracker's number, from 1, never used twice */
    uint64_t first_line, last_line;         /* in its input */
    uint64_t signature;                     /* equal for failures of one cause; 0: none */
    uint64_t not_seen;                      /* bit per fact that was looked for and not found */
    int64_t start_unix_ms, end_unix_ms;     /* TIME_NONE */
    int64_t duration_ns, init_ns, restore_ns; /* ABSENT */
    int64_t last_line_gap_ns;               /* ABSENT; silence after the last application line */
    int64_t billed_ms, memory_mb, memory_used_mb, timeout_ms; /* ABSENT */
    uint32_t input, attempt, frames, notes, line_count;
    uint8_t class, cause, confidence;       /* enum failure_class, FAILURE_NONE; enum confidence */
    uint8_t candidates[INVOCATION_CANDIDATES], candidate_count;
    int8_t cold, memory_at_limit, slow, sampled; /* 1, 0, ABSENT */
    bool startup;                           /* a failed init or restore that no request follows */
    bool ended;                             /* END or REPORT was seen */
    bool final;                             /* no later line can change the verdict */
    uint8_t evidence_count;
    struct evidence_item evidence[INVOCATION_EVIDENCE];
    struct text_ref function, log_group, log_stream, request_id, status, error_type, trace_id;
    struct text_ref exception_type, exception_message, exception_location;
    struct text_ref denial_principal, denial_action, denial_resource, denial_reason;
    struct text_ref last_text;              /* the last application line */
    struct text_ref signature_text;         /* e.g. `KeyError at handler.py:23` */
    uint16_t text_len;
    char text[INVOCATION_TEXT];             /* only text_len bytes are meant; copy no more */
};

static inline struct str invocation_text(const struct invocation *inv, struct text_ref ref)
{
    return (struct str){inv->text + ref.at, ref.len};
}
/* Bytes that hold all that is meant; for copies into rings. */
static inline size_t invocation_size(const struct invocation *inv)
{
    return offsetof(struct invocation, text) + inv->text_len;
}
/* Copies `s` into the text; cut when it does not fit or is over `limit` bytes. */
struct text_ref invocation_put(struct invocation *inv, struct str s, size_t limit);

/* The last application line without its time, level and id. Borrowed from inv. */
struct str invocation_last_message(const struct invocation *inv);

/* The first thing to check and the likely fix, with this invocation's own names in them. */
void invocation_check(const struct invocation *inv, struct buf *out);
void invocation_fix(const struct invocation *inv, struct buf *out);
/* Three letters for screen and JSON: the class's tag; with `flags`, a flagged success reads CLD, LIM, SLW. */
const char *invocation_tag(const struct invocation *inv, bool flags);

#endif
