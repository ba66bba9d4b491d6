/* The lines as the function wrote them, without any form around them: they pass byte for byte.
 * Any text could be that, so one line at least must look like a Lambda log's. */
#include "src/aws/logs.h"
#include "src/source/format.h"
#include "src/source/lambda_sign.h"

/* A whole input is judged at once; what is longer, or still comes, at its end. */
static int raw_looks(struct reader *r, struct str head, bool whole)
{
    (void)r;
    if (!whole)
        return 1;
    struct signs *signs = signs_new();
    bool seen = false;
    while (!seen && head.len > 0)
        seen = lambda_sign_in(signs, str_take_line(&head));
    signs_free(signs);
    return seen;
}

static void look_for_signs(struct reader *r)
{
    struct signs *signs = signs_new();
    for (size_t i = 0; !r->holds_events && i < r->count; i++) {
        struct str lines = r->events[i].message; /* one, or quiet ones */
        while (!r->holds_events && lines.len > 0)
            r->holds_events = lambda_sign_in(signs, str_take_until(&lines, '\n'));
    }
    signs_free(signs);
}

static void raw_read(struct reader *r)
{
    struct event e = logs_no_event();
    struct line line;
    while (r->count < READER_BATCH) {
        e.quiet_lines = 0;
        if (!reader_take_quiet(r, &line, &e.quiet_lines) && !reader_take_line(r, &line))
            break;
        e.message = line.text;
        e.line = line.number;
        e.place = line.place;
        reader_add(r, &e);
    }
    if (!r->holds_events)
        look_for_signs(r);
}

const struct format format_raw = {
    .name = "raw text", .looks = raw_looks, .read = raw_read, .must_hold = true};
