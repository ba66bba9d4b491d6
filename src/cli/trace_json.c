#include "src/base/jscan.h"
#include "src/base/jsonout.h"
#include "src/cli/trace.h"

/* One trace as one line of JSON, to the command line contract. Milliseconds have three decimals at
 * most: X-Ray's times are microseconds. */

static void put_ms(struct jsonout *j, const char *key, int64_t us, bool known)
{
    jsonout_key(j, key);
    if (known)
        jsonout_fixed(j, us, 3);
    else
        jsonout_null(j);
}

static void put_text(struct jsonout *j, const char *key, struct str text)
{
    jsonout_key(j, key);
    jsonout_str_or_null(j, text);
}

static void put_count(struct jsonout *j, const char *key, int64_t value)
{
    jsonout_key(j, key);
    if (value == ABSENT)
        jsonout_null(j);
    else
        jsonout_i64(j, value);
}

static void put_share(struct jsonout *j, const struct span *s)
{
    jsonout_key(j, "share");
    if (s->share_millionths == ABSENT)
        jsonout_null(j);
    else
        jsonout_fixed(j, s->share_millionths, 6);
}

static void put_flags(struct jsonout *j, const struct span *s)
{
    static const struct { unsigned flag; const char *word; } words[] = {
        {SPAN_ERROR, "error"},       {SPAN_FAULT, "fault"},
        {SPAN_THROTTLE, "throttle"}, {SPAN_IN_PROGRESS, "in_progress"},
        {SPAN_INFERRED, "inferred"}, {SPAN_ORPHAN, "orphan"}};
    jsonout_key(j, "flags");
    jsonout_open(j, '[');
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (s->flags & words[i].flag)
            jsonout_str(j, str_of(words[i].word));
    jsonout_close(j, ']');
}

static void put_exception(struct jsonout *j, const struct span *s)
{
    jsonout_key(j, "exception");
    if (s->exception_type.len == 0 && s->exception_message.len == 0) {
        jsonout_null(j);
        return;
    }
    jsonout_open(j, '{');
    put_text(j, "type", s->exception_type);
    put_text(j, "message", s->exception_message);
    put_count(j, "frames", s->exception_frames);
    jsonout_close(j, '}');
}

/* The number as it stands; false: an exponent, or more digits than 64 bits hold. */
static bool put_decimal(struct jsonout *j, struct str text)
{
    uint64_t value;
    char digits[20];
    bool minus = str_skip(&text, STR("-"));
    size_t dot = str_find_char(text, '.'), whole = dot == SIZE_MAX ? text.len : dot;
    size_t places = dot == SIZE_MAX ? 0 : text.len - dot - 1;
    if (whole + places > 18)
        return false;
    memcpy(digits, text.at, whole);
    memcpy(digits + whole, text.at + text.len - places, places);
    if (!str_to_u64((struct str){digits, whole + places}, INT64_MAX, &value))
        return false;
    jsonout_fixed(j, minus ? -(int64_t)value : (int64_t)value, (unsigned)places);
    return true;
}

static void put_scalar(struct jsonout *j, struct jscan *scan, struct buf *room)
{
    struct str text;
    bool flag;
    buf_clear(room);
    if (jscan_number(scan, &text)) {
        if (!put_decimal(j, text))
            jsonout_str(j, text);
    } else if (jscan_string(scan, room, &text)) {
        jsonout_str(j, text);
    } else if (jscan_bool(scan, &flag)) {
        jsonout_bool(j, flag);
    } else {
        jsonout_null(j);
    }
}

/* Text, numbers and truth values. A number that is out of reach is written as text. */
static void put_annotations(struct jsonout *j, struct str object)
{
    struct jscan scan;
    struct str key;
    struct buf room;
    char name[256];
    jsonout_key(j, "annotations");
    if (object.len == 0) {
        jsonout_null(j);
        return;
    }
    buf_init(&room, OUTPUT_CEILING);
    jscan_init(&scan, object);
    jsonout_open(j, '{');
    for (bool in = jscan_object(&scan); in && jscan_key(&scan, &key);) {
        (void)str_copy(name, sizeof name, key);
        jsonout_key(j, name);
        put_scalar(j, &scan, &room);
    }
    jsonout_close(j, '}');
    buf_release(&room);
}

static struct str parent_id(const struct trace *t, const struct span *s)
{
    return s->parent == SPAN_NONE ? s->parent_id : t->spans[s->parent].id;
}

static void put_span(struct jsonout *j, const struct trace *t, const struct span *s)
{
    jsonout_open(j, '{');
    put_text(j, "id", s->id);
    put_text(j, "parent_id", parent_id(t, s));
    put_count(j, "depth", s->depth);
    put_text(j, "name", s->name);
    put_text(j, "namespace", s->namespace);
    put_text(j, "origin", s->origin);
    put_text(j, "operation", s->operation);
    put_text(j, "resource", s->resource.len ? s->resource : s->url);
    put_ms(j, "start_ms", s->start_us, true);
    put_ms(j, "end_ms", s->end_us, s->end_us != ABSENT);
    put_ms(j, "self_ms", s->self_us, s->self_us != ABSENT);
    put_share(j, s);
    put_count(j, "status", s->status);
    put_flags(j, s);
    jsonout_key(j, "critical");
    jsonout_bool(j, s->critical);
    put_count(j, "retries", s->retries);
    put_exception(j, s);
    put_annotations(j, s->annotations);
    jsonout_close(j, '}');
}

static void put_bottleneck(struct jsonout *j, const struct trace *t)
{
    jsonout_key(j, "bottleneck");
    if (t->bottleneck == SPAN_NONE) {
        jsonout_null(j);
        return;
    }
    const struct span *s = &t->spans[t->bottleneck];
    jsonout_open(j, '{');
    put_text(j, "span_id", s->id);
    put_text(j, "name", s->name);
    put_ms(j, "self_ms", s->self_us, true);
    put_share(j, s);
    jsonout_close(j, '}');
}

static void put_gaps(struct jsonout *j, const struct trace *t)
{
    jsonout_key(j, "gaps");
    jsonout_open(j, '[');
    for (size_t i = 0; i < t->gap_count; i++) {
        jsonout_open(j, '{');
        put_ms(j, "start_ms", t->gaps[i].start_us, true);
        put_ms(j, "end_ms", t->gaps[i].end_us, true);
        jsonout_close(j, '}');
    }
    jsonout_close(j, ']');
}

/* Written in pieces: the spans of one trace may be more than the buffer holds. */
void trace_print_json(struct output *out, const struct trace *t)
{
    struct jsonout j;
    jsonout_init(&j, &out->buf);
    jsonout_open(&j, '{');
    jsonout_key(&j, "kind");
    jsonout_str(&j, STR("trace"));
    put_text(&j, "trace_id", str_of(t->id));
    put_ms(&j, "duration_ms", t->duration_us, true);
    jsonout_key(&j, "partial");
    jsonout_bool(&j, t->partial);
    jsonout_key(&j, "spans");
    jsonout_open(&j, '[');
    for (size_t i = 0; i < t->count && output_good(out); i++) {
        put_span(&j, t, &t->spans[i]);
        output_some(out);
    }
    jsonout_close(&j, ']');
    put_bottleneck(&j, t);
    put_gaps(&j, t);
    jsonout_close(&j, '}');
    jsonout_line(&j);
    output_some(out);
}
