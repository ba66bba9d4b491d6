#include "src/model/failure_class.h"

static const struct failure_class_row rows[FAILURE_CLASS_COUNT] = {
#define CLASS(id, name_, tag_, is_failure_, title_, symptom_, check_, fix_)                 \
    [FAILURE_##id] = {.name = (name_),                                                      \
                      .tag = (tag_),                                                        \
                      .title = (title_),                                                    \
                      .symptom = (symptom_),                                                \
                      .check = (check_),                                                    \
                      .fix = (fix_),                                                        \
                      .is_failure = (is_failure_)},
#include "src/model/failure_classes.def"
#undef CLASS
};

const struct failure_class_row *failure_class_row(enum failure_class class)
{
    return &rows[class];
}

enum failure_class failure_class_find(struct str word)
{
    for (int i = 0; i < FAILURE_CLASS_COUNT; i++)
        if (str_eq_nocase(word, str_of(rows[i].name)) || str_eq_nocase(word, str_of(rows[i].tag)))
            return (enum failure_class)i;
    return FAILURE_NONE;
}
