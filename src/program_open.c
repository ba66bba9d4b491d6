#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/clock.h"
#include "src/program.h"
#include "src/source/casefile.h"
#include "src/source/keep.h"
#include "src/source/live.h"
#include "src/source/logfile.h"

/* Which source runs is known here alone. */

/* Of a case that is played back, this much of its end comes as time passes: little enough that the
 * demo opens on an incident that is there already. */
#define PLAY_FROM_MS (3 * 60 * 1000)
#define PATH_ROOM 4096

static bool read_window(const struct settings *s, struct window *out, struct err *err)
{
    int64_t now = clock_unix_ms();
    *out = (struct window){TIME_NONE, TIME_NONE};
    if (s->since[0] && !clock_parse_when(str_of(s->since), now, s->utc, &out->since_unix_ms, err))
        return false;
    if (s->until[0] && !clock_parse_when(str_of(s->until), now, s->utc, &out->until_unix_ms, err))
        return false;
    if (out->since_unix_ms != TIME_NONE && out->until_unix_ms != TIME_NONE &&
        out->since_unix_ms >= out->until_unix_ms)
        return err_set(err, ERR_USAGE, "--since and --until: %s to %s: nothing lies between them",
                       s->since, s->until);
    return true;
}

/* The directory of the running program, without a slash at its end. */
static bool program_directory(char *out, size_t size)
{
    ssize_t len = readlink("/proc/self/exe", out, size - 1);
    if (len <= 0)
        return false;
    out[len] = '\0';
    char *slash = strrchr(out, '/');
    if (slash)
        *slash = '\0';
    return slash != NULL;
}

/* Beside the sources while it is not installed, else where it was installed. The path is
 * canonical: evidence names it. */
static void find_demo(char *out, size_t size)
{
    static const char *const beside[] = {"../docs/demo", "../../docs/demo",
                                         "../share/lambdig/demo"};
    char directory[PATH_ROOM];
    bool known = program_directory(directory, sizeof directory);
    for (size_t i = 0; known && i < sizeof beside / sizeof *beside; i++) {
        char probe[2 * PATH_ROOM], *found;
        snprintf(probe, sizeof probe, "%s/%s/case.json", directory, beside[i]);
        if ((found = realpath(probe, NULL)) == NULL)
            continue;
        snprintf(out, size, "%.*s", (int)(strlen(found) - strlen("/case.json")), found);
        free(found);
        return;
    }
    snprintf(out, size, "%s/demo", DATADIR);
}

static bool open_case(const struct settings *s, const char *directory, bool whole,
                      struct window window, struct source **out, struct err *err)
{
    struct casefile_options options = {
        .directory = directory, .window = window, .play_from_ms = PLAY_FROM_MS,
        .play_speed = whole ? 0 : (unsigned)s->play_speed,
    };
    return casefile_open(out, &options, err);
}

/* --logs first, then the positional arguments. */
static bool open_logs(const struct settings *s, const struct command *c, struct window window,
                      struct source **out, struct err *err)
{
    size_t count = s->logs.count + c->count;
    if (count > 1024)
        return err_set(err, ERR_USAGE, "--logs: %zu files: at most 1,024 at a time", count);
    const char **paths = xcalloc(count, sizeof *paths);
    for (size_t i = 0; i < count; i++)
        paths[i] = i < s->logs.count ? s->logs.items[i] : c->arguments[i - s->logs.count];
    struct logfile_options options = {
        .paths = paths, .count = count, .follow = true, .window = window};
    bool good = logfile_open(out, &options, err);
    free(paths);
    return good;
}

/* tail shows every line of what it was told to; the console and triage look for failures. */
static bool open_account(const struct settings *s, const struct command *c, bool whole,
                         struct window window, struct source **out, struct err *err)
{
    bool tail = strcmp(c->name, "tail") == 0;
    struct live_options options = {
        .flags = {s->profile, s->region.count ? s->region.items[0] : "", s->endpoint_url,
                  s->allow_insecure_endpoint},
        .window = window,
        .functions = (const char *const *)c->arguments,
        .count = c->count,
        .pattern = tail ? s->filter_pattern : "",
        .once = whole,
        .whole = tail,
        .figures = !whole && !tail,
        .read_only = !s->write,
        .utc = s->utc,
        .follow = {.overlap_ms = s->overlap_ms,
                   .deep_ms = s->sweep_ms,
                   .deep_every_ms = s->sweep_every_ms,
                   .poll_ms = s->poll_ms,
                   .calls_per_1000_s = s->calls_per_s * 1000},
    };
    return live_open(out, &options, err);
}

bool program_open(const struct settings *settings, const struct command *command, bool whole,
                  struct source **out, struct err *err)
{
    struct window window;
    char demo[PATH_ROOM];
    if (!read_window(settings, &window, err))
        return false;
    if (settings->logs.count > 0)
        return open_logs(settings, command, window, out, err);
    if (settings->case_dir[0] == '\0' && strcmp(command->name, "demo") != 0)
        return open_account(settings, command, whole, window, out, err);
    find_demo(demo, sizeof demo);
    const char *directory = settings->case_dir[0] ? settings->case_dir : demo;
    if (!open_case(settings, directory, whole, window, out, err))
        return false;
    if (command->count > 0)
        *out = keep_new(*out, (const char *const *)command->arguments, command->count);
    return true;
}
