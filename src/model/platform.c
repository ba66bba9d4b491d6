#include "src/model/platform.h"

#include "src/model/line.h"
#include "src/model/platform_json.h"

/* The earliest token of the table wins, and its run ends where the next one begins. A request
 * id may be any word. */

#define WORD(word) {(word), sizeof(word) - 1}

static const struct {
    struct str word;
    enum line_kind kind;
} tokens[] = {
    {WORD("START RequestId:"), LINE_START},
    {WORD("END RequestId:"), LINE_END},
    {WORD("REPORT RequestId:"), LINE_REPORT},
    {WORD("INIT_START "), LINE_INIT},
    {WORD("RESTORE_START "), LINE_INIT},
    {WORD("INIT_REPORT "), LINE_INIT_REPORT},
    {WORD("RESTORE_REPORT "), LINE_INIT_REPORT},
    {WORD("XRAY TraceId:"), LINE_XRAY},
    {WORD("Task timed out"), LINE_TIMEOUT},
    {WORD("Runtime exited with"), LINE_DEATH},
    {WORD("Process exited before completing"), LINE_DEATH},
    {WORD("Unknown application error occurred"), LINE_DEATH},
    {WORD("RequestId:"), LINE_DEATH}, /* `RequestId: X Error: ...` */
    {WORD("EXTENSION\tName:"), LINE_PLATFORM},
    {WORD("EXTENSION Name:"), LINE_PLATFORM},
    {WORD("TELEMETRY\tName:"), LINE_PLATFORM},
    {WORD("TELEMETRY Name:"), LINE_PLATFORM},
    {WORD("LOGS\tName:"), LINE_PLATFORM},
    {WORD("LOGS Name:"), LINE_PLATFORM},
    {WORD("IMAGE\tLaunch error:"), LINE_DEATH},
    {WORD("IMAGE Launch error:"), LINE_DEATH},
    {WORD("IMAGE\tInvalid task config:"), LINE_DEATH},
    {WORD("IMAGE Invalid task config:"), LINE_DEATH},
};
enum { TOKEN_COUNT = sizeof tokens / sizeof *tokens };

static bool take_event(struct str *line, struct platform *out)
{
    size_t type_at = str_find(*line, STR("\"platform."));
    size_t at = 0, len;
    if (type_at == SIZE_MAX)
        return false;
    for (int tries = 0; tries < 16 && at < type_at; tries++) {
        size_t next = str_find_char(str_from(*line, at), '{');
        if (next == SIZE_MAX || at + next > type_at)
            return false;
        at += next;
        if (platform_read_event(str_from(*line, at), out, &len)) {
            out->json = true;
            out->before = str_first(*line, at);
            out->text = str_first(str_from(*line, at), len);
            *line = str_from(*line, at + len);
            return true;
        }
        at += len ? len : 1;
    }
    return false;
}

/* ---- text ---- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* `#####`, `****`: somebody made it unreadable. */
static bool is_masked(struct str id)
{
    for (size_t i = 0; i < id.len; i++)
        if (id.at[i] != '#' && id.at[i] != '*' && id.at[i] != '-')
            return false;
    return true;
}

/* Empty where no id stands (`RequestId:  Error: …`) or none can be read. */
static struct str take_id(struct str *s)
{
    size_t at = 0;
    while (s->len && is_space(s->at[0]))
        *s = str_from(*s, 1);
    if (str_starts(*s, STR("Error:")))
        return STR_NONE;
    while (at < s->len && !is_space(s->at[at]) && !strchr("\"',\\|{}`", s->at[at]))
        at++;
    struct str id = str_first(*s, at);
    *s = str_from(*s, at);
    return is_masked(id) ? STR_NONE : id;
}

/* `RequestId: X Error: …`, `RequestId: X Process exited …`; other uses of the word are text. */
static bool is_fault(struct str s)
{
    s = str_from(s, 10);
    (void)take_id(&s);
    while (s.len && (is_space(s.at[0]) || s.at[0] == ','))
        s = str_from(s, 1);
    return str_starts(s, STR("Error:")) || str_starts(s, STR("Process exited"));
}

static bool is_caps(char c)
{
    return (c >= 'A' && c <= 'Z') || c == '_';
}

/* `SOMETHING RequestId: …` at the start of a line is written like a platform line. */
static bool is_unknown_kind(struct str before)
{
    struct line_head head;
    line_head_read(before, &head);
    struct str word = str_trim(head.rest);
    if (word.len < 4 || head.level != LEVEL_NONE || head.id.len)
        return false;
    for (size_t i = 0; i < word.len; i++)
        if (!is_caps(word.at[i]))
            return false;
    return true;
}

static size_t find_token(struct str s, size_t *token)
{
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < TOKEN_COUNT && best > 0; i++) {
        struct str within = best == SIZE_MAX ? s : str_first(s, best + tokens[i].word.len - 1);
        size_t at = str_find(within, tokens[i].word);
        if (at < best) {
            best = at;
            *token = i;
        }
    }
    return best;
}

/* Where the next platform line begins behind one at the front of `s`. */
static size_t find_next(struct str s, size_t from)
{
    size_t best = s.len, at;
    static const struct str heads[] = {WORD("START RequestId:"), WORD("END RequestId:"),
                                       WORD("REPORT RequestId:"), WORD("INIT_START "),
                                       WORD("INIT_REPORT "), WORD("{\"time\"")};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        at = str_find(str_from(s, from), heads[i]);
        if (at != SIZE_MAX && from + at < best)
            best = from + at;
    }
    return best;
}

/* A logger's level or other words before it make it part of a message. */
static void judge_before(struct platform *out)
{
    struct line_head head;
    line_head_read(out->before, &head);
    out->unix_ms = head.unix_ms;
    out->keyed = head.rest.len == 0 && str_has(out->before, STR("essage\":"));
    if (out->kind == LINE_DEATH && (str_eq_nocase(str_trim(head.rest), STR("Error:")) ||
                                    str_eq_nocase(str_trim(head.rest), STR("Error"))))
        head.rest = STR_NONE;
    if (out->kind == LINE_TIMEOUT && head.id.len) {
        out->quoted = head.level != LEVEL_NONE || head.rest.len > 0;
        out->id = out->quoted ? STR_NONE : head.id;
    } else {
        out->quoted = head.rest.len > 0 || head.id.len > 0 ||
                      (head.level != LEVEL_NONE && (head.timed || !head.bracket_level));
    }
}

/* An emulator prints the answer itself, behind a prefix of its own:
 * `name | {"errorMessage":"<time> <id> Task timed out`. */
static bool find_payload_id(struct str before, struct platform *out)
{
    size_t at = str_find_last(before, STR("\"errorMessage\":"));
    struct line_head head;
    int64_t unix_ms;
    if (at == SIZE_MAX || out->id.len > 0)
        return false;
    line_head_read(before, &head);
    struct str s = str_trim(str_from(before, at + 15));
    struct str name = str_trim(str_first(before, str_find_char(before, '{')));
    bool own = name.len == 0 || name.at[name.len - 1] == '|'; /* else a caller quotes its callee */
    if (!own || head.level != LEVEL_NONE || head.id.len > 0 || !str_skip(&s, STR("\"")) || !clock_take_iso(&s, &unix_ms))
        return false;
    s = str_trim(s);
    if (!line_is_uuid(s))
        return false;
    out->id = s;
    out->quoted = false;
    return true;
}

/* The id of `RequestId: X Error: Task timed out …` stands in the run before it; older forms
 * have `<time> <id> Task timed out`, also with an id of another shape. */
static void find_timeout_id(struct platform *out)
{
    struct str before = str_trim(out->before);
    if (find_payload_id(before, out))
        return;
    size_t at = str_find_last(before, STR("RequestId:"));
    if (at != SIZE_MAX) {
        struct str s = str_from(before, at + 10);
        out->id = take_id(&s);
        s = str_trim(s);
        bool plain = s.len == 0 || str_eq(s, STR("Error:"));
        struct str front = str_trim(str_first(before, at));
        out->quoted = !plain || !(front.len == 0 || str_ends(front, STR("END")));
        return;
    }
    struct line_head head;
    line_head_read(before, &head);
    if (out->id.len == 0 && head.timed && head.level == LEVEL_NONE && head.rest.len >= 3 &&
        head.rest.len <= 64 && str_find_char(head.rest, ' ') == SIZE_MAX) {
        out->id = head.rest;
        out->quoted = false;
    }
}

/* `RequestId: X Error: Task timed out after 1.00 seconds` is no death. */
static void read_death(struct str text, struct platform *out)
{
    struct str s = text;
    if (str_skip(&s, STR("RequestId:"))) {
        out->id = take_id(&s);
        while (s.len && (is_space(s.at[0]) || s.at[0] == ','))
            s = str_from(s, 1);
        (void)str_skip(&s, STR("Error:"));
        s = str_trim_left(s);
    }
    out->reason = str_trim(s);
    if (report_timeout_read(s, &out->report))
        out->kind = LINE_TIMEOUT;
}

static bool read_token(struct str text, size_t token, struct platform *out)
{
    struct str s = str_from(text, tokens[token].word.len);
    out->kind = tokens[token].kind;
    out->text = text;
    judge_before(out);
    switch (out->kind) {
    case LINE_START:
        out->id = take_id(&s);
        return out->id.len > 0 || str_has(s, STR("Version:"));
    case LINE_END: /* an id that was blanked out is no id */
        out->id = take_id(&s);
        (void)report_timeout_read(str_trim(s), &out->report); /* some tools put it there */
        return true;
    case LINE_REPORT:
    case LINE_XRAY:
    case LINE_INIT_REPORT:
        out->restore = text.at[0] == 'R' && text.at[2] == 'S';
        if (!report_read(text, &out->report))
            out->kind = LINE_UNPARSED;
        out->id = is_masked(out->report.request_id) ? STR_NONE : out->report.request_id;
        return true;
    case LINE_TIMEOUT:
        find_timeout_id(out);
        (void)report_timeout_read(text, &out->report);
        return true;
    case LINE_DEATH:
        read_death(text, out);
        return true;
    default:
        return true;
    }
}

static bool take_text(struct str *line, struct platform *out)
{
    struct str s = *line;
    size_t skipped = 0, token = 0;
    for (;;) {
        size_t at = find_token(s, &token);
        if (at == SIZE_MAX)
            return false;
        struct str text = str_from(s, at);
        out->before = str_first(*line, skipped + at);
        bool fault = tokens[token].word.len != 10 || tokens[token].kind != LINE_DEATH || is_fault(text);
        size_t end = find_next(text, tokens[token].word.len);
        if (fault && read_token(str_first(text, end), token, out)) {
            *line = str_from(text, end);
            return true;
        }
        if (!fault && is_unknown_kind(out->before)) {
            struct str id = str_from(text, 10);
            *out = (struct platform){.kind = LINE_PLATFORM, .unknown = true, .unix_ms = TIME_NONE,
                                     .id = take_id(&id), .text = text, .before = out->before};
            *line = str_from(text, end);
            return true;
        }
        skipped += at + tokens[token].word.len;
        s = str_from(*line, skipped);
    }
}

/* ---- the emulator ---- */

/* `24 Nov 2026 11:21:25,382 [ERROR] (rapid) …`: AWS's own emulator tells of its processes. It
 * writes no END after a death, and no word about a timeout but its reset. */
static struct str emulator_words(struct str line)
{
    size_t at = str_find(str_first(line, 64), STR("] (rapid) "));
    bool dated = at != SIZE_MAX && line.at[0] >= '0' && line.at[0] <= '9' &&
                 str_find_char(str_first(line, at), '[') != SIZE_MAX;
    return dated ? str_from(line, at + 10) : STR_NONE;
}

/* `Invoke failed InvokeID=X error=Y`, in either order; a failed init names no request. */
static void read_emulator_death(struct str words, struct platform *out)
{
    size_t id = str_find(words, STR("InvokeID=")), error = str_find(words, STR("error="));
    if (id == SIZE_MAX || error == SIZE_MAX)
        return;
    size_t end = id > error ? id : words.len;
    struct str reason = str_trim(str_first(str_from(words, error + 6), end - error - 6));
    if (!str_starts(reason, STR("Runtime exited")))
        return;
    struct str rest = str_from(words, id + 9);
    out->reason = reason;
    out->kind = LINE_DEATH;
    out->ends = true;
    out->id = id > error || error > id + 10 ? take_id(&rest) : STR_NONE;
}

static bool take_emulator(struct str *line, struct platform *out)
{
    struct str words = emulator_words(*line);
    if (words.len == 0)
        return false;
    out->kind = LINE_PLATFORM;
    out->emulated = true;
    out->text = *line;
    if (str_starts(words, STR("Reset initiated: Timeout")))
        out->kind = LINE_TIMEOUT;
    else if (str_starts(words, STR("Invoke failed ")))
        read_emulator_death(words, out);
    else if (str_starts(words, STR("Init failed "))) {
        out->kind = LINE_INIT_REPORT; /* inside the request: its START was written before */
        out->report.status = STR("error");
        out->report.phase = STR("invoke");
    }
    *line = str_from(*line, line->len);
    return true;
}

/* ---- the three lines that every invocation has, when nothing stands around them ---- */

static bool is_blank_rest(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_space(s.at[i]) && s.at[i] != '\n' && s.at[i] != '\r')
            return false;
    return true;
}

/* The id of a whole line; empty when any byte of it could belong to something else. */
static struct str plain_id(struct str *s)
{
    size_t at = 0;
    while (at < s->len && !is_space(s->at[at]))
        at++;
    struct str id = str_first(*s, at);
    *s = str_from(*s, at);
    return id.len > 0 && id.len <= 40 && !memchr(id.at, '{', id.len) && id.at[id.len - 1] != ',' &&
                   !memchr(id.at, 'R', id.len) && !memchr(id.at, '"', id.len)
               ? id
               : STR_NONE;
}

static bool fill_plain(struct platform *out, enum line_kind kind, struct str id, struct str *line)
{
    out->kind = kind;
    out->id = id;
    out->text = *line;
    *line = (struct str){line->at + line->len, 0};
    return true;
}

static bool take_plain(struct str *line, struct platform *out)
{
    struct str s = *line, id;
    if (str_skip(&s, STR("START RequestId: "))) {
        id = plain_id(&s);
        if (id.len == 0 || !str_skip(&s, STR(" Version: ")))
            return false;
        (void)plain_id(&s);
        return is_blank_rest(s) && fill_plain(out, LINE_START, id, line);
    }
    if (str_skip(&s, STR("END RequestId: "))) {
        id = plain_id(&s);
        return id.len && is_blank_rest(s) && fill_plain(out, LINE_END, id, line);
    }
    if (!report_read_plain(s, &out->report))
        return false;
    return fill_plain(out, LINE_REPORT, out->report.request_id, line);
}

/* `REPORT` at the start of a line without what a REPORT must have. */
static bool is_torn_report(struct str line)
{
    struct line_head head;
    line_head_read(line, &head);
    return head.level == LEVEL_NONE && head.id.len == 0 && str_starts(head.rest, STR("REPORT "));
}

static void clear(struct platform *out)
{
    out->kind = LINE_APP;
    out->id = out->reason = out->function = out->text = out->before = STR_NONE;
    out->unix_ms = TIME_NONE;
    out->json = out->keyed = out->quoted = out->restore = out->done = out->emulated =
        out->ends = out->unknown = false;
    report_clear(&out->report);
}

/* `$LATEST` or a number. */
static bool is_version(struct str s)
{
    if (str_eq(s, STR("$LATEST")))
        return true;
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] < '0' || s.at[i] > '9')
            return false;
    return s.len > 0;
}

bool platform_take_exact(struct str line, struct str known_id, struct platform *out)
{
    enum { UUID = 36 };
    struct str s = line;
    bool start = str_skip(&s, STR("START RequestId: "));
    if (start || str_skip(&s, STR("END RequestId: "))) {
        struct str id = str_first(s, UUID), rest = str_from(s, UUID);
        if ((!str_eq(id, known_id) && !line_is_uuid(id)) || (start ? !str_skip(&rest, STR(" Version: ")) || !is_version(rest) : rest.len > 0))
            return false;
        clear(out);
        return fill_plain(out, start ? LINE_START : LINE_END, id, &line);
    }
    if (!str_starts(line, STR("REPORT ")))
        return false;
    clear(out);
    return report_read_exact(line, known_id, &out->report) && fill_plain(out, LINE_REPORT, out->report.request_id, &line);
}

bool platform_take(struct str *line, struct platform *out)
{
    struct str before = *line;
    clear(out);
    if (line->len < 7)
        return false;
    if (take_plain(line, out))
        return true;
    if (take_event(line, out) || take_emulator(line, out) || take_text(line, out))
        return true;
    if (!is_torn_report(before))
        return false;
    out->kind = LINE_UNPARSED;
    out->text = before;
    *line = str_from(before, before.len);
    return true;
}

bool platform_is_error_type(struct str word)
{
    static const struct str roots[] = {
        WORD("Runtime."), WORD("Function."), WORD("Extension."), WORD("Sandbox.")};
    word = str_trim(word);
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        if (str_skip(&word, roots[i])) {
            for (size_t k = 0; k < word.len; k++)
                if (!((word.at[k] | 32) >= 'a' && (word.at[k] | 32) <= 'z'))
                    return false;
            return word.len > 2;
        }
    return false;
}
