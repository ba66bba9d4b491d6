#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "ui/picker.h"

#define PAGE 4

static struct picker picker;
static struct canvas canvas;

static const struct pick_item regions[] = {
    {"us-east-1", "N. Virginia", ROLE_TEXT}, {"us-west-2", "Oregon", ROLE_TEXT}, {"eu-west-1", "Ireland", ROLE_TEXT},
    {"eu-central-1", "Frankfurt", ROLE_TEXT}, {"ap-south-1", "Mumbai", ROLE_TEXT}, {"sa-east-1", "S\xC3\xA3o Paulo", ROLE_TEXT},
};
#define REGIONS (sizeof regions / sizeof *regions)

static void open_regions(const char *current, bool takes_others)
{
    picker_open(&picker, STR("Region"), regions, REGIONS, str_of(current), takes_others);
}

static enum picker_result type(const char *text)
{
    enum picker_result last = PICKER_NOTHING;
    for (struct str rest = str_of(text); rest.len > 0; rest = str_from(rest, 1))
        last = picker_key(&picker, (unsigned char)rest.at[0], PAGE);
    return last;
}

static void assert_chosen(const char *word)
{
    struct str got = picker_word(&picker);
    assert_int_equal(got.len, strlen(word));
    assert_memory_equal(got.at, word, got.len);
}

static int end(void **state)
{
    (void)state;
    picker_close(&picker);
    return 0;
}

static void typing_narrows_by_all_words_in_any_order(void **state)
{
    (void)state;
    open_regions("", false);
    type("west");
    assert_int_equal(picker.shown_count, 2);
    type(" EU");
    assert_int_equal(picker.shown_count, 1);
    assert_chosen("eu-west-1");
    assert_int_equal(picker_key(&picker, KEY_ENTER_, PAGE), PICKER_CHOSEN);
}

static void the_text_beside_a_word_is_searched_too(void **state)
{
    (void)state;
    open_regions("", false);
    type("frank");
    assert_chosen("eu-central-1");
}

static void it_starts_on_the_current_one(void **state)
{
    (void)state;
    open_regions("eu-central-1", false);
    assert_chosen("eu-central-1");
    assert_int_equal(picker_key(&picker, KEY_DOWN_, PAGE), PICKER_CHANGED);
    assert_chosen("ap-south-1");
}

static void backspace_widens_and_esc_leaves(void **state)
{
    (void)state;
    open_regions("", false);
    type("zz");
    assert_int_equal(picker.shown_count, 0);
    assert_int_equal(picker_key(&picker, KEY_BACKSPACE_, PAGE), PICKER_CHANGED);
    assert_int_equal(picker_key(&picker, KEY_BACKSPACE_, PAGE), PICKER_CHANGED);
    assert_int_equal(picker.shown_count, REGIONS);
    assert_int_equal(picker_key(&picker, KEY_BACKSPACE_, PAGE), PICKER_NOTHING);
    assert_int_equal(picker_key(&picker, KEY_ESC_, PAGE), PICKER_CLOSED);
}

static void a_character_of_several_bytes_is_taken_back_whole(void **state)
{
    (void)state;
    open_regions("", false);
    assert_int_equal(picker_key(&picker, 0xE3, PAGE), PICKER_CHANGED);
    assert_chosen("sa-east-1");
    picker_key(&picker, KEY_BACKSPACE_, PAGE);
    assert_string_equal(picker.filter, "");
}

static void what_matches_nothing_is_taken_only_where_others_are(void **state)
{
    (void)state;
    open_regions("", false);
    type("mx-central-1");
    assert_int_equal(picker_key(&picker, KEY_ENTER_, PAGE), PICKER_NOTHING);
    open_regions("", true);
    type(" mx-central-1 ");
    assert_int_equal(picker_key(&picker, KEY_ENTER_, PAGE), PICKER_CHOSEN);
    assert_chosen("mx-central-1");
}

static void an_empty_list_chooses_nothing(void **state)
{
    (void)state;
    picker_open(&picker, STR("Profile"), NULL, 0, STR_NONE, false);
    assert_int_equal(picker_key(&picker, KEY_ENTER_, PAGE), PICKER_NOTHING);
    assert_int_equal(picker_key(&picker, KEY_DOWN_, PAGE), PICKER_NOTHING);
    assert_int_equal(picker_key(&picker, KEY_ESC_, PAGE), PICKER_CLOSED);
}

static void rows_beyond_the_ceiling_are_not_offered(void **state)
{
    (void)state;
    struct pick_item *many = calloc(PICKER_MAX + 5, sizeof *many);
    assert_non_null(many);
    for (size_t i = 0; i < PICKER_MAX + 5; i++)
        snprintf(many[i].word, sizeof many[i].word, "p%zu", i);
    picker_open(&picker, STR("Profile"), many, PICKER_MAX + 5, STR_NONE, false);
    free(many);
    assert_int_equal(picker.shown_count, PICKER_MAX);
    picker_key(&picker, KEY_END_, PAGE);
    assert_chosen("p2047");
}

static const char *row_text(int row)
{
    static char text[1024];
    struct buf out;
    buf_init(&out, sizeof text - 1);
    canvas_row_text(&canvas, row, &out);
    snprintf(text, sizeof text, "%.*s", STR_ARG(buf_str(&out)));
    buf_release(&out);
    return text;
}

static void the_box_names_its_keys_and_what_was_typed(void **state)
{
    (void)state;
    canvas_init(&canvas);
    canvas_resize(&canvas, 10, 44);
    canvas.ascii = true;
    open_regions("", false);
    type("eu");
    picker_draw(&picker, &canvas);
    assert_string_equal(row_text(2), "+=[Region  > eu]===========================+");
    assert_string_equal(row_text(3), "|> eu-west-1     Ireland                   |");
    assert_string_equal(row_text(4), "|  eu-central-1  Frankfurt                 |");
    assert_string_equal(row_text(5), "|                                          |");
    assert_string_equal(row_text(7), "+==========2 of 6  Enter takes, Esc leaves=+");
    canvas_release(&canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(typing_narrows_by_all_words_in_any_order, end),
        cmocka_unit_test_teardown(the_text_beside_a_word_is_searched_too, end),
        cmocka_unit_test_teardown(it_starts_on_the_current_one, end),
        cmocka_unit_test_teardown(backspace_widens_and_esc_leaves, end),
        cmocka_unit_test_teardown(a_character_of_several_bytes_is_taken_back_whole, end),
        cmocka_unit_test_teardown(what_matches_nothing_is_taken_only_where_others_are, end),
        cmocka_unit_test_teardown(an_empty_list_chooses_nothing, end),
        cmocka_unit_test_teardown(rows_beyond_the_ceiling_are_not_offered, end),
        cmocka_unit_test_teardown(the_box_names_its_keys_and_what_was_typed, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
