#include "src/feed/inbox.h"

#include <pthread.h>
#include <stdlib.h>

/* A ring of requests under a lock. */

#define INBOX_ROOM 256

struct inbox {
    pthread_mutex_t lock;
    struct request requests[INBOX_ROOM];
    size_t first, count;
    void (*wake)(void *ctx);
    void *ctx;
};

struct inbox *inbox_new(void (*wake)(void *ctx), void *ctx)
{
    struct inbox *inbox = xcalloc(1, sizeof *inbox);
    pthread_mutex_init(&inbox->lock, NULL);
    inbox->wake = wake;
    inbox->ctx = ctx;
    return inbox;
}

void inbox_free(struct inbox *inbox)
{
    if (inbox == NULL)
        return;
    pthread_mutex_destroy(&inbox->lock);
    free(inbox);
}

bool inbox_give(struct inbox *inbox, const struct request *request)
{
    pthread_mutex_lock(&inbox->lock);
    bool room = inbox->count < INBOX_ROOM;
    if (room)
        inbox->requests[(inbox->first + inbox->count++) % INBOX_ROOM] = *request;
    pthread_mutex_unlock(&inbox->lock);
    if (room && inbox->wake)
        inbox->wake(inbox->ctx);
    return room;
}

bool inbox_is_empty(struct inbox *inbox)
{
    pthread_mutex_lock(&inbox->lock);
    bool empty = inbox->count == 0;
    pthread_mutex_unlock(&inbox->lock);
    return empty;
}

bool inbox_take(struct inbox *inbox, struct request *out)
{
    pthread_mutex_lock(&inbox->lock);
    bool any = inbox->count > 0;
    if (any) {
        *out = inbox->requests[inbox->first];
        inbox->first = (inbox->first + 1) % INBOX_ROOM;
        inbox->count--;
    }
    pthread_mutex_unlock(&inbox->lock);
    return any;
}
