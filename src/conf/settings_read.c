#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "src/conf/settings.h"
#include "src/conf/yaml.h"

/* Where settings come from besides flags: the file and the environment. */

#define KEYS_MAX 512

static bool add_key_override(struct settings *s, const struct yaml_item *item, struct err *err)
{
    if (item->depth != 2)
        return err_set(err, ERR_CONFIG, "%s: keys are written as 'scope.action: \"k Up\"'",
                       item->where);
    if (s->key_count == KEYS_MAX)
        return err_set(err, ERR_CONFIG, "%s: more than 512 keys", item->where);
    s->keys = xrealloc(s->keys, (s->key_count + 1) * sizeof *s->keys);
    struct key_override *key = &s->keys[s->key_count++];
    *key = (struct key_override){xcalloc(item->path[1].len + 1, 1), xcalloc(item->value.len + 1, 1),
                                 ""};
    memcpy(key->action, item->path[1].at, item->path[1].len);
    memcpy(key->keys, item->value.at, item->value.len);
    snprintf(key->where, sizeof key->where, "%s", item->where);
    return true;
}

static const char *list_origin(const struct settings *s, struct str name)
{
    for (enum option_id option = 0; option < OPTION_COUNT; option++)
        if (str_eq(name, str_of(option_row(option)->name)))
            return strcmp(option_row(option)->type, "LIST") == 0 ? s->origin[option] : NULL;
    return NULL;
}

/* A list's first element starts it anew; the others join it under the same origin. */
static bool set_from_file(void *ctx, const struct yaml_item *item, struct err *err)
{
    struct settings *s = ctx;
    struct str name = item->path[0];
    if (str_eq(name, STR("keys")))
        return add_key_override(s, item, err);
    const char *list = list_origin(s, name);
    if (item->depth > 2 || (item->depth == 2 && list == NULL))
        return err_set(err, ERR_CONFIG, "%s: %.*s: one value is expected here", item->where,
                       STR_ARG(name));
    if (str_eq(name, STR("config")))
        return err_set(err, ERR_CONFIG, "%s: config: a configuration file cannot name another one",
                       item->where);
    bool joins = item->depth == 2 && !str_eq(item->path[1], STR("0"));
    return settings_set(s, name, item->value, joins ? list : item->where, err);
}

bool settings_read_file(struct settings *s, const char *path, bool must_exist, struct err *err)
{
    if (!must_exist && access(path, F_OK) != 0)
        return true;
    return yaml_walk(path, set_from_file, s, err);
}

static void variable_name(const char *option, char *out, size_t size)
{
    size_t len = (size_t)snprintf(out, size, "LAMBDIG_%s", option);
    for (size_t i = 0; i < len && i + 1 < size; i++) {
        if (out[i] >= 'a' && out[i] <= 'z')
            out[i] = (char)(out[i] - 32);
        else if (out[i] == '-')
            out[i] = '_';
    }
}

static bool set_from_variable(struct settings *s, const struct option_row *row,
                              const char *variable, struct str value, struct err *err)
{
    if (strcmp(row->type, "LIST") != 0)
        return settings_set(s, str_of(row->name), value, variable, err);
    while (value.len > 0)
        if (!settings_set(s, str_of(row->name), str_take_until(&value, ','), variable, err))
            return false;
    return true;
}

bool settings_read_environment(struct settings *s, struct err *err)
{
    const char *no_color = getenv("NO_COLOR");
    if (no_color && no_color[0] && !settings_set(s, STR("color"), STR("never"), "NO_COLOR", err))
        return false;
    for (enum option_id option = 0; option < OPTION_COUNT; option++) {
        char variable[64];
        variable_name(option_row(option)->name, variable, sizeof variable);
        const char *value = getenv(variable);
        if (value && value[0] &&
            !set_from_variable(s, option_row(option), variable, str_of(value), err))
            return false;
    }
    return true;
}

/* The file to read where none is named. false: there is no home to look in. */
static bool default_path(char *out, size_t size)
{
    const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    int len = -1;
    if (xdg && xdg[0] == '/')
        len = snprintf(out, size, "%s/lambdig/config.yaml", xdg);
    else if (home && home[0] == '/')
        len = snprintf(out, size, "%s/.config/lambdig/config.yaml", home);
    return len > 0 && (size_t)len < size;
}

static bool read_config(struct settings *s, const char *flag, struct err *err)
{
    const char *variable = getenv("LAMBDIG_CONFIG");
    if (flag[0])
        return settings_read_file(s, flag, true, err);
    if (variable && variable[0])
        return settings_read_file(s, variable, true, err);
    char path[4096];
    return !default_path(path, sizeof path) || settings_read_file(s, path, false, err);
}

/* The flags are read twice: once to know --config, and once more at the end, since they win. */
bool settings_load(struct settings *s, int *argc, char **argv, struct err *err)
{
    struct settings first;
    settings_init(&first);
    int count = *argc;
    char **again = xcalloc((size_t)count + 1, sizeof *again);
    memcpy(again, argv, (size_t)count * sizeof *again);
    bool good = settings_read_flags(&first, &count, again, err);
    bool asks_only = first.asked.help || first.asked.version;
    if (good && !asks_only)
        good = read_config(s, first.config, err) && settings_read_environment(s, err);
    free(again);
    settings_release(&first);
    return good && settings_read_flags(s, argc, argv, err);
}

static bool is_flag(const struct settings *s, enum option_id option)
{
    return strncmp(s->origin[option], "--", 2) == 0;
}

static bool keep_flag(const struct settings *now, enum option_id option, struct settings *fresh,
                      struct err *err)
{
    struct buf text;
    if (!is_flag(now, option) || strcmp(option_row(option)->type, "LIST") == 0)
        return true;
    buf_init(&text, 8192);
    settings_text(now, option, &text);
    bool good = settings_set(fresh, str_of(option_row(option)->name), buf_str(&text),
                             now->origin[option], err);
    buf_release(&text);
    return good;
}

bool settings_reload(const struct settings *now, struct settings *fresh, struct err *err)
{
    bool good = read_config(fresh, is_flag(now, OPTION_config) ? now->config : "", err) &&
                settings_read_environment(fresh, err);
    for (enum option_id option = 0; good && option < OPTION_COUNT; option++)
        good = keep_flag(now, option, fresh, err);
    return good;
}
