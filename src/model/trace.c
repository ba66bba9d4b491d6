#include "src/model/trace_inside.h"

#include <stdio.h>
#include <stdlib.h>

#include "src/base/jscan.h"

/* Reading documents. A segment and its subsegments become spans as they are met; what nests
 * deeper than the scanner goes ends the document, and what was read of it stands. */

#define SECONDS_MAX 253402300799ll /* the end of the year 9999 */

/* Adds digits to *value, at most 18 that count; how many were read, 0 where that is no number. */
static int take_digits(struct str *s, int64_t *value)
{
    size_t i = 0;
    for (; i < s->len && s->at[i] >= '0' && s->at[i] <= '9'; i++) {
        if (*value >= 100000000000000000ll)
            return 0;
        *value = *value * 10 + (s->at[i] - '0');
    }
    *s = str_from(*s, i);
    return (int)i;
}

/* As many digits as the number has room for: 17 in all, the rest is noise. */
static bool take_fraction(struct str *s, int64_t *value, int *places)
{
    size_t i = 0;
    for (; i < s->len && s->at[i] >= '0' && s->at[i] <= '9'; i++)
        if (*value < 10000000000000000ll) {
            *value = *value * 10 + (s->at[i] - '0');
            *places += 1;
        }
    *s = str_from(*s, i);
    return i > 0;
}

static bool take_power(struct str *s, int *power)
{
    int64_t value = 0;
    bool minus = str_skip(s, STR("-"));
    if (!minus)
        (void)str_skip(s, STR("+"));
    if (take_digits(s, &value) == 0 || value > 40)
        return false;
    *power = minus ? -(int)value : (int)value;
    return true;
}

/* value * 10^shift; what is smaller than a microsecond is cut off. */
static bool scale(int64_t value, int shift, int64_t *out)
{
    for (; shift < 0; shift++)
        value /= 10;
    for (; shift > 0 && value > 0; shift--) {
        if (value > SECONDS_MAX * 100000)
            return false;
        value *= 10;
    }
    *out = value;
    return value <= SECONDS_MAX * 1000000;
}

bool trace_seconds(struct str text, int64_t *us)
{
    int64_t value = 0;
    int places = 0, power = 0;
    if (take_digits(&text, &value) == 0)
        return false;
    if (str_skip(&text, STR(".")) && !take_fraction(&text, &value, &places))
        return false;
    if ((str_skip(&text, STR("e")) || str_skip(&text, STR("E"))) && !take_power(&text, &power))
        return false;
    return text.len == 0 && scale(value, 6 - places + power, us);
}

/* ---- texts ---- */

#define CHUNK_BYTES (64u * 1024u)
struct trace_chunk {
    struct trace_chunk *next;
    size_t len, room;
    char at[];
};

static char *text_room(struct trace *t, size_t len)
{
    struct trace_chunk *chunk = t->chunks;
    if (len > TRACE_TEXT_BYTES - t->text_bytes)
        return NULL;
    if (!chunk || chunk->room - chunk->len < len) {
        size_t room = len > CHUNK_BYTES ? len : CHUNK_BYTES;
        chunk = xcalloc(1, sizeof *chunk + room);
        *chunk = (struct trace_chunk){.next = t->chunks, .room = room};
        t->chunks = chunk;
    }
    char *at = chunk->at + chunk->len;
    chunk->len += len;
    t->text_bytes += len;
    return at;
}

static struct str keep(struct trace *t, struct str text)
{
    char *room = text.len ? text_room(t, text.len) : NULL;
    if (!room)
        return STR_NONE;
    memcpy(room, text.at, text.len);
    return (struct str){room, text.len};
}

static struct str keep_decoded(struct trace *t, struct str raw)
{
    buf_clear(&t->scratch);
    return keep(t, jscan_unescape(raw, &t->scratch, NULL));
}

/* ---- members ---- */

enum member_kind { MEMBER_TEXT, MEMBER_TIME, MEMBER_FLAG, MEMBER_NUMBER, MEMBER_SLICE };
struct member {
    const char *key;
    enum member_kind kind;
    size_t at; /* of its field in struct span; of a flag: the flag */
};

#define FIELD(name) offsetof(struct span, name)
static const struct member own_members[] = {
    {"id", MEMBER_TEXT, FIELD(id)},
    {"parent_id", MEMBER_TEXT, FIELD(parent_id)},
    {"name", MEMBER_TEXT, FIELD(name)},
    {"namespace", MEMBER_TEXT, FIELD(namespace)},
    {"origin", MEMBER_TEXT, FIELD(origin)},
    {"start_time", MEMBER_TIME, FIELD(start_us)},
    {"end_time", MEMBER_TIME, FIELD(end_us)},
    {"error", MEMBER_FLAG, SPAN_ERROR},
    {"fault", MEMBER_FLAG, SPAN_FAULT},
    {"throttle", MEMBER_FLAG, SPAN_THROTTLE},
    {"in_progress", MEMBER_FLAG, SPAN_IN_PROGRESS},
    {"inferred", MEMBER_FLAG, SPAN_INFERRED},
    {"annotations", MEMBER_SLICE, FIELD(annotations)},
    {NULL, MEMBER_TEXT, 0},
};
/* The first of the resources that is there names it. */
static const struct member aws_members[] = {
    {"operation", MEMBER_TEXT, FIELD(operation)},
    {"request_id", MEMBER_TEXT, FIELD(request_id)},
    {"retries", MEMBER_NUMBER, FIELD(retries)},
    {"table_name", MEMBER_TEXT, FIELD(resource)},
    {"queue_url", MEMBER_TEXT, FIELD(resource)},
    {"bucket_name", MEMBER_TEXT, FIELD(resource)},
    {"topic_arn", MEMBER_TEXT, FIELD(resource)},
    {"function_name", MEMBER_TEXT, FIELD(resource)},
    {"stream_name", MEMBER_TEXT, FIELD(resource)},
    {"state_machine_arn", MEMBER_TEXT, FIELD(resource)},
    {NULL, MEMBER_TEXT, 0},
};
static const struct member request_members[] = {{"url", MEMBER_TEXT, FIELD(url)}, {NULL, MEMBER_TEXT, 0}};
static const struct member response_members[] = {{"status", MEMBER_NUMBER, FIELD(status)}, {NULL, MEMBER_TEXT, 0}};
static const struct member sql_members[] = {
    {"sanitized_query", MEMBER_TEXT, FIELD(sql)}, {"url", MEMBER_TEXT, FIELD(resource)}, {NULL, MEMBER_TEXT, 0}};
static const struct member exception_members[] = {
    {"type", MEMBER_TEXT, FIELD(exception_type)},
    {"message", MEMBER_TEXT, FIELD(exception_message)},
    {NULL, MEMBER_TEXT, 0},
};

/* Subsegments make the list of spans grow: a span is always found by its number. */
static void *field(struct trace *t, uint32_t span, size_t at)
{
    return (char *)&t->spans[span] + at;
}

static bool read_number(struct jscan *j, int64_t *out)
{
    struct str raw;
    uint64_t value;
    if (!jscan_number(j, &raw))
        return false;
    if (str_to_u64(raw, INT64_MAX, &value))
        *out = (int64_t)value;
    return true;
}

static void read_text(struct trace *t, struct jscan *j, struct str *out)
{
    struct str raw;
    if (jscan_raw_string(j, &raw) && out->len == 0) /* the first one stands */
        *out = keep_decoded(t, raw);
}

static void read_member(struct trace *t, struct jscan *j, uint32_t span, const struct member *m)
{
    struct str raw;
    bool flag;
    if (m->kind == MEMBER_TEXT)
        read_text(t, j, field(t, span, m->at));
    else if (m->kind == MEMBER_TIME && jscan_number(j, &raw))
        (void)trace_seconds(raw, field(t, span, m->at));
    else if (m->kind == MEMBER_FLAG && jscan_bool(j, &flag) && flag)
        t->spans[span].flags |= (uint16_t)m->at;
    else if (m->kind == MEMBER_NUMBER)
        (void)read_number(j, field(t, span, m->at));
    else if (m->kind == MEMBER_SLICE && jscan_peek(j) == JSCAN_OBJECT && jscan_slice(j, &raw))
        *(struct str *)field(t, span, m->at) = keep(t, raw);
}

static bool read_known(struct trace *t, struct jscan *j, uint32_t span, const struct member *table,
                       struct str key)
{
    for (; table->key; table++)
        if (str_eq(key, str_of(table->key))) {
            read_member(t, j, span, table);
            return true;
        }
    return false;
}

static void read_object(struct trace *t, struct jscan *j, uint32_t span, const struct member *table)
{
    struct str key;
    if (!jscan_object(j))
        return;
    while (jscan_key(j, &key))
        (void)read_known(t, j, span, table, key);
}

static void read_aws(struct trace *t, struct jscan *j, uint32_t span)
{
    struct str key, name = STR_NONE;
    if (!jscan_object(j))
        return;
    while (jscan_key(j, &key)) {
        bool list = str_eq(key, STR("resource_names")) && jscan_array(j);
        while (list && jscan_element(j))
            read_text(t, j, &name);
        if (!list)
            (void)read_known(t, j, span, aws_members, key);
    }
    if (t->spans[span].resource.len == 0)
        t->spans[span].resource = name;
}

static void read_http(struct trace *t, struct jscan *j, uint32_t span)
{
    struct str key;
    if (!jscan_object(j))
        return;
    while (jscan_key(j, &key)) {
        if (str_eq(key, STR("request")))
            read_object(t, j, span, request_members);
        else if (str_eq(key, STR("response")))
            read_object(t, j, span, response_members);
    }
}

static void read_exception(struct trace *t, struct jscan *j, uint32_t span)
{
    struct str key;
    if (!jscan_object(j))
        return;
    while (jscan_key(j, &key)) {
        bool stack = str_eq(key, STR("stack")) && jscan_array(j);
        while (stack && jscan_element(j)) {
            t->spans[span].exception_frames++;
            (void)jscan_skip(j);
        }
        if (!stack)
            (void)read_known(t, j, span, exception_members, key);
    }
}

/* `cause` is an object, or the id of an exception that another span holds. */
static void read_cause(struct trace *t, struct jscan *j, uint32_t span)
{
    struct str key;
    if (!jscan_object(j))
        return;
    while (jscan_key(j, &key)) {
        bool list = str_eq(key, STR("exceptions")) && jscan_array(j), first = true;
        for (; list && jscan_element(j); first = false)
            if (first)
                read_exception(t, j, span);
    }
}

/* ---- spans ---- */

static uint32_t add_span(struct trace *t, uint32_t parent)
{
    if (t->count == TRACE_SPANS_MAX)
        return SPAN_NONE;
    if (t->count == t->room) {
        t->room = t->room ? t->room * 2 : 64;
        t->spans = xrealloc(t->spans, t->room * sizeof *t->spans);
    }
    t->spans[t->count] = (struct span){
        .start_us = TIME_NONE, .end_us = ABSENT, .self_us = ABSENT, .share_millionths = ABSENT,
        .status = ABSENT, .retries = ABSENT, .parent = parent,
        .flags = parent == SPAN_NONE ? SPAN_SEGMENT : 0,
    };
    return (uint32_t)t->count++;
}

static void read_span(struct trace *t, struct jscan *j, uint32_t parent);

static void read_subsegments(struct trace *t, struct jscan *j, uint32_t span)
{
    if (!jscan_array(j))
        return;
    while (jscan_element(j))
        read_span(t, j, span);
}

/* Recursion is bounded by the depth of the scanner. */
static void read_span(struct trace *t, struct jscan *j, uint32_t parent)
{
    struct str key;
    uint32_t span = jscan_peek(j) == JSCAN_OBJECT ? add_span(t, parent) : SPAN_NONE;
    if (span == SPAN_NONE) {
        t->left_out += jscan_peek(j) == JSCAN_OBJECT;
        (void)jscan_skip(j);
        return;
    }
    (void)jscan_object(j);
    while (jscan_key(j, &key)) {
        if (str_eq(key, STR("subsegments")))
            read_subsegments(t, j, span);
        else if (str_eq(key, STR("aws")))
            read_aws(t, j, span);
        else if (str_eq(key, STR("http")))
            read_http(t, j, span);
        else if (str_eq(key, STR("cause")))
            read_cause(t, j, span);
        else if (str_eq(key, STR("sql")))
            read_object(t, j, span, sql_members);
        else
            (void)read_known(t, j, span, own_members, key);
    }
}

void trace_init(struct trace *trace, struct str id)
{
    memset(trace, 0, sizeof *trace);
    (void)str_copy(trace->id, sizeof trace->id, id);
    buf_init(&trace->scratch, TRACE_TEXT_BYTES);
    trace->start_unix_us = TIME_NONE;
    trace->stated_us = ABSENT;
    trace->bottleneck = SPAN_NONE;
}

void trace_release(struct trace *trace)
{
    free(trace->spans);
    buf_release(&trace->scratch);
    for (struct trace_chunk *next, *chunk = trace->chunks; chunk; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    trace->chunks = NULL;
    trace->spans = NULL;
    trace->count = trace->room = 0;
}

bool trace_add(struct trace *trace, struct str document)
{
    struct jscan j;
    size_t before = trace->count;
    jscan_init(&j, str_trim(document));
    if (jscan_peek(&j) == JSCAN_OBJECT)
        read_span(trace, &j, SPAN_NONE);
    bool good = !j.failed && trace->count > before;
    trace->broken += !good;
    return good;
}

bool trace_is_id(struct str text)
{
    bool classic = text.len == 35 && str_starts(text, STR("1-")) && text.at[10] == '-';
    if (!classic && text.len != 32)
        return false;
    for (size_t i = classic ? 2 : 0; i < text.len; i++)
        if (!(classic && i == 10) && !memchr("0123456789abcdefABCDEF", text.at[i], 22))
            return false;
    return true;
}

struct str trace_id_of(struct str document)
{
    struct str value;
    bool found = jscan_member(document, STR("trace_id"), &value) && value.len > 2 && value.at[0] == '"';
    return found ? str_first(str_from(value, 1), value.len - 2) : STR_NONE;
}
