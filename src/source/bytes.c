/* Reading an input in blocks. A pipe is only read after poll() said so: a FIFO that nobody
 * has opened for writing yet would else read as ended. */
#include "src/source/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PACKED_BYTES (256u * 1024u)
#define READ_BYTES (256u * 1024u) /* at once: still in the cache when they are looked at */

static bool cannot_open(struct err *err, const struct bytes *b, const char *why)
{
    return err_set(err, ERR_INPUT_MISSING, "opening %s: %s: %s", b->what, b->path, why);
}

static bool check_kind(struct bytes *b, struct err *err)
{
    struct stat st;
    if (fstat(b->fd, &st) != 0)
        return cannot_open(err, b, strerror(errno));
    if (S_ISDIR(st.st_mode)) {
        cannot_open(err, b, "it is a directory");
        return err_advise(err, "name the files in it; a recorded case opens with --case");
    }
    b->regular = S_ISREG(st.st_mode);
    b->size = b->regular && st.st_size > 0 ? (uint64_t)st.st_size : 0;
    return true;
}

bool bytes_open(struct bytes *b, const char *what, const char *path, size_t room, size_t room_max,
                struct err *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    *b = (struct bytes){.what = what, .path = is_stdin ? "stdin" : path, .room = room,
                        .room_max = room_max};
    /* Non-blocking: opening a FIFO without a writer must not hang the console. */
    b->fd = is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (b->fd < 0)
        return cannot_open(err, b, strerror(errno));
    if (!check_kind(b, err)) {
        close(b->fd);
        *b = (struct bytes){.fd = -1};
        return false;
    }
    b->at = xcalloc(1, room);
    return true;
}

void bytes_close(struct bytes *b)
{
    if (!b->at)
        return;
    close(b->fd);
    free(b->at);
    free(b->packed);
    if (b->inflate)
        inflate_free(b->inflate);
    *b = (struct bytes){.what = b->what, .path = b->path, .fd = -1};
}

/* Moves what is left to the front; grows only where one item fills all of the buffer. */
static bool make_room(struct bytes *b)
{
    if (b->begin > 0) {
        memmove(b->at, b->at + b->begin, b->end - b->begin);
        b->end -= b->begin;
        b->begin = 0;
    }
    if (b->end == b->room && b->room < b->room_max) {
        b->room = b->room * 2 < b->room_max ? b->room * 2 : b->room_max;
        b->at = xrealloc(b->at, b->room);
    }
    return b->end < b->room;
}

/* One read(2) into `to`: how many bytes; 0 ended; -1 nothing now. An error is an early end. */
static ssize_t read_block(struct bytes *b, char *to, size_t room)
{
    ssize_t got;
    do
        got = read(b->fd, to, room);
    while (got < 0 && errno == EINTR);
    if (got >= 0)
        return got;
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return -1;
    err_set(&b->trouble, ERR_INPUT_PARTIAL, "reading %s: %s: %s", b->what, b->path,
            strerror(errno));
    return 0;
}

static enum bytes_state end_early(struct bytes *b)
{
    b->ended = true;
    return BYTES_ENDED;
}

/* The first block decides whether the input is packed: move it over if so. */
static void begin_unpacking(struct bytes *b)
{
    b->gzip = true;
    b->inflate = inflate_new();
    b->packed = xcalloc(1, b->room > PACKED_BYTES ? b->room : PACKED_BYTES);
    memcpy(b->packed, b->at, b->end);
    b->packed_rest = (struct str){b->packed, b->end};
    b->end = 0;
}

static enum bytes_state more_plain(struct bytes *b)
{
    bool first = b->offset == 0 && b->begin == 0;
    size_t room = b->room - b->end;
    ssize_t got = read_block(b, b->at + b->end, room < READ_BYTES ? room : READ_BYTES);
    if (got < 0)
        return BYTES_NOTHING;
    if (got == 0)
        return end_early(b);
    b->end += (size_t)got;
    if (first && inflate_is_gzip((struct str){b->at, b->end}))
        begin_unpacking(b);
    return BYTES_CAME;
}

static bool unpack(struct bytes *b)
{
    size_t made = 0;
    struct err why = {0};
    bool good = inflate_some(b->inflate, &b->packed_rest, b->at + b->end, b->room - b->end, &made,
                             &why);
    b->end += made;
    if (!good)
        err_set(&b->trouble, ERR_INPUT_PARTIAL, "unpacking %s: %s: the gzip data is corrupt",
                b->what, b->path);
    return good;
}

static enum bytes_state more_packed(struct bytes *b)
{
    size_t before = b->end;
    if (b->packed_rest.len == 0 && !b->packed_ended) {
        ssize_t got = read_block(b, b->packed, PACKED_BYTES);
        if (got < 0)
            return BYTES_NOTHING;
        b->packed_ended = got == 0;
        b->packed_rest = (struct str){b->packed, (size_t)got};
    }
    if (!unpack(b))
        b->ended = true;
    if (b->end > before)
        return BYTES_CAME;
    if (!b->ended && (!b->packed_ended || b->packed_rest.len > 0))
        return BYTES_CAME;
    if (!b->ended && !inflate_is_whole(b->inflate))
        err_set(&b->trouble, ERR_INPUT_PARTIAL, "unpacking %s: %s: the gzip data is cut short",
                b->what, b->path);
    return end_early(b);
}

enum bytes_state bytes_more(struct bytes *b, const struct wake *wake, int wait_ms)
{
    if (b->ended)
        return BYTES_ENDED;
    if (!make_room(b))
        return BYTES_FULL;
    bool has_packed = b->gzip && b->packed_rest.len > 0;
    if (!b->regular && !has_packed && !wake_wait(wake, b->fd, wait_ms))
        return BYTES_NOTHING;
    return b->gzip ? more_packed(b) : more_plain(b);
}

static void forget(struct bytes *b, uint64_t place)
{
    b->begin = b->end = 0;
    b->offset = place;
    b->ended = false;
}

/* A packed file from its start again. */
static void rewind_packed(struct bytes *b)
{
    forget(b, 0);
    inflate_free(b->inflate);
    b->inflate = inflate_new();
    b->packed_rest = STR_NONE;
    b->packed_ended = false;
    err_clear(&b->trouble);
}

static bool seek(struct bytes *b, uint64_t place, struct err *err)
{
    if (lseek(b->fd, (off_t)place, SEEK_SET) < 0)
        return err_set(err, ERR_SYSTEM, "reading %s: %s: %s", b->what, b->path, strerror(errno));
    return true;
}

/* Takes bytes until `place` is the next one. */
static bool unpack_to(struct bytes *b, uint64_t place, bool (*stop)(void *ctx), void *ctx,
                      struct err *err)
{
    static const struct wake never = {-1, -1};
    while (b->offset + bytes_here(b).len < place) {
        bytes_take(b, bytes_here(b).len);
        if (stop(ctx))
            return err_set(err, ERR_NOT_FOUND, "reading %s: %s: given up", b->what, b->path);
        if (bytes_more(b, &never, 0) == BYTES_ENDED)
            return err_set(err, ERR_NOT_FOUND, "reading %s: %s: it is shorter than it was", b->what,
                           b->path);
    }
    bytes_take(b, (size_t)(place - b->offset));
    return true;
}

bool bytes_go(struct bytes *b, uint64_t place, bool (*stop)(void *ctx), void *ctx, struct err *err)
{
    static const struct wake never = {-1, -1};
    if (b->offset == 0 && b->end == 0 && !b->ended)
        (void)bytes_more(b, &never, 0); /* the first block says whether it is packed */
    if (place >= b->offset && place <= b->offset + bytes_here(b).len)
        return unpack_to(b, place, stop, ctx, err);
    if (b->gzip && place < b->offset) {
        if (!seek(b, 0, err))
            return false;
        rewind_packed(b);
    }
    if (b->gzip)
        return unpack_to(b, place, stop, ctx, err);
    if (place > b->size)
        return err_set(err, ERR_NOT_FOUND, "reading %s: %s: it is shorter than it was", b->what,
                       b->path);
    forget(b, place);
    return seek(b, place, err);
}

bool bytes_read_whole(struct bytes *b, const char *what, const char *path, size_t ceiling,
                      struct err *err)
{
    static const struct wake never = {-1, -1};
    enum bytes_state state;
    if (!bytes_open(b, what, path, 64 * 1024, ceiling, err))
        return false;
    do
        state = bytes_more(b, &never, -1);
    while (state == BYTES_CAME || state == BYTES_NOTHING);
    if (state == BYTES_ENDED && b->trouble.code == ERR_NONE)
        return true;
    if (state == BYTES_FULL)
        err_set(err, ERR_CEILING, "reading %s: %s: more than %zu bytes", what, path, ceiling);
    else
        *err = b->trouble;
    bytes_close(b);
    return false;
}
