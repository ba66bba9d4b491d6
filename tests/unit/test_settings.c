#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "src/conf/settings.h"

static char config_path[64];

static void write_config(const char *yaml)
{
    FILE *f = fopen(config_path, "w");
    assert_non_null(f);
    fputs(yaml, f);
    fclose(f);
}

/* Loads from a command line in one string; arguments are left in argv. */
#define ARGS_MAX 16
struct line {
    char text[512];
    char *argv[ARGS_MAX + 1];
    int argc;
};

static bool load(struct settings *s, struct line *l, const char *arguments, struct err *err)
{
    settings_init(s);
    *l = (struct line){.argv = {"lambdig"}, .argc = 1};
    snprintf(l->text, sizeof l->text, "%s", arguments);
    for (char *word = strtok(l->text, " "); word && l->argc < ARGS_MAX; word = strtok(NULL, " "))
        l->argv[l->argc++] = word;
    return settings_load(s, &l->argc, l->argv, err);
}

static int set_up(void **state)
{
    (void)state;
    snprintf(config_path, sizeof config_path, "/tmp/lambdig-test-%ld.yaml", (long)getpid());
    unsetenv("NO_COLOR");
    unsetenv("LAMBDIG_CONFIG");
    unsetenv("LAMBDIG_THEME");
    unsetenv("LAMBDIG_REGION");
    setenv("HOME", "/nonexistent", 1);
    unsetenv("XDG_CONFIG_HOME");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(config_path);
    return 0;
}

static void the_later_place_wins_and_is_remembered(void **state)
{
    (void)state;
    struct settings s;
    struct line l;
    struct err err = {0};
    assert_true(load(&s, &l, "", &err));
    assert_string_equal(s.theme, "dark");
    assert_string_equal(s.origin[OPTION_theme], "default");
    settings_release(&s);

    write_config("theme: light\nutc: yes\n");
    setenv("LAMBDIG_CONFIG", config_path, 1);
    assert_true(load(&s, &l, "", &err));
    assert_string_equal(s.theme, "light");
    assert_true(s.utc);
    assert_true(str_ends(str_of(s.origin[OPTION_theme]), STR(".yaml:1:8")));
    settings_release(&s);

    setenv("LAMBDIG_THEME", "mono", 1);
    assert_true(load(&s, &l, "", &err));
    assert_string_equal(s.theme, "mono");
    assert_string_equal(s.origin[OPTION_theme], "LAMBDIG_THEME");
    settings_release(&s);

    assert_true(load(&s, &l, "--theme=dark", &err));
    assert_string_equal(s.theme, "dark");
    assert_string_equal(s.origin[OPTION_theme], "--theme");
    settings_release(&s);
}

static void flags_stand_anywhere_and_end_at_two_dashes(void **state)
{
    (void)state;
    struct settings s;
    struct line l;
    struct err err = {0};
    assert_true(load(&s, &l, "triage a.log --format json -rus-east-1 -p me b.log --region eu-west-1 --utc -- --theme", &err));
    assert_int_equal(l.argc, 4);
    assert_string_equal(l.argv[0], "triage");
    assert_string_equal(l.argv[1], "a.log");
    assert_string_equal(l.argv[2], "b.log");
    assert_string_equal(l.argv[3], "--theme");
    assert_string_equal(s.format, "json");
    assert_string_equal(s.profile, "me");
    assert_int_equal(s.region.count, 2);
    assert_string_equal(s.region.items[1], "eu-west-1");
    assert_true(s.utc);
    settings_release(&s);
}

static void short_flags_bundle(void **state)
{
    (void)state;
    struct settings s;
    struct line l;
    struct err err = {0};
    assert_true(load(&s, &l, "-hpme", &err));
    assert_true(s.asked.help);
    assert_string_equal(s.profile, "me");
    settings_release(&s);
}

static void a_bad_flag_is_named_with_the_nearest_one(void **state)
{
    (void)state;
    static const struct { const char *arguments, *text; int status; } cases[] = {
        {"--thene light", "--thene: there is no such option, did you mean --theme?", 2},
        {"--thene=light", "did you mean --theme?", 2},
        {"--xylophone", "--xylophone: there is no such option", 2},
        {"-q", "-q: there is no such option", 2},
        {"--theme", "--theme: it needs a value (NAME)", 2},
        {"-p", "--profile: it needs a value (NAME)", 2},
        {"--version=1", "--version: it takes no value", 2},
        {"--format xml", "--format: 'xml' is none of text|json|markdown", 2},
        {"--memory-limit-mb 8", "from 16 to 65536", 2},
        {"--memory-limit-mb -1", "from 16 to 65536", 2},
        {"--utc=perhaps", "neither yes nor no", 2},
        {"--al", "more than one option begins so", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct settings s;
        struct line l;
        struct err err = {0};
        assert_false(load(&s, &l, cases[i].arguments, &err));
        if (!str_has(str_of(err.text), str_of(cases[i].text)))
            fail_msg("'%s' gave: %s", cases[i].arguments, err.text);
        assert_int_equal(err_exit_status(&err), cases[i].status);
        settings_release(&s);
    }
}

static void a_bad_line_of_the_file_is_named_by_its_place(void **state)
{
    (void)state;
    static const struct { const char *yaml, *text; } cases[] = {
        {"thene: dark\n", ".yaml:1:8: unknown setting 'thene', did you mean 'theme'?"},
        {"utc: yes\nformat: xml\n", ".yaml:2:9: format: 'xml' is none of"},
        {"theme: [a, b]\n", ".yaml:1:9: theme: one value is expected here"},
        {"keys: f\n", ".yaml:1:7: keys are written as"},
        {"config: other.yaml\n", "cannot name another one"},
        {"theme: \"a\\0b\"\n", "NUL"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct settings s;
        struct line l;
        struct err err = {0};
        write_config(cases[i].yaml);
        char arguments[128];
        snprintf(arguments, sizeof arguments, "--config %s", config_path);
        assert_false(load(&s, &l, arguments, &err));
        if (!str_has(str_of(err.text), str_of(cases[i].text)))
            fail_msg("'%s' gave: %s", cases[i].yaml, err.text);
        assert_int_equal(err_exit_status(&err), 2);
        settings_release(&s);
    }
}

static void a_broken_file_does_not_stop_help(void **state)
{
    (void)state;
    struct settings s;
    struct line l;
    struct err err = {0};
    write_config("thene: dark\n");
    setenv("LAMBDIG_CONFIG", config_path, 1);
    assert_true(load(&s, &l, "--help", &err));
    assert_true(s.asked.help);
    settings_release(&s);
}

static void a_named_file_must_exist_and_the_usual_one_need_not(void **state)
{
    (void)state;
    struct settings s;
    struct line l;
    struct err err = {0};
    assert_true(load(&s, &l, "", &err));
    settings_release(&s);
    assert_false(load(&s, &l, "--config /nonexistent/c.yaml", &err));
    assert_true(str_has(str_of(err.text), STR("/nonexistent/c.yaml")));
    settings_release(&s);
}

static void a_later_list_replaces_an_earlier_one(void **state)
{
    (void)state;
    struct settings s;
    struct line l;
    struct err err = {0};
    write_config("region: [a, b, c]\nkeys:\n  logs.follow: f F\n");
    setenv("LAMBDIG_CONFIG", config_path, 1);
    assert_true(load(&s, &l, "", &err));
    assert_int_equal(s.region.count, 3);
    assert_string_equal(s.region.items[2], "c");
    assert_int_equal(s.key_count, 1);
    assert_string_equal(s.keys[0].action, "logs.follow");
    assert_string_equal(s.keys[0].keys, "f F");
    settings_release(&s);
    setenv("LAMBDIG_REGION", "d,e", 1);
    assert_true(load(&s, &l, "", &err));
    assert_int_equal(s.region.count, 2);
    struct buf out;
    buf_init(&out, 100);
    settings_text(&s, OPTION_region, &out);
    assert_true(str_eq(buf_str(&out), STR("d,e")));
    buf_release(&out);
    settings_release(&s);
}

static void no_color_holds_until_a_flag_says_otherwise(void **state)
{
    (void)state;
    struct settings s;
    struct line l;
    struct err err = {0};
    setenv("NO_COLOR", "1", 1);
    assert_true(load(&s, &l, "", &err));
    assert_string_equal(s.color, "never");
    settings_release(&s);
    assert_true(load(&s, &l, "--color always", &err));
    assert_string_equal(s.color, "always");
    settings_release(&s);
    setenv("NO_COLOR", "", 1);
    assert_true(load(&s, &l, "", &err));
    assert_string_equal(s.color, "auto");
    settings_release(&s);
}

static void a_reload_reads_the_file_again_and_keeps_what_the_flags_said(void **state)
{
    (void)state;
    struct settings now, fresh;
    struct err err = {0};
    struct line line;
    char arguments[200];
    write_config("theme: light\nutc: no\nkeys:\n  logs.follow: F\n");
    snprintf(arguments, sizeof arguments, "--config %s --utc --memory-limit-mb 99", config_path);
    assert_true(load(&now, &line, arguments, &err));
    assert_string_equal(now.theme, "light");
    write_config("theme: mono\nutc: no\nmemory-limit-mb: 50\n");
    settings_init(&fresh);
    assert_true(settings_reload(&now, &fresh, &err));
    assert_string_equal(fresh.theme, "mono");
    assert_true(fresh.utc);
    assert_int_equal(fresh.memory_limit_mb, 99);
    assert_int_equal(fresh.key_count, 0);
    assert_string_equal(fresh.config, config_path);
    settings_release(&fresh);
    write_config("theme: mono\nutcc: no\n");
    settings_init(&fresh);
    assert_false(settings_reload(&now, &fresh, &err));
    assert_non_null(strstr(err.text, ":2:"));
    settings_release(&fresh);
    settings_release(&now);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_reload_reads_the_file_again_and_keeps_what_the_flags_said),
        TEST(the_later_place_wins_and_is_remembered),
        TEST(flags_stand_anywhere_and_end_at_two_dashes),
        TEST(short_flags_bundle),
        TEST(a_bad_flag_is_named_with_the_nearest_one),
        TEST(a_bad_line_of_the_file_is_named_by_its_place),
        TEST(a_broken_file_does_not_stop_help),
        TEST(a_named_file_must_exist_and_the_usual_one_need_not),
        TEST(a_later_list_replaces_an_earlier_one),
        TEST(no_color_holds_until_a_flag_says_otherwise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
