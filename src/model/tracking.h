/* The tracker from inside: what its files share. */
#ifndef LAMBDIG_MODEL_TRACKING_H
#define LAMBDIG_MODEL_TRACKING_H

#include "src/base/needles.h"
#include "src/model/finals.h"
#include "src/model/ids.h"
#include "src/model/platform.h"
#include "src/model/streams.h"

enum {
    LINGER_EVENTS = 256,        /* events of the input that an ended attempt waits for more */
    WRAP_LINES = 8,             /* lines that a wrapped REPORT may go on for */
    OBJECT_LINES = 200,         /* lines of one JSON object that was printed over many */
    OBJECT_BYTES = 32 * 1024,
    CLEAN_BYTES = 64 * 1024,    /* of a line with colours; the rest is not looked at */
    FRAGMENT_EVENTS = 1000,     /* at the start of an input; each is read in full */
    BURST_GAP_MS = 1000         /* errors without a request further apart are two records */
};

/* The head of a plain line, to know the next one's at a glance. */
struct known_head {
    char front[48];     /* up to the id; the minute comes first */
    char after[24];     /* from the id to the message */
    uint8_t id_at;      /* 0: none is known */
    uint8_t after_len, decimals;
    int64_t minute_unix_ms;
};
enum { KNOWN_HEADS = 2 }; /* as of levels that take turns */

struct tracker {
    struct streams streams;
    struct finals finals;
    struct ids *ids;
    struct tally *tally;
    struct needles *words;
    struct signs *signs;
    struct tracker_sink sink;
    uint64_t events, unparsed;
    /* a JSON object that came line by line */
    struct stream *object_stream;
    struct buf object;
    struct place object_place;
    int object_depth;
    unsigned object_lines;
    bool object_marked;
    bool object_error; /* the line that opened it was an error's */
    enum level object_level;
    char *clean; /* CLEAN_BYTES */
    struct known_head known[KNOWN_HEADS];
    unsigned learned;
};

/* One line on its way. */
struct line {
    const struct event *event;
    struct stream *stream;
    struct str text;  /* cleaned */
    uint64_t number;  /* in its input */
    uint64_t words;   /* of the tracker's needles */
    enum line_kind kind;
    struct attempt *owner;
    int64_t unix_ms;
};

/* attach.c: which attempt a line belongs to */
void attach_platform(struct tracker *t, struct line *line, struct platform *p);
bool attach_accepts(struct tracker *t, const struct line *line, const struct platform *p);
struct attempt *attach_by_id(struct stream *stream, struct str id);
struct attempt *attach_new(struct tracker *t, struct line *line, struct str id, bool started);
struct attempt *attach_pending(struct tracker *t, struct line *line);
void attach_touch(struct attempt *a, const struct line *line);
void attach_settle(struct tracker *t, struct attempt *a);
void attach_set_id(struct attempt *a, struct str id);

/* foreign.c: an END or REPORT with another id than the open START's */
/* The attempt whose START named `id` while it goes by another; NULL: none. */
struct attempt *foreign_find(struct stream *stream, struct str id);
void foreign_rename(struct tracker *t, struct attempt *a, struct str id);
/* `p` is an END or REPORT that was found to mean `a`: by a's own id, what others ended is undone. */
void foreign_on_own_end(struct tracker *t, struct attempt *a, const struct platform *p);
/* A START came while `a` was open. */
void foreign_shadow(struct attempt *a);
/* Whether it ended is open until the running request's own END, or the next START. */
bool foreign_is_open(const struct attempt *a);

/* applines.c: the lines that the function's own code wrote */
void app_line(struct tracker *t, struct line *line);
/* The attempt of the stream that a line with this id, or none, belongs to; NULL: not known. */
struct attempt *app_find_owner(struct stream *stream, struct str id, bool from_json);
/* Ends the error that is being read: it goes to its owner, else to `claimant`, else it makes
 * every open attempt of the stream suspect. */
void app_flush_error(struct tracker *t, struct stream *stream, struct attempt *claimant);
void app_drop_object(struct tracker *t);
/* The input ends: an object that was cut off is read as far as it came. */
void app_end_object(struct tracker *t);
extern const struct str app_words[];
extern const size_t app_word_count;
#define WORDS_PLATFORM 13 /* the first of app_words are the platform's */

/* plain.c: lines without any word of interest */
struct plain_run { /* what is left of a run of them */
    struct str lines;
    uint64_t number;  /* of the first */
    uint32_t left;
    bool is_event;    /* one event, whatever line ends it holds */
    bool was_looked_at, odd;
    bool owner_known; /* of lines with this id */
    struct str id;
    struct attempt *owner;
};
/* Takes the next line off the run: its text and number. */
void plain_take(struct plain_run *run, struct line *line);
/* Puts a line to its owner; one without owner is only remembered as the line before. */
void plain_give(struct tracker *t, struct line *line);
/* All of the run, in a stream where at most one request is open. */
void plain_give_run(struct tracker *t, struct line *line, struct plain_run *run);
/* The next line, to the request that its head names, and with it those that are headed alike.
 * false: nothing is done, the next line must be read in full. */
bool plain_give_by_id(struct tracker *t, struct line *line, struct plain_run *run);

static inline struct place line_place(const struct line *line)
{
    return (struct place){line->number, line->event->input};
}

#endif
