/* The parts of the live source among themselves. One thread. */
#ifndef LAMBDIG_SOURCE_LIVE_INSIDE_H
#define LAMBDIG_SOURCE_LIVE_INSIDE_H

#include "src/aws/client.h"
#include "src/aws/lambda.h"
#include "src/aws/logs.h"
#include "src/aws/metrics.h"
#include "src/source/follow.h"
#include "src/source/live.h"

#define LIVE_WATCHED_AT_START 12 /* groups, where nobody named functions */
#define LIVE_DETAILS_AT_ONCE 3
#define LIVE_METRICS_AT_ONCE 3
#define LIVE_RESTS 65536 /* invocations whose rest is remembered to be here */

struct live;

struct watched {       /* a log group; its place is the number that the follow knows it by */
    struct live *live; /* NULL: free */
    char group[513];
    char function[141];       /* the one that was named; empty: the group itself */
    bool shared;              /* several functions were named: streams tell them apart */
    bool asked, leaving;      /* a page is under way; nobody wants it any more */
    bool class_asked, blocked; /* asked what kind of group it is; can't be read: why was said */
    bool missing_said;
    struct err refused;       /* what the service said, until the class of the group is known */
    int64_t gap_from_unix_ms; /* of the gap that is open; TIME_NONE */
    uint64_t epoch;           /* tells one user of this place from the next */
    uint64_t order;           /* of watching: the oldest gives way */
};

#define LIVE_WANTED 512

struct wanted {        /* a detail of one function that somebody looks at */
    uint32_t function;
    uint32_t kind;            /* index into the table of live_details.c */
};

struct detail_ask {    /* one function's configuration, aliases or versions under way */
    struct live *live;
    bool used, further;       /* further: a page is to be asked for */
    struct wanted what;
    unsigned pages;
    char marker[1024];
    struct function found;
};

struct metrics_ask_state {
    struct live *live;
    bool used;
    size_t first, count;
    struct metrics_sums sums[METRICS_FUNCTIONS];
};

struct rest_ask {      /* the lines of one invocation that a thinned follow left out */
    bool wanted, running;
    uint64_t invocation;
    uint32_t group;
    uint64_t epoch;        /* of the group, to tell that it is still the same */
    int64_t start_unix_ms, end_unix_ms;
    char stream[513], token[FOLLOW_TOKEN_MAX];
    unsigned pages;
};

struct live {
    struct source source; /* first */
    struct sdk sdk;
    struct http *http;
    struct creds *creds;
    struct client *client;
    struct http_options http_options;
    struct live_options options; /* its strings are copies below */
    char **names;
    char pattern[1025];
    const struct sink *sink; /* during a step */
    bool came;               /* something was handed over in this step */
    bool held;               /* credentials are missing: nothing is asked */
    struct err held_why, failed; /* failed: the end of everything */
    struct account account;
    struct progress progress, told; /* told: what the receiver knows */
    bool account_told, account_asked;
    int64_t suspended_ms;

    /* functions */
    struct function *functions; /* ours */
    size_t count, room;
    bool list_done, list_begun;
    char marker[1024];
    size_t details_next;        /* of the account's list, when nobody waits for one */
    struct wanted wanted[LIVE_WANTED]; /* a queue; what does not fit comes with the list */
    size_t wanted_first, wanted_count;
    unsigned named_open;        /* named functions whose configuration is not here yet */
    int64_t detail_due_mono_ms, detail_pause_ms;
    struct detail_ask details[LIVE_DETAILS_AT_ONCE];
    size_t metrics_next;
    unsigned metrics_running;
    bool metrics_done, metrics_said;
    int64_t metrics_until_unix_ms;
    struct metrics_ask_state metrics[LIVE_METRICS_AT_ONCE];

    /* logs */
    struct follow *follow;
    struct watched watched[FOLLOW_GROUPS];
    uint64_t watch_order, lines;
    size_t watched_count;
    struct rest_ask rest;
    struct seen rest_done;      /* invocations whose rest is here */
    bool watched_at_start;
    uint32_t *queue;            /* ours: functions in the order of interest, where none was named */
    size_t queue_next;
    struct buf text;            /* decoded messages of a page */
};

/* ---- live.c ---- */
struct follow_clock live_clock(const struct live *live); /* unix_ms as the service counts it */
void live_trouble(struct live *live, const struct err *err);
/* What an answer that is not done means for everything: true where credentials are missing. */
bool live_holds(struct live *live, const struct answer *answer);

/* ---- live_functions.c: which functions there are, and what is counted of them ---- */
void live_functions_ask(struct live *live);
/* Milliseconds until there is something to ask; -1: an answer comes first, or nothing is left. */
int64_t live_functions_wait_ms(const struct live *live);
bool live_functions_done(const struct live *live); /* all that the follow rests on is known */
void live_functions_refresh(struct live *live);
struct function *live_function_find(const struct live *live, struct str name);
void live_functions_release(struct live *live);

/* Takes further functions of the queue: some to follow, or, with `once`, all, a few at a time. */
void live_watch_more(struct live *live);

/* ---- live_details.c: one function at a time, within the quota of the control plane ---- */
enum { DETAIL_CONFIGURATION, DETAIL_ALIASES, DETAIL_VERSIONS };
void live_detail_want(struct live *live, size_t function, unsigned kind);
void live_details_ask(struct live *live);
int64_t live_details_wait_ms(const struct live *live);

/* ---- live_logs.c: which groups are followed, and their pages ---- */
/* Begins to follow the group of a function, or only makes it go first. */
void live_watch(struct live *live, const struct function *function, bool first);
void live_watch_group(struct live *live, const char *group, const char *function);
void live_logs_ask(struct live *live);
/* Frees the groups that were read to their end. */
void live_logs_clear_done(struct live *live);
int64_t live_logs_wait_ms(const struct live *live);
void live_logs_release(struct live *live);

struct seen_id live_event_id(const struct event *e);
uint32_t live_group_find(const struct live *live, const char *group);
/* As the group and the stream tell; false: of a function that nobody asked for. */
bool live_event_name(const struct live *live, const struct watched *w, struct event *e);
/* The token of a page that was read, unescaped. false: it does not fit. */
bool live_page_token(const struct logs_page *page, char token[FOLLOW_TOKEN_MAX]);

/* ---- live_rest.c: what a thinned follow left out, on demand ---- */
void live_rest_want(struct live *live, const struct rest_wanted *wanted);
void live_rest_ask(struct live *live);

/* ---- live_note.c ---- */
void live_note(struct live *live); /* fills progress from what stands */

#endif
