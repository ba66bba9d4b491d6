#include "src/model/verdict.h"

#include "src/model/classify.h"

/* A number that the log does not have stays ABSENT, a text stays empty. The evidence list
 * shows what decided first, so each class names the facts that speak for it. */

enum { SLOW_PERCENT = 80, SLOW_FACTOR = 5 };

/* ---- facts that follow from numbers ---- */

static void conclude_facts(struct evidence *e)
{
    struct place at_report = {e->last_line, e->input};
    struct str report = STR_NONE;
    if (evidence_has(e, FACT_REPORT)) {
        at_report = (struct place){e->noted[FACT_REPORT].line, e->noted[FACT_REPORT].input};
        report = evidence_text(e, e->noted[FACT_REPORT].text);
    }
    if (evidence_at_limit(e))
        evidence_note(e, FACT_MEMORY_AT_LIMIT, at_report, report);
    if (evidence_billed_capped(e))
        evidence_note(e, FACT_BILLED_CAPPED, at_report, report);
    if (evidence_at_timeout(e))
        evidence_note(e, FACT_DURATION_AT_TIMEOUT, at_report, report);
    if (!e->has_end && !e->has_report)
        evidence_note(e, FACT_NO_END, (struct place){e->last_line, e->input}, STR_NONE);
    if (e->retried)
        evidence_note(e, FACT_RETRIED, at_report, STR_NONE);
}

#define BIT(fact) ((uint64_t)1 << FACT_##fact)
static const uint64_t decisive[FAILURE_CLASS_COUNT] = {
    [FAILURE_TIMEOUT] = BIT(STATUS) | BIT(TIMEOUT_TEXT) | BIT(NETWORK_ERROR) | BIT(INIT_SUPPRESSED) |
                        BIT(BILLED_CAPPED) | BIT(LAST_LINE),
    [FAILURE_MEMORY] = BIT(STATUS) | BIT(KILLED) | BIT(OOM_TEXT) | BIT(MEMORY_AT_LIMIT) |
                       BIT(RUNTIME_DEATH) | BIT(RETRIED),
    [FAILURE_EXCEPTION] = BIT(STACK_TRACE) | BIT(ERROR_LINE) | BIT(STATUS),
    [FAILURE_STARTUP] = BIT(INIT_FAILED) | BIT(LOAD_ERROR) | BIT(STACK_TRACE) | BIT(ERROR_LINE) |
                        BIT(STATUS) | BIT(RUNTIME_DEATH),
    [FAILURE_CRASH] = BIT(RUNTIME_DEATH) | BIT(STATUS) | BIT(STACK_TRACE) | BIT(ERROR_LINE),
    [FAILURE_THROTTLE] = BIT(THROTTLED) | BIT(STACK_TRACE) | BIT(ERROR_LINE),
    [FAILURE_PERMISSION] = BIT(DENIAL) | BIT(STACK_TRACE) | BIT(ERROR_LINE),
    [FAILURE_DOWNSTREAM] = BIT(NETWORK_ERROR) | BIT(STACK_TRACE) | BIT(ERROR_LINE),
    [FAILURE_AMBIGUOUS] = BIT(BILLED_CAPPED) | BIT(MEMORY_AT_LIMIT) | BIT(UNKNOWN_KIND) |
                          BIT(RUNTIME_DEATH) | BIT(DURATION_AT_TIMEOUT),
    [FAILURE_INCOMPLETE] = BIT(NO_END) | BIT(LAST_LINE),
    [FAILURE_SUCCESS] = BIT(REPORT),
};
/* What goes without saying: shown for failures only. */
static const uint64_t for_failures = BIT(LAST_LINE) | BIT(REPORT) | BIT(LOGGED_ERROR);

static void add_evidence(const struct evidence *e, uint64_t set, struct invocation *out)
{
    for (set &= e->facts; set && out->evidence_count < INVOCATION_EVIDENCE; set &= set - 1) {
        int fact = __builtin_ctzll(set);
        const struct noted *noted = &e->noted[fact];
        struct evidence_item *item = &out->evidence[out->evidence_count++];
        item->line = noted->line;
        item->input = noted->input;
        item->fact = (uint16_t)fact;
        item->text = invocation_put(out, evidence_text(e, noted->text), 160);
    }
}

static void list_evidence(const struct evidence *e, struct invocation *out)
{
    uint64_t first = decisive[out->class];
    bool failed = out->class != FAILURE_SUCCESS && out->class != FAILURE_INCOMPLETE;
    add_evidence(e, first, out);
    add_evidence(e, ~first & ~for_failures, out);
    if (failed)
        add_evidence(e, ~first & for_failures, out);
}

/* Those that have words for not having been seen. */
static const uint64_t listed_facts = 0
#define FACT(id, seen, not_seen) | (uint64_t)(sizeof(not_seen) > 1) << FACT_##id
#include "src/model/facts.def"
#undef FACT
    ;

/* ---- flags and notes ---- */

static int8_t is_cold(const struct evidence *e)
{
    if (e->init_ns != ABSENT || e->restore_ns != ABSENT || e->init_started)
        return 1;
    return e->has_report ? 0 : ABSENT;
}

static int8_t is_at_limit(const struct evidence *e)
{
    if (e->memory_mb == ABSENT || e->memory_used_mb == ABSENT || e->emulator)
        return ABSENT;
    return evidence_at_limit(e);
}

static int8_t is_slow(const struct evidence *e, enum failure_class class, int64_t median_ns)
{
    int64_t timeout_ms = e->timeout_ms != ABSENT ? e->timeout_ms : e->configured_timeout_ms;
    if (e->duration_ns == ABSENT)
        return ABSENT;
    if (failure_class_row(class)->is_failure)
        return 0;
    if (timeout_ms > 0 && e->duration_ns / 100 >= timeout_ms * (1000000 / 100) * SLOW_PERCENT / 100)
        return 1;
    return median_ns != ABSENT && e->duration_ns / SLOW_FACTOR >= median_ns;
}

static uint32_t notes_of(const struct evidence *e, const struct verdict *v)
{
    uint32_t notes = 0;
    bool at_limit = evidence_at_limit(e);
    if (at_limit && v->class == FAILURE_SUCCESS)
        notes |= NOTE_AT_LIMIT_NOT_KILLED;
    if (at_limit && v->class == FAILURE_TIMEOUT)
        notes |= NOTE_MEMORY_NOT_THE_CAUSE;
    if (v->class == FAILURE_TIMEOUT && v->cause == FAILURE_STARTUP)
        notes |= NOTE_CAUSE_IS_INIT;
    if (v->class == FAILURE_TIMEOUT && v->cause == FAILURE_DOWNSTREAM)
        notes |= NOTE_MEMORY_WONT_HELP;
    if ((e->logged_signs & SIGN_DENIED) && v->class == FAILURE_SUCCESS)
        notes |= NOTE_DENIAL_LOGGED;
    if ((e->logged_signs & SIGN_THROTTLED) && v->class == FAILURE_SUCCESS)
        notes |= NOTE_THROTTLE_LOGGED;
    if (e->emulator && e->memory_mb != ABSENT && e->memory_used_mb >= e->memory_mb)
        notes |= NOTE_EMULATOR_MEMORY;
    if (e->status == STATUS_SUCCESS && v->class != FAILURE_SUCCESS)
        notes |= NOTE_STATUS_SUCCESS_PROVES_NOTHING;
    return notes;
}

/* ---- signature ---- */

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A word that holds a digit and is long or hexadecimal is an id; digits alone are a number. */
static size_t blank_word(struct str s, char *out, size_t *len)
{
    size_t at = 0;
    bool digit = false, all_hex = true;
    while (at < s.len && (is_letter(s.at[at]) || is_hex(s.at[at]) || s.at[at] == '-' || s.at[at] == '_')) {
        digit = digit || (s.at[at] >= '0' && s.at[at] <= '9');
        all_hex = all_hex && (is_hex(s.at[at]) || s.at[at] == '-');
        at++;
    }
    if (at == 0) {
        out[(*len)++] = s.at[0];
        return 1;
    }
    if (digit && (all_hex || at > 12)) {
        out[(*len)++] = '#';
        return at;
    }
    for (size_t i = 0; i < at; i++) {
        bool number = s.at[i] >= '0' && s.at[i] <= '9';
        if (!number)
            out[(*len)++] = s.at[i];
        else if (*len == 0 || out[*len - 1] != '#')
            out[(*len)++] = '#';
    }
    return at;
}

static struct str blanked(struct str s, char *out, size_t size)
{
    size_t len = 0;
    while (s.len && len + 64 < size) {
        struct str word = str_first(s, 48);
        s = str_from(s, blank_word(word, out, &len));
    }
    return (struct str){out, len};
}

/* What tells this failure from others of its class: where it was thrown, what it said, or, for
 * one that says nothing, the last line before the silence. */
static void add_particulars(const struct invocation *inv, struct buf *b)
{
    char words[256];
    struct str place = invocation_text(inv, inv->exception_location);
    struct str message = invocation_text(inv, inv->exception_message);
    struct str action = invocation_text(inv, inv->denial_action);
    struct str last = invocation_last_message(inv);
    bool silent = inv->class == FAILURE_TIMEOUT || inv->class == FAILURE_MEMORY;
    if (inv->class == FAILURE_PERMISSION && action.len)
        (void)buf_printf(b, ": %.*s", STR_ARG(str_first(action, 96)));
    else if (place.len && !silent)
        (void)buf_printf(b, " at %.*s", STR_ARG(str_first(place, 120)));
    else if (message.len && !silent)
        (void)buf_printf(b, ": %.*s",
                         STR_ARG(str_first(blanked(str_first(message, 180), words, sizeof words), 120)));
    else if (inv->class == FAILURE_CRASH && inv->error_type.len)
        (void)buf_printf(b, ": %.*s", STR_ARG(invocation_text(inv, inv->error_type)));
    else if (inv->cause == FAILURE_STARTUP)
        (void)buf_printf(b, " in the initialisation");
    else if (inv->class == FAILURE_TIMEOUT && last.len)
        (void)buf_printf(b, " after \"%.*s\"",
                         STR_ARG(str_first(blanked(str_first(last, 120), words, sizeof words), 80)));
}

void verdict_sign(struct invocation *inv)
{
    char text[256];
    struct buf b;
    const struct failure_class_row *row = failure_class_row((enum failure_class)inv->class);
    if (!row->is_failure)
        return;
    struct str type = invocation_text(inv, inv->exception_type);
    bool silent = inv->class == FAILURE_TIMEOUT || inv->class == FAILURE_MEMORY;
    buf_init(&b, sizeof text);
    (void)buf_add(&b, type.len && !silent ? type : str_of(row->title));
    add_particulars(inv, &b);
    struct str shown = buf_str(&b);
    inv->signature = str_hash(shown) ^ str_hash(invocation_text(inv, inv->function)) * 31 ^
                     ((uint64_t)inv->class + 1) * 0x9E3779B97F4A7C15u;
    inv->signature_text = invocation_put(inv, shown, 200);
    buf_release(&b);
}

/* ---- the value ---- */

static void copy_numbers(const struct evidence *e, struct invocation *out)
{
    out->first_line = e->first_line;
    out->last_line = e->last_line;
    out->start_unix_ms = e->start_unix_ms;
    out->end_unix_ms = e->end_unix_ms;
    out->duration_ns = e->duration_ns;
    out->init_ns = e->init_ns;
    out->restore_ns = e->restore_ns;
    out->billed_ms = e->billed_ms;
    out->memory_mb = e->memory_mb;
    out->memory_used_mb = e->memory_used_mb;
    out->timeout_ms = e->configured_timeout_ms != ABSENT ? e->configured_timeout_ms : e->timeout_ms;
    out->last_line_gap_ns = ABSENT;
    if (e->last_len && e->last_app_unix_ms != TIME_NONE && e->end_unix_ms != TIME_NONE &&
        e->end_unix_ms >= e->last_app_unix_ms)
        out->last_line_gap_ns = (e->end_unix_ms - e->last_app_unix_ms) * 1000000;
    out->input = e->input;
    out->attempt = e->attempt;
    out->line_count = e->line_count;
    out->sampled = e->sampled;
    out->ended = e->has_end || e->has_report;
}

static struct text_ref copy(struct invocation *out, const struct evidence *e, struct text_ref ref)
{
    return invocation_put(out, evidence_text(e, ref), ref.len);
}

static void copy_error(const struct evidence *e, struct invocation *out)
{
    const struct error *error = &e->unhandled;
    if (error->weight < ERROR_BARE && e->logged.weight == ERROR_LOGGED)
        error = &e->logged;
    if (error->weight < ERROR_LOGGED)
        return;
    out->frames = error->frames;
    out->exception_type = copy(out, e, error->type);
    out->exception_message = copy(out, e, error->message);
    out->exception_location = copy(out, e, error->location);
}

static void copy_texts(const struct evidence *e, const struct verdict_names *names, struct invocation *out)
{
    struct str function = e->function.len ? evidence_text(e, e->function) : names->function;
    out->request_id = copy(out, e, e->id);
    out->function = invocation_put(out, names->function.len ? names->function : function, 140);
    out->log_group = invocation_put(out, names->log_group, 240);
    out->log_stream = invocation_put(out, names->log_stream, 160);
    out->status = copy(out, e, e->status_text);
    out->error_type = copy(out, e, e->error_type.len ? e->error_type : e->init_error_type);
    out->trace_id = copy(out, e, e->trace_id);
    copy_error(e, out);
    out->denial_principal = copy(out, e, e->principal);
    out->denial_action = copy(out, e, e->action);
    out->denial_resource = copy(out, e, e->resource);
    out->denial_reason = copy(out, e, e->reason);
    out->last_text = invocation_put(out, (struct str){e->last, e->last_len}, LAST_LINE_MAX);
}

void verdict_build(struct evidence *e, const struct verdict_names *names, struct invocation *out)
{
    struct verdict v;
    uint64_t seq = out->seq;
    conclude_facts(e);
    classify(e, &v);
    memset(out, 0, offsetof(struct invocation, text));
    out->seq = seq;
    out->class = (uint8_t)v.class;
    out->cause = (uint8_t)v.cause;
    out->confidence = (uint8_t)v.confidence;
    for (unsigned i = 0; i < v.candidate_count; i++)
        out->candidates[i] = (uint8_t)v.candidates[i];
    out->candidate_count = (uint8_t)v.candidate_count;
    out->startup = e->init_failed && e->id.len == 0 && !e->has_report && v.class == FAILURE_STARTUP;
    copy_numbers(e, out);
    out->cold = is_cold(e);
    out->memory_at_limit = is_at_limit(e);
    out->slow = is_slow(e, v.class, names->median_ns);
    out->notes = notes_of(e, &v);
    out->not_seen = listed_facts & ~e->facts;
    if (names->brief && v.class == FAILURE_SUCCESS && !evidence_at_limit(e))
        return;
    copy_texts(e, names, out);
    verdict_sign(out);
    list_evidence(e, out);
}
