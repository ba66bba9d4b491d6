#include "ui/prompt.h"

#include <stdlib.h>

#include "src/base/err.h"
#include "src/base/utf8.h"

/* Text and cursor are bytes; each move goes over whole clusters as utf8_take_cell has them. */

struct history {
    char label[16];
    char lines[PROMPT_HISTORY][PROMPT_BYTES];
    int count;
};

struct prompt {
    bool open;
    enum action why;
    char label[64], text[PROMPT_BYTES],
        typed[PROMPT_BYTES]; /* typed: as it was before the history */
    size_t len, cursor;
    int back; /* lines back in the history; 0: what is typed */
    struct history *history, *histories[PROMPT_LABELS];
};

struct prompt *prompt_new(void)
{
    return xcalloc(1, sizeof(struct prompt));
}

void prompt_free(struct prompt *p)
{
    for (size_t i = 0; p && i < PROMPT_LABELS; i++)
        free(p->histories[i]);
    free(p);
}

static struct history *history_of(struct prompt *p, struct str label)
{
    for (size_t i = 0; i < PROMPT_LABELS; i++) {
        if (p->histories[i] == NULL) {
            p->histories[i] = xcalloc(1, sizeof(struct history));
            (void)str_copy(p->histories[i]->label, sizeof p->histories[i]->label, label);
        }
        if (i == PROMPT_LABELS - 1 || str_eq(str_of(p->histories[i]->label), str_first(label, 15)))
            return p->histories[i];
    }
    return NULL;
}

static void set_text(struct prompt *p, struct str text)
{
    (void)str_copy(p->text, sizeof p->text, text);
    p->len = p->cursor = strlen(p->text);
}

void prompt_open(struct prompt *p, enum action why, struct str label, struct str text)
{
    p->open = true;
    p->why = why;
    p->back = 0;
    p->history = history_of(p, label);
    (void)str_copy(p->label, sizeof p->label, label);
    set_text(p, text);
}

bool prompt_is_open(const struct prompt *p)
{
    return p->open;
}

enum action prompt_why(const struct prompt *p)
{
    return p->why;
}

struct str prompt_text(const struct prompt *p)
{
    return (struct str){p->text, p->len};
}

struct str prompt_head(const struct prompt *p)
{
    return (struct str){p->text, p->cursor};
}

struct str prompt_label(const struct prompt *p)
{
    return str_of(p->label);
}

static void erase(struct prompt *p, size_t from, size_t past)
{
    memmove(p->text + from, p->text + past, p->len - past);
    p->len -= past - from;
    p->text[p->len] = '\0';
    p->cursor = from;
}

static bool insert(struct prompt *p, const char *bytes, size_t count)
{
    if (p->len + count >= sizeof p->text)
        return false;
    memmove(p->text + p->cursor + count, p->text + p->cursor, p->len - p->cursor);
    memcpy(p->text + p->cursor, bytes, count);
    p->len += count;
    p->cursor += count;
    p->text[p->len] = '\0';
    return true;
}

static size_t next_cluster(const struct prompt *p, size_t at)
{
    struct str rest = {p->text + at, p->len - at};
    struct cell_text cell;
    if (rest.len == 0)
        return at;
    utf8_take_cell(&rest, &cell);
    return p->len - rest.len;
}

static size_t previous_cluster(const struct prompt *p)
{
    size_t at = 0, before = 0;
    while (at < p->cursor) {
        before = at;
        at = next_cluster(p, at);
    }
    return before;
}

static size_t word_start(const struct prompt *p)
{
    size_t at = p->cursor;
    while (at > 0 && p->text[at - 1] == ' ')
        at--;
    while (at > 0 && p->text[at - 1] != ' ')
        at--;
    return at;
}

static enum prompt_result recall(struct prompt *p, int step)
{
    struct history *h = p->history;
    int to = p->back + step;
    if (to < 0 || to > h->count)
        return PROMPT_NOTHING;
    if (p->back == 0)
        (void)str_copy(p->typed, sizeof p->typed, prompt_text(p));
    p->back = to;
    set_text(p, str_of(to ? h->lines[h->count - to] : p->typed));
    return PROMPT_CHANGED;
}

static void remember(struct prompt *p)
{
    struct history *h = p->history;
    if (p->len == 0 || (h->count && strcmp(h->lines[h->count - 1], p->text) == 0))
        return;
    if (h->count == PROMPT_HISTORY) {
        memmove(h->lines[0], h->lines[1], sizeof h->lines - sizeof h->lines[0]);
        h->count--;
    }
    (void)str_copy(h->lines[h->count++], PROMPT_BYTES, prompt_text(p));
}

static enum prompt_result close_prompt(struct prompt *p, enum prompt_result how)
{
    p->open = false;
    if (how == PROMPT_ACCEPTED)
        remember(p);
    return how;
}

static enum prompt_result move(struct prompt *p, size_t to)
{
    bool moved = to != p->cursor;
    p->cursor = to;
    return moved ? PROMPT_MOVED : PROMPT_NOTHING;
}

static enum prompt_result cut(struct prompt *p, size_t from, size_t past)
{
    if (from == past)
        return PROMPT_NOTHING;
    erase(p, from, past);
    return PROMPT_CHANGED;
}

static enum prompt_result type(struct prompt *p, uint32_t key)
{
    char bytes[4];
    if (key < 0x20 || key >= KEY_UP_)
        return PROMPT_NOTHING;
    return insert(p, bytes, utf8_encode(key, bytes)) ? PROMPT_CHANGED : PROMPT_NOTHING;
}

static uint32_t ctrl(char letter)
{
    return (uint32_t)letter & 0x1F;
}

/* Backspace on nothing leaves, as in less: the prompt was opened by mistake. */
static enum prompt_result rub_out(struct prompt *p)
{
    return p->len == 0 ? close_prompt(p, PROMPT_CANCELLED) : cut(p, previous_cluster(p), p->cursor);
}

static enum prompt_result control_key(struct prompt *p, uint32_t key)
{
    if (key == ctrl('a'))
        return move(p, 0);
    if (key == ctrl('e'))
        return move(p, p->len);
    if (key == ctrl('b'))
        return move(p, previous_cluster(p));
    if (key == ctrl('f'))
        return move(p, next_cluster(p, p->cursor));
    if (key == ctrl('k'))
        return cut(p, p->cursor, p->len);
    if (key == ctrl('u'))
        return cut(p, 0, p->cursor);
    if (key == ctrl('w'))
        return cut(p, word_start(p), p->cursor);
    if (key == ctrl('p'))
        return recall(p, 1);
    if (key == ctrl('n'))
        return recall(p, -1);
    if (key == ctrl('d'))
        return cut(p, p->cursor, next_cluster(p, p->cursor));
    return key == ctrl('c') || key == ctrl('g') ? close_prompt(p, PROMPT_CANCELLED)
                                                : PROMPT_NOTHING;
}

enum prompt_result prompt_key(struct prompt *p, uint32_t key)
{
    switch (key) {
    case KEY_ENTER_:
        return close_prompt(p, PROMPT_ACCEPTED);
    case KEY_ESC_:
        return close_prompt(p, PROMPT_CANCELLED);
    case KEY_TAB_:
        return PROMPT_COMPLETE;
    case KEY_LEFT_:
        return move(p, previous_cluster(p));
    case KEY_RIGHT_:
        return move(p, next_cluster(p, p->cursor));
    case KEY_HOME_:
        return move(p, 0);
    case KEY_END_:
        return move(p, p->len);
    case KEY_UP_:
        return recall(p, 1);
    case KEY_DOWN_:
        return recall(p, -1);
    case KEY_BACKSPACE_:
        return rub_out(p);
    case KEY_DELETE_:
        return cut(p, p->cursor, next_cluster(p, p->cursor));
    default:
        return key < 0x20 ? control_key(p, key) : type(p, key);
    }
}

enum prompt_result prompt_paste(struct prompt *p, struct str text)
{
    bool changed = false;
    while (text.len > 0) {
        uint32_t code;
        size_t len = utf8_decode(text, &code);
        if (code == '\n' || code == '\r' || code == '\t')
            changed |= insert(p, " ", 1);
        else if (code != UTF8_BAD && code >= 0x20 && code != 0x7F)
            changed |= insert(p, text.at, len);
        text = str_from(text, len);
    }
    return changed ? PROMPT_CHANGED : PROMPT_NOTHING;
}

void prompt_replace(struct prompt *p, struct str text)
{
    char rest[PROMPT_BYTES];
    struct str after = {p->text + p->cursor, p->len - p->cursor};
    (void)str_copy(rest, sizeof rest, after);
    set_text(p, text);
    size_t cursor = p->cursor;
    (void)insert(p, rest, strlen(rest));
    p->cursor = cursor;
}

int prompt_draw(const struct prompt *p, struct canvas *canvas, int row, int cols)
{
    int at = canvas_text(canvas, row, 0, cols / 2, 0, ROLE_KEY, prompt_label(p));
    int before = (int)utf8_width((struct str){p->text, p->cursor}), room = cols - at - 1;
    int skip = before > room ? before - room : 0;
    canvas_text(canvas, row, at, cols - at, skip, ROLE_STATUS, prompt_text(p));
    return at + before - skip;
}
