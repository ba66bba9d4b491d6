#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "src/base/buf.h"
#include "src/conf/yaml.h"

/* Writes each scalar as `a.b=value@where;`. */
static bool collect(void *ctx, const struct yaml_item *item, struct err *err)
{
    (void)err;
    struct buf *out = ctx;
    for (size_t i = 0; i < item->depth; i++)
        buf_printf(out, "%s%.*s", i ? "." : "", STR_ARG(item->path[i]));
    buf_printf(out, "=%.*s@%s;", STR_ARG(item->value), item->where);
    return true;
}

static bool walk(struct str bytes, struct buf *out, struct err *err)
{
    buf_init(out, 1 << 20);
    return yaml_walk_bytes(bytes, "f.yaml", collect, out, err);
}

static void scalars_come_with_their_path_and_place(void **state)
{
    (void)state;
    struct buf out;
    struct err err = {0};
    assert_true(walk(STR("# note\ntheme: dark\nroles:\n  text: {fg: red}\nregion: [a, 'b c']\n"),
                     &out, &err));
    assert_true(str_eq(buf_str(&out), STR("theme=dark@f.yaml:2:8;roles.text.fg=red@f.yaml:4:14;"
                                          "region.0=a@f.yaml:5:10;region.1=b c@f.yaml:5:13;")));
    buf_release(&out);
}

static void nothing_at_all_is_a_good_file(void **state)
{
    (void)state;
    static const char *const good[] = {"", "# only a comment\n", "---\n", "{}\n"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct buf out;
        struct err err = {0};
        assert_true(walk(str_of(good[i]), &out, &err));
        assert_int_equal(out.len, 0);
        buf_release(&out);
    }
}

static void what_a_settings_file_does_not_need_is_refused_with_its_place(void **state)
{
    (void)state;
    static const struct { const char *yaml, *where, *why; } cases[] = {
        {"a: 1\nb: &x 2\n", "f.yaml:2:4", "anchors"},
        {"a: *x\n", "f.yaml:1:4", "anchors"},
        {"a: !!str x\n", "f.yaml:1:4", "tags"},
        {"a: 1\n---\nb: 2\n", "f.yaml:2:1", "second document"},
        {"a: 1\nb: 2\na: 3\n", "f.yaml:3:1", "'a' stands there twice"},
        {"a: [[[[[[[[1]]]]]]]]\n", "f.yaml:1:11", "deeper than 8"},
        {"- a\n", "f.yaml:1:1", "not a list"},
        {"word\n", "f.yaml:1:1", "key: value"},
        {"? [a]\n: b\n", "f.yaml:1:3", "plain word"},
        {"a: [1\nb: 2\n", "f.yaml:2:", ""},
        {"a:\tb: c\n", "f.yaml:1:", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out;
        struct err err = {0};
        assert_false(walk(str_of(cases[i].yaml), &out, &err));
        assert_int_equal(err.code, ERR_CONFIG);
        if (!str_starts(str_of(err.text), str_of(cases[i].where)) ||
            !str_has(str_of(err.text), str_of(cases[i].why)))
            fail_msg("'%s' gave: %s", cases[i].yaml, err.text);
        buf_release(&out);
    }
}

static void equal_keys_in_different_mappings_are_no_duplicates(void **state)
{
    (void)state;
    struct buf out;
    struct err err = {0};
    assert_true(walk(STR("a: {fg: 1}\nb: {fg: 2, bg: 3}\n"), &out, &err));
    buf_release(&out);
}

static void each_ceiling_holds(void **state)
{
    (void)state;
    struct buf yaml, out;
    struct err err = {0};
    buf_init(&yaml, 1 << 20);
    buf_add(&yaml, STR("a: "));
    for (int i = 0; i < 257; i++)
        buf_add_char(&yaml, 'x');
    assert_false(walk(buf_str(&yaml), &out, &err));
    assert_true(str_has(str_of(err.text), STR("256 bytes")));
    buf_release(&out);

    buf_clear(&yaml);
    err_clear(&err);
    buf_add(&yaml, STR("a: ["));
    for (int i = 0; i < 5000; i++)
        buf_add(&yaml, STR("1,"));
    buf_add(&yaml, STR("1]\n"));
    assert_false(walk(buf_str(&yaml), &out, &err));
    assert_true(str_has(str_of(err.text), STR("4,096")));
    buf_release(&out);

    buf_clear(&yaml);
    err_clear(&err);
    while (yaml.len <= 64 * 1024)
        buf_add(&yaml, STR("# a comment line\n"));
    assert_false(walk(buf_str(&yaml), &out, &err));
    assert_true(str_has(str_of(err.text), STR("64 KiB")));
    buf_release(&out);
    buf_release(&yaml);
}

static void deep_nesting_ends_at_once(void **state)
{
    (void)state;
    struct buf yaml, out;
    struct err err = {0};
    buf_init(&yaml, 1 << 20);
    buf_add(&yaml, STR("a: "));
    for (int i = 0; i < 60000; i++)
        buf_add_char(&yaml, '[');
    assert_false(walk(buf_str(&yaml), &out, &err)); /* the loader of libyaml takes 10 s for this */
    assert_true(str_has(str_of(err.text), STR("deeper than 8")));
    buf_release(&out);
    buf_release(&yaml);
}

static void a_file_that_is_not_there_is_named(void **state)
{
    (void)state;
    struct err err = {0};
    assert_false(yaml_walk("/nonexistent/x.yaml", collect, NULL, &err));
    assert_true(str_has(str_of(err.text), STR("/nonexistent/x.yaml")));
    err_clear(&err);
    assert_false(yaml_walk("/", collect, NULL, &err));
    assert_int_equal(err_exit_status(&err), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars_come_with_their_path_and_place),
        cmocka_unit_test(nothing_at_all_is_a_good_file),
        cmocka_unit_test(what_a_settings_file_does_not_need_is_refused_with_its_place),
        cmocka_unit_test(equal_keys_in_different_mappings_are_no_duplicates),
        cmocka_unit_test(each_ceiling_holds),
        cmocka_unit_test(deep_nesting_ends_at_once),
        cmocka_unit_test(a_file_that_is_not_there_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
