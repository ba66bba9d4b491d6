#include <fcntl.h>
#include <jansson.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "config.h"
#ifdef HAVE_SYS_PRCTL_H
#include <sys/prctl.h>
#endif

#include "src/base/log.h"
#include "src/cli/cli.h"
#include "src/program.h"

/* Tells the commands apart and checks what each may be given; the rest is theirs. */

static const struct command_row {
    const char *name;
    bool built;     /* false: of a later version; named so that nobody takes it for a function */
    bool has_source;
} commands[] = {
    {"demo", true, true},    {"triage", true, true},  {"config", true, false},
    {"tail", true, true},    {"trace", true, false}, {"queue", false, false},
    {"doctor", false, false}, {"record", false, false},
};
#define COMMAND_COUNT (sizeof commands / sizeof *commands)
#define COMMANDS_BUILT "demo, triage, tail, trace and config"

static const struct command_row *find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

/* stdin, stdout and stderr stay open, so that no file of ours ever becomes one of them. */
static void hold_standard_files(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0)
            _exit(70);
}

static void forbid_cores(const struct settings *settings)
{
    if (settings->allow_core)
        return;
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
#ifdef HAVE_SYS_PRCTL_H
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

static bool not_built(const char *name, struct err *err)
{
    err_set(err, ERR_USAGE, "command: %s: this version does not have it yet", name);
    return err_advise(err, "it has the console, " COMMANDS_BUILT);
}

/* A first word that is no command: a slip, a file without --logs, or a function of an account. */
static bool check_word(const char *word, struct err *err)
{
    const char *names[COMMAND_COUNT];
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        names[i] = commands[i].name;
    const char *near = str_nearest(str_of(word), names, COMMAND_COUNT);
    if (near) {
        err_set(err, ERR_USAGE, "command: %s: there is no such command, did you mean %s?", word,
                near);
        return err_advise(err, "this version has the console, " COMMANDS_BUILT);
    }
    if (access(word, F_OK) == 0) {
        err_set(err, ERR_USAGE,
                "argument: %s: a file is given with --logs, a recorded incident with --case", word);
        return err_advise(err, "lambdig --logs %.150s", word);
    }
    return true;
}

/* Each file once named, and stdin at most once. */
static bool check_logs(const struct settings *s, const struct command *c, struct err *err)
{
    size_t stdins = 0;
    for (size_t i = 0; i < s->logs.count + c->count; i++) {
        const char *path = i < s->logs.count ? s->logs.items[i] : c->arguments[i - s->logs.count];
        stdins += strcmp(path, "-") == 0;
        if (path[0] == '\0')
            return err_set(err, ERR_USAGE, "--logs: '' names no file");
    }
    return stdins < 2 || err_set(err, ERR_USAGE, "--logs: -: stdin can be read only once");
}

static bool check_source(const struct settings *s, const struct command *c, struct err *err)
{
    bool demo = strcmp(c->name, "demo") == 0, has_case = s->case_dir[0] != '\0',
         has_logs = s->logs.count > 0;
    if (demo + has_case + has_logs > 1)
        return err_set(err, ERR_USAGE, "%s: one input at a time",
                       demo ? "demo, --case and --logs" : "--case and --logs");
    if (has_logs && strcmp(c->name, "tail") == 0)
        return err_set(err, ERR_USAGE,
                       "tail: --logs: it reads an account or a case; triage reads exported logs");
    if (has_logs)
        return check_logs(s, c, err);
    if (demo || has_case)
        return true;
    if (c->count > 0 && strcmp(c->name, "triage") == 0 && access(c->arguments[0], F_OK) == 0) {
        err_set(err, ERR_USAGE, "triage: %s: a file is given with --logs", c->arguments[0]);
        return err_advise(err, "lambdig triage --logs %.150s", c->arguments[0]);
    }
    if (c->count == 0 && strcmp(c->name, "tail") == 0)
        return err_set(err, ERR_USAGE, "tail: it takes the names of functions, or of log groups");
    return true;
}

static bool check_trace(const struct settings *s, const struct command *c, struct err *err)
{
    if (s->logs.count > 0)
        return err_set(err, ERR_USAGE,
                       "trace: --logs: a log holds no trace; give its file, or --case");
    if (c->count == 1)
        return true;
    return err_set(err, ERR_USAGE, "trace: it takes one trace id, request id or file");
}

static bool check_command(const struct settings *s, const struct command *c, struct err *err)
{
    bool config = strcmp(c->name, "config") == 0;
    if (s->asked.check && !config)
        return err_set(err, ERR_USAGE, "option: --check: it belongs to lambdig config");
    if (strcmp(c->name, "trace") == 0)
        return check_trace(s, c, err);
    if (!config)
        return check_source(s, c, err);
    if (c->count > 0)
        return err_set(err, ERR_USAGE, "config: %s: it takes no argument", c->arguments[0]);
    if (strcmp(s->format, "markdown") == 0)
        return err_set(err, ERR_USAGE, "--format: markdown is a form of triage, not of config");
    return true;
}

static bool read_command(const struct settings *s, char **arguments, int count, struct command *out,
                         struct err *err)
{
    const struct command_row *row = count > 0 ? find_command(arguments[0]) : NULL;
    *out = (struct command){row ? row->name : "console", arguments, (size_t)count};
    if (row) {
        out->arguments++;
        out->count--;
    }
    if (row && !row->built)
        return not_built(row->name, err);
    bool has_input = s->case_dir[0] != '\0' || s->logs.count > 0;
    if (!row && count > 0 && !has_input && !check_word(arguments[0], err))
        return false;
    return check_command(s, out, err);
}

static bool is_console(const struct command *c)
{
    return strcmp(c->name, "triage") != 0 && strcmp(c->name, "tail") != 0;
}

static int run_on_source(const struct settings *settings, const struct command *command)
{
    struct source *source;
    struct err err = {0};
    bool console = is_console(command) && isatty(STDOUT_FILENO);
    bool plays = console || (settings->follow && strcmp(command->name, "tail") == 0);
    if ((console && !program_check(settings, &err)) ||
        !program_open(settings, command, !plays, &source, &err)) {
        err_print(&err);
        return err_exit_status(&err);
    }
    if (is_console(command) && !console)
        fputs("lambdig: stdout is no terminal: this is the triage instead of the console\n",
              stderr);
    if (console)
        return program_console(settings, command, source);
    bool tail = strcmp(command->name, "tail") == 0;
    bool several = command->count > 1 && settings->case_dir[0] == '\0';
    int status = tail ? cli_tail(settings, source, several) : cli_triage(settings, source);
    source_free(source);
    return status;
}

/* What a report of trouble needs first: the program, the command, and each setting that is set. */
static void log_start(const struct settings *s, const struct command *c)
{
    struct buf value;
    if (!log_is_open())
        return;
    log_line("lambdig " PACKAGE_VERSION ": %s, %zu arguments", c->name, c->count);
    buf_init(&value, 4096);
    for (enum option_id option = 0; option < OPTION_COUNT; option++) {
        if (strcmp(s->origin[option], "default") == 0)
            continue;
        buf_clear(&value);
        settings_text(s, option, &value);
        struct str text = buf_str(&value);
        log_line("%s: %.*s (%s)", option_row(option)->name, STR_ARG(text), s->origin[option]);
    }
    buf_release(&value);
}

static int run(struct settings *settings, int argc, char **argv)
{
    struct err err = {0};
    struct command command;
    bool good = settings_load(settings, &argc, argv, &err);
    if (good && settings->asked.help)
        return program_help();
    if (good && settings->asked.version)
        return program_version();
    good = good && read_command(settings, argv, argc, &command, &err) &&
           (!settings->asked.check || program_check(settings, &err)) &&
           (settings->debug_log[0] == '\0' || log_open(settings->debug_log, &err));
    if (!good) {
        err_print(&err);
        return err_exit_status(&err);
    }
    forbid_cores(settings);
    log_start(settings, &command);
    if (strcmp(command.name, "config") == 0)
        return cli_config(settings, settings->asked.check);
    if (strcmp(command.name, "trace") == 0)
        return cli_trace(settings, command.arguments[0]);
    return run_on_source(settings, &command);
}

int main(int argc, char **argv)
{
    hold_standard_files();
    setlocale(LC_CTYPE, "");
    json_object_seed(0); /* else the first object does it, in whichever thread that is */
    signal(SIGPIPE, SIG_IGN); /* a write that fails says so, and the end is silent: 141 */
    struct settings settings;
    settings_init(&settings);
    int status = run(&settings, argc, argv);
    log_line("ended with %d", status);
    settings_release(&settings);
    log_close();
    return status;
}
