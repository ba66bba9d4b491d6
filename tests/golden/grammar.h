/* What bytes a program may send to a terminal: the sequences of the terminfo entries in use,
 * and nothing that makes a terminal answer, load, or rename. A byte machine. */
#ifndef LAMBDIG_TESTS_GOLDEN_GRAMMAR_H
#define LAMBDIG_TESTS_GOLDEN_GRAMMAR_H

#include <stddef.h>

struct grammar {
    enum { GRAMMAR_GROUND, GRAMMAR_ESC, GRAMMAR_CSI, GRAMMAR_CHARSET, GRAMMAR_OSC } state;
    char sequence[80];
    size_t len;
    char foreign[80]; /* the first sequence that is not allowed; empty: none */
    int allow_copy;   /* OSC 52 is expected: the test pressed the copy key */
    unsigned modes;   /* which of those that a program must put back are on; see grammar_left */
};

void grammar_feed(struct grammar *g, const char *bytes, size_t len);

/* A mode that is not as it was at the start, by its name; NULL: all are. */
const char *grammar_left(const struct grammar *g);

#endif
