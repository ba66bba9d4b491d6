/* A pipe that makes a waiting source return at once. wake_raise: any thread; the rest: the
 * thread that steps the source. */
#ifndef LAMBDIG_SOURCE_WAKE_H
#define LAMBDIG_SOURCE_WAKE_H

#include "src/base/err.h"

struct wake {
    int read_fd, write_fd; /* -1: not open */
};

/* false: the system gives no pipe. */
bool wake_init(struct wake *wake, struct err *err) MUST_USE;
void wake_release(struct wake *wake);
void wake_raise(const struct wake *wake);

/* Waits until `fd` can be read (-1: waits for the wake alone), the wake is raised, or wait_ms
 * passed; takes the wake down again. True: `fd` can be read, or ended. */
bool wake_wait(const struct wake *wake, int fd, int wait_ms);

#endif
