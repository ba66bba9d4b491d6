#include "src/model/finals.h"

#include "src/model/verdict.h"

#include <stdlib.h>

static struct final *take_place(struct finals *f)
{
    struct final *place = f->free;
    if (place)
        f->free = place->next;
    else
        place = xcalloc(1, sizeof *place);
    *place = (struct final){.next = NULL};
    *(f->last ? &f->last->next : &f->first) = place;
    f->last = place;
    f->count++;
    return place;
}

void finals_add(struct finals *f, struct attempt *a)
{
    if (a->final)
        return;
    a->final = take_place(f);
    a->final->attempt = a;
    a->final->id_hash = a->id_hash;
}

void finals_pass_on(struct attempt *a, struct attempt *heir)
{
    if (!a->final)
        return;
    a->final->attempt = heir;
    a->final->id_hash = heir ? heir->id_hash : 0;
    if (heir)
        heir->final = a->final;
    a->final = NULL;
}

static void mark_settled(struct finals *f, struct attempt *a)
{
    finals_add(f, a);
    a->final->settled = true;
    a->final->id_hash = a->id_hash;
}

/* A time that the last line carries itself; an end that follows from start and duration. The
 * silence before the end is told only where the end was seen. */
static void complete_times(struct evidence *e)
{
    struct line_head head;
    if (e->end_unix_ms != TIME_NONE && e->last_len && e->last_app_unix_ms == TIME_NONE) {
        line_head_read((struct str){e->last, e->last_len}, &head);
        e->last_app_unix_ms = head.unix_ms;
    }
    if (e->end_unix_ms == TIME_NONE && e->start_unix_ms != TIME_NONE && e->duration_ns != ABSENT)
        e->end_unix_ms = e->start_unix_ms + e->duration_ns / 1000000;
}

static void build(struct finals *f, struct attempt *a, bool final)
{
    const struct stream *stream = a->stream;
    struct evidence *e = &a->e;
    struct verdict_names names = {
        .function = stream->function_name,
        .log_group = stream->group,
        .log_stream = stream->name,
        .median_ns = tally_median_ns(stream->function),
        .brief = f->options.brief,
    };
    complete_times(e);
    e->configured_timeout_ms = tally_timeout_ms(stream->function);
    f->scratch.seq = a->seq;
    verdict_build(e, &names, &f->scratch);
    f->scratch.final = final;
}

void finals_show(struct finals *f, struct attempt *a)
{
    if (!f->options.provisional || a->e.first_line == 0)
        return;
    build(f, a, false);
    a->shown = true;
    f->sink.verdict(f->sink.ctx, &f->scratch);
}

/* A later attempt of the same request would show that this one failed. */
static bool hangs_on_retry(const struct attempt *a, const struct invocation *inv)
{
    const struct evidence *e = &a->e;
    return evidence_at_limit(e) && !e->retried && e->status != STATUS_SUCCESS && e->id.len &&
           (inv->class == FAILURE_SUCCESS || inv->class == FAILURE_AMBIGUOUS);
}

static void keep_built(struct finals *f, struct final *place, bool held)
{
    size_t size = invocation_size(&f->scratch);
    place->built = xcalloc(1, size);
    memcpy(place->built, &f->scratch, size);
    place->held = held;
    f->held += held;
    place->attempt = NULL;
}

static void add_to_tally(const struct attempt *a, const struct invocation *inv)
{
    if (inv->class == FAILURE_SUCCESS)
        tally_add(a->stream->function, inv->duration_ns);
}

void finals_build(struct finals *f, struct attempt *a)
{
    mark_settled(f, a);
    build(f, a, true);
    add_to_tally(a, &f->scratch);
    keep_built(f, a->final, f->options.hold && hangs_on_retry(a, &f->scratch));
    streams_drop(f->streams, a);
}

static void drop_first(struct finals *f)
{
    struct final *place = f->first;
    f->first = place->next;
    if (!f->first)
        f->last = NULL;
    f->held -= place->held;
    free(place->built);
    place->next = f->free;
    f->free = place;
    f->count--;
}

/* What is handed over is read out of the scratch: a built one is no whole struct. */
static void hand_over_built(struct finals *f, const struct invocation *built)
{
    memcpy(&f->scratch, built, invocation_size(built));
    f->sink.verdict(f->sink.ctx, &f->scratch);
}

static bool hand_over_first(struct finals *f, bool all)
{
    struct final *place = f->first;
    if (place->attempt) {
        struct attempt *a = place->attempt;
        if (!place->settled)
            return false;
        if (f->options.hold && !all && f->held == 0 && evidence_at_limit(&a->e)) {
            finals_build(f, a); /* may be held: looked at again below */
            return true;
        }
        build(f, a, true);
        add_to_tally(a, &f->scratch);
        f->sink.verdict(f->sink.ctx, &f->scratch);
        streams_drop(f->streams, a);
        drop_first(f);
        return true;
    }
    if (place->held && !all && f->count <= f->options.hold)
        return false;
    if (place->built)
        hand_over_built(f, place->built);
    drop_first(f);
    return true;
}

/* While the first place is held, a settled attempt behind it gives its memory back at once. */
void finals_settle(struct finals *f, struct attempt *a)
{
    mark_settled(f, a);
    if (f->first->held)
        finals_build(f, a);
}

void finals_drain(struct finals *f, bool all)
{
    while (f->first && hand_over_first(f, all))
        ;
}

static void mark_memory(struct invocation *inv)
{
    inv->class = FAILURE_MEMORY;
    inv->confidence = CONFIDENCE_LIKELY;
    inv->candidates[0] = FAILURE_SUCCESS;
    inv->candidate_count = 1;
    inv->notes &= ~(uint32_t)NOTE_AT_LIMIT_NOT_KILLED;
    verdict_sign(inv);
    if (inv->evidence_count < INVOCATION_EVIDENCE)
        inv->evidence[inv->evidence_count++] = (struct evidence_item){
            .line = inv->last_line, .input = inv->input, .fact = FACT_RETRIED};
}

/* What is kept has room for its own text only: it is changed in the scratch. */
static void fail_held(struct finals *f, struct final *place)
{
    memcpy(&f->scratch, place->built, invocation_size(place->built));
    mark_memory(&f->scratch);
    free(place->built);
    f->held--;
    keep_built(f, place, false);
}

void finals_retried(struct finals *f, uint64_t id_hash, struct str id)
{
    for (struct final *place = f->first; place; place = place->next) {
        if (place->id_hash != id_hash)
            continue;
        if (place->attempt && str_eq(evidence_text(&place->attempt->e, place->attempt->e.id), id)) {
            place->attempt->e.retried = true;
        } else if (place->held && str_eq(invocation_text(place->built, place->built->request_id), id)) {
            fail_held(f, place);
        }
    }
}

void finals_release(struct finals *f)
{
    while (f->first)
        drop_first(f);
    while (f->free) {
        struct final *place = f->free;
        f->free = place->next;
        free(place);
    }
}
