#include "src/source/wake.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static bool make_quiet(int fd)
{
    return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
}

bool wake_init(struct wake *wake, struct err *err)
{
    int fds[2];
    *wake = (struct wake){-1, -1};
    if (pipe(fds) != 0)
        return err_set(err, ERR_SYSTEM, "opening a source: pipe: %s", strerror(errno));
    *wake = (struct wake){fds[0], fds[1]};
    if (make_quiet(fds[0]) && make_quiet(fds[1]))
        return true;
    err_set(err, ERR_SYSTEM, "opening a source: fcntl: %s", strerror(errno));
    wake_release(wake);
    return false;
}

void wake_release(struct wake *wake)
{
    if (wake->read_fd >= 0)
        close(wake->read_fd);
    if (wake->write_fd >= 0)
        close(wake->write_fd);
    *wake = (struct wake){-1, -1};
}

void wake_raise(const struct wake *wake)
{
    ssize_t written;
    do
        written = write(wake->write_fd, "", 1);
    while (written < 0 && errno == EINTR); /* a full pipe is raised already */
}

static void take_down(const struct wake *wake)
{
    char bytes[64];
    while (read(wake->read_fd, bytes, sizeof bytes) > 0)
        continue;
}

bool wake_wait(const struct wake *wake, int fd, int wait_ms)
{
    struct pollfd polled[2] = {{.fd = wake->read_fd, .events = POLLIN},
                               {.fd = fd, .events = POLLIN}};
    if (poll(polled, fd >= 0 ? 2 : 1, wait_ms) <= 0)
        return false;
    if (polled[0].revents)
        take_down(wake);
    return fd >= 0 && polled[1].revents;
}
