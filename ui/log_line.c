#include "ui/log_line.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "src/base/jscan.h"
#include "ui/figures.h"
#include "ui/json_line.h"

void log_line_begin(struct log_line *line, struct buf *out)
{
    *line = (struct log_line){.at = (uint32_t)out->len};
}

void log_line_add_str(struct log_line *line, struct buf *out, enum role role, struct str text)
{
    size_t room = out->ceiling - out->len;
    text = str_first(text, room);
    if (text.len == 0 || !buf_add(out, text))
        return;
    line->len += (uint32_t)text.len;
    if (line->part_count > 0 &&
        (line->parts[line->part_count - 1].role == role || line->part_count == LINE_PARTS_MAX))
        line->parts[line->part_count - 1].len += (uint32_t)text.len;
    else
        line->parts[line->part_count++] = (struct line_part){(uint32_t)text.len, (uint8_t)role};
}

void log_line_add(struct log_line *line, struct buf *out, enum role role, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (len > 0)
        log_line_add_str(line, out, role, str_first(str_of(text), (size_t)len));
}

/* ---- prefixes ---- */

static bool is_level(struct str word)
{
    static const char *const levels[] = {"TRACE", "DEBUG", "INFO",     "WARN", "WARNING",
                                         "ERROR", "FATAL", "CRITICAL", "trce", "dbug",
                                         "info",  "warn",  "fail",     "crit"};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (str_eq(word, str_of(levels[i])))
            return true;
    return false;
}

enum role log_line_level_role(struct str level)
{
    static const char *const errors[] = {"ERROR", "FATAL", "CRITICAL", "fail", "crit"};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (str_eq_nocase(level, str_of(errors[i])))
            return ROLE_LEVEL_ERROR;
    if (str_eq_nocase(level, STR("WARN")) || str_eq_nocase(level, STR("WARNING")))
        return ROLE_LEVEL_WARN;
    return str_eq_nocase(level, STR("INFO")) ? ROLE_TEXT : ROLE_DIM;
}

static bool take_stamp(struct str *rest)
{
    int64_t unix_ms;
    struct str at = *rest;
    if (!clock_take_iso(&at, &unix_ms) || at.len == 0 || (at.at[0] != '\t' && at.at[0] != ' '))
        return false;
    *rest = str_from(at, 1);
    return true;
}

/* A request id as the runtimes write it here: 36 bytes of a UUID, or `undefined` during the init.
 */
static bool take_id(struct str *rest)
{
    struct str word = str_first(*rest, 36);
    if (word.len == 36 && word.at[8] == '-' && word.at[13] == '-' && word.at[18] == '-' &&
        word.at[23] == '-') {
        *rest = str_from(*rest, 36);
        if (rest->len > 0 && (rest->at[0] == '\t' || rest->at[0] == ' '))
            *rest = str_from(*rest, 1);
        return true;
    }
    return str_skip(rest, STR("undefined\t"));
}

/* `[INFO]` + TAB + time + TAB + id + TAB */
static bool bracketed(struct str text, struct line_prefix *out)
{
    struct str rest = text;
    if (!str_skip(&rest, STR("[")))
        return false;
    size_t close = str_find_char(str_first(rest, 10), ']');
    if (close == SIZE_MAX || !is_level(str_first(rest, close)))
        return false;
    out->level = str_first(rest, close);
    rest = str_from(rest, close + 1);
    if (!str_skip(&rest, STR("\t")) || !take_stamp(&rest) || !take_id(&rest))
        return true; /* the level is known, the text stands as it is */
    out->skip = text.len - rest.len;
    return true;
}

static struct str first_word(struct str text)
{
    size_t len = 0;
    while (len < text.len && len < 10 && text.at[len] != ' ' && text.at[len] != '\t' &&
           text.at[len] != ':')
        len++;
    return str_first(text, len);
}

struct line_prefix log_line_prefix(struct str text)
{
    struct line_prefix out = {STR_NONE, 0};
    struct str rest = text;
    if (bracketed(text, &out))
        return out;
    if (take_stamp(&rest) && take_id(&rest)) {
        out.skip = text.len - rest.len;
        struct str level = first_word(rest);
        if (is_level(level) && level.len < rest.len && rest.at[level.len] == '\t') {
            out.level = level;
            out.skip += level.len + 1;
        }
        return out;
    }
    struct str word = first_word(text);
    if (word.len > 3 && word.at[0] >= 'A' && word.at[0] <= 'Z' && is_level(word))
        out.level = word;
    return out;
}

/* ---- kinds of lines ---- */

/* The word behind a label such as `RequestId: `; *rest: what follows it. Empty: no such label. */
static struct str word_after(struct str text, struct str label, struct str *rest)
{
    size_t at = str_find(text, label);
    *rest = at == SIZE_MAX ? STR_NONE : str_from(text, at + label.len);
    return str_take_word(rest);
}

/* The first eight bytes of the request id that a platform line names. */
static struct str short_id(struct str text)
{
    struct str record, raw, rest, id = word_after(text, STR("RequestId: "), &rest);
    if (id.len == 0 && jscan_member(text, STR("record"), &record) &&
        jscan_member(record, STR("requestId"), &raw) && raw.len > 2)
        id = str_first(str_from(raw, 1), raw.len - 2);
    return str_first(id, 8);
}

static void compose_start(struct log_line *line, struct str text, struct buf *out)
{
    struct str rest, version = word_after(text, STR("Version: "), &rest);
    log_line_add(line, out, ROLE_PLATFORM, "START  %.*s  %.*s", STR_ARG(short_id(text)),
                 STR_ARG(version));
}

/* `INIT_START Runtime Version: python:3.12.v43` + TAB + ARN: the version is what tells. Of an XRAY
 * line it is the id, and whether there is a trace to open. */
static bool compose_label(struct log_line *line, uint8_t kind, struct str text, struct buf *out)
{
    bool xray = kind == LINE_XRAY;
    struct str rest,
        word = word_after(text, xray ? STR("TraceId: ") : STR("Runtime Version: "), &rest);
    if (word.len == 0)
        return false;
    log_line_add(line, out, ROLE_PLATFORM, "%s   %.*s%s", xray ? "XRAY" : "INIT",
                 STR_ARG(str_first(word, 100)),
                 xray && str_has(rest, STR("Sampled: true")) ? "  sampled" : "");
    return true;
}

static bool compose_platform(struct log_line *line, uint8_t kind, struct str text, struct buf *out)
{
    if ((kind == LINE_INIT || kind == LINE_XRAY) && compose_label(line, kind, text, out))
        return true;
    log_line_add_str(line, out, ROLE_PLATFORM, text);
    return true;
}

static void add_duration(struct log_line *line, const struct report *r,
                         const struct line_facts *facts, struct buf *out)
{
    char ms[FIGURE_SIZE];
    figure_ms(r->duration_ns, ms);
    int64_t timeout_ms = facts->timeout_ms > 0 ? facts->timeout_ms : r->timeout_ms;
    bool full = timeout_ms > 0 && r->duration_ns >= timeout_ms * INT64_C(1000000);
    log_line_add(line, out, full ? ROLE_BAR_FULL : ROLE_TEXT, "%6s", ms);
    if (timeout_ms > 0)
        log_line_add(line, out, ROLE_DIM, "/%" PRId64, timeout_ms);
    log_line_add(line, out, ROLE_DIM, "ms");
}

static void add_memory(struct log_line *line, const struct report *r, struct buf *out)
{
    if (r->memory_used_mb == ABSENT)
        return;
    bool full = r->memory_mb > 0 && r->memory_used_mb >= r->memory_mb;
    log_line_add(line, out, ROLE_DIM, " mem ");
    log_line_add(line, out, full ? ROLE_BAR_FULL : ROLE_TEXT, "%4" PRId64, r->memory_used_mb);
    if (r->memory_mb != ABSENT)
        log_line_add(line, out, ROLE_DIM, "/%" PRId64, r->memory_mb);
    log_line_add(line, out, ROLE_DIM, "MB");
}

static void add_init(struct log_line *line, const char *what, int64_t ns, struct buf *out)
{
    char ms[FIGURE_SIZE];
    figure_ms(ns, ms);
    if (ns != ABSENT)
        log_line_add(line, out, ROLE_COLD, " %s %sms", what, ms);
}

static bool compose_report(struct log_line *line, struct str text, const struct line_facts *facts,
                           struct buf *out)
{
    struct report r;
    if (!report_parse(text, &r) || !report_has_numbers(&r))
        return false; /* garbled, or wrapped: its fields stand on further lines */
    if (r.request_id.len > 0)
        log_line_add(line, out, ROLE_TITLE, "REPORT %-8.*s", STR_ARG(str_first(r.request_id, 8)));
    else
        log_line_add(line, out, ROLE_TITLE, "INIT REPORT    ");
    if (r.duration_ns != ABSENT)
        add_duration(line, &r, facts, out);
    add_memory(line, &r, out);
    add_init(line, "init", r.init_ns, out);
    add_init(line, "restore", r.restore_ns, out);
    if (facts->has_trace)
        log_line_add(line, out, ROLE_TITLE, " X");
    if (r.error_type.len > 0)
        log_line_add(line, out, ROLE_LEVEL_ERROR, " %.*s", STR_ARG(str_first(r.error_type, 100)));
    else if (r.status.len > 0 && !str_eq(r.status, STR("success")))
        log_line_add(line, out, ROLE_LEVEL_ERROR, " %.*s", STR_ARG(r.status));
    return true;
}

static void compose_app(struct log_line *line, struct str text, bool is_error, struct buf *out)
{
    struct line_prefix prefix = log_line_prefix(text);
    enum role role = prefix.level.len > 0 ? log_line_level_role(prefix.level) : ROLE_TEXT;
    enum role rest = role == ROLE_LEVEL_ERROR || role == ROLE_LEVEL_WARN ? role
                     : is_error                                          ? ROLE_LEVEL_ERROR
                                                                         : ROLE_TEXT;
    if (prefix.skip > 0 && prefix.level.len > 0)
        log_line_add(line, out, role, "%-5.*s ", STR_ARG(prefix.level));
    log_line_add_str(line, out, rest, str_from(text, prefix.skip));
}

static bool compose_known(struct log_line *line, const struct row *row, struct str text,
                          const struct line_facts *facts, struct buf *out)
{
    switch ((enum line_kind)row->kind) {
    case LINE_START:
        compose_start(line, text, out);
        return true;
    case LINE_END:
        log_line_add(line, out, ROLE_PLATFORM, "END    %.*s", STR_ARG(short_id(text)));
        return true;
    case LINE_REPORT:
    case LINE_INIT_REPORT:
        return compose_report(line, text, facts, out);
    case LINE_METRIC:
        return json_line_metric(line, text, out);
    case LINE_XRAY:
    case LINE_INIT:
    case LINE_PLATFORM:
        return compose_platform(line, row->kind, text, out);
    default:
        return json_line_compose(line, text, out);
    }
}

void log_line_compose(struct log_line *line, const struct row *row, struct str text,
                      const struct line_facts *facts, bool raw, struct buf *out)
{
    log_line_begin(line, out);
    if (row->late)
        log_line_add(line, out, ROLE_LATE, "late ");
    bool is_error = row->kind == LINE_ERROR || row->kind == LINE_TIMEOUT || row->kind == LINE_DEATH;
    if (row->kind == LINE_GAP)
        log_line_add(line, out, ROLE_GAP, "--- %.*s ---", STR_ARG(text));
    else if (raw || (row->continues && row->kind != LINE_XRAY))
        log_line_add_str(line, out, ROLE_TEXT, text);
    else if (!compose_known(line, row, text, facts, out))
        compose_app(line, text, is_error, out);
    if (row->full_len > row->len && text.len == ROW_TEXT_MAX)
        log_line_add(line, out, ROLE_WARNING, " [cut: %" PRIu32 " bytes]", row->full_len);
}

/* ---- folded ---- */

/* The evidence that is no platform line with numbers: those stand in the summary already. */
static struct str telling_evidence(const struct invocation *inv)
{
    for (int i = 0; i < inv->evidence_count; i++) {
        struct str text = invocation_text(inv, inv->evidence[i].text);
        if (text.len > 0 && !str_has(text, STR("REPORT RequestId")) && text.at[0] != '{')
            return text;
    }
    return STR_NONE;
}

/* What happened, in one line: the error, or for a timeout what was done last. */
static struct str fold_reason(const struct invocation *inv)
{
    bool failed = inv->class < FAILURE_CLASS_COUNT &&
                  failure_class_row((enum failure_class)inv->class)->is_failure;
    struct str last = invocation_text(inv, inv->last_text), reason = STR_NONE;
    if (inv->class == FAILURE_TIMEOUT && last.len > 0)
        return last;
    if (failed)
        reason = telling_evidence(inv);
    return reason.len > 0 ? reason : last;
}

static void add_reason(struct log_line *line, const struct invocation *inv, struct buf *out)
{
    struct str type = invocation_text(inv, inv->exception_type),
               message = invocation_text(inv, inv->exception_message);
    struct str reason = fold_reason(inv);
    reason = str_take_line(&reason);
    reason = str_from(reason, log_line_prefix(reason).skip);
    if (type.len == 0) {
        log_line_add_str(line, out, ROLE_TEXT, reason);
        return;
    }
    log_line_add_str(line, out, ROLE_TEXT, type);
    log_line_add_str(line, out, ROLE_TEXT, STR(": "));
    log_line_add_str(line, out, ROLE_TEXT, str_take_line(&message));
}

void log_line_fold(struct log_line *line, const struct invocation *inv, uint64_t rows,
                   struct buf *out)
{
    struct report r = {.duration_ns = inv->duration_ns,
                       .memory_mb = inv->memory_mb,
                       .memory_used_mb = inv->memory_used_mb,
                       .timeout_ms = ABSENT};
    struct line_facts facts = {.timeout_ms = inv->timeout_ms};
    log_line_begin(line, out);
    log_line_add(line, out, ROLE_TITLE, "%-8.*s",
                 STR_ARG(str_first(invocation_text(inv, inv->request_id), 8)));
    if (inv->duration_ns != ABSENT)
        add_duration(line, &r, &facts, out);
    add_memory(line, &r, out);
    log_line_add_str(line, out, ROLE_TEXT, STR("  "));
    add_reason(line, inv, out);
    log_line_add(line, out, ROLE_DIM, "  %" PRIu64 " lines", rows);
}
