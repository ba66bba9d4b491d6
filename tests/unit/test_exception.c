#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "src/model/exception.h"

#define TS "2026-11-24T10:00:00.000Z"
#define ID "0a1b2c3d-1111-4222-8333-444455556666"

static const struct {
    const char *name;
    const char *lines[9]; /* one error, its lines */
    enum error_weight weight;
    const char *type, *location;
    unsigned frames;
} errors[] = {
    {"python, unhandled",
     {"[ERROR] KeyError: 'amount'", "Traceback (most recent call last):",
      "  File \"/var/task/shop/pay.py\", line 31, in handler", "    total = event['amount']",
      "  File \"/var/lang/lib/python3.12/os.py\", line 2, in x"},
     ERROR_UNHANDLED, "KeyError", "shop/pay.py:31", 2},
    {"python, its logger",
     {"[ERROR]\t" TS "\t" ID "\tcould not pay", "Traceback (most recent call last):",
      "  File \"/var/task/pay.py\", line 8, in handler", "    raise ValueError('x')", "ValueError: x"},
     ERROR_LOGGED, "ValueError", "pay.py:8", 1},
    {"python 2, the message first",
     {"no such size: SizeError", "Traceback (most recent call last):",
      "  File \"/var/task/a.py\", line 4, in handler", "    resize()", "SizeError: no such size"},
     ERROR_UNHANDLED, "SizeError", "a.py:4", 1},
    {"node, its logger", {TS "\t" ID "\tERROR\tTypeError: x is not a function",
                          "    at Object.run (/var/task/lib/run.js:7:3)",
                          "    at process._tick (internal/process/next.js:1:1)"},
     ERROR_LOGGED, "TypeError", "lib/run.js:7", 2},
    {"node 8, thrown", {TS "\t" ID "\tRangeError: too deep", "    at f (/var/task/node_modules/m/i.js:1:1)",
                        "    at exports.handler (/var/task/index.js:12:4)"},
     ERROR_LOGGED, "RangeError", "index.js:12", 2},
    {"java, unhandled",
     {"null: java.lang.IllegalStateException", "java.lang.IllegalStateException",
      "\tat java.base/java.util.Objects.check(Objects.java:9)",
      "\tat shop.Pay.handleRequest(Pay.java:77)", "Caused by: java.io.IOException: closed", "\t... 4 more"},
     ERROR_UNHANDLED, "java.lang.IllegalStateException", "Pay.java:77", 2},
    {"java, printed", {"java.io.IOException: closed", "\tat shop.Pay.load(Pay.java:12)"},
     ERROR_BARE, "java.io.IOException", "Pay.java:12", 1},
    {".net 6, unhandled",
     {TS "\t" ID "\tfail\tSystem.InvalidOperationException: no order", "   at Shop.Pay.Run() in /src/Pay.cs:line 20"},
     ERROR_UNHANDLED, "System.InvalidOperationException", "/src/Pay.cs:20", 1},
    {".net 2, the message first",
     {"Object is null: NullReferenceException", "   at Shop.Pay.Run() in C:\\src\\Pay.cs:line 21",
      "   at lambda_method(Closure , Stream )"},
     ERROR_UNHANDLED, "NullReferenceException", "C:\\src\\Pay.cs:21", 2},
    {"go, panic",
     {"panic: assignment to entry in nil map", "goroutine 1 [running]:", "main.handle(...)",
      "\t/build/main.go:42 +0x1d"},
     ERROR_UNHANDLED, "panic", "/build/main.go:42", 1},
    {"go, beyond recovery",
     {"fatal error: stack overflow", "runtime stack:", "runtime.throw({0x85106d?, 0x2?})",
      "\t/usr/local/go/src/runtime/panic.go:1229 +0x48", "runtime.newstack()",
      "\t/usr/local/go/src/runtime/stack.go:1207 +0x5fd", "goroutine 1 gp=0x2b m=2 [running]:",
      "main.deeper(0x153f1?)", "\t/build/main.go:21 +0x2b"},
     ERROR_UNHANDLED, "fatal error", "/build/main.go:21", 3},
    {"rust, panic", {"thread 'main' panicked at src/main.rs:4:5:", "no row found"},
     ERROR_UNHANDLED, "panic", "src/main.rs:4", 1},
    {"node 8, a plain error", {TS "\t" ID "\tError: connect ECONNREFUSED 127.0.0.1:27017", "    at TCPConnectWrap.done (net.js:1198:14)"},
     ERROR_LOGGED, "Error", "net.js:1198", 1},
    {"python, indentation lost",
     {"'size': KeyError", "Traceback (most recent call last):", "File \"/var/task/a.py\", line 4, in handler",
      "resize(event)", "File \"/var/task/b.py\", line 9, in resize", "return event['size']", "KeyError: 'size'"},
     ERROR_UNHANDLED, "KeyError", "b.py:9", 2},
    {"python, in one line",
     {"[ERROR] KeyError: 'size' Traceback (most recent call last):   File \"/var/task/a.py\", line 4, in handler     resize(event)   File \"/var/task/b.py\", line 9, in resize"},
     ERROR_UNHANDLED, "KeyError", "b.py:9", 2},
    {"python 2, in one line",
     {"no such size: SizeError Traceback (most recent call last): File \"/var/task/a.py\", line 4, in handler resize(event) SizeError: no such size"},
     ERROR_UNHANDLED, "SizeError", "a.py:4", 1},
    {"python, a syntax error",
     {"[ERROR] Runtime.UserCodeSyntaxError: Syntax error in module 'app': invalid syntax (app.py, line 12)",
      "Traceback (most recent call last):", "  File \"/var/task/app.py\" Line 12", "    x = {"},
     ERROR_UNHANDLED, "Runtime.UserCodeSyntaxError", "app.py:12", 1},
    {"java, on a virtual machine of another maker",
     {"Exception in thread \"main\" com.oracle.svm.core.jdk.UnsupportedFeatureError: no proxy",
      "\tat com.oracle.svm.core.util.VMError.unsupportedFeature(VMError.java:87)", "\tat shop.Pay.main(Pay.java:24)"},
     ERROR_UNHANDLED, "com.oracle.svm.core.jdk.UnsupportedFeatureError", "Pay.java:24", 2},
    {"import, before any logger", {"Unable to import module 'app': No module named 'yaml'"},
     ERROR_UNHANDLED, "Runtime.ImportModuleError", "", 0},
    {"a node warning", {TS "\t" ID "\tERROR\t(node:8) DeprecationWarning: old"}, ERROR_MENTIONED, "", "", 0},
    {"boto words", {"An error occurred (ThrottlingException) when calling the Query operation: slow"},
     ERROR_LOGGED, "ThrottlingException", "", 0},
};

static void read_lines(struct exception *x, const struct signs *signs, const char *const *lines)
{
    struct line_head head;
    struct str previous = STR_NONE;
    bool begun = false;
    exception_clear(x);
    for (size_t i = 0; i < 9 && lines[i]; i++) {
        line_head_read(str_of(lines[i]), &head);
        struct exception next;
        bool begins = exception_begin(&next, signs, &head, previous);
        if (begins && (!begun || (x->frames == 0 && next.weight > x->weight)))
            *x = next;
        else if (begun)
            (void)exception_continue(x, signs, &head);
        begun = begun || begins;
        previous = str_of(lines[i]);
    }
}

static void each_runtime_writes_its_errors_in_its_own_form(void **state)
{
    (void)state;
    struct signs *signs = signs_new();
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        struct exception x;
        read_lines(&x, signs, errors[i].lines);
        if (x.weight != errors[i].weight)
            fail_msg("%s: weight %d, expected %d", errors[i].name, (int)x.weight, (int)errors[i].weight);
        if (errors[i].weight > ERROR_MENTIONED)
            assert_string_equal(x.type, errors[i].type);
        assert_string_equal(x.location, errors[i].location);
        if (x.frames != errors[i].frames)
            fail_msg("%s: %u frames, expected %u", errors[i].name, x.frames, errors[i].frames);
    }
    signs_free(signs);
}

static const struct {
    const char *object;
    enum error_weight weight;
    const char *type, *location, *id;
} objects[] = {
    {"{\"errorMessage\":\"m\",\"errorType\":\"E\",\"requestId\":\"r1\",\"stackTrace\":[\"  File \\\"/var/task/a.py\\\", line 3, in h\\n\"]}",
     ERROR_UNHANDLED, "E", "a.py:3", "r1"},
    {"{\"timestamp\":\"2026-11-24T10:00:00Z\",\"log_level\":\"ERROR\",\"errorMessage\":\"m\",\"errorType\":\"E\",\"requestId\":\"r2\"}",
     ERROR_UNHANDLED, "E", "", "r2"},
    {"{\"errorMessage\":\"m\",\"errorType\":\"shop.E\",\"requestId\":\"j1\",\"stackTrace\":[\"java.util.A.b(A.java:1)\",\"shop.Pay.run(Pay.java:23)\"]}",
     ERROR_UNHANDLED, "shop.E", "Pay.java:23", "j1"},
    {"{\"errorMessage\":\"m\",\"errorType\":\"plainError\",\"requestId\":\"g1\",\"stackTrace\":[{\"path\":\"github.com/aws/aws-lambda-go@v1.49.0/lambda/errors.go\",\"line\":39,\"label\":\"a\"},"
     "{\"path\":\"runtime/panic.go\",\"line\":860,\"label\":\"b\"},{\"path\":\"shop/main.go\",\"line\":31,\"label\":\"c\"}]}",
     ERROR_UNHANDLED, "plainError", "shop/main.go:31", "g1"},
    {"{\"stackTrace\":[[\"/var/task/a.py\",64,\"handler\",\"x = event['s3']\"]],\"errorType\":\"KeyError\",\"errorMessage\":\"'s3'\",\"requestId\":\"p2\"}",
     ERROR_UNHANDLED, "KeyError", "a.py:64", "p2"},
    {"{\"timestamp\":\"t\",\"level\":\"ERROR\",\"requestId\":\"r3\",\"message\":{\"errorType\":\"TypeError\",\"errorMessage\":\"m\","
     "\"stackTrace\":[\"TypeError: m\",\"    at h (file:///var/task/i.mjs:9:1)\"]}}",
     ERROR_UNHANDLED, "TypeError", "i.mjs:9", "r3"},
    {"{\"timestamp\":\"t\",\"level\":\"Error\",\"requestId\":\"r4\",\"message\":null,\"errorType\":\"System.X\",\"errorMessage\":\"m\"}",
     ERROR_UNHANDLED, "System.X", "", "r4"},
    {"{\"timestamp\":\"t\",\"level\":\"ERROR\",\"requestId\":\"r5\",\"message\":\"text\",\"errorType\":\"E\",\"errorMessage\":\"m\"}",
     ERROR_LOGGED, "E", "", "r5"},
    {"{\"level\":\"INFO\",\"timestamp\":\"t\",\"message\":\"fine\",\"AWSRequestId\":\"r6\"}", ERROR_NONE, "", "", "r6"},
    {"{\"level\":\"INFO\",\"message\":\"fine\",\"function_request_id\":\"r7\"}", ERROR_NONE, "", "", "r7"},
    {"{\"message\":\"denied\",\"code\":\"AccessDenied\",\"requestId\":\"SDK1\",\"statusCode\":403,\"retryable\":false,\"level\":\"ERROR\"}",
     ERROR_LOGGED, "", "", ""},
    {"{\"errorType\":\"NoSuchKey\",\"errorMessage\":\"m\",\"$metadata\":{\"requestId\":\"SDK2\"},\"requestId\":\"SDK3\"}",
     ERROR_LOGGED, "NoSuchKey", "", ""},
};

static void a_json_error_says_who_wrote_it(void **state)
{
    (void)state;
    struct signs *signs = signs_new();
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        struct exception x;
        struct json_line line;
        char id[64];
        assert_true(exception_from_json(&x, signs, str_of(objects[i].object), false, &line));
        if (x.weight != objects[i].weight)
            fail_msg("weight %d, expected %d: %s", (int)x.weight, (int)objects[i].weight, objects[i].object);
        assert_string_equal(x.type, objects[i].type);
        assert_string_equal(x.location, objects[i].location);
        (void)str_copy(id, sizeof id, line.id);
        assert_string_equal(id, objects[i].id);
    }
    signs_free(signs);
}

static void the_details_of_a_node_error_lie_in_its_reason(void **state)
{
    (void)state;
    struct signs *signs = signs_new();
    struct exception x;
    struct json_line line;
    assert_true(exception_from_json(
        &x, signs,
        STR("{\"errorType\":\"Runtime.UnhandledPromiseRejection\",\"errorMessage\":\"Error: connect\",\"reason\":"
            "{\"errorType\":\"Error\",\"errorMessage\":\"connect ECONNREFUSED 10.0.0.1:5432\",\"code\":\"ECONNREFUSED\"}}"),
        true, &line));
    assert_string_equal(x.type, "Error");
    assert_string_equal(x.message, "connect ECONNREFUSED 10.0.0.1:5432");
    assert_int_equal(x.signs & SIGN_NETWORK, SIGN_NETWORK);
    signs_free(signs);
}

static void what_is_no_json_is_no_error_object(void **state)
{
    (void)state;
    struct signs *signs = signs_new();
    struct exception x;
    struct json_line line;
    assert_false(exception_from_json(&x, signs, STR("{\"errorType\":\"E\""), false, &line));
    assert_false(exception_from_json(&x, signs, STR("plain"), false, &line));
    exception_clear(&x);
    exception_from_torn_json(&x, signs, STR("{\"errorType\":\"E\",\"errorMessage\":\"cut he"));
    assert_string_equal(x.type, "E");
    assert_string_equal(x.message, "cut he");
    signs_free(signs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_runtime_writes_its_errors_in_its_own_form),
        cmocka_unit_test(a_json_error_says_who_wrote_it),
        cmocka_unit_test(the_details_of_a_node_error_lie_in_its_reason),
        cmocka_unit_test(what_is_no_json_is_no_error_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
