/* Files, pipes, gzip, several at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "src/source/logfile.h"
#include "tests/unit/capture.h"

static const struct window everything = {TIME_NONE, TIME_NONE};

static void run_paths(struct capture *c, const char *const *paths, size_t count, struct window window)
{
    struct logfile_options options = {paths, count, false, window};
    struct source *source;
    if (logfile_open(&source, &options, &c->err))
        capture_run(c, source);
    else
        c->failed = true;
}

/* ---- what is there ---- */

static void what_cannot_be_opened_is_named(void **state)
{
    const char *missing = "/nonexistent/x.log", *directory = "/tmp";
    struct capture c = {0};
    (void)state;
    run_paths(&c, &missing, 1, everything);
    assert_int_equal(c.err.code, ERR_INPUT_MISSING);
    assert_true(str_has(str_of(c.err.text), STR("/nonexistent/x.log: No such file")));
    capture_release(&c);
    run_paths(&c, &directory, 1, everything);
    assert_int_equal(c.err.code, ERR_INPUT_MISSING);
    assert_true(str_has(str_of(c.err.text), STR("/tmp: it is a directory")));
    capture_release(&c);
}

static void one_bad_file_of_several_costs_only_itself(void **state)
{
    struct capture c = {0};
    (void)state;
    const char *paths[] = {"/nonexistent/x.log", temp_file("good.log", "START RequestId: 1\n", 19),
                           temp_file("nothing.log", "", 0)};
    run_paths(&c, paths, 3, everything);
    assert_true(c.done);
    assert_int_equal(c.count, 1);
    assert_int_equal(c.events[0].input, 1);
    assert_int_equal(c.troubles, 2);
    assert_int_equal(c.trouble[0].code, ERR_INPUT_MISSING);
    assert_int_equal(c.trouble[1].code, ERR_INPUT_EMPTY);
    capture_release(&c);
}

/* ---- what is cut ---- */

static size_t gzip_of(const char *bytes, size_t len, unsigned char *out, size_t room)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)bytes;
    z.avail_in = (uInt)len;
    z.next_out = out;
    z.avail_out = (uInt)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    size_t made = room - z.avail_out;
    deflateEnd(&z);
    return made;
}

#define PACKED_LINES 40000

/* Lines that do not pack to nothing. */
static char *numbered_lines(size_t *len)
{
    char *text = malloc(PACKED_LINES * 40);
    uint32_t seed = 1;
    *len = 0;
    for (int i = 0; i < PACKED_LINES; i++) {
        seed = seed * 1664525u + 1013904223u;
        *len += (size_t)sprintf(text + *len, "[INFO] line %d %08x\n", i, seed);
    }
    return text;
}

static void gzip_is_read_member_after_member(void **state)
{
    static unsigned char packed[2 * 1024 * 1024];
    struct capture c = {0};
    size_t len;
    char *text = numbered_lines(&len);
    (void)state;
    size_t first = gzip_of(text, len / 2, packed, sizeof packed);
    size_t both = first + gzip_of(text + len / 2, len - len / 2, packed + first, sizeof packed - first);
    capture_bytes(&c, "two.log", packed, both); /* by its bytes, not by its name */
    assert_true(c.done);
    assert_int_equal(c.troubles, 0);
    assert_int_equal(c.count, PACKED_LINES);
    assert_true(str_starts(str_of(c.events[PACKED_LINES - 1].message), STR("[INFO] line 39999 ")));
    assert_int_equal(c.progress.bytes, len);
    assert_int_equal(c.progress.bytes_total, 0);
    capture_release(&c);
    free(text);
}

static void gzip_cut_in_half_gives_its_first_half_and_says_so(void **state)
{
    static unsigned char packed[2 * 1024 * 1024];
    struct capture c = {0};
    size_t len;
    char *text = numbered_lines(&len);
    (void)state;
    size_t whole = gzip_of(text, len, packed, sizeof packed);
    capture_bytes(&c, "half.gz", packed, whole / 2);
    assert_true(c.done);
    assert_int_equal(c.troubles, 1);
    assert_int_equal(c.trouble[0].code, ERR_INPUT_PARTIAL);
    assert_true(str_has(str_of(c.trouble[0].text), STR("cut short")));
    assert_in_range(c.count, PACKED_LINES / 3, PACKED_LINES * 2 / 3);
    for (size_t i = 0; i + 1 < c.count; i++) {
        char want[48];
        snprintf(want, sizeof want, "[INFO] line %zu ", i);
        assert_true(str_starts(str_of(c.events[i].message), str_of(want)));
    }
    capture_release(&c);
    free(text);
}

static void corrupt_gzip_gives_what_came_before(void **state)
{
    static unsigned char packed[2 * 1024 * 1024];
    struct capture c = {0};
    size_t len;
    char *text = numbered_lines(&len);
    (void)state;
    size_t whole = gzip_of(text, len, packed, sizeof packed);
    memset(packed + whole / 2, 0xFF, 64);
    capture_bytes(&c, "corrupt.gz", packed, whole);
    assert_true(c.done);
    assert_int_equal(c.troubles, 1);
    assert_int_equal(c.trouble[0].code, ERR_INPUT_PARTIAL);
    assert_true(c.count > PACKED_LINES / 3);
    assert_true(str_starts(str_of(c.events[PACKED_LINES / 3].message), STR("[INFO] line 13333 ")));
    capture_release(&c);
    free(text);
}

static void a_line_of_64_MiB_costs_no_memory_and_no_neighbour(void **state)
{
    const char *path = temp_path("long.log");
    FILE *file = fopen(path, "wb");
    struct capture c = {0};
    static char block[64 * 1024];
    (void)state;
    memset(block, 'x', sizeof block);
    fputs("before\n", file);
    for (int i = 0; i < 1024; i++)
        fwrite(block, 1, sizeof block, file);
    fputs("\n[ERROR] after\n", file);
    assert_int_equal(fclose(file), 0);
    run_paths(&c, &path, 1, everything);
    assert_true(c.done);
    assert_int_equal(c.count, 3);
    assert_int_equal(c.events[1].message_len, 256 * 1024);
    assert_string_equal(c.events[2].message, "[ERROR] after");
    assert_int_equal(c.events[2].line, 3);
    assert_int_equal(c.events[2].place, 7 + 64 * 1024 * 1024 + 1);
    assert_true(str_has(str_of(c.progress.note), STR("1 messages over 256 KiB")));
    capture_release(&c);
}

static void json_that_is_cut_gives_what_is_whole(void **state)
{
    static const char text[] =
        "{\"events\":[{\"timestamp\":1795528918101,\"message\":\"one\",\"ingestionTime\":1},"
        "{\"timestamp\":1795528918102,\"message\":\"tw";
    struct capture c = {0};
    (void)state;
    capture_bytes(&c, "cut.json", text, sizeof text - 1);
    assert_true(c.done);
    assert_int_equal(c.count, 1);
    assert_int_equal(c.troubles, 1);
    assert_int_equal(c.trouble[0].code, ERR_INPUT_PARTIAL);
    assert_true(str_has(str_of(c.trouble[0].text), STR("cut short")));
    capture_release(&c);
}

static void one_garbled_event_does_not_cost_the_next(void **state)
{
    static const char text[] =
        "{\"events\":[{\"timestamp\":1795528918101,\"message\":\"one\",\"ingestionTime\":1},"
        "{\"timestamp\":1795528918102,\"message\":oops,\"x\":[{\"a\":1},{\"b\":2}]},"
        "{\"timestamp\":1795528918103,\"message\":\"three\",\"ingestionTime\":1}]}";
    static const char quote[] = /* the quote of the second is never closed */
        "{\"events\":[{\"timestamp\":1795528918101,\"message\":\"one\",\"ingestionTime\":1},\n"
        "{\"timestamp\":1795528918102,\"message\":\"two},\n"
        "{\"timestamp\":1795528918103,\"message\":\"three\",\"ingestionTime\":1}]}";
    const char *const texts[] = {text, quote};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct capture c = {0};
        capture_bytes(&c, "garbled.json", texts[i], strlen(texts[i]));
        assert_true(c.done);
        assert_int_equal(c.count, 2);
        assert_string_equal(c.events[1].message, "three");
        assert_int_equal(c.troubles, 1);
        assert_int_equal(c.trouble[0].code, ERR_INPUT_PARTIAL);
        capture_release(&c);
    }
}

static void a_quote_left_open_in_csv_costs_its_line(void **state)
{
    static const char text[] = "@timestamp,@message\n2026-11-24 14:01:58.101,\"open\n"
                               "2026-11-24 14:01:58.102,closed\n";
    struct capture c = {0};
    (void)state;
    capture_bytes(&c, "open.csv", text, sizeof text - 1);
    assert_true(c.done);
    assert_int_equal(c.count, 1);
    assert_string_equal(c.events[0].message, "closed");
    assert_int_equal(c.trouble[0].code, ERR_INPUT_PARTIAL);
    capture_release(&c);
}

/* ---- several ---- */

static void files_with_times_are_merged_by_them(void **state)
{
    static const char a[] = "2026-11-24T14:00:01.000Z START RequestId: a1\n  goes on\n"
                            "2026-11-24T14:00:05.000Z END RequestId: a5\n";
    static const char b[] = "2026-11-24T14:00:01.000Z START RequestId: b1\n"
                            "2026-11-24T14:00:03.000Z END RequestId: b3\n"
                            "2026-11-24T14:00:07.000Z END RequestId: b7\n";
    static const char late[] = "2026-11-24T14:00:06.000Z START RequestId: c6\n";
    static const char *const want[] = {"START RequestId: a1", "  goes on", "START RequestId: b1",
                                       "END RequestId: b3", "END RequestId: a5",
                                       "START RequestId: c6", "END RequestId: b7"};
    struct capture c = {0};
    (void)state;
    const char *paths[] = {temp_file("late.log", late, sizeof late - 1),
                           temp_file("a.log", a, sizeof a - 1), temp_file("b.log", b, sizeof b - 1)};
    run_paths(&c, paths, 3, everything);
    assert_int_equal(c.count, 7);
    for (size_t i = 0; i < 7; i++)
        assert_string_equal(c.events[i].message, want[i]);
    assert_int_equal(c.events[5].input, 0);
    assert_int_equal(c.events[4].line, 3);
    capture_release(&c);
}

static void files_without_times_are_read_one_after_the_other(void **state)
{
    struct capture c = {0};
    (void)state;
    const char *paths[] = {temp_file("b.log", "[INFO] b1\nb2\n", 13),
                           temp_file("a.log", "2026-11-24T14:00:01.000Z START RequestId: a\n", 44)};
    run_paths(&c, paths, 2, everything);
    assert_int_equal(c.count, 3);
    assert_string_equal(c.events[0].message, "[INFO] b1");
    assert_string_equal(c.events[2].message, "START RequestId: a");
    capture_release(&c);
}

/* More files than are ever open at once, in the worst order. */
static void many_files_are_merged_with_few_open(void **state)
{
    enum { FILES = 50 };
    const char *paths[FILES];
    struct capture c = {0};
    (void)state;
    for (int i = 0; i < FILES; i++) {
        char name[32], text[160];
        snprintf(name, sizeof name, "many%d.log", i);
        snprintf(text, sizeof text,
                 "2026-11-24T14:%02d:00.000Z START RequestId: %d\n2026-11-24T14:%02d:30.000Z END RequestId: %d\n",
                 FILES - 1 - i, i, FILES - 1 - i, i);
        paths[i] = temp_file(name, text, strlen(text));
    }
    run_paths(&c, paths, FILES, everything);
    assert_int_equal(c.count, 2 * FILES);
    for (size_t i = 1; i < c.count; i++)
        assert_true(c.events[i - 1].unix_ms <= c.events[i].unix_ms);
    capture_release(&c);
}

/* stdin can't be opened twice, and the window holds for it all the same. */
static void stdin_from_a_file_is_merged_with_others(void **state)
{
    static const char a[] = "2026-11-24T14:00:01.000Z START RequestId: a1\n"
                            "2026-11-24T14:00:05.000Z END RequestId: a5\n";
    static const char b[] = "2026-11-24T14:00:03.000Z START RequestId: b3\n";
    int saved = dup(STDIN_FILENO);
    struct capture c = {0};
    int64_t since_ms;
    struct str s = STR("2026-11-24T14:00:02Z");
    (void)state;
    assert_true(clock_take_iso(&s, &since_ms));
    const char *paths[] = {"-", temp_file("b.log", b, sizeof b - 1),
                           temp_file("without.json", "{\"events\":[]}", 13)};
    int fd = open(temp_file("a.log", a, sizeof a - 1), O_RDONLY);
    assert_true(fd >= 0 && dup2(fd, STDIN_FILENO) >= 0);
    run_paths(&c, paths, 3, everything);
    assert_true(c.done);
    assert_int_equal(c.count, 3);
    assert_string_equal(c.events[1].message, "START RequestId: b3");
    assert_string_equal(c.events[2].message, "END RequestId: a5");
    capture_release(&c);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    run_paths(&c, paths, 3, (struct window){since_ms, TIME_NONE});
    assert_int_equal(c.count, 2);
    assert_string_equal(c.events[0].message, "START RequestId: b3");
    dup2(saved, STDIN_FILENO);
    close(saved);
    close(fd);
    capture_release(&c);
}

static void a_window_keeps_what_lies_in_it_and_what_has_no_time(void **state)
{
    static const char text[] = "2026-11-24T14:00:01.000Z START RequestId: 1\n"
                               "2026-11-24T14:00:02.000Z START RequestId: 2\n"
                               "2026-11-24T14:00:03.000Z START RequestId: 3\n";
    struct capture c = {0};
    int64_t second_ms;
    struct str s = STR("2026-11-24T14:00:02Z");
    (void)state;
    assert_true(clock_take_iso(&s, &second_ms));
    const char *path = temp_file("window.log", text, sizeof text - 1);
    run_paths(&c, &path, 1, (struct window){second_ms, second_ms + 1000});
    assert_int_equal(c.count, 1);
    assert_string_equal(c.events[0].message, "START RequestId: 2");
    assert_int_equal(c.events[0].line, 2);
    capture_release(&c);
    path = temp_file("raw.log", "START RequestId: 9\n", 19);
    run_paths(&c, &path, 1, (struct window){second_ms, second_ms + 1000});
    assert_int_equal(c.count, 1);
    capture_release(&c);
}

/* ---- pipes ---- */

static void *write_slowly(void *ctx)
{
    int fd = open(ctx, O_WRONLY);
    static const char *const parts[] = {"START Req", "uestId: 1 Version: 2\nsecond\nth", "ird"};
    for (size_t i = 0; i < 3; i++)
        if (write(fd, parts[i], strlen(parts[i])) < 0)
            break;
    close(fd);
    return NULL;
}

static void a_fifo_is_read_to_its_end(void **state)
{
    const char *path = temp_path("fifo");
    struct logfile_options options = {&path, 1, true, everything};
    struct capture c = {0};
    struct source *source;
    pthread_t writer;
    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_true(logfile_open(&source, &options, &c.err));
    assert_int_equal(pthread_create(&writer, NULL, write_slowly, (void *)(uintptr_t)path), 0);
    capture_run(&c, source);
    pthread_join(writer, NULL);
    assert_true(c.done);
    assert_int_equal(c.count, 3);
    assert_string_equal(c.events[0].message, "START RequestId: 1 Version: 2");
    assert_string_equal(c.events[2].message, "third");
    assert_false(c.progress.following);
    capture_release(&c);
}

static void a_partial_line_waits_for_its_end(void **state)
{
    int fds[2], saved = dup(STDIN_FILENO);
    const char *path = "-";
    struct logfile_options options = {&path, 1, true, everything};
    struct capture c = {0};
    struct sink sink = capture_sink(&c);
    struct source *source;
    enum step step;
    (void)state;
    assert_int_equal(pipe(fds), 0);
    assert_true(dup2(fds[0], STDIN_FILENO) >= 0);
    assert_true(logfile_open(&source, &options, &c.err));
    assert_true(source_step(source, &sink, 0, &step, &c.err));
    assert_int_equal(step, STEP_IDLE);
    assert_int_equal(write(fds[1], "one\n[INFO] two", 14), 14);
    for (int i = 0; i < 5; i++)
        assert_true(source_step(source, &sink, 0, &step, &c.err));
    assert_int_equal(step, STEP_IDLE);
    assert_int_equal(c.count, 1);
    assert_true(c.progress.following);
    assert_int_equal(write(fds[1], "!\n", 2), 2);
    for (int i = 0; i < 5; i++)
        assert_true(source_step(source, &sink, 0, &step, &c.err));
    assert_int_equal(c.count, 2);
    assert_string_equal(c.events[1].message, "[INFO] two!");
    close(fds[1]);
    capture_run(&c, source);
    assert_true(c.done);
    assert_int_equal(c.count, 2);
    dup2(saved, STDIN_FILENO);
    close(saved);
    close(fds[0]);
    capture_release(&c);
}

static void *wake_it(void *ctx)
{
    source_wake(ctx);
    return NULL;
}

static void a_wake_ends_a_wait_at_once(void **state)
{
    const char *path = temp_path("silent");
    struct logfile_options options = {&path, 1, true, everything};
    struct capture c = {0};
    struct sink sink = capture_sink(&c);
    struct source *source;
    enum step step;
    pthread_t waker;
    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_true(logfile_open(&source, &options, &c.err));
    int64_t before_ms = clock_mono_ms();
    assert_int_equal(pthread_create(&waker, NULL, wake_it, source), 0);
    assert_true(source_step(source, &sink, 50000, &step, &c.err));
    assert_int_equal(step, STEP_IDLE);
    assert_true(clock_mono_ms() - before_ms < 20000);
    pthread_join(waker, NULL);
    source_free(source);
    capture_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_opened_is_named),
        cmocka_unit_test(one_bad_file_of_several_costs_only_itself),
        cmocka_unit_test(gzip_is_read_member_after_member),
        cmocka_unit_test(gzip_cut_in_half_gives_its_first_half_and_says_so),
        cmocka_unit_test(corrupt_gzip_gives_what_came_before),
        cmocka_unit_test(a_line_of_64_MiB_costs_no_memory_and_no_neighbour),
        cmocka_unit_test(json_that_is_cut_gives_what_is_whole),
        cmocka_unit_test(one_garbled_event_does_not_cost_the_next),
        cmocka_unit_test(a_quote_left_open_in_csv_costs_its_line),
        cmocka_unit_test(files_with_times_are_merged_by_them),
        cmocka_unit_test(files_without_times_are_read_one_after_the_other),
        cmocka_unit_test(many_files_are_merged_with_few_open),
        cmocka_unit_test(stdin_from_a_file_is_merged_with_others),
        cmocka_unit_test(a_window_keeps_what_lies_in_it_and_what_has_no_time),
        cmocka_unit_test(a_fifo_is_read_to_its_end),
        cmocka_unit_test(a_partial_line_waits_for_its_end),
        cmocka_unit_test(a_wake_ends_a_wait_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
