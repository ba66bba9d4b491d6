#include "src/aws/attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void attempt_done(struct attempt *a)
{
    if (a->has_base)
        a->roles_left--;
    a->has_base = true;
    if (a->roles_left == 0)
        a->state = ATTEMPT_DONE;
    else
        role_start(a, NULL);
}

void attempt_fail(struct attempt *a, bool final)
{
    err_set(&a->err, ERR_CREDENTIALS, "no credentials"); /* holds only where none is set */
    a->state = ATTEMPT_FAILED;
    a->final = final;
    keys_wipe(&a->keys);
}

void attempt_rests_on(struct attempt *a, const char *path)
{
    if (a->file_count < ATTEMPT_FILES)
        str_copy(a->files[a->file_count++], sizeof a->files[0], str_of(path));
}

bool attempt_read_file(struct attempt *a, const char *path, char *out, size_t size)
{
    struct stat st;
    attempt_rests_on(a, path);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return err_set(&a->err, ERR_CREDENTIALS, "reading %s: %s", path, strerror(errno));
    bool is_file = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    ssize_t len = is_file ? read(fd, out, size) : -1;
    close(fd);
    if (len < 0)
        return err_set(&a->err, ERR_CREDENTIALS, "reading %s: no plain file", path);
    if ((size_t)len == size)
        return err_set(&a->err, ERR_CREDENTIALS, "reading %s: more than %zu bytes", path, size - 1);
    out[len] = '\0';
    struct str text = str_trim((struct str){out, (size_t)len});
    memmove(out, text.at, text.len);
    out[text.len] = '\0';
    if (memchr(out, '\0', text.len))
        return err_set(&a->err, ERR_CREDENTIALS, "reading %s: a NUL byte: this is no text", path);
    return true;
}

struct attempt *attempt_new(const struct sdk *sdk, struct http *http,
                            struct attempt_memory *memory, int64_t now_unix_ms)
{
    struct attempt *a = xcalloc(1, sizeof *a);
    a->sdk = sdk;
    a->memory = memory;
    a->exchange.http = http;
    a->now_unix_ms = now_unix_ms;
    a->now_mono_ms = clock_mono_ms();
    keys_wipe(&a->keys);
    attempt_rests_on(a, sdk_path(sdk, SDK_CONFIG));
    attempt_rests_on(a, sdk_path(sdk, SDK_CREDENTIALS));
    if (!plan_make(sdk, &a->plan, &a->err)) {
        attempt_fail(a, true);
        return a;
    }
    a->roles_left = a->plan.role_count;
    a->plan.base->start(a);
    return a;
}

void attempt_free(struct attempt *a)
{
    if (!a)
        return;
    exchange_stop(&a->exchange);
    if (a->own && a->plan.base->end)
        a->plan.base->end(a);
    keys_wipe_bytes(a, sizeof *a);
    free(a);
}

void attempt_step(struct attempt *a, int64_t now_unix_ms)
{
    a->now_unix_ms = now_unix_ms;
    a->now_mono_ms = clock_mono_ms();
    exchange_step(&a->exchange, a->now_mono_ms);
    if (a->state == ATTEMPT_RUNS && a->own && a->plan.base->step)
        a->plan.base->step(a);
}

int attempt_wait_ms(const struct attempt *a)
{
    if (a->state == ATTEMPT_RUNS && a->own && a->plan.base->step)
        return 50; /* a program runs: its end is looked for */
    return exchange_wait_ms(&a->exchange, clock_mono_ms());
}

bool attempt_give_mfa(struct attempt *a, const char *code)
{
    if (a->state != ATTEMPT_ASKS || strlen(code) != 6 || strspn(code, "0123456789") != 6)
        return false;
    a->state = ATTEMPT_RUNS;
    role_start(a, code);
    return true;
}
