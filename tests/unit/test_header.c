#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "ui/header.h"

/* The line as it is drawn into `cols` columns; trailing blanks cut. */
static const char *line(const struct account *account, const char *inputs, int cols)
{
    static char text[1024];
    struct canvas canvas;
    size_t len = 0;
    canvas_init(&canvas);
    canvas_resize(&canvas, 1, 160);
    canvas.ascii = true;
    header_source(&canvas, 0, cols, account, str_of(inputs));
    for (int col = 0; col < canvas.cols; col++) {
        assert_true(col < cols || canvas.cells[col].bytes[0] == ' ');
        memcpy(text + len, canvas.cells[col].bytes, canvas.cells[col].len);
        len += canvas.cells[col].len;
    }
    while (len > 0 && text[len - 1] == ' ')
        len--;
    text[len] = '\0';
    canvas_release(&canvas);
    return text;
}

static const struct account live = {.account = "111122223333", .region = "us-east-1", .profile = "ops",
                                    .role = "oncall", .endpoint = "http://127.0.0.1:5000", .live = true};

static void an_account_is_named_by_profile_number_region_role_and_endpoint(void **state)
{
    (void)state;
    assert_string_equal(line(&live, "", 80), "ops/111122223333 us-east-1  as oncall  at http://127.0.0.1:5000");
}

static void the_role_goes_before_the_endpoint(void **state)
{
    (void)state;
    assert_string_equal(line(&live, "", 60), "ops/111122223333 us-east-1  at http://127.0.0.1:5000");
    assert_string_equal(line(&live, "", 20), "ops/111122223333 us~");
}

static void the_title_of_a_case_is_cut_before_its_account(void **state)
{
    (void)state;
    struct account a = {.account = "111122223333", .region = "us-east-1", .title = "Orders stop at 13:58"};
    assert_string_equal(line(&a, "case.json", 60), "Orders stop at 13:58  111122223333 us-east-1");
    assert_string_equal(line(&a, "case.json", 40), "Orders stop at ~  111122223333 us-east-1");
    assert_string_equal(line(&a, "case.json", 30), "111122223333 us-east-1");
}

static void files_are_named_where_there_is_nothing_else(void **state)
{
    (void)state;
    struct account none = {.live = false};
    assert_string_equal(line(&none, "app.log and 2 more", 60), "app.log and 2 more");
    assert_string_equal(line(&none, "app.log and 2 more", 9), "app.log ~");
    assert_string_equal(line(&none, "", 60), "");
}

static void what_is_not_known_leaves_no_gap(void **state)
{
    (void)state;
    struct account a = {.region = "eu-west-1", .endpoint = "http://127.0.0.1:1"};
    assert_string_equal(line(&a, "", 60), "eu-west-1  at http://127.0.0.1:1");
    struct account b = {.profile = "dev", .region = "eu-west-1"};
    assert_string_equal(line(&b, "", 60), "dev eu-west-1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_account_is_named_by_profile_number_region_role_and_endpoint),
        cmocka_unit_test(the_role_goes_before_the_endpoint),
        cmocka_unit_test(the_title_of_a_case_is_cut_before_its_account),
        cmocka_unit_test(files_are_named_where_there_is_nothing_else),
        cmocka_unit_test(what_is_not_known_leaves_no_gap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
