/* What the log pane knows of each invocation whose rows it has met: where its rows lie, its
 * class and flags, whether it is folded. Found by the invocation's number; old ones go when their
 * rows have left the ring. UI thread; 32 bytes an invocation. */
#ifndef LAMBDIG_UI_GROUPS_H
#define LAMBDIG_UI_GROUPS_H

#include "src/feed/store.h"

enum group_flag {
    GROUP_COLD = 1,
    GROUP_AT_LIMIT = 2,
    GROUP_SLOW = 4,
    GROUP_TRACE = 8,
    GROUP_ENDED = 16,
    GROUP_FOLDED = 32, /* against what holds for all */
    GROUP_SHOWN = 64   /* folded, and its summary stands in the view */
};

enum group_wanted { GROUP_UNASKED, GROUP_WANTED, GROUP_UNWANTED };

struct group {
    uint64_t first_row;    /* as far as it was seen; UINT64_MAX: no row was */
    int64_t start_unix_ms; /* TIME_NONE */
    uint32_t span;         /* last row - first row */
    uint32_t function;
    uint8_t class; /* FAILURE_NONE: no verdict yet */
    uint8_t flags, wanted;
};

struct groups {
    struct group *items; /* invocation base + i */
    uint64_t base;
    size_t count, room;
    uint64_t read_to;  /* briefs below were read once */
    uint64_t sweep_at; /* older ones are read again in turn: a verdict may change late */
};

void groups_release(struct groups *g);
/* NULL: not known. Valid until the next groups_note or groups_refresh. */
struct group *groups_at(const struct groups *g, uint64_t invocation);
/* A row was met; NULL when it belongs to none, or to one long gone. */
struct group *groups_note(struct groups *g, const struct row *row);
/* Lets those go whose rows all lie before `first_row`. */
void groups_prune(struct groups *g, uint64_t first_row);

/* The class or flags of an invocation are not what they were. */
typedef void groups_changed(void *ctx, uint64_t invocation);
/* Reads verdicts that are new or may have changed, at most `budget_us`. true: more is left. */
bool groups_refresh(struct groups *g, struct store *store, int64_t budget_us,
                    groups_changed *changed, void *ctx);

#endif
