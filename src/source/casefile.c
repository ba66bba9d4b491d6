/* The source over a recorded case: docs/casefile.md has the format. Its events are read like
 * any log; what is added is the account, the functions, and a clock that plays it back. */
#include "src/source/casefile.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "src/aws/json.h"
#include "src/aws/lambda.h"
#include "src/aws/logs.h"
#include "src/source/again.h"
#include "src/source/caseparts.h"

#define CASE_VERSION 1
#define CASE_BYTES_MAX (1024u * 1024u)
#define FUNCTIONS_BYTES_MAX (64u * 1024u * 1024u)
#define RUNS_A_STEP 64

static const char what[] = "the case";
static const struct input_room room = {1024 * 1024, 8 * 1024 * 1024};

struct casefile {
    struct source source;
    struct wake wake;
    struct account account;
    struct lambda_functions functions;
    const struct function **by_group; /* sorted by log group, then name */
    struct input events;
    char events_path[4096];
    char directory[4096];
    struct again_reader again;
    struct progress progress;
    bool told;               /* account and functions were handed over */
    unsigned play_speed;     /* 0: no clock */
    int64_t play_from_unix_ms, started_mono_ms;
};

static bool path_of(char *out, size_t size, const char *directory, const char *name,
                    struct err *err)
{
    int len = snprintf(out, size, "%s/%s", directory, name);
    if (len > 0 && (size_t)len < size)
        return true;
    return err_set(err, ERR_INPUT_MISSING, "opening the case: %s: the name is too long", directory);
}

/* ---- case.json ---- */

static bool take_time(const struct json_node *at, const char *key, int64_t *unix_ms,
                      struct err *err)
{
    char text[64] = "";
    *unix_ms = TIME_NONE;
    if (!json_node_text(at, key, text, sizeof text, err))
        return false;
    struct str s = str_of(text);
    if (s.len == 0 || (clock_take_iso(&s, unix_ms) && s.len == 0))
        return true;
    return err_set(err, ERR_INPUT_FORMAT, "reading %s: %s: `%.30s` is no ISO-8601 time",
                   at->key, key, text);
}

static bool check_version(const struct json_node *at, struct err *err)
{
    int64_t version = 0;
    if (!json_node_i64(at, "version", &version, err))
        return false;
    if (version == CASE_VERSION)
        return true;
    if (version < CASE_VERSION)
        return err_set(err, ERR_INPUT_FORMAT, "reading %s: version: it has none that is known",
                       at->key);
    err_set(err, ERR_INPUT_FORMAT,
            "reading %s: version: %lld is newer than %d, the newest known here", at->key,
            (long long)version, CASE_VERSION);
    return err_advise(err, "open it with a newer lambdig");
}

static bool decode_case(const json_t *root, const char *path, struct account *out, struct err *err)
{
    struct json_node at = json_node_root(root, path);
    if (!json_is_object(root))
        return err_set(err, ERR_INPUT_FORMAT, "reading %s: it is no JSON object", path);
    return check_version(&at, err) &&
           json_node_text(&at, "title", out->title, sizeof out->title, err) &&
           json_node_text(&at, "account", out->account, sizeof out->account, err) &&
           json_node_text(&at, "region", out->region, sizeof out->region, err) &&
           take_time(&at, "start", &out->window_start_unix_ms, err) &&
           take_time(&at, "end", &out->window_end_unix_ms, err);
}

static bool read_case(struct casefile *c, const char *directory, struct err *err)
{
    char path[4096];
    struct bytes bytes;
    json_t *root;
    c->account = (struct account){.read_only = true};
    if (!path_of(path, sizeof path, directory, "case.json", err) ||
        !bytes_read_whole(&bytes, what, path, CASE_BYTES_MAX, err))
        return false;
    bool done = json_read(&root, bytes_here(&bytes), path, err);
    bytes_close(&bytes);
    if (!done)
        return false;
    done = decode_case(root, path, &c->account, err);
    json_decref(root);
    return done;
}

/* ---- functions.json ---- */

static int compare_group(const void *a, const void *b)
{
    const struct function *x = *(const struct function *const *)a;
    const struct function *y = *(const struct function *const *)b;
    int order = strcmp(x->log_group, y->log_group);
    return order ? order : strcmp(x->name, y->name);
}

static void index_functions(struct casefile *c)
{
    size_t count = c->functions.count;
    c->by_group = xcalloc(count + 1, sizeof *c->by_group);
    for (size_t i = 0; i < count; i++)
        c->by_group[i] = &c->functions.at[i];
    qsort(c->by_group, count, sizeof *c->by_group, compare_group);
}

static bool read_functions(struct casefile *c, const char *directory, struct err *err)
{
    char path[4096];
    struct bytes bytes;
    if (!path_of(path, sizeof path, directory, "functions.json", err))
        return false;
    if (access(path, F_OK) == 0) {
        if (!bytes_read_whole(&bytes, what, path, FUNCTIONS_BYTES_MAX, err))
            return false;
        bool done = lambda_decode_functions(bytes_here(&bytes), &c->functions, err);
        bytes_close(&bytes);
        if (!done)
            return false;
    }
    index_functions(c);
    return true;
}

/* The first function that logs to `group`, and how many do. */
static const struct function *function_of_group(const struct casefile *c, struct str group,
                                                size_t *count)
{
    size_t low = 0, high = c->functions.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_compare(str_of(c->by_group[middle]->log_group), group) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *count = 0;
    while (low + *count < c->functions.count &&
           str_eq(str_of(c->by_group[low + *count]->log_group), group))
        ++*count;
    return *count ? c->by_group[low] : NULL;
}

/* A group that several functions share names them in its streams. */
static void name_function(const struct casefile *c, struct event *e)
{
    size_t count;
    const struct function *f = function_of_group(c, e->log_group, &count);
    if (count == 1)
        e->function = str_of(f->name);
    else if (count > 1)
        e->function = logs_function_of(STR_NONE, e->log_stream);
}

/* ---- events.jsonl ---- */

/* The latest time of all events: where the play-back ends. */
static bool find_end(struct casefile *c, int64_t *end_unix_ms, struct err *err)
{
    struct input in = c->events;
    enum input_state state;
    if (!input_open(&in, &room, err))
        return false;
    while ((state = input_fill(&in, &c->wake, 0, err)) == INPUT_EVENTS || state == INPUT_BUSY) {
        for (; state == INPUT_EVENTS && in.next < in.reader->count; in.next++)
            if (in.reader->events[in.next].unix_ms > *end_unix_ms)
                *end_unix_ms = in.reader->events[in.next].unix_ms;
    }
    input_close(&in);
    err_clear(err); /* what is wrong with it is told when it is read */
    return true;
}

static bool open_events(struct casefile *c, const struct casefile_options *options, struct err *err)
{
    static const char *const names[] = {"events.jsonl", "events.jsonl.gz"};
    int64_t end_unix_ms = TIME_NONE;
    for (size_t i = 0; i < 2 && (i == 0 || access(c->events_path, F_OK) != 0); i++)
        if (!path_of(c->events_path, sizeof c->events_path, options->directory, names[i], err))
            return false;
    c->events = (struct input){.what = what, .path = c->events_path, .window = options->window,
                               .first_unix_ms = TIME_NONE};
    if (options->play_speed > 0 && !find_end(c, &end_unix_ms, err))
        return false;
    if (end_unix_ms != TIME_NONE) {
        c->play_speed = options->play_speed;
        c->play_from_unix_ms = end_unix_ms - options->play_from_ms;
    }
    if (!input_open(&c->events, &room, err))
        return false;
    c->progress.bytes_total = c->events.bytes.size;
    return true;
}

/* ---- stepping ---- */

static int64_t play_clock_unix_ms(const struct casefile *c)
{
    if (c->play_speed == 0)
        return INT64_MAX;
    return c->play_from_unix_ms + (clock_mono_ms() - c->started_mono_ms) * c->play_speed;
}

static void tell_case(struct casefile *c, const struct sink *sink)
{
    if (c->told)
        return;
    c->told = true;
    c->started_mono_ms = clock_mono_ms();
    sink->account(sink->ctx, &c->account);
    if (c->functions.count > 0)
        sink->functions(sink->ctx, c->functions.at, c->functions.count);
    caseparts_check(c->directory, sink);
}

static void tell_progress(struct casefile *c, const struct sink *sink)
{
    input_count(&c->events);
    c->progress.bytes = c->events.byte_count;
    c->progress.lines = c->events.lines;
    if (c->events.packed)
        c->progress.bytes_total = 0;
    sink->progress(sink->ctx, &c->progress);
}

/* The events that wait and whose time has come. */
static size_t hand_over_due(struct casefile *c, const struct sink *sink)
{
    struct reader *r = c->events.reader;
    struct event *waiting = &r->events[c->events.next];
    int64_t now_unix_ms = play_clock_unix_ms(c);
    size_t due = 0;
    for (; c->events.next + due < r->count && waiting[due].unix_ms <= now_unix_ms; due++)
        name_function(c, &waiting[due]);
    if (due > 0)
        sink->events(sink->ctx, waiting, due);
    c->events.next += due;
    c->progress.events += due;
    return due;
}

/* Until the next event is due, or wait_ms passed, or the source is woken. */
static void wait_for_next(struct casefile *c, int wait_ms)
{
    int64_t due_unix_ms = c->events.reader->events[c->events.next].unix_ms;
    int64_t left_ms = (due_unix_ms - play_clock_unix_ms(c)) / c->play_speed + 1;
    if (left_ms > INT32_MAX)
        left_ms = INT32_MAX;
    if (left_ms > 0)
        wake_wait(&c->wake, -1, wait_ms < 0 || left_ms < wait_ms ? (int)left_ms : wait_ms);
}

/* An empty events file is a case without events. */
static bool end_events(const struct sink *sink, enum input_state state, struct err *err)
{
    if (err->code == ERR_INPUT_EMPTY || err->code == ERR_NONE) {
        err_clear(err);
        return true;
    }
    if (state == INPUT_FAILED)
        return false;
    sink->trouble(sink->ctx, err);
    err_clear(err);
    return true;
}

static bool step_events(struct casefile *c, const struct sink *sink, int wait_ms, enum step *step,
                        struct err *err)
{
    *step = STEP_MORE;
    for (int i = 0; i < RUNS_A_STEP; i++) {
        enum input_state state = input_fill(&c->events, &c->wake, wait_ms, err);
        if (state == INPUT_DONE || state == INPUT_FAILED) {
            *step = STEP_DONE;
            return end_events(sink, state, err);
        }
        if (state == INPUT_EVENTS && hand_over_due(c, sink) > 0)
            continue;
        if (state == INPUT_EVENTS && i == 0)
            wait_for_next(c, wait_ms);
        if (state == INPUT_EVENTS && i == 0 && hand_over_due(c, sink) == 0)
            *step = STEP_IDLE;
        if (state == INPUT_NOTHING)
            *step = STEP_IDLE;
        return true;
    }
    return true;
}

static bool casefile_step(struct source *source, const struct sink *sink, int wait_ms,
                          enum step *step, struct err *err)
{
    struct casefile *c = (struct casefile *)source;
    bool first = !c->told;
    *step = STEP_DONE;
    tell_case(c, sink);
    if (!c->events.done && !step_events(c, sink, wait_ms, step, err))
        return false;
    if (*step == STEP_DONE)
        c->events.done = true;
    c->progress.following = c->play_speed > 0 && *step != STEP_DONE;
    if (*step != STEP_IDLE || first)
        tell_progress(c, sink);
    return true;
}

static void casefile_wake(struct source *source)
{
    wake_raise(&((struct casefile *)source)->wake);
}

static const char *casefile_input_name(const struct source *source, uint32_t input)
{
    return input == 0 ? ((const struct casefile *)source)->events_path : NULL;
}

/* ---- reading again ---- */

struct named_again {
    const struct casefile *casefile;
    const struct again *to;
};

static bool again_event(void *ctx, const struct event *event)
{
    const struct named_again *named = ctx;
    struct event e = *event;
    name_function(named->casefile, &e);
    return named->to->event(named->to->ctx, &e);
}

static bool again_stop(void *ctx)
{
    const struct named_again *named = ctx;
    return named->to->stop(named->to->ctx);
}

static bool casefile_read_again(struct source *source, const struct again_from *from,
                                const struct again *to, struct err *err)
{
    struct casefile *c = (struct casefile *)source;
    struct named_again named = {c, to};
    const struct again inner = {&named, again_event, again_stop};
    return again_read(&c->again, &c->events, from, &inner, err);
}

static const char *casefile_reads_once(const struct source *source)
{
    const struct input *in = &((const struct casefile *)source)->events;
    return in->begun && !input_reads_again(in) ? "its events cannot be read again" : NULL;
}

/* ---- open and free ---- */

static void casefile_free(struct source *source)
{
    struct casefile *c = (struct casefile *)source;
    input_close(&c->events);
    again_release(&c->again);
    lambda_functions_release(&c->functions);
    wake_release(&c->wake);
    free(c->by_group);
    free(c);
}

static const struct source_class casefile_class = {.name = "case",
                                                   .step = casefile_step,
                                                   .wake = casefile_wake,
                                                   .input_name = casefile_input_name,
                                                   .read_again = casefile_read_again,
                                                   .reads_once = casefile_reads_once,
                                                   .free = casefile_free};

bool casefile_open(struct source **out, const struct casefile_options *options, struct err *err)
{
    struct casefile *c = xcalloc(1, sizeof *c);
    c->source.class = &casefile_class;
    c->wake = (struct wake){-1, -1};
    *out = NULL;
    (void)str_copy(c->directory, sizeof c->directory,
                   str_of(options->directory)); /* too long: told below */
    if (!wake_init(&c->wake, err) || !read_case(c, options->directory, err) ||
        !read_functions(c, options->directory, err) || !open_events(c, options, err)) {
        casefile_free(&c->source);
        return false;
    }
    *out = &c->source;
    return true;
}
