#include "tests/unit/capture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "src/source/logfile.h"

static char *copy_of(struct str s)
{
    char *copy = xcalloc(1, s.len + 1);
    memcpy(copy, s.at, s.len);
    return copy;
}

static void keep_event(struct kept_event *k, const struct event *e)
{
    *k = (struct kept_event){.message = copy_of(e->message), .message_len = e->message.len,
                             .unix_ms = e->unix_ms, .ingestion_ms = e->ingestion_ms,
                             .line = e->line, .place = e->place, .input = e->input};
    str_copy(k->function, sizeof k->function, e->function);
    str_copy(k->group, sizeof k->group, e->log_group);
    str_copy(k->stream, sizeof k->stream, e->log_stream);
    str_copy(k->id, sizeof k->id, e->id);
}

static void on_events(void *ctx, const struct event *events, size_t count)
{
    struct capture *c = ctx;
    assert_true(count > 0);
    if (c->count + count > c->room) {
        c->room = (c->count + count) * 2;
        c->events = xrealloc(c->events, c->room * sizeof *c->events);
    }
    for (size_t i = 0; i < count; i++)
        keep_event(&c->events[c->count++], &events[i]);
}

static void on_account(void *ctx, const struct account *account)
{
    struct capture *c = ctx;
    c->account = *account;
    c->accounts++;
}

static void on_functions(void *ctx, const struct function *functions, size_t count)
{
    struct capture *c = ctx;
    c->functions += count;
    c->function = functions[0];
}

static void on_progress(void *ctx, const struct progress *progress)
{
    ((struct capture *)ctx)->progress = *progress;
}

static void on_trouble(void *ctx, const struct err *err)
{
    struct capture *c = ctx;
    if (c->troubles < sizeof c->trouble / sizeof c->trouble[0])
        c->trouble[c->troubles] = *err;
    c->troubles++;
}

struct sink capture_sink(struct capture *c)
{
    return (struct sink){c, on_account, on_functions, on_events, on_progress, on_trouble, NULL};
}

void capture_run(struct capture *c, struct source *source)
{
    struct sink sink = capture_sink(c);
    int64_t deadline_mono_ms = clock_mono_ms() + 60000;
    while (!c->done && !c->failed) {
        enum step step;
        assert_true(clock_mono_ms() < deadline_mono_ms);
        c->failed = !source_step(source, &sink, 1000, &step, &c->err);
        c->done = !c->failed && step == STEP_DONE;
    }
    source_free(source);
}

void capture_release(struct capture *c)
{
    for (size_t i = 0; i < c->count; i++)
        free(c->events[i].message);
    free(c->events);
    *c = (struct capture){0};
}

/* ---- files ---- */

static char directory[64];
static char removed[128][96];
static size_t removed_count;

static void remove_all(void)
{
    for (size_t i = 0; i < removed_count; i++)
        unlink(removed[i]);
    rmdir(directory);
}

const char *temp_path(const char *name)
{
    char path[96];
    if (!directory[0]) {
        snprintf(directory, sizeof directory, "/tmp/lambdig-test-XXXXXX");
        assert_non_null(mkdtemp(directory));
        atexit(remove_all);
    }
    snprintf(path, sizeof path, "%s/%s", directory, name);
    for (size_t i = 0; i < removed_count; i++)
        if (strcmp(removed[i], path) == 0)
            return removed[i];
    assert_true(removed_count < sizeof removed / sizeof removed[0]);
    return strcpy(removed[removed_count++], path);
}

const char *temp_file(const char *name, const void *bytes, size_t len)
{
    const char *path = temp_path(name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
    return path;
}

void capture_bytes(struct capture *c, const char *name, const void *bytes, size_t len)
{
    const char *path = temp_file(name, bytes, len);
    struct logfile_options options = {&path, 1, false, {TIME_NONE, TIME_NONE}};
    struct source *source;
    if (logfile_open(&source, &options, &c->err))
        capture_run(c, source);
    else
        c->failed = true;
}
