#include "ui/verdict_page.h"

#include <inttypes.h>
#include <stdio.h>

#include "ui/figures.h"
#include "ui/json_line.h"

#define NS_PER_MS INT64_C(1000000)

static const struct failure_class_row *row_of(unsigned class)
{
    return class < FAILURE_CLASS_COUNT ? failure_class_row((enum failure_class)class) : NULL;
}

/* A line of the log as a quotation: the first one, without the time and id that it repeats; of
 * a JSON line its message. Lies in `room` or in the text itself. */
static struct str quoted(struct str text, struct buf *room)
{
    struct log_line line;
    struct str rest = text;
    text = str_trim(str_take_line(&rest));
    buf_clear(room);
    log_line_begin(&line, room);
    if (text.len > 0 && text.at[0] == '{' && json_line_compose(&line, text, room))
        return str_trim(buf_str(room));
    text = str_from(text, log_line_prefix(text).skip);
    rest = text;
    if (str_skip(&rest, STR("RequestId: "))) {
        str_take_word(&rest);
        text = str_trim_left(rest);
    }
    return text;
}

/* Said in the line `error` already. */
static bool is_the_error(const struct invocation *inv, struct str text)
{
    struct str message = invocation_text(inv, inv->exception_message),
               type = invocation_text(inv, inv->exception_type);
    struct str told = message.len > 0 ? message : type;
    return told.len > 0 && str_has(text, str_first(str_take_line(&told), 40));
}

/* ---- the head ---- */

static void add_candidates(struct log_line *line, struct page *page, const struct invocation *inv)
{
    for (int i = 0; i < inv->candidate_count; i++) {
        const struct failure_class_row *row = row_of(inv->candidates[i]);
        if (row)
            log_line_add(line, &page->text, ROLE_TEXT, "%s%s", i ? " or " : ": ", row->title);
    }
}

static void head(struct page *page, const struct invocation *inv)
{
    const struct failure_class_row *row = row_of(inv->class), *cause = row_of(inv->cause);
    struct log_line *line = page_line(page);
    enum role role = console_class_role((enum failure_class)inv->class);
    log_line_add(line, &page->text, role, "%s  %s", invocation_tag(inv, true),
                 row ? row->title : "Not classified");
    log_line_add(line, &page->text, ROLE_TITLE, "  %s",
                 confidence_name((enum confidence)inv->confidence));
    if (cause && inv->cause != inv->class)
        log_line_add(line, &page->text, console_class_role((enum failure_class)inv->cause),
                     "  caused by: %s", cause->title);
    if (inv->class == FAILURE_AMBIGUOUS)
        add_candidates(line, page, inv);
    if (inv->startup)
        log_line_add(line, &page->text, ROLE_WARNING, "  before any request");
    if (!inv->final)
        log_line_add(line, &page->text, ROLE_DIM, "  (may still change)");
}

static void exception(struct page *page, const struct invocation *inv)
{
    struct str type = invocation_text(inv, inv->exception_type),
               message = invocation_text(inv, inv->exception_message);
    struct str location = invocation_text(inv, inv->exception_location);
    size_t room = inv->denial_action.len > 0 ? (size_t)page->cols - PAGE_LABEL_COLS
                                             : 600; /* the card below says it */
    if (type.len > 0 || message.len > 0)
        page_printf(page, "error", ROLE_LEVEL_ERROR, "%.*s%s%.*s", STR_ARG(type),
                    type.len && message.len ? ": " : "",
                    STR_ARG(str_first(message, room > type.len + 2 ? room - type.len - 2 : 0)));
    if (location.len > 0 && inv->frames > 0)
        page_printf(page, "at", ROLE_TITLE, "%.*s  (%" PRIu32 " %s)", STR_ARG(location),
                    inv->frames, inv->frames == 1 ? "frame" : "frames");
    else if (location.len > 0)
        page_field(page, "at", ROLE_TITLE, location);
}

static void denial(struct page *page, const struct invocation *inv)
{
    const struct {
        const char *label;
        struct text_ref ref;
    } rows[] = {{"denied", inv->denial_action},
                {"on", inv->denial_resource},
                {"to", inv->denial_principal},
                {"because", inv->denial_reason}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].ref.len > 0)
            page_field(page, rows[i].label, i == 0 ? ROLE_CLASS_PERMISSION : ROLE_TEXT,
                       invocation_text(inv, rows[i].ref));
}

/* Which request, when, and which attempt at it: one line where the id is of the usual length. */
static void which(struct page *page, const struct console *console, const struct invocation *inv)
{
    struct str id = invocation_text(inv, inv->request_id);
    char time[CLOCK_TIME_SIZE] = "", attempt[40] = "";
    if (page->cols < 60)
        id = str_first(id, 8);
    int64_t at = inv->start_unix_ms != TIME_NONE ? inv->start_unix_ms : inv->end_unix_ms;
    if (at != TIME_NONE)
        console_time(console, at, time);
    if (inv->attempt > 1)
        snprintf(attempt, sizeof attempt, "  attempt %" PRIu32, inv->attempt);
    if (id.len > 0 || time[0])
        page_printf(page, "request", ROLE_TEXT, "%.*s%s%s%s", STR_ARG(id),
                    id.len && time[0] ? "  " : "", time, attempt);
}

static void where(struct page *page, const struct console *console, const struct invocation *inv)
{
    struct str stream = invocation_text(inv, inv->log_stream),
               function = invocation_text(inv, inv->function);
    struct str trace = invocation_text(inv, inv->trace_id);
    char started[CLOCK_TIME_SIZE], ended[CLOCK_TIME_SIZE];
    page_blank(page);
    if (inv->start_unix_ms != TIME_NONE && inv->end_unix_ms != TIME_NONE) {
        console_time(console, inv->start_unix_ms, started);
        console_time(console, inv->end_unix_ms, ended);
        page_printf(page, "time", ROLE_TEXT, "%s to %s", started, ended);
    }
    if (function.len > 0)
        page_field(page, "function", ROLE_TEXT, function);
    if (stream.len > 0)
        page_field(page, "stream", ROLE_TEXT, stream);
    if (trace.len > 0)
        page_printf(page, "trace", ROLE_TEXT, "%.*s%s", STR_ARG(trace),
                    inv->sampled == 0 ? "  not sampled" : "");
    page_printf(page, "lines", ROLE_TEXT, "%" PRIu64 " to %" PRIu64, inv->first_line,
                inv->last_line);
}

/* ---- numbers ---- */

static void duration_bar(struct page *page, const struct invocation *inv)
{
    char ms[FIGURE_SIZE], text[80];
    if (inv->duration_ns == ABSENT)
        return;
    figure_ms(inv->duration_ns, ms);
    if (inv->timeout_ms > 0)
        snprintf(text, sizeof text, "%7s of %6" PRId64 " ms", ms, inv->timeout_ms);
    else
        snprintf(text, sizeof text, "%7s ms", ms);
    page_bar(page, "Duration", str_of(text), inv->duration_ns / NS_PER_MS, inv->timeout_ms,
             ROLE_BAR);
}

static void memory_bar(struct page *page, const struct invocation *inv)
{
    char text[80];
    if (inv->memory_used_mb == ABSENT)
        return;
    if (inv->memory_mb > 0)
        snprintf(text, sizeof text, "%7" PRId64 " of %6" PRId64 " MB", inv->memory_used_mb,
                 inv->memory_mb);
    else
        snprintf(text, sizeof text, "%7" PRId64 " MB", inv->memory_used_mb);
    page_bar(page, "Memory", str_of(text), inv->memory_used_mb, inv->memory_mb, ROLE_BAR);
}

static void init_bar(struct page *page, const struct invocation *inv)
{
    char ms[FIGURE_SIZE], text[80];
    if (inv->init_ns != ABSENT) {
        figure_ms(inv->init_ns, ms);
        snprintf(text, sizeof text, "%7s ms  cold start", ms);
        page_bar(page, "Init", str_of(text), inv->init_ns / NS_PER_MS, inv->timeout_ms, ROLE_BAR);
    } else if (inv->restore_ns != ABSENT) {
        figure_ms(inv->restore_ns, ms);
        snprintf(text, sizeof text, "%7s ms  restored", ms);
        page_bar(page, "Restore", str_of(text), inv->restore_ns / NS_PER_MS, inv->timeout_ms,
                 ROLE_BAR);
    } else if (inv->cold == 0) {
        page_bar(page, "Init", STR("      -     warm"), 0, 0, ROLE_BAR);
    }
}

/* The gap meter: how much of the time nothing was logged, and what was said last. */
static void silence_bar(struct page *page, const struct invocation *inv)
{
    char span[FIGURE_SIZE], text[80];
    struct buf room;
    bool tells = inv->last_line_gap_ns != ABSENT && inv->last_line_gap_ns >= inv->duration_ns / 10;
    if (tells) {
        figure_span(inv->last_line_gap_ns, span);
        snprintf(text, sizeof text, "%10s silent", span);
        page_bar(page, "Silence", str_of(text), inv->last_line_gap_ns / NS_PER_MS,
                 inv->duration_ns / NS_PER_MS,
                 ROLE_WARNING); /* a reversed role would draw it hollow */
    }
    buf_init(&room, 4096);
    struct str last = quoted(invocation_text(inv, inv->last_text), &room);
    if (last.len > 0 && !is_the_error(inv, last))
        page_printf(page, "last line", ROLE_TEXT, "\"%.*s\"", STR_ARG(last));
    buf_release(&room);
}

static void numbers(struct page *page, const struct invocation *inv)
{
    int before = page->count;
    page_blank(page);
    int first = page->count;
    duration_bar(page, inv);
    memory_bar(page, inv);
    init_bar(page, inv);
    silence_bar(page, inv);
    if (page->count == first)
        page->count = before; /* nothing was known */
}

/* ---- reasons ---- */

static void heading(struct page *page, const char *words)
{
    struct log_line *line;
    page_blank(page);
    line = page_line(page);
    if (line)
        log_line_add(line, &page->text, ROLE_TITLE, "%s", words);
}

/* Its numbers stand in the bars above. */
static bool is_report(struct str text)
{
    return str_has(text, STR("REPORT RequestId")) || str_starts(text, STR("INIT_REPORT")) ||
           str_has(text, STR("\"platform.report\""));
}

static void put_evidence(struct page *page, const struct invocation *inv,
                         const struct evidence_item *item)
{
    char label[24] = "";
    struct buf room;
    buf_init(&room, 4096);
    struct str text = quoted(invocation_text(inv, item->text), &room);
    if (item->line > 0)
        snprintf(label, sizeof label, "%8" PRIu64, item->line);
    if (item->fact == FACT_STATUS && inv->status.len > 0)
        text = invocation_text(inv, inv->status);
    if (text.len > 0 && !is_report(text) && !is_the_error(inv, text))
        page_printf(page, label, ROLE_TEXT, "%s: \"%.*s\"", fact_seen((enum fact)item->fact),
                    STR_ARG(str_first(text, 400)));
    else
        page_printf(page, label, ROLE_TEXT, "%s", fact_seen((enum fact)item->fact));
    buf_release(&room);
}

static void evidence(struct page *page, const struct invocation *inv)
{
    if (inv->evidence_count > 0)
        heading(page, "EVIDENCE");
    for (int i = 0; i < inv->evidence_count; i++)
        put_evidence(page, inv, &inv->evidence[i]);
}

/* An error with its stack trace is an unhandled error: to say that none was seen would deny it. */
static uint64_t listed_not_seen(const struct invocation *inv)
{
    bool traced = !(inv->not_seen >> FACT_STACK_TRACE & 1);
    return traced ? inv->not_seen & ~(UINT64_C(1) << FACT_ERROR_LINE) : inv->not_seen;
}

static void not_seen(struct page *page, const struct invocation *inv)
{
    struct buf text;
    uint64_t facts = listed_not_seen(inv);
    buf_init(&text, 1000);
    for (int fact = 0; fact < FACT_COUNT; fact++) {
        const char *words = fact_not_seen((enum fact)fact);
        if ((facts >> fact & 1) && words[0])
            buf_printf(&text, "%s%s", text.len ? ", " : "", words);
    }
    if (text.len > 0)
        page_blank(page);
    if (text.len > 0)
        page_field(page, "not seen", ROLE_TEXT, buf_str(&text));
    buf_release(&text);
}

static void notes(struct page *page, const struct invocation *inv)
{
    for (int i = 0; i < NOTE_COUNT; i++)
        if (inv->notes >> i & 1)
            page_field(page, "beware", ROLE_WARNING, str_of(note_text((enum note)(1 << i))));
}

static void next_steps(struct page *page, const struct invocation *inv)
{
    struct buf check, fix;
    buf_init(&check, 2000);
    buf_init(&fix, 2000);
    invocation_check(inv, &check);
    invocation_fix(inv, &fix);
    if (check.len > 0 || fix.len > 0)
        page_blank(page);
    if (check.len > 0)
        page_field(page, "check", ROLE_TITLE, buf_str(&check));
    if (fix.len > 0)
        page_field(page, "then", ROLE_TEXT, buf_str(&fix));
    buf_release(&check);
    buf_release(&fix);
}

/* What the failures have in common, where that is more than their class. */
struct str verdict_common(const struct invocation *inv)
{
    const struct failure_class_row *row = row_of(inv->class);
    struct str signature = invocation_text(inv, inv->signature_text);
    return row && str_eq(signature, str_of(row->title)) ? STR_NONE : signature;
}

static void add_similar(struct page *page, const struct console *console,
                        const struct invocation *inv, const struct similar *similar)
{
    char first[CLOCK_TIME_SIZE], last[CLOCK_TIME_SIZE];
    struct str signature = verdict_common(inv);
    if (inv->signature == 0)
        return;
    page_blank(page);
    if (similar->count == 0) {
        page_printf(page, "similar", ROLE_TEXT, "%s failed the same way%s%.*s",
                    similar->complete ? "no other one" : "none so far", signature.len ? ": " : "",
                    STR_ARG(signature));
        return;
    }
    console_time(console, similar->first_unix_ms, first);
    console_time(console, similar->last_unix_ms, last);
    page_printf(page, "similar", ROLE_TEXT, "%" PRIu64 " %s failed the same way%s%.*s",
                similar->count, similar->count == 1 ? "other" : "others",
                signature.len ? ": " : "", STR_ARG(signature));
    if (similar->first_unix_ms != TIME_NONE)
        page_printf(page, "", ROLE_DIM, "first %s, last %s", first, last);
}

void verdict_page(struct page *page, const struct console *console, const struct invocation *inv,
                  const struct similar *similar)
{
    head(page, inv);
    which(page, console, inv);
    exception(page, inv);
    denial(page, inv);
    numbers(page, inv);
    evidence(page, inv);
    notes(page, inv);
    next_steps(page, inv);
    add_similar(page, console, inv, similar);
    not_seen(page, inv);
    where(page, console, inv);
}
