#include "ui/search.h"

#include <stdlib.h>

#include "src/base/clock.h"
#include "src/base/utf8.h"

#define PAGE 128u
#define TEXT_MAX (16u * 1024u) /* longer rows are read alone */

void search_init(struct search *search)
{
    *search = (struct search){0};
    buf_init(&search->text, PAGE * TEXT_MAX);
    buf_init(&search->plain, ROW_TEXT_MAX);
}

void search_release(struct search *search)
{
    match_free(search->match);
    free(search->bits);
    buf_release(&search->text);
    buf_release(&search->plain);
    *search = (struct search){0};
}

static void begin_count(struct search *search)
{
    search->counted_to = search->hits = search->hidden_hits = 0;
}

bool search_set(struct search *search, struct str pattern, struct err *err)
{
    struct match *match = NULL;
    if (pattern.len > 0 && !match_new(&match, pattern, err))
        return false;
    match_free(search->match);
    search->match = match;
    str_copy(search->pattern, sizeof search->pattern, pattern);
    search->kept_to = 0;
    search->seeking = false;
    begin_count(search);
    return true;
}

/* ---- one text ---- */

/* Leaves out what shows nothing. */
static struct str without_invisible(struct search *search, struct str text)
{
    buf_clear(&search->plain);
    while (text.len > 0) {
        uint32_t code;
        size_t len = utf8_decode(text, &code);
        if (code == UTF8_BAD || !utf8_is_invisible(code))
            buf_add(&search->plain, str_first(text, len));
        text = str_from(text, len);
    }
    return buf_str(&search->plain);
}

enum search_answer search_ask(struct search *search, struct str text)
{
    size_t start, end;
    if (!search->match)
        return SEARCH_MISS;
    if (match_find(search->match, text, 0, &start, &end))
        return SEARCH_HIT;
    if (utf8_is_plain(text))
        return SEARCH_MISS;
    struct str plain = without_invisible(search, text);
    bool hit = plain.len < text.len && match_find(search->match, plain, 0, &start, &end);
    return hit ? SEARCH_HIDDEN_HIT : SEARCH_MISS;
}

/* The offset in `text` of the byte that is at `at` once invisible characters are left out. */
static size_t offset_with_invisible(struct str text, size_t at)
{
    size_t offset = 0, seen = 0;
    while (offset < text.len) {
        uint32_t code;
        size_t len = utf8_decode(str_from(text, offset), &code);
        bool shows = code == UTF8_BAD || !utf8_is_invisible(code);
        if (shows && seen >= at)
            break;
        seen += shows ? len : 0;
        offset += len;
    }
    return offset;
}

bool search_span(struct search *search, struct str text, size_t from, size_t *start, size_t *end)
{
    if (!search->match)
        return false;
    if (match_find(search->match, text, from, start, end))
        return *end > *start;
    struct str rest = str_from(text, from);
    if (utf8_is_plain(rest))
        return false;
    struct str plain = without_invisible(search, rest);
    if (plain.len == rest.len || !match_find(search->match, plain, 0, start, end) || *end == *start)
        return false;
    *start = from + offset_with_invisible(rest, *start);
    *end = from + offset_with_invisible(rest, *end - 1) + 1;
    return true;
}

/* ---- rows ---- */

static enum search_answer answer_of(const struct search *search, uint64_t seq)
{
    if (seq >= search->kept_to || search->room == 0)
        return SEARCH_UNASKED;
    size_t at = (size_t)(seq % search->room);
    return (enum search_answer)(search->bits[at / 4] >> at % 4 * 2 & 3);
}

static void put_answer(struct search *search, uint64_t seq, enum search_answer answer)
{
    size_t at = (size_t)(seq % search->room);
    unsigned shift = at % 4 * 2;
    search->bits[at / 4] =
        (uint8_t)((search->bits[at / 4] & ~(3u << shift)) | (unsigned)answer << shift);
}

/* Room for an answer of each row that is held. */
static void keep_up(struct search *search, const struct log_view *view)
{
    uint64_t held = view->end_row - view->first_row;
    if (held > search->room) {
        size_t room = search->room ? search->room : 4096;
        while (room < held)
            room *= 2;
        search->bits = xrealloc(search->bits, room / 4);
        search->room = room;
        search->kept_to = 0;
    }
    if (search->kept_to < view->first_row)
        search->kept_to = view->first_row;
    for (; search->kept_to < view->end_row; search->kept_to++)
        put_answer(search, search->kept_to, SEARCH_UNASKED);
}

static enum search_answer ask_alone(struct search *search, const struct log_view *view,
                                    uint64_t seq)
{
    struct row row;
    buf_clear(&search->text);
    store_read_rows(view->store, &seq, 1, ROW_TEXT_MAX, &row, &search->text);
    return row.seq == seq ? search_ask(search, buf_str(&search->text)) : SEARCH_MISS;
}

/* Asks those of up to PAGE rows that were not asked yet. */
static void ask_page(struct search *search, const struct log_view *view, const uint64_t *seqs,
                     size_t count)
{
    static struct row rows[PAGE];
    uint64_t asked[PAGE], cut[PAGE];
    size_t n = 0, n_cut = 0;
    for (size_t i = 0; i < count; i++)
        if (seqs[i] < search->kept_to && answer_of(search, seqs[i]) == SEARCH_UNASKED)
            asked[n++] = seqs[i];
    if (n == 0)
        return;
    buf_clear(&search->text);
    store_read_rows(view->store, asked, n, TEXT_MAX, rows, &search->text);
    struct str rest = buf_str(&search->text);
    for (size_t i = 0; i < n; i++) {
        struct str text = str_first(rest, rows[i].seq == UINT64_MAX ? 0 : rows[i].len);
        rest = str_from(rest, text.len);
        put_answer(search, asked[i],
                   rows[i].seq == UINT64_MAX ? SEARCH_MISS : search_ask(search, text));
        if (text.len + 4 > TEXT_MAX)
            cut[n_cut++] = asked[i];
    }
    for (size_t i = 0; i < n_cut; i++)
        put_answer(search, cut[i], ask_alone(search, view, cut[i]));
}

static bool is_hit(const struct search *search, uint64_t seq)
{
    return answer_of(search, seq) >= SEARCH_HIT;
}

/* ---- seeking ---- */

void search_seek(struct search *search, const struct log_view *view, uint64_t from, bool forward,
                 bool inclusive)
{
    bool there;
    size_t count = view_count(view), index = view_find(view, from, &there);
    search->seeking = search->match && count > 0;
    search->forward = forward;
    search->left = count;
    if (!search->seeking)
        return;
    bool asks_it = inclusive || (forward && !there);
    if (index >= count)
        index = count - 1;
    search->seek_row = view_at(view, index);
    if (asks_it) /* the row before it was the last that was asked; the ends wrap */
        search->seek_row =
            view_at(view, forward ? (index + count - 1) % count : (index + 1) % count);
}

void search_seek_on(struct search *search, const struct log_view *view, uint64_t from,
                    bool forward, bool inclusive)
{
    bool there;
    size_t index = view_find(view, from, &there), count = view_count(view);
    search_seek(search, view, from, forward, inclusive);
    if (forward)
        index += there && !inclusive;
    else
        index += there && inclusive; /* rows in front of it */
    index = index < count ? index : count;
    search->left = forward ? count - index : index;
}

void search_forget(struct search *search)
{
    search->kept_to = 0;
    search->seeking = false;
    begin_count(search);
}

/* The next page of rows to ask, from search->seek_row on in its direction. */
static size_t next_page(struct search *search, const struct log_view *view, uint64_t *seqs)
{
    bool there;
    size_t count = view_count(view), at = view_find(view, search->seek_row, &there), want = PAGE;
    want = search->left < want ? search->left : want;
    if (search->forward) {
        at = there ? at + 1 : at;
        at = at < count ? at : 0;
        return view_read(view, at, want, seqs);
    }
    at = at ? at : count;
    want = at < want ? at : want;
    size_t got = view_read(view, at - want, want, seqs);
    for (size_t i = 0; i < got / 2; i++) {
        uint64_t other = seqs[i];
        seqs[i] = seqs[got - 1 - i];
        seqs[got - 1 - i] = other;
    }
    return got;
}

static enum seek_result seek(struct search *search, const struct log_view *view, int64_t until_us,
                             uint64_t *row)
{
    uint64_t seqs[PAGE];
    while (search->left > 0) {
        size_t got = next_page(search, view, seqs);
        if (got == 0)
            break;
        ask_page(search, view, seqs, got);
        for (size_t i = 0; i < got; i++)
            if (is_hit(search, seqs[i])) {
                *row = seqs[i];
                search->seeking = false;
                return SEEK_FOUND;
            }
        search->seek_row = seqs[got - 1];
        search->left -= got;
        if (search->left > 0 && clock_mono_us() >= until_us)
            return SEEK_ON;
    }
    search->seeking = false;
    return SEEK_FAILED;
}

/* ---- counting ---- */

static bool counts(const struct log_view *view, uint64_t seq)
{
    bool there;
    view_find(view, seq, &there);
    return there;
}

static void count_page(struct search *search, const struct log_view *view, uint64_t past)
{
    uint64_t seqs[PAGE];
    size_t n = 0;
    bool all = view_count(view) == view->next_row - view->first_row;
    while (n < PAGE && search->counted_to < past)
        seqs[n++] = search->counted_to++;
    ask_page(search, view, seqs, n);
    for (size_t i = 0; i < n; i++) {
        if (!is_hit(search, seqs[i]) || !(all || counts(view, seqs[i])))
            continue;
        search->hits++;
        search->hidden_hits += answer_of(search, seqs[i]) == SEARCH_HIDDEN_HIT;
    }
}

/* true: the count is complete. */
static bool count(struct search *search, const struct log_view *view, int64_t until_us)
{
    uint64_t past = view->next_row;
    if (view->building)
        return true; /* the next order is on its way: counted then */
    if (search->turns != view->turns) {
        search->turns = view->turns;
        begin_count(search);
    }
    if (search->counted_to < view->first_row)
        search->counted_to = view->first_row;
    while (search->counted_to < past) {
        count_page(search, view, past);
        if (search->counted_to < past && clock_mono_us() >= until_us)
            return false;
    }
    return true;
}

enum seek_result search_step(struct search *search, const struct log_view *view,
                             int64_t budget_us, uint64_t *row, bool *busy)
{
    int64_t until_us = clock_mono_us() + budget_us;
    enum seek_result result = SEEK_NONE;
    *busy = false;
    if (!search->match)
        return SEEK_NONE;
    keep_up(search, view);
    if (search->seeking)
        result = seek(search, view, until_us, row);
    *busy = result == SEEK_ON || !(search->uncounted || count(search, view, until_us));
    return result;
}

bool search_cancel(struct search *search, const struct log_view *view)
{
    bool was_on = search->seeking || (search->match && search->counted_to < view->next_row);
    search->seeking = false;
    search->counted_to = view->next_row;
    return was_on;
}

int search_percent(const struct search *search, const struct log_view *view)
{
    uint64_t rows = view->next_row - view->first_row;
    if (rows == 0 || search->counted_to >= view->next_row)
        return 100;
    return search->counted_to < view->first_row
               ? 0
               : (int)((search->counted_to - view->first_row) * 100 / rows);
}
