#include "src/model/line.h"

/* Prefixes come in any order and from many tools, so the head is read token by token until
 * one is met that belongs to the message. The surprise: blanks may stand where a runtime wrote
 * TABs, because the line was copied out of a browser. */

static const struct {
    const char *word;
    enum level level;
} levels[] = {
    {"ERROR", LEVEL_ERROR}, {"INFO", LEVEL_INFO},   {"WARN", LEVEL_WARN},
    {"WARNING", LEVEL_WARN}, {"DEBUG", LEVEL_DEBUG}, {"TRACE", LEVEL_DEBUG},
    {"FATAL", LEVEL_ERROR}, {"CRITICAL", LEVEL_ERROR}, {"fail", LEVEL_ERROR},
    {"crit", LEVEL_ERROR},  {"warn", LEVEL_WARN},   {"info", LEVEL_INFO},
    {"dbug", LEVEL_DEBUG},  {"trce", LEVEL_DEBUG},  {"SEVERE", LEVEL_ERROR},
};

enum level line_level(struct str word)
{
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (str_eq_nocase(word, str_of(levels[i].word)))
            return levels[i].level;
    return LEVEL_NONE;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word_char(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Without an early end, over whole blocks: the compiler makes vector code of it. */
static bool is_hyphenated(const char *at)
{
    unsigned char odd = 0, hyphens = 0;
    for (size_t i = 0; i < 32; i++) {
        unsigned char c = (unsigned char)at[i], letter = (unsigned char)((c | 32u) - 'a');
        hyphens = (unsigned char)(hyphens + (c == '-'));
        odd |= (unsigned char)((letter > 25) & ((unsigned char)(c - '0') > 9) & (c != '-'));
    }
    return !odd && hyphens == 4 && at[8] == '-' && at[13] == '-' && at[18] == '-' && at[23] == '-';
}

bool line_is_uuid(struct str word)
{
    return word.len == 36 && is_hyphenated(word.at) && is_word_char(word.at[32]) &&
           is_word_char(word.at[33]) && is_word_char(word.at[34]) && is_word_char(word.at[35]);
}

bool line_take_number(struct str *s, unsigned decimals, bool loose, int64_t *out)
{
    static const int64_t power[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
    size_t at = 0, whole;
    int64_t value = 0;
    while (at < s->len && at < 16 && is_digit(s->at[at]))
        value = value * 10 + (s->at[at++] - '0');
    whole = at;
    if (whole == 0 || whole > 15 || value > INT64_MAX / power[decimals] - 1)
        return false;
    value *= power[decimals];
    if (at < s->len && s->at[at] == '.') {
        size_t first = ++at;
        for (; at < s->len && is_digit(s->at[at]); at++)
            if (at - first < decimals)
                value += (s->at[at] - '0') * power[decimals - (at - first) - 1];
        if (at == first || (at - first > 6 && !loose))
            return false;
    }
    *s = str_from(*s, at);
    *out = value;
    return true;
}

/* ---- the tokens of a head; each moves past itself, or gives false ---- */

static bool ends_token(struct str s, size_t at)
{
    return at >= s.len || s.at[at] == ' ' || s.at[at] == '\t' || s.at[at] == '|' ||
           s.at[at] == ']' || s.at[at] == ':' || s.at[at] == '`';
}

/* Marks of comments and tables, a browser's `Copy` button, and the key before a message. */
static bool take_mark(struct str *s)
{
    static const char *const marks[] = {"\"@message\":", "@message ", "\"errorMessage\":",
                                        "\"message\":", "|", "#", "//", ">", "\"", "'", "`", "*",
                                        "- ", "\\t", "Copy"};
    char first = s->len ? s->at[0] : '[';
    if (first == '[' || (is_word_char(first) && first != 'C'))
        return false;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (str_skip(s, str_of(marks[i])))
            return true;
    return false;
}

/* 7:12:32 PM: of a hosting console. */
static bool take_half_day_clock(struct str *s)
{
    struct str at = *s;
    size_t hours = at.len > 1 && is_digit(at.at[1]) ? 2 : 1;
    if (at.len < hours + 10 || !is_digit(at.at[0]) || at.at[hours] != ':' || at.at[hours + 3] != ':' ||
        at.at[hours + 6] != ' ' || (at.at[hours + 7] != 'A' && at.at[hours + 7] != 'P') ||
        at.at[hours + 8] != 'M' || at.at[hours + 9] != ':')
        return false;
    *s = str_from(at, hours + 10);
    return true;
}

/* 2026/09/14 22:25:42 of Go, 22:25:42.123 of a terminal. */
static bool take_clock(struct str *s)
{
    struct str at = *s;
    if (take_half_day_clock(s))
        return true;
    if (at.len >= 11 && is_digit(at.at[0]) && at.at[4] == '/' && at.at[7] == '/' && at.at[10] == ' ')
        at = str_from(at, 11);
    if (at.len < 8 || !is_digit(at.at[0]) || at.at[2] != ':' || at.at[5] != ':' || !is_digit(at.at[7]))
        return false;
    size_t end = 8;
    while (end < at.len && (is_digit(at.at[end]) || at.at[end] == '.' || at.at[end] == ','))
        end++;
    if (!ends_token(at, end))
        return false;
    *s = str_from(at, end);
    return true;
}

static bool take_epoch(struct str *s)
{
    size_t at = 0;
    while (at < s->len && is_digit(s->at[at]))
        at++;
    if (at != 13 || !ends_token(*s, at) || s->at[0] != '1')
        return false;
    *s = str_from(*s, at);
    return true;
}

/* 2020/01/31/[$LATEST]3893...: a stream name, at times without its brackets. */
static bool take_stream(struct str *s)
{
    if (s->len < 12 || !is_digit(s->at[0]) || s->at[4] != '/' || s->at[7] != '/' || s->at[10] != '/')
        return false;
    size_t at = 11;
    while (at < s->len && s->at[at] != ' ' && s->at[at] != '\t')
        at++;
    *s = str_from(*s, at);
    return true;
}

/* [/aws/lambda/name] or /aws/lambda/name: a log group. */
static bool take_group(struct str *s)
{
    struct str at = *s;
    bool bracket = str_skip(&at, STR("["));
    if (!str_skip(&at, STR("/aws/")))
        return false;
    size_t end = 0;
    while (end < at.len && at.at[end] != ' ' && at.at[end] != '\t' && at.at[end] != ']')
        end++;
    *s = str_from(at, end + (bracket && end < at.len && at.at[end] == ']'));
    return true;
}

/* (+01:00): `sls logs` puts the zone behind the time. */
static bool take_zone(struct str *s, const struct line_head *head)
{
    if (!head->timed || s->len < 8 || s->at[0] != '(' || (s->at[1] != '+' && s->at[1] != '-') ||
        s->at[4] != ':' || s->at[7] != ')')
        return false;
    *s = str_from(*s, 8);
    return true;
}

/* `--- [thread] logger : [function-<uuid>] ` of LocalStack: the level before it is its own. */
static bool take_localstack(struct str *s, struct line_head *head)
{
    if (!head->timed || head->level == LEVEL_NONE || !str_starts(*s, STR("--- [")))
        return false;
    size_t open = str_find(str_first(*s, 120), STR(": ["));
    if (open == SIZE_MAX)
        return false;
    size_t close = str_find_char(str_first(str_from(*s, open), 240), ']');
    if (close == SIZE_MAX || close < 3 + 36)
        return false;
    if (!line_is_uuid(str_from(str_first(*s, open + close), open + close - 36)))
        return false;
    head->level = LEVEL_NONE;
    *s = str_from(*s, open + close + 1);
    return true;
}

static bool take_time(struct str *s, struct line_head *head)
{
    int64_t unix_ms;
    if (s->len == 0 || !is_digit(s->at[0]))
        return false;
    if (clock_take_iso(s, &unix_ms)) {
        head->unix_ms = unix_ms;
        return true;
    }
    return take_clock(s) || take_epoch(s);
}

static bool take_bracket_level(struct str *s, struct line_head *head)
{
    if (s->len < 5 || s->at[0] != '[')
        return false;
    size_t end = str_find_char(str_first(*s, 12), ']');
    if (end == SIZE_MAX)
        return false;
    enum level level = line_level((struct str){s->at + 1, end - 1});
    if (level == LEVEL_NONE)
        return false;
    head->level = level;
    head->bracket_level = true;
    *s = str_from(*s, end + 1);
    return true;
}

static struct str word_of(struct str s)
{
    size_t at = 0;
    while (at < s.len && s.at[at] != ' ' && s.at[at] != '\t')
        at++;
    return str_first(s, at);
}

static bool take_id(struct str *s, struct line_head *head)
{
    struct str word = word_of(*s);
    if (head->id.len || head->undefined_id)
        return false;
    if (str_eq(word, STR("undefined")) && head->timed)
        head->undefined_id = true;
    else if (line_is_uuid(word))
        head->id = word;
    else
        return false;
    head->after_level = head->level != LEVEL_NONE;
    *s = str_from(*s, word.len);
    return true;
}

static bool take_plain_level(struct str *s, struct line_head *head)
{
    struct str word = word_of(*s);
    if (head->level != LEVEL_NONE || !(head->timed || head->id.len) || word.len > 9 ||
        str_eq(word, STR("Error:"))) /* the name of Node's plain error */
        return false;
    if (word.len && word.at[word.len - 1] == ':')
        word.len--;
    head->level = line_level(word);
    if (head->level == LEVEL_NONE)
        return false;
    *s = str_from(*s, word.len + (s->len > word.len && s->at[word.len] == ':'));
    return true;
}

/* <ts> TAB <id> TAB <level>: an id of any form is one between a time and a level or a TAB. */
static bool take_odd_id(struct str *s, struct line_head *head)
{
    struct str word = word_of(*s);
    if (!head->timed || head->id.len || head->undefined_id || word.len < 3 || word.len > 128)
        return false;
    if (word.len >= s->len || s->at[word.len] != '\t')
        return false;
    struct str after = str_from(*s, word.len + 1);
    if (line_level(word) != LEVEL_NONE || line_level(word_of(after)) == LEVEL_NONE)
        return false;
    head->id = word;
    *s = str_from(*s, word.len);
    return true;
}

static bool take_token(struct str *s, struct line_head *head)
{
    if (take_time(s, head)) {
        head->timed = true;
        head->after_level = head->after_level || head->level != LEVEL_NONE;
        return true;
    }
    return take_stream(s) || take_mark(s) || take_bracket_level(s, head) || take_id(s, head) ||
           take_odd_id(s, head) || take_plain_level(s, head) || take_group(s) ||
           take_zone(s, head) || take_localstack(s, head);
}

void line_head_read(struct str line, struct line_head *out)
{
    *out = (struct line_head){.unix_ms = TIME_NONE};
    struct str s = str_trim_left(line);
    for (int i = 0; i < 10 && s.len; i++) {
        if (!take_token(&s, out))
            break;
        s = str_trim_left(s);
    }
    out->rest = s;
    out->indented = line.len > 0 && (line.at[0] == ' ' || line.at[0] == '\t');
}

/* ---- cleaning ---- */

/* The length of the ANSI sequence at the front; 0: none. */
static size_t ansi_length(struct str s)
{
    if (s.len < 2 || s.at[0] != 0x1B)
        return 0;
    if (s.at[1] != '[')
        return 2;
    size_t at = 2;
    while (at < s.len && (unsigned char)s.at[at] >= 0x20 && (unsigned char)s.at[at] < 0x40)
        at++;
    return at < s.len ? at + 1 : at;
}

static bool needs_cleaning(struct str line)
{
    return str_find_char(line, 0x1B) != SIZE_MAX || str_find_char(line, (char)0xC2) != SIZE_MAX ||
           str_starts(line, STR("\xEF\xBB\xBF"));
}

struct str line_clean(struct str line, char *room, size_t size)
{
    size_t len = 0;
    if (!needs_cleaning(line))
        return line;
    (void)str_skip(&line, STR("\xEF\xBB\xBF"));
    while (line.len && len < size) {
        size_t skip = ansi_length(line);
        if (skip) {
            line = str_from(line, skip);
        } else if (str_skip(&line, STR("\xC2\xA0"))) {
            room[len++] = ' ';
        } else {
            room[len++] = line.at[0];
            line = str_from(line, 1);
        }
    }
    return (struct str){room, len};
}
