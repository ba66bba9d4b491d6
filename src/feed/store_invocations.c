#include "src/feed/store_inside.h"

#include <stdlib.h>

/* Three things are held of an invocation, each longer than the one before: its record (packed,
 * in store_records.c), its slot (the brief), and its mark (a byte: class and flags, which is what
 * rows read). A verdict that replaces another leaves the figures before the new one enters, so
 * nothing counts twice. */

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
    invocations->dictionaries = xcalloc(DICTIONARIES, sizeof *invocations->dictionaries);
}

void invocations_release(struct invocations *invocations)
{
    ring_release(&invocations->records);
    free(invocations->slots);
    free(invocations->marks);
    free(invocations->dictionaries);
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
    if (seq == 0 || seq > invocations->newest ||
        invocations->newest - seq >= invocations->mark_count)
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
    return slot->seq == seq ? slot : NULL;
}

/* The slot of `seq`, taken from an older invocation when needed. NULL: it is too old itself. */
static struct slot *slot_take(struct store *store, uint64_t seq)
{
    struct invocations *invocations = &store->invocations;
    newest_raise(invocations, seq);
    if (!slot_reaches(invocations, seq))
        return NULL;
    struct slot *slot = &invocations->slots[seq % invocations->slot_count];
    if (slot->seq == seq)
        return slot;
    if (slot->seq != 0 && !slot->has_verdict)
        store->status.open_invocations--;
    *slot = (struct slot){.seq = seq, .class = FAILURE_NONE};
    store->status.open_invocations++;
    return slot;
}

void invocations_note_row(struct store *store, uint64_t seq, uint64_t row)
{
    struct slot *slot = slot_take(store, seq);
    if (slot == NULL)
        return;
    if (!slot->has_rows)
        slot->first_row = row;
    slot->has_rows = true;
    uint64_t span = row - slot->first_row;
    slot->row_span = span < UINT32_MAX ? (uint32_t)span : UINT32_MAX;
}

static struct invocation_brief slot_brief(const struct slot *slot)
{
    return (struct invocation_brief){
        .seq = slot->seq,
        .signature = slot->signature,
        .first_row = slot->has_rows ? slot->first_row : UINT64_MAX,
        .last_row = slot->has_rows ? slot->first_row + slot->row_span : UINT64_MAX,
        .start_unix_ms = slot->start_unix_ms,
        .end_unix_ms = slot->end_unix_ms,
        .duration_ns = slot->duration_ns,
        .function = slot->function,
        .class = slot->class,
        .confidence = slot->confidence,
        .cold = slot->cold,
        .at_limit = slot->at_limit,
        .slow = slot->slow,
        .has_trace = slot->has_trace,
        .ended = slot->ended,
    };
}

/* ---- verdicts ---- */

static void slot_put(struct slot *slot, const struct invocation *inv, uint32_t function)
{
    slot->signature = inv->signature;
    slot->start_unix_ms = inv->start_unix_ms;
    slot->end_unix_ms = inv->end_unix_ms;
    slot->duration_ns = inv->duration_ns;
    slot->function = function;
    slot->class = inv->class;
    slot->confidence = inv->confidence;
    slot->cold = inv->cold == 1 ? 1 : inv->cold == 0 ? 0 : -1;
    slot->at_limit = inv->memory_at_limit == 1 ? 1 : inv->memory_at_limit == 0 ? 0 : -1;
    slot->slow = inv->slow == 1 ? 1 : inv->slow == 0 ? 0 : -1;
    slot->has_trace = inv->trace_id.len > 0;
    slot->ended = inv->ended;
    slot->final = inv->final;
    slot->has_verdict = true;
}

static void verdict_count(struct store *store, const struct slot *slot, int sign)
{
    struct invocation_brief brief = slot_brief(slot);
    store->status.by_class[brief.class] += (uint64_t)(int64_t)sign;
    store->status.invocations += (uint64_t)(int64_t)sign;
    functions_count(store, &brief, sign);
}

static void verdict_put(struct store *store, struct slot *slot, const struct invocation *inv,
                        uint32_t function)
{
    if (slot->has_verdict)
        verdict_count(store, slot, -1);
    else
        store->status.open_invocations--;
    slot_put(slot, inv, function);
    records_write(store, slot, inv);
    verdict_count(store, slot, +1);
}

/* It came too late to be kept: it counts, and counts once. */
static void verdict_count_only(struct store *store, const struct invocation *inv, uint32_t function)
{
    struct slot slot = {.seq = inv->seq};
    slot_put(&slot, inv, function);
    verdict_count(store, &slot, +1);
}

void store_add_invocation(struct store *store, const struct invocation *inv, uint32_t function)
{
    if (inv->seq == 0 || inv->class >= FAILURE_CLASS_COUNT)
        die("store: invocation %llu of class %d", (unsigned long long)inv->seq, inv->class);
    struct slot *slot = slot_take(store, inv->seq);
    uint8_t *mark = mark_at(&store->invocations, inv->seq);
    if (slot != NULL)
        verdict_put(store, slot, inv, function);
    else if (mark != NULL && (*mark & MARK_CLASS) == FAILURE_NONE)
        verdict_count_only(store, inv, function);
    if (mark != NULL)
        *mark = mark_of(inv);
    store->changed = true;
}

bool store_read_invocation(struct store *store, uint64_t seq, struct invocation *out)
{
    store_lock(store);
    const struct slot *slot = slot_find(&store->invocations, seq);
    bool held = slot != NULL && records_read(store, slot, out);
    store_unlock(store);
    return held;
}

size_t store_read_briefs(struct store *store, uint64_t from, size_t count,
                         struct invocation_brief *out)
{
    size_t done = 0;
    store_lock(store);
    const struct invocations *invocations = &store->invocations;
    uint64_t newest = invocations->newest;
    uint64_t first = newest < invocations->slot_count ? 1 : newest - invocations->slot_count + 1;
    for (uint64_t seq = from < first ? first : from; seq <= newest && done < count; seq++) {
        const struct slot *slot = slot_find(invocations, seq);
        if (slot != NULL && slot->has_verdict)
            out[done++] = slot_brief(slot);
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
        *out = slot_brief(slot);
    store_unlock(store);
    return held;
}
