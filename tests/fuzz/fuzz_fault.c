/* An answer of any kind: `status LF headers LF LF body`. It is judged, and the sentence says
 * something exactly where it is no success; no byte of it acts on a terminal. */
#include "tests/fuzz/fuzz.h"

#include "src/aws/fault.h"
#include "src/aws/retry.h"
#include "src/aws/skew.h"
#include "src/base/utf8.h"

static void check_text(const char *text, size_t size)
{
    struct str rest = {text, strnlen(text, size)};
    FUZZ_CHECK(rest.len < size);
    while (rest.len > 0) {
        uint32_t code;
        rest = str_from(rest, utf8_decode(rest, &code));
        FUZZ_CHECK(code != UTF8_BAD && code >= ' ' && code != 0x7F &&
                   !(code >= 0x80 && code < 0xA0));
    }
}

static struct str take_headers(struct str *rest)
{
    size_t end = str_find(*rest, STR("\n\n"));
    struct str headers = str_first(*rest, end);
    *rest = end == SIZE_MAX ? STR_NONE : str_from(*rest, end + 2);
    return headers;
}

static void check(const struct http_answer *answer, enum service_id service)
{
    struct call call = {
        .service = service, .operation = "Ask", .resource = "this", .permission = "a:Ask"};
    struct fault fault;
    struct err err = {0};
    fault_read(answer, service, &fault);
    const struct fault_about about = {.call = &call,
                                      .host = "host",
                                      .profile = "p",
                                      .source = "sso",
                                      .region = "r",
                                      .location = "",
                                      .status = answer->status,
                                      .attempts = 3,
                                      .skew_ms = 300000};
    fault_explain(&fault, &about, &err);
    check_text(fault.code, sizeof fault.code);
    check_text(fault.message, sizeof fault.message);
    check_text(fault.request_id, sizeof fault.request_id);
    check_text(err.text, sizeof err.text);
    check_text(err.hint, sizeof err.hint);
    FUZZ_CHECK((fault.class == FAULT_NONE) == (err.code == ERR_NONE));
    FUZZ_CHECK((fault.class == FAULT_NONE) == (fault_kind(fault.class) == ANSWER_DONE));
    FUZZ_CHECK(fault.class != FAULT_NONE || (answer->status >= 200 && answer->status < 300));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct str rest = FUZZ_TEXT(bytes, len), line = str_take_until(&rest, '\n');
    uint64_t status;
    struct http_answer answer = {.status = str_to_u64(line, 999, &status) ? (int)status : 400};
    answer.headers = take_headers(&rest);
    answer.body = rest;
    check(&answer, SERVICE_LOGS);
    check(&answer, SERVICE_S3);
    int64_t delay_ms = retry_delay_ms(3, (uint32_t)len << 24, retry_read_hint(&answer)),
            skew_ms = 0;
    FUZZ_CHECK(delay_ms >= 0 && delay_ms <= 25000);
    answer.sent_unix_ms = answer.received_unix_ms = 1767225600000;
    if (skew_learn(&answer, &skew_ms))
        FUZZ_CHECK(skew_ms > -(int64_t)60 * 365 * 86400000 &&
                   skew_ms < (int64_t)8100 * 366 * 86400000);
    return 0;
}
