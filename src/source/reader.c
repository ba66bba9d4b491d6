#include "src/source/reader.h"

#include <stdlib.h>

#include "src/aws/logs.h"

#define TEXT_CEILING (32u * 1024u * 1024u)

struct reader *reader_new(uint32_t input, const struct window *window)
{
    struct reader *r = xcalloc(1, sizeof *r);
    r->input = input;
    r->window = *window;
    r->unix_ms = TIME_NONE;
    r->stream = r->group = r->function = STR_NONE;
    buf_init(&r->text, TEXT_CEILING);
    return r;
}

void reader_free(struct reader *r)
{
    if (!r)
        return;
    buf_release(&r->text);
    free(r);
}

void reader_make_text_room(struct reader *r, size_t len)
{
    if (!reader_has_text_room(r, len))
        buf_reserve(&r->text, len);
}

/* The end of a line that was cut before: dropped up to its line end. */
static bool skip_rest(struct reader *r)
{
    struct str rest = reader_rest(r);
    size_t end = str_find_char(rest, '\n');
    r->taken += end == SIZE_MAX ? rest.len : end + 1;
    r->skipping = end == SIZE_MAX;
    return !r->skipping;
}

/* No line end in sight: a last line without one, or one that is too long to be seen whole. */
static bool take_unended(struct reader *r, struct str rest, struct line *line)
{
    if (rest.len == 0 || (!r->at_end && !r->full))
        return false;
    line->text = rest;
    r->skipping = !r->at_end;
    r->taken = r->bytes.len;
    return true;
}

bool reader_take_line(struct reader *r, struct line *line)
{
    if (r->skipping && !skip_rest(r))
        return false;
    struct str rest = reader_rest(r);
    line->place = r->offset + r->taken;
    const char *end = rest.len ? memchr(rest.at, '\n', rest.len) : NULL;
    if (end) {
        line->text = (struct str){rest.at, (size_t)(end - rest.at)};
        r->taken += line->text.len + 1;
    } else if (!take_unended(r, rest, line)) {
        return false;
    }
    if (line->text.len > 0 && line->text.at[line->text.len - 1] == '\r')
        line->text.len--;
    line->number = ++r->lines;
    return true;
}

static struct str without_line_end(struct str s)
{
    if (s.len > 0 && s.at[s.len - 1] == '\n')
        s.len--;
    if (s.len > 0 && s.at[s.len - 1] == '\r')
        s.len--;
    return s;
}

bool reader_take_quiet(struct reader *r, struct line *run, uint32_t *lines)
{
    uint64_t place = r->offset + r->taken;
    if (!r->words || r->skipping || (place == r->wordy_place && place > 0))
        return false;
    struct str ahead = str_first(reader_rest(r), READER_QUIET_MAX);
    size_t ends, at = needles_first(r->words, ahead, &ends);
    if (ends == 0)
        return false;
    size_t len = str_find_last_char(str_first(ahead, at), '\n') + 1;
    *run = (struct line){without_line_end(str_first(ahead, len)), r->lines + 1, place};
    *lines = (uint32_t)ends;
    r->lines += ends;
    r->taken += len;
    if (at < ahead.len)
        r->wordy_place = place + len;
    return true;
}

static bool is_outside(const struct window *w, int64_t unix_ms)
{
    if (unix_ms == TIME_NONE)
        return false;
    return (w->since_unix_ms != TIME_NONE && unix_ms < w->since_unix_ms) ||
           (w->until_unix_ms != TIME_NONE && unix_ms >= w->until_unix_ms);
}

void reader_add(struct reader *r, const struct event *event)
{
    if (is_outside(&r->window, event->unix_ms))
        return;
    struct event *e = &r->events[r->count++];
    *e = *event;
    e->input = r->input;
    if (e->message.len > READER_MESSAGE_MAX) {
        e->message.len = READER_MESSAGE_MAX;
        r->cut++;
    }
}

static struct str keep(char *room, size_t size, struct str s)
{
    size_t len = s.len < size ? s.len : size;
    if (s.at != room && len > 0)
        memcpy(room, s.at, len);
    return (struct str){room, len};
}

void reader_reset(struct reader *r)
{
    r->stream = keep(r->kept_stream, sizeof r->kept_stream, r->stream);
    r->group = keep(r->kept_group, sizeof r->kept_group, r->group);
    r->function = logs_function_of(r->group, r->stream);
    r->count = 0;
    buf_clear(&r->text);
}
