#include "src/source/again.h"

/* Enough for what one screen's part needs; grows only where one item fills all of it. */
static const struct input_room room = {256 * 1024, 8 * 1024 * 1024};
static const struct wake never = {-1, -1};

/* The event that waits next is the one that is wanted: the last part ended there. */
static bool is_there(const struct again_reader *a, const struct input *of,
                     const struct again_from *from)
{
    const struct input *in = &a->input;
    return a->open && in->number == of->number && in->next < in->reader->count &&
           in->reader->events[in->next].place == from->place;
}

static bool open_other(struct again_reader *a, const struct input *of, struct err *err)
{
    if (a->open && a->input.number == of->number)
        return true;
    again_release(a);
    a->open = input_open_again(&a->input, of, &room, err);
    return a->open;
}

/* false: the input ended. */
static bool fill(struct again_reader *a)
{
    struct err ignored = {0}; /* what is wrong with it was told when it was read first */
    enum input_state state;
    do
        state = input_fill(&a->input, &never, 0, &ignored);
    while (state == INPUT_BUSY || state == INPUT_NOTHING);
    return state == INPUT_EVENTS;
}

/* The first event must be the one that stood there: else it is not the same file any more. */
static bool check_first(struct again_reader *a, const struct again_from *from, struct err *err)
{
    const struct input *in = &a->input;
    if ((in->next < in->reader->count || fill(a)) &&
        in->reader->events[in->next].place == from->place)
        return true;
    return err_set(err, ERR_NOT_FOUND, "reading %s: %s: it has changed since it was read", in->what,
                   in->path);
}

static bool hand_over(struct again_reader *a, const struct again *to, struct err *err)
{
    struct input *in = &a->input;
    do {
        for (; in->next < in->reader->count; in->next++)
            if (!to->event(to->ctx, &in->reader->events[in->next]))
                return true;
        if (to->stop(to->ctx))
            return err_set(err, ERR_NOT_FOUND, "reading %s: %s: given up", in->what, in->path);
    } while (fill(a));
    return true;
}

bool again_read(struct again_reader *a, const struct input *of, const struct again_from *from,
                const struct again *to, struct err *err)
{
    bool good = open_other(a, of, err) &&
                (is_there(a, of, from) || input_go(&a->input, from, to->stop, to->ctx, err)) &&
                check_first(a, from, err) && hand_over(a, to, err);
    if (!good)
        again_release(a); /* where it stands is not known */
    return good;
}

void again_release(struct again_reader *a)
{
    if (a->open)
        input_close(&a->input);
    a->open = false;
}
