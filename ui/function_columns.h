/* The columns of the function list: which fit a width, and how each is drawn. UI thread. */
#ifndef LAMBDIG_UI_FUNCTION_COLUMNS_H
#define LAMBDIG_UI_FUNCTION_COLUMNS_H

#include "ui/app.h"
#include "ui/function_list.h"

#define FUNCTION_COLUMNS_MAX 24
#define FUNCTION_UNNAMED "(not named)"

struct function_columns { /* what is shown at a width, from the left */
    uint8_t column[FUNCTION_COLUMNS_MAX];
    int at[FUNCTION_COLUMNS_MAX], cols[FUNCTION_COLUMNS_MAX];
    int count;
};

/* Longest name first served: `name_cols` is the width that the names would like. `metrics`: with
 * what CloudWatch counts, under CW; all other figures are of the logs that were read. */
void function_columns_fit(struct function_columns *shown, int cols, int name_cols, bool metrics);
void function_columns_head(const struct function_columns *shown, struct canvas *canvas,
                           unsigned key);
void function_columns_row(const struct function_columns *shown, const struct console *console,
                          struct canvas *canvas, int row, const struct function_entry *entry);
/* The sort key after `key` among the columns shown; the same when there is no other. */
unsigned function_columns_next_key(const struct function_columns *shown, unsigned key);
/* `failures`, `TMO`: for the status. */
const char *function_columns_key_name(unsigned key);
/* The instant that ages are counted from: now in a live account, else the newest row's. */
int64_t function_columns_age_base(const struct console *console);

#endif
