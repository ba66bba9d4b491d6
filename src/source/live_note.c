#include "src/source/live_inside.h"

#include <stdio.h>

/* The status line: what is being done, what stands in the way, how complete it is. It
 * changes only when there is something new to say: an idle console draws nothing. */

#define BEHIND_SAID_MS 20000

struct standing { /* of all groups together */
    unsigned groups, absent, blocked, reading, thinned, stuck, backing_off;
    int64_t behind_ms, gap_from_unix_ms, reached_unix_ms;
    uint64_t events;
    const char *thinned_name,
        *silent_name; /* silent: of its log level, START and REPORT are not written */
};

static bool is_silent(const struct live *live, const char *function)
{
    const struct function *f = live_function_find(live, str_of(function));
    return f && f->json_logs && strcmp(f->system_log_level, "WARN") == 0;
}

static void add_group(struct standing *s, const struct watched *w,
                      const struct follow_state *g, int64_t now)
{
    s->absent += g->absent;
    s->groups += !g->absent;
    s->blocked += w->blocked;
    if (w->blocked || g->absent)
        return;
    s->reading += g->passes == 0;
    s->events += g->events;
    if (w->function[0] && is_silent(w->live, w->function))
        s->silent_name = w->function;
    s->stuck += g->stuck;
    s->backing_off += g->failures > 0;
    if (g->thinned && s->thinned++ == 0)
        s->thinned_name = w->function[0] ? w->function : w->group;
    if (g->passes == 0 &&
        (s->reached_unix_ms == TIME_NONE || g->reached_unix_ms < s->reached_unix_ms))
        s->reached_unix_ms = g->reached_unix_ms;
    if (g->gap_from_unix_ms != TIME_NONE &&
        (s->gap_from_unix_ms == TIME_NONE || g->gap_from_unix_ms < s->gap_from_unix_ms))
        s->gap_from_unix_ms = g->gap_from_unix_ms;
    if (g->passes > 0 && now - g->complete_unix_ms > s->behind_ms)
        s->behind_ms = now - g->complete_unix_ms;
}

static struct standing stand(const struct live *live)
{
    struct standing s = {.gap_from_unix_ms = TIME_NONE, .reached_unix_ms = TIME_NONE};
    int64_t now = live_clock(live).unix_ms;
    for (uint32_t i = 0; i < FOLLOW_GROUPS; i++) {
        struct follow_state group;
        if (!live->watched[i].live)
            continue;
        follow_read(live->follow, i, &group);
        add_group(&s, &live->watched[i], &group, now);
    }
    return s;
}

/* 20 s, 30 s, ... and whole minutes: a figure that does not flicker. */
static void put_behind(struct buf *out, int64_t behind_ms)
{
    char age[CLOCK_TIME_SIZE];
    if (behind_ms < BEHIND_SAID_MS)
        return;
    clock_age(behind_ms < 60000 ? behind_ms / 10000 * 10000 : behind_ms / 60000 * 60000,
              age);
    buf_printf(out, ", %s behind", age);
}

static void put_time(const struct live *live, struct buf *out, const char *words,
                     int64_t unix_ms)
{
    char time[CLOCK_TIME_SIZE];
    clock_time_of_day(unix_ms, live->options.utc, time);
    buf_printf(out, "%s%.8s", words, time);
}

static void put_doing(const struct live *live, const struct standing *s, struct buf *out)
{
    if (!live->list_done)
        buf_printf(out, "asking for the functions%s", live->count ? ": " : "");
    if (!live->list_done && live->count)
        buf_printf(out, "%zu so far", live->count);
    if (live->list_done && !live->metrics_done)
        buf_printf(out, "asking CloudWatch for the figures of %zu functions",
                   live->count);
    if (!live_functions_done(live))
        return;
    if (s->reading > 0 && s->reached_unix_ms != TIME_NONE) {
        buf_printf(out, "reading %u log%s", s->reading, s->reading == 1 ? "" : "s");
        put_time(live, out, ": at ", s->reached_unix_ms);
    } else if (s->groups > 0 && !live->options.once) {
        buf_printf(out, "following %u log%s", s->groups - s->blocked,
                   s->groups - s->blocked == 1 ? "" : "s");
        if (live->options.count == 0 && live->count > s->groups + s->absent)
            buf_printf(out, " of %zu functions", live->count);
        if (s->events == 0)
            put_time(live, out, ": no line since ", live->options.window.since_unix_ms);
    } else if (s->absent > 0) {
        buf_add(out, STR("no log yet"));
    }
}

static void put_hindrance(const struct live *live, const struct standing *s,
                          struct buf *out)
{
    if (live->progress.hindrance == HINDRANCE_THROTTLED)
        buf_add(out, STR(", throttled"));
    else if (follow_is_throttled(live->follow))
        buf_add(out, STR(", asking slower after a throttle"));
    if (live->progress.hindrance == HINDRANCE_NETWORK)
        buf_add(out, STR(", no answer: trying again"));
    if (s->gap_from_unix_ms != TIME_NONE)
        put_time(live, out, ", gap is being filled from ", s->gap_from_unix_ms);
    if (s->thinned > 0)
        buf_printf(out, ", %.60s: platform and error lines only", s->thinned_name);
    if (s->silent_name)
        buf_printf(out, ", %.60s: no START and REPORT at its log level WARN",
                   s->silent_name);
    if (s->stuck > 0)
        buf_add(out, STR(", page tokens in a circle"));
    if (s->blocked > 0)
        buf_printf(out, ", %u cannot be read", s->blocked);
}

/* The sentence with its next step, which comes whole: the sentence is cut before it. */
static void say_why(struct progress *p, const struct err *err)
{
    char text[sizeof p->why / 2];
    str_copy(text, sizeof text, str_of(err->text));
    snprintf(p->why, sizeof p->why, "%s — %.110s", text, err_hint(err));
}

static void find_hindrance(struct live *live, const struct standing *s)
{
    struct progress *p = &live->progress;
    struct client_state c;
    client_read_state(live->client, &c);
    p->hindrance = HINDRANCE_NONE;
    p->why[0] = '\0';
    if (live->held) {
        p->hindrance = HINDRANCE_CREDENTIALS;
        say_why(p, &live->held_why);
    } else if (s->backing_off > 0 || c.backing_off_until_unix_ms != TIME_NONE) {
        bool throttled = follow_is_throttled(live->follow);
        p->hindrance = throttled ? HINDRANCE_THROTTLED : HINDRANCE_NETWORK;
        if (c.last.code != ERR_NONE)
            say_why(p, &c.last);
        else
            str_copy(p->why, sizeof p->why, STR("no answer"));
    } else if (!live_functions_done(live) && c.last.code == ERR_NETWORK) {
        p->hindrance = HINDRANCE_NETWORK;
        say_why(p, &c.last);
    }
}

void live_note(struct live *live)
{
    struct standing s = stand(live);
    struct buf note;
    find_hindrance(live, &s);
    live->progress.following = !live->options.once;
    live->progress.lines = live->lines;
    buf_init(&note, sizeof live->progress.note);
    if (live->held) {
        buf_add(&note, str_of(live->progress.why));
    } else {
        put_doing(live, &s, &note);
        if (live_functions_done(live) && s.reading == 0)
            put_behind(&note, s.behind_ms);
        put_hindrance(live, &s, &note);
    }
    str_copy(live->progress.note, sizeof live->progress.note, buf_str(&note));
    buf_release(&note);
}
