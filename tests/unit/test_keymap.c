#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "ui/keymap.h"

static struct keymap *map;

static int new_map(void **state)
{
    (void)state;
    map = keymap_new();
    return 0;
}

static int end_map(void **state)
{
    (void)state;
    keymap_free(map);
    return 0;
}

static enum action find(enum scope scope, uint32_t key)
{
    bool pending;
    return keymap_find(map, scope, key, 0, &pending);
}

static void bind(const char *action, const char *keys, const char *where)
{
    struct err err = {0};
    if (!keymap_bind(map, str_of(action), str_of(keys), str_of(where), &err))
        fail_msg("%s", err.text);
}

static void the_default_keys_do_not_clash(void **state)
{
    (void)state;
    struct err err = {0};
    if (!keymap_check(map, &err))
        fail_msg("%s", err.text);
}

static void no_default_key_is_one_that_terminals_keep_for_themselves(void **state)
{
    static const uint32_t kept[] = {'s' & 0x1F, 'q' & 0x1F, 'a' & 0x1F, 'b' & 0x1F};
    (void)state;
    for (enum scope scope = 0; scope < SCOPE_COUNT; scope++)
        for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
            assert_int_equal(find(scope, kept[i]), ACTION_NONE);
}

static void a_pane_is_asked_first_then_the_list_then_the_whole(void **state)
{
    (void)state;
    assert_int_equal(find(SCOPE_LOGS, 'e'), ACTION_LOG_NEXT_FAILURE);
    assert_int_equal(find(SCOPE_LOGS, 'j'), ACTION_DOWN);
    assert_int_equal(find(SCOPE_LOGS, 'q'), ACTION_BACK);
    assert_int_equal(find(SCOPE_GLOBAL, 'j'), ACTION_NONE);
    assert_int_equal(find(SCOPE_FUNCTIONS, 'e'), ACTION_NONE);
    bind("logs.follow", "q", "c:1:1");
    assert_int_equal(find(SCOPE_LOGS, 'q'), ACTION_LOG_FOLLOW);
    assert_int_equal(find(SCOPE_FUNCTIONS, 'q'), ACTION_BACK);
}

static void keys_are_known_by_name(void **state)
{
    (void)state;
    assert_int_equal(find(SCOPE_LIST, KEY_PGDN_), ACTION_PAGE_DOWN);
    assert_int_equal(find(SCOPE_LIST, ' '), ACTION_PAGE_DOWN);
    assert_int_equal(find(SCOPE_LIST, 4), ACTION_HALF_DOWN);
    assert_int_equal(find(SCOPE_LIST, 13), ACTION_OPEN);
    assert_int_equal(find(SCOPE_GLOBAL, KEY_STAB_), ACTION_PREVIOUS_PANE);
    assert_int_equal(find(SCOPE_GLOBAL, 27), ACTION_BACK);
    bind("list.down", "\xC3\xA9 Ctrl-h", "c:1:1");
    assert_int_equal(find(SCOPE_LIST, 0xE9), ACTION_DOWN);
    assert_int_equal(find(SCOPE_LIST, KEY_BACKSPACE_), ACTION_DOWN);
    assert_int_equal(find(SCOPE_LIST, 'j'), ACTION_NONE);
}

static void two_keys_make_a_pair(void **state)
{
    (void)state;
    bool pending;
    assert_int_equal(keymap_find(map, SCOPE_LOGS, 'Z', 0, &pending), ACTION_NONE);
    assert_true(pending);
    assert_int_equal(keymap_find(map, SCOPE_LOGS, 'Z', 'Z', &pending), ACTION_QUIT);
    assert_int_equal(keymap_find(map, SCOPE_LOGS, 'x', 'Z', &pending), ACTION_NONE);
    assert_false(pending);
}

static void an_unknown_action_or_key_is_named(void **state)
{
    static const struct { const char *action, *keys, *says, *hint;
    } cases[] = {
        {"logs.folow", "f", "keys: c.yaml:3:5: there is no action logs.folow",
         "did you mean logs.follow?"},
        {"follow", "f", "there is no action follow", ""},
        {"logs.follow", "Ctrl-", "logs.follow: there is no key Ctrl-", "a key is"},
        {"logs.follow", "f PageDown", "there is no key PageDown", "a key is"},
        {"logs.follow", "abc", "there is no key abc", "a key is"},
        {"logs.follow", "a b c d e f g", "more than 6 keys", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        assert_false(keymap_bind(map, str_of(cases[i].action), str_of(cases[i].keys),
                                 STR("c.yaml:3:5"), &err));
        if (!strstr(err.text, cases[i].says) || !strstr(err_hint(&err), cases[i].hint))
            fail_msg("%s - %s", err.text, err_hint(&err));
    }
}

static void a_refused_override_changes_nothing(void **state)
{
    (void)state;
    struct err err = {0};
    assert_false(keymap_bind(map, STR("logs.follow"), STR("x PageDown"), STR("c:1:1"), &err));
    assert_int_equal(find(SCOPE_LOGS, 'f'), ACTION_LOG_FOLLOW);
}

static void a_conflict_names_both_lines(void **state)
{
    (void)state;
    struct err err = {0};
    bind("logs.follow", "K", "c.yaml:3:5");
    bind("logs.wrap", "w K", "c.yaml:9:5");
    assert_false(keymap_check(map, &err));
    assert_non_null(strstr(err.text, "c.yaml:3:5: logs.follow"));
    assert_non_null(strstr(err.text, "c.yaml:9:5: logs.wrap"));
}

static void a_conflict_with_a_default_says_so(void **state)
{
    (void)state;
    struct err err = {0};
    bind("logs.follow", "w", "c.yaml:3:5");
    assert_false(keymap_check(map, &err));
    assert_non_null(strstr(err.text, "default: logs.wrap"));
}

static void the_first_of_a_pair_clashes_with_the_single_key(void **state)
{
    (void)state;
    struct err err = {0};
    bind("global.zoom", "Z", "c.yaml:1:1");
    assert_false(keymap_check(map, &err));
}

static void two_actions_can_swap_their_keys(void **state)
{
    (void)state;
    struct err err = {0};
    bind("logs.follow", "p", "c:1:1");
    bind("logs.pause", "f", "c:2:1");
    assert_true(keymap_check(map, &err));
    assert_int_equal(find(SCOPE_LOGS, 'f'), ACTION_LOG_PAUSE);
}

static void the_same_key_may_mean_two_things_in_two_scopes(void **state)
{
    (void)state;
    struct err err = {0};
    bind("functions.sort", "e", "c:1:1");
    assert_true(keymap_check(map, &err));
}

static void keys_read_back_as_they_are_bound(void **state)
{
    char out[64];
    (void)state;
    keymap_keys(map, ACTION_UP, out, sizeof out);
    assert_string_equal(out, "k Up");
    bind("list.up", "i Up", "c:1:1");
    keymap_first_key(map, ACTION_UP, out, sizeof out);
    assert_string_equal(out, "i");
    bind("list.up", "", "c:1:1");
    keymap_first_key(map, ACTION_UP, out, sizeof out);
    assert_string_equal(out, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, new_map, end_map)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_default_keys_do_not_clash),
        TEST(no_default_key_is_one_that_terminals_keep_for_themselves),
        TEST(a_pane_is_asked_first_then_the_list_then_the_whole),
        TEST(keys_are_known_by_name),
        TEST(two_keys_make_a_pair),
        TEST(an_unknown_action_or_key_is_named),
        TEST(a_refused_override_changes_nothing),
        TEST(a_conflict_names_both_lines),
        TEST(a_conflict_with_a_default_says_so),
        TEST(the_first_of_a_pair_clashes_with_the_single_key),
        TEST(two_actions_can_swap_their_keys),
        TEST(the_same_key_may_mean_two_things_in_two_scopes),
        TEST(keys_read_back_as_they_are_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
