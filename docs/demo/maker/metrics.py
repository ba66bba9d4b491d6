"""CloudWatch's view: a GetMetricData request and its answer, one point a minute, newest first."""
from maker.dice import END_MS, START_MS
from maker.functions import FUNCTIONS

MINUTE_MS = 60_000
MINUTES = range(START_MS, END_MS, MINUTE_MS)


def by_minute(attempts, value_of):
    """Values of the attempts that began in each minute; minutes without any have no point."""
    points = {}
    for a in attempts:
        if START_MS <= a.start_ms < END_MS:
            points.setdefault(a.start_ms // MINUTE_MS * MINUTE_MS, []).append(value_of(a))
    return points


def p95(values):
    ordered = sorted(values)
    return ordered[(len(ordered) * 95 + 99) // 100 - 1]


def total(values):
    return float(sum(values))


def concurrency(attempts):
    points = {}
    for minute in MINUTES:
        running = [a for a in attempts if a.start_ms < minute + MINUTE_MS and a.end_ms >= minute]
        edges = [a.start_ms for a in running]
        if edges:
            points[minute] = [max(sum(b.start_ms <= ms <= b.end_ms for b in running) for ms in edges)]
    return points


def lambda_metrics(f, attempts):
    ended = [a for a in attempts if a.end_ms < END_MS]
    yield "Invocations", "Sum", by_minute(attempts, lambda a: 1), total
    yield "Errors", "Sum", by_minute(ended, lambda a: int(a.failed)), total
    yield "Throttles", "Sum", by_minute(attempts, lambda a: 0), total
    yield "Duration", "p95", by_minute(ended, lambda a: a.duration_us / 1000), p95
    yield "ConcurrentExecutions", "Maximum", concurrency(attempts), total
    if f.trigger == "async":
        yield "AsyncEventsDropped", "Sum", by_minute(attempts, lambda a: 0), total


def put_throttles(attempts):
    """WriteThrottleEvents of results-table: what the retries of PutItem ran into."""
    points = {minute: [0] for minute in MINUTES}
    for a in attempts:
        for call in a.plan.calls:
            if call.throttle and call.operation == "PutItem":
                for n in range(call.retries + 1):
                    ms = a.start_ms + call.offset_ms + n * call.ms // (call.retries + 1)
                    if ms < END_MS:
                        points[ms // MINUTE_MS * MINUTE_MS].append(1)
    return points


class Answer:
    def __init__(self):
        self.queries, self.results = [], []

    def add(self, namespace, metric, dimension, stat, points, reduce):
        ident = f"m{len(self.queries)}"
        self.queries.append({"Id": ident, "ReturnData": True, "MetricStat": {
            "Metric": {"Namespace": namespace, "MetricName": metric,
                       "Dimensions": [{"Name": dimension[0], "Value": dimension[1]}]},
            "Period": 60, "Stat": stat}})
        minutes = sorted(points, reverse=True)
        self.results.append({"Id": ident, "Label": f"{dimension[1]} {metric}",
                             "Timestamps": [ms // 1000 for ms in minutes],
                             "Values": [reduce(points[ms]) for ms in minutes], "StatusCode": "Complete"})


def metrics_json(attempts):
    answer = Answer()
    for f in FUNCTIONS:
        own = [a for a in attempts if a.function is f]
        for metric, stat, points, reduce in lambda_metrics(f, own):
            answer.add("AWS/Lambda", metric, ("FunctionName", f.name), stat, points, reduce)
    table = ("TableName", "results-table")
    answer.add("AWS/DynamoDB", "WriteThrottleEvents", table, "Sum", put_throttles(attempts), total)
    return {"MetricDataQueries": answer.queries, "StartTime": START_MS // 1000, "EndTime": END_MS // 1000,
            "MetricDataResults": answer.results, "Messages": []}
