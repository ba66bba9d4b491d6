/* The SDKs' file format: what is read, and what is refused with its line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "src/aws/ini.h"
#include "src/aws/words.h"
#include "tests/unit/aws_files.h"

static struct ini ini;

static bool parse(const char *text, enum ini_form form, struct err *err)
{
    return ini_parse(&ini, str_of(text), form, "config", err);
}

static const char *value(const char *kind, const char *name, const char *key)
{
    const struct ini_key *found = ini_get(&ini, ini_find(&ini, kind, name), key);
    return found ? found->value : NULL;
}

static int release(void **state)
{
    (void)state;
    ini_release(&ini);
    return 0;
}

static void sections_of_the_config_have_kinds(void **state)
{
    struct err err = {0};
    (void)state;
    assert_true(parse("[default]\nregion = eu-west-1\n[profile dev]\nregion=a\n"
                      "[profile \"two words\"]\nregion : b\r\n[profile 'it''s']\nregion=c\n"
                      "[sso-session corp]\nsso_region=d\n[services x]\n[plugins]\nregion=e\n[Bob's tool]\na=b\n[other x]\n"
                      "[profile one two]\nregion=f\n[ profile default ]\noutput=json\n",
                      INI_CONFIG, &err));
    assert_string_equal(value("profile", "dev", "region"), "a");
    assert_string_equal(value("profile", "two words", "region"), "b");
    assert_string_equal(value("profile", "its", "region"), "c");
    assert_string_equal(value("sso-session", "corp", "sso_region"), "d");
    assert_non_null(ini_find(&ini, "services", "x"));
    assert_null(ini_find(&ini, "profile", "one"));
    assert_null(ini_find(&ini, "profile", "plugins"));
    assert_null(ini_find(&ini, "other", "x"));
    assert_string_equal(value("profile", "default", "output"), "json"); /* the last one holds */
    assert_null(value("profile", "default", "region"));
}

static void sections_of_the_credentials_are_profiles(void **state)
{
    struct err err = {0};
    (void)state;
    assert_true(parse("[two words]\nA_Key = Value = 1 \n[profile x]\na=b", INI_CREDENTIALS, &err));
    assert_string_equal(value("profile", "two words", "a_key"), "Value = 1");
    assert_string_equal(value("profile", "profile x", "a"), "b");
}

static void comments_blank_lines_and_values_over_lines(void **state)
{
    struct err err = {0};
    (void)state;
    assert_true(parse("# first\n\n[default]\n; a = 1\na = x # y\nb = one\n   # between\n\n  two\n"
                      "c =\n  d = e\n  F=g=h\n\nlast =\n",
                      INI_CONFIG, &err));
    assert_string_equal(value("profile", "default", "a"), "x # y");
    assert_string_equal(value("profile", "default", "b"), "one\ntwo");
    assert_string_equal(value("profile", "default", "c"), "");
    assert_string_equal(value("profile", "default", "c.d"), "e");
    assert_string_equal(value("profile", "default", "c.F"), "g=h");
    assert_null(value("profile", "default", "d"));
    assert_string_equal(value("profile", "default", "last"), "");
}

static void an_indented_first_key_is_a_key(void **state)
{
    struct err err = {0};
    (void)state;
    assert_true(parse("[default]\n  a = 1\n  b = 2\n    three\n", INI_CONFIG, &err));
    assert_string_equal(value("profile", "default", "a"), "1");
    assert_string_equal(value("profile", "default", "b"), "2\nthree");
}

static const struct {
    const char *text, *words;
} broken[] = {
    {"region = a\n", "config:1: a key before the first [section]"},
    {"[default\nregion = a\n", "config:1: a key before the first [section]"},
    {"[default]\n[other\n", "config:2: neither [section] nor key = value"},
    {"[default]\n\naws_secret_access_key wJalrXUtnFEMI\n", "config:3: neither [section] nor"},
    {"[default]\n= a\n", "config:2: a value without a key"},
    {"[default]\ns3 =\n   maximum 5\n", "config:3: no key = value in a sub-section"},
    {"[default]\ns3 =\n   = 5\n", "config:3: no key = value in a sub-section"},
    {"[default]\na = 1\nA = 2\n", "config:3: the key stands in this section already"},
    {"[profile a]\n\n[profile a]\n", "config:3: the section stands in line 1 already"},
    {"[profile \"a]\n", "config:1: the name of the section has a quote without its end"},
    {"[default]\na = \xff\xfe\n", "config:2: bytes that are no UTF-8"},
    {"[default]\n# \xc3\x28\n", "config:2: bytes that are no UTF-8"},
    {"\xff\xfe[\0d\0", "config:1: bytes that are no UTF-8"},
};

static void a_broken_file_is_refused_with_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        struct err err = {0};
        assert_false(parse(broken[i].text, INI_CONFIG, &err));
        assert_int_equal(err.code, ERR_CONFIG);
        assert_non_null(strstr(err.text, broken[i].words));
        assert_null(strstr(err.text, "wJalrXUtnFEMI"));
        assert_null(ini.text);
    }
}

static void a_nul_byte_is_refused(void **state)
{
    struct err err = {0};
    (void)state;
    assert_false(ini_parse(&ini, STR("[default]\na = b\0c\n"), INI_CONFIG, "config", &err));
    assert_string_equal(err.text, "config:2: a NUL byte: this is no text");
}

/* `count` times a line made of `format` and its number. */
static char *many(const char *before, const char *format, unsigned count)
{
    char *text = xcalloc(count + 2, 32), *at = text;
    at += snprintf(at, 32, "%s", before);
    for (unsigned i = 0; i < count; i++)
        at += snprintf(at, 32, format, i);
    return text;
}

static void each_bound_is_refused_in_one_sentence(void **state)
{
    static const struct {
        const char *before, *format, *words;
        unsigned good, bad;
    } rows[] = {
        {"", "[p%u]\n", "more than 4,096 sections", 4096, 4097},
        {"[a]\n", "k%u=\n", "config:1002: more than 1,000 keys in a section", 1000, 1001},
        {"", "[p%1$u]\nk=1\n", "", 4096, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct err err = {0};
        char *text = many(rows[i].before, rows[i].format, rows[i].good);
        assert_true(parse(text, INI_CREDENTIALS, &err));
        ini_release(&ini);
        free(text);
        text = many(rows[i].before, rows[i].format, rows[i].bad);
        assert_true(!rows[i].bad || !parse(text, INI_CREDENTIALS, &err));
        assert_true(!rows[i].bad || strstr(err.text, rows[i].words));
        ini_release(&ini);
        free(text);
    }
}

static void a_long_line_is_refused(void **state)
{
    struct err err = {0};
    char *text = xcalloc(1, 65536 + 64);
    (void)state;
    strcpy(text, "[default]\nregion = ");
    memset(text + strlen(text), 'x', 65536);
    assert_false(parse(text, INI_CONFIG, &err));
    assert_string_equal(err.text, "config:2: a line of more than 16,384 bytes");
    free(text);
}

static bool read_home(const char *name, struct err *err)
{
    char path[512];
    path_at_home(name, path, sizeof path);
    return ini_read(&ini, INI_CONFIG, path, err);
}

static void files_that_are_none_are_refused_or_empty(void **state)
{
    struct err err = {0};
    char path[512];
    (void)state;
    assert_true(read_home("absent", &err));
    assert_true(ini_read(&ini, INI_CONFIG, "/dev/null", &err));
    assert_int_equal(ini.section_count, 0);
    ini_release(&ini);
    assert_false(read_home(".", &err));
    assert_non_null(strstr(err.text, "a directory, not a file"));
    err_clear(&err);
    assert_false(ini_read(&ini, INI_CONFIG, "/dev/zero", &err));
    assert_non_null(strstr(err.text, "larger than 1 MiB"));
    err_clear(&err);
    path_at_home("note", path, sizeof path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_false(read_home("note", &err));
    assert_non_null(strstr(err.text, "a pipe or socket, not a file"));
    unlink(path);
}

static void a_gigabyte_is_refused_unread(void **state)
{
    struct err err = {0};
    char path[512];
    (void)state;
    write_text("note", "[default]\n");
    path_at_home("note", path, sizeof path);
    assert_int_equal(truncate(path, (off_t)1 << 30), 0);
    assert_false(read_home("note", &err));
    assert_non_null(strstr(err.text, "larger than 1 MiB"));
    unlink(path);
}

static void a_file_without_permission_is_refused(void **state)
{
    struct err err = {0};
    char path[512];
    (void)state;
    uid_t user = geteuid(); /* root may read everything: be nobody for a moment */
    write_text("note", "[default]\n");
    path_at_home("note", path, sizeof path);
    assert_int_equal(chmod(path, 0), 0);
    assert_int_equal(chmod(home, 0711), 0);
    assert_true(user != 0 || seteuid(65534) == 0);
    bool read = read_home("note", &err);
    assert_int_equal(seteuid(user), 0);
    assert_false(read);
    assert_non_null(strstr(err.text, "Permission denied"));
    unlink(path);
}

static void words_are_split_as_a_shell_would(void **state)
{
    static const struct {
        const char *text, *words[4];
    } rows[] = {
        {"", {NULL}},
        {" \t\n", {NULL}},
        {"a  b\tc", {"a", "b", "c"}},
        {"'a b' \"c d\"", {"a b", "c d"}},
        {"a'b'\"c\"d", {"abcd"}},
        {"'' x", {"", "x"}},
        {"a\\ b \\' \\\\", {"a b", "'", "\\"}},
        {"\"a\\\"b\\\\c\\d\"", {"a\"b\\c\\d"}},
        {"'a\\b'", {"a\\b"}},
        {"$HOME `id` ;|& *", {"$HOME", "`id`", ";|&", "*"}},
    };
    char text[64], *words[4];
    size_t count;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t wanted = 0;
        snprintf(text, sizeof text, "%s", rows[i].text);
        assert_true(words_split(text, words, 4, &count));
        for (; wanted < 4 && rows[i].words[wanted]; wanted++)
            assert_string_equal(words[wanted], rows[i].words[wanted]);
        assert_int_equal(count, wanted);
    }
    for (const char *const *open = (const char *[]){"'a", "a \"b", "a\\", "\"\\\"", NULL}; *open; open++) {
        snprintf(text, sizeof text, "%s", *open);
        assert_false(words_split(text, words, 4, &count));
    }
}

static void a_quoted_word_is_the_word_again(void **state)
{
    static const struct {
        const char *word, *quoted;
    } rows[] = {
        {"corp-prod_1", "corp-prod_1"}, {"two words", "'two words'"}, {"", "''"},
        {"it's", "'it'\\''s'"},        {"$(reboot)'`x`\"", "'$(reboot)'\\''`x`\"'"},
        {"a;b|c&d", "'a;b|c&d'"},
    };
    char quoted[64], *words[2];
    size_t count;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_true(words_quote(rows[i].word, quoted, sizeof quoted));
        assert_string_equal(quoted, rows[i].quoted);
        assert_true(words_split(quoted, words, 2, &count));
        assert_int_equal(count, 1);
        assert_string_equal(words[0], rows[i].word);
    }
    assert_false(words_quote("two words", quoted, 8));
    assert_string_equal(quoted, "'two wo");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(sections_of_the_config_have_kinds, release),
        cmocka_unit_test_teardown(sections_of_the_credentials_are_profiles, release),
        cmocka_unit_test_teardown(comments_blank_lines_and_values_over_lines, release),
        cmocka_unit_test_teardown(an_indented_first_key_is_a_key, release),
        cmocka_unit_test(a_broken_file_is_refused_with_its_line),
        cmocka_unit_test(a_nul_byte_is_refused),
        cmocka_unit_test(each_bound_is_refused_in_one_sentence),
        cmocka_unit_test(a_long_line_is_refused),
        cmocka_unit_test(files_that_are_none_are_refused_or_empty),
        cmocka_unit_test(a_gigabyte_is_refused_unread),
        cmocka_unit_test(a_file_without_permission_is_refused),
        cmocka_unit_test(words_are_split_as_a_shell_would),
        cmocka_unit_test(a_quoted_word_is_the_word_again),
    };
    return cmocka_run_group_tests(tests, new_home, drop_home);
}
