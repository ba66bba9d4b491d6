#!/usr/bin/env python3
"""The results of triage keep their contract: NDJSON, statuses, windows, pastes.

Expected values come from the contract and from the logs written here, never from what the program
printed."""
import json
import pathlib
import re
import sys

sys.dont_write_bytecode = True
from harness import (PROGRAM, SOURCE, Run, Terminal, case, exception, good, one_line_errors, run_parts,  # noqa: E402
                     stamped_good, timeout, uuid, write)

KEYS = {
    "kind": str, "function": (str, None), "log_group": (str, None), "log_stream": (str, None),
    "request_id": (str, None), "attempt": int, "class": str, "code": str, "cause": (str, None),
    "candidates": list, "confidence": str, "cold": (bool, None), "memory_at_limit": (bool, None),
    "slow": (bool, None), "start": (str, None), "end": (str, None), "duration_ms": (int, float, None),
    "init_ms": (int, float, None), "restore_ms": (int, float, None), "billed_ms": (int, None),
    "memory_mb": (int, None), "memory_used_mb": (int, None), "timeout_ms": (int, None), "status": (str, None),
    "error_type": (str, None), "trace_id": (str, None), "sampled": (bool, None), "exception": (dict, None),
    "denial": (dict, None), "last_line": (str, None), "last_line_gap_ms": (int, float, None),
    "evidence": list, "check": (str, None), "fix": (str, None),
}
SUMMARY = {"kind": str, "invocations": int, "failures": int, "by_class": dict, "lines": int, "bytes": int,
           "unparsed_report_lines": int, "first": (str, None), "last": (str, None), "incomplete_reason": (str, None)}
CODES = {"timeout": "TMO", "memory": "OOM", "exception": "EXC", "startup": "INI", "crash": "EXT", "throttle": "THR",
         "permission": "PRM", "downstream": "DWN", "success": "OK", "incomplete": "INC", "ambiguous": "AMB"}
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def fits(value, types):
    types = types if isinstance(types, tuple) else (types,)
    if value is None:
        return None in types
    if isinstance(value, bool):
        return bool in types
    return isinstance(value, tuple(t for t in types if t is not None and t is not bool))


def type_faults(obj, table):
    faults = [f"{key}: {obj.get(key, 'absent')!r}" for key, types in table.items()
              if key not in obj or not fits(obj[key], types)]
    if obj["kind"] != "summary":
        faults += [f"class {obj['class']}"] if CODES.get(obj["class"]) != obj["code"] else []
        faults += ["confidence"] if obj["confidence"] not in ("certain", "likely", "possible") else []
        faults += ["time"] if any(obj[k] and not RFC3339.fullmatch(obj[k]) for k in ("start", "end")) else []
        faults += ["evidence" for e in obj["evidence"] if set(e) < {"fact", "file", "line", "text"}]
    return faults


def json_form():
    log = write("mixed.log", good(1) + timeout(2) + exception(3) + good(4, tail="Init Duration: 110.10 ms\t"))
    run = Run("triage", "--logs", log, "--format", "json")
    case(run.status == 0 and run.err == "", "triage of a good log ends with 0 and is silent on stderr", run)
    case([o["kind"] for o in run.objects] == ["invocation"] * 4 + ["summary"], "a summary is the last line", run)
    faults = [f for o in run.records for f in type_faults(o, KEYS)] + type_faults(run.summary, SUMMARY)
    case(not faults, "every key is there with its type", faults)
    case([o["class"] for o in run.records] == ["success", "timeout", "exception", "success"],
         "classes come in the order in which the invocations end", run)
    case([o["request_id"] for o in run.records] == [uuid(n) for n in (1, 2, 3, 4)], "request ids as written", run)
    case('"duration_ms":3003.16,' in run.out.decode() and '"init_ms":110.1,' in run.out.decode(),
         "numbers are fixed-point", run)
    slow = run.records[1]
    case(slow["billed_ms"] == 3000 and slow["memory_mb"] == 128 and slow["memory_used_mb"] == 60
         and slow["timeout_ms"] == 3000 and slow["attempt"] == 1, "a timeout has its numbers", slow)
    case(any(e["line"] == 6 and e["file"].endswith("mixed.log") for e in slow["evidence"]),
         "evidence names file and 1-based line", slow["evidence"])
    broken = run.records[2]["exception"]
    case(broken is not None and broken["type"] == "KeyError" and broken["location"].endswith("app.py:7")
         and isinstance(broken["frames"], int), "an exception has type, location and frames", broken)
    total = run.summary
    case(total["invocations"] == 4 and total["failures"] == 2 and set(total["by_class"]) == set(CODES)
         and total["by_class"]["timeout"] == 1 and total["by_class"]["crash"] == 0
         and total["incomplete_reason"] is None and total["bytes"] == log.stat().st_size,
         "the summary counts, zeros too", total)


def hostile_bytes():
    bad = b"evil \x1b]0;title\x07 \xe2\x80\xae flip \xe2\x80\x8b zero \xc2\x9b csi \xff\xfe raw\n"
    body = exception(1).encode().replace(b"[ERROR] KeyError: 'order'\n", b"[ERROR] KeyError: '" + bad.strip() + b"'\n")
    log = write("hostile.log", body.replace(b"START", b"START", 1))
    run = Run("triage", "--logs", log, "--format", "json")
    text = run.out.decode("utf-8")
    case(run.status == 0 and run.records[0]["class"] == "exception", "a hostile message is classified", run)
    case(not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", text),
         "JSON holds no control, C1, bidi or zero-width character", run)
    for form in ("text", "markdown"):
        run = Run("triage", "--logs", log, "--format", form)
        text = run.out.decode("utf-8", "surrogateescape")
        case(run.status == 0 and not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202e]", text),
             f"{form} holds no such character either", run)


def fail_on():
    log = write("fail.log", good(1) + timeout(2))
    for wanted, status in (("timeout", 1), ("any", 1), ("exception", 0), ("exception,timeout", 1), ("memory,crash", 0)):
        run = Run("triage", "--logs", log, "--fail-on", wanted)
        case(run.status == status, f"--fail-on {wanted} ends with {status}", run)
    case(Run("triage", "--logs", write("ok.log", good(1)), "--fail-on", "any").status == 0,
         "--fail-on any does not find a success", "")
    run = Run("triage", "--logs", log, "--fail-on", "tiemout")
    case(run.status == 2 and "timeout" in run.err, "a wrong class names the nearest", run)
    one_line_errors(run, "--fail-on")


def window_and_files():
    early, late = stamped_good(1, 5), stamped_good(2, 15)
    log = write("timed.log", early + late)
    ids = lambda run: [o["request_id"] for o in run.records]
    case(ids(Run("triage", "--format", "json", "--logs", log)) == [uuid(1), uuid(2)], "a file is read whole", "")
    run = Run("triage", "--format", "json", "--logs", log, "--since", "2026-03-01T10:10:00Z")
    case(ids(run) == [uuid(2)], "--since leaves out what came before", run)
    run = Run("triage", "--format", "json", "--logs", log, "--until", "2026-03-01T10:10:00Z")
    case(ids(run) == [uuid(1)], "--until leaves out what came after", run)
    case(ids(Run("triage", "--format", "json", "--logs", write("untimed.log", good(3)), "--since", "1h")) == [uuid(3)],
         "events without a time are kept", "")
    one, two = write("b.log", late), write("a.log", early)
    run = Run("triage", "--format", "json", "--logs", one, "--logs", two)
    case(ids(run) == [uuid(1), uuid(2)], "files with times are merged by time", run)
    run = Run("triage", "--format", "json", "--logs", write("u2.log", good(9)), write("u1.log", good(8)))
    case(ids(run) == [uuid(9), uuid(8)], "files without times are taken in argument order", run)
    case(run.records[1]["evidence"] == [] or run.records[1]["evidence"][0]["file"].endswith("u1.log"),
         "evidence names its own file", run)


def partial_pastes():
    run = Run("triage", "--format", "json", "--logs", write("p1.log", "[ERROR] KeyError: 'x'\nTraceback (most recent call last):\n"
              "  File \"/var/task/a.py\", line 3, in handler\n    y\n"))
    case(run.status == 0 and len(run.records) == 1 and run.records[0]["request_id"] is None
         and run.records[0]["class"] == "exception" and run.records[0]["confidence"] != "certain",
         "error lines alone form one record without a request id", run)
    run = Run("triage", "--format", "json", "--logs",
              write("p2.log", f"2026-03-01T10:00:00.000Z\t{uuid(1)}\tERROR\tInvoke Error \t"
                    '{"errorType":"TypeError","errorMessage":"x is undefined","stack":["TypeError: x is undefined"]}\n'))
    case(run.status == 0 and [(o["request_id"], o["class"]) for o in run.records] == [(uuid(1), "exception")],
         "an error line whose id has no START makes a record of that id", run)
    run = Run("triage", "--format", "json", "--logs", write("p3.log", f"START RequestId: {uuid(1)} Version: 3\nworking\n"))
    case([o["class"] for o in run.records] == ["incomplete"], "a START alone is incomplete, never a success", run)
    again = timeout(1) + good(1)
    run = Run("triage", "--format", "json", "--logs", write("p4.log", again))
    case([(o["class"], o["attempt"]) for o in run.records] == [("timeout", 1), ("success", 2)],
         "a request that comes again is another attempt", run)


def foreign_prefixes():
    """What another tool puts before each line must not hide that an invocation failed."""
    for name, prefix in (("syslog", "Nov 24 14:01:58 host lambda[12]: "), ("docker", "lambda-1  | "), ("cat -n", "     7\t"),
                         ("grep -n", "app.log:12:"), ("kubectl", "[pod/fn-abc/main] "), ("a time in brackets", "[2026-03-01 10:00:00] "),
                         ("a level", "INFO  "), ("seconds", "1795528918 "), ("quoted", "> "), ("columns", "3\tpay\t"),
                         ("logfmt", 'time=2026-03-01T10:00:00Z level=info msg="')):
        log = write("foreign.log", "".join(f"{prefix}{line}\n" for line in (exception(1) + good(2)).splitlines()))
        run = Run("triage", "--format", "json", "--logs", log)
        case(run.status == 0 and [o["class"] for o in run.records] == ["exception", "success"],
             f"lines behind a prefix: {name}", run)
    lines = (exception(1) + good(2)).splitlines()
    for name, text in (("docker's JSON", "".join(json.dumps({"log": line + "\n", "stream": "stdout"}) + "\n" for line in lines)),
                       ("JSON with a time", "".join(json.dumps({"timestamp": "2026-03-01T10:00:00Z", "message": line}) + "\n" for line in lines))):
        run = Run("triage", "--format", "json", "--logs", write("wrapped.log", text))
        case(run.status == 0 and [o["class"] for o in run.records] == ["exception", "success"], f"lines in {name}", run)


def people():
    log = write("people.log", good(1) + timeout(2) + timeout(3) + exception(4))
    run = Run("triage", "--logs", log, "--utc")
    text = run.out.decode()
    case(run.status == 0 and "TMO" in text and "KeyError" in text and "\x1b" not in text and uuid(2) in text,
         "text names class, error and an example, without escapes in a pipe", run)
    case(all(len(line) <= 80 for line in text.splitlines()), "text is at most 80 columns wide without a terminal",
         [line for line in text.splitlines() if len(line) > 80])
    case("\x1b[" in Run("triage", "--logs", log, "--color", "always").out.decode(), "--color always colours a pipe", "")
    case("\x1b" not in Run("triage", "--logs", log, env={"NO_COLOR": "1"}).out.decode(), "NO_COLOR holds", "")
    run = Run("triage", "--logs", log, "--format", "markdown")
    case(run.status == 0 and run.out.startswith(b"# ") and b"KeyError" in run.out, "markdown has a title and the error", run)
    run = Run("--logs", log)
    case(run.status == 0 and b"TMO" in run.out and "lambdig: " in run.err,
         "the console behaves as triage in a pipe and says so", run)
    case(Run("--logs", log, "--fail-on", "any").status == 1, "--fail-on holds there, too", "")


def width():
    log = write("width.log", timeout(2) + exception(4).replace("KeyError: 'order'", "KeyError: " + "long words " * 40))
    for cols in (50, 80, 120, 200):
        t = Terminal("triage", "--logs", log, cols=cols)
        status = t.end()
        lines = re.sub(rb"\x1b\[[0-9;]*m", b"", t.out).decode().replace("\r", "").split("\n")
        widest = max(map(len, lines))
        case(status == 0 and widest <= cols and (cols > 80 or widest > cols * 2 // 3),
             f"text on a terminal of {cols} columns is as wide", widest, lines)
    t = Terminal("triage", "--logs", log)
    t.end()
    case(b"\x1b[" in t.out, "a terminal gets colour", t.out)
    t = Terminal("triage", "--logs", log, env={"NO_COLOR": "1"})
    t.end()
    case(b"\x1b[" not in t.out, "but not with NO_COLOR", t.out)


def markdown():
    """A ticket shows it as it is: what a log holds is no markup."""
    evil = "KeyError: '| # <script>alert(1)</script> ![x](http://e.example/y) `code` **bold** </details>"
    log = write("markup.log", exception(1).replace("KeyError: 'order'", evil))
    run = Run("triage", "--logs", log, "--format", "markdown")
    text = re.sub(r"(?ms)^(`{3,}).*?^\1$|(`+).*?\2", "", run.out.decode())  # what stands in code is shown
    case(run.status == 0 and "alert(1)" in run.out.decode() and "<script>" not in text and "![x](" not in text
         and "</details>" not in text, "markup in a message stands in code", run)


def the_demo():
    beside = SOURCE in pathlib.Path(PROGRAM).parents  # a build outside the tree finds no demo until it is installed
    demo = ["demo"] if beside else ["--case", SOURCE / "docs" / "demo"]
    run = Run(*demo, "--format", "json")
    case(run.status == 0 and run.summary["failures"] > 0 and run.err.startswith("lambdig: "), "the demo is triaged in a pipe",
         run)
    case(Run(*demo, "--format", "json").out == run.out, "its triage is the same bytes each time", "")
    name = run.records[0]["function"]
    run = Run("triage", "--format", "json", "--case", SOURCE / "docs" / "demo", name)
    case(run.status == 0 and {o["function"] for o in run.records} == {name}, "on a case an argument keeps a function", run)
    run = Run("triage", "--format", "json", "--case", SOURCE / "docs" / "demo", name + "x")
    case(run.status == 4 and name in run.err, "a function that is not there: 4, and the nearest", run)


if __name__ == "__main__":
    sys.exit(run_parts(json_form, hostile_bytes, fail_on, window_and_files, partial_pastes, foreign_prefixes, people, width, markdown, the_demo))
