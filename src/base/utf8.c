#include "src/base/utf8.h"

#include <stdio.h>
#include <utf8proc.h>

/* The gate between what logs hold and what a screen shows. It looks at code points, never at
 * escape sequences: what is shown byte by byte cannot be completed into a sequence later.
 * A joiner inside an emoji is shown like any other joiner: safety before beauty. A character
 * without a width that joins no base is shown as its number, because a terminal would draw
 * it over the cell before. */

#define MARKS_MOST 8

struct range {
    uint32_t first, last;
};

/* Ascending. Bidi controls, zero-width characters, fillers, variation selectors, tags. */
static const struct range invisible[] = {
    {0x00AD, 0x00AD},   {0x034F, 0x034F},   {0x061C, 0x061C},   {0x115F, 0x1160},
    {0x17B4, 0x17B5},   {0x180B, 0x180F},   {0x200B, 0x200F},   {0x2028, 0x202E},
    {0x2060, 0x206F},   {0x3164, 0x3164},   {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},
    {0xFFA0, 0xFFA0},   {0xFFF9, 0xFFFB},   {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A},
    {0xE0000, 0xE007F}, {0xE0100, 0xE01EF},
};

static bool is_noncharacter(uint32_t code)
{
    return (code >= 0xFDD0 && code <= 0xFDEF) || (code & 0xFFFE) == 0xFFFE;
}

bool utf8_is_invisible(uint32_t code)
{
    if (code < 0xAD)
        return false;
    if (is_noncharacter(code))
        return true;
    for (size_t i = 0; i < sizeof invisible / sizeof *invisible; i++)
        if (code <= invisible[i].last)
            return code >= invisible[i].first;
    return false;
}

/* ---- bytes and code points ---- */

static bool is_tail(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

/* Lead byte to length, the least code of that length and the bits that the lead gives:
 * overlong forms, surrogates and what lies beyond 10FFFF are ill-formed. */
static size_t decode_long(struct str s, uint32_t *code)
{
    static const struct shape {
        unsigned char mask, lead;
        size_t len;
        uint32_t least;
    } shapes[] = {{0xE0, 0xC0, 2, 0x80}, {0xF0, 0xE0, 3, 0x800}, {0xF8, 0xF0, 4, 0x10000}};
    unsigned char lead = (unsigned char)s.at[0];
    *code = UTF8_BAD;
    for (size_t i = 0; i < 3; i++) {
        const struct shape *shape = &shapes[i];
        if ((lead & shape->mask) != shape->lead)
            continue;
        uint32_t value = lead & (unsigned char)~shape->mask;
        for (size_t at = 1; at < shape->len; at++) {
            if (at >= s.len || !is_tail(s.at[at]))
                return 1;
            value = value << 6 | ((unsigned char)s.at[at] & 0x3Fu);
        }
        if (value < shape->least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
            return 1;
        *code = value;
        return shape->len;
    }
    return 1;
}

size_t utf8_decode(struct str s, uint32_t *code)
{
    unsigned char lead = (unsigned char)s.at[0];
    if (lead >= 0x80)
        return decode_long(s, code);
    *code = lead;
    return 1;
}

static char tail_byte(uint32_t code, unsigned shift)
{
    return (char)(0x80 | (code >> shift & 0x3F));
}

size_t utf8_encode(uint32_t code, char out[4])
{
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        code = 0xFFFD;
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = tail_byte(code, 0);
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | code >> 12);
        out[1] = tail_byte(code, 6);
        out[2] = tail_byte(code, 0);
        return 3;
    }
    out[0] = (char)(0xF0 | code >> 18);
    out[1] = tail_byte(code, 12);
    out[2] = tail_byte(code, 6);
    out[3] = tail_byte(code, 0);
    return 4;
}

/* ---- cells ---- */

static void show_as(struct cell_text *out, const char *format, unsigned code)
{
    int len = snprintf(out->bytes, sizeof out->bytes, format, code);
    out->len = (uint8_t)len;
    out->width = out->len;
    out->control = true;
}

static void show_caret(struct cell_text *out, uint32_t code)
{
    *out = (struct cell_text){
        .bytes = {'^', (char)(code ^ 0x40)}, .len = 2, .width = 2, .control = true};
}

/* Vowels and finals that join the Hangul letter before them into one syllable. */
static bool joins_syllable(uint32_t code)
{
    return (code >= 0x1160 && code <= 0x11FF) || (code >= 0xD7B0 && code <= 0xD7FF);
}

/* The columns that a terminal gives a character: as utf8proc has it, but spacing marks take
 * one and Hangul joiners none, as in wcwidth; what is not assigned has no known width. */
static int columns(uint32_t code)
{
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)code);
    if (category == UTF8PROC_CATEGORY_CN || joins_syllable(code))
        return 0;
    if (category == UTF8PROC_CATEGORY_MC)
        return 1;
    return utf8proc_charwidth((utf8proc_int32_t)code);
}

/* True when `code` is drawn over the character before it. */
static bool is_mark(uint32_t code)
{
    if (code < 0x300 || utf8_is_invisible(code))
        return false;
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)code);
    return joins_syllable(code) ||
           ((category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME) &&
            columns(code) == 0);
}

/* Adds the marks that follow the base in `out`, while they fit. */
static void take_marks(struct str *s, struct cell_text *out)
{
    uint32_t code;
    for (int marks = 0; marks < MARKS_MOST && s->len > 0; marks++) {
        if ((unsigned char)s->at[0] < 0x80)
            return;
        size_t len = utf8_decode(*s, &code);
        if (code == UTF8_BAD || !is_mark(code) || out->len + len > sizeof out->bytes)
            return;
        memcpy(out->bytes + out->len, s->at, len);
        out->len = (uint8_t)(out->len + len);
        *s = str_from(*s, len);
    }
}

/* The columns of a character that may be drawn as it stands; 0: show its number. */
static uint8_t drawn_width(uint32_t code)
{
    if (code < 0xA0 || utf8_is_invisible(code))
        return 0;
    int width = columns(code);
    return width == 1 || width == 2 ? (uint8_t)width : 0;
}

static void take_beyond_ascii(struct str *s, struct cell_text *out)
{
    uint32_t code;
    size_t len = utf8_decode(*s, &code);
    uint8_t width = code == UTF8_BAD ? 0 : drawn_width(code);
    if (width == 0) {
        bool bad = code == UTF8_BAD;
        show_as(out, bad ? "<%02X>" : "<U+%04X>", bad ? (unsigned char)s->at[0] : code);
        *s = str_from(*s, len);
        return;
    }
    memcpy(out->bytes, s->at, len);
    out->len = (uint8_t)len;
    out->width = width;
    out->control = false;
    *s = str_from(*s, len);
    take_marks(s, out);
}

void utf8_take_cell(struct str *s, struct cell_text *out)
{
    unsigned char lead = (unsigned char)s->at[0];
    if (lead >= 0x80) {
        take_beyond_ascii(s, out);
        return;
    }
    *s = str_from(*s, 1);
    if ((lead < 0x20 && lead != '\t') || lead == 0x7F) {
        show_caret(out, lead);
        return;
    }
    out->bytes[0] = (char)lead;
    out->len = out->width = 1;
    out->control = false;
    if (lead != '\t' && s->len > 0 && (unsigned char)s->at[0] >= 0x80)
        take_marks(s, out);
}

/* ---- runs ---- */

#define BLOCK 64

static bool is_printable(char c)
{
    return (unsigned char)((unsigned char)c - 0x20) < 0x5F;
}

/* No early exit inside a block: the compiler turns it into vector code. */
static bool block_is_plain(const char *at)
{
    unsigned char odd = 0;
    for (size_t i = 0; i < BLOCK; i++)
        odd |= (unsigned char)!is_printable(at[i]);
    return odd == 0;
}

/* How many bytes at the front are printable ASCII. */
static size_t plain_run(struct str s)
{
    size_t at = 0;
    while (at + BLOCK <= s.len && block_is_plain(s.at + at))
        at += BLOCK;
    while (at < s.len && is_printable(s.at[at]))
        at++;
    return at;
}

bool utf8_is_plain(struct str s)
{
    return plain_run(s) == s.len;
}

/* The front that needs no look at single cells. The last plain byte before a byte of 80 and
 * up stays out: it may be the base of a mark. */
static size_t safe_run(struct str s)
{
    size_t run = plain_run(s);
    return run > 0 && run < s.len && (unsigned char)s.at[run] >= 0x80 ? run - 1 : run;
}

size_t utf8_width(struct str s)
{
    size_t cols = 0;
    while (s.len > 0) {
        size_t run = safe_run(s);
        cols += run;
        s = str_from(s, run);
        if (s.len == 0)
            break;
        struct cell_text cell;
        utf8_take_cell(&s, &cell);
        cols += cell.width;
    }
    return cols;
}

/* What fits of `run`; false: not all of it. */
static bool add_what_fits(struct str run, struct buf *out)
{
    size_t left = out->ceiling - out->len;
    return buf_add(out, str_first(run, left)) && (run.len <= left || buf_add(out, run));
}

bool utf8_defuse(struct str s, bool keep_lf, struct buf *out)
{
    while (s.len > 0) {
        size_t run = safe_run(s);
        if (!add_what_fits(str_first(s, run), out))
            return false;
        s = str_from(s, run);
        if (s.len == 0)
            break;
        char lead = s.at[0];
        struct cell_text cell;
        utf8_take_cell(&s, &cell);
        struct str shown = {cell.bytes, cell.len};
        if (lead == '\t')
            shown = STR(" ");
        else if (lead == '\n' && keep_lf)
            shown = STR("\n");
        if (!buf_add(out, shown))
            return false;
    }
    return true;
}
