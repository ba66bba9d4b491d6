#include "ui/json_line.h"

#include "src/base/jscan.h"

#define VALUE_MAX 160u /* bytes of a value beside the message */

bool json_line_is_routine_key(struct str key)
{
    static const char *const keys[] = {"timestamp",
                                       "time",
                                       "level",
                                       "log_level",
                                       "message",
                                       "msg",
                                       "requestId",
                                       "AWSRequestId",
                                       "function_request_id",
                                       "xray_trace_id",
                                       "cold_start",
                                       "function_name",
                                       "function_arn",
                                       "function_memory_size",
                                       "function_version",
                                       "traceId",
                                       "tenantId"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (str_eq(key, str_of(keys[i])))
            return true;
    return false;
}

struct fields { /* raw values; a string with its quotes */
    struct str level, message, error_type, error_message;
};

static bool is_object(struct str text)
{
    text = str_trim(text);
    return text.len > 1 && text.at[0] == '{' && text.at[text.len - 1] == '}';
}

static void take_field(struct fields *f, struct str key, struct str value)
{
    if (str_eq(key, STR("level")) || str_eq(key, STR("log_level")))
        f->level = value;
    else if (str_eq(key, STR("message")) || str_eq(key, STR("msg")))
        f->message = value;
    else if (str_eq(key, STR("errorType")))
        f->error_type = value;
    else if (str_eq(key, STR("errorMessage")))
        f->error_message = value;
}

static bool read_fields(struct str text, struct fields *f)
{
    struct jscan j;
    struct str key, value;
    *f = (struct fields){STR_NONE, STR_NONE, STR_NONE, STR_NONE};
    jscan_init(&j, text);
    if (!jscan_object(&j))
        return false;
    while (jscan_key(&j, &key)) {
        if (!jscan_slice(&j, &value))
            return false;
        take_field(f, key, value);
    }
    if (j.failed || str_trim(str_from(text, j.at)).len > 0)
        return false;
    if (f->message.len > 0 && f->message.at[0] == '{' && f->error_type.len == 0) {
        struct str message = f->message; /* Node.js: an unhandled error lies inside the message */
        jscan_member(message, STR("errorType"), &f->error_type);
        jscan_member(message, STR("errorMessage"), &f->error_message);
    }
    return true;
}

/* A raw value as text: a string without quotes and escapes, anything else as it stands. */
static void add_value(struct log_line *line, struct buf *out, enum role role, struct str raw,
                      size_t limit)
{
    char room[2048];
    struct buf text = {room, 0, sizeof room, sizeof room, false};
    if (raw.len >= 2 && raw.at[0] == '"')
        raw = jscan_unescape(str_first(str_from(raw, 1), raw.len - 2), &text, NULL);
    log_line_add_str(line, out, role, str_first(raw, limit));
    if (raw.len > limit)
        log_line_add_str(line, out, role, STR("..."));
}

static void add_rest(struct log_line *line, struct str text, struct buf *out)
{
    struct jscan j;
    struct str key, value;
    jscan_init(&j, text);
    if (!jscan_object(&j))
        return;
    while (jscan_key(&j, &key) && jscan_slice(&j, &value)) {
        bool shown = str_eq(key, STR("errorType")) || str_eq(key, STR("errorMessage"));
        if (shown || json_line_is_routine_key(key))
            continue;
        log_line_add_str(line, out, ROLE_DIM, STR("  "));
        log_line_add_str(line, out, ROLE_DIM, str_first(key, 80));
        log_line_add_str(line, out, ROLE_DIM, STR("="));
        add_value(line, out, ROLE_DIM, value, VALUE_MAX);
    }
}

static struct str unquoted(struct str raw)
{
    return raw.len >= 2 && raw.at[0] == '"' ? str_first(str_from(raw, 1), raw.len - 2) : raw;
}

bool json_line_compose(struct log_line *line, struct str text, struct buf *out)
{
    struct fields f;
    if (!is_object(text) || !read_fields(text, &f) || (f.message.len == 0 && f.error_type.len == 0))
        return false;
    struct str level = unquoted(f.level);
    enum role role = log_line_level_role(level), body = role == ROLE_DIM ? ROLE_TEXT : role;
    if (level.len > 0)
        log_line_add(line, out, role, "%-5.*s ", STR_ARG(str_first(level, 10)));
    if (f.error_type.len > 0) {
        add_value(line, out, ROLE_LEVEL_ERROR, f.error_type, VALUE_MAX);
        log_line_add_str(line, out, ROLE_LEVEL_ERROR, STR(": "));
        add_value(line, out, ROLE_LEVEL_ERROR, f.error_message, 1024);
        log_line_add_str(line, out, body, STR("  "));
    }
    if (f.message.len > 0 && f.message.at[0] != '{')
        add_value(line, out, body, f.message, 2048);
    add_rest(line, text, out);
    return true;
}

/* ---- metrics ---- */

static bool first_element(struct str array, struct str *out)
{
    struct jscan j;
    jscan_init(&j, array);
    return jscan_array(&j) && jscan_element(&j) && jscan_slice(&j, out);
}

static void add_metric(struct log_line *line, struct str root, struct str metric, struct buf *out)
{
    struct str name, value;
    if (!jscan_member(metric, STR("Name"), &name))
        return;
    log_line_add_str(line, out, ROLE_TEXT, STR(" "));
    add_value(line, out, ROLE_TEXT, name, VALUE_MAX);
    if (!jscan_member(root, unquoted(name), &value))
        return;
    log_line_add_str(line, out, ROLE_TEXT, STR("="));
    add_value(line, out, ROLE_TEXT, value, VALUE_MAX);
}

bool json_line_metric(struct log_line *line, struct str text, struct buf *out)
{
    struct str aws, directives, directive, namespace, metrics, metric;
    struct jscan j;
    if (!is_object(text) || !jscan_member(text, STR("_aws"), &aws) ||
        !jscan_member(aws, STR("CloudWatchMetrics"), &directives) ||
        !first_element(directives, &directive))
        return false;
    log_line_add_str(line, out, ROLE_DIM, STR("EMF "));
    if (jscan_member(directive, STR("Namespace"), &namespace))
        add_value(line, out, ROLE_DIM, namespace, VALUE_MAX);
    log_line_add_str(line, out, ROLE_DIM, STR(":"));
    if (!jscan_member(directive, STR("Metrics"), &metrics))
        return true;
    jscan_init(&j, metrics);
    if (!jscan_array(&j))
        return true;
    while (jscan_element(&j) && jscan_slice(&j, &metric))
        add_metric(line, text, metric, out);
    return true;
}
