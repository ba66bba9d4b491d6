/* Columns of a text as the canvas draws it: TAB stops of CANVAS_TAB_COLS, defused bytes in their
 * visible form. Pure; any thread. */
#ifndef LAMBDIG_UI_COLUMNS_H
#define LAMBDIG_UI_COLUMNS_H

#include "src/base/str.h"

/* The columns that `text` takes when it is drawn from column 0 on. */
int columns_of(struct str text);
/* How many bytes at the front of `text` fit in `cols` columns; at least one character. */
size_t columns_cut(struct str text, int cols);

#endif
