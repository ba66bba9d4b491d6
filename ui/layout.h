/* A terminal's size to rectangles, in screen coordinates. Pure; any thread.
 * Under 100 columns one pane; to 139 the list and the main pane; from 140 on the detail below
 * the main one. The function list is alone when it has the focus, and is not shown beside others
 * where it has a single row. */
#ifndef LAMBDIG_UI_LAYOUT_H
#define LAMBDIG_UI_LAYOUT_H

#include "ui/pane.h"

#define LAYOUT_MIN_ROWS 10
#define LAYOUT_MIN_COLS 40

struct layout {
    bool fits; /* false: the screen only says what it needs; no rectangle below is meant */
    struct rect header, views, status, keys; /* one row each */
    struct rect panes[VIEW_COUNT];           /* frames included; rows 0: not shown */
};

/* `zoom`: the focused pane alone. `functions`: rows of the list. */
void layout_fit(struct layout *out, int rows, int cols, enum view focus, bool zoom,
                uint32_t functions);
static inline bool layout_shows(const struct layout *layout, enum view view)
{
    return layout->panes[view].rows > 0;
}

#endif
