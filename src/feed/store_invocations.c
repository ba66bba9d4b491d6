#include "src/feed/store_inside.h"

#include <stdlib.h>

/* Three things are held of an invocation, each longer than the one before: its record (packed:
 * no unused evidence, no unused text), its slot (the brief), and its mark (a byte: class and
 * flags, which is what rows read). A verdict that replaces another leaves the figures before
 * the new one enters, so nothing counts twice. */

#define SLOT_SHARE 4          /* a quarter of the memory goes to the slots */
#define ROW_BYTES_A_MARK 64   /* a byte of mark for so many bytes of rows */
#define MARK_CLASS 0x0F
#define MARK_COLD 0x10
#define MARK_AT_LIMIT 0x20
#define MARK_SLOW 0x40
#define MARK_TRACE 0x80

_Static_assert(FAILURE_NONE <= MARK_CLASS, "a class fits into four bits");

void invocations_init(struct invocations *invocations, size_t bytes, size_t text_bytes)
{
    *invocations = (struct invocations){0};
    ring_init(&invocations->records, bytes - bytes / SLOT_SHARE, RING_BLOCK_BYTES);
    invocations->slot_count = bytes / SLOT_SHARE / sizeof(struct slot) + 1;
    invocations->slots = xcalloc(invocations->slot_count, sizeof *invocations->slots);
    invocations->mark_count = text_bytes / ROW_BYTES_A_MARK + invocations->slot_count;
    invocations->marks = xcalloc(invocations->mark_count, 1);
}

void invocations_release(struct invocations *invocations)
{
    ring_release(&invocations->records);
    free(invocations->slots);
    free(invocations->marks);
}

/* ---- marks ---- */

static uint8_t mark_of(const struct invocation *inv)
{
    return (uint8_t)((inv->class & MARK_CLASS) | (inv->cold == 1 ? MARK_COLD : 0) |
                     (inv->memory_at_limit == 1 ? MARK_AT_LIMIT : 0) |
                     (inv->slow == 1 ? MARK_SLOW : 0) | (inv->trace_id.len ? MARK_TRACE : 0));
}

/* NULL: older than what the marks reach back to. */
static uint8_t *mark_at(const struct invocations *invocations, uint64_t seq)
{
    if (seq == 0 || seq > invocations->newest || invocations->newest - seq >= invocations->mark_count)
        return NULL;
    return &invocations->marks[seq % invocations->mark_count];
}

/* Marks of numbers not seen before start without a class. */
static void newest_raise(struct invocations *invocations, uint64_t seq)
{
    uint64_t from = invocations->newest + 1;
    if (seq < from)
        return;
    if (seq - from >= invocations->mark_count)
        from = seq - invocations->mark_count + 1;
    for (; from <= seq; from++)
        invocations->marks[from % invocations->mark_count] = FAILURE_NONE;
    invocations->newest = seq;
}

void invocations_mark_row(const struct invocations *invocations, struct row *row)
{
    const uint8_t *mark = mark_at(invocations, row->invocation);
    if (mark == NULL)
        return;
    row->class = *mark & MARK_CLASS;
    row->cold = (*mark & MARK_COLD) != 0;
    row->at_limit = (*mark & MARK_AT_LIMIT) != 0;
    row->slow = (*mark & MARK_SLOW) != 0;
    row->has_trace = (*mark & MARK_TRACE) != 0;
}

/* ---- slots ---- */

static bool slot_reaches(const struct invocations *invocations, uint64_t seq)
{
    return seq > 0 && seq <= invocations->newest &&
           invocations->newest - seq < invocations->slot_count;
}

static struct slot *slot_find(const struct invocations *invocations, uint64_t seq)
{
    if (!slot_reaches(invocations, seq))
        return NULL;
    struct slot *slot = &invocations->slots[seq % invocations->slot_count];
    return slot->brief.seq == seq ? slot : NULL;
}

/* The slot of `seq`, taken from an older invocation when needed. NULL: it is too old itself. */
static struct slot *slot_take(struct store *store, uint64_t seq)
{
    struct invocations *invocations = &store->invocations;
    newest_raise(invocations, seq);
    if (!slot_reaches(invocations, seq))
        return NULL;
    struct slot *slot = &invocations->slots[seq % invocations->slot_count];
    if (slot->brief.seq == seq)
        return slot;
    if (slot->brief.seq != 0 && !slot->has_verdict)
        store->status.open_invocations--;
    *slot = (struct slot){.brief = {.seq = seq, .first_row = UINT64_MAX, .last_row = UINT64_MAX,
                                    .class = FAILURE_NONE}};
    store->status.open_invocations++;
    return slot;
}

void invocations_note_row(struct store *store, uint64_t seq, uint64_t row)
{
    struct slot *slot = slot_take(store, seq);
    if (slot == NULL)
        return;
    if (slot->brief.first_row == UINT64_MAX)
        slot->brief.first_row = row;
    slot->brief.last_row = row;
}

/* ---- records: what stands before the evidence, the evidence used, what stands after it ---- */

#define HEAD_BYTES offsetof(struct invocation, evidence)
#define TAIL_AT offsetof(struct invocation, function)
_Static_assert(HEAD_BYTES + sizeof((struct invocation *)0)->evidence <= TAIL_AT,
               "the evidence stands between head and tail");

static size_t evidence_bytes(const struct invocation *inv)
{
    return inv->evidence_count * sizeof inv->evidence[0];
}

static void record_write(struct invocations *invocations, struct slot *slot, const struct invocation *inv)
{
    size_t tail = invocation_size(inv) - TAIL_AT, len = HEAD_BYTES + evidence_bytes(inv) + tail, held;
    char *at = slot->has_record ? ring_change(&invocations->records, slot->record, &held) : NULL;
    if (at == NULL || held != len)
        at = ring_add(&invocations->records, len), slot->record = invocations->records.end - 1;
    memcpy(at, inv, HEAD_BYTES);
    memcpy(at + HEAD_BYTES, inv->evidence, evidence_bytes(inv));
    memcpy(at + HEAD_BYTES + evidence_bytes(inv), (const char *)inv + TAIL_AT, tail);
    slot->has_record = true;
}

static void record_read(const struct ring_record *record, struct invocation *out)
{
    memcpy(out, record->at, HEAD_BYTES);
    size_t evidence = evidence_bytes(out);
    memcpy(out->evidence, record->at + HEAD_BYTES, evidence);
    memcpy((char *)out + TAIL_AT, record->at + HEAD_BYTES + evidence, record->len - HEAD_BYTES - evidence);
}

/* ---- verdicts ---- */

static struct invocation_brief brief_of(const struct invocation *inv, uint32_t function)
{
    return (struct invocation_brief){
        .seq = inv->seq,
        .signature = inv->signature,
        .first_row = UINT64_MAX,
        .last_row = UINT64_MAX,
        .start_unix_ms = inv->start_unix_ms,
        .end_unix_ms = inv->end_unix_ms,
        .duration_ns = inv->duration_ns,
        .function = function,
        .class = inv->class,
        .confidence = inv->confidence,
        .cold = inv->cold,
        .at_limit = inv->memory_at_limit,
        .slow = inv->slow,
        .has_trace = inv->trace_id.len > 0,
        .ended = inv->ended,
    };
}

static void verdict_count(struct store *store, const struct invocation_brief *brief, int sign)
{
    store->status.by_class[brief->class] += (uint64_t)(int64_t)sign;
    store->status.invocations += (uint64_t)(int64_t)sign;
    functions_count(store, brief, sign);
}

static void slot_fill(struct store *store, struct slot *slot, const struct invocation *inv,
                      struct invocation_brief brief)
{
    if (slot->has_verdict)
        verdict_count(store, &slot->brief, -1);
    else
        store->status.open_invocations--;
    brief.first_row = slot->brief.first_row;
    brief.last_row = slot->brief.last_row;
    slot->brief = brief;
    slot->has_verdict = true;
    record_write(&store->invocations, slot, inv);
    verdict_count(store, &brief, +1);
}

void store_add_invocation(struct store *store, const struct invocation *inv, uint32_t function)
{
    if (inv->seq == 0 || inv->class >= FAILURE_CLASS_COUNT)
        die("store: invocation %llu of class %d", (unsigned long long)inv->seq, inv->class);
    struct slot *slot = slot_take(store, inv->seq);
    uint8_t *mark = mark_at(&store->invocations, inv->seq);
    struct invocation_brief brief = brief_of(inv, function);
    if (slot != NULL)
        slot_fill(store, slot, inv, brief);
    else if (mark != NULL && (*mark & MARK_CLASS) == FAILURE_NONE)
        verdict_count(store, &brief, +1); /* came too late to be kept, and counts once */
    if (mark != NULL)
        *mark = mark_of(inv);
    store->changed = true;
}

bool store_read_invocation(struct store *store, uint64_t seq, struct invocation *out)
{
    struct ring_record record;
    store_lock(store);
    const struct slot *slot = slot_find(&store->invocations, seq);
    bool held = slot != NULL && slot->has_record &&
                ring_find(&store->invocations.records, slot->record, &record);
    if (held)
        record_read(&record, out);
    store_unlock(store);
    return held;
}

size_t store_read_briefs(struct store *store, uint64_t from, size_t count, struct invocation_brief *out)
{
    size_t done = 0;
    store_lock(store);
    const struct invocations *invocations = &store->invocations;
    uint64_t newest = invocations->newest;
    uint64_t first = newest < invocations->slot_count ? 1 : newest - invocations->slot_count + 1;
    for (uint64_t seq = from < first ? first : from; seq <= newest && done < count; seq++) {
        const struct slot *slot = slot_find(invocations, seq);
        if (slot != NULL && slot->has_verdict)
            out[done++] = slot->brief;
    }
    store_unlock(store);
    return done;
}

bool store_read_brief(struct store *store, uint64_t seq, struct invocation_brief *out)
{
    store_lock(store);
    const struct slot *slot = slot_find(&store->invocations, seq);
    bool held = slot != NULL && slot->has_verdict;
    if (held)
        *out = slot->brief;
    store_unlock(store);
    return held;
}
