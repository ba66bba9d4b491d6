#include "ui/keymap.h"

#include <stdio.h>
#include <stdlib.h>

#include "src/base/utf8.h"

/* Each action has at most KEYS_MAX chords. A chord is one key, or two typed one after the
 * other (`ZZ`): a word of two characters that is no name is such a pair. */

#define KEYS_MAX 6
#define KEYS_TEXT 64 /* bytes of the keys of one action, as text */
#define WHERE_SIZE 300

static const struct action_row actions[ACTION_COUNT] = {
#define ACTION(id, scope, name, brief, keys, flags, help)                                        \
    [ACTION_##id] = {SCOPE_##scope, name, brief, keys, help, flags},
#include "ui/actions.def"
#undef ACTION
};

static const char *const scope_names[SCOPE_COUNT] = {
    [SCOPE_GLOBAL] = "global", [SCOPE_LIST] = "list", [SCOPE_FUNCTIONS] = "functions",
    [SCOPE_LOGS] = "logs", [SCOPE_INVOCATION] = "invocation",
};

static const struct {
    const char *name;
    uint32_t key;
} key_names[] = {
    {"Up", KEY_UP_},         {"Down", KEY_DOWN_},
    {"Left", KEY_LEFT_},     {"Right", KEY_RIGHT_},
    {"Home", KEY_HOME_},     {"End", KEY_END_},
    {"PgUp", KEY_PGUP_},     {"PgDn", KEY_PGDN_},
    {"S-Tab", KEY_STAB_},    {"Tab", KEY_TAB_},
    {"Enter", KEY_ENTER_},   {"Esc", KEY_ESC_},
    {"Space", ' '},          {"Backspace", KEY_BACKSPACE_},
    {"Delete", KEY_DELETE_}, {"Insert", KEY_INSERT_},
    {"F1", KEY_F1_},         {"F2", KEY_F2_},
    {"F3", KEY_F3_},         {"F4", KEY_F4_},
    {"F5", KEY_F5_},         {"F6", KEY_F6_},
    {"F7", KEY_F7_},         {"F8", KEY_F8_},
    {"F9", KEY_F9_},         {"F10", KEY_F10_},
    {"F11", KEY_F11_},       {"F12", KEY_F12_},
};
#define KEY_NAME_COUNT (sizeof key_names / sizeof *key_names)

struct chord {
    uint32_t first, second; /* second 0: one key */
};

struct binding {
    struct chord chords[KEYS_MAX];
    size_t count;
    char text[KEYS_TEXT];
    char where[WHERE_SIZE]; /* empty: the default */
};

struct keymap {
    struct binding bindings[ACTION_COUNT];
};

const struct action_row *action_row(enum action action)
{
    return &actions[action];
}

const char *scope_name(enum scope scope)
{
    return scope_names[scope];
}

enum action action_find(struct str name, enum scope scope)
{
    for (enum action a = 0; a < ACTION_COUNT; a++)
        if (actions[a].scope == scope && str_eq(name, str_of(actions[a].name)))
            return a;
    return ACTION_NONE;
}

/* `Ctrl-a` to `Ctrl-z` and `Ctrl-\` and the like: the control code; Ctrl-h is Backspace. */
static bool parse_control(struct str word, uint32_t *key)
{
    if (!str_skip(&word, STR("Ctrl-")) || word.len != 1)
        return false;
    unsigned char c = (unsigned char)word.at[0];
    if (c >= 'a' && c <= 'z')
        c = (unsigned char)(c - 32);
    if (c < '@' || c > '_')
        return false;
    *key = c == 'H' ? (uint32_t)KEY_BACKSPACE_ : c - (uint32_t)'@';
    return true;
}

static bool parse_name(struct str word, uint32_t *key)
{
    for (size_t i = 0; i < KEY_NAME_COUNT; i++)
        if (str_eq(word, str_of(key_names[i].name))) {
            *key = key_names[i].key;
            return true;
        }
    return parse_control(word, key);
}

static bool take_character(struct str *word, uint32_t *key)
{
    if (word->len == 0)
        return false;
    size_t len = utf8_decode(*word, key);
    *word = str_from(*word, len);
    return *key != UTF8_BAD && *key > 0x20 && *key != 0x7F;
}

static bool parse_chord(struct str word, struct chord *out)
{
    *out = (struct chord){0, 0};
    if (parse_name(word, &out->first))
        return true;
    if (!take_character(&word, &out->first))
        return false;
    return word.len == 0 || (take_character(&word, &out->second) && word.len == 0);
}

static bool bind_keys(struct binding *b, struct str keys, struct str *bad)
{
    b->count = 0;
    (void)str_copy(b->text, sizeof b->text, keys);
    struct str word;
    while ((word = str_take_word(&keys)).len > 0) {
        *bad = word;
        if (b->count == KEYS_MAX || !parse_chord(word, &b->chords[b->count]))
            return false;
        b->count++;
    }
    return true;
}

struct keymap *keymap_new(void)
{
    struct keymap *map = xcalloc(1, sizeof *map);
    struct str bad;
    for (enum action a = 0; a < ACTION_COUNT; a++)
        if (!bind_keys(&map->bindings[a], str_of(actions[a].keys), &bad))
            die("actions.def: %s: the key %.*s", actions[a].name, STR_ARG(bad));
    return map;
}

void keymap_free(struct keymap *map)
{
    free(map);
}

static enum action find_scoped(struct str name)
{
    struct str scope = str_take_until(&name, '.');
    for (enum scope s = 0; s < SCOPE_COUNT; s++)
        if (str_eq(scope, str_of(scope_names[s])))
            return action_find(name, s);
    return ACTION_NONE;
}

static bool unknown_action(struct str name, struct str where, struct err *err)
{
    char full[ACTION_COUNT][40];
    const char *words[ACTION_COUNT];
    for (enum action a = 0; a < ACTION_COUNT; a++) {
        snprintf(full[a], sizeof full[a], "%s.%s", scope_names[actions[a].scope], actions[a].name);
        words[a] = full[a];
    }
    const char *near = str_nearest(name, words, ACTION_COUNT);
    err_set(err, ERR_CONFIG, "keys: %.*s: there is no action %.*s", STR_ARG(where), STR_ARG(name));
    return near ? err_advise(err, "did you mean %s?", near)
                : err_advise(err, "docs/keys.md lists the actions");
}

bool keymap_bind(struct keymap *map, struct str action, struct str keys, struct str where,
                 struct err *err)
{
    enum action a = find_scoped(action);
    if (a == ACTION_NONE)
        return unknown_action(action, where, err);
    struct binding b = {0};
    struct str bad = STR_NONE;
    if (keys.len >= KEYS_TEXT)
        return err_set(err, ERR_CONFIG, "keys: %.*s: %.*s: more than %d bytes of keys",
                       STR_ARG(where), STR_ARG(action), KEYS_TEXT - 1);
    if (!bind_keys(&b, keys, &bad)) {
        if (b.count == KEYS_MAX)
            return err_set(err, ERR_CONFIG, "keys: %.*s: %.*s: more than %d keys", STR_ARG(where),
                           STR_ARG(action), KEYS_MAX);
        err_set(err, ERR_CONFIG, "keys: %.*s: %.*s: there is no key %.*s", STR_ARG(where),
                STR_ARG(action), STR_ARG(bad));
        return err_advise(
            err, "a key is a character, two of them, Ctrl-x, or a name like PgDn or Space");
    }
    (void)str_copy(b.where, sizeof b.where, where);
    map->bindings[a] = b;
    return true;
}

/* The same keys, or one key that is the start of the other pair: neither could be told apart. */
static bool clash(struct chord a, struct chord b)
{
    return a.first == b.first && (a.second == b.second || a.second == 0 || b.second == 0);
}

static bool actions_clash(const struct binding *a, const struct binding *b)
{
    for (size_t i = 0; i < a->count; i++)
        for (size_t j = 0; j < b->count; j++)
            if (clash(a->chords[i], b->chords[j]))
                return true;
    return false;
}

static const char *bound_at(const struct binding *b)
{
    return b->where[0] ? b->where : "default";
}

static bool conflict(const struct keymap *map, enum action a, enum action b, struct err *err)
{
    const struct binding *x = &map->bindings[a], *y = &map->bindings[b];
    const char *scope = scope_names[actions[a].scope];
    err_set(err, ERR_CONFIG,
            "keys: %s: %s.%s is bound to %s, and %s: %s.%s to %s: they share a key", bound_at(x),
            scope, actions[a].name, x->text, bound_at(y), scope, actions[b].name, y->text);
    return err_advise(err, "give one of the two another key");
}

bool keymap_check(const struct keymap *map, struct err *err)
{
    for (enum action a = 0; a < ACTION_COUNT; a++)
        for (enum action b = 0; b < a; b++)
            if (actions[a].scope == actions[b].scope &&
                actions_clash(&map->bindings[b], &map->bindings[a]))
                return conflict(map, b, a, err);
    return true;
}

static enum action find_in(const struct keymap *map, enum scope scope, struct chord typed,
                           bool *pending)
{
    for (enum action a = 0; a < ACTION_COUNT; a++) {
        if (actions[a].scope != scope)
            continue;
        const struct binding *b = &map->bindings[a];
        for (size_t i = 0; i < b->count; i++) {
            if (b->chords[i].first == typed.first && b->chords[i].second == typed.second)
                return a;
            if (b->chords[i].first == typed.first && typed.second == 0)
                *pending = true;
        }
    }
    return ACTION_NONE;
}

enum action keymap_find(const struct keymap *map, enum scope scope, uint32_t key, uint32_t before,
                        bool *pending)
{
    struct chord typed = before ? (struct chord){before, key} : (struct chord){key, 0};
    const enum scope order[] = {scope, SCOPE_LIST, SCOPE_GLOBAL};
    *pending = false;
    size_t from = scope == SCOPE_GLOBAL ? 2 : scope == SCOPE_LIST ? 1 : 0;
    for (size_t i = from; i < 3; i++) {
        enum action a = find_in(map, order[i], typed, pending);
        if (a != ACTION_NONE || *pending)
            return a;
    }
    return ACTION_NONE;
}

void keymap_keys(const struct keymap *map, enum action action, char *out, size_t size)
{
    (void)str_copy(out, size, str_of(map->bindings[action].text));
}

void keymap_first_key(const struct keymap *map, enum action action, char *out, size_t size)
{
    struct str text = str_of(map->bindings[action].text);
    (void)str_copy(out, size, str_take_word(&text));
}
