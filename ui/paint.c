#include "ui/paint.h"

#include <stdlib.h>

#include "src/base/utf8.h"

/* A frame: rows that moved are moved by the terminal, then each row gets its runs of changed
 * cells. The cursor is followed; where a width might be counted differently by the terminal,
 * it counts as unknown and the next run starts with an absolute move. */

#define SCROLL_BYTES 24 /* what moving rows costs; it must save more cells than that */
#define BRIDGE_COLS 4   /* so few unchanged cells are written again instead of jumped over */
#define ERASE_COLS 4    /* so many blanks at the end of a row are erased instead of written */

void paint_init(struct paint *p)
{
    *p = (struct paint){.stale = true, .row = -1, .look = -1};
    canvas_init(&p->was);
}

void paint_release(struct paint *p)
{
    canvas_release(&p->was);
}

void paint_forget_looks(struct paint *p)
{
    memset(p->index, 0, sizeof p->index);
    p->look_count = 0;
    p->look = -1;
    p->stale = true;
}

/* ---- looks ---- */

static int find_look(struct paint *p, const struct paint_look *look)
{
    for (int i = 0; i < p->look_count; i++)
        if (strcmp(p->looks[i].sgr, look->sgr) == 0)
            return i;
    if (p->look_count == PAINT_LOOKS)
        return 0;
    p->looks[p->look_count] = *look;
    return p->look_count++;
}

/* A cell that the terminal erased: plain, whatever the theme makes of a blank. */
#define ROLE_ERASED ROLE_COUNT

/* Look 0 is the plain one, whatever the theme says. */
static int look_of(struct paint *p, const struct cell *cell)
{
    static const struct paint_look plain = {"", false};
    if (p->look_count == 0)
        p->looks[p->look_count++] = plain;
    if (cell->role == ROLE_ERASED)
        return 0;
    uint8_t *known = &p->index[cell->role][cell->over];
    if (*known == 0) {
        struct paint_look made = plain;
        p->make_look(p->ctx, (enum role)cell->role, (enum role)cell->over, &made);
        *known = (uint8_t)(find_look(p, &made) + 1);
    }
    return *known - 1;
}

static int parameters(const char *sgr)
{
    int count = 1;
    for (; *sgr; sgr++)
        count += *sgr == ';';
    return count;
}

/* One foreground colour and nothing else: the next one takes its place without a reset. */
static bool is_foreground(const char *sgr)
{
    struct str s = str_of(sgr);
    int count = parameters(sgr);
    return (count == 3 && str_starts(s, STR("38;5;"))) ||
           (count == 5 && str_starts(s, STR("38;2;"))) ||
           (count == 1 &&
            (str_starts(s, STR("38:")) || (s.len == 2 && (s.at[0] == '3' || s.at[0] == '9'))));
}

static void set_look(struct paint *p, int look, struct buf *out)
{
    if (look == p->look)
        return;
    const char *sgr = p->looks[look].sgr;
    bool covered = p->look == 0 ||
                   (p->look > 0 && is_foreground(p->looks[p->look].sgr) && is_foreground(sgr));
    if (sgr[0] == '\0')
        buf_add(out, STR("\033[m"));
    else
        buf_printf(out, covered ? "\033[%sm" : "\033[0;%sm", sgr);
    p->look = look;
}

static bool is_blank(const struct cell *cell)
{
    return cell->len == 1 && cell->bytes[0] == ' ';
}

static bool is_clear(struct paint *p, const struct cell *cell)
{
    return is_blank(cell) && !p->looks[look_of(p, cell)].blank_shows;
}

static bool same(struct paint *p, const struct cell *a, const struct cell *b)
{
    if (a->len != b->len || memcmp(a->bytes, b->bytes, a->len) != 0)
        return false;
    if ((a->role == b->role && a->over == b->over) || look_of(p, a) == look_of(p, b))
        return true;
    return is_clear(p, a) && is_clear(p, b);
}

/* ---- the cursor ---- */

static void move_to(struct paint *p, int row, int col, struct buf *out)
{
    if (p->row == row && p->col == col)
        return;
    if (p->row == row && col == 0)
        buf_add_char(out, '\r');
    else if (p->row >= 0 && p->row + 1 == row && col == 0)
        buf_add(out, STR("\r\n"));
    else if (p->row == row && p->columns)
        buf_printf(out, "\033[%dG", col + 1);
    else if (col == 0)
        buf_printf(out, "\033[%dH", row + 1);
    else
        buf_printf(out, "\033[%d;%dH", row + 1, col + 1);
    p->row = row;
    p->col = col;
}

void paint_cursor(struct paint *p, int row, int col, struct buf *out)
{
    move_to(p, row, col, out);
}

/* ---- one row ---- */

/* Frames and bars (U+2500 to U+259F) are one column wherever they are drawn at all. */
static bool is_sure_width(const struct cell *cell)
{
    unsigned char first = (unsigned char)cell->bytes[0], second = (unsigned char)cell->bytes[1];
    return first < 0x80 ? cell->len == 1
                        : first == 0xE2 && cell->len == 3 &&
                              (second == 0x94 || second == 0x95 || second == 0x96);
}

static void put_cell(struct paint *p, const struct canvas *now, int row, int col, struct buf *out)
{
    const struct cell *cell = &now->cells[row * now->cols + col];
    int width = col + 1 < now->cols && cell[1].len == 0 ? 2 : 1;
    bool clear = is_clear(p, cell);
    if (!clear || p->look < 0 || p->looks[p->look].blank_shows)
        set_look(p, clear ? 0 : look_of(p, cell), out);
    if (p->utf8 || (unsigned char)cell->bytes[0] < 0x80)
        buf_add(out, (struct str){cell->bytes, p->utf8 ? cell->len : 1u});
    else
        buf_add(out, width == 2 ? STR("??") : STR("?"));
    p->col += width;
    if (p->col >= now->cols || (p->utf8 && !is_sure_width(cell)))
        p->row = -1; /* at the edge it waits to wrap; after a doubtful width nobody knows */
}

/* Writes the cells from `col` up to `past`. */
static void put_run(struct paint *p, const struct canvas *now, int row, int col, int past,
                    struct buf *out)
{
    for (int i = col; i < past; i++) {
        if (now->cells[row * now->cols + i].len == 0)
            continue;
        if (p->row != row || p->col != i)
            move_to(p, row, i, out);
        put_cell(p, now, row, i, out);
    }
}

/* The column from which the row is blank to its end. */
static int blank_from(struct paint *p, const struct cell *cells, int cols)
{
    while (cols > 0 && is_clear(p, &cells[cols - 1]))
        cols--;
    return cols;
}

static int next_change(struct paint *p, const struct cell *now, const struct cell *was, int col,
                       int past)
{
    while (col < past && same(p, &now[col], &was[col]))
        col++;
    return col;
}

/* The end of the run of changes that starts at `col`, over small gaps. */
static int run_end(struct paint *p, const struct cell *now, const struct cell *was, int col,
                   int past)
{
    int end = col;
    for (int gap = 0; col < past && gap <= BRIDGE_COLS; col++) {
        bool unchanged = same(p, &now[col], &was[col]);
        gap = unchanged ? gap + 1 : 0;
        end = unchanged ? end : col + 1;
    }
    return end;
}

static void put_row(struct paint *p, const struct canvas *now, int row, struct buf *out)
{
    const struct cell *new = &now->cells[row * now->cols], *old = &p->was.cells[row * now->cols];
    int cols = now->cols, new_end = blank_from(p, new, cols), old_end = blank_from(p, old, cols);
    bool erase = old_end - new_end >= ERASE_COLS;
    int past = erase ? new_end : cols;
    for (int col = next_change(p, new, old, 0, past); col < past;
         col = next_change(p, new, old, col, past)) {
        int end = run_end(p, new, old, col, past);
        while (col > 0 && (new[col].len == 0 || old[col].len == 0))
            col--; /* a wide character goes out whole */
        while (end < past && (new[end].len == 0 || old[end].len == 0))
            end++;
        put_run(p, now, row, col, end, out);
        col = end;
    }
    if (!erase)
        return;
    move_to(p, row, new_end, out);
    set_look(p, 0, out);
    buf_add(out, STR("\033[K"));
}

/* ---- rows that moved ---- */

static uint64_t row_hash(const struct canvas *c, int row)
{
    return str_hash(
        (struct str){(const char *)&c->cells[row * c->cols], (size_t)c->cols * sizeof *c->cells});
}

static int row_cost(struct paint *p, const struct cell *now, const struct cell *was, int cols)
{
    int cost = 0;
    for (int i = 0; i < cols; i++)
        cost += !same(p, &now[i], &was[i]);
    return cost;
}

#define ROWS_MAX 1000 /* taller screens are drawn without looking for moved rows */

struct move {
    int from, past, by; /* rows [from, past) of the screen scroll up by `by` (down: negative) */
};

/* The distance by which most rows moved; 0: none did. */
static int likely_move(const uint64_t *now, const uint64_t *was, int rows)
{
    int best = 0, best_votes = 2;
    for (int by = 1 - rows; by < rows; by++) {
        int votes = 0;
        for (int row = by < 0 ? -by : 0; row < rows && row + by < rows; row++)
            votes += now[row] != was[row] && now[row] == was[row + by];
        if (votes > best_votes) {
            best_votes = votes;
            best = by;
        }
    }
    return best;
}

static const struct cell *row_at(const struct canvas *c, int row)
{
    return &c->cells[row * c->cols];
}

/* What a row saves when it comes from `by` rows further down. */
static int row_gain(struct paint *p, const struct canvas *now, int row, int by)
{
    return row_cost(p, row_at(now, row), row_at(&p->was, row), now->cols) -
           row_cost(p, row_at(now, row), row_at(&p->was, row + by), now->cols);
}

/* The run of rows that saves most by moving (the largest sum over adjacent rows). */
static int best_run(struct paint *p, const struct canvas *now, int by, struct move *out)
{
    int first = by < 0 ? -by : 0, best = 0, sum = 0, start = first;
    for (int row = first; row < now->rows && row + by < now->rows; row++) {
        if (sum <= 0) {
            sum = 0;
            start = row;
        }
        sum += row_gain(p, now, row, by);
        if (sum > best) {
            best = sum;
            *out = (struct move){by > 0 ? start : start + by, by > 0 ? row + 1 + by : row + 1, by};
        }
    }
    return best;
}

/* The rows that come in are blank at first: what of them was right before is lost. */
static int damage(struct paint *p, const struct canvas *now, const struct move *m)
{
    int lost = 0, by = abs(m->by);
    for (int i = 0; i < by; i++) {
        int row = m->by > 0 ? m->past - 1 - i : m->from + i;
        for (int col = 0; col < now->cols; col++)
            lost += same(p, &row_at(now, row)[col], &row_at(&p->was, row)[col]) &&
                    !is_clear(p, &row_at(now, row)[col]);
    }
    return lost;
}

static bool find_move(struct paint *p, const struct canvas *now, struct move *out)
{
    uint64_t new[ROWS_MAX], old[ROWS_MAX];
    int changed = 0;
    if (now->rows > ROWS_MAX || !p->scrolls)
        return false;
    for (int row = 0; row < now->rows; row++) {
        new[row] = row_hash(now, row);
        old[row] = row_hash(&p->was, row);
        changed += new[row] != old[row];
    }
    int by = changed > 2 ? likely_move(new, old, now->rows) : 0;
    int saved = by != 0 ? best_run(p, now, by, out) : 0;
    return saved > SCROLL_BYTES && saved - damage(p, now, out) > SCROLL_BYTES;
}

static void blank_row(struct canvas *c, int row)
{
    for (int i = 0; i < c->cols; i++)
        c->cells[row * c->cols + i] = (struct cell){.bytes = " ", .len = 1, .role = ROLE_ERASED};
}

/* The same on our side of the wire. */
static void move_was(struct canvas *was, const struct move *m)
{
    int by = abs(m->by), kept = m->past - m->from - by;
    size_t row_bytes = (size_t)was->cols * sizeof *was->cells;
    struct cell *low = was->cells + m->from * was->cols,
                *high = was->cells + (m->from + by) * was->cols;
    if (m->by > 0)
        memmove(low, high, (size_t)kept * row_bytes);
    else
        memmove(high, low, (size_t)kept * row_bytes);
    for (int i = 0; i < by; i++)
        blank_row(was, m->by > 0 ? m->past - 1 - i : m->from + i);
}

/* Rows deleted or inserted at the top of a scroll region move the others within it. */
static void put_move(struct paint *p, const struct move *m, struct buf *out)
{
    int by = abs(m->by);
    set_look(p, 0, out); /* the rows that come in take the background */
    buf_printf(out, "\033[%d;%dr\033[%dH", m->from + 1, m->past, m->from + 1);
    if (by > 1)
        buf_printf(out, "\033[%d%c", by, m->by > 0 ? 'M' : 'L');
    else
        buf_printf(out, "\033[%c", m->by > 0 ? 'M' : 'L');
    buf_add(out, STR("\033[r"));
    p->row = p->col = 0; /* where DECSTBM leaves it */
    move_was(&p->was, m);
}

/* ---- the frame ---- */

static void put_clear(struct paint *p, const struct canvas *now, struct buf *out)
{
    canvas_resize(&p->was, now->rows, now->cols);
    for (int row = 0; row < now->rows; row++)
        blank_row(&p->was, row);
    p->look = -1;
    set_look(p, 0, out);
    buf_add(out, STR("\033[H\033[2J"));
    p->row = p->col = 0;
    p->stale = false;
}

void paint_frame(struct paint *p, const struct canvas *now, struct buf *out)
{
    struct move move;
    size_t bytes = (size_t)now->rows * (size_t)now->cols * sizeof *now->cells;
    if (now->rows <= 0 || now->cols <= 0)
        return;
    look_of(p, &now->cells[0]); /* the plain look exists from here on */
    if (p->stale || p->was.rows != now->rows || p->was.cols != now->cols)
        put_clear(p, now, out);
    else if (find_move(p, now, &move))
        put_move(p, &move, out);
    for (int row = 0; row < now->rows; row++)
        put_row(p, now, row, out);
    memcpy(p->was.cells, now->cells, bytes);
}
