#include "src/cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "src/base/jsonout.h"
#include "src/base/match.h"
#include "src/base/utf8.h"
#include "src/cli/ending.h"
#include "src/cli/held.h"
#include "src/cli/output.h"
#include "src/model/tracker.h"

/* Log events as they come, each with the class of its invocation. A window is printed in
 * order, each line once its class is settled. What is followed is printed at once, with
 * the class as far as it is known; where the class decides, or invocations are to stay
 * together, lines wait for the end of their invocation. */

#define STEP_WAIT_MS                                                                     \
    (60 * 60 * 1000) /* a signal or new input ends it; nothing is polled */
#define SETTLE_WAIT_MS 1000
#define SETTLE_MS 10000
#define CLASSES_KNOWN 65536u /* of invocations that ended, for lines that come after */
#define STREAM_TAIL 8

enum hold {
    HOLD_NOT,
    HOLD_ORDER,
    HOLD_INVOCATION,
    HOLD_ALL /* until the end, then by time */
};

struct known_class {
    uint64_t invocation;
    uint8_t class;
    bool settled;
};

struct tail {
    const struct settings *settings;
    struct source *source;
    struct output out;
    struct tracker *tracker; /* NULL: no class is wanted */
    struct match *match;     /* NULL: every line */
    bool by_class, classes[FAILURE_CLASS_COUNT];
    enum hold hold;
    bool json, raw, raw_bytes, needs_class, several, overflowed;
    struct held held;
    size_t held_most;
    struct known_class *known; /* by invocation, modulo CLASSES_KNOWN */
    uint64_t invocation;       /* of the event being added, and its request id */
    bool marked;
    char request_id[132];
    struct buf text; /* a defused message */
    struct progress progress;
    int64_t newest_unix_ms, newest_at_ms;
    bool unsettled;
    unsigned troubles;
    int status;
};

/* ---- one event ---- */

static void put_text_time(struct tail *t, int64_t unix_ms)
{
    char date[CLOCK_TIME_SIZE], time[CLOCK_TIME_SIZE];
    if (unix_ms == TIME_NONE) {
        buf_add(&t->out.buf, STR("-"));
        return;
    }
    clock_date(unix_ms, t->settings->utc, date);
    clock_time_of_day(unix_ms, t->settings->utc, time);
    buf_printf(&t->out.buf, "%sT%s%s", date, time, t->settings->utc ? "Z" : "");
}

static struct str stream_tail(struct str stream)
{
    return stream.len > STREAM_TAIL ? str_from(stream, stream.len - STREAM_TAIL)
           : stream.len             ? stream
                                    : STR("-");
}

static enum style class_style(uint8_t class)
{
    if (class >= FAILURE_CLASS_COUNT)
        return STYLE_DIM;
    return failure_class_row(class)->is_failure ? STYLE_BAD
           : class == FAILURE_SUCCESS           ? STYLE_GOOD
                                                : STYLE_WARN;
}

static void put_defused(struct tail *t, struct str s, bool keep_lf)
{
    buf_clear(&t->text);
    utf8_defuse(s, keep_lf, &t->text);
    buf_add(&t->out.buf, buf_str(&t->text));
}

static void put_text(struct tail *t, const struct event *e, uint8_t class)
{
    output_style(&t->out, STYLE_DIM);
    put_text_time(t, e->unix_ms);
    output_style(&t->out, class_style(class));
    buf_printf(&t->out.buf, " %-3s ",
               class < FAILURE_CLASS_COUNT ? failure_class_row(class)->tag : "---");
    output_style(&t->out, STYLE_DIM);
    put_defused(t, stream_tail(e->log_stream), false);
    output_style(&t->out, STYLE_PLAIN);
    buf_add_char(&t->out.buf, ' ');
    put_defused(t, e->message, false);
    buf_add_char(&t->out.buf, '\n');
}

static void put_raw(struct tail *t, const struct event *e)
{
    if (t->raw_bytes)
        buf_add(&t->out.buf, e->message);
    else
        put_defused(t, e->message, true);
    buf_add_char(&t->out.buf, '\n');
}

static void put_ms(struct jsonout *j, const char *key, int64_t unix_ms)
{
    jsonout_key(j, key);
    if (unix_ms == TIME_NONE)
        jsonout_null(j);
    else
        jsonout_i64(j, unix_ms);
}

static void put_or_null(struct jsonout *j, const char *key, struct str s)
{
    jsonout_key(j, key);
    jsonout_str_or_null(j, s);
}

static void put_json(struct tail *t, const struct event *e, struct str request_id,
                     uint8_t class)
{
    struct jsonout j;
    jsonout_init(&j, &t->out.buf);
    jsonout_open(&j, '{');
    jsonout_key(&j, "kind");
    jsonout_str(&j, STR("event"));
    put_ms(&j, "timestamp_ms", e->unix_ms);
    put_ms(&j, "ingestion_ms", e->ingestion_ms);
    put_or_null(&j, "log_stream", e->log_stream);
    put_or_null(&j, "event_id", e->id);
    put_or_null(&j, "request_id", request_id);
    put_or_null(&j, "class",
                class < FAILURE_CLASS_COUNT ? str_of(failure_class_row(class)->name)
                                            : STR_NONE);
    jsonout_key(&j, "late");
    jsonout_bool(&j, e->late_ms > 0);
    jsonout_key(&j, "message");
    jsonout_str(&j, e->message);
    put_or_null(&j, "function", e->function);
    put_or_null(&j, "log_group", e->log_group);
    jsonout_close(&j, '}');
    jsonout_line(&j);
}

/* An event of the largest size, escaped, is far below what the output takes at a time. */
static void print(struct tail *t, const struct event *e, struct str request_id,
                  uint8_t class)
{
    size_t start, end;
    if (t->by_class && (class >= FAILURE_CLASS_COUNT || !t->classes[class]))
        return;
    if (t->match && !match_find(t->match, e->message, 0, &start, &end))
        return;
    if (t->out.buf.len > 0 && t->out.buf.len + 8 * e->message.len > OUTPUT_CEILING / 2)
        output_flush(&t->out);
    if (t->json)
        put_json(t, e, request_id, class);
    else if (t->raw)
        put_raw(t, e);
    else
        put_text(t, e, class);
    output_some(&t->out);
}

/* ---- what waits ---- */

static const struct known_class *known_of(const struct tail *t, uint64_t invocation)
{
    const struct known_class *k = &t->known[invocation % CLASSES_KNOWN];
    return invocation && k->invocation == invocation ? k : NULL;
}

static void print_held(struct tail *t, struct held_event *e)
{
    print(t, &e->event, e->request_id, e->class);
    held_drop(&t->held, e);
}

/* In order: up to the first one whose class is not settled. */
static void drain_order(struct tail *t)
{
    while (t->hold != HOLD_ALL && t->held.first &&
           (t->held.first->invocation == 0 || t->held.first->settled))
        print_held(t, t->held.first);
}

static void tell_overflow(struct tail *t)
{
    if (t->overflowed)
        return;
    t->overflowed = true;
    fprintf(stderr,
            "lambdig: tail: memory-limit-mb: %lld MiB of lines wait for the end of their "
            "invocations: the oldest "
            "are printed without a class — raise --memory-limit-mb, or take a shorter "
            "window\n",
            (long long)t->settings->memory_limit_mb);
}

static void bound_held(struct tail *t)
{
    while (t->held.bytes > t->held_most && t->held.first) {
        tell_overflow(t);
        bool all = t->by_class; /* nothing is lost for lack of a class */
        t->by_class = false;
        print_held(t, t->held.first);
        t->by_class = all;
    }
}

static void settle_held(struct tail *t, uint64_t invocation, uint8_t class)
{
    for (struct held_event *e = held_take_chain(&t->held, invocation), *next; e;
         e = next) {
        next = e->next_of_invocation;
        e->class = class;
        e->settled = true;
        if (t->hold == HOLD_INVOCATION)
            print_held(t, e);
    }
    drain_order(t);
}

static void take_event(struct tail *t, const struct event *e)
{
    struct str request_id = str_of(t->request_id);
    const struct known_class *k = known_of(t, t->invocation);
    bool waits = t->hold == HOLD_ORDER || t->hold == HOLD_ALL ||
                 (t->hold == HOLD_INVOCATION && t->invocation && !(k && k->settled));
    if (!waits) {
        print(t, e, request_id, k ? k->class : FAILURE_NONE);
        return;
    }
    struct held_event *held =
        held_add(&t->held, e, request_id, k && k->settled ? 0 : t->invocation);
    if (k && k->settled)
        held->class = k->class;
    drain_order(t);
    bound_held(t);
}

/* ---- what the source and the tracker hand over ---- */

static void on_account(void *ctx, const struct account *account)
{
    (void)ctx, (void)account;
}

static void on_functions(void *ctx, const struct function *functions, size_t count)
{
    struct tail *t = ctx;
    for (size_t i = 0; t->tracker && i < count; i++)
        tracker_function(t->tracker, &functions[i]);
}

static void on_line(void *ctx, const struct event *event, struct str text,
                    const struct line_mark *mark)
{
    struct tail *t = ctx;
    (void)event, (void)text;
    if (t->marked && (t->invocation || !mark->invocation))
        return;
    t->marked = true;
    t->invocation = mark->invocation;
    str_copy(t->request_id, sizeof t->request_id, mark->request_id);
}

/* A verdict that may change is shown only where it says that something failed. */
static void on_verdict(void *ctx, const struct invocation *inv)
{
    struct tail *t = ctx;
    struct known_class *k = &t->known[inv->seq % CLASSES_KNOWN];
    bool shown = inv->final || failure_class_row(inv->class)->is_failure;
    if (k->invocation <= inv->seq)
        *k = (struct known_class){inv->seq, shown ? inv->class : (uint8_t)FAILURE_NONE,
                                  inv->final};
    if (inv->final)
        settle_held(t, inv->seq, inv->class);
}

static void on_events(void *ctx, const struct event *events, size_t count)
{
    struct tail *t = ctx;
    for (size_t i = 0; i < count && output_good(&t->out); i++) {
        if (events[i].is_gap) {
            fprintf(stderr, "lambdig: tail: %.*s\n", STR_ARG(events[i].message));
            continue;
        }
        t->marked = false;
        t->invocation = 0;
        t->request_id[0] = '\0';
        if (t->tracker)
            tracker_add(t->tracker, &events[i]);
        take_event(t, &events[i]);
        if (events[i].unix_ms != TIME_NONE && events[i].unix_ms > t->newest_unix_ms)
            t->newest_unix_ms = events[i].unix_ms;
    }
    t->newest_at_ms = clock_mono_ms();
    t->unsettled = true;
}

/* Throttling, a lost network and expired credentials: said as they begin and as they end.
 */
static void on_progress(void *ctx, const struct progress *progress)
{
    struct tail *t = ctx;
    enum hindrance was = t->progress.hindrance, is = progress->hindrance;
    if (was != is && is != HINDRANCE_NONE)
        fprintf(stderr, "lambdig: tail: %s%s\n", progress->why,
                strstr(progress->why, " — ")
                    ? ""
                    : " — it is asked again until it answers; nothing is left out");
    if (was != HINDRANCE_NONE && is == HINDRANCE_NONE)
        fputs("lambdig: tail: reading again, from where it was\n", stderr);
    t->progress = *progress;
}

static void on_trouble(void *ctx, const struct err *err)
{
    struct tail *t = ctx;
    int status = err_exit_status(err);
    t->status = ending_worse(t->status, status == 70 || status == 3 ? status : 4);
    t->troubles++;
    err_print(err);
}

/* ---- the run ---- */

static void settle_idle(struct tail *t)
{
    if (!t->tracker || !t->unsettled || t->newest_unix_ms == TIME_NONE)
        return;
    int64_t passed_ms = clock_mono_ms() - t->newest_at_ms;
    tracker_settle(t->tracker, t->newest_unix_ms + passed_ms, SETTLE_MS);
    t->unsettled = passed_ms < SETTLE_MS;
}

static void step_to_end(struct tail *t)
{
    const struct sink sink = {t,           on_account, on_functions, on_events,
                              on_progress, on_trouble, NULL};
    enum step step = STEP_MORE;
    int wait_ms = 0;
    while (step != STEP_DONE && !ending_signal() && output_good(&t->out)) {
        struct err err = {0};
        if (!source_step(t->source, &sink, wait_ms, &step, &err)) {
            t->status = ending_worse(t->status, err_exit_status(&err));
            err_print(&err);
            return;
        }
        if (step == STEP_IDLE && t->settings->follow)
            settle_idle(t);
        if (step == STEP_IDLE)
            output_flush(&t->out);
        wait_ms = step != STEP_IDLE ? 0 : t->unsettled ? SETTLE_WAIT_MS : STEP_WAIT_MS;
    }
}

static int run_to_end(struct tail *t)
{
    struct err err = {0};
    step_to_end(t);
    if (t->tracker)
        tracker_finish(t->tracker);
    drain_order(t);
    if (t->hold == HOLD_ALL)
        held_sort(&t->held);
    while (t->held.first) /* of invocations without a verdict */
        print_held(t, t->held.first);
    output_flush(&t->out);
    if (ending_signal() && t->settings->follow)
        t->status = ending_worse(t->status, 128 + ending_signal());
    else if (ending_signal())
        t->status = ending_worse(t->status, ending_tell("tail", &err));
    return output_status(&t->out, t->status);
}

/* ---- what was asked for ---- */

static bool read_classes(struct tail *t, struct err *err)
{
    struct str rest = str_of(t->settings->class);
    while (rest.len > 0) {
        struct str word = str_trim(str_take_until(&rest, ','));
        enum failure_class class = failure_class_find(word);
        if (class == FAILURE_NONE)
            return err_set(err, ERR_USAGE, "--class: '%.*s' is no class", STR_ARG(word));
        t->by_class = t->classes[class] = true;
    }
    return true;
}

static enum hold choose_hold(const struct tail *t)
{
    const struct settings *s = t->settings;
    if (t->needs_class && (s->invocations || (s->follow && t->by_class)))
        return HOLD_INVOCATION;
    if (s->follow)
        return HOLD_NOT;
    return t->several ? HOLD_ALL : t->needs_class ? HOLD_ORDER : HOLD_NOT;
}

static bool read_settings(struct tail *t, struct err *err)
{
    const struct settings *s = t->settings;
    if (strcmp(s->format, "markdown") == 0)
        return err_set(err, ERR_USAGE,
                       "--format: markdown is a form of triage, not of tail");
    if (!read_classes(t, err) ||
        (s->grep[0] && !match_new(&t->match, str_of(s->grep), err)))
        return false;
    t->json = strcmp(s->format, "json") == 0;
    t->raw = s->raw && !t->json;
    t->raw_bytes = !isatty(STDOUT_FILENO);
    t->needs_class = !t->raw || t->by_class || s->invocations;
    t->hold = choose_hold(t);
    t->held_most = (size_t)s->memory_limit_mb << 20;
    return true;
}

int cli_tail(const struct settings *settings, struct source *source, bool several)
{
    struct tail *t = xcalloc(1, sizeof *t);
    struct err err = {0};
    t->settings = settings;
    t->source = source;
    t->several = several;
    t->newest_unix_ms = TIME_NONE;
    if (!read_settings(t, &err)) {
        err_print(&err);
        free(t);
        return err_exit_status(&err);
    }
    const struct tracker_sink sink = {t, on_line, on_verdict};
    t->known = xcalloc(CLASSES_KNOWN, sizeof *t->known);
    if (t->needs_class)
        t->tracker = tracker_new(
            &(struct tracker_options){.provisional = settings->follow}, &sink);
    output_init(&t->out, settings->color, settings->ascii);
    buf_init(&t->text, OUTPUT_CEILING);
    ending_begin(source);
    int status = run_to_end(t);
    ending_release();
    held_release(&t->held);
    buf_release(&t->text);
    output_release(&t->out);
    if (t->tracker)
        tracker_free(t->tracker);
    match_free(t->match);
    free(t->known);
    free(t);
    return status;
}
