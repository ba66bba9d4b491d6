#include "src/aws/json.h"
#include "src/aws/logs.h"
#include "src/base/jsonout.h"

#include <stdio.h>

/* The questions to CloudWatch Logs, and the configuration-shaped answer about a group. */

static void put_text(struct jsonout *j, const char *key, const char *text)
{
    if (!text || text[0] == '\0')
        return;
    jsonout_key(j, key);
    jsonout_str(j, str_of(text));
}

static void put_time(struct jsonout *j, const char *key, int64_t unix_ms)
{
    if (unix_ms == TIME_NONE)
        return;
    jsonout_key(j, key);
    jsonout_i64(j, unix_ms > 0 ? unix_ms : 0); /* the service knows no time before 1970 */
}

static void begin(struct jsonout *j, struct call *out, const char *operation, const char *resource)
{
    call_init(out, SERVICE_LOGS, operation, resource);
    buf_add_char(&out->path, '/');
    jsonout_init(j, &out->body);
    jsonout_open(j, '{');
}

void logs_ask_events(struct call *out, const struct logs_filter *filter)
{
    struct jsonout j;
    begin(&j, out, "FilterLogEvents", filter->group);
    put_text(&j, "logGroupName", filter->group);
    if (filter->stream && filter->stream[0]) {
        jsonout_key(&j, "logStreamNames");
        jsonout_open(&j, '[');
        jsonout_str(&j, str_of(filter->stream));
        jsonout_close(&j, ']');
    }
    put_time(&j, "startTime", filter->start_unix_ms);
    put_time(&j, "endTime", filter->end_unix_ms);
    put_text(&j, "filterPattern", filter->pattern);
    put_text(&j, "nextToken", filter->token);
    jsonout_key(&j, "limit");
    jsonout_i64(&j, filter->limit ? filter->limit : LOGS_PAGE_EVENTS);
    jsonout_close(&j, '}');
}

void logs_ask_groups(struct call *out, const char *prefix, const char *token)
{
    struct jsonout j;
    begin(&j, out, "DescribeLogGroups", prefix);
    put_text(&j, "logGroupNamePrefix", prefix);
    put_text(&j, "nextToken", token);
    jsonout_close(&j, '}');
}

/* ---- DescribeLogGroups ---- */

static const char what[] = "DescribeLogGroups";

static enum logs_class class_of(const char *name)
{
    if (strcmp(name, "INFREQUENT_ACCESS") == 0)
        return LOGS_CLASS_INFREQUENT;
    return strcmp(name, "DELIVERY") == 0 ? LOGS_CLASS_DELIVERY : LOGS_CLASS_STANDARD;
}

static bool decode_group(const struct json_node *at, struct logs_group *out, struct err *err)
{
    char class[32] = "";
    *out = (struct logs_group){.retention_days = ABSENT, .created_unix_ms = TIME_NONE};
    if (!json_node_text(at, "logGroupName", out->name, sizeof out->name, err) ||
        !json_node_text(at, "logGroupClass", class, sizeof class, err) ||
        !json_node_i64(at, "retentionInDays", &out->retention_days, err) ||
        !json_node_i64(at, "creationTime", &out->created_unix_ms, err))
        return false;
    out->class = class_of(class);
    return true;
}

static bool find_group(const json_t *root, const char *name, struct logs_group *out, bool *found,
                       char *next_token, size_t size, struct err *err)
{
    struct json_node answer = json_node_root(root, what), list, one;
    if (!json_node_array(&answer, "logGroups", &list, err) ||
        !json_node_text(&answer, "nextToken", next_token, size, err))
        return false;
    for (size_t i = 0; i < json_node_count(&list) && !*found; i++) {
        if (!json_node_element(&list, i, &one, err) || !decode_group(&one, out, err))
            return false;
        *found = strcmp(out->name, name) == 0;
    }
    return true;
}

bool logs_decode_group(struct str body, const char *name, struct logs_group *out, bool *found,
                       char *next_token, size_t size, struct err *err)
{
    json_t *root;
    *found = false;
    next_token[0] = '\0';
    if (!json_read(&root, body, what, err))
        return false;
    bool done = find_group(root, name, out, found, next_token, size, err);
    json_decref(root);
    return done;
}
