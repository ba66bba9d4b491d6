#include "src/base/needles.h"

#include "src/base/err.h"

#include <stdlib.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define NEEDLES_VECTOR 1
#include <immintrin.h>
#else
#define NEEDLES_VECTOR 0
#endif

/* Each word is found by a window: three of its bytes in a row, chosen to be rare in logs. A
 * position of the text whose three bytes may be a window is a candidate; a small table keyed
 * by the three bytes names the words to compare there.
 *
 * The vector form is the filter known as Teddy (Hyperscan, Langdale): windows are dealt into
 * eight buckets, one bit each; a 16-byte table over the low and one over the high half of a
 * byte say which buckets it may belong to, for each of the three places; `and` of the six
 * look-ups leaves the buckets that a position may start. It reads 16 or 32 positions at once
 * and never a byte behind the text: the last block overlaps the one before. */

#define WORDS_MOST 64
#define WINDOW 3
#define BUCKETS 8
#define SLOTS 512 /* of the table keyed by windows; a power of two */

struct needle {
    const char *at;
    uint8_t len;
    uint8_t window_at; /* where its window starts */
};

typedef uint64_t scan_fn(const struct needles *n, struct str s);

struct needles {
    struct needle needles[WORDS_MOST];
    uint64_t slots[SLOTS]; /* words whose window has this hash */
    uint8_t low[WINDOW][16], high[WINDOW][16];
    size_t count;
    scan_fn *scan;
    char *bytes; /* the words, one after the other */
};

static uint32_t window_key(const char *at)
{
    return (uint32_t)(unsigned char)at[0] | (uint32_t)(unsigned char)at[1] << 8 |
           (uint32_t)(unsigned char)at[2] << 16;
}

static size_t slot_of(uint32_t key)
{
    return (uint32_t)(key * 0x9E3779B1u) >> 23;
}

static bool is_word_at(const struct needle *needle, struct str s, size_t at)
{
    return at >= needle->window_at && s.len - (at - needle->window_at) >= needle->len &&
           memcmp(s.at + at - needle->window_at, needle->at, needle->len) == 0;
}

/* The words not yet found whose window stands at `at`; at + WINDOW <= s.len. */
static uint64_t words_at(const struct needles *n, struct str s, size_t at, uint64_t found)
{
    uint64_t maybe = n->slots[slot_of(window_key(s.at + at))] & ~found;
    uint64_t words = 0;
    for (; maybe; maybe &= maybe - 1) {
        unsigned i = (unsigned)__builtin_ctzll(maybe);
        if (is_word_at(&n->needles[i], s, at))
            words |= UINT64_C(1) << i;
    }
    return words;
}

static uint64_t scan_bytes(const struct needles *n, struct str s)
{
    uint64_t found = 0;
    for (size_t at = 0; at + WINDOW <= s.len; at++)
        found |= words_at(n, s, at, found);
    return found;
}

#if NEEDLES_VECTOR
static uint64_t words_in_mask(const struct needles *n, struct str s, size_t at, uint32_t mask,
                              uint64_t found)
{
    for (; mask; mask &= mask - 1)
        found |= words_at(n, s, at + (unsigned)__builtin_ctz(mask), found);
    return found;
}

__attribute__((target("ssse3"))) static uint64_t scan_ssse3(const struct needles *n, struct str s)
{
    const __m128i half = _mm_set1_epi8(15), none = _mm_setzero_si128();
    __m128i low[WINDOW], high[WINDOW];
    uint64_t found = 0;
    if (s.len < 16 + WINDOW - 1)
        return scan_bytes(n, s);
    for (int i = 0; i < WINDOW; i++) {
        low[i] = _mm_loadu_si128((const __m128i *)(const void *)n->low[i]);
        high[i] = _mm_loadu_si128((const __m128i *)(const void *)n->high[i]);
    }
    size_t last = s.len - 16 - (WINDOW - 1);
    for (size_t at = 0;; at = at + 16 < last ? at + 16 : last) {
        __m128i buckets = _mm_set1_epi8(-1);
        for (int i = 0; i < WINDOW; i++) {
            __m128i bytes =
                _mm_loadu_si128((const __m128i *)(const void *)(s.at + at + (size_t)i));
            __m128i by_low = _mm_shuffle_epi8(low[i], _mm_and_si128(bytes, half));
            __m128i by_high =
                _mm_shuffle_epi8(high[i], _mm_and_si128(_mm_srli_epi16(bytes, 4), half));
            buckets = _mm_and_si128(buckets, _mm_and_si128(by_low, by_high));
        }
        unsigned empty = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(buckets, none));
        if (empty != 0xFFFF)
            found = words_in_mask(n, s, at, ~empty & 0xFFFF, found);
        if (at == last)
            return found;
    }
}

__attribute__((target("avx2"))) static uint64_t scan_avx2(const struct needles *n, struct str s)
{
    const __m256i half = _mm256_set1_epi8(15), none = _mm256_setzero_si256();
    __m256i low[WINDOW], high[WINDOW];
    uint64_t found = 0;
    if (s.len < 32 + WINDOW - 1)
        return scan_ssse3(n, s);
    for (int i = 0; i < WINDOW; i++) {
        low[i] = _mm256_broadcastsi128_si256(
            _mm_loadu_si128((const __m128i *)(const void *)n->low[i]));
        high[i] = _mm256_broadcastsi128_si256(
            _mm_loadu_si128((const __m128i *)(const void *)n->high[i]));
    }
    size_t last = s.len - 32 - (WINDOW - 1);
    for (size_t at = 0;; at = at + 32 < last ? at + 32 : last) {
        __m256i buckets = _mm256_set1_epi8(-1);
        for (int i = 0; i < WINDOW; i++) {
            __m256i bytes =
                _mm256_loadu_si256((const __m256i *)(const void *)(s.at + at + (size_t)i));
            __m256i by_low = _mm256_shuffle_epi8(low[i], _mm256_and_si256(bytes, half));
            __m256i by_high = _mm256_shuffle_epi8(
                high[i], _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half));
            buckets = _mm256_and_si256(buckets, _mm256_and_si256(by_low, by_high));
        }
        uint32_t empty = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(buckets, none));
        if (empty != UINT32_MAX)
            found = words_in_mask(n, s, at, ~empty, found);
        if (at == last)
            return found;
    }
}
#endif

/* How common a byte is in log text, in parts of about a thousand: only the order matters. */
static unsigned commonness(char c)
{
    static const char common[] = " etaonisrdlcu\"-:.0123456789";
    if (memchr(common, c, sizeof common - 1))
        return 40;
    if ((c >= 'a' && c <= 'z') || c == ',' || c == '=' || c == '/')
        return 15;
    return c >= 'A' && c <= 'Z' ? 5 : 2;
}

static size_t rarest_window(struct str word)
{
    size_t best_at = 0;
    unsigned best = UINT32_MAX;
    for (size_t at = 0; at + WINDOW <= word.len; at++) {
        unsigned common = commonness(word.at[at]) * commonness(word.at[at + 1]) *
                          commonness(word.at[at + 2]);
        if (common < best) {
            best = common;
            best_at = at;
        }
    }
    return best_at;
}

/* Windows that look alike share a bucket: their half-byte tables then let little else pass. */
static int compare_windows(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

static void fill_buckets(struct needles *n)
{
    uint32_t keys[WORDS_MOST];
    for (size_t i = 0; i < n->count; i++)
        keys[i] = window_key(n->needles[i].at + n->needles[i].window_at);
    qsort(keys, n->count, sizeof *keys, compare_windows);
    for (size_t i = 0; i < n->count; i++) {
        uint8_t bucket = (uint8_t)(1u << i * BUCKETS / n->count);
        for (unsigned place = 0; place < WINDOW; place++) {
            unsigned byte = keys[i] >> 8 * place & 0xFF;
            n->low[place][byte & 15] |= bucket;
            n->high[place][byte >> 4] |= bucket;
        }
    }
}

static scan_fn *best_scan(void)
{
#if NEEDLES_VECTOR
    if (__builtin_cpu_supports("avx2"))
        return scan_avx2;
    if (__builtin_cpu_supports("ssse3"))
        return scan_ssse3;
#endif
    return scan_bytes;
}

static void copy_words(struct needles *n, const struct str *words)
{
    size_t total = 0;
    for (size_t i = 0; i < n->count; i++)
        total += words[i].len;
    char *at = n->bytes = xcalloc(total, 1);
    for (size_t i = 0; i < n->count; i++) {
        struct needle *needle = &n->needles[i];
        memcpy(at, words[i].at, words[i].len);
        *needle = (struct needle){at, (uint8_t)words[i].len, (uint8_t)rarest_window(words[i])};
        n->slots[slot_of(window_key(at + needle->window_at))] |= UINT64_C(1) << i;
        at += words[i].len;
    }
}

struct needles *needles_new(const struct str *words, size_t count)
{
    if (count > WORDS_MOST)
        die("needles: %zu words are more than %d", count, WORDS_MOST);
    for (size_t i = 0; i < count; i++)
        if (words[i].len < WINDOW || words[i].len > NEEDLES_WORD_MOST)
            die("needles: the word %.*s has %zu bytes", STR_ARG(words[i]), words[i].len);
    struct needles *n = xcalloc(1, sizeof *n);
    n->count = count;
    n->scan = best_scan();
    copy_words(n, words);
    fill_buckets(n);
    return n;
}

void needles_free(struct needles *n)
{
    if (n == NULL)
        return;
    free(n->bytes);
    free(n);
}

uint64_t needles_in(const struct needles *n, struct str s)
{
    return n->scan(n, s);
}

uint64_t needles_in_by(const struct needles *n, struct str s, enum needles_scan scan,
                       bool *supported)
{
    *supported = true;
#if NEEDLES_VECTOR
    if (scan == NEEDLES_SSSE3 && __builtin_cpu_supports("ssse3"))
        return scan_ssse3(n, s);
    if (scan == NEEDLES_AVX2 && __builtin_cpu_supports("avx2"))
        return scan_avx2(n, s);
#endif
    *supported = scan == NEEDLES_BYTES;
    return *supported ? scan_bytes(n, s) : 0;
}
