"""X-Ray documents as Lambda and its SDK write them, in a BatchGetTraces answer."""
import json
from dataclasses import dataclass

from maker.dice import END_MS
from maker.functions import ACCOUNT, REGION


@dataclass
class Call:
    """One call of a handler to another service; times are offsets from START."""
    service: str
    operation: str
    offset_ms: int
    ms: int
    target: dict
    retries: int = 0
    throttle: bool = False
    status: int = 200
    exception: str = None


def seconds(ms):
    return ms / 1000


def cut(document, start_ms, end_ms):
    """Times of a segment; what had not ended when the case was recorded is in progress."""
    document["start_time"] = seconds(start_ms)
    if end_ms < END_MS:
        document["end_time"] = seconds(end_ms)
    else:
        document["in_progress"] = True
    return document


def sdk_subsegment(a, call, dice):
    start_ms = a.start_ms + call.offset_ms
    segment = cut({"id": dice.hex(16), "name": call.service}, start_ms, start_ms + call.ms)
    segment["namespace"] = "aws"
    segment["aws"] = {"operation": call.operation, "region": REGION, "request_id": dice.hex(52).upper(),
                      "retries": call.retries, **call.target}
    if "in_progress" not in segment:
        segment["http"] = {"response": {"status": call.status}}
    if call.throttle:
        segment.update(throttle=True, error=True)
    if call.exception:
        segment["cause"] = {"working_directory": "/var/task", "exceptions": [
            {"id": dice.hex(16), "type": call.exception, "remote": True,
             "message": "throttled by the service", "truncated": 0}]}
    return segment


def initialization(a, dice):
    """Lies before the START, and so before the segment that holds it."""
    start_ms = a.start_ms - a.init_us // 1000
    return {"id": dice.hex(16), "name": "Initialization", "start_time": seconds(start_ms),
            "end_time": seconds(a.start_ms - 1), "aws": {"function_arn": a.function.arn}}


def service_segment(a):
    f = a.function
    segment = {"id": a.parent_id, "name": f.name}
    cut(segment, a.start_ms - a.init_us // 1000 - 8, a.end_ms + 8)
    segment.update(trace_id=a.trace_id, http={"response": {"status": 200}}, origin="AWS::Lambda",
                   aws={"request_id": a.request_id}, resource_arn=f.arn)
    if a.failed:
        segment["fault"] = True
    return segment


def classic_segment(a, dice):
    """Initialization, Invocation and Overhead; calls lie inside Invocation."""
    f, arn = a.function, {"function_arn": a.function.arn}
    calls = [sdk_subsegment(a, c, dice) for c in a.plan.calls]
    invocation = cut({"id": dice.hex(16), "name": "Invocation"}, a.start_ms, a.end_ms)
    invocation.update(aws=arn, subsegments=calls)
    overhead = cut({"id": dice.hex(16), "name": "Overhead"}, a.end_ms, a.end_ms + 1)
    overhead["aws"] = arn
    parts = [overhead, invocation] + ([initialization(a, dice)] if a.init_us else [])
    segment = cut({"id": a.segment_id, "name": f.name}, a.start_ms, a.end_ms + 1)
    segment.update(trace_id=a.trace_id, parent_id=a.parent_id, origin="AWS::Lambda::Function",
                   aws={"account_id": ACCOUNT, "function_arn": f.arn, "resource_names": [f.name]},
                   subsegments=parts if "end_time" in segment else parts[1:])
    return finish(segment, a, dice)


def newer_segment(a, dice):
    """No Invocation; calls hang on the segment, latencies are annotations."""
    f = a.function
    segment = cut({"id": a.segment_id, "name": f.name}, a.start_ms, a.end_ms + 1)
    segment.update(
        trace_id=a.trace_id, parent_id=a.parent_id, origin="AWS::Lambda::Function",
        aws={"account_id": ACCOUNT, "function_arn": f.arn, "resource_names": [f.name],
             "cloudwatch_logs": [{"log_group": f.log_group}]},
        annotations={"aws:responseLatency": round((a.duration_us - 1200) / 1000, 3),
                     "aws:responseDuration": 0.071, "aws:runtimeOverhead": 0.402},
        subsegments=[cut({"id": dice.hex(16), "name": "Overhead"}, a.end_ms, a.end_ms + 1)]
        + ([initialization(a, dice)] if a.init_us else [])
        + [sdk_subsegment(a, c, dice) for c in a.plan.calls])
    return finish(segment, a, dice)


def finish(segment, a, dice):
    if a.failed:
        segment["fault"] = True
    if a.plan.error:
        segment["cause"] = {"working_directory": "/var/task", "exceptions": [
            {"id": dice.hex(16), "type": a.plan.error.kind, "message": a.plan.error.message}]}
    return segment


def gateway_segment(a, dice):
    """The caller traced it: API Gateway's segment comes first in the chain of parents."""
    segment = {"id": dice.hex(16), "name": "shop-api/prod", "trace_id": a.trace_id,
               "origin": "AWS::ApiGateway::Stage", "aws": {"api_id": "a1b2c3d4e5"},
               "http": {"request": {"method": "GET", "url": "https://api.example.com/orders"},
                        "response": {"status": 500 if a.failed else 200}}}
    return cut(segment, a.start_ms - 14, a.end_ms + 14)


def documents(a, dice):
    service = service_segment(a)
    layout = classic_segment if a.function.runtime == "python3.12" else newer_segment
    found = [layout(a, dice), service]
    if a.function.trigger == "sync" and a.function.json_logs:
        gateway = gateway_segment(a, dice)
        service["parent_id"] = gateway["id"]
        found.append(gateway)
    return found


def wanted(a, ordinal):
    """Each failure's trace, and one success in twelve to compare it with."""
    return bool(a.trace_id) and (a.failed or "slow" in a.plan.flags or ordinal % 12 == 0)


def traces_json(attempts, dice):
    by_root, unserved = {}, []
    for ordinal, a in enumerate(attempts):
        if wanted(a, ordinal) or a.trace_id in by_root:
            by_root.setdefault(a.trace_id, []).extend(documents(a, dice))
        elif a.trace_id and ordinal % 97 == 1:
            unserved.append(a.trace_id)
    traces = []
    for root, segments in by_root.items():
        starts = [s["start_time"] for s in segments]
        ends = [s.get("end_time", seconds(END_MS)) for s in segments]
        traces.append({"Id": root, "Duration": round(max(ends) - min(starts), 3), "LimitExceeded": False,
                       "Segments": [{"Id": s["id"], "Document": json.dumps(s, separators=(",", ":"))}
                                    for s in segments]})
    return {"Traces": traces, "UnprocessedTraceIds": unserved}
