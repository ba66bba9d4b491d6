/* The configuration's YAML: refused with its place, or walked within the stated limits. */
#include "tests/fuzz/fuzz.h"

#include "src/conf/yaml.h"

#define SCALAR_MOST 256

static bool on_item(void *ctx, const struct yaml_item *item, struct err *err)
{
    size_t *items = ctx;
    (*items)++;
    FUZZ_CHECK(item->depth <= YAML_DEPTH);
    FUZZ_CHECK(item->value.len <= SCALAR_MOST);
    FUZZ_CHECK(item->where && strncmp(item->where, "fuzz.yaml:", 10) == 0);
    for (size_t i = 0; i < item->depth; i++)
        FUZZ_CHECK(item->path[i].at != NULL && item->path[i].len <= SCALAR_MOST);
    return str_eq(item->value, STR("refuse")) ? err_set(err, ERR_CONFIG, "refused") : true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    size_t items = 0;
    struct err err = {0};
    if (!yaml_walk_bytes(FUZZ_TEXT(bytes, len), "fuzz.yaml", on_item, &items, &err))
        FUZZ_CHECK(err.code != ERR_NONE && err.text[0]);
    FUZZ_CHECK(items <= 4096);
    return 0;
}
