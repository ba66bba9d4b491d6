/* JSON that holds log events: answers of the Logs API (one, or several one after the other),
 * arrays of events, rows or messages, events one a line, subscription payloads, platform
 * records over several lines. Read incrementally: only one event need fit the buffer.
 *
 * The reader keeps where it stands as a stack of places: between top-level values, among the
 * keys of an answer, among the elements of a list. Lines between top-level values that are no
 * JSON are events as they stand. */
#include "src/aws/logs.h"
#include "src/source/format.h"

/* What an application's or the platform's own record has. One such key is enough. */
static const struct str record_keys[] = {
    {"time", 4},      {"type", 4},          {"record", 6},    {"timestamp", 9},
    {"level", 5},     {"log_level", 9},     {"message", 7},   {"msg", 3},
    {"errorType", 9}, {"errorMessage", 12}, {"requestId", 9}, {"AWSRequestId", 12},
    {"_aws", 4},      {"error", 5},         {"Error", 5},     {"cause", 5},
    {"Cause", 5},     {"Reason", 6},        {"__type", 6},    {"exception", 9},
};

static bool is_record_key(struct str key)
{
    for (size_t i = 0; i < sizeof record_keys / sizeof record_keys[0]; i++)
        if (str_eq(key, record_keys[i]))
            return true;
    return false;
}

/* A workflow's answer holds the error of a function deeper down. */
static bool quotes_error(struct str object)
{
    return str_has(object, STR("\"errorType\"")) || str_has(object, STR("\"errorMessage\""));
}

/* ---- what a top-level or list value is ---- */

enum value_kind {
    VALUE_ANSWER, /* an object with a list of events */
    VALUE_RECORD, /* an object that is an event or a log record */
    VALUE_OTHER,  /* an object that is neither */
    VALUE_CUT,    /* neither so far, and the bytes end */
    VALUE_BROKEN
};

static enum value_kind kind_of_object(struct str bytes, size_t *len)
{
    struct jscan j;
    struct str key;
    bool record = false;
    jscan_init(&j, bytes);
    jscan_object(&j);
    while (jscan_key(&j, &key)) {
        if (logs_is_list_key(key) && jscan_peek(&j) == JSCAN_ARRAY)
            return VALUE_ANSWER;
        record |= is_record_key(key) || str_starts(key, STR("@"));
        jscan_skip(&j);
    }
    *len = j.at;
    if (j.failed && !j.ended)
        return VALUE_BROKEN;
    if (j.failed)
        return VALUE_CUT;
    return record || quotes_error(str_first(bytes, j.at)) ? VALUE_RECORD : VALUE_OTHER;
}

/* ---- the stack of places ---- */

static enum json_place place(const struct reader *r)
{
    return r->form.json_depth == 0 ? JSON_TOP : r->form.json_places[r->form.json_depth - 1];
}

static bool enter(struct reader *r, enum json_place where)
{
    if (r->form.json_depth == READER_JSON_DEPTH)
        return false;
    r->form.json_places[r->form.json_depth++] = (uint8_t)where;
    r->taken++; /* its bracket */
    return true;
}

static void leave(struct reader *r)
{
    r->form.json_depth--;
    r->taken++;
}

/* ---- one item ---- */

enum taken { TAKEN, TAKE_MORE }; /* TAKE_MORE: the item is not whole yet */

static bool may_wait(const struct reader *r)
{
    return !r->at_end && !r->full;
}

/* An event of the list inherits what its answer said of group and stream. */
static void add_event(struct reader *r, struct event *e, size_t len)
{
    if (e->log_stream.len == 0)
        e->log_stream = r->stream;
    if (e->log_group.len == 0)
        e->log_group = r->group;
    e->function = logs_function_of(e->log_group, e->log_stream);
    e->line = ++r->lines;
    e->line_is_event = true;
    e->place = r->offset + r->taken;
    e->message = reader_without_line_end(e->message);
    r->holds_events = true;
    r->taken += len;
    reader_add(r, e);
}

static void add_text(struct reader *r, struct str text, int64_t unix_ms, size_t len)
{
    struct event e = logs_no_event();
    e.message = text;
    e.unix_ms = unix_ms;
    add_event(r, &e, len);
}

/* The time that a platform or application record says of itself. */
static int64_t record_time(struct str record)
{
    struct str value;
    int64_t unix_ms;
    if (!jscan_member(record, STR("time"), &value) &&
        !jscan_member(record, STR("timestamp"), &value))
        return TIME_NONE;
    str_skip(&value, STR("\""));
    return clock_take_iso(&value, &unix_ms) ? unix_ms : TIME_NONE;
}

/* A record goes through as it stands, its lines put together. */
static void add_record(struct reader *r, struct str record)
{
    size_t from = r->text.len, len = record.len;
    int64_t unix_ms = record_time(record);
    if (str_find_char(record, '\n') != SIZE_MAX) {
        for (struct str left = record; left.len > 0;)
            buf_add(&r->text, str_trim(str_take_line(&left)));
        record = str_from(buf_str(&r->text), from);
    }
    add_text(r, record, unix_ms, len);
}

static bool is_record(struct str object)
{
    size_t len;
    return kind_of_object(object, &len) == VALUE_RECORD;
}

/* An object alone in the input that says nothing of a log is refused at the end; among others
 * it is part of the log. */
static enum taken take_stranger(struct reader *r, struct str rest, size_t len)
{
    bool followed = str_trim(str_from(rest, len)).len > 0;
    if (place(r) == JSON_TOP && !followed && may_wait(r))
        return TAKE_MORE;
    if (place(r) == JSON_TOP && (followed || r->holds_events))
        add_record(r, str_first(rest, len));
    else
        r->taken += len;
    return TAKEN;
}

/* An element that is no event by its keys: a message alone, a record, a list in the list. */
static enum taken take_other(struct reader *r, struct str rest, size_t len)
{
    struct str value = str_first(rest, len);
    if (value.at[0] == '[' && enter(r, JSON_LIST))
        return TAKEN;
    if (value.at[0] == '"')
        add_text(r, jscan_unescape(str_first(str_from(value, 1), len - 2), &r->text, NULL),
                 TIME_NONE, len);
    else if (value.at[0] == '{' && is_record(value))
        add_record(r, value);
    else
        return take_stranger(r, rest, len);
    return TAKEN;
}

/* Past a value that is no JSON or too long, to where the next may begin. */
static enum taken pass_broken(struct reader *r, struct str rest)
{
    size_t next = logs_find_next(rest);
    size_t line = place(r) == JSON_TOP ? str_find_char(rest, '\n') : SIZE_MAX;
    r->garbled++;
    r->taken += line < next ? line + 1 : next;
    return TAKEN;
}

/* A value that is not whole: more bytes may complete it, or it is the end of a cut input, or a
 * quote that was never closed hides what follows. */
static enum taken take_unended(struct reader *r, struct str rest, bool ended)
{
    if (ended && may_wait(r))
        return TAKE_MORE;
    if (!ended || !r->at_end || logs_find_next(rest) < rest.len)
        return pass_broken(r, rest);
    r->cut_short = true;
    r->taken += rest.len;
    return TAKEN;
}

static enum taken take_item(struct reader *r, struct str rest)
{
    struct event e;
    size_t len = 0;
    switch (logs_read_item(rest, &r->text, &e, &len)) {
    case LOGS_EVENT: add_event(r, &e, len); return TAKEN;
    case LOGS_OTHER: return take_other(r, rest, len);
    case LOGS_BROKEN: return take_unended(r, rest, false);
    case LOGS_CUT: break;
    }
    return take_unended(r, rest, true);
}

/* ---- objects ---- */

/* Group and stream of a subscription payload stand beside its events, before or behind. */
static void take_names(struct reader *r, struct str object)
{
    struct str value;
    struct jscan j;
    r->group = r->stream = STR_NONE;
    if (jscan_member(object, STR("logGroup"), &value)) {
        jscan_init(&j, value);
        jscan_raw_string(&j, &r->group);
    }
    if (jscan_member(object, STR("logStream"), &value)) {
        jscan_init(&j, value);
        jscan_raw_string(&j, &r->stream);
    }
}

static enum taken take_object(struct reader *r, struct str rest)
{
    size_t len = 0;
    enum value_kind kind = kind_of_object(rest, &len);
    if (kind == VALUE_CUT && may_wait(r))
        return TAKE_MORE;
    if (kind == VALUE_ANSWER && enter(r, JSON_ENVELOPE)) {
        r->holds_events = true;
        take_names(r, rest);
        return TAKEN;
    }
    return take_item(r, rest);
}

/* A key of an answer and its value; into the value where it is the list of events. */
static enum taken take_key(struct reader *r, struct str rest)
{
    struct jscan j;
    struct str key;
    jscan_init(&j, rest);
    if (!jscan_raw_string(&j, &key))
        return take_unended(r, rest, j.ended);
    struct str value = str_trim_left(str_from(rest, j.at));
    if (!str_skip(&value, STR(":")))
        return take_unended(r, rest, value.len == 0);
    value = str_trim_left(value);
    size_t before = rest.len - value.len;
    if (logs_is_list_key(key) && value.len > 0 && value.at[0] == '[') {
        r->taken += before;
        enter(r, JSON_LIST);
        return TAKEN;
    }
    jscan_init(&j, value);
    if (!jscan_skip(&j))
        return take_unended(r, rest, j.ended);
    r->taken += before + j.at;
    return TAKEN;
}

/* ---- text between top-level values ---- */

static enum taken take_text_line(struct reader *r, struct str rest)
{
    size_t end = str_find_char(rest, '\n');
    if (end == SIZE_MAX && may_wait(r))
        return TAKE_MORE;
    struct str line = str_first(rest, end);
    add_text(r, line, TIME_NONE, line.len);
    return TAKEN;
}

/* Does a list begin here? `[ERROR] x` and `[12] x` are text. */
static bool is_list(struct str rest)
{
    struct jscan j;
    jscan_init(&j, rest);
    jscan_array(&j);
    if (!jscan_element(&j))
        return !j.failed || j.ended;
    enum jscan_type type = jscan_peek(&j);
    return type == JSCAN_OBJECT || type == JSCAN_ARRAY || type == JSCAN_STRING;
}

static enum taken take_top(struct reader *r, struct str rest)
{
    if (rest.at[0] == '{')
        return take_object(r, rest);
    if (rest.at[0] == '[' && is_list(rest) && enter(r, JSON_LIST)) {
        r->group = r->stream = STR_NONE;
        return TAKEN;
    }
    return take_text_line(r, rest);
}

static enum taken take_next(struct reader *r, struct str rest)
{
    char c = rest.at[0];
    switch (place(r)) {
    case JSON_LIST:
        if (c == ']')
            break;
        /* An array of whole answers stands at the top only. */
        return c == '{' && r->form.json_depth == 1 ? take_object(r, rest) : take_item(r, rest);
    case JSON_ENVELOPE:
        if (c == '}')
            break;
        if (c == '"')
            return take_key(r, rest);
        r->form.json_depth = 0; /* something is broken: the next value counts on its own */
        return take_top(r, rest);
    case JSON_TOP: return take_top(r, rest);
    }
    leave(r);
    return TAKEN;
}

static void json_read(struct reader *r)
{
    if (r->count == 0)
        reader_make_text_room(r, 3 * reader_rest(r).len + 64);
    while (r->count < READER_BATCH) {
        struct str rest = str_trim_left(reader_rest(r));
        while (str_skip(&rest, STR(",")))
            rest = str_trim_left(rest);
        r->taken = r->bytes.len - rest.len;
        if (rest.len == 0)
            break;
        if (take_next(r, rest) == TAKE_MORE)
            return;
    }
    if (r->at_end && r->taken == r->bytes.len && r->form.json_depth > 0)
        r->cut_short = true;
}

/* ---- is it JSON with events? ---- */

/* The first value ends in `head` and nothing but blanks follows it in all of the input. */
static bool is_alone(struct str head, size_t len, bool whole)
{
    return whole && str_trim(str_from(head, len)).len == 0;
}

static int looks_object(struct str head, bool whole)
{
    size_t len = 0;
    enum value_kind kind = kind_of_object(head, &len);
    struct buf text;
    struct event e;
    buf_init(&text, 3 * head.len + 1);
    buf_reserve(&text, text.ceiling); /* a text that grew would move what was decoded before */
    bool event = kind == VALUE_RECORD && logs_read_item(head, &text, &e, &len) == LOGS_EVENT;
    buf_release(&text);
    if (kind == VALUE_ANSWER || event)
        return 100;
    if (kind == VALUE_RECORD) /* on one line it passes as text just as well, and faster */
        return str_find_char(str_first(head, len), '\n') != SIZE_MAX ? 90 : 0;
    if (kind == VALUE_OTHER)
        return is_alone(head, len, whole) ? 80 : 0;
    return kind == VALUE_CUT && !whole ? 80 : 0;
}

static int looks_array(struct str head, bool whole)
{
    struct jscan j;
    if (!is_list(head))
        return 0;
    jscan_init(&j, head);
    jscan_array(&j);
    if (!jscan_element(&j)) /* `[]`: an empty list of events */
        return is_alone(head, j.at, whole) ? 100 : 0;
    if (!jscan_skip(&j))
        return j.ended && !whole ? 95 : 0;
    struct str next = str_trim_left(str_from(head, j.at));
    return next.len > 0 && (next.at[0] == ',' || next.at[0] == ']') ? 95 : 0;
}

static int json_looks(struct reader *r, struct str head, bool whole)
{
    (void)r;
    head = str_trim_left(head);
    if (head.len == 0)
        return 0;
    return head.at[0] == '{'   ? looks_object(head, whole)
           : head.at[0] == '[' ? looks_array(head, whole)
                               : 0;
}

const struct format format_json = {.name = "JSON",
                                   .looks = json_looks,
                                   .read = json_read,
                                   .has_times = true,
                                   .must_hold = true,
                                   .may_be_turned = true};
