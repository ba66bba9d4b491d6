#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <sys/mman.h>
#include <unistd.h>

#include "src/base/needles.h"

/* xorshift: the same inputs in every run. */
static uint64_t random_state = 0x9E3779B97F4A7C15u;

static uint64_t next_random(uint64_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % below;
}

static uint64_t naive(const struct str *words, size_t count, struct str s)
{
    uint64_t found = 0;
    for (size_t i = 0; i < count; i++)
        if (str_has(s, words[i]))
            found |= UINT64_C(1) << i;
    return found;
}

static const char *const form_names[] = {"bytes", "ssse3", "avx2"};

static void assert_all_forms(const struct needles *n, struct str s, uint64_t expected)
{
    for (int form = NEEDLES_BYTES; form <= NEEDLES_AVX2; form++) {
        bool supported;
        uint64_t found = needles_in_by(n, s, (enum needles_scan)form, &supported);
        if (supported && found != expected)
            fail_msg("form %s: %zu bytes: found %llx, not %llx", form_names[form], s.len,
                     (unsigned long long)found, (unsigned long long)expected);
    }
    assert_true(needles_in(n, s) == expected);
}

static void every_word_is_found_at_every_place_of_lines_of_every_length(void **state)
{
    (void)state;
    static const struct str words[] = {
        {"Task timed out", 14}, {"OOM", 3}, {"AccessDenied", 12}, {"\xC3\xA9t\xC3\xA9", 5}};
    struct needles *n = needles_new(words, 4);
    char text[130];
    for (size_t len = 3; len <= sizeof text; len++)
        for (size_t word = 0; word < 4; word++)
            for (size_t at = 0; at + words[word].len <= len; at++) {
                memset(text, '.', sizeof text);
                memcpy(text + at, words[word].at, words[word].len);
                assert_all_forms(n, (struct str){text, len}, UINT64_C(1) << word);
            }
    needles_free(n);
}

/* Few letters make overlaps, words inside words and near misses common. */
static void random_words_in_random_lines_are_found_as_a_naive_search_finds_them(void **state)
{
    (void)state;
    static char bytes[64][40];
    struct str words[64];
    uint64_t hits = 0, misses = 0;
    for (int round = 0; round < 300; round++) {
        size_t count = 1 + next_random(64), letters = 2 + next_random(5);
        for (size_t i = 0; i < count; i++) {
            size_t len = 3 + next_random(round % 3 == 0 ? 38 : 5);
            for (size_t at = 0; at < len; at++)
                bytes[i][at] = (char)(0x7E + next_random(letters)); /* 7E to 83: both halves */
            words[i] = (struct str){bytes[i], len};
        }
        struct needles *n = needles_new(words, count);
        for (int line = 0; line < 60; line++) {
            char text[200];
            size_t len = next_random(sizeof text);
            for (size_t at = 0; at < len; at++)
                text[at] = (char)(0x7E + next_random(letters));
            uint64_t expected = naive(words, count, (struct str){text, len});
            hits += expected != 0;
            misses += expected == 0;
            assert_all_forms(n, (struct str){text, len}, expected);
        }
        needles_free(n);
    }
    assert_true(hits > 1000 && misses > 1000); /* the inputs test both answers */
}

static size_t count_line_ends(struct str s)
{
    size_t count = 0;
    for (size_t at = 0; at < s.len; at++)
        count += s.at[at] == '\n';
    return count;
}

/* The first line that holds a word, by searching each; *line_ends: the lines before it. */
static struct str first_line_with_a_word(const struct str *words, size_t count, struct str s,
                                         size_t *line_ends)
{
    for (*line_ends = 0; s.len > 0; ++*line_ends) {
        struct str line = str_take_until(&s, '\n');
        if (naive(words, count, line))
            return line;
    }
    return STR_NONE;
}

static void assert_first(const struct needles *n, const struct str *words, size_t count, struct str s)
{
    size_t lines;
    struct str line = first_line_with_a_word(words, count, s, &lines);
    for (int form = NEEDLES_BYTES; form <= NEEDLES_AVX2; form++) {
        bool supported;
        size_t line_ends, at = needles_first_by(n, s, &line_ends, (enum needles_scan)form, &supported);
        if (!supported)
            continue;
        assert_int_equal(line_ends, line.len ? lines : count_line_ends(s));
        if (line.len)
            assert_true(s.at + at >= line.at && s.at + at < line.at + line.len);
        else
            assert_int_equal(at, s.len);
    }
}

static void the_first_line_with_a_word_is_found_and_the_lines_before_it_are_counted(void **state)
{
    (void)state;
    static const struct str words[] = {{"aba", 3}, {"caabb", 5}, {"bbbbbbbb", 8}, {"ccccc", 5}};
    struct needles *n = needles_new(words, 4);
    unsigned found = 0;
    for (int round = 0; round < 20000; round++) {
        char text[300];
        size_t len = next_random(sizeof text), letters = 4 + next_random(12);
        for (size_t at = 0; at < len; at++)
            text[at] = "\nabcdefghijklmno"[next_random(letters)];
        size_t lines;
        found += first_line_with_a_word(words, 4, (struct str){text, len}, &lines).len > 0;
        assert_first(n, words, 4, (struct str){text, len});
    }
    assert_in_range(found, 2000, 18000); /* the inputs test both answers */
    needles_free(n);
}

/* The page after the text cannot be read: one byte too far ends the test. */
static void no_byte_behind_or_before_the_text_is_read(void **state)
{
    (void)state;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *pages =
        mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(pages != MAP_FAILED);
    char *middle = pages + page;
    memset(middle, 'x', page);
    memcpy(middle, "timeout", 7);
    memcpy(middle + page - 7, "timeout", 7);
    assert_int_equal(mprotect(pages, page, PROT_NONE), 0);
    assert_int_equal(mprotect(pages + 2 * page, page, PROT_NONE), 0);
    static const struct str words[] = {{"timeout", 7}, {"timeouts", 8}, {" timeout", 8}};
    struct needles *n = needles_new(words, 3);
    for (size_t len = 0; len <= 200; len++) {
        assert_all_forms(n, (struct str){middle, len}, len >= 7);
        assert_all_forms(n, (struct str){middle + page - len, len}, len >= 7);
        assert_first(n, words, 3, (struct str){middle, len});
        assert_first(n, words, 3, (struct str){middle + page - len, len});
    }
    needles_free(n);
    munmap(pages, 3 * page);
}

static void no_words_are_found_nowhere(void **state)
{
    (void)state;
    struct needles *n = needles_new(NULL, 0);
    char text[100] = {0};
    assert_all_forms(n, (struct str){text, sizeof text}, 0);
    assert_all_forms(n, STR_NONE, 0);
    needles_free(n);
    needles_free(NULL);
}

static void two_equal_words_are_both_found(void **state)
{
    (void)state;
    static const struct str words[] = {{"EPIPE", 5}, {"EPIPE", 5}};
    struct needles *n = needles_new(words, 2);
    assert_all_forms(n, STR("write EPIPE"), 3);
    needles_free(n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_is_found_at_every_place_of_lines_of_every_length),
        cmocka_unit_test(random_words_in_random_lines_are_found_as_a_naive_search_finds_them),
        cmocka_unit_test(the_first_line_with_a_word_is_found_and_the_lines_before_it_are_counted),
        cmocka_unit_test(no_byte_behind_or_before_the_text_is_read),
        cmocka_unit_test(no_words_are_found_nowhere),
        cmocka_unit_test(two_equal_words_are_both_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
