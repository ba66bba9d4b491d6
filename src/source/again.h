/* Reads parts of inputs again that were read before. One input is kept open, where the last
 * part ended, so that parts that follow each other are read in one go. One thread. */
#ifndef LAMBDIG_SOURCE_AGAIN_H
#define LAMBDIG_SOURCE_AGAIN_H

#include "src/source/input.h"

struct again_reader { /* zeroed: nothing is open */
    struct input input;
    bool open;
};

/* The contract of struct source_class.read_again. `of`: the input as it was read. */
bool again_read(struct again_reader *a, const struct input *of, const struct again_from *from,
                const struct again *to, struct err *err) MUST_USE;
void again_release(struct again_reader *a); /* zeroed: nothing */

#endif
