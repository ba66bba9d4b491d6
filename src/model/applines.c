#include "src/model/tracking.h"

#include "src/base/jscan.h"

/* Application lines. Nearly all of them hold no word of interest and end in plain.c; the
 * others are read for errors, which may go on over many lines and may name a request. */

const struct str app_words[] = {
#define WORD(word) {(word), sizeof(word) - 1}
    /* the platform's: WORDS_PLATFORM of them */
    WORD("RequestId:"), WORD("REPORT "), WORD("\"platform."), WORD("INIT_START "),
    WORD("RESTORE_START "), WORD("_REPORT "), WORD("XRAY TraceId"), WORD("Task timed out"),
    WORD(" exited "), WORD("State: "), WORD("IMAGE"), WORD("Unknown application error"),
    WORD(" (rapid) "),
    /* Stems of errors. Fewer words are a faster pass: what nearly always stands beside one of
     * these (an errno beside `Error`) has no word of its own. */
    WORD("rror"), WORD("ERROR"), WORD("xception"), WORD("Traceback"), WORD("panic"), WORD("FATAL"),
    WORD("imed out"), WORD("hrottl"), WORD("enied"), WORD("uthorized"), WORD("xceeded"),
    WORD("efused"), WORD("ECONN"), WORD("f memory"), WORD("allocat"), WORD("GLIBC"),
    WORD("Unable to"), WORD("missing on"), WORD("Class not found"), WORD("CoreCLR"),
    WORD("shared object"), WORD("oo Many"), WORD("annot find "), WORD("annot import"),
    WORD("No module named"),
};
const size_t app_word_count = sizeof app_words / sizeof *app_words;

/* ---- whose line it is ---- */

static bool has_failed(const struct attempt *a)
{
    return a->e.unhandled.weight >= ERROR_BARE || a->e.timeout_text || a->e.death != DEATH_NONE ||
           a->e.status == STATUS_ERROR || a->e.status == STATUS_TIMEOUT;
}

struct attempt *app_find_owner(struct stream *stream, struct str id, bool from_json)
{
    struct attempt *only = stream_only_open(stream);
    if (id.len == 0)
        return only;
    struct attempt *a = attach_by_id(stream, id);
    if (a)
        return a;
    return only && (only->e.has_start || from_json) ? only : NULL;
}

/* An error that names a request of which nothing else was seen is a record of its own; so is
 * one after the end of an attempt that had failed already: the request came again. */
static struct attempt *owner_of_error(struct tracker *t, struct line *line, struct str id)
{
    struct attempt *a = line->owner;
    if (a && a->ended_at && a->e.has_report && id.len && has_failed(a))
        return attach_new(t, line, id, false);
    if (a)
        return a;
    if (id.len)
        return ids_seen(t->ids, str_hash(id)) ? NULL : attach_new(t, line, id, false);
    return line->stream->open == 0 ? attach_pending(t, line) : NULL;
}

static struct str previous_line(const struct line *line)
{
    const struct attempt *a = line->owner;
    if (a && a->e.last_len)
        return (struct str){a->e.last, a->e.last_len};
    return (struct str){line->stream->previous, line->stream->previous_len};
}

/* ---- errors ---- */

void app_flush_error(struct tracker *t, struct stream *stream, struct attempt *claimant)
{
    (void)t;
    if (!stream->reading)
        return;
    stream->reading = false;
    struct attempt *a = stream->error_owner ? stream->error_owner : claimant;
    stream->error_owner = NULL;
    if (a) {
        evidence_add_exception(&a->e, &stream->error, stream->error_place);
        a->e.last_error_line = stream->error_at;
        return;
    }
    if (stream->error.weight < ERROR_UNHANDLED)
        return;
    for (unsigned i = 0; i < stream->count; i++)
        if (!stream->attempts[i]->ended_at)
            stream->attempts[i]->e.suspect = true;
}

static bool is_new_burst(const struct attempt *pending, const struct line *line)
{
    int64_t last = pending->e.last_app_unix_ms, now = line->unix_ms;
    return pending->e.unhandled.weight == ERROR_UNHANDLED && last != TIME_NONE && now != TIME_NONE &&
           now - last > BURST_GAP_MS;
}

static void start_error(struct tracker *t, struct line *line, const struct exception *x, struct str id)
{
    struct stream *stream = line->stream;
    if (stream->pending && x->weight == ERROR_UNHANDLED && is_new_burst(stream->pending, line))
        attach_settle(t, stream->pending);
    line->owner = owner_of_error(t, line, id);
    if (line->owner && line->owner->pending) {
        line->owner->e.last_app_unix_ms = line->unix_ms;
        if (line->owner->e.start_unix_ms == TIME_NONE)
            line->owner->e.start_unix_ms = line->unix_ms;
        line->owner->e.end_unix_ms = line->unix_ms;
    }
    stream->reading = true;
    stream->error = *x;
    stream->error_owner = line->owner;
    stream->error_place = line_place(line);
    stream->error_at = t->events;
    line->kind = x->weight >= ERROR_BARE ? LINE_ERROR : LINE_APP;
}

/* ---- platform words inside an error's JSON ---- */

/* The answer of an invocation that the platform ended holds the platform's own sentence. */
static bool is_platform_answer(struct tracker *t, struct line *line, const struct exception *x)
{
    struct platform p;
    struct str message = exception_message(x);
    if (x->weight != ERROR_UNHANDLED || !platform_take(&message, &p) || p.quoted)
        return false;
    if (p.kind != LINE_TIMEOUT && p.kind != LINE_DEATH)
        return false;
    attach_platform(t, line, &p);
    if (line->owner)
        evidence_add_error_type(&line->owner->e, exception_type(x));
    line->stream->dying = NULL;
    return true;
}

/* Without a marker, a payload between START and END was printed by the code itself. */
static void doubt_payload(const struct line *line, const struct line_head *head, struct exception *x)
{
    const struct attempt *a = line->owner;
    if (x->payload && a && a->e.has_start && !a->ended_at && !head->timed && !head->id.len)
        x->weight = ERROR_BARE;
    if (x->payload && (head->level == LEVEL_INFO || head->level == LEVEL_DEBUG || head->level == LEVEL_WARN))
        x->weight = ERROR_MENTIONED;
    if (x->payload && head->level == LEVEL_ERROR)
        x->weight = ERROR_LOGGED;
}

static void on_error_object(struct tracker *t, struct line *line, const struct line_head *head,
                            struct exception *x, struct str id)
{
    struct stream *stream = line->stream;
    if (stream->reading && stream->error.wants_json) { /* details of the marker before */
        enum error_weight weight = stream->error.weight;
        bool no_request = stream->error.no_request;
        x->signs |= stream->error.signs;
        stream->error = *x;
        stream->error.weight = weight;
        stream->error.no_request = no_request || x->no_request;
        return;
    }
    app_flush_error(t, stream, NULL);
    if (is_platform_answer(t, line, x))
        return;
    doubt_payload(line, head, x);
    if (x->weight == ERROR_NONE || (x->weight == ERROR_MENTIONED && !x->signs))
        return;
    start_error(t, line, x, id);
}

/* Another tool's JSON around a line: a Telemetry API record, or a re-logged platform line. */
static bool take_wrapped(struct tracker *t, struct line *line, const struct json_line *json)
{
    struct buf room;
    struct platform p;
    bool taken = false;
    struct str raw = json->message;
    if (json->record.len > 2 && json->record.at[0] == '"')
        raw = (struct str){json->record.at + 1, json->record.len - 2};
    buf_init(&room, CLEAN_BYTES);
    struct str text = jscan_unescape(raw, &room, NULL), rest = text;
    while (rest.len && platform_take(&rest, &p)) {
        p.keyed = json->record.len == 0;
        if (p.quoted || !attach_accepts(t, line, &p))
            continue;
        attach_platform(t, line, &p);
        taken = true;
    }
    if (!taken && json->record.len) {
        struct line inner = *line;
        inner.text = text;
        app_line(t, &inner);
        line->owner = inner.owner;
        taken = true;
    }
    buf_release(&room);
    return taken;
}

/* ---- JSON over many lines ---- */

void app_drop_object(struct tracker *t)
{
    t->object_stream = NULL;
    buf_clear(&t->object);
}

static int depth_change(struct str s)
{
    int depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted)
            depth += (c == '{' || c == '[') - (c == '}' || c == ']');
    }
    return depth;
}

static void open_object(struct tracker *t, struct line *line, const struct line_head *head, bool marked)
{
    struct str s = str_trim_right(head->rest);
    size_t at = str_find_char(s, '{');
    if (at == SIZE_MAX || (s.at[s.len - 1] != '{' && !marked))
        return;
    struct str from = str_from(s, at);
    int depth = depth_change(from);
    if (depth <= 0)
        return;
    app_drop_object(t);
    t->object_stream = line->stream;
    t->object_depth = depth;
    t->object_place = line_place(line);
    t->object_lines = 0;
    t->object_marked = marked;
    t->object_level = head->level;
    t->object_error = line->stream->reading;
    (void)buf_add(&t->object, from);
    (void)buf_add_char(&t->object, '\n');
}

static void finish_object(struct tracker *t, struct line *line)
{
    struct exception x;
    struct json_line json;
    struct platform p;
    struct str text = buf_str(&t->object);
    struct line_head head = {.level = t->object_level, .unix_ms = TIME_NONE};
    t->object_stream = NULL;
    if (str_has(text, STR("\"platform.")))
        while (platform_take(&text, &p))
            if (p.json)
                attach_platform(t, line, &p);
    text = buf_str(&t->object);
    if (text.len && text.at[0] == '{') {
        if (!exception_from_json(&x, t->signs, text, t->object_marked, &json)) {
            exception_clear(&x);
            exception_from_torn_json(&x, t->signs, text);
            x.weight = t->object_marked ? ERROR_UNHANDLED : x.type_len ? ERROR_BARE
                       : x.message_len     ? ERROR_MENTIONED
                                           : ERROR_NONE;
            json.id = STR_NONE;
        }
        else if (take_wrapped(t, line, &json))
            x.weight = ERROR_NONE;
        if (x.weight > ERROR_MENTIONED || x.signs)
            on_error_object(t, line, &head, &x, line_is_uuid(json.id) ? json.id : STR_NONE);
    }
    buf_clear(&t->object);
}

static bool is_known(const struct tracker *t, const struct stream *wanted)
{
    const struct stream *stream = t->streams.oldest;
    while (stream && stream != wanted)
        stream = stream->newer;
    return stream != NULL;
}

void app_end_object(struct tracker *t)
{
    struct event event = {.unix_ms = TIME_NONE, .input = t->object_place.input};
    struct line line = {.event = &event, .stream = t->object_stream, .number = t->object_place.line,
                        .unix_ms = TIME_NONE};
    if (!t->object_stream || !is_known(t, t->object_stream)) /* it may have given way */
        return;
    finish_object(t, &line);
    app_flush_error(t, line.stream, NULL);
}

/* true: the line is part of the object. */
static bool feed_object(struct tracker *t, struct line *line, const struct line_head *head)
{
    struct str s = str_trim(line->text);
    while (str_skip(&s, STR("> ")) || str_skip(&s, STR("# ")) || str_skip(&s, STR("// ")))
        s = str_trim_left(s); /* quoted in a mail or a comment */
    bool json_like = s.len == 0 || strchr("\"{}[]0123456789-", s.at[0]) || str_starts(s, STR("null")) ||
                     str_starts(s, STR("true")) || str_starts(s, STR("false")) || t->object_marked;
    if (!json_like || ++t->object_lines > OBJECT_LINES || head->level != LEVEL_NONE) {
        finish_object(t, line); /* cut off: what is there of it */
        line->kind = LINE_APP;
        return false;
    }
    (void)buf_add(&t->object, s);
    (void)buf_add_char(&t->object, '\n');
    t->object_depth += depth_change(s);
    if (t->object_depth <= 0)
        finish_object(t, line);
    return true;
}

/* ---- one line ---- */

static bool take_second_line(struct tracker *t, struct line *line, const struct line_head *head)
{
    struct stream *stream = line->stream;
    struct platform p = {.kind = LINE_REPORT, .text = line->text, .unix_ms = TIME_NONE};
    (void)t;
    if (stream->dying && platform_is_error_type(head->rest)) {
        line->owner = stream->dying;
        line->kind = LINE_DEATH;
        evidence_add_error_type(&stream->dying->e, head->rest);
        attach_touch(line->owner, line);
        return true;
    }
    if (!stream->wrapped)
        return false;
    if (head->rest.len == 0) /* pasted with an empty line after each */
        return true;
    report_clear(&p.report);
    if (stream->wrapped_lines++ >= WRAP_LINES || !report_continue(line->text, &p.report)) {
        stream->wrapped = NULL;
        return false;
    }
    line->owner = stream->wrapped;
    line->kind = LINE_REPORT;
    evidence_add_report(&line->owner->e, &p, line_place(line));
    attach_touch(line->owner, line);
    return true;
}

/* An answer whose JSON is none any more: shortened by a writer, or badly quoted. */
static bool take_torn(struct tracker *t, struct line *line, const struct line_head *head, struct str s)
{
    struct exception x;
    if (s.at[s.len - 1] != '}' || !str_has(s, STR("\"errorType\"")) || !str_has(s, STR("\"errorMessage\"")))
        return false;
    exception_clear(&x);
    exception_from_torn_json(&x, t->signs, s);
    x.weight = ERROR_BARE;
    line->owner = app_find_owner(line->stream, head->id, true);
    on_error_object(t, line, head, &x, head->id);
    plain_give(t, line);
    return true;
}

/* A JSON object that stands whole behind the head; a marker of the runtime may stand before. */
static bool take_json(struct tracker *t, struct line *line, const struct line_head *head)
{
    struct exception x;
    struct json_line json;
    struct str s = str_trim(head->rest);
    if (s.len < 2 || s.at[0] != '{')
        return false;
    if (!exception_from_json(&x, t->signs, s, false, &json))
        return take_torn(t, line, head, s);
    struct str id = head->id.len ? head->id : json.id;
    line->owner = app_find_owner(line->stream, id, true);
    if (line->unix_ms == TIME_NONE)
        line->unix_ms = json.unix_ms;
    if (take_wrapped(t, line, &json))
        return true;
    if (x.weight == ERROR_NONE)
        app_flush_error(t, line->stream, NULL);
    else
        on_error_object(t, line, head, &x, line_is_uuid(id) || head->id.len ? id : STR_NONE);
    plain_give(t, line);
    return true;
}

/* The JSON behind `Invoke Error`, on the same line. */
static void take_details(struct tracker *t, struct line *line, const struct line_head *head)
{
    struct exception x;
    struct json_line json;
    size_t at = str_find_char(head->rest, '{');
    if (at == SIZE_MAX)
        return;
    if (exception_from_json(&x, t->signs, str_from(head->rest, at), true, &json)) {
        on_error_object(t, line, head, &x, STR_NONE);
        line->stream->error.wants_json = false;
        return;
    }
    open_object(t, line, head, true);
    if (t->object_stream == line->stream)
        return;
    exception_clear(&x);
    exception_from_torn_json(&x, t->signs, str_from(head->rest, at));
    x.weight = ERROR_UNHANDLED;
    on_error_object(t, line, head, &x, STR_NONE);
}

/* A stronger error begins: what was read so far was only talk about it. */
static bool is_stronger(struct tracker *t, struct line *line, const struct line_head *head)
{
    struct exception x;
    const struct exception *now = &line->stream->error;
    line->owner = line->stream->error_owner;
    return now->weight < ERROR_UNHANDLED && now->frames == 0 &&
           exception_begin(&x, t->signs, head, previous_line(line)) && x.weight > now->weight &&
           (x.type_len > 0 || x.frames == 0 || now->signs == 0); /* a frame alone is its frame */
}

static bool continues_error(struct tracker *t, struct line *line, const struct line_head *head)
{
    struct stream *stream = line->stream;
    if (!stream->reading || is_stronger(t, line, head) ||
        !exception_continue(&stream->error, t->signs, head))
        return false;
    stream->error_at = t->events;
    line->owner = stream->error_owner;
    line->kind = stream->error.weight >= ERROR_BARE ? LINE_ERROR : LINE_APP;
    if (line->owner)
        attach_touch(line->owner, line);
    return true;
}

/* Too little for a record, unless the input ends without any: see tracker_finish. */
static void on_mention(struct tracker *t, struct line *line, const struct line_head *head,
                       const struct exception *x)
{
    if (x->level_error && head->id.len)
        line->owner = owner_of_error(t, line, head->id);
    else if (!line->owner && t->streams.next_seq == 1 && x->type_len)
        line->owner = attach_pending(t, line);
    if (line->owner && line->owner->pending)
        evidence_add_exception(&line->owner->e, x, line_place(line));
    plain_give(t, line);
}

/* `Invoke Error`, and its JSON from the next line on. */
static bool opens_details(struct tracker *t, struct line *line, const struct line_head *head)
{
    struct stream *stream = line->stream;
    if (!stream->reading || !stream->error.wants_json || head->rest.len == 0 || head->rest.at[0] != '{')
        return false;
    open_object(t, line, head, true);
    if (t->object_stream != stream)
        return false;
    line->owner = stream->error_owner;
    line->kind = LINE_ERROR;
    if (line->owner)
        attach_touch(line->owner, line);
    return true;
}

void app_line(struct tracker *t, struct line *line)
{
    struct line_head head;
    struct exception x;
    struct stream *stream = line->stream;
    line_head_read(line->text, &head);
    line->kind = LINE_APP;
    if (line->unix_ms == TIME_NONE)
        line->unix_ms = head.unix_ms;
    if ((stream->dying || stream->wrapped) && take_second_line(t, line, &head))
        return;
    if (t->object_stream == stream && feed_object(t, line, &head))
        return;
    if (take_json(t, line, &head) || opens_details(t, line, &head) || continues_error(t, line, &head))
        return;
    line->owner = app_find_owner(stream, head.id, false);
    if (!exception_begin(&x, t->signs, &head, previous_line(line))) {
        app_flush_error(t, stream, NULL);
        open_object(t, line, &head, false);
        plain_give(t, line);
        return;
    }
    app_flush_error(t, stream, NULL);
    bool talk = !line->owner && stream->ended && !head.id.len; /* an answer below its log */
    if (x.weight == ERROR_MENTIONED && (!x.signs || talk)) {
        on_mention(t, line, &head, &x);
        return;
    }
    start_error(t, line, &x, head.id);
    plain_give(t, line);
    if (x.wants_json)
        take_details(t, line, &head);
    else
        open_object(t, line, &head, false);
}
