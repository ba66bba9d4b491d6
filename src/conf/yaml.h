/* The one file over libyaml: walks a small, flat YAML file event by event. Refused with
 * file:line:col: aliases, anchors, tags, a second document, duplicate keys, depth over 8, a file
 * over 64 KiB, more than 4,096 events, a scalar over 256 bytes. */
#ifndef LAMBDIG_CONF_YAML_H
#define LAMBDIG_CONF_YAML_H

#include "src/base/err.h"
#include "src/base/str.h"

#define YAML_DEPTH 8

struct yaml_item {
    /* Keys from the root: {"roles", "text", "fg"}; sequences add "0", "1". */
    struct str path[YAML_DEPTH];
    size_t depth;      /* how many of them */
    struct str value;  /* a scalar; an empty mapping or sequence is not reported */
    const char *where; /* `file:line:col` of the value */
};

/* Calls `each` for every scalar, in order; everything borrowed for the call. `each` may fail. */
bool yaml_walk(const char *path,
               bool (*each)(void *ctx, const struct yaml_item *item, struct err *err), void *ctx,
               struct err *err) MUST_USE;
/* The same over bytes, with `name` for the messages. */
bool yaml_walk_bytes(struct str bytes, const char *name,
                     bool (*each)(void *ctx, const struct yaml_item *item, struct err *err),
                     void *ctx, struct err *err) MUST_USE;

#endif
