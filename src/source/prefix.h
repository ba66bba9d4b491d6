/* What exports put before each line: the time, the stream, the group, in some order. A file
 * has one shape of prefix, found from its first block; a line that does not have it continues
 * the event before. The function's own stamps are no prefix: `<ISO>TAB<id>TAB` of the Node
 * runtime and `<ISO> <id> Task timed out` stay in the message. Pure. */
#ifndef LAMBDIG_SOURCE_PREFIX_H
#define LAMBDIG_SOURCE_PREFIX_H

#include "src/source/stamp.h"

enum prefix_part { PREFIX_NONE, PREFIX_STAMP, PREFIX_STREAM, PREFIX_GROUP };
#define PREFIX_PARTS 3
#define PREFIX_FOREIGN_MAX 80

struct prefix_shape {
    uint8_t parts[PREFIX_PARTS]; /* enum prefix_part, in order; PREFIX_NONE ends them */
    char separator; /* after each: blank, TAB, or LF where the stamp has its own line */
    /* Instead of parts: what another tool put before each line (syslog, docker, grep -n), each run
     * of digits as one 0 and each run of blanks as one blank; `separator` counts the blanks at
     * its end, from '0' on. Empty: none. */
    char foreign[PREFIX_FOREIGN_MAX];
};

struct prefix { /* borrowed from the line */
    struct str stream, group;
    int64_t unix_ms; /* TIME_NONE: the shape has no stamp */
};

/* Moves `*line` past the prefix of that shape. false: the line has none. out->stream comes in as
 * the stream of the line before (or empty): neighbours mostly share it, and telling that is
 * quicker than reading it. */
bool prefix_take(const struct prefix_shape *shape, struct stamp_memory *memory, struct str *line,
                 struct prefix *out);

/* The shape of the lines in `head`, and how sure: 0 none, 100 certain. */
int prefix_find(struct str head, struct prefix_shape *out);

#endif
