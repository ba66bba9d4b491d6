/* When keys are fetched anew: pure, all times come in.
 *
 * They are renewed in the background from a window before their end (5 min of a life of up to
 * 20 min, 15 min up to 90 min, else 60 min; never more than half of it). A failed renewal keeps
 * them and leaves the source alone for a while; keys past their end are still used then, until a
 * service refuses them. An answer that is past its end is a failure. Source: the SDKs' common
 * refresh cases. */
#ifndef LAMBDIG_AWS_REFRESH_H
#define LAMBDIG_AWS_REFRESH_H

#include "src/base/clock.h"

struct refresh {              /* zeroed: no keys */
    bool held;                /* keys are there */
    bool refused;             /* by a service: of no use any more */
    bool needs_person;        /* an MFA code: only at the very end */
    int64_t expires_unix_ms;  /* TIME_NONE: never */
    int64_t window_ms;
    int64_t leave_until_unix_ms; /* the source is left alone; 0: not */
    unsigned failures;        /* in a row */
};

enum refresh_need {
    REFRESH_NOT,  /* use the keys, ask nobody */
    REFRESH_SOON, /* use the keys, fetch beside it */
    REFRESH_NOW,  /* fetch; there is nothing to use before */
    REFRESH_LEFT  /* nothing to use, and the source is left alone for now */
};

enum refresh_need refresh_need(const struct refresh *r, int64_t now_unix_ms);
/* New keys came. false: they are past their end, nothing changed; count it as failed. */
bool refresh_took(struct refresh *r, int64_t now_unix_ms, int64_t expires_unix_ms);
/* The source is left alone for leave_ms. */
void refresh_failed(struct refresh *r, int64_t now_unix_ms, int64_t leave_ms);
/* A service refused the keys. A source that is left alone for long is left so for a minute at
 * most: without keys nothing works. */
void refresh_refused(struct refresh *r, int64_t now_unix_ms);
/* How long after this many failures: 1 s doubling to 60 s without usable keys, else 5 min. */
int64_t refresh_pause_ms(const struct refresh *r, int64_t now_unix_ms);

#endif
