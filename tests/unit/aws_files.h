/* A home of its own for the tests of the SDKs' files: no variable and no file of the machine
 * that runs them reaches the test, and no real metadata address is asked. */
#ifndef LAMBDIG_TESTS_AWS_FILES_H
#define LAMBDIG_TESTS_AWS_FILES_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/str.h"

extern char **environ;
static char home[64];

static inline void scrub_environment(void)
{
    char name[128];
    for (size_t i = 0; environ[i];) {
        size_t len = strcspn(environ[i], "=");
        snprintf(name, sizeof name, "%.*s", (int)len, environ[i]);
        if (strncmp(name, "AWS_", 4) != 0 || unsetenv(name) != 0)
            i++;
    }
    setenv("HOME", home, 1);
    setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
}

static inline void path_at_home(const char *name, char *out, size_t size)
{
    snprintf(out, size, "%s/%s", home, name);
}

/* Writes ~/NAME with these bytes; the folders of it are made. */
static inline void write_bytes(const char *name, struct str bytes)
{
    char path[512];
    path_at_home(name, path, sizeof path);
    for (char *slash = strchr(path + strlen(home) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    if (fd < 0 || write(fd, bytes.at, bytes.len) != (ssize_t)bytes.len)
        abort();
    close(fd);
}

static inline void write_text(const char *name, const char *text)
{
    write_bytes(name, str_of(text));
}

static inline void write_config(const char *text)
{
    write_text(".aws/config", text);
}

static inline void write_credentials(const char *text)
{
    write_text(".aws/credentials", text);
}

static inline void remove_at_home(const char *name)
{
    char path[512];
    path_at_home(name, path, sizeof path);
    if (unlink(path) != 0)
        rmdir(path);
}

static inline int new_home(void **state)
{
    (void)state;
    snprintf(home, sizeof home, "/tmp/lambdig-aws-XXXXXX");
    if (!mkdtemp(home))
        return -1;
    scrub_environment();
    return 0;
}

static inline int drop_home(void **state)
{
    static const char *const names[] = {
        ".aws/config", ".aws/credentials", ".aws", "token", "program", "note"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        remove_at_home(names[i]);
    return rmdir(home);
}

#endif
