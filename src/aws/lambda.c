#include "src/aws/lambda.h"

#include <stdio.h>
#include <stdlib.h>

#include "src/aws/json.h"

static const char what[] = "ListFunctions";

static bool decode_identity(const struct json_node *at, struct function *f, struct err *err)
{
    char package[16] = "", modified[64] = "";
    if (!json_node_text(at, "FunctionName", f->name, sizeof f->name, err) ||
        !json_node_text(at, "Runtime", f->runtime, sizeof f->runtime, err) ||
        !json_node_text(at, "Version", f->version, sizeof f->version, err) ||
        !json_node_text(at, "PackageType", package, sizeof package, err) ||
        !json_node_text(at, "LastModified", modified, sizeof modified, err))
        return false;
    if (f->name[0] == '\0')
        return err_set(err, ERR_INPUT_FORMAT, "reading %s: Functions[%zu].FunctionName: not set",
                       what, at->index);
    if (strcmp(package, "Image") == 0)
        snprintf(f->runtime, sizeof f->runtime, "container");
    struct str when = str_of(modified);
    clock_take_iso(&when, &f->last_modified_unix_ms);
    return true;
}

static bool decode_numbers(const struct json_node *at, struct function *f, struct err *err)
{
    int64_t timeout_s = ABSENT;
    if (!json_node_i64(at, "MemorySize", &f->memory_mb, err) ||
        !json_node_i64(at, "Timeout", &timeout_s, err))
        return false;
    if (timeout_s > 0 && timeout_s < INT32_MAX)
        f->timeout_ms = timeout_s * 1000;
    return true;
}

static bool decode_logging(const struct json_node *at, struct function *f, struct err *err)
{
    struct json_node logging, tracing;
    char format[16] = "", mode[16] = "";
    snprintf(f->log_group, sizeof f->log_group, "/aws/lambda/%s", f->name);
    if (!json_node_object(at, "LoggingConfig", &logging, err) ||
        !json_node_text(&logging, "LogGroup", f->log_group, sizeof f->log_group, err) ||
        !json_node_text(&logging, "LogFormat", format, sizeof format, err) ||
        !json_node_object(at, "TracingConfig", &tracing, err) ||
        !json_node_text(&tracing, "Mode", mode, sizeof mode, err))
        return false;
    f->json_logs = strcmp(format, "JSON") == 0;
    f->tracing_active = strcmp(mode, "Active") == 0;
    return true;
}

static bool decode_function(const struct json_node *at, struct function *f, struct err *err)
{
    *f = (struct function){.memory_mb = ABSENT,
                           .timeout_ms = ABSENT,
                           .last_modified_unix_ms = TIME_NONE,
                           .has_config = true};
    return decode_identity(at, f, err) && decode_numbers(at, f, err) && decode_logging(at, f, err);
}

static bool decode_all(const json_t *root, struct lambda_functions *out, struct err *err)
{
    struct json_node answer = json_node_root(root, what), list, one;
    if (!json_node_array(&answer, "Functions", &list, err) ||
        !json_node_text(&answer, "NextMarker", out->next_marker, sizeof out->next_marker, err))
        return false;
    if (!list.value)
        return err_set(err, ERR_INPUT_FORMAT, "reading %s: Functions: not set", what);
    out->count = json_node_count(&list);
    if (out->count > LAMBDA_FUNCTIONS_MAX)
        return err_set(err, ERR_CEILING, "reading %s: %zu functions: at most %d are read", what,
                       out->count, LAMBDA_FUNCTIONS_MAX);
    out->at = xcalloc(out->count + 1, sizeof *out->at);
    for (size_t i = 0; i < out->count; i++)
        if (!json_node_element(&list, i, &one, err) || !decode_function(&one, &out->at[i], err))
            return false;
    return true;
}

bool lambda_decode_functions(struct str body, struct lambda_functions *out, struct err *err)
{
    json_t *root;
    *out = (struct lambda_functions){0};
    if (!json_read(&root, body, what, err))
        return false;
    bool done = decode_all(root, out, err);
    json_decref(root);
    if (!done)
        lambda_functions_release(out);
    return done;
}

void lambda_functions_release(struct lambda_functions *functions)
{
    free(functions->at);
    *functions = (struct lambda_functions){0};
}
