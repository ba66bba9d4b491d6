/* What each fuzz target shares. A target reads any bytes; besides not crashing it checks what
 * its decoder promises: FUZZ_CHECK stops with the promise that was broken. */
#ifndef LAMBDIG_TESTS_FUZZ_H
#define LAMBDIG_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define FUZZ_CHECK(promise)                                                                      \
    do {                                                                                         \
        if (!(promise)) {                                                                        \
            fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #promise);                \
            abort();                                                                             \
        }                                                                                        \
    } while (0)

/* The input as text; a copy at its exact size, so that a sanitizer sees one byte too far. */
#define FUZZ_TEXT(bytes, len) ((struct str){(const char *)(bytes), (len)})

#endif
