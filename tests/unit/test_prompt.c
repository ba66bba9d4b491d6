#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "ui/prompt.h"

static struct prompt *prompt;

static int new_prompt(void **state)
{
    (void)state;
    prompt = prompt_new();
    prompt_open(prompt, ACTION_SEARCH, STR("/"), STR_NONE);
    return 0;
}

static int end_prompt(void **state)
{
    (void)state;
    prompt_free(prompt);
    return 0;
}

static void type(const char *text)
{
    for (; *text; text++)
        prompt_key(prompt, (unsigned char)*text);
}

static void assert_text(const char *text)
{
    struct str s = prompt_text(prompt);
    char copy[PROMPT_BYTES];
    assert_true(str_copy(copy, sizeof copy, s));
    assert_string_equal(copy, text);
}

static void typed_text_goes_in_at_the_cursor(void **state)
{
    (void)state;
    type("ac");
    prompt_key(prompt, KEY_LEFT_);
    type("b");
    assert_text("abc");
    prompt_key(prompt, 'a' & 0x1F);
    type("<");
    prompt_key(prompt, 'e' & 0x1F);
    type(">");
    assert_text("<abc>");
}

static void erasing_takes_whole_clusters(void **state)
{
    (void)state;
    type("x");
    prompt_key(prompt, 'e');
    prompt_key(prompt, 0x301); /* one cluster with the e */
    prompt_key(prompt, 0x65E5);
    prompt_key(prompt, KEY_BACKSPACE_);
    assert_text("xe\xCC\x81");
    prompt_key(prompt, KEY_BACKSPACE_);
    assert_text("x");
}

static void words_and_halves_are_cut(void **state)
{
    (void)state;
    type("one two  ");
    prompt_key(prompt, 'w' & 0x1F);
    assert_text("one ");
    type("three");
    prompt_key(prompt, KEY_HOME_);
    prompt_key(prompt, KEY_RIGHT_);
    prompt_key(prompt, 'k' & 0x1F);
    assert_text("o");
    prompt_key(prompt, 'u' & 0x1F);
    assert_text("");
}

static void a_pasted_line_end_does_not_accept(void **state)
{
    (void)state;
    assert_int_equal(prompt_paste(prompt, STR("rm\n-rf\r\x1b[A\x07")), PROMPT_CHANGED);
    assert_true(prompt_is_open(prompt));
    assert_text("rm -rf [A");
}

static void enter_accepts_and_escape_cancels(void **state)
{
    (void)state;
    type("x");
    assert_int_equal(prompt_key(prompt, KEY_ENTER_), PROMPT_ACCEPTED);
    assert_false(prompt_is_open(prompt));
    prompt_open(prompt, ACTION_SEARCH, STR("/"), STR("y"));
    assert_int_equal(prompt_key(prompt, KEY_ESC_), PROMPT_CANCELLED);
    prompt_open(prompt, ACTION_SEARCH, STR("/"), STR_NONE);
    assert_int_equal(prompt_key(prompt, KEY_BACKSPACE_), PROMPT_CANCELLED);
}

static void accept(const char *label, const char *text)
{
    prompt_open(prompt, ACTION_SEARCH, str_of(label), str_of(text));
    prompt_key(prompt, KEY_ENTER_);
}

static void each_label_has_its_history(void **state)
{
    (void)state;
    accept("/", "first");
    accept("/", "second");
    accept("/", "second");
    accept(":", "theme dark");
    prompt_open(prompt, ACTION_SEARCH, STR("/"), STR("typed"));
    prompt_key(prompt, KEY_UP_);
    assert_text("second");
    prompt_key(prompt, KEY_UP_);
    assert_text("first");
    assert_int_equal(prompt_key(prompt, KEY_UP_), PROMPT_NOTHING);
    prompt_key(prompt, KEY_DOWN_);
    prompt_key(prompt, KEY_DOWN_);
    assert_text("typed");
    prompt_open(prompt, ACTION_COMMAND, STR(":"), STR_NONE);
    prompt_key(prompt, KEY_UP_);
    assert_text("theme dark");
}

static void the_text_has_a_ceiling(void **state)
{
    (void)state;
    for (int i = 0; i < 3 * PROMPT_BYTES; i++)
        prompt_key(prompt, 0x65E5);
    assert_true(prompt_text(prompt).len < PROMPT_BYTES);
    assert_int_equal(prompt_text(prompt).len % 3, 0);
}

static void random_keys_keep_it_whole(void **state)
{
    uint64_t seed = 7;
    (void)state;
    for (int i = 0; i < 50000; i++) {
        static const uint32_t some[] = {
            'a',         ' ',        0xE9,      0x301,      0x65E5,
            KEY_LEFT_,   KEY_RIGHT_, KEY_HOME_, KEY_END_,   KEY_BACKSPACE_,
            KEY_DELETE_, KEY_UP_,    KEY_DOWN_, KEY_ENTER_, 23,
            11,          21};
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        prompt_key(prompt, some[(seed >> 33) % (sizeof some / sizeof *some)]);
        struct str head = prompt_head(prompt), text = prompt_text(prompt);
        assert_true(head.len <= text.len && text.len < PROMPT_BYTES);
        assert_true(text.len == head.len || ((unsigned char)text.at[head.len] & 0xC0) != 0x80);
        if (!prompt_is_open(prompt))
            prompt_open(prompt, ACTION_SEARCH, STR("/"), STR_NONE);
    }
}

static void the_cursor_stays_on_the_screen(void **state)
{
    (void)state;
    struct canvas canvas;
    canvas_init(&canvas);
    canvas_resize(&canvas, 1, 10);
    assert_int_equal(prompt_draw(prompt, &canvas, 0, 10), 1);
    for (int i = 0; i < 50; i++)
        type("abcdefghij");
    int col = prompt_draw(prompt, &canvas, 0, 10);
    assert_int_equal(col, 9);
    assert_int_equal(canvas.cells[8].bytes[0], 'j');
    canvas_release(&canvas);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, new_prompt, end_prompt)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(typed_text_goes_in_at_the_cursor),
        TEST(erasing_takes_whole_clusters),
        TEST(words_and_halves_are_cut),
        TEST(a_pasted_line_end_does_not_accept),
        TEST(enter_accepts_and_escape_cancels),
        TEST(each_label_has_its_history),
        TEST(the_text_has_a_ceiling),
        TEST(random_keys_keep_it_whole),
        TEST(the_cursor_stays_on_the_screen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
