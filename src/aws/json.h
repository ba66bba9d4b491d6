/* Typed getters over jansson for configuration-shaped answers. A missing member or null means
 * "not set": the getter gives true and leaves its output alone. A member of another type is
 * an error that names the path, as in `ListFunctions: Functions[3].Timeout: text where a
 * number belongs`. Bulk (log pages, segments) goes through base/jscan instead. Any thread. */
#ifndef LAMBDIG_AWS_JSON_H
#define LAMBDIG_AWS_JSON_H

#include <jansson.h>

#include "src/base/err.h"
#include "src/base/str.h"

struct json_node {               /* a value and the way to it; lives on the caller's stack */
    const json_t *value;         /* NULL: not set */
    const struct json_node *up;  /* NULL: the answer itself */
    const char *key;             /* of the object above; of the answer: what it is */
    size_t index;                /* of the array above, where key is NULL */
};

/* Reads `bytes` into *root, which the caller gives back with json_decref. Duplicate keys, deep
 * nesting and numbers that overflow are refused, NUL in text is kept. false: err says where. */
bool json_read(json_t **root, struct str bytes, const char *what, struct err *err) MUST_USE;
struct json_node json_node_root(const json_t *root, const char *what);

bool json_node_object(const struct json_node *at, const char *key, struct json_node *out,
                      struct err *err) MUST_USE;
bool json_node_array(const struct json_node *at, const char *key, struct json_node *out,
                     struct err *err) MUST_USE;
size_t json_node_count(const struct json_node *array); /* 0 where it is not set */
/* An element; it must be an object. */
bool json_node_element(const struct json_node *array, size_t index, struct json_node *out,
                       struct err *err) MUST_USE;

/* Copied into out, cut at a character where it is longer; a NUL in it ends it. */
bool json_node_text(const struct json_node *at, const char *key, char *out, size_t size,
                    struct err *err) MUST_USE;
/* Integers; a number with a fraction is of another type. */
bool json_node_i64(const struct json_node *at, const char *key, int64_t *out,
                   struct err *err) MUST_USE;

#endif
