#include "src/source/live_inside.h"

#include "src/aws/sts.h"

#include <stdio.h>
#include <stdlib.h>

#define SINCE_MS (60 * 60 * 1000)
#define HELD_LOOK_MS 2000 /* how often the files of the credentials are looked at */
#define SUSPENDED_MS 5000 /* a shorter sleep needs no gap */
#define ROUND_MS 3600000

struct follow_clock live_clock(const struct live *live)
{
    int64_t skew_ms = client_skew_ms(live->client, SERVICE_LOGS);
    return (struct follow_clock){clock_mono_ms(), clock_unix_ms() + skew_ms};
}

void live_trouble(struct live *live, const struct err *err)
{
    live->came = true;
    live->sink->trouble(live->sink->ctx, err);
}

bool live_holds(struct live *live, const struct answer *answer)
{
    if (answer->kind != ANSWER_EXPIRED)
        return false;
    if (!live->held)
        live->held_why = answer->err;
    live->held = true;
    if (live->options.once)
        live->failed = answer->err;
    return true;
}

/* ---- the account ---- */

static void on_identity(void *ctx, const struct answer *answer)
{
    struct live *live = ctx;
    struct sts_identity *identity = xcalloc(1, sizeof *identity);
    struct err err = {0};
    live_holds(live, answer);
    if (answer->kind == ANSWER_DONE &&
        sts_decode_identity(answer->body, identity, &err)) {
        str_copy(live->account.account, sizeof live->account.account,
                 str_of(identity->account));
        str_copy(live->account.role, sizeof live->account.role, str_of(identity->role));
        live->account_told = false;
    } else if (answer->kind == ANSWER_EXPIRED) {
        live->account_asked = false; /* anew when there are credentials */
    }
    free(identity); /* anything else: the header goes without it */
}

static void tell_account(struct live *live)
{
    if (!live->account_asked && !live->held) {
        struct call call;
        live->account_asked = true;
        sts_ask_identity(&call);
        client_send(live->client, &call, on_identity, live);
    }
    if (live->account_told)
        return;
    live->account_told = true;
    live->came = true;
    live->sink->account(live->sink->ctx, &live->account);
}

/* ---- stepping ---- */

static void look_for_credentials(struct live *live)
{
    if (!live->held || !creds_worth_retrying(live->creds))
        return;
    creds_retry(live->creds);
    live->held = false;
    err_clear(&live->held_why);
}

static void look_for_suspend(struct live *live)
{
    int64_t slept_ms = clock_suspended_ms();
    if (slept_ms - live->suspended_ms >= SUSPENDED_MS) {
        client_resumed(live->client);
        follow_resumed(live->follow, live_clock(live));
    }
    live->suspended_ms = slept_ms;
}

static void ask(struct live *live)
{
    look_for_credentials(live);
    look_for_suspend(live);
    tell_account(live);
    live_functions_ask(live);
    live_logs_ask(live);
    live_rest_ask(live);
}

static int least_wait(int wait_ms, int64_t other_ms)
{
    return other_ms >= 0 && (wait_ms < 0 || other_ms < wait_ms) ? (int)other_ms : wait_ms;
}

static int find_wait(const struct live *live, int wait_ms)
{
    if (live->came)
        return 0;
    wait_ms = least_wait(wait_ms < 0 ? ROUND_MS : wait_ms, live_functions_wait_ms(live));
    wait_ms = least_wait(wait_ms, live_logs_wait_ms(live));
    return live->held ? least_wait(wait_ms, HELD_LOOK_MS) : wait_ms;
}

/* Everything waits for the code of a device. Without a console nobody can type it. */
static void note_code(struct live *live)
{
    const char *device = creds_mfa_serial(live->creds);
    struct progress *p = &live->progress;
    struct err err = {0};
    if (!device[0])
        return;
    if (live->options.once && live->failed.code == ERR_NONE) {
        err_set(&err, ERR_CREDENTIALS, "the profile \"%s\" wants a code of %s",
                live->sdk.profile, device);
        err_advise(&err, "the console asks for it; here use keys that it gave");
        live->failed = err;
    }
    p->hindrance = HINDRANCE_CREDENTIALS;
    snprintf(p->why, sizeof p->why, "a code of %.150s is wanted — type :code and its six digits",
             device);
    snprintf(p->note, sizeof p->note, "%.*s", (int)sizeof p->note - 1, p->why);
}

static void tell_progress(struct live *live)
{
    live_note(live);
    note_code(live);
    if (memcmp(&live->progress, &live->told, sizeof live->told) == 0)
        return;
    live->told = live->progress;
    live->sink->progress(live->sink->ctx, &live->progress);
}

static bool is_done(const struct live *live)
{
    return live->options.once && live_functions_done(live) &&
           follow_is_done(live->follow);
}

static bool live_step(struct source *source, const struct sink *sink, int wait_ms,
                      enum step *step, struct err *err)
{
    struct live *live = (struct live *)source;
    live->sink = sink;
    live->came = false;
    ask(live);
    client_step(live->client, find_wait(live, wait_ms));
    tell_progress(live);
    live->sink = NULL;
    if (live->failed.code != ERR_NONE) {
        *err = live->failed;
        return false;
    }
    *step = is_done(live) ? STEP_DONE : live->came ? STEP_MORE : STEP_IDLE;
    return true;
}

static void live_wake(struct source *source)
{
    client_wake(((struct live *)source)->client);
}

/* ---- what the console asks ---- */

static void rank_all(struct live *live, const char *first)
{
    for (uint32_t i = 0; i < FOLLOW_GROUPS; i++)
        if (live->watched[i].live)
            follow_rank(live->follow, i,
                        first[0] && strcmp(live->watched[i].group, first) != 0);
}

static void live_watch_name(struct source *source, struct str function)
{
    struct live *live = (struct live *)source;
    const struct function *f = function.len ? live_function_find(live, function) : NULL;
    if (f)
        live_watch(live, f, true);
    rank_all(live, f ? f->log_group : "");
}

static void live_renew(struct source *source)
{
    struct live *live = (struct live *)source;
    struct follow_clock now = live_clock(live);
    creds_retry(live->creds);
    live->held = false;
    err_clear(&live->held_why);
    for (uint32_t i = 0; i < FOLLOW_GROUPS; i++)
        if (live->watched[i].live) {
            live->watched[i].blocked = live->watched[i].class_asked =
                live->watched[i].missing_said = false;
            err_clear(&live->watched[i].refused);
            follow_start(live->follow, i, now);
        }
    live_functions_refresh(live);
}

static void live_want_rest(struct source *source, const struct rest_wanted *wanted)
{
    live_rest_want((struct live *)source, wanted);
}

static void live_code(struct source *source, const char *digits)
{
    struct live *live = (struct live *)source;
    (void)creds_give_mfa(live->creds, digits); /* false: nothing asks; the line says what does */
}

/* ---- open and free ---- */

static void live_free(struct source *source)
{
    struct live *live = (struct live *)source;
    if (live->client)
        client_free(live->client);
    if (live->creds)
        creds_free(live->creds);
    http_free(live->http);
    sdk_release(&live->sdk);
    live_logs_release(live);
    live_functions_release(live);
    for (size_t i = 0; live->names && i < live->options.count; i++)
        free(live->names[i]);
    free(live->names);
    free(live);
}

static const struct source_class live_class = {.name = "account",
                                               .step = live_step,
                                               .wake = live_wake,
                                               .watch = live_watch_name,
                                               .rest = live_want_rest,
                                               .renew = live_renew,
                                               .code = live_code,
                                               .free = live_free};

static void copy_options(struct live *live, const struct live_options *options)
{
    live->options = *options;
    live->options.flags = (struct sdk_flags){0};
    str_copy(live->pattern, sizeof live->pattern, str_of(options->pattern));
    live->names = xcalloc(options->count, sizeof *live->names);
    for (size_t i = 0; i < options->count; i++) {
        size_t size = strlen(options->functions[i]) + 1;
        live->names[i] = xcalloc(1, size);
        memcpy(live->names[i], options->functions[i], size);
    }
    live->options.functions = (const char *const *)live->names;
    live->options.pattern = live->pattern;
    if (live->options.window.since_unix_ms == TIME_NONE)
        live->options.window.since_unix_ms = clock_unix_ms() - SINCE_MS;
}

static bool check(const struct live *live, struct err *err)
{
    char url[512];
    if (live->options.count > FOLLOW_GROUPS)
        return err_set(err, ERR_USAGE,
                       "arguments: %zu functions: at most %d are followed at a time",
                       live->options.count, FOLLOW_GROUPS);
    if (live->sdk.region[0] == '\0') {
        err_set(err, ERR_CONFIG, "opening the account: profile %s: no region is named",
                live->sdk.profile);
        return err_advise(
            err, "give --region NAME, or set AWS_REGION; without an account: --case, "
                 "--logs, or lambdig demo");
    }
    for (enum service_id service = 0; service < SERVICE_COUNT; service++)
        if (!sdk_endpoint(&live->sdk, service, url, sizeof url, err))
            return false;
    return true;
}

static void describe_account(struct live *live)
{
    struct account *a = &live->account;
    *a = (struct account){.window_start_unix_ms = live->options.window.since_unix_ms,
                          .window_end_unix_ms = live->options.window.until_unix_ms,
                          .live = true,
                          .read_only = live->options.read_only};
    str_copy(a->region, sizeof a->region, str_of(live->sdk.region));
    str_copy(a->profile, sizeof a->profile, str_of(live->sdk.profile));
    str_copy(a->endpoint, sizeof a->endpoint,
             str_of(live->sdk.endpoint_url[SERVICE_LOGS]));
}

bool live_open(struct source **out, const struct live_options *options, struct err *err)
{
    struct live *live = xcalloc(1, sizeof *live);
    live->source.class = &live_class;
    *out = NULL;
    copy_options(live, options);
    if (!sdk_open(&live->sdk, &options->flags, err) || !check(live, err)) {
        live_free(&live->source);
        return false;
    }
    live->http_options = (struct http_options){
        .ca_bundle = live->sdk.ca_bundle, .allow_insecure = live->sdk.allow_insecure};
    live->http = http_new(&live->http_options);
    live->creds = creds_new(&live->sdk, live->http);
    live->client = client_new(&live->sdk, live->creds, live->http);
    live->options.follow.once = options->once;
    live->options.follow.may_thin = !options->whole && !options->once;
    live->follow = follow_new(&live->options.follow);
    live->suspended_ms = clock_suspended_ms();
    seen_init(&live->rest_done, LIVE_RESTS);
    buf_init(&live->text, 3 * 16u * 1024u * 1024u + 64);
    describe_account(live);
    *out = &live->source;
    return true;
}
