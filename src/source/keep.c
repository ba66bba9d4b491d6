#include "src/source/keep.h"

#include <stdio.h>
#include <stdlib.h>

/* Passes everything on but the events and the functions that were not asked for. */

#define BATCH 256
#define KNOWN_MAX 4096 /* names remembered for "did you mean" */

struct keep {
    struct source source; /* first */
    struct source *inner;
    const char *const *names;
    size_t count;
    bool *seen;  /* by name */
    char **known; /* of the account or case; ours */
    size_t known_count;
    bool told;
    const struct sink *outer; /* during a step */
};

static bool is_kept(struct keep *k, struct str function)
{
    bool kept = false;
    for (size_t i = 0; i < k->count; i++)
        if (str_eq(function, str_of(k->names[i])))
            kept = k->seen[i] = true;
    return kept;
}

static void remember(struct keep *k, const char *name)
{
    if (k->known_count == KNOWN_MAX)
        return;
    size_t size = strlen(name) + 1;
    k->known = xrealloc(k->known, (k->known_count + 1) * sizeof *k->known);
    k->known[k->known_count] = xcalloc(size, 1);
    memcpy(k->known[k->known_count++], name, size);
}

static void pass_account(void *ctx, const struct account *account)
{
    struct keep *k = ctx;
    k->outer->account(k->outer->ctx, account);
}

static void pass_functions(void *ctx, const struct function *functions, size_t count)
{
    struct keep *k = ctx;
    for (size_t i = 0; i < count; i++) {
        remember(k, functions[i].name);
        if (is_kept(k, str_of(functions[i].name)))
            k->outer->functions(k->outer->ctx, &functions[i], 1);
    }
}

static void pass_events(void *ctx, const struct event *events, size_t count)
{
    struct keep *k = ctx;
    struct event batch[BATCH];
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_kept(k, events[i].function))
            batch[kept++] = events[i];
        if (kept == BATCH || (kept > 0 && i + 1 == count)) {
            k->outer->events(k->outer->ctx, batch, kept);
            kept = 0;
        }
    }
}

static void pass_progress(void *ctx, const struct progress *progress)
{
    struct keep *k = ctx;
    k->outer->progress(k->outer->ctx, progress);
}

static void pass_trouble(void *ctx, const struct err *err)
{
    struct keep *k = ctx;
    k->outer->trouble(k->outer->ctx, err);
}

static void tell_unseen(struct keep *k)
{
    for (size_t i = 0; i < k->count; i++) {
        struct err err = {0};
        const char *near =
            str_nearest(str_of(k->names[i]), (const char *const *)k->known, k->known_count);
        if (k->seen[i])
            continue;
        err_set(&err, ERR_NOT_FOUND, "function: %s: there is none of this name here", k->names[i]);
        if (near)
            err_advise(&err, "did you mean %s?", near);
        k->outer->trouble(k->outer->ctx, &err);
    }
    k->told = true;
}

static bool keep_step(struct source *source, const struct sink *sink, int wait_ms, enum step *step,
                      struct err *err)
{
    struct keep *k = (struct keep *)source;
    const struct sink inner = {
        k, pass_account, pass_functions, pass_events, pass_progress, pass_trouble, NULL};
    k->outer = sink;
    bool good = source_step(k->inner, &inner, wait_ms, step, err);
    if (good && *step == STEP_DONE && !k->told)
        tell_unseen(k);
    return good;
}

static void keep_wake(struct source *source)
{
    source_wake(((struct keep *)source)->inner);
}

static const char *keep_input_name(const struct source *source, uint32_t input)
{
    return source_input_name(((const struct keep *)source)->inner, input);
}

struct kept_again {
    struct keep *keep;
    const struct again *to;
};

static bool again_event(void *ctx, const struct event *event)
{
    const struct kept_again *k = ctx;
    return !is_kept(k->keep, event->function) || k->to->event(k->to->ctx, event);
}

static bool again_stop(void *ctx)
{
    const struct kept_again *k = ctx;
    return k->to->stop(k->to->ctx);
}

static bool keep_read_again(struct source *source, const struct again_from *from,
                            const struct again *to, struct err *err)
{
    struct kept_again ctx = {(struct keep *)source, to};
    const struct again inner = {&ctx, again_event, again_stop};
    return source_read_again(ctx.keep->inner, from, &inner, err);
}

static const char *keep_reads_once(const struct source *source)
{
    return source_reads_once(((const struct keep *)source)->inner);
}

static void keep_free(struct source *source)
{
    struct keep *k = (struct keep *)source;
    for (size_t i = 0; i < k->known_count; i++)
        free(k->known[i]);
    source_free(k->inner);
    free(k->known);
    free(k->seen);
    free(k);
}

static const struct source_class keep_class = {
    .name = "keep", .step = keep_step, .wake = keep_wake, .input_name = keep_input_name,
    .read_again = keep_read_again, .reads_once = keep_reads_once, .free = keep_free,
};

struct source *keep_new(struct source *inner, const char *const *names, size_t count)
{
    struct keep *k = xcalloc(1, sizeof *k);
    k->source.class = &keep_class;
    k->inner = inner;
    k->names = names;
    k->count = count;
    k->seen = xcalloc(k->count, sizeof *k->seen);
    return &k->source;
}
