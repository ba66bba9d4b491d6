#include "src/aws/metrics.h"

#include "src/base/jsonout.h"

#include <stdio.h>

/* Values are sums over periods, added up here as thousandths: the service writes them as JSON
 * numbers with fractions and exponents (`1.767E9`), which never become floating point. A query's
 * id is `f` FUNCTION `m` METRIC, the function as its place in what was asked. */

#define MINUTE_MS 60000
#define PERIODS 60 /* at most about so many values a figure */
#define SUM_MOST (INT64_MAX / 4)

static const struct {
    const char *name;
} metric_names[METRIC_COUNT] = {
    [METRIC_INVOCATIONS] = {"Invocations"},
    [METRIC_ERRORS] = {"Errors"},
    [METRIC_THROTTLES] = {"Throttles"},
    [METRIC_DURATION] = {"Duration"},
};

/* ---- the question ---- */

/* Whole minutes; the service wants multiples of 5 and 60 minutes for times long ago. */
static int64_t period_s(int64_t span_ms)
{
    int64_t minutes = span_ms / PERIODS / MINUTE_MS;
    if (minutes < 1)
        return 60;
    return minutes < 60 ? (minutes + 4) / 5 * 300 : (minutes + 59) / 60 * 3600;
}

static void put_pair(struct jsonout *j, const char *key, const char *value)
{
    jsonout_key(j, key);
    jsonout_str(j, str_of(value));
}

static void put_metric(struct jsonout *j, const char *function, enum metric metric)
{
    jsonout_key(j, "Metric");
    jsonout_open(j, '{');
    put_pair(j, "Namespace", "AWS/Lambda");
    put_pair(j, "MetricName", metric_names[metric].name);
    jsonout_key(j, "Dimensions");
    jsonout_open(j, '[');
    jsonout_open(j, '{');
    put_pair(j, "Name", "FunctionName");
    put_pair(j, "Value", function);
    jsonout_close(j, '}');
    jsonout_close(j, ']');
    jsonout_close(j, '}');
}

static void put_query(struct jsonout *j, size_t number, const char *function, enum metric metric,
                      int64_t period)
{
    char id[32];
    snprintf(id, sizeof id, "f%zum%d", number, (int)metric);
    jsonout_open(j, '{');
    put_pair(j, "Id", id);
    jsonout_key(j, "MetricStat");
    jsonout_open(j, '{');
    put_metric(j, function, metric);
    jsonout_key(j, "Period");
    jsonout_i64(j, period);
    put_pair(j, "Stat", "Sum");
    jsonout_close(j, '}');
    jsonout_close(j, '}');
}

void metrics_ask(struct call *out, const struct function *functions, size_t count,
                 int64_t since_unix_ms, int64_t until_unix_ms, const char *token)
{
    struct jsonout j;
    call_init(out, SERVICE_METRICS, "GetMetricData", "AWS/Lambda");
    snprintf(out->extra[0], sizeof out->extra[0], "x-amzn-query-mode: true");
    buf_add_char(&out->path, '/');
    jsonout_init(&j, &out->body);
    jsonout_open(&j, '{');
    jsonout_key(&j, "MetricDataQueries");
    jsonout_open(&j, '[');
    for (size_t i = 0; i < count && i < METRICS_FUNCTIONS; i++)
        for (unsigned m = 0; m < METRIC_COUNT; m++)
            put_query(&j, i, functions[i].name, m, period_s(until_unix_ms - since_unix_ms));
    jsonout_close(&j, ']');
    jsonout_key(&j, "StartTime");
    jsonout_i64(&j, since_unix_ms / MINUTE_MS * 60);
    jsonout_key(&j, "EndTime");
    jsonout_i64(&j, (until_unix_ms + MINUTE_MS - 1) / MINUTE_MS * 60);
    if (token && token[0])
        put_pair(&j, "NextToken", token);
    jsonout_close(&j, '}');
}

/* ---- the answer ---- */

/* Digits with a point and an exponent, as thousandths; what is beyond the ceiling is it. */
static int64_t to_milli(struct str raw)
{
    int64_t value = 0, exponent = 3;
    bool negative = str_skip(&raw, STR("-")), point = false;
    for (; raw.len > 0 && (raw.at[0] == '.' || (raw.at[0] >= '0' && raw.at[0] <= '9'));
         raw = str_from(raw, 1)) {
        if (raw.at[0] == '.') {
            point = true;
        } else if (value < SUM_MOST / 10 - 9) {
            value = value * 10 + (raw.at[0] - '0');
            exponent -= point;
        } else {
            exponent += !point;
        }
    }
    uint64_t more = 0;
    if (str_skip(&raw, STR("E")) || str_skip(&raw, STR("e"))) {
        bool down = str_skip(&raw, STR("-"));
        (void)(down || str_skip(&raw, STR("+")));
        (void)(str_to_u64(raw, 999, &more) || (more = 999));
        exponent += down ? -(int64_t)more : (int64_t)more;
    }
    for (; exponent > 0 && value > 0; exponent--)
        value = value < SUM_MOST / 10 ? value * 10 : SUM_MOST;
    for (; exponent < 0 && value > 0; exponent++)
        value /= 10;
    return negative ? 0 : value; /* none of these figures is negative */
}

static int64_t sum_values(struct jscan *j)
{
    int64_t sum = 0;
    struct str raw;
    if (!jscan_array(j))
        return 0;
    while (jscan_element(j)) {
        if (!jscan_number(j, &raw))
            continue;
        int64_t value = to_milli(raw);
        sum = value < SUM_MOST - sum ? sum + value : SUM_MOST;
    }
    return sum;
}

/* `f12m3` */
static bool read_id(struct str id, size_t count, size_t *function, size_t *metric)
{
    uint64_t f, m;
    if (!str_skip(&id, STR("f")))
        return false;
    struct str first = str_take_until(&id, 'm');
    if (!str_to_u64(first, count ? count - 1 : 0, &f) || !str_to_u64(id, METRIC_COUNT - 1, &m))
        return false;
    *function = (size_t)f;
    *metric = (size_t)m;
    return count > 0;
}

static void take_result(struct jscan *j, struct metrics_sums *sums, size_t count, bool *partly)
{
    struct str key, id = STR_NONE, status = STR_NONE;
    int64_t sum = 0;
    size_t f, m;
    if (!jscan_object(j))
        return;
    while (jscan_key(j, &key)) {
        if (str_eq(key, STR("Id")))
            (void)jscan_raw_string(j, &id);
        else if (str_eq(key, STR("StatusCode")))
            (void)jscan_raw_string(j, &status);
        else if (str_eq(key, STR("Values")))
            sum = sum_values(j);
    }
    bool refused = str_eq(status, STR("InternalError")) || str_eq(status, STR("Forbidden"));
    *partly |= refused || str_eq(status, STR("PartialData"));
    if (refused || !read_id(id, count, &f, &m))
        return;
    sums[f].known[m] = true;
    sums[f].milli[m] = sum < SUM_MOST - sums[f].milli[m] ? sums[f].milli[m] + sum : SUM_MOST;
}

static void take_token(struct jscan *j, char *next_token, size_t size)
{
    struct buf room;
    struct str token;
    buf_init(&room, size);
    if (jscan_string(j, &room, &token))
        str_copy(next_token, size, token);
    buf_release(&room);
}

bool metrics_decode(struct str body, struct metrics_sums *sums, size_t count, char *next_token,
                    size_t size, bool *partly, struct err *err)
{
    struct jscan j;
    struct str key;
    bool listed = false;
    next_token[0] = '\0';
    jscan_init(&j, body);
    if (!jscan_object(&j))
        return err_set(err, ERR_INPUT_FORMAT, "reading GetMetricData: no JSON object");
    while (jscan_key(&j, &key)) {
        if (str_eq(key, STR("NextToken")))
            take_token(&j, next_token, size);
        if (!str_eq(key, STR("MetricDataResults")) || !jscan_array(&j))
            continue;
        listed = true;
        while (jscan_element(&j))
            take_result(&j, sums, count, partly);
    }
    if (j.failed || !listed)
        return err_set(err, ERR_INPUT_FORMAT, "reading GetMetricData: %s",
                       j.failed ? "no whole JSON" : "MetricDataResults: not set");
    return true;
}

void metrics_to_function(const struct metrics_sums *sums, int64_t since_unix_ms,
                         int64_t until_unix_ms, struct function_metrics *out)
{
    int64_t *const counts[] = {&out->invocations, &out->errors, &out->throttles};
    *out = (struct function_metrics){since_unix_ms, until_unix_ms, ABSENT, ABSENT, ABSENT, ABSENT};
    for (size_t m = 0; m < sizeof counts / sizeof *counts; m++)
        if (sums->known[m])
            *counts[m] = sums->milli[m] / 1000;
    if (sums->known[METRIC_DURATION] && out->invocations > 0) /* milli: thousandths of ms are us */
        out->duration_us = sums->milli[METRIC_DURATION] / out->invocations;
}
