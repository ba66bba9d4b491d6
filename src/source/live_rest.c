#include "src/source/live_inside.h"

#include "src/source/reader.h"

/* A group that is followed thinly has START, END, REPORT and error lines only. When one
 * of its invocations is opened, the rest of its lines is asked of its own stream, within
 * its own times. */

#define SLACK_MS 1000 /* lines stand a little before START and behind REPORT */
#define BATCH 64
#define PAGES_MOST 20

void live_rest_want(struct live *live, const struct rest_wanted *wanted)
{
    struct follow_state state;
    const struct function *f = live_function_find(live, wanted->function);
    uint32_t group = f ? live_group_find(live, f->log_group) : FOLLOW_NONE;
    const struct seen_id id = {wanted->invocation, ~wanted->invocation};
    if (group == FOLLOW_NONE || wanted->log_stream.len == 0 || live->rest.running ||
        wanted->start_unix_ms == TIME_NONE || wanted->end_unix_ms == TIME_NONE)
        return;
    follow_read(live->follow, group, &state);
    if (!state.thinned || !seen_add(&live->rest_done, id, 0))
        return;
    live->rest = (struct rest_ask){.wanted = true,
                                   .invocation = wanted->invocation,
                                   .group = group,
                                   .epoch = live->watched[group].epoch,
                                   .start_unix_ms = wanted->start_unix_ms - SLACK_MS,
                                   .end_unix_ms = wanted->end_unix_ms + SLACK_MS};
    str_copy(live->rest.stream, sizeof live->rest.stream, wanted->log_stream);
}

/* What the thinned follow found is here already, even where its ids are forgotten. */
static bool is_left_out(struct live *live, const struct event *e)
{
    return !follow_is_thin(e->message) &&
           follow_know(live->follow, live->rest.group, live_event_id(e), e->unix_ms);
}

static void give(struct live *live, struct event *batch, size_t *count)
{
    if (*count > 0)
        live->sink->events(live->sink->ctx, batch, *count);
    live->came |= *count > 0;
    live->progress.events += *count;
    *count = 0;
}

static void take_lines(struct live *live, struct str body)
{
    struct logs_page page;
    struct event batch[BATCH];
    size_t count = 0;
    const struct watched *w = &live->watched[live->rest.group];
    logs_page_init(&page, body, &live->text);
    page.keep = true;
    while (logs_page_next(&page, &batch[count])) {
        struct event *e = &batch[count];
        if (!is_left_out(live, e) || !live_event_name(live, w, e))
            continue;
        e->belongs = live->rest.invocation;
        e->line = ++live->lines;
        e->message = reader_without_line_end(e->message);
        if (++count == BATCH)
            give(live, batch, &count);
    }
    give(live, batch, &count);
    live->rest.wanted = !page.cut && live_page_token(&page, live->rest.token) &&
                        live->rest.token[0] && ++live->rest.pages < PAGES_MOST;
}

static void on_rest(void *ctx, const struct answer *answer)
{
    struct live *live = ctx;
    const struct watched *w = &live->watched[live->rest.group];
    live->rest.running = live->rest.wanted = false;
    if (!w->live || w->epoch != live->rest.epoch)
        return;
    if (answer->kind == ANSWER_DONE)
        take_lines(live, answer->body);
    else if (!live_holds(live, answer))
        live_trouble(live, &answer->err);
}

void live_rest_ask(struct live *live)
{
    struct rest_ask *r = &live->rest;
    struct call call;
    if (!r->wanted || r->running || live->held || !live->watched[r->group].live)
        return;
    logs_ask_events(&call, &(struct logs_filter){.group = live->watched[r->group].group,
                                                 .stream = r->stream,
                                                 .start_unix_ms = r->start_unix_ms,
                                                 .end_unix_ms = r->end_unix_ms,
                                                 .token = r->token});
    r->running = true;
    client_send(live->client, &call, on_rest, live);
}
