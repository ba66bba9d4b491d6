#include "src/model/tracking.h"

#include <stdlib.h>

/* The way of one event: its stream, then, when it holds a word of interest or its stream waits
 * for a further line, line by line through platform and application reading. Ceilings: 4,096
 * streams, 1,024 attempts that are open or linger (96 in one stream), 65,536 known request
 * ids, 1,024 functions; an ended attempt lingers for 256 events. */

static void close_attempt(void *ctx, struct attempt *a)
{
    struct tracker *t = ctx;
    app_flush_error(t, a->stream, NULL);
    a->e.cut = true;
    if (a->pending && !evidence_tells_of_failure(&a->e)) {
        streams_drop(&t->streams, a);
        return;
    }
    finals_build(&t->finals, a);
    finals_drain(&t->finals, false);
}

struct tracker *tracker_new(const struct tracker_options *options, const struct tracker_sink *sink)
{
    struct tracker *t = xcalloc(1, sizeof *t);
    streams_init(&t->streams, t, close_attempt);
    t->finals.sink = *sink;
    t->finals.options = *options;
    t->finals.streams = &t->streams;
    t->sink = *sink;
    t->ids = ids_new();
    t->tally = tally_new();
    t->words = needles_new(app_words, app_word_count);
    t->signs = signs_new();
    t->clean = xcalloc(1, CLEAN_BYTES);
    buf_init(&t->object, OBJECT_BYTES);
    return t;
}

void tracker_free(struct tracker *t)
{
    if (!t)
        return;
    finals_release(&t->finals);
    streams_release(&t->streams);
    ids_free(t->ids);
    tally_free(t->tally);
    needles_free(t->words);
    signs_free(t->signs);
    buf_release(&t->object);
    free(t->clean);
    free(t);
}

void tracker_function(struct tracker *t, const struct function *function)
{
    struct tally_function *f = tally_find(t->tally, str_of(function->name));
    if (f)
        tally_configure(f, function->timeout_ms, function->memory_mb);
}

uint64_t tracker_unparsed(const struct tracker *t)
{
    return t->unparsed;
}

const struct needles *tracker_words(const struct tracker *t)
{
    return t->words;
}

/* ---- lines ---- */

static bool is_platform(uint64_t words)
{
    return words & ((1u << WORDS_PLATFORM) - 1);
}

/* A member of an object that is being collected is read with it. */
static bool is_object_part(const struct tracker *t, const struct line *line)
{
    struct str s = str_trim_left(line->text);
    return t->object_stream == line->stream && s.len && (s.at[0] == '"' || s.at[0] == '}');
}

/* Several platform lines may stand in one; what is none of them is the application's. */
static void read_line(struct tracker *t, struct line *line)
{
    struct platform p;
    struct str rest = line->text;
    bool taken = false;
    enum line_kind kind = LINE_APP;
    struct attempt *owner = NULL;
    if (!is_platform(line->words) || is_object_part(t, line)) {
        app_line(t, line);
        return;
    }
    while (platform_take(&rest, &p)) {
        if (!attach_accepts(t, line, &p))
            continue;
        attach_platform(t, line, &p);
        if (!taken || line->kind == LINE_REPORT) {
            kind = line->kind;
            owner = line->owner;
        }
        taken = true;
    }
    if (!taken) {
        app_line(t, line);
        return;
    }
    line->kind = kind;
    line->owner = owner;
}

static struct str id_of(const struct attempt *a)
{
    return a ? evidence_text(&a->e, a->e.id) : STR_NONE;
}

static void hand_line(struct tracker *t, const struct line *line, struct str text, bool continues)
{
    struct line_mark mark = {.invocation = line->owner ? line->owner->seq : 0, .kind = line->kind,
                             .continues = continues, .unix_ms = line->unix_ms,
                             .request_id = id_of(line->owner)};
    if (line->kind == LINE_APP && (text.len > 6 && str_has(text, STR("\"_aws\""))))
        mark.kind = LINE_METRIC;
    t->sink.line(t->sink.ctx, line->event, text, &mark);
}

/* A log that was pasted in part may be one sentence: until something was found, every line is
 * read, whatever words it has. */
static bool is_fragment(const struct tracker *t)
{
    return t->streams.next_seq == 1 && t->events + 1 < FRAGMENT_EVENTS;
}

static bool waits_for_more(const struct tracker *t, const struct stream *stream)
{
    return stream->reading || stream->wrapped || stream->dying || t->object_stream == stream;
}

static void read_event(struct tracker *t, struct stream *stream, const struct event *event, uint64_t words)
{
    struct str rest = event->message;
    bool whole = str_find_char(rest, '\n') == SIZE_MAX && str_find_char(rest, '\r') == SIZE_MAX;
    uint64_t number = event->line;
    bool first = true;
    do {
        struct str text = whole ? rest : str_take_line(&rest);
        struct line line = {.event = event, .stream = stream, .number = number, .unix_ms = event->unix_ms};
        line.words = whole || !words ? words : needles_in(t->words, text);
        line.text = line_clean(text, t->clean, CLEAN_BYTES);
        read_line(t, &line);
        if (t->sink.line)
            hand_line(t, &line, text, !first);
        first = false;
        number += number && !event->line_is_event && !whole && rest.len && rest.at[-1] == '\n';
    } while (!whole && rest.len);
    if (!whole)
        app_flush_error(t, stream, NULL);
}

static void hand_plain(struct tracker *t, struct stream *stream, const struct event *event)
{
    struct str rest = event->message;
    struct attempt *owner = stream_only_open(stream);
    struct line_mark mark = {.invocation = owner ? owner->seq : 0, .kind = LINE_APP, .unix_ms = event->unix_ms,
                             .request_id = id_of(owner)};
    struct line_head head;
    do {
        struct str text = str_take_line(&rest);
        if (mark.unix_ms == TIME_NONE) {
            line_head_read(text, &head);
            mark.unix_ms = head.unix_ms;
        }
        mark.kind = str_has(text, STR("\"_aws\"")) ? LINE_METRIC : LINE_APP;
        t->sink.line(t->sink.ctx, event, text, &mark);
        mark.continues = true;
    } while (rest.len);
}

/* ---- the order of ends ---- */

static void let_go(struct tracker *t)
{
    struct finals *f = &t->finals;
    if (f->first && !f->first->attempt && !f->first->built) /* an end that was none */
        finals_drain(f, false);
    while (f->first && f->first->attempt && !f->first->settled &&
           f->first->attempt->ended_at + LINGER_EVENTS < t->events && !foreign_is_open(f->first->attempt)) {
        attach_settle(t, f->first->attempt);
        finals_drain(f, false);
    }
}

/* The next line of a run without words, read in full. */
static void read_plain(struct tracker *t, struct line *line, struct plain_run *run)
{
    struct event one = *line->event;
    plain_take(run, line);
    run->owner_known = false;
    one.quiet_lines = 0;
    one.line = line->number;
    one.message = line->text;
    t->events++;
    read_event(t, line->stream, &one, 0);
}

/* Lines, or one event, without a word of interest, where nobody wants to see them. */
static void add_plain(struct tracker *t, struct stream *stream, const struct event *event)
{
    struct line line = {.event = event, .stream = stream};
    struct plain_run run = {.lines = event->message, .number = event->line, .is_event = !event->quiet_lines,
                            .left = event->quiet_lines ? event->quiet_lines : 1};
    while (run.left > 0) {
        bool full = waits_for_more(t, stream) || is_fragment(t);
        if (!full && stream->open <= 1)
            plain_give_run(t, &line, &run);
        else if (full || !plain_give_by_id(t, &line, &run))
            read_plain(t, &line, &run);
        if (t->finals.first)
            let_go(t);
    }
}

/* The id that most platform lines name; empty: it is no UUID. */
static struct str newest_uuid(const struct stream *stream)
{
    const struct attempt *a = stream->count > 0 ? stream->attempts[stream->count - 1] : NULL;
    return a && a->has_uuid ? evidence_text(&a->e, a->e.id) : STR_NONE;
}

/* A platform line as it stands in the book needs no search. */
static bool add_exact(struct tracker *t, struct stream *stream, const struct event *event)
{
    struct platform p;
    struct line line = {.event = event, .stream = stream, .text = event->message, .number = event->line,
                        .unix_ms = event->unix_ms};
    if (!platform_take_exact(event->message, newest_uuid(stream), &p))
        return false;
    t->events++;
    attach_platform(t, &line, &p);
    if (t->sink.line)
        hand_line(t, &line, event->message, false);
    if (t->finals.first)
        let_go(t);
    return true;
}

static void add_late(struct tracker *t, struct stream *stream, const struct event *event)
{
    t->events++;
    stream_place_late(stream, event->unix_ms);
    read_event(t, stream, event, needles_in(t->words, event->message));
    stream->by_time = false;
    if (t->finals.first)
        let_go(t);
}

static void add_event(struct tracker *t, const struct event *event)
{
    struct stream *stream = streams_find(&t->streams, t->tally, event);
    if (add_exact(t, stream, event))
        return;
    if (event->late_ms > 0 && stream->named) {
        add_late(t, stream, event);
        return;
    }
    uint64_t words = needles_in(t->words, event->message);
    if (!words && !t->sink.line) {
        add_plain(t, stream, event);
        return;
    }
    bool full = words || waits_for_more(t, stream) || stream->open > 1 || is_fragment(t);
    t->events++;
    if (full) {
        read_event(t, stream, event, words);
    } else {
        struct line line = {.event = event, .stream = stream, .text = event->message, .number = event->line,
                            .owner = stream_only_open(stream)};
        plain_give(t, &line);
        hand_plain(t, stream, event);
    }
    if (t->finals.first)
        let_go(t);
}

/* Whoever wants to see each line gets each. */
static void split_run(struct tracker *t, const struct event *event)
{
    struct line line;
    struct plain_run run = {.lines = event->message, .number = event->line, .left = event->quiet_lines};
    while (run.left > 0) {
        struct event one = *event;
        plain_take(&run, &line);
        one.quiet_lines = 0;
        one.line = line.number;
        one.message = line.text;
        add_event(t, &one);
    }
}

void tracker_add(struct tracker *t, const struct event *event)
{
    if (event->quiet_lines == 0)
        add_event(t, event);
    else if (t->sink.line)
        split_run(t, event);
    else
        add_plain(t, streams_find(&t->streams, t->tally, event), event);
}

enum { AHEAD = 4 }; /* events: about one invocation */

/* The table of known ids is larger than the cache: its line is fetched before it is needed. */
static void look_ahead(const struct tracker *t, const struct event *event)
{
    struct str s = event->message;
    if (str_skip(&s, STR("START RequestId: ")))
        ids_expect(t->ids, str_hash(str_first(s, 36)));
}

void tracker_add_all(struct tracker *t, const struct event *events, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i + AHEAD < count)
            look_ahead(t, &events[i + AHEAD]);
        tracker_add(t, &events[i]);
    }
}

static bool is_over(const struct attempt *a, int64_t now_unix_ms, int64_t settle_ms)
{
    if (!a->ended_at || !a->e.has_report || a->final->settled || foreign_is_open(a))
        return false;
    return now_unix_ms == TIME_NONE ||
           (a->e.end_unix_ms != TIME_NONE && a->e.end_unix_ms + settle_ms <= now_unix_ms);
}

void tracker_settle(struct tracker *t, int64_t now_unix_ms, int64_t settle_ms)
{
    struct finals *f = &t->finals;
    for (struct attempt *a = t->streams.oldest_attempt, *next; a; a = next) {
        next = a->newer;
        if (is_over(a, now_unix_ms, settle_ms)) {
            app_flush_error(t, a->stream, NULL);
            attach_settle(t, a);
        }
    }
    finals_drain(f, false);
}

/* An answer that was pasted behind the log of its invocation: nothing else came after it. */
static void adopt_trailing_error(struct stream *stream)
{
    struct attempt *pending = stream->pending, *ended = stream->ended;
    if (stream->named || !pending || !ended || pending->e.init_started || pending->e.init_failed ||
        pending->e.unhandled.weight < ERROR_BARE || ended->e.unhandled.weight >= ERROR_BARE ||
        ended->e.status != STATUS_NONE || ended->e.timeout_text)
        return;
    evidence_adopt_error(&ended->e, &pending->e);
    memset(&pending->e.unhandled, 0, sizeof pending->e.unhandled);
    pending->e.logged_signs = 0;
}

static void finish_streams(struct tracker *t)
{
    for (struct stream *stream = t->streams.oldest; stream; stream = stream->newer) {
        app_flush_error(t, stream, NULL);
        adopt_trailing_error(stream);
        if (stream->pending && t->streams.next_seq == 2)
            evidence_take_mention(&stream->pending->e);
    }
}

static void settle_all(struct tracker *t, bool ended)
{
    for (struct attempt *a = t->streams.oldest_attempt, *next; a; a = next) {
        next = a->newer;
        if ((a->ended_at != 0) == ended)
            attach_settle(t, a);
    }
}

void tracker_finish(struct tracker *t)
{
    app_end_object(t);
    finish_streams(t);
    settle_all(t, true);
    finals_drain(&t->finals, true);
    settle_all(t, false);
    finals_drain(&t->finals, true);
}
