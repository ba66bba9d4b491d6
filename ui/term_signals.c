#include "config.h"

#include "ui/term_signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>
#ifdef HAVE_SYS_SIGNALFD_H
#include <sys/signalfd.h>
#endif

/* ---- signals that end the process ---- */

static const int fatal_signals[] = {SIGSEGV, SIGABRT, SIGBUS,  SIGFPE, SIGILL,
                                    SIGQUIT, SIGSYS,  SIGTRAP, SIGPIPE};
#define FATAL_COUNT (sizeof fatal_signals / sizeof *fatal_signals)
static struct sigaction fatal_before[FATAL_COUNT];
static void (*restore_terminal)(void);

static void fatal(int number)
{
    int saved = errno;
    restore_terminal();
    for (size_t i = 0; i < FATAL_COUNT; i++)
        if (fatal_signals[i] == number)
            sigaction(number, &fatal_before[i], NULL);
    errno = saved;
    raise(number); /* held until the handler returns; then the process dies by it */
}

void signals_fatal_watch(void (*restore)(void))
{
    static char stack[64 * 1024];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_handler = fatal, .sa_flags = SA_ONSTACK};
    restore_terminal = restore;
    sigaltstack(&alternate, NULL);
    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < FATAL_COUNT; i++) {
        sigaction(fatal_signals[i], NULL, &fatal_before[i]);
        if (fatal_before[i].sa_handler != SIG_IGN) /* where someone ignores SIGPIPE, so it stays */
            sigaction(fatal_signals[i], &action, NULL);
    }
}

void signals_fatal_unwatch(void)
{
    for (size_t i = 0; i < FATAL_COUNT; i++)
        sigaction(fatal_signals[i], &fatal_before[i], NULL);
}

/* ---- signals as events ---- */

static const int event_signals[] = {SIGWINCH, SIGTERM, SIGINT, SIGHUP, SIGCONT, SIGTSTP, SIGUSR1};
#define EVENT_COUNT (sizeof event_signals / sizeof *event_signals)
static sigset_t mask_before;
static int signal_fd = -1;

#ifdef HAVE_SYS_SIGNALFD_H
bool signals_open(void)
{
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < EVENT_COUNT; i++)
        sigaddset(&set, event_signals[i]);
    pthread_sigmask(SIG_BLOCK, &set, &mask_before);
    signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    return signal_fd >= 0;
}

void signals_close(void)
{
    close(signal_fd);
    pthread_sigmask(SIG_SETMASK, &mask_before, NULL);
}

int signals_take(void)
{
    struct signalfd_siginfo one;
    return read(signal_fd, &one, sizeof one) == (ssize_t)sizeof one ? (int)one.ssi_signo : 0;
}
#else
static struct sigaction event_before[EVENT_COUNT];
static int signal_write_fd = -1;

static void note_signal(int number)
{
    unsigned char byte = (unsigned char)number;
    int saved = errno;
    ssize_t written = write(signal_write_fd, &byte, 1);
    (void)written;
    errno = saved;
}

bool signals_open(void)
{
    int ends[2];
    sigset_t set;
    struct sigaction action = {.sa_handler = note_signal, .sa_flags = SA_RESTART};
    if (pipe(ends) != 0)
        return false;
    for (int i = 0; i < 2; i++) {
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
        fcntl(ends[i], F_SETFL, O_NONBLOCK);
    }
    signal_fd = ends[0];
    signal_write_fd = ends[1];
    sigemptyset(&set);
    for (size_t i = 0; i < EVENT_COUNT; i++) {
        sigaction(event_signals[i], &action, &event_before[i]);
        sigaddset(&set, event_signals[i]);
    }
    pthread_sigmask(SIG_UNBLOCK, &set, &mask_before);
    return true;
}

void signals_close(void)
{
    for (size_t i = 0; i < EVENT_COUNT; i++)
        sigaction(event_signals[i], &event_before[i], NULL);
    close(signal_fd);
    close(signal_write_fd);
    pthread_sigmask(SIG_SETMASK, &mask_before, NULL);
}

int signals_take(void)
{
    unsigned char byte;
    return read(signal_fd, &byte, 1) == 1 ? byte : 0;
}
#endif

int signals_fd(void)
{
    return signal_fd;
}

void signals_stop_here(void)
{
    sigset_t stop;
    struct sigaction plain = {.sa_handler = SIG_DFL}, before;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    sigaction(SIGTSTP, &plain, &before);
    pthread_sigmask(SIG_UNBLOCK, &stop, NULL);
    kill(0, SIGTSTP); /* the whole job, as the terminal's own Ctrl-z does */
#ifdef HAVE_SYS_SIGNALFD_H
    pthread_sigmask(SIG_BLOCK, &stop, NULL);
#endif
    sigaction(SIGTSTP, &before, NULL);
}
