/* An exported log of any bytes, through a file as the program reads it: steps end, a refusal
 * says why, and events are in their input. */
#include "tests/fuzz/fuzz.h"

#include "src/source/logfile.h"

#include <unistd.h>

#define STEPS_MOST 100000

struct seen {
    uint64_t events;
    size_t len;
};

static void on_events(void *ctx, const struct event *events, size_t count)
{
    struct seen *seen = ctx;
    seen->events += count;
    for (size_t i = 0; i < count; i++)
        FUZZ_CHECK(events[i].message.len == 0 || events[i].message.at != NULL);
}

static void on_account(void *ctx, const struct account *account)
{
    (void)ctx;
    FUZZ_CHECK(!account->live);
}

static void on_functions(void *ctx, const struct function *functions, size_t count)
{
    (void)ctx;
    FUZZ_CHECK(count == 0 || functions != NULL);
}

static void on_progress(void *ctx, const struct progress *progress)
{
    (void)ctx;
    FUZZ_CHECK(memchr(progress->note, '\0', sizeof progress->note) != NULL);
}

static void on_trouble(void *ctx, const struct err *err)
{
    (void)ctx;
    FUZZ_CHECK(err->code != ERR_NONE && err->text[0]);
}

static void run(struct source *source, struct seen *seen)
{
    struct sink sink = {seen, on_account, on_functions, on_events, on_progress, on_trouble, NULL};
    enum step step = STEP_MORE;
    struct err err = {0};
    for (int i = 0; step != STEP_DONE; i++) {
        FUZZ_CHECK(i < STEPS_MOST);
        if (!source_step(source, &sink, 0, &step, &err)) {
            FUZZ_CHECK(err.code != ERR_NONE && err.text[0]);
            break;
        }
    }
    source_free(source);
}

static char path[] = "/tmp/lambdig-fuzz-XXXXXX";

static void remove_input(void)
{
    unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static int fd = -1;
    const char *const paths[] = {path};
    struct logfile_options options = {paths, 1, false, {TIME_NONE, TIME_NONE}};
    struct seen seen = {0, len};
    struct source *source;
    struct err err = {0};
    if (fd < 0 && (fd = mkstemp(path)) >= 0)
        atexit(remove_input);
    FUZZ_CHECK(fd >= 0 && ftruncate(fd, 0) == 0);
    FUZZ_CHECK(pwrite(fd, bytes ? bytes : (const uint8_t *)"", len, 0) == (ssize_t)len);
    if (logfile_open(&source, &options, &err))
        run(source, &seen);
    else
        FUZZ_CHECK(err.code != ERR_NONE && err.text[0]);
    return 0;
}
