#include <stdio.h>

#include "src/base/jsonout.h"
#include "src/base/utf8.h"
#include "src/cli/trace.h"

/* The waterfall for people: a line a span, indented, with its time, its bar on one axis, and what
 * went wrong. Markdown is the same without colour in a block of code. */

#define MS_COLS 10
#define FLAG_COLS 3

struct sheet {
    struct output *out;
    const struct trace *t;
    int name_cols, bar_cols;
};

static void put_ms(struct output *out, int64_t us, int cols)
{
    char text[40];
    int64_t ms = us / 1000;
    if (us == ABSENT)
        snprintf(text, sizeof text, "open");
    else if (us < 100000)
        fixed_text(us / 100, 1, text, sizeof text);
    else
        snprintf(text, sizeof text, "%lld", (long long)ms);
    output_blanks(out, cols - (int)strlen(text));
    buf_add(&out->buf, str_of(text));
}

static void name_of(const struct span *s, char *out, size_t size)
{
    struct str what = s->resource.len ? s->resource : s->url;
    snprintf(out, size, "%.*s%s%.*s%s%.*s", STR_ARG(str_cut(s->name, 120)),
             s->operation.len ? " " : "", STR_ARG(str_cut(s->operation, 80)),
             what.len && s->namespace.len ? " " : "",
             s->namespace.len ? (int)str_cut(what, 200).len : 0, what.at);
}

/* Where a time falls on the axis. */
static int column(const struct sheet *sheet, int64_t us)
{
    int64_t all = sheet->t->duration_us;
    int64_t at = all > 0 ? us / 1000 * sheet->bar_cols / (all / 1000 ? all / 1000 : 1) : 0;
    return at > sheet->bar_cols ? sheet->bar_cols : (int)at;
}

static enum style bar_style(const struct span *s)
{
    if (s->flags & (SPAN_FAULT | SPAN_ERROR))
        return STYLE_BAD;
    return s->flags & SPAN_THROTTLE ? STYLE_WARN : STYLE_GOOD;
}

static void put_bar(const struct sheet *sheet, const struct span *s)
{
    struct output *out = sheet->out;
    bool open = s->end_us == ABSENT;
    int from = column(sheet, s->start_us);
    int to = open ? sheet->bar_cols : column(sheet, s->end_us);
    from = from == sheet->bar_cols ? from - 1 : from;
    to = to > from ? to : from + 1;
    output_blanks(out, from);
    output_style(out, bar_style(s));
    for (int i = from; i < to; i++)
        buf_add(&out->buf, open && i == to - 1 ? STR(">") : out->ascii ? STR("=") : STR("━"));
    output_style(out, STYLE_PLAIN);
    if (s->flags & (SPAN_THROTTLE | SPAN_FAULT | SPAN_ERROR))
        output_blanks(out, sheet->bar_cols - to);
}

static void put_letters(struct output *out, const struct span *s)
{
    char text[8];
    if (!(s->flags & (SPAN_THROTTLE | SPAN_FAULT | SPAN_ERROR)))
        return;
    snprintf(text, sizeof text, " %s%s%s", s->flags & SPAN_THROTTLE ? "T" : "",
             s->flags & SPAN_FAULT ? "X" : "", s->flags & SPAN_ERROR ? "E" : "");
    output_style(out, bar_style(s));
    buf_add(&out->buf, str_of(text));
    output_style(out, STYLE_PLAIN);
}

static void put_exception(struct output *out, const struct span *s, int indent)
{
    char text[600];
    if (s->exception_type.len == 0 && s->exception_message.len == 0)
        return;
    snprintf(text, sizeof text, "%.*s: %.*s", STR_ARG(str_cut(s->exception_type, 200)),
             STR_ARG(str_cut(s->exception_message, 300)));
    output_blanks(out, indent);
    output_style(out, STYLE_BAD);
    output_wrapped(out, str_of(text), indent, indent);
    output_style(out, STYLE_PLAIN);
}

static void put_span(const struct sheet *sheet, const struct span *s)
{
    struct output *out = sheet->out;
    char name[500];
    int indent = 2 * s->depth, most = sheet->name_cols - 8;
    indent = indent > most ? most : indent;
    name_of(s, name, sizeof name);
    buf_add(&out->buf, s->critical ? STR("* ") : STR("  "));
    output_blanks(out, indent);
    int cols = output_text(out, str_of(name), sheet->name_cols - indent);
    output_blanks(out, sheet->name_cols - indent - cols);
    put_ms(out, s->end_us == ABSENT ? ABSENT : s->end_us - s->start_us, MS_COLS);
    buf_add(&out->buf, STR("  "));
    put_bar(sheet, s);
    put_letters(out, s);
    buf_add_char(&out->buf, '\n');
    put_exception(out, s, indent + 4);
    output_some(out);
}

static void put_head(struct output *out, const struct trace *t, bool markdown)
{
    output_style(out, STYLE_BOLD);
    buf_printf(&out->buf, "%strace %s", markdown ? "## " : "", t->id[0] ? t->id : "without an id");
    output_style(out, STYLE_PLAIN);
    buf_add_char(&out->buf, '\n');
    if (output_text(out, t->function, 40))
        buf_add(&out->buf, STR(", "));
    put_ms(out, t->duration_us, 0);
    buf_printf(&out->buf, " ms, %zu span%s%s\n", t->count, t->count == 1 ? "" : "s",
               t->partial ? ", partial" : "");
    if (t->broken || t->left_out)
        buf_printf(&out->buf, "%u document%s could not be read, %u spans were too many\n",
                   t->broken, t->broken == 1 ? "" : "s", t->left_out);
}

static void put_findings(struct output *out, const struct trace *t)
{
    char name[500], share[24];
    if (t->bottleneck != SPAN_NONE) {
        const struct span *s = &t->spans[t->bottleneck];
        name_of(s, name, sizeof name);
        buf_add(&out->buf, STR("most time of its own: "));
        (void)output_text(out, str_of(name), out->cols - 50);
        buf_add(&out->buf, STR(", "));
        put_ms(out, s->self_us, 0);
        fixed_text((s->share_millionths + 500) / 1000, 1, share, sizeof share);
        buf_printf(&out->buf, " ms, %s %%\n", s->share_millionths == ABSENT ? "?" : share);
    }
    for (size_t i = 0; i < t->gap_count && i < 8; i++) {
        buf_add(&out->buf, STR("no subsegment runs from "));
        put_ms(out, t->gaps[i].start_us, 0);
        buf_add(&out->buf, STR(" to "));
        put_ms(out, t->gaps[i].end_us, 0);
        buf_add(&out->buf, STR(" ms\n"));
    }
    if (t->gap_count > 8)
        buf_printf(&out->buf, "and %zu further gaps\n", t->gap_count - 8);
}

void trace_print_text(struct output *out, const struct trace *t, bool markdown)
{
    int rest = out->cols - 2 - MS_COLS - 2 - FLAG_COLS;
    struct sheet sheet = {out, t, rest * 2 / 5, rest - rest * 2 / 5};
    put_head(out, t, markdown);
    buf_add(&out->buf, markdown ? STR("\n```\n") : STR(""));
    for (size_t i = 0; i < t->count && output_good(out); i++)
        put_span(&sheet, &t->spans[i]);
    buf_add(&out->buf, markdown ? STR("```\n\n") : STR(""));
    put_findings(out, t);
    buf_add_char(&out->buf, '\n');
    output_some(out);
}
