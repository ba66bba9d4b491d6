#include "src/model/signs.h"

#include "src/base/err.h"
#include "src/base/needles.h"

#include <stdlib.h>

static const struct {
    enum sign meaning;
    struct str word;
} rows[] = {
#define SIGN(meaning, word) {SIGN_##meaning, {(word), sizeof(word) - 1}},
#include "src/model/signs.def"
#undef SIGN
};

enum { ROWS = sizeof rows / sizeof *rows, SET = 64, SETS = (ROWS + SET - 1) / SET };

struct signs {
    struct needles *sets[SETS];
};

struct signs *signs_new(void)
{
    struct signs *signs = xcalloc(1, sizeof *signs);
    for (size_t set = 0; set < SETS; set++) {
        struct str words[SET];
        size_t count = 0;
        for (size_t i = set * SET; i < ROWS && count < SET; i++)
            words[count++] = rows[i].word;
        signs->sets[set] = needles_new(words, count);
    }
    return signs;
}

void signs_free(struct signs *signs)
{
    if (!signs)
        return;
    for (size_t set = 0; set < SETS; set++)
        needles_free(signs->sets[set]);
    free(signs);
}

unsigned signs_in(const struct signs *signs, struct str s)
{
    unsigned meanings = 0;
    for (size_t set = 0; set < SETS; set++) {
        uint64_t hits = needles_in(signs->sets[set], s);
        for (size_t i = set * SET; hits; i++, hits >>= 1)
            if (hits & 1)
                meanings |= (unsigned)rows[i].meaning;
    }
    return meanings;
}
