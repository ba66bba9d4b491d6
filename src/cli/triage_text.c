#include <stdio.h>

#include "src/base/jsonout.h"
#include "src/cli/triage.h"

/* For people: the counts, then each kind of failure with one example. */

#define ADVICE_MAX 4096
#define LABEL_COLS 11 /* of `  example ` and its like */

static enum style class_style(uint8_t class)
{
    switch (class) {
    case FAILURE_SUCCESS:
        return STYLE_GOOD;
    case FAILURE_THROTTLE:
    case FAILURE_DOWNSTREAM:
    case FAILURE_AMBIGUOUS:
        return STYLE_WARN;
    case FAILURE_INCOMPLETE:
        return STYLE_DIM;
    default:
        return STYLE_BAD;
    }
}

static const char *dot(const struct triage *t)
{
    return t->out.ascii ? "-" : "·";
}

static void put_styled(struct triage *t, enum style style, struct str text)
{
    output_style(&t->out, style);
    output_text(&t->out, text, t->out.cols);
    output_style(&t->out, STYLE_PLAIN);
}

static void put_headline(struct triage *t)
{
    struct buf line;
    buf_init(&line, 1000);
    triage_headline(t, &line);
    if (t->account.title[0])
        output_wrapped(&t->out, str_of(t->account.title), 2, 0);
    output_style(&t->out, STYLE_BOLD);
    output_wrapped(&t->out, buf_str(&line), 2, 0);
    output_style(&t->out, STYLE_PLAIN);
    buf_release(&line);
}

static void put_flags(struct triage *t)
{
    const struct { const char *what; uint64_t count; } flags[] = {
        {"cold", t->cold}, {"at the memory limit, yet successful", t->at_limit}, {"slow", t->slow},
        {"garbled REPORT lines left out", t->unparsed},
    };
    bool any = false;
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        if (flags[i].count == 0)
            continue;
        buf_printf(&t->out.buf, "%s%llu %s", any ? ", " : "  ", (unsigned long long)flags[i].count,
                   flags[i].what);
        any = true;
    }
    if (any)
        buf_add_char(&t->out.buf, '\n');
}

static void put_counts(struct triage *t)
{
    for (unsigned class = 0; class < FAILURE_CLASS_COUNT; class++) {
        if (t->by_class[class] == 0)
            continue;
        const struct failure_class_row *row = failure_class_row(class);
        char tag[8];
        snprintf(tag, sizeof tag, "%-3s", row->tag);
        buf_add(&t->out.buf, STR("  "));
        put_styled(t, class_style((uint8_t)class), str_of(tag));
        buf_printf(&t->out.buf, "  %-20s %10llu\n", row->title,
                   (unsigned long long)t->by_class[class]);
    }
    put_flags(t);
}

static void put_label(struct triage *t, const char *label)
{
    buf_printf(&t->out.buf, "  %-*s", LABEL_COLS - 2, label);
}

static void put_heading(struct triage *t, const struct signature *s)
{
    const struct failure_class_row *row = failure_class_row(s->example->class);
    char times[48];
    snprintf(times, sizeof times, " %s %llux", dot(t), (unsigned long long)s->count);
    int room = t->out.cols - (int)str_of(times).len - 4;
    buf_add_char(&t->out.buf, '\n');
    put_styled(t, class_style(s->example->class), str_of(row->tag));
    buf_add_char(&t->out.buf, ' ');
    output_style(&t->out, STYLE_BOLD);
    output_text(&t->out, triage_signature_text(s), room);
    output_style(&t->out, STYLE_PLAIN);
    buf_printf(&t->out.buf, "%s\n", times);
}

static void put_where(struct triage *t, const struct signature *s)
{
    char first[TRIAGE_TIME_SIZE], last[TRIAGE_TIME_SIZE];
    struct str function = invocation_text(s->example, s->example->function);
    struct buf line;
    buf_init(&line, 1000);
    triage_time(t, s->first_unix_ms, first);
    triage_time(t, s->last_unix_ms, last);
    if (s->first_unix_ms == s->last_unix_ms)
        buf_printf(&line, "%s", first);
    else
        buf_printf(&line, "%s to %s", first, last);
    if (function.len > 0)
        buf_printf(&line, " in %.*s%s", STR_ARG(function),
                   s->several_functions ? " and others" : "");
    put_label(t, "when");
    output_wrapped(&t->out, buf_str(&line), LABEL_COLS, LABEL_COLS);
    buf_release(&line);
}

static void add_figures(const struct invocation *inv, struct buf *line)
{
    char ms[40];
    if (inv->duration_ns != ABSENT) {
        fixed_text(inv->duration_ns, 6, ms, sizeof ms);
        buf_printf(line, ", %s ms", ms);
    }
    if (inv->timeout_ms != ABSENT)
        buf_printf(line, " of %lld", (long long)inv->timeout_ms);
    if (inv->memory_used_mb != ABSENT && inv->memory_mb != ABSENT)
        buf_printf(line, ", %lld of %lld MB", (long long)inv->memory_used_mb,
                   (long long)inv->memory_mb);
}

static void put_example(struct triage *t, const struct invocation *inv)
{
    struct str id = invocation_text(inv, inv->request_id);
    struct buf line;
    buf_init(&line, 1000);
    if (inv->startup)
        buf_printf(&line, "a start without a request");
    else if (id.len > 0)
        buf_printf(&line, "%.*s, attempt %u", STR_ARG(id), inv->attempt);
    else
        buf_printf(&line, "no request id");
    buf_printf(&line, ", %s", confidence_name(inv->confidence));
    if (inv->cause < FAILURE_CLASS_COUNT)
        buf_printf(&line, ", cause: %s", failure_class_row(inv->cause)->name);
    for (size_t i = 0; i < inv->candidate_count; i++)
        if (inv->candidates[i] < FAILURE_CLASS_COUNT)
            buf_printf(&line, "%s%s", i ? " or " : ", may be ",
                       failure_class_row(inv->candidates[i])->name);
    add_figures(inv, &line);
    put_label(t, "example");
    output_wrapped(&t->out, buf_str(&line), LABEL_COLS, LABEL_COLS);
    buf_release(&line);
}

/* `line 12: one fact; another fact`, then the line itself. */
static void put_evidence_line(struct triage *t, const struct invocation *inv, size_t from)
{
    const struct evidence_item *item = &inv->evidence[from];
    struct buf line;
    buf_init(&line, 2000);
    if (item->line)
        buf_printf(&line, "line %llu: ", (unsigned long long)item->line);
    triage_facts(inv, from, &line);
    output_wrapped(&t->out, buf_str(&line), LABEL_COLS + 2, LABEL_COLS);
    buf_release(&line);
    if (item->text.len == 0)
        return;
    output_blanks(&t->out, LABEL_COLS + 2);
    output_style(&t->out, STYLE_DIM);
    output_text(&t->out, str_trim(invocation_text(inv, item->text)), t->out.cols - LABEL_COLS - 2);
    output_style(&t->out, STYLE_PLAIN);
    buf_add_char(&t->out.buf, '\n');
}

/* Each line once, with all that it shows; its file where that changes. */
static void put_evidence(struct triage *t, const struct invocation *inv)
{
    const char *file = NULL;
    for (size_t i = 0; i < inv->evidence_count; i++) {
        const char *own = triage_input_name(t, &inv->evidence[i]);
        if (!triage_is_first_of_line(inv, i))
            continue;
        put_label(t, i == 0 ? "evidence" : "");
        if (own && own != file) {
            output_wrapped(&t->out, str_of(own), LABEL_COLS, LABEL_COLS);
            put_label(t, "");
        }
        file = own;
        put_evidence_line(t, inv, i);
    }
}

static void put_advice(struct triage *t, const char *label, const struct invocation *inv,
                       void (*advice)(const struct invocation *inv, struct buf *out))
{
    struct buf text;
    buf_init(&text, ADVICE_MAX);
    advice(inv, &text);
    if (text.len > 0) {
        put_label(t, label);
        output_wrapped(&t->out, buf_str(&text), LABEL_COLS, LABEL_COLS);
    }
    buf_release(&text);
}

static void put_notes(struct triage *t, const struct invocation *inv)
{
    for (unsigned i = 0; i < NOTE_COUNT; i++) {
        if (!(inv->notes & 1u << i))
            continue;
        put_label(t, "note");
        output_wrapped(&t->out, str_of(note_text((enum note)(1u << i))), LABEL_COLS, LABEL_COLS);
    }
}

static void put_signature(struct triage *t, const struct signature *s)
{
    put_heading(t, s);
    put_where(t, s);
    put_example(t, s->example);
    put_evidence(t, s->example);
    put_notes(t, s->example);
    put_advice(t, "check", s->example, invocation_check);
    put_advice(t, "fix", s->example, invocation_fix);
    output_some(&t->out);
}

static void put_end(struct triage *t)
{
    put_headline(t);
    put_counts(t);
    for (size_t i = 0; i < t->signatures.count; i++)
        put_signature(t, &t->signatures.rows[i]);
    for (unsigned class = 0; class < FAILURE_CLASS_COUNT; class++)
        if (t->signatures.others[class])
            buf_printf(&t->out.buf, "\n%s other kinds %s %llux\n", failure_class_row(class)->tag,
                       dot(t), (unsigned long long)t->signatures.others[class]);
    if (t->incomplete_reason[0]) {
        buf_add_char(&t->out.buf, '\n');
        put_styled(t, STYLE_WARN, STR("incomplete: "));
        output_wrapped(&t->out, str_of(t->incomplete_reason), 2, 12);
    }
}

const struct triage_form triage_text = {.name = "text", .groups = true, .end = put_end};
