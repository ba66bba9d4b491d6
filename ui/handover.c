#include "ui/handover.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/clock.h"

/* Children start with every signal as a program expects it: ours are blocked or ignored. */

#define NAP_MS 5
#define NOT_FOUND 127 /* how a shell says that there is no such command */

extern char **environ;

/* ---- the file ---- */

static const char *directory(void)
{
    static const char *const names[] = {"XDG_RUNTIME_DIR", "TMPDIR"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && value[0] == '/' && access(value, W_OK | X_OK) == 0)
            return value;
    }
    return "/tmp";
}

static bool write_all(int fd, struct str text)
{
    while (text.len > 0) {
        ssize_t written = write(fd, text.at, text.len);
        if (written < 0 && errno != EINTR)
            return false;
        text = str_from(text, written > 0 ? (size_t)written : 0);
    }
    return true;
}

bool handover_write(struct str text, char path[HANDOVER_PATH], struct err *err)
{
    int len = snprintf(path, HANDOVER_PATH, "%s/lambdig-XXXXXX", directory());
    int fd = len > 0 && len < HANDOVER_PATH ? mkstemp(path) : -1; /* mode 0600 */
    if (fd < 0)
        return err_set(err, ERR_SYSTEM, "copy: %s: no file can be made there", directory());
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    bool good = write_all(fd, text);
    good = close(fd) == 0 && good;
    if (good)
        return true;
    unlink(path);
    return err_set(err, ERR_SYSTEM, "copy: %s: it cannot be written whole", path);
}

/* ---- running ---- */

static bool spawn(char *const argv[], const posix_spawn_file_actions_t *files, pid_t *child)
{
    static const int usual[] = {SIGINT,  SIGQUIT, SIGPIPE,  SIGTSTP,
                                SIGTERM, SIGHUP,  SIGWINCH, SIGCONT};
    posix_spawnattr_t attributes;
    sigset_t none, reset;
    sigemptyset(&none);
    sigemptyset(&reset);
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        sigaddset(&reset, usual[i]);
    if (posix_spawnattr_init(&attributes) != 0)
        return false;
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &reset);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int failed = posix_spawn(child, "/bin/sh", files, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    return failed == 0;
}

/* What is typed while it runs reaches the whole job: it is not meant for us. */
static const int typed[] = {SIGINT, SIGQUIT, SIGTSTP};
enum { TYPED = sizeof typed / sizeof *typed };

static void ignore_typed(struct sigaction before[TYPED])
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    for (int i = 0; i < TYPED; i++)
        sigaction(typed[i], &ignore, before ? &before[i] : NULL);
}

static void heed_typed(const struct sigaction before[TYPED])
{
    ignore_typed(NULL); /* drops those that wait, blocked or not */
    for (int i = 0; i < TYPED; i++)
        sigaction(typed[i], &before[i], NULL);
}

/* A child that is stopped stops us, so that the shell gets the terminal; fg wakes both. */
static int wait_for(pid_t child)
{
    int status = 0;
    for (;;) {
        pid_t got = waitpid(child, &status, WUNTRACED);
        if (got < 0 && errno != EINTR)
            return -1;
        if (got != child)
            continue;
        if (!WIFSTOPPED(status))
            return WIFEXITED(status) ? WEXITSTATUS(status) : 0;
        kill(getpid(), SIGSTOP);
        kill(child, SIGCONT);
    }
}

static bool takes_line(struct str command)
{
    static const char *const known[] = {"less", "more",  "most",        "vi",  "vim", "nvim",
                                        "nano", "emacs", "emacsclient", "kak", "joe"};
    struct str word = str_take_word(&command);
    for (size_t slash; (slash = str_find_char(word, '/')) != SIZE_MAX;)
        word = str_from(word, slash + 1);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq(word, str_of(known[i])))
            return true;
    return false;
}

bool handover_show(const char *command, const char *path, size_t line, struct err *err)
{
    char script[1024], at[32] = "";
    struct sigaction before[TYPED];
    pid_t child;
    if (snprintf(script, sizeof script, "%s \"$@\"", command) >= (int)sizeof script)
        return err_set(err, ERR_CONFIG, "run: %.60s...: the command is too long", command);
    if (line > 0 && takes_line(str_of(command)))
        snprintf(at, sizeof at, "+%zu", line);
    char *const argv[] = {(char[]){"sh"},
                          (char[]){"-c"},
                          script,
                          (char[]){"lambdig"},
                          at[0] ? at : (char *)(uintptr_t)path,
                          at[0] ? (char *)(uintptr_t)path : NULL,
                          NULL};
    ignore_typed(before);
    bool good = spawn(argv, NULL, &child);
    int status = good ? wait_for(child) : -1;
    heed_typed(before);
    if (status < 0 || status == NOT_FOUND)
        return err_set(err, ERR_CONFIG, "run: %s: there is no such command", command);
    return true;
}

bool handover_feed(const char *command, const char *path, struct err *err)
{
    char *const argv[] = {(char[]){"sh"}, (char[]){"-c"}, (char *)(uintptr_t)command, NULL};
    posix_spawn_file_actions_t files;
    pid_t child, got = 0;
    int status = 0;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, path, O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
    bool good = spawn(argv, &files, &child);
    posix_spawn_file_actions_destroy(&files);
    int64_t until_ms = clock_mono_ms() + HANDOVER_FEED_MS;
    while (good && (got = waitpid(child, &status, WNOHANG)) == 0 && clock_mono_ms() < until_ms)
        poll(NULL, 0, NAP_MS);
    if (good && (got == 0 || (got == child && WIFEXITED(status) && WEXITSTATUS(status) == 0)))
        return true;
    return err_set(err, ERR_CONFIG, "copy: %s: it failed", command);
}
