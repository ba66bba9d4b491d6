/* The verdict on one invocation as a page: what failed and how sure that is, the numbers against
 * their limits, what it rests on and what was not seen, what would mislead, what to do next.
 * Pure. */
#ifndef LAMBDIG_UI_VERDICT_PAGE_H
#define LAMBDIG_UI_VERDICT_PAGE_H

#include "ui/app.h"
#include "ui/page.h"

struct similar { /* other failures of the same signature in the same function */
    uint64_t count;
    int64_t first_unix_ms, last_unix_ms; /* TIME_NONE */
    bool complete;                       /* all were looked at */
};

/* What the failures of its signature have in common, where that is more than their class;
 * borrowed. */
struct str verdict_common(const struct invocation *inv);

void verdict_page(struct page *page, const struct console *console, const struct invocation *inv,
                  const struct similar *similar);

#endif
