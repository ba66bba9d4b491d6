/* A shape is believed only when a line shows what the platform or a runtime writes right
 * behind it (`marks`), or when a part of it is a stream or group name, which no program
 * writes before its lines. Lines that start with a platform mark bare speak against it. */
#include "src/source/prefix.h"

#define SNIFF_LINES 4096
#define SHAPES_MAX 8

/* How a message begins. `platform`: the platform alone writes it, at the start of an event. */
static const struct mark {
    struct str text;
    bool platform;
} marks[] = {
    {{"START RequestId: ", 17}, true},
    {{"END RequestId: ", 15}, true},
    {{"REPORT RequestId: ", 18}, true},
    {{"INIT_START ", 11}, true},
    {{"INIT_REPORT ", 12}, true},
    {{"RESTORE_START ", 14}, true},
    {{"RESTORE_REPORT ", 15}, true},
    {{"EXTENSION\t", 10}, true},
    {{"XRAY TraceId: ", 14}, false},
    {{"RequestId: ", 11}, false},
    {{"LAMBDA_WARNING: ", 16}, false},
    {{"[ERROR]", 7}, false},
    {{"[WARNING]", 9}, false},
    {{"[INFO]", 6}, false},
    {{"Traceback (most recent", 22}, false},
    {{"{\"time", 6}, false},
};

static const struct mark *mark_of(struct str s)
{
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (s.len && s.at[0] == marks[i].text.at[0] && str_starts(s, marks[i].text))
            return &marks[i];
    return NULL;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Colours that `aws logs tail` and `sam logs` put around each part. */
static struct str skip_colours(struct str s)
{
    while (s.len > 2 && s.at[0] == '\033' && s.at[1] == '[') {
        size_t at = 2;
        while (at < s.len && (is_digit(s.at[at]) || s.at[at] == ';'))
            at++;
        if (at == s.len || s.at[at] != 'm')
            break;
        s = str_from(s, at + 1);
    }
    return s;
}

/* `2026/11/24/[$LATEST]0123…` or, in a group of several functions, `2026/11/24/fn[3]0123…` */
static bool is_stream(struct str word)
{
    static const char form[] = "dddd/dd/dd/";
    size_t len = sizeof form - 1;
    if (word.len < len + 3)
        return false;
    for (size_t i = 0; i < len; i++)
        if (form[i] == 'd' ? !is_digit(word.at[i]) : word.at[i] != form[i])
            return false;
    size_t open = str_find_char(str_from(word, len), '[');
    return open != SIZE_MAX && str_find_char(str_from(word, len + open), ']') != SIZE_MAX;
}

/* Names hold no blank, whatever the separator is. */
static struct str word_at(struct str s)
{
    size_t len = 0;
    while (len < s.len && s.at[len] != ' ' && s.at[len] != '\t' && s.at[len] != '\033')
        len++;
    return str_first(s, len);
}

static bool take_name(struct str *s, char separator, enum prefix_part part, struct str *name)
{
    size_t len = name->len; /* of the line before */
    if (len > 0 && len < s->len && s->at[len] == separator && memcmp(s->at, name->at, len) == 0) {
        *name = str_first(*s, len);
        *s = str_from(*s, len);
        return true;
    }
    size_t slash = part == PREFIX_STREAM ? 4 : 0;
    if (s->len <= slash || s->at[slash] != '/')
        return false;
    struct str word = word_at(*s);
    bool fits = part == PREFIX_STREAM ? is_stream(word) : str_starts(word, STR("/aws/"));
    if (!fits)
        return false;
    *name = word;
    *s = str_from(*s, word.len);
    return true;
}

/* Past what stands between two parts; the end of the line does as well. */
static bool take_separator(struct str *s, char separator)
{
    *s = skip_colours(*s);
    if (s->len == 0)
        return true;
    if (separator == '\n' || s->at[0] != separator)
        return false;
    *s = str_from(*s, 1);
    return true;
}

static bool take_part(enum prefix_part part, char separator, struct stamp_memory *memory,
                      struct str *s, struct prefix *out)
{
    *s = skip_colours(*s);
    bool taken = part == PREFIX_STAMP    ? stamp_take(memory, s, &out->unix_ms)
                 : part == PREFIX_STREAM ? take_name(s, separator, part, &out->stream)
                                         : take_name(s, separator, part, &out->group);
    return taken && take_separator(s, separator);
}

/* ---- what other tools put there ---- */

/* The next unit of a foreign prefix: a run of digits, a run of blanks, or one byte. */
static char take_unit(struct str *s)
{
    char c = s->at[0];
    char unit = is_digit(c) ? '0' : c;
    size_t len = 1;
    while (len < s->len &&
           ((unit == '0' && is_digit(s->at[len])) || (c == ' ' && s->at[len] == ' ')))
        len++;
    *s = str_from(*s, len);
    return unit;
}

/* Blanks at the end are counted: the indentation of a message begins behind them. */
static bool foreign_shape(struct str before, struct prefix_shape *shape)
{
    size_t len = 0;
    struct str rest = str_trim_right(before);
    bool tab = before.len > rest.len && before.at[before.len - 1] == '\t';
    rest = tab ? before : rest;
    *shape = (struct prefix_shape){.separator = (char)('0' + before.len - rest.len)};
    if (rest.len == 0 || before.len - rest.len > 9)
        return false;
    while (rest.len > 0 && len + 1 < PREFIX_FOREIGN_MAX)
        shape->foreign[len++] = take_unit(&rest);
    return rest.len == 0;
}

/* A quote or a brace says that a mark may be part of a message, a TAB inside that a runtime may
 * have written the line. */
static bool is_plain(const struct prefix_shape *shape)
{
    size_t len = strlen(shape->foreign), plain = strcspn(shape->foreign, "\"'{\\\t");
    return plain == len || (plain == len - 1 && shape->foreign[plain] == '\t');
}

static bool take_foreign(const struct prefix_shape *shape, struct str *line)
{
    struct str s = *line;
    for (const char *unit = shape->foreign; *unit; unit++)
        if (s.len == 0 || take_unit(&s) != *unit)
            return false;
    for (char left = shape->separator; left > '0' && s.len > 0; left--)
        if (!str_skip(&s, STR(" ")))
            return false;
    *line = s;
    return true;
}

bool prefix_take(const struct prefix_shape *shape, struct stamp_memory *memory, struct str *line,
                 struct prefix *out)
{
    struct str s = *line;
    out->group = STR_NONE;
    out->unix_ms = TIME_NONE;
    if (shape->foreign[0])
        return take_foreign(shape, line);
    for (int i = 0; i < PREFIX_PARTS && shape->parts[i]; i++)
        if (!take_part(shape->parts[i], shape->separator, memory, &s, out))
            return false;
    *line = s;
    return shape->parts[0] != PREFIX_NONE;
}

/* The longest row of distinct parts at the front of a line, with this separator. */
static struct prefix_shape shape_of(struct stamp_memory *memory, struct str line, char separator,
                                    struct str *rest)
{
    struct prefix_shape shape = {.separator = separator};
    unsigned seen = 0;
    *rest = line;
    for (int i = 0; i < PREFIX_PARTS; i++) {
        uint8_t part = PREFIX_STAMP;
        for (; part <= PREFIX_GROUP; part++) {
            struct str s = *rest;
            struct prefix found = {STR_NONE, STR_NONE, TIME_NONE};
            if (!(seen & 1u << part) && take_part(part, separator, memory, &s, &found)) {
                *rest = s;
                break;
            }
        }
        if (part > PREFIX_GROUP)
            break;
        seen |= 1u << part;
        shape.parts[i] = part;
    }
    return shape;
}

static bool has_name(const struct prefix_shape *shape)
{
    for (int i = 0; i < PREFIX_PARTS; i++)
        if (shape->parts[i] > PREFIX_STAMP)
            return true;
    return false;
}

/* Does a stamp alone, with this behind it, show that an export put it there? */
static bool is_exported(struct stamp_memory *memory, struct str rest)
{
    int64_t unix_ms;
    return mark_of(rest) || stamp_take(memory, &rest, &unix_ms);
}

struct tally {
    struct prefix_shape shapes[SHAPES_MAX];
    unsigned hits[SHAPES_MAX];
    size_t count;
    unsigned bare; /* platform lines without any prefix */
    struct stamp_memory memory;
};

/* Its place; SHAPES_MAX: there is no room. */
static size_t tally_add(struct tally *tally, const struct prefix_shape *shape)
{
    size_t i = 0;
    while (i < tally->count && memcmp(&tally->shapes[i], shape, sizeof *shape) != 0)
        i++;
    if (i == SHAPES_MAX)
        return i;
    if (i == tally->count)
        tally->shapes[tally->count++] = *shape;
    tally->hits[i]++;
    return i;
}

static void tally_line(struct tally *tally, struct str line, bool after_stamp)
{
    static const char separators[] = {' ', '\t'};
    const struct mark *mark = mark_of(line);
    if (mark && after_stamp)
        tally_add(tally, &(struct prefix_shape){.parts = {PREFIX_STAMP}, .separator = '\n'});
    else if (mark && mark->platform)
        tally->bare++;
    bool may = line.len > 0 && (is_digit(line.at[0]) || line.at[0] == '/' || line.at[0] == '\033');
    for (size_t i = 0; may && i < sizeof separators; i++) {
        struct str rest;
        struct prefix_shape shape = shape_of(&tally->memory, line, separators[i], &rest);
        if (has_name(&shape) || (shape.parts[0] && is_exported(&tally->memory, rest)))
            tally_add(tally, &shape);
    }
}

/* Platform lines behind the same text each, and none without it. Where that text is not plain,
 * START, END and REPORT must all stand behind it. */
static int find_foreign(struct str head, struct prefix_shape *out)
{
    struct tally tally = {0};
    unsigned kinds[SHAPES_MAX + 1] = {0};
    for (unsigned i = 0; i < SNIFF_LINES && head.len > 0; i++) {
        struct str line = str_take_line(&head);
        struct prefix_shape shape;
        for (size_t m = 0; m < 3; m++) { /* START, END, REPORT */
            size_t at = str_find(line, marks[m].text);
            if (at == 0)
                return 0;
            if (at != SIZE_MAX && foreign_shape(str_first(line, at), &shape))
                kinds[tally_add(&tally, &shape)] |= 1u << m;
        }
    }
    for (size_t i = 0; i < tally.count; i++)
        if (kinds[i] == 7 || (tally.hits[i] > 1 && is_plain(&tally.shapes[i]))) {
            *out = tally.shapes[i];
            return 80;
        }
    return 0;
}

int prefix_find(struct str head, struct prefix_shape *out)
{
    struct tally tally = {0};
    struct str whole = head;
    bool after_stamp = false;
    for (unsigned i = 0; i < SNIFF_LINES && head.len > 0; i++) {
        struct str line = str_take_line(&head), stamp = str_trim(line);
        int64_t unix_ms;
        tally_line(&tally, line, after_stamp);
        after_stamp = stamp_take(&tally.memory, &stamp, &unix_ms) && str_trim_left(stamp).len == 0;
    }
    size_t best = 0;
    for (size_t i = 1; i < tally.count; i++)
        if (tally.hits[i] > tally.hits[best])
            best = i;
    if (tally.count == 0 || tally.hits[best] <= tally.bare)
        return find_foreign(whole, out);
    *out = tally.shapes[best];
    return has_name(out) ? 95 : 85;
}

