/* Runs a program in a pseudo-terminal, types, and measures what comes back: time to the
 * last byte, bytes, processor time, memory. One line of figures a step, for
 * tests/bench/report.
 *
 *   typist [-s COLSxROWS] [-i COMMAND] STEP... -- PROGRAM [ARGUMENT...]
 *   -i: the output of this shell command is the program's stdin
 *
 *   until:TEXT            waits for TEXT in what the program writes; milliseconds since
 * its start quiet:MS              waits until nothing was written for so long settle:MS
 * waits until the program used no processor time for so long type:KEYS             types
 * and waits until it is quiet, half a second at most keys:NAME:N:KEYS      N times:
 * types, waits until it is quiet; percentiles of time and bytes
 *   answer:NAME:N:KEYS:TEXT:BACK   N times: types KEYS, waits for TEXT, types BACK; works
 * while the program writes without end resize:NAME:COLSxROWS as keys, once, with a new
 * size idle:SECONDS          bytes and frames written and processor time used meanwhile
 *   memory                resident now and at its peak
 * In KEYS ^X stands for a control key, ^? for Backspace, \e for Esc; `a|b` types a and b
 * by turns.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DEADLINE_US (60 * 1000000LL)
#define QUIET_US 20000    /* a frame is over when nothing came for so long */
#define FRAME_GAP_US 4000 /* what comes later belongs to another frame */
#define SAMPLES_MAX 2000

struct session {
    pid_t pid;
    int fd;
    int64_t began_us;
    int64_t last_byte_us; /* when the newest bytes came */
    uint64_t bytes;       /* written by the program so far */
    char tail[1 << 16];   /* the newest bytes, for finding a text */
    size_t tail_len;
};

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static void fail(const char *what)
{
    fprintf(stderr, "typist: %s: %s\n", what, strerror(errno));
    exit(2);
}

static void tail_add(struct session *s, const char *bytes, size_t len)
{
    size_t keep = sizeof s->tail - len;
    if (s->tail_len > keep) {
        memmove(s->tail, s->tail + s->tail_len - keep / 2, keep / 2);
        s->tail_len = keep / 2;
    }
    memcpy(s->tail + s->tail_len, bytes, len);
    s->tail_len += len;
}

/* ---- processor time, from /proc ---- */

static int64_t cpu_us(const struct session *s)
{
    char path[300];
    snprintf(path, sizeof path, "/proc/%d/task", (int)s->pid);
    DIR *tasks = opendir(path);
    int64_t sum_ns = 0;
    for (struct dirent *task; tasks && (task = readdir(tasks)) != NULL;) {
        snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", (int)s->pid,
                 task->d_name);
        FILE *file = task->d_name[0] == '.' ? NULL : fopen(path, "r");
        long long ns = 0;
        if (file != NULL && fscanf(file, "%lld", &ns) == 1)
            sum_ns += ns;
        if (file != NULL)
            fclose(file);
    }
    if (tasks)
        closedir(tasks);
    return sum_ns / 1000;
}

/* Reads what comes within `wait_us`. false: nothing came. */
static bool take(struct session *s, int64_t wait_us)
{
    struct pollfd fd = {.fd = s->fd, .events = POLLIN};
    struct timespec wait = {wait_us / 1000000, wait_us % 1000000 * 1000};
    if (wait_us < 0 || ppoll(&fd, 1, &wait, NULL) <= 0)
        return false;
    char bytes[16384];
    ssize_t len = read(s->fd, bytes, sizeof bytes);
    if (len <= 0)
        fail("the program ended");
    s->last_byte_us = now_us();
    s->bytes += (uint64_t)len;
    tail_add(s, bytes, (size_t)len);
    return true;
}

static void until_quiet(struct session *s, int64_t quiet_us)
{
    int64_t end_us = now_us() + DEADLINE_US;
    while (take(s, quiet_us))
        if (now_us() > end_us)
            errno = ETIME, fail("it never was quiet");
}

static void until_text(struct session *s, const char *text)
{
    int64_t end_us = now_us() + DEADLINE_US;
    while (memmem(s->tail, s->tail_len, text, strlen(text)) == NULL)
        if (!take(s, end_us - now_us()))
            errno = ETIME, fail(text);
}

/* ---- memory, from /proc ---- */

static void memory(const struct session *s)
{
    char path[64], line[200];
    long kib, rss = 0, peak = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)s->pid);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file)) {
        if (sscanf(line, "VmRSS: %ld", &kib) == 1)
            rss = kib;
        if (sscanf(line, "VmHWM: %ld", &kib) == 1)
            peak = kib;
    }
    if (file != NULL)
        fclose(file);
    printf("memory rss_kib=%ld peak_kib=%ld\n", rss, peak);
}

static void settle(struct session *s, int64_t quiet_us)
{
    int64_t end_us = now_us() + DEADLINE_US, since_us = now_us(), used_us = cpu_us(s);
    while (now_us() - since_us < quiet_us && now_us() < end_us) {
        int64_t stop_us = now_us() + quiet_us / 4;
        while (now_us() < stop_us)
            take(s, stop_us - now_us());
        int64_t now_used_us = cpu_us(s);
        if (now_used_us - used_us > 1000)
            since_us = now_us();
        used_us = now_used_us;
    }
    printf("settle ms=%" PRId64 "\n", (since_us - s->began_us) / 1000);
}

/* ---- typing ---- */

static size_t decode_keys(const char *keys, size_t len, char *out)
{
    size_t count = 0;
    for (size_t i = 0; i < len; i++) {
        if (keys[i] == '^' && i + 1 < len)
            out[count++] = keys[++i] == '?' ? '\x7F' : keys[i] & 0x1F;
        else if (keys[i] == '\\' && i + 1 < len && keys[i + 1] == 'e')
            out[count++] = '\x1B', i++;
        else
            out[count++] = keys[i];
    }
    return count;
}

static void type(struct session *s, const char *keys, size_t len)
{
    char bytes[256];
    size_t count = decode_keys(keys, len < sizeof bytes ? len : sizeof bytes, bytes);
    if (write(s->fd, bytes, count) != (ssize_t)count)
        fail("type");
}

static int64_t samples_us[SAMPLES_MAX], samples_bytes[SAMPLES_MAX],
    samples_cpu_us[SAMPLES_MAX];

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int64_t percentile(int64_t *samples, unsigned count, unsigned percent)
{
    qsort(samples, count, sizeof *samples, compare);
    return samples[(count - 1) * percent / 100];
}

static void print_samples(const char *name, size_t name_len, unsigned count)
{
    if (count == 0)
        return;
    printf("keys name=%.*s n=%u p50_us=%" PRId64 " p99_us=%" PRId64 " max_us=%" PRId64
           " cpu_p50_us=%" PRId64 " cpu_p99_us=%" PRId64 " bytes_p50=%" PRId64
           " bytes_max=%" PRId64 "\n",
           (int)name_len, name, count, percentile(samples_us, count, 50),
           percentile(samples_us, count, 99), percentile(samples_us, count, 100),
           percentile(samples_cpu_us, count, 50), percentile(samples_cpu_us, count, 99),
           percentile(samples_bytes, count, 50), percentile(samples_bytes, count, 100));
}

static void sample(struct session *s, unsigned at, int64_t sent_us, uint64_t bytes,
                   int64_t used_us)
{
    samples_cpu_us[at] = cpu_us(s) - used_us;
    samples_us[at] = s->last_byte_us > sent_us ? s->last_byte_us - sent_us : 0;
    samples_bytes[at] = (int64_t)(s->bytes - bytes);
}

/* The part of `a|b|c` whose turn it is. */
static const char *by_turns(const char *keys, unsigned turn, size_t *len)
{
    unsigned parts = 1;
    for (const char *at = keys; (at = strchr(at, '|')) != NULL && at[1] != '\0'; at++)
        parts++;
    for (turn %= parts; turn > 0; turn--)
        keys = strchr(keys, '|') + 1;
    *len = parts > 1 ? strcspn(keys, "|") : strlen(keys);
    return keys;
}

static void keys_step(struct session *s, const char *name, size_t name_len,
                      unsigned count, const char *keys)
{
    until_quiet(s, QUIET_US);
    for (unsigned i = 0; i < count; i++) {
        size_t len;
        const char *part = by_turns(keys, i, &len);
        uint64_t bytes = s->bytes;
        int64_t used_us = cpu_us(s), sent_us = now_us();
        type(s, part, len);
        if (take(s, 1000000))
            until_quiet(s, QUIET_US);
        sample(s, i, sent_us, bytes, used_us);
    }
    print_samples(name, name_len, count);
}

/* rest: KEYS:TEXT:BACK */
static void answer_step(struct session *s, const char *name, size_t name_len,
                        unsigned count, const char *rest)
{
    char text[100];
    const char *colon = strchr(rest, ':'), *back = colon ? strchr(colon + 1, ':') : NULL;
    if (back == NULL)
        errno = EINVAL, fail(rest);
    snprintf(text, sizeof text, "%.*s", (int)(back - colon - 1), colon + 1);
    for (unsigned i = 0; i < count; i++) {
        int64_t pause_us =
            now_us() + 60000 + (i % 7) * 9000; /* at every phase of its frames */
        while (now_us() < pause_us)
            take(s, pause_us - now_us());
        uint64_t bytes = s->bytes;
        s->tail_len = 0;
        int64_t used_us = cpu_us(s), sent_us = now_us();
        type(s, rest, (size_t)(colon - rest));
        until_text(s, text);
        sample(s, i, sent_us, bytes, used_us);
        type(s, back + 1, strlen(back + 1));
    }
    print_samples(name, name_len, count);
}

static void resize_step(struct session *s, const char *name, size_t name_len,
                        const char *size)
{
    struct winsize window = {0};
    if (sscanf(size, "%hux%hu", &window.ws_col, &window.ws_row) != 2)
        errno = EINVAL, fail(size);
    uint64_t bytes = s->bytes;
    int64_t used_us = cpu_us(s), sent_us = now_us();
    ioctl(s->fd, TIOCSWINSZ, &window);
    if (take(s, 3000000))
        until_quiet(s, 100000);
    sample(s, 0, sent_us, bytes, used_us);
    print_samples(name, name_len, 1);
}

static void idle(struct session *s, int64_t length_us)
{
    uint64_t bytes = s->bytes;
    int64_t used_us = cpu_us(s), end_us = now_us() + length_us;
    int64_t before_us = 0;
    unsigned frames = 0;
    for (; now_us() < end_us; before_us = s->last_byte_us)
        frames +=
            take(s, end_us - now_us()) && s->last_byte_us - before_us > FRAME_GAP_US;
    printf("idle bytes=%" PRIu64 " frames=%u cpu_us=%" PRId64 "\n", s->bytes - bytes,
           frames, cpu_us(s) - used_us);
}

/* NAME:N:REST or NAME:REST */
static void named_step(struct session *s, const char *word, size_t word_len,
                       const char *rest)
{
    const char *colon = strchr(rest, ':');
    if (colon == NULL)
        errno = EINVAL, fail(rest);
    size_t name_len = (size_t)(colon - rest);
    if (strncmp(word, "resize", word_len) == 0) {
        resize_step(s, rest, name_len, colon + 1);
        return;
    }
    unsigned count = (unsigned)strtoul(colon + 1, NULL, 10);
    const char *keys = strchr(colon + 1, ':');
    if (keys == NULL || count > SAMPLES_MAX)
        errno = EINVAL, fail(rest);
    (strncmp(word, "keys", word_len) == 0 ? keys_step : answer_step)(s, rest, name_len,
                                                                     count, keys + 1);
}

static void step(struct session *s, const char *text)
{
    const char *colon = strchr(text, ':');
    size_t len = colon ? (size_t)(colon - text) : strlen(text);
    const char *rest = colon ? colon + 1 : "";
    if (strncmp(text, "until", len) == 0) {
        until_text(s, rest);
        printf("until us=%" PRId64 " bytes=%" PRIu64 "\n", s->last_byte_us - s->began_us,
               s->bytes);
    } else if (strncmp(text, "quiet", len) == 0) {
        until_quiet(s, atoll(rest) * 1000);
    } else if (strncmp(text, "settle", len) == 0) {
        settle(s, atoll(rest) * 1000);
    } else if (strncmp(text, "type", len) == 0) {
        s->tail_len = 0;
        type(s, rest, strlen(rest));
        for (int64_t end_us = now_us() + 500000; now_us() < end_us && take(s, 100000);)
            ;
    } else if (strncmp(text, "idle", len) == 0) {
        idle(s, atoll(rest) * 1000000);
    } else if (strncmp(text, "memory", len) == 0) {
        memory(s);
    } else {
        named_step(s, text, len, rest);
    }
    fflush(stdout);
}

static FILE *feeder;

static void start(struct session *s, const struct winsize *size, char **argv)
{
    s->began_us = now_us();
    s->pid = forkpty(&s->fd, NULL, NULL, size);
    if (s->pid < 0)
        fail("forkpty");
    if (s->pid > 0)
        return;
    if (feeder != NULL)
        dup2(fileno(feeder), STDIN_FILENO);
    execvp(argv[0], argv);
    _exit(127);
}

static void end(struct session *s)
{
    char bytes[4096];
    kill(s->pid, SIGTERM);
    int64_t end_us = now_us() + 2000000;
    while (now_us() < end_us && waitpid(s->pid, NULL, WNOHANG) == 0) {
        struct pollfd fd = {.fd = s->fd, .events = POLLIN};
        if (poll(&fd, 1, 10) == 1 && read(s->fd, bytes, sizeof bytes) < 0)
            poll(NULL, 0, 10);
    }
    kill(s->pid, SIGKILL);
    waitpid(s->pid, NULL, 0);
}

int main(int argc, char **argv)
{
    struct session *s = calloc(1, sizeof *s);
    struct winsize size = {.ws_col = 80, .ws_row = 24};
    int program = 1;
    while (program < argc && strcmp(argv[program], "--") != 0)
        program++;
    if (program + 1 >= argc) {
        fprintf(stderr, "typist: no program after --\n");
        return 2;
    }
    for (int option; (option = getopt(program, argv, "+s:i:")) != -1;) {
        if (option == 's' && sscanf(optarg, "%hux%hu", &size.ws_col, &size.ws_row) == 2)
            continue;
        if (option != 'i' || (feeder = popen(optarg, "r")) == NULL)
            return 2;
        fcntl(fileno(feeder), F_SETFD, FD_CLOEXEC);
    }
    setenv("TERM", "xterm-256color", 1);
    start(s, &size, argv + program + 1);
    for (int i = optind; i < program; i++)
        step(s, argv[i]);
    end(s);
    return 0;
}
