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
    if (f->name[0] == '\0' && !at->up)
        return err_set(err, ERR_INPUT_FORMAT, "reading %s: FunctionName: not set", at->key);
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
    char *level = f->system_log_level;
    snprintf(f->log_group, sizeof f->log_group, "/aws/lambda/%s", f->name);
    if (!json_node_object(at, "LoggingConfig", &logging, err) ||
        !json_node_text(&logging, "LogGroup", f->log_group, sizeof f->log_group, err) ||
        !json_node_text(&logging, "LogFormat", format, sizeof format, err) ||
        !json_node_text(&logging, "SystemLogLevel", level, sizeof f->system_log_level, err) ||
        !json_node_object(at, "TracingConfig", &tracing, err) ||
        !json_node_text(&tracing, "Mode", mode, sizeof mode, err))
        return false;
    f->json_logs = strcmp(format, "JSON") == 0;
    f->tracing_active = strcmp(mode, "Active") == 0;
    return true;
}

static bool decode_state(const struct json_node *at, struct function *f, struct err *err)
{
    return json_node_text(at, "State", f->state, sizeof f->state, err) &&
           json_node_text(at, "LastUpdateStatus", f->update, sizeof f->update, err);
}

static bool decode_function(const struct json_node *at, struct function *f, struct err *err)
{
    *f = function_unknown();
    f->has_config = true;
    return decode_identity(at, f, err) && decode_numbers(at, f, err) &&
           decode_logging(at, f, err) && decode_state(at, f, err);
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

/* ---- one function ---- */

static bool decode_configuration(const json_t *root, struct function *out, struct err *err)
{
    struct json_node answer = json_node_root(root, "GetFunctionConfiguration");
    if (!json_is_object(root))
        return err_set(err, ERR_INPUT_FORMAT, "reading %s: no object", answer.key);
    return decode_function(&answer, out, err);
}

bool lambda_decode_configuration(struct str body, struct function *out, struct err *err)
{
    json_t *root;
    if (!json_read(&root, body, "GetFunctionConfiguration", err))
        return false;
    bool done = decode_configuration(root, out, err);
    json_decref(root);
    return done;
}

static bool take_alias(const struct json_node *at, struct function *out, struct err *err)
{
    char name[129] = "", version[24] = "";
    size_t len = strlen(out->aliases);
    if (!json_node_text(at, "Name", name, sizeof name, err) ||
        !json_node_text(at, "FunctionVersion", version, sizeof version, err))
        return false;
    snprintf(out->aliases + len, sizeof out->aliases - len, "%s%s %s", len ? ", " : "", name,
             version);
    return true;
}

/* Versions are numbers that only grow; $LATEST is none. */
static bool take_version(const struct json_node *at, struct function *out, struct err *err)
{
    char version[24] = "";
    uint64_t number, newest = 0;
    if (!json_node_text(at, "Version", version, sizeof version, err))
        return false;
    if (!str_to_u64(str_of(version), UINT64_MAX, &number))
        return true;
    if (!str_to_u64(str_of(out->newest_version), UINT64_MAX, &newest) || number > newest)
        str_copy(out->newest_version, sizeof out->newest_version, str_of(version));
    return true;
}

struct list_form { /* of answers that are a list of small objects, in pages */
    const char *what, *list;
    bool (*take)(const struct json_node *at, struct function *out, struct err *err);
};

static bool decode_list(const json_t *root, const struct list_form *form, struct function *out,
                        char *next_marker, size_t size, struct err *err)
{
    struct json_node answer = json_node_root(root, form->what), list, one;
    if (!json_node_array(&answer, form->list, &list, err) ||
        !json_node_text(&answer, "NextMarker", next_marker, size, err))
        return false;
    for (size_t i = 0; i < json_node_count(&list); i++)
        if (!json_node_element(&list, i, &one, err) || !form->take(&one, out, err))
            return false;
    return true;
}

static bool read_list(struct str body, const struct list_form *form, struct function *out,
                      char *next_marker, size_t size, struct err *err)
{
    json_t *root;
    next_marker[0] = '\0';
    if (!json_read(&root, body, form->what, err))
        return false;
    bool done = decode_list(root, form, out, next_marker, size, err);
    json_decref(root);
    return done;
}

bool lambda_decode_aliases(struct str body, struct function *out, char *next_marker, size_t size,
                           struct err *err)
{
    static const struct list_form form = {"ListAliases", "Aliases", take_alias};
    return read_list(body, &form, out, next_marker, size, err);
}

bool lambda_decode_versions(struct str body, struct function *out, char *next_marker, size_t size,
                            struct err *err)
{
    static const struct list_form form = {"ListVersionsByFunction", "Versions", take_version};
    return read_list(body, &form, out, next_marker, size, err);
}

/* ---- what is asked ---- */

static void begin(struct call *out, const char *operation, const char *name)
{
    call_init(out, SERVICE_LAMBDA, operation, name ? name : "functions");
    out->method = "GET";
    call_add_segment(out, STR("2015-03-31"));
    call_add_segment(out, STR("functions"));
    if (name)
        call_add_segment(out, str_of(name));
}

static void add_marker(struct call *out, const char *marker)
{
    if (marker && marker[0])
        call_add_query(out, "Marker", str_of(marker));
}

void lambda_ask_functions(struct call *out, const char *marker)
{
    begin(out, "ListFunctions", NULL);
    add_marker(out, marker);
    call_add_query(out, "MaxItems", STR("50"));
}

void lambda_ask_configuration(struct call *out, const char *name)
{
    begin(out, "GetFunctionConfiguration", name);
    call_add_segment(out, STR("configuration"));
}

void lambda_ask_aliases(struct call *out, const char *name, const char *marker)
{
    begin(out, "ListAliases", name);
    call_add_segment(out, STR("aliases"));
    add_marker(out, marker);
}

void lambda_ask_versions(struct call *out, const char *name, const char *marker)
{
    begin(out, "ListVersionsByFunction", name);
    call_add_segment(out, STR("versions"));
    add_marker(out, marker);
}

void lambda_functions_release(struct lambda_functions *functions)
{
    free(functions->at);
    *functions = (struct lambda_functions){0};
}
