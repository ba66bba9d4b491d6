#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/conf/settings.h"

/* Flags, parsed by getopt_long from a table made of options.def. Its own messages are off:
 * ours name the nearest flag. */

#define VAL_OPTION 0x1000 /* val of a row of options.def: this plus its number */

static const struct asked_flag {
    const char *name;
    char short_name;
    size_t offset;
} asked_flags[] = {
    {"help", 'h', offsetof(struct settings_asked, help)},
    {"version", 0, offsetof(struct settings_asked, version)},
    {"check", 0, offsetof(struct settings_asked, check)},
};
#define ASKED_COUNT (sizeof asked_flags / sizeof *asked_flags)
#define VAL_ASKED 0x2000
#define FLAG_COUNT (OPTION_COUNT + ASKED_COUNT)

struct flag_table {
    struct option longs[FLAG_COUNT + 1];
    char shorts[2 * FLAG_COUNT + 2];
};

static bool is_bool(const struct option_row *row)
{
    return strcmp(row->type, "BOOL") == 0;
}

static void fill_table(struct flag_table *t)
{
    *t = (struct flag_table){0};
    char *shorts = t->shorts;
    *shorts++ = ':'; /* a missing argument is told apart from an unknown flag */
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option_row *row = option_row((enum option_id)i);
        int argument = is_bool(row) ? optional_argument : required_argument;
        t->longs[i] = (struct option){row->name, argument, NULL, VAL_OPTION + i};
        if (row->short_name)
            *shorts++ = row->short_name;
        if (row->short_name && !is_bool(row))
            *shorts++ = ':';
    }
    for (int i = 0; i < (int)ASKED_COUNT; i++) {
        t->longs[OPTION_COUNT + i] =
            (struct option){asked_flags[i].name, no_argument, NULL, VAL_ASKED + i};
        if (asked_flags[i].short_name)
            *shorts++ = asked_flags[i].short_name;
    }
}

/* What getopt_long gave, long or short, as one number; -1: no such flag. */
static int value_of_short(int given)
{
    for (int i = 0; i < OPTION_COUNT; i++)
        if (option_row((enum option_id)i)->short_name == given)
            return VAL_OPTION + i;
    for (int i = 0; i < (int)ASKED_COUNT; i++)
        if (asked_flags[i].short_name == given)
            return VAL_ASKED + i;
    return -1;
}

static const char *flag_name(int value)
{
    return value >= VAL_ASKED ? asked_flags[value - VAL_ASKED].name
                              : option_row((enum option_id)(value - VAL_OPTION))->name;
}

static bool unknown_long(struct str word, const struct flag_table *t, struct err *err)
{
    const char *names[FLAG_COUNT];
    size_t begins = 0;
    str_skip(&word, STR("--"));
    word = str_take_until(&word, '=');
    for (size_t i = 0; i < FLAG_COUNT; i++) {
        names[i] = t->longs[i].name;
        begins += str_starts(str_of(names[i]), word);
    }
    if (begins > 1)
        return err_set(err, ERR_USAGE, "option: --%.*s: more than one option begins so",
                       STR_ARG(word));
    const char *near = str_nearest(word, names, FLAG_COUNT);
    if (near == NULL)
        return err_set(err, ERR_USAGE, "option: --%.*s: there is no such option", STR_ARG(word));
    return err_set(err, ERR_USAGE, "option: --%.*s: there is no such option, did you mean --%s?",
                   STR_ARG(word), near);
}

static bool bad_flag(int given, char **argv, const struct flag_table *t, struct err *err)
{
    int value = optopt >= VAL_OPTION ? optopt : value_of_short(optopt);
    if (given == ':' && value >= 0)
        return err_set(err, ERR_USAGE, "option: --%s: it needs a value (%s)", flag_name(value),
                       option_row((enum option_id)(value - VAL_OPTION))->unit);
    if (optopt >= VAL_OPTION)
        return err_set(err, ERR_USAGE, "option: --%s: it takes no value", flag_name(optopt));
    if (optopt != 0)
        return err_set(err, ERR_USAGE, "option: -%c: there is no such option", optopt);
    return unknown_long(str_of(argv[optind - 1]), t, err);
}

static bool take_flag(struct settings *s, int value, struct err *err)
{
    if (value >= VAL_ASKED) {
        *(bool *)((char *)&s->asked + asked_flags[value - VAL_ASKED].offset) = true;
        return true;
    }
    char origin[64];
    snprintf(origin, sizeof origin, "--%s", flag_name(value));
    return settings_set(s, str_of(flag_name(value)), str_of(optarg ? optarg : "yes"), origin, err);
}

static void start_getopt(void)
{
    opterr = 0;
#ifdef __GLIBC__
    optind = 0; /* glibc: start anew */
#else
    optind = 1;
#endif
}

bool settings_read_flags(struct settings *s, int *argc, char **argv, struct err *err)
{
    struct flag_table t;
    fill_table(&t);
    start_getopt();
    for (int given; (given = getopt_long(*argc, argv, t.shorts, t.longs, NULL)) != -1;) {
        if (given == '?' || given == ':')
            return bad_flag(given, argv, &t, err);
        if (!take_flag(s, given >= VAL_OPTION ? given : value_of_short(given), err))
            return false;
    }
    int count = *argc - optind;
    memmove(argv, argv + optind, (size_t)count * sizeof *argv);
    argv[count] = NULL;
    *argc = count;
    return true;
}
