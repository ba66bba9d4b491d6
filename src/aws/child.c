#define _GNU_SOURCE /* POSIX_SPAWN_SETSID */
#include "src/aws/child.h"

#include "src/aws/keys.h"
#include "src/base/redact.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define NOTE_BYTES 2048u

struct child {
    pid_t pid;                /* 0: reaped */
    int out, note;            /* read ends; -1: closed */
    int status;
    bool too_much;
    int64_t deadline_mono_ms;
    size_t out_len, note_len;
    char output[CHILD_OUTPUT_BYTES];
    char notes[NOTE_BYTES];   /* the beginning of stderr */
};

/* ---- start ---- */

static bool make_pipe(int ends[2])
{
    if (pipe(ends) != 0)
        return false;
    for (int i = 0; i < 2; i++)
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return true;
}

static void close_pipe(int ends[2])
{
    close(ends[0]);
    close(ends[1]);
}

/* A session of its own, no signal blocked or ignored as ours may be. */
static void set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    sigaddset(&usual, SIGINT);
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setsigdefault(attributes, &usual);
    short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
#ifdef POSIX_SPAWN_SETSID
    flags |= POSIX_SPAWN_SETSID;
#else
    flags |= POSIX_SPAWN_SETPGROUP;
#endif
    posix_spawnattr_setflags(attributes, flags);
}

static int spawn(struct child *child, char *const *words, int out, int note)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    set_attributes(&attributes);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out, 1);
    posix_spawn_file_actions_adddup2(&actions, note, 2);
    int why = posix_spawnp(&child->pid, words[0], &actions, &attributes, words, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return why;
}

struct child *child_start(char *const *words, int64_t now_mono_ms, struct err *err)
{
    int out[2], note[2];
    if (!make_pipe(out)) {
        err_set(err, ERR_SYSTEM, "running %s: %s", words[0], strerror(errno));
        return NULL;
    }
    if (!make_pipe(note)) {
        err_set(err, ERR_SYSTEM, "running %s: %s", words[0], strerror(errno));
        close_pipe(out);
        return NULL;
    }
    struct child *child = xcalloc(1, sizeof *child);
    int why = spawn(child, words, out[1], note[1]);
    close(out[1]);
    close(note[1]);
    child->out = out[0];
    child->note = note[0];
    child->deadline_mono_ms = now_mono_ms + CHILD_DEADLINE_MS;
    if (why == 0)
        return child;
    child->pid = 0;
    child_free(child);
    err_set(err, ERR_CREDENTIALS, "running %s: %s", words[0], strerror(why));
    return NULL;
}

/* ---- steps ---- */

/* Reads what is there. Past `room` bytes it is thrown away and *over is set. */
static void drain(int *fd, char *into, size_t *len, size_t room, bool *over)
{
    char rest[4096];
    for (int rounds = 0; *fd >= 0 && rounds < 64; rounds++) {
        bool full = *len == room;
        ssize_t n = read(*fd, full ? rest : into + *len, full ? sizeof rest : room - *len);
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            break;
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            close(*fd);
            *fd = -1;
        } else if (full) {
            *over = true;
        } else {
            *len += (size_t)n;
        }
    }
    keys_wipe_bytes(rest, sizeof rest);
}

static void reap(struct child *child)
{
    if (child->pid > 0 && waitpid(child->pid, &child->status, WNOHANG) == child->pid)
        child->pid = 0;
}

static enum child_state stop(struct child *child)
{
    if (child->pid > 0) {
        kill(-child->pid, SIGKILL);
        kill(child->pid, SIGKILL);
    }
    return CHILD_FAILED;
}

/* The first line of stderr, without what looks like a secret. */
static void note_line(const struct child *child, struct buf *out)
{
    struct str line = str_trim((struct str){child->notes, child->note_len});
    line = str_cut(str_trim(str_take_line(&line)), 300);
    buf_init(out, 2048);
    redact(line, out);
}

static enum child_state judge(const struct child *child, struct err *err)
{
    struct buf note;
    if (WIFEXITED(child->status) && WEXITSTATUS(child->status) == 0)
        return CHILD_DONE;
    note_line(child, &note);
    if (WIFEXITED(child->status))
        err_set(err, ERR_CREDENTIALS, "it ended with status %d%s%.*s", WEXITSTATUS(child->status),
                note.len ? ": " : "", STR_ARG(buf_str(&note)));
    else
        err_set(err, ERR_CREDENTIALS, "it was ended by signal %d", WTERMSIG(child->status));
    buf_release(&note);
    return CHILD_FAILED;
}

enum child_state child_step(struct child *child, int64_t now_mono_ms, struct err *err)
{
    bool skipped = false;
    reap(child); /* first: what it wrote before its end is in the pipe by now */
    drain(&child->out, child->output, &child->out_len, CHILD_OUTPUT_BYTES, &child->too_much);
    drain(&child->note, child->notes, &child->note_len, NOTE_BYTES, &skipped);
    if (child->too_much) {
        err_set(err, ERR_CREDENTIALS, "it printed more than 64 KiB");
        return stop(child);
    }
    if (child->pid == 0) /* what it started in the background may hold the pipe open */
        return judge(child, err);
    if (now_mono_ms < child->deadline_mono_ms)
        return CHILD_RUNS;
    err_set(err, ERR_CREDENTIALS, "it gave no answer within %d s", CHILD_DEADLINE_MS / 1000);
    return stop(child);
}

struct str child_output(const struct child *child)
{
    return (struct str){child->output, child->out_len};
}

void child_free(struct child *child)
{
    if (!child)
        return;
    stop(child);
    /* It was killed and ends at once, unless a device holds it: that is not waited for. */
    for (int rounds = 0; child->pid > 0 && rounds < 50; rounds++) {
        reap(child);
        if (child->pid > 0)
            poll(NULL, 0, 2);
    }
    if (child->out >= 0)
        close(child->out);
    if (child->note >= 0)
        close(child->note);
    keys_wipe_bytes(child, sizeof *child);
    free(child);
}
