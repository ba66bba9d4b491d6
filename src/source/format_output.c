/* What `aws logs filter-log-events` and `get-log-events` print with --output text: a row an event,
 * its fields in the order of their names and a TAB between:
 *
 *     EVENTS <eventId> <ingestionTime> <logStreamName> <message> <timestamp>
 *     EVENTS <ingestionTime> <message> <timestamp>
 *
 * The message stands there as it is, with its own TABs and line ends, so that its end shows only
 * by what follows. `--query 'events[]'` leaves out the first word. Made with awscli 1.44. */
#include "src/aws/logs.h"
#include "src/source/format.h"

#define EPOCH_DIGITS 13
#define EVENT_ID_DIGITS_MIN 40 /* an eventId has 56 */
#define HEAD_LINES 4           /* tokens and streams may stand before the first event */

static size_t digits_of(struct str s)
{
    size_t len = 0;
    while (len < s.len && s.at[len] >= '0' && s.at[len] <= '9')
        len++;
    return len;
}

static bool take_digits(struct str *s, size_t min, size_t max, struct str *out)
{
    size_t len = digits_of(*s);
    if (len < min || len > max || len == s->len || s->at[len] != '\t')
        return false;
    *out = str_first(*s, len);
    *s = str_from(*s, len + 1);
    return true;
}

struct row {
    struct str id, ingestion, stream;
};

/* Moves past what stands before the message. */
static bool take_row_head(struct str *s, struct row *row)
{
    struct str rest = *s;
    *row = (struct row){STR_NONE, STR_NONE, STR_NONE};
    bool named = str_skip(&rest, STR("EVENTS\t"));
    bool has_id = take_digits(&rest, EVENT_ID_DIGITS_MIN, 100, &row->id);
    if ((!named && !has_id) || !take_digits(&rest, EPOCH_DIGITS, EPOCH_DIGITS, &row->ingestion))
        return false;
    if (has_id)
        row->stream = str_take_until(&rest, '\t');
    *s = rest;
    return true;
}

/* What an answer holds besides its events. */
static bool is_furniture(struct str line)
{
    return str_starts(line, STR("SEARCHEDLOGSTREAMS\t")) || str_starts(line, STR("NEXTTOKEN\t")) ||
           (str_starts(line, STR("b/")) && str_find(line, STR("\tf/")) != SIZE_MAX);
}

/* Lines end at LF alone: a CR inside a message is part of it. */
static struct str take_physical_line(struct str *s)
{
    struct str line = str_take_until(s, '\n');
    return line.len > 0 && line.at[line.len - 1] == '\r' ? str_first(line, line.len - 1) : line;
}

static bool begins_other(struct str s)
{
    struct row row;
    return s.len == 0 || take_row_head(&s, &row) || is_furniture(take_physical_line(&s));
}

static bool ends_in_stamp(struct str line, struct str *stamp)
{
    if (line.len < EPOCH_DIGITS + 1 || line.at[line.len - EPOCH_DIGITS - 1] != '\t')
        return false;
    *stamp = str_from(line, line.len - EPOCH_DIGITS);
    return digits_of(*stamp) == EPOCH_DIGITS;
}

struct item {
    struct str message, stamp, rest;
    uint64_t lines;
};

/* Is the next line there as a whole? */
static bool has_line(struct str s, bool at_end)
{
    return at_end || str_find_char(s, '\n') != SIZE_MAX;
}

/* From the message on. A message mostly ends its line itself, and the time has a line of its
 * own; else what follows decides. false: the end does not stand in `s`. */
static bool find_end(struct str s, bool at_end, struct item *item)
{
    item->rest = s;
    item->lines = 0;
    while (item->rest.len > 0 && has_line(item->rest, at_end)) {
        struct str line = take_physical_line(&item->rest);
        item->lines++;
        if (!ends_in_stamp(line, &item->stamp))
            continue;
        item->message = str_first(s, (size_t)(item->stamp.at - 1 - s.at));
        if (line.len == EPOCH_DIGITS + 1)
            return true;
        if (!has_line(item->rest, at_end))
            return false;
        if (begins_other(item->rest))
            return true;
    }
    return false;
}

static int output_looks(struct reader *r, struct str head, bool whole)
{
    (void)r, (void)whole;
    for (int i = 0; i < HEAD_LINES && head.len > 0; i++) {
        struct str line = take_physical_line(&head);
        if (begins_other(line) && line.len > 0)
            return 97;
    }
    return 0;
}

static void add_message(struct reader *r, const struct row *row, struct str message)
{
    struct event e = logs_no_event();
    e.id = row->id;
    e.log_stream = r->stream;
    e.function = r->function;
    e.unix_ms = r->unix_ms;
    stamp_of(row->ingestion, &e.ingestion_ms);
    e.message = reader_without_line_end(message);
    e.line = r->lines + 1;
    e.place = r->offset + r->taken;
    reader_add(r, &e);
}

/* A token of the answer stands alone on the first line. */
static bool is_token(const struct reader *r, struct str line)
{
    return r->lines == 0 && str_find_char(line, ' ') == SIZE_MAX;
}

/* Furniture is passed; any other line goes on with the event before. */
static bool take_other_line(struct reader *r)
{
    struct row none = {STR_NONE, STR_NONE, STR_NONE};
    struct str rest = reader_rest(r);
    if (!has_line(rest, r->at_end || r->full))
        return false;
    struct str line = take_physical_line(&rest);
    if (line.len > 0 && !is_token(r, line) && !is_furniture(line))
        add_message(r, &none, line);
    r->lines++;
    r->taken = r->bytes.len - rest.len;
    return true;
}

static bool take_event(struct reader *r, const struct row *row, struct str body)
{
    struct item item = {0};
    bool ended = find_end(body, r->at_end, &item);
    if (!ended && !r->at_end && !r->full)
        return false;
    r->stream = row->stream;
    r->function = logs_function_of(STR_NONE, r->stream);
    stamp_of(ended ? item.stamp : row->ingestion, &r->unix_ms);
    if (!ended) { /* its own lines are read one by one from here on */
        r->cut_short |= r->at_end;
        r->garbled += !r->at_end;
        item.rest = body;
        item.message = take_physical_line(&item.rest);
        item.lines = 1;
    }
    add_message(r, row, item.message);
    r->lines += item.lines;
    r->taken = r->bytes.len - item.rest.len;
    return true;
}

static void output_read(struct reader *r)
{
    bool more = true;
    while (more && r->count < READER_BATCH && r->taken < r->bytes.len) {
        struct row row;
        struct str body = reader_rest(r);
        more = take_row_head(&body, &row) ? take_event(r, &row, body) : take_other_line(r);
    }
}

const struct format format_output = {
    .name = "text output", .looks = output_looks, .read = output_read, .has_times = true};
