#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "src/source/keep.h"
#include "tests/unit/capture.h"

/* A source of two functions that hands over all it has in one step. */
static const char *const names[] = {"orders", "payments"};

static bool fake_step(struct source *source, const struct sink *sink, int wait_ms, enum step *step,
                      struct err *err)
{
    (void)source;
    (void)wait_ms;
    (void)err;
    struct function functions[2] = {0};
    struct event events[600];
    for (size_t i = 0; i < 2; i++)
        str_copy(functions[i].name, sizeof functions[i].name, str_of(names[i]));
    for (size_t i = 0; i < 600; i++)
        events[i] = (struct event){.function = str_of(names[i % 2]),
                                   .log_group = STR("g"),
                                   .log_stream = STR("s"),
                                   .id = STR("i"),
                                   .message = STR("m"),
                                   .line = i + 1};
    sink->functions(sink->ctx, functions, 2);
    sink->events(sink->ctx, events, 600);
    *step = STEP_DONE;
    return true;
}

static void fake_wake(struct source *source)
{
    (void)source;
}

static void fake_free(struct source *source)
{
    free(source);
}

static struct source *fake(void)
{
    static const struct source_class class = {
        .name = "fake", .step = fake_step, .wake = fake_wake, .free = fake_free};
    struct source *s = calloc(1, sizeof *s);
    assert_non_null(s);
    s->class = &class;
    return s;
}

static void only_what_was_asked_for_comes_through_in_order(void **state)
{
    (void)state;
    static const char *const wanted[] = {"payments"};
    struct capture c = {0};
    capture_run(&c, keep_new(fake(), wanted, 1));
    assert_int_equal(c.count, 300);
    assert_int_equal(c.functions, 1);
    assert_string_equal(c.function.name, "payments");
    for (size_t i = 0; i < c.count; i++) {
        assert_string_equal(c.events[i].function, "payments");
        assert_int_equal(c.events[i].line, 2 * i + 2);
    }
    assert_int_equal(c.troubles, 0);
    capture_release(&c);
}

static void a_name_that_never_came_is_told_once_with_the_nearest(void **state)
{
    (void)state;
    static const char *const wanted[] = {"payment", "orders"};
    struct capture c = {0};
    capture_run(&c, keep_new(fake(), wanted, 2));
    assert_int_equal(c.count, 300);
    assert_int_equal(c.troubles, 1);
    assert_true(str_has(str_of(c.trouble[0].text), STR("payment:")));
    assert_true(str_has(str_of(err_hint(&c.trouble[0])), STR("payments")));
    assert_int_equal(err_exit_status(&c.trouble[0]), 4);
    capture_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_was_asked_for_comes_through_in_order),
        cmocka_unit_test(a_name_that_never_came_is_told_once_with_the_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
