#include "ui/save_case.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/clock.h"
#include "src/base/jsonout.h"
#include "src/base/redact.h"

/* An event is its first row and the rows that continue it; those stand side by side in the store.
 */

#define SLICE 256u
#define CHUNK (256u * 1024u)            /* written at once */
#define EVENT_MAX (1024u * 1024u)       /* bytes of one message; CloudWatch has a quarter of it */
#define LINE_MAX_BYTES (8u * EVENT_MAX) /* as JSON, every byte an escape */

struct saving {
    struct store *store;
    const char *directory;
    int fd;
    struct buf out, message, clean;
    struct row head;            /* of the event that is being gathered; seq UINT64_MAX: none */
    uint32_t function;          /* whose group is known; UINT32_MAX: none */
    struct function_row row;
    struct saved_case done;
};

/* ---- files ---- */

static bool begin_file(struct saving *s, const char *name, struct err *err)
{
    char path[4096];
    int len = snprintf(path, sizeof path, "%s/%s", s->directory, name);
    s->fd = len > 0 && (size_t)len < sizeof path
                ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)
                : -1;
    return s->fd >= 0 || err_set(err, ERR_INPUT_MISSING, "save: %s/%s: %s", s->directory, name,
                                 strerror(errno));
}

static bool flush(struct saving *s, struct err *err)
{
    struct str rest = buf_str(&s->out);
    while (rest.len > 0) {
        ssize_t written = write(s->fd, rest.at, rest.len);
        if (written < 0 && errno != EINTR)
            return err_set(err, ERR_INPUT_MISSING, "save: %s: %s", s->directory, strerror(errno));
        rest = str_from(rest, written > 0 ? (size_t)written : 0);
    }
    buf_clear(&s->out);
    return true;
}

static bool end_file(struct saving *s, struct err *err)
{
    bool good = flush(s, err);
    if (close(s->fd) != 0 && good)
        good = err_set(err, ERR_INPUT_MISSING, "save: %s: %s", s->directory, strerror(errno));
    return good;
}

/* ---- case.json ---- */

static void put_time(struct jsonout *j, const char *key, int64_t unix_ms)
{
    char text[CLOCK_ISO_SIZE];
    if (unix_ms == TIME_NONE)
        return;
    clock_iso(unix_ms, text);
    jsonout_key(j, key);
    jsonout_str(j, str_of(text));
}

static void put_text(struct jsonout *j, const char *key, const char *text)
{
    if (text[0] == '\0')
        return;
    jsonout_key(j, key);
    jsonout_str(j, str_of(text));
}

static bool write_head(struct saving *s, const struct store_status *status, struct err *err)
{
    struct jsonout j;
    if (!begin_file(s, "case.json", err))
        return false;
    jsonout_init(&j, &s->out);
    jsonout_open(&j, '{');
    jsonout_key(&j, "version");
    jsonout_i64(&j, 1);
    put_text(&j, "title", status->account.title[0] ? status->account.title : "saved by lambdig");
    put_text(&j, "account", status->account.account);
    put_text(&j, "region", status->account.region);
    put_time(&j, "start", status->first_unix_ms);
    put_time(&j, "end", status->last_unix_ms);
    jsonout_close(&j, '}');
    jsonout_line(&j);
    return end_file(s, err);
}

/* ---- functions.json ---- */

static void put_number(struct jsonout *j, const char *key, int64_t value)
{
    if (value == ABSENT)
        return;
    jsonout_key(j, key);
    jsonout_i64(j, value);
}

static void put_function(struct jsonout *j, const struct function *f)
{
    bool container = strcmp(f->runtime, "container") == 0;
    jsonout_open(j, '{');
    put_text(j, "FunctionName", f->name);
    put_text(j, container ? "PackageType" : "Runtime", container ? "Image" : f->runtime);
    put_text(j, "Version", f->version);
    put_number(j, "MemorySize", f->memory_mb);
    put_number(j, "Timeout", f->timeout_ms == ABSENT ? ABSENT : f->timeout_ms / 1000);
    put_time(j, "LastModified", f->last_modified_unix_ms);
    jsonout_key(j, "LoggingConfig");
    jsonout_open(j, '{');
    put_text(j, "LogGroup", f->log_group);
    put_text(j, "LogFormat", f->json_logs ? "JSON" : "Text");
    put_text(j, "SystemLogLevel", f->system_log_level);
    jsonout_close(j, '}');
    jsonout_key(j, "TracingConfig");
    jsonout_open(j, '{');
    put_text(j, "Mode", f->tracing_active ? "Active" : "PassThrough");
    jsonout_close(j, '}');
    jsonout_close(j, '}');
}

static bool write_functions(struct saving *s, const struct store_status *status, struct err *err)
{
    struct jsonout j;
    bool good = begin_file(s, "functions.json", err);
    if (!good)
        return false;
    jsonout_init(&j, &s->out);
    jsonout_open(&j, '{');
    jsonout_key(&j, "Functions");
    jsonout_open(&j, '[');
    for (uint32_t i = 0; good && i < status->functions; i++) {
        if (store_read_function(s->store, i, &s->row) && s->row.function.has_config)
            put_function(&j, &s->row.function);
        good = s->out.len < CHUNK || flush(s, err);
    }
    jsonout_close(&j, ']');
    jsonout_close(&j, '}');
    jsonout_line(&j);
    return end_file(s, err) && good;
}

/* ---- events.jsonl ---- */

static const char *group_of(struct saving *s, uint32_t function)
{
    if (function != s->function && !store_read_function(s->store, function, &s->row))
        return "";
    s->function = function;
    return s->row.function.log_group;
}

/* The event that was gathered, if there is one. */
static bool put_event(struct saving *s, struct err *err)
{
    struct jsonout j;
    char stream[600] = "", id[32];
    if (s->head.seq == UINT64_MAX)
        return true;
    if (s->head.unix_ms == TIME_NONE) {
        s->done.untimed++;
        return true;
    }
    buf_clear(&s->clean);
    (void)redact(buf_str(&s->message), &s->clean);
    (void)store_stream_name(s->store, s->head.stream, stream, sizeof stream);
    snprintf(id, sizeof id, "%llu", (unsigned long long)s->head.seq);
    jsonout_init(&j, &s->out);
    jsonout_open(&j, '{');
    put_text(&j, "logGroupName", group_of(s, s->head.function));
    put_text(&j, "logStreamName", stream);
    jsonout_key(&j, "timestamp");
    jsonout_i64(&j, s->head.unix_ms);
    jsonout_key(&j, "message");
    jsonout_str(&j, buf_str(&s->clean));
    put_text(&j, "eventId", id);
    jsonout_close(&j, '}');
    jsonout_line(&j);
    s->done.events++;
    return s->out.len < CHUNK || flush(s, err);
}

static bool take_row(struct saving *s, const struct row *row, struct str text, struct err *err)
{
    if (row->continues && s->head.seq != UINT64_MAX) {
        buf_add_char(&s->message, '\n');
        buf_add(&s->message, text);
        return true;
    }
    bool good = put_event(s, err);
    s->head = *row;
    buf_clear(&s->message);
    buf_add(&s->message, text);
    return good;
}

static bool take_slice(struct saving *s, uint64_t from, size_t count, struct buf *text,
                       struct err *err)
{
    static struct row rows[SLICE];
    uint64_t seqs[SLICE];
    bool good = true;
    for (size_t i = 0; i < count; i++)
        seqs[i] = from + i;
    buf_clear(text);
    store_read_rows(s->store, seqs, count, ROW_TEXT_MAX, rows, text);
    struct str rest = buf_str(text);
    for (size_t i = 0; good && i < count; i++) {
        struct str one = str_first(rest, rows[i].seq == UINT64_MAX ? 0 : rows[i].len);
        rest = str_from(rest, one.len);
        good = rows[i].seq == UINT64_MAX || take_row(s, &rows[i], one, err);
    }
    return good;
}

static bool write_events(struct saving *s, const struct store_status *status, struct err *err)
{
    struct buf text;
    bool good = begin_file(s, "events.jsonl", err);
    if (!good)
        return false;
    buf_init(&text, SLICE * ROW_TEXT_MAX);
    for (uint64_t at = status->first_row; good && at < status->end_row; at += SLICE) {
        uint64_t left = status->end_row - at;
        good = take_slice(s, at, left < SLICE ? (size_t)left : SLICE, &text, err);
    }
    good = good && put_event(s, err);
    buf_release(&text);
    return end_file(s, err) && good;
}

bool save_case(struct store *store, const struct store_status *status, const char *directory,
               struct saved_case *out, struct err *err)
{
    if (status->first_unix_ms == TIME_NONE) {
        err_set(err, ERR_USAGE, "save: these lines have no times, which a case needs");
        return err_advise(err, "o and v give them as they are");
    }
    if (mkdir(directory, 0700) != 0)
        return err_set(err, ERR_INPUT_MISSING, "save: %s: %s", directory, strerror(errno));
    struct saving s = {.store = store, .directory = directory, .function = UINT32_MAX,
                       .head = {.seq = UINT64_MAX}};
    buf_init(&s.out, CHUNK + LINE_MAX_BYTES);
    buf_init(&s.message, EVENT_MAX);
    buf_init(&s.clean, 2 * EVENT_MAX);
    bool good = write_head(&s, status, err) && write_functions(&s, status, err) &&
                write_events(&s, status, err);
    buf_release(&s.out);
    buf_release(&s.message);
    buf_release(&s.clean);
    *out = s.done;
    return good;
}
