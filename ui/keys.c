#include "ui/keys.h"

#include <string.h>

#include "src/base/utf8.h"

/* The grammar is that of ECMA-48: ESC [ parameters intermediates final; ESC O final; strings
 * (ESC ] P X ^ _) up to BEL or ESC \. One table names the sequences that are keys. */

#define ESC 0x1B

enum outcome { TAKEN, UNFINISHED };

static const struct {
    const char *body; /* what stands after ESC */
    uint32_t key;
} sequences[] = {
    {"[A", KEY_UP_},      {"[B", KEY_DOWN_},    {"[C", KEY_RIGHT_}, {"[D", KEY_LEFT_},
    {"[H", KEY_HOME_},    {"[F", KEY_END_},     {"OA", KEY_UP_},    {"OB", KEY_DOWN_},
    {"OC", KEY_RIGHT_},   {"OD", KEY_LEFT_},    {"OH", KEY_HOME_},  {"OF", KEY_END_},
    {"[1~", KEY_HOME_},   {"[7~", KEY_HOME_},   {"[4~", KEY_END_},  {"[8~", KEY_END_},
    {"[2~", KEY_INSERT_}, {"[3~", KEY_DELETE_}, {"[5~", KEY_PGUP_}, {"[6~", KEY_PGDN_},
    {"[Z", KEY_STAB_},    {"OM", KEY_ENTER_},   {"OP", KEY_F1_},    {"OQ", KEY_F2_},
    {"OR", KEY_F3_},      {"OS", KEY_F4_},      {"[[A", KEY_F1_},   {"[[B", KEY_F2_},
    {"[[C", KEY_F3_},     {"[[D", KEY_F4_},     {"[[E", KEY_F5_},   {"[11~", KEY_F1_},
    {"[12~", KEY_F2_},    {"[13~", KEY_F3_},    {"[14~", KEY_F4_},  {"[15~", KEY_F5_},
    {"[17~", KEY_F6_},    {"[18~", KEY_F7_},    {"[19~", KEY_F8_},  {"[20~", KEY_F9_},
    {"[21~", KEY_F10_},   {"[23~", KEY_F11_},   {"[24~", KEY_F12_},
};

void keys_init(struct keys *k)
{
    memset(k, 0, sizeof *k);
    buf_init(&k->paste, KEYS_PASTE_MAX);
}

void keys_release(struct keys *k)
{
    buf_release(&k->paste);
}

char *keys_room(struct keys *k, size_t *room)
{
    *room = KEYS_ROOM - k->len;
    return k->bytes + k->len;
}

bool keys_wait(const struct keys *k)
{
    return k->len > 0;
}

static void drop(struct keys *k, size_t count)
{
    k->len -= count;
    memmove(k->bytes, k->bytes + count, k->len);
}

/* `ESC [ < button ; col ; row M`: a press or the wheel; releases are nothing. */
static uint32_t mouse(struct keys *k, struct str body)
{
    uint64_t button, col, row;
    struct str numbers = {body.at + 2, body.len - 3};
    if (!str_to_u64(str_take_until(&numbers, ';'), 255, &button) ||
        !str_to_u64(str_take_until(&numbers, ';'), 10000, &col) ||
        !str_to_u64(numbers, 10000, &row) || !col || !row)
        return 0;
    k->mouse_row = (int)row - 1;
    k->mouse_col = (int)col - 1;
    if (body.at[body.len - 1] != 'M')
        return 0;
    return button == 64   ? KEY_WHEEL_UP_
           : button == 65 ? KEY_WHEEL_DOWN_
           : button == 0  ? KEY_CLICK_
                          : 0;
}

/* Modifiers (`[1;5A`, `[5;2~`) are not told apart: the key counts. */
static uint32_t sequence_key(struct keys *k, struct str body)
{
    char plain[16];
    if (str_starts(body, STR("[<")) && body.len > 3)
        return mouse(k, body);
    size_t cut = str_find_char(body, ';');
    if (cut == SIZE_MAX)
        (void)str_copy(plain, sizeof plain, body);
    else {
        struct str start = str_first(body, cut);
        char final = body.at[body.len - 1];
        if (final != '~' && str_eq(start, STR("[1")))
            start = STR("[");
        if (start.len > 8)
            return 0;
        memcpy(plain, start.at, start.len);
        plain[start.len] = final;
        plain[start.len + 1] = '\0';
    }
    for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++)
        if (strcmp(plain, sequences[i].body) == 0)
            return sequences[i].key;
    return 0;
}

/* The length of the control sequence at the front, ESC included; 0: its end is not there yet. */
static size_t csi_len(struct str s)
{
    size_t at = 2;
    if (s.len > 2 && s.at[2] == '[') /* the Linux console's function keys */
        return s.len > 3 ? 4 : 0;
    while (at < s.len && s.at[at] >= 0x20 && s.at[at] < 0x40)
        at++;
    return at < s.len ? at + 1 : 0;
}

static size_t string_len(struct str s)
{
    for (size_t at = 2; at < s.len; at++) {
        if (s.at[at] == 7)
            return at + 1;
        if (s.at[at] == ESC && at + 1 < s.len)
            return s.at[at + 1] == '\\' ? at + 2 : at;
    }
    return 0;
}

static size_t sequence_len(struct str s)
{
    if (s.at[1] == '[')
        return csi_len(s);
    if (s.at[1] == 'O')
        return s.len > 2 ? 3 : 0;
    return string_len(s);
}

static bool starts_sequence(char c)
{
    return c == '[' || c == 'O' || c == ']' || c == 'P' || c == '^' || c == '_' || c == 'X';
}

static enum outcome take_escape(struct keys *k, bool late, uint32_t *key)
{
    struct str s = {k->bytes, k->len};
    if (s.len == 1 && !late)
        return UNFINISHED;
    if (s.len == 1 || !starts_sequence(s.at[1])) { /* Esc, and what follows is a key of its own */
        drop(k, 1);
        *key = KEY_ESC_;
        return TAKEN;
    }
    size_t len = sequence_len(s);
    if (len == 0 && !late && s.len < KEYS_ROOM)
        return UNFINISHED;
    struct str body = {s.at + 1, (len ? len : s.len) - 1};
    if (str_eq(body, STR("[200~"))) {
        k->pasting = true;
        buf_clear(&k->paste);
    } else if (len && (s.at[1] == '[' || s.at[1] == 'O')) {
        *key = sequence_key(k, body);
    }
    drop(k, len ? len : s.len);
    return TAKEN;
}

/* Bytes at the end of `s` that may be the start of `mark`. */
static size_t partial(struct str s, struct str mark)
{
    for (size_t len = mark.len - 1; len > 0; len--)
        if (s.len >= len && memcmp(s.at + s.len - len, mark.at, len) == 0)
            return len;
    return 0;
}

static enum outcome take_paste(struct keys *k, uint32_t *key)
{
    struct str s = {k->bytes, k->len}, mark = STR("\x1B[201~");
    size_t end = str_find(s, mark), len = end == SIZE_MAX ? s.len - partial(s, mark) : end;
    for (size_t i = 0; i < len; i++)
        buf_add_char(&k->paste, s.at[i]);
    drop(k, end == SIZE_MAX ? len : end + mark.len);
    if (end == SIZE_MAX)
        return UNFINISHED;
    k->pasting = false;
    *key = KEY_PASTE_;
    return TAKEN;
}

static size_t utf8_need(unsigned char c)
{
    return c < 0xC2 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : c < 0xF5 ? 4 : 1;
}

static enum outcome take_character(struct keys *k, bool late, uint32_t *key)
{
    struct str s = {k->bytes, k->len};
    if (utf8_need((unsigned char)s.at[0]) > s.len && !late)
        return UNFINISHED;
    size_t len = utf8_decode(s, key);
    drop(k, len);
    if (*key == 0x7F || *key == 8)
        *key = KEY_BACKSPACE_;
    else if (*key == '\n')
        *key = KEY_ENTER_;
    else if (*key == UTF8_BAD || (*key >= 0x80 && *key < 0xA0))
        *key = 0;
    return TAKEN;
}

uint32_t keys_take(struct keys *k, bool late)
{
    uint32_t key = 0;
    while (k->len > 0 && key == 0) {
        enum outcome outcome = k->pasting ? take_paste(k, &key)
                               : (unsigned char)k->bytes[0] == ESC
                                   ? take_escape(k, late, &key)
                                   : take_character(k, late, &key);
        if (outcome == UNFINISHED)
            break;
    }
    return key;
}
