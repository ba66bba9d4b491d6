/* Answers of CloudWatch Logs: reading ends, and what is handed over is borrowed from the answer
 * or from the text that it was decoded into. */
#include "tests/fuzz/fuzz.h"

#include "src/aws/logs.h"

static void check_run(struct str body, const struct buf *text, struct str run)
{
    bool in_body = run.at >= body.at && run.at + run.len <= body.at + body.len;
    bool in_text = text->at && run.at >= text->at && run.at + run.len <= text->at + text->len;
    FUZZ_CHECK(run.len == 0 || in_body || in_text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct str body = FUZZ_TEXT(bytes, len);
    struct buf text;
    struct logs_page page;
    struct event event = logs_no_event();
    size_t events = 0, item_len;
    buf_init(&text, 3 * len + 1);
    logs_page_init(&page, body, &text);
    while (logs_page_next(&page, &event)) {
        FUZZ_CHECK(++events <= len);
        check_run(body, &text, event.message);
        check_run(body, &text, event.log_stream);
    }
    check_run(body, &text, page.next_token);
    buf_clear(&text);
    FUZZ_CHECK(buf_reserve(&text, 3 * len) != NULL); /* as its caller must */
    if (len > 0 && !strchr(" \t\r\n", bytes[0])) {
        enum logs_item item = logs_read_item(body, &text, &event, &item_len);
        if (item == LOGS_EVENT || item == LOGS_OTHER)
            FUZZ_CHECK(item_len > 0 && item_len <= len);
    }
    FUZZ_CHECK(logs_find_next(body) <= len);
    struct str rest = body, group = str_take_until(&rest, '\n');
    logs_function_of(group, rest);
    buf_release(&text);
    return 0;
}
