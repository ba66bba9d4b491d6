#!/usr/bin/env python3
"""The command line keeps its contract: exit statuses, NDJSON, bad input, signals.

Environment: LAMBDIG the program, SRCDIR the top of the source tree. Expected values come from the
contract and from the logs written here, never from what the program printed."""
import gzip
import json
import os
import pathlib
import pty
import re
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time

PROGRAM = str(pathlib.Path(os.environ["LAMBDIG"]).resolve())
SOURCE = pathlib.Path(os.environ["SRCDIR"]).resolve()
DEADLINE = 60
WORK = tempfile.TemporaryDirectory()
ROOM = pathlib.Path(WORK.name)
ENV = {"PATH": os.environ["PATH"], "HOME": str(ROOM), "LC_ALL": "C.UTF-8", "TZ": "UTC", "TERM": "xterm-256color"}
for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"):
    if name in os.environ:
        ENV[name] = os.environ[name]
failures = 0


def case(good, name, *detail):
    global failures
    failures += not good
    print(f"lambdig-case: {'PASS' if good else 'FAIL'} {name}", flush=True)
    if not good:
        print(*detail, sep="\n", flush=True)


class Run:
    def __init__(self, *args, stdin=b"", env=None):
        done = subprocess.run([PROGRAM, *map(str, args)], input=stdin, capture_output=True,
                              env={**ENV, **(env or {})}, timeout=DEADLINE, cwd=ROOM)
        self.status, self.out, self.err = done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")

    def __repr__(self):
        return f"status {self.status}\nstderr: {self.err[:2000]}\nstdout: {self.out[:2000]!r}"

    @property
    def objects(self):
        return [json.loads(line) for line in self.out.decode("utf-8").splitlines()]

    @property
    def records(self):
        return [o for o in self.objects if o["kind"] != "summary"]

    @property
    def summary(self):
        return self.objects[-1]


def write(name, content):
    path = ROOM / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def uuid(n):
    return f"{n:08x}-1111-4222-8333-444455556666"


def good(n, duration="12.50", billed=13, size=128, used=60, tail=""):
    return (f"START RequestId: {uuid(n)} Version: $LATEST\n"
            f"END RequestId: {uuid(n)}\n"
            f"REPORT RequestId: {uuid(n)}\tDuration: {duration} ms\tBilled Duration: {billed} ms\t"
            f"Memory Size: {size} MB\tMax Memory Used: {used} MB\t{tail}\n")


def timeout(n):
    return (f"START RequestId: {uuid(n)} Version: $LATEST\n"
            f"calling the payment service\n"
            f"2026-03-01T10:00:03.000Z {uuid(n)} Task timed out after 3.00 seconds\n\n"
            f"END RequestId: {uuid(n)}\n"
            f"REPORT RequestId: {uuid(n)}\tDuration: 3003.16 ms\tBilled Duration: 3000 ms\t"
            f"Memory Size: 128 MB\tMax Memory Used: 60 MB\t\n")


def exception(n):
    return (f"START RequestId: {uuid(n)} Version: $LATEST\n"
            f"[ERROR] KeyError: 'order'\nTraceback (most recent call last):\n"
            f"  File \"/var/task/app.py\", line 7, in handler\n    return event['order']\n"
            f"END RequestId: {uuid(n)}\n"
            f"REPORT RequestId: {uuid(n)}\tDuration: 1.50 ms\tBilled Duration: 2 ms\t"
            f"Memory Size: 128 MB\tMax Memory Used: 40 MB\t\n")


def stamped(n, when, message):
    """One line of `aws logs tail --format detailed`-like output: a time, a stream, the message."""
    return f"{when} 2026/03/01/[$LATEST]{n:032x} {message}\n"


def stamped_good(n, minute):
    return "".join(stamped(1, f"2026-03-01T10:{minute:02d}:0{s}.000000+00:00", text)
                   for s, text in enumerate(good(n).splitlines()))


def one_line_errors(run, name):
    lines = run.err.splitlines()
    case(bool(lines) and all(line.startswith("lambdig: ") for line in lines),
         f"{name}: each line on stderr begins with lambdig:", run)


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


def usage():
    for args, words in ((["--thene", "x"], ["thene", "--theme"]), (["traige"], ["traige", "triage"]),
                        (["triage", "--format", "xml"], ["xml", "json"]), (["--logs"], ["--logs"]), (["-Z"], ["-Z"]),
                        (["triage", "--logs", "x", "--since", "yesterdayish"], ["yesterdayish"]),
                        (["config", "--format", "markdown"], ["markdown"]), (["tail", "fn"], ["tail"]),
                        ([], ["--case", "--logs", "demo"]), (["payments"], ["payments"]),
                        (["triage"], ["--logs"]), (["--case", "x", "--logs", "y"], ["--case", "--logs"])):
        run = Run(*args)
        case(run.status == 2 and run.out == b"" and len(run.err.splitlines()) == 1
             and all(word in run.err for word in words),
             f"usage: lambdig {' '.join(args) or '(nothing)'} ends with 2 and one clear line", run)
        one_line_errors(run, f"usage {args}")
    run = Run("--help")
    lines = run.out.decode().splitlines()
    case(run.status == 0 and 5 < len(lines) <= 40, "--help has at most 40 lines", len(lines))
    run = Run("--version")
    case(run.status == 0 and all(w in run.out.decode() for w in ("lambdig ", "curl", "jansson", "yaml")),
         "--version names the libraries", run)
    log = write("args.log", good(1))
    case(Run("triage", f"--logs={log}", "--format=json").status == 0, "--opt=value", "")
    case(len(Run("triage", "--logs", log, log, "--format", "json").records) == 2,
         "once --logs is given, further arguments are files, and options may follow", "")
    write("--format", good(7))
    run = Run("triage", "--format", "json", "--logs", log, "--", "--format")
    case(run.status == 0 and len(run.records) == 2, "what follows -- is a file", run)


def configuration():
    bad = write("bad.yaml", "utc: yes\nthene: dark\n")
    run = Run("config", "--check", "--config", bad)
    case(run.status == 2 and re.search(r"bad\.yaml:2:\d+: unknown setting 'thene', did you mean 'theme'\?", run.err),
         "an unknown setting is told with file, line, column and the nearest", run)
    for name, text in (("tab", "a:\tb: c\n"), ("open", "theme: [dark\n"), ("alias", "theme: &a dark\nregion: *a\n"),
                       ("word", "dark\n"), ("range", "memory-limit-mb: 1\n"), ("list", "theme: [dark, light]\n"),
                       ("deep", "a: " + "[" * 5000 + "\n"), ("large", "# x\n" * 20000)):
        run = Run("config", "--config", write(f"{name}.yaml", text))
        case(run.status == 2 and run.out == b"" and f"{name}.yaml" in run.err, f"bad YAML ({name}) ends with 2", run)
    case(Run("config", "--config", ROOM / "absent.yaml").status == 2, "a named file that is absent ends with 2", "")
    good_file = write("good.yaml", "theme: light\nutc: yes\n")
    run = Run("config", "--format", "json", "--config", good_file, "--theme", "mono", env={"LAMBDIG_ASCII": "yes"})
    rows = {o["name"]: o for o in run.objects}
    case(run.status == 0 and rows["theme"]["value"] == "mono" and rows["theme"]["origin"] == "--theme"
         and rows["utc"]["value"] == "yes" and "good.yaml:2" in rows["utc"]["origin"]
         and rows["ascii"]["origin"] == "LAMBDIG_ASCII" and rows["mouse"]["origin"] == "default",
         "config says where each value came from", run)
    for name, text, words in (("action", "keys:\n  logs.folow: f\n", "action.yaml:2:"), ("theme", "theme: drak\n", "dark"),
                              ("key", "keys:\n  logs.follow: Ctrl-Foo\n", "key.yaml:2:")):
        run = Run("config", "--check", "--config", write(f"{name}.yaml", text))
        case(run.status == 2 and words in run.err, f"config --check finds a wrong {name}", run)
    case(Run("config", "--check", "--config", good_file).status == 0, "config --check of a good file ends with 0", "")


def bad_input():
    log = write("readable.log", good(1) + timeout(2))
    run = Run("triage", "--logs", ROOM / "absent.log")
    case(run.status == 2 and "absent.log" in run.err, "a missing file ends with 2", run)
    run = Run("triage", "--logs", write("empty.log", b""))
    case(run.status == 2 and "empty.log" in run.err, "an empty file ends with 2", run)
    run = Run("triage", "--logs", write("binary.log", bytes(range(256)) * 64))
    case(run.status == 2 and "binary.log" in run.err, "a binary file ends with 2", run)
    run = Run("triage", "--logs", ROOM)
    case(run.status == 2, "a directory ends with 2", run)
    run = Run("triage", "--logs", "-", "--format", "json", stdin=b"")
    case(run.status == 2, "an empty stdin ends with 2", run)
    run = Run("triage", "--format", "json", "--logs", log, ROOM / "absent.log")
    case(run.status == 4 and "absent.log" in run.err and run.summary["invocations"] == 2
         and "absent.log" in (run.summary["incomplete_reason"] or ""), "one file of several that is missing: 4, the rest is read", run)
    run = Run("triage", "--format", "json", "--logs", log, ROOM / "absent.log", "--fail-on", "any")
    case(run.status == 4, "4 outweighs 1", run)
    run = Run("triage", "--format", "json", "--logs", write("none.json", '{"events": []}'))
    case(run.status == 0 and run.summary["invocations"] == 0, "a valid export without events ends with 0", run)
    garbled = "REPORT RequestId: x\tDuration: what ms\tBilled Duration: 1 ms\n" + good(5)
    run = Run("triage", "--format", "json", "--logs", write("garbled.log", garbled))
    case(run.status == 0 and run.summary["unparsed_report_lines"] == 1
         and [o["request_id"] for o in run.records] == [uuid(5)], "a garbled REPORT is counted and makes no record", run)
    for name, args in (("case", ["--case", ROOM / "nocase"]), ("empty case", ["--case", ROOM])):
        case(Run("triage", *args).status == 2, f"no case there ({name}) ends with 2", "")


def long_line():
    size = 64 << 20
    log = write("long.log", f"START RequestId: {uuid(1)} Version: $LATEST\n".encode() + b"x" * size + b"\n"
                + good(1).split("\n", 1)[1].encode() + good(2).encode())
    run = Run("triage", "--format", "json", "--logs", log)
    case(run.status == 0 and [o["class"] for o in run.records] == ["success"] * 2
         and run.summary["bytes"] == log.stat().st_size, "a line of 64 MiB is read past", run)
    log.unlink()


def compressed():
    plain = "".join(good(n) + timeout(n + 5000) for n in range(1, 2000)).encode()
    packed = gzip.compress(plain, mtime=0)
    run = Run("triage", "--format", "json", "--logs", write("all.log.gz", packed))
    case(run.status == 0 and run.summary["invocations"] == 3998 and run.summary["bytes"] == len(plain),
         "gzip is read, bytes count after decompression", run.summary)
    run = Run("triage", "--format", "json", "--logs", "-", stdin=packed)
    case(run.status == 0 and run.summary["invocations"] == 3998, "gzip on stdin is read", run)
    run = Run("triage", "--format", "json", "--logs", write("half.log.gz", packed[:len(packed) // 2]))
    case(run.status == 4 and run.summary["invocations"] > 100 and run.summary["incomplete_reason"]
         and "half.log.gz" in run.err, "half a gzip: 4, and what was readable is there", run)
    spoiled = packed[:len(packed) // 2] + bytes(64) + packed[len(packed) // 2 + 64:]
    run = Run("triage", "--format", "json", "--logs", write("spoiled.log.gz", spoiled))
    case(run.status == 4 and run.summary["invocations"] > 100, "a spoiled gzip: 4, and what came before is there", run)


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


def start(*args, **more):
    return subprocess.Popen([PROGRAM, *map(str, args)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, env=ENV, cwd=ROOM, **more)


def read_until(stream, text):
    found, end = b"", time.monotonic() + DEADLINE
    while text not in found and time.monotonic() < end:
        if select.select([stream], [], [], 1)[0]:
            piece = os.read(stream.fileno(), 65536)
            if not piece:
                break
            found += piece
    return found


def feed(run, content):
    try:
        run.stdin.write(content)
        run.stdin.flush()
    except BrokenPipeError:
        pass  # the program ended first, as it was told to


def drain(run):
    """The rest of stdout and stderr; stdin stays open, so that only the signal can end the program."""
    got = {}
    threads = [threading.Thread(target=lambda k=k, f=f: got.__setitem__(k, f.read()))
               for k, f in (("out", run.stdout), ("err", run.stderr))]
    for thread in threads:
        thread.start()
    try:
        run.wait(timeout=DEADLINE)
    except subprocess.TimeoutExpired:
        run.kill()
    for thread in threads:
        thread.join(DEADLINE)
    return got["out"], got["err"]


def signals():
    quiet = start("triage", "--format", "json", "--logs", "-")
    feed(quiet, timeout(1).encode())
    for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)):
        run = start("triage", "--format", "json", "--logs", "-")
        many = (timeout(1) + "".join(good(n) for n in range(2, 2000))).encode()
        threading.Thread(target=feed, args=(run, many), daemon=True).start()
        out = read_until(run.stdout, b'"timeout"')
        case(b'"timeout"' in out, f"a verdict is printed while stdin is still open ({number.name})", out)
        run.send_signal(number)
        rest, err = drain(run)
        lines = [json.loads(line) for line in (out + rest).decode().splitlines()]
        case(run.returncode == status and lines[0]["class"] == "timeout" and lines[-1]["kind"] == "summary"
             and lines[-1]["incomplete_reason"], f"{number.name} ends with {status}, what was done is on stdout",
             run.returncode, lines, err)
    out = read_until(quiet.stdout, b'"timeout"')
    case(b'"timeout"' in out, "a followed input that falls silent: the verdict does not wait for more", out)
    quiet.stdin.close()
    case(quiet.wait(timeout=DEADLINE) == 0 and b'"summary"' in quiet.stdout.read(), "its end ends the run", "")
    log = write("many.log", "".join(timeout(n) for n in range(1, 5000)))
    run = start("triage", "--format", "json", "--logs", log)
    read_until(run.stdout, b"\n")
    run.stdout.close()
    err = run.stderr.read()
    case(run.wait(timeout=DEADLINE) == 141 and err == b"", "a reader that went away: 141, silently", run.returncode, err)
    if os.path.exists("/dev/full"):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([PROGRAM, "triage", "--logs", log], stdout=full, stderr=subprocess.PIPE, env=ENV)
        case(done.returncode == 4 and b"stdout" in done.stderr, "a full disk under stdout is told", done)


class Terminal:
    """The program on a pseudo-terminal; keeps what it wrote."""

    def __init__(self, *args, env=None):
        pid, self.fd = pty.fork()
        if pid == 0:
            os.chdir(ROOM)
            os.execve(PROGRAM, [PROGRAM, *map(str, args)], {**ENV, **(env or {})})
        self.pid, self.out, self.status = pid, b"", None
        self.closed = threading.Event()
        threading.Thread(target=self.pump, daemon=True).start()

    def pump(self):
        try:
            while piece := os.read(self.fd, 65536):
                self.out += piece
        except OSError:
            pass
        self.closed.set()

    def wait_for(self, text):
        end = time.monotonic() + DEADLINE
        while text not in self.out and time.monotonic() < end and not self.closed.wait(0.02):
            pass
        return text in self.out

    def end(self):
        self.closed.wait(DEADLINE)
        if not self.closed.is_set():
            os.kill(self.pid, signal.SIGKILL)
        self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self.fd)
        return self.status


def terminal():
    log = write("screen.log", good(1) + timeout(2))
    for term in ("dumb", "no-such-terminal"):
        t = Terminal("--logs", log, env={"TERM": term})
        status = t.end()
        case(status == 2 and b"lambdig: " in t.out and b"\x1b" not in t.out, f"TERM={term}: 2, one sentence, no escapes",
             status, t.out)
    t = Terminal("--logs", log)
    shown = t.wait_for(b"TMO")
    os.write(t.fd, b"ZZ")
    status = t.end()
    case(shown and status == 0 and b"\x1b[?1049l" in t.out, "the console opens, ZZ leaves it with 0, the terminal is restored",
         status, t.out[-300:])
    for number, wanted in ((signal.SIGTERM, 143), (signal.SIGHUP, 129)):
        t = Terminal("--logs", log)
        shown = t.wait_for(b"TMO")
        os.kill(t.pid, number)
        status = t.end()
        case(shown and status == wanted and b"\x1b[?1049l" in t.out, f"the console: {number.name} ends with {wanted}, restored",
             status, t.out[-300:])
    t = Terminal("--logs", ROOM / "absent.log")
    case(t.end() == 2 and b"absent.log" in t.out and b"\x1b" not in t.out, "the console: a missing file ends with 2", t.out)


def trust():
    log = write("core.log", good(1))
    run = start("triage", "--logs", "-")
    read = f"/proc/{run.pid}/limits"
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        if re.search(r"Max core file size\s+0\s+0", pathlib.Path(read).read_text()):
            break
    else:
        case(False, "no core is written", read)
    run.communicate(log.read_bytes(), timeout=DEADLINE)
    case(True, "no core is written")
    case(Run("triage", "--logs", log, env={"LC_ALL": "C"}).status == 0, "outside UTF-8 it works", "")
    case(Run("triage", "--logs", log, env={"LC_ALL": "C"}).out.isascii(), "and writes ASCII", "")


def main():
    for part in (usage, configuration, json_form, hostile_bytes, fail_on, bad_input, long_line, compressed,
                 window_and_files, partial_pastes, people, the_demo, signals, terminal, trust):
        try:
            part()
        except Exception as why:  # one broken part does not hide the others
            case(False, f"{part.__name__} came to its end", repr(why))
    return failures != 0


if __name__ == "__main__":
    sys.exit(main())
