#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/log.h"

static char path[] = "/tmp/lambdig-log-XXXXXX";

static void make_path(void)
{
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
}

static size_t read_log(char *out, size_t size)
{
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    ssize_t len = read(fd, out, size - 1);
    close(fd);
    assert_true(len >= 0);
    out[len] = '\0';
    return (size_t)len;
}

static void without_a_file_nothing_is_written(void **state)
{
    (void)state;
    assert_false(log_is_open());
    log_line("into nothing %d", 1);
    log_close();
}

static void a_line_has_its_time_and_no_secret_and_no_control_byte(void **state)
{
    (void)state;
    struct err err = {0};
    char text[1000];
    make_path();
    assert_true(log_open(path, &err));
    assert_true(log_is_open());
    log_line("GET /?X-Amz-Signature=%s %s", "fe5f80", "\x1b[2J\nforged");
    log_line("second");
    log_close();
    assert_false(log_is_open());
    read_log(text, sizeof text);
    assert_string_equal(text, "2026-11-24T14:03:04.123Z GET /?X-Amz-Signature=[redacted] "
                              "^[[2J^Jforged\n2026-11-24T14:03:04.123Z second\n");
    unlink(path);
}

static void others_cannot_read_the_file_even_if_it_stood_open(void **state)
{
    (void)state;
    struct err err = {0};
    struct stat st;
    assert_int_not_equal(access(path, F_OK), 0);
    assert_true(log_open(path, &err));
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    log_close();
    assert_int_equal(chmod(path, 0644), 0);
    assert_true(log_open(path, &err));
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    log_close();
    unlink(path);
}

static void a_second_start_appends(void **state)
{
    (void)state;
    struct err err = {0};
    char text[200];
    for (int i = 0; i < 2; i++) {
        assert_true(log_open(path, &err));
        log_line("start %d", i);
        log_close();
    }
    read_log(text, sizeof text);
    assert_non_null(strstr(text, "start 0\n"));
    assert_non_null(strstr(text, "start 1\n"));
    unlink(path);
}

static void a_long_line_is_cut_and_still_redacted(void **state)
{
    (void)state;
    struct err err = {0};
    static char long_text[20000], text[60000];
    memset(long_text, 'x', sizeof long_text - 1);
    memcpy(long_text + 100, " password=hunter2 ", 18);
    assert_true(log_open(path, &err));
    log_line("%s", long_text);
    log_close();
    size_t len = read_log(text, sizeof text);
    assert_true(len > 4000 && len < 5000);
    assert_int_equal(text[len - 1], '\n');
    assert_null(strstr(text, "hunter2"));
    unlink(path);
}

static void a_path_that_cannot_be_opened_is_named(void **state)
{
    (void)state;
    struct err err = {0};
    assert_false(log_open("/nonexistent/lambdig.log", &err));
    assert_non_null(strstr(err.text, "/nonexistent/lambdig.log"));
    assert_false(log_is_open());
}

int main(void)
{
    setenv("LAMBDIG_FAKE_UNIX_MS", "1795528984123", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_file_nothing_is_written),
        cmocka_unit_test(a_line_has_its_time_and_no_secret_and_no_control_byte),
        cmocka_unit_test(others_cannot_read_the_file_even_if_it_stood_open),
        cmocka_unit_test(a_second_start_appends),
        cmocka_unit_test(a_long_line_is_cut_and_still_redacted),
        cmocka_unit_test(a_path_that_cannot_be_opened_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
