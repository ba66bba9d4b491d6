/* The filters of the log: a stack of them, all of which a line must pass. Some ask about the
 * line's invocation, some about its text. UI thread. */
#ifndef LAMBDIG_UI_FILTER_H
#define LAMBDIG_UI_FILTER_H

#include "src/base/match.h"
#include "ui/groups.h"

#define FILTERS_MAX 8

enum filter_kind {
    FILTER_CLASS,
    FILTER_FAILED, /* any class that is a failure */
    FILTER_FLAG,
    FILTER_REQUEST,
    FILTER_SINCE, /* lines from an instant on; those without a time stay */
    FILTER_UNTIL,
    FILTER_TEXT
};

struct filter {
    enum filter_kind kind;
    bool inverse;
    uint8_t class; /* FILTER_CLASS */
    uint8_t flag;  /* FILTER_FLAG: enum group_flag */
    int64_t unix_ms; /* FILTER_SINCE, FILTER_UNTIL */
    struct match *match;
    char word[204]; /* as the status shows it, without `&` */
};

struct filters {
    struct filter items[FILTERS_MAX];
    int count;
    uint32_t function; /* UINT32_MAX: all */
};

void filters_release(struct filters *f);
/* Adds what was typed: `timeout`-like words only behind `class:` (tag or name) or `flag:` (cold,
 * at-limit, slow, trace, failed), a request id's start behind `id:`, else a PCRE2 pattern; `!` in
 * front turns it round. false: err says what is wrong with it. */
bool filters_add(struct filters *f, struct str typed, struct err *err) MUST_USE;
/* The same for a word of the class menu: a class or a flag; it replaces an earlier one, `all` just
 * takes that away. */
bool filters_choose(struct filters *f, struct str word, struct err *err) MUST_USE;
/* A window in time (kind SINCE or UNTIL); it replaces an earlier one of its kind; TIME_NONE just
 * takes that away. `word`: how the status shows the instant. */
bool filters_set_time(struct filters *f, enum filter_kind kind, int64_t unix_ms, struct str word,
                      struct err *err) MUST_USE;
/* false: there was none. */
bool filters_drop(struct filters *f);

/* Does it ask about the invocation, about the text? */
bool filters_ask_group(const struct filters *f);
bool filters_ask_text(const struct filters *f);
/* group NULL: a line of no invocation. Reads the store for `id:` only. */
bool filters_want_group(const struct filters *f, struct store *store, uint64_t invocation,
                        struct group *group);
bool filters_want_time(const struct filters *f, int64_t unix_ms);
bool filters_want_text(const struct filters *f, struct str text);

/* `&class:TMO  &!/retry/` */
void filters_text(const struct filters *f, struct buf *out);

#endif
