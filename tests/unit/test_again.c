#include "tests/unit/capture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "src/source/logfile.h"

/* Reading parts of logs again: what comes is what came before, from any event of any form. */

static const struct window everything = {TIME_NONE, TIME_NONE};

/* Events read again must be those that came before, one by one, up to `until`. */
struct again_check {
    const struct capture *c;
    size_t at, until;
    unsigned stops;
    bool stop;
};

static bool check_event(void *ctx, const struct event *event)
{
    struct again_check *check = ctx;
    const struct kept_event *was = &check->c->events[check->at];
    if (check->at == check->until)
        return false;
    assert_int_equal(event->place, was->place);
    assert_int_equal(event->line, was->line);
    assert_true(event->unix_ms == was->unix_ms);
    assert_int_equal(event->message.len, was->message_len);
    assert_memory_equal(event->message.at, was->message, was->message_len);
    check->at++;
    return true;
}

static bool check_stop(void *ctx)
{
    struct again_check *check = ctx;
    check->stops++;
    return check->stop;
}

static void check_again(struct source *source, const struct capture *c, size_t from, size_t until)
{
    struct again_check check = {c, from, until, 0, false};
    const struct kept_event *first = &c->events[from];
    const struct again_from at = {first->input, first->place, first->line, first->unix_ms,
                                  str_of(first->function), str_of(first->stream)};
    const struct again to = {&check, check_event, check_stop};
    struct err err = {0};
    if (!source_read_again(source, &at, &to, &err))
        fail_msg("%s", err.text);
    assert_int_equal(check.at, until);
}

/* Runs to the end, and keeps the source. */
static struct source *run_kept(struct capture *c, const char *path)
{
    struct logfile_options options = {&path, 1, false, everything};
    struct sink sink = capture_sink(c);
    struct source *source;
    enum step step = STEP_MORE;
    assert_true(logfile_open(&source, &options, &c->err));
    while (step != STEP_DONE)
        assert_true(source_step(source, &sink, 0, &step, &c->err));
    return source;
}

static void check_parts(const char *path, size_t expected)
{
    struct capture c = {0};
    struct source *source = run_kept(&c, path);
    assert_int_equal(c.count, expected);
    assert_null(source_reads_once(source));
    check_again(source, &c, expected / 2, expected); /* to its end */
    check_again(source, &c, 0, expected / 4);
    check_again(source, &c, expected / 4, expected / 2); /* goes on */
    check_again(source, &c, 7, 9);                       /* back */
    check_again(source, &c, expected - 1, expected);
    source_free(source);
    capture_release(&c);
}

#define AGAIN_EVENTS 4000

/* `format` takes a number twice: a time in milliseconds, and what tells the lines apart. */
static size_t make_events(char *out, size_t size, const char *before, const char *format, const char *after)
{
    size_t len = (size_t)snprintf(out, size, "%s", before);
    for (int i = 0; i < AGAIN_EVENTS; i++)
        len += (size_t)snprintf(out + len, size - len, format, i % 1000, i);
    return len + (size_t)snprintf(out + len, size - len, "%s", after);
}

static void any_part_of_any_form_is_read_again(void **state)
{
    static char text[AGAIN_EVENTS * 120];
    static const struct {
        const char *name, *before, *format, *after;
    } forms[] = {
        {"raw.log", "", "[INFO] part %d of line %d\n", ""},
        {"prefix.log", "", "2026-11-24T14:00:01.%03dZ 2026/11/24/[$LATEST]ab message %d\n", ""},
        {"lines.jsonl", "", "{\"time\":\"2026-11-24T14:00:01.%03dZ\",\"level\":\"INFO\",\"message\":\"%d\"}\n", ""},
        {"page.json", "{\"events\":[{\"timestamp\":1,\"message\":\"first\"}", ",{\"timestamp\":1%03d,\"message\":\"a\\\"b %d\\n\"}\n",
         "],\"searchedLogStreams\":[]}"},
        {"list.json", "[{\"timestamp\":1,\"message\":\"first\"}", ",{\"timestamp\":1%03d,\"message\":\"%d\"}", "]"},
        {"rows.csv", "timestamp,message\n", "1795529040%03d,\"he said \"\"%d\"\", and\nleft\"\n", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        size_t len = make_events(text, sizeof text, forms[i].before, forms[i].format, forms[i].after);
        bool one_more = strstr(forms[i].before, "first") != NULL;
        check_parts(temp_file(forms[i].name, text, len), AGAIN_EVENTS + one_more);
    }
}

static void a_packed_file_is_read_again(void **state)
{
    static char text[AGAIN_EVENTS * 120];
    char command[600];
    (void)state;
    size_t len = make_events(text, sizeof text, "", "[INFO] part %d of line %d\n", "");
    const char *path = temp_file("packed.log", text, len);
    snprintf(command, sizeof command, "gzip -kf %s", path);
    assert_int_equal(system(command), 0);
    check_parts(temp_path("packed.log.gz"), AGAIN_EVENTS);
}

static void a_file_that_changed_is_not_read_as_if_it_had_not(void **state)
{
    static char text[AGAIN_EVENTS * 120];
    struct capture c = {0};
    struct err err = {0};
    (void)state;
    size_t len = make_events(text, sizeof text, "", "[INFO] part %d of line %d\n", "");
    const char *path = temp_file("changes.log", text, len);
    struct source *source = run_kept(&c, path);
    const struct kept_event *late = &c.events[3000];
    const struct again_from from = {0, late->place, late->line, TIME_NONE, STR_NONE, STR_NONE};
    struct again_check check = {&c, 3000, 3001, 0, false};
    const struct again to = {&check, check_event, check_stop};
    assert_int_equal(truncate(path, 1000), 0);
    assert_false(source_read_again(source, &from, &to, &err));
    assert_non_null(strstr(err.text, "shorter than it was"));
    err_clear(&err);
    assert_int_equal(unlink(path), 0);
    assert_false(source_read_again(source, &from, &to, &err));
    err_clear(&err);
    temp_file("changes.log", text, len);
    if (!source_read_again(source, &from, &to, &err)) /* the system may give the same file number again */
        assert_non_null(strstr(err.text, "another file stands there now"));
    source_free(source);
    capture_release(&c);
}

static void reading_again_can_be_given_up(void **state)
{
    static char text[AGAIN_EVENTS * 120];
    struct capture c = {0};
    struct err err = {0};
    (void)state;
    size_t len = make_events(text, sizeof text, "", "[INFO] part %d of line %d\n", "");
    struct source *source = run_kept(&c, temp_file("stops.log", text, len));
    struct again_check check = {&c, 0, AGAIN_EVENTS, 0, true};
    const struct again to = {&check, check_event, check_stop};
    assert_false(source_read_again(source, &(struct again_from){.line = 1, .unix_ms = TIME_NONE}, &to, &err));
    assert_int_equal(check.stops, 1);
    assert_true(check.at > 0 && check.at < AGAIN_EVENTS);
    source_free(source);
    capture_release(&c);
}

static void stdin_and_newest_first_say_that_they_are_read_once(void **state)
{
    static char text[AGAIN_EVENTS * 120];
    struct capture c = {0};
    (void)state;
    size_t len = (size_t)snprintf(text, sizeof text, "@timestamp,@message\n");
    for (int i = 0; i < 400; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "1795529040%03d,line %d\n", 999 - i, i);
    struct source *source = run_kept(&c, temp_file("turned.csv", text, len));
    assert_non_null(strstr(source_reads_once(source), "newest first"));
    source_free(source);
    capture_release(&c);
    const char *path = "-";
    struct logfile_options options = {&path, 1, false, everything};
    assert_true(logfile_open(&source, &options, &c.err));
    assert_non_null(strstr(source_reads_once(source), "stdin"));
    source_free(source);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_part_of_any_form_is_read_again),
        cmocka_unit_test(a_packed_file_is_read_again),
        cmocka_unit_test(a_file_that_changed_is_not_read_as_if_it_had_not),
        cmocka_unit_test(reading_again_can_be_given_up),
        cmocka_unit_test(stdin_and_newest_first_say_that_they_are_read_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
