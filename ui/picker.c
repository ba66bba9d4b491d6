#include "ui/picker.h"

#include <stdio.h>

#include "src/base/err.h"
#include "src/base/utf8.h"

#define BOX_COLS 74
#define WORD_COLS_MAX 40
#define FRAME_ROWS 2

/* ---- what matches ---- */

static bool has_words(const struct pick_item *item, struct str words)
{
    while (words.len > 0) {
        struct str word = str_take_word(&words);
        if (word.len > 0 && !str_has_nocase(str_of(item->word), word) &&
            !str_has_nocase(str_of(item->text), word))
            return false;
    }
    return true;
}

static void narrow(struct picker *p)
{
    p->shown_count = 0;
    for (size_t i = 0; i < p->count; i++)
        if (has_words(&p->items[i], str_of(p->filter)))
            p->shown[p->shown_count++] = (uint32_t)i;
    p->scroll = (struct scroll){0, 0};
}

void picker_open(struct picker *p, struct str title, const struct pick_item *items, size_t count,
                 struct str current, bool takes_others)
{
    picker_close(p);
    p->count = count < PICKER_MAX ? count : PICKER_MAX;
    p->items = xcalloc(p->count + 1, sizeof *p->items);
    p->shown = xcalloc(p->count + 1, sizeof *p->shown);
    p->takes_others = takes_others;
    if (p->count)
        memcpy(p->items, items, p->count * sizeof *items);
    (void)str_copy(p->title, sizeof p->title, title);
    narrow(p);
    for (size_t i = 0; i < p->count; i++) {
        int cols = (int)utf8_width(str_of(p->items[i].word));
        p->word_cols = cols > p->word_cols ? cols : p->word_cols;
        if (str_eq(current, str_of(p->items[i].word)))
            p->scroll.selected = i; /* the page is not known yet: drawing fits it */
    }
    p->word_cols = p->word_cols > WORD_COLS_MAX ? WORD_COLS_MAX : p->word_cols;
}

void picker_close(struct picker *p)
{
    free(p->items);
    free(p->shown);
    *p = (struct picker){.items = NULL};
}

/* ---- keys ---- */

static enum action move_of(uint32_t key)
{
    static const struct { uint32_t key; enum action action; } moves[] = {
        {KEY_UP_, ACTION_UP},         {KEY_DOWN_, ACTION_DOWN},     {KEY_PGUP_, ACTION_PAGE_UP},
        {KEY_PGDN_, ACTION_PAGE_DOWN}, {KEY_HOME_, ACTION_TOP},      {KEY_END_, ACTION_BOTTOM},
        {'u' & 0x1F, ACTION_HALF_UP}, {'d' & 0x1F, ACTION_HALF_DOWN}, {'p' & 0x1F, ACTION_UP},
        {'n' & 0x1F, ACTION_DOWN},    {KEY_TAB_, ACTION_DOWN},      {KEY_STAB_, ACTION_UP},
        {KEY_WHEEL_UP_, ACTION_UP},   {KEY_WHEEL_DOWN_, ACTION_DOWN},
    };
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
        if (moves[i].key == key)
            return moves[i].action;
    return ACTION_NONE;
}

static bool type_key(struct picker *p, uint32_t key)
{
    size_t len = strlen(p->filter);
    char bytes[4];
    if (key == KEY_BACKSPACE_) {
        if (len == 0)
            return false;
        while (len > 0 && ((unsigned char)p->filter[--len] & 0xC0) == 0x80)
            continue;
        p->filter[len] = '\0';
        return true;
    }
    size_t count = key >= 0x20 && key < KEY_UP_ ? utf8_encode(key, bytes) : 0;
    if (count == 0 || len + count >= sizeof p->filter)
        return false;
    memcpy(p->filter + len, bytes, count);
    p->filter[len + count] = '\0';
    return true;
}

enum picker_result picker_key(struct picker *p, uint32_t key, int page)
{
    enum action action = move_of(key);
    if (key == KEY_ESC_ || key == ('c' & 0x1F))
        return PICKER_CLOSED;
    if (key == KEY_ENTER_)
        return picker_word(p).len > 0 ? PICKER_CHOSEN : PICKER_NOTHING;
    if (action != ACTION_NONE)
        return scroll_move(&p->scroll, action, p->shown_count, page) ? PICKER_CHANGED
                                                                     : PICKER_NOTHING;
    if (!type_key(p, key))
        return PICKER_NOTHING;
    narrow(p);
    return PICKER_CHANGED;
}

struct str picker_word(const struct picker *p)
{
    if (p->scroll.selected < p->shown_count)
        return str_of(p->items[p->shown[p->scroll.selected]].word);
    return p->takes_others ? str_trim(str_of(p->filter)) : STR_NONE;
}

/* ---- drawing ---- */

/* As many rows as there are items, however few match now: the box keeps its place. */
int picker_page(const struct picker *p, int rows)
{
    int room = rows - 6, wanted = p->count > 0 ? (int)p->count : 1;
    wanted = wanted < room ? wanted : room;
    return wanted < 1 ? 1 : wanted;
}

static void draw_item(const struct picker *p, struct canvas *canvas, int row, size_t at)
{
    const struct pick_item *item = &p->items[p->shown[at]];
    int cols = canvas->clip.cols, text_col = 2 + p->word_cols + 2;
    canvas_text(canvas, row, 2, p->word_cols < cols - 3 ? p->word_cols : cols - 3, 0, item->role,
                str_of(item->word));
    if (text_col < cols - 1)
        canvas_text(canvas, row, text_col, cols - 1 - text_col, 0, ROLE_DIM, str_of(item->text));
    if (at == p->scroll.selected) {
        canvas_text(canvas, row, 0, 1, 0, ROLE_MARK, STR(">"));
        canvas_over(canvas, row, 0, cols, ROLE_SELECTION);
    }
}

static void draw_none(const struct picker *p, struct canvas *canvas)
{
    struct str other = picker_word(p);
    if (p->count == 0)
        canvas_text(canvas, 0, 2, canvas->clip.cols - 3, 0, ROLE_DIM,
                    STR("there is nothing to choose from"));
    else if (other.len > 0)
        canvas_printf(canvas, 0, 2, ROLE_DIM, "Enter takes \"%.*s\" as it stands", STR_ARG(other));
    else
        canvas_text(canvas, 0, 2, canvas->clip.cols - 3, 0, ROLE_DIM,
                    STR("nothing matches; Backspace widens"));
}

void picker_draw(struct picker *p, struct canvas *canvas)
{
    int page = picker_page(p, canvas->rows),
        cols = canvas->cols < BOX_COLS ? canvas->cols : BOX_COLS;
    struct rect r = {(canvas->rows - page - FRAME_ROWS) / 2, (canvas->cols - cols) / 2,
                     page + FRAME_ROWS, cols};
    char title[300], below[80];
    scroll_fit(&p->scroll, p->shown_count, page);
    snprintf(title, sizeof title, "%s  %s%s", p->title, p->filter[0] ? "> " : "type to narrow",
             p->filter);
    snprintf(below, sizeof below, "%zu of %zu  Enter takes, Esc leaves", p->shown_count, p->count);
    canvas_clip(canvas, (struct rect){0, 0, canvas->rows, canvas->cols});
    canvas_fill(canvas, r, ROLE_TEXT, ' ');
    canvas_frame(canvas, r, true, str_of(title), str_of(below));
    canvas_clip(canvas, (struct rect){r.row + 1, r.col + 1, page, cols - 2});
    for (int row = 0; row < page && p->scroll.offset + (size_t)row < p->shown_count; row++)
        draw_item(p, canvas, row, p->scroll.offset + (size_t)row);
    if (p->shown_count == 0)
        draw_none(p, canvas);
}
