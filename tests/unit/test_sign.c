/* Signature Version 4: by hand, and against the public suite of AWS (Apache-2.0, as carried by
 * botocore in tests/unit/auth/aws4_testsuite), read from $LAMBDIG_SHARED/vectors/sigv4. */
#include "src/aws/sign.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define FILE_BYTES 16384
#define SUITE_UNIX_MS 1440938160000 /* 2015-08-30T12:36:00Z */

static const struct keys suite_keys = {
    .id = "AKIDEXAMPLE", .secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};
static const struct sign_input plain = {
    .method = {"GET", 3}, .host = {"example.amazonaws.com", 21}, .path = {"/", 1},
    .region = "us-east-1", .service = "service", .unix_ms = SUITE_UNIX_MS};

/* ---- by hand ---- */

/* The line of the canonical request: 0 the method, 1 the path, 2 the query. */
static void assert_line(const struct sign_input *input, int line, const char *expected)
{
    struct buf out;
    struct err err = {0};
    buf_init(&out, FILE_BYTES);
    assert_true(sign_canonical(input, &suite_keys, &out, &err));
    struct str rest = buf_str(&out), at = str_take_line(&rest);
    for (int i = 0; i < line; i++)
        at = str_take_line(&rest);
    char text[512];
    str_copy(text, sizeof text, at);
    assert_string_equal(text, expected);
    buf_release(&out);
}

static void an_encoded_path_is_encoded_once_more_but_for_s3(void **state)
{
    (void)state;
    struct sign_input input = plain;
    input.path = STR("/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A1%3Afunction%3Ax/a:b");
    assert_line(&input, 1,
                "/2015-03-31/functions/"
                "arn%253Aaws%253Alambda%253Aeu-west-1%253A1%253Afunction%253Ax/a%3Ab");
    input.path = STR("/aws//lambda/./%24LATEST");
    assert_line(&input, 1, "/aws/lambda/%2524LATEST");
    input.s3 = true;
    assert_line(&input, 1, "/aws//lambda/./%24LATEST");
}

static void a_query_is_decoded_encoded_and_sorted_by_what_is_encoded(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"b=2&a=1", "a=1&b=2"},
        {"a=b%2Bc", "a=b%2Bc"},
        {"a=b+c", "a=b%2Bc"},
        {"a=%2b%7e", "a=%2B~"},
        {"notification", "notification="},
        {"a=2&a=&a=1", "a=&a=1&a=2"},
        {"a=b=c", "a=b%3Dc"},
        {"Z=1&a=1&%7E=1&_=1", "Z=1&_=1&a=1&~=1"},
        {"a=%zz&b=%4", "a=%25zz&b=%254"},
        {"&&a=1&", "a=1"},
        {"a-b=1&a=1", "a=1&a-b=1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sign_input input = plain;
        input.query = str_of(cases[i][0]);
        assert_line(&input, 2, cases[i][1]);
    }
}

static void a_header_that_would_break_the_request_is_refused(void **state)
{
    (void)state;
    static const struct header bad[] = {
        {{"X-Amz-Target", 12}, {"a\r\nX-Evil: 1", 12}},
        {{"X-Amz-Target", 12}, {"a\nb", 3}},
        {{"X-Amz-Target", 12}, {"a\0b", 3}},
        {{"X-Amz Target", 12}, {"a", 1}},
        {{"", 0}, {"a", 1}},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct sign_input input = plain;
        struct err err = {0};
        struct buf lines;
        buf_init(&lines, FILE_BYTES);
        input.headers = &bad[i];
        input.header_count = 1;
        assert_false(sign_request(&input, &suite_keys, &lines, &err));
        assert_int_equal(err.code, ERR_CONFIG);
        assert_int_equal(lines.len, 0);
        buf_release(&lines);
    }
}

static void more_headers_or_parameters_than_there_is_room_for_are_refused(void **state)
{
    (void)state;
    struct header headers[SIGN_HEADERS + 1];
    for (size_t i = 0; i < SIGN_HEADERS + 1; i++)
        headers[i] = (struct header){STR("x-amz-a"), STR("1")};
    struct sign_input input = plain;
    struct buf out;
    struct err err = {0};
    buf_init(&out, FILE_BYTES);
    input.headers = headers;
    input.header_count = SIGN_HEADERS + 1;
    assert_false(sign_canonical(&input, &suite_keys, &out, &err));
    assert_int_equal(err.code, ERR_CEILING);
    input.header_count = SIGN_HEADERS;
    assert_true(sign_canonical(&input, &suite_keys, &out, &err));
    char query[400];
    memset(query, '&', sizeof query);
    for (size_t i = 0; i < sizeof query; i += 2)
        query[i] = 'a';
    input.query = (struct str){query, sizeof query};
    err_clear(&err);
    assert_false(sign_canonical(&input, &suite_keys, &out, &err));
    assert_int_equal(err.code, ERR_CEILING);
    buf_release(&out);
}

/* A ceiling that is met is an error, never a short request. */
static void a_request_that_does_not_fit_is_never_signed_in_part(void **state)
{
    (void)state;
    static const struct header twice[] = {{{"a", 1}, {"1", 1}}, {{"a", 1}, {"2", 1}}};
    struct sign_input input = plain;
    input.headers = twice;
    input.header_count = 2;
    for (size_t ceiling = 0; ceiling < 120; ceiling++) {
        struct buf out;
        struct err err = {0};
        buf_init(&out, ceiling);
        assert_false(sign_canonical(&input, &suite_keys, &out, &err));
        assert_int_equal(err.code, ERR_CEILING);
        assert_true(out.len <= ceiling);
        buf_release(&out);
    }
}

static void s3_sends_the_hash_of_its_body(void **state)
{
    (void)state;
    struct sign_input input = plain;
    struct buf lines;
    struct err err = {0};
    buf_init(&lines, FILE_BYTES);
    input.s3 = true;
    assert_true(sign_request(&input, &suite_keys, &lines, &err));
    assert_true(str_has(buf_str(&lines),
                        STR("X-Amz-Content-Sha256: "
                            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\0")));
    assert_true(str_has(buf_str(&lines), STR("SignedHeaders=host;x-amz-content-sha256;x-amz-date,")));
    buf_release(&lines);
}

static void keys_that_were_wiped_are_gone(void **state)
{
    (void)state;
    struct keys keys = suite_keys;
    static const struct keys none;
    keys_wipe(&keys);
    assert_memory_equal(keys.secret, none.secret, sizeof keys.secret);
    assert_string_equal(keys.id, "");
    assert_true(keys.expires_unix_ms == TIME_NONE);
}

/* ---- the public suite ---- */

struct request {
    char bytes[FILE_BYTES];
    struct sign_input input;
    struct keys keys;
    struct header headers[SIGN_HEADERS];
    char unfolded[1024];
};

static struct str read_file(const char *folder, const char *name, const char *end, char bytes[FILE_BYTES])
{
    char path[1700];
    snprintf(path, sizeof path, "%s/%s.%s", folder, name, end);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("%s cannot be read", path);
    size_t len = fread(bytes, 1, FILE_BYTES, file);
    fclose(file);
    while (len > 0 && bytes[len - 1] == '\n')
        len--;
    return (struct str){bytes, len};
}

/* A header line and those that go on with a blank: obsolete folding, read as one blank. */
static struct str take_folded(struct str *rest, char *unfolded, size_t size)
{
    struct str line = str_take_line(rest);
    if (rest->len == 0 || rest->at[0] != ' ')
        return line;
    size_t len = (size_t)snprintf(unfolded, size, "%.*s", STR_ARG(line));
    while (rest->len > 0 && rest->at[0] == ' ' && len < size) {
        line = str_take_line(rest);
        len += (size_t)snprintf(unfolded + len, size - len, " %.*s", STR_ARG(line));
    }
    return str_of(unfolded);
}

static void read_header(struct request *request, struct str line)
{
    struct sign_input *input = &request->input;
    struct str name = str_take_until(&line, ':');
    if (str_eq_nocase(name, STR("host")))
        input->host = str_trim(line);
    else if (str_eq_nocase(name, STR("x-amz-date")))
        assert_true(str_eq(line, STR("20150830T123600Z")));
    else if (str_eq_nocase(name, STR("x-amz-security-token")))
        str_copy(request->keys.token, sizeof request->keys.token, line);
    else
        request->headers[input->header_count++] = (struct header){name, line};
}

static void read_request(struct request *request, const char *folder, const char *name)
{
    struct str rest = read_file(folder, name, "req", request->bytes), line = str_take_line(&rest);
    request->keys = suite_keys;
    request->input = plain;
    request->input.headers = request->headers;
    request->input.method = str_take_until(&line, ' ');
    line = str_first(line, str_find_last(line, STR(" HTTP/1.1")));
    request->input.path = str_take_until(&line, '?');
    request->input.query = line;
    while (rest.len > 0 && rest.at[0] != '\n')
        read_header(request, take_folded(&rest, request->unfolded, sizeof request->unfolded));
    request->input.body = str_from(rest, 1);
    /* its request file leaves out the token that it signs */
    if (strcmp(name, "get-vanilla-with-session-token") == 0)
        strcpy(request->keys.token, "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267");
}

static void assert_same(const char *folder, const char *end, struct str mine, struct str expected)
{
    if (!str_eq(mine, expected))
        fail_msg("%s: .%s differs:\n%.*s\nis not\n%.*s", folder, end, STR_ARG(mine), STR_ARG(expected));
}

static struct str authorization_of(struct str lines)
{
    static const struct str name = {"Authorization: ", 15};
    for (;;) {
        struct str line = str_take_until(&lines, '\0');
        if (line.len == 0)
            fail_msg("no Authorization among the lines");
        if (str_skip(&line, name))
            return line;
    }
}

static void check_case(const char *folder, const char *name)
{
    static struct request request;
    char expected[FILE_BYTES];
    struct buf out;
    struct err err = {0};
    buf_init(&out, FILE_BYTES);
    read_request(&request, folder, name);

    assert_true(sign_canonical(&request.input, &request.keys, &out, &err));
    struct str canonical = read_file(folder, name, "creq", expected);
    assert_same(folder, "creq", buf_str(&out), canonical);
    buf_clear(&out);
    sign_string(&request.input, canonical, &out);
    assert_same(folder, "sts", buf_str(&out), read_file(folder, name, "sts", expected));
    buf_clear(&out);
    assert_true(sign_request(&request.input, &request.keys, &out, &err));
    assert_same(folder, "authz", authorization_of(buf_str(&out)),
                read_file(folder, name, "authz", expected));
    buf_release(&out);
}

/* Every folder below that holds a case; how many there were. */
static int check_folder(const char *folder)
{
    int cases = 0;
    DIR *dir = opendir(folder);
    if (dir == NULL)
        fail_msg("%s cannot be read", folder);
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        char below[1300], file[1700];
        snprintf(below, sizeof below, "%s/%s", folder, entry->d_name);
        snprintf(file, sizeof file, "%s/%s.req", below, entry->d_name);
        FILE *request = fopen(file, "rb");
        if (request) {
            fclose(request);
            check_case(below, entry->d_name);
            cases++;
        }
    }
    closedir(dir);
    return cases;
}

/* Left out is nothing. Three requests could not be sent as they stand, and are signed all the
 * same: a folded header line (sign_request refuses the line break itself), a blank and raw bytes
 * beyond ASCII in the request line. post-sts-header-after adds its token after signing, which
 * lambdig never does: its signature is the one without a token. */
static void the_public_suite_gives_the_same_bytes_at_each_stage(void **state)
{
    int cases = check_folder(*state);
    static const char *const below[] = {"normalize-path", "post-sts-token"};
    for (size_t i = 0; i < 2; i++) {
        char path[1200];
        snprintf(path, sizeof path, "%s/%s", (const char *)*state, below[i]);
        cases += check_folder(path);
    }
    assert_int_equal(cases, 34);
}

static int run_suite(void)
{
    static char folder[1024];
    const char *shared = getenv("LAMBDIG_SHARED"), *top = getenv("srcdir");
    if (shared)
        snprintf(folder, sizeof folder, "%s/vectors/sigv4", shared);
    else
        snprintf(folder, sizeof folder, "%s/../shared/vectors/sigv4", top ? top : "..");
    DIR *dir = opendir(folder);
    if (dir == NULL) {
        printf("note: the public suite is not at %s; it was not checked\n", folder);
        return 0;
    }
    closedir(dir);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(the_public_suite_gives_the_same_bytes_at_each_stage, folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_encoded_path_is_encoded_once_more_but_for_s3),
        cmocka_unit_test(a_query_is_decoded_encoded_and_sorted_by_what_is_encoded),
        cmocka_unit_test(a_header_that_would_break_the_request_is_refused),
        cmocka_unit_test(more_headers_or_parameters_than_there_is_room_for_are_refused),
        cmocka_unit_test(a_request_that_does_not_fit_is_never_signed_in_part),
        cmocka_unit_test(s3_sends_the_hash_of_its_body),
        cmocka_unit_test(keys_that_were_wiped_are_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) + run_suite();
}
