/* Log events out of JSON, without a tree and without allocation per event: the answers of
 * FilterLogEvents, GetLogEvents and GetQueryResults, a session update of StartLiveTail, and
 * the payload of a subscription. One pass over base/jscan; an ill-formed escape, an
 * unknown key or a number of any length inside one event costs nothing but itself. Pure. */
#ifndef LAMBDIG_AWS_LOGS_H
#define LAMBDIG_AWS_LOGS_H

#include "src/aws/call.h"
#include "src/base/jscan.h"
#include "src/model/event.h"

enum logs_item {
    LOGS_EVENT,  /* *out is a log event */
    LOGS_OTHER,  /* a JSON value that is no log event */
    LOGS_BROKEN, /* no JSON */
    LOGS_CUT     /* the bytes end inside the value */
};

/* Reads the value at the front of `bytes` (no blanks before it); *len is how long it is. Forms:
 * an event object; a row of GetQueryResults ([{field, value}...], or an object with @message);
 * a pair [milliseconds, message] as `--query events[].[timestamp,message]` makes it. What `out`
 * holds is borrowed from `bytes`, decoded text from `text`, where it is appended (at most three
 * times `len` bytes; a `text` that must grow for it moves what was decoded before). */
enum logs_item logs_read_item(struct str bytes, struct buf *text, struct event *out, size_t *len);

/* An event of which nothing is known: no run is NULL, no time is 0. */
struct event logs_no_event(void);

/* Is this the key of a list of log events in an answer? */
bool logs_is_list_key(struct str key);

/* `bytes` begin with something broken: how far it is to what may be the next element of the
 * list; bytes.len: there is none. */
size_t logs_find_next(struct str bytes);

/* The name of the function: of the group /aws/lambda/NAME, else of a stream
 * YYYY/MM/DD/NAME[VERSION]ID as a shared group has it. Empty: neither says. Borrowed from them. */
struct str logs_function_of(struct str group, struct str stream);

/* ---- one whole answer ---- */

struct logs_page {
    struct jscan scan;
    struct buf *text;      /* borrowed; cleared by logs_page_next */
    struct str next_token; /* nextToken or nextForwardToken once it was passed; raw */
    bool in_list, cut;     /* cut: the page ends early */
    bool keep;             /* set by the caller: texts of all events stay until the page's end */
    unsigned broken;       /* elements that could not be read */
};

void logs_page_init(struct logs_page *page, struct str body, struct buf *text);
/* The next event, borrowed until the next call. false: no further one. Unless page->cut, the
 * token is known then. */
bool logs_page_next(struct logs_page *page, struct event *out);

/* ---- what is asked ---- */

#define LOGS_PAGE_EVENTS 10000 /* the most that one page may have */

struct logs_filter { /* empty strings: not given */
    const char *group, *stream; /* stream: this one alone; else all, also those that come later */
    int64_t start_unix_ms, end_unix_ms; /* inclusive; TIME_NONE: open */
    const char *pattern, *token;
    int limit;                  /* 0: LOGS_PAGE_EVENTS */
};
/* FilterLogEvents. The call is the caller's to release or to send. */
void logs_ask_events(struct call *out, const struct logs_filter *filter);

/* DescribeLogGroups of those whose names begin so. */
void logs_ask_groups(struct call *out, const char *prefix, const char *token);

enum logs_class { LOGS_CLASS_STANDARD, LOGS_CLASS_INFREQUENT, LOGS_CLASS_DELIVERY };
struct logs_group {
    char name[513];
    enum logs_class class;
    int64_t retention_days; /* ABSENT: kept for ever */
    int64_t created_unix_ms; /* TIME_NONE */
};
/* The group of that name in an answer of DescribeLogGroups. *found false: it has none; then
 * next_token (may be empty) says whether a further page is to be asked. */
bool logs_decode_group(struct str body, const char *name, struct logs_group *out, bool *found,
                       char *next_token, size_t size, struct err *err) MUST_USE;

#endif
