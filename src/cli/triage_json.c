#include "src/base/jsonout.h"
#include "src/cli/triage.h"

/* One object a line; the keys in the order of the contract's table (docs/commands.md). */

#define ADVICE_MAX 4096

static void put_text(struct jsonout *j, const char *key, const struct invocation *inv,
                     struct text_ref ref)
{
    jsonout_key(j, key);
    jsonout_str_or_null(j, invocation_text(inv, ref));
}

static void put_number(struct jsonout *j, const char *key, int64_t value)
{
    jsonout_key(j, key);
    if (value == ABSENT)
        jsonout_null(j);
    else
        jsonout_i64(j, value);
}

static void put_ms(struct jsonout *j, const char *key, int64_t value_ns)
{
    jsonout_key(j, key);
    if (value_ns == ABSENT)
        jsonout_null(j);
    else
        jsonout_fixed(j, value_ns, 6);
}

static void put_flag(struct jsonout *j, const char *key, int value)
{
    jsonout_key(j, key);
    if (value == ABSENT)
        jsonout_null(j);
    else
        jsonout_bool(j, value != 0);
}

static void put_time(struct jsonout *j, const char *key, int64_t unix_ms)
{
    char text[CLOCK_ISO_SIZE] = "";
    if (unix_ms != TIME_NONE)
        clock_iso(unix_ms, text);
    jsonout_key(j, key);
    jsonout_str_or_null(j, str_of(text));
}

static void put_class(struct jsonout *j, uint8_t class)
{
    jsonout_str_or_null(j, class < FAILURE_CLASS_COUNT ? str_of(failure_class_row(class)->name)
                                                       : STR_NONE);
}

static void put_verdict(struct jsonout *j, const struct invocation *inv)
{
    jsonout_key(j, "class");
    put_class(j, inv->class);
    jsonout_key(j, "code");
    jsonout_str(j, str_of(invocation_tag(inv, false)));
    jsonout_key(j, "cause");
    put_class(j, inv->cause);
    jsonout_key(j, "candidates");
    jsonout_open(j, '[');
    for (size_t i = 0; i < inv->candidate_count; i++)
        put_class(j, inv->candidates[i]);
    jsonout_close(j, ']');
    jsonout_key(j, "confidence");
    jsonout_str(j, str_of(confidence_name(inv->confidence)));
    put_flag(j, "cold", inv->cold);
    put_flag(j, "memory_at_limit", inv->memory_at_limit);
    put_flag(j, "slow", inv->slow);
}

static void put_numbers(struct jsonout *j, const struct invocation *inv)
{
    put_time(j, "start", inv->start_unix_ms);
    put_time(j, "end", inv->end_unix_ms);
    put_ms(j, "duration_ms", inv->duration_ns);
    put_ms(j, "init_ms", inv->init_ns);
    put_ms(j, "restore_ms", inv->restore_ns);
    put_number(j, "billed_ms", inv->billed_ms);
    put_number(j, "memory_mb", inv->memory_mb);
    put_number(j, "memory_used_mb", inv->memory_used_mb);
    put_number(j, "timeout_ms", inv->timeout_ms);
}

static void put_exception(struct jsonout *j, const struct invocation *inv)
{
    jsonout_key(j, "exception");
    if (inv->exception_type.len + inv->exception_message.len == 0) {
        jsonout_null(j);
        return;
    }
    jsonout_open(j, '{');
    put_text(j, "type", inv, inv->exception_type);
    put_text(j, "message", inv, inv->exception_message);
    put_text(j, "location", inv, inv->exception_location);
    put_number(j, "frames", inv->frames);
    jsonout_close(j, '}');
}

static void put_denial(struct jsonout *j, const struct invocation *inv)
{
    jsonout_key(j, "denial");
    if (inv->denial_principal.len + inv->denial_action.len + inv->denial_resource.len +
            inv->denial_reason.len ==
        0) {
        jsonout_null(j);
        return;
    }
    jsonout_open(j, '{');
    put_text(j, "principal", inv, inv->denial_principal);
    put_text(j, "action", inv, inv->denial_action);
    put_text(j, "resource", inv, inv->denial_resource);
    put_text(j, "reason", inv, inv->denial_reason);
    jsonout_close(j, '}');
}

static void put_evidence(struct jsonout *j, const struct triage *t, const struct invocation *inv)
{
    jsonout_key(j, "evidence");
    jsonout_open(j, '[');
    for (size_t i = 0; i < inv->evidence_count; i++) {
        const struct evidence_item *item = &inv->evidence[i];
        jsonout_open(j, '{');
        jsonout_key(j, "fact");
        jsonout_str(j, str_of(fact_seen(item->fact)));
        jsonout_key(j, "file");
        jsonout_str_or_null(j, str_of(triage_input_name(t, item)));
        put_number(j, "line", item->line ? (int64_t)item->line : ABSENT);
        put_text(j, "text", inv, item->text);
        jsonout_close(j, '}');
    }
    jsonout_close(j, ']');
}

static void put_advice(struct jsonout *j, const char *key, const struct invocation *inv,
                       void (*advice)(const struct invocation *inv, struct buf *out))
{
    struct buf text;
    buf_init(&text, ADVICE_MAX);
    advice(inv, &text);
    jsonout_key(j, key);
    jsonout_str_or_null(j, buf_str(&text));
    buf_release(&text);
}

static void put_invocation(struct triage *t, const struct invocation *inv)
{
    struct jsonout j;
    jsonout_init(&j, &t->out.buf);
    jsonout_open(&j, '{');
    jsonout_key(&j, "kind");
    jsonout_str(&j, inv->startup ? STR("startup") : STR("invocation"));
    put_text(&j, "function", inv, inv->function);
    put_text(&j, "log_group", inv, inv->log_group);
    put_text(&j, "log_stream", inv, inv->log_stream);
    put_text(&j, "request_id", inv, inv->request_id);
    put_number(&j, "attempt", inv->attempt);
    put_verdict(&j, inv);
    put_numbers(&j, inv);
    put_text(&j, "status", inv, inv->status);
    put_text(&j, "error_type", inv, inv->error_type);
    put_text(&j, "trace_id", inv, inv->trace_id);
    put_flag(&j, "sampled", inv->sampled);
    put_exception(&j, inv);
    put_denial(&j, inv);
    put_text(&j, "last_line", inv, inv->last_text);
    put_ms(&j, "last_line_gap_ms", inv->last_line_gap_ns);
    put_evidence(&j, t, inv);
    put_advice(&j, "check", inv, invocation_check);
    put_advice(&j, "fix", inv, invocation_fix);
    jsonout_close(&j, '}');
    jsonout_line(&j);
}

static void put_count(struct jsonout *j, const char *key, uint64_t value)
{
    jsonout_key(j, key);
    jsonout_i64(j, (int64_t)value);
}

static void put_summary(struct triage *t)
{
    struct jsonout j;
    jsonout_init(&j, &t->out.buf);
    jsonout_open(&j, '{');
    jsonout_key(&j, "kind");
    jsonout_str(&j, STR("summary"));
    put_count(&j, "invocations", t->invocations);
    put_count(&j, "failures", t->failures);
    jsonout_key(&j, "by_class");
    jsonout_open(&j, '{');
    for (unsigned class = 0; class < FAILURE_CLASS_COUNT; class++)
        put_count(&j, failure_class_row(class)->name, t->by_class[class]);
    jsonout_close(&j, '}');
    put_count(&j, "lines", t->progress.lines);
    put_count(&j, "bytes", t->progress.bytes);
    put_count(&j, "unparsed_report_lines", t->unparsed);
    put_time(&j, "first", t->first_unix_ms);
    put_time(&j, "last", t->last_unix_ms);
    jsonout_key(&j, "incomplete_reason");
    jsonout_str_or_null(&j, str_of(t->incomplete_reason));
    jsonout_close(&j, '}');
    jsonout_line(&j);
}

const struct triage_form triage_json = {
    .name = "json", .invocation = put_invocation, .end = put_summary};
