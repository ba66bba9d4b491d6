/* A program that prints one small answer, run without a shell and without blocking: its own
 * session (so that it cannot reach the terminal), no input, stdout and stderr through pipes
 * that are read as child_step is called. Bounds: 64 KiB of stdout, 60 s; past either it is
 * killed with all that it started. What it printed is wiped. One thread. */
#ifndef LAMBDIG_AWS_CHILD_H
#define LAMBDIG_AWS_CHILD_H

#include "src/base/err.h"
#include "src/base/str.h"

#define CHILD_OUTPUT_BYTES 65536u
#define CHILD_DEADLINE_MS 60000

struct child; /* ours */

enum child_state { CHILD_RUNS, CHILD_DONE, CHILD_FAILED };

/* `words` ends in NULL; the program is looked up in PATH. NULL: err says why it did not start. */
struct child *child_start(char *const *words, int64_t now_mono_ms, struct err *err);
/* CHILD_FAILED: err has the status and the first line of stderr. */
enum child_state child_step(struct child *child, int64_t now_mono_ms, struct err *err);
struct str child_output(const struct child *child); /* after CHILD_DONE; borrowed */
void child_free(struct child *child);               /* kills it where it runs; NULL: nothing */

#endif
