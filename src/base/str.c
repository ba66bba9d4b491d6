#define _GNU_SOURCE /* memmem, memrchr */
#include "src/base/str.h"

#include "src/base/find.h"

/* Byte runs over memchr and memmem of the C library, which are vectorised: the line scan of
 * a log lives on them. */

size_t str_find(struct str s, struct str needle)
{
    if (needle.len == 0)
        return 0;
    if (s.len < needle.len)
        return SIZE_MAX;
    const char *hit = memmem(s.at, s.len, needle.at, needle.len);
    return hit ? (size_t)(hit - s.at) : SIZE_MAX;
}

size_t str_find_last(struct str s, struct str needle)
{
    if (s.len < needle.len)
        return SIZE_MAX;
    for (size_t at = s.len - needle.len + 1; at-- > 0;)
        if (str_eq((struct str){s.at + at, needle.len}, needle))
            return at;
    return SIZE_MAX;
}

size_t str_find_last_char(struct str s, char c)
{
    const char *hit = s.len ? memrchr(s.at, c, s.len) : NULL;
    return hit ? (size_t)(hit - s.at) : SIZE_MAX;
}

size_t str_find_either(struct str s, char a, char b)
{
    return find_either(s, a, b);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool str_eq_nocase(struct str a, struct str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.at[i]) != lower(b.at[i]))
            return false;
    return true;
}

bool str_has_nocase(struct str s, struct str needle)
{
    for (size_t at = 0; at + needle.len <= s.len; at++)
        if (str_eq_nocase((struct str){s.at + at, needle.len}, needle))
            return true;
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim_left(struct str s)
{
    for (;;) {
        if (s.len > 0 && is_blank(s.at[0]))
            s = str_from(s, 1);
        else if (!str_skip(&s, STR("\xC2\xA0")))
            return s;
    }
}

struct str str_trim_right(struct str s)
{
    for (;;) {
        if (s.len > 0 && is_blank(s.at[s.len - 1]))
            s.len--;
        else if (str_ends(s, STR("\xC2\xA0")))
            s.len -= 2;
        else
            return s;
    }
}

struct str str_trim(struct str s)
{
    return str_trim_left(str_trim_right(s));
}

struct str str_take_until(struct str *s, char c)
{
    size_t at = str_find_char(*s, c);
    struct str taken = str_first(*s, at);
    *s = at == SIZE_MAX ? str_from(*s, s->len) : str_from(*s, at + 1);
    return taken;
}

struct str str_take_line(struct str *s)
{
    size_t at = find_either(*s, '\n', '\r');
    struct str line = str_first(*s, at);
    size_t past = at + 1;
    if (past < s->len && s->at[at] == '\r' && s->at[past] == '\n')
        past++;
    *s = str_from(*s, past);
    return line;
}

struct str str_take_word(struct str *s)
{
    *s = str_trim_left(*s);
    size_t at = 0;
    while (at < s->len && !is_blank(s->at[at]))
        at++;
    struct str word = str_first(*s, at);
    *s = str_from(*s, at);
    return word;
}

bool str_to_u64(struct str s, uint64_t limit, uint64_t *out)
{
    uint64_t value = 0;
    if (s.len == 0 || s.len > 20)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        unsigned digit = (unsigned char)s.at[i] - (unsigned)'0';
        if (digit > 9 || value > (limit - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *out = value;
    return value <= limit;
}

uint64_t str_hash(struct str s)
{
    uint64_t hash = 0xcbf29ce484222325u ^ s.len;
    for (; s.len >= 8; s = str_from(s, 8)) {
        uint64_t word;
        memcpy(&word, s.at, 8);
        hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 32;
    }
    for (size_t i = 0; i < s.len; i++)
        hash = (hash ^ (unsigned char)s.at[i]) * 0x100000001b3u;
    return hash ^ (hash >> 29);
}

int str_compare(struct str a, struct str b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared ? memcmp(a.at, b.at, shared) : 0;
    if (order != 0 || a.len == b.len)
        return order;
    return a.len < b.len ? -1 : 1;
}

struct str str_cut(struct str s, size_t limit)
{
    if (s.len <= limit)
        return s;
    while (limit > 0 && ((unsigned char)s.at[limit] & 0xC0) == 0x80)
        limit--;
    return str_first(s, limit);
}

bool str_copy(char *out, size_t size, struct str s)
{
    struct str kept = str_cut(s, size - 1);
    if (kept.len > 0)
        memcpy(out, kept.at, kept.len);
    out[kept.len] = '\0';
    return kept.len == s.len;
}

#define NEAREST_LIMIT 64

/* Levenshtein distance with one row; words over the limit are never near. */
static size_t distance(struct str a, struct str b)
{
    size_t row[NEAREST_LIMIT + 1];
    if (a.len > NEAREST_LIMIT || b.len > NEAREST_LIMIT)
        return SIZE_MAX;
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t best = corner + (a.at[i - 1] != b.at[j - 1]);
            corner = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[b.len];
}

const char *str_nearest(struct str word, const char *const *words, size_t count)
{
    const char *nearest = NULL;
    size_t best = word.len / 3 + 1;
    for (size_t i = 0; i < count; i++) {
        size_t d = distance(word, str_of(words[i]));
        if (d <= best && (nearest == NULL || d < best)) {
            best = d;
            nearest = words[i];
        }
    }
    return nearest;
}
