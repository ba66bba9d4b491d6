#include "src/source/caseparts.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "src/base/jscan.h"
#include "src/source/bytes.h"

#define PART_BYTES_MAX (256u * 1024u * 1024u)

/* Each is one object with one list that cannot be missing. */
static const struct part {
    const char *name;
    struct str list;
} parts[] = {
    {"traces.json", {"Traces", 6}},
    {"messages.json", {"Queues", 6}},
    {"metrics.json", {"MetricDataResults", 17}},
};

static bool no_json(const char *path, const struct jscan *j, struct err *err)
{
    if (j->ended)
        err_set(err, ERR_INPUT_PARTIAL, "reading the case: %s: it is cut short", path);
    else
        err_set(err, ERR_INPUT_PARTIAL,
                "reading the case: %s: byte %zu: it is no JSON from there on", path, j->at);
    return err_advise(err, "record it again; the rest of the case is shown");
}

static bool check_text(struct str text, const struct part *part, const char *path, struct err *err)
{
    struct jscan j;
    struct str key;
    bool has_list = false;
    jscan_init(&j, text);
    bool is_object = jscan_object(&j);
    while (is_object && jscan_key(&j, &key))
        has_list |= str_eq(key, part->list) && jscan_peek(&j) == JSCAN_ARRAY;
    bool is_other = !is_object && jscan_skip(&j);
    if (j.failed)
        return no_json(path, &j, err);
    if (str_trim(str_from(text, j.at)).len > 0)
        return no_json(path, &j, err);
    if (is_other || !has_list) {
        err_set(err, ERR_INPUT_PARTIAL, "reading the case: %s: it has no list `%s`", path,
                part->list.at);
        return err_advise(err,
                          "docs/casefile.md says what it holds; the rest of the case is shown");
    }
    return true;
}

static bool check(const char *path, const struct part *part, struct err *err)
{
    struct bytes bytes;
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return true;
    if (!bytes_read_whole(&bytes, "the case", path, PART_BYTES_MAX, err))
        return false;
    bool good = check_text(bytes_here(&bytes), part, path, err);
    bytes_close(&bytes);
    return good;
}

void caseparts_check(const char *directory, const struct sink *sink)
{
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        char path[4096];
        struct err err = {0};
        int len = snprintf(path, sizeof path, "%s/%s", directory, parts[i].name);
        if (len > 0 && (size_t)len < sizeof path && !check(path, &parts[i], &err))
            sink->trouble(sink->ctx, &err);
    }
}
