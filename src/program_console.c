#include <signal.h>
#include <stdlib.h>

#include "src/feed/fetch.h"
#include "src/program_switch.h"
#include "ui/app.h"

/* The console: a store, the thread that fills it, and the loop that shows it. */

/* memory_limit_mb, shared out: a quarter for invocations, a sixteenth each for functions (about
 * 1 KiB each) and for finding again what left the memory, the rest for log lines. */
static struct store_limits share_memory(int64_t limit_mb)
{
    size_t all = (size_t)limit_mb << 20;
    return (struct store_limits){
        .text_bytes = all - all / 4 - all / 16 - all / 16,
        .past_bytes = all / 16,
        .invocation_bytes = all / 4,
        .functions = (uint32_t)(all / 16 / 1024),
    };
}

/* Before the second thread starts, so that it inherits the mask: these arrive in the loop. */
static void block_signals(sigset_t *old)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGWINCH);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGCONT);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, old);
}

/* What was missing is told again once the terminal is back. */
static int trouble_status(struct store *store)
{
    struct store_status status;
    store_read_status(store, &status);
    if (status.trouble.code == ERR_NONE)
        return 0;
    err_print(&status.trouble);
    int own = err_exit_status(&status.trouble);
    return own == 2 && status.progress.events > 0 ? 4 : own;
}

static int run_app(struct program_switch *change, struct store *store, struct fetch *fetch)
{
    struct err err = {0};
    int number = 0;
    struct app_sources sources = program_sources(change);
    struct app_options options = {change->now, store, fetch_inbox(fetch), &sources};
    if (!app_run(&options, &number, &err)) {
        err_print(&err);
        return err_exit_status(&err);
    }
    if (number)
        program_switch_drop(change); /* the signal came last */
    if (change->source)
        return 0;
    int status = trouble_status(store);
    return number ? 128 + number : status;
}

/* On one source, until the user leaves or changes over. */
static int run_source(struct program_switch *change, struct source *source)
{
    struct store_limits limits = share_memory(change->now->memory_limit_mb);
    struct store *store = store_new(&limits);
    struct fetch *fetch;
    struct err err = {0};
    int status;
    if (fetch_start(&fetch, store, source, &limits, &err)) {
        status = run_app(change, store, fetch);
        fetch_stop(fetch);
    } else {
        err_print(&err);
        status = err_exit_status(&err);
    }
    store_free(store);
    program_switch_release(change);
    return status;
}

int program_console(const struct settings *settings, const struct command *command,
                    struct source *source)
{
    struct program_switch change = {.now = settings, .command = command};
    struct settings *own = NULL;
    sigset_t old;
    int status;
    block_signals(&old);
    do {
        change.settings = NULL;
        change.source = NULL;
        status = run_source(&change, source);
        source = change.source;
        if (own) {
            settings_release(own);
            free(own);
        }
        own = change.settings;
        change.now = own;
    } while (source);
    sigprocmask(SIG_SETMASK, &old, NULL);
    return status;
}
