#include <stdio.h>

#include "src/base/jsonout.h"
#include "src/base/utf8.h"
#include "src/cli/triage.h"

/* For a ticket. What comes out of the log stands in code spans and fences, so that it cannot be
 * taken for markup: a span never holds a backtick, and a fenced line begins with blanks. */

#define TEXT_MAX 4096

static void put_code(struct triage *t, struct str text)
{
    struct buf clean;
    buf_init(&clean, TEXT_MAX);
    utf8_defuse(str_first(text, TEXT_MAX / 16), false, &clean);
    for (size_t i = 0; i < clean.len; i++)
        if (clean.at[i] == '`')
            clean.at[i] = '\'';
    buf_printf(&t->out.buf, "`%.*s`", STR_ARG(buf_str(&clean)));
    buf_release(&clean);
}

static void put_counts(struct triage *t)
{
    buf_add(&t->out.buf, STR("| class | code | invocations |\n|---|---|---:|\n"));
    for (unsigned class = 0; class < FAILURE_CLASS_COUNT; class++)
        if (t->by_class[class])
            buf_printf(&t->out.buf, "| %s | %s | %llu |\n", failure_class_row(class)->title,
                       failure_class_row(class)->tag, (unsigned long long)t->by_class[class]);
}

static void put_where(struct triage *t, const struct signature *s)
{
    const struct invocation *inv = s->example;
    char first[TRIAGE_TIME_SIZE], last[TRIAGE_TIME_SIZE];
    triage_time(t, s->first_unix_ms, first);
    triage_time(t, s->last_unix_ms, last);
    buf_printf(&t->out.buf, "- %llu times, first %s, last %s", (unsigned long long)s->count, first,
               last);
    if (inv->function.len > 0) {
        buf_add(&t->out.buf, STR(", in "));
        put_code(t, invocation_text(inv, inv->function));
        buf_add(&t->out.buf, str_of(s->several_functions ? " and others" : ""));
    }
    buf_add(&t->out.buf, STR("\n- example: "));
    if (inv->request_id.len > 0) {
        put_code(t, invocation_text(inv, inv->request_id));
        buf_printf(&t->out.buf, ", attempt %u, ", inv->attempt);
    }
    buf_printf(&t->out.buf, "%s", confidence_name(inv->confidence));
    if (inv->cause < FAILURE_CLASS_COUNT)
        buf_printf(&t->out.buf, ", cause: %s", failure_class_row(inv->cause)->name);
    buf_add_char(&t->out.buf, '\n');
}

static void put_evidence(struct triage *t, const struct invocation *inv)
{
    if (inv->evidence_count == 0)
        return;
    buf_add(&t->out.buf, STR("\n```\n"));
    for (size_t i = 0; i < inv->evidence_count; i++) {
        const struct evidence_item *item = &inv->evidence[i];
        if (!triage_is_first_of_line(inv, i))
            continue;
        buf_add(&t->out.buf, STR("at "));
        utf8_defuse(str_of(triage_input_name(t, item)), false, &t->out.buf);
        buf_printf(&t->out.buf, ":%llu: ", (unsigned long long)item->line);
        triage_facts(inv, i, &t->out.buf);
        buf_add(&t->out.buf, STR("\n    "));
        utf8_defuse(str_trim(invocation_text(inv, item->text)), false, &t->out.buf);
        buf_add_char(&t->out.buf, '\n');
    }
    buf_add(&t->out.buf, STR("```\n"));
}

/* Advice names things of the log, so it is defused, and what would be markup is escaped. */
static void put_advice(struct triage *t, const char *label, const struct invocation *inv,
                       void (*advice)(const struct invocation *inv, struct buf *out))
{
    struct buf text, clean;
    buf_init(&text, TEXT_MAX);
    buf_init(&clean, 8 * TEXT_MAX);
    advice(inv, &text);
    utf8_defuse(buf_str(&text), false, &clean);
    if (clean.len > 0)
        buf_printf(&t->out.buf, "\n**%s:** ", label);
    for (size_t i = 0; i < clean.len; i++) {
        if (memchr("\\`*_[]<>#|", clean.at[i], 10))
            buf_add_char(&t->out.buf, '\\');
        buf_add_char(&t->out.buf, clean.at[i]);
    }
    if (clean.len > 0)
        buf_add_char(&t->out.buf, '\n');
    buf_release(&text);
    buf_release(&clean);
}

static void put_signature(struct triage *t, const struct signature *s)
{
    const struct failure_class_row *row = failure_class_row(s->example->class);
    buf_printf(&t->out.buf, "\n## %s: ", row->title);
    put_code(t, triage_signature_text(s));
    buf_add(&t->out.buf, STR("\n\n"));
    put_where(t, s);
    put_evidence(t, s->example);
    put_advice(t, "First check", s->example, invocation_check);
    put_advice(t, "Likely fix", s->example, invocation_fix);
    output_some(&t->out);
}

static void put_end(struct triage *t)
{
    buf_add(&t->out.buf, STR("# Lambda triage\n\n"));
    triage_headline(t, &t->out.buf);
    buf_add(&t->out.buf, STR(".\n\n"));
    put_counts(t);
    for (size_t i = 0; i < t->signatures.count; i++)
        put_signature(t, &t->signatures.rows[i]);
    for (unsigned class = 0; class < FAILURE_CLASS_COUNT; class++)
        if (t->signatures.others[class])
            buf_printf(&t->out.buf, "\n%s: %llu more of other kinds.\n",
                       failure_class_row(class)->title,
                       (unsigned long long)t->signatures.others[class]);
    if (t->incomplete_reason[0]) {
        buf_add(&t->out.buf, STR("\nIncomplete: "));
        put_code(t, str_of(t->incomplete_reason));
        buf_add_char(&t->out.buf, '\n');
    }
}

const struct triage_form triage_markdown = {.name = "markdown", .groups = true, .end = put_end};
