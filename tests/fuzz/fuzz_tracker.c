/* Lines of several streams: each invocation gets one final verdict, and what a verdict says
 * lies inside its own text. The first byte of a line chooses its stream. */
#include "tests/fuzz/fuzz.h"

#include "src/model/tracker.h"

#define SEQS_MOST 65536

struct seen {
    unsigned char final[SEQS_MOST];
};

static void check_texts(const struct invocation *inv)
{
    const struct text_ref refs[] = {
        inv->function,         inv->log_group,      inv->log_stream,       inv->request_id,
        inv->status,           inv->error_type,     inv->trace_id,         inv->exception_type,
        inv->exception_message, inv->exception_location, inv->denial_principal, inv->denial_action,
        inv->denial_resource,  inv->denial_reason,  inv->last_text,        inv->signature_text};
    FUZZ_CHECK(inv->text_len <= INVOCATION_TEXT);
    for (size_t i = 0; i < sizeof refs / sizeof *refs; i++)
        FUZZ_CHECK(refs[i].at + refs[i].len <= inv->text_len);
    FUZZ_CHECK(inv->evidence_count <= INVOCATION_EVIDENCE);
    for (size_t i = 0; i < inv->evidence_count; i++) {
        FUZZ_CHECK(inv->evidence[i].text.at + inv->evidence[i].text.len <= inv->text_len);
        FUZZ_CHECK(inv->evidence[i].fact < FACT_COUNT);
    }
}

static void check_numbers(const struct invocation *inv)
{
    const int64_t numbers[] = {inv->duration_ns, inv->init_ns,        inv->restore_ns,
                               inv->billed_ms,   inv->memory_mb,      inv->memory_used_mb,
                               inv->timeout_ms,  inv->last_line_gap_ns};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        FUZZ_CHECK(numbers[i] >= ABSENT);
    FUZZ_CHECK(inv->class <= FAILURE_NONE);
    FUZZ_CHECK(inv->candidate_count <= INVOCATION_CANDIDATES);
    FUZZ_CHECK(inv->confidence <= CONFIDENCE_CERTAIN);
}

static void on_verdict(void *ctx, const struct invocation *inv)
{
    struct seen *seen = ctx;
    struct buf text;
    FUZZ_CHECK(inv->seq > 0);
    check_texts(inv);
    check_numbers(inv);
    buf_init(&text, 8192);
    invocation_check(inv, &text);
    invocation_fix(inv, &text);
    size_t tag_len = strlen(invocation_tag(inv, true));
    FUZZ_CHECK(tag_len == 2 || tag_len == 3); /* OK, TMO */
    buf_release(&text);
    if (inv->seq >= SEQS_MOST)
        return;
    FUZZ_CHECK(!seen->final[inv->seq]);
    seen->final[inv->seq] = inv->final;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const char *const streams[] = {"2026/11/24/[$LATEST]aa", "2026/11/24/[1]bb", ""};
    struct str rest = FUZZ_TEXT(bytes, len);
    struct seen *seen = calloc(1, sizeof *seen);
    struct tracker_options options = {.provisional = len % 2, .hold = (uint32_t)(len % 3)};
    struct tracker_sink sink = {.ctx = seen, .verdict = on_verdict};
    FUZZ_CHECK(seen != NULL);
    struct tracker *t = tracker_new(&options, &sink);
    for (uint64_t line = 1; rest.len > 0; line++) {
        struct str text = str_take_until(&rest, '\n');
        unsigned choice = text.len ? (unsigned char)text.at[0] % 3u : 0;
        struct event event = {.function = STR("pay"), .log_group = STR("/aws/lambda/pay"),
                              .log_stream = str_of(streams[choice]), .id = STR_NONE,
                              .message = text, .unix_ms = INT64_C(1795528918101) + (int64_t)line,
                              .ingestion_ms = TIME_NONE, .line = line};
        tracker_add(t, &event);
        if (line % 16 == 0)
            tracker_settle(t, event.unix_ms, 3);
    }
    tracker_finish(t);
    tracker_free(t);
    free(seen);
    return 0;
}
