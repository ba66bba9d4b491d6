#include "src/feed/recordpack.h"

#include "src/base/err.h"

/* Two bytes of length, then steps: a byte with two counts of four bits (literals, and match
 * length less four; 15 goes on in bytes up to one that is not 255), the literals, and two bytes
 * of distance back into dictionary and record, which lie in one row. The last step has literals only. */

#define SHORTEST 4u
#define NIBBLE 15u
#define TABLE_BITS 11u

struct packer {
    char window[2 * RECORD_MAX];
    uint16_t table[1u << TABLE_BITS]; /* by hash of four bytes: where they stood last, plus 1 */
    char *out;
};

static uint32_t four_at(const char *at)
{
    uint32_t four;
    memcpy(&four, at, sizeof four);
    return four;
}

static uint16_t *entry_of(struct packer *p, size_t at)
{
    return &p->table[(four_at(p->window + at) * 2654435761u) >> (32 - TABLE_BITS)];
}

static void put_rest(struct packer *p, size_t count)
{
    if (count < NIBBLE)
        return;
    for (count -= NIBBLE; count >= 255; count -= 255)
        *p->out++ = (char)255;
    *p->out++ = (char)count;
}

static size_t nibble(size_t count)
{
    return count < NIBBLE ? count : NIBBLE;
}

/* `len` 0: the last step. */
static void put_step(struct packer *p, size_t literals_at, size_t at, size_t from, size_t len)
{
    size_t literals = at - literals_at, more = len ? len - SHORTEST : 0;
    *p->out++ = (char)(nibble(literals) << 4 | nibble(more));
    put_rest(p, literals);
    memcpy(p->out, p->window + literals_at, literals);
    p->out += literals;
    if (len == 0)
        return;
    *p->out++ = (char)((at - from) & 0xFF);
    *p->out++ = (char)((at - from) >> 8);
    put_rest(p, more);
}

static size_t match_len(const struct packer *p, size_t from, size_t at, size_t end)
{
    size_t len = 0;
    while (at + len < end && p->window[from + len] == p->window[at + len])
        len++;
    return len;
}

size_t recordpack_write(struct str record, struct str dictionary, char out[RECORD_PACKED_MAX])
{
    struct packer p = {.out = out};
    if (record.len > RECORD_MAX || dictionary.len > RECORD_MAX)
        die("record of %zu bytes, dictionary of %zu", record.len, dictionary.len);
    if (dictionary.len > 0)
        memcpy(p.window, dictionary.at, dictionary.len);
    memcpy(p.window + dictionary.len, record.at, record.len);
    *p.out++ = (char)(record.len & 0xFF);
    *p.out++ = (char)(record.len >> 8);
    size_t end = dictionary.len + record.len, at = 0, literals_at = dictionary.len;
    for (; at < dictionary.len && at + SHORTEST <= end; at++)
        *entry_of(&p, at) = (uint16_t)(at + 1);
    for (at = dictionary.len; at + SHORTEST <= end;) {
        uint16_t *entry = entry_of(&p, at), before = *entry;
        *entry = (uint16_t)(at + 1);
        size_t len = before ? match_len(&p, before - 1u, at, end) : 0;
        if (len < SHORTEST) {
            at++;
            continue;
        }
        put_step(&p, literals_at, at, before - 1u, len);
        at += len;
        literals_at = at;
    }
    put_step(&p, literals_at, end, 0, 0);
    return (size_t)(p.out - out);
}

static size_t take_count(const char **at, size_t count)
{
    if (count < NIBBLE)
        return count;
    unsigned char byte;
    do {
        byte = (unsigned char)*(*at)++;
        count += byte;
    } while (byte == 255);
    return count;
}

/* Byte by byte: a match may reach into what it writes. */
static void copy_match(char *window, size_t at, size_t distance, size_t len)
{
    for (size_t i = 0; i < len; i++)
        window[at + i] = window[at + i - distance];
}

size_t recordpack_read(const char *packed, struct str dictionary, char out[RECORD_MAX])
{
    char window[2 * RECORD_MAX];
    size_t len = (unsigned char)packed[0] | (size_t)(unsigned char)packed[1] << 8;
    size_t at = dictionary.len, end = at + len;
    if (dictionary.len > 0)
        memcpy(window, dictionary.at, dictionary.len);
    for (packed += 2; at < end;) {
        unsigned char counts = (unsigned char)*packed++;
        size_t literals = take_count(&packed, counts >> 4);
        memcpy(window + at, packed, literals);
        packed += literals;
        at += literals;
        if (at >= end)
            break;
        size_t distance = (unsigned char)packed[0] | (size_t)(unsigned char)packed[1] << 8;
        packed += 2;
        size_t match = take_count(&packed, counts & NIBBLE) + SHORTEST;
        copy_match(window, at, distance, match);
        at += match;
    }
    memcpy(out, window + dictionary.len, len);
    return len;
}
