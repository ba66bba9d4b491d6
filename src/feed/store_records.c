#include "src/feed/store_inside.h"

/* The ring of whole verdicts. A record is what stands before the evidence, the evidence
 * used, what stands after it, and the text used; what the slot holds, too, is zeroed.
 * Texts are put into the order of those who refer to them, so that where each stands need
 * not be kept. All that is packed against the first record of the same function and
 * class. A success, of which there are many, is packed against its own last log lines,
 * too: it can be read as long as they are held.
 */

#define HEAD_BYTES offsetof(struct invocation, evidence)
#define TAIL_AT offsetof(struct invocation, function)
_Static_assert(HEAD_BYTES + sizeof((struct invocation *)0)->evidence <= TAIL_AT,
               "the evidence stands between head and tail");
_Static_assert(sizeof(struct invocation) <= RECORD_MAX, "a record holds any invocation");

#define PACKED_MAX (RECORD_PACKED_MAX + 24u) /* with its head */

/* A verdict that is not final is likely to be replaced by one of about the same size:
 * with a little room left it takes the same place. */
#define ROOM_FOR_THE_FINAL 3u

static size_t evidence_bytes(const struct invocation *inv)
{
    return inv->evidence_count * sizeof inv->evidence[0];
}

#define TAIL_REFS                                                                        \
    ((offsetof(struct invocation, text_len) - TAIL_AT) / sizeof(struct text_ref))
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

/* Texts one after the other, and no member says where. false: it would not fit, as two
 * members share a long text; then all stays as it is. */
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

/* What the slot holds. */
static void slot_part_clear(struct invocation *inv)
{
    inv->seq = inv->signature = 0;
    inv->start_unix_ms = inv->end_unix_ms = inv->duration_ns = 0;
    inv->class = inv->confidence = 0;
    inv->cold = inv->memory_at_limit = inv->slow = 0;
    inv->ended = inv->final = false;
}

static void slot_part_fill(struct invocation *inv, const struct slot *slot)
{
    inv->seq = slot->seq;
    inv->signature = slot->signature;
    inv->start_unix_ms = slot->start_unix_ms;
    inv->end_unix_ms = slot->end_unix_ms;
    inv->duration_ns = slot->duration_ns;
    inv->class = slot->class;
    inv->confidence = slot->confidence;
    inv->cold = slot->cold;
    inv->memory_at_limit = slot->at_limit;
    inv->slow = slot->slow;
    inv->ended = slot->ended;
    inv->final = slot->final;
}

/* Numbers that grow from one invocation to the next as differences, which hardly do. */
static int64_t whole_ms(int64_t duration_ns)
{
    return duration_ns / 1000000 + (duration_ns % 1000000 > 0);
}

static void numbers_pack(struct invocation *inv, int64_t duration_ns, uint64_t line_base)
{
    for (size_t i = 0; i < inv->evidence_count; i++)
        inv->evidence[i].line -= inv->last_line;
    inv->last_line -= inv->first_line;
    inv->first_line -= line_base;
    inv->billed_ms -= whole_ms(duration_ns);
}

static void numbers_unpack(struct invocation *inv, int64_t duration_ns,
                           uint64_t line_base)
{
    inv->billed_ms += whole_ms(duration_ns);
    inv->first_line += line_base;
    inv->last_line += inv->first_line;
    for (size_t i = 0; i < inv->evidence_count; i++)
        inv->evidence[i].line += inv->last_line;
}

/* In front of the packed bytes, itself packed: a byte, two bytes, and numbers of seven
 * bits a byte. */
struct record_head {
    uint8_t dictionary;
    bool in_order;      /* the texts */
    bool by_row;        /* its first line is kept as a difference to its first row */
    uint16_t texts_len; /* bytes of row texts behind the dictionary; 0: none */
    uint32_t row; /* the last of these rows, from the first row of the invocation on */
    uint64_t gap; /* last_line_gap_ns: enum gap */
};
#define IN_ORDER 0x80u
_Static_assert(DICTIONARIES <= IN_ORDER, "seven bits hold the number of a dictionary");
#define BY_ROW 0x8000u
_Static_assert(ROW_TEXTS_MAX < BY_ROW, "fifteen bits hold the length of the texts");

/* The gap comes with the final verdict, so that it would tell all records of a kind from
 * the first one. It is mostly of whole milliseconds. */
enum gap { GAP_ABSENT, GAP_IN_RECORD, GAP_MS /* and more */ };
#define MS_NS 1000000

static uint64_t gap_take_out(struct invocation *inv)
{
    int64_t gap_ns = inv->last_line_gap_ns;
    if (gap_ns != ABSENT && (gap_ns < 0 || gap_ns % MS_NS != 0))
        return GAP_IN_RECORD;
    inv->last_line_gap_ns = 0;
    return gap_ns == ABSENT ? GAP_ABSENT : GAP_MS + (uint64_t)(gap_ns / MS_NS);
}

static void gap_put_back(struct invocation *inv, uint64_t gap)
{
    if (gap != GAP_IN_RECORD)
        inv->last_line_gap_ns =
            gap == GAP_ABSENT ? ABSENT : (int64_t)(gap - GAP_MS) * MS_NS;
}

/* Fills in what the head says of the record. */
static size_t record_make(const struct invocation *inv, uint64_t line_base,
                          struct record_head *head, char out[RECORD_MAX])
{
    struct invocation copy;
    memcpy(&copy, inv, invocation_size(inv));
    numbers_pack(&copy, inv->duration_ns, line_base);
    slot_part_clear(&copy);
    head->gap = gap_take_out(&copy);
    head->in_order = texts_put_in_order(&copy);
    memcpy(out, &copy, HEAD_BYTES);
    memcpy(out + HEAD_BYTES, copy.evidence, evidence_bytes(&copy));
    size_t tail = invocation_size(&copy) - TAIL_AT;
    memcpy(out + HEAD_BYTES + evidence_bytes(&copy), (const char *)&copy + TAIL_AT, tail);
    return HEAD_BYTES + evidence_bytes(&copy) + tail;
}

static void record_take_apart(const char *record, size_t len,
                              const struct record_head *head, uint64_t line_base,
                              const struct slot *slot, struct invocation *out)
{
    memcpy(out, record, HEAD_BYTES);
    size_t evidence = evidence_bytes(out);
    memcpy(out->evidence, record + HEAD_BYTES, evidence);
    memcpy((char *)out + TAIL_AT, record + HEAD_BYTES + evidence,
           len - HEAD_BYTES - evidence);
    if (head->in_order)
        texts_find_again(out);
    gap_put_back(out, head->gap);
    slot_part_fill(out, slot);
    numbers_unpack(out, slot->duration_ns, line_base);
}

static uint8_t dictionary_of(const struct slot *slot)
{
    return (uint8_t)((slot->function * FAILURE_CLASS_COUNT + slot->class) % DICTIONARIES);
}

static char *put_number(char *at, uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        *at++ = (char)(0x80 | (number & 0x7F));
    *at++ = (char)number;
    return at;
}

static const unsigned char *take_number(const unsigned char *at, uint64_t *number)
{
    *number = 0;
    for (unsigned shift = 0;; shift += 7) {
        *number |= (uint64_t)(*at & 0x7F) << shift;
        if (*at++ < 0x80)
            return at;
    }
}

static size_t head_write(const struct record_head *head, char *out)
{
    char *at = out;
    *at++ = (char)(head->dictionary | (head->in_order ? IN_ORDER : 0));
    *at++ = (char)(head->texts_len & 0xFF);
    *at++ = (char)((head->texts_len | (head->by_row ? BY_ROW : 0u)) >> 8);
    return (size_t)(put_number(put_number(at, head->row), head->gap) - out);
}

static const char *head_read(const char *packed, struct record_head *out)
{
    const unsigned char *at = (const unsigned char *)packed;
    unsigned texts = at[1] | (unsigned)at[2] << 8;
    *out = (struct record_head){.dictionary = (uint8_t)(at[0] & ~IN_ORDER),
                                .in_order = (at[0] & IN_ORDER) != 0,
                                .by_row = (texts & BY_ROW) != 0,
                                .texts_len = (uint16_t)(texts & ~BY_ROW)};
    uint64_t row;
    at = take_number(take_number(at + 3, &row), &out->gap);
    out->row = (uint32_t)row;
    return (const char *)at;
}

/* The dictionary and, when asked for, what the last rows say. Returns the bytes;
 * *texts_len of them are from rows. */
static size_t dictionary_make(const struct store *store, const struct slot *slot,
                              const struct record_head *head, bool with_rows,
                              char out[DICTIONARY_MAX], size_t *texts_len)
{
    const struct dictionary *dictionary =
        &store->invocations.dictionaries[head->dictionary];
    memcpy(out, dictionary->bytes, dictionary->len);
    *texts_len = 0;
    if (with_rows)
        *texts_len = rows_last_texts(store, slot->first_row + head->row, slot->seq,
                                     out + dictionary->len);
    return dictionary->len + *texts_len;
}

static void dictionary_learn(struct dictionary *dictionary, const char *record,
                             size_t len)
{
    if (dictionary->len > 0)
        return;
    memcpy(dictionary->bytes, record, len);
    dictionary->len = (uint16_t)len;
}

static uint64_t line_base(const struct record_head *head, const struct slot *slot)
{
    return head->by_row ? slot->first_row : 0;
}

static size_t record_pack(struct store *store, const struct slot *slot,
                          const struct invocation *inv, char out[PACKED_MAX])
{
    char record[RECORD_MAX], dictionary[DICTIONARY_MAX];
    struct record_head head = {.dictionary = dictionary_of(slot),
                               .row = slot->row_span,
                               .by_row = slot->has_rows};
    size_t len = record_make(inv, line_base(&head, slot), &head, record), texts_len;
    dictionary_learn(&store->invocations.dictionaries[head.dictionary], record, len);
    bool with_rows = slot->class == FAILURE_SUCCESS && slot->has_rows;
    size_t dictionary_len =
        dictionary_make(store, slot, &head, with_rows, dictionary, &texts_len);
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
    char *at = slot->has_record
                   ? ring_change(ring, whole_number(ring, slot->record), &held)
                   : NULL;
    if (at == NULL || held < len) {
        at = ring_add(ring, len + (inv->final ? 0 : ROOM_FOR_THE_FINAL));
        slot->record = (uint32_t)(ring->end - 1);
        slot->has_record = true;
    }
    memcpy(at, packed, len);
}

bool records_read(const struct store *store, const struct slot *slot,
                  struct invocation *out)
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
    size_t len =
        recordpack_read(packed, (struct str){dictionary, dictionary_len}, record);
    record_take_apart(record, len, &head, line_base(&head, slot), slot, out);
    return true;
}
