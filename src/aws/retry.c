#include "src/aws/retry.h"

#include "src/aws/skew.h"

#define MOST_MS 20000
#define HINT_MOST_MS 5000
#define COST 5u
#define COST_TIMEOUT 10u
#define NUMBER_MOST ((uint64_t)1000 * 1000 * 1000 * 1000) /* more is clamped all the same */

bool retry_take(struct retry_bucket *bucket, enum retry_why why, unsigned *cost)
{
    unsigned price = why == RETRY_TIMEOUT ? COST_TIMEOUT : COST;
    if (bucket->spent + price > RETRY_TOKENS)
        return false;
    bucket->spent += price;
    *cost = price;
    return true;
}

void retry_give_back(struct retry_bucket *bucket, unsigned cost)
{
    unsigned back = cost ? cost : 1;
    bucket->spent -= back < bucket->spent ? back : bucket->spent;
}

static int64_t number_of(struct str text, int64_t unit_ms)
{
    uint64_t number;
    return str_to_u64(text, NUMBER_MOST, &number) ? (int64_t)number * unit_ms : TIME_NONE;
}

struct retry_hint retry_read_hint(const struct http_answer *answer)
{
    struct str after = http_header(answer, "retry-after");
    struct retry_hint hint = {number_of(http_header(answer, "x-amz-retry-after"), 1),
                              number_of(after, 1000)};
    int64_t until, date;
    if (hint.after_ms == TIME_NONE && skew_read_date(after, &until) &&
        skew_read_date(http_header(answer, "date"), &date) && until > date)
        hint.after_ms = until - date;
    return hint;
}

static int64_t clamp(int64_t value, int64_t least, int64_t most)
{
    return value < least ? least : value > most ? most : value;
}

int64_t retry_delay_ms(unsigned attempt, uint32_t random, struct retry_hint hint)
{
    int64_t ceiling_ms = attempt < 6 ? (int64_t)1000 << (attempt ? attempt - 1 : 0) : MOST_MS;
    int64_t delay_ms = (int64_t)(((uint64_t)clamp(ceiling_ms, 0, MOST_MS) * random) >> 32);
    if (hint.amz_ms != TIME_NONE)
        return clamp(hint.amz_ms, delay_ms, delay_ms + HINT_MOST_MS);
    if (hint.after_ms != TIME_NONE)
        return clamp(hint.after_ms, delay_ms, MOST_MS);
    return delay_ms;
}

/* splitmix64, public domain */
uint32_t retry_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (uint32_t)((z ^ (z >> 31)) >> 32);
}
