/* One line of a stack trace, in the forms of the runtimes. Borrowed from the line. Pure. */
#ifndef LAMBDIG_MODEL_FRAME_H
#define LAMBDIG_MODEL_FRAME_H

#include "src/base/str.h"

struct frame {
    struct str file, line; /* empty: the frame names none */
    bool own;              /* the function's own code: no runtime, library or package */
    bool innermost_last;   /* Python's order: the last own frame is the topmost */
    bool loader;           /* belongs to the loading of the handler's module */
};

/* false: `line` is no stack frame. */
bool frame_parse(struct str line, struct frame *out);

/* The path without the parts that are the same for every function. */
struct str frame_short_path(struct str path);

#endif
