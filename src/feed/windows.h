/* Answers requests for rows that left the ring: one waits for each window, a newer one takes its
 * place. Fetch thread. */
#ifndef LAMBDIG_FEED_WINDOWS_H
#define LAMBDIG_FEED_WINDOWS_H

#include "src/feed/inbox.h"
#include "src/feed/past.h"

struct windows {
    struct store *store;
    struct past *past;
    struct rows spare; /* the one that is filled */
    struct rows_request wanted[WINDOW_COUNT];
    bool waits[WINDOW_COUNT];
};

/* Everything is borrowed. */
void windows_init(struct windows *w, struct store *store, struct past *past,
                  const struct store_limits *limits);
void windows_release(struct windows *w); /* zeroed: nothing */
void windows_ask(struct windows *w, const struct rows_request *request);
/* Answers what waits, until `stop` says that something else is more urgent: what was begun then
 * waits on. */
void windows_serve(struct windows *w, bool (*stop)(void *ctx), void *ctx);

#endif
