#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/base/clock.h"
#include "ui/aws_command.h"
#include "ui/columns.h"
#include "ui/failure_jump.h"
#include "ui/verdict_page.h"

/* The verdict on one invocation, with its log lines beside it where there is room, else below. */

#define BESIDE_COLS 140   /* from here on the lines stand at the right */
#define VERDICT_COLS 78
#define TEXT_COLS 98       /* of a verdict as a text */
#define TIGHT_ROWS 26
#define LINES_MAX 300     /* the last ones of the invocation */
#define HEADS_MAX 4096    /* rows looked through for them */
#define SIMILAR_BUDGET_US 4000
#define BRIEFS 256

struct invocation_pane {
    struct pane pane;
    uint64_t seq; /* 0: none */
    uint32_t function;
    bool known;
    struct invocation inv;
    struct invocation_brief brief;
    struct similar similar;
    uint64_t similar_next; /* briefs below were looked at */
    struct page verdict, lines;
    int rows, cols, offset;
    uint64_t generation;
    enum time_format time_format;
    bool done;
};

static struct invocation_pane *pane_of(struct pane *pane)
{
    return (struct invocation_pane *)pane;
}

static const struct invocation_pane *pane_in(const struct pane *pane)
{
    return (const struct invocation_pane *)pane;
}

static struct pane *invocation_open(struct console *console)
{
    struct invocation_pane *p = xcalloc(1, sizeof *p);
    (void)console;
    p->pane.class = &pane_invocation;
    p->function = UINT32_MAX;
    page_init(&p->verdict);
    page_init(&p->lines);
    return &p->pane;
}

static void invocation_free(struct pane *pane)
{
    struct invocation_pane *p = pane_of(pane);
    page_release(&p->verdict);
    page_release(&p->lines);
    free(p);
}

/* ---- finding others ---- */

static bool is_failure(const struct invocation_brief *b)
{
    return b->class < FAILURE_CLASS_COUNT &&
           failure_class_row((enum failure_class)b->class)->is_failure;
}

/* Adds what is new since the last call; true: more is left. */
static bool count_similar(struct invocation_pane *p, struct store *store)
{
    static struct invocation_brief briefs[BRIEFS];
    int64_t until_us = clock_mono_us() + SIMILAR_BUDGET_US;
    size_t got = 0;
    if (!p->known || p->inv.signature == 0)
        return false;
    do {
        got = store_read_briefs(store, p->similar_next, BRIEFS, briefs);
        for (size_t i = 0; i < got; i++) {
            const struct invocation_brief *b = &briefs[i];
            if (b->seq == p->seq || b->signature != p->inv.signature ||
                b->function != p->brief.function || !is_failure(b))
                continue;
            int64_t at = b->start_unix_ms != TIME_NONE ? b->start_unix_ms : b->end_unix_ms;
            p->similar.count++;
            if (p->similar.first_unix_ms == TIME_NONE ||
                (at != TIME_NONE && at < p->similar.first_unix_ms))
                p->similar.first_unix_ms = at;
            if (at != TIME_NONE &&
                (p->similar.last_unix_ms == TIME_NONE || at > p->similar.last_unix_ms))
                p->similar.last_unix_ms = at;
        }
        if (got > 0)
            p->similar_next = briefs[got - 1].seq + 1;
    } while (got == BRIEFS && clock_mono_us() < until_us);
    p->similar.complete = got < BRIEFS;
    return got == BRIEFS;
}

static bool is_wanted(const struct invocation_brief *b, uint32_t function, enum failure_class class)
{
    return (function == UINT32_MAX || b->function == function) &&
           (class == FAILURE_NONE ? is_failure(b) : b->class == class);
}

static uint64_t find_later(struct store *store, uint64_t from, uint32_t function,
                           enum failure_class class)
{
    static struct invocation_brief briefs[BRIEFS];
    size_t got;
    do {
        got = store_read_briefs(store, from, BRIEFS, briefs);
        for (size_t i = 0; i < got; i++)
            if (is_wanted(&briefs[i], function, class))
                return briefs[i].seq;
        from = got ? briefs[got - 1].seq + 1 : from;
    } while (got == BRIEFS);
    return 0;
}

static uint64_t find_earlier(struct store *store, uint64_t before, uint64_t first,
                             uint32_t function, enum failure_class class)
{
    static struct invocation_brief briefs[BRIEFS];
    while (before > first) {
        uint64_t from = before > first + BRIEFS ? before - BRIEFS : first;
        size_t got = store_read_briefs(store, from, (size_t)(before - from), briefs);
        for (size_t i = got; i-- > 0;)
            if (briefs[i].seq < before && is_wanted(&briefs[i], function, class))
                return briefs[i].seq;
        before = from;
    }
    return 0;
}

/* ---- its lines ---- */

static bool is_evidence(const struct invocation *inv, const struct row *row)
{
    for (int i = 0; i < inv->evidence_count; i++)
        if (inv->evidence[i].line == row->line && inv->evidence[i].input == row->input)
            return true;
    return false;
}

/* The numbers of its last rows, oldest first. */
static size_t find_rows(const struct invocation_pane *p, struct store *store,
                        uint64_t seqs[LINES_MAX])
{
    static struct row heads[BRIEFS];
    uint64_t from = p->brief.first_row, past = p->brief.last_row + 1;
    size_t count = 0;
    if (past - from > HEADS_MAX)
        from = past - HEADS_MAX;
    while (from < past) {
        size_t got = store_read_row_heads(store, from, BRIEFS, heads);
        for (size_t i = 0; i < got && heads[i].seq < past; i++) {
            if (heads[i].invocation != p->seq)
                continue;
            if (count == LINES_MAX)
                memmove(seqs, seqs + 1, --count * sizeof *seqs);
            seqs[count++] = heads[i].seq;
        }
        from = got ? heads[got - 1].seq + 1 : past;
    }
    return count;
}

static void put_row(struct page *page, const struct invocation_pane *p,
                    const struct console *console, const struct row *row, struct str text)
{
    char time[CLOCK_TIME_SIZE] = "";
    struct line_facts facts = {p->inv.timeout_ms, p->inv.trace_id.len > 0};
    struct log_line composed, *line;
    struct buf room;
    buf_init(&room, 8192);
    log_line_compose(&composed, row, text, &facts, false, &room);
    line = page_line(page);
    if (line) {
        bool marked = !row->continues && is_failure(&p->brief) &&
                      (is_evidence(&p->inv, row) || row->kind == LINE_REPORT);
        if (!row->continues)
            console_time(console, row->unix_ms, time);
        log_line_add(line, &page->text, console_class_role((enum failure_class)p->inv.class),
                     "%-3s ", marked ? invocation_tag(&p->inv, true) : "");
        if (console->status.first_unix_ms != TIME_NONE)
            log_line_add(line, &page->text, ROLE_DIM, "%-12.12s ", time);
        struct str rest = buf_str(&room);
        for (int i = 0; i < composed.part_count; i++) {
            log_line_add_str(line, &page->text, (enum role)composed.parts[i].role,
                             str_first(rest, composed.parts[i].len));
            rest = str_from(rest, composed.parts[i].len);
        }
    }
    buf_release(&room);
}

static void put_lines(struct page *page, const struct invocation_pane *p,
                      const struct console *console)
{
    static struct row rows[LINES_MAX];
    uint64_t seqs[LINES_MAX];
    struct buf text;
    size_t count = find_rows(p, console->store, seqs);
    buf_init(&text, LINES_MAX * 1024);
    store_read_rows(console->store, seqs, count, 1024, rows, &text);
    struct str rest = buf_str(&text);
    for (size_t i = 0; i < count; i++) {
        struct str one = str_first(rest, rows[i].seq == UINT64_MAX ? 0 : rows[i].len);
        rest = str_from(rest, one.len);
        if (rows[i].seq != UINT64_MAX)
            put_row(page, p, console, &rows[i], one);
    }
    if (count == 0)
        page_field(page, "", ROLE_DIM, STR("its lines are no longer held"));
    buf_release(&text);
}

static void put_lines_below(struct page *page, const struct invocation_pane *p,
                            const struct console *console)
{
    page_blank(page);
    struct log_line *line = page_line(page);
    if (line)
        log_line_add(line, &page->text, ROLE_TITLE, "LINES");
    put_lines(page, p, console);
}

/* ---- the pane ---- */

static bool beside(const struct invocation_pane *p)
{
    return p->cols >= BESIDE_COLS;
}

static void say_nothing(struct invocation_pane *p)
{
    struct page *page = &p->verdict;
    page_blank(page);
    if (p->seq == 0) {
        page_field(page, "", ROLE_TEXT, STR("No invocation is selected."));
        page_field(page, "", ROLE_DIM,
                   STR("Enter on a line of the log opens the invocation that it belongs to."));
    } else {
        page_field(page, "", ROLE_TEXT, STR("There is no verdict on this invocation yet."));
        page_field(page, "", ROLE_DIM,
                   STR("Neither its END nor its REPORT was seen; it may still be running."));
    }
}

static void write_pages(struct invocation_pane *p, const struct console *console)
{
    page_begin(&p->verdict, beside(p) ? VERDICT_COLS : p->cols - 1, p->rows < TIGHT_ROWS);
    page_begin(&p->lines, p->cols - VERDICT_COLS - 3, true);
    if (!p->known) {
        say_nothing(p);
        return;
    }
    verdict_page(&p->verdict, console, &p->inv, &p->similar);
    if (beside(p)) {
        put_lines(&p->lines, p, console);
        return;
    }
    put_lines_below(&p->verdict, p, console);
}

static int offset_most(const struct invocation_pane *p)
{
    return p->verdict.count > p->rows ? p->verdict.count - p->rows : 0;
}

static void read_again(struct invocation_pane *p, struct console *console)
{
    uint64_t before = p->known ? p->inv.signature : 0;
    p->known = p->seq && store_read_invocation(console->store, p->seq, &p->inv) &&
               store_read_brief(console->store, p->seq, &p->brief);
    if (p->known && p->inv.signature != before) {
        p->similar = (struct similar){0, TIME_NONE, TIME_NONE, false};
        p->similar_next = 0;
    }
}

static bool invocation_refresh(struct pane *pane, struct console *console, int rows, int cols)
{
    struct invocation_pane *p = pane_of(pane);
    bool changed = rows != p->rows || cols != p->cols ||
                   p->generation != console->status.generation ||
                   p->time_format != console->time_format || pane->busy;
    if (!changed)
        return false;
    p->rows = rows;
    p->cols = cols;
    p->generation = console->status.generation;
    p->time_format = console->time_format;
    p->done = console->status.done;
    read_again(p, console);
    pane->busy = count_similar(p, console->store);
    write_pages(p, console);
    p->offset = p->offset < offset_most(p) ? p->offset : offset_most(p);
    return true;
}

static void draw_lines(const struct invocation_pane *p, struct canvas *canvas)
{
    int col = VERDICT_COLS + 3;
    for (int row = 0; row < p->rows; row++)
        canvas_text(canvas, row, VERDICT_COLS + 1, 1, 0, ROLE_BORDER,
                    canvas->ascii ? STR("|") : STR("\xE2\x94\x82"));
    page_draw(&p->lines, canvas, p->lines.count > p->rows ? p->lines.count - p->rows : 0, p->rows,
              col);
}

static void invocation_draw(struct pane *pane, const struct console *console,
                            struct canvas *canvas, bool focus)
{
    const struct invocation_pane *p = pane_in(pane);
    (void)console;
    (void)focus;
    page_draw(&p->verdict, canvas, p->offset, p->rows, p->cols > 40 ? 1 : 0);
    if (beside(p) && p->known)
        draw_lines(p, canvas);
}

static void choose(struct invocation_pane *p, uint64_t seq)
{
    if (seq == p->seq)
        return;
    p->seq = seq;
    p->known = false;
    p->offset = 0;
    p->similar = (struct similar){0, TIME_NONE, TIME_NONE, false};
    p->similar_next = 0;
    p->generation = UINT64_MAX;
}

/* Without a choice the newest failure is the best guess of what is wanted. */
static void invocation_show(struct pane *pane, struct console *console, const struct place *place)
{
    struct invocation_pane *p = pane_of(pane);
    const struct store_status *s = &console->status;
    uint64_t seq = place->invocation;
    p->function = place->function;
    if (seq == 0 && console->place.view == VIEW_INVOCATION) {
        seq = find_earlier(console->store, s->end_invocation, s->first_invocation, p->function,
                           FAILURE_NONE);
        console->place.invocation = seq;
        if (seq)
            console_say(console, false, "the newest failure; e and E go on from here");
    }
    choose(p, seq);
}

static void invocation_titles(const struct pane *pane, char *title, size_t title_size,
                              char *below, size_t below_size)
{
    const struct invocation_pane *p = pane_in(pane);
    int last = p->offset + p->rows < p->verdict.count ? p->offset + p->rows : p->verdict.count;
    snprintf(title, title_size, "Verdict");
    if (p->verdict.count > p->rows)
        snprintf(below, below_size, "%d to %d of %d", p->offset + 1, last, p->verdict.count);
    else
        snprintf(below, below_size, "%d evidence", p->known ? p->inv.evidence_count : 0);
}

static void invocation_status(const struct pane *pane, const struct console *console, char *out,
                              size_t size)
{
    const struct invocation_pane *p = pane_in(pane);
    (void)console;
    out[0] = '\0';
    if (!p->known || p->inv.signature == 0)
        return;
    struct str common = verdict_common(&p->inv);
    const char *tag = invocation_tag(&p->inv, false);
    if (p->similar.count == 0)
        snprintf(out, size, "similar: no other %s%s%.*s", tag, common.len ? " of " : "",
                 STR_ARG(str_first(common, 120)));
    else
        snprintf(out, size, "similar: %" PRIu64 " more %s%s%.*s", p->similar.count, tag,
                 common.len ? ", all " : "", STR_ARG(str_first(common, 120)));
}

static unsigned scroll_to_line(struct invocation_pane *p, int offset)
{
    int most = offset_most(p);
    offset = offset < 0 ? 0 : offset > most ? most : offset;
    if (offset == p->offset)
        return UI_NOTHING;
    p->offset = offset;
    return UI_REDRAW;
}

static unsigned go_lines(struct invocation_pane *p, struct console *console)
{
    if (!p->known)
        return UI_NOTHING;
    console->go = console->place;
    console->go.view = VIEW_LOGS;
    console->go.invocation = p->seq;
    console->go.row = p->brief.last_row;
    return UI_GO;
}

static unsigned copy_id(const struct invocation_pane *p, struct console *console)
{
    struct str id = p->known ? invocation_text(&p->inv, p->inv.request_id) : STR_NONE;
    return id.len > 0 ? console_copy(console, id) : UI_NOTHING;
}

/* The verdict and its lines on one page. */
static void verdict_as_text(struct pane *pane, struct console *console, struct buf *out,
                            size_t *line)
{
    struct invocation_pane *p = pane_of(pane);
    struct page *page = xcalloc(1, sizeof *page);
    *line = 0;
    page_init(page);
    page_begin(page, TEXT_COLS, false);
    if (p->known)
        verdict_page(page, console, &p->inv, &p->similar);
    put_lines_below(page, p, console);
    page_text(page, out);
    page_release(page);
    free(page);
}

/* Its lines: by request id where it has one, else by the stream and the time. */
static bool invocation_command(const struct pane *pane, struct console *console, struct buf *out)
{
    const struct invocation_pane *p = pane_in(pane);
    struct function_row function;
    struct log_query query = {.from_unix_ms = p->brief.start_unix_ms,
                              .to_unix_ms = p->brief.end_unix_ms};
    if (p->known && store_read_function(console->store, p->brief.function, &function)) {
        query.group = str_of(function.function.log_group);
        query.text = invocation_text(&p->inv, p->inv.request_id);
        if (aws_command_logs(&console->status.account, &query, out))
            return true;
    }
    console_say(console, true, "the log group of this invocation is not known");
    return false;
}

static unsigned invocation_move(struct pane *pane, struct console *console, enum action action)
{
    struct invocation_pane *p = pane_of(pane);
    switch (action) {
    case ACTION_UP:
        return scroll_to_line(p, p->offset - 1);
    case ACTION_DOWN:
        return scroll_to_line(p, p->offset + 1);
    case ACTION_HALF_UP:
        return scroll_to_line(p, p->offset - p->rows / 2);
    case ACTION_HALF_DOWN:
        return scroll_to_line(p, p->offset + p->rows / 2);
    case ACTION_PAGE_UP:
        return scroll_to_line(p, p->offset - p->rows);
    case ACTION_PAGE_DOWN:
        return scroll_to_line(p, p->offset + p->rows);
    case ACTION_TOP:
        return scroll_to_line(p, 0);
    case ACTION_BOTTOM:
        return scroll_to_line(p, p->verdict.count);
    case ACTION_OPEN:
        return go_lines(p, console);
    case ACTION_COPY:
        return copy_id(p, console);
    default:
        return UI_NOTHING;
    }
}

static unsigned invocation_prompted(struct pane *pane, struct console *console, enum action why,
                                    struct str text, bool done, bool accepted)
{
    (void)pane, (void)console, (void)why, (void)text, (void)done, (void)accepted;
    return UI_NOTHING; /* it opens no prompt */
}

static unsigned go_failure(struct console *console, struct pane *pane, bool forward, bool same)
{
    struct invocation_pane *p = pane_of(pane);
    const struct store_status *s = &console->status;
    enum failure_class class = same && p->known && is_failure(&p->brief)
                                   ? (enum failure_class)p->brief.class
                                   : FAILURE_NONE;
    uint64_t seq =
        forward ? find_later(console->store, p->seq + 1, p->function, class)
                : find_earlier(console->store, p->seq, s->first_invocation, p->function, class);
    if (seq == 0) {
        seq = forward ? find_later(console->store, 0, p->function, class)
                      : find_earlier(console->store, s->end_invocation, s->first_invocation,
                                     p->function, class);
        failure_jump_say(console, class, forward, seq != 0);
    }
    if (seq == 0)
        return UI_REDRAW;
    choose(p, seq);
    console->place.invocation = seq;
    return UI_REFRESH;
}

unsigned act_INVOCATION_NEXT_FAILURE(struct console *console, struct pane *pane)
{
    return go_failure(console, pane, true, false);
}

unsigned act_INVOCATION_PREVIOUS_FAILURE(struct console *console, struct pane *pane)
{
    return go_failure(console, pane, false, false);
}

unsigned act_INVOCATION_NEXT_SAME(struct console *console, struct pane *pane)
{
    return go_failure(console, pane, true, true);
}

unsigned act_INVOCATION_PREVIOUS_SAME(struct console *console, struct pane *pane)
{
    return go_failure(console, pane, false, true);
}

unsigned act_INVOCATION_LINES(struct console *console, struct pane *pane)
{
    return go_lines(pane_of(pane), console);
}

const struct pane_class pane_invocation = {
    .title = "Verdict",
    .scope = SCOPE_INVOCATION,
    .is_list = true,
    .open = invocation_open,
    .refresh = invocation_refresh,
    .draw = invocation_draw,
    .show = invocation_show,
    .titles = invocation_titles,
    .status = invocation_status,
    .move = invocation_move,
    .prompted = invocation_prompted,
    .text = verdict_as_text,
    .command = invocation_command,
    .free = invocation_free,
};
