#include "src/aws/attempt.h"
#include "src/aws/child.h"
#include "src/aws/members.h"
#include "src/aws/words.h"

#include <stdio.h>
#include <stdlib.h>

/* credential_process: a program that prints keys as JSON. */

#define WORDS 64u

static bool is_configured(const struct sdk *sdk, const char *profile, bool with_env)
{
    (void)with_env;
    return sdk_profile_get(sdk, profile, "credential_process") != NULL;
}

static void where(const struct attempt *a, char *out, size_t size)
{
    char place[1100];
    sdk_profile_where(a->sdk, a->plan.profile, "credential_process", place, sizeof place);
    snprintf(out, size, "%s: credential_process", place);
}

/* `what: why`, where `why` holds what went wrong. */
static void fail(struct attempt *a, const struct err *why)
{
    char what[1200];
    where(a, what, sizeof what);
    err_set(&a->err, ERR_CREDENTIALS, "%s: %s", what, why->text);
    err_advise(&a->err, "run the program of that line by itself to see more");
    attempt_fail(a, true);
}

static void start(struct attempt *a)
{
    char text[4096], *words[WORDS + 1] = {NULL};
    size_t count;
    struct err err = {0};
    if (!str_copy(text, sizeof text,
                  str_of(sdk_profile_get(a->sdk, a->plan.profile, "credential_process"))))
        err_set(&err, ERR_CREDENTIALS, "it has more than 4,095 bytes");
    else if (!words_split(text, words, WORDS, &count))
        err_set(&err, ERR_CREDENTIALS, "a quote has no end");
    else if (count == 0 || count > WORDS)
        err_set(&err, ERR_CREDENTIALS, count ? "it has more than 64 words" : "it is empty");
    else
        a->own = child_start(words, a->now_mono_ms, &err);
    if (!a->own)
        fail(a, &err);
}

static void end(struct attempt *a)
{
    child_free(a->own);
    a->own = NULL;
}

static void step(struct attempt *a)
{
    struct err err = {0};
    enum child_state state = child_step(a->own, a->now_mono_ms, &err);
    if (state == CHILD_RUNS)
        return;
    bool ok = state == CHILD_DONE &&
              members_decode_process(child_output(a->own), "its output", &a->keys, &err);
    end(a);
    if (ok)
        attempt_done(a);
    else
        fail(a, &err);
}

const struct provider provider_process = {"process", is_configured, start, step, end};
