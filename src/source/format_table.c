/* A table in characters, as the console copies it: `| 1702763408647 | message |`, padded to
 * the widest cell, with rules between. A row whose time is blank goes on with the message
 * of the row before. The message is what stands between the second bar and the last one. */
#include "src/aws/logs.h"
#include "src/source/format.h"

static bool is_rule(struct str line)
{
    size_t i = 0;
    while (i < line.len && strchr("-+|=: ", line.at[i]) && line.at[i])
        i++;
    return i == line.len && line.len > 0;
}

/* Splits a row. false: the line is none. */
static bool take_row(struct str line, struct str *time, struct str *message)
{
    line = str_trim(line);
    if (!str_skip(&line, STR("|")))
        return false;
    size_t bar = str_find_char(line, '|');
    if (bar == SIZE_MAX)
        return false;
    *time = str_trim(str_first(line, bar));
    line = str_from(line, bar + 1);
    if (str_ends(line, STR("|")))
        line.len--;
    str_skip(&line, STR(" ")); /* the cell's own blank; indentation stays */
    *message = str_trim_right(line);
    return true;
}

static int table_looks(struct reader *r, struct str head, bool whole)
{
    (void)r, (void)whole;
    for (int i = 0; i < 8 && head.len > 0; i++) {
        struct str time, message, line = str_take_line(&head);
        int64_t unix_ms;
        if (take_row(line, &time, &message) && !is_rule(line))
            return stamp_of(time, &unix_ms) ? 90
                   : str_has_nocase(time, STR("timestamp")) ? 90
                                                            : 0;
        if (str_trim(line).len > 0 && !is_rule(line))
            return 0;
    }
    return 0;
}

static void add_row(struct reader *r, const struct line *line, struct str message)
{
    struct event e = logs_no_event();
    e.message = message;
    e.unix_ms = r->unix_ms;
    e.line = line->number;
    e.place = line->place;
    reader_add(r, &e);
}

static void table_read(struct reader *r)
{
    struct line line;
    while (r->count < READER_BATCH && reader_take_line(r, &line)) {
        struct str time, message;
        if (is_rule(line.text) || line.text.len == 0)
            continue;
        if (!take_row(line.text, &time, &message))
            add_row(r, &line, line.text);
        else if (stamp_of(time, &r->unix_ms) || time.len == 0)
            add_row(r, &line, message);
    }
}

const struct format format_table = {
    .name = "table", .looks = table_looks, .read = table_read, .has_times = true,
    .may_be_turned = true};
