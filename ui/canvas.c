#include "ui/canvas.h"

#include <stdarg.h>
#include <stdio.h>

#include "src/base/err.h"
#include "src/base/utf8.h"

/* The grid keeps one rule: a wide character is whole or not there. Whatever overwrites one
 * half blanks the other, and one that would stick out of the clip becomes a blank. */

void canvas_init(struct canvas *c)
{
    *c = (struct canvas){0};
}

void canvas_release(struct canvas *c)
{
    free(c->cells);
    canvas_init(c);
}

void canvas_resize(struct canvas *c, int rows, int cols)
{
    c->rows = rows < 0 ? 0 : rows;
    c->cols = cols < 0 ? 0 : cols;
    size_t count = (size_t)c->rows * (size_t)c->cols;
    c->cells = xrealloc(c->cells, (count ? count : 1) * sizeof *c->cells);
    canvas_clear(c);
}

void canvas_clear(struct canvas *c)
{
    static const struct cell blank = {.bytes = " ", .len = 1};
    size_t count = (size_t)c->rows * (size_t)c->cols;
    for (size_t i = 0; i < count; i++)
        c->cells[i] = blank;
    c->clip = (struct rect){0, 0, c->rows, c->cols};
}

static int min(int a, int b)
{
    return a < b ? a : b;
}

static int max(int a, int b)
{
    return a > b ? a : b;
}

void canvas_clip(struct canvas *c, struct rect r)
{
    int row = min(max(r.row, 0), c->rows), col = min(max(r.col, 0), c->cols);
    int past_row = min(max(r.row + r.rows, row), c->rows);
    int past_col = min(max(r.col + r.cols, col), c->cols);
    c->clip = (struct rect){row, col, past_row - row, past_col - col};
}

static bool in_clip(const struct canvas *c, int row, int col)
{
    return row >= 0 && row < c->clip.rows && col >= 0 && col < c->clip.cols;
}

static struct cell *cell_at(const struct canvas *c, int row, int col)
{
    return &c->cells[(c->clip.row + row) * c->cols + c->clip.col + col];
}

static void blank(struct cell *cell)
{
    cell->bytes[0] = ' ';
    cell->len = 1;
}

/* The other half of a wide character that is about to lose one. */
static void part(const struct canvas *c, int row, int col)
{
    struct cell *cell = cell_at(c, row, col);
    if (cell->len == 0 && c->clip.col + col > 0)
        blank(cell - 1);
    if (c->clip.col + col + 1 < c->cols && cell[1].len == 0)
        blank(cell + 1);
}

static void put(const struct canvas *c, int row, int col, enum role role, const char *bytes,
                size_t len)
{
    if (!in_clip(c, row, col))
        return;
    part(c, row, col);
    struct cell *cell = cell_at(c, row, col);
    memcpy(cell->bytes, bytes, len);
    cell->len = (uint8_t)len;
    cell->role = (uint8_t)role;
    cell->over = 0;
}

/* Bytes of a cluster that fit in a cell, cut at a character. */
static size_t cluster_len(const struct cell_text *text)
{
    size_t len = text->len;
    if (len <= sizeof ((struct cell *)0)->bytes)
        return len;
    len = sizeof ((struct cell *)0)->bytes;
    while (len > 0 && ((unsigned char)text->bytes[len] & 0xC0) == 0x80)
        len--;
    return len;
}

static void put_wide(const struct canvas *c, int row, int col, enum role role,
                     const struct cell_text *text)
{
    if (!in_clip(c, row, col) || !in_clip(c, row, col + 1)) {
        put(c, row, col, role, " ", 1);
        put(c, row, col + 1, role, " ", 1);
        return;
    }
    put(c, row, col, role, text->bytes, cluster_len(text));
    put(c, row, col + 1, role, " ", 1);
    cell_at(c, row, col + 1)->len = 0;
}

/* One run of text on its way into a row: columns count from the text's own start, those
 * before `from` are scrolled out, those from `past` on are cut. */
struct writer {
    const struct canvas *canvas;
    int row, col; /* where column `from` of the text goes */
    int from, past, at;
    enum role role;
};

static bool writer_full(const struct writer *w)
{
    return w->at >= w->past;
}

static void write_one(struct writer *w, enum role role, const char *bytes, size_t len)
{
    if (w->at >= w->from && w->at < w->past)
        put(w->canvas, w->row, w->col + w->at - w->from, role, bytes, len);
    w->at++;
}

static void write_wide(struct writer *w, const struct cell_text *text)
{
    if (w->at >= w->from && w->at + 2 <= w->past) {
        put_wide(w->canvas, w->row, w->col + w->at - w->from, w->role, text);
        w->at += 2;
        return;
    }
    write_one(w, w->role, " ", 1); /* half of it is scrolled out or cut */
    write_one(w, w->role, " ", 1);
}

static void write_tab(struct writer *w)
{
    do
        write_one(w, w->role, " ", 1);
    while (w->at % CANVAS_TAB_COLS != 0);
}

static void write_cluster(struct writer *w, const struct cell_text *text)
{
    if (text->control) {
        for (int i = 0; i < text->len; i++)
            write_one(w, ROLE_CONTROL, &text->bytes[i], 1);
    } else if (text->bytes[0] == '\t') {
        write_tab(w);
    } else if (text->width == 2) {
        write_wide(w, text);
    } else {
        write_one(w, w->role, text->bytes, cluster_len(text));
    }
}

static bool is_ascii_text(char byte)
{
    return byte >= 0x20 && byte < 0x7F;
}

/* ASCII that no combining mark can follow needs no decoding. */
static void write_next(struct writer *w, struct str *text)
{
    if (is_ascii_text(text->at[0]) && (text->len == 1 || is_ascii_text(text->at[1]))) {
        write_one(w, w->role, text->at, 1);
        *text = str_from(*text, 1);
        return;
    }
    struct cell_text cluster;
    utf8_take_cell(text, &cluster);
    write_cluster(w, &cluster);
}

static void write_ellipsis(const struct writer *w)
{
    struct str mark = w->canvas->ascii ? STR("~") : STR("\xE2\x80\xA6");
    put(w->canvas, w->row, w->col + w->past - 1 - w->from, w->role, mark.at, mark.len);
}

int canvas_text(struct canvas *c, int row, int col, int max_cols, int skip_cols, enum role role,
                struct str text)
{
    int cols = min(max_cols, c->clip.cols - col);
    if (row < 0 || row >= c->clip.rows || cols <= 0)
        return 0;
    int from = max(skip_cols, 0);
    struct writer w = {c, row, col, from, from + cols, 0, role};
    while (text.len > 0 && !writer_full(&w))
        write_next(&w, &text);
    if (text.len > 0 || w.at > w.past)
        write_ellipsis(&w);
    return max(min(w.at, w.past) - from, 0);
}

int canvas_printf(struct canvas *c, int row, int col, enum role role, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (len < 0)
        return 0;
    struct str s = {text, (size_t)min(len, (int)sizeof text - 1)};
    return canvas_text(c, row, col, c->clip.cols, 0, role, s);
}

void canvas_over(struct canvas *c, int row, int col, int cols, enum role over)
{
    for (int i = max(col, 0); i < col + cols && i < c->clip.cols; i++)
        if (in_clip(c, row, i))
            cell_at(c, row, i)->over = (uint8_t)over;
}

void canvas_fill(struct canvas *c, struct rect r, enum role role, char with)
{
    for (int row = max(r.row, 0); row < r.row + r.rows && row < c->clip.rows; row++)
        for (int col = max(r.col, 0); col < r.col + r.cols && col < c->clip.cols; col++)
            put(c, row, col, role, &with, 1);
}

/* Frame pieces: across, down, four corners. Without colour the focus still shows: doubled. */
static const char *const frames[2][2][6] = {
    {{"\xE2\x94\x80", "\xE2\x94\x82", "\xE2\x94\x8C", "\xE2\x94\x90", "\xE2\x94\x94",
      "\xE2\x94\x98"},
     {"\xE2\x95\x90", "\xE2\x94\x82", "\xE2\x95\x92", "\xE2\x95\x95", "\xE2\x95\x98",
      "\xE2\x95\x9B"}},
    {{"-", "|", "+", "+", "+", "+"}, {"=", "|", "+", "+", "+", "+"}},
};

static void put_piece(const struct canvas *c, int row, int col, enum role role, const char *piece)
{
    put(c, row, col, role, piece, strlen(piece));
}

static void frame_lines(const struct canvas *c, struct rect r, enum role role,
                        const char *const piece[6])
{
    int last_row = r.row + r.rows - 1, last_col = r.col + r.cols - 1;
    for (int col = r.col + 1; col < last_col; col++) {
        put_piece(c, r.row, col, role, piece[0]);
        put_piece(c, last_row, col, role, piece[0]);
    }
    for (int row = r.row + 1; row < last_row; row++) {
        put_piece(c, row, r.col, role, piece[1]);
        put_piece(c, row, last_col, role, piece[1]);
    }
    put_piece(c, r.row, r.col, role, piece[2]);
    put_piece(c, r.row, last_col, role, piece[3]);
    put_piece(c, last_row, r.col, role, piece[4]);
    put_piece(c, last_row, last_col, role, piece[5]);
}

void canvas_frame(struct canvas *c, struct rect r, bool focus, struct str title, struct str below)
{
    if (r.rows < 2 || r.cols < 2)
        return;
    enum role role = focus ? ROLE_BORDER_FOCUS : ROLE_BORDER;
    frame_lines(c, r, role, frames[c->ascii][focus]);
    int room = r.cols - 4 - 2 * focus;
    if (title.len > 0 && room > 0) {
        int at = r.col + 2;
        if (focus)
            put_piece(c, r.row, at++, role, "[");
        at += canvas_text(c, r.row, at, room, 0, ROLE_TITLE, title);
        if (focus)
            put_piece(c, r.row, at, role, "]");
    }
    int width = min((int)min((int)utf8_width(below), 1000), r.cols - 4);
    if (width > 0)
        canvas_text(c, r.row + r.rows - 1, r.col + r.cols - 2 - width, width, 0, ROLE_TEXT, below);
}

/* Eighths of a cell, from the left and from below. */
static const char *const left_eighths[8] = {" ",
                                            "\xE2\x96\x8F",
                                            "\xE2\x96\x8E",
                                            "\xE2\x96\x8D",
                                            "\xE2\x96\x8C",
                                            "\xE2\x96\x8B",
                                            "\xE2\x96\x8A",
                                            "\xE2\x96\x89"};
static const char *const low_eighths[8] = {"\xE2\x96\x81", "\xE2\x96\x82", "\xE2\x96\x83",
                                           "\xE2\x96\x84", "\xE2\x96\x85", "\xE2\x96\x86",
                                           "\xE2\x96\x87", "\xE2\x96\x88"};
static const char ascii_heights[9] = "_.:-=+*#";

/* part of whole in `steps`, without overflow; at least one step for anything that is not 0. */
static int scaled(int64_t value, int64_t whole, int steps)
{
    if (value <= 0 || whole <= 0 || steps <= 0)
        return 0;
    if (value >= whole)
        return steps;
    while (value > INT64_MAX / 65536) {
        value /= 2;
        whole /= 2;
    }
    return max((int)(value * min(steps, 65535) / whole), 1);
}

void canvas_bar(struct canvas *c, int row, int col, int cols, int64_t value, int64_t limit,
                enum role role)
{
    enum role used = limit > 0 && value >= limit ? ROLE_BAR_FULL : role;
    int inner = cols - 2, eighths = scaled(value, limit, inner * 8);
    if (inner <= 0)
        return;
    put_piece(c, row, col, ROLE_BAR_EMPTY, "[");
    for (int i = 0; i < inner; i++) {
        int fill = min(max(eighths - i * 8, 0), 8);
        bool drawn = c->ascii ? fill >= 4 || (i == 0 && fill > 0) : fill > 0;
        const char *piece = c->ascii ? "#" : fill == 8 ? low_eighths[7] : left_eighths[fill];
        put_piece(c, row, col + 1 + i, drawn ? used : ROLE_BAR_EMPTY,
                  drawn      ? piece
                  : c->ascii ? "."
                             : "\xC2\xB7");
    }
    put_piece(c, row, col + cols - 1, ROLE_BAR_EMPTY, "]");
}

void canvas_spark(struct canvas *c, int row, int col, const uint16_t *values,
                  const uint16_t *failed, int count)
{
    int highest = 0;
    for (int i = 0; i < count; i++)
        highest = max(highest, values[i]);
    for (int i = 0; i < count; i++) {
        int height = scaled(values[i], highest, 8);
        enum role role = failed && failed[i] ? ROLE_SPARK_FAILED : ROLE_SPARK;
        if (height == 0)
            put(c, row, col + i, role, " ", 1);
        else if (c->ascii)
            put(c, row, col + i, role, &ascii_heights[height - 1], 1);
        else
            put_piece(c, row, col + i, role, low_eighths[height - 1]);
    }
}

void canvas_row_text(const struct canvas *c, int row, struct buf *out)
{
    const struct cell *cells = &c->cells[(size_t)row * (size_t)c->cols];
    int past = c->cols;
    while (past > 0 && cells[past - 1].len == 1 && cells[past - 1].bytes[0] == ' ')
        past--;
    for (int col = 0; col < past; col++)
        buf_add(out, (struct str){cells[col].bytes, cells[col].len});
}
