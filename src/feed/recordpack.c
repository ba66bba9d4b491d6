#include "src/feed/recordpack.h"

#include "src/base/err.h"

/* Two bytes of length, then steps: a byte with two counts (four bits for literals, three for the
 * length of the match less three; full bits go on in bytes up to one that is not 255) and a bit
 * that says that the match is as far back as the one before; the literals; else two bytes of
 * distance, back into dictionary and record, which lie in one row. The last step has
 * literals only. */

#define SHORTEST                                                                                   \
    12u /* of a match anywhere: shorter ones cost the distance that goes on after them */
#define SHORTEST_AGAIN 3u  /* of one at the same distance: it takes one byte */
#define LITERALS_FULL 15u
#define MATCH_FULL 7u
#define SAME_DISTANCE 8u
#define LEARNT_EVERY 2u    /* place of the dictionary: halves the time for a byte or two */
#define TABLE_BITS 11u

struct packer {
    char window[DICTIONARY_MAX + RECORD_MAX];
    size_t end, distance; /* of the window; of the last match */
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

static void put_rest(struct packer *p, size_t count, size_t full)
{
    if (count < full)
        return;
    for (count -= full; count >= 255; count -= 255)
        *p->out++ = (char)255;
    *p->out++ = (char)count;
}

static size_t at_most(size_t count, size_t full)
{
    return count < full ? count : full;
}

struct found {
    size_t distance, len; /* len 0: the last step */
};

static void put_step(struct packer *p, size_t literals_at, size_t at, struct found found)
{
    size_t literals = at - literals_at, more = found.len ? found.len - SHORTEST_AGAIN : 0;
    bool same = found.len > 0 && found.distance == p->distance;
    *p->out++ = (char)(at_most(literals, LITERALS_FULL) << 4 | (same ? SAME_DISTANCE : 0) |
                       at_most(more, MATCH_FULL));
    put_rest(p, literals, LITERALS_FULL);
    memcpy(p->out, p->window + literals_at, literals);
    p->out += literals;
    if (found.len == 0)
        return;
    if (!same) {
        *p->out++ = (char)(found.distance & 0xFF);
        *p->out++ = (char)(found.distance >> 8);
    }
    put_rest(p, more, MATCH_FULL);
    p->distance = found.distance;
}

static size_t match_len(const struct packer *p, size_t at, size_t distance)
{
    size_t len = 0;
    if (distance > at)
        return 0;
    while (at + len < p->end && p->window[at + len - distance] == p->window[at + len])
        len++;
    return len;
}

/* The match that saves most: two bytes more are as good as the same distance again. */
static struct found find_match(struct packer *p, size_t at)
{
    struct found again = {p->distance, match_len(p, at, p->distance)};
    if (again.len < SHORTEST_AGAIN)
        again.len = 0;
    if (at + SHORTEST > p->end)
        return again;
    uint16_t *entry = entry_of(p, at), before = *entry;
    *entry = (uint16_t)(at + 1);
    struct found other = {.distance = before ? at - (before - 1u) : 0};
    other.len = before ? match_len(p, at, other.distance) : 0;
    return other.len >= SHORTEST && other.len > again.len + 2 ? other : again;
}

static void window_fill(struct packer *p, struct str dictionary, struct str record)
{
    if (record.len > RECORD_MAX || dictionary.len > DICTIONARY_MAX)
        die("record of %zu bytes, dictionary of %zu", record.len, dictionary.len);
    if (dictionary.len > 0)
        memcpy(p->window, dictionary.at, dictionary.len);
    memcpy(p->window + dictionary.len, record.at, record.len);
    p->end = dictionary.len + record.len;
    p->distance = dictionary.len ? dictionary.len : 1;
    for (size_t at = 0; at < dictionary.len && at + SHORTEST <= p->end; at += LEARNT_EVERY)
        *entry_of(p, at) = (uint16_t)(at + 1);
}

size_t recordpack_write(struct str record, struct str dictionary, char out[RECORD_PACKED_MAX])
{
    struct packer p;
    memset(p.table, 0, sizeof p.table);
    p.out = out;
    window_fill(&p, dictionary, record);
    *p.out++ = (char)(record.len & 0xFF);
    *p.out++ = (char)(record.len >> 8);
    size_t at = dictionary.len, literals_at = at;
    while (at < p.end) {
        struct found found = find_match(&p, at);
        if (found.len == 0) {
            at++;
            continue;
        }
        put_step(&p, literals_at, at, found);
        at += found.len;
        literals_at = at;
    }
    put_step(&p, literals_at, p.end, (struct found){0});
    return (size_t)(p.out - out);
}

static size_t take_count(const char **at, size_t count, size_t full)
{
    if (count < full)
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
    char window[DICTIONARY_MAX + RECORD_MAX];
    size_t len = (unsigned char)packed[0] | (size_t)(unsigned char)packed[1] << 8;
    size_t at = dictionary.len, end = at + len, distance = at ? at : 1;
    if (dictionary.len > 0)
        memcpy(window, dictionary.at, dictionary.len);
    for (packed += 2; at < end;) {
        unsigned char counts = (unsigned char)*packed++;
        size_t literals = take_count(&packed, counts >> 4, LITERALS_FULL);
        memcpy(window + at, packed, literals);
        packed += literals;
        at += literals;
        if (at >= end)
            break;
        if (!(counts & SAME_DISTANCE)) {
            distance = (unsigned char)packed[0] | (size_t)(unsigned char)packed[1] << 8;
            packed += 2;
        }
        size_t match = take_count(&packed, counts & MATCH_FULL, MATCH_FULL) + SHORTEST_AGAIN;
        copy_match(window, at, distance, match);
        at += match;
    }
    memcpy(out, window + dictionary.len, len);
    return len;
}
