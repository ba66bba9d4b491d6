#include "src/aws/xray.h"

#include <stdlib.h>

#include "src/base/jscan.h"
#include "src/base/jsonout.h"

/* Documents are JSON inside JSON strings: a string is decoded into a scratch, and read there. */

#define SCRATCH_BYTES (64u * 1024u * 1024u)
#define LOOSE_MAX 100000u /* documents of a file without an answer around them */

struct reading {
    struct buf text;   /* one decoded document */
    struct str only;
    xray_trace each;
    void *ctx;
    struct trace *trace; /* the one being put together */
    bool stopped;
};

static void add_document(struct reading *r, struct jscan *j)
{
    struct str raw, document;
    buf_clear(&r->text);
    if (jscan_string(j, &r->text, &document))
        (void)trace_add(r->trace, document);
    else if (jscan_peek(j) == JSCAN_OBJECT && jscan_slice(j, &raw))
        (void)trace_add(r->trace, raw);
}

static void read_segments(struct reading *r, struct jscan *j)
{
    struct str key;
    if (!jscan_array(j))
        return;
    while (jscan_element(j))
        for (bool in = jscan_object(j); in && jscan_key(j, &key);)
            if (str_eq(key, STR("Document")))
                add_document(r, j);
}

static bool wanted(const struct reading *r)
{
    return r->only.len == 0 || str_eq_nocase(r->only, str_of(r->trace->id));
}

static void give(struct reading *r)
{
    if (!wanted(r))
        return;
    if (r->trace->id[0] == '\0' && r->trace->count == 0)
        return;
    trace_join(r->trace);
    r->stopped = !r->each(r->ctx, r->trace);
}

static void read_trace(struct reading *r, struct jscan *j)
{
    struct str key, raw;
    trace_init(r->trace, STR_NONE);
    for (bool in = jscan_object(j); in && jscan_key(j, &key);) {
        if (str_eq(key, STR("Id")) && jscan_raw_string(j, &raw))
            (void)str_copy(r->trace->id, sizeof r->trace->id, raw);
        else if (str_eq(key, STR("Duration")) && jscan_number(j, &raw))
            (void)trace_seconds(raw, &r->trace->stated_us);
        else if (str_eq(key, STR("LimitExceeded")))
            (void)jscan_bool(j, &r->trace->limit_exceeded);
        else if (str_eq(key, STR("Segments")))
            read_segments(r, j);
    }
    if (!j->failed || r->trace->count > 0)
        give(r);
    trace_release(r->trace);
}

static void read_traces(struct reading *r, struct jscan *j)
{
    if (!jscan_array(j))
        return;
    while (!r->stopped && jscan_element(j))
        read_trace(r, j);
}

/* ---- documents without an answer around them ---- */

struct loose {
    struct str document; /* as it stands in the body */
    char id[40];
    uint32_t at;
};

static int compare_loose(const void *a, const void *b)
{
    const struct loose *x = a, *y = b;
    int order = str_compare(str_of(x->id), str_of(y->id));
    return order ? order : (x->at > y->at) - (x->at < y->at);
}

static void give_loose(struct reading *r, const struct loose *list, size_t count)
{
    for (size_t i = 0; i < count && !r->stopped;) {
        trace_init(r->trace, str_of(list[i].id));
        size_t first = i;
        for (; i < count && str_compare(str_of(list[i].id), str_of(list[first].id)) == 0; i++)
            (void)trace_add(r->trace, list[i].document);
        give(r);
        trace_release(r->trace);
    }
}

/* An array of documents: objects, or strings that hold one, which stay decoded in the scratch. */
static void read_loose(struct reading *r, struct jscan *j)
{
    struct loose *list = xcalloc(LOOSE_MAX, sizeof *list);
    size_t count = 0;
    struct str raw = STR_NONE, decoded;
    buf_clear(&r->text);
    (void)buf_reserve(&r->text, 3 * j->bytes.len); /* so that what was decoded does not move */
    while (count < LOOSE_MAX && jscan_element(j)) {
        decoded = STR_NONE;
        if (!jscan_string(j, &r->text, &decoded) &&
            (jscan_peek(j) != JSCAN_OBJECT || !jscan_slice(j, &raw)))
            continue;
        list[count].document = decoded.len ? decoded : raw;
        (void)str_copy(list[count].id, sizeof list[count].id, trace_id_of(list[count].document));
        list[count].at = (uint32_t)count;
        count++;
    }
    qsort(list, count, sizeof *list, compare_loose);
    give_loose(r, list, count);
    free(list);
}

/* ---- a whole body ---- */

static bool has_member(struct str object, struct str key)
{
    struct str value;
    return jscan_member(object, key, &value);
}

static void read_list(struct reading *r, struct str value)
{
    struct jscan j, look;
    struct str first = STR_NONE;
    jscan_init(&j, value);
    look = j;
    if (jscan_array(&look) && jscan_element(&look))
        (void)jscan_slice(&look, &first);
    if (has_member(first, STR("Segments"))) {
        read_traces(r, &j);
    } else {
        (void)jscan_array(&j);
        read_loose(r, &j);
    }
}

static void read_one(struct reading *r, struct str value)
{
    struct loose one = {.document = value};
    struct jscan j;
    struct str traces;
    jscan_init(&j, value);
    if (jscan_member(value, STR("Traces"), &traces)) {
        jscan_init(&j, traces);
        read_traces(r, &j);
    } else if (has_member(value, STR("Segments"))) {
        read_trace(r, &j);
    } else if (has_member(value, STR("start_time")) || has_member(value, STR("trace_id"))) {
        (void)str_copy(one.id, sizeof one.id, trace_id_of(value));
        give_loose(r, &one, 1);
    }
}

/* An answer that ends early, or is broken further on: the traces before that. */
static void read_torn(struct reading *r, struct str value)
{
    struct jscan j;
    struct str key;
    jscan_init(&j, value);
    for (bool in = jscan_object(&j); in && jscan_key(&j, &key);)
        if (str_eq(key, STR("Traces")))
            read_traces(r, &j);
    if (value.len && value.at[0] == '[')
        read_list(r, value);
}

static void read_value(struct reading *r, struct str value)
{
    if (value.len && value.at[0] == '[')
        read_list(r, value);
    else if (value.len && value.at[0] == '{')
        read_one(r, value);
}

/* What a value cut short still holds is read, too: a trace of it lacks its last documents. */
static bool read_body(struct reading *r, struct str body, struct err *err)
{
    struct jscan j;
    struct str value;
    body = str_trim(body);
    jscan_init(&j, body);
    while (!r->stopped && j.at < body.len) {
        size_t from = j.at;
        if (!jscan_slice(&j, &value)) {
            read_torn(r, str_from(body, from));
            return err_set(err, ERR_INPUT_PARTIAL, "byte %zu: %s", j.at,
                           j.ended                    ? "the JSON ends before it is complete"
                           : j.depth >= JSCAN_DEPTH - 1 ? "it nests too deep"
                                                      : "no JSON from here on");
        }
        read_value(r, value);
        while (j.at < body.len && strchr(" \t\r\n", body.at[j.at]))
            j.at++;
    }
    return true;
}

struct counted {
    xray_trace each;
    void *ctx;
    size_t traces;
};

static bool count_trace(void *ctx, struct trace *trace)
{
    struct counted *c = ctx;
    c->traces++;
    return c->each(c->ctx, trace);
}

bool xray_decode_traces(struct str body, struct str only, xray_trace each, void *ctx,
                        struct err *err)
{
    struct counted counted = {each, ctx, 0};
    struct reading r = {.only = only, .each = count_trace, .ctx = &counted,
                        .trace = xcalloc(1, sizeof *r.trace)};
    buf_init(&r.text, SCRATCH_BYTES);
    bool good = read_body(&r, body, err);
    buf_release(&r.text);
    free(r.trace);
    if (!good && counted.traces == 0)
        err->code = ERR_INPUT_FORMAT; /* nothing of it was readable */
    if (good && counted.traces == 0 && only.len == 0) {
        struct str value = str_trim(body);
        bool answer = value.len && value.at[0] == '{' && has_member(value, STR("Traces"));
        return answer || err_set(err, ERR_INPUT_FORMAT, "there is no trace in it");
    }
    return good;
}

void xray_ask_traces(struct call *call, const struct str *ids, size_t count)
{
    struct jsonout j;
    call_init(call, SERVICE_XRAY, "BatchGetTraces", "");
    call_add_segment(call, STR("Traces"));
    jsonout_init(&j, &call->body);
    jsonout_open(&j, '{');
    jsonout_key(&j, "TraceIds");
    jsonout_open(&j, '[');
    for (size_t i = 0; i < count && i < XRAY_IDS_MAX; i++)
        jsonout_str(&j, ids[i]);
    jsonout_close(&j, ']');
    jsonout_close(&j, '}');
}
