#include "src/model/platform_json.h"

#include "src/base/jscan.h"
#include "src/model/line.h"

/* Only the types of the table are known; any other `platform.` type is marked so that nothing is
 * concluded from it. */

#define WORD(word) {(word), sizeof(word) - 1}

static const struct json_type {
    struct str name; /* behind `platform.` */
    enum line_kind kind;
    bool restore;
} json_types[] = {
    {WORD("start"), LINE_START, false},
    {WORD("end"), LINE_END, false},
    {WORD("report"), LINE_REPORT, false},
    {WORD("runtimeDone"), LINE_PLATFORM, false},
    {WORD("initStart"), LINE_INIT, false},
    {WORD("initRuntimeDone"), LINE_INIT, false},
    {WORD("initReport"), LINE_INIT_REPORT, false},
    {WORD("restoreStart"), LINE_INIT, true},
    {WORD("restoreRuntimeDone"), LINE_INIT, true},
    {WORD("restoreReport"), LINE_INIT_REPORT, true},
    {WORD("extension"), LINE_PLATFORM, false},
    {WORD("telemetrySubscription"), LINE_PLATFORM, false},
    {WORD("logsSubscription"), LINE_PLATFORM, false},
    {WORD("logsDropped"), LINE_PLATFORM, false},
    {WORD("fault"), LINE_DEATH, false},
};

/* ---- JSON events ---- */

static struct str plain_string(struct str raw)
{
    if (raw.len >= 2 && raw.at[0] == '"')
        return (struct str){raw.at + 1, raw.len - 2};
    return STR_NONE;
}

static void read_number(struct str raw, unsigned decimals, int64_t *out)
{
    int64_t value;
    if (line_take_number(&raw, decimals, true, &value) && raw.len == 0)
        *out = value;
}

static void read_metrics(struct str object, struct report *r)
{
    struct jscan j;
    struct str key, value;
    jscan_init(&j, object);
    if (!jscan_object(&j))
        return;
    while (jscan_key(&j, &key) && jscan_slice(&j, &value)) {
        if (str_eq(key, STR("durationMs")))
            read_number(value, 6, &r->duration_ns);
        else if (str_eq(key, STR("billedDurationMs")))
            read_number(value, 0, &r->billed_ms);
        else if (str_eq(key, STR("memorySizeMB")))
            read_number(value, 0, &r->memory_mb);
        else if (str_eq(key, STR("maxMemoryUsedMB")))
            read_number(value, 0, &r->memory_used_mb);
        else if (str_eq(key, STR("initDurationMs")))
            read_number(value, 6, &r->init_ns);
        else if (str_eq(key, STR("restoreDurationMs")))
            read_number(value, 6, &r->restore_ns);
        else if (str_eq(key, STR("billedRestoreDurationMs")))
            read_number(value, 0, &r->billed_restore_ms);
    }
}

/* `Root=1-…;Parent=…;Sampled=1` */
static void read_tracing(struct str object, struct report *r)
{
    struct str value;
    if (!jscan_member(object, STR("value"), &value))
        return;
    value = plain_string(value);
    while (value.len) {
        struct str part = str_take_until(&value, ';');
        if (str_skip(&part, STR("Root=")))
            r->trace_id = part;
        else if (str_skip(&part, STR("Parent=")))
            r->segment_id = part;
        else if (str_skip(&part, STR("Sampled=")))
            r->sampled = str_eq(part, STR("1"));
    }
}

static void read_record(struct str record, struct platform *out)
{
    struct jscan j;
    struct str key, value;
    struct report *r = &out->report;
    jscan_init(&j, record);
    if (!jscan_object(&j))
        return;
    while (jscan_key(&j, &key) && jscan_slice(&j, &value)) {
        if (str_eq(key, STR("requestId")))
            out->id = plain_string(value);
        else if (str_eq(key, STR("status")))
            r->status = plain_string(value);
        else if (str_eq(key, STR("errorType")))
            r->error_type = plain_string(value);
        else if (str_eq(key, STR("phase")))
            r->phase = plain_string(value);
        else if (str_eq(key, STR("metrics")))
            read_metrics(value, r);
        else if (str_eq(key, STR("tracing")))
            read_tracing(value, r);
        else if (str_eq(key, STR("functionName")))
            out->function = plain_string(value);
    }
    r->request_id = out->id;
}

static void set_json_kind(struct platform *out, struct str type)
{
    out->kind = LINE_PLATFORM;
    out->unknown = true;
    out->done = str_eq(type, STR("runtimeDone"));
    for (size_t i = 0; i < sizeof json_types / sizeof *json_types; i++)
        if (str_eq(type, json_types[i].name)) {
            out->kind = json_types[i].kind;
            out->restore = json_types[i].restore;
            out->unknown = false;
        }
}

/* In initReport and restoreReport the duration is that of the init or the restore. */
static void settle_durations(struct platform *out)
{
    struct report *r = &out->report;
    if (out->kind != LINE_INIT_REPORT)
        return;
    *(out->restore ? &r->restore_ns : &r->init_ns) = r->duration_ns;
    r->duration_ns = ABSENT;
}

bool platform_read_event(struct str s, struct platform *out, size_t *len)
{
    struct jscan j;
    struct str key, value, type = STR_NONE, record = STR_NONE, time = STR_NONE;
    *len = 0;
    jscan_init(&j, s);
    if (!jscan_object(&j))
        return false;
    while (jscan_key(&j, &key) && jscan_slice(&j, &value)) {
        if (str_eq(key, STR("type")))
            type = plain_string(value);
        else if (str_eq(key, STR("record")))
            record = value;
        else if (str_eq(key, STR("time")))
            time = plain_string(value);
    }
    if (j.failed)
        return false;
    *len = j.at;
    if (!str_skip(&type, STR("platform.")))
        return false;
    set_json_kind(out, type);
    (void)clock_take_iso(&time, &out->unix_ms);
    if (record.len && record.at[0] == '"')
        out->reason = plain_string(record);
    else
        read_record(record, out);
    settle_durations(out);
    return true;
}
