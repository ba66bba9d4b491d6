#include "src/base/err.h"

#include "src/base/log.h"
#include "src/base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* One table gives every error its exit status and its hint. Text may hold names that came
 * from outside (a path, a region): what acts on a terminal is made harmless here, once. */

static const struct {
    int status;
    const char *hint;
} err_table[ERR_CODE_COUNT] = {
#define ERR_ROW(id, status_, hint_) [id] = {.status = (status_), .hint = (hint_)},
    ERR_CODES(ERR_ROW)
#undef ERR_ROW
};

static void (*die_restore)(void);

static bool is_shown(uint32_t code)
{
    return code >= 0x20 && code != 0x7F && (code < 0x80 || code >= 0xA0) && code != UTF8_BAD &&
           !utf8_is_invisible(code);
}

/* What would act on a terminal or show nothing becomes `?`. A character that `cut` left in
 * part at the end goes. The text only ever gets shorter. */
static void make_printable(char *text, bool cut)
{
    size_t out = 0;
    for (struct str rest = str_of(text); rest.len > 0;) {
        uint32_t code;
        size_t len = utf8_decode(rest, &code);
        if (code == UTF8_BAD && cut && rest.len < 4 && (unsigned char)rest.at[0] >= 0xC0)
            break;
        if (is_shown(code))
            memmove(text + out, rest.at, len);
        else
            text[out] = '?';
        out += is_shown(code) ? len : 1;
        rest = str_from(rest, len);
    }
    text[out] = '\0';
}

PRINTF_LIKE(3, 0)
static void print_into(char *out, size_t size, const char *format, va_list args)
{
    int len = vsnprintf(out, size, format, args);
    if (len < 0)
        out[0] = '\0';
    make_printable(out, len >= 0 && (size_t)len >= size);
}

bool err_set(struct err *err, enum err_code code, const char *format, ...)
{
    if (err == NULL || err->code != ERR_NONE)
        return false;
    err->code = code;
    err->hint[0] = '\0';
    va_list args;
    va_start(args, format);
    print_into(err->text, sizeof err->text, format, args);
    va_end(args);
    return false;
}

bool err_advise(struct err *err, const char *format, ...)
{
    if (err == NULL)
        return false;
    va_list args;
    va_start(args, format);
    print_into(err->hint, sizeof err->hint, format, args);
    va_end(args);
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
    log_line("told: %s", err->text);
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
    print_into(text, sizeof text, format, args);
    va_end(args);
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
