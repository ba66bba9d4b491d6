/* One line, as the model reads it: runs lie inside the line, numbers are absent or not negative. */
#include "tests/fuzz/fuzz.h"

#include "src/model/line.h"
#include "src/model/report.h"

static void check_run(struct str line, struct str run)
{
    FUZZ_CHECK(run.len == 0 || (run.at >= line.at && run.at + run.len <= line.at + line.len));
}

static void check_report(struct str line, const struct report *r)
{
    const struct str runs[] = {r->request_id, r->status, r->error_type,
                               r->phase,      r->trace_id, r->segment_id};
    const int64_t numbers[] = {r->duration_ns,       r->init_ns,   r->restore_ns,
                               r->billed_ms,         r->memory_mb, r->memory_used_mb,
                               r->billed_restore_ms, r->timeout_ms};
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
        check_run(line, runs[i]);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        FUZZ_CHECK(numbers[i] == ABSENT || numbers[i] >= 0);
    FUZZ_CHECK(r->sampled == ABSENT || r->sampled == 0 || r->sampled == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct str line = FUZZ_TEXT(bytes, len), rest = line;
    struct report report;
    struct line_head head;
    char room[300];
    int64_t number;
    enum line_kind kind = line_kind(line);
    FUZZ_CHECK(kind >= LINE_APP && kind <= LINE_UNPARSED);
    report_clear(&report);
    if (report_parse(line, &report))
        check_report(line, &report);
    line_head_read(line, &head);
    check_run(line, head.rest);
    check_run(line, head.id);
    struct str clean = line_clean(line, room, sizeof room);
    FUZZ_CHECK(clean.at == line.at || clean.len <= sizeof room || clean.len <= line.len);
    if (line_take_number(&rest, (unsigned)(len % 7), len % 2, &number))
        FUZZ_CHECK(number >= 0 && rest.len < line.len);
    line_is_uuid(line);
    line_level(line);
    return 0;
}
