/* Keys to actions, by scope, from actions.def and the user's overrides. UI thread; const after
 * start. A pane's scope is asked first, then LIST (lists and logs), then GLOBAL. */
#ifndef LAMBDIG_UI_KEYMAP_H
#define LAMBDIG_UI_KEYMAP_H

#include "src/base/err.h"
#include "src/base/str.h"

enum scope { SCOPE_GLOBAL, SCOPE_LIST, SCOPE_FUNCTIONS, SCOPE_LOGS, SCOPE_INVOCATION, SCOPE_COUNT };

enum action {
#define ACTION(id, scope, name, brief, keys, flags, help) ACTION_##id,
#include "ui/actions.def"
#undef ACTION
    ACTION_COUNT,
    ACTION_NONE = ACTION_COUNT
};
enum action_flags { ACTION_FOOTER = 1, ACTION_WRITES = 2, ACTION_CONFIRMS = 4 };

/* A key is a Unicode code point, or one of these; Ctrl-x is the control code itself, and so
 * are Enter (13), Tab (9) and Esc (27). Backspace and Ctrl-h are the same key. */
enum key {
    KEY_UP_ = 0x200000,
    KEY_DOWN_,
    KEY_LEFT_,
    KEY_RIGHT_,
    KEY_HOME_,
    KEY_END_,
    KEY_PGUP_,
    KEY_PGDN_,
    KEY_STAB_,
    KEY_F1_,
    KEY_BACKSPACE_,
    KEY_DELETE_,
    KEY_INSERT_,
    KEY_RESIZE_,
    KEY_PASTE_ /* text in term_paste */,
    KEY_F2_,
    KEY_F3_,
    KEY_F4_,
    KEY_F5_,
    KEY_F6_,
    KEY_F7_,
    KEY_F8_,
    KEY_F9_,
    KEY_F10_,
    KEY_F11_,
    KEY_F12_,
    KEY_WHEEL_UP_,
    KEY_WHEEL_DOWN_,
    KEY_CLICK_ /* where: in term_mouse */
};
#define KEY_ENTER_ 13u
#define KEY_TAB_ 9u
#define KEY_ESC_ 27u

struct action_row {
    enum scope scope;
    const char *name, *brief, *keys,
        *help; /* brief: the name where the key line is narrow; "" outside it */
    unsigned flags;
};
const struct action_row *action_row(enum action action);
const char *scope_name(enum scope scope); /* `logs` */
enum action action_find(struct str name, enum scope scope); /* by :name; ACTION_NONE */

struct keymap; /* ours */
struct keymap *keymap_new(void); /* the defaults */
void keymap_free(struct keymap *map);
/* One override: `logs.follow` = `f F`; it replaces the keys of that action, and no keys at all
 * leave it without one. false: err names the unknown action or key. `where` is file:line:col. */
bool keymap_bind(struct keymap *map, struct str action, struct str keys, struct str where,
                 struct err *err) MUST_USE;
/* After the last keymap_bind: no key may stand for two actions of one scope (so that overrides
 * can swap keys in any order). false: err names both actions and where each was bound. */
bool keymap_check(const struct keymap *map, struct err *err) MUST_USE;
/* Two-key sequences (ZZ): the first answers ACTION_NONE with *pending set; give both then. */
enum action keymap_find(const struct keymap *map, enum scope scope, uint32_t key, uint32_t before,
                        bool *pending);
/* The keys of an action by the names that keymap_bind reads: `k Up`; into out, NUL-ended. */
/* The first of them alone, for the footer. */
void keymap_first_key(const struct keymap *map, enum action action, char *out, size_t size);
void keymap_keys(const struct keymap *map, enum action action, char *out, size_t size);

#endif
