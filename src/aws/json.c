#include "src/aws/json.h"

#include <stdio.h>

bool json_read(json_t **root, struct str bytes, const char *what, struct err *err)
{
    json_error_t why;
    *root = json_loadb(bytes.at, bytes.len, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &why);
    if (*root)
        return true;
    return err_set(err, ERR_INPUT_FORMAT, "reading %s: line %d, column %d: %s", what, why.line,
                   why.column, why.text);
}

struct json_node json_node_root(const json_t *root, const char *what)
{
    return (struct json_node){root, NULL, what, 0};
}

/* `ListFunctions: Functions[3].Timeout`, from the outermost in. */
static size_t path_to(const struct json_node *at, char *out, size_t size)
{
    size_t len = at->up ? path_to(at->up, out, size) : 0;
    int more;
    if (len >= size)
        return len;
    if (!at->up)
        more = snprintf(out, size, "%s: ", at->key);
    else if (!at->key)
        more = snprintf(out + len, size - len, "[%zu]", at->index);
    else
        more = snprintf(out + len, size - len, "%s%s", at->up->up ? "." : "", at->key);
    return len + (more > 0 ? (size_t)more : 0);
}

static const char *type_name(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT: return "an object";
    case JSON_ARRAY: return "an array";
    case JSON_STRING: return "text";
    case JSON_INTEGER: return "an integer";
    case JSON_REAL: return "a number with a fraction";
    default: return "a truth value";
    }
}

static bool wrong_type(const struct json_node *at, const char *wanted, struct err *err)
{
    char path[256];
    path_to(at, path, sizeof path);
    return err_set(err, ERR_INPUT_FORMAT, "reading %s: %s where %s belongs", path,
                   type_name(at->value), wanted);
}

/* The member, where it is set and of that type. */
static bool member(const struct json_node *at, const char *key, json_type type, const char *wanted,
                   struct json_node *out, struct err *err)
{
    *out = (struct json_node){json_object_get(at->value, key), at, key, 0};
    if (json_is_null(out->value))
        out->value = NULL;
    if (!out->value || json_typeof(out->value) == type)
        return true;
    return wrong_type(out, wanted, err);
}

bool json_node_object(const struct json_node *at, const char *key, struct json_node *out,
                      struct err *err)
{
    return member(at, key, JSON_OBJECT, "an object", out, err);
}

bool json_node_array(const struct json_node *at, const char *key, struct json_node *out,
                     struct err *err)
{
    return member(at, key, JSON_ARRAY, "an array", out, err);
}

size_t json_node_count(const struct json_node *array)
{
    return json_array_size(array->value);
}

bool json_node_element(const struct json_node *array, size_t index, struct json_node *out,
                       struct err *err)
{
    *out = (struct json_node){json_array_get(array->value, index), array, NULL, index};
    return json_is_object(out->value) ? true : wrong_type(out, "an object", err);
}

bool json_node_text(const struct json_node *at, const char *key, char *out, size_t size,
                    struct err *err)
{
    struct json_node found;
    if (!member(at, key, JSON_STRING, "text", &found, err))
        return false;
    if (found.value)
        str_copy(out, size, str_of(json_string_value(found.value)));
    return true;
}

bool json_node_i64(const struct json_node *at, const char *key, int64_t *out, struct err *err)
{
    struct json_node found;
    if (!member(at, key, JSON_INTEGER, "an integer", &found, err))
        return false;
    if (found.value)
        *out = json_integer_value(found.value);
    return true;
}
