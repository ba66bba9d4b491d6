#include "ui/columns.h"

#include <limits.h>

#include "src/base/utf8.h"
#include "ui/canvas.h"

/* Moves past one cell's worth of text; returns the column after it. */
static int step(struct str *text, int col)
{
    struct cell_text cell;
    if (text->at[0] >= 0x20 && text->at[0] < 0x7F &&
        (text->len == 1 || (text->at[1] >= 0x20 && text->at[1] < 0x7F))) {
        *text = str_from(*text, 1);
        return col + 1;
    }
    utf8_take_cell(text, &cell);
    if (cell.bytes[0] == '\t')
        return col + CANVAS_TAB_COLS - col % CANVAS_TAB_COLS;
    return col + (cell.control ? cell.len : cell.width);
}

int columns_of(struct str text)
{
    int col = 0;
    while (text.len > 0 && col < INT_MAX / 2)
        col = step(&text, col);
    return col;
}

size_t columns_cut(struct str text, int cols)
{
    struct str rest = text;
    int col = 0;
    while (rest.len > 0) {
        struct str after = rest;
        col = step(&after, col);
        if (col > cols && rest.len < text.len)
            break;
        rest = after;
    }
    return text.len - rest.len;
}
