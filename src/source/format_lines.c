/* Forms with one line an event: lines behind a prefix, JSON lines with their own time. Only the
 * export's own prefix goes. */
#include "src/aws/logs.h"
#include "src/source/format.h"

static void set_place(struct event *e, const struct line *line)
{
    e->message = line->text;
    e->line = line->number;
    e->place = line->place;
}

/* ---- lines behind a prefix ---- */

static int prefix_looks(struct reader *r, struct str head, bool whole)
{
    size_t end = str_find_last(head, STR("\n"));
    if (!whole && end != SIZE_MAX) /* the last line is cut by the block */
        head = str_first(head, end + 1);
    return prefix_find(head, &r->form.shape);
}

/* `aws logs tail --format json` prints a JSON message over several lines behind an empty
 * one: put together again, without its line ends. */
static bool is_pretty_ahead(struct str rest)
{
    return rest.len > 1 && (rest.at[0] == '{' || rest.at[0] == '[') && rest.at[1] == '\n';
}

static struct str join_lines(struct reader *r, struct str pretty)
{
    size_t from = r->text.len;
    while (pretty.len > 0)
        buf_add(&r->text, str_trim(str_take_line(&pretty)));
    return (struct str){r->text.at + from, r->text.len - from};
}

enum joined { JOINED, NOT_JOINED, JOIN_WANTS };

static enum joined take_pretty(struct reader *r, struct str *message)
{
    struct str rest = reader_rest(r), pretty;
    struct jscan j;
    if (!is_pretty_ahead(rest))
        return rest.len < 2 && !r->at_end && !r->full ? JOIN_WANTS : NOT_JOINED;
    jscan_init(&j, str_first(rest, READER_MESSAGE_MAX));
    if (!jscan_slice(&j, &pretty))
        return j.ended && j.bytes.len == rest.len && !r->at_end && !r->full ? JOIN_WANTS
                                                                            : NOT_JOINED;
    if (!reader_has_text_room(r, pretty.len)) {
        if (r->count > 0)
            return JOIN_WANTS;
        reader_make_text_room(r, pretty.len);
    }
    *message = join_lines(r, pretty);
    for (struct str left = pretty; left.len > 0; r->lines++)
        str_take_line(&left);
    r->taken += pretty.len;
    struct str after = reader_rest(r);
    r->taken += after.len - str_from(after, after.len > 0 && after.at[0] == '\n').len;
    return JOINED;
}

/* A stamp on a line of its own says when the following lines were written. */
static bool is_console_rest(const struct reader *r, struct str text, bool has_prefix)
{
    return r->form.shape.separator != ' ' &&
           (str_eq(text, STR("Copy")) || (has_prefix && text.len == 0));
}

/* Takes the line's prefix off and remembers it; true: it has one. */
static bool enter_prefix(struct reader *r, struct line *line)
{
    struct prefix prefix = {.stream = r->stream};
    if (!prefix_take(&r->form.shape, &r->stamps, &line->text, &prefix))
        return false;
    r->stream = prefix.stream;
    r->group = prefix.group;
    r->function = logs_function_of(r->group, r->stream);
    r->unix_ms = prefix.unix_ms;
    return true;
}

static void add_line(struct reader *r, const struct line *line)
{
    struct event e = logs_no_event();
    e.log_stream = r->stream;
    e.log_group = r->group;
    e.function = r->function;
    e.unix_ms = r->unix_ms;
    set_place(&e, line);
    reader_add(r, &e);
}

static void prefix_read(struct reader *r)
{
    struct line line;
    while (r->count < READER_BATCH) {
        struct reader_mark mark = reader_mark(r);
        if (!reader_take_line(r, &line))
            return;
        bool has_prefix = enter_prefix(r, &line);
        if (is_console_rest(r, line.text, has_prefix))
            continue;
        if (has_prefix && line.text.len == 0 && take_pretty(r, &line.text) == JOIN_WANTS) {
            reader_return(r, mark);
            return;
        }
        add_line(r, &line);
    }
}

const struct format format_prefix = {.name = "prefixed lines",
                                     .looks = prefix_looks,
                                     .read = prefix_read,
                                     .has_times = true};

/* ---- JSON lines that say their own time first ---- */

static bool take_json_stamp(struct stamp_memory *memory, struct str line, int64_t *unix_ms)
{
    if (!str_skip(&line, STR("{\"time\":")) && !str_skip(&line, STR("{\"timestamp\":")))
        return false;
    str_skip(&line, STR(" "));
    return str_skip(&line, STR("\"")) && stamp_take(memory, &line, unix_ms);
}

static int json_lines_looks(struct reader *r, struct str head, bool whole)
{
    struct stamp_memory memory = {0};
    int64_t unix_ms;
    (void)r, (void)whole;
    struct str line = str_take_line(&head);
    /* A value over several lines is the JSON reader's matter. */
    return take_json_stamp(&memory, line, &unix_ms) && str_ends(str_trim_right(line), STR("}")) ? 60
                                                                                                : 0;
}

static void json_lines_read(struct reader *r)
{
    struct line line;
    while (r->count < READER_BATCH && reader_take_line(r, &line)) {
        struct str text = line.text;
        if (!take_json_stamp(&r->stamps, text, &r->unix_ms)) /* text among it may have its own */
            stamp_take(&r->stamps, &text, &r->unix_ms);
        add_line(r, &line);
    }
}

const struct format format_json_lines = {.name = "JSON lines",
                                         .looks = json_lines_looks,
                                         .read = json_lines_read,
                                         .has_times = true};
