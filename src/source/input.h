/* One exported log: its bytes, the form they have, and the next batch of events. A file that
 * waits its turn is parked: only its name, form and first time are kept. One thread. */
#ifndef LAMBDIG_SOURCE_INPUT_H
#define LAMBDIG_SOURCE_INPUT_H

#include "src/source/bytes.h"
#include "src/source/format.h"
#include "src/source/turned.h"

struct file_id { /* which file it was */
    uint64_t device, node;
};

struct input {
    const char *what, *path;     /* borrowed; see struct bytes */
    uint32_t number;
    struct window window;
    const struct needles *words; /* borrowed from the sink; NULL until one was seen */
    struct bytes bytes;
    struct reader *reader;       /* NULL: parked, or never begun */
    const struct format *format; /* NULL: not found out yet */
    struct turned *turned;       /* it comes newest first */
    bool order_known, was_turned;
    bool giving;                 /* a part of it: more than the ceiling allows at once */
    unsigned parts;              /* so far */
    size_t next;           /* first event of the batch that was not handed over yet */
    struct reader_form form; /* for reading it again */
    struct file_id file;     /* the same */
    bool begun, done, failed;
    bool regular, packed;
    int64_t first_unix_ms; /* TIME_NONE: its events carry no time */
    uint64_t lines, byte_count, cut, garbled; /* up to here; kept when it ends */
};

/* Reading ahead room: a block for one file, less for each of many. */
struct input_room {
    size_t block, max;
};

/* Opens it. false: err. */
bool input_open(struct input *in, const struct input_room *room, struct err *err) MUST_USE;
void input_close(struct input *in); /* frees what it holds open; the rest stands */

/* A new input over the same file and form, to be read from anywhere: `out` is closed when this
 * returns false (err: it is gone, or another file stands in its place). */
bool input_open_again(struct input *out, const struct input *of, const struct input_room *room,
                      struct err *err) MUST_USE;
/* Goes on with the event at `from`. `stop`: see bytes_go. */
bool input_go(struct input *in, const struct again_from *from, bool (*stop)(void *ctx), void *ctx,
              struct err *err) MUST_USE;
/* Can it be opened again and read from any place? Its form must be known. */
bool input_reads_again(const struct input *in);

enum input_state {
    INPUT_EVENTS,  /* reader->events[next .. count) wait; after input_begin: the form is known */
    INPUT_NOTHING, /* nothing within wait_ms */
    INPUT_BUSY,    /* much was read and nothing of it lies in the window: call again */
    INPUT_DONE,    /* all was handed over; err may say what is missing */
    INPUT_FAILED   /* it can't be used at all: err */
};
/* Reads its head and finds out the form. */
enum input_state input_begin(struct input *in, const struct wake *wake, int wait_ms,
                             struct err *err);

/* Begins where that was not done, and fills the next batch once the last is handed over. With
 * INPUT_DONE `err` is set (ERR_INPUT_PARTIAL) when the input ended early or part of it was garbled.
 */
enum input_state input_fill(struct input *in, const struct wake *wake, int wait_ms,
                            struct err *err);

/* Brings lines, byte_count, cut and garbled up to date. */
void input_count(struct input *in);

/* The first time in the batch that waits; TIME_NONE: none of its events has one. */
int64_t input_first_time(const struct input *in);

#endif
