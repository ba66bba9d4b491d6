#include "ui/layout.h"

#define TWO_PANES_COLS 100
#define THREE_PANES_COLS 140
#define LIST_COLS_MIN 36
#define LIST_COLS_BESIDE_TWO 40 /* at least */
#define LIST_COLS_MAX 56

/* Beside one pane a third, so that names of usual length are whole; beside two a quarter. */
static int list_cols(int cols)
{
    int part = cols < THREE_PANES_COLS ? cols / 3 : cols / 4;
    int least = cols < THREE_PANES_COLS ? LIST_COLS_MIN : LIST_COLS_BESIDE_TWO;
    return part < least ? least : part > LIST_COLS_MAX ? LIST_COLS_MAX : part;
}

/* Beside the list: the log, or what the focus is on. */
static void split_main(struct layout *out, struct rect main, int cols, enum view focus)
{
    if (cols < THREE_PANES_COLS) {
        out->panes[focus == VIEW_INVOCATION ? VIEW_INVOCATION : VIEW_LOGS] = main;
        return;
    }
    int detail_rows = main.rows * 45 / 100;
    out->panes[VIEW_LOGS] = (struct rect){main.row, main.col, main.rows - detail_rows, main.cols};
    out->panes[VIEW_INVOCATION] =
        (struct rect){main.row + main.rows - detail_rows, main.col, detail_rows, main.cols};
}

void layout_fit(struct layout *out, int rows, int cols, enum view focus, bool zoom,
                uint32_t functions)
{
    *out = (struct layout){.fits = rows >= LAYOUT_MIN_ROWS && cols >= LAYOUT_MIN_COLS};
    if (!out->fits)
        return;
    out->header = (struct rect){0, 0, 1, cols};
    out->views = (struct rect){1, 0, 1, cols};
    out->status = (struct rect){rows - 2, 0, 1, cols};
    out->keys = (struct rect){rows - 1, 0, 1, cols};
    struct rect body = {2, 0, rows - 4, cols};
    if (zoom || cols < TWO_PANES_COLS ||
        focus == VIEW_FUNCTIONS) { /* the list has columns for any width */
        out->panes[focus] = body;
        return;
    }
    int list = functions > 1 ? list_cols(cols) : 0;
    if (list > 0)
        out->panes[VIEW_FUNCTIONS] = (struct rect){body.row, 0, body.rows, list};
    split_main(out, (struct rect){body.row, list, body.rows, cols - list}, cols, focus);
}
