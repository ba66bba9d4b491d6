/* Each form of an exported log, one realistic fixture each: what it must be read as. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

#include "src/base/buf.h"
#include "tests/unit/capture.h"

#define ID "7c9567b5-107b-4a6c-8798-0157ac21db52"
#define STREAM "2026/11/24/[$LATEST]3893ab7fac4485b47bb75b671a283c11"
#define EVENT_ID "3333333333333333333333333333333333333333333333333333333" /* all but the last of 56 */
#define NONE TIME_NONE
#define T0 INT64_C(1795528918101) /* 2026-11-24T14:01:58.101Z */

struct expected {
    int64_t unix_ms;
    const char *stream, *message;
    uint64_t line;
};

struct fixture {
    const char *name;
    struct str bytes;
    struct expected events[8]; /* up to the first without message */
    const char *function;      /* of the first event; NULL: none */
};

#define BYTES(text) {(text), sizeof(text) - 1}

static const struct fixture fixtures[] = {
    {"raw text",
     BYTES("START RequestId: " ID " Version: $LATEST\n"
           "2026-11-24T14:01:58.101Z\t" ID "\tINFO\thello\n"
           "\n"
           "END RequestId: " ID "\n"
           "REPORT RequestId: " ID "\tDuration: 3003.16 ms\tBilled Duration: 3000 ms\t\n"
           "2026-11-24T14:02:01.101Z " ID " Task timed out after 3.00 seconds\n"),
     {{NONE, "", "START RequestId: " ID " Version: $LATEST", 1},
      {NONE, "", "2026-11-24T14:01:58.101Z\t" ID "\tINFO\thello", 2},
      {NONE, "", "", 3},
      {NONE, "", "END RequestId: " ID, 4},
      {NONE, "", "REPORT RequestId: " ID "\tDuration: 3003.16 ms\tBilled Duration: 3000 ms\t", 5},
      {NONE, "", "2026-11-24T14:02:01.101Z " ID " Task timed out after 3.00 seconds", 6}},
     NULL},
    {"a timeout line alone is raw",
     BYTES("2026-11-24T14:01:58.101Z " ID " Task timed out after 3.00 seconds\n"),
     {{NONE, "", "2026-11-24T14:01:58.101Z " ID " Task timed out after 3.00 seconds", 1}},
     NULL},
    {"node lines alone are raw",
     BYTES("2026-11-24T14:01:58.101Z\t" ID "\tERROR\tInvoke Error \t{\"errorType\":\"Error\"}\n"
           "2026-11-24T14:01:58.102Z\tundefined\tERROR\tError: x\n    at y\n"),
     {{NONE, "", "2026-11-24T14:01:58.101Z\t" ID "\tERROR\tInvoke Error \t{\"errorType\":\"Error\"}", 1},
      {NONE, "", "2026-11-24T14:01:58.102Z\tundefined\tERROR\tError: x", 2},
      {NONE, "", "    at y", 3}},
     NULL},
    {"go lines with a date are raw",
     BYTES("2026/11/24 14:01:58 EVENT: {\n  \"a\": 1\n}\n"),
     {{NONE, "", "2026/11/24 14:01:58 EVENT: {", 1}, {NONE, "", "  \"a\": 1", 2}, {NONE, "", "}", 3}},
     NULL},
    {"CRLF and no line end at the end",
     BYTES("START RequestId: 1 Version: 2\r\nEND RequestId: 1"),
     {{NONE, "", "START RequestId: 1 Version: 2", 1}, {NONE, "", "END RequestId: 1", 2}},
     NULL},
    {"a carriage return inside a message stays",
     BYTES("[ERROR] X: y\rTraceback (most recent call last):\rFile\n"),
     {{NONE, "", "[ERROR] X: y\rTraceback (most recent call last):\rFile", 1}},
     NULL},
    {"a mark at the front of UTF-8 is no text",
     BYTES("\xEF\xBB\xBFSTART RequestId: 1 Version: 2\n"),
     {{NONE, "", "START RequestId: 1 Version: 2", 1}},
     NULL},
    {"aws logs tail, detailed",
     BYTES("2026-11-24T14:01:58.101000+00:00 " STREAM " START RequestId: " ID " Version: $LATEST\n"
           "\n"
           "2026-11-24T14:01:58.202000+00:00 " STREAM " [ERROR] KeyError: 'x'\n"
           "Traceback (most recent call last):\n"
           "2026-11-24T14:01:59+00:00 2026/11/24/[7]00 END RequestId: " ID "\n"),
     {{T0, STREAM, "START RequestId: " ID " Version: $LATEST", 1},
      {T0, STREAM, "", 2},
      {T0 + 101, STREAM, "[ERROR] KeyError: 'x'", 3},
      {T0 + 101, STREAM, "Traceback (most recent call last):", 4},
      {T0 + 899, "2026/11/24/[7]00", "END RequestId: " ID, 5}},
     NULL},
    {"aws logs tail in colour",
     BYTES("\033[32m2026-11-24T14:01:58.101000+00:00\033[0m \033[36m" STREAM
           "\033[0m START RequestId: 1 Version: 2\n"),
     {{T0, STREAM, "START RequestId: 1 Version: 2", 1}},
     NULL},
    {"aws logs tail, short",
     BYTES("2026-11-24T14:01:58 START RequestId: " ID " Version: $LATEST\n"
           "2026-11-24T14:01:59 2026-11-24T14:01:59.000Z\t" ID "\tINFO\thello\n"),
     {{T0 - 101, "", "START RequestId: " ID " Version: $LATEST", 1},
      {T0 + 899, "", "2026-11-24T14:01:59.000Z\t" ID "\tINFO\thello", 2}},
     NULL},
    {"aws logs tail, json",
     BYTES("2026-11-24T14:01:58.101000+00:00 " STREAM " \n"
           "{\n    \"time\": \"2026-11-24T14:01:58.101Z\",\n    \"type\": \"platform.start\",\n"
           "    \"record\": {\n        \"requestId\": \"1\"\n    }\n}\n"
           "2026-11-24T14:01:59+00:00 " STREAM " plain\n"),
     {{T0, STREAM,
       "{\"time\": \"2026-11-24T14:01:58.101Z\",\"type\": \"platform.start\","
       "\"record\": {\"requestId\": \"1\"}}",
       1},
      {T0 + 899, STREAM, "plain", 9}},
     NULL},
    {"export to S3",
     BYTES("2026-11-24T14:01:58.101Z START RequestId: " ID " Version: $LATEST\n"
           "2026-11-24T14:01:58.103Z 2026-11-24T14:01:58.102Z\t" ID "\tERROR\tboom\n"
           "    at handler (index.js:3:9)\n"
           "2026-11-24T14:01:58.104Z 2026-11-24T14:01:58.104Z " ID " Task timed out after 3.00 seconds\n"),
     {{T0, "", "START RequestId: " ID " Version: $LATEST", 1},
      {T0 + 2, "", "2026-11-24T14:01:58.102Z\t" ID "\tERROR\tboom", 2},
      {T0 + 2, "", "    at handler (index.js:3:9)", 3},
      {T0 + 3, "", "2026-11-24T14:01:58.104Z " ID " Task timed out after 3.00 seconds", 4}},
     NULL},
    {"sam logs",
     BYTES(STREAM " 2026-11-24T14:01:58.101000 START RequestId: 1 Version: 2\n"
           STREAM " 2026-11-24T14:01:58.102000 END RequestId: 1\n"),
     {{T0, STREAM, "START RequestId: 1 Version: 2", 1}, {T0 + 1, STREAM, "END RequestId: 1", 2}},
     NULL},
    {"awslogs, group and stream",
     BYTES("/aws/lambda/pay " STREAM " START RequestId: 1 Version: 2\n"),
     {{NONE, STREAM, "START RequestId: 1 Version: 2", 1}},
     "pay"},
    {"console paste with TABs",
     BYTES("2026-11-24T14:01:58.101Z\tSTART RequestId: " ID " Version: $LATEST\n"
           "2026-11-24T14:01:58.102Z\t2026-11-24T14:01:58.102Z\t" ID "\tINFO\thi\n"
           "Copy\n"),
     {{T0, "", "START RequestId: " ID " Version: $LATEST", 1},
      {T0 + 1, "", "2026-11-24T14:01:58.102Z\t" ID "\tINFO\thi", 2}},
     NULL},
    {"console paste on two lines",
     BYTES("2026-11-24T15:01:58.101+01:00\nSTART RequestId: 1 Version: 2\nCopy\n"
           "2026-11-24T15:01:58.102+01:00\nEND RequestId: 1\nCopy\n"),
     {{T0, "", "START RequestId: 1 Version: 2", 2}, {T0 + 1, "", "END RequestId: 1", 5}},
     NULL},
    {"console table",
     BYTES("-------------------------------------------------\n"
           "|   timestamp   |            message            |\n"
           "|---------------|-------------------------------|\n"
           "| 1795528918101 | START RequestId: 1 Version: 2 |\n"
           "| 1795528918102 | [ERROR] KeyError: 'a|b'       |\n"
           "|               |   File \"x\", line 3            |\n"
           "-------------------------------------------------\n"),
     {{T0, "", "START RequestId: 1 Version: 2", 4},
      {T0 + 1, "", "[ERROR] KeyError: 'a|b'", 5},
      {T0 + 1, "", "  File \"x\", line 3", 6}},
     NULL},
    {"filter-log-events, two answers",
     BYTES("{\n    \"events\": [\n        {\n            \"logStreamName\": \"" STREAM "\",\n"
           "            \"timestamp\": 1795528918101,\n"
           "            \"message\": \"START RequestId: 1\\tVersion: 2\\n\",\n"
           "            \"ingestionTime\": 1795528919000,\n            \"eventId\": \"3901\"\n"
           "        }\n    ],\n    \"searchedLogStreams\": [],\n    \"nextToken\": \"t\"\n}\n"
           "{\"events\":[{\"logStreamName\":\"2026/11/24/[7]00\",\"timestamp\":1795528918102,"
           "\"message\":\"caf\\u00e9 \\\"q\\\"\\n\",\"ingestionTime\":1,\"eventId\":\"2\"}]}\n"),
     {{T0, STREAM, "START RequestId: 1\tVersion: 2", 1},
      {T0 + 1, "2026/11/24/[7]00", "caf\xC3\xA9 \"q\"", 2}},
     NULL},
    {"get-log-events",
     BYTES("{\"events\":[{\"timestamp\":1795528918101,\"message\":\"one\",\"ingestionTime\":5}],"
           "\"nextForwardToken\":\"f/1\",\"nextBackwardToken\":\"b/1\"}"),
     {{T0, "", "one", 1}},
     NULL},
    {"an answer without events", BYTES("{\"events\":[],\"searchedLogStreams\":[]}"), {{0}}, NULL},
    {"--query of events, messages and pairs",
     BYTES("[{\"timestamp\":1795528918101,\"message\":\"one\"},\n \"two\\n\", [1795528918102, \"three\"]]"),
     {{T0, "", "one", 1}, {NONE, "", "two", 2}, {T0 + 1, "", "three", 3}},
     NULL},
    {"answers put into an array",
     BYTES("[{\"events\":[{\"timestamp\":1795528918101,\"message\":\"a\",\"ingestionTime\":5}]},"
           "{\"events\":[{\"timestamp\":1795528918102,\"message\":\"b\",\"ingestionTime\":5}]}]"),
     {{T0, "", "a", 1}, {T0 + 1, "", "b", 2}},
     NULL},
    {"events one a line",
     BYTES("{\"logGroupName\":\"/aws/lambda/pay\",\"logStreamName\":\"" STREAM
           "\",\"timestamp\":1795528918101,\"message\":\"a\\nb\\n\"}\n"
           "{\"logGroupName\":\"/own\",\"logStreamName\":\"2026/11/24/ship[3]ab\",\"timestamp\":"
           "1795528918102,\"message\":\"c\"}\n"),
     {{T0, STREAM, "a\nb", 1}, {T0 + 1, "2026/11/24/ship[3]ab", "c", 2}},
     "pay"},
    {"filter-log-events as text",
     BYTES("Bxkq6kVGFtq2y\n"
           "EVENTS\t" EVENT_ID "0\t1795528918151\t" STREAM "\tSTART RequestId: 1 Version: 2\n"
           "\t1795528918101\n"
           "EVENTS\t" EVENT_ID "1\t1795528918152\t" STREAM "\t[ERROR] KeyError: 'x'\n"
           "Traceback (most recent call last):\n  a\tb\n\t1795528918102\n"
           "EVENTS\t" EVENT_ID "2\t1795528918153\t2026/11/24/pay[7]00\tno line end\t1795528918103\n"
           "SEARCHEDLOGSTREAMS\t" STREAM "\tTrue\n"
           "EVENTS\t" EVENT_ID "3\t1795528918154\t" STREAM "\tREPORT RequestId: 1\tDuration: 3 ms\t\n"
           "\t1795528918104"),
     {{T0, STREAM, "START RequestId: 1 Version: 2", 2},
      {T0 + 1, STREAM, "[ERROR] KeyError: 'x'\nTraceback (most recent call last):\n  a\tb", 4},
      {T0 + 2, "2026/11/24/pay[7]00", "no line end", 8},
      {T0 + 3, STREAM, "REPORT RequestId: 1\tDuration: 3 ms\t", 10}},
     NULL},
    {"get-log-events as text",
     BYTES("b/3811\tf/3811\n"
           "EVENTS\t1795528918151\tSTART RequestId: 1 Version: 2\n\t1795528918101\n"
           "EVENTS\t1795528918152\tEVENTS\t1795528918152\tquoted\t1795528918152 \t1795528918102\n"
           "EVENTS\t1795528918153\tat 5\t1795528918099\nand on\n\t1795528918103\n"),
     {{T0, "", "START RequestId: 1 Version: 2", 2},
      {T0 + 1, "", "EVENTS\t1795528918152\tquoted\t1795528918152 ", 4},
      {T0 + 2, "", "at 5\t1795528918099\nand on", 5}},
     NULL},
    {"--query of events as text",
     BYTES(EVENT_ID "0\t1795528918151\t2026/11/24/pay[7]00\tone\n\t1795528918101\n"
           "a line that is no row\n" EVENT_ID "1\t1795528918152\t2026/11/24/pay[7]00\ttwo\n\t1795528918102\n"),
     {{T0, "2026/11/24/pay[7]00", "one", 1},
      {T0, "2026/11/24/pay[7]00", "a line that is no row", 3},
      {T0 + 1, "2026/11/24/pay[7]00", "two", 4}},
     "pay"},
    {"an answer without events as text", BYTES("b/3811\tf/3811\n"), {{0}}, NULL},
    {"streams without events as text", BYTES("SEARCHEDLOGSTREAMS\t" STREAM "\tTrue\n"), {{0}}, NULL},
    {"--query of times and messages as text",
     BYTES("1795528918101\tSTART RequestId: 1 Version: 2\n\n1795528918102\t[ERROR] X: y\nTraceback\n\n"),
     {{T0, "", "START RequestId: 1 Version: 2", 1}, {T0, "", "", 2}, {T0 + 1, "", "[ERROR] X: y", 3},
      {T0 + 1, "", "Traceback", 4}, {T0 + 1, "", "", 5}},
     NULL},
    {"Insights rows as JSON",
     BYTES("{\"results\":[[{\"field\":\"@timestamp\",\"value\":\"2026-11-24 14:01:58.101\"},"
           "{\"field\":\"@message\",\"value\":\"START RequestId: 1\\n\"},"
           "{\"field\":\"@log\",\"value\":\"111122223333:/aws/lambda/pay\"},"
           "{\"field\":\"@logStream\",\"value\":\"" STREAM "\"},"
           "{\"field\":\"@ptr\",\"value\":\"Cl\"}]],\"status\":\"Complete\"}"),
     {{T0, STREAM, "START RequestId: 1", 1}},
     "pay"},
    {"Insights rows as the console exports JSON",
     BYTES("[\n  {\"@timestamp\": \"2026-11-24 14:01:58.101\", \"@message\": \"one\"},\n"
           "  {\"@timestamp\": \"2026-11-24 14:01:58.102\", \"@message\": {\"time\":\"t\"}}\n]\n"),
     {{T0, "", "one", 1}, {T0 + 1, "", "{\"time\":\"t\"}", 2}},
     NULL},
    {"Insights rows as CSV",
     BYTES("@timestamp,@message,@logStream,@log\r\n"
           "2026-11-24 14:01:58.101,\"[ERROR] KeyError: \"\"x\"\", y\n"
           "Traceback\n\"," STREAM ",111122223333:/aws/lambda/pay\r\n"
           "2026-11-24 14:01:58.102,plain,,\r\n"),
     {{T0, STREAM, "[ERROR] KeyError: \"x\", y\nTraceback", 2}, {T0 + 1, "", "plain", 5}},
     "pay"},
    {"Insights rows that come newest first",
     BYTES("@timestamp,@message\n2026-11-24 14:01:58.103,last\n2026-11-24 14:01:58.102,\"b\n\"\n"
           "2026-11-24 14:01:58.102,a\n2026-11-24 14:01:58.101,first\n"),
     {{T0, "", "first", 6}, {T0 + 1, "", "a", 5}, {T0 + 1, "", "b", 3}, {T0 + 2, "", "last", 2}},
     NULL},
    {"log events as the console downloads CSV",
     BYTES("timestamp,message\n1795528918101,\"START RequestId: 1 Version: 2\n\"\n1795528918102,END\n"),
     {{T0, "", "START RequestId: 1 Version: 2", 2}, {T0 + 1, "", "END", 4}},
     NULL},
    {"subscription payloads without anything between",
     BYTES("{\"messageType\":\"DATA_MESSAGE\",\"owner\":\"111122223333\",\"logGroup\":\"/aws/lambda/pay\","
           "\"logStream\":\"" STREAM "\",\"subscriptionFilters\":[\"f\"],\"logEvents\":["
           "{\"id\":\"39\",\"timestamp\":1795528918101,\"message\":\"one\\n\"}]}"
           "{\"logEvents\":[{\"id\":\"40\",\"timestamp\":1795528918102,\"message\":\"two\"}],"
           "\"logGroup\":\"/aws/lambda/ship\",\"logStream\":\"2026/11/24/[1]aa\"}"),
     {{T0, STREAM, "one", 1}, {T0 + 1, "2026/11/24/[1]aa", "two", 2}},
     "pay"},
    {"platform records, one a line with text between",
     BYTES("{\"time\":\"2026-11-24T14:01:58.101Z\",\"type\":\"platform.start\",\"record\":{}}\n"
           "[EXT] text\n"
           "{\"timestamp\": \"2026-11-24T14:01:58.102Z\", \"level\": \"INFO\"}\n"),
     {{T0, "", "{\"time\":\"2026-11-24T14:01:58.101Z\",\"type\":\"platform.start\",\"record\":{}}", 1},
      {T0, "", "[EXT] text", 2},
      {T0 + 1, "", "{\"timestamp\": \"2026-11-24T14:01:58.102Z\", \"level\": \"INFO\"}", 3}},
     NULL},
    {"platform records in an array",
     BYTES("[{\"record\":{\"requestId\":\"r\"},\"time\":\"2026-11-24T14:01:58.101Z\","
           "\"type\":\"platform.report\"}]\n"),
     {{T0, "", "{\"record\":{\"requestId\":\"r\"},\"time\":\"2026-11-24T14:01:58.101Z\",\"type\":\"platform.report\"}", 1}},
     NULL},
    {"platform records over several lines, text after them",
     BYTES("{\n  \"type\": \"platform.report\",\n  \"record\": {\n    \"requestId\": \"r\"\n  }\n}\n"
           "[ERROR] after it\n"),
     {{NONE, "", "{\"type\": \"platform.report\",\"record\": {\"requestId\": \"r\"}}", 1},
      {NONE, "", "[ERROR] after it", 2}},
     NULL},
    {"a log that starts with an object of its own is raw",
     BYTES("{\n  \"AWS_REGION\": \"eu-west-1\"\n}\nEND RequestId: 1\n"),
     {{NONE, "", "{", 1}, {NONE, "", "  \"AWS_REGION\": \"eu-west-1\"", 2}, {NONE, "", "}", 3},
      {NONE, "", "END RequestId: 1", 4}},
     NULL},
    {"a logger's JSON line in front is no CSV header",
     BYTES("{\"level\":\"INFO\",\"message\":\"start\",\"timestamp\":\"2026-11-24 14:01:58,101+0000\"}\n"
           "END RequestId: 1\n"),
     {{NONE, "", "{\"level\":\"INFO\",\"message\":\"start\",\"timestamp\":\"2026-11-24 14:01:58,101+0000\"}", 1},
      {NONE, "", "END RequestId: 1", 2}},
     NULL},
    {"a lone NUL in text is text",
     {"START RequestId: 1 Version: 2\nkey=\0value\nEND RequestId: 1\n", 58},
     {{NONE, "", "START RequestId: 1 Version: 2", 1}, {NONE, "", "key=", 2}, {NONE, "", "END RequestId: 1", 3}},
     NULL},
};

static void check_event(const struct fixture *f, size_t i, const struct kept_event *got)
{
    const struct expected *want = &f->events[i];
    if (got->unix_ms != want->unix_ms || got->line != want->line)
        fail_msg("%s, event %zu: time %lld line %llu, expected %lld line %llu", f->name, i,
                 (long long)got->unix_ms, (unsigned long long)got->line, (long long)want->unix_ms,
                 (unsigned long long)want->line);
    assert_string_equal(got->message, want->message);
    assert_string_equal(got->stream, want->stream);
}

static void each_form_is_read_as_what_it_is(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof fixtures / sizeof fixtures[0]; n++) {
        const struct fixture *f = &fixtures[n];
        struct capture c = {0};
        size_t want = 0;
        while (want < 8 && f->events[want].message)
            want++;
        capture_bytes(&c, "form.log", f->bytes.at, f->bytes.len);
        if (c.failed || c.troubles || c.count != want)
            fail_msg("%s: %zu events of %zu, %zu troubles, %s", f->name, c.count, want, c.troubles,
                     c.failed ? c.err.text : c.trouble[0].text);
        for (size_t i = 0; i < want; i++)
            check_event(f, i, &c.events[i]);
        if (f->function)
            assert_string_equal(c.events[0].function, f->function);
        capture_release(&c);
    }
}

/* Whatever the blocks are cut into: the fixture behind a megabyte of its own kind. */
static void a_form_reads_the_same_across_blocks(void **state)
{
    static const char line[] = "2026-11-24T14:01:58.101000+00:00 " STREAM " filler of no meaning at all\n";
    struct capture c = {0};
    struct buf all;
    size_t lines = 0;
    (void)state;
    buf_init(&all, 8 * 1024 * 1024);
    while (all.len < 3 * 1024 * 1024) {
        assert_true(buf_add(&all, (struct str){line, sizeof line - 1}));
        assert_true(buf_add(&all, STR("continued\n")));
        lines += 2;
    }
    capture_bytes(&c, "blocks.log", all.at, all.len);
    assert_false(c.failed);
    assert_int_equal(c.count, lines);
    for (size_t i = 0; i < lines; i++) {
        assert_string_equal(c.events[i].message, i % 2 ? "continued" : "filler of no meaning at all");
        assert_string_equal(c.events[i].stream, STREAM);
        assert_int_equal(c.events[i].line, i + 1);
        assert_true(c.events[i].unix_ms == T0);
    }
    assert_int_equal(c.progress.bytes, all.len);
    assert_int_equal(c.progress.bytes_total, all.len);
    assert_int_equal(c.progress.lines, lines);
    buf_release(&all);
    capture_release(&c);
}

static void an_answer_larger_than_a_block_loses_nothing(void **state)
{
    struct capture c = {0};
    struct buf all;
    (void)state;
    buf_init(&all, 16 * 1024 * 1024);
    buf_add(&all, STR("{\"events\":["));
    for (int i = 0; i < 30000; i++)
        buf_printf(&all, "%s{\"logStreamName\":\"s\",\"timestamp\":%lld,\"message\":\"number \\\"%d\\\" "
                         "%.*s\\n\",\"ingestionTime\":1,\"eventId\":\"%d\"}",
                   i ? "," : "", (long long)T0 + i, i, i % 97, "padpadpadpadpadpadpadpadpadpadpadpadpadpadpadpadpadpadpadpadpadpadpadpadpadpadpadpadpadpadpadpadpadpad", i);
    buf_add(&all, STR("],\"nextToken\":\"x\"}"));
    assert_false(all.full);
    assert_true(all.len > 3 * 1024 * 1024);
    capture_bytes(&c, "page.json", all.at, all.len);
    assert_false(c.failed);
    assert_int_equal(c.troubles, 0);
    assert_int_equal(c.count, 30000);
    for (int i = 0; i < 30000; i++) {
        char want[32];
        snprintf(want, sizeof want, "number \"%d\" ", i);
        assert_true(str_starts(str_of(c.events[i].message), str_of(want)));
        assert_true(c.events[i].unix_ms == T0 + i);
    }
    buf_release(&all);
    capture_release(&c);
}

/* More than may be kept at once: nothing is lost, each part is in order, and it is said. */
static void what_is_too_large_to_turn_is_turned_in_parts(void **state)
{
    enum { EVENTS = 200000 };
    struct capture c = {0};
    struct buf all;
    size_t back = 0;
    (void)state;
    buf_init(&all, 64 * 1024 * 1024);
    buf_add(&all, STR("timestamp,message\n"));
    for (int i = EVENTS; i > 0; i--)
        buf_printf(&all, "%lld,number %d of a message with some words in it to take up room\n",
                   (long long)T0 + i, i);
    assert_false(all.full);
    capture_bytes(&c, "newest.csv", all.at, all.len);
    assert_true(c.done);
    assert_int_equal(c.count, EVENTS);
    for (size_t i = 1; i < EVENTS; i++)
        back += c.events[i].unix_ms < c.events[i - 1].unix_ms;
    assert_int_equal(back, 1);
    assert_int_equal(c.troubles, 1);
    assert_int_equal(c.trouble[0].code, ERR_CEILING);
    buf_release(&all);
    capture_release(&c);
}

/* The end of an event shows only in what follows it, also where a block ends there. */
static void text_output_reads_the_same_across_blocks(void **state)
{
    struct capture c = {0};
    struct buf all;
    size_t count = 0;
    (void)state;
    buf_init(&all, 8 * 1024 * 1024);
    for (; all.len < 3 * 1024 * 1024; count++)
        buf_printf(&all, "EVENTS\t1795528918151\tnumber %zu%s\t%lld\n", count, count % 3 ? "\n" : "",
                   (long long)T0 + (long long)count);
    capture_bytes(&c, "output.txt", all.at, all.len);
    assert_false(c.failed);
    assert_int_equal(c.troubles, 0);
    assert_int_equal(c.count, count);
    for (size_t i = 0; i < count; i++) {
        char want[32];
        snprintf(want, sizeof want, "number %zu", i);
        assert_string_equal(c.events[i].message, want);
        assert_true(c.events[i].unix_ms == T0 + (int64_t)i);
    }
    buf_release(&all);
    capture_release(&c);
}

static void text_output_that_is_cut_short_is_read_and_told(void **state)
{
    static const char cut[] = "EVENTS\t1795528918151\tone\n\t1795528918101\nEVENTS\t1795528918152\ttwo\nthree";
    struct capture c = {0};
    (void)state;
    capture_bytes(&c, "cut.txt", cut, sizeof cut - 1);
    assert_false(c.failed);
    assert_int_equal(c.troubles, 1);
    assert_int_equal(c.trouble[0].code, ERR_INPUT_PARTIAL);
    assert_int_equal(c.count, 3);
    assert_string_equal(c.events[1].message, "two");
    assert_string_equal(c.events[2].message, "three");
    capture_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_form_is_read_as_what_it_is),
        cmocka_unit_test(a_form_reads_the_same_across_blocks),
        cmocka_unit_test(what_is_too_large_to_turn_is_turned_in_parts),
        cmocka_unit_test(text_output_reads_the_same_across_blocks),
        cmocka_unit_test(text_output_that_is_cut_short_is_read_and_told),
        cmocka_unit_test(an_answer_larger_than_a_block_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
