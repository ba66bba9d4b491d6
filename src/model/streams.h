/* The streams of the input and the attempts that are open in them. Internal to the tracker:
 * fixed ceilings, what is pushed out is handed to `closed`, which must end the attempt. */
#ifndef LAMBDIG_MODEL_STREAMS_H
#define LAMBDIG_MODEL_STREAMS_H

#include "src/model/evidence.h"
#include "src/model/tally.h"

enum {
    STREAMS_MAX = 4096,      /* the one that was silent for longest gives way */
    ATTEMPTS_MAX = 1024,     /* open or lingering, all streams; the oldest gives way */
    STREAM_ATTEMPTS_MAX = 96 /* of these in one stream */
};

struct attempt {
    struct stream *stream;
    uint64_t seq, id_hash;
    uint64_t ended_at; /* by the tracker's count of events; 0: still open */
    struct final *final; /* its place among the ended ones */
    bool shown;        /* a provisional verdict was handed over */
    bool pending;      /* its lines belong to no request yet */
    bool has_uuid;     /* its id has the form of one */
    /* foreign.c: the id that its START named, while it goes by that of another's END or REPORT */
    bool renamed, shaped;  /* shaped: that REPORT was complete */
    bool guest;            /* no START, ended while another request was running */
    bool shadowed;         /* a START came while it was open: its own END is waited for, no line is its */
    uint32_t own_attempt;
    uint64_t own_hash;
    struct text_ref own_id;
    struct attempt *older, *newer;     /* all attempts by birth */
    struct evidence e;
};

struct stream {
    uint64_t key;
    bool nameless;    /* neither stream nor group nor function is known: all lines of one input */
    uint32_t input;   /* of its first event */
    bool named;       /* a real log stream: one sandbox, one request at a time in text form */
    bool emulated;    /* an emulator's: its figures of memory mean nothing */
    bool json;        /* writes platform events as JSON: requests may interleave */
    uint16_t open;    /* attempts that are not ended, without shadowed and pending ones */
    uint16_t count;   /* open and lingering ones */
    struct attempt *attempts[STREAM_ATTEMPTS_MAX];
    uint32_t marks[STREAM_ATTEMPTS_MAX]; /* of their id_hash, to look through them quickly */
    struct attempt *pending;
    struct attempt *last;   /* whom the last line belonged to; may be NULL */
    struct attempt *ended;  /* the last one that ended here and still lingers */
    bool has_guests, has_shadowed; /* foreign.c: there may be some */
    /* of an event that came late: the attempt that ran at its time, NULL where none is known */
    bool by_time;
    struct attempt *at_time;
    struct attempt *running; /* of the last START: its own END and REPORT are expected */
    struct tally_function *function;
    /* the error that is being read */
    bool reading;
    struct attempt *error_owner;
    struct place error_place;
    uint64_t error_at;
    struct exception error;
    /* a REPORT that may go on in the next lines */
    struct attempt *wrapped;
    unsigned wrapped_lines;
    /* a death whose type stands in the next line */
    struct attempt *dying;
    char previous[LAST_LINE_MAX]; /* the line before, when no attempt keeps it */
    uint16_t previous_len;
    struct str name, group, function_name; /* of the bytes that follow */
    char name_bytes[160], group_bytes[240], function_bytes[141];
    struct stream *older, *newer; /* by last use */
};

struct streams {
    void *ctx;
    void (*closed)(void *ctx, struct attempt *attempt); /* calls streams_drop in the end */
    struct stream *slots[STREAMS_MAX * 2];
    size_t stream_count, attempt_count;
    struct stream *oldest, *newest, *last_used;
    struct attempt *oldest_attempt, *newest_attempt, *free_attempts;
    uint64_t next_seq;
};

void streams_init(struct streams *s, void *ctx, void (*closed)(void *ctx, struct attempt *attempt));
void streams_release(struct streams *s);
struct stream *streams_find(struct streams *s, struct tally *tally, const struct event *event);
/* A new open attempt, not yet in stream->pending; its evidence is clear. */
struct attempt *streams_open(struct streams *s, struct stream *stream);
/* Takes the attempt out of its stream and frees it. */
void streams_drop(struct streams *s, struct attempt *attempt);

/* Sets its id_hash. */
void stream_set_hash(struct attempt *attempt, uint64_t id_hash);
/* The newest attempt of that id, open ones first; NULL: none. */
struct attempt *stream_find_id(struct stream *stream, uint64_t id_hash, struct str id);
/* The one attempt that is open; NULL: none or several. */
struct attempt *stream_only_open(struct stream *stream);
/* A line that became visible after newer ones of its stream is not the open attempt's for being
 * the last to come: until it is placed otherwise stream_only_open gives whose time it lies in. */
void stream_place_late(struct stream *stream, int64_t unix_ms);

#endif
