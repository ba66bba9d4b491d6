/* What a format reads from and into: the bytes that are there, and one batch of events. The
 * bytes stay where they are until the batch was handed over, so events borrow from them.
 *
 * A format's read function takes whole items off the front of the bytes until the batch is full
 * or what is left is no whole item; it adds no event when it wants more bytes first. With
 * `at_end` nothing more will come, with `full` no more fits: then it takes what is there, cut at
 * READER_MESSAGE_MAX. reader_reset, then the next read. */
#ifndef LAMBDIG_SOURCE_READER_H
#define LAMBDIG_SOURCE_READER_H

#include "src/base/buf.h"
#include "src/source/prefix.h"
#include "src/source/source.h"

#define READER_BATCH 64
#define READER_QUIET_MAX (64u * 1024u) /* bytes of a run of lines without a word */
#define READER_MESSAGE_MAX (256u * 1024u) /* a longer message is cut there, and counted */

#define READER_JSON_DEPTH 4
enum json_place {  /* where a JSON input stands between two items */
    JSON_TOP,      /* between top-level values */
    JSON_ENVELOPE, /* among the keys of an answer */
    JSON_LIST      /* among the elements of its list, or of a top-level array */
};

#define READER_COLUMNS 32

/* What a format has found out about its input, and needs for going on in the middle of it. */
struct reader_form {
    struct prefix_shape shape;
    uint8_t json_places[READER_JSON_DEPTH]; /* enum json_place, outermost first */
    size_t json_depth;
    size_t column_count;      /* of a CSV or table header */
    uint8_t columns[READER_COLUMNS];
};

struct reader {
    /* in */
    struct str bytes;   /* from the input's place `offset` on */
    uint64_t offset;
    bool at_end, full;
    struct window window;
    uint32_t input;
    const struct needles *words; /* NULL: each line is an event; see struct sink */

    /* out */
    struct event events[READER_BATCH];
    size_t count, taken;
    struct buf text;    /* decoded messages of this batch; never grows while it is borrowed */
    uint64_t lines;     /* physical lines, or items, so far */
    uint64_t cut;       /* messages that were cut */
    uint64_t garbled;   /* items that could not be read */
    bool cut_short;     /* the input ends inside an item */
    bool holds_events;  /* something was seen that can hold log events */

    /* kept between batches */
    bool skipping;      /* the rest of a line that was cut */
    uint64_t wordy_place; /* where a line begins that is known to hold a word */
    struct stamp_memory stamps;
    int64_t unix_ms;    /* of the event that a line without prefix continues */
    struct str stream, group; /* of that event; in the bytes, or in the copies below */
    struct str function;      /* part of one of the two */
    char kept_stream[513], kept_group[513];
    struct reader_form form;
};

/* One line without its end. `place` is its offset in the input, `number` from 1 on. */
struct line {
    struct str text;
    uint64_t number, place;
};

struct reader *reader_new(uint32_t input, const struct window *window);
void reader_free(struct reader *r); /* NULL: nothing */

/* The next line. false: what is left is no whole line. */
bool reader_take_line(struct reader *r, struct line *line);
/* The lines up to the next that holds a word, as one run; false: none, take a line. Only with
 * `words`, and only where lines need no look for themselves. */
bool reader_take_quiet(struct reader *r, struct line *run, uint32_t *lines);
/* Takes back what was taken since `mark`, for a reader that must see more first. */
struct reader_mark {
    size_t taken;
    uint64_t lines, cut;
};
static inline struct reader_mark reader_mark(const struct reader *r)
{
    return (struct reader_mark){r->taken, r->lines, r->cut};
}
static inline void reader_return(struct reader *r, struct reader_mark mark)
{
    r->taken = mark.taken;
    r->lines = mark.lines;
    r->cut = mark.cut;
}

static inline struct str reader_rest(const struct reader *r)
{
    return str_from(r->bytes, r->taken);
}

/* A message as events carry it: without the line ends that a log keeps behind it. */
static inline struct str reader_without_line_end(struct str message)
{
    while (message.len > 0 &&
           (message.at[message.len - 1] == '\n' || message.at[message.len - 1] == '\r'))
        message.len--;
    return message;
}

/* Adds an event unless the window leaves it out. A message over the ceiling is cut. */
void reader_add(struct reader *r, const struct event *event);

/* True when `len` more bytes can be decoded without moving what the batch borrows. */
static inline bool reader_has_text_room(const struct reader *r, size_t len)
{
    return r->text.room - r->text.len >= len;
}
/* Makes room for `len` decoded bytes while nothing borrows (count is 0). */
void reader_make_text_room(struct reader *r, size_t len);

/* The batch was handed over: empties it. Stream and group are copied, since the bytes that they
 * lie in may move now. */
void reader_reset(struct reader *r);

#endif
