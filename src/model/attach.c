#include "src/model/tracking.h"

/* Platform lines: they open, close and judge attempts. The trap: the same words inside an
 * application's message (a function that forwards logs) must open nothing. Another: emulators
 * give START another id than END and REPORT, so an unknown id closes the only open START. */

/* ---- attempts ---- */

void attach_touch(struct attempt *a, const struct line *line)
{
    if (a->e.first_line == 0) {
        a->e.first_line = line->number;
        a->e.input = line->event->input;
    }
    if (line->number > a->e.last_line)
        a->e.last_line = line->number;
    a->e.line_count++;
}

struct attempt *attach_by_id(struct stream *stream, struct str id)
{
    if (id.len == 0)
        return NULL;
    struct attempt *newest = stream->count > 0 ? stream->attempts[stream->count - 1] : NULL;
    bool is_newest = newest && str_eq(evidence_text(&newest->e, newest->e.id), id); /* mostly */
    if (is_newest && !newest->ended_at)
        return newest;
    struct attempt *a = stream_find_id(stream, is_newest ? newest->id_hash : str_hash(id), id);
    return a ? a : foreign_find(stream, id);
}

void attach_set_id(struct attempt *a, struct str id)
{
    if (id.len == 0)
        return;
    a->e.id = evidence_put(&a->e, id, 128);
    a->has_uuid = line_is_uuid(id);
    stream_set_hash(a, str_hash(evidence_text(&a->e, a->e.id)));
}

/* Counts the attempt under its id; an earlier one of the same id failed. */
static void count_attempt(struct tracker *t, struct attempt *a)
{
    struct str id = evidence_text(&a->e, a->e.id);
    if (id.len == 0) {
        a->e.attempt = 1;
        return;
    }
    a->e.attempt = ids_count(t->ids, a->id_hash);
    if (a->e.attempt > 1)
        finals_retried(&t->finals, a->id_hash, id);
}

struct attempt *attach_pending(struct tracker *t, struct line *line)
{
    struct stream *stream = line->stream;
    if (!stream->pending) {
        struct attempt *a = streams_open(&t->streams, stream);
        a->pending = true;
        a->e.attempt = 1;
        stream->open--; /* no request: it does not count as one */
        stream->pending = a;
    }
    return stream->pending;
}

/* What came before the request in the same environment is part of its first attempt. */
static struct attempt *adopt_pending(struct stream *stream)
{
    struct attempt *a = stream->pending;
    stream->pending = NULL;
    a->pending = false;
    stream->open++;
    return a;
}

struct attempt *attach_new(struct tracker *t, struct line *line, struct str id, bool started)
{
    struct stream *stream = line->stream;
    struct attempt *a = stream->pending ? adopt_pending(stream) : streams_open(&t->streams, stream);
    attach_set_id(a, id);
    a->e.has_start = started;
    a->e.implicit = !started;
    a->e.start_unix_ms = line->unix_ms;
    count_attempt(t, a);
    return a;
}

static void end(struct tracker *t, struct attempt *a, const struct line *line)
{
    if (!a->ended_at) {
        a->ended_at = t->events;
        a->stream->open--;
        a->stream->ended = a;
    }
    if (line->unix_ms != TIME_NONE)
        a->e.end_unix_ms = line->unix_ms;
    a->e.emulator = a->e.emulator || a->stream->emulated;
    finals_add(&t->finals, a);
}

void attach_settle(struct tracker *t, struct attempt *a)
{
    struct stream *stream = a->stream;
    if (stream->pending == a)
        stream->pending = NULL;
    if (a->pending && !evidence_tells_of_failure(&a->e)) {
        streams_drop(&t->streams, a);
        return;
    }
    if (!a->ended_at) {
        a->ended_at = t->events;
        stream->open = (uint16_t)(stream->open - (!a->pending && !a->shadowed));
    }
    finals_settle(&t->finals, a);
}

/* ---- who is meant ---- */

/* A second REPORT without a START between them: the later one counts. */
static bool has_own_report(const struct attempt *a)
{
    return a == a->stream->running && a->stream->open == 0 && !a->renamed && a->e.has_report &&
           !a->e.report_quoted;
}

/* Text before a platform line makes it part of a message, unless it names what is open. */
bool attach_accepts(struct tracker *t, const struct line *line, const struct platform *p)
{
    struct line_head head;
    (void)t;
    struct attempt *only = stream_only_open(line->stream);
    if (!p->quoted && !(p->keyed && only && only->e.has_start))
        return true;
    struct attempt *named = attach_by_id(line->stream, p->id);
    if (named)
        return p->kind != LINE_START && !(p->kind == LINE_REPORT && has_own_report(named));
    if (p->keyed)
        return !only;
    line_head_read(p->before, &head);
    bool logged = head.level != LEVEL_NONE || head.id.len || str_has(p->before, STR("\":"));
    if (logged)
        return false;
    if (p->kind == LINE_TIMEOUT || p->kind == LINE_DEATH)
        return head.rest.len == 0;
    return line->stream->open == 0 || (p->kind != LINE_START && p->kind != LINE_REPORT);
}

/* END and REPORT: the attempt of that id, else the only open START, else what is pending. */
static struct attempt *ending_attempt(struct tracker *t, struct line *line, const struct platform *p)
{
    struct stream *stream = line->stream;
    struct attempt *a = attach_by_id(stream, p->id), *only = stream_only_open(stream);
    bool again = a && p->kind == LINE_REPORT && a->e.has_report && !a->e.report_quoted &&
                 !foreign_find(stream, p->id);
    if (again && has_own_report(a)) {
        bool ended = a->e.has_end;
        evidence_move_end(NULL, &a->e);
        a->e.has_end = ended;
        return a;
    }
    if (a && !again)
        return a;
    if (p->id.len == 0 && (only || (stream->ended && !stream->ended->e.has_report)))
        return only ? only : stream->ended; /* the id is masked */
    if (!a && only && only->e.has_start && !only->ended_at && !p->quoted) {
        foreign_rename(t, only, p->id);
        return only;
    }
    a = attach_new(t, line, p->id, false);
    a->guest = stream->running != NULL;
    stream->has_guests = stream->has_guests || a->guest;
    return a;
}

static struct attempt *named_or_only(struct line *line, const struct platform *p)
{
    struct attempt *a = attach_by_id(line->stream, p->id);
    if (!a && p->id.len == 0)
        a = stream_only_open(line->stream);
    return a;
}

/* A line of the platform about a request that may have no START here. */
static struct attempt *fault_attempt(struct tracker *t, struct line *line, const struct platform *p)
{
    struct stream *stream = line->stream;
    struct attempt *a = named_or_only(line, p);
    if (a)
        return a;
    if (p->id.len == 0)
        return stream->ended ? stream->ended : attach_pending(t, line);
    if (ids_seen(t->ids, str_hash(p->id)))
        return NULL; /* its verdict is out */
    if (stream->named && !stream->json && stream->running && !stream->running->ended_at)
        return NULL; /* one request runs at a time: the code has printed it */
    return attach_new(t, line, p->id, false);
}

/* ---- the kinds ---- */

static void settle_stream(struct tracker *t, struct stream *stream)
{
    for (unsigned i = stream->count; i-- > 0;) {
        if (i >= stream->count)
            continue;
        struct attempt *a = stream->attempts[i];
        if (!a->ended_at && a->e.has_start)
            foreign_shadow(a);
        else if (a->ended_at || !a->pending)
            attach_settle(t, a);
    }
}

/* In a real stream a START says that whatever was before is over; but see foreign.c. */
static void on_start(struct tracker *t, struct line *line, const struct platform *p)
{
    struct stream *stream = line->stream;
    struct attempt *a = attach_by_id(stream, p->id);
    stream->json = p->json;
    if (a && !a->ended_at && a->e.implicit && !a->e.has_start) {
        a->e.has_start = true;
        stream->running = a;
        line->owner = a;
        return;
    }
    if (stream->named && !p->json) {
        settle_stream(t, stream);
        finals_drain(&t->finals, false);
    }
    a = attach_new(t, line, p->id, true);
    a->e.json = p->json;
    stream->running = a;
    line->owner = a;
}

static void on_end(struct tracker *t, struct line *line, const struct platform *p)
{
    struct attempt *a = ending_attempt(t, line, p);
    foreign_on_own_end(t, a, p);
    a->e.has_end = true;
    line->owner = a;
    attach_touch(a, line);
    if (p->report.timeout_ms != ABSENT)
        evidence_add_timeout(&a->e, p, line_place(line));
    end(t, a, line);
}

static bool names_uuid(const struct attempt *a, struct str id)
{
    return (a->has_uuid && str_eq(evidence_text(&a->e, a->e.id), id)) || line_is_uuid(id);
}

static void on_report(struct tracker *t, struct line *line, const struct platform *p)
{
    struct attempt *a = ending_attempt(t, line, p);
    foreign_on_own_end(t, a, p);
    a->shaped = names_uuid(a, p->id) && p->report.billed_ms != ABSENT && p->report.memory_mb != ABSENT;
    a->e.json = a->e.json || p->json;
    a->e.report_quoted = p->quoted;
    line->owner = a;
    attach_touch(a, line);
    evidence_add_report(&a->e, p, line_place(line));
    if (!report_has_numbers(&p->report)) /* wrapped behind the id */
        a->e.has_report = p->report.status.len > 0;
    line->stream->wrapped = p->json ? NULL : a;
    line->stream->wrapped_lines = 0;
    end(t, a, line);
    if (!a->guest)
        finals_show(&t->finals, a);
}

static void on_init(struct tracker *t, struct line *line, const struct platform *p)
{
    struct stream *stream = line->stream;
    if (stream->pending && stream->pending->e.init_failed) {
        struct attempt *failed = stream->pending; /* a new start: that one came to nothing */
        stream->pending = NULL;
        attach_settle(t, failed);
    }
    struct attempt *a = attach_pending(t, line);
    a->e.init_started = true;
    a->e.start_unix_ms = line->unix_ms;
    if (p->function.len && a->e.function.len == 0)
        a->e.function = evidence_put(&a->e, p->function, 140);
    if (p->report.status.len) /* initRuntimeDone: the initReport may be cut away */
        evidence_add_init_report(&a->e, p, line_place(line));
    line->owner = a;
}

static void on_init_report(struct tracker *t, struct line *line, const struct platform *p)
{
    struct attempt *only = stream_only_open(line->stream);
    bool suppressed = str_eq(p->report.phase, STR("invoke"));
    struct attempt *a = suppressed && only ? only : attach_pending(t, line);
    evidence_add_init_report(&a->e, p, line_place(line));
    if (a->pending && line->unix_ms != TIME_NONE)
        a->e.end_unix_ms = line->unix_ms;
    line->owner = a;
}

static void on_timeout(struct tracker *t, struct line *line, const struct platform *p)
{
    struct attempt *a = fault_attempt(t, line, p);
    line->owner = a;
    if (!a)
        return;
    evidence_add_timeout(&a->e, p, line_place(line));
    if (a->e.end_unix_ms == TIME_NONE)
        a->e.end_unix_ms = line->unix_ms;
    if (a->shown)
        finals_show(&t->finals, a);
}

static void on_death(struct tracker *t, struct line *line, const struct platform *p)
{
    struct attempt *a = fault_attempt(t, line, p);
    struct str reason = p->reason;
    line->owner = a;
    if (!a)
        return;
    evidence_add_death(&a->e, reason, line_place(line), p->text);
    while (reason.len) { /* the type may stand on the same line */
        struct str word = str_take_word(&reason);
        if (platform_is_error_type(word))
            evidence_add_error_type(&a->e, word);
    }
    line->stream->dying = a;
    if (p->ends && !a->pending)
        end(t, a, line);
    if (a->shown)
        finals_show(&t->finals, a);
}

static void on_xray(struct line *line, const struct platform *p)
{
    struct attempt *a = line->stream->ended;
    line->owner = a;
    if (!a)
        return;
    if (p->report.trace_id.len && a->e.trace_id.len == 0)
        a->e.trace_id = evidence_put(&a->e, p->report.trace_id, 64);
    if (p->report.sampled != ABSENT)
        a->e.sampled = (int8_t)p->report.sampled;
}

static void on_platform(struct line *line, const struct platform *p)
{
    struct attempt *a = named_or_only(line, p);
    line->owner = a;
    if (!a)
        return;
    if (p->done) {
        a->e.has_runtime_done = true;
        a->e.done_status = status_of(p->report.status);
        if (a->e.error_type.len == 0 && p->report.error_type.len)
            a->e.error_type = evidence_put(&a->e, p->report.error_type, 64);
    }
    if (p->unknown) {
        a->e.unknown_kind = true;
        evidence_note(&a->e, FACT_UNKNOWN_KIND, line_place(line), p->text);
    }
}

static void add_trace(struct attempt *a, const struct report *r)
{
    if (a->e.trace_id.len == 0 && r->trace_id.len)
        a->e.trace_id = evidence_put(&a->e, r->trace_id, 64);
    if (r->sampled != ABSENT)
        a->e.sampled = (int8_t)r->sampled;
}

/* An error without an id, directly before such a line, is most likely its attempt's. */
static bool claims_error(const struct platform *p)
{
    return p->kind == LINE_END || p->kind == LINE_REPORT || p->kind == LINE_TIMEOUT ||
           p->kind == LINE_DEATH;
}

void attach_platform(struct tracker *t, struct line *line, struct platform *p)
{
    if (t->object_stream == line->stream)
        app_end_object(t); /* cut off by this line */
    if (line->stream->reading)
        app_flush_error(t, line->stream, claims_error(p) ? attach_by_id(line->stream, p->id) : NULL);
    line->kind = p->kind;
    line->stream->emulated = line->stream->emulated || p->emulated;
    if (p->unix_ms != TIME_NONE && line->event->unix_ms == TIME_NONE)
        line->unix_ms = p->unix_ms;
    if (p->kind != LINE_DEATH)
        line->stream->dying = NULL;
    line->stream->wrapped = NULL;
    switch (p->kind) {
    case LINE_START:
        on_start(t, line, p);
        break;
    case LINE_END:
        on_end(t, line, p);
        return;
    case LINE_REPORT:
        on_report(t, line, p);
        return;
    case LINE_INIT:
        on_init(t, line, p);
        break;
    case LINE_INIT_REPORT:
        on_init_report(t, line, p);
        break;
    case LINE_TIMEOUT:
        on_timeout(t, line, p);
        break;
    case LINE_DEATH:
        on_death(t, line, p);
        break;
    case LINE_XRAY:
        on_xray(line, p);
        break;
    case LINE_UNPARSED:
        t->unparsed++;
        break;
    default:
        on_platform(line, p);
    }
    if (line->owner) {
        attach_touch(line->owner, line);
        if (p->json && p->kind != LINE_XRAY)
            add_trace(line->owner, &p->report);
    }
}
