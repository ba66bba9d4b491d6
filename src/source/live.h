/* The source over an AWS account: its functions, what CloudWatch counts of them, and the log of
 * those that are watched, read by the follow (follow.h). Everything is asked by one thread, the
 * one that steps it; nothing it does changes anything in the account.
 *
 * A failure of one part (a group that is not there, a permission that is missing) is trouble, and
 * the rest goes on. Throttling, a lost network and expired credentials are no trouble: progress
 * says so as long as they last, and reading goes on where it was. With `once` they end it. */
#ifndef LAMBDIG_SOURCE_LIVE_H
#define LAMBDIG_SOURCE_LIVE_H

#include "src/aws/sdk.h"
#include "src/source/follow.h"
#include "src/source/source.h"

struct live_options {            /* strings borrowed for the call */
    struct sdk_flags flags;
    struct window window;        /* since TIME_NONE: the last hour */
    const char *const *functions; /* names, ARNs, or log groups (with a slash); none: the account */
    size_t count;
    const char *pattern;         /* the service's filter pattern; empty: all lines */
    bool once;                   /* the window alone, then the end; else it goes on */
    bool whole; /* a group that brings too much falls behind, but is never thinned */
    bool figures;                /* ask CloudWatch what it counted */
    bool read_only;              /* for the header */
    struct follow_options follow; /* how often and how deep; once and may_thin are set here */
    bool utc;                    /* times of day in the status line */
};

/* Reads the SDKs' files; asks nothing yet. false: no region, a broken file, ... (err). */
bool live_open(struct source **out, const struct live_options *options, struct err *err) MUST_USE;

#endif
