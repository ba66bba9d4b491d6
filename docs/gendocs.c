/* Writes the reference pages, the tables of the man pages and the completions from the .def
 * files: gendocs TEMPLATES OUT. A template is copied line by line; a line `@NAME@` is replaced
 * by the table of that name. `make docs` writes them into the tree, `make check` compares. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "src/model/failure_class.h"
#include "ui/keymap.h"

static const struct option_line {
    const char *name, *type, *default_value, *unit, *help;
    char short_name;
    long long min, max;
} options[] = {
#define OPTION(field, name, short_, type, default_, min, max, unit, help)                    \
    {name, #type, default_, unit, help, short_, min, max},
#include "src/conf/options.def"
#undef OPTION
};
#define OPTION_COUNT (sizeof options / sizeof *options)

static const struct failure_class_row classes[] = {
#define CLASS(id, name, tag, is_failure, title, symptom, check, fix)                         \
    {name, tag, title, symptom, check, fix, is_failure},
#include "src/model/failure_classes.def"
#undef CLASS
};
#define CLASS_COUNT (sizeof classes / sizeof *classes)

static const struct action_row actions[] = {
#define ACTION(id, scope, name, brief, keys, flags, help)                                          \
    {SCOPE_##scope, name, brief, keys, help, flags},
#include "ui/actions.def"
#undef ACTION
};
#define ACTIONS (sizeof actions / sizeof *actions)

static const struct typed_line {
    const char *name, *argument, *help;
} typed[] = {
#define COMMAND(id, name, words, argument, help) {name, argument, help},
#include "ui/commands.def"
#undef COMMAND
};
#define TYPED (sizeof typed / sizeof *typed)

static const struct role_line {
    const char *id, *name, *fallback, *mono, *help;
} roles[] = {
#define ROLE(id, name, fallback, mono, help) {#id, name, #fallback, mono, help},
#include "ui/roles.def"
#undef ROLE
};
#define ROLES (sizeof roles / sizeof *roles)

static const struct { const char *name, *title; } scopes[SCOPE_COUNT] = {
    [SCOPE_GLOBAL] = {"global", "Everywhere"},
    [SCOPE_LIST] = {"list", "In every list and log"},
    [SCOPE_FUNCTIONS] = {"functions", "In the function list"},
    [SCOPE_LOGS] = {"logs", "In the log"},
    [SCOPE_INVOCATION] = {"invocation", "In the verdict"},
};

static const struct { const char *name, *help; } commands[] = {
    {"demo", "the console on an incident that comes with it"},
    {"triage", "a verdict for every invocation"},
    {"tail", "the log lines, complete and in order"},
    {"trace", "the waterfall of an X-Ray trace"},
    {"config", "the settings and where each came from"},
};
#define COMMANDS (sizeof commands / sizeof *commands)

static bool is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static void put_variable(FILE *out, const char *name)
{
    fputs("LAMBDIG_", out);
    for (; *name; name++)
        fputc(*name == '-' ? '_' : *name >= 'a' && *name <= 'z' ? *name - 32 : *name, out);
}

/* ---- markdown ---- */

static void put_md(FILE *out, const char *text) /* inside a table cell */
{
    for (; *text; text++) {
        if (*text == '|' || *text == '<' || *text == '*' || *text == '_' || *text == '[' ||
            *text == ']')
            fputc('\\', out);
        fputc(*text, out);
    }
}

static void put_md_code(FILE *out, const char *text) /* inside a table cell */
{
    fputs(strchr(text, '`') ? "`` " : "`", out);
    for (; *text; text++)
        fputs(*text == '|' ? "\\|" : (const char[]){*text, 0}, out);
    fputs(strchr(text, '`') ? " ``" : "`", out);
}

static void md_options(FILE *out)
{
    fputs("| flag, key | variable | value | default | meaning |\n|---|---|---|---|---|\n", out);
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option_line *o = &options[i];
        fputs("| ", out);
        if (o->short_name)
            fprintf(out, "`-%c`, ", o->short_name);
        fprintf(out, "`--%s` | `", o->name);
        put_variable(out, o->name);
        fputs("` | ", out);
        if (is(o->type, "BOOL"))
            fputs("yes or no", out);
        else if (is(o->type, "INT"))
            fprintf(out, "%lld to %lld %s", o->min, o->max, o->unit);
        else
            put_md(out, o->unit);
        fputs(" | ", out);
        put_md(out, o->default_value);
        fputs(" | ", out);
        put_md(out, o->help);
        fputs(is(o->type, "LIST") ? " (a list) |\n" : " |\n", out);
    }
}

static void md_failures(FILE *out)
{
    for (size_t i = 0; i < CLASS_COUNT; i++) {
        const struct failure_class_row *c = &classes[i];
        fprintf(out, "%s## %s (`%s`, %s)\n\n**Seen:** ", i ? "\n" : "", c->title, c->name, c->tag);
        fprintf(out, "%s.\n", c->symptom);
        if (c->check[0])
            fprintf(out, "\n**First check:** %s.\n", c->check);
        if (c->fix[0])
            fprintf(out, "\n**Likely fix:** %s.\n", c->fix);
        if (!c->is_failure)
            fputs("\nNot counted as a failure.\n", out);
    }
}

static void md_keys(FILE *out)
{
    for (int scope = 0; scope < SCOPE_COUNT; scope++) {
        fprintf(out, "%s## %s\n\n| keys | name | does |\n|---|---|---|\n", scope ? "\n" : "",
                scopes[scope].title);
        for (size_t i = 0; i < ACTIONS; i++) {
            if ((int)actions[i].scope != scope)
                continue;
            char keys[200];
            snprintf(keys, sizeof keys, "%s", actions[i].keys);
            fputs("|", out);
            if (keys[0] == '\0')
                fprintf(out, " `:%s`", actions[i].name);
            for (char *key = strtok(keys, " "); key; key = strtok(NULL, " ")) {
                fputc(' ', out);
                put_md_code(out, key);
            }
            fprintf(out, " | `%s.%s` | ", scopes[scope].name, actions[i].name);
            put_md(out, actions[i].help);
            fputs(actions[i].flags & ACTION_WRITES ? " (writes) |\n" : " |\n", out);
        }
    }
}

static void md_typed(FILE *out)
{
    fputs("| command | does |\n|---|---|\n", out);
    for (size_t i = 0; i < TYPED; i++) {
        char text[80];
        snprintf(text, sizeof text, ":%s%s%s", typed[i].name, typed[i].argument[0] ? " " : "",
                 typed[i].argument);
        fputs("| ", out);
        put_md_code(out, text);
        fputs(" | ", out);
        put_md(out, typed[i].help);
        fputs(" |\n", out);
    }
}

static const char *role_name(const char *id)
{
    for (size_t i = 0; i < ROLES; i++)
        if (is(roles[i].id, id))
            return roles[i].name;
    return "text";
}

static void md_roles(FILE *out)
{
    fputs("| role | without it | without colour | meaning |\n|---|---|---|---|\n", out);
    for (size_t i = 0; i < ROLES; i++) {
        static const char *const looks[] = {"n",    "normal", "d",         "dim", "b",
                                            "bold", "u",      "underline", "r",   "reverse"};
        fprintf(out, "| `%s` | `%s` |", roles[i].name, role_name(roles[i].fallback));
        for (const char *m = roles[i].mono; *m; m++)
            for (size_t k = 0; k < sizeof looks / sizeof *looks; k += 2)
                if (*m == looks[k][0])
                    fprintf(out, " %s", looks[k + 1]);
        fputs(" | ", out);
        put_md(out, roles[i].help);
        fputs(" |\n", out);
    }
}

/* ---- man pages ---- */

static void put_man(FILE *out, const char *text)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", out);
    for (; *text; text++)
        fputs(*text == '\\'   ? "\\e"
              : *text == '-'  ? "\\-"
              : *text == '`'  ? "\\(ga"
              : *text == '\'' ? "\\(aq"
              : *text == '~'  ? "\\(ti"
              : *text == '^'  ? "\\(ha"
                              : (const char[]){*text, 0},
              out);
}

static void man_options(FILE *out)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option_line *o = &options[i];
        fputs(".TP\n", out);
        if (o->short_name)
            fprintf(out, "\\fB\\-%c\\fR, ", o->short_name);
        fputs("\\fB\\-\\-", out);
        put_man(out, o->name);
        fputs("\\fR", out);
        if (o->unit[0] && !is(o->type, "BOOL")) {
            fputs(" \\fI", out);
            put_man(out, o->unit);
            fputs("\\fR", out);
        }
        fputc('\n', out);
        put_man(out, o->help);
        if (o->default_value[0] && !is(o->type, "BOOL"))
            fprintf(out, " (default: %s)", o->default_value);
        fputc('\n', out);
    }
}

static void man_settings(FILE *out)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option_line *o = &options[i];
        if (is(o->name, "config")) /* a file cannot name another one */
            continue;
        fputs(".TP\n\\fB", out);
        put_man(out, o->name);
        fputs("\\fR: \\fI", out);
        put_man(out, is(o->type, "BOOL") ? "yes|no" : o->unit);
        fputs(is(o->type, "LIST") ? "\\fR, or a list of them\n" : "\\fR\n", out);
        put_man(out, o->help);
        if (is(o->type, "INT"))
            fprintf(out, "; from %lld to %lld", o->min, o->max);
        if (o->default_value[0])
            fprintf(out, " (default: %s)", o->default_value);
        fputc('\n', out);
    }
}

static void man_typed(FILE *out)
{
    for (size_t i = 0; i < TYPED; i++) {
        fputs(".TP\n\\fB:", out);
        put_man(out, typed[i].name);
        fputs("\\fR \\fI", out);
        put_man(out, typed[i].argument);
        fputs("\\fR\n", out);
        put_man(out, typed[i].help);
        fputc('\n', out);
    }
}

static void man_keys(FILE *out)
{
    for (int scope = 0; scope < SCOPE_COUNT; scope++) {
        fprintf(out, ".SS %s\n", scopes[scope].title);
        for (size_t i = 0; i < ACTIONS; i++) {
            if ((int)actions[i].scope != scope)
                continue;
            fputs(".TP\n\\fB", out);
            put_man(out, actions[i].keys[0] ? actions[i].keys : ":");
            put_man(out, actions[i].keys[0] ? "" : actions[i].name);
            fputs("\\fR\n", out);
            put_man(out, actions[i].help);
            fprintf(out, " (\\fI%s.", scopes[scope].name);
            put_man(out, actions[i].name);
            fputs("\\fR)\n", out);
        }
    }
}

static void man_failures(FILE *out)
{
    for (size_t i = 0; i < CLASS_COUNT; i++) {
        fprintf(out, ".TP\n\\fB%s\\fR (%s)\n", classes[i].name, classes[i].tag);
        put_man(out, classes[i].symptom);
        fputc('\n', out);
    }
}

/* ---- completions ---- */

static const char *const theme_names = "dark light high-contrast deuteranopia tritanopia mono";

static void put_words(FILE *out, const char *unit, const char *between)
{
    for (; *unit; unit++)
        fputs(*unit == '|' ? between : (const char[]){*unit, 0}, out);
}

static void put_classes(FILE *out, const char *between)
{
    fputs("any", out);
    for (size_t i = 0; i < CLASS_COUNT; i++)
        fprintf(out, "%s%s", between, classes[i].name);
}

static bool takes_file(const struct option_line *o)
{
    return is(o->unit, "FILE") || is(o->unit, "DIR");
}

static void bash_options(FILE *out)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        fprintf(out, "%s--%s", i ? " " : "    options='", options[i].name);
    fputs(" --check --help --version'\n    commands='", out);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "%s%s", i ? " " : "", commands[i].name);
    fputs("'\n", out);
}

static void bash_values(FILE *out)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option_line *o = &options[i];
        if (is(o->type, "BOOL"))
            continue;
        fprintf(out, "    --%s", o->name);
        if (o->short_name)
            fprintf(out, " | -%c", o->short_name);
        fputs(")\n        COMPREPLY=(", out);
        if (is(o->type, "CHOICE")) {
            fputs("$(compgen -W '", out);
            put_words(out, o->unit, " ");
            fputs("' -- \"$word\")", out);
        } else if (is(o->name, "theme")) {
            fprintf(out, "$(compgen -W '%s' -- \"$word\")", theme_names);
        } else if (is(o->name, "fail-on")) {
            fputs("$(compgen -W '", out);
            put_classes(out, " ");
            fputs("' -- \"$word\")", out);
        } else if (takes_file(o)) {
            fprintf(out, "$(compgen -%c -- \"$word\")", is(o->unit, "DIR") ? 'd' : 'f');
        }
        fputs(")\n        return ;;\n", out);
    }
}

static void zsh_options(FILE *out)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option_line *o = &options[i];
        const char *star = is(o->type, "LIST") ? "*" : "";
        fputs("    ", out);
        if (o->short_name)
            fprintf(out, "'%s'{-%c+,--%s=}", star, o->short_name, o->name);
        else
            fprintf(out, "'%s--%s%s'", star, o->name, is(o->type, "BOOL") ? "" : "=");
        fputs("'[", out);
        for (const char *c = o->help; *c; c++)
            fputs(*c == '\''                            ? "'\\''"
                  : *c == '[' || *c == ']' || *c == ':' ? (const char[]){'\\', *c, 0}
                                                        : (const char[]){*c, 0},
                  out);
        fputs("]", out);
        if (is(o->type, "CHOICE")) {
            fprintf(out, ":%s:(", o->name);
            put_words(out, o->unit, " ");
            fputs(")", out);
        } else if (is(o->name, "theme")) {
            fprintf(out, ":theme:(%s)", theme_names);
        } else if (is(o->name, "fail-on")) {
            fputs(":class:(", out);
            put_classes(out, " ");
            fputs(")", out);
        } else if (!is(o->type, "BOOL")) {
            fprintf(out, ":%s:%s", o->name,
                    is(o->unit, "DIR") ? "_files -/"
                    : takes_file(o)    ? "_files"
                                       : "");
        }
        fputs("' \\\n", out);
    }
}

static void zsh_commands(FILE *out)
{
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "        '%s:%s'\n", commands[i].name, commands[i].help);
}

static void put_fish(FILE *out, const char *text)
{
    fputc('\'', out);
    for (; *text; text++)
        fputs(*text == '\'' ? "\\'" : (const char[]){*text, 0}, out);
    fputc('\'', out);
}

static void fish_lines(FILE *out)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        fprintf(out, "complete -c lambdig -n __fish_use_subcommand -a %s -d ", commands[i].name);
        put_fish(out, commands[i].help);
        fputc('\n', out);
    }
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option_line *o = &options[i];
        fprintf(out, "complete -c lambdig -l %s", o->name);
        if (o->short_name)
            fprintf(out, " -s %c", o->short_name);
        if (!is(o->type, "BOOL"))
            fputs(takes_file(o) ? " -r -F" : " -x", out);
        if (is(o->type, "CHOICE")) {
            fputs(" -a '", out);
            put_words(out, o->unit, " ");
            fputs("'", out);
        } else if (is(o->name, "theme")) {
            fprintf(out, " -a '%s'", theme_names);
        } else if (is(o->name, "fail-on")) {
            fputs(" -a '", out);
            put_classes(out, " ");
            fputs("'", out);
        }
        fputs(" -d ", out);
        put_fish(out, o->help);
        fputc('\n', out);
    }
}

/* ---- the pages ---- */

static const struct { const char *name; void (*put)(FILE *out);
} tables[] = {
    {"@MD_OPTIONS@\n", md_options},     {"@MD_FAILURES@\n", md_failures},
    {"@MD_KEYS@\n", md_keys},           {"@MD_TYPED@\n", md_typed},
    {"@MAN_TYPED@\n", man_typed},       {"@MD_ROLES@\n", md_roles},
    {"@MAN_OPTIONS@\n", man_options},   {"@MAN_SETTINGS@\n", man_settings},
    {"@MAN_KEYS@\n", man_keys},         {"@MAN_FAILURES@\n", man_failures},
    {"@BASH_OPTIONS@\n", bash_options}, {"@BASH_VALUES@\n", bash_values},
    {"@ZSH_OPTIONS@\n", zsh_options},   {"@ZSH_COMMANDS@\n", zsh_commands},
    {"@FISH@\n", fish_lines},
};

static const char *const pages[] = {
    "options.md", "failures.md", "keys.md", "themes.md", "lambdig.1", "lambdig.yaml.5",
    "completions/lambdig.bash", "completions/_lambdig", "completions/lambdig.fish",
};

static FILE *must_open(const char *directory, const char *name, const char *mode)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *f = fopen(path, mode);
    if (f == NULL) {
        perror(path);
        exit(1);
    }
    return f;
}

static void put_line(FILE *out, const char *line)
{
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (is(line, tables[i].name)) {
            tables[i].put(out);
            return;
        }
    fputs(line, out);
}

static void write_page(const char *templates, const char *directory, const char *page)
{
    char line[4096];
    const char *slash = strrchr(page, '/');
    FILE *in = must_open(templates, slash ? slash + 1 : page, "r");
    FILE *out = must_open(directory, page, "w");
    while (fgets(line, sizeof line, in))
        put_line(out, line);
    fclose(in);
    if (fclose(out) != 0) {
        perror(page);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: gendocs TEMPLATES OUT\n", stderr);
        return 2;
    }
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        write_page(argv[1], argv[2], pages[i]);
    return 0;
}
