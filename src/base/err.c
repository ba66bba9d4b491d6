#include "src/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One table gives every error its exit status and its hint. Text may hold names that came
 * from outside (a path, a region): control bytes are made harmless here, once. */

static const struct {
    int status;
    const char *hint;
} err_table[ERR_CODE_COUNT] = {
#define ERR_ROW(id, status_, hint_) [id] = {.status = (status_), .hint = (hint_)},
    ERR_CODES(ERR_ROW)
#undef ERR_ROW
};

static void (*die_restore)(void);

/* Cuts inside no UTF-8 character and lets no control byte through. */
static void make_printable(char *text, size_t size)
{
    size_t len = strlen(text);
    if (len + 1 == size)
        while (len > 0 && ((unsigned char)text[len - 1] & 0xC0) == 0x80)
            len--;
    if (len > 0 && len + 1 < size && strlen(text) + 1 == size && (unsigned char)text[len - 1] >= 0xC0)
        len--;
    text[len] = '\0';
    for (char *at = text; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7F)
            *at = '?';
}

bool err_set(struct err *err, enum err_code code, const char *format, ...)
{
    if (err == NULL || err->code != ERR_NONE)
        return false;
    err->code = code;
    err->hint[0] = '\0';
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    make_printable(err->text, sizeof err->text);
    return false;
}

bool err_advise(struct err *err, const char *format, ...)
{
    if (err == NULL)
        return false;
    va_list args;
    va_start(args, format);
    vsnprintf(err->hint, sizeof err->hint, format, args);
    va_end(args);
    make_printable(err->hint, sizeof err->hint);
    return false;
}

void err_clear(struct err *err)
{
    err->code = ERR_NONE;
    err->text[0] = err->hint[0] = '\0';
}

const char *err_hint(const struct err *err)
{
    return err->hint[0] ? err->hint : err_table[err->code].hint;
}

int err_exit_status(const struct err *err)
{
    return err_table[err->code].status;
}

void err_print(const struct err *err)
{
    const char *hint = err_hint(err);
    fprintf(stderr, "lambdig: %s%s%s\n", err->text, hint[0] ? " — " : "", hint);
}

void die_with(void (*restore)(void))
{
    die_restore = restore;
}

_Noreturn void die(const char *format, ...)
{
    char text[300];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    make_printable(text, sizeof text);
    if (die_restore)
        die_restore();
    fprintf(stderr, "lambdig: %s — this is a defect in lambdig; please report it\n", text);
    exit(70);
}

void *xcalloc(size_t count, size_t size)
{
    void *at = calloc(count ? count : 1, size ? size : 1);
    if (at == NULL)
        die("memory: %zu times %zu bytes: the system has none left", count, size);
    return at;
}

void *xrealloc(void *old, size_t size)
{
    void *at = realloc(old, size ? size : 1);
    if (at == NULL)
        die("memory: %zu bytes: the system has none left", size);
    return at;
}
