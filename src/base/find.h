/* str_find_either where a call would cost as much as the search: in the loops of base only. */
#ifndef LAMBDIG_BASE_FIND_H
#define LAMBDIG_BASE_FIND_H

#include "src/base/str.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* Two memchr calls would read far past the nearer byte: where both are rare the time would
 * grow with the square of the length. */
static inline size_t find_either(struct str s, char a, char b)
{
    size_t at = 0;
#if defined(__SSE2__)
    const __m128i all_a = _mm_set1_epi8(a), all_b = _mm_set1_epi8(b);
    for (; at + 16 <= s.len; at += 16) {
        __m128i block = _mm_loadu_si128((const __m128i *)(const void *)(s.at + at));
        __m128i hits = _mm_or_si128(_mm_cmpeq_epi8(block, all_a), _mm_cmpeq_epi8(block, all_b));
        unsigned mask = (unsigned)_mm_movemask_epi8(hits);
        if (mask != 0)
            return at + (unsigned)__builtin_ctz(mask);
    }
#endif
    while (at < s.len && s.at[at] != a && s.at[at] != b)
        at++;
    return at;
}

#endif
