#include "src/model/tracking.h"

/* An END or REPORT that names another id than the open START has two origins. Emulators and
 * documents write it so: then it ends that START. Or the code prints such a line (a function
 * that forwards logs, or one that wants to look well): then it ends nothing. Which of the two it
 * is shows later: an emulator never ends a START by its own id. So the attempt goes by the other
 * id until its own END or REPORT comes, which takes all of it back. A request whose START was
 * cut away may also end there, where several streams are merged into one: kept when complete. */

struct attempt *foreign_find(struct stream *stream, struct str id)
{
    struct attempt *a = stream->running;
    if (!a || !a->renamed || a->own_hash != str_hash(id))
        return NULL;
    return str_eq(evidence_text(&a->e, a->own_id), id) ? a : NULL;
}

void foreign_rename(struct tracker *t, struct attempt *a, struct str id)
{
    a->renamed = true;
    a->own_id = a->e.id;
    a->own_hash = a->id_hash;
    a->own_attempt = a->e.attempt;
    a->e.emulator = true; /* figures of an emulator; copied documents do it too */
    attach_set_id(a, id);
    a->e.attempt = ids_seen(t->ids, a->id_hash) + 1;
}

/* In a real stream one request runs at a time: another's REPORT is the code's own print. */
static bool may_stand(const struct attempt *guest)
{
    const struct stream *stream = guest->stream;
    return (guest->shaped && (!stream->named || stream->json)) || evidence_tells_of_failure(&guest->e);
}

/* The other request as an attempt of its own. NULL where making room might push out `a`. */
static struct attempt *make_guest(struct tracker *t, struct attempt *a)
{
    struct stream *stream = a->stream;
    if (stream->count == STREAM_ATTEMPTS_MAX || t->streams.attempt_count == ATTEMPTS_MAX)
        return NULL;
    struct attempt *guest = streams_open(&t->streams, stream);
    attach_set_id(guest, evidence_text(&a->e, a->e.id));
    guest->e.attempt = ids_count(t->ids, guest->id_hash);
    guest->e.implicit = guest->guest = guest->shaped = true;
    stream->has_guests = true;
    guest->e.first_line = guest->e.last_line = a->e.noted[FACT_REPORT].line;
    guest->e.input = a->e.input;
    guest->ended_at = a->ended_at;
    stream->open--;
    return guest;
}

static void take_back_name(struct tracker *t, struct attempt *a)
{
    struct stream *stream = a->stream;
    struct attempt *other = a->shaped && (!stream->named || stream->json) ? make_guest(t, a) : NULL;
    evidence_move_end(other ? &other->e : NULL, &a->e);
    finals_pass_on(a, other);
    a->e.id = a->own_id;
    a->has_uuid = line_is_uuid(evidence_text(&a->e, a->own_id));
    stream_set_hash(a, a->own_hash);
    a->e.attempt = a->own_attempt;
    a->renamed = a->shaped = false;
    a->ended_at = 0;
    stream->open++;
}

/* What was read while the attempt seemed to be over is its own. */
static void absorb_pending(struct tracker *t, struct attempt *a)
{
    struct attempt *pending = a->stream->pending;
    if (!pending || pending->e.init_started)
        return;
    evidence_adopt(&a->e, &pending->e);
    streams_drop(&t->streams, pending);
}

static void dismiss_guests(struct tracker *t, struct stream *stream)
{
    if (!stream->has_guests)
        return;
    stream->has_guests = false;
    for (unsigned i = stream->count; i-- > 0;) {
        struct attempt *guest = stream->attempts[i];
        if (!guest->guest || may_stand(guest)) {
            stream->has_guests = stream->has_guests || guest->guest;
            continue;
        }
        finals_pass_on(guest, NULL);
        streams_drop(&t->streams, guest);
    }
}

/* ---- a START inside another ---- */

/* The same doubt: the END of the first may have been lost, or the code has printed the second.
 * The lines that follow are the second's, until an END or REPORT tells. */
void foreign_shadow(struct attempt *a)
{
    if (!a->shadowed)
        a->stream->open--;
    a->shadowed = a->stream->has_shadowed = true;
}

/* Its own end came: every START since was printed. What was read for them is its own. */
static void leave_shadow(struct tracker *t, struct attempt *a)
{
    struct stream *stream = a->stream;
    for (unsigned i = stream->count; i-- > 0;) {
        struct attempt *later = stream->attempts[i];
        if (later->seq <= a->seq || later->ended_at || later->pending)
            continue;
        evidence_adopt(&a->e, &later->e);
        streams_drop(&t->streams, later);
    }
    a->shadowed = false;
    stream->open++;
    stream->running = a;
}

/* The newest START ends by its own id: those before it were cut off. */
static void close_shadowed(struct tracker *t, const struct attempt *a)
{
    struct stream *stream = a->stream;
    if (!stream->has_shadowed)
        return;
    stream->has_shadowed = false;
    for (unsigned i = stream->count; i-- > 0;) {
        if (i >= stream->count)
            continue;
        struct attempt *earlier = stream->attempts[i];
        if (earlier->shadowed && earlier->seq < a->seq)
            attach_settle(t, earlier);
        else if (earlier->shadowed)
            stream->has_shadowed = true;
    }
}

void foreign_on_own_end(struct tracker *t, struct attempt *a, const struct platform *p)
{
    if (a->shadowed && !p->quoted)
        leave_shadow(t, a);
    if (a != a->stream->running || p->quoted)
        return;
    if (foreign_find(a->stream, p->id))
        take_back_name(t, a);
    else if (a->renamed)
        return;
    close_shadowed(t, a);
    absorb_pending(t, a);
    if (p->kind == LINE_REPORT)
        dismiss_guests(t, a->stream);
}

/* The platform's own figures never are equal but by chance; an emulator cannot measure. */
static bool looks_emulated(const struct attempt *a)
{
    return a->shaped && a->e.memory_mb != ABSENT && a->e.memory_used_mb == a->e.memory_mb;
}

bool foreign_is_open(const struct attempt *a)
{
    const struct attempt *running = a->stream->running;
    if (!running)
        return false;
    if (a == running)
        return a->renamed && !looks_emulated(a);
    return a->guest && !running->e.has_report;
}
