#include "ui/app_inner.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/base/utf8.h"
#include "ui/save_case.h"

/* What is typed after `:`. The name of every action is a command; the rows below are those
 * that take a word. */

#define WORDS_MAX 2048 /* candidates of a completion; more are not offered */
#define WORD_BYTES 160
#define SEARCH_MAX 1000000u /* invocations that :req looks at, newest first */

typedef unsigned (*command_handler)(struct app *app, struct str rest);

struct words { /* candidates of a completion */
    char (*at)[WORD_BYTES];
    size_t count;
};
typedef void (*words_source)(const struct app *app, struct words *words);

static unsigned refuse(struct app *app, const struct err *err)
{
    console_say(&app->console, true, "%s - %s", err->text, err_hint(err));
    return UI_REDRAW;
}

/* ---- handlers ---- */

static unsigned command_theme(struct app *app, struct str rest)
{
    struct err err = {0};
    if (!app_set_theme(app, rest, &err))
        return refuse(app, &err);
    console_say(&app->console, false, "theme: %.*s", STR_ARG(rest));
    return UI_REDRAW;
}

static uint32_t function_find(const struct app *app, struct str name, struct function_row *row)
{
    for (uint32_t i = 0; i < app->console.status.functions; i++)
        if (store_read_function(app->console.store, i, row) &&
            str_eq(name, str_of(row->function.name)))
            return i;
    return UINT32_MAX;
}

static unsigned command_function(struct app *app, struct str rest)
{
    struct function_row row;
    bool all = str_eq(rest, STR("all"));
    uint32_t index = all ? UINT32_MAX : function_find(app, rest, &row);
    if (!all && index == UINT32_MAX) {
        console_say(&app->console, true,
                    "function: there is no %.*s here - Tab completes the names", STR_ARG(rest));
        return UI_REDRAW;
    }
    app->console.go = (struct place){.view = VIEW_LOGS, .function = index, .row = UINT64_MAX};
    return UI_GO;
}

/* Goes to the log and hands the words to it as if they had been typed at its own prompt. */
static unsigned tell_log(struct app *app, enum action why, struct str text)
{
    struct pane *log = app->console.panes[VIEW_LOGS];
    if (app->console.place.view != VIEW_LOGS) {
        struct place to = app->console.place;
        to.view = VIEW_LOGS;
        app_go(app, to);
    }
    return UI_REDRAW | log->class->prompted(log, &app->console, why, text, true, true);
}

/* The code of a device that the credentials ask for; it goes into no file. */
static unsigned command_code(struct app *app, struct str rest)
{
    struct request request = {.kind = REQUEST_CODE};
    uint64_t number;
    if (!str_copy(request.code, sizeof request.code, rest) || rest.len != 6 ||
        !str_to_u64(rest, 999999, &number))
        console_say(&app->console, true, "code: six digits are wanted");
    else if (!app->console.inbox || !app->console.status.account.live)
        console_say(&app->console, true, "code: only an account asks for one");
    else if (!inbox_give(app->console.inbox, &request))
        console_say(&app->console, true, "code: too many requests wait already");
    return UI_REDRAW;
}

static unsigned command_since(struct app *app, struct str rest)
{
    return tell_log(app, ACTION_LOG_SINCE, rest);
}

static unsigned command_until(struct app *app, struct str rest)
{
    return tell_log(app, ACTION_LOG_UNTIL, rest);
}

static unsigned command_goto_time(struct app *app, struct str rest)
{
    return tell_log(app, ACTION_LOG_GOTO_TIME, rest);
}

static unsigned command_filter(struct app *app, struct str rest)
{
    return tell_log(app, ACTION_LOG_FILTER, rest);
}

static unsigned command_class(struct app *app, struct str rest)
{
    const char *words[2 * FAILURE_CLASS_COUNT];
    enum failure_class class = failure_class_find(rest);
    if (class != FAILURE_NONE)
        return tell_log(app, ACTION_LOG_CLASS, str_of(failure_class_row(class)->name));
    for (int i = 0; i < FAILURE_CLASS_COUNT; i++) {
        words[2 * i] = failure_class_row((enum failure_class)i)->name;
        words[2 * i + 1] = failure_class_row((enum failure_class)i)->tag;
    }
    const char *near = str_nearest(rest, words, 2 * FAILURE_CLASS_COUNT);
    console_say(&app->console, true, "class: there is no class %.*s%s%s", STR_ARG(rest),
                near ? " - did you mean " : "", near ? near : " - the help (?) lists them");
    return UI_REDRAW;
}

/* The newest invocation whose request id starts so; its sequence number, or 0. */
static uint64_t invocation_find(const struct app *app, struct str id, struct invocation *inv)
{
    const struct store_status *status = &app->console.status;
    for (uint64_t seq = status->end_invocation, n = 0;
         seq-- > status->first_invocation && n < SEARCH_MAX; n++)
        if (store_read_invocation(app->console.store, seq, inv) &&
            str_starts(invocation_text(inv, inv->request_id), id))
            return seq;
    return 0;
}

static unsigned command_req(struct app *app, struct str rest)
{
    struct invocation inv;
    struct invocation_brief brief;
    uint64_t seq = rest.len >= 4 ? invocation_find(app, rest, &inv) : 0;
    if (seq == 0) {
        console_say(&app->console, true,
                    rest.len >= 4 ? "req: no request id starts with %.*s"
                                  : "req: give at least four characters of the id: %.*s",
                    STR_ARG(rest));
        return UI_REDRAW;
    }
    struct place to = {.view = VIEW_INVOCATION,
                       .function = app->console.place.function,
                       .invocation = seq,
                       .row = UINT64_MAX};
    if (store_read_brief(app->console.store, seq, &brief)) {
        to.function = brief.function;
        to.row = brief.last_row;
    }
    app->console.go = to;
    return UI_GO;
}

static unsigned command_write(struct app *app, struct str rest)
{
    bool on = str_eq(rest, STR("on"));
    if (!on && !str_eq(rest, STR("off"))) {
        console_say(&app->console, true, "write: on or off, not %.*s", STR_ARG(rest));
        return UI_REDRAW;
    }
    app->console.write = on;
    console_say(&app->console, false,
                on ? "write mode: actions that change AWS ask first" : "read-only");
    return UI_REDRAW;
}

static unsigned set_ascii(struct app *app, struct str value)
{
    bool on = str_eq(value, STR("yes"));
    if (!on && !str_eq(value, STR("no"))) {
        console_say(&app->console, true, "ascii: yes or no, not %.*s", STR_ARG(value));
        return UI_REDRAW;
    }
    app->console.ascii = app->canvas.ascii = on;
    return UI_REDRAW;
}

static unsigned set_utc(struct app *app, struct str value)
{
    app->console.time_format = str_eq(value, STR("yes")) ? TIME_UTC : TIME_LOCAL;
    return UI_REFRESH;
}

static unsigned set_write(struct app *app, struct str value)
{
    return command_write(app, str_eq(value, STR("yes")) ? STR("on") : STR("off"));
}

static const struct {
    const char *name;
    command_handler set;
} live_settings[] = {
    {"theme", command_theme}, {"ascii", set_ascii}, {"utc", set_utc}, {"write", set_write}};
#define LIVE_COUNT (sizeof live_settings / sizeof *live_settings)

static bool is_option(struct str name)
{
    for (enum option_id option = 0; option < OPTION_COUNT; option++)
        if (str_eq(name, str_of(option_row(option)->name)))
            return true;
    return false;
}

static unsigned command_set(struct app *app, struct str rest)
{
    struct str name = str_trim(str_take_until(&rest, '='));
    const char *words[LIVE_COUNT];
    for (size_t i = 0; i < LIVE_COUNT; i++) {
        words[i] = live_settings[i].name;
        if (str_eq(name, str_of(words[i])))
            return live_settings[i].set(app, str_trim(rest));
    }
    const char *near = str_nearest(name, words, LIVE_COUNT);
    if (is_option(name))
        console_say(&app->console, true, "set: %.*s is read at the start: give it as --%.*s",
                    STR_ARG(name), STR_ARG(name));
    else
        console_say(&app->console, true, "set: there is no setting %.*s%s%s", STR_ARG(name),
                    near ? " - did you mean " : "", near ? near : "");
    return UI_REDRAW;
}

static unsigned command_profile(struct app *app, struct str rest)
{
    return app_switch(app, SWITCH_PROFILE, rest);
}

static unsigned command_region(struct app *app, struct str rest)
{
    return app_switch(app, SWITCH_REGION, rest);
}

/* What is held, whatever is filtered: a colleague gets the whole picture. */
static unsigned command_save(struct app *app, struct str rest)
{
    char path[4096];
    struct err err = {0};
    struct saved_case saved;
    const struct store_status *status = &app->console.status;
    const char *home = getenv("HOME");
    bool own = str_skip(&rest, STR("~/")) && home;
    snprintf(path, sizeof path, "%s%s%.*s", own ? home : "", own ? "/" : "", STR_ARG(rest));
    if (!save_case(app->console.store, status, path, &saved, &err))
        return refuse(app, &err);
    console_say(&app->console, false,
                "%" PRIu64 " events saved, known secrets blanked out: lambdig --case %s",
                saved.events, path);
    if (saved.untimed + status->rows_dropped > 0)
        console_say(&app->console, true,
                    "%" PRIu64 " events saved in %s, without %" PRIu64
                    " that have no time and %" PRIu64 " older lines",
                    saved.events, path, saved.untimed, status->rows_dropped);
    return UI_REDRAW;
}

static unsigned command_load(struct app *app, struct str rest)
{
    return app_switch(app, SWITCH_PATH, rest);
}

static unsigned command_reload(struct app *app, struct str rest)
{
    (void)rest;
    return app_reload(app);
}

static unsigned command_q(struct app *app, struct str rest)
{
    (void)app, (void)rest;
    return UI_QUIT;
}

/* ---- words to complete ---- */

static void add_word(struct words *words, struct str word)
{
    if (words->count < WORDS_MAX)
        (void)str_copy(words->at[words->count++], WORD_BYTES, word);
}

static void theme_words(const struct app *app, struct words *words)
{
    (void)app;
    for (size_t i = 0; theme_stock_name(i); i++)
        add_word(words, str_of(theme_stock_name(i)));
}

static void function_words(const struct app *app, struct words *words)
{
    struct function_row row;
    add_word(words, STR("all"));
    for (uint32_t i = 0; i < app->console.status.functions && i < WORDS_MAX; i++)
        if (store_read_function(app->console.store, i, &row))
            add_word(words, str_of(row.function.name));
}

static void class_words(const struct app *app, struct words *words)
{
    (void)app;
    for (int i = 0; i < FAILURE_CLASS_COUNT; i++) {
        add_word(words, str_of(failure_class_row((enum failure_class)i)->name));
        add_word(words, str_of(failure_class_row((enum failure_class)i)->tag));
    }
}

static void switch_words(const struct app *app, struct words *words)
{
    (void)app;
    add_word(words, STR("on"));
    add_word(words, STR("off"));
}

static void offered_words(const struct app *app, enum app_switch what, struct words *words)
{
    struct pick_item item;
    for (size_t i = 0; i < WORDS_MAX && app_offer(app, what, i, &item); i++)
        add_word(words, str_of(item.word));
}

static void profile_words(const struct app *app, struct words *words)
{
    offered_words(app, SWITCH_PROFILE, words);
}

static void region_words(const struct app *app, struct words *words)
{
    offered_words(app, SWITCH_REGION, words);
}

static void setting_words(const struct app *app, struct words *words)
{
    char word[40];
    (void)app;
    for (size_t i = 0; i < LIVE_COUNT; i++) {
        snprintf(word, sizeof word, "%s=", live_settings[i].name);
        add_word(words, str_of(word));
    }
}

/* ---- the table ---- */

static const struct {
    const char *name;
    command_handler run;
    words_source words;
    const char *argument; /* "": none */
} commands[] = {
#define COMMAND(id, name, words, argument, help) {name, command_##id, words, argument},
#include "ui/commands.def"
#undef COMMAND
};
#define COMMAND_COUNT (sizeof commands / sizeof *commands)

static enum action named_action(const struct app *app, struct str name)
{
    const enum scope order[] = {app->console.panes[app->console.place.view]->class->scope,
                                SCOPE_LIST, SCOPE_GLOBAL};
    for (size_t i = 0; i < 3; i++) {
        enum action action = action_find(name, order[i]);
        if (action != ACTION_NONE)
            return action;
    }
    return ACTION_NONE;
}

static void command_words(const struct app *app, struct words *words)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        add_word(words, str_of(commands[i].name));
    for (enum action a = 0; a < ACTION_COUNT; a++)
        if (named_action(app, str_of(action_row(a)->name)) == a)
            add_word(words, str_of(action_row(a)->name));
}

static unsigned unknown(struct app *app, struct str name)
{
    struct words words = {xcalloc(WORDS_MAX, WORD_BYTES), 0};
    const char *list[COMMAND_COUNT + ACTION_COUNT];
    command_words(app, &words);
    for (size_t i = 0; i < words.count; i++)
        list[i] = words.at[i];
    const char *near = str_nearest(name, list, words.count);
    console_say(&app->console, true, "there is no command %.*s%s%s", STR_ARG(name),
                near ? " - did you mean " : "", near ? near : " - Tab lists them");
    free(words.at);
    return UI_REDRAW;
}

unsigned app_command(struct app *app, struct str line)
{
    struct buf safe;
    unsigned effects = UI_NOTHING;
    buf_init(&safe, 4 * PROMPT_BYTES);
    (void)utf8_defuse(str_trim(line), false, &safe); /* messages quote it */
    struct str rest = buf_str(&safe), name = str_take_word(&rest);
    size_t i = 0;
    while (i < COMMAND_COUNT && !str_eq(name, str_of(commands[i].name)))
        i++;
    rest = str_trim(rest);
    enum action action = named_action(app, name);
    /* `class` and `filter` alone are the actions of that name, with a menu or a prompt. */
    if (i < COMMAND_COUNT && (rest.len > 0 || commands[i].argument[0] == '\0'))
        effects = commands[i].run(app, rest);
    else if (action != ACTION_NONE)
        effects = app_act(app, action);
    else if (i < COMMAND_COUNT)
        console_say(&app->console, true, "%s needs a word: %s", commands[i].name,
                    commands[i].argument);
    else if (name.len > 0)
        effects = unknown(app, name);
    buf_release(&safe);
    return effects | UI_REDRAW;
}

/* ---- completion ---- */

/* How many bytes all candidates share. */
static size_t common(const struct words *found)
{
    size_t len = found->count ? strlen(found->at[0]) : 0;
    for (size_t i = 1; i < found->count; i++)
        for (size_t at = 0; at < len; at++)
            if (found->at[i][at] != found->at[0][at])
                len = at;
    return len;
}

static void keep_matching(struct words *words, struct str start)
{
    size_t kept = 0;
    for (size_t i = 0; i < words->count; i++)
        if (str_starts(str_of(words->at[i]), start))
            memmove(words->at[kept++], words->at[i], WORD_BYTES);
    words->count = kept;
}

static void say_words(struct app *app, const struct words *words)
{
    struct buf text;
    buf_init(&text, sizeof app->console.message - 1);
    for (size_t i = 0; i < words->count; i++)
        buf_printf(&text, "%s%s", i ? "  " : "", words->at[i]);
    console_say(&app->console, false, words->count ? "%.*s" : "nothing to complete",
                STR_ARG(buf_str(&text)));
    buf_release(&text);
}

static words_source source_of(struct str command)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (str_eq(command, str_of(commands[i].name)))
            return commands[i].words;
    return NULL;
}

unsigned app_complete(struct app *app)
{
    struct words words = {xcalloc(WORDS_MAX, WORD_BYTES), 0};
    struct str line = prompt_head(app->console.prompt), start = line;
    struct str command = str_take_until(&start, ' ');
    bool first = command.len == line.len;
    words_source source = first ? command_words : source_of(command);
    start = first ? command : str_trim_left(start);
    if (source)
        source(app, &words);
    keep_matching(&words, start);
    size_t len = common(&words);
    char replaced[PROMPT_BYTES];
    snprintf(replaced, sizeof replaced, "%.*s%.*s%s", (int)(line.len - start.len), line.at,
             (int)len, words.count ? words.at[0] : "", words.count == 1 && first ? " " : "");
    if (words.count > 0)
        prompt_replace(app->console.prompt, str_of(replaced));
    if (words.count != 1)
        say_words(app, &words);
    free(words.at);
    return UI_REDRAW;
}
