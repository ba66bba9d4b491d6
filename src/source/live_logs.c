#include "src/source/live_inside.h"

#include "src/aws/logs.h"
#include "src/source/reader.h"

#include <stdio.h>

/* The pages of log groups: what the follow wants asked is asked, what comes is handed
 * over in batches that borrow from the answer, and what fails is told apart: for a while,
 * or for good. */

#define BATCH 256

/* ---- which groups ---- */

uint32_t live_group_find(const struct live *live, const char *group)
{
    for (uint32_t i = 0; i < FOLLOW_GROUPS; i++)
        if (live->watched[i].live && !live->watched[i].leaving &&
            strcmp(live->watched[i].group, group) == 0)
            return i;
    return FOLLOW_NONE;
}

static void free_watched(struct live *live, struct watched *w)
{
    follow_unwatch(live->follow, (uint32_t)(w - live->watched));
    *w = (struct watched){0};
    live->watched_count--;
}

void live_logs_clear_done(struct live *live)
{
    for (uint32_t i = 0; i < FOLLOW_GROUPS; i++) {
        struct follow_state state;
        follow_read(live->follow, i, &state);
        if (live->watched[i].live && !live->watched[i].asked && state.done)
            free_watched(live, &live->watched[i]);
    }
}

/* The one that was looked at longest ago gives way. */
static void make_room(struct live *live)
{
    struct watched *oldest = NULL;
    for (size_t i = 0; i < FOLLOW_GROUPS; i++) {
        struct watched *w = &live->watched[i];
        if (w->live && !w->asked && (!oldest || w->order < oldest->order))
            oldest = w;
    }
    if (oldest)
        free_watched(live, oldest);
}

void live_watch_group(struct live *live, const char *group, const char *function)
{
    uint32_t at = live_group_find(live, group);
    if (at != FOLLOW_NONE) {
        struct watched *w = &live->watched[at];
        w->shared = w->shared || strcmp(w->function, function) != 0;
        w->order = ++live->watch_order;
        return;
    }
    if (live->watched_count == FOLLOW_GROUPS)
        make_room(live);
    at = follow_watch(live->follow, live->options.window.since_unix_ms,
                      live->options.window.until_unix_ms, live_clock(live));
    if (at == FOLLOW_NONE)
        return;
    struct watched *w = &live->watched[at];
    *w = (struct watched){.live = live,
                          .order = ++live->watch_order,
                          .epoch = live->watch_order,
                          .gap_from_unix_ms = TIME_NONE};
    str_copy(w->group, sizeof w->group, str_of(group));
    str_copy(w->function, sizeof w->function, str_of(function));
    live->watched_count++;
}

void live_watch(struct live *live, const struct function *function, bool first)
{
    live_watch_group(live, function->log_group, function->name);
    size_t index = (size_t)(function - live->functions);
    if (!first)
        return;
    if (!live->options.once && !function->newest_version[0]) {
        live_detail_want(live, index, DETAIL_ALIASES);
        live_detail_want(live, index, DETAIL_VERSIONS);
    }
    if (!live->options.once && !function->state[0])
        live_detail_want(live, index, DETAIL_CONFIGURATION);
}

/* ---- an answer's events ---- */

/* A shared group names the function in its streams; one that nobody asked for is left
 * out. */
bool live_event_name(const struct live *live, const struct watched *w, struct event *e)
{
    struct str by_stream = logs_function_of(STR_NONE, e->log_stream);
    e->log_group = str_of(w->group);
    e->function = str_of(w->function);
    if (by_stream.len == 0) {
        if (e->function.len == 0)
            e->function = logs_function_of(e->log_group, STR_NONE);
        return true;
    }
    e->function = by_stream;
    return live->options.count == 0 || w->function[0] == '\0' ||
           live_function_find(live, by_stream);
}

struct seen_id live_event_id(const struct event *e)
{
    if (e->id.len > 0)
        return seen_id_of(e->id);
    struct seen_id stream = seen_id_of(e->log_stream), message = seen_id_of(e->message);
    uint64_t time = (uint64_t)e->unix_ms * UINT64_C(0x9E3779B97F4A7C15);
    return (struct seen_id){stream.high ^ message.low ^ time,
                            stream.low + message.high + time};
}

static bool is_in_window(const struct live *live, int64_t unix_ms)
{
    const struct window *w = &live->options.window;
    return unix_ms == TIME_NONE ||
           (unix_ms >= w->since_unix_ms &&
            (w->until_unix_ms == TIME_NONE || unix_ms < w->until_unix_ms));
}

static void give(struct live *live, struct event *batch, size_t *count)
{
    if (*count == 0)
        return;
    live->sink->events(live->sink->ctx, batch, *count);
    live->progress.events += *count;
    live->came = true;
    *count = 0;
}

static void take_events(struct live *live, struct watched *w, struct logs_page *page)
{
    uint32_t group = (uint32_t)(w - live->watched);
    struct event batch[BATCH], *e = batch;
    size_t count = 0;
    while (logs_page_next(page, e)) {
        if (!follow_take(live->follow, group, live_event_id(e), e->unix_ms,
                         &e->late_ms) ||
            !is_in_window(live, e->unix_ms) || !live_event_name(live, w, e))
            continue;
        live->progress.late += e->late_ms > 0;
        e->line = ++live->lines;
        e->message = reader_without_line_end(e->message);
        e = &batch[++count];
        if (count == BATCH) {
            give(live, batch, &count);
            e = batch;
        }
    }
    give(live, batch, &count);
}

/* A row in the log where lines were missing for a while. */
static void tell_gap(struct live *live, const struct watched *w,
                     const struct follow_state *state)
{
    struct event e = logs_no_event();
    char text[200], from[CLOCK_TIME_SIZE], to[CLOCK_TIME_SIZE];
    clock_time_of_day(w->gap_from_unix_ms, live->options.utc, from);
    clock_time_of_day(state->complete_unix_ms, live->options.utc, to);
    snprintf(text, sizeof text, "gap: %s %.8s-%.8s, filled %llu lines", state->gap_why,
             from, to, (unsigned long long)state->gap_events);
    e.is_gap = true;
    e.unix_ms = w->gap_from_unix_ms;
    e.log_group = str_of(w->group);
    e.function = str_of(w->function);
    e.message = str_of(text);
    live->sink->events(live->sink->ctx, &e, 1);
}

static void look_at_gap(struct live *live, struct watched *w)
{
    struct follow_state state;
    follow_read(live->follow, (uint32_t)(w - live->watched), &state);
    if (w->gap_from_unix_ms != TIME_NONE && state.gap_from_unix_ms == TIME_NONE) {
        live->progress.gaps++;
        if (state.gap_events > 0)
            tell_gap(live, w, &state);
    }
    w->gap_from_unix_ms = state.gap_from_unix_ms;
}

static void on_group(void *ctx, const struct answer *answer);

/* What kind of group is it? Asked where it refuses, or shows nothing. */
static void ask_class(struct live *live, struct watched *w)
{
    struct call call;
    w->class_asked = true;
    w->asked = true;
    logs_ask_groups(&call, w->group, "");
    client_send(live->client, &call, on_group, w);
}

bool live_page_token(const struct logs_page *page, char token[FOLLOW_TOKEN_MAX])
{
    struct buf room;
    buf_init(&room, FOLLOW_TOKEN_MAX);
    struct str text = jscan_unescape(page->next_token, &room, NULL);
    bool fits = !room.full && str_copy(token, FOLLOW_TOKEN_MAX, text);
    buf_release(&room);
    return fits;
}

static void take_page(struct live *live, struct watched *w, struct str body)
{
    uint32_t group = (uint32_t)(w - live->watched);
    struct logs_page page;
    char token[FOLLOW_TOKEN_MAX];
    logs_page_init(&page, body, &live->text);
    page.keep = true;
    take_events(live, w, &page);
    if (page.cut) {
        follow_failed(live->follow, group, FOLLOW_FAILED, live_clock(live));
        return;
    }
    if (!live_page_token(&page, token)) {
        follow_failed(live->follow, group, FOLLOW_FAILED, live_clock(live));
        return;
    }
    struct follow_state state;
    bool finished = follow_page(live->follow, group, str_of(token), live_clock(live));
    follow_read(live->follow, group, &state);
    if (finished && state.events == 0 && !w->class_asked && !live->options.once)
        ask_class(live, w);
}

/* ---- what fails ---- */

/* Nothing more is asked of it until the user asks. */
static void block(struct live *live, struct watched *w, const struct err *err)
{
    w->blocked = true;
    follow_stop(live->follow, (uint32_t)(w - live->watched));
    live_trouble(live, err);
}

static bool is_bad_token(const struct answer *answer)
{
    return answer->kind == ANSWER_BAD &&
           str_has_nocase(str_of(answer->message), STR("nextToken"));
}

static void missing_group(struct live *live, struct watched *w)
{
    struct err err = {0};
    const struct function *f = live_function_find(live, str_of(w->function));
    bool no_function = w->function[0] && f && !f->has_config;
    bool waits = !live->options.once && !live->options.whole && !no_function;
    if (live->options.count == 0 || waits)
        return; /* a function that never ran: nothing is missing */
    if (no_function)
        err_set(&err, ERR_NOT_FOUND,
                "reading logs: %s: neither the function nor its log group %s is in %s",
                w->function, w->group, live->account.region);
    else
        err_set(&err, ERR_NOT_FOUND, "reading logs: %s: there is no such log group in %s",
                w->group, live->account.region);
    err_advise(&err,
               no_function
                   ? "check the name, the region and the profile"
                   : "it appears with the first line: the function did not run yet, "
                     "or its role lacks logs:CreateLogGroup");
    live_trouble(live, &err);
}

/* true: it goes on later. */
static bool fail_for_a_while(struct live *live, struct watched *w,
                             const struct answer *answer)
{
    uint32_t group = (uint32_t)(w - live->watched);
    enum follow_failure how =
        answer->kind == ANSWER_THROTTLED ? FOLLOW_THROTTLED : FOLLOW_FAILED;
    if (answer->kind == ANSWER_NOT_FOUND)
        how = FOLLOW_ABSENT;
    if (live_holds(live, answer))
        how = FOLLOW_HELD;
    else if (is_bad_token(answer))
        how = FOLLOW_BAD_TOKEN;
    follow_failed(live->follow, group, how, live_clock(live));
    bool passing = answer->kind == ANSWER_THROTTLED || answer->kind == ANSWER_UNREACHABLE;
    return how == FOLLOW_HELD || how == FOLLOW_BAD_TOKEN ||
           (passing && !live->options.once);
}

static void fail_page(struct live *live, struct watched *w, const struct answer *answer)
{
    if (fail_for_a_while(live, w, answer))
        return;
    if (answer->kind == ANSWER_NOT_FOUND && live->options.once) {
        w->blocked = true;
        follow_stop(live->follow, (uint32_t)(w - live->watched));
        missing_group(live, w);
    } else if (answer->kind == ANSWER_NOT_FOUND) {
        if (!w->missing_said)
            missing_group(live, w);
        w->missing_said = true;
    } else if (answer->kind == ANSWER_BAD && !w->class_asked) {
        w->refused = answer->err;
        ask_class(live, w);
    } else {
        block(live, w, &answer->err);
    }
}

static void on_page(void *ctx, const struct answer *answer)
{
    struct watched *w = ctx;
    struct live *live = w->live;
    w->asked = false;
    if (w->leaving) {
        free_watched(live, w);
        return;
    }
    if (answer->kind == ANSWER_DONE)
        take_page(live, w, answer->body);
    else
        fail_page(live, w, answer);
    look_at_gap(live, w);
    if (live->text.room >
        4u * 1024u * 1024u) /* one large page is no reason to keep so much */
        buf_release(&live->text);
}

/* ---- what kind of group ---- */

static bool tell_class(struct live *live, struct watched *w,
                       const struct logs_group *group)
{
    struct err err = {0};
    if (group->class == LOGS_CLASS_INFREQUENT) {
        err_set(&err, ERR_NOT_FOUND,
                "reading logs: %s: its log class is INFREQUENT_ACCESS, which cannot be "
                "read line "
                "by line",
                w->group);
        err_advise(&err, "ask it with a CloudWatch Logs Insights query");
    } else if (group->class == LOGS_CLASS_DELIVERY) {
        err_set(&err, ERR_NOT_FOUND,
                "reading logs: %s: its log class is DELIVERY: it keeps lines for a day "
                "at most",
                w->group);
        err_advise(&err, "look where its subscription delivers to");
    } else {
        return false;
    }
    if (w->refused.code != ERR_NONE)
        block(live, w, &err);
    else
        live_trouble(live, &err);
    return true;
}

static void on_group(void *ctx, const struct answer *answer)
{
    struct watched *w = ctx;
    struct live *live = w->live;
    struct logs_group group;
    struct err err = {0};
    char token[1024];
    bool found = false;
    w->asked = false;
    if (w->leaving) {
        free_watched(live, w);
        return;
    }
    if (answer->kind == ANSWER_DONE)
        found = logs_decode_group(answer->body, w->group, &group, &found, token,
                                  sizeof token, &err) &&
                found;
    if (found && tell_class(live, w, &group))
        return;
    if (w->refused.code != ERR_NONE)
        block(live, w, &w->refused);
}

/* ---- asking ---- */

static void send_page(struct live *live, const struct follow_ask *ask)
{
    struct watched *w = &live->watched[ask->group];
    struct call call;
    struct logs_filter filter = {.group = w->group,
                                 .start_unix_ms = ask->start_unix_ms,
                                 .end_unix_ms = ask->end_unix_ms,
                                 .token = ask->token,
                                 .pattern = live->pattern};
    if (ask->thinned && !live->pattern[0])
        filter.pattern = follow_thin_pattern();
    logs_ask_events(&call, &filter);
    w->asked = true;
    client_send(live->client, &call, on_page, w);
}

void live_logs_ask(struct live *live)
{
    struct follow_ask ask;
    int64_t wait_ms;
    while (!live->held && follow_next(live->follow, live_clock(live), &ask, &wait_ms))
        send_page(live, &ask);
}

int64_t live_logs_wait_ms(const struct live *live)
{
    return live->held ? -1 : follow_wait_ms(live->follow, live_clock(live));
}

void live_logs_release(struct live *live)
{
    follow_free(live->follow);
    seen_release(&live->rest_done);
    buf_release(&live->text);
}
