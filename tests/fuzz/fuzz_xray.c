/* Traces out of any bytes: refused with a reason, or spans in pre-order whose times are sane. */
#include "tests/fuzz/fuzz.h"

#include "src/aws/xray.h"

static bool check_trace(void *ctx, struct trace *t)
{
    (void)ctx;
    for (size_t i = 0; i < t->count; i++) {
        const struct span *s = &t->spans[i];
        FUZZ_CHECK(s->depth <= TRACE_DEPTH_MAX && s->end_of_tree > i && s->end_of_tree <= t->count);
        FUZZ_CHECK(s->parent == SPAN_NONE ? s->depth == 0
                                          : s->parent < i && i < t->spans[s->parent].end_of_tree &&
                                                s->depth == t->spans[s->parent].depth + 1);
        FUZZ_CHECK(s->start_us >= 0 && (s->end_us == ABSENT || s->end_us >= s->start_us));
        FUZZ_CHECK(s->end_us == ABSENT ||
                   (s->self_us >= 0 && s->self_us <= s->end_us - s->start_us));
        FUZZ_CHECK(s->share_millionths == ABSENT ||
                   (s->share_millionths >= 0 && s->share_millionths <= 1000000));
        FUZZ_CHECK(s->end_us == ABSENT || s->end_us <= t->duration_us);
    }
    for (size_t i = 0; i < t->gap_count; i++)
        FUZZ_CHECK(t->gaps[i].start_us < t->gaps[i].end_us && t->gaps[i].end_us <= t->duration_us);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct err err = {0};
    if (!xray_decode_traces(FUZZ_TEXT(bytes, len), STR_NONE, check_trace, NULL, &err))
        FUZZ_CHECK(err.code != ERR_NONE && err.text[0]);
    return 0;
}
