#include "src/model/evidence.h"

/* Evidence only collects; it never concludes. What is seen first stays, because the first
 * error is the cause and later ones its consequences. */

void evidence_clear(struct evidence *e)
{
    memset(e, 0, offsetof(struct evidence, noted));
    e->start_unix_ms = e->end_unix_ms = e->last_app_unix_ms = TIME_NONE;
    e->duration_ns = e->init_ns = e->restore_ns = ABSENT;
    e->billed_ms = e->memory_mb = e->memory_used_mb = e->timeout_ms = ABSENT;
    e->configured_timeout_ms = ABSENT;
    e->sampled = ABSENT;
}

struct text_ref evidence_put(struct evidence *e, struct str s, size_t limit)
{
    size_t room = EVIDENCE_TEXT - e->text_len;
    size_t len = str_cut(s, limit < room ? limit : room).len;
    struct text_ref ref = {e->text_len, (uint16_t)len};
    if (len)
        memcpy(e->text + e->text_len, s.at, len);
    e->text_len = (uint16_t)(e->text_len + len);
    return ref;
}

void evidence_note(struct evidence *e, enum fact fact, struct place place, struct str text)
{
    if (evidence_has(e, fact))
        return;
    e->facts |= (uint64_t)1 << fact;
    e->noted[fact] = (struct noted){place.line, place.input, evidence_put(e, str_trim(text), 160)};
}

enum status status_of(struct str word)
{
    static const struct {
        const char *word;
        enum status status;
    } words[] = {{"success", STATUS_SUCCESS}, {"error", STATUS_ERROR}, {"failure", STATUS_FAILURE},
                 {"timeout", STATUS_TIMEOUT}};
    if (word.len == 0)
        return STATUS_NONE;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq_nocase(word, str_of(words[i].word)))
            return words[i].status;
    return STATUS_OTHER;
}

static void take(int64_t *slot, int64_t value)
{
    if (value != ABSENT)
        *slot = value;
}

static void put_once(struct evidence *e, struct text_ref *slot, struct str s, size_t limit)
{
    if (slot->len == 0 && s.len)
        *slot = evidence_put(e, s, limit);
}

static void add_trace(struct evidence *e, const struct report *r)
{
    put_once(e, &e->trace_id, r->trace_id, 64);
    if (r->sampled != ABSENT)
        e->sampled = (int8_t)r->sampled;
}

/* A job library says `Task timed out after 30 seconds`, too. Without a time and an id it is the
 * platform's only where the invocation ran for about so long. */
static void weigh_timeout(struct evidence *e)
{
    if (!e->timeout_text || e->timeout_named || !e->has_report || e->duration_ns == ABSENT ||
        e->timeout_ms == ABSENT || e->status == STATUS_TIMEOUT || e->duration_ns / 500000 >= e->timeout_ms)
        return;
    e->timeout_text = false;
    e->timeout_ms = ABSENT;
    e->facts &= ~((uint64_t)1 << FACT_TIMEOUT_TEXT);
}

void evidence_add_report(struct evidence *e, const struct platform *p, struct place place)
{
    const struct report *r = &p->report;
    take(&e->duration_ns, r->duration_ns);
    take(&e->init_ns, r->init_ns);
    take(&e->restore_ns, r->restore_ns);
    take(&e->billed_ms, r->billed_ms);
    take(&e->memory_mb, r->memory_mb);
    take(&e->memory_used_mb, r->memory_used_mb);
    add_trace(e, r);
    e->emulator = e->emulator || r->init_first;
    if (r->status.len) {
        e->status = status_of(r->status);
        put_once(e, &e->status_text, r->status, 24);
        put_once(e, &e->error_type, r->error_type, 64);
        evidence_note(e, FACT_STATUS, place, p->text);
    } else if (r->error_type.len) {
        put_once(e, &e->error_type, r->error_type, 64);
    }
    if (p->kind != LINE_REPORT)
        return;
    e->has_report = true;
    evidence_note(e, FACT_REPORT, place, p->text);
    if (r->timeout_ms != ABSENT)
        evidence_add_timeout(e, p, place);
    weigh_timeout(e);
}

void evidence_add_init_report(struct evidence *e, const struct platform *p, struct place place)
{
    const struct report *r = &p->report;
    enum status status = status_of(r->status);
    bool suppressed = str_eq(r->phase, STR("invoke"));
    if (!suppressed) {
        take(&e->init_ns, r->init_ns);
        take(&e->restore_ns, r->restore_ns);
    }
    e->init_started = true;
    if (suppressed) {
        e->init_suppressed = true;
        evidence_note(e, FACT_INIT_SUPPRESSED, place, p->text);
    }
    if (status == STATUS_NONE || status == STATUS_SUCCESS)
        return;
    e->init_failed = true;
    e->restore_failed = p->restore;
    e->init_status = status;
    put_once(e, &e->init_error_type, r->error_type, 64);
    evidence_note(e, FACT_INIT_FAILED, place, p->text);
}

void evidence_add_timeout(struct evidence *e, const struct platform *p, struct place place)
{
    e->timeout_text = true;
    e->timeout_named = e->timeout_named || p->id.len > 0 || p->unix_ms != TIME_NONE;
    take(&e->timeout_ms, p->report.timeout_ms);
    evidence_note(e, FACT_TIMEOUT_TEXT, place, p->before.len < 96 && !p->quoted && p->before.at + p->before.len == p->text.at
                                                   ? (struct str){p->before.at, p->before.len + p->text.len}
                                                   : p->text);
    weigh_timeout(e);
}

static enum death death_of(struct str reason)
{
    if (str_has(reason, STR("signal: killed")))
        return DEATH_KILLED;
    if (str_starts(reason, STR("Process exited")))
        return DEATH_OLD;
    if (str_has(reason, STR("Unknown application error")))
        return DEATH_UNKNOWN;
    if (str_has(reason, STR("exited")) || str_has(reason, STR("exit status")) ||
        str_has(reason, STR("exit code")) || str_has(reason, STR("signal:")))
        return DEATH_EXITED;
    return DEATH_FAULT;
}

void evidence_add_death(struct evidence *e, struct str reason, struct place place, struct str text)
{
    enum death death = death_of(reason);
    if (e->death == DEATH_NONE || death == DEATH_KILLED)
        e->death = death;
    put_once(e, &e->death_reason, reason, 160);
    evidence_note(e, FACT_RUNTIME_DEATH, place, text);
    if (death == DEATH_KILLED)
        evidence_note(e, FACT_KILLED, place, text);
}

void evidence_add_error_type(struct evidence *e, struct str type)
{
    put_once(e, &e->error_type, str_trim(type), 64);
}

/* ---- errors ---- */

static void keep(struct evidence *e, struct error *slot, const struct exception *x)
{
    *slot = (struct error){.weight = x->weight, .signs = x->signs, .frames = x->frames,
                           .loading = x->loading, .no_request = x->no_request,
                           .payload = x->payload, .level_error = x->level_error,
                           .headless = x->headless, .before_start = !e->has_start};
    slot->type = evidence_put(e, exception_type(x), 96);
    slot->message = evidence_put(e, exception_message(x), 400);
    slot->location = evidence_put(e, exception_location(x), 160);
}

/* An answer's payload repeats the error that was printed before it; the richer one stays. */
static bool replaces(const struct error *slot, const struct exception *x)
{
    if (x->weight > slot->weight)
        return true;
    return x->weight == slot->weight && slot->frames == 0 && slot->signs == 0 &&
           (x->frames > 0 || x->signs != 0);
}

static void note_signs(struct evidence *e, const struct exception *x, struct place place, struct str text)
{
    static const struct {
        enum sign sign;
        enum fact fact;
    } rows[] = {{SIGN_DENIED, FACT_DENIAL}, {SIGN_THROTTLED, FACT_THROTTLED},
                {SIGN_NETWORK, FACT_NETWORK_ERROR}, {SIGN_MEMORY, FACT_OOM_TEXT},
                {SIGN_LOAD, FACT_LOAD_ERROR}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (x->signs & (unsigned)rows[i].sign)
            evidence_note(e, rows[i].fact, place, text);
}

static void note_denial(struct evidence *e, const struct exception *x)
{
    struct denial d;
    bool unhandled = x->weight >= ERROR_BARE;
    if (!(x->signs & SIGN_DENIED) || (e->action.len && (e->denial_unhandled || !unhandled)))
        return;
    if (!denial_parse(exception_message(x), &d) && !denial_parse(exception_type(x), &d))
        return;
    e->denial_unhandled = unhandled;
    e->principal = evidence_put(e, d.principal, 200);
    e->action = evidence_put(e, d.action, 96);
    e->resource = evidence_put(e, d.resource, 240);
    e->reason = evidence_put(e, d.reason, 200);
}

void evidence_add_exception(struct evidence *e, const struct exception *x, struct place place)
{
    char text[200];
    struct str type = exception_type(x), message = exception_message(x);
    size_t room = sizeof text - 2, len = type.len < 90 ? type.len : 90;
    if (x->weight == ERROR_NONE)
        return;
    memcpy(text, type.at, len);
    if (len && message.len) {
        text[len++] = ':';
        text[len++] = ' ';
    }
    size_t more = str_cut(message, room - len).len;
    memcpy(text + len, message.at, more);
    struct str shown = {text, len + more};
    if (x->weight >= ERROR_BARE) {
        if (replaces(&e->unhandled, x))
            keep(e, &e->unhandled, x);
        evidence_note(e, x->frames ? FACT_STACK_TRACE : FACT_ERROR_LINE, place, shown);
    } else {
        e->logged_signs |= x->signs;
        if (replaces(&e->logged, x))
            keep(e, &e->logged, x);
        if (x->weight == ERROR_LOGGED)
            evidence_note(e, FACT_LOGGED_ERROR, place, shown);
    }
    note_signs(e, x, place, shown);
    note_denial(e, x);
}

static struct text_ref move(struct evidence *e, const struct evidence *from, struct text_ref ref)
{
    return evidence_put(e, evidence_text(from, ref), ref.len);
}

void evidence_adopt_error(struct evidence *e, const struct evidence *from)
{
    static const enum fact facts[] = {FACT_STACK_TRACE, FACT_ERROR_LINE, FACT_DENIAL, FACT_THROTTLED,
                                      FACT_NETWORK_ERROR, FACT_OOM_TEXT, FACT_LOAD_ERROR};
    const struct error *error = &from->unhandled;
    e->unhandled = *error;
    e->unhandled.before_start = false;
    e->unhandled.type = move(e, from, error->type);
    e->unhandled.message = move(e, from, error->message);
    e->unhandled.location = move(e, from, error->location);
    e->last_error_line = from->last_error_line;
    e->principal = move(e, from, from->principal);
    e->action = move(e, from, from->action);
    e->resource = move(e, from, from->resource);
    e->reason = move(e, from, from->reason);
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        if (evidence_has(from, facts[i]))
            evidence_note(e, facts[i], (struct place){from->noted[facts[i]].line, from->noted[facts[i]].input},
                          evidence_text(from, from->noted[facts[i]].text));
}

void evidence_adopt(struct evidence *e, const struct evidence *from)
{
    struct place place = {from->noted[FACT_RUNTIME_DEATH].line, from->noted[FACT_RUNTIME_DEATH].input};
    e->logged_signs |= from->logged_signs;
    e->timeout_text = e->timeout_text || from->timeout_text;
    e->suspect = e->suspect || from->suspect;
    if (from->unhandled.weight > e->unhandled.weight)
        evidence_adopt_error(e, from);
    if (from->death != DEATH_NONE)
        evidence_add_death(e, evidence_text(from, from->death_reason), place,
                           evidence_text(from, from->noted[FACT_RUNTIME_DEATH].text));
    put_once(e, &e->error_type, evidence_text(from, from->error_type), 64);
    if (from->last_app_line > e->last_app_line)
        e->last_app_line = from->last_app_line;
}

static void move_number(int64_t *to, int64_t *from)
{
    if (to)
        *to = *from;
    *from = ABSENT;
}

static void move_fact(struct evidence *to, struct evidence *from, enum fact fact)
{
    const struct noted *noted = &from->noted[fact];
    if (to && evidence_has(from, fact))
        evidence_note(to, fact, (struct place){noted->line, noted->input}, evidence_text(from, noted->text));
    from->facts &= ~((uint64_t)1 << fact);
}

static void move_words(struct evidence *to, struct evidence *from)
{
    if (to) {
        to->status = from->status;
        to->status_text = move(to, from, from->status_text);
        to->error_type = move(to, from, from->error_type);
        to->trace_id = move(to, from, from->trace_id);
        to->sampled = from->sampled;
    }
    from->status = STATUS_NONE;
    from->status_text.len = from->trace_id.len = 0;
    from->sampled = ABSENT;
    if (from->death == DEATH_NONE)
        from->error_type.len = 0;
}

void evidence_move_end(struct evidence *to, struct evidence *from)
{
    if (to) {
        to->has_end = from->has_end;
        to->has_report = from->has_report;
        to->json = from->json;
        to->end_unix_ms = from->end_unix_ms;
    }
    from->has_end = from->has_report = from->report_quoted = from->emulator = false;
    from->end_unix_ms = TIME_NONE;
    move_words(to, from);
    move_number(to ? &to->duration_ns : NULL, &from->duration_ns);
    move_number(to ? &to->billed_ms : NULL, &from->billed_ms);
    move_number(to ? &to->memory_mb : NULL, &from->memory_mb);
    move_number(to ? &to->memory_used_mb : NULL, &from->memory_used_mb);
    if (!from->init_started) {
        move_number(to ? &to->init_ns : NULL, &from->init_ns);
        move_number(to ? &to->restore_ns : NULL, &from->restore_ns);
    }
    move_fact(to, from, FACT_REPORT);
    move_fact(to, from, FACT_STATUS);
}

bool evidence_at_limit(const struct evidence *e)
{
    return !e->emulator && e->memory_mb != ABSENT && e->memory_used_mb >= e->memory_mb;
}

bool evidence_billed_capped(const struct evidence *e)
{
    return e->duration_ns != ABSENT && e->billed_ms != ABSENT &&
           e->duration_ns > (e->billed_ms + 1) * 1000000;
}

bool evidence_at_timeout(const struct evidence *e)
{
    return e->duration_ns != ABSENT && e->configured_timeout_ms > 0 &&
           e->duration_ns >= e->configured_timeout_ms * 1000000;
}

bool evidence_bare_at_end(const struct evidence *e)
{
    return e->unhandled.weight == ERROR_BARE && e->unhandled.frames > 0 &&
           e->last_error_line >= e->last_app_line;
}

bool evidence_headless_at_end(const struct evidence *e)
{
    bool inside = (e->logged.weight == ERROR_LOGGED && e->logged.headless) ||
                  e->unhandled.weight == ERROR_BARE;
    return inside && !e->has_start && e->last_error_line >= e->last_app_line;
}

void evidence_take_mention(struct evidence *e)
{
    if (e->logged.weight == ERROR_MENTIONED && e->logged.type.len)
        e->logged.weight = ERROR_LOGGED;
}

bool evidence_tells_of_failure(const struct evidence *e)
{
    return e->unhandled.weight >= ERROR_BARE || e->logged.weight == ERROR_LOGGED || e->init_failed ||
           e->timeout_text || e->death != DEATH_NONE || e->logged_signs != 0;
}
