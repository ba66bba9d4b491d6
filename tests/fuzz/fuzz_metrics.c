/* Answers of GetMetricData: sums stay within their ceiling, and none belongs to a function that
 * was not asked for. */
#include "tests/fuzz/fuzz.h"

#include "src/aws/metrics.h"

#define ASKED 3

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct metrics_sums sums[ASKED + 1] = {0};
    struct function_metrics figures;
    struct err err = {0};
    char token[32];
    bool partly = false;
    bool good =
        metrics_decode(FUZZ_TEXT(bytes, len), sums, ASKED, token, sizeof token, &partly, &err);
    FUZZ_CHECK(good == (err.code == ERR_NONE));
    FUZZ_CHECK(strlen(token) < sizeof token);
    for (size_t i = 0; i <= ASKED; i++) {
        metrics_to_function(&sums[i], 0, 1, &figures);
        FUZZ_CHECK(figures.invocations >= ABSENT && figures.duration_us >= ABSENT);
        for (unsigned m = 0; m < METRIC_COUNT; m++)
            FUZZ_CHECK(sums[i].milli[m] >= 0 && (i < ASKED || !sums[i].known[m]));
    }
    return 0;
}
