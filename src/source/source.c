/* What all sources share: little on purpose. */
#include "src/source/source.h"

void source_free(struct source *source)
{
    if (source)
        source->class->free(source);
}
