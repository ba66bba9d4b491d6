#include "src/model/exception.h"

#include "src/base/jscan.h"

#include <stdio.h>

/* The JSON forms: the answer of a failed invocation, the log lines of the runtimes in JSON
 * mode, and what loggers write. An AWS SDK error has a request id of its own: only the keys of
 * the outermost object are read, and of an SDK error's object none is taken for the id. */

struct members {
    struct str type, message, stack, level, log_level, time, id, trace, reason, function, record;
    struct str error, kind, location, cause;
    bool message_null, sdk;
};

enum { DEPTH_LIMIT = 3, TEXT_LIMIT = 4096 };

static struct str unquoted(struct str raw)
{
    if (raw.len >= 2 && raw.at[0] == '"')
        return (struct str){raw.at + 1, raw.len - 2};
    return STR_NONE;
}

#define MEMBER(key, member) {{(key), sizeof(key) - 1}, offsetof(struct members, member)}
static const struct {
    struct str key;
    size_t at;
} keys[] = {
    MEMBER("errorType", type),
    MEMBER("errorName", type),
    MEMBER("error_type", type),
    MEMBER("errorMessage", message),
    MEMBER("error_message", message),
    MEMBER("stackTrace", stack),
    MEMBER("stack", stack),
    MEMBER("trace", stack),
    MEMBER("stack_trace", stack),
    MEMBER("level", level),
    MEMBER("severity", level),
    MEMBER("log_level", log_level),
    MEMBER("timestamp", time),
    MEMBER("time", time),
    MEMBER("requestId", id),
    MEMBER("AWSRequestId", id),
    MEMBER("awsRequestId", id),
    MEMBER("aws_request_id", id),
    MEMBER("function_request_id", id),
    MEMBER("lambda_request_id", id),
    MEMBER("request_id", id),
    MEMBER("xray_trace_id", trace),
    MEMBER("reason", reason),
    MEMBER("function_name", function),
    MEMBER("record", record),
    MEMBER("error", error),
    MEMBER("err", error),
    MEMBER("Error", error),
    MEMBER("cause", cause),
    MEMBER("Cause", cause),
    MEMBER("type", kind),
    MEMBER("location", location),
    MEMBER("exception_name", type),
    MEMBER("exception", stack),
};

static void put_member(struct members *m, struct str key, struct str value)
{
    static const char *const sdk_keys[] = {"$metadata", "extendedRequestId", "retryable", "cfId", "$fault"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (str_eq(key, keys[i].key)) {
            struct str *slot = (struct str *)(void *)((char *)m + keys[i].at);
            if (slot->len == 0)
                *slot = value;
            return;
        }
    for (size_t i = 0; i < sizeof sdk_keys / sizeof *sdk_keys; i++)
        if (str_eq(key, str_of(sdk_keys[i])))
            m->sdk = true;
}

static bool read_members(struct str object, struct members *m, struct str *message)
{
    struct jscan j;
    struct str key, value;
    jscan_init(&j, object);
    if (!jscan_object(&j))
        return false;
    while (jscan_key(&j, &key) && jscan_slice(&j, &value)) {
        if (str_eq(key, STR("message")) || str_eq(key, STR("msg"))) {
            m->message_null = str_eq(value, STR("null"));
            *message = value;
        } else {
            put_member(m, key, value);
        }
    }
    return !j.failed;
}

/* ---- what an error object says ---- */

static void add_text(struct exception *x, const struct signs *signs, struct str raw)
{
    struct buf room;
    buf_init(&room, TEXT_LIMIT);
    exception_add_message(x, signs, jscan_unescape(str_first(raw, TEXT_LIMIT / 2), &room, NULL));
    buf_release(&room);
}

static void add_lines(struct exception *x, struct str raw)
{
    struct buf room;
    buf_init(&room, 4 * TEXT_LIMIT);
    struct str text = jscan_unescape(str_first(raw, 2 * TEXT_LIMIT), &room, NULL);
    while (text.len)
        exception_add_frame(x, str_take_line(&text));
    buf_release(&room);
}

/* Go: {"path":"…","line":12,"label":"…"} */
static void add_object_frame(struct exception *x, struct str object)
{
    struct str path, line;
    char text[256];
    if (!jscan_member(object, STR("path"), &path) || !jscan_member(object, STR("line"), &line))
        return;
    path = unquoted(path);
    int len = snprintf(text, sizeof text, "%s%.*s:%.*s", str_ends(path, STR(".go")) ? "" : "at ",
                       STR_ARG(path), STR_ARG(line));
    if (len > 0 && (size_t)len < sizeof text)
        exception_add_frame(x, str_of(text));
}

/* Old Python: ["/var/task/app.py", 12, "handler", "code"] */
static void add_array_frame(struct exception *x, struct str array)
{
    struct jscan j;
    struct str path, line;
    char text[256];
    jscan_init(&j, array);
    if (!jscan_array(&j) || !jscan_element(&j) || !jscan_slice(&j, &path) || !jscan_element(&j) ||
        !jscan_slice(&j, &line))
        return;
    path = unquoted(path);
    int len = snprintf(text, sizeof text, "File \"%.*s\", line %.*s", STR_ARG(path), STR_ARG(line));
    if (path.len && len > 0 && (size_t)len < sizeof text)
        exception_add_frame(x, str_of(text));
}

static void add_stack(struct exception *x, struct str value)
{
    struct jscan j;
    struct str item;
    if (value.len && value.at[0] == '"') {
        add_lines(x, unquoted(value));
        return;
    }
    jscan_init(&j, value);
    if (!jscan_array(&j))
        return;
    while (jscan_element(&j) && jscan_slice(&j, &item)) {
        if (item.len && item.at[0] == '"')
            add_lines(x, unquoted(item));
        else if (item.len && item.at[0] == '[')
            add_array_frame(x, item);
        else
            add_object_frame(x, item);
    }
}

/* Fills what is still empty from an error's object: its names differ by runtime. */
static void add_object(struct exception *x, const struct signs *signs, struct str object, int depth)
{
    struct members m = {0};
    struct str message = STR_NONE, name;
    if (depth > DEPTH_LIMIT || !read_members(object, &m, &message))
        return;
    struct str type = unquoted(m.type);
    if (type.len == 0 && jscan_member(object, STR("name"), &name))
        type = unquoted(name);
    exception_set_type(x, type);
    x->signs |= signs_in(signs, type);
    struct str text = unquoted(m.message.len ? m.message : message);
    if (text.len)
        add_text(x, signs, text);
    if (m.stack.len)
        add_stack(x, m.stack);
    if (jscan_member(object, STR("code"), &name))
        x->signs |= signs_in(signs, name);
    if (jscan_member(object, STR("cause"), &name))
        x->signs |= signs_in(signs, str_first(name, TEXT_LIMIT));
    if (m.reason.len && m.reason.at[0] == '{') {
        x->type_len = 0;
        x->message_len = 0;
        add_object(x, signs, m.reason, depth + 1);
    }
}

/* ---- whose line it is ---- */

static void read_line(const struct members *m, struct str message, struct json_line *line)
{
    struct str time = unquoted(m->time);
    struct str level = unquoted(m->level.len ? m->level : m->log_level);
    *line = (struct json_line){.unix_ms = TIME_NONE, .message = unquoted(message)};
    line->level = line_level(level);
    line->id = m->sdk ? STR_NONE : unquoted(m->id);
    line->trace = unquoted(m->trace);
    line->function = unquoted(m->function);
    (void)clock_take_iso(&time, &line->unix_ms);
    struct str kind = unquoted(m->kind);
    if (str_eq(kind, STR("function")) || str_eq(kind, STR("extension")))
        line->record = m->record;
}

static bool says_error(struct str object)
{
    struct members m = {0};
    struct str message = STR_NONE;
    return read_members(object, &m, &message) && (m.type.len || m.message.len || m.stack.len);
}

static enum error_weight weigh(const struct members *m, struct str message, enum level level)
{
    bool object_message = message.len && message.at[0] == '{';
    if (m->log_level.len && m->type.len)
        return ERROR_UNHANDLED; /* Python's runtime; its logger writes `level` */
    if (object_message && m->level.len && says_error(message))
        return ERROR_UNHANDLED; /* Node's runtime */
    if (m->message_null && m->type.len && m->level.len)
        return ERROR_UNHANDLED; /* .NET's runtime */
    if (message.len == 0 && m->type.len && m->message.len && m->stack.len && level == LEVEL_ERROR)
        return ERROR_UNHANDLED; /* Python's runtime from its client 4 on; its logger writes `message` */
    if (m->level.len || m->time.len)
        return level == LEVEL_ERROR ? ERROR_LOGGED : ERROR_MENTIONED;
    if (m->message.len && message.len)
        return ERROR_LOGGED; /* no runtime answers with a message beside the error's own */
    if (m->message.len && !m->sdk)
        return ERROR_UNHANDLED; /* the answer of the invocation */
    if (m->message.len || m->type.len)
        return ERROR_LOGGED;
    return ERROR_MENTIONED;
}

static void read_error(struct exception *x, const struct signs *signs, struct str object,
                       const struct members *m, struct str message)
{
    if (message.len && message.at[0] == '{')
        add_object(x, signs, message, 1);
    add_object(x, signs, object, 0);
    if (m->error.len && m->error.at[0] == '{')
        add_object(x, signs, m->error, 1);
    else if (m->error.len)
        add_text(x, signs, unquoted(m->error));
    x->no_request = m->id.len == 2; /* "requestId": "" */
}

/* Step Functions: {"error": "…", "cause": {the answer, at times as a string}} */
static bool read_cause(struct exception *x, const struct signs *signs, const struct members *m,
                       struct json_line *line)
{
    struct buf room;
    bool good = false;
    struct str cause = m->cause;
    if (m->message.len || m->error.len == 0 || cause.len < 3)
        return false;
    buf_init(&room, 4 * TEXT_LIMIT);
    if (cause.at[0] == '"')
        cause = jscan_unescape(unquoted(cause), &room, NULL);
    if (cause.len && cause.at[0] == '{')
        good = exception_from_json(x, signs, cause, false, line);
    *line = (struct json_line){.unix_ms = TIME_NONE};
    buf_release(&room);
    return good && x->weight != ERROR_NONE;
}

/* A payload whose id is empty and whose frames belong to the import failed before a request. */
bool exception_from_json(struct exception *x, const struct signs *signs, struct str object,
                         bool marked, struct json_line *line)
{
    struct members m = {0};
    struct str message = STR_NONE;
    exception_clear(x);
    if (!read_members(object, &m, &message))
        return false;
    if (read_cause(x, signs, &m, line))
        return true;
    exception_clear(x);
    read_line(&m, message, line);
    enum error_weight weight = marked ? ERROR_UNHANDLED : weigh(&m, message, line->level);
    bool error = m.type.len || m.message.len || m.stack.len || m.error.len || weight == ERROR_UNHANDLED;
    if (!error && line->level != LEVEL_ERROR && !(signs_in(signs, message)))
        return true;
    read_error(x, signs, object, &m, message);
    x->weight = weight;
    x->level_error = line->level == LEVEL_ERROR;
    x->payload = weight == ERROR_UNHANDLED && !m.level.len && !m.log_level.len && !marked;
    return true;
}

/* The text behind `"key":` up to its closing quote. */
static struct str torn_value(struct str text, const char *key)
{
    size_t at = str_find(text, str_of(key));
    if (at == SIZE_MAX)
        return STR_NONE;
    struct str s = str_trim_left(str_from(text, at + strlen(key)));
    while (s.len && strchr("\\\":", s.at[0]))
        s = str_trim_left(str_from(s, 1));
    size_t end = 0;
    while (end < s.len && s.at[end] != '"' && !(s.at[end] == '\\' && end + 1 < s.len && s.at[end + 1] == '"'))
        end++;
    return str_first(s, end);
}

void exception_from_torn_json(struct exception *x, const struct signs *signs, struct str text)
{
    struct str type = torn_value(text, "errorType\"");
    if (type.len == 0)
        type = torn_value(text, "errorName\"");
    struct str message = torn_value(text, "errorMessage\"");
    exception_set_type(x, type);
    x->signs |= signs_in(signs, type);
    exception_add_message(x, signs, message);
    size_t at = str_find(text, STR("tack"));
    if (at == SIZE_MAX)
        at = str_find(text, STR("\"trace\""));
    for (int i = 0; i < 80 && at != SIZE_MAX; i++) { /* each string behind that key */
        text = str_from(text, at + 1);
        exception_add_frame(x, str_first(text, str_find_char(text, '"')));
        at = str_find_char(text, '"');
    }
}
