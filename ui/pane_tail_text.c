#include "src/base/utf8.h"
#include "ui/aws_command.h"
#include "ui/pane_tail.h"

/* The log as a text: every line of the view, as it came, behind its time and its invocation's
 * class. */

#define SLICE 256u

static void put_row(const struct tail *t, const struct row *row, struct str text, struct buf *out)
{
    char time[CLOCK_ISO_SIZE] = "", name[25] = "";
    struct function_row function;
    bool classed = row->class < FAILURE_CLASS_COUNT;
    if (row->unix_ms != TIME_NONE)
        clock_iso(row->unix_ms, time);
    if (t->many_functions && store_read_function(t->view->store, row->function, &function))
        (void)str_copy(name, sizeof name, str_of(function.function.name));
    buf_printf(out, "%-24s %-3s ", time,
               classed ? failure_class_row((enum failure_class)row->class)->tag : "");
    if (t->many_functions)
        buf_printf(out, "%-24s ", name);
    (void)utf8_defuse(text, false, out);
    buf_add_char(out, '\n');
}

void tail_text(struct pane *pane, struct console *console, struct buf *out, size_t *line)
{
    struct tail *t = tail_of(pane);
    static struct row rows[SLICE];
    uint64_t seqs[SLICE];
    struct buf text;
    size_t got;
    (void)console;
    buf_init(&text, SLICE * ROW_TEXT_MAX);
    for (size_t at = 0; !out->full && (got = view_read(t->view, at, SLICE, seqs)) > 0; at += got) {
        buf_clear(&text);
        store_read_rows(t->view->store, seqs, got, ROW_TEXT_MAX, rows, &text);
        struct str rest = buf_str(&text);
        for (size_t i = 0; i < got; i++) {
            struct str one = str_first(rest, rows[i].seq == UINT64_MAX ? 0 : rows[i].len);
            rest = str_from(rest, one.len);
            put_row(t, &rows[i], one, out);
        }
    }
    *line = t->scroll.selected + 1;
    buf_release(&text);
}

bool tail_command(const struct pane *pane, struct console *console, struct buf *out)
{
    const struct tail *t = tail_in(pane);
    const struct store_status *s = &console->status;
    struct function_row function;
    struct log_query query = {.from_unix_ms = s->first_unix_ms,
                              .to_unix_ms = s->done ? s->last_unix_ms : TIME_NONE};
    if (t->live.filters.function == UINT32_MAX) {
        console_say(console, true, "one log group at a time: choose a function first");
        return false;
    }
    if (store_read_function(t->view->store, t->live.filters.function, &function)) {
        query.group = str_of(function.function.log_group);
        if (aws_command_logs(&s->account, &query, out))
            return true;
    }
    console_say(console, true, "the log group of this function is not known");
    return false;
}
