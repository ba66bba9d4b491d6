#include <inttypes.h>
#include <stdio.h>

#include "ui/columns.h"
#include "ui/pane_tail.h"
#include "ui/pretty.h"

/* What is on screen: rows of the view around the scroll offset, read in one go and composed into
 * lines. A row takes one line, or more when lines wrap or JSON is laid out. */

#define TEXT_PLAIN (4u * 1024u)  /* of a row whose line is cut at the edge anyway */
#define TEXT_WRAPPED (16u * 1024u)
#define FACTS_MAX 64

int tail_page(const struct tail *t)
{
    int page = t->rows - t->strip_rows;
    return page > 0 ? page : 1;
}

int tail_time_cols(const struct tail *t, const struct console *console)
{
    if (t->status.first_unix_ms == TIME_NONE)
        return 0; /* a pasted log often has none */
    if (console->time_format == TIME_RELATIVE)
        return 5;
    return t->cols < 60 ? 8 : 12;
}

int tail_name_cols(const struct tail *t)
{
    return !t->many_functions || t->cols < 60 ? 0 : t->cols >= 110 ? 21 : 13;
}

int tail_id_cols(const struct tail *t)
{
    return t->view->mode == LOG_TIMED && t->cols >= 60 ? 5 : 0;
}

int tail_text_col(const struct tail *t, const struct console *console)
{
    return 5 + tail_time_cols(t, console) + 1 + tail_name_cols(t) +
           tail_id_cols(t); /* rail, code, blank, time, blank */
}

/* ---- what invocations say of their rows ---- */

struct seen { /* the little that rows need of an invocation */
    uint64_t seq;
    struct line_facts facts;
    uint8_t class;
    char tag[4], id[5];
    bool failed;
    uint32_t input;
    uint64_t evidence[INVOCATION_EVIDENCE];
    int evidence_count;
};

static void take_seen(struct seen *s, const struct invocation *inv)
{
    s->facts = (struct line_facts){inv->timeout_ms, inv->trace_id.len > 0};
    s->class = inv->class;
    s->failed = inv->class < FAILURE_CLASS_COUNT &&
                failure_class_row((enum failure_class)inv->class)->is_failure;
    s->input = inv->input;
    s->evidence_count = inv->evidence_count;
    for (int i = 0; i < inv->evidence_count; i++)
        s->evidence[i] = inv->evidence[i].line;
    str_copy(s->id, sizeof s->id, str_first(invocation_text(inv, inv->request_id), 4));
    str_copy(s->tag, sizeof s->tag, str_of(invocation_tag(inv, true)));
}

static const struct seen *look_up(struct tail *t, uint64_t invocation)
{
    static struct seen cache[FACTS_MAX];
    static uint64_t cache_generation = UINT64_MAX;
    static struct invocation inv;
    struct seen *s = &cache[invocation % FACTS_MAX];
    if (cache_generation != t->status.generation) {
        memset(cache, 0, sizeof cache);
        cache_generation = t->status.generation;
    }
    if (s->seq == invocation)
        return s;
    *s = (struct seen){.seq = invocation, .class = FAILURE_NONE};
    if (store_read_invocation(t->view->store, invocation, &inv))
        take_seen(s, &inv);
    return s;
}

static bool is_evidence(const struct seen *s, const struct row *row)
{
    if (s->input != row->input)
        return false;
    for (int i = 0; i < s->evidence_count; i++)
        if (s->evidence[i] == row->line)
            return true;
    return false;
}

static bool tells_failure(uint8_t kind)
{
    return kind == LINE_ERROR || kind == LINE_TIMEOUT || kind == LINE_DEATH ||
           kind == LINE_INIT_REPORT;
}

static void mark(struct tail *t, struct screen_row *sr)
{
    sr->class = FAILURE_NONE;
    sr->code[0] = '\0';
    if (!sr->row.invocation)
        return;
    const struct seen *s = look_up(t, sr->row.invocation);
    sr->failed = s->failed;
    sr->invocation_class = s->class;
    memcpy(sr->id, s->id, sizeof sr->id);
    bool verdict = sr->row.kind == LINE_REPORT || sr->folded;
    bool evidence = s->failed && !sr->row.continues &&
                    (tells_failure(sr->row.kind) || is_evidence(s, &sr->row));
    if (s->class == FAILURE_NONE || sr->row.continues || !(verdict || evidence))
        return;
    sr->class = s->class;
    memcpy(sr->code, s->tag, sizeof sr->code);
}

/* ---- rows ---- */

static bool shows_raw(const struct tail *t, const struct screen_row *sr)
{
    return t->wrap || (t->pretty && sr->row.seq == t->cursor);
}

static void compose_fold(struct tail *t, struct screen_row *sr)
{
    static struct invocation inv;
    const struct group *group = groups_at(&t->view->groups, sr->row.invocation);
    if (store_read_invocation(t->view->store, sr->row.invocation, &inv)) {
        uint64_t rows = inv.line_count ? inv.line_count : group ? group->span + 1u : 1;
        log_line_fold(&sr->line, &inv, rows, &t->composed);
        return;
    }
    log_line_begin(&sr->line, &t->composed);
    log_line_add(&sr->line, &t->composed, ROLE_DIM, "still running: no END or REPORT yet");
}

/* A match in what the summary leaves out must be seen: the line as it came, then. */
static bool hides_match(struct tail *t, const struct screen_row *sr, struct str raw)
{
    size_t start, end;
    struct str composed = str_first(str_from(buf_str(&t->composed), sr->line.at), sr->line.len);
    return t->search.match && search_span(&t->search, raw, 0, &start, &end) &&
           !search_span(&t->search, composed, 0, &start, &end);
}

static void compose_row(struct tail *t, struct screen_row *sr, struct str text)
{
    struct line_facts facts = {ABSENT, false};
    bool raw = shows_raw(t, sr);
    if (sr->row.invocation)
        facts = look_up(t, sr->row.invocation)->facts;
    if (sr->folded) {
        compose_fold(t, sr);
        return;
    }
    log_line_compose(&sr->line, &sr->row, text, &facts, raw, &t->composed);
    if (!raw && hides_match(t, sr, text))
        log_line_compose(&sr->line, &sr->row, text, &facts, true, &t->composed);
}

static void name_function(struct tail *t, struct screen_row *sr, uint32_t *last, char *last_name,
                          size_t size)
{
    static struct function_row function;
    if (!t->many_functions)
        return;
    if (sr->row.function != *last) {
        *last = sr->row.function;
        last_name[0] = '\0';
        if (store_read_function(t->view->store, sr->row.function, &function))
            str_copy(last_name, size, str_of(function.function.name));
    }
    memcpy(sr->function, last_name, size);
}

static void edges(struct tail *t)
{
    for (int i = 0; i < t->screen_row_count; i++) {
        struct screen_row *sr = &t->screen_rows[i];
        uint64_t before = i > 0 ? t->screen_rows[i - 1].row.invocation : sr->row.invocation;
        uint64_t after = i + 1 < t->screen_row_count ? t->screen_rows[i + 1].row.invocation
                                                     : sr->row.invocation;
        const struct group *group = groups_at(&t->view->groups, sr->row.invocation);
        sr->first_of_group =
            before != sr->row.invocation || (group && group->first_row == sr->row.seq);
        sr->last_of_group =
            after != sr->row.invocation || (i + 1 == t->screen_row_count && group &&
                                            group->first_row + group->span == sr->row.seq);
    }
}

static size_t text_limit(const struct tail *t)
{
    if (t->wrap || t->pretty)
        return TEXT_WRAPPED;
    size_t wanted = TEXT_PLAIN + (size_t)t->left_cols * 4;
    return wanted < ROW_TEXT_MAX ? wanted : ROW_TEXT_MAX;
}

static void read_rows(struct tail *t, size_t from, size_t count)
{
    static struct row rows[SCREEN_ROWS_MAX];
    uint64_t seqs[SCREEN_ROWS_MAX];
    char name[sizeof ((struct screen_row *)0)->function] = "";
    uint32_t last = UINT32_MAX;
    size_t got = view_read(t->view, from, count < SCREEN_ROWS_MAX ? count : SCREEN_ROWS_MAX, seqs);
    buf_clear(&t->text);
    buf_clear(&t->composed);
    store_read_rows(t->view->store, seqs, got, text_limit(t), rows, &t->text);
    struct str rest = buf_str(&t->text);
    t->screen_row_count = (int)got;
    for (size_t i = 0; i < got; i++) {
        struct screen_row *sr = &t->screen_rows[i];
        *sr = (struct screen_row){.row = rows[i],
                                  .folded = view_is_folded(t->view, rows[i].invocation)};
        struct str text = str_first(rest, rows[i].seq == UINT64_MAX ? 0 : rows[i].len);
        rest = str_from(rest, text.len);
        mark(t, sr);
        compose_row(t, sr, text);
        name_function(t, sr, &last, name, sizeof name);
    }
    edges(t);
}

/* ---- lines ---- */

static bool add_line(struct tail *t, struct screen_line line)
{
    if (t->screen_line_count == SCREEN_LINES_MAX)
        return false;
    t->screen_lines[t->screen_line_count++] = line;
    return true;
}

static int wrap_row(struct tail *t, uint16_t which, int cols)
{
    struct screen_line line = {.row = which, .first = true, .line = t->screen_rows[which].line};
    struct str text = str_first(str_from(buf_str(&t->composed), line.line.at), line.line.len);
    int lines = 0;
    do {
        line.to = t->wrap ? line.from + (uint32_t)columns_cut(str_from(text, line.from), cols)
                          : line.line.len;
        if (!add_line(t, line))
            break;
        lines++;
        line.from = line.to;
        line.first = false;
    } while (line.from < line.line.len);
    return lines;
}

static int pretty_row(struct tail *t, uint16_t which, int cols)
{
    static struct log_line lines[SCREEN_LINES_MAX];
    struct screen_row *sr = &t->screen_rows[which];
    struct str text = str_first(str_from(buf_str(&t->composed), sr->line.at), sr->line.len);
    size_t count = pretty_lines(text, lines, SCREEN_LINES_MAX, &t->composed);
    if (count == 0)
        return wrap_row(t, which, cols);
    for (size_t i = 0; i < count; i++)
        add_line(t, (struct screen_line){.row = which,
                                         .first = i == 0,
                                         .pretty = true,
                                         .line = lines[i],
                                         .to = lines[i].len});
    return (int)count;
}

static int lay_out_row(struct tail *t, uint16_t which, int cols)
{
    const struct screen_row *sr = &t->screen_rows[which];
    if (t->pretty && sr->row.seq == t->cursor && !sr->folded)
        return pretty_row(t, which, cols);
    return wrap_row(t, which, cols);
}

/* Lines of the rows read, until the page is full; where the cursor's lines lie. */
struct laid_out {
    int cursor_first, cursor_lines; /* first -1: not among them */
};

static struct laid_out lay_out(struct tail *t, int cols, int page)
{
    struct laid_out out = {-1, 0};
    t->screen_line_count = 0;
    for (int i = 0; i < t->screen_row_count && t->screen_line_count < page + t->skip_lines; i++) {
        int first = t->screen_line_count, lines = lay_out_row(t, (uint16_t)i, cols);
        if (t->screen_rows[i].row.seq != t->cursor)
            continue;
        out.cursor_first = first;
        out.cursor_lines = lines;
    }
    return out;
}

static bool one_line_a_row(const struct tail *t)
{
    return !t->wrap && !t->pretty;
}

/* Moves the offset until all lines of the cursor's row are in sight, or its first ones are. */
static void fit_tall_rows(struct tail *t, int cols, int page)
{
    struct laid_out at = lay_out(t, cols, page);
    while (t->scroll.offset < t->scroll.selected &&
           (at.cursor_first < 0 || at.cursor_first + at.cursor_lines > page)) {
        size_t step = at.cursor_first < 0 && t->scroll.selected - t->scroll.offset > 8 ? 4 : 1;
        t->scroll.offset += step;
        read_rows(t, t->scroll.offset, (size_t)page + 1);
        at = lay_out(t, cols, page);
    }
    t->cursor_lines = at.cursor_lines;
    int most = t->scroll.offset == t->scroll.selected && at.cursor_lines > page
                   ? at.cursor_lines - page
                   : 0;
    t->skip_lines = t->skip_lines < most ? t->skip_lines : most;
    if (t->skip_lines > 0)
        lay_out(t, cols, page);
}

void tail_compose(struct tail *t, const struct console *console)
{
    int page = tail_page(t), cols = t->cols - tail_text_col(t, console);
    cols = cols < 8 ? 8 : cols;
    if (one_line_a_row(t))
        t->skip_lines = 0;
    read_rows(t, t->scroll.offset, (size_t)page + 1);
    if (one_line_a_row(t))
        lay_out(t, cols, page);
    else
        fit_tall_rows(t, cols, page);
}
