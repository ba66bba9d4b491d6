/* Borrowed byte runs. A struct str owns nothing: it is valid as long as the bytes that it
 * points into, which each function that returns one names. The bytes need not be UTF-8 and
 * may hold NUL. A zeroed struct str is an empty run. No function here allocates; any thread. */
#ifndef LAMBDIG_BASE_STR_H
#define LAMBDIG_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
    const char *at; /* never NULL when len > 0 */
    size_t len;
};

#define STR(literal) ((struct str){("" literal), sizeof(literal) - 1})
#define STR_NONE ((struct str){"", 0})
/* For printf("%.*s", STR_ARG(s)) */
#define STR_ARG(s) (int)(s).len, (s).at

static inline struct str str_of(const char *text)
{
    return text ? (struct str){text, strlen(text)} : STR_NONE;
}

static inline struct str str_from(struct str s, size_t start)
{
    if (start >= s.len)
        return (struct str){s.len ? s.at + s.len : s.at, 0};
    return (struct str){s.at + start, s.len - start};
}

static inline struct str str_first(struct str s, size_t len)
{
    return (struct str){s.at, len < s.len ? len : s.len};
}

/* memcmp(a, b, len) == 0. Where the length is not known to the compiler, a call would cost more
 * than short runs do. */
static inline bool bytes_equal(const char *a, const char *b, size_t len)
{
    uint64_t front[2], back[2];
    uint32_t short_front[2], short_back[2];
    if (__builtin_constant_p(len) || len > 16)
        return len == 0 || memcmp(a, b, len) == 0;
    if (len >= 8) {
        memcpy(&front[0], a, 8), memcpy(&front[1], b, 8);
        memcpy(&back[0], a + len - 8, 8), memcpy(&back[1], b + len - 8, 8);
        return front[0] == front[1] && back[0] == back[1];
    }
    if (len >= 4) {
        memcpy(&short_front[0], a, 4), memcpy(&short_front[1], b, 4);
        memcpy(&short_back[0], a + len - 4, 4), memcpy(&short_back[1], b + len - 4, 4);
        return short_front[0] == short_front[1] && short_back[0] == short_back[1];
    }
    return len == 0 || (a[0] == b[0] && a[len / 2] == b[len / 2] && a[len - 1] == b[len - 1]);
}

static inline bool str_eq(struct str a, struct str b)
{
    return a.len == b.len && bytes_equal(a.at, b.at, a.len);
}

static inline bool str_starts(struct str s, struct str prefix)
{
    return s.len >= prefix.len && bytes_equal(s.at, prefix.at, prefix.len);
}

static inline bool str_ends(struct str s, struct str suffix)
{
    return s.len >= suffix.len && bytes_equal(s.at + s.len - suffix.len, suffix.at, suffix.len);
}

/* Where `needle` first stands in `s`; SIZE_MAX when nowhere. An empty needle is at 0. */
size_t str_find(struct str s, struct str needle);
size_t str_find_last(struct str s, struct str needle);
static inline size_t str_find_char(struct str s, char c)
{
    const char *hit = s.len ? memchr(s.at, c, s.len) : NULL;
    return hit ? (size_t)(hit - s.at) : SIZE_MAX;
}
size_t str_find_last_char(struct str s, char c);
/* Where the first of two bytes stands; s.len when neither does. Fast where they stand close. */
size_t str_find_either(struct str s, char a, char b);
static inline bool str_has(struct str s, struct str needle)
{
    return str_find(s, needle) != SIZE_MAX;
}
/* ASCII letters without regard to case. */
bool str_eq_nocase(struct str a, struct str b);
bool str_has_nocase(struct str s, struct str needle);

/* Moves past `prefix` when `*s` starts with it; false, and nothing moved, when not. */
static inline bool str_skip(struct str *s, struct str prefix)
{
    if (!str_starts(*s, prefix))
        return false;
    *s = str_from(*s, prefix.len);
    return true;
}

/* Blanks here are space, TAB, CR, LF and U+00A0 (Python indents its traces with it). */
struct str str_trim(struct str s);
struct str str_trim_left(struct str s);
struct str str_trim_right(struct str s);

/* Takes what stands before `c` off the front of `*s`, and `c` too. Without `c`: all of it. */
struct str str_take_until(struct str *s, char c);
/* Takes one line off the front, without its LF, CR or CRLF. */
struct str str_take_line(struct str *s);
/* Skips blanks, then takes the bytes up to the next blank. */
struct str str_take_word(struct str *s);

/* Decimal digits only, at least one, whole run; false when not so or over the limit. */
bool str_to_u64(struct str s, uint64_t limit, uint64_t *out);

/* FNV-1a-like 64-bit hash; the same in every run. */
uint64_t str_hash(struct str s);

/* strcmp order over bytes, shorter first. */
int str_compare(struct str a, struct str b);

/* The first `limit` bytes of `s`, or fewer where a UTF-8 character would be split. */
struct str str_cut(struct str s, size_t limit);

/* Copies with an ending NUL into `out`; false when it had to be cut (at a UTF-8 character). */
bool str_copy(char *out, size_t size, struct str s);

/* The known word nearest to `word` by edit distance, at most a third of its length away;
 * NULL when none is near. For "did you mean". `words` are NUL-ended. */
const char *str_nearest(struct str word, const char *const *words, size_t count);

#endif
