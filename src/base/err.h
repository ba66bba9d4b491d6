/* Errors as values on the caller's stack.
 *
 * A function that can fail takes `struct err *err` last and returns bool: true = done.
 * On false `err` names the operation and the resource. The first failure wins: a later
 * err_set on the same err changes nothing. Any thread; an err belongs to one thread. */
#ifndef LAMBDIG_BASE_ERR_H
#define LAMBDIG_BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>

#if defined(__GNUC__)
#define MUST_USE __attribute__((__warn_unused_result__))
#define PRINTF_LIKE(text, first) __attribute__((__format__(__printf__, text, first)))
#else
#define MUST_USE
#define PRINTF_LIKE(text, first)
#endif

/* X(id, exit status, what to do next). The exit statuses are those of the command line
 * contract; the hint is what the user reads after the dash when err_hint set none. */
#define ERR_CODES(X)                                                                        \
    X(ERR_NONE, 0, "")                                                                      \
    X(ERR_USAGE, 2, "see lambdig --help")                                                   \
    X(ERR_CONFIG, 2, "correct the line named above, or see lambdig config --check")         \
    X(ERR_INPUT_MISSING, 2, "check the path")                                               \
    X(ERR_INPUT_EMPTY, 2, "export the log again: the file has no bytes")                    \
    X(ERR_INPUT_BINARY, 2, "give a text log, JSON, CSV, or one of these in gzip")           \
    X(ERR_INPUT_FORMAT, 2, "docs/formats.md lists the exports that are read")               \
    X(ERR_INPUT_PARTIAL, 4, "export it again to see the rest")                              \
    X(ERR_CREDENTIALS, 3, "log in again, then start lambdig again")                         \
    X(ERR_DENIED, 4, "the role lacks the permission named above")                           \
    X(ERR_NOT_FOUND, 4, "check the name")                                                   \
    X(ERR_NETWORK, 4, "check the network, then press Ctrl-r")                               \
    X(ERR_CEILING, 4, "raise the limit named above in the configuration")                   \
    X(ERR_TERMINAL, 2, "set TERM to a terminal that can move its cursor, or pipe the output") \
    X(ERR_SYSTEM, 70, "the operating system refused; see the reason above")                 \
    X(ERR_DEFECT, 70, "this is a defect in lambdig; please report it")

enum err_code {
#define ERR_ENUM(id, status, hint) id,
    ERR_CODES(ERR_ENUM)
#undef ERR_ENUM
        ERR_CODE_COUNT
};

struct err {
    enum err_code code;
    char text[600]; /* what failed: on what: why; UTF-8, cut at a character, never with control
                       bytes */
    char hint[200]; /* what to do next; empty: the table's hint holds */
};

/* Always false, so that a failing function ends in `return err_set(...)`. */
bool err_set(struct err *err, enum err_code code, const char *format, ...) PRINTF_LIKE(3, 4);

/* Replaces the hint of an error that is set. Always false. */
bool err_advise(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

void err_clear(struct err *err);

/* The next step for the user; never NULL, empty for ERR_NONE. */
const char *err_hint(const struct err *err);

/* The exit status of the command line contract. */
int err_exit_status(const struct err *err);

/* Prints `lambdig: TEXT — HINT` as one line on stderr. */
void err_print(const struct err *err);

/* The impossible: restores the terminal (see die_with), prints one line, exits 70. */
_Noreturn void die(const char *format, ...) PRINTF_LIKE(1, 2);

/* What die() calls first; NULL = nothing. Set by ui/term while the terminal is ours. */
void die_with(void (*restore)(void));

/* malloc and friends that never return NULL: every caller has a ceiling, so that running
 * out of memory is impossible by design and ends in die(). */
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t size);

#endif
