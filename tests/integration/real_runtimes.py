#!/usr/bin/env python3
"""Logs of real runtimes, judged: AWS's emulator runs the functions of functions/ on AWS's own
Python, Node.js, Java and Go clients, and each verdict is compared with what the function did.

Environment: LAMBDIG the program, SRCDIR the source tree, BUILDDIR the build directory;
LAMBDIG_PARTNERS (else BUILDDIR/partners) keeps what was obtained; LAMBDIG_SANITIZED=1 leaves
the live run out. `--record` writes the logs of a live run to recorded/, beside which they are
judged again on every run. Exit 77: a part cannot be had, said aloud; nothing failed.

The emulator prints Max Memory Used = Memory Size always: memory must come from other evidence."""
import http.client
import json
import os
import pathlib
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
import partners  # noqa: E402
from harness import PROGRAM, SOURCE, case, exit_status, tell  # noqa: E402

BUILDDIR = pathlib.Path(os.environ.get("BUILDDIR", ".")).resolve()
HERE = SOURCE / "tests" / "integration"
RECORDED = HERE / "recorded"
CACHE = pathlib.Path(os.environ.get("LAMBDIG_PARTNERS", BUILDDIR / "partners")).resolve()
TIMEOUT_S, DEADLINE_S = 2, 30
INVOKE = "/2015-03-31/functions/function/invocations"


def step(what, wanted, also=(), **event):
    """One invocation: what the function is told to do, the class that this is, and others that
    the same bytes would have: in JSON mode Node.js logs a caught error as it does an uncaught."""
    return {"event": {"do": what, **event}, "wanted": wanted, "also": also}


COMMON_END = step("fine", "success")  # runs after each of the others, on a fresh process
PYTHON = [
    step("fine", "success"), step("fail", "exception", count="abc"), step("log_and_go_on", "success"),
    step("call_a_closed_port", "downstream"), step("stall", "timeout"), step("leave", "crash"),
    step("leave_quietly", "crash"), step("segfault", "crash"), step("be_killed", "memory"), COMMON_END]
NODE = [
    step("fine", "success"), step("fail", "exception"), step("reject", "exception"),
    step("logAndGoOn", "success"), step("callAClosedPort", "downstream"), step("stall", "timeout"),
    step("leave", "crash"), COMMON_END]
NODE_JSON = [step("logAndGoOn", "success", also=("exception", "ambiguous"))
             if one["event"]["do"] == "logAndGoOn" else one for one in NODE]
JAVA = [
    step("fine", "success"), step("fail", "exception", count="abc"), step("wrap", "exception"),
    step("logAndGoOn", "success"), step("callAClosedPort", "downstream"), step("stall", "timeout"),
    step("leave", "crash"), COMMON_END]
GO = [
    step("fine", "success"), step("fail", "exception", count="abc"), step("log_and_go_on", "success"),
    step("call_a_closed_port", "downstream"), step("stall", "timeout"), step("leave", "crash"),
    step("panic", "crash"), step("exhaust_the_stack", "crash"), COMMON_END]
JSON_LOGS = {"AWS_LAMBDA_LOG_FORMAT": "JSON"}
LITTLE_MEMORY = ["sh", "-c", 'ulimit -v 600000; exec "$@"', "sh"]
PATIENT = {"AWS_LAMBDA_FUNCTION_TIMEOUT": "20"}  # a busy machine takes its time to fill memory
LITTLE_HEAP = {"NODE_OPTIONS": "--max-old-space-size=24", **PATIENT}
ONCE = [step("fine", "startup")]
SLOW_START = {"AWS_LAMBDA_FUNCTION_TIMEOUT": "6"}  # a virtual machine's start is inside the request

RUNS = [  # name, client, handler, before the command, environment, steps
    ("python-text", "python", "app.handler", [], {}, PYTHON),
    ("python-json", "python", "app.handler", [], JSON_LOGS, PYTHON[:6] + [COMMON_END]),
    ("python-memory", "python", "app.handler", LITTLE_MEMORY, PATIENT,
     [step("fine", "success"), step("take_memory", "memory"), COMMON_END]),
    ("python-import", "python", "imports_nothing.handler", [], {}, ONCE),
    ("python-import-json", "python", "imports_nothing.handler", [], JSON_LOGS, ONCE),
    ("python-no-handler", "python", "app.not_there", [], {}, ONCE),
    ("python-leaves", "python", "leaves_at_import.handler", [], {}, ONCE),
    ("node-text", "node", "app.handler", [], {}, NODE),
    ("node-json", "node", "app.handler", [], JSON_LOGS, NODE_JSON),
    ("node-memory", "node", "app.handler", [], LITTLE_HEAP,
     [step("fine", "success"), step("takeMemory", "memory"), COMMON_END]),
    ("node-import", "node", "importsNothing.handler", [], {}, ONCE),
    ("java-text", "java", "App::handleRequest", [], SLOW_START, JAVA),
    ("java-memory", "java", "App::handleRequest", [], {**SLOW_START, "JAVA_TOOL_OPTIONS": "-Xmx24m"},
     [step("fine", "success"), step("takeMemory", "memory"), COMMON_END]),
    ("java-no-class", "java", "Nowhere::handleRequest", [], SLOW_START, ONCE),
    ("go-text", "go", "bootstrap", [], {}, GO),
]


# ---- the emulator

def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(condition, what):
    deadline = time.monotonic() + DEADLINE_S
    pause = 0.01
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come within {DEADLINE_S} s")
        select.select([], [], [], pause)
        pause = min(pause * 2, 0.2)


def accepts(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def invoke(port, event):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE_S)
    connection.request("POST", INVOKE, json.dumps(event), {"Content-Type": "application/json"})
    body = connection.getresponse().read()
    connection.close()
    return body


def all_written(log, count):
    """Each START has its END or, where the process ended, what the emulator says instead."""
    text = log.read_text(errors="replace")
    return (len(re.findall(r"^START RequestId", text, re.M)) >= count and
            len(re.findall(r"^END RequestId|Invoke failed .*(?:exit|signal)|Reset initiated", text, re.M)) >= count)


def play(rie, client, run, directory):
    """The log of one run: a path. The emulator is stopped whatever happens."""
    name, _, handler, before, environment, steps = run
    code, out_path, log = (directory / f"{name}.{end}" for end in ("task", "out", "log"))
    shutil.copytree(HERE / "functions", code)
    port, api_port = free_port(), free_port()
    env = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(directory), "_HANDLER": handler,
           "LAMBDA_TASK_ROOT": str(code), "AWS_LAMBDA_FUNCTION_NAME": name, "AWS_REGION": "us-east-1",
           "AWS_LAMBDA_FUNCTION_TIMEOUT": str(TIMEOUT_S), "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
           "PYTHONDONTWRITEBYTECODE": "1", **environment}
    command = [str(rie), "--runtime-interface-emulator-address", f"127.0.0.1:{port}",
               "--runtime-api-address", f"127.0.0.1:{api_port}", *before, *client, handler]
    with out_path.open("wb") as out:
        process = subprocess.Popen(command, cwd=code, env=env, stdin=subprocess.DEVNULL, stdout=out,
                                   stderr=subprocess.STDOUT, start_new_session=True)
        try:
            wait_for(lambda: accepts(port), f"{name}: the emulator")
            for one in steps:
                invoke(port, one["event"])
            wait_for(lambda: all_written(out_path, len(steps)), f"{name}: the end of the log")
            told = out_path.read_bytes()  # what a runtime says of its emulator's end is no part of it
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    log.write_bytes(told)
    return log


# ---- the verdicts

def triage(log):
    done = subprocess.run([PROGRAM, "triage", "--logs", str(log), "--format", "json"],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DEADLINE_S)
    return [json.loads(line) for line in done.stdout.splitlines()], done


def judge(kind, name, log, steps):
    """One case a step: the class of the n-th START's request id is what the function did."""
    text = log.read_text(errors="replace")
    ids = re.findall(r"^START RequestId: (\S+)", text, re.M)
    records, done = triage(log)
    found = {r["request_id"]: r for r in records if r["kind"] == "invocation"}
    others = [r for r in records if r["kind"] != "summary" and r["request_id"] not in ids]
    for ordinal, one in enumerate(steps):
        record = found.get(ids[ordinal]) if ordinal < len(ids) else None
        got = record["class"] if record else "no record"
        title = f"{kind} {name} {ordinal + 1} {one['event']['do']} is {one['wanted']}"
        case(got == one["wanted"] or got in one["also"], title,
             f"got {got}\n{json.dumps(record)}\n{done.stderr}")
    case(not others, f"{kind} {name} holds no other invocation", json.dumps(others, indent=1))


def neutral(log, directory):
    """The log as it would read on any machine: only paths are replaced."""
    text = log.read_bytes().decode("utf-8", "surrogateescape")
    text = text.replace(str(directory / f"{log.stem}.task"), "/var/task")
    text = text.replace(str(CACHE / "go"), "/src").replace(str(CACHE), "/opt/partners")
    text = re.sub(r"/[^ \"'():]*?/lib/(python3\.\d+|node_modules)/", r"/opt/lib/\1/", text)
    text = re.sub(r"/\S*?/go/pkg/mod/", "/go/pkg/mod/", text)
    return text.encode("utf-8", "surrogateescape")


def live(record):
    clients = {}
    try:
        rie = partners.emulator(CACHE)
    except partners.Missing as problem:
        return tell("SKIP", "live all runs", f"SKIPPED, a partner cannot be had: {problem}")
    functions = HERE / "functions"
    for name, obtain in (("python", partners.python_client), ("node", partners.node_client),
                         ("java", lambda cache: partners.java_client(cache, functions / "App.java")),
                         ("go", lambda cache: partners.go_client(cache, functions / "main.go"))):
        try:
            clients[name] = obtain(CACHE)
        except partners.Missing as problem:
            tell("SKIP", f"live {name} runs", f"SKIPPED, a partner cannot be had: {problem}")
    with tempfile.TemporaryDirectory() as temporary:
        directory = pathlib.Path(temporary).resolve()
        for run in (r for r in RUNS if r[1] in clients):
            try:
                log = play(rie, clients[run[1]], run, directory)
            except (OSError, http.client.HTTPException) as problem:
                case(False, f"live {run[0]} runs to its end", repr(problem))
                continue
            if record:
                (RECORDED / f"{run[0]}.log").write_bytes(neutral(log, directory))
            judge("live", run[0], log, run[5])


def recorded():
    for run in RUNS:
        log = RECORDED / f"{run[0]}.log"
        if log.exists():
            judge("recorded", run[0], log, run[5])
        else:
            case(False, f"recorded {run[0]} is there", "run real_runtimes.py --record and read what it wrote")


if "--record" in sys.argv or not os.environ.get("LAMBDIG_SANITIZED"):
    live("--record" in sys.argv)
recorded()
sys.exit(exit_status())
