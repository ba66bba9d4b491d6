/* Golden screens: runs a .steps file against the real program in a pseudo-terminal.
 *
 *   size 80x24            the size for the next run
 *   env NAME=VALUE        for the runs that follow; the rest of the environment is fixed
 *   run ARG...            starts lambdig with these words
 *   shell COMMAND         the same through sh, for pipes; $LAMBDIG is the program
 *   wait TEXT  gone TEXT  until TEXT is, or is no longer, on the screen
 *   keys j Enter Ctrl-c   keys by name · type TEXT: as it stands
 *   click 10x5            the mouse at this column and row, from 1; also wheel-up, wheel-down
 *   resize 40x10
 *   resizes 1x1 80x24     each in turn, drawn before the next
 *   random-resizes 100    of 1x1 to 500x200, one each 10 to 40 ms; always the same ones
 *   snap NAME             compares text and style with STEM.NAME.screen and .style
 *   picture FILE          compares the picture with docs/FILE
 *   quiet                 nothing is sent for a second: idle costs no bytes
 *   copy                  the next bytes may hold OSC 52
 *   signal NAME           TERM, HUP, INT, SEGV ...
 *   exit STATUS           it ends with this status, the terminal restored
 *
 * GENERATE=1 writes the expected files instead: read them before they are committed.
 * Usage: golden PROGRAM SRCDIR FILE.steps */
#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/golden/terminal.h"

#define ENV_MAX 32
#define ARGS_MAX 32

static struct {
    const char *program, *srcdir, *steps;
    char home[64];
    char *env[ENV_MAX + 1];
    size_t env_count;
    int rows, cols, line;
    bool generate;
} run;

static _Noreturn void fail(const char *what, const char *detail)
{
    fprintf(stderr, "%s:%d: %s: %s\n--- the screen:\n", run.steps, run.line, what, detail);
    terminal_print_text(stderr);
    terminal_kill();
    exit(1);
}

static void set_env(const char *pair)
{
    size_t name = strcspn(pair, "=") + 1;
    for (size_t i = 0; i < run.env_count; i++)
        if (strncmp(run.env[i], pair, name) == 0) {
            free(run.env[i]);
            run.env[i] = strdup(pair);
            return;
        }
    if (run.env_count < ENV_MAX)
        run.env[run.env_count++] = strdup(pair);
}

static void default_env(void)
{
    static const char *const fixed[] = {"TERM=xterm-256color", "LC_ALL=C.UTF-8", "TZ=UTC",
                                        "LAMBDIG_FAKE_UNIX_MS=1795529040000", "PATH=/usr/bin:/bin"};
    static const char *const kept[] = {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS",
                                       "LD_LIBRARY_PATH"};
    char pair[4096];
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        set_env(fixed[i]);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (getenv(kept[i])) {
            snprintf(pair, sizeof pair, "%s=%s", kept[i], getenv(kept[i]));
            set_env(pair);
        }
    snprintf(pair, sizeof pair, "HOME=%s", run.home);
    set_env(pair);
}

static void do_size(char *rest)
{
    if (sscanf(rest, "%dx%d", &run.cols, &run.rows) != 2)
        fail("size", rest);
}

static void do_resize(char *rest)
{
    do_size(rest);
    terminal_resize(run.rows, run.cols);
}

static void resize_and_draw(int cols, int rows, int quiet_ms)
{
    run.cols = cols;
    run.rows = rows;
    terminal_resize(rows, cols);
    terminal_pump(quiet_ms * 4, quiet_ms);
    if (!terminal_is_running())
        {
        char text[64];
        snprintf(text, sizeof text, "%dx%d, status %d", cols, rows, terminal_wait_exit());
        fail("it ended at a size", text);
    }
}

static void do_resizes(char *rest)
{
    for (char *word = strtok(rest, " "); word; word = strtok(NULL, " ")) {
        int cols, rows;
        if (sscanf(word, "%dx%d", &cols, &rows) != 2)
            fail("size", word);
        resize_and_draw(cols, rows, 50);
    }
}

static void do_random_resizes(char *rest)
{
    uint32_t seed = 1;
    for (int left = atoi(rest); left > 0; left--) {
        int side[2];
        for (int i = 0; i < 2; i++) {
            seed = seed * 1664525u + 1013904223u;
            side[i] = (int)(seed >> 16);
        }
        resize_and_draw(1 + side[0] % 500, 1 + side[1] % 200, 10);
    }
}

static void do_run(char *rest)
{
    char *argv[ARGS_MAX + 1] = {(char *)(uintptr_t)run.program};
    int count = 1;
    for (char *word = strtok(rest, " "); word && count < ARGS_MAX; word = strtok(NULL, " "))
        argv[count++] = word;
    terminal_start(run.rows, run.cols, argv, run.env);
}

static void do_shell(char *rest)
{
    char pair[4200];
    char *program = realpath(run.program, NULL), *srcdir = realpath(run.srcdir, NULL);
    if (program == NULL || srcdir == NULL)
        fail("no such program or directory", run.program);
    snprintf(pair, sizeof pair, "LAMBDIG=%s", program);
    set_env(pair);
    snprintf(pair, sizeof pair, "SRCDIR=%s", srcdir);
    set_env(pair);
    free(program);
    free(srcdir);
    char *argv[] = {(char *)(uintptr_t)"/bin/sh", (char *)(uintptr_t)"-c", rest, NULL};
    terminal_start(run.rows, run.cols, argv, run.env);
}

static void do_wait(char *rest)
{
    if (!terminal_wait_text(rest, true))
        fail("waited in vain for", rest);
}

static void do_gone(char *rest)
{
    if (!terminal_wait_text(rest, false))
        fail("still on the screen", rest);
}

static const struct {
    const char *name, *bytes;
} keys[] = {
    {"Enter", "\r"},     {"Esc", "\033"},     {"Tab", "\t"},       {"S-Tab", "\033[Z"},
    {"Space", " "},      {"Up", "\033OA"},    {"Down", "\033OB"},  {"Right", "\033OC"},
    {"Left", "\033OD"},  {"PgUp", "\033[5~"}, {"PgDn", "\033[6~"}, {"Home", "\033OH"},
    {"End", "\033OF"},   {"F1", "\033OP"},    {"Backspace", "\177"},
};

static void send_key(const char *word)
{
    char control = 0;
    if (strncmp(word, "Ctrl-", 5) == 0 && word[5]) {
        control = (char)(word[5] & 0x1F);
        terminal_send(&control, 1);
        return;
    }
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(word, keys[i].name) == 0) {
            terminal_send(keys[i].bytes, strlen(keys[i].bytes));
            return;
        }
    terminal_send(word, strlen(word));
}

static void do_keys(char *rest)
{
    for (char *word = strtok(rest, " "); word; word = strtok(NULL, " "))
        send_key(word);
}

static void do_type(char *rest)
{
    terminal_send(rest, strlen(rest));
}

static void send_mouse(int button, char *rest)
{
    int row, col, len;
    char bytes[64];
    if (sscanf(rest, "%dx%d", &col, &row) != 2)
        fail("place of the mouse", rest);
    len = snprintf(bytes, sizeof bytes, "\033[<%d;%d;%dM\033[<%d;%d;%dm", button, col, row, button,
                   col, row);
    terminal_send(bytes, (size_t)len);
}

static void do_click(char *rest)
{
    send_mouse(0, rest);
}

static void do_wheel_up(char *rest)
{
    send_mouse(64, rest);
}

static void do_wheel_down(char *rest)
{
    send_mouse(65, rest);
}

static char *read_file(const char *path)
{
    FILE *in = fopen(path, "r");
    if (in == NULL)
        return strdup("");
    char *all = NULL;
    size_t len = 0;
    if (getdelim(&all, &len, '\0', in) < 0 && all)
        all[0] = '\0';
    fclose(in);
    return all ? all : strdup("");
}

static char *plane(void (*print)(FILE *))
{
    char *all = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&all, &len);
    print(out);
    fclose(out);
    return all;
}

static void write_file(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");
    if (out == NULL || fputs(text, out) < 0 || fclose(out) != 0)
        fail("cannot write", path);
}

/* Waits until the plane reads as the file does; a slow machine only makes this longer. */
static void compare(const char *path, void (*print)(FILE *))
{
    if (run.generate) {
        terminal_pump(DEADLINE_MS, 400);
        char *now = plane(print);
        write_file(path, now);
        free(now);
        return;
    }
    char *wanted = read_file(path);
    for (int tries = 0;; tries++) {
        char *now = plane(print);
        bool same = strcmp(now, wanted) == 0;
        if (!same && tries == 50) {
            char failed[4200];
            snprintf(failed, sizeof failed, "%s/%s.got", run.home, strrchr(path, '/') + 1);
            fprintf(stderr, "--- wanted (%s):\n%s--- got:\n%s", path, wanted, now);
            fail("the screen differs from", path);
        }
        free(now);
        if (same)
            break;
        terminal_pump(100, 100);
    }
    free(wanted);
}

static void do_snap(char *rest)
{
    char path[4096];
    int stem = (int)(strlen(run.steps) - strlen(".steps"));
    snprintf(path, sizeof path, "%.*s.%s.screen", stem, run.steps, rest);
    compare(path, terminal_print_text);
    snprintf(path, sizeof path, "%.*s.%s.style", stem, run.steps, rest);
    compare(path, terminal_print_style);
}

static void do_picture(char *rest)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/docs/%s", run.srcdir, rest);
    compare(path, terminal_print_svg);
}

static void do_env(char *rest)
{
    set_env(rest);
}

static void do_quiet(char *rest)
{
    (void)rest;
    terminal_pump(DEADLINE_MS, 500);
    terminal_take_count();
    terminal_pump(1000, 1000);
    size_t count = terminal_take_count();
    char text[64];
    snprintf(text, sizeof text, "%zu bytes", count);
    if (count != 0)
        fail("not idle", text);
}

static void do_signal(char *rest)
{
    static const struct {
        const char *name;
        int number;
    } signals[] = {{"TERM", SIGTERM}, {"HUP", SIGHUP},   {"INT", SIGINT}, {"SEGV", SIGSEGV},
                   {"ABRT", SIGABRT}, {"QUIT", SIGQUIT}, {"BUS", SIGBUS}, {"FPE", SIGFPE},
                   {"ILL", SIGILL},   {"PIPE", SIGPIPE}};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (strcmp(rest, signals[i].name) == 0) {
            terminal_pump(DEADLINE_MS, 300); /* not into the middle of a frame */
            terminal_signal(signals[i].number);
            return;
        }
    fail("unknown signal", rest);
}

static void do_copy(char *rest)
{
    (void)rest;
    terminal_allow_copy();
}

static void check_bytes(void)
{
    if (terminal_foreign())
        fail("bytes that no terminfo entry sends", terminal_foreign());
    if (terminal_replies() > 0)
        fail("the terminal was asked a question", "replies");
}

static void do_exit(char *rest)
{
    char text[64];
    int status = terminal_wait_exit();
    snprintf(text, sizeof text, "%d, wanted %s", status, rest);
    if (status != atoi(rest))
        fail("exit status", text);
    check_bytes();
    if (terminal_left())
        fail("the terminal is not restored", terminal_left());
}

static const struct {
    const char *word;
    void (*act)(char *rest);
} steps[] = {
    {"size", do_size},       {"env", do_env},   {"run", do_run},       {"wait", do_wait},
    {"shell", do_shell},
    {"gone", do_gone},       {"keys", do_keys}, {"type", do_type},     {"resize", do_resize},
    {"click", do_click},     {"wheel-up", do_wheel_up}, {"wheel-down", do_wheel_down},
    {"resizes", do_resizes}, {"random-resizes", do_random_resizes},
    {"snap", do_snap},       {"copy", do_copy}, {"picture", do_picture}, {"quiet", do_quiet},
    {"signal", do_signal},   {"exit", do_exit},
};

static void step(char *line)
{
    line[strcspn(line, "\n")] = '\0';
    if (line[0] == '\0' || line[0] == '#')
        return;
    char *rest = line + strcspn(line, " ");
    if (*rest)
        *rest++ = '\0';
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (strcmp(line, steps[i].word) == 0) {
            steps[i].act(rest);
            return;
        }
    fail("no such step", line);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

/* What the steps made there goes, too, however it ends. */
static void remove_home(void)
{
    nftw(run.home, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: golden PROGRAM SRCDIR FILE.steps\n");
        return 99;
    }
    run.program = argv[1];
    run.srcdir = argv[2];
    run.steps = argv[3];
    run.rows = 24;
    run.cols = 80;
    run.generate = getenv("GENERATE") != NULL;
    snprintf(run.home, sizeof run.home, "/tmp/lambdig-golden-XXXXXX");
    if (mkdtemp(run.home) == NULL || atexit(remove_home) != 0)
        return 99;
    default_env();
    FILE *in = fopen(run.steps, "r");
    if (in == NULL) {
        fprintf(stderr, "%s: %s\n", run.steps, strerror(errno));
        return 99;
    }
    char line[4096];
    for (run.line = 1; fgets(line, sizeof line, in); run.line++)
        step(line);
    fclose(in);
    check_bytes();
    terminal_kill();
    return 0;
}
