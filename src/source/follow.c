#include "src/source/follow.h"

#include <stdio.h>
#include <stdlib.h>

#define DEEP_MOST_MS (15 * 60 * 1000)
#define FORGET_SLACK_MS (60 * 1000)
#define FORGET_FROM_IDS 8192
#define RETRY_FIRST_MS 1000
#define RETRY_MOST_MS 30000
#define BACKGROUND 5       /* rank 1 is polled this many times less often */
#define RANK_LEAD_MS 10000 /* rank 0 goes before what has waited this much longer */
#define CALLS_AT_ONCE 3
#define CALL_COST                                                                        \
    1000000 /* of the bucket, which gains calls_per_1000_s each millisecond */
#define RATE_LEAST 200
#define THIN_AFTER_MS 10000 /* a pass that takes longer is judged ... */
#define THIN_CATCH_UP_MS                                                                 \
    300000 /* ... and thinned where it would not catch up within this */

struct group {
    bool watched, asked, restarted, deep_wanted;
    unsigned rank;
    int64_t since, until;
    int64_t mark,
        deep_mark; /* when the last finished pass, and deep pass, began; TIME_NONE */
    int64_t due_mono_ms, deep_due_mono_ms;
    int64_t start, began, began_mono_ms; /* of the pass */
    int64_t first;                 /* its first event's time; TIME_NONE: none came yet */
    int64_t newest, newest_before; /* of all events; of those that earlier passes gave */
    int64_t latest_ms;             /* how late the latest event of this pass was seen */
    uint64_t circle_mark, circle_pages, circle_length;
    char token[FOLLOW_TOKEN_MAX];
    struct seen seen;
    struct follow_state state;
};

struct follow {
    struct follow_options options;
    struct group *groups[FOLLOW_GROUPS];  /* NULL: never used */
    int64_t bucket, bucket_mono_ms, rate; /* bucket_mono_ms -1: not started */
    unsigned running;
    int64_t now_unix_ms; /* of the newest call with a clock */
};

static void set_defaults(struct follow_options *o)
{
    o->overlap_ms = o->overlap_ms ? o->overlap_ms : 10000;
    o->deep_ms = o->deep_ms ? o->deep_ms : 215000;
    o->deep_every_ms = o->deep_every_ms ? o->deep_every_ms : 30000;
    o->poll_ms = o->poll_ms ? o->poll_ms : 2000;
    o->calls_per_1000_s = o->calls_per_1000_s ? o->calls_per_1000_s : 3000;
    o->running_most = o->running_most ? o->running_most : 4;
    o->ids_most = o->ids_most ? o->ids_most : SEEN_CEILING;
}

struct follow *follow_new(const struct follow_options *options)
{
    struct follow *f = xcalloc(1, sizeof *f);
    f->options = *options;
    set_defaults(&f->options);
    f->rate = f->options.calls_per_1000_s;
    f->bucket = CALLS_AT_ONCE * (int64_t)CALL_COST;
    f->bucket_mono_ms = -1;
    return f;
}

void follow_free(struct follow *f)
{
    if (f == NULL)
        return;
    for (size_t i = 0; i < FOLLOW_GROUPS; i++) {
        if (f->groups[i])
            seen_release(&f->groups[i]->seen);
        free(f->groups[i]);
    }
    free(f);
}

/* ---- groups ---- */

static struct group *group_at(const struct follow *f, uint32_t group)
{
    struct group *g = group < FOLLOW_GROUPS ? f->groups[group] : NULL;
    return g && g->watched ? g : NULL;
}

uint32_t follow_watch(struct follow *f, int64_t since_unix_ms, int64_t until_unix_ms,
                      struct follow_clock now)
{
    uint32_t at = 0;
    while (at < FOLLOW_GROUPS && f->groups[at] && f->groups[at]->watched)
        at++;
    if (at == FOLLOW_GROUPS)
        return FOLLOW_NONE;
    struct group *g =
        f->groups[at] ? f->groups[at] : (f->groups[at] = xcalloc(1, sizeof *g));
    *g = (struct group){
        .watched = true,
        .since = since_unix_ms,
        .until = until_unix_ms,
        .mark = TIME_NONE,
        .deep_mark = TIME_NONE,
        .due_mono_ms = now.mono_ms,
        .newest = TIME_NONE,
        .newest_before = TIME_NONE,
        .state = {.complete_unix_ms = TIME_NONE,
                  .reached_unix_ms = TIME_NONE,
                  .gap_from_unix_ms = TIME_NONE,
                  .deep_ms = f->options.deep_ms},
    };
    seen_init(&g->seen, f->options.ids_most);
    return at;
}

void follow_unwatch(struct follow *f, uint32_t group)
{
    struct group *g = group_at(f, group);
    if (g == NULL)
        return;
    f->running -= g->asked;
    seen_release(&g->seen);
    *g = (struct group){0};
}

void follow_stop(struct follow *f, uint32_t group)
{
    struct group *g = group_at(f, group);
    if (g)
        g->state.done = true;
}

void follow_start(struct follow *f, uint32_t group, struct follow_clock now)
{
    struct group *g = group_at(f, group);
    if (!g || (f->options.once && g->state.passes > 0))
        return;
    g->state.done = false;
    g->state.failures = 0;
    g->due_mono_ms = now.mono_ms;
}

void follow_rank(struct follow *f, uint32_t group, unsigned rank)
{
    struct group *g = group_at(f, group);
    if (g)
        g->rank = rank > 1 ? 1 : rank;
}

/* ---- the budget ---- */

static void fill_bucket(struct follow *f, int64_t mono_ms)
{
    const int64_t most = CALLS_AT_ONCE * (int64_t)CALL_COST;
    int64_t passed = f->bucket_mono_ms < 0 ? 0 : mono_ms - f->bucket_mono_ms;
    if (passed < 0 || passed > 1000 * CALLS_AT_ONCE * 10)
        passed = 1000 * CALLS_AT_ONCE * 10;
    f->bucket_mono_ms = mono_ms;
    f->bucket = f->bucket + passed * f->rate < most ? f->bucket + passed * f->rate : most;
}

static int64_t bucket_wait_ms(const struct follow *f)
{
    if (f->bucket >= CALL_COST)
        return 0;
    return (CALL_COST - f->bucket + f->rate - 1) / f->rate;
}

static void slow_down(struct follow *f)
{
    f->rate = f->rate / 2 < RATE_LEAST ? RATE_LEAST : f->rate / 2;
    f->bucket = 0;
}

static void speed_up(struct follow *f) /* a tenth of the full rate with each answer */
{
    int64_t more = f->rate + f->options.calls_per_1000_s / 10 + 1;
    f->rate = more < f->options.calls_per_1000_s ? more : f->options.calls_per_1000_s;
}

bool follow_is_throttled(const struct follow *f)
{
    return f->rate < f->options.calls_per_1000_s;
}

/* ---- a pass ---- */

static int64_t at_most(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t at_least(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Where a deep pass begins: whatever the time since the last one, none of what it could
 * have missed is left out. Ids of what lies before the floor are forgotten: it would come
 * twice. */
static int64_t deep_start(const struct follow *f, const struct group *g, int64_t now)
{
    int64_t from = at_most(now, g->deep_mark + f->options.deep_every_ms);
    return at_least(from - g->state.deep_ms, g->seen.floor_unix_ms);
}

static void begin_pass(struct follow *f, struct group *g, struct follow_clock now)
{
    struct follow_state *s = &g->state;
    bool first = g->mark == TIME_NONE;
    s->deep = first || g->deep_wanted || now.mono_ms >= g->deep_due_mono_ms;
    g->start = g->since;
    if (!first)
        g->start = at_most(g->mark, now.unix_ms - f->options.overlap_ms);
    if (!first && s->deep)
        g->start = at_most(g->start, deep_start(f, g, now.unix_ms));
    g->start = at_least(g->start, g->since);
    g->began = now.unix_ms;
    g->began_mono_ms = now.mono_ms;
    g->first = TIME_NONE;
    g->newest_before = g->newest;
    g->latest_ms = 0;
    g->restarted = g->deep_wanted = false;
    g->circle_pages = 0;
    g->circle_length = 1;
    g->token[0] = '\0';
    s->reached_unix_ms = g->start;
    s->in_pass = true;
}

/* Goes on where the pass was: its token is not to be used any more. */
static void restart_pass(const struct follow *f, struct group *g)
{
    if (!g->state.in_pass)
        return;
    g->start = at_least(g->start, g->state.reached_unix_ms - f->options.overlap_ms);
    g->token[0] = '\0';
    g->circle_pages = 0;
    g->circle_length = 1;
    g->restarted = true;
}

static int64_t poll_ms(const struct follow *f, const struct group *g)
{
    return g->rank == 0 ? f->options.poll_ms : BACKGROUND * f->options.poll_ms;
}

/* Lateness that is seen makes the sweep deep enough to promise it. */
static void deepen(const struct follow *f, struct group *g, int64_t pass_ms)
{
    int64_t wanted = g->latest_ms + g->latest_ms / 4 + f->options.deep_every_ms + pass_ms;
    if (wanted > g->state.deep_ms && g->latest_ms > 0)
        g->state.deep_ms = at_most(wanted, at_least(DEEP_MOST_MS, g->state.deep_ms));
}

static void finish_pass(struct follow *f, struct group *g, struct follow_clock now)
{
    struct follow_state *s = &g->state;
    s->in_pass = false;
    s->passes++;
    s->reached_unix_ms = TIME_NONE;
    s->stuck = false;
    deepen(f, g, now.mono_ms - g->began_mono_ms);
    g->mark = s->complete_unix_ms = g->began;
    if (s->deep) {
        g->deep_mark = g->began;
        g->deep_due_mono_ms = g->began_mono_ms + f->options.deep_every_ms;
        if (!g->deep_wanted) /* one that opened in mid-pass waits for the next */
            s->gap_from_unix_ms = TIME_NONE;
        seen_forget(&g->seen, g->began - s->deep_ms - FORGET_SLACK_MS);
    }
    s->done = f->options.once;
    g->due_mono_ms = at_least(now.mono_ms, g->began_mono_ms + poll_ms(f, g));
}

/* Would the group be caught up with in reasonable time, as fast as it went so far? */
static bool falls_behind(const struct group *g, struct follow_clock now)
{
    int64_t took_ms = now.mono_ms - g->began_mono_ms,
            read_ms =
                g->first == TIME_NONE ? took_ms : g->state.reached_unix_ms - g->first;
    int64_t left_ms = now.unix_ms - g->state.reached_unix_ms;
    if (took_ms < THIN_AFTER_MS || left_ms < THIN_AFTER_MS)
        return false;
    return read_ms <= took_ms ||
           left_ms / (read_ms - took_ms) * took_ms > THIN_CATCH_UP_MS;
}

/* ---- what to ask ---- */

static bool is_ready(const struct group *g)
{
    return g && g->watched && !g->asked && !g->state.done;
}

/* Smaller goes first: what is due longest, with a lead for what is on the screen. */
static int64_t turn_of(const struct group *g)
{
    return g->due_mono_ms + (int64_t)g->rank * RANK_LEAD_MS;
}

static struct group *find_turn(const struct follow *f, int64_t mono_ms, uint32_t *number,
                               int64_t *wait_ms)
{
    struct group *best = NULL;
    *wait_ms = -1;
    for (uint32_t i = 0; i < FOLLOW_GROUPS; i++) {
        struct group *g = f->groups[i];
        if (!is_ready(g))
            continue;
        int64_t left_ms = g->due_mono_ms - mono_ms;
        if (left_ms > 0) {
            *wait_ms = *wait_ms < 0 ? left_ms : at_most(*wait_ms, left_ms);
        } else if (!best || turn_of(g) < turn_of(best)) {
            best = g;
            *number = i;
        }
    }
    return best;
}

/* The group whose turn it is, where a call may go now. */
static struct group *find_ready(struct follow *f, struct follow_clock now,
                                uint32_t *number, int64_t *wait_ms)
{
    f->now_unix_ms = now.unix_ms;
    fill_bucket(f, now.mono_ms);
    struct group *g = find_turn(f, now.mono_ms, number, wait_ms);
    if (f->running >= f->options.running_most) {
        *wait_ms = -1;
        return NULL;
    }
    if (g)
        *wait_ms = bucket_wait_ms(f);
    return g && f->bucket >= CALL_COST ? g : NULL;
}

int64_t follow_wait_ms(struct follow *f, struct follow_clock now)
{
    uint32_t number;
    int64_t wait_ms;
    return find_ready(f, now, &number, &wait_ms) ? 0 : wait_ms;
}

bool follow_next(struct follow *f, struct follow_clock now, struct follow_ask *ask,
                 int64_t *wait_ms)
{
    uint32_t number = 0;
    struct group *g = find_ready(f, now, &number, wait_ms);
    if (!g)
        return false;
    if (!g->state.in_pass)
        begin_pass(f, g, now);
    f->bucket -= CALL_COST;
    f->running++;
    g->asked = true;
    *ask = (struct follow_ask){number, g->start, g->until, g->token, g->state.thinned};
    return true;
}

/* Whether the service takes a term for a word or for a part of one is not documented: the usual
 * words stand here whole beside their parts. Platform lines are phrases, which are sure. */
const char *follow_thin_pattern(void)
{
    return "?\"START RequestId\" ?\"END RequestId\" ?\"REPORT RequestId\" ?\"INIT_\" ?INIT_START "
           "?INIT_REPORT ?\"RESTORE_\" ?RESTORE_START ?RESTORE_REPORT ?\"platform.\" "
           "?\"Task timed out\" ?\"XRAY TraceId\" ?ERROR ?Error ?error ?FATAL ?Fatal ?fatal "
           "?Exception ?exception ?RuntimeException ?KeyError ?TypeError ?ValueError "
           "?ReferenceError ?MemoryError ?OutOfMemoryError ?Traceback ?panic ?Unhandled ?denied "
           "?Denied ?AccessDenied ?AccessDeniedException ?authorized ?hrottl ?Throttling "
           "?throttled ?ThrottlingException ?TooManyRequestsException ?errorType ?errorMessage "
           "?\"exit status\" ?\"signal\" ?exited ?\"timed out\" ?refused ?ECONNREFUSED "
           "?ETIMEDOUT";
}

bool follow_is_thin(struct str message)
{
    struct str rest = str_of(follow_thin_pattern());
    while (str_skip(&rest, STR("?"))) {
        bool quoted = str_skip(&rest, STR("\""));
        struct str term = str_take_until(&rest, quoted ? '"' : ' ');
        if (str_has(message, term))
            return true;
        rest = str_trim_left(rest);
    }
    return false;
}

/* ---- answers ---- */

bool follow_know(struct follow *f, uint32_t group, struct seen_id id, int64_t unix_ms)
{
    struct group *g = group_at(f, group);
    return g && unix_ms != TIME_NONE && seen_add(&g->seen, id, unix_ms);
}

bool follow_take(struct follow *f, uint32_t group, struct seen_id id, int64_t unix_ms,
                 int64_t *late_ms)
{
    struct group *g = group_at(f, group);
    *late_ms = 0;
    if (g == NULL)
        return false;
    if (unix_ms == TIME_NONE)
        unix_ms = at_least(g->start, 0);
    struct follow_state *s = &g->state;
    if (g->first == TIME_NONE)
        g->first = unix_ms;
    s->reached_unix_ms = at_least(s->reached_unix_ms, unix_ms);
    bool forgotten = unix_ms < g->seen.floor_unix_ms && g->restarted;
    if (forgotten || !seen_add(&g->seen, id, unix_ms)) {
        s->repeated++;
        return false;
    }
    s->events++;
    s->gap_events += s->gap_from_unix_ms != TIME_NONE;
    if (g->newest_before != TIME_NONE && unix_ms < g->newest_before)
        *late_ms = g->newest_before - unix_ms;
    if (*late_ms > 0 && s->gap_from_unix_ms == TIME_NONE && unix_ms < g->mark)
        g->latest_ms = at_least(g->latest_ms, f->now_unix_ms - unix_ms);
    s->late += *late_ms > 0;
    g->newest = at_least(g->newest, unix_ms);
    return true;
}

static uint64_t token_hash(struct str token)
{
    return seen_id_of(token).low;
}

/* Tokens that come in a circle would be followed for ever: each is compared with one that
 * is remembered, and a later one is remembered after twice as many. */
static bool is_circle(struct group *g, struct str token)
{
    uint64_t hash = token_hash(token);
    if (g->circle_pages > 0 && hash == g->circle_mark)
        return true;
    if (g->circle_pages++ == 0 || g->circle_pages >= g->circle_length) {
        g->circle_mark = hash;
        g->circle_length = 2 * g->circle_pages;
    }
    return false;
}

/* Ids that no pass can meet again: neither this one, should it begin again where it is,
 * nor a deep one. A long first pass keeps few of them. */
static void forget_behind(const struct follow *f, struct group *g)
{
    int64_t before = g->state.reached_unix_ms - f->options.overlap_ms;
    if (!f->options.once)
        before = at_most(before, g->began - g->state.deep_ms - FORGET_SLACK_MS);
    if (g->seen.count > FORGET_FROM_IDS)
        seen_forget(&g->seen, before);
}

static void go_on(struct follow *f, struct group *g, struct follow_clock now)
{
    g->due_mono_ms = now.mono_ms;
    forget_behind(f, g);
    if (f->options.may_thin && !g->state.thinned && falls_behind(g, now)) {
        g->state.thinned = true;
        restart_pass(f, g);
    }
}

bool follow_page(struct follow *f, uint32_t group, struct str token,
                 struct follow_clock now)
{
    struct group *g = group_at(f, group);
    if (g == NULL || !g->asked)
        return false;
    f->now_unix_ms = now.unix_ms;
    f->running--;
    g->asked = false;
    g->state.pages++;
    g->state.failures = 0;
    g->state.retry_mono_ms = 0;
    g->state.absent = false;
    speed_up(f);
    if (token.len == 0) {
        finish_pass(f, g, now);
        return true;
    }
    if (is_circle(g, token) || !str_copy(g->token, sizeof g->token, token)) {
        g->state.stuck = true;
        f->running++;
        g->asked = true;
        follow_failed(f, group, FOLLOW_FAILED, now);
        return false;
    }
    go_on(f, g, now);
    return false;
}

/* Nothing is heard from now on, from where the last finished pass began. */
static void open_gap(struct group *g, const char *why)
{
    if (g->mark == TIME_NONE || g->state.gap_from_unix_ms != TIME_NONE)
        return;
    g->state.gap_from_unix_ms = g->mark;
    g->state.gap_why = why;
    g->state.gap_events = 0;
    g->deep_wanted = true;
}

static int64_t pause_after(enum follow_failure how, unsigned failures)
{
    int64_t pause_ms = RETRY_FIRST_MS;
    if (how == FOLLOW_ABSENT)
        return RETRY_MOST_MS;
    if (how == FOLLOW_HELD || (how == FOLLOW_BAD_TOKEN && failures == 0))
        return 0;
    for (unsigned i = 0; i < failures && pause_ms < RETRY_MOST_MS; i++)
        pause_ms *= 2;
    return at_most(pause_ms, RETRY_MOST_MS);
}

void follow_failed(struct follow *f, uint32_t group, enum follow_failure how,
                   struct follow_clock now)
{
    struct group *g = group_at(f, group);
    if (g == NULL || !g->asked)
        return;
    f->now_unix_ms = now.unix_ms;
    f->running--;
    g->asked = false;
    restart_pass(f, g);
    if (how == FOLLOW_THROTTLED)
        slow_down(f);
    int64_t pause_ms = pause_after(how, g->state.failures);
    bool failed = how != FOLLOW_HELD && how != FOLLOW_ABSENT;
    g->state.failures += failed;
    g->state.absent = how == FOLLOW_ABSENT;
    g->due_mono_ms = now.mono_ms + pause_ms;
    g->state.retry_mono_ms = failed && pause_ms ? g->due_mono_ms : 0;
    if (g->mark != TIME_NONE && now.unix_ms - g->mark > f->options.overlap_ms)
        open_gap(g, how == FOLLOW_THROTTLED ? "throttled"
                    : how == FOLLOW_HELD    ? "no credentials"
                                            : "no answer");
}

void follow_resumed(struct follow *f, struct follow_clock now)
{
    f->now_unix_ms = now.unix_ms;
    for (uint32_t i = 0; i < FOLLOW_GROUPS; i++) {
        struct group *g = group_at(f, i);
        if (g == NULL)
            continue;
        open_gap(g, "the machine slept");
        g->due_mono_ms = now.mono_ms;
        g->state.failures = 0;
        g->state.retry_mono_ms = 0;
    }
}

void follow_read(const struct follow *f, uint32_t group, struct follow_state *out)
{
    const struct group *g = group_at(f, group);
    *out = g ? g->state
             : (struct follow_state){.done = true,
                                     .complete_unix_ms = TIME_NONE,
                                     .reached_unix_ms = TIME_NONE,
                                     .gap_from_unix_ms = TIME_NONE};
}

bool follow_is_done(const struct follow *f)
{
    for (uint32_t i = 0; i < FOLLOW_GROUPS; i++)
        if (group_at(f, i) && !f->groups[i]->state.done)
            return false;
    return true;
}
