/* What all sources share: little on purpose. */
#include "src/source/source.h"

bool source_read_again(struct source *source, const struct again_from *from, const struct again *to,
                       struct err *err)
{
    if (source->class->read_again)
        return source->class->read_again(source, from, to, err);
    return err_set(err, ERR_NOT_FOUND, "reading again: %s: this source cannot",
                   source->class->name);
}

const char *source_reads_once(const struct source *source)
{
    if (!source->class->read_again)
        return "its source cannot be read again";
    return source->class->reads_once ? source->class->reads_once(source) : NULL;
}

void source_free(struct source *source)
{
    if (source)
        source->class->free(source);
}
