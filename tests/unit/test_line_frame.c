/* Stack frames in the forms of the runtimes, and what stands before a line's message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "src/model/frame.h"
#include "src/model/line.h"

#define ID "0a1b2c3d-1111-4222-8333-444455556666"
#define TS "2026-11-24T10:00:00.123Z"
#define TS_MS INT64_C(1795514400123)

static const struct {
    const char *line, *file, *number;
    bool own, loader;
} frames[] = {
    {"  File \"/var/task/shop/pay.py\", line 31, in handler", "/var/task/shop/pay.py", "31", true, false},
    {"File \"/var/task/pay.py\" Line 12", "/var/task/pay.py", "12", true, false},
    {"  File \"/var/runtime/botocore/client.py\", line 530, in _api_call", "/var/runtime/botocore/client.py", "530", false, false},
    {"  File \"/opt/python/lib/python3.12/site-packages/x.py\", line 1, in f", "/opt/python/lib/python3.12/site-packages/x.py", "1", false, false},
    {"  File \"<frozen importlib._bootstrap>\", line 1030, in _gcd_import", "<frozen importlib._bootstrap>", "1030", false, true},
    {"    at Object.run (/var/task/lib/run.js:7:3)", "/var/task/lib/run.js", "7", true, false},
    {"    at async handler (file:///var/task/index.mjs:13:9)", "file:///var/task/index.mjs", "13", true, false},
    {"    at /var/task/index.js:4:5", "/var/task/index.js", "4", true, false},
    {"    at m (/var/task/node_modules/pg/lib/client.js:1:9)", "/var/task/node_modules/pg/lib/client.js", "1", false, false},
    {"    at TCPConnectWrap.afterConnect (net.js:1144:16)", "net.js", "1144", false, false},
    {"    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)", "node:internal/process/task_queues", "95", false, false},
    {"    at UserFunction.load (/var/runtime/UserFunction.js:1:2)", "/var/runtime/UserFunction.js", "1", false, true},
    {"\tat shop.Pay.handleRequest(Pay.java:77)", "Pay.java", "77", true, false},
    {"\tat java.base/java.util.Objects.requireNonNull(Objects.java:233)", "Objects.java", "233", false, false},
    {"\tat com.amazonaws.http.AmazonHttpClient.execute(AmazonHttpClient.java:704)", "AmazonHttpClient.java", "704", false, false},
    {"\tat sun.reflect.NativeMethodAccessorImpl.invoke0(Native Method)", "", "", false, false},
    {"shop.Pay.handleRequest(Pay.java:77)", "Pay.java", "77", true, false},
    {"shop.PayKt.run(Pay.kt:5)", "Pay.kt", "5", true, false},
    {"   at Shop.Pay.Run(String id) in /src/Pay.cs:line 20", "/src/Pay.cs", "20", true, false},
    {"   at Amazon.Lambda.RuntimeSupport.HandlerWrapper.Run() in /src/Wrapper.cs:line 2", "/src/Wrapper.cs", "2", false, false},
    {"   at System.Threading.Tasks.Task.Wait()", "", "", false, false},
    {"\t/build/main.go:42 +0x1d", "/build/main.go", "42", true, false},
    {"\t/usr/local/go/src/runtime/panic.go:884 +0x212", "/usr/local/go/src/runtime/panic.go", "884", false, false},
    {"reflect/value.go:586", "reflect/value.go", "586", false, false},
    {"shop/main.go:31", "shop/main.go", "31", true, false},
    {"/var/task/function.rb:3:in `handler'", "/var/task/function.rb", "3", true, false},
    {"from /var/lang/lib/ruby/3.3.0/net/http.rb:9:in `get'", "/var/lang/lib/ruby/3.3.0/net/http.rb", "9", false, false},
    {"src/main.rs:17:12", "src/main.rs", "17", true, false},
};

static void is(struct str got, const char *want, const char *of)
{
    if (!str_eq(got, str_of(want)))
        fail_msg("%s: `%.*s`, expected `%s`", of, STR_ARG(got), want);
}

static void each_runtimes_frame_names_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
        struct frame f;
        if (!frame_parse(str_of(frames[i].line), &f))
            fail_msg("no frame: %s", frames[i].line);
        is(f.file, frames[i].file, frames[i].line);
        is(f.line, frames[i].number, frames[i].line);
        if (f.own != frames[i].own || f.loader != frames[i].loader)
            fail_msg("%s: own %d, loader %d", frames[i].line, f.own, f.loader);
    }
}

static void what_only_looks_like_a_frame_is_none(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "at", "at last the order is paid", "File not found", "File \"x\" was written",
        "call f(x) at noon", "shop.Pay.run(later)", "see main.go: it is long", "", "   ",
        "order 12:30:45 done",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct frame f;
        if (frame_parse(str_of(lines[i]), &f))
            fail_msg("a frame: %s", lines[i]);
    }
}

static void python_names_its_innermost_frame_last(void **state)
{
    (void)state;
    struct frame f;
    assert_true(frame_parse(STR("  File \"/var/task/a.py\", line 3, in h"), &f));
    assert_true(f.innermost_last);
    assert_true(frame_parse(STR("    at h (/var/task/a.js:3:1)"), &f));
    assert_false(f.innermost_last);
}

static void a_path_is_shown_without_the_part_that_all_share(void **state)
{
    (void)state;
    is(frame_short_path(STR("/var/task/shop/pay.py")), "shop/pay.py", "task");
    is(frame_short_path(STR("file:///var/task/index.mjs")), "index.mjs", "url");
    is(frame_short_path(STR("/opt/x.py")), "/opt/x.py", "other");
}

/* ---- heads ---- */

static const struct {
    const char *line, *rest, *id;
    int64_t unix_ms;
    enum level level;
} heads[] = {
    {"plain words", "plain words", "", TIME_NONE, LEVEL_NONE},
    {TS "\t" ID "\tINFO\tpaid", "paid", ID, TS_MS, LEVEL_INFO},
    {TS "\t" ID "\tpaid", "paid", ID, TS_MS, LEVEL_NONE},
    {"[ERROR]\t" TS "\t" ID "\tcaught", "caught", ID, TS_MS, LEVEL_ERROR},
    {"[WARNING]\t" TS "\t\tno id", "no id", "", TS_MS, LEVEL_WARN},
    {"[ERROR] KeyError: 'x'", "KeyError: 'x'", "", TIME_NONE, LEVEL_ERROR},
    {TS " INFO 9 --- [main] shop.Pay : paid", "9 --- [main] shop.Pay : paid", "", TS_MS, LEVEL_INFO},
    {"2026/11/24 10:00:00 paid", "paid", "", TIME_NONE, LEVEL_NONE},
    {"10:00:00.123 paid", "paid", "", TIME_NONE, LEVEL_NONE},
    {"7:12:32 PM: paid", "paid", "", TIME_NONE, LEVEL_NONE},
    {"11:12:32 AM: paid", "paid", "", TIME_NONE, LEVEL_NONE},
    {"1795514400123 paid", "paid", "", TIME_NONE, LEVEL_NONE},
    {"2026-11-24 10:00:00.123 (+00:00)\t" ID "\tpaid", "paid", ID, TS_MS, LEVEL_NONE},
    {"2026/11/24/[$LATEST]0a1b2c3d " TS " paid", "paid", "", TS_MS, LEVEL_NONE},
    {"[/aws/lambda/pay] " TS " paid", "paid", "", TS_MS, LEVEL_NONE},
    {"/aws/lambda/pay " TS " paid", "paid", "", TS_MS, LEVEL_NONE},
    {"# " TS " paid", "paid", "", TS_MS, LEVEL_NONE},
    {"- `10:00:00`     paid", "paid", "", TIME_NONE, LEVEL_NONE},
    {"| 1795514400123 | paid", "paid", "", TIME_NONE, LEVEL_NONE},
    {TS "Copy" TS " paid", "paid", "", TS_MS, LEVEL_NONE},
    {TS " DEBUG --- [r-1] l.s.l.i.version_manager : [pay-" ID "] paid", "paid", "", TS_MS, LEVEL_NONE},
    {TS " DEBUG --- [r-1] l.s.l.i.version_manager : [pay] paid", "--- [r-1] l.s.l.i.version_manager : [pay] paid", "", TS_MS, LEVEL_DEBUG},
    {TS "\tf8ac1208\tERROR\tcut id", "cut id", "f8ac1208", TS_MS, LEVEL_ERROR},
    {TS "\t" ID "\tError: refused", "Error: refused", ID, TS_MS, LEVEL_NONE},
    {TS "\t" ID "\tERROR: refused", "refused", ID, TS_MS, LEVEL_ERROR},
    {"123456 units", "123456 units", "", TIME_NONE, LEVEL_NONE},
    {"(+01:00) alone", "(+01:00) alone", "", TIME_NONE, LEVEL_NONE},
    {"[/etc/hosts] read", "[/etc/hosts] read", "", TIME_NONE, LEVEL_NONE},
    {"", "", "", TIME_NONE, LEVEL_NONE},
};

static void the_head_of_a_line_is_taken_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        struct line_head head;
        line_head_read(str_of(heads[i].line), &head);
        is(head.rest, heads[i].rest, heads[i].line);
        is(head.id, heads[i].id, heads[i].line);
        if (head.unix_ms != heads[i].unix_ms || head.level != heads[i].level)
            fail_msg("%s: %lld, level %d", heads[i].line, (long long)head.unix_ms, (int)head.level);
    }
}

static void a_line_before_any_request_says_so(void **state)
{
    (void)state;
    struct line_head head;
    line_head_read(STR(TS "\tundefined\tERROR\tUncaught Exception"), &head);
    assert_true(head.undefined_id);
    is(head.rest, "Uncaught Exception", "undefined");
    line_head_read(STR("undefined is not a function"), &head);
    assert_false(head.undefined_id);
}

static void a_line_is_cleaned_of_colours_and_odd_blanks(void **state)
{
    (void)state;
    char room[64];
    struct str plain = STR("plain");
    assert_ptr_equal(line_clean(plain, room, sizeof room).at, plain.at); /* untouched, uncopied */
    is(line_clean(STR("\033[31mred\033[0m\xC2\xA0" "end"), room, sizeof room), "red end", "colours");
    is(line_clean(STR("\xEF\xBB\xBFSTART"), room, sizeof room), "START", "mark");
    is(line_clean(STR("\033[1mcut off here"), room, 3), "cut", "room");
    is(line_clean(STR("open \033[3"), room, sizeof room), "open ", "unfinished");
}

static void a_number_is_read_without_floating_point(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned decimals;
        bool loose, good;
        int64_t value;
    } cases[] = {
        {"3.01 ms", 6, false, true, 3010000},     {"7", 6, false, true, 7000000},
        {"0.1234567", 6, false, false, 0},        {"0.1234567", 6, true, true, 123456},
        {"999999999999999", 0, false, true, 999999999999999}, {"1000000000000000", 0, false, false, 0},
        {"999999999999999", 6, false, false, 0},  {"1.", 6, false, false, 0},
        {".5", 6, false, false, 0},               {"-1", 0, false, false, 0},
        {"", 0, false, false, 0},                 {"1.9", 0, false, true, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str s = str_of(cases[i].text);
        int64_t value = 0;
        if (line_take_number(&s, cases[i].decimals, cases[i].loose, &value) != cases[i].good ||
            value != cases[i].value)
            fail_msg("%s: %lld", cases[i].text, (long long)value);
    }
}

static void an_id_is_known_by_its_form(void **state)
{
    (void)state;
    assert_true(line_is_uuid(STR(ID)));
    assert_true(line_is_uuid(STR("8f507cfc-xmpl-4697-b07a-ac58fc914c95"))); /* the documentation's */
    assert_false(line_is_uuid(STR("0a1b2c3d-1111-4222-8333-44445555666")));
    assert_false(line_is_uuid(STR("0a1b2c3d_1111_4222_8333_444455556666")));
    assert_false(line_is_uuid(STR("0a1b2c3d-1111-4222-8333-44445555666!")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_runtimes_frame_names_its_place),
        cmocka_unit_test(what_only_looks_like_a_frame_is_none),
        cmocka_unit_test(python_names_its_innermost_frame_last),
        cmocka_unit_test(a_path_is_shown_without_the_part_that_all_share),
        cmocka_unit_test(the_head_of_a_line_is_taken_apart),
        cmocka_unit_test(a_line_before_any_request_says_so),
        cmocka_unit_test(a_line_is_cleaned_of_colours_and_odd_blanks),
        cmocka_unit_test(a_number_is_read_without_floating_point),
        cmocka_unit_test(an_id_is_known_by_its_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
