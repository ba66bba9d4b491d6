/* CSV as the consoles of Logs Insights (@timestamp,@message,...) and of the log events page
 * (timestamp,message) download it. RFC 4180: a quoted field may hold commas, doubled quotes and
 * line ends. A quote that is never closed costs its own line only. */
#include "src/aws/logs.h"
#include "src/source/format.h"

/* What the columns mean; the last one is every other column. */
enum column {
    COLUMN_TIME,
    COLUMN_MESSAGE,
    COLUMN_STREAM,
    COLUMN_GROUP,
    COLUMN_INGESTION,
    COLUMN_OTHER
};

static const struct column_name {
    struct str name;
    enum column column;
} column_names[] = {
    {{"@timestamp", 10}, COLUMN_TIME},     {{"timestamp", 9}, COLUMN_TIME},
    {{"@message", 8}, COLUMN_MESSAGE},     {{"message", 7}, COLUMN_MESSAGE},
    {{"@logStream", 10}, COLUMN_STREAM},   {{"logStreamName", 13}, COLUMN_STREAM},
    {{"@log", 4}, COLUMN_GROUP},           {{"logGroupName", 12}, COLUMN_GROUP},
    {{"@ingestionTime", 14}, COLUMN_INGESTION}, {{"ingestionTime", 13}, COLUMN_INGESTION},
};

static enum column column_of(struct str name)
{
    for (size_t i = 0; i < sizeof column_names / sizeof column_names[0]; i++)
        if (str_eq(name, column_names[i].name))
            return column_names[i].column;
    return COLUMN_OTHER;
}

/* BROKEN: other text follows the closing quote, so an earlier quote was never closed. */
enum field_end { FIELD_NEXT, FIELD_LAST, FIELD_UNENDED, FIELD_BROKEN };

/* Ends an unquoted field, or what follows the closing quote. */
static enum field_end take_plain(struct str *s, struct str *field)
{
    size_t end = 0;
    while (end < s->len && s->at[end] != ',' && s->at[end] != '\n')
        end++;
    bool last = end == s->len || s->at[end] == '\n';
    *field = str_first(*s, last && end > 0 && s->at[end - 1] == '\r' ? end - 1 : end);
    *s = str_from(*s, end + 1);
    return last ? FIELD_LAST : FIELD_NEXT;
}

/* Behind the opening quote. Doubled quotes are made single in `text`. */
static enum field_end take_quoted(struct str *s, struct buf *text, struct str *field)
{
    size_t from = text->len, quote = str_find_char(*s, '"');
    bool doubled = false;
    struct str behind;
    while (quote < s->len && quote + 1 < s->len && s->at[quote + 1] == '"') {
        buf_add(text, str_first(*s, quote + 1));
        doubled = true;
        *s = str_from(*s, quote + 2);
        quote = str_find_char(*s, '"');
    }
    if (quote >= s->len)
        return FIELD_UNENDED;
    *field = str_first(*s, quote);
    if (doubled) {
        buf_add(text, *field);
        *field = str_from(buf_str(text), from);
    }
    *s = str_from(*s, quote + 1);
    enum field_end end = take_plain(s, &behind);
    return str_trim(behind).len > 0 ? FIELD_BROKEN : end;
}

static enum field_end take_field(struct str *s, struct buf *text, struct str *field)
{
    return str_skip(s, STR("\"")) ? take_quoted(s, text, field) : take_plain(s, field);
}

/* ---- the header ---- */

static bool read_header(struct reader *r, struct str line)
{
    bool has_message = false, has_time = false;
    enum field_end end = FIELD_NEXT;
    for (r->form.column_count = 0; end == FIELD_NEXT && r->form.column_count < READER_COLUMNS;) {
        struct str field = STR_NONE;
        end = take_field(&line, &r->text, &field);
        enum column column = column_of(str_trim(field));
        has_message |= column == COLUMN_MESSAGE;
        has_time |= column == COLUMN_TIME;
        r->form.columns[r->form.column_count++] = (uint8_t)column;
    }
    return has_message && has_time;
}

/* `@requestId,@duration`: a query's result that has no messages in it. */
static bool is_other_result(struct str line)
{
    str_skip(&line, STR("\""));
    return str_starts(line, STR("@")) && str_find_char(line, ',') != SIZE_MAX &&
           str_find_char(line, ' ') == SIZE_MAX;
}

static int csv_looks(struct reader *r, struct str head, bool whole)
{
    (void)whole;
    struct str line = str_take_line(&head);
    if (str_starts(str_trim_left(line),
                   STR("{"))) /* a JSON log line has commas and such keys, too */
        return 0;
    if (read_header(r, line))
        return 100;
    r->form.column_count = 0;
    return is_other_result(line) ? 100 : 0;
}

/* ---- records ---- */

static void put_field(struct event *e, enum column column, struct str field)
{
    switch (column) {
    case COLUMN_TIME: stamp_of(field, &e->unix_ms); break;
    case COLUMN_INGESTION: stamp_of(field, &e->ingestion_ms); break;
    case COLUMN_MESSAGE: e->message = field; break;
    case COLUMN_STREAM: e->log_stream = field; break;
    case COLUMN_GROUP: {
        size_t colon = str_find(field, STR(":/"));
        e->log_group = colon == SIZE_MAX ? field : str_from(field, colon + 1);
        break;
    }
    case COLUMN_OTHER: break;
    }
}

/* FIELD_LAST: all of it is there. */
static enum field_end take_record(struct reader *r, struct str *rest, struct event *e)
{
    enum field_end end = FIELD_NEXT;
    *e = logs_no_event();
    for (size_t i = 0; end == FIELD_NEXT; i++) {
        struct str field = STR_NONE;
        end = take_field(rest, &r->text, &field);
        put_field(e, i < r->form.column_count ? (enum column)r->form.columns[i] : COLUMN_OTHER,
                  field);
    }
    return end;
}

static size_t count_lines(struct str bytes)
{
    size_t lines = 0;
    while (bytes.len > 0) {
        str_take_until(&bytes, '\n');
        lines++;
    }
    return lines;
}

static void add_record(struct reader *r, struct event *e, struct str bytes)
{
    bool header = r->lines == 0;
    e->line = r->lines + 1;
    e->place = r->offset + r->taken;
    e->message = reader_without_line_end(e->message);
    e->function = logs_function_of(e->log_group, e->log_stream);
    r->lines += count_lines(bytes);
    r->taken += bytes.len;
    if (header)
        r->holds_events = r->form.column_count > 0;
    else if (e->message.len > 0)
        reader_add(r, e);
}

static void csv_read(struct reader *r)
{
    if (r->count == 0)
        reader_make_text_room(r, reader_rest(r).len + 1);
    while (r->count < READER_BATCH && r->taken < r->bytes.len) {
        struct str here = reader_rest(r), rest = here;
        struct event e;
        size_t text_len = r->text.len;
        enum field_end end = take_record(r, &rest, &e);
        bool ended = end == FIELD_LAST && here.at[here.len - rest.len - 1] == '\n';
        if (!ended && end != FIELD_BROKEN && !r->at_end && !r->full) {
            r->text.len = text_len;
            return;
        }
        if (end != FIELD_LAST) { /* a quote without its end: pass this line */
            rest = here;
            str_take_line(&rest);
            r->garbled++;
            r->lines++;
            r->taken += here.len - rest.len;
            continue;
        }
        add_record(r, &e, str_first(here, here.len - rest.len));
    }
}

const struct format format_csv = {
    .name = "CSV", .looks = csv_looks, .read = csv_read, .has_times = true,
    .must_hold = true, .may_be_turned = true};
