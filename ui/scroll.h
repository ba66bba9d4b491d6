/* A selection and an offset over `count` rows seen through `page` rows. Pure; any thread.
 * After every call: selected < count (0 when count is 0), offset <= selected < offset + page,
 * and the last page is full where there are rows enough. page < 1 counts as 1. */
#ifndef LAMBDIG_UI_SCROLL_H
#define LAMBDIG_UI_SCROLL_H

#include "ui/keymap.h"

struct scroll {
    size_t selected, offset;
};

/* An action of scope LIST that moves (UP to BOTTOM); others only fit. true: something moved. */
bool scroll_move(struct scroll *s, enum action action, size_t count, int page);
/* Selects a row; brought into sight with as little movement as possible. */
bool scroll_to(struct scroll *s, size_t row, size_t count, int page);
/* The same, but a row that was out of sight comes to the middle. */
bool scroll_jump(struct scroll *s, size_t row, size_t count, int page);
/* After the count or the page changed. */
bool scroll_fit(struct scroll *s, size_t count, int page);

#endif
