/* The clock, by the cases of clock-skew-test-cases.json of awslabs/aws-sdk-rust
 * (sdk/aws-runtime/test-data, Apache-2.0), in its order: what each attempt is signed with, whether
 * there is another, and what the client holds for the clock's error afterwards. Times are seconds
 * after 2026-01-01T00:00:00Z. */
#include "tests/unit/client_bed.h"

struct attempt {
    int64_t sent_s, received_s, signed_s;
    int status;
    int64_t date_s;   /* of the answer; NO_DATE: it has none */
    const char *more; /* further header lines */
    const char *code;
};
#define NO_DATE INT64_MIN

struct operation {
    struct attempt attempts[2];
    unsigned count;
    int max_attempts; /* 0: 3 */
    bool success;
    int64_t skew_s;   /* held afterwards */
};

struct vector {
    const char *name;
    int64_t initial_s; /* held before */
    struct operation operations[2];
    unsigned count;
};

#define CACHED "Age: 17280\r\n"
#define DEFINITE "RequestTimeTooSkewed"
#define POSSIBLE "InvalidSignatureException"
#define AT_1651 60660 /* 16:51:00 */

static const struct vector vectors[] = {
    {"clocks agree", 0, {{{{0, 2, 0, 200, 1, "", ""}}, 1, 0, true, 0}}, 1},
    {"definite error, then success, kept for the next operation", 0,
     {{{{0, 2, 0, 403, 301, "", DEFINITE}, {2, 4, 302, 200, 303, "", ""}}, 2, 0, true, 300},
      {{{60, 62, 360, 200, 361, "", ""}}, 1, 0, true, 300}}, 2},
    {"no attempt left: recorded all the same", 0,
     {{{{0, 2, 0, 403, 301, "", DEFINITE}}, 1, 1, false, 300}}, 1},
    {"an answer of 16 minutes is not trusted", 0,
     {{{{0, 960, 0, 200, 600, "", ""}}, 1, 0, true, 0},
      {{{1020, 1022, 1020, 200, 1321, "", ""}}, 1, 0, true, 300}}, 2},
    {"a stale error is corrected by a success", 300,
     {{{{0, 2, 300, 200, 1, "", ""}}, 1, 0, true, 0}}, 1},
    {"possible error below the threshold: not asked again", 0,
     {{{{0, 2, 0, 400, 121, "", POSSIBLE}}, 1, 0, false, 120}}, 1},
    {"possible error above the threshold", 0,
     {{{{0, 2, 0, 400, 301, "", POSSIBLE}, {2, 4, 302, 200, 303, "", ""}}, 2, 0, true, 300}}, 1},
    {"no Date: no candidate", 0,
     {{{{0, 2, 0, 403, NO_DATE, "", DEFINITE}}, 1, 0, false, 0}}, 1},
    {"a cached answer teaches nothing", 0,
     {{{{AT_1651, AT_1651 + 2, AT_1651, 200, 43381, CACHED, ""}}, 1, 0, true, 0},
      {{{AT_1651 + 10, AT_1651 + 12, AT_1651 + 10, 200, AT_1651 + 311, "", ""}}, 1, 0, true, 300}}, 2},
    {"a cached answer spoils nothing", 0,
     {{{{AT_1651, AT_1651 + 2, AT_1651, 200, 43381, CACHED, ""}}, 1, 0, true, 0},
      {{{AT_1651 + 10, AT_1651 + 12, AT_1651 + 10, 200, AT_1651 + 11, "", ""}}, 1, 0, true, 0}}, 2},
};

/* ---- one attempt, as the server sees it ---- */

struct play {
    struct bed *bed;
    const struct operation *operation;
    unsigned asked;
    char reply[600];
};

static void http_date(int64_t second, char out[40])
{
    char iso[CLOCK_ISO_SIZE]; /* all of them are of the first of January, a Thursday */
    clock_iso(NOW_UNIX_MS + second * 1000, iso);
    snprintf(out, 40, "Thu, 01 Jan 2026 %.8s GMT", iso + 11);
}

static struct loopback_reply play_answer(void *ctx, struct str request)
{
    struct play *play = ctx;
    const struct attempt *attempt = &play->operation->attempts[play->asked < 2 ? play->asked : 1];
    char date[40] = "", line[80] = "", body[80] = "{}";
    if (play->asked < 2)
        str_copy(play->bed->requests[play->asked], sizeof play->bed->requests[0], request);
    play->asked++;
    now_ms = attempt->received_s * 1000;
    http_date(attempt->date_s == NO_DATE ? 0 : attempt->date_s, date);
    if (attempt->date_s != NO_DATE)
        snprintf(line, sizeof line, "Date: %s\r\n", date);
    if (attempt->code[0])
        snprintf(body, sizeof body, "{\"__type\":\"%s\"}", attempt->code);
    snprintf(play->reply, sizeof play->reply, "HTTP/1.1 %d X\r\n%s%sContent-Length: %zu\r\n\r\n%s",
             attempt->status, line, attempt->more, strlen(body), body);
    return (struct loopback_reply){str_of(play->reply), LOOPBACK_KEEP};
}

static void stamp_of(int64_t second, char out[20])
{
    char iso[CLOCK_ISO_SIZE];
    clock_iso(NOW_UNIX_MS + second * 1000, iso);
    snprintf(out, 20, "%.4s%.2s%.2sT%.2s%.2s%.2sZ", iso, iso + 5, iso + 8, iso + 11, iso + 14, iso + 17);
}

/* Connecting takes real milliseconds, so the error found is less by some of them. */
static void assert_signed_at(const struct bed *bed, unsigned request, int64_t second)
{
    char stamp[1024], expected[20], before[20];
    line_of(bed, request, "x-amz-date", stamp);
    stamp_of(second, expected);
    stamp_of(second - 1, before);
    if (strcmp(stamp, before) != 0)
        assert_string_equal(stamp, expected);
}

static void assert_skew(struct bed *bed, int64_t skew_s)
{
    struct client_state state;
    client_read_state(bed->client, &state);
    assert_true(llabs(state.skew_ms - skew_s * 1000) < 500);
}

static void play_operation(struct bed *bed, struct play *play, const struct operation *operation)
{
    struct got got;
    play->operation = operation;
    play->asked = 0;
    now_ms = operation->attempts[0].sent_s * 1000;
    bed->sdk.max_attempts = operation->max_attempts ? operation->max_attempts : 3;
    send_call(bed, &got, false);
    for (int i = 0; i < ROUNDS && got.times == 0; i++) { /* the server alone moves the clock */
        loopback_step(&bed->server);
        (void)client_step(bed->client, 2);
    }
    assert_int_equal(got.times, 1);
    assert_int_equal(play->asked, operation->count);
    assert_true((got.answer.kind == ANSWER_DONE) == operation->success);
    for (unsigned i = 0; i < operation->count; i++)
        assert_signed_at(bed, i, operation->attempts[i].signed_s);
    assert_skew(bed, operation->skew_s);
}

static void each_case_of_the_vectors(void **state)
{
    struct bed *bed = *state;
    static const struct operation prime = {{{0, 2, 0, 200, 301, "", ""}}, 1, 0, true, 300};
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        struct play play = {.bed = bed};
        print_message("%s\n", vectors[i].name);
        client_free(bed->client);
        bed->client = client_new(&bed->sdk, &bed->creds, bed->http);
        bed->server.answer = play_answer;
        bed->server.ctx = &play;
        if (vectors[i].initial_s)
            play_operation(bed, &play, &prime);
        for (unsigned k = 0; k < vectors[i].count; k++)
            play_operation(bed, &play, &vectors[i].operations[k]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_case_of_the_vectors, open_bed, close_bed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
