#include "ui/aws_command.h"

#include <inttypes.h>

#include "src/base/utf8.h"

static bool is_safe(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("_./:@%+=,-", c) != NULL);
}

/* A word for the shell: as it stands where it holds nothing but letters and the like, else in
 * single quotes. Control bytes are shown, as everywhere: such a name is no name that AWS would
 * know. */
static void add_word(struct buf *out, struct str word)
{
    struct buf safe;
    bool plain = word.len > 0;
    buf_init(&safe, 4096);
    (void)utf8_defuse(word, false, &safe);
    for (size_t i = 0; i < safe.len; i++)
        plain = plain && is_safe(safe.at[i]);
    if (!plain)
        buf_add_char(out, '\'');
    for (size_t i = 0; i < safe.len; i++) {
        if (safe.at[i] == '\'')
            buf_add(out, STR("'\\'")); /* ends the quotes, a quote, begins again */
        buf_add_char(out, safe.at[i]);
    }
    if (!plain)
        buf_add_char(out, '\'');
    buf_release(&safe);
}

static void add_option(struct buf *out, const char *name, struct str value)
{
    if (value.len == 0)
        return;
    buf_printf(out, " --%s ", name);
    add_word(out, value);
}

static void add_account(struct buf *out, const struct account *account)
{
    add_option(out, "profile", str_of(account->profile));
    add_option(out, "region", str_of(account->region));
    add_option(out, "endpoint-url", str_of(account->endpoint));
}

static void add_time(struct buf *out, const char *name, int64_t unix_ms)
{
    if (unix_ms != TIME_NONE)
        buf_printf(out, " --%s %" PRId64, name, unix_ms);
}

/* A filter pattern in double quotes matches these bytes; a quote inside would end it. */
static void add_pattern(struct buf *out, struct str text)
{
    struct buf pattern;
    buf_init(&pattern, 1024);
    if (text.len > 0 && str_find_char(text, '"') == SIZE_MAX) {
        buf_printf(&pattern, "\"%.*s\"", STR_ARG(str_cut(text, 900)));
        add_option(out, "filter-pattern", buf_str(&pattern));
    }
    buf_release(&pattern);
}

bool aws_command_logs(const struct account *account, const struct log_query *query, struct buf *out)
{
    if (query->group.len == 0)
        return false;
    buf_add(out, STR("aws logs filter-log-events"));
    add_option(out, "log-group-name", query->group);
    add_option(out, "log-stream-names", query->stream);
    add_pattern(out, query->text);
    add_time(out, "start-time", query->from_unix_ms);
    add_time(out, "end-time", query->to_unix_ms);
    add_account(out, account);
    return !out->full;
}

bool aws_command_function(const struct account *account, struct str name, struct buf *out)
{
    if (name.len == 0)
        return false;
    buf_add(out, STR("aws lambda get-function-configuration"));
    add_option(out, "function-name", name);
    add_account(out, account);
    return !out->full;
}
