#include "src/base/jsonout.h"

#include "src/base/utf8.h"

#include <inttypes.h>
#include <stdio.h>

/* What does not fit under the ceiling of the buf is lost and its `full` says so: the caller
 * looks at it once a line. No floating point: jansson prints 3003.16 as 3003.1599999999999. */

void jsonout_init(struct jsonout *j, struct buf *out)
{
    *j = (struct jsonout){.out = out};
}

static void begin_value(struct jsonout *j)
{
    if (j->comma)
        buf_add_char(j->out, ',');
    j->comma = true;
}

void jsonout_open(struct jsonout *j, char bracket)
{
    begin_value(j);
    buf_add_char(j->out, bracket);
    j->comma = false;
}

void jsonout_close(struct jsonout *j, char bracket)
{
    buf_add_char(j->out, bracket);
    j->comma = true;
}

static void add_unicode_escape(struct buf *out, uint32_t code)
{
    if (code < 0x10000) {
        buf_printf(out, "\\u%04x", code);
        return;
    }
    code -= 0x10000;
    buf_printf(out, "\\u%04x\\u%04x", 0xD800 + (code >> 10), 0xDC00 + (code & 0x3FF));
}

static void add_ascii_escape(struct buf *out, char c)
{
    static const char named[] = "\"\\\b\f\n\r\t";
    static const char letter[] = "\"\\bfnrt";
    const char *at = c ? strchr(named, c) : NULL;
    if (at == NULL) {
        add_unicode_escape(out, (unsigned char)c);
        return;
    }
    buf_add(out, (struct str){(const char[]){'\\', letter[at - named]}, 2});
}

/* Characters that show nothing would hide in a terminal that prints the line. */
static void add_beyond_ascii(struct buf *out, struct str bytes, uint32_t code)
{
    if (code == UTF8_BAD)
        buf_add(out, STR("\xEF\xBF\xBD"));
    else if (code < 0xA0 || utf8_is_invisible(code))
        add_unicode_escape(out, code);
    else
        buf_add(out, bytes);
}

static bool is_plain(char c)
{
    return (unsigned char)((unsigned char)c - 0x20) < 0x5F && c != '"' && c != '\\';
}

static void add_string(struct buf *out, struct str s)
{
    buf_add_char(out, '"');
    while (s.len > 0) {
        size_t run = 0;
        while (run < s.len && is_plain(s.at[run]))
            run++;
        buf_add(out, str_first(s, run));
        s = str_from(s, run);
        if (s.len == 0)
            break;
        uint32_t code;
        size_t len = utf8_decode(s, &code);
        if (code < 0x80)
            add_ascii_escape(out, s.at[0]);
        else
            add_beyond_ascii(out, str_first(s, len), code);
        s = str_from(s, len);
    }
    buf_add_char(out, '"');
}

void jsonout_key(struct jsonout *j, const char *key)
{
    begin_value(j);
    add_string(j->out, str_of(key));
    buf_add_char(j->out, ':');
    j->comma = false;
}

void jsonout_str(struct jsonout *j, struct str s)
{
    begin_value(j);
    add_string(j->out, s);
}

void jsonout_str_or_null(struct jsonout *j, struct str s)
{
    if (s.len == 0)
        jsonout_null(j);
    else
        jsonout_str(j, s);
}

void jsonout_i64(struct jsonout *j, int64_t value)
{
    begin_value(j);
    buf_printf(j->out, "%" PRId64, value);
}

void jsonout_bool(struct jsonout *j, bool value)
{
    begin_value(j);
    buf_add(j->out, value ? STR("true") : STR("false"));
}

void jsonout_null(struct jsonout *j)
{
    begin_value(j);
    buf_add(j->out, STR("null"));
}

void jsonout_fixed(struct jsonout *j, int64_t value, unsigned decimals)
{
    char text[32];
    fixed_text(value, decimals, text, sizeof text);
    begin_value(j);
    buf_add(j->out, str_of(text));
}

void jsonout_line(struct jsonout *j)
{
    buf_add_char(j->out, '\n');
    j->comma = false;
}

#define DECIMALS_MOST 18 /* 10^18 is the last power of ten in 64 bits with a sign */

/* -5 with two decimals is -0.05: the sign is kept apart from the whole part. */
void fixed_text(int64_t value, unsigned decimals, char *out, size_t size)
{
    if (decimals > DECIMALS_MOST)
        decimals = DECIMALS_MOST;
    uint64_t scale = 1;
    for (unsigned i = 0; i < decimals; i++)
        scale *= 10;
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    const char *sign = value < 0 ? "-" : "";
    uint64_t fraction = magnitude % scale;
    while (decimals > 0 && fraction % 10 == 0) {
        fraction /= 10;
        decimals--;
    }
    if (decimals == 0)
        snprintf(out, size, "%s%" PRIu64, sign, magnitude / scale);
    else
        snprintf(out, size, "%s%" PRIu64 ".%0*" PRIu64, sign, magnitude / scale, (int)decimals,
                 fraction);
}
