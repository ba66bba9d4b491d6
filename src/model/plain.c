#include "src/model/tracking.h"

/* Lines without any word of interest: nearly all of a log. Each is counted to its attempt, and
 * the last one is kept as the attempt's last words; nothing else can follow from it. Where one
 * request runs, a run of them is counted in one step. Where several do, the line's own id says
 * whose it is, and the head that most lines share is compared with that of a line read before. */

/* ---- heads that are known ---- */

enum { MINUTE = 17, UUID = 36 }; /* `2026-11-24T14:01:`, and the id */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The seconds of a line of that form, and their first three decimals. */
static int64_t since_minute_ms(const struct known_head *known, struct str line)
{
    const char *at = line.at + MINUTE;
    int64_t ms = (at[0] - '0') * 10000 + (at[1] - '0') * 1000;
    for (int i = 0, scale = 100; i < known->decimals && i < 3; i++, scale /= 10)
        ms += (at[3 + i] - '0') * scale;
    return ms;
}

/* Remembers the form `<time> <id> <level> ` of this line; false: it has not that form. */
static bool learn_head(struct known_head *known, struct str line, const struct line_head *head)
{
    struct str rest = line;
    int64_t unix_ms;
    if (head->id.len != UUID || !line_is_uuid(head->id) || head->level == LEVEL_NONE ||
        head->level == LEVEL_ERROR || head->rest.len == 0 || head->rest.at < head->id.at ||
        head->rest.at[-1] != '\t' || !clock_take_iso(&rest, &unix_ms) || line.at[10] != 'T')
        return false;
    size_t id_at = (size_t)(head->id.at - line.at), gap = MINUTE + 2;
    size_t after = (size_t)(head->rest.at - head->id.at) - UUID;
    if (str_trim_left(rest).at != head->id.at || id_at > sizeof known->front ||
        after > sizeof known->after)
        return false;
    memcpy(known->front, line.at, id_at);
    memcpy(known->after, head->id.at + UUID, after);
    known->decimals = 0;
    if (line.at[gap] == '.')
        while (is_digit(line.at[gap + 1 + known->decimals]))
            known->decimals++;
    known->after_len = (uint8_t)after;
    known->id_at = (uint8_t)id_at;
    known->minute_unix_ms = unix_ms - since_minute_ms(known, line);
    return true;
}

static void learn(struct tracker *t, struct str line, const struct line_head *head)
{
    if (learn_head(&t->known[t->learned], line, head))
        t->learned = (t->learned + 1) % KNOWN_HEADS;
    else
        t->known[t->learned].id_at = 0;
}

/* `.` and three digits, as most times have them. */
static inline bool is_millis(const char *at)
{
    uint32_t four;
    memcpy(&four, at, sizeof four);
    const unsigned char low[4] = {0xFF, 0xF0, 0xF0, 0xF0}, form[4] = {'.', 0x30, 0x30, 0x30};
    const unsigned char carry[4] = {0, 6, 6, 6};
    uint32_t mask, wanted, six;
    memcpy(&mask, low, 4), memcpy(&wanted, form, 4), memcpy(&six, carry, 4);
    return (four & mask) == wanted && ((four + six) & mask) == wanted;
}

static bool has_decimals(const struct known_head *known, const char *at)
{
    if (known->decimals == 3)
        return is_millis(at);
    if (known->decimals > 0 && at[0] != '.')
        return false;
    for (int i = 1; i <= known->decimals; i++)
        if (!is_digit(at[i]))
            return false;
    return true;
}

/* The line has the form that is known: the same minute, another second, and the rest up to the
 * message but for the id byte by byte. So its head would be read in the same way. */
static inline bool has_form(const struct known_head *known, struct str line)
{
    size_t gap = MINUTE + 2, message = (size_t)known->id_at + UUID + known->after_len;
    if (known->id_at == 0 || line.len <= message || memcmp(line.at, known->front, MINUTE) != 0 ||
        line.at[MINUTE] < '0' || line.at[MINUTE] > '5' || !is_digit(line.at[MINUTE + 1]) ||
        !has_decimals(known, line.at + gap))
        return false;
    gap += known->decimals ? 1u + known->decimals : 0;
    return bytes_equal(line.at + gap, known->front + gap, known->id_at - gap) &&
           bytes_equal(line.at + known->id_at + UUID, known->after, known->after_len) &&
           is_letter(line.at[message]) && line.at[message] != 'C';
}

static const struct known_head *find_known(const struct tracker *t, struct str line)
{
    for (unsigned i = 0; i < KNOWN_HEADS; i++)
        if (has_form(&t->known[i], line))
            return &t->known[i];
    return NULL;
}

/* ---- one line to its attempt ---- */

static void keep_previous(struct stream *stream, struct str text)
{
    struct str kept = str_first(text, sizeof stream->previous);
    memcpy(stream->previous, kept.at, kept.len);
    stream->previous_len = (uint16_t)kept.len;
}

static bool is_continuation(struct str text)
{
    return text.len == 0 || text.at[0] == ' ' || text.at[0] == '\t' || text.at[0] == '}' ||
           text.at[0] == ']';
}

static void keep_last(struct evidence *e, struct str text, int64_t unix_ms)
{
    if (e->last_len && is_continuation(text))
        return;
    struct str kept = str_first(text, sizeof e->last);
    memcpy(e->last, kept.at, kept.len);
    e->last_len = (uint16_t)kept.len;
    e->last_app_unix_ms = unix_ms;
}

/* In text without times of its own the first line's stamp is the nearest to the start. */
static void take_start(const struct tracker *t, struct evidence *e, const struct line *line)
{
    struct line_head head = {.unix_ms = line->event->unix_ms};
    struct str text = line->text;
    const struct known_head *known = head.unix_ms == TIME_NONE ? find_known(t, text) : NULL;
    if (known)
        head.unix_ms = known->minute_unix_ms + since_minute_ms(known, text);
    else if (head.unix_ms == TIME_NONE && !clock_take_iso(&text, &head.unix_ms))
        line_head_read(line->text, &head);
    e->start_unix_ms = head.unix_ms;
    e->untimed = head.unix_ms == TIME_NONE;
}

/* A line that is nobody's comes after the error that waits for its request. */
static void went_on(struct tracker *t, struct stream *stream)
{
    if (stream->pending)
        stream->pending->e.last_app_line = t->events;
}

void plain_give(struct tracker *t, struct line *line)
{
    struct attempt *a = line->owner;
    if (!a || a->pending) /* the next line has no owner before it is read */
        keep_previous(line->stream, line->text);
    if (!a) {
        went_on(t, line->stream);
        return;
    }
    attach_touch(a, line);
    if (a->ended_at)
        return;
    a->e.last_app_line = t->events;
    if (a->e.start_unix_ms == TIME_NONE && !a->e.untimed)
        take_start(t, &a->e, line);
    keep_last(&a->e, line->text, line->event->unix_ms);
}

/* ---- runs, where at most one request is open ---- */

static struct str without_cr(struct str line)
{
    return str_first(line, line.len - (line.len > 0 && line.at[line.len - 1] == '\r'));
}

void plain_take(struct plain_run *run, struct line *line)
{
    line->number = run->number++;
    line->text = run->is_event ? run->lines : without_cr(str_take_until(&run->lines, '\n'));
    run->left--;
}

static struct str take_last(struct str *lines)
{
    size_t at = str_find_last_char(*lines, '\n');
    struct str line = at == SIZE_MAX ? *lines : str_from(*lines, at + 1);
    *lines = at == SIZE_MAX ? STR_NONE : str_first(*lines, at);
    return without_cr(line);
}

/* As keep_last for each of them: the last one stays that continues none before it. */
static void keep_last_of(struct evidence *e, struct str lines, int64_t unix_ms)
{
    struct str rest = lines;
    while (rest.len > 0) {
        struct str line = take_last(&rest);
        if (!is_continuation(line)) {
            keep_last(e, line, unix_ms);
            return;
        }
    }
    while (lines.len > 0 && e->last_len == 0)
        keep_last(e, without_cr(str_take_until(&lines, '\n')), unix_ms);
}

static void give_more(struct evidence *e, const struct line *line, uint32_t more, struct str rest)
{
    e->line_count += more;
    if (line->number + more > e->last_line)
        e->last_line = line->number + more;
    keep_last_of(e, rest, line->event->unix_ms);
}

/* The first line goes the way of a single one; of the others only number and last count. */
void plain_give_run(struct tracker *t, struct line *line, struct plain_run *run)
{
    uint32_t more = run->left - 1;
    t->events += run->left;
    plain_take(run, line);
    line->owner = stream_only_open(line->stream);
    if (!line->owner) {
        keep_previous(line->stream, more ? take_last(&run->lines) : line->text);
        went_on(t, line->stream);
    } else {
        plain_give(t, line);
        if (more > 0)
            give_more(&line->owner->e, line, more, run->lines);
    }
    run->left = 0;
}

/* ---- lines, where several requests are open ---- */

/* Colours and the like, or a line end inside: rare, and then all of the run is read slowly. */
static bool is_odd(struct plain_run *run)
{
    struct str s = run->lines;
    if (!run->was_looked_at) {
        run->was_looked_at = true;
        run->odd = str_find_char(s, 0x1B) != SIZE_MAX || str_find_char(s, (char)0xC2) != SIZE_MAX ||
                   str_find_char(s, '\r') != SIZE_MAX ||
                   (run->is_event && str_find_char(s, '\n') != SIZE_MAX);
    }
    return run->odd;
}

/* Objects that begin here, a byte order mark: not for a glance. */
static bool is_plain(struct str text)
{
    if (text.len > 0 && text.at[0] == (char)0xEF)
        return false;
    while (text.len > 0 && (text.at[text.len - 1] == ' ' || text.at[text.len - 1] == '\t'))
        text.len--;
    return text.len == 0 || text.at[text.len - 1] != '{';
}

/* The id in the head of the line, which is mostly `last`; false: it must be read in full. */
static bool read_id(struct tracker *t, struct str text, struct str last, struct str *id)
{
    struct line_head head;
    const struct known_head *known = find_known(t, text);
    if (known) {
        *id = (struct str){text.at + known->id_at, UUID};
        return str_eq(*id, last) || line_is_uuid(*id);
    }
    line_head_read(text, &head);
    learn(t, text, &head);
    *id = head.id;
    return head.level != LEVEL_ERROR && (head.rest.len == 0 || head.rest.at[0] != '{');
}

/* The lines that follow and name the same request; *last: the last of them. */
static uint32_t take_alike(const struct tracker *t, struct plain_run *run, struct str *last)
{
    uint32_t count = 0;
    while (run->left > 0) {
        struct str text = str_first(run->lines, str_find_char(run->lines, '\n'));
        const struct known_head *known = find_known(t, text);
        if (!known || memcmp(text.at + known->id_at, run->id.at, UUID) != 0 || !is_plain(text))
            break;
        run->lines = str_from(run->lines, text.len + 1);
        run->left--;
        run->number++;
        count++;
        *last = text;
    }
    return count;
}

static void give_alike(struct tracker *t, struct line *line, struct plain_run *run)
{
    struct attempt *a = line->owner;
    uint32_t count = run->id.len == UUID && !(a && a->ended_at) ? take_alike(t, run, &line->text) : 0;
    if (count == 0)
        return;
    t->events += count;
    line->number += count;
    if (!a || a->pending)
        keep_previous(line->stream, line->text);
    if (!a)
        return;
    a->e.line_count += count;
    if (line->number > a->e.last_line)
        a->e.last_line = line->number;
    a->e.last_app_line = t->events;
    keep_last(&a->e, line->text, line->event->unix_ms);
}

bool plain_give_by_id(struct tracker *t, struct line *line, struct plain_run *run)
{
    struct str id;
    struct plain_run before = *run;
    if (is_odd(run))
        return false;
    plain_take(run, line);
    if (!is_plain(line->text) || !read_id(t, line->text, run->owner_known ? run->id : STR_NONE, &id)) {
        *run = before;
        return false;
    }
    if (!run->owner_known || !str_eq(id, run->id)) {
        run->owner = app_find_owner(line->stream, id, false);
        run->owner_known = true;
        run->id = id;
    }
    line->owner = run->owner;
    t->events++;
    plain_give(t, line);
    give_alike(t, line, run);
    return true;
}
