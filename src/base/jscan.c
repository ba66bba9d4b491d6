#include "src/base/jscan.h"

#include "src/base/find.h"
#include "src/base/utf8.h"

/* The scanner keeps no stack: a caller knows whether it stands in an object or an array, and
 * the byte before `at` tells whether a member is the first one, because no value ends in an
 * opening bracket. Only jscan_skip needs the kinds of the brackets that it opened; they are
 * one bit each.
 *
 * A key or an element whose value was not read is skipped by the next jscan_key or
 * jscan_element (`unread`), so that a value of an unexpected type never stalls a caller. */

void jscan_init(struct jscan *j, struct str bytes)
{
    *j = (struct jscan){.bytes = bytes, .unread = SIZE_MAX};
}

static bool fail(struct jscan *j)
{
    j->failed = true;
    j->ended = j->at >= j->bytes.len;
    return false;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* The next byte that is no blank, not taken; NUL at the end (as a NUL outside a string is in
 * no JSON, both are refused alike). */
static char next_byte(struct jscan *j)
{
    while (j->at < j->bytes.len && is_space(j->bytes.at[j->at]))
        j->at++;
    return j->at < j->bytes.len ? j->bytes.at[j->at] : '\0';
}

static enum jscan_type type_of(char c)
{
    switch (c) {
    case '"': return JSCAN_STRING;
    case '{': return JSCAN_OBJECT;
    case '[': return JSCAN_ARRAY;
    case 't': return JSCAN_TRUE;
    case 'f': return JSCAN_FALSE;
    case 'n': return JSCAN_NULL;
    case '-': return JSCAN_NUMBER;
    default: return c >= '0' && c <= '9' ? JSCAN_NUMBER : JSCAN_NONE;
    }
}

enum jscan_type jscan_peek(struct jscan *j)
{
    if (j->failed)
        return JSCAN_NONE;
    size_t at = j->at;
    enum jscan_type type = type_of(next_byte(j));
    j->at = at;
    return type;
}

/* True, and at the first byte of the value, when it is of that type. */
static bool stands_at(struct jscan *j, enum jscan_type type)
{
    if (jscan_peek(j) != type)
        return false;
    next_byte(j);
    return true;
}

static bool open_bracket(struct jscan *j, enum jscan_type type)
{
    if (!stands_at(j, type))
        return false;
    if (j->depth == JSCAN_DEPTH)
        return fail(j);
    j->depth++;
    j->at++;
    return true;
}

bool jscan_object(struct jscan *j)
{
    return open_bracket(j, JSCAN_OBJECT);
}

bool jscan_array(struct jscan *j)
{
    return open_bracket(j, JSCAN_ARRAY);
}

/* At the opening quote. */
static bool take_string(struct jscan *j, struct str *raw)
{
    const char *bytes = j->bytes.at;
    size_t len = j->bytes.len, start = j->at + 1;
    size_t at = start + find_either(str_from(j->bytes, start), '"', '\\');
    while (at < len && bytes[at] == '\\')
        at += 2 + find_either(str_from(j->bytes, at + 2), '"', '\\');
    if (at >= len) {
        j->at = len;
        return fail(j);
    }
    *raw = (struct str){bytes + start, at - start};
    j->at = at + 1;
    return true;
}

bool jscan_raw_string(struct jscan *j, struct str *raw)
{
    return stands_at(j, JSCAN_STRING) && take_string(j, raw);
}

/* A key or an element that the caller did not read. */
static bool skip_unread(struct jscan *j)
{
    return j->at != j->unread || jscan_skip(j);
}

/* Between two members: takes the comma, or the closing bracket (then *closed). */
static bool next_member(struct jscan *j, char open, char close, bool *closed)
{
    if (j->failed || !skip_unread(j))
        return false;
    if (j->depth == 0)
        return fail(j);
    bool first = j->at > 0 && j->bytes.at[j->at - 1] == open;
    char c = next_byte(j);
    *closed = c == close;
    if (*closed) {
        j->depth--;
        j->at++;
        return true;
    }
    if (first)
        return true;
    if (c != ',')
        return fail(j);
    j->at++;
    next_byte(j);
    return true;
}

bool jscan_key(struct jscan *j, struct str *key)
{
    bool closed;
    if (!next_member(j, '{', '}', &closed) || closed)
        return false;
    if (next_byte(j) != '"')
        return fail(j);
    if (!take_string(j, key))
        return false;
    if (next_byte(j) != ':')
        return fail(j);
    j->at++;
    next_byte(j);
    j->unread = j->at;
    return true;
}

bool jscan_element(struct jscan *j)
{
    bool closed;
    if (!next_member(j, '[', ']', &closed) || closed)
        return false;
    if (jscan_peek(j) == JSCAN_NONE)
        return fail(j);
    j->unread = j->at;
    return true;
}

static size_t take_digits(struct jscan *j)
{
    size_t start = j->at;
    while (j->at < j->bytes.len && j->bytes.at[j->at] >= '0' && j->bytes.at[j->at] <= '9')
        j->at++;
    return j->at - start;
}

static bool take_one_of(struct jscan *j, char a, char b)
{
    if (j->at >= j->bytes.len || (j->bytes.at[j->at] != a && j->bytes.at[j->at] != b))
        return false;
    j->at++;
    return true;
}

bool jscan_number(struct jscan *j, struct str *raw)
{
    if (!stands_at(j, JSCAN_NUMBER))
        return false;
    size_t start = j->at;
    take_one_of(j, '-', '-');
    if (!take_one_of(j, '0', '0') && take_digits(j) == 0)
        return fail(j);
    if (take_one_of(j, '.', '.') && take_digits(j) == 0)
        return fail(j);
    if (take_one_of(j, 'e', 'E')) {
        take_one_of(j, '+', '-');
        if (take_digits(j) == 0)
            return fail(j);
    }
    *raw = (struct str){j->bytes.at + start, j->at - start};
    return true;
}

static bool take_word(struct jscan *j, enum jscan_type type, struct str word)
{
    if (!stands_at(j, type))
        return false;
    struct str rest = str_from(j->bytes, j->at);
    if (!str_starts(rest, word)) {
        if (str_starts(word, rest))
            j->at = j->bytes.len;
        return fail(j);
    }
    j->at += word.len;
    return true;
}

bool jscan_bool(struct jscan *j, bool *out)
{
    bool yes = take_word(j, JSCAN_TRUE, STR("true"));
    if (!yes && !take_word(j, JSCAN_FALSE, STR("false")))
        return false;
    *out = yes;
    return true;
}

bool jscan_null(struct jscan *j)
{
    return take_word(j, JSCAN_NULL, STR("null"));
}

static bool skip_scalar(struct jscan *j)
{
    struct str ignored;
    bool yes;
    switch (jscan_peek(j)) {
    case JSCAN_STRING: return jscan_raw_string(j, &ignored);
    case JSCAN_NUMBER: return jscan_number(j, &ignored);
    case JSCAN_TRUE:
    case JSCAN_FALSE: return jscan_bool(j, &yes);
    case JSCAN_NULL: return jscan_null(j);
    default: next_byte(j); return fail(j);
    }
}

/* One bit a bracket that is open: set for an object. */
struct kinds {
    uint64_t bits[JSCAN_DEPTH / 64];
};

static void kinds_set(struct kinds *kinds, unsigned depth, bool object)
{
    uint64_t bit = UINT64_C(1) << (depth - 1) % 64;
    uint64_t *word = &kinds->bits[(depth - 1) / 64];
    *word = object ? *word | bit : *word & ~bit;
}

static bool next_in(struct jscan *j, const struct kinds *kinds)
{
    struct str key;
    bool object = kinds->bits[(j->depth - 1) / 64] >> (j->depth - 1) % 64 & 1;
    return object ? jscan_key(j, &key) : jscan_element(j);
}

bool jscan_skip(struct jscan *j)
{
    if (j->failed)
        return false;
    struct kinds kinds = {{0}};
    unsigned outside = j->depth;
    do {
        enum jscan_type type = jscan_peek(j);
        if (type == JSCAN_OBJECT || type == JSCAN_ARRAY) {
            if (!open_bracket(j, type))
                return false;
            kinds_set(&kinds, j->depth, type == JSCAN_OBJECT);
        } else if (!skip_scalar(j)) {
            return false;
        }
        while (j->depth > outside && !next_in(j, &kinds))
            if (j->failed)
                return false;
    } while (j->depth > outside);
    return true;
}

bool jscan_slice(struct jscan *j, struct str *raw)
{
    if (j->failed)
        return false;
    next_byte(j);
    size_t start = j->at;
    if (!jscan_skip(j))
        return false;
    *raw = (struct str){j->bytes.at + start, j->at - start};
    return true;
}

/* ---- escapes ---- */

static bool hex_digit(char c, uint32_t *value)
{
    uint32_t decimal = (uint32_t)(unsigned char)c - '0';
    uint32_t letter = ((uint32_t)(unsigned char)c | 0x20) - 'a';
    if (decimal > 9 && letter > 5)
        return false;
    *value = *value << 4 | (decimal <= 9 ? decimal : letter + 10);
    return true;
}

static bool hex4(struct str s, uint32_t *out)
{
    *out = 0;
    for (size_t i = 0; i < 4; i++)
        if (i >= s.len || !hex_digit(s.at[i], out))
            return false;
    return true;
}

/* `s` stands behind the backslash and the u. Returns the bytes read; 0: no four hex digits. */
static size_t read_unicode(struct str s, uint32_t *code, bool *lone)
{
    uint32_t low;
    *lone = false;
    if (!hex4(s, code))
        return 0;
    if (*code < 0xD800 || *code > 0xDFFF)
        return 4;
    if (*code < 0xDC00 && str_starts(str_from(s, 4), STR("\\u")) && hex4(str_from(s, 6), &low) &&
        low >= 0xDC00 && low <= 0xDFFF) {
        *code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
        return 10;
    }
    *lone = true;
    *code = 0xFFFD;
    return 4;
}

/* `s` starts with a backslash. Returns the bytes read. In an escape that is none only the
 * backslash is replaced, so that nothing of the line is lost. */
static size_t read_escape(struct str s, uint32_t *code, bool *bad)
{
    static const unsigned char meant[256] = {
        ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
        ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t'};
    unsigned char letter = s.len > 1 ? (unsigned char)s.at[1] : 0;
    if (meant[letter]) {
        *code = meant[letter];
        return 2;
    }
    size_t read = letter == 'u' ? read_unicode(str_from(s, 2), code, bad) : 0;
    if (read != 0)
        return 2 + read;
    *bad = true;
    *code = 0xFFFD;
    return 1;
}

/* The worst is a backslash that becomes the three bytes of U+FFFD. */
static char *reserve_decoded(struct buf *room, size_t raw_len, size_t *size)
{
    size_t left = room->ceiling - room->len;
    size_t want = raw_len <= SIZE_MAX / 3 ? raw_len * 3 : SIZE_MAX;
    *size = want < left ? want : left;
    return buf_reserve(room, *size);
}

struct str jscan_unescape(struct str raw, struct buf *room, unsigned *bad)
{
    if (str_find_char(raw, '\\') == SIZE_MAX)
        return raw;
    size_t size, len = 0;
    char *out = reserve_decoded(room, raw.len, &size);
    if (size == 0) {
        room->full = true;
        return STR_NONE;
    }
    while (raw.len > 0) {
        size_t run = find_either(raw, '\\', '\\');
        size_t copied = run < size - len ? run : size - len;
        memcpy(out + len, raw.at, copied);
        len += copied;
        raw = str_from(raw, copied);
        if (copied < run || raw.len == 0)
            break;
        uint32_t code;
        bool is_bad = false;
        char bytes[4];
        size_t read = read_escape(raw, &code, &is_bad);
        size_t wide = utf8_encode(code, bytes);
        if (wide > size - len)
            break;
        memcpy(out + len, bytes, wide);
        len += wide;
        raw = str_from(raw, read);
        if (bad)
            *bad += is_bad;
    }
    room->full = room->full || raw.len > 0;
    room->len += len;
    return (struct str){out, len};
}

bool jscan_string(struct jscan *j, struct buf *room, struct str *out)
{
    struct str raw;
    if (!jscan_raw_string(j, &raw))
        return false;
    *out = jscan_unescape(raw, room, &j->bad_escapes);
    return true;
}

bool jscan_member(struct str object, struct str key, struct str *value)
{
    struct jscan j;
    struct str found;
    jscan_init(&j, object);
    if (!jscan_object(&j))
        return false;
    while (jscan_key(&j, &found))
        if (str_eq(found, key))
            return jscan_slice(&j, value);
    return false;
}
