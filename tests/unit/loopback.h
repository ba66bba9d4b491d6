/* A server on a free loopback port for tests of src/aws: no thread, the test steps it between the
 * steps of what it tests. What it answers is said by a function. */
#ifndef LAMBDIG_TESTS_LOOPBACK_H
#define LAMBDIG_TESTS_LOOPBACK_H

#include "src/base/buf.h"

#define LOOPBACK_CONNECTIONS 64

enum loopback_then { LOOPBACK_KEEP, LOOPBACK_CLOSE, LOOPBACK_RESET };

struct loopback_reply {      /* no bytes: none is sent */
    struct str bytes;        /* borrowed until the next request */
    enum loopback_then then;
};
typedef struct loopback_reply (*loopback_answer)(void *ctx, struct str request);

struct loopback_connection {
    int fd; /* 0: free */
    struct buf in, out;
    size_t sent;
    enum loopback_then then;
};

struct loopback {
    int fd;
    unsigned port, accepted, requests;
    struct loopback_connection connections[LOOPBACK_CONNECTIONS];
    loopback_answer answer;
    void *ctx;
};

void loopback_open(struct loopback *server, loopback_answer answer, void *ctx);
void loopback_close(struct loopback *server);
void loopback_step(struct loopback *server); /* never waits */

#endif
