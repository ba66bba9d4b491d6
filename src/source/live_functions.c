#include "src/source/live_inside.h"

#include <stdio.h>
#include <stdlib.h>

/* ListFunctions over all pages, then GetMetricData for all of them, then the choice of
 * what is followed from the start. Functions that were named are not listed: each is
 * asked for alone. */

static void tell(struct live *live, size_t first, size_t count)
{
    if (count > 0)
        live->sink->functions(live->sink->ctx, live->functions + first, count);
    live->came = true;
}

struct function *live_function_find(const struct live *live, struct str name)
{
    for (size_t i = 0; i < live->count; i++)
        if (str_eq(str_of(live->functions[i].name), name))
            return &live->functions[i];
    return NULL;
}

/* The tables grow here alone: pointers into them are not held over this. */
static struct function *add_function(struct live *live)
{
    if (live->count == live->room) {
        live->room = live->room ? 2 * live->room : 64;
        live->functions = xrealloc(live->functions, live->room * sizeof *live->functions);
    }
    return &live->functions[live->count++];
}

/* ---- the choice of groups ---- */

static int64_t figure(int64_t value)
{
    return value == ABSENT ? 0 : value;
}

static int compare_interest(const void *a, const void *b)
{
    const struct function *x = *(const struct function *const *)a,
                          *y = *(const struct function *const *)b;
    const int64_t keys[][2] = {
        {figure(x->metrics.errors), figure(y->metrics.errors)},
        {figure(x->metrics.throttles), figure(y->metrics.throttles)},
        {figure(x->metrics.invocations), figure(y->metrics.invocations)},
        {x->last_modified_unix_ms, y->last_modified_unix_ms}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i][0] != keys[i][1])
            return keys[i][0] > keys[i][1] ? -1 : 1;
    return strcmp(x->name, y->name);
}

static void queue_all(struct live *live)
{
    const struct function **order = xcalloc(live->count, sizeof *order);
    live->queue = xcalloc(live->count, sizeof *live->queue);
    for (size_t i = 0; i < live->count; i++)
        order[i] = &live->functions[i];
    qsort(order, live->count, sizeof *order, compare_interest);
    for (size_t i = 0; i < live->count; i++)
        live->queue[i] = (uint32_t)(order[i] - live->functions);
    free(order);
}

void live_watch_more(struct live *live)
{
    if (!live->queue)
        return;
    if (live->options.once)
        live_logs_clear_done(live);
    else if (live->watched_at_start)
        return;
    while (live->queue_next < live->count && live->watched_count < LIVE_WATCHED_AT_START)
        live_watch(live, &live->functions[live->queue[live->queue_next++]], false);
    live->watched_at_start = !live->options.once || live->queue_next == live->count;
}

/* ---- what CloudWatch counts ---- */

static void end_metrics(struct live *live, struct metrics_ask_state *ask)
{
    for (size_t i = 0; i < ask->count; i++)
        metrics_to_function(&ask->sums[i], live->options.window.since_unix_ms,
                            live->metrics_until_unix_ms,
                            &live->functions[ask->first + i].metrics);
    tell(live, ask->first, ask->count);
}

static void on_metrics(void *ctx, const struct answer *answer);

static void send_metrics(struct live *live, struct metrics_ask_state *ask,
                         const char *token)
{
    struct call call;
    metrics_ask(&call, live->functions + ask->first, ask->count,
                live->options.window.since_unix_ms, live->metrics_until_unix_ms, token);
    client_send(live->client, &call, on_metrics, ask);
}

/* true: a further page was asked for. */
static bool take_metrics(struct live *live, struct metrics_ask_state *ask,
                         const struct answer *answer)
{
    struct err err = {0};
    char token[4096];
    bool partly = false;
    if (answer->kind != ANSWER_DONE) {
        if (!live_holds(live, answer) && !live->metrics_said)
            live_trouble(live, &answer->err);
        live->metrics_said = true;
        return false;
    }
    if (!metrics_decode(answer->body, ask->sums, ask->count, token, sizeof token, &partly,
                        &err)) {
        live_trouble(live, &err);
        return false;
    }
    if (token[0]) {
        send_metrics(live, ask, token);
        return true;
    }
    end_metrics(live, ask);
    return false;
}

static void on_metrics(void *ctx, const struct answer *answer)
{
    struct metrics_ask_state *ask = ctx;
    struct live *live = ask->live;
    if (take_metrics(live, ask, answer))
        return;
    ask->used = false;
    live->metrics_running--;
    if (live->metrics_said && answer->kind == ANSWER_DENIED)
        live->metrics_next = live->count; /* the others would be refused, too */
}

static void ask_metrics(struct live *live)
{
    for (size_t i = 0; i < LIVE_METRICS_AT_ONCE && live->metrics_next < live->count;
         i++) {
        struct metrics_ask_state *ask = &live->metrics[i];
        size_t left = live->count - live->metrics_next;
        if (ask->used)
            continue;
        *ask = (struct metrics_ask_state){
            .live = live,
            .used = true,
            .first = live->metrics_next,
            .count = left < METRICS_FUNCTIONS ? left : METRICS_FUNCTIONS};
        live->metrics_next += ask->count;
        live->metrics_running++;
        send_metrics(live, ask, "");
    }
    live->metrics_done = live->metrics_next >= live->count && live->metrics_running == 0;
}

/* ---- the list ---- */

static void on_list(void *ctx, const struct answer *answer);

static void send_list(struct live *live)
{
    struct call call;
    lambda_ask_functions(&call, live->marker);
    client_send(live->client, &call, on_list, live);
}

static void end_list(struct live *live)
{
    live->list_done = true;
    live->metrics_until_unix_ms = live_clock(live).unix_ms;
    live->metrics_done = !live->options.figures;
}

static void take_list(struct live *live, struct lambda_functions *page)
{
    size_t first = live->count, room = LAMBDA_FUNCTIONS_MAX - live->count;
    size_t count = page->count < room ? page->count : room;
    for (size_t i = 0; i < count; i++)
        *add_function(live) = page->at[i];
    tell(live, first, count);
    bool circle = strcmp(live->marker, page->next_marker) == 0;
    str_copy(live->marker, sizeof live->marker, str_of(page->next_marker));
    if (live->marker[0] && !circle && count == page->count)
        send_list(live);
    else
        end_list(live);
}

/* Without a list the console shows nothing: where it fails for a while it is asked again.
 */
static void on_list(void *ctx, const struct answer *answer)
{
    struct live *live = ctx;
    struct lambda_functions page;
    struct err err = {0};
    if (answer->kind == ANSWER_DONE &&
        lambda_decode_functions(answer->body, &page, &err)) {
        take_list(live, &page);
        lambda_functions_release(&page);
        return;
    }
    bool passing = answer->kind == ANSWER_THROTTLED || answer->kind == ANSWER_UNREACHABLE;
    if (live_holds(live, answer) || (passing && !live->options.once)) {
        live->list_begun = false;
        live->detail_due_mono_ms = clock_mono_ms() + 2000;
        return;
    }
    live_trouble(live, answer->kind == ANSWER_DONE ? &err : &answer->err);
    end_list(live);
}

/* ---- functions that were named ---- */

/* `arn:aws:lambda:REGION:ACCOUNT:function:NAME:QUALIFIER`, `NAME:QUALIFIER`, or the name.
 */
static struct str bare_name(struct str name)
{
    size_t at = str_find(name, STR(":function:"));
    if (at != SIZE_MAX)
        name = str_from(name, at + sizeof ":function:" - 1);
    return str_take_until(&name, ':');
}

static void begin_named(struct live *live)
{
    for (size_t i = 0; i < live->options.count; i++) {
        struct str given = str_of(live->options.functions[i]);
        if (str_has(given, STR("/"))) {
            live_watch_group(live, live->options.functions[i], "");
            continue;
        }
        struct str name = bare_name(given);
        if (live_function_find(live, name))
            continue;
        struct function *f = add_function(live);
        *f = function_unknown();
        str_copy(f->name, sizeof f->name, name);
        snprintf(f->log_group, sizeof f->log_group, "/aws/lambda/%s", f->name);
        live_detail_want(live, live->count - 1, DETAIL_CONFIGURATION);
        live->named_open++;
    }
    live->metrics_done = !live->options.figures;
    live->metrics_until_unix_ms = live_clock(live).unix_ms;
    live->list_done = live->named_open == 0;
}

/* ---- the order of all this ---- */

void live_functions_ask(struct live *live)
{
    if (live->held)
        return;
    if (!live->list_begun && clock_mono_ms() >= live->detail_due_mono_ms) {
        live->list_begun = true;
        if (live->options.count > 0)
            begin_named(live);
        else
            send_list(live);
    }
    if (live->list_done && !live->metrics_done)
        ask_metrics(live);
    if (live->list_done && live->metrics_done && live->options.count == 0) {
        if (!live->queue)
            queue_all(live);
        live_watch_more(live);
    }
    live_details_ask(live);
}

int64_t live_functions_wait_ms(const struct live *live)
{
    if (live->held)
        return -1;
    if (!live->list_begun) {
        int64_t wait_ms = live->detail_due_mono_ms - clock_mono_ms();
        return wait_ms > 0 ? wait_ms : 0;
    }
    if (live->list_done && !live->metrics_done && live->metrics_running == 0)
        return 0;
    return live_details_wait_ms(live);
}

bool live_functions_done(const struct live *live)
{
    return live->list_done && live->metrics_done &&
           (live->options.count > 0 || live->watched_at_start);
}

/* Figures anew; the list as it is. */
void live_functions_refresh(struct live *live)
{
    if (!live->options.figures || !live->list_done || live->metrics_running > 0)
        return;
    live->metrics_next = 0;
    live->metrics_said = false;
    live->metrics_done = false;
    live->metrics_until_unix_ms = live_clock(live).unix_ms;
}

void live_functions_release(struct live *live)
{
    free(live->functions);
    free(live->queue);
}
