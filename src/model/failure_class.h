/* The classes of failure_classes.def as an enum and a table. Any thread. */
#ifndef LAMBDIG_MODEL_FAILURE_CLASS_H
#define LAMBDIG_MODEL_FAILURE_CLASS_H

#include "src/base/str.h"

enum failure_class {
#define CLASS(id, name, tag, is_failure, title, symptom, check, fix) FAILURE_##id,
#include "src/model/failure_classes.def"
#undef CLASS
    FAILURE_CLASS_COUNT,
    FAILURE_NONE = FAILURE_CLASS_COUNT /* no class: an absent cause, or not known yet */
};

struct failure_class_row {
    const char *name, *tag, *title, *symptom, *check, *fix;
    bool is_failure;
};

/* For 0 <= class < FAILURE_CLASS_COUNT. */
const struct failure_class_row *failure_class_row(enum failure_class class);
/* By name or tag, without regard to case; FAILURE_NONE: no such class. */
enum failure_class failure_class_find(struct str word);

#endif
