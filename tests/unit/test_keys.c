#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "ui/keys.h"

static struct keys keys;

static int new_keys(void **state)
{
    (void)state;
    keys_init(&keys);
    return 0;
}

static int end_keys(void **state)
{
    (void)state;
    keys_release(&keys);
    return 0;
}

static void feed(struct str bytes)
{
    size_t room;
    char *at = keys_room(&keys, &room);
    assert_true(bytes.len <= room);
    memcpy(at, bytes.at, bytes.len);
    keys.len += bytes.len;
}

static void assert_keys(struct str bytes, const uint32_t *expected)
{
    feed(bytes);
    for (; *expected; expected++)
        assert_int_equal(keys_take(&keys, true), *expected);
    assert_int_equal(keys_take(&keys, true), 0);
    assert_false(keys_wait(&keys));
}

static void bytes_become_keys(void **state)
{
    static const struct { struct str bytes; uint32_t keys[8]; } cases[] = {
        {STR("ab"), {'a', 'b'}},
        {STR("\xC3\xA9\xE6\x97\xA5"), {0xE9, 0x65E5}},
        {STR("\r\n\t\x1b"), {KEY_ENTER_, KEY_ENTER_, KEY_TAB_, KEY_ESC_}},
        {STR("\x7F\x08"), {KEY_BACKSPACE_, KEY_BACKSPACE_}},
        {STR("\x1b[A\x1bOA\x1b[1;5A"), {KEY_UP_, KEY_UP_, KEY_UP_}},
        {STR("\x1b[5~\x1b[6;2~\x1b[Z"), {KEY_PGUP_, KEY_PGDN_, KEY_STAB_}},
        {STR("\x1bOP\x1b[11~\x1b[[A\x1b[24~"), {KEY_F1_, KEY_F1_, KEY_F1_, KEY_F12_}},
        {STR("\x1bj"), {KEY_ESC_, 'j'}},
        {STR("\x1b\x1b[A"), {KEY_ESC_, KEY_UP_}},
        {STR("\x03\x1a"), {3, 26}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_keys(cases[i].bytes, cases[i].keys);
}

/* Answers that a terminal gives to queries; none may act as keys. */
static void a_terminal_s_answers_are_no_keys(void **state)
{
    static const struct str answers[] = {
        STR("\x1b[12;40R"),
        STR("\x1b[?64;1;2c"),
        STR("\x1b[>0;276;0c"),
        STR("\x1b]11;rgb:2727/2727/2727\x1b\\"),
        STR("\x1b]0;title\a"),
        STR("\x1bP>|xterm(390)\x1b\\"),
        STR("\x1b[?2026;2$y"),
        STR("\x1b[I"),
        STR("\x1b[999999999999999999999999;1~"),
    };
    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        feed(answers[i]);
        feed(STR("k"));
        assert_int_equal(keys_take(&keys, false), 'k');
        assert_int_equal(keys_take(&keys, true), 0);
    }
}

static void escape_alone_waits_for_what_may_follow(void **state)
{
    (void)state;
    feed(STR("\x1b"));
    assert_int_equal(keys_take(&keys, false), 0);
    assert_true(keys_wait(&keys));
    feed(STR("[B"));
    assert_int_equal(keys_take(&keys, false), KEY_DOWN_);
    feed(STR("\x1b"));
    assert_int_equal(keys_take(&keys, true), KEY_ESC_);
    assert_false(keys_wait(&keys));
}

static void keys_may_come_in_pieces(void **state)
{
    static const struct str all = STR("a\xE6\x97\xA5\x1b[5~\x1b[200~p\x1b[20q\x1b[201~z");
    (void)state;
    for (size_t cut = 1; cut < all.len; cut++) {
        static const uint32_t expected[] = {'a', 0x65E5, KEY_PGUP_, KEY_PASTE_, 'z'};
        size_t got = 0;
        for (size_t part = 0; part < 2; part++) {
            uint32_t key;
            feed(part ? str_from(all, cut) : str_first(all, cut));
            while ((key = keys_take(&keys, false)) != 0) {
                assert_true(got < 5);
                assert_int_equal(key, expected[got++]);
            }
        }
        assert_int_equal(got, 5);
        assert_true(str_eq(buf_str(&keys.paste), STR("p\x1b[20q")));
    }
}

static void a_sequence_that_never_ends_is_dropped(void **state)
{
    (void)state;
    feed(STR("\x1b[12;"));
    assert_int_equal(keys_take(&keys, false), 0);
    assert_int_equal(keys_take(&keys, true), 0);
    assert_false(keys_wait(&keys));
    feed(STR("j"));
    assert_int_equal(keys_take(&keys, false), 'j');
}

static void a_paste_is_one_key_and_has_a_ceiling(void **state)
{
    (void)state;
    char block[1024];
    memset(block, 'x', sizeof block);
    feed(STR("\x1b[200~"));
    for (int i = 0; i < 200; i++) {
        feed((struct str){block, sizeof block});
        assert_int_equal(keys_take(&keys, false), 0);
    }
    feed(STR("\x1b[201~q"));
    assert_int_equal(keys_take(&keys, false), KEY_PASTE_);
    assert_int_equal(keys.paste.len, KEYS_PASTE_MAX);
    assert_int_equal(keys_take(&keys, false), 'q');
}

static void the_mouse_says_where(void **state)
{
    (void)state;
    feed(STR("\x1b[<0;12;5M\x1b[<0;12;5m\x1b[<64;1;1M"));
    assert_int_equal(keys_take(&keys, false), KEY_CLICK_);
    assert_int_equal(keys.mouse_row, 4);
    assert_int_equal(keys.mouse_col, 11);
    assert_int_equal(keys_take(&keys, false), KEY_WHEEL_UP_);
}

static void any_bytes_are_taken_to_their_end(void **state)
{
    uint64_t seed = 99;
    (void)state;
    for (int round = 0; round < 3000; round++) {
        char bytes[64];
        for (size_t i = 0; i < sizeof bytes; i++) {
            static const char likely[] = "\x1b[O~;0123456789<M?]P\\\a\x1b[200~\xE6\x97\xA5";
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            unsigned lot = (unsigned)(seed >> 33);
            bytes[i] = lot % 4 ? likely[lot / 4 % (sizeof likely - 1)] : (char)(lot / 4);
        }
        feed((struct str){bytes, sizeof bytes});
        for (int n = 0; n < 100 && keys_take(&keys, true); n++)
            continue;
        assert_true(keys.pasting || !keys_wait(&keys));
        if (keys.pasting) {
            feed(STR("\x1b[201~"));
            while (keys_take(&keys, true))
                continue;
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, new_keys, end_keys)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bytes_become_keys),
        TEST(a_terminal_s_answers_are_no_keys),
        TEST(escape_alone_waits_for_what_may_follow),
        TEST(keys_may_come_in_pieces),
        TEST(a_sequence_that_never_ends_is_dropped),
        TEST(a_paste_is_one_key_and_has_a_ceiling),
        TEST(the_mouse_says_where),
        TEST(any_bytes_are_taken_to_their_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
