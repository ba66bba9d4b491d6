"""The bytes of a log event as the platform and the runtimes write them."""
import json

from maker.dice import iso_ms, iso_s, ms2, ms3, utc
from maker.functions import ACCOUNT, REGION

NBSP = "\u00a0"
RUNTIME_VERSIONS = {
    "python3.12": "python:3.12.mainlinev2.v43", "python3.13": "python:3.13.v64",
    "nodejs20.x": "nodejs:20.v88", "nodejs22.x": "nodejs:22.v52", "java21": "java:21.v53",
    "dotnet8": "dotnet:8.v49", "provided.al2023": "provided:al2023.v110",
}


def tight(value):
    return json.dumps(value, separators=(",", ":"))


def family(runtime):
    return next(f for f in ("python", "node", "java", "dotnet", "provided") if runtime.startswith(f))


class Error:
    """What a handler did not catch."""

    def __init__(self, kind, message, frames, fields=None, inner=None):
        self.kind, self.message = kind, message
        self.frames = frames  # (file, line, function, code) or ready lines, by runtime
        self.fields, self.inner = fields or {}, inner


# ---- the platform, text format

def start(request_id):
    return f"START RequestId: {request_id} Version: $LATEST\n"


def end(request_id):
    return f"END RequestId: {request_id}\n"


def init_start(runtime, arn_hex):
    return (f"INIT_START Runtime Version: {RUNTIME_VERSIONS[runtime]}\tRuntime Version ARN: "
            f"arn:aws:lambda:{REGION}::runtime:{arn_hex}\n")


def init_report(us, phase, status, error_type=None):
    tail = f"\tError Type: {error_type}" if error_type else ""
    return f"INIT_REPORT Init Duration: {ms2(us)} ms\tPhase: {phase}\tStatus: {status}{tail}\n"


def report(a):
    """`a` is an attempt (engine.py). The XRAY line is the second line of the same event."""
    text = (f"REPORT RequestId: {a.request_id}\tDuration: {ms2(a.duration_us)} ms"
            f"\tBilled Duration: {a.billed_ms} ms\tMemory Size: {a.function.memory_mb} MB"
            f"\tMax Memory Used: {a.memory_mb} MB\t")
    if a.init_us:
        text += f"Init Duration: {ms2(a.init_us)} ms\t"
    if a.status:
        text += f"Status: {a.status}"
        text += f"\tError Type: {a.error_type}" if a.error_type else ""
    text += "\n"
    if a.trace_id and not a.function.json_logs:
        text += f"XRAY TraceId: {a.trace_id}\tSegmentId: {a.segment_id}\tSampled: true\t\n"
    return text


def timed_out(ms, request_id, us):
    return f"{iso_ms(ms)} {request_id} Task timed out after {ms2(us // 1000)} seconds\n"


def died(request_id, how):
    return f"RequestId: {request_id} Error: Runtime exited with error: {how}\nRuntime.ExitError\n"


# ---- the platform, JSON format

def platform(ms, kind, record):
    return tight({"time": iso_ms(ms), "type": "platform." + kind, "record": record})


def tracing(a):
    return {"spanId": a.segment_id, "type": "X-Amzn-Trace-Id",
            "value": f"Root={a.trace_id};Parent={a.parent_id};Sampled=1"}


def start_json(a):
    record = {"requestId": a.request_id, "version": "$LATEST"}
    if a.trace_id:
        record["tracing"] = tracing(a)
    return platform(a.start_ms, "start", record)


def runtime_done_json(a):
    record = {"requestId": a.request_id, "status": a.status or "success"}
    if a.error_type:
        record["errorType"] = a.error_type
    began = iso_ms(a.start_ms)
    record["spans"] = [{"name": "responseLatency", "start": began, "durationMs": ms3(a.duration_us - 700)},
                       {"name": "responseDuration", "start": iso_ms(a.end_ms), "durationMs": 0.062}]
    record["metrics"] = {"durationMs": ms3(a.duration_us - 500), "producedBytes": 94}
    return platform(a.end_ms, "runtimeDone", record)


def report_json(a):
    metrics = {"durationMs": ms3(a.duration_us), "billedDurationMs": a.billed_ms,
               "memorySizeMB": a.function.memory_mb, "maxMemoryUsedMB": a.memory_mb}
    if a.init_us:
        metrics["initDurationMs"] = ms3(a.init_us)
    record = {"requestId": a.request_id, "metrics": metrics, "status": a.status or "success"}
    if a.error_type:
        record["errorType"] = a.error_type
    if a.trace_id:
        record["tracing"] = tracing(a)
    return platform(a.end_ms, "report", record)


def init_start_json(f, ms, arn_hex, instance):
    return platform(ms, "initStart", {
        "initializationType": "on-demand", "phase": "init",
        "runtimeVersion": RUNTIME_VERSIONS[f.runtime],
        "runtimeVersionArn": f"arn:aws:lambda:{REGION}::runtime:{arn_hex}",
        "functionName": f.name, "functionArn": f.arn, "functionVersion": "$LATEST",
        "instanceId": instance, "instanceMaxMemory": f.memory_mb * 1048576})


# ---- what the function's own code writes

def say(f, ms, request_id, level, text):
    """One line of the function's logger."""
    if f.json_logs and family(f.runtime) == "python":
        return json.dumps({"timestamp": iso_s(ms), "level": level, "message": text,
                           "logger": "root", "requestId": request_id}) + "\n"
    if f.json_logs:
        return tight({"timestamp": iso_ms(ms), "level": level, "requestId": request_id,
                      "message": text}) + "\n"
    return TEXT_LOGGERS[family(f.runtime)](ms, request_id, level, text)


TEXT_LOGGERS = {
    "python": lambda ms, rid, level, text: f"[{level}]\t{iso_ms(ms)}\t{rid}\t{text}\n",
    "node": lambda ms, rid, level, text: f"{iso_ms(ms)}\t{rid}\t{level}\t{text}\n",
    "java": lambda ms, rid, level, text:
        f"{utc(ms, '%Y-%m-%d %H:%M:%S')} {rid} {level:5} Handler - {text}\n",
    "dotnet": lambda ms, rid, level, text:
        f"{iso_ms(ms)}\t{rid}\t{level.lower()}\t{text}\n",
    "provided": lambda ms, rid, level, text: f"{utc(ms, '%Y/%m/%d %H:%M:%S')} {text}\n",
}


def powertools(f, ms, request_id, trace_id, cold, level, location, text):
    return json.dumps({
        "level": level, "location": location, "message": text,
        "timestamp": f"{utc(ms, '%Y-%m-%d %H:%M:%S')},{ms % 1000:03d}+0000", "service": f.name,
        "cold_start": cold, "function_name": f.name,
        "function_memory_size": str(f.memory_mb),
        "function_arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{f.name}",
        "function_request_id": request_id, "xray_trace_id": trace_id}) + "\n"


def emf(ms, namespace, dimensions, name, value):
    """A metric in the embedded metric format."""
    return json.dumps({
        "_aws": {"Timestamp": ms, "CloudWatchMetrics": [
            {"Namespace": namespace, "Dimensions": [list(dimensions)],
             "Metrics": [{"Name": name, "Unit": "Count"}]}]},
        **dimensions, name: [value]}) + "\n"


# ---- unhandled errors

def _python_text(ms, rid, e):
    text = f"[ERROR] {e.kind}: {e.message}\nTraceback (most recent call last):"
    for path, line, function, code in e.frames:
        text += f'\n{NBSP * 2}File "{path}", line {line}, in {function}\n{NBSP * 4}{code}'
    return text + "\n"


def python_stack(e):
    return [f'  File "{path}", line {line}, in {function}\n    {code}\n'
            for path, line, function, code in e.frames]


def _python_json(ms, rid, e):
    return json.dumps({"timestamp": iso_s(ms), "log_level": "ERROR", "errorMessage": e.message,
                       "errorType": e.kind, "requestId": rid, "stackTrace": python_stack(e)}) + "\n"


def node_stack(e):
    return [f"{e.kind}: {e.message}"] + [f"    at {frame}" for frame in e.frames]


def _node_text(ms, rid, e):
    value = {"errorType": e.kind, "errorMessage": e.message, **e.fields, "stack": node_stack(e)}
    return f"{iso_ms(ms)}\t{rid}\tERROR\tInvoke Error \t{tight(value)}\n"


def _node_json(ms, rid, e):
    return tight({"timestamp": iso_ms(ms), "level": "ERROR", "requestId": rid, "message": {
        "errorType": e.kind, "errorMessage": e.message, "stackTrace": node_stack(e)}}) + "\n"


def _java_text(ms, rid, e):
    text = f"{e.message}: {e.kind}\n{e.kind}: {e.message}\n"
    text += "".join(f"\tat {frame}\n" for frame in e.frames)
    if e.inner:
        text += f"Caused by: {e.inner.kind}: {e.inner.message}\n"
        text += "".join(f"\tat {frame}\n" for frame in e.inner.frames) + "\t... 4 more\n"
    return text


def _dotnet_text(ms, rid, e):
    frames = "".join(f"\n   at {frame}" for frame in e.frames)
    return f"{iso_ms(ms)}\t{rid}\tfail\t{e.kind}: {e.message}{frames}\n"


def _go_text(ms, rid, e):
    return f"{utc(ms, '%Y/%m/%d %H:%M:%S')} {tight({'errorMessage': e.message, 'errorType': e.kind})}\n"


UNHANDLED = {
    ("python", False): _python_text, ("python", True): _python_json,
    ("node", False): _node_text, ("node", True): _node_json,
    ("java", False): _java_text, ("dotnet", False): _dotnet_text, ("provided", False): _go_text,
}


def unhandled(f, ms, request_id, error):
    return UNHANDLED[family(f.runtime), f.json_logs](ms, request_id, error)


WARNING_OF_INIT = (
    "LAMBDA_WARNING: Unhandled exception. The most likely cause is an issue in the function code. "
    "However, in rare cases, a Lambda runtime update can cause unexpected function behavior.\n")
