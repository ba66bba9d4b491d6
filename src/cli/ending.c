#include "src/cli/ending.h"

#include <errno.h>
#include <signal.h>

static volatile sig_atomic_t caught_signal;
static struct source
    *waiting_source; /* source_wake is a write(2), which a handler may do */
static const int ending_signals[] = {SIGINT, SIGTERM, SIGHUP};
#define ENDING_COUNT (sizeof ending_signals / sizeof *ending_signals)
static struct sigaction before[ENDING_COUNT];

static void on_signal(int number)
{
    int saved = errno;
    caught_signal = number;
    source_wake(waiting_source);
    errno = saved;
}

void ending_begin(struct source *source)
{
    struct sigaction action = {.sa_handler = on_signal,
                               .sa_flags = (int)SA_RESETHAND}; /* a second one kills */
    caught_signal = 0;
    waiting_source = source;
    for (size_t i = 0; i < ENDING_COUNT; i++) {
        sigaction(ending_signals[i], NULL, &before[i]);
        if (before[i].sa_handler != SIG_IGN) /* nohup keeps its promise */
            sigaction(ending_signals[i], &action, NULL);
    }
}

void ending_release(void)
{
    for (size_t i = 0; i < ENDING_COUNT; i++)
        sigaction(ending_signals[i], &before[i], NULL);
}

int ending_signal(void)
{
    return caught_signal;
}

int ending_tell(const char *command, struct err *err)
{
    const char *name = caught_signal == SIGINT    ? "INT"
                       : caught_signal == SIGTERM ? "TERM"
                                                  : "HUP";
    err_set(err, ERR_INPUT_PARTIAL, "%s: the input: ended by signal %s before its end",
            command, name);
    err_advise(err, "what was read so far is on stdout");
    err_print(err);
    return 128 + caught_signal;
}

int ending_worse(int a, int b)
{
    static const int order[] = {70, 129, 130, 143, 3, 2, 4, 1};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (a == order[i] || b == order[i])
            return order[i];
    return 0;
}
