#include "src/base/needles.h"

#include "src/base/err.h"

#include <stdlib.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define NEEDLES_VECTOR 1
#include <immintrin.h>
#else
#define NEEDLES_VECTOR 0
#endif

/* Each word is found by a window: four of its bytes in a row, chosen to be rare in logs (a word
 * of three bytes has any byte as its fourth). A position of the text whose bytes may be a window
 * is a candidate; a small table keyed by the first three names the words to compare there.
 *
 * The vector form is the filter known as Teddy (Hyperscan, Langdale): windows are dealt into
 * eight buckets, one bit each, so that little of log text passes; a 16-byte table over the low and
 * one over the high half of a byte say which buckets it may belong to, for each of the four
 * places; `and` of the eight look-ups leaves the buckets that a position may start. It reads 16 or
 * 32 positions at once and never a byte behind the text: the last block overlaps the one before. */

#define WORDS_MOST 64
#define WINDOW 4
#define KEY 3 /* bytes of a window that the table is keyed by; the shortest word */
#define BUCKETS 8
#define SLOTS 512 /* of the table keyed by windows; a power of two */

struct needle {
    const char *at;
    uint8_t len;
    uint8_t window_at; /* where its window starts */
};

typedef uint64_t scan_fn(const struct needles *n, struct str s);
typedef size_t first_fn(const struct needles *n, struct str s, size_t *line_ends);

struct needles {
    struct needle needles[WORDS_MOST];
    uint64_t slots[SLOTS]; /* words whose window has this hash */
    uint8_t low[WINDOW][16], high[WINDOW][16];
    size_t count;
    scan_fn *scan;
    first_fn *first;
    char *bytes; /* the words, one after the other */
};

static uint32_t window_key(const char *at)
{
    return (uint32_t)(unsigned char)at[0] | (uint32_t)(unsigned char)at[1] << 8 |
           (uint32_t)(unsigned char)at[2] << 16;
}

static const char *window_of(const struct needle *needle)
{
    return needle->at + needle->window_at;
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

/* The words not yet found whose window stands at `at`; at + KEY <= s.len. */
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
    for (size_t at = 0; at + KEY <= s.len; at++)
        found |= words_at(n, s, at, found);
    return found;
}

static size_t first_bytes_from(const struct needles *n, struct str s, size_t at, size_t *line_ends)
{
    for (; at < s.len; at++) {
        if (at + KEY <= s.len && words_at(n, s, at, 0))
            return at;
        *line_ends += s.at[at] == '\n';
    }
    return s.len;
}

static size_t first_bytes(const struct needles *n, struct str s, size_t *line_ends)
{
    *line_ends = 0;
    return first_bytes_from(n, s, 0, line_ends);
}

#if NEEDLES_VECTOR
/* Which of the candidates in `mask` is the first with a word; 32: none. */
static unsigned first_in_mask(const struct needles *n, struct str s, size_t at, uint32_t mask)
{
    for (; mask; mask &= mask - 1)
        if (words_at(n, s, at + (unsigned)__builtin_ctz(mask), 0))
            return (unsigned)__builtin_ctz(mask);
    return 32;
}

static uint64_t words_in_mask(const struct needles *n, struct str s, size_t at, uint32_t mask,
                              uint64_t found)
{
    for (; mask; mask &= mask - 1)
        found |= words_at(n, s, at + (unsigned)__builtin_ctz(mask), found);
    return found;
}

/* The look-ups of one place, written out for all four: the compiler keeps the eight tables in
 * registers then. */
#define SSSE3_TABLE(table) _mm_loadu_si128((const __m128i *)(const void *)(table))
#define SSSE3_PLACE(i)                                                                             \
    bytes = _mm_loadu_si128((const __m128i *)(const void *)(s.at + at + (i)));                     \
    by_low = _mm_shuffle_epi8(low##i, _mm_and_si128(bytes, half));                                 \
    by_high = _mm_shuffle_epi8(high##i, _mm_and_si128(_mm_srli_epi16(bytes, 4), half));            \
    buckets = _mm_and_si128(buckets, _mm_and_si128(by_low, by_high))

__attribute__((target("ssse3"))) static uint64_t scan_ssse3(const struct needles *n, struct str s)
{
    if (s.len < 16 + WINDOW - 1)
        return scan_bytes(n, s);
    const __m128i half = _mm_set1_epi8(15), none = _mm_setzero_si128();
    const __m128i low0 = SSSE3_TABLE(n->low[0]), high0 = SSSE3_TABLE(n->high[0]);
    const __m128i low1 = SSSE3_TABLE(n->low[1]), high1 = SSSE3_TABLE(n->high[1]);
    const __m128i low2 = SSSE3_TABLE(n->low[2]), high2 = SSSE3_TABLE(n->high[2]);
    const __m128i low3 = SSSE3_TABLE(n->low[3]), high3 = SSSE3_TABLE(n->high[3]);
    uint64_t found = 0;
    size_t last = s.len - 16 - (WINDOW - 1);
    for (size_t at = 0;; at = at + 16 < last ? at + 16 : last) {
        __m128i bytes, by_low, by_high, buckets = _mm_set1_epi8(-1);
        SSSE3_PLACE(0);
        SSSE3_PLACE(1);
        SSSE3_PLACE(2);
        SSSE3_PLACE(3);
        unsigned empty = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(buckets, none));
        if (empty != 0xFFFF)
            found = words_in_mask(n, s, at, ~empty & 0xFFFF, found);
        if (at == last)
            return found | words_at(n, s, s.len - KEY, found); /* no window fits there any more */
    }
}

__attribute__((target("ssse3"))) static size_t first_ssse3(const struct needles *n, struct str s,
                                                           size_t *line_ends)
{
    const __m128i half = _mm_set1_epi8(15), none = _mm_setzero_si128(), lf = _mm_set1_epi8('\n');
    const __m128i low0 = SSSE3_TABLE(n->low[0]), high0 = SSSE3_TABLE(n->high[0]);
    const __m128i low1 = SSSE3_TABLE(n->low[1]), high1 = SSSE3_TABLE(n->high[1]);
    const __m128i low2 = SSSE3_TABLE(n->low[2]), high2 = SSSE3_TABLE(n->high[2]);
    const __m128i low3 = SSSE3_TABLE(n->low[3]), high3 = SSSE3_TABLE(n->high[3]);
    size_t at = 0;
    *line_ends = 0;
    for (; at + 16 + WINDOW - 1 <= s.len; at += 16) {
        __m128i bytes = SSSE3_TABLE(s.at + at), by_low, by_high, buckets = _mm_set1_epi8(-1);
        unsigned ends = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, lf));
        SSSE3_PLACE(0);
        SSSE3_PLACE(1);
        SSSE3_PLACE(2);
        SSSE3_PLACE(3);
        unsigned empty = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(buckets, none));
        unsigned hit = empty != 0xFFFF ? first_in_mask(n, s, at, ~empty & 0xFFFF) : 32;
        if (hit < 32) {
            *line_ends += (unsigned)__builtin_popcount(ends & ((1u << hit) - 1));
            return at + hit;
        }
        *line_ends += (unsigned)__builtin_popcount(ends);
    }
    return first_bytes_from(n, s, at, line_ends);
}

#define AVX2_TABLE(table) _mm256_broadcastsi128_si256(SSSE3_TABLE(table))
#define AVX2_PLACE(i)                                                                              \
    bytes = _mm256_loadu_si256((const __m256i *)(const void *)(s.at + at + (i)));                  \
    by_low = _mm256_shuffle_epi8(low##i, _mm256_and_si256(bytes, half));                           \
    by_high = _mm256_shuffle_epi8(high##i, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half));   \
    buckets = _mm256_and_si256(buckets, _mm256_and_si256(by_low, by_high))

__attribute__((target("avx2"))) static uint64_t scan_avx2(const struct needles *n, struct str s)
{
    if (s.len < 32 + WINDOW - 1)
        return scan_ssse3(n, s);
    const __m256i half = _mm256_set1_epi8(15), none = _mm256_setzero_si256();
    const __m256i low0 = AVX2_TABLE(n->low[0]), high0 = AVX2_TABLE(n->high[0]);
    const __m256i low1 = AVX2_TABLE(n->low[1]), high1 = AVX2_TABLE(n->high[1]);
    const __m256i low2 = AVX2_TABLE(n->low[2]), high2 = AVX2_TABLE(n->high[2]);
    const __m256i low3 = AVX2_TABLE(n->low[3]), high3 = AVX2_TABLE(n->high[3]);
    uint64_t found = 0;
    size_t last = s.len - 32 - (WINDOW - 1);
    for (size_t at = 0;; at = at + 32 < last ? at + 32 : last) {
        __m256i bytes, by_low, by_high, buckets = _mm256_set1_epi8(-1);
        AVX2_PLACE(0);
        AVX2_PLACE(1);
        AVX2_PLACE(2);
        AVX2_PLACE(3);
        uint32_t empty = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(buckets, none));
        if (empty != UINT32_MAX)
            found = words_in_mask(n, s, at, ~empty, found);
        if (at == last)
            return found | words_at(n, s, s.len - KEY, found); /* no window fits there any more */
    }
}

__attribute__((target("avx2,popcnt"))) static size_t
first_avx2(const struct needles *n, struct str s, size_t *line_ends)
{
    const __m256i half = _mm256_set1_epi8(15), none = _mm256_setzero_si256();
    const __m256i lf = _mm256_set1_epi8('\n');
    const __m256i low0 = AVX2_TABLE(n->low[0]), high0 = AVX2_TABLE(n->high[0]);
    const __m256i low1 = AVX2_TABLE(n->low[1]), high1 = AVX2_TABLE(n->high[1]);
    const __m256i low2 = AVX2_TABLE(n->low[2]), high2 = AVX2_TABLE(n->high[2]);
    const __m256i low3 = AVX2_TABLE(n->low[3]), high3 = AVX2_TABLE(n->high[3]);
    size_t at = 0, count = 0;
    for (; at + 32 + WINDOW - 1 <= s.len; at += 32) {
        __m256i bytes, by_low, by_high, buckets = _mm256_set1_epi8(-1);
        AVX2_PLACE(0);
        uint32_t ends = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, lf));
        AVX2_PLACE(1);
        AVX2_PLACE(2);
        AVX2_PLACE(3);
        uint32_t empty = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(buckets, none));
        unsigned hit = empty != UINT32_MAX ? first_in_mask(n, s, at, ~empty) : 32;
        if (hit < 32) {
            *line_ends = count + (unsigned)__builtin_popcount(ends & ((UINT32_C(1) << hit) - 1));
            return at + hit;
        }
        count += (unsigned)__builtin_popcount(ends);
    }
    *line_ends = count;
    return first_bytes_from(n, s, at, line_ends);
}
#endif

/* ---- which window of a word, and in which bucket ---- */

/* How common a byte is in log text. Only the order of size matters; measured over the demo's
 * log and others. */
static uint8_t commonness(unsigned char c)
{
    static const struct {
        const char *bytes;
        uint8_t weight;
    } classes[] = {{" ", 90},
                   {"eta\"", 40},
                   {"onisrd0123456789-:", 25},
                   {"lcumpfgbhyvw[]/_=,.", 12},
                   {"jkqxz{}\t()$", 6},
                   {"ABCDEFGHIJKLMNOPQRSTUVWXYZ", 5}};
    for (size_t i = 0; c && i < sizeof classes / sizeof *classes; i++)
        if (strchr(classes[i].bytes, c))
            return classes[i].weight;
    return 1;
}

/* What a bucket lets pass: at each place, a set of low and one of high half-bytes. */
struct bucket {
    uint16_t low[WINDOW], high[WINDOW];
    uint64_t passes_at[WINDOW], passes; /* how much of log text, in no unit */
};

struct plan {
    uint8_t common[256];
    struct bucket buckets[BUCKETS];
};

static uint64_t bytes_that_pass(const struct plan *plan, unsigned low, unsigned high)
{
    uint64_t sum = 0;
    for (unsigned h = high; h; h &= h - 1)
        for (unsigned l = low; l; l &= l - 1)
            sum += plan->common[(unsigned)__builtin_ctz(h) << 4 | (unsigned)__builtin_ctz(l)];
    return sum;
}

static struct bucket with_window(const struct plan *plan, struct bucket bucket,
                                 const struct needle *needle, uint8_t window_at)
{
    bucket.passes = 1;
    for (int i = 0; i < WINDOW; i++) {
        bool any = window_at + i >= needle->len;
        unsigned char c = any ? 0 : (unsigned char)needle->at[window_at + i];
        uint16_t low = (uint16_t)(bucket.low[i] | (any ? 0xFFFFu : 1u << (c & 15)));
        uint16_t high = (uint16_t)(bucket.high[i] | (any ? 0xFFFFu : 1u << (c >> 4)));
        if (low != bucket.low[i] || high != bucket.high[i])
            bucket.passes_at[i] = bytes_that_pass(plan, low, high);
        bucket.low[i] = low;
        bucket.high[i] = high;
        bucket.passes *= bucket.passes_at[i];
    }
    return bucket;
}

static uint64_t window_passes(const struct plan *plan, const struct needle *needle, uint8_t at)
{
    return with_window(plan, (struct bucket){0}, needle, at).passes;
}

#define WINDOWS_TRIED 2 /* the rarest ones of a word: more find no better places */

/* Places of the rarest windows of a word, rarest first; returns how many. */
static size_t rarest_windows(const struct plan *plan, const struct needle *needle,
                             uint8_t out[WINDOWS_TRIED])
{
    uint64_t passes[WINDOWS_TRIED];
    size_t count = 0;
    for (uint8_t at = 0; at == 0 || at + WINDOW <= needle->len; at++) {
        uint64_t p = window_passes(plan, needle, at);
        size_t i = count < WINDOWS_TRIED ? count++ : count;
        for (; i > 0 && passes[i - 1] > p; i--)
            if (i < WINDOWS_TRIED) {
                passes[i] = passes[i - 1];
                out[i] = out[i - 1];
            }
        if (i < WINDOWS_TRIED) {
            passes[i] = p;
            out[i] = at;
        }
    }
    return count;
}

/* The window and the bucket that let the least of log text pass in addition. */
static void place_word(struct plan *plan, struct needle *needle)
{
    uint8_t windows[WINDOWS_TRIED];
    size_t count = rarest_windows(plan, needle, windows), best_bucket = 0;
    uint64_t least = UINT64_MAX;
    for (size_t w = 0; w < count; w++)
        for (size_t b = 0; b < BUCKETS; b++) {
            const struct bucket *bucket = &plan->buckets[b];
            uint64_t more =
                with_window(plan, *bucket, needle, windows[w]).passes - bucket->passes;
            if (more < least) {
                least = more;
                best_bucket = b;
                needle->window_at = windows[w];
            }
        }
    plan->buckets[best_bucket] =
        with_window(plan, plan->buckets[best_bucket], needle, needle->window_at);
}

struct turn { /* words whose best window is common are placed first: they have least choice */
    uint64_t passes;
    struct needle *needle;
};

static int compare_turns(const void *a, const void *b)
{
    const struct turn *left = a, *right = b;
    if (left->passes != right->passes)
        return left->passes < right->passes ? 1 : -1;
    return (left->needle > right->needle) - (left->needle < right->needle);
}

static void place_words(struct needles *n)
{
    struct plan plan = {0};
    struct turn turns[WORDS_MOST];
    for (unsigned c = 0; c < 256; c++)
        plan.common[c] = commonness((unsigned char)c);
    for (size_t i = 0; i < n->count; i++) {
        uint8_t windows[WINDOWS_TRIED];
        rarest_windows(&plan, &n->needles[i], windows);
        turns[i] = (struct turn){window_passes(&plan, &n->needles[i], windows[0]), &n->needles[i]};
    }
    qsort(turns, n->count, sizeof *turns, compare_turns);
    for (size_t i = 0; i < n->count; i++)
        place_word(&plan, turns[i].needle);
    for (unsigned b = 0; b < BUCKETS; b++)
        for (int place = 0; place < WINDOW; place++)
            for (unsigned half = 0; half < 16; half++) {
                n->low[place][half] |= (uint8_t)((plan.buckets[b].low[place] >> half & 1) << b);
                n->high[place][half] |= (uint8_t)((plan.buckets[b].high[place] >> half & 1) << b);
            }
}

static void choose_form(struct needles *n)
{
    n->scan = scan_bytes;
    n->first = first_bytes;
#if NEEDLES_VECTOR
    if (__builtin_cpu_supports("ssse3")) {
        n->scan = scan_ssse3;
        n->first = first_ssse3;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt")) {
        n->scan = scan_avx2;
        n->first = first_avx2;
    }
#endif
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
        *needle = (struct needle){at, (uint8_t)words[i].len, 0};
        at += words[i].len;
    }
}

struct needles *needles_new(const struct str *words, size_t count)
{
    if (count > WORDS_MOST)
        die("needles: %zu words are more than %d", count, WORDS_MOST);
    for (size_t i = 0; i < count; i++)
        if (words[i].len < KEY || words[i].len > NEEDLES_WORD_MOST)
            die("needles: the word %.*s has %zu bytes", STR_ARG(words[i]), words[i].len);
    struct needles *n = xcalloc(1, sizeof *n);
    n->count = count;
    choose_form(n);
    copy_words(n, words);
    place_words(n);
    for (size_t i = 0; i < count; i++)
        n->slots[slot_of(window_key(window_of(&n->needles[i])))] |= UINT64_C(1) << i;
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

size_t needles_first(const struct needles *n, struct str s, size_t *line_ends)
{
    return n->first(n, s, line_ends);
}

size_t needles_first_by(const struct needles *n, struct str s, size_t *line_ends,
                        enum needles_scan scan, bool *supported)
{
    *supported = true;
#if NEEDLES_VECTOR
    if (scan == NEEDLES_SSSE3 && __builtin_cpu_supports("ssse3"))
        return first_ssse3(n, s, line_ends);
    if (scan == NEEDLES_AVX2 && __builtin_cpu_supports("avx2"))
        return first_avx2(n, s, line_ends);
#endif
    *supported = scan == NEEDLES_BYTES;
    *line_ends = 0;
    return *supported ? first_bytes(n, s, line_ends) : 0;
}
