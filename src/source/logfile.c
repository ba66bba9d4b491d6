/* The source over exported logs: opens the inputs, finds out whether they can be merged by
 * time, and hands their events over in runs. */
#include "src/source/logfile.h"

#include "src/source/again.h"
#include "src/source/merge.h"

#include <stdio.h>
#include <stdlib.h>

#define BLOCK_BYTES (1024u * 1024u)      /* one file */
#define SHARED_BLOCK_BYTES (256u * 1024u) /* each of several */
#define ITEM_MAX_BYTES (8u * 1024u * 1024u) /* one JSON event or CSV record */
#define INPUTS_MAX 1024
#define RUNS_A_STEP 64

static const struct window everything = {TIME_NONE, TIME_NONE};

struct logfile {
    struct source source;
    struct wake wake;
    struct window window;
    bool follow;
    size_t count;
    struct input *inputs;
    char **paths;          /* ours */
    struct err *troubles;  /* found before there was a sink */
    size_t trouble_count, troubles_told;
    struct err failure;    /* the newest of an input that can't be used at all */
    size_t probed;         /* inputs whose form is known */
    bool sunk, ordered;    /* a sink was seen; the order of the inputs is settled */
    struct merge merge;
    struct progress progress;
    struct input_room room;
    struct again_reader again;
};

static void keep_trouble(struct logfile *l, const struct err *err)
{
    if (l->trouble_count < l->count)
        l->troubles[l->trouble_count++] = *err;
}

static void mark_failed(struct logfile *l, struct input *in, const struct err *err)
{
    in->failed = true;
    input_close(in);
    l->failure = *err;
}

static bool all_failed(const struct logfile *l)
{
    for (size_t i = 0; i < l->count; i++)
        if (!l->inputs[i].failed)
            return false;
    return true;
}

/* A file can be closed and opened again when its turn comes; a pipe, or stdin, can't. */
static bool may_park(const struct input *in)
{
    return in->bytes.regular && strcmp(in->path, "-") != 0;
}

/* It is here as a whole, and only reading it tells whether anything in it is a log. */
static bool can_be_judged(const struct input *in)
{
    return in->bytes.ended && in->format->must_hold && in->next == in->reader->count;
}

static enum input_state look_into(struct logfile *l, struct input *in, int wait_ms, struct err *err)
{
    enum input_state state;
    if (l->count == 1) {
        state = input_begin(in, &l->wake, wait_ms, err);
        return state == INPUT_EVENTS && can_be_judged(in) ? input_fill(in, &l->wake, wait_ms, err)
                                                          : state;
    }
    do
        state = input_fill(in, &l->wake, wait_ms, err);
    while (state == INPUT_BUSY && may_park(in));
    return state;
}

/* Finds out an input's form and, where there are several, its first time; closes a file that
 * is only to be read later. INPUT_NOTHING, INPUT_BUSY: it is a pipe, and that is not known yet. */
static enum input_state probe(struct logfile *l, struct input *in, int wait_ms)
{
    struct err err = {0};
    enum input_state state = look_into(l, in, wait_ms, &err);
    if (state == INPUT_NOTHING || state == INPUT_BUSY)
        return state;
    if (state == INPUT_FAILED) {
        mark_failed(l, in, &err);
        if (!l->sunk || !all_failed(l)) /* else it is what the step fails with */
            keep_trouble(l, &err);
    } else if (l->count > 1 && state == INPUT_EVENTS && in->format->has_times) {
        in->first_unix_ms = input_first_time(in);
    }
    if (l->count > 1 && !in->failed && may_park(in)) {
        input_close(in);
        in->window = l->window; /* its first time was wanted whatever the window */
    }
    return state;
}

/* Opens all; files are looked into at once, a pipe when the source is stepped. */
static void open_inputs(struct logfile *l)
{
    for (size_t i = 0; i < l->count; i++) {
        struct err err = {0};
        struct input *in = &l->inputs[i];
        *in = (struct input){.what = "the log", .path = l->paths[i], .number = (uint32_t)i,
                             .first_unix_ms = TIME_NONE, .window = l->window};
        if (!input_open(in, &l->room, &err)) {
            mark_failed(l, in, &err);
            keep_trouble(l, &err);
        } else if (in->bytes.regular) {
            l->progress.bytes_total += in->bytes.size;
            if (l->count > 1 && may_park(in))
                in->reader->window = everything;
            probe(l, in, 0);
        }
    }
}

/* The total is only known where nothing is packed or comes from a pipe. */
static void settle_total(struct logfile *l)
{
    for (size_t i = 0; i < l->count; i++)
        if (!l->inputs[i].failed && (!l->inputs[i].regular || l->inputs[i].packed))
            l->progress.bytes_total = 0;
}

static void settle_order(struct logfile *l)
{
    bool by_time = l->count > 1;
    for (size_t i = 0; i < l->count; i++)
        if (!l->inputs[i].failed && !l->inputs[i].done && l->inputs[i].first_unix_ms == TIME_NONE)
            by_time = false; /* one that is done already has no event at all */
    merge_init(&l->merge, l->inputs, l->count, by_time, &l->room);
    settle_total(l);
    l->ordered = true;
}

/* STEP_DONE: all are known; else a pipe is awaited. */
static enum step probe_rest(struct logfile *l, int wait_ms)
{
    for (; l->probed < l->count; l->probed++) {
        struct input *in = &l->inputs[l->probed];
        bool known = in->failed || !in->reader || (in->begun && in->bytes.regular);
        enum input_state state = known ? INPUT_EVENTS : probe(l, in, wait_ms);
        if (state == INPUT_NOTHING || state == INPUT_BUSY)
            return state == INPUT_BUSY ? STEP_MORE : STEP_IDLE;
    }
    settle_order(l);
    return STEP_DONE;
}

static void tell_troubles(struct logfile *l, const struct sink *sink)
{
    for (; l->troubles_told < l->trouble_count; l->troubles_told++)
        sink->trouble(sink->ctx, &l->troubles[l->troubles_told]);
}

static void tell_progress(struct logfile *l, const struct sink *sink)
{
    struct progress *p = &l->progress;
    uint64_t cut = 0;
    p->bytes = p->lines = 0;
    for (size_t i = 0; i < l->count; i++) {
        input_count(&l->inputs[i]);
        p->bytes += l->inputs[i].byte_count;
        p->lines += l->inputs[i].lines;
        cut += l->inputs[i].cut;
    }
    if (cut > 0)
        snprintf(p->note, sizeof p->note, "%llu messages over 256 KiB are shown in part",
                 (unsigned long long)cut);
    sink->progress(sink->ctx, p);
}

/* One input came to its end: what is missing of it is told. With none left that could be read
 * the step as a whole fails with it instead. */
static void end_input(struct logfile *l, const struct merge_run *run, const struct sink *sink,
                      const struct err *err)
{
    if (run->state == INPUT_FAILED)
        mark_failed(l, run->input, err);
    if (err->code != ERR_NONE && !all_failed(l))
        sink->trouble(sink->ctx, err);
}

static enum step step_runs(struct logfile *l, const struct sink *sink, int wait_ms)
{
    for (int i = 0; i < RUNS_A_STEP; i++) {
        struct merge_run run = {0};
        struct err err = {0};
        merge_next(&l->merge, &l->wake, i == 0 ? wait_ms : 0, &run, &err);
        if (run.state == INPUT_NOTHING || run.state == INPUT_BUSY)
            return i > 0 || run.state == INPUT_BUSY ? STEP_MORE : STEP_IDLE;
        if (run.state == INPUT_EVENTS) {
            sink->events(sink->ctx, &run.input->reader->events[run.input->next], run.count);
            run.input->next += run.count;
            l->progress.events += run.count;
        } else if (run.input) {
            end_input(l, &run, sink, &err);
        } else {
            return STEP_DONE;
        }
    }
    return STEP_MORE;
}

static bool logfile_step(struct source *source, const struct sink *sink, int wait_ms,
                         enum step *step, struct err *err)
{
    struct logfile *l = (struct logfile *)source;
    l->sunk = true;
    for (size_t i = 0; i < l->count; i++)
        l->inputs[i].words = sink->words;
    tell_troubles(l, sink);
    *step = l->ordered ? STEP_DONE : probe_rest(l, wait_ms);
    if (*step != STEP_DONE)
        return true;
    tell_troubles(l, sink);
    if (!all_failed(l))
        *step = step_runs(l, sink, wait_ms);
    if (all_failed(l)) {
        *err = l->failure;
        return false;
    }
    l->progress.following = l->follow && *step != STEP_DONE && !l->inputs[0].regular;
    if (*step != STEP_IDLE)
        tell_progress(l, sink);
    return true;
}

static void logfile_wake(struct source *source)
{
    wake_raise(&((struct logfile *)source)->wake);
}

static const char *logfile_input_name(const struct source *source, uint32_t input)
{
    const struct logfile *l = (const struct logfile *)source;
    if (input >= l->count)
        return NULL;
    return strcmp(l->paths[input], "-") == 0 ? "stdin" : l->paths[input];
}

/* ---- reading again ---- */

static bool logfile_read_again(struct source *source, const struct again_from *from,
                               const struct again *to, struct err *err)
{
    struct logfile *l = (struct logfile *)source;
    if (from->input >= l->count)
        return err_set(err, ERR_NOT_FOUND, "reading again: input %u: there is none",
                       (unsigned)from->input);
    return again_read(&l->again, &l->inputs[from->input], from, to, err);
}

static const char *logfile_reads_once(const struct source *source)
{
    const struct logfile *l = (const struct logfile *)source;
    for (size_t i = 0; i < l->count; i++) {
        const struct input *in = &l->inputs[i];
        if (strcmp(in->path, "-") == 0)
            return "stdin cannot be read again";
        if (in->begun && !input_reads_again(in))
            return in->was_turned ? "a log that comes newest first cannot be read again"
                                  : "a pipe cannot be read again";
    }
    return NULL;
}

/* ---- open and free ---- */

static void logfile_free(struct source *source)
{
    struct logfile *l = (struct logfile *)source;
    for (size_t i = 0; i < l->count; i++) {
        input_close(&l->inputs[i]);
        free(l->paths[i]);
    }
    again_release(&l->again);
    merge_release(&l->merge);
    wake_release(&l->wake);
    free(l->inputs);
    free(l->paths);
    free(l->troubles);
    free(l);
}

static const struct source_class logfile_class = {.name = "logs",
                                                  .step = logfile_step,
                                                  .wake = logfile_wake,
                                                  .input_name = logfile_input_name,
                                                  .read_again = logfile_read_again,
                                                  .reads_once = logfile_reads_once,
                                                  .free = logfile_free};

static struct logfile *logfile_new(const struct logfile_options *options)
{
    struct logfile *l = xcalloc(1, sizeof *l);
    l->source.class = &logfile_class;
    l->window = options->window;
    l->follow = options->follow;
    l->count = options->count;
    l->wake = (struct wake){-1, -1};
    l->room = (struct input_room){options->count > 1 ? SHARED_BLOCK_BYTES : BLOCK_BYTES,
                                  ITEM_MAX_BYTES};
    l->inputs = xcalloc(l->count, sizeof *l->inputs);
    l->paths = xcalloc(l->count, sizeof *l->paths);
    l->troubles = xcalloc(l->count, sizeof *l->troubles);
    for (size_t i = 0; i < l->count; i++) {
        size_t size = strlen(options->paths[i]) + 1;
        l->paths[i] = memcpy(xcalloc(1, size), options->paths[i], size);
    }
    return l;
}

bool logfile_open(struct source **out, const struct logfile_options *options, struct err *err)
{
    *out = NULL;
    if (options->count < 1 || options->count > INPUTS_MAX)
        return err_set(err, ERR_USAGE, "opening logs: %zu files: 1 to %d can be read at once",
                       options->count, INPUTS_MAX);
    struct logfile *l = logfile_new(options);
    if (!wake_init(&l->wake, err)) {
        logfile_free(&l->source);
        return false;
    }
    open_inputs(l);
    if (all_failed(l)) {
        *err = l->troubles[0];
        logfile_free(&l->source);
        return false;
    }
    *out = &l->source;
    return true;
}
