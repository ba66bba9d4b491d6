/* Feeds a text to a tracker, one event a line, and keeps the finals. For tests of the model. */
#ifndef LAMBDIG_TESTS_TRACK_H
#define LAMBDIG_TESTS_TRACK_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>

#include "src/model/tracker.h"

#define TRACK_KEPT 64

struct track {
    struct invocation kept[TRACK_KEPT];
    size_t count;       /* finals */
    size_t provisional; /* verdicts that were not final */
    uint64_t unparsed;
};

static void track_keep(void *ctx, const struct invocation *inv)
{
    struct track *track = ctx;
    if (!inv->final)
        track->provisional++;
    else if (track->count < TRACK_KEPT)
        memcpy(&track->kept[track->count++], inv, invocation_size(inv));
}

static inline struct tracker *track_start(struct track *track, uint32_t hold, bool provisional)
{
    struct tracker_options options = {.hold = hold, .provisional = provisional};
    struct tracker_sink sink = {.ctx = track, .verdict = track_keep};
    track->count = track->provisional = 0;
    return tracker_new(&options, &sink);
}

static inline void track_line(struct tracker *t, const char *stream, const char *text,
                              uint64_t line)
{
    struct event event = {.log_stream = str_of(stream), .message = str_of(text), .line = line,
                          .unix_ms = TIME_NONE, .ingestion_ms = TIME_NONE,
                          .function = STR_NONE, .log_group = STR_NONE, .id = STR_NONE};
    tracker_add(t, &event);
}

static inline void track_end(struct track *track, struct tracker *t)
{
    tracker_finish(t);
    track->unparsed = tracker_unparsed(t);
    tracker_free(t);
}

/* Lines end at LF. */
static inline void track_text(struct track *track, const char *text)
{
    struct tracker *t = track_start(track, 16, false);
    struct str rest = str_of(text);
    char line[8192];
    for (uint64_t n = 1; rest.len; n++) {
        (void)str_copy(line, sizeof line, str_take_until(&rest, '\n'));
        track_line(t, "", line, n);
    }
    track_end(track, t);
}

static inline const char *track_class(const struct invocation *inv)
{
    return failure_class_row((enum failure_class)inv->class)->name;
}

static inline void track_text_is(const struct invocation *inv, struct text_ref ref,
                                 const char *want)
{
    char text[INVOCATION_TEXT + 1];
    (void)str_copy(text, sizeof text, invocation_text(inv, ref));
    assert_string_equal(text, want);
}

#endif
