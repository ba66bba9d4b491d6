#include "src/feed/rowpack.h"

/* A byte of flags, or two, then only the numbers that the flags announce, each a varint: seven
 * bits a byte, lowest first. A difference may be negative: its sign goes into the lowest bit. */

enum {
    KIND_MASK = 0x1F,
    HAS_TIME = 1 << 5,
    HAS_INVOCATION = 1 << 6,
    HAS_MORE = 1 << 7, /* the second byte of flags */
    IS_CUT = 1 << 8,
    CONTINUES = 1 << 9,
    LATE = 1 << 10,
    HAS_LINE = 1 << 11,  /* it is not the line that follows from the number of the row */
    HAS_ORIGIN = 1 << 12 /* function, stream and input follow: not those of the base */
};

static const struct row no_base = {.function = UINT32_MAX}; /* zeroes: differences are values */

static char *put_varint(char *at, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        *at++ = (char)(0x80 | (value & 0x7F));
    *at++ = (char)value;
    return at;
}

static const char *take_varint(const char *at, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0;; shift += 7) {
        unsigned char byte = (unsigned char)*at++;
        *value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80)
            return at;
    }
}

/* Differences wrap around like the numbers themselves: any pair of values survives. */
static char *put_difference(char *at, uint64_t value, uint64_t base)
{
    uint64_t difference = value - base;
    uint64_t sign = difference >> 63 ? UINT64_MAX : 0;
    return put_varint(at, (difference << 1) ^ sign);
}

static const char *take_difference(const char *at, uint64_t base, uint64_t *value)
{
    uint64_t zigzag;
    at = take_varint(at, &zigzag);
    *value = base + ((zigzag >> 1) ^ (zigzag & 1 ? UINT64_MAX : 0));
    return at;
}

/* In one input, lines count up as rows do. */
static uint64_t likely_line(const struct row *row, const struct row *base)
{
    return base->line + (row->seq - base->seq);
}

/* Where a row stands in its input goes on as the block fills: by its text, and a few bytes of
 * head here, a line end there. What differs takes a byte less than the place itself would. */
#define HEAD_LESS_LINE_END 5u

static uint64_t likely_place(const struct row *row, const struct row *base, size_t offset)
{
    return base->place + offset - HEAD_LESS_LINE_END * (row->seq - base->seq);
}

static bool same_origin(const struct row *a, const struct row *b)
{
    return a->function == b->function && a->stream == b->stream && a->input == b->input;
}

static uint64_t time_base(const struct row *base)
{
    return base->unix_ms == TIME_NONE ? 0 : (uint64_t)base->unix_ms;
}

static unsigned row_flags(const struct row *row, const struct row *base)
{
    unsigned flags = (row->kind & KIND_MASK) | (row->unix_ms != TIME_NONE ? HAS_TIME : 0u) |
           (row->invocation ? HAS_INVOCATION : 0u) | (same_origin(row, base) ? 0u : HAS_ORIGIN) |
           (row->full_len > row->len ? IS_CUT : 0u) | (row->continues ? CONTINUES : 0u) |
           (row->late ? LATE : 0u) | (row->line == likely_line(row, base) ? 0u : HAS_LINE);
    return flags | (flags > 0xFF ? HAS_MORE : 0u);
}

size_t rowpack_write(const struct row *row, const struct row *base, size_t offset,
                     char out[ROWPACK_MAX])
{
    if (base == NULL)
        base = &no_base;
    unsigned flags = row_flags(row, base);
    char *at = out;
    *at++ = (char)(flags & 0xFF);
    if (flags & HAS_MORE)
        *at++ = (char)(flags >> 8);
    if (flags & HAS_TIME)
        at = put_difference(at, (uint64_t)row->unix_ms, time_base(base));
    if (flags & HAS_INVOCATION)
        at = put_difference(at, row->invocation, base->invocation);
    if (flags & HAS_LINE)
        at = put_difference(at, row->line, likely_line(row, base));
    at = put_difference(at, row->place, likely_place(row, base, offset));
    if (flags & HAS_ORIGIN) {
        at = put_varint(at, row->function);
        at = put_varint(at, row->stream);
        at = put_varint(at, row->input);
    }
    if (flags & IS_CUT)
        at = put_varint(at, row->full_len);
    return (size_t)(at - out);
}

static const char *take_origin(const char *at, struct row *row)
{
    uint64_t function, stream, input;
    at = take_varint(take_varint(take_varint(at, &function), &stream), &input);
    row->function = (uint32_t)function;
    row->stream = (uint16_t)stream;
    row->input = (uint32_t)input;
    return at;
}

static const char *take_numbers(const char *at, unsigned flags, const struct row *base,
                                size_t offset, struct row *row)
{
    uint64_t time = 0;
    if (flags & HAS_TIME)
        at = take_difference(at, time_base(base), &time);
    row->unix_ms = flags & HAS_TIME ? (int64_t)time : TIME_NONE;
    if (flags & HAS_INVOCATION)
        at = take_difference(at, base->invocation, &row->invocation);
    row->line = likely_line(row, base);
    if (flags & HAS_LINE)
        at = take_difference(at, row->line, &row->line);
    return take_difference(at, likely_place(row, base, offset), &row->place);
}

void rowpack_read(struct str record, uint64_t seq, const struct row *base, size_t offset,
                  struct row *row, struct str *text)
{
    if (base == NULL)
        base = &no_base;
    const char *at = record.at;
    unsigned flags = (unsigned char)*at++;
    if (flags & HAS_MORE)
        flags |= (unsigned)(unsigned char)*at++ << 8;
    *row = (struct row){
        .seq = seq,
        .kind = flags & KIND_MASK,
        .continues = (flags & CONTINUES) != 0,
        .late = (flags & LATE) != 0,
        .function = base->function,
        .stream = base->stream,
        .input = base->input,
        .class = FAILURE_NONE,
    };
    at = take_numbers(at, flags, base, offset, row);
    if (flags & HAS_ORIGIN)
        at = take_origin(at, row);
    uint64_t full_len = 0;
    if (flags & IS_CUT)
        at = take_varint(at, &full_len);
    *text = (struct str){at, record.len - (size_t)(at - record.at)};
    row->len = (uint32_t)text->len;
    row->full_len = flags & IS_CUT ? (uint32_t)full_len : row->len;
}
