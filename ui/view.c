#include "ui/view.h"

#include "src/base/clock.h"

#define PAGE 256u
#define REGROUP_ROWS_MAX                                                                         \
    20000u /* an invocation spread over more rows: a new order is cheaper to bound */
#define TEXT_MAX (16u * 1024u)  /* of a row when pages are read; longer ones are read alone */
#define ANCHOR_ROWS                                                                              \
    512u /* how far before the last row of an invocation its REPORT is looked for */

static int64_t key_of(const struct view_order *side, const struct row *row)
{
    if (side->mode == LOG_TIMED)
        return side->view->timeless ? 0 : row->unix_ms;
    const struct group *group = groups_at(&side->view->groups, row->invocation);
    bool known = row->invocation && group && group->first_row != UINT64_MAX;
    return (int64_t)(known ? group->first_row : row->seq);
}

static bool read_head(const struct log_view *view, uint64_t seq, struct row *row)
{
    return store_read_row_heads(view->store, seq, 1, row) == 1 && row->seq == seq;
}

static int64_t view_key(void *ctx, uint64_t seq)
{
    const struct view_order *side = ctx;
    struct row row;
    return read_head(side->view, seq, &row) ? key_of(side, &row) : ORDER_KEY_GONE;
}

void view_init(struct log_view *view, struct store *store)
{
    *view = (struct log_view){.store = store, .filters.function = UINT32_MAX};
    view->asked = &view->filters;
    for (int i = 0; i < 2; i++) {
        view->sides[i].view = view;
        order_init(&view->sides[i].order, view_key, &view->sides[i]);
    }
    buf_init(&view->text, PAGE * TEXT_MAX);
}

void view_release(struct log_view *view)
{
    order_release(&view->sides[0].order);
    order_release(&view->sides[1].order);
    filters_release(&view->filters);
    groups_release(&view->groups);
    buf_release(&view->text);
}

static const struct view_order *shown(const struct log_view *view)
{
    return &view->sides[view->shown];
}

/* Where rows that are taken in go. */
static struct view_order *target(struct log_view *view)
{
    return &view->sides[view->building ? !view->shown : view->shown];
}

static bool folded(const struct log_view *view, const struct group *group)
{
    return group && ((group->flags & GROUP_FOLDED) != 0) != view->fold_all;
}

/* Of a folded invocation the first row that passes stands for all. */
static bool hidden_by_fold(const struct log_view *view, enum log_order mode, struct group *group)
{
    if (mode != LOG_GROUPED || !folded(view, group))
        return false;
    bool hidden = group->flags & GROUP_SHOWN;
    group->flags |= GROUP_SHOWN;
    return hidden;
}

static void add_row(struct log_view *view, const struct row *row)
{
    struct view_order *side = target(view);
    if (!hidden_by_fold(view, side->mode, groups_at(&view->groups, row->invocation)))
        order_add(&side->order, key_of(side, row), row->seq);
}

/* A text longer than pages are read with. */
static bool wants_long(struct log_view *view, const struct row *row)
{
    struct row whole;
    buf_clear(&view->text);
    store_read_rows(view->store, &row->seq, 1, ROW_TEXT_MAX, &whole, &view->text);
    return whole.seq == row->seq && filters_want_text(view->asked, buf_str(&view->text));
}

/* Of rows that passed all else those whose text passes, too. */
static void add_by_text(struct log_view *view, const struct row *rows, const uint64_t *seqs,
                        size_t count)
{
    static struct row read[PAGE];
    bool is_long[PAGE], wanted[PAGE];
    buf_clear(&view->text);
    store_read_rows(view->store, seqs, count, TEXT_MAX, read, &view->text);
    struct str rest = buf_str(&view->text);
    for (size_t i = 0; i < count; i++) {
        struct str text = str_first(rest, read[i].seq == UINT64_MAX ? 0 : read[i].len);
        is_long[i] = rows[i].len > TEXT_MAX;
        wanted[i] = read[i].seq != UINT64_MAX && filters_want_text(view->asked, text);
        rest = str_from(rest, text.len);
    }
    for (size_t i = 0; i < count; i++)
        if (is_long[i] ? wants_long(view, &rows[i]) : wanted[i])
            add_row(view, &rows[i]);
}

static bool wants_head(struct log_view *view, const struct row *row)
{
    if (view->asked->function != UINT32_MAX && row->function != view->asked->function)
        return false;
    if (!filters_want_time(view->asked, row->unix_ms))
        return false;
    return filters_want_group(view->asked, view->store, row->invocation,
                              groups_at(&view->groups, row->invocation));
}

static void note(struct log_view *view, const struct row *row)
{
    groups_note(&view->groups, row);
    if (target(view)->mode == LOG_TIMED && row->unix_ms == TIME_NONE && !view->timeless)
        view->timeless = view->restart = true;
}

/* Takes in one page of rows from `from` on, below `past`; of one invocation only when it is not
 * 0. Returns where to go on. */
static uint64_t take_page(struct log_view *view, uint64_t from, uint64_t past, uint64_t only)
{
    static struct row rows[PAGE], wanted[PAGE];
    uint64_t seqs[PAGE];
    size_t got = store_read_row_heads(view->store, from, PAGE, rows), count = 0;
    for (size_t i = 0; i < got && rows[i].seq < past; i++) {
        if (only && rows[i].invocation != only)
            continue;
        note(view, &rows[i]);
        if (!wants_head(view, &rows[i]))
            continue;
        seqs[count] = rows[i].seq;
        wanted[count++] = rows[i];
    }
    if (filters_ask_text(view->asked))
        add_by_text(view, wanted, seqs, count);
    else
        for (size_t i = 0; i < count; i++)
            add_row(view, &wanted[i]);
    return got && rows[got - 1].seq < past ? rows[got - 1].seq + 1
                                           : past; /* newer ones have their turn */
}

static void forget(struct log_view *view, uint64_t from, uint64_t past, uint64_t invocation)
{
    static struct row rows[PAGE];
    struct view_order *side = target(view);
    while (from < past) {
        size_t got = store_read_row_heads(view->store, from, PAGE, rows);
        for (size_t i = 0; i < got && rows[i].seq < past; i++)
            if (rows[i].invocation == invocation)
                order_remove(&side->order, key_of(side, &rows[i]), rows[i].seq);
        from = got ? rows[got - 1].seq + 1 : past;
    }
}

/* The rows of one invocation are judged again. */
static void regroup(struct log_view *view, uint64_t invocation)
{
    struct group *group = groups_at(&view->groups, invocation);
    if (!group || group->first_row >= view->next_row)
        return;
    if (group->span > REGROUP_ROWS_MAX) {
        view->restart = true;
        return;
    }
    uint64_t from = group->first_row, past = from + group->span + 1;
    past = past < view->next_row ? past : view->next_row;
    forget(view, from, past, invocation);
    group->flags &= (uint8_t)~GROUP_SHOWN;
    while (from < past)
        from = take_page(view, from, past, invocation);
}

static void on_change(void *ctx, uint64_t invocation)
{
    struct log_view *view = ctx;
    if (filters_ask_group(view->asked))
        regroup(view, invocation);
}

static void begin(struct log_view *view)
{
    struct view_order *side = &view->sides[!view->shown];
    order_clear(&side->order);
    side->mode = view->mode;
    view->building = true;
    view->restart = false;
    view->next_row = 0;
    for (size_t i = 0; i < view->groups.count; i++) {
        view->groups.items[i].wanted = GROUP_UNASKED;
        view->groups.items[i].flags &= (uint8_t)~GROUP_SHOWN;
    }
}

bool view_is_filtered(const struct log_view *view)
{
    return view->asked->count > 0 || view->asked->function != UINT32_MAX;
}

void view_rebuild(struct log_view *view)
{
    view->timeless = false;
    begin(view);
}

static void take_place(struct log_view *view)
{
    order_clear(&view->sides[view->shown].order);
    view->shown = !view->shown;
    view->building = false;
    view->turns++;
}

/* false: the budget is used up. */
static bool take_in(struct log_view *view, int64_t until_us)
{
    if (view->next_row < view->first_row)
        view->next_row = view->first_row;
    while (view->next_row < view->end_row && !view->restart) {
        view->next_row = take_page(view, view->next_row, view->end_row, 0);
        if (view->next_row < view->end_row && clock_mono_us() >= until_us)
            return false;
    }
    return !view->restart;
}

static bool refresh(struct log_view *view, uint64_t generation, int64_t budget_us, bool *busy)
{
    int64_t until_us = clock_mono_us() + budget_us;
    bool was_building = view->building;
    uint64_t was_next = view->next_row;
    order_drop_front(&view->sides[view->shown].order, view->first_row);
    groups_prune(&view->groups, view->first_row);
    if (view->restart)
        begin(view);
    *busy = !take_in(view, until_us);
    if (!*busy && view->building)
        take_place(view);
    if (view->generation != generation || was_next != view->next_row) {
        bool left = groups_refresh(&view->groups, view->store, budget_us / 4, on_change, view);
        view->generation = left ? view->generation : generation;
        *busy |= left;
    }
    *busy |= view->restart;
    return was_building || was_next != view->next_row;
}

bool view_refresh(struct log_view *view, const struct store_status *status, int64_t budget_us,
                  bool *busy)
{
    uint64_t was_first = view->first_row;
    view->first_row = status->first_row;
    view->end_row = status->end_row;
    return refresh(view, status->generation, budget_us, busy) || was_first != view->first_row;
}

#define OVER_BUDGET_US 1000000 /* many times what a window takes */

void view_over(struct log_view *view, const struct log_view *like, uint64_t first, uint64_t end)
{
    bool busy = true;
    groups_release(&view->groups);
    view->asked = like->asked;
    view->mode = like->mode;
    view->fold_all = like->fold_all;
    view->first_row = first;
    view->end_row = end;
    view_rebuild(view);
    view->next_row = first;
    for (int i = 0; i < 8 && busy; i++)
        refresh(view, view->generation + 1, OVER_BUDGET_US, &busy);
}

int view_percent(const struct log_view *view)
{
    uint64_t rows = view->end_row - view->first_row;
    if (!view->building || rows == 0 || view->next_row < view->first_row)
        return view->building && rows ? 0 : 100;
    return (int)((view->next_row - view->first_row) * 100 / rows);
}

size_t view_count(const struct log_view *view)
{
    return shown(view)->order.count;
}

uint64_t view_at(const struct log_view *view, size_t index)
{
    return order_at(&shown(view)->order, index);
}

size_t view_read(const struct log_view *view, size_t index, size_t count, uint64_t *seqs)
{
    return order_read(&shown(view)->order, index, count, seqs);
}

size_t view_find(const struct log_view *view, uint64_t seq, bool *there)
{
    struct row row;
    *there = false;
    if (!read_head(view, seq, &row))
        return seq < view->first_row ? 0 : view_count(view);
    return order_find(&shown(view)->order, key_of(shown(view), &row), seq, there);
}

bool view_is_folded(const struct log_view *view, uint64_t invocation)
{
    return invocation && shown(view)->mode == LOG_GROUPED &&
           folded(view, groups_at(&view->groups, invocation));
}

bool view_fold(struct log_view *view, uint64_t invocation, bool fold)
{
    struct group *group = groups_at(&view->groups, invocation);
    if (!invocation || !group || view->mode != LOG_GROUPED || folded(view, group) == fold)
        return false;
    group->flags ^= GROUP_FOLDED;
    regroup(view, invocation);
    return true;
}

void view_fold_all(struct log_view *view, bool fold)
{
    view->fold_all = fold;
    for (size_t i = 0; i < view->groups.count; i++)
        view->groups.items[i].flags &= (uint8_t)~GROUP_FOLDED;
    view_rebuild(view);
}

/* ---- jumps ---- */

/* How well a row stands for its invocation. */
static int anchor_rank(uint8_t kind)
{
    static const uint8_t ranks[] = {
        [LINE_REPORT] = 6, [LINE_INIT_REPORT] = 5, [LINE_TIMEOUT] = 4,
        [LINE_DEATH] = 4,  [LINE_ERROR] = 3,       [LINE_APP] = 2,
    };
    return kind < sizeof ranks && ranks[kind] ? ranks[kind] : 1;
}

static bool in_view(const struct log_view *view, uint64_t seq)
{
    bool there;
    view_find(view, seq, &there);
    return there;
}

/* In a grouped view the rows of an invocation stand together: the first of them. */
static uint64_t first_of_group(const struct log_view *view, uint64_t invocation,
                               const struct group *group)
{
    bool there;
    struct row row;
    if (shown(view)->mode != LOG_GROUPED)
        return UINT64_MAX;
    size_t index = order_find(&shown(view)->order, (int64_t)group->first_row, 0, &there);
    uint64_t seq = view_at(view, index);
    return seq != UINT64_MAX && read_head(view, seq, &row) && row.invocation == invocation
               ? seq
               : UINT64_MAX;
}

static uint64_t anchor(const struct log_view *view, uint64_t invocation, const struct group *group)
{
    static struct row rows[ANCHOR_ROWS];
    uint64_t last = group->first_row + group->span, best = UINT64_MAX;
    uint64_t from = group->span >= ANCHOR_ROWS ? last - ANCHOR_ROWS + 1 : group->first_row;
    int best_rank = 0;
    if (folded(view, group) && shown(view)->mode == LOG_GROUPED)
        return first_of_group(view, invocation, group);
    size_t got = store_read_row_heads(view->store, from, (size_t)(last - from + 1), rows);
    for (size_t i = got; i-- > 0;) {
        int rank = anchor_rank(rows[i].kind);
        if (rows[i].invocation != invocation || rows[i].continues || rank <= best_rank ||
            !in_view(view, rows[i].seq))
            continue;
        best = rows[i].seq;
        best_rank = rank;
    }
    return best != UINT64_MAX ? best : first_of_group(view, invocation, group);
}

static bool is_wanted_failure(const struct log_view *view, const struct group *group,
                              enum failure_class class)
{
    if (group->first_row == UINT64_MAX || group->class >= FAILURE_CLASS_COUNT ||
        group->wanted == GROUP_UNWANTED)
        return false;
    if (view->asked->function != UINT32_MAX && group->function != view->asked->function)
        return false;
    return class == FAILURE_NONE ? failure_class_row((enum failure_class)group->class)->is_failure
                                 : group->class == class;
}

/* By what invocations follow each other on screen. */
static uint64_t position(const struct log_view *view, const struct group *group)
{
    return group->first_row + (shown(view)->mode == LOG_TIMED ? group->span : 0);
}

static uint64_t own_failure(const struct log_view *view, const struct row *row, bool forward,
                            enum failure_class class)
{
    const struct group *group = groups_at(&view->groups, row->invocation);
    bool there;
    if (!row->invocation || !group || !is_wanted_failure(view, group, class))
        return UINT64_MAX;
    uint64_t seq = anchor(view, row->invocation, group);
    if (seq == UINT64_MAX || seq == row->seq)
        return UINT64_MAX;
    bool after = view_find(view, seq, &there) > view_find(view, row->seq, &there);
    return after == forward ? seq : UINT64_MAX;
}

/* Where the cursor is among the invocations; false: at neither of them, all lie that way. */
static bool position_of_row(const struct log_view *view, uint64_t seq, struct row *row,
                            uint64_t *at)
{
    *at = seq;
    if (seq == UINT64_MAX || !read_head(view, seq, row))
        return seq != UINT64_MAX;
    const struct group *own = groups_at(&view->groups, row->invocation);
    if (row->invocation && own)
        *at = position(view, own);
    return true;
}

uint64_t view_failure(const struct log_view *view, uint64_t from, bool forward,
                      enum failure_class class)
{
    struct row row = {.invocation = 0};
    uint64_t at, best = 0, found = UINT64_MAX;
    bool bounded = position_of_row(view, from, &row, &at);
    uint64_t own = own_failure(view, &row, forward, class);
    if (own != UINT64_MAX)
        return own;
    bool sorted = shown(view)->mode == LOG_GROUPED; /* the first hit is the nearest */
    for (size_t i = 0; i < view->groups.count && !(sorted && found != UINT64_MAX); i++) {
        size_t which = forward ? i : view->groups.count - 1 - i;
        const struct group *group = &view->groups.items[which];
        uint64_t here = position(view, group);
        bool beyond = !bounded || (forward ? here > at : here < at);
        bool nearer = found == UINT64_MAX || (forward ? here < best : here > best);
        uint64_t seq = beyond && nearer && is_wanted_failure(view, group, class)
                           ? anchor(view, view->groups.base + which, group) : UINT64_MAX;
        if (seq != UINT64_MAX) {
            found = seq;
            best = here;
        }
    }
    return found;
}

/* The time of the last row at or before index `at`, and not before `low`, that has one; *at: that
 * row. TIME_NONE: there is none. */
static int64_t time_before(const struct log_view *view, size_t low, size_t *at)
{
    struct row row;
    for (;; --*at) {
        bool read = read_head(view, view_at(view, *at), &row);
        if ((read && row.unix_ms != TIME_NONE) || *at == low)
            return read ? row.unix_ms : TIME_NONE;
    }
}

size_t view_find_time(const struct log_view *view, int64_t unix_ms)
{
    size_t low = 0, high = view_count(view);
    while (low < high) {
        size_t middle = low + (high - low) / 2, at = middle;
        int64_t time_unix_ms = time_before(view, low, &at);
        if (time_unix_ms == TIME_NONE || time_unix_ms < unix_ms)
            low = middle + 1;
        else
            high = at;
    }
    return low;
}
