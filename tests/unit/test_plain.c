#include <stdio.h>

#include "src/base/needles.h"
#include "tests/unit/track.h"

/* xorshift: the same logs in every run. */
static uint64_t random_state = 0x9E3779B97F4A7C15u;

static unsigned next_random(unsigned below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)(random_state % below);
}

/* %1 is the time, %2 the id. Half of the lines hold no word of interest. */
static const char *const forms[] = {
    "START RequestId: %2 Version: $LATEST",
    "END RequestId: %2",
    "REPORT RequestId: %2\tDuration: 45.10 ms\tBilled Duration: 46 ms\tMemory Size: 256 MB\t"
    "Max Memory Used: 62 MB\t",
    "REPORT RequestId: %2\tDuration: 3003.10 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\t"
    "Max Memory Used: 128 MB\t",
    "%1 %2 Task timed out after 3.00 seconds",
    "[ERROR] KeyError: 'order'",
    "%1\t%2\tERROR\tInvoke Error \t{\"errorType\":\"Error\",\"errorMessage\":\"no\"}",
    "%1\t%2\tINFO\tloading order",
    "%1\t%2\tINFO\tloading order {",
    "%1\t%2\tWARN\tslow",
    "%1\t%2\tINFO\t{\"a\":1}",
    "%1\t%2\tINFO\t  indented",
    "%1 %2 INFO blanks",
    "%1\t%2\tcrit\tdisk is full",
    "  more of it",
    "}",
    "",
    "plain words",
    "{\"level\":\"info\",\"requestId\":\"%2\"}",
    "\x1b[32m%1\t%2\tINFO\tgreen\x1b[0m",
    "%1\t%2\tINFO\tin\rside",
    "\xEF\xBB\xBF%1\t%2\tINFO\tmarked",
};
enum { FORMS = sizeof forms / sizeof *forms, LINES = 120, LINE_BYTES = 320 };

static void write_line(char out[LINE_BYTES])
{
    char time[40], id[40];
    (void)snprintf(time, sizeof time, "2026-11-24T12:%02u:%02u.%03uZ", next_random(2), next_random(62), next_random(1000));
    (void)snprintf(id, sizeof id, "11111111-2222-4333-a444-%012u", next_random(3));
    char *at = out;
    for (const char *form = forms[next_random(FORMS)]; *form; form++) {
        if (*form == '%' && (form[1] == '1' || form[1] == '2'))
            at += snprintf(at, LINE_BYTES / 2, "%s", *++form == '1' ? time : id);
        else
            *at++ = *form;
    }
    *at = '\0';
}

/* One LF between lines, and a CR before some; written so that they can be read as one run. */
static size_t write_log(char lines[LINES][LINE_BYTES], char *log)
{
    size_t len = 0;
    for (unsigned i = 0; i < LINES; i++) {
        write_line(lines[i]);
        size_t bytes = strlen(lines[i]);
        memcpy(log + len, lines[i], bytes);
        len += bytes;
        if (next_random(20) == 0)
            log[len++] = '\r';
        log[len++] = '\n';
    }
    return len;
}

static struct event event_at(uint64_t line, struct str message)
{
    return (struct event){.log_stream = STR_NONE, .message = message, .line = line, .unix_ms = TIME_NONE,
                          .ingestion_ms = TIME_NONE, .function = STR_NONE, .log_group = STR_NONE, .id = STR_NONE};
}

static void read_lines(struct tracker *t, char lines[LINES][LINE_BYTES])
{
    for (unsigned i = 0; i < LINES; i++) {
        struct event event = event_at(i + 1, str_of(lines[i]));
        tracker_add(t, &event);
    }
}

static struct str without_cr(struct str line)
{
    return str_first(line, line.len - str_ends(line, STR("\r")));
}

/* As a source hands a log over: what lies between two lines with a word as one run. */
static void read_runs(struct tracker *t, struct str log)
{
    for (uint64_t line = 1; log.len > 0;) {
        size_t ends, at = needles_first(tracker_words(t), log, &ends);
        size_t len = ends ? str_find_last_char(str_first(log, at), '\n') + 1 : 0;
        if (ends) {
            struct event run = event_at(line, without_cr(str_first(log, len - 1)));
            run.quiet_lines = (uint32_t)ends;
            tracker_add(t, &run);
            line += ends;
            log = str_from(log, len);
            continue;
        }
        struct event event = event_at(line++, without_cr(str_take_until(&log, '\n')));
        tracker_add(t, &event);
    }
}

static void see_line(void *ctx, const struct event *event, struct str text, const struct line_mark *mark)
{
    (void)ctx, (void)event, (void)text, (void)mark;
}

static struct tracker *start(struct track *track, bool lines)
{
    struct tracker_options options = {.hold = 8};
    struct tracker_sink sink = {.ctx = track, .verdict = track_keep, .line = lines ? see_line : NULL};
    track->count = track->provisional = 0;
    return tracker_new(&options, &sink);
}

static void assert_same(const struct track *a, const struct track *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        assert_int_equal(invocation_size(&a->kept[i]), invocation_size(&b->kept[i]));
        assert_memory_equal(&a->kept[i], &b->kept[i], invocation_size(&a->kept[i]));
    }
}

static void runs_of_lines_without_a_word_are_read_as_each_line_for_itself(void **state)
{
    (void)state;
    static char lines[LINES][LINE_BYTES], log[LINES * LINE_BYTES];
    static struct track in_full, by_line, by_run;
    size_t verdicts = 0;
    for (int round = 0; round < 400; round++) {
        struct str text = {log, write_log(lines, log)};
        struct tracker *full = start(&in_full, true), *single = start(&by_line, false),
                       *runs = start(&by_run, false);
        read_lines(full, lines);
        read_lines(single, lines);
        read_runs(runs, text);
        track_end(&in_full, full);
        track_end(&by_line, single);
        track_end(&by_run, runs);
        assert_same(&in_full, &by_line);
        assert_same(&by_line, &by_run);
        verdicts += by_run.count;
    }
    assert_true(verdicts > 2000); /* there was something to compare */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_of_lines_without_a_word_are_read_as_each_line_for_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
