#include "src/model/report.h"
#include "src/model/line.h"
#include "src/model/platform.h"

/* The fields of a REPORT stand in any order, apart by TABs, blanks or nothing at all, so each
 * is looked for at the cursor by its whole name: `Duration` is the tail of three other names.
 * A number is digits and an exact unit, or the line is garbled and counts as no REPORT. */

enum unit { UNIT_NS, UNIT_MS_UP, UNIT_MB, UNIT_WORD, UNIT_SECONDS };

struct field {
    struct str name;
    size_t at; /* offset in struct report */
    enum unit unit;
};

#define FIELD(name_, member, unit_)                                                          \
    {                                                                                        \
        {(name_), sizeof(name_) - 1}, offsetof(struct report, member), (unit_)               \
    }

static const struct field fields[] = {
    FIELD("Duration:", duration_ns, UNIT_NS),
    FIELD("Billed Duration:", billed_ms, UNIT_MS_UP),
    FIELD("Memory Size:", memory_mb, UNIT_MB),
    FIELD("Max Memory Used:", memory_used_mb, UNIT_MB),
    FIELD("Init Duration:", init_ns, UNIT_NS),
    FIELD("Restore Duration:", restore_ns, UNIT_NS),
    FIELD("Billed Restore Duration:", billed_restore_ms, UNIT_MS_UP),
    FIELD("Runtime Duration:", duration_ns, UNIT_NS),
    FIELD("Status:", status, UNIT_WORD),
    FIELD("Error Type:", error_type, UNIT_WORD),
    FIELD("Phase:", phase, UNIT_WORD),
    FIELD("XRAY TraceId:", trace_id, UNIT_WORD),
    FIELD("TraceId:", trace_id, UNIT_WORD),
    FIELD("SegmentId:", segment_id, UNIT_WORD),
    FIELD("Task timed out after", timeout_ms, UNIT_SECONDS),
};
/* What a wrapped line may begin with when the break fell inside a field's name. */
static const struct field torn_fields[] = {
    FIELD("Used:", memory_used_mb, UNIT_MB),
    FIELD("Size:", memory_mb, UNIT_MB),
    FIELD("Memory Used:", memory_used_mb, UNIT_MB),
};

bool report_has_numbers(const struct report *r)
{
    return r->duration_ns != ABSENT || r->billed_ms != ABSENT || r->memory_mb != ABSENT ||
           r->init_ns != ABSENT || r->restore_ns != ABSENT;
}

void report_clear(struct report *out)
{
    *out = (struct report){
        .duration_ns = ABSENT, .init_ns = ABSENT, .restore_ns = ABSENT, .billed_ms = ABSENT,
        .billed_restore_ms = ABSENT, .memory_mb = ABSENT, .memory_used_mb = ABSENT,
        .timeout_ms = ABSENT, .sampled = ABSENT,
    };
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* `\t` as an export writes it: a paste that was not read as the JSON that it is. */
static bool is_escaped_space(struct str s, size_t at)
{
    return s.at[at] == '\\' && at + 1 < s.len &&
           (s.at[at + 1] == 't' || s.at[at + 1] == 'n' || s.at[at + 1] == 'r');
}

static void skip_blanks(struct str *s)
{
    size_t at = 0;
    for (;;) {
        if (at < s->len && is_space(s->at[at]))
            at++;
        else if (at < s->len && is_escaped_space(*s, at))
            at += 2;
        else
            break;
    }
    *s = str_from(*s, at);
}

static struct str take_word(struct str *s)
{
    size_t at = 0;
    while (at < s->len && !is_space(s->at[at]) && !is_escaped_space(*s, at))
        at++;
    struct str word = str_first(*s, at);
    *s = str_from(*s, at);
    return word;
}

static struct str without_quotes(struct str word)
{
    while (word.len && strchr("\"',|`", word.at[word.len - 1]))
        word.len--;
    return word;
}

/* The unit must end there: `ms` of `msDuration` (a lost TAB) does, `msec` does not. */
static bool take_unit(struct str *s, struct str unit)
{
    struct str at = *s;
    skip_blanks(&at);
    if (!str_skip(&at, unit))
        return false;
    if (at.len && ((at.at[0] >= 'a' && at.at[0] <= 'z') || (at.at[0] >= '0' && at.at[0] <= '9')))
        return false;
    *s = at;
    return true;
}

static bool take_quantity(struct str *s, enum unit unit, int64_t *out)
{
    if (unit == UNIT_SECONDS) /* `after 30.00 seconds` is kept in milliseconds */
        return line_take_number(s, 3, true, out) && take_unit(s, STR("seconds"));
    if (unit == UNIT_NS)
        return line_take_number(s, 6, false, out) && take_unit(s, STR("ms"));
    if (!line_take_number(s, 0, false, out))
        return false;
    return take_unit(s, unit == UNIT_MB ? STR("MB") : STR("ms"));
}

static bool is_torn(struct str value)
{
    for (size_t i = 0; i < value.len; i++)
        if (!(value.at[i] >= '0' && value.at[i] <= '9') && value.at[i] != '.' && !is_space(value.at[i]))
            return false;
    return true;
}

/* true: a field stood at the cursor; *garbled when its value is no such value. */
static bool take_field(struct str *s, const struct field *field, struct report *out, bool *garbled)
{
    char *base = (char *)out;
    if (!str_starts(*s, field->name))
        return false;
    struct str at = str_from(*s, field->name.len);
    skip_blanks(&at);
    if (field->unit == UNIT_WORD) {
        struct str *word = (struct str *)(void *)(base + field->at);
        struct str value = without_quotes(take_word(&at));
        if (word->len == 0)
            *word = value;
    } else {
        int64_t *number = (int64_t *)(void *)(base + field->at), value;
        if (is_torn(at)) { /* the line was wrapped behind the name or inside the value */
            *s = str_from(at, at.len);
            return true;
        }
        if (!take_quantity(&at, field->unit, &value))
            *garbled = true;
        else if (*number == ABSENT)
            *number = value;
    }
    *s = at;
    return true;
}

static bool take_sampled(struct str *s, struct report *out)
{
    if (!str_skip(s, STR("Sampled:")))
        return false;
    skip_blanks(s);
    struct str word = without_quotes(take_word(s));
    if (str_eq(word, STR("true")) || str_eq(word, STR("1")))
        out->sampled = 1;
    else if (word.len)
        out->sampled = 0;
    return true;
}

static bool take_any_field(struct str *s, struct report *out, bool *garbled)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (s->at[0] == fields[i].name.at[0] && take_field(s, &fields[i], out, garbled))
            return true;
    return s->at[0] == 'S' && take_sampled(s, out);
}

/* Reads fields until the end; what is none is stepped over word by word and counted. */
static bool read_counted(struct str s, struct report *out, size_t *strangers)
{
    bool garbled = false;
    for (skip_blanks(&s); s.len && !garbled; skip_blanks(&s)) {
        bool init_first = out->init_ns == ABSENT && out->duration_ns == ABSENT;
        if (!take_any_field(&s, out, &garbled)) {
            (void)take_word(&s);
            ++*strangers;
        }
        if (init_first && out->init_ns != ABSENT)
            out->init_first = true;
    }
    return !garbled;
}

static bool read_fields(struct str s, struct report *out)
{
    size_t strangers = 0;
    return read_counted(s, out, &strangers);
}

bool report_read_plain(struct str line, struct report *out)
{
    size_t strangers = 0;
    if (!str_skip(&line, STR("REPORT RequestId: ")))
        return false;
    out->request_id = take_word(&line);
    if (out->request_id.len != 36 || !read_counted(line, out, &strangers) || strangers ||
        out->duration_ns == ABSENT) {
        report_clear(out);
        return false;
    }
    return true;
}

/* Texts of a length that the compiler knows are compared without a call. */
#define SKIP_EXACT(at, end, text)                                                                  \
    ((size_t)((end) - (at)) >= sizeof(text) - 1 && memcmp((at), (text), sizeof(text) - 1) == 0 &&  \
     ((at) += sizeof(text) - 1, true))

/* As line_take_number without decimals, of at most nine digits. */
static bool take_whole(const char **at, const char *end, int64_t *out)
{
    const char *p = *at;
    int64_t value = 0;
    for (; p < end && p < *at + 10 && *p >= '0' && *p <= '9'; p++)
        value = value * 10 + (*p - '0');
    if (p == *at || p == *at + 10)
        return false;
    *at = p;
    *out = value;
    return true;
}

/* Milliseconds with at most six decimals, in nanoseconds. */
static bool take_ms(const char **at, const char *end, int64_t *out_ns)
{
    static const int64_t power[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
    int64_t whole, decimals;
    if (!take_whole(at, end, &whole))
        return false;
    *out_ns = whole * 1000000;
    if (*at == end || **at != '.')
        return true;
    const char *first = ++*at;
    if (!take_whole(at, end, &decimals) || *at - first > 6)
        return false;
    *out_ns += decimals * power[*at - first];
    return true;
}

static bool is_clean(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((s.at[i] < ' ' && s.at[i] != '\t') || s.at[i] == 0x7F)
            return false;
    return true;
}

bool report_read_exact(struct str line, struct str known_id, struct report *out)
{
    size_t strangers = 0;
    struct str s = line;
    if (!str_skip(&s, STR("REPORT RequestId: ")))
        return false;
    out->request_id = str_first(s, 36);
    s = str_from(s, 36);
    if (!str_eq(out->request_id, known_id) && !line_is_uuid(out->request_id))
        return false;
    const char *at = s.at, *end = s.at + s.len;
    if (SKIP_EXACT(at, end, "\tDuration: ") && take_ms(&at, end, &out->duration_ns) &&
        SKIP_EXACT(at, end, " ms\tBilled Duration: ") && take_whole(&at, end, &out->billed_ms) &&
        SKIP_EXACT(at, end, " ms\tMemory Size: ") && take_whole(&at, end, &out->memory_mb) &&
        SKIP_EXACT(at, end, " MB\tMax Memory Used: ") &&
        take_whole(&at, end, &out->memory_used_mb) && SKIP_EXACT(at, end, " MB\t")) {
        s = (struct str){at, (size_t)(end - at)};
        if (s.len == 0 || (is_clean(s) && read_counted(s, out, &strangers) && strangers == 0))
            return true;
    }
    report_clear(out);
    return false;
}

bool report_read(struct str segment, struct report *out)
{
    report_clear(out);
    if (str_skip(&segment, STR("REPORT "))) {
        skip_blanks(&segment);
        if (!str_skip(&segment, STR("RequestId:")))
            return false;
        skip_blanks(&segment);
        out->request_id = without_quotes(take_word(&segment));
        return read_fields(segment, out) && (out->request_id.len || report_has_numbers(out));
    }
    if (!str_skip(&segment, STR("INIT_REPORT ")) && !str_skip(&segment, STR("RESTORE_REPORT ")) &&
        !str_starts(segment, STR("XRAY ")))
        return false;
    return read_fields(segment, out);
}

bool report_timeout_read(struct str segment, struct report *out)
{
    bool garbled = false;
    return take_field(&segment, &fields[sizeof fields / sizeof *fields - 1], out, &garbled) && !garbled;
}

bool report_parse(struct str line, struct report *out)
{
    struct platform p;
    struct str rest = line;
    report_clear(out);
    while (platform_take(&rest, &p))
        if (p.kind == LINE_REPORT || p.kind == LINE_INIT_REPORT || p.kind == LINE_XRAY) {
            *out = p.report;
            return true;
        }
    return false;
}

bool report_continue(struct str line, struct report *out)
{
    struct line_head head;
    bool garbled = false;
    line_head_read(line, &head);
    struct str s = head.rest, before;
    if (str_skip(&s, STR("ms")) || str_skip(&s, STR("MB")))
        skip_blanks(&s);
    if (s.len == 0)
        return false;
    before = s;
    for (size_t i = 0; i < sizeof torn_fields / sizeof *torn_fields; i++)
        if (take_field(&s, &torn_fields[i], out, &garbled))
            break;
    if (s.len && s.at == before.at && !take_any_field(&s, out, &garbled))
        return false;
    return !garbled && read_fields(s, out);
}

enum line_kind line_kind(struct str line)
{
    struct platform p;
    struct str rest = line;
    if (platform_take(&rest, &p))
        return p.kind;
    return str_has(line, STR("\"_aws\"")) ? LINE_METRIC : LINE_APP;
}
