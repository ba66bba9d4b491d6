/* All that was seen of one attempt, before any verdict: the input of the rules. A value with a
 * text of its own; nothing in it is borrowed. */
#ifndef LAMBDIG_MODEL_EVIDENCE_H
#define LAMBDIG_MODEL_EVIDENCE_H

#include "src/model/denial.h"
#include "src/model/exception.h"
#include "src/model/invocation.h"
#include "src/model/platform.h"

enum status { STATUS_NONE, STATUS_SUCCESS, STATUS_ERROR, STATUS_FAILURE, STATUS_TIMEOUT, STATUS_OTHER };
enum death { DEATH_NONE, DEATH_EXITED, DEATH_KILLED, DEATH_OLD, DEATH_UNKNOWN, DEATH_FAULT };

struct noted { /* where a fact was seen */
    uint64_t line;
    uint32_t input;
    struct text_ref text;
};

struct error { /* a struct exception, kept */
    enum error_weight weight;
    unsigned signs;
    uint32_t frames;
    bool loading, no_request, payload, level_error, before_start, headless;
    struct text_ref type, message, location;
};

#define EVIDENCE_TEXT 3584
#define LAST_LINE_MAX 240

struct evidence {
    bool has_start, has_end, has_report, has_runtime_done, implicit;
    bool init_failed, init_suppressed, restore_failed, init_started;
    bool timeout_text, timeout_named, unknown_kind, retried, suspect, emulator, cut;
    bool denial_unhandled, json, report_quoted, untimed;
    enum status status, init_status, done_status;
    enum death death;
    unsigned logged_signs; /* of lines that the code logged itself */
    uint64_t facts;        /* bit per fact */
    uint64_t first_line, last_line;
    uint64_t last_app_line, last_error_line; /* by the tracker's count of lines */
    int64_t start_unix_ms, end_unix_ms, last_app_unix_ms;
    int64_t duration_ns, init_ns, restore_ns;
    int64_t billed_ms, memory_mb, memory_used_mb, timeout_ms; /* timeout_ms: as the log says */
    int64_t configured_timeout_ms;
    uint32_t input, attempt, line_count;
    int8_t sampled;
    struct error unhandled, logged;
    struct text_ref id, function, status_text, error_type, init_error_type, trace_id, death_reason;
    struct text_ref principal, action, resource, reason;
    uint16_t text_len, last_len;
    /* not cleared: meaningful only as far as the members above say */
    struct noted noted[FACT_COUNT];
    char last[LAST_LINE_MAX];
    char text[EVIDENCE_TEXT];
};

void evidence_clear(struct evidence *e);
static inline struct str evidence_text(const struct evidence *e, struct text_ref ref)
{
    return (struct str){e->text + ref.at, ref.len};
}
static inline bool evidence_has(const struct evidence *e, enum fact fact)
{
    return e->facts >> fact & 1;
}
/* Keeps `s`, cut at `limit` bytes or where the text is full. */
struct text_ref evidence_put(struct evidence *e, struct str s, size_t limit);

/* Where a line stands, for the list of evidence. */
struct place {
    uint64_t line;
    uint32_t input;
};
/* The first sight of a fact counts; a REPORT's and a last line's is replaced. */
void evidence_note(struct evidence *e, enum fact fact, struct place place, struct str text);

void evidence_add_report(struct evidence *e, const struct platform *p, struct place place);
void evidence_add_init_report(struct evidence *e, const struct platform *p, struct place place);
void evidence_add_timeout(struct evidence *e, const struct platform *p, struct place place);
void evidence_add_death(struct evidence *e, struct str reason, struct place place, struct str text);
/* The second line of a death: `Runtime.ExitError`. */
void evidence_add_error_type(struct evidence *e, struct str type);
void evidence_add_exception(struct evidence *e, const struct exception *x, struct place place);
/* What END and REPORT told, taken out of `from`; into `to` unless that is NULL. */
void evidence_move_end(struct evidence *to, struct evidence *from);
/* The unhandled error of `from`, which was pasted behind its invocation, with what it says. */
void evidence_adopt_error(struct evidence *e, const struct evidence *from);
enum status status_of(struct str word);

/* As that, with whatever else was seen of a failure before any end. */
void evidence_adopt(struct evidence *e, const struct evidence *from);

bool evidence_at_limit(const struct evidence *e);     /* Max Memory Used = Memory Size, and it means something */
bool evidence_billed_capped(const struct evidence *e); /* Duration > Billed + 1 ms */
bool evidence_at_timeout(const struct evidence *e);    /* Duration >= the configured timeout */
/* An unmarked stack trace was the last thing that the application wrote. */
bool evidence_bare_at_end(const struct evidence *e);

/* The log begins inside an error, and nothing was written after it. */
bool evidence_headless_at_end(const struct evidence *e);

/* Where nothing else is known, an error that was only mentioned counts as logged. */
void evidence_take_mention(struct evidence *e);

/* Something failed, or an error was at least named: worth a record without a request id. */
bool evidence_tells_of_failure(const struct evidence *e);

#endif
