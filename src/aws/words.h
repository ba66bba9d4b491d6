/* Words as a shell splits them, without a shell: blanks separate, '...' is literal, in "..."
 * a backslash keeps only a quote or a backslash, outside it keeps any character. No variable,
 * no pattern, no operator. The rule of Python's shlex, which the SDKs' files follow. Pure. */
#ifndef LAMBDIG_AWS_WORDS_H
#define LAMBDIG_AWS_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* Splits `text` in place: the words lie in it, each ended by a NUL. *count is how many there
 * are, also where that is more than `most`. false: a quote or a backslash has no end. */
bool words_split(char *text, char **words, size_t most, size_t *count);

/* A word as a shell must be given it, for a command that people copy: as it is where it is of
 * plain characters, else in single quotes. Cut (false) where it does not fit. */
bool words_quote(const char *word, char *out, size_t size);

#endif
