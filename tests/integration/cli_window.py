#!/usr/bin/env python3
"""Which events triage reads and how they become records: --since and --until, several files, streams.

Expected values come from the contract and from the logs written here, never from what the program
printed."""
import gzip
import json
import sys

sys.dont_write_bytecode = True
from harness import Run, case, good, run_parts, stamped_good, timeout, uuid, write  # noqa: E402

STREAM = "2026/03/01/[$LATEST]0123456789abcdef0123456789abcdef"
T0 = 1772359200000  # 2026-03-01T10:00:00Z
NOW = {"LAMBDIG_FAKE_UNIX_MS": str(T0 + 30 * 60000)}  # 10:30 UTC


def triage(*args, **more):
    return Run("triage", "--format", "json", *args, **more)


def ids(run):
    return [record["request_id"] for record in run.records]


def event(minute, message, stream=STREAM, group="/aws/lambda/pay", second=0):
    at = T0 + minute * 60000 + second * 1000
    return {"logGroupName": group, "logStreamName": stream, "timestamp": at, "message": message,
            "ingestionTime": at + 40, "eventId": f"{at:056d}"}


def events_of(n, minute, **where):
    return [event(minute, line + "\n", second=at, **where)
            for at, line in enumerate(good(n).splitlines())]


def forms_of_a_time():
    log = write("hours.log", stamped_good(1, 5) + stamped_good(2, 25))  # at 10:05 and 10:25
    second, both = [uuid(2)], [uuid(1), uuid(2)]
    for text, wanted in (("10m", second), ("600s", second), ("26m", both), ("1h", both), ("3d", both), ("1m", []),
                         ("2026-03-01T10:20:00Z", second), ("2026-03-01T10:20:00.500Z", second),
                         ("2026-03-01T12:20:00+02:00", second), ("2026-03-01T10:20:00", second),
                         ("2026-03-01 10:20:00", second), ("2026-03-01", both), ("10:20", second)):
        run = triage("--logs", log, "--since", text, "--utc", env=NOW)
        case(run.status == 0 and ids(run) == wanted, f"--since {text}", run)
    run = triage("--logs", log, "--until", "10m", "--utc", env=NOW)
    case(ids(run) == [uuid(1)], "--until is read the same way", run)
    run = triage("--logs", log, "--since", "10:04", "--until", "10:06", "--utc", env=NOW)
    case(ids(run) == [uuid(1)], "both make a window", run)
    east = {**NOW, "TZ": "EAST-2"}  # two hours before UTC
    case(ids(triage("--logs", log, "--since", "12:20", env=east)) == second, "a time of day is local", "")
    case(ids(triage("--logs", log, "--since", "10:20", "--utc", env=east)) == second, "with --utc it is UTC", "")
    case(ids(triage("--logs", log, "--since", "23:00", "--utc", env=NOW)) == both,
         "a time of day that is still to come is yesterday's", "")
    for text in ("yesterday", "5", "m", "-5m", "25:00", "10:61", "2026-13-01", "2026-02-30", "1w", "99999999999999999h"):
        run = triage("--logs", log, "--since", text, env=NOW)
        case(run.status == 2 and text in run.err and run.out == b"", f"--since {text} is told", run)
    run = triage("--logs", log, "--since", "10m", "--until", "20m", env=NOW)
    case(run.status == 2 and "10m" in run.err and "20m" in run.err, "a window that ends before it begins is told", run)


def several_files():
    packed = write("late.log.gz", gzip.compress(stamped_good(2, 15).encode()))
    page = write("early.json", json.dumps({"events": events_of(1, 5)}))
    plain = write("middle.log", stamped_good(3, 10))
    run = triage("--logs", packed, page, plain)
    case(run.status == 0 and ids(run) == [uuid(1), uuid(3), uuid(2)],
         "files of several forms, one packed, are merged by time", run)
    run = triage("--logs", "-", plain, stdin=page.read_bytes())
    case(ids(run) == [uuid(1), uuid(3)], "stdin is one of the files", run)
    halves = stamped_good(5, 20).splitlines(True)
    run = triage("--logs", write("second.log", "".join(halves[2:])), write("first.log", "".join(halves[:2])))
    case(ids(run) == [uuid(5)] and run.records[0]["class"] == "success",
         "an invocation that lies in two files becomes one record", run)
    one, two = write("one.log", good(6)), write("two.log", stamped_good(7, 5))
    case(ids(triage("--logs", one, two)) == [uuid(6), uuid(7)] and ids(triage("--logs", two, one)) == [uuid(7), uuid(6)],
         "where one has no times, the files are taken in the order of the arguments", "")
    run = triage("--logs", write("attempt2.log", stamped_good(8, 20)), write("attempt1.log", stamped_good(8, 10)))
    case([o["attempt"] for o in run.records] == [1, 2]
         and [o["start"][:16] for o in run.records] == ["2026-03-01T10:10", "2026-03-01T10:20"],
         "attempts count over all files, in time order", run)
    case(run.summary["lines"] == 6 and run.summary["first"] == "2026-03-01T10:10:00.000Z"
         and run.summary["last"] == "2026-03-01T10:20:02.000Z", "the summary covers all files", run.summary)


def streams_and_groups():
    other = STREAM.replace("0123", "ffff")
    a, b = events_of(1, 5), events_of(2, 5, stream=other, group="/aws/lambda/ship")
    mixed = [one for pair in zip(a, b) for one in pair]
    run = triage("--logs", write("mixed.json", json.dumps({"events": mixed})))
    found = {o["request_id"]: o for o in run.records}
    case(set(found) == {uuid(1), uuid(2)} and all(o["class"] == "success" for o in run.records),
         "streams that alternate are told apart", run)
    case(found[uuid(1)]["function"] == "pay" and found[uuid(2)]["function"] == "ship"
         and found[uuid(2)]["log_group"] == "/aws/lambda/ship" and found[uuid(2)]["log_stream"] == other,
         "function, group and stream are those of the events", run)
    case(run.summary["lines"] == 6, "lines are events in an answer", run.summary)
    run = triage("--logs", write("plain.log", timeout(3)))
    one = run.records[0]
    case(one["function"] is None and one["log_group"] is None and one["log_stream"] is None and one["start"] is None,
         "what an export lacks is null", one)
    broken = [event(1, "START RequestId: %s Version: $LATEST\n" % uuid(4)),
              event(1, "[ERROR] KeyError: 'x'\nTraceback (most recent call last):\n  File \"/var/task/a.py\", line 3, in h\n", second=1)]
    run = triage("--logs", write("events.json", json.dumps({"events": events_of(9, 0) + broken})))
    lines = [e["line"] for o in run.records for e in o["evidence"] if o["class"] == "exception"]
    case(lines and set(lines) <= {4, 5}, "evidence of an answer counts its events from 1", lines)


def open_ones_and_startups():
    cut = f"START RequestId: {uuid(1)} Version: $LATEST\n" + stamped_good(2, 5)
    run = triage("--logs", write("open.log", f"START RequestId: {uuid(1)} Version: $LATEST\nworking\n"),
                 write("closed.log", good(2)))
    case([(o["request_id"], o["class"]) for o in run.records] == [(uuid(2), "success"), (uuid(1), "incomplete")],
         "an invocation without an end comes last", cut, run)
    init = ("INIT_START Runtime Version: python:3.12.v43\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:x\n"
            "[ERROR] Runtime.ImportModuleError: Unable to import module 'app': No module named 'requests'\n"
            "INIT_REPORT Init Duration: 210.35 ms\tPhase: init\tStatus: error\tError Type: Runtime.ImportModuleError\n")
    run = triage("--logs", write("init.log", init))
    case(len(run.records) == 1 and run.records[0]["kind"] == "startup" and run.records[0]["class"] == "startup"
         and run.records[0]["request_id"] is None, "an init that no request follows is a record of its own kind", run)
    case(run.summary["invocations"] == 1 and run.summary["failures"] == 1, "and counts as a failure", run.summary)
    cold = good(1, tail="Init Duration: 110.10 ms\t") + good(2)
    run = triage("--logs", write("cold.log", cold))
    case([(o["cold"], o["init_ms"]) for o in run.records] == [(True, 110.1), (False, None)], "a cold start is a flag", run)
    full = good(3, size=128, used=128)
    run = triage("--logs", write("full.log", full))
    case([(o["class"], o["memory_at_limit"]) for o in run.records] == [("success", True)],
         "memory at its limit is a flag, not a failure", run)


def numbers():
    log = good(1, duration="0.05", billed=1) + good(2, duration="900000.00", billed=900000, size=10240, used=10239)
    text = triage("--logs", write("numbers.log", log)).out.decode()
    case('"duration_ms":0.05,' in text and '"duration_ms":900000,' in text and '"memory_used_mb":10239,' in text,
         "the smallest and the largest are as the log has them", text)
    zero = good(3, duration="0.00", billed=0)
    one = triage("--logs", write("zero.log", zero)).records[0]
    case(one["duration_ms"] == 0 and one["billed_ms"] == 0 and one["init_ms"] is None and one["timeout_ms"] is None,
         "zero is 0 and absent is null", one)


if __name__ == "__main__":
    sys.exit(run_parts(forms_of_a_time, several_files, streams_and_groups, open_ones_and_startups, numbers))
