#include "src/feed/store_inside.h"

/* The ring of whole verdicts. A record is what stands before the evidence, the evidence used,
 * what stands after it, and the text used; what the slot holds, too, is zeroed. Texts are put into
 * the order of those who refer to them, so that where each stands need not be kept. All that
 * is packed against the first record of the same function and class. A success, of which there
 * are many, is packed against its own last log lines, too: it can be read as long as they are held.
 */

#define HEAD_BYTES offsetof(struct invocation, evidence)
#define TAIL_AT offsetof(struct invocation, function)
_Static_assert(HEAD_BYTES + sizeof((struct invocation *)0)->evidence <= TAIL_AT,
               "the evidence stands between head and tail");
_Static_assert(sizeof(struct invocation) <= RECORD_MAX, "a record holds any invocation");

#define PACKED_MAX (RECORD_PACKED_MAX + 16u) /* with its head */

/* A verdict that is not final is likely to be replaced by one of about the same size: with a
 * little room left it takes the same place. */
#define ROOM_FOR_THE_FINAL 12u

static size_t evidence_bytes(const struct invocation *inv)
{
    return inv->evidence_count * sizeof inv->evidence[0];
}

#define TAIL_REFS ((offsetof(struct invocation, text_len) - TAIL_AT) / sizeof(struct text_ref))
_Static_assert(TAIL_AT + TAIL_REFS * sizeof(struct text_ref) ==
                   offsetof(struct invocation, text_len),
               "from `function` to the text all members are text_refs");
#define REFS_MAX (INVOCATION_EVIDENCE + TAIL_REFS)

/* The members that refer to the text, in their order; how many. */
static size_t refs_of(struct invocation *inv, struct text_ref *out[REFS_MAX])
{
    size_t count = 0;
    for (; count < inv->evidence_count; count++)
        out[count] = &inv->evidence[count].text;
    for (size_t i = 0; i < TAIL_REFS; i++)
        out[count++] = &inv->function + i;
    return count;
}

/* Texts one after the other, and no member says where. false: it would not fit, as two members
 * share a long text; then all stays as it is. */
static bool texts_put_in_order(struct invocation *inv)
{
    struct text_ref *refs[REFS_MAX];
    char text[INVOCATION_TEXT];
    size_t count = refs_of(inv, refs), len = 0;
    for (size_t i = 0; i < count; i++)
        len += refs[i]->len;
    if (len > sizeof text)
        return false;
    len = 0;
    for (size_t i = 0; i < count; i++) {
        memcpy(text + len, inv->text + refs[i]->at, refs[i]->len);
        len += refs[i]->len;
        refs[i]->at = 0;
    }
    memcpy(inv->text, text, len);
    inv->text_len = (uint16_t)len;
    return true;
}

static void texts_find_again(struct invocation *inv)
{
    struct text_ref *refs[REFS_MAX];
    size_t count = refs_of(inv, refs), at = 0;
    for (size_t i = 0; i < count; i++) {
        refs[i]->at = (uint16_t)at;
        at += refs[i]->len;
    }
}

static size_t record_make(const struct invocation *inv, bool *in_order, char out[RECORD_MAX])
{
    struct invocation copy;
    memcpy(&copy, inv, invocation_size(inv));
    copy.seq = copy.signature = 0;
    copy.start_unix_ms = copy.end_unix_ms = copy.duration_ns = 0;
    *in_order = texts_put_in_order(&copy);
    memcpy(out, &copy, HEAD_BYTES);
    memcpy(out + HEAD_BYTES, copy.evidence, evidence_bytes(&copy));
    size_t tail = invocation_size(&copy) - TAIL_AT;
    memcpy(out + HEAD_BYTES + evidence_bytes(&copy), (const char *)&copy + TAIL_AT, tail);
    return HEAD_BYTES + evidence_bytes(&copy) + tail;
}

static void record_take_apart(const char *record, size_t len, bool in_order,
                              const struct slot *slot, struct invocation *out)
{
    memcpy(out, record, HEAD_BYTES);
    size_t evidence = evidence_bytes(out);
    memcpy(out->evidence, record + HEAD_BYTES, evidence);
    memcpy((char *)out + TAIL_AT, record + HEAD_BYTES + evidence, len - HEAD_BYTES - evidence);
    if (in_order)
        texts_find_again(out);
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

/* In front of the packed bytes, itself packed: a byte, two bytes, and seven bits a byte. */
struct record_head {
    uint8_t dictionary;
    bool in_order;       /* the texts */
    uint16_t texts_len;  /* bytes of row texts behind the dictionary; 0: none */
    uint32_t row;        /* the last of these rows, from the first row of the invocation on */
};
#define IN_ORDER 0x80u
_Static_assert(DICTIONARIES <= IN_ORDER, "seven bits hold the number of a dictionary");

static size_t head_write(const struct record_head *head, char *out)
{
    char *at = out;
    *at++ = (char)(head->dictionary | (head->in_order ? IN_ORDER : 0));
    *at++ = (char)(head->texts_len & 0xFF);
    *at++ = (char)(head->texts_len >> 8);
    uint32_t row = head->row;
    for (; row >= 0x80; row >>= 7)
        *at++ = (char)(0x80 | (row & 0x7F));
    *at++ = (char)row;
    return (size_t)(at - out);
}

static const char *head_read(const char *packed, struct record_head *out)
{
    const unsigned char *at = (const unsigned char *)packed;
    *out = (struct record_head){.dictionary = (uint8_t)(at[0] & ~IN_ORDER),
                                .in_order = (at[0] & IN_ORDER) != 0,
                                .texts_len = (uint16_t)(at[1] | at[2] << 8)};
    size_t i = 3;
    for (unsigned shift = 0;; shift += 7, i++) {
        out->row |= (uint32_t)(at[i] & 0x7F) << shift;
        if (at[i] < 0x80)
            return packed + i + 1;
    }
}

/* The dictionary and, when asked for, what the last rows say. Returns the bytes; *texts_len of
 * them are from rows. */
static size_t dictionary_make(const struct store *store, const struct slot *slot,
                              const struct record_head *head, bool with_rows,
                              char out[DICTIONARY_MAX], size_t *texts_len)
{
    const struct dictionary *dictionary = &store->invocations.dictionaries[head->dictionary];
    memcpy(out, dictionary->bytes, dictionary->len);
    *texts_len = 0;
    if (with_rows)
        *texts_len =
            rows_last_texts(store, slot->first_row + head->row, slot->seq, out + dictionary->len);
    return dictionary->len + *texts_len;
}

static void dictionary_learn(struct dictionary *dictionary, const char *record, size_t len)
{
    if (dictionary->len > 0)
        return;
    memcpy(dictionary->bytes, record, len);
    dictionary->len = (uint16_t)len;
}

static size_t record_pack(struct store *store, const struct slot *slot,
                          const struct invocation *inv, char out[PACKED_MAX])
{
    char record[RECORD_MAX], dictionary[DICTIONARY_MAX];
    struct record_head head = {.dictionary = dictionary_of(slot), .row = slot->row_span};
    size_t len = record_make(inv, &head.in_order, record), texts_len;
    dictionary_learn(&store->invocations.dictionaries[head.dictionary], record, len);
    bool with_rows = slot->class == FAILURE_SUCCESS && slot->has_rows;
    size_t dictionary_len = dictionary_make(store, slot, &head, with_rows, dictionary, &texts_len);
    head.texts_len = (uint16_t)texts_len;
    size_t at = head_write(&head, out);
    return at + recordpack_write((struct str){record, len},
                                 (struct str){dictionary, dictionary_len}, out + at);
}

/* From the low half of a number; it was given out within the last 2^32. */
static uint64_t whole_number(const struct ring *ring, uint32_t low)
{
    return ring->end - (uint32_t)((uint32_t)ring->end - low);
}

void records_write(struct store *store, struct slot *slot, const struct invocation *inv)
{
    struct ring *ring = &store->invocations.records;
    char packed[PACKED_MAX];
    size_t len = record_pack(store, slot, inv, packed), held = 0;
    char *at = slot->has_record ? ring_change(ring, whole_number(ring, slot->record), &held) : NULL;
    if (at == NULL || held < len) {
        at = ring_add(ring, len + (inv->final ? 0 : ROOM_FOR_THE_FINAL));
        slot->record = (uint32_t)(ring->end - 1);
        slot->has_record = true;
    }
    memcpy(at, packed, len);
}

bool records_read(const struct store *store, const struct slot *slot, struct invocation *out)
{
    struct ring_record found;
    struct record_head head;
    char record[RECORD_MAX], dictionary[DICTIONARY_MAX];
    const struct ring *ring = &store->invocations.records;
    if (!slot->has_record || !ring_find(ring, whole_number(ring, slot->record), &found))
        return false;
    const char *packed = head_read(found.at, &head);
    size_t texts_len;
    size_t dictionary_len =
        dictionary_make(store, slot, &head, head.texts_len > 0, dictionary, &texts_len);
    if (texts_len != head.texts_len)
        return false; /* its rows have fallen out */
    size_t len = recordpack_read(packed, (struct str){dictionary, dictionary_len}, record);
    record_take_apart(record, len, head.in_order, slot, out);
    return true;
}
