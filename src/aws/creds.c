#include "src/aws/creds.h"

#include "src/aws/attempt.h"
#include "src/aws/refresh.h"
#include "src/base/log.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* Keys, the attempt that fetches the next ones, and when to try again. Files are read anew for
 * each attempt after the first: keys that a tool or the user renewed are found. */

struct stamp {
    char path[1024];
    int64_t changed_ns, size; /* both 0: it is not there */
    uint64_t inode;
};

struct creds {
    const struct sdk *sdk;     /* borrowed */
    struct sdk fresh;          /* ours, with files read later; zeroed: none */
    struct http *http;
    struct keys keys;
    struct refresh refresh;
    struct attempt *attempt;   /* NULL: none runs */
    struct attempt_memory memory;
    struct err err;            /* of the last attempt, where it failed */
    bool final;                /* it would fail again: wait for a file or a word */
    bool wanted;               /* creds_retry */
    const struct provider *provider;
    bool by_role;
    struct stamp stamps[ATTEMPT_FILES];
    size_t stamp_count;
    int64_t now_unix_ms;
};

/* A core would hold the keys, in places that nobody can wipe first. */
static void write_no_core(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_CORE, &limit) != 0)
        return;
    limit.rlim_cur = 0;
    (void)setrlimit(RLIMIT_CORE, &limit); /* lowering is always allowed */
}

struct creds *creds_new(const struct sdk *sdk, struct http *http)
{
    write_no_core();
    struct creds *c = xcalloc(1, sizeof *c);
    c->sdk = sdk;
    c->http = http;
    keys_wipe(&c->keys);
    return c;
}

void creds_free(struct creds *c)
{
    if (!c)
        return;
    attempt_free(c->attempt);
    sdk_release(&c->fresh);
    keys_wipe_bytes(c, sizeof *c);
    free(c);
}

/* ---- files ---- */

static void stamp_read(struct stamp *stamp)
{
    struct stat st;
    stamp->changed_ns = stamp->size = 0;
    stamp->inode = 0;
    if (stat(stamp->path, &st) != 0)
        return;
#ifdef __APPLE__
    stamp->changed_ns = st.st_mtimespec.tv_sec * INT64_C(1000000000) + st.st_mtimespec.tv_nsec;
#else
    stamp->changed_ns = st.st_mtim.tv_sec * INT64_C(1000000000) + st.st_mtim.tv_nsec;
#endif
    stamp->size = st.st_size;
    stamp->inode = st.st_ino;
}

/* Notes the files of the attempt that have no stamp yet; called at once after each step, so
 * that a change made while it runs is seen later. */
static void note_files(struct creds *c)
{
    for (; c->stamp_count < c->attempt->file_count; c->stamp_count++) {
        struct stamp *stamp = &c->stamps[c->stamp_count];
        str_copy(stamp->path, sizeof stamp->path, str_of(c->attempt->files[c->stamp_count]));
        stamp_read(stamp);
    }
}

static bool files_changed(const struct creds *c)
{
    for (size_t i = 0; i < c->stamp_count; i++) {
        struct stamp now = c->stamps[i];
        stamp_read(&now);
        if (now.changed_ns != c->stamps[i].changed_ns || now.size != c->stamps[i].size ||
            now.inode != c->stamps[i].inode)
            return true;
    }
    return false;
}

/* ---- attempts ---- */

static void failed(struct creds *c)
{
    int64_t pause_ms = refresh_pause_ms(&c->refresh, c->now_unix_ms);
    refresh_failed(&c->refresh, c->now_unix_ms, pause_ms);
    log_line("credentials: %s", c->err.text);
}

static void take(struct creds *c)
{
    struct attempt *a = c->attempt;
    bool same = c->refresh.refused && strcmp(a->keys.id, c->keys.id) == 0 &&
                strcmp(a->keys.token, c->keys.token) == 0;
    err_clear(&c->err);
    if (same) {
        c->final = true;
        err_set(&c->err, ERR_CREDENTIALS, "the keys of the profile \"%s\" (%s) have expired or are "
                "no longer valid", c->sdk->profile, a->plan.base->name);
        err_advise(&c->err, "renew them where they come from; they are read again by themselves");
        failed(c);
    } else if (!refresh_took(&c->refresh, c->now_unix_ms, a->keys.expires_unix_ms)) {
        c->final = false;
        err_set(&c->err, ERR_CREDENTIALS, "the source \"%s\" gave keys that have expired already",
                a->plan.base->name);
        failed(c);
    } else {
        c->final = false;
        c->keys = a->keys;
        c->refresh.needs_person = a->plan.needs_person;
        c->provider = a->plan.base;
        c->by_role = a->plan.role_count > 0;
    }
}

static void look(struct creds *c)
{
    struct attempt *a = c->attempt;
    note_files(c);
    if (a->state == ATTEMPT_RUNS || a->state == ATTEMPT_ASKS)
        return;
    if (a->state == ATTEMPT_DONE) {
        take(c);
    } else {
        c->err = a->err;
        c->final = a->final;
        failed(c);
    }
    attempt_free(a);
    c->attempt = NULL;
}

/* The files may have changed since they were read. Where they are broken now, what was read
 * before holds, and the error is that of the file. */
static bool read_again(struct creds *c)
{
    struct sdk fresh;
    struct err err = {0};
    if (!sdk_reread(c->sdk, &fresh, &err)) {
        c->err = err;
        c->final = true;
        return false;
    }
    sdk_release(&c->fresh);
    c->fresh = fresh;
    return true;
}

static void start(struct creds *c)
{
    bool again = c->refresh.held || c->err.code != ERR_NONE;
    c->wanted = false;
    if (again && !read_again(c)) {
        for (size_t i = 0; i < c->stamp_count; i++)
            stamp_read(&c->stamps[i]);
        failed(c);
        return;
    }
    c->stamp_count = 0;
    c->attempt = attempt_new(again ? &c->fresh : c->sdk, c->http, &c->memory, c->now_unix_ms);
    look(c);
}

/* A final failure waits for a change, but not for ever: what it rests on may be elsewhere. */
static bool is_held_back(const struct creds *c)
{
    return c->final && !c->wanted && !files_changed(c);
}

/* ---- reading ---- */

static enum creds_state give_keys(const struct creds *c, struct keys *keys)
{
    *keys = c->keys;
    return CREDS_READY;
}

enum creds_state creds_read(struct creds *c, int64_t now_unix_ms, struct keys *keys,
                            struct err *err)
{
    c->now_unix_ms = now_unix_ms;
    enum refresh_need need = refresh_need(&c->refresh, now_unix_ms);
    bool wants = need == REFRESH_NOW || need == REFRESH_SOON || (c->wanted && need == REFRESH_LEFT);
    if (!c->attempt && wants && !is_held_back(c)) {
        start(c);
        need = refresh_need(&c->refresh, now_unix_ms);
    }
    if (need == REFRESH_NOT || need == REFRESH_SOON)
        return give_keys(c, keys);
    if (c->attempt)
        return c->attempt->state == ATTEMPT_ASKS ? CREDS_ASK_MFA : CREDS_WAIT;
    if (c->refresh.held && !c->refresh.refused && !c->final)
        return give_keys(c, keys);
    if (err->code == ERR_NONE)
        *err = c->err;
    return CREDS_FAILED;
}

int creds_step(struct creds *c, int64_t now_unix_ms)
{
    c->now_unix_ms = now_unix_ms;
    if (!c->attempt)
        return 60000;
    attempt_step(c->attempt, now_unix_ms);
    look(c);
    return c->attempt ? attempt_wait_ms(c->attempt) : 0;
}

void creds_refused(struct creds *c, const struct keys *keys)
{
    if (c->refresh.held && strcmp(keys->id, c->keys.id) == 0 &&
        strcmp(keys->token, c->keys.token) == 0)
        refresh_refused(&c->refresh, c->now_unix_ms);
}

bool creds_worth_retrying(struct creds *c)
{
    if (c->attempt)
        return false;
    if (c->wanted || files_changed(c))
        return true;
    return !c->final && refresh_need(&c->refresh, c->now_unix_ms) == REFRESH_NOW;
}

void creds_retry(struct creds *c)
{
    c->wanted = true;
}

/* ---- people ---- */

const char *creds_mfa_serial(const struct creds *c)
{
    return c->attempt && c->attempt->state == ATTEMPT_ASKS ? c->attempt->mfa_serial : "";
}

bool creds_give_mfa(struct creds *c, const char *code)
{
    if (!c->attempt || !attempt_give_mfa(c->attempt, code))
        return false;
    look(c);
    return true;
}

const char *creds_source(const struct creds *c)
{
    if (!c->provider)
        return "";
    return c->by_role ? "role" : c->provider->name;
}
