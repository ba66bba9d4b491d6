#include "src/base/log.h"

#include "src/base/clock.h"
#include "src/base/redact.h"
#include "src/base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A line is cut at LINE_MOST before it is redacted, so that one write(2) holds it; O_APPEND
 * keeps the lines of two threads apart. A line that cannot be written is lost: the debug log
 * must never stop the program that it describes. */

#define LINE_MOST 4096

static _Atomic int log_fd = -1;

bool log_open(const char *path, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
    struct stat st;
    if (fd < 0)
        return err_set(err, ERR_USAGE, "debug log %s: %s", path, strerror(errno));
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 077) != 0 &&
        fchmod(fd, 0600) != 0) {
        err_set(err, ERR_USAGE, "debug log %s: others may read it: %s", path, strerror(errno));
        close(fd);
        return false;
    }
    log_close();
    atomic_store(&log_fd, fd);
    return true;
}

void log_close(void)
{
    int fd = atomic_exchange(&log_fd, -1);
    if (fd >= 0)
        close(fd);
}

bool log_is_open(void)
{
    return atomic_load_explicit(&log_fd, memory_order_relaxed) >= 0;
}

static void write_redacted(int fd, struct str text)
{
    char stamp[CLOCK_ISO_SIZE];
    struct buf clear, line;
    buf_init(&clear, 4 * LINE_MOST);
    buf_init(&line, 8 * LINE_MOST);
    clock_iso(clock_unix_ms(), stamp);
    buf_printf(&line, "%s ", stamp);
    /* redacted first: what the gate writes must not hide a secret from the finders */
    redact(text, &clear);
    utf8_defuse(buf_str(&clear), false, &line);
    buf_add_char(&line, '\n');
    ssize_t written = write(fd, line.at, line.len);
    (void)written;
    buf_release(&clear);
    buf_release(&line);
}

void log_line(const char *format, ...)
{
    int fd = atomic_load(&log_fd);
    if (fd < 0)
        return;
    char text[LINE_MOST];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (len < 0)
        return;
    write_redacted(fd, str_first((struct str){text, (size_t)len}, sizeof text - 1));
}
