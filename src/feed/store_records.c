#include "src/feed/store_inside.h"

/* The ring of whole verdicts. A record is what stands before the evidence, the evidence used,
 * what stands after it, and the text used; what the slot holds, too, is zeroed; and all that is
 * packed against the first record of the same function and class. */

#define HEAD_BYTES offsetof(struct invocation, evidence)
#define TAIL_AT offsetof(struct invocation, function)
_Static_assert(HEAD_BYTES + sizeof((struct invocation *)0)->evidence <= TAIL_AT,
               "the evidence stands between head and tail");
_Static_assert(sizeof(struct invocation) <= RECORD_MAX, "a record holds any invocation");

/* A verdict that is not final is likely to be replaced by one of about the same size: with a
 * little room left it takes the same place. */
#define ROOM_FOR_THE_FINAL 12u

static size_t evidence_bytes(const struct invocation *inv)
{
    return inv->evidence_count * sizeof inv->evidence[0];
}

static size_t record_make(const struct invocation *inv, char out[RECORD_MAX])
{
    struct invocation head;
    memcpy(&head, inv, HEAD_BYTES);
    head.seq = head.signature = 0;
    head.start_unix_ms = head.end_unix_ms = head.duration_ns = 0;
    memcpy(out, &head, HEAD_BYTES);
    memcpy(out + HEAD_BYTES, inv->evidence, evidence_bytes(inv));
    size_t tail = invocation_size(inv) - TAIL_AT;
    memcpy(out + HEAD_BYTES + evidence_bytes(inv), (const char *)inv + TAIL_AT, tail);
    return HEAD_BYTES + evidence_bytes(inv) + tail;
}

static void record_take_apart(const char *record, size_t len, const struct slot *slot, struct invocation *out)
{
    memcpy(out, record, HEAD_BYTES);
    size_t evidence = evidence_bytes(out);
    memcpy(out->evidence, record + HEAD_BYTES, evidence);
    memcpy((char *)out + TAIL_AT, record + HEAD_BYTES + evidence, len - HEAD_BYTES - evidence);
    out->seq = slot->seq;
    out->signature = slot->signature;
    out->start_unix_ms = slot->start_unix_ms;
    out->end_unix_ms = slot->end_unix_ms;
    out->duration_ns = slot->duration_ns;
}

static uint8_t dictionary_of(const struct slot *slot)
{
    return (uint8_t)((slot->function * FAILURE_CLASS_COUNT + slot->class) % DICTIONARIES);
}

static struct str dictionary_bytes(const struct invocations *invocations, uint8_t index)
{
    const struct dictionary *dictionary = &invocations->dictionaries[index];
    return (struct str){dictionary->bytes, dictionary->len};
}

/* The first byte says which dictionary it was. */
static size_t record_pack(struct invocations *invocations, const struct slot *slot, const struct invocation *inv,
                          char out[RECORD_PACKED_MAX + 1])
{
    char record[RECORD_MAX];
    size_t len = record_make(inv, record);
    uint8_t index = dictionary_of(slot);
    struct dictionary *dictionary = &invocations->dictionaries[index];
    if (dictionary->len == 0) {
        memcpy(dictionary->bytes, record, len);
        dictionary->len = (uint16_t)len;
    }
    out[0] = (char)index;
    return 1 + recordpack_write((struct str){record, len}, dictionary_bytes(invocations, index), out + 1);
}

/* From the low half of a number; it was given out within the last 2^32. */
static uint64_t whole_number(const struct ring *ring, uint32_t low)
{
    return ring->end - (uint32_t)((uint32_t)ring->end - low);
}

void records_write(struct invocations *invocations, struct slot *slot, const struct invocation *inv)
{
    struct ring *ring = &invocations->records;
    char packed[RECORD_PACKED_MAX + 1];
    size_t len = record_pack(invocations, slot, inv, packed), held = 0;
    char *at = slot->has_record ? ring_change(ring, whole_number(ring, slot->record), &held) : NULL;
    if (at == NULL || held < len) {
        at = ring_add(ring, len + (inv->final ? 0 : ROOM_FOR_THE_FINAL));
        slot->record = (uint32_t)(ring->end - 1);
        slot->has_record = true;
    }
    memcpy(at, packed, len);
}

bool records_read(const struct invocations *invocations, const struct slot *slot, struct invocation *out)
{
    struct ring_record found;
    char record[RECORD_MAX];
    const struct ring *ring = &invocations->records;
    if (!slot->has_record || !ring_find(ring, whole_number(ring, slot->record), &found))
        return false;
    struct str dictionary = dictionary_bytes(invocations, (uint8_t)found.at[0]);
    size_t len = recordpack_read(found.at + 1, dictionary, record);
    record_take_apart(record, len, slot, out);
    return true;
}
