/* The settings: every row of options.def as a field, with where its value came from. Built
 * before the second thread starts, const after that. Order, later wins: default, configuration
 * file, LAMBDIG_ variable, flag. */
#ifndef LAMBDIG_CONF_SETTINGS_H
#define LAMBDIG_CONF_SETTINGS_H

#include "src/base/buf.h"

#define SETTINGS_LIST_MAX 1024

struct setting_list {
    char **items; /* ours */
    size_t count;
};

/* Field types by option type; strings are owned by the settings, never NULL. */
#define OPTION_FIELD_STRING char *
#define OPTION_FIELD_CHOICE char *
#define OPTION_FIELD_LIST struct setting_list
#define OPTION_FIELD_BOOL bool
#define OPTION_FIELD_INT int64_t

enum option_id {
#define OPTION(field, name, short_, type, default_, min, max, unit, help) OPTION_##field,
#include "src/conf/options.def"
#undef OPTION
    OPTION_COUNT
};

struct key_override { /* `keys:` of the configuration file */
    char *action, *keys; /* `logs.follow`, `f F` */
    char where[300];     /* file:line:col */
};

struct settings_asked { /* flags that are no settings: they exist on the command line only */
    bool help, version, check;
};

struct settings {
#define OPTION(field, name, short_, type, default_, min, max, unit, help) OPTION_FIELD_##type field;
#include "src/conf/options.def"
#undef OPTION
    char origin[OPTION_COUNT][300]; /* `default`, `FILE:LINE`, `LAMBDIG_X`, `--x` */
    struct key_override *keys;
    size_t key_count;
    struct settings_asked asked;
};

void settings_init(struct settings *s); /* the defaults */
void settings_release(struct settings *s);

/* --config, else $LAMBDIG_CONFIG, else $XDG_CONFIG_HOME/lambdig/config.yaml (absent: nothing). */
bool settings_read_file(struct settings *s, const char *path, bool must_exist,
                        struct err *err) MUST_USE;
bool settings_read_environment(struct settings *s, struct err *err) MUST_USE;
/* Flags anywhere among the arguments, as getopt_long has them. argv[0] is the program's name at
 * the call; afterwards the positional arguments alone are left in argv[0 .. *argc). An unknown
 * flag: err names the nearest known one. */
bool settings_read_flags(struct settings *s, int *argc, char **argv, struct err *err) MUST_USE;
/* All of them in their order into settings that settings_init made. With --help or --version
 * only the flags are read: neither fails for a broken file. */
bool settings_load(struct settings *s, int *argc, char **argv, struct err *err) MUST_USE;
/* File and variables read once more into fresh settings that settings_init made; what the flags
 * said in `now` still wins (of the lists, which no reload can change, nothing is kept). */
bool settings_reload(const struct settings *now, struct settings *fresh, struct err *err) MUST_USE;
/* One value by option name; used by all three and by `:set`. */
bool settings_set(struct settings *s, struct str name, struct str value, const char *origin,
                  struct err *err) MUST_USE;

struct option_row {
    const char *name, *type, *default_value, *unit, *help;
    char short_name;
    int64_t min, max;
};
const struct option_row *option_row(enum option_id option);
/* The effective value as text, for `lambdig config`. */
void settings_text(const struct settings *s, enum option_id option, struct buf *out);

#endif
