/* The follow of log groups that loses nothing and gives nothing twice: what to ask next, and
 * which of the answered events are new. Pure: the time is an argument, nothing waits. One thread.
 *
 * A pass reads a group from an instant to its end, page by page. It begins `overlap` before now,
 * or where the last finished pass began, whichever is earlier. Every `deep_every` a pass is deep:
 * it begins `deep` before now, or that much before the last deep one where that is longer ago.
 * An event that becomes visible at most deep - deep_every - (time of a pass) after its own time
 * is found. Ids are kept as long as a pass may meet them again. A pass that fails goes on from
 * where it was; only one that finished moves the mark.
 *
 * All calls come out of one budget for the account: FilterLogEvents allows about five a second. */
#ifndef LAMBDIG_SOURCE_FOLLOW_H
#define LAMBDIG_SOURCE_FOLLOW_H

#include "src/source/seen.h"

#define FOLLOW_GROUPS 64
#define FOLLOW_TOKEN_MAX 8192
#define FOLLOW_NONE UINT32_MAX

struct follow_options { /* 0: the default that stands behind it */
    int64_t overlap_ms;      /* 10 s */
    int64_t deep_ms;         /* 215 s; grows to what is seen, at most 15 min */
    int64_t deep_every_ms;   /* 30 s */
    int64_t poll_ms;         /* 2 s */
    int64_t calls_per_1000_s; /* 3000: three a second, at most three at once after a pause */
    unsigned running_most;   /* calls under way at a time: 4 */
    size_t ids_most;         /* of a group: SEEN_CEILING */
    bool once;               /* one pass over the window, then done */
    bool may_thin;           /* a group that brings more than can be fetched is asked for its
                                platform and error lines only */
};

struct follow_clock {
    int64_t mono_ms, unix_ms; /* unix_ms as the service counts it */
};

struct follow; /* ours */
struct follow *follow_new(const struct follow_options *options);
void follow_free(struct follow *f); /* NULL: nothing */

/* Begins to follow a group. Events before `since` are never asked for, nor those after `until`
 * (TIME_NONE: open). FOLLOW_NONE: FOLLOW_GROUPS are followed already. */
uint32_t follow_watch(struct follow *f, int64_t since_unix_ms, int64_t until_unix_ms,
                      struct follow_clock now);
/* Its number may be given again. What is under way for it must not be answered any more. */
void follow_unwatch(struct follow *f, uint32_t group);
/* Nothing is asked of it until it is started again, which begins where it was. */
void follow_stop(struct follow *f, uint32_t group);
void follow_start(struct follow *f, uint32_t group, struct follow_clock now);
/* 0: on the screen, asked first; 1: in the background, asked a fifth as often. */
void follow_rank(struct follow *f, uint32_t group, unsigned rank);

struct follow_ask {
    uint32_t group;
    int64_t start_unix_ms, end_unix_ms; /* inclusive; end TIME_NONE: open */
    const char *token;                  /* empty: the first page; borrowed until the answer */
    bool thinned;                       /* only what follow_thin_pattern finds */
};
/* The next call, which then is under way. false: none now; *wait_ms until there may be one, or
 * -1 where an answer must come first. */
bool follow_next(struct follow *f, struct follow_clock now, struct follow_ask *ask,
                 int64_t *wait_ms);
/* The same question without an answer: 0 where follow_next would give a call. */
int64_t follow_wait_ms(struct follow *f, struct follow_clock now);
/* Of thinned asks: start, end and report lines, and what failures are known by. */
const char *follow_thin_pattern(void);
/* Does a thinned ask find this line? */
bool follow_is_thin(struct str message);

/* An event of the answer under way. True: it is new. *late_ms: how much older it is than the
 * newest one that an earlier pass gave; 0 where it is not. */
bool follow_take(struct follow *f, uint32_t group, struct seen_id id, int64_t unix_ms,
                 int64_t *late_ms);
/* An event that was asked for aside of all passes: true where it is new, and known from now on. */
bool follow_know(struct follow *f, uint32_t group, struct seen_id id, int64_t unix_ms);
/* The answer was read to its end; `token` empty: it was the last page. True: the pass finished. */
bool follow_page(struct follow *f, uint32_t group, struct str token, struct follow_clock now);

enum follow_failure {
    FOLLOW_FAILED,    /* no answer, or not to its end: asked again after a pause that grows */
    FOLLOW_THROTTLED, /* the budget is halved as well */
    FOLLOW_BAD_TOKEN, /* the pass begins again where it was */
    FOLLOW_ABSENT,    /* there is no such group: no failure, asked again after half a minute */
    FOLLOW_HELD       /* nobody's fault (credentials): asked again at once when the caller asks */
};
void follow_failed(struct follow *f, uint32_t group, enum follow_failure how,
                   struct follow_clock now);
/* The machine slept, or the user asks: every group is due, and deep. */
void follow_resumed(struct follow *f, struct follow_clock now);

struct follow_state { /* of one group */
    int64_t complete_unix_ms; /* all that was visible then is here; TIME_NONE: no pass finished */
    int64_t reached_unix_ms;  /* how far the pass under way has come; TIME_NONE: none */
    int64_t deep_ms;          /* what a deep pass covers now */
    int64_t retry_mono_ms;    /* backing off until then; 0: not */
    const char *gap_why;      /* of the last gap: static words; NULL: there was none */
    int64_t gap_from_unix_ms; /* nothing was heard since then, and it is being filled; TIME_NONE */
    uint64_t events, late, repeated, pages, passes, gap_events;
    unsigned failures;        /* in a row */
    bool done, in_pass, deep, thinned, absent,
        stuck; /* stuck: the service gives tokens in a circle */
};
void follow_read(const struct follow *f, uint32_t group, struct follow_state *out);
bool follow_is_throttled(const struct follow *f); /* the budget is below the full one */
bool follow_is_done(const struct follow *f);      /* each group is; never but with `once` */

#endif
