#include "src/source/input.h"

#include <stdio.h>
#include <sys/stat.h>

#define SETTLED_BYTES (64u * 1024u) /* enough of a pipe to find its form */
#define BUSY_BLOCKS 16              /* read without an event before the caller gets a turn */

bool input_open(struct input *in, const struct input_room *room, struct err *err)
{
    if (!bytes_open(&in->bytes, in->what, in->path, room->block, room->max, err))
        return false;
    in->reader = reader_new(in->number, &in->window);
    in->format = NULL;
    in->begun = in->order_known = in->giving = false;
    in->parts = 0;
    in->next = 0;
    return true;
}

static struct file_id file_of(const struct bytes *b)
{
    struct stat st;
    if (fstat(b->fd, &st) != 0)
        return (struct file_id){0, 0};
    return (struct file_id){(uint64_t)st.st_dev, (uint64_t)st.st_ino};
}

bool input_reads_again(const struct input *in)
{
    return in->regular && in->format && !in->was_turned && strcmp(in->path, "-") != 0;
}

bool input_open_again(struct input *out, const struct input *of, const struct input_room *room,
                      struct err *err)
{
    *out = (struct input){.what = of->what,
                          .path = of->path,
                          .number = of->number,
                          .window = of->window,
                          .form = of->form,
                          .regular = true,
                          .packed = of->packed};
    if (!input_reads_again(of))
        return err_set(err, ERR_NOT_FOUND, "reading %s: %s: it cannot be read again", of->what,
                       of->path);
    if (!input_open(out, room, err))
        return false;
    struct file_id now = file_of(&out->bytes);
    out->format = of->format;
    out->begun = out->order_known = true;
    if (now.device == of->file.device && now.node == of->file.node)
        return true;
    input_close(out);
    return err_set(err, ERR_NOT_FOUND, "reading %s: %s: another file stands there now", of->what,
                   of->path);
}

/* Lines that go on from the event before know its group by the name of the function alone. */
static void seed(struct reader *r, const struct again_from *from)
{
    int len = snprintf(r->kept_group, sizeof r->kept_group, "/aws/lambda/%.*s",
                       (int)from->function.len, from->function.at ? from->function.at : "");
    r->group = from->function.len && len > 0 && (size_t)len < sizeof r->kept_group
                   ? (struct str){r->kept_group, (size_t)len} : STR_NONE;
    r->stream = from->log_stream;
    r->unix_ms = from->unix_ms;
    r->lines = from->line ? from->line - 1 : 0;
    r->skipping = r->cut_short = false;
    r->holds_events = true;
    reader_reset(r);
}

bool input_go(struct input *in, const struct again_from *from, bool (*stop)(void *ctx), void *ctx,
              struct err *err)
{
    struct reader *r = in->reader;
    in->next = r->count = 0;
    in->done = false;
    r->taken = 0;
    r->form = in->form;
    seed(r, from);
    return bytes_go(&in->bytes, from->place, stop, ctx, err);
}

void input_close(struct input *in)
{
    bytes_close(&in->bytes);
    reader_free(in->reader);
    in->reader = NULL;
    turned_free(in->turned);
    in->turned = NULL;
}

void input_count(struct input *in)
{
    if (!in->reader)
        return;
    in->lines = in->reader->lines;
    in->cut = in->reader->cut;
    in->garbled = in->reader->garbled;
    in->byte_count = in->bytes.offset + in->reader->taken; /* unpacked */
}

static bool has_whole_line(struct str head)
{
    struct str text = str_trim_left(head);
    return str_find_char(text, '\n') != SIZE_MAX;
}

/* Reads until the form can be told: a full block of a file; of a pipe what came at once. */
static enum bytes_state read_head(struct input *in, const struct wake *wake, int wait_ms)
{
    struct bytes *b = &in->bytes;
    for (;;) {
        size_t have = bytes_here(b).len;
        if (!b->regular && have >= SETTLED_BYTES)
            return BYTES_CAME;
        bool has_line = !b->regular && has_whole_line(bytes_here(b));
        enum bytes_state state = bytes_more(b, wake, has_line ? 0 : wait_ms);
        if (state == BYTES_NOTHING)
            return has_line ? BYTES_CAME : BYTES_NOTHING;
        if (state != BYTES_CAME || bytes_here(b).len == b->room)
            return state;
    }
}

static bool fail_unreadable(struct input *in, struct err *err)
{
    struct err *trouble = &in->bytes.trouble;
    if (trouble->code == ERR_NONE)
        return err_set(err, ERR_INPUT_EMPTY, "reading %s: %s: it is empty", in->what,
                       in->bytes.path);
    /* Nothing at all could be read: not a part, but no input. */
    err_set(err, ERR_INPUT_FORMAT, "%s", trouble->text);
    return err_advise(err, "export it again");
}

static bool begin(struct input *in, struct err *err)
{
    struct str head = bytes_here(&in->bytes);
    if (head.len == 0)
        return fail_unreadable(in, err);
    if (str_starts(head, STR("\xEF\xBB\xBF"))) {
        bytes_take(&in->bytes, 3);
        head = bytes_here(&in->bytes);
    }
    bool whole = in->bytes.ended && in->bytes.trouble.code == ERR_NONE;
    in->format = format_find(in->reader, head, whole, &in->bytes, err);
    in->begun = in->format != NULL;
    in->form = in->reader->form;
    in->regular = in->bytes.regular;
    in->file = file_of(&in->bytes);
    in->packed = in->bytes.gzip;
    return in->begun;
}

enum input_state input_begin(struct input *in, const struct wake *wake, int wait_ms,
                             struct err *err)
{
    if (in->begun)
        return INPUT_EVENTS;
    if (read_head(in, wake, wait_ms) == BYTES_NOTHING)
        return INPUT_NOTHING;
    return begin(in, err) ? INPUT_EVENTS : INPUT_FAILED;
}

/* Hands the reader what is there; true: it made events. */
static bool read_batch(struct input *in, bool full)
{
    struct reader *r = in->reader;
    r->bytes = bytes_here(&in->bytes);
    r->offset = in->bytes.offset;
    r->at_end = in->bytes.ended;
    r->full = full;
    r->words = in->words;
    in->format->read(r);
    in->next = 0;
    return r->count > 0;
}

/* The batch is gone: what it used of the bytes may go as well. */
static void let_go(struct input *in)
{
    reader_reset(in->reader);
    bytes_take(&in->bytes, in->reader->taken);
    in->reader->taken = 0;
}

/* What is missing of an input that was read to its end. */
static void tell_missing(const struct input *in, struct err *err)
{
    const struct reader *r = in->reader;
    const char *what = in->what, *path = in->bytes.path, *form = in->format->name;
    if (in->bytes.trouble.code != ERR_NONE)
        *err = in->bytes.trouble;
    else if (r->cut_short)
        err_set(err, ERR_INPUT_PARTIAL, "reading %s: %s: the %s is cut short", what, path, form);
    else if (in->parts > 0)
        err_set(err, ERR_CEILING,
                "reading %s: %s: newest first, and over %u MiB: turned in %u parts", what, path,
                TURNED_BYTES_MAX >> 20, in->parts + 1);
    else if (r->garbled > 0)
        err_set(err, ERR_INPUT_PARTIAL, "reading %s: %s: %llu parts of the %s are garbled", what,
                path, (unsigned long long)r->garbled, form);
}

static enum input_state finish(struct input *in, struct err *err)
{
    /* Of a text that is cut, what would have shown it to be a log may be missing. */
    bool excused = in->format == &format_raw && in->bytes.trouble.code != ERR_NONE;
    bool nothing = in->format->must_hold && !in->reader->holds_events && !excused;
    in->done = true;
    input_count(in);
    if (!nothing) {
        tell_missing(in, err);
        return INPUT_DONE;
    }
    err_set(err, ERR_INPUT_FORMAT, "reading %s: %s: %s that holds no log events", in->what,
            in->bytes.path, in->format->name);
    return INPUT_FAILED;
}

/* The first batch shows whether the input comes newest first. */
static bool must_turn(struct input *in)
{
    const struct reader *r = in->reader;
    if (!in->order_known && in->format->may_be_turned && turned_is_needed(r->events, r->count))
        in->turned = turned_new();
    in->was_turned |= in->turned != NULL;
    in->order_known = true;
    return in->turned != NULL;
}

static bool give_turned(struct input *in)
{
    struct reader *r = in->reader;
    if (!in->turned)
        return false;
    reader_reset(r);
    r->count = turned_take(in->turned, r->events, READER_BATCH);
    in->next = 0;
    return r->count > 0;
}

/* One batch out of the bytes that are there. false: there is none to hand over. */
static bool fill_batch(struct input *in, bool full)
{
    for (;;) {
        let_go(in);
        if (!read_batch(in, full)) {
            let_go(in);
            return false;
        }
        if (!in->order_known && in->reader->count > 0)
            in->form = in->reader->form; /* as it is among events */
        if (!must_turn(in))
            return true;
        if (!turned_add(in->turned, in->reader->events, in->reader->count)) {
            in->giving = true;
            in->parts++;
            let_go(in);
            return give_turned(in);
        }
    }
}

enum input_state input_fill(struct input *in, const struct wake *wake, int wait_ms, struct err *err)
{
    enum input_state begun = input_begin(in, wake, wait_ms, err);
    if (begun != INPUT_EVENTS)
        return begun;
    if (in->next < in->reader->count || (in->giving && give_turned(in)))
        return INPUT_EVENTS;
    in->giving = false;
    bool full = false;
    for (int block = 0; block < BUSY_BLOCKS; block++) {
        if (fill_batch(in, full))
            return INPUT_EVENTS;
        if (in->bytes.ended)
            return give_turned(in) ? INPUT_EVENTS : finish(in, err);
        enum bytes_state state = bytes_more(&in->bytes, wake, wait_ms);
        if (state == BYTES_NOTHING)
            return INPUT_NOTHING;
        full = state == BYTES_FULL;
    }
    return INPUT_BUSY;
}

int64_t input_first_time(const struct input *in)
{
    for (size_t i = in->next; i < in->reader->count; i++)
        if (in->reader->events[i].unix_ms != TIME_NONE)
            return in->reader->events[i].unix_ms;
    return TIME_NONE;
}
