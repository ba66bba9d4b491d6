#include "src/cli/triage.h"

#include <stdio.h>
#include <stdlib.h>

#include "src/cli/ending.h"
#include "src/model/tracker.h"

/* Source and tracker hand in hand on one thread: each piece of input is classified as it is
 * read, and nothing of it is kept but figures and one example per kind of failure. */

#define HOLD_INVOCATIONS 4096 /* successes at the memory limit that wait for a retry */
#define STEP_WAIT_MS (60 * 60 * 1000) /* a signal or new input ends it; nothing is polled */
#define SETTLE_MS 10000 /* lines of an invocation come later than its REPORT by this at most */
#define TROUBLES_SHOWN 50

struct run {
    struct triage t;
    const struct triage_form *form;
    struct tracker *tracker;
    bool fail_on[FAILURE_CLASS_COUNT], found;
    bool unsettled;         /* events came since the tracker was last told to settle */
    int64_t newest_mono_ms; /* when the newest came */
    unsigned troubles;
    int status;
};

static void note_incomplete(struct run *run, const char *why)
{
    if (run->t.incomplete_reason[0] == '\0')
        snprintf(run->t.incomplete_reason, sizeof run->t.incomplete_reason, "%s", why);
}

/* ---- what the source hands over ---- */

static void on_account(void *ctx, const struct account *account)
{
    ((struct run *)ctx)->t.account = *account;
}

static void on_functions(void *ctx, const struct function *functions, size_t count)
{
    struct run *run = ctx;
    for (size_t i = 0; i < count; i++)
        tracker_function(run->tracker, &functions[i]);
}

static void widen_window(struct triage *t, int64_t unix_ms)
{
    if (unix_ms == TIME_NONE)
        return;
    if (t->first_unix_ms == TIME_NONE || unix_ms < t->first_unix_ms)
        t->first_unix_ms = unix_ms;
    if (t->last_unix_ms == TIME_NONE || unix_ms > t->last_unix_ms)
        t->last_unix_ms = unix_ms;
}

static void on_events(void *ctx, const struct event *events, size_t count)
{
    struct run *run = ctx;
    run->unsettled = true;
    run->newest_mono_ms = clock_mono_ms();
    for (size_t i = 0; i < count; i++)
        widen_window(&run->t, events[i].unix_ms);
    tracker_add_all(run->tracker, events, count);
}

static void on_progress(void *ctx, const struct progress *progress)
{
    ((struct run *)ctx)->t.progress = *progress;
}

/* Part of the input is missing: partly done, whatever the part's own error would mean alone. */
static void on_trouble(void *ctx, const struct err *err)
{
    struct run *run = ctx;
    int status = err_exit_status(err);
    run->status = ending_worse(run->status, status == 70 || status == 3 ? status : 4);
    note_incomplete(run, err->text);
    if (++run->troubles <= TROUBLES_SHOWN)
        err_print(err);
}

/* ---- what the tracker hands over ---- */

static void on_verdict(void *ctx, const struct invocation *inv)
{
    struct run *run = ctx;
    struct triage *t = &run->t;
    if (inv->class >= FAILURE_CLASS_COUNT)
        die("tracker: a verdict without a class");
    bool failure = failure_class_row(inv->class)->is_failure;
    t->invocations++;
    t->by_class[inv->class]++;
    t->failures += failure;
    t->cold += inv->cold == 1;
    t->at_limit += inv->memory_at_limit == 1 && inv->class == FAILURE_SUCCESS;
    t->slow += inv->slow == 1;
    run->found = run->found || run->fail_on[inv->class];
    widen_window(t, inv->start_unix_ms);
    widen_window(t, inv->end_unix_ms);
    if (run->form->groups && (failure || inv->class == FAILURE_AMBIGUOUS))
        signatures_add(&t->signatures, inv);
    if (run->form->invocation) {
        run->form->invocation(t, inv);
        output_some(&t->out);
    }
}

/* ---- the run ---- */

/* Nothing came: what has ended is over once no late line can come. How long to wait now. */
static int settle(struct run *run)
{
    int64_t now_ms = clock_mono_ms();
    if (!run->unsettled)
        return STEP_WAIT_MS;
    int64_t left_ms = run->newest_mono_ms + SETTLE_MS - now_ms;
    if (left_ms > 0)
        return (int)left_ms;
    tracker_settle(run->tracker, TIME_NONE, 0);
    run->unsettled = false;
    return STEP_WAIT_MS;
}

static void step_to_end(struct run *run)
{
    const struct sink sink = {run, on_account, on_functions, on_events, on_progress, on_trouble,
                              tracker_words(run->tracker)};
    enum step step = STEP_MORE;
    int wait_ms = 0;
    while (step != STEP_DONE && !ending_signal() && output_good(&run->t.out)) {
        struct err err = {0};
        if (!source_step(run->t.source, &sink, wait_ms, &step, &err)) {
            run->status = ending_worse(run->status, err_exit_status(&err));
            note_incomplete(run, err.text);
            err_print(&err);
            return;
        }
        wait_ms = 0;
        if (step == STEP_IDLE) {
            wait_ms = settle(run);
            output_flush(&run->t.out); /* whoever follows sees each verdict when it is known */
        }
    }
}

static void note_signal(struct run *run)
{
    struct err err = {0};
    if (!ending_signal())
        return;
    run->status = ending_worse(run->status, ending_tell("triage", &err));
    note_incomplete(run, err.text);
}

/* Nothing at all was read: stdout stays empty, stderr has said why. */
static bool is_fruitless(const struct run *run)
{
    return run->status == 2 && run->t.invocations == 0;
}

static int run_to_end(struct run *run)
{
    step_to_end(run);
    note_signal(run);
    tracker_finish(run->tracker);
    run->t.unparsed = tracker_unparsed(run->tracker);
    if (run->troubles > TROUBLES_SHOWN)
        fprintf(stderr, "lambdig: %u more parts of the input could not be read\n",
                run->troubles - TROUBLES_SHOWN);
    if (!is_fruitless(run)) {
        if (run->form->groups)
            signatures_sort(&run->t.signatures);
        run->form->end(&run->t);
    }
    output_flush(&run->t.out);
    if (run->found)
        run->status = ending_worse(run->status, 1);
    return output_status(&run->t.out, run->status);
}

/* ---- --fail-on and --format ---- */

static bool unknown_class(struct str word, struct err *err)
{
    const char *names[FAILURE_CLASS_COUNT + 1] = {"any"};
    for (unsigned i = 0; i < FAILURE_CLASS_COUNT; i++)
        names[i + 1] = failure_class_row(i)->name;
    const char *near = str_nearest(word, names, FAILURE_CLASS_COUNT + 1);
    if (near)
        return err_set(err, ERR_USAGE, "--fail-on: '%.*s' is no class, did you mean '%s'?",
                       STR_ARG(word), near);
    return err_set(err, ERR_USAGE, "--fail-on: '%.*s' is no class", STR_ARG(word));
}

static bool read_fail_on(struct run *run, struct err *err)
{
    struct str rest = str_of(run->t.settings->fail_on);
    if (rest.len == 0 && str_eq(str_of(run->t.settings->origin[OPTION_fail_on]), STR("--fail-on")))
        return unknown_class(rest, err); /* an unset variable in a script must not mean "never" */
    while (rest.len > 0) {
        struct str word = str_trim(str_take_until(&rest, ','));
        enum failure_class class = failure_class_find(word);
        if (class != FAILURE_NONE)
            run->fail_on[class] = true;
        else if (!str_eq(word, STR("any")))
            return unknown_class(word, err);
        else
            for (unsigned i = 0; i < FAILURE_CLASS_COUNT; i++)
                run->fail_on[i] = run->fail_on[i] || failure_class_row(i)->is_failure;
    }
    return true;
}

static const struct triage_form *find_form(const char *name)
{
    static const struct triage_form *const forms[] = {&triage_text, &triage_json, &triage_markdown};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strcmp(forms[i]->name, name) == 0)
            return forms[i];
    die("triage: no form named %s", name);
}

int cli_triage(const struct settings *settings, struct source *source)
{
    struct run run = {.t = {.settings = settings,
                            .source = source,
                            .first_unix_ms = TIME_NONE,
                            .last_unix_ms = TIME_NONE}};
    struct err err = {0};
    if (!read_fail_on(&run, &err)) {
        err_print(&err);
        return err_exit_status(&err);
    }
    struct tracker_sink sink = {.ctx = &run, .verdict = on_verdict};
    run.form = find_form(settings->format);
    const struct tracker_options options = {.hold = HOLD_INVOCATIONS,
                                            .brief = !run.form->invocation};
    run.tracker = tracker_new(&options, &sink);
    output_init(&run.t.out, settings->color, settings->ascii);
    signatures_init(&run.t.signatures);
    ending_begin(source);
    int status = run_to_end(&run);
    ending_release();
    signatures_release(&run.t.signatures);
    output_release(&run.t.out);
    tracker_free(run.tracker);
    return status;
}

/* ---- shared by the forms for people ---- */

void triage_time(const struct triage *t, int64_t unix_ms, char out[TRIAGE_TIME_SIZE])
{
    char date[CLOCK_TIME_SIZE], time[CLOCK_TIME_SIZE];
    if (unix_ms == TIME_NONE) {
        snprintf(out, TRIAGE_TIME_SIZE, "no time");
        return;
    }
    clock_date(unix_ms, t->settings->utc, date);
    clock_time_of_day(unix_ms, t->settings->utc, time);
    snprintf(out, TRIAGE_TIME_SIZE, "%s %.8s", date, time);
}

void triage_headline(const struct triage *t, struct buf *out)
{
    char first[TRIAGE_TIME_SIZE], last[TRIAGE_TIME_SIZE];
    buf_printf(out, "%llu of %llu invocations failed", (unsigned long long)t->failures,
               (unsigned long long)t->invocations);
    if (t->first_unix_ms == TIME_NONE)
        return;
    triage_time(t, t->first_unix_ms, first);
    triage_time(t, t->last_unix_ms, last);
    buf_printf(out, ", from %s to %s%s", first, last, t->settings->utc ? " UTC" : "");
}

struct str triage_signature_text(const struct signature *s)
{
    struct str text = invocation_text(s->example, s->example->signature_text);
    return text.len > 0 ? text : str_of(failure_class_row(s->example->class)->title);
}

const char *triage_input_name(const struct triage *t, const struct evidence_item *item)
{
    return source_input_name(t->source, item->input);
}

static bool same_line(const struct evidence_item *a, const struct evidence_item *b)
{
    return a->line == b->line && a->input == b->input;
}

bool triage_is_first_of_line(const struct invocation *inv, size_t item)
{
    for (size_t i = 0; i < item; i++)
        if (same_line(&inv->evidence[i], &inv->evidence[item]))
            return false;
    return true;
}

void triage_facts(const struct invocation *inv, size_t item, struct buf *out)
{
    for (size_t i = item; i < inv->evidence_count; i++)
        if (same_line(&inv->evidence[item], &inv->evidence[i]))
            buf_printf(out, "%s%s", i == item ? "" : "; ", fact_seen(inv->evidence[i].fact));
}
