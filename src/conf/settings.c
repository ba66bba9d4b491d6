#include "src/conf/settings.h"

#include <stdio.h>
#include <stdlib.h>

/* One table walks options.def: every reader (file, environment, flags, `:set`) ends in
 * settings_set, so that a range or a word is checked in one place. */

#define VALUE_MAX 4096

enum option_type { TYPE_STRING, TYPE_LIST, TYPE_BOOL, TYPE_INT, TYPE_CHOICE };

static const struct option_row rows[OPTION_COUNT] = {
#define OPTION(field, name_, short_, type_, default_, min_, max_, unit_, help_)              \
    {.name = (name_), .type = #type_, .default_value = (default_), .unit = (unit_),          \
     .help = (help_), .short_name = (short_), .min = (min_), .max = (max_)},
#include "src/conf/options.def"
#undef OPTION
};

static const struct {
    enum option_type type;
    size_t offset; /* of the field in struct settings */
} fields[OPTION_COUNT] = {
#define OPTION(field, name, short_, type_, default_, min, max, unit, help)                   \
    {TYPE_##type_, offsetof(struct settings, field)},
#include "src/conf/options.def"
#undef OPTION
};

static void *field_of(struct settings *s, enum option_id option)
{
    return (char *)s + fields[option].offset;
}

static const void *const_field_of(const struct settings *s, enum option_id option)
{
    return (const char *)s + fields[option].offset;
}

const struct option_row *option_row(enum option_id option)
{
    return &rows[option];
}

static char *copy(struct str s)
{
    char *at = xcalloc(s.len + 1, 1);
    memcpy(at, s.at, s.len);
    return at;
}

/* How a bad value is told: flag and variable name the option already, a file's line does not. */
static bool refuse(enum option_id option, const char *origin, struct err *err, const char *why)
{
    bool flag = strncmp(origin, "--", 2) == 0;
    bool variable = strncmp(origin, "LAMBDIG_", 8) == 0;
    if (flag)
        return err_set(err, ERR_USAGE, "%s: %s", origin, why);
    if (variable) {
        err_set(err, ERR_CONFIG, "%s: %s", origin, why);
        return err_advise(err, "correct the variable, or unset it");
    }
    return err_set(err, ERR_CONFIG, "%s: %s: %s", origin, rows[option].name, why);
}

static bool set_string(char **field, struct str value)
{
    free(*field);
    *field = copy(value);
    return true;
}

static void clear_list(struct setting_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    *list = (struct setting_list){0};
}

/* What comes from the same place is one list; what comes from a later one replaces it. */
static bool add_to_list(struct settings *s, enum option_id option, struct str value,
                        const char *origin, struct err *err)
{
    struct setting_list *list = field_of(s, option);
    if (strcmp(s->origin[option], origin) != 0)
        clear_list(list);
    if (list->count == SETTINGS_LIST_MAX)
        return refuse(option, origin, err, "more than 1,024 values");
    list->items = xrealloc(list->items, (list->count + 1) * sizeof *list->items);
    list->items[list->count++] = copy(value);
    return true;
}

static bool set_bool(bool *field, enum option_id option, struct str value, const char *origin,
                     struct err *err)
{
    static const struct { const char *word; bool value; } words[] = {
        {"yes", true}, {"true", true}, {"on", true}, {"1", true},
        {"no", false}, {"false", false}, {"off", false}, {"0", false},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq_nocase(value, str_of(words[i].word))) {
            *field = words[i].value;
            return true;
        }
    char why[200];
    snprintf(why, sizeof why, "'%.60s' is neither yes nor no", value.at);
    return refuse(option, origin, err, why);
}

static bool set_int(int64_t *field, enum option_id option, struct str value, const char *origin,
                    struct err *err)
{
    const struct option_row *row = &rows[option];
    uint64_t number;
    if (str_to_u64(value, INT64_MAX, &number) && (int64_t)number >= row->min &&
        (int64_t)number <= row->max) {
        *field = (int64_t)number;
        return true;
    }
    char why[200];
    snprintf(why, sizeof why, "'%.60s' is no whole number from %lld to %lld (%s)", value.at,
             (long long)row->min, (long long)row->max, row->unit);
    return refuse(option, origin, err, why);
}

static bool set_choice(char **field, enum option_id option, struct str value, const char *origin,
                       struct err *err)
{
    struct str rest = str_of(rows[option].unit);
    while (rest.len > 0)
        if (str_eq(str_take_until(&rest, '|'), value))
            return set_string(field, value);
    char why[200];
    snprintf(why, sizeof why, "'%.60s' is none of %s", value.at, rows[option].unit);
    return refuse(option, origin, err, why);
}

static bool set_field(struct settings *s, enum option_id option, struct str value,
                      const char *origin, struct err *err)
{
    void *field = field_of(s, option);
    switch (fields[option].type) {
    case TYPE_STRING:
        return set_string(field, value);
    case TYPE_LIST:
        return add_to_list(s, option, value, origin, err);
    case TYPE_BOOL:
        return set_bool(field, option, value, origin, err);
    case TYPE_INT:
        return set_int(field, option, value, origin, err);
    case TYPE_CHOICE:
        return set_choice(field, option, value, origin, err);
    }
    return false;
}

static enum option_id find_option(struct str name)
{
    enum option_id option = 0;
    while (option < OPTION_COUNT && !str_eq(name, str_of(rows[option].name)))
        option++;
    return option;
}

static bool unknown_setting(struct str name, const char *origin, struct err *err)
{
    const char *names[OPTION_COUNT + 1];
    for (size_t i = 0; i < OPTION_COUNT; i++)
        names[i] = rows[i].name;
    names[OPTION_COUNT] = "keys";
    const char *near = str_nearest(name, names, OPTION_COUNT + 1);
    return err_set(err, ERR_CONFIG,
                   near ? "%s: unknown setting '%.*s', did you mean '%s'?"
                        : "%s: unknown setting '%.*s'",
                   origin, (int)(name.len < 80 ? name.len : 80), name.at, near);
}

bool settings_set(struct settings *s, struct str name, struct str value, const char *origin,
                  struct err *err)
{
    enum option_id option = find_option(name);
    if (option == OPTION_COUNT)
        return unknown_setting(name, origin, err);
    if (value.len > VALUE_MAX)
        return refuse(option, origin, err, "a value of more than 4,096 bytes");
    if (str_find_char(value, '\0') != SIZE_MAX)
        return refuse(option, origin, err, "a value with a NUL byte");
    char *text = copy(value); /* NUL-ended for messages */
    bool good = set_field(s, option, (struct str){text, value.len}, origin, err);
    if (good && s->origin[option] != origin)
        snprintf(s->origin[option], sizeof s->origin[option], "%s", origin);
    free(text);
    return good;
}

void settings_init(struct settings *s)
{
    *s = (struct settings){0};
    for (enum option_id option = 0; option < OPTION_COUNT; option++) {
        struct err err = {0};
        if (fields[option].type != TYPE_LIST &&
            !settings_set(s, str_of(rows[option].name), str_of(rows[option].default_value),
                          "default", &err))
            die("options.def: %s", err.text);
        snprintf(s->origin[option], sizeof s->origin[option], "default");
    }
}

void settings_release(struct settings *s)
{
    for (enum option_id option = 0; option < OPTION_COUNT; option++) {
        if (fields[option].type == TYPE_LIST)
            clear_list(field_of(s, option));
        else if (fields[option].type == TYPE_STRING || fields[option].type == TYPE_CHOICE)
            free(*(char **)field_of(s, option));
    }
    for (size_t i = 0; i < s->key_count; i++) {
        free(s->keys[i].action);
        free(s->keys[i].keys);
    }
    free(s->keys);
    *s = (struct settings){0};
}

static void list_text(const struct setting_list *list, struct buf *out)
{
    for (size_t i = 0; i < list->count; i++)
        buf_printf(out, "%s%s", i ? "," : "", list->items[i]);
}

void settings_text(const struct settings *s, enum option_id option, struct buf *out)
{
    const void *field = const_field_of(s, option);
    switch (fields[option].type) {
    case TYPE_STRING:
    case TYPE_CHOICE:
        buf_add(out, str_of(*(char *const *)field));
        break;
    case TYPE_LIST:
        list_text(field, out);
        break;
    case TYPE_BOOL:
        buf_add(out, *(const bool *)field ? STR("yes") : STR("no"));
        break;
    case TYPE_INT:
        buf_printf(out, "%lld", (long long)*(const int64_t *)field);
        break;
    }
}
