#include "src/model/streams.h"

#include <stdlib.h>

/* Streams lie in a hash table with linear probing and in a list by last use; attempts come
 * from a free list. Consecutive events mostly share their stream, so that one is looked at first. */

enum { SLOTS = STREAMS_MAX * 2 };

void streams_init(struct streams *s, void *ctx, void (*closed)(void *ctx, struct attempt *attempt))
{
    memset(s, 0, sizeof *s);
    s->ctx = ctx;
    s->closed = closed;
    s->next_seq = 1;
}

static bool is_nameless(const struct event *event)
{
    return event->log_group.len + event->function.len + event->log_stream.len == 0;
}

static uint64_t key_of(const struct event *event)
{
    struct str owner = event->log_group.len ? event->log_group : event->function;
    uint64_t key = str_hash(owner);
    if (event->log_stream.len)
        return key * 31 + str_hash(event->log_stream);
    return key * 31 + 0x9E3779B97F4A7C15u * (event->input + 1u);
}

/* ---- the table ---- */

static size_t slot_of(const struct streams *s, uint64_t key)
{
    size_t at = (size_t)(key >> 40) % SLOTS;
    while (s->slots[at] && s->slots[at]->key != key)
        at = (at + 1) % SLOTS;
    return at;
}

static void unlink_stream(struct streams *s, struct stream *stream)
{
    *(stream->older ? &stream->older->newer : &s->oldest) = stream->newer;
    *(stream->newer ? &stream->newer->older : &s->newest) = stream->older;
}

static void link_stream(struct streams *s, struct stream *stream)
{
    stream->newer = NULL;
    stream->older = s->newest;
    *(s->newest ? &s->newest->newer : &s->oldest) = stream;
    s->newest = stream;
}

/* Linear probing: what stands behind the hole and belongs before it moves up. */
static void empty_slot(struct streams *s, size_t hole)
{
    s->slots[hole] = NULL;
    for (size_t at = (hole + 1) % SLOTS; s->slots[at]; at = (at + 1) % SLOTS) {
        struct stream *moved = s->slots[at];
        s->slots[at] = NULL;
        s->slots[slot_of(s, moved->key)] = moved;
    }
}

static void close_stream(struct streams *s, struct stream *stream)
{
    while (stream->count)
        s->closed(s->ctx, stream->attempts[0]);
    unlink_stream(s, stream);
    empty_slot(s, slot_of(s, stream->key));
    s->stream_count--;
    if (s->last_used == stream)
        s->last_used = NULL;
    free(stream);
}

static struct str keep_name(char *bytes, size_t size, struct str name)
{
    (void)str_copy(bytes, size, name);
    return str_of(bytes);
}

static struct stream *add_stream(struct streams *s, struct tally *tally, uint64_t key, const struct event *event)
{
    if (s->stream_count == STREAMS_MAX)
        close_stream(s, s->oldest);
    struct stream *stream = xcalloc(1, sizeof *stream);
    stream->key = key;
    stream->nameless = is_nameless(event);
    stream->input = event->input;
    stream->named = event->log_stream.len > 0;
    stream->name = keep_name(stream->name_bytes, sizeof stream->name_bytes, event->log_stream);
    stream->group = keep_name(stream->group_bytes, sizeof stream->group_bytes, event->log_group);
    stream->function_name = keep_name(stream->function_bytes, sizeof stream->function_bytes, event->function);
    stream->function = tally_find(tally, event->function);
    s->slots[slot_of(s, key)] = stream;
    s->stream_count++;
    link_stream(s, stream);
    return stream;
}

struct stream *streams_find(struct streams *s, struct tally *tally, const struct event *event)
{
    struct stream *last = s->last_used;
    if (last && last->nameless && last->input == event->input && is_nameless(event))
        return last;
    uint64_t key = key_of(event);
    if (last && last->key == key)
        return last;
    struct stream *stream = s->slots[slot_of(s, key)];
    if (!stream) {
        stream = add_stream(s, tally, key, event);
    } else if (s->newest != stream) {
        unlink_stream(s, stream);
        link_stream(s, stream);
    }
    s->last_used = stream;
    return stream;
}

/* ---- attempts ---- */

static void make_room(struct streams *s, struct stream *stream)
{
    struct attempt *oldest = stream->attempts[0];
    for (unsigned i = 0; i < stream->count; i++)
        if (stream->attempts[i]->ended_at) { /* a lingering one before an open one */
            oldest = stream->attempts[i];
            break;
        }
    s->closed(s->ctx, oldest);
}

struct attempt *streams_open(struct streams *s, struct stream *stream)
{
    if (stream->count == STREAM_ATTEMPTS_MAX)
        make_room(s, stream);
    if (s->attempt_count == ATTEMPTS_MAX)
        s->closed(s->ctx, s->oldest_attempt);
    struct attempt *a = s->free_attempts;
    if (a)
        s->free_attempts = a->newer;
    else
        a = xcalloc(1, sizeof *a);
    memset(a, 0, offsetof(struct attempt, e));
    evidence_clear(&a->e);
    a->stream = stream;
    a->seq = s->next_seq++;
    a->older = s->newest_attempt;
    *(s->newest_attempt ? &s->newest_attempt->newer : &s->oldest_attempt) = a;
    s->newest_attempt = a;
    s->attempt_count++;
    stream->marks[stream->count] = 0;
    stream->attempts[stream->count++] = a;
    stream->open++;
    return a;
}

static void forget(struct stream *stream, const struct attempt *a)
{
    struct attempt **slots[] = {&stream->pending, &stream->last, &stream->ended, &stream->running,
                                &stream->error_owner, &stream->wrapped, &stream->dying};
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++)
        if (*slots[i] == a)
            *slots[i] = NULL;
}

void streams_drop(struct streams *s, struct attempt *a)
{
    struct stream *stream = a->stream;
    unsigned at = 0;
    while (at < stream->count && stream->attempts[at] != a)
        at++;
    if (at < stream->count) {
        stream->count--;
        memmove(stream->attempts + at, stream->attempts + at + 1,
                (stream->count - at) * sizeof *stream->attempts);
        memmove(stream->marks + at, stream->marks + at + 1, (stream->count - at) * sizeof *stream->marks);
        stream->open = (uint16_t)(stream->open - (!a->ended_at && !a->pending && !a->shadowed));
    }
    forget(stream, a);
    *(a->older ? &a->older->newer : &s->oldest_attempt) = a->newer;
    *(a->newer ? &a->newer->older : &s->newest_attempt) = a->older;
    s->attempt_count--;
    a->newer = s->free_attempts;
    s->free_attempts = a;
}

void streams_release(struct streams *s)
{
    while (s->oldest_attempt)
        streams_drop(s, s->oldest_attempt);
    while (s->free_attempts) {
        struct attempt *a = s->free_attempts;
        s->free_attempts = a->newer;
        free(a);
    }
    while (s->oldest) {
        struct stream *stream = s->oldest;
        s->oldest = stream->newer;
        free(stream);
    }
}

void stream_set_hash(struct attempt *a, uint64_t id_hash)
{
    struct stream *stream = a->stream;
    a->id_hash = id_hash;
    for (unsigned i = stream->count; i-- > 0;)
        if (stream->attempts[i] == a) {
            stream->marks[i] = (uint32_t)id_hash;
            return;
        }
}

enum { LOOKED_AT = 16 }; /* marks at once: a fixed number, for vector code */

static bool has_mark(const uint32_t *marks, uint32_t mark)
{
    uint32_t hits = 0;
    for (unsigned i = 0; i < LOOKED_AT; i++)
        hits |= marks[i] == mark;
    return hits;
}

struct attempt *stream_find_id(struct stream *stream, uint64_t id_hash, struct str id)
{
    struct attempt *found = NULL;
    for (unsigned i = stream->count; i-- > 0;) {
        if (i + 1 >= LOOKED_AT && !has_mark(stream->marks + i + 1 - LOOKED_AT, (uint32_t)id_hash)) {
            i -= LOOKED_AT - 1;
            continue;
        }
        struct attempt *a = stream->attempts[i];
        if (stream->marks[i] != (uint32_t)id_hash || a->id_hash != id_hash || !str_eq(evidence_text(&a->e, a->e.id), id))
            continue;
        if (!a->ended_at)
            return a;
        if (!found)
            found = a;
    }
    return found;
}

static struct attempt *ended_around(const struct stream *stream, int64_t unix_ms)
{
    for (unsigned i = stream->count; i-- > 0;) {
        struct attempt *a = stream->attempts[i];
        if (a->ended_at && !a->pending && a->e.start_unix_ms != TIME_NONE &&
            a->e.start_unix_ms <= unix_ms && unix_ms <= a->e.end_unix_ms)
            return a;
    }
    return NULL;
}

void stream_place_late(struct stream *stream, int64_t unix_ms)
{
    stream->by_time = false;
    const struct attempt *only = stream_only_open(stream);
    if (unix_ms == TIME_NONE || stream->open > 1 || (only && only->e.start_unix_ms == TIME_NONE))
        return;
    stream->at_time = ended_around(stream, unix_ms);
    stream->by_time = only ? unix_ms < only->e.start_unix_ms : stream->at_time != NULL;
}

struct attempt *stream_only_open(struct stream *stream)
{
    if (stream->by_time)
        return stream->at_time;
    if (stream->open != 1)
        return NULL;
    for (unsigned i = stream->count; i-- > 0;)
        if (!stream->attempts[i]->ended_at && !stream->attempts[i]->pending && !stream->attempts[i]->shadowed)
            return stream->attempts[i];
    return NULL;
}
