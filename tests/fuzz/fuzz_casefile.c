/* A recorded case whose files hold any bytes: opening it refuses with a reason or its steps end,
 * and what it hands over is within its bounds. The input holds the files one after the other,
 * each behind a line `=== NAME`. */
#include "tests/fuzz/fuzz.h"

#include "src/source/casefile.h"

#include <fcntl.h>
#include <unistd.h>

#define STEPS_MOST 100000

static const char *const names[] = {"case.json",   "functions.json", "events.jsonl",
                                    "traces.json", "messages.json",  "metrics.json"};
#define NAME_COUNT (sizeof names / sizeof names[0])

static char directory[] = "/tmp/lambdig-fuzz-XXXXXX";

static void path_of(char path[128], const char *name)
{
    snprintf(path, 128, "%s/%s", directory, name);
}

static void remove_files(void)
{
    for (size_t i = 0; i < NAME_COUNT; i++) {
        char path[128];
        path_of(path, names[i]);
        unlink(path);
    }
}

static void remove_all(void)
{
    remove_files();
    rmdir(directory);
}

static void put(const char *name, struct str text)
{
    char path[128];
    path_of(path, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    FUZZ_CHECK(fd >= 0 && write(fd, text.at, text.len) == (ssize_t)text.len);
    close(fd);
}

/* Up to the next line that begins with `=== `. */
static struct str take_file(struct str *rest)
{
    size_t at = str_starts(*rest, STR("=== ")) ? 0 : str_find(*rest, STR("\n=== "));
    struct str text = at == SIZE_MAX ? *rest : str_first(*rest, at ? at + 1 : 0);
    *rest = str_from(*rest, text.len);
    return text;
}

static void put_files(struct str input)
{
    while (input.len > 0) {
        struct str name = STR("case.json");
        if (str_skip(&input, STR("=== ")))
            name = str_take_until(&input, '\n');
        struct str text = take_file(&input);
        for (size_t i = 0; i < NAME_COUNT; i++)
            if (str_eq(name, str_of(names[i])))
                put(names[i], text);
    }
}

static void on_events(void *ctx, const struct event *events, size_t count)
{
    (void)ctx;
    for (size_t i = 0; i < count; i++)
        FUZZ_CHECK(events[i].message.len == 0 || events[i].message.at != NULL);
}

static void on_account(void *ctx, const struct account *account)
{
    (void)ctx;
    FUZZ_CHECK(!account->live && memchr(account->title, '\0', sizeof account->title));
}

static void on_functions(void *ctx, const struct function *functions, size_t count)
{
    (void)ctx;
    for (size_t i = 0; i < count; i++)
        FUZZ_CHECK(functions[i].name[0] &&
                   memchr(functions[i].log_group, '\0', sizeof functions[i].log_group));
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

static void run(struct source *source)
{
    const struct sink sink = {.account = on_account, .functions = on_functions, .events = on_events,
                              .progress = on_progress, .trouble = on_trouble};
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

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static bool made;
    struct casefile_options options = {directory, {TIME_NONE, TIME_NONE}, 0, 0};
    struct source *source;
    struct err err = {0};
    if (!made) {
        FUZZ_CHECK(mkdtemp(directory) != NULL);
        atexit(remove_all);
        made = true;
    }
    remove_files();
    put_files(FUZZ_TEXT(bytes ? bytes : (const uint8_t *)"", len));
    if (casefile_open(&source, &options, &err))
        run(source);
    else
        FUZZ_CHECK(err.code != ERR_NONE && err.text[0]);
    return 0;
}
