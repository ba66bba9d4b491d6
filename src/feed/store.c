#include "src/feed/store_inside.h"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#ifdef HAVE_SYS_EVENTFD_H
#include <sys/eventfd.h>
#endif

/* The lock, the wake-up and the small values. Rows, invocations and functions have a file
 * each. The wake-up holds one rule: `wake_pending` is set before the byte is written and cleared
 * after it is read, so at most one byte waits and none is ever missed. */

#define STREAM_CEILING 65535u
#define STREAM_TEXT_BYTES (4u * 1024u * 1024u)

static void wake_open(struct store *store)
{
#ifdef HAVE_SYS_EVENTFD_H
    store->wake_read = store->wake_write = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (store->wake_read < 0)
        die("wake-up of the console: eventfd: %s", strerror(errno));
#else
    int ends[2];
    if (pipe(ends) != 0)
        die("wake-up of the console: pipe: %s", strerror(errno));
    for (int i = 0; i < 2; i++) {
        fcntl(ends[i], F_SETFL, O_NONBLOCK);
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    }
    store->wake_read = ends[0];
    store->wake_write = ends[1];
#endif
}

struct store *store_new(const struct store_limits *limits)
{
    struct store *store = xcalloc(1, sizeof *store);
    wake_open(store);
    atomic_init(&store->wake_pending, false);
    pthread_mutex_init(&store->turn, NULL);
    pthread_mutex_init(&store->lock, NULL);
    store->status.first_unix_ms = store->status.last_unix_ms = TIME_NONE;
    store->status.account.window_start_unix_ms = TIME_NONE;
    store->status.account.window_end_unix_ms = TIME_NONE;
    rows_init(&store->rows, limits->text_bytes, RING_BLOCK_BYTES);
    for (size_t i = 0; i < WINDOW_COUNT && limits->past_bytes > 0; i++)
        rows_init(&store->windows[i], window_bytes(limits), WINDOW_BLOCK_BYTES);
    invocations_init(&store->invocations, limits->invocation_bytes, limits->text_bytes);
    functions_init(&store->functions, limits->functions);
    names_init(&store->streams, STREAM_CEILING, STREAM_TEXT_BYTES);
    store->input_names = xcalloc(STORE_INPUTS, sizeof *store->input_names);
    return store;
}

void store_free(struct store *store)
{
    if (store == NULL)
        return;
    if (store->wake_write != store->wake_read)
        close(store->wake_write);
    close(store->wake_read);
    pthread_mutex_destroy(&store->lock);
    pthread_mutex_destroy(&store->turn);
    rows_release(&store->rows);
    for (size_t i = 0; i < WINDOW_COUNT; i++)
        rows_release(&store->windows[i]);
    invocations_release(&store->invocations);
    functions_release(&store->functions);
    names_release(&store->streams);
    free(store->input_names);
    free(store);
}

/* Whoever waits for the lock holds the turn meanwhile, so the other thread cannot take the
 * lock a second time before. Without it a reader waited for 90 ms while rows came in batches of
 * 30 us: a mutex alone goes to whoever is on a processor. */
void store_lock(struct store *store)
{
    pthread_mutex_lock(&store->turn);
    pthread_mutex_lock(&store->lock);
    pthread_mutex_unlock(&store->turn);
}

void store_unlock(struct store *store)
{
    pthread_mutex_unlock(&store->lock);
}

void store_begin(struct store *store)
{
    store_lock(store);
    store->changed = store->functions_changed = false;
}

static void wake_console(struct store *store)
{
    if (atomic_exchange(&store->wake_pending, true))
        return;
    uint64_t one = 1; /* an eventfd takes eight bytes, a pipe as many as it is given */
    size_t len = store->wake_read == store->wake_write ? sizeof one : 1;
    while (write(store->wake_write, &one, len) < 0 && errno == EINTR)
        ;
}

void store_end(struct store *store)
{
    bool changed = store->changed || store->functions_changed;
    store->status.generation += changed;
    store->status.functions_generation += store->functions_changed;
    store_unlock(store);
    if (changed)
        wake_console(store);
}

int store_wake_fd(const struct store *store)
{
    return store->wake_read;
}

void store_wake_ack(struct store *store)
{
    uint64_t drained;
    while (read(store->wake_read, &drained, sizeof drained) < 0 && errno == EINTR)
        ;
    atomic_store(&store->wake_pending, false);
}

uint16_t store_stream_index(struct store *store, struct str name)
{
    if (name.len == 0)
        return STREAM_NONE;
    uint32_t index = names_find(&store->streams, name);
    if (index != NAMES_NONE)
        return (uint16_t)index;
    index = store->streams.count;
    return names_put(&store->streams, name, index) ? (uint16_t)index : STREAM_NONE;
}

void store_put_account(struct store *store, const struct account *account)
{
    store->status.account = *account;
    store->changed = true;
}

void store_put_progress(struct store *store, const struct progress *progress)
{
    store->status.progress = *progress;
    store->changed = true;
}

void store_put_trouble(struct store *store, const struct err *err)
{
    store->status.trouble = *err;
    store->status.trouble_count += err->code != ERR_NONE;
    store->changed = true;
}

void store_put_done(struct store *store, bool done)
{
    store->status.done = done;
    store->changed = true;
}

void store_put_input_name(struct store *store, uint32_t input, const char *name)
{
    if (input >= STORE_INPUTS)
        return;
    str_copy(store->input_names[input], INPUT_NAME_SIZE, str_of(name));
    store->input_known[input] = true;
    store->changed = true;
}

/* ---- what left the ring ---- */

/* Two windows and the one that is being filled share half of what there is. */
size_t window_bytes(const struct store_limits *limits)
{
    size_t bytes = limits->past_bytes / 6;
    return bytes < WINDOW_BYTES_MAX ? bytes : WINDOW_BYTES_MAX;
}

static void window_note(struct store *store, enum store_window which, uint32_t id, bool failed)
{
    const struct ring *ring = &store->windows[which].ring;
    store->status.windows[which] = (struct window_status){
        .first = ring_first(ring), .end = ring->end, .id = id, .failed = failed};
    store->changed = true;
}

void store_swap_window(struct store *store, enum store_window which, uint32_t id, struct rows *rows)
{
    struct rows before = store->windows[which];
    store->windows[which] = *rows;
    *rows = before;
    window_note(store, which, id, false);
}

void store_fail_window(struct store *store, enum store_window which, uint32_t id,
                       const struct err *err)
{
    store->status.window_trouble = *err;
    window_note(store, which, id, true);
}

void store_put_past(struct store *store, uint64_t first, const char *reads_once)
{
    store->past_first = first;
    str_copy(store->status.reads_once, sizeof store->status.reads_once,
             str_of(reads_once ? reads_once : ""));
    store->changed = true;
}

bool store_stream_name(struct store *store, uint16_t stream, char *out, size_t size)
{
    store_lock(store);
    bool known = stream < store->streams.count;
    if (known)
        str_copy(out, size, names_at(&store->streams, stream));
    store_unlock(store);
    return known;
}

bool store_input_name(struct store *store, uint32_t input, char *out, size_t size)
{
    store_lock(store);
    bool known = input < STORE_INPUTS && store->input_known[input];
    if (known)
        str_copy(out, size, str_of(store->input_names[input]));
    store_unlock(store);
    return known;
}

#define WINDOW_ROWS_MAX 16384u

/* By the size of the rows that are held. */
static size_t window_rows(const struct store *store)
{
    const struct ring *held = &store->rows.ring, *window = &store->windows[0].ring;
    uint64_t count = held->end - ring_first(held);
    uint64_t row_bytes = count ? held->used_bytes / count + 1 : 1;
    uint64_t rows = window->block_bytes * (window->block_count - 1) / row_bytes;
    return rows < WINDOW_ROWS_MAX ? (size_t)rows : WINDOW_ROWS_MAX;
}

/* The fields that others own; under the lock. */
static void status_fill(struct store *store)
{
    struct store_status *status = &store->status;
    const struct ring *ring = &store->rows.ring;
    const struct invocations *invocations = &store->invocations;
    status->first_row = status->rows_dropped = ring_first(ring);
    status->end_row = ring->end;
    bool again = store->windows[0].ring.block_count > 0 && status->reads_once[0] == '\0';
    status->first_again =
        again && store->past_first < status->first_row ? store->past_first : status->first_row;
    status->window_rows = again ? window_rows(store) : 0;
    status->ring_bytes = ring->block_bytes * ring->block_count;
    status->ring_used_bytes = ring->used_bytes;
    status->end_invocation = invocations->newest + 1;
    status->first_invocation = invocations->newest < invocations->slot_count
                                   ? 1
                                   : status->end_invocation - invocations->slot_count;
    status->functions = store->functions.count;
}

void store_read_status(struct store *store, struct store_status *out)
{
    store_lock(store);
    status_fill(store);
    *out = store->status;
    store_unlock(store);
}
