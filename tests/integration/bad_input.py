#!/usr/bin/env python3
"""Bad input: one clear sentence that names the thing and the next step, the status of the contract,
the terminal as it was, and what can be read beyond the bad part is read.

Each bad thing is given to triage and to the console on a terminal."""
import gzip
import os
import pathlib
import re
import subprocess
import sys
import threading

sys.dont_write_bytecode = True
from harness import (DEADLINE, ENV, PROGRAM, ROOM, Run, Terminal, case, drain, exception, feed,  # noqa: E402
                     good, read_until, run_parts, start, timeout, uuid, write)

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(64)
RED = b"\x1b["
SANITIZED = "LAMBDIG_SANITIZED" in os.environ


def files():
    """What cannot be read at all: name, path, words that the sentence must hold."""
    yield "missing", ROOM / "absent.log", ["absent.log", "No such file", "check the path"]
    yield "unreadable", "/proc/self/mem", ["/proc/self/mem"]
    yield "a directory", ROOM, [str(ROOM), "directory"]
    yield "empty", write("empty.log", b""), ["empty.log", "empty", "export"]
    yield "empty gzip", write("empty.log.gz", gzip.compress(b"")), ["empty.log.gz", "empty"]
    yield "binary", write("binary.log", bytes(range(256)) * 64), ["binary.log", "binary", "give a text log"]
    yield "an image", write("image.log", PNG), ["image.log", "PNG"]
    yield "a ZIP archive", write("logs.zip", b"PK\x03\x04" + bytes(100)), ["logs.zip", "ZIP", "unpack"]
    yield "UTF-16", write("wide.log", good(1).encode("utf-16")), ["wide.log", "UTF-16", "iconv"]
    yield "unknown format", write("passwd", "root:x:0:0:root:/root:/bin/sh\n" * 20), ["passwd", "Lambda log", "formats.md"]
    yield "JSON of something else", write("functions.json", '{"Functions": []}'), ["functions.json", "no log events"]
    yield "CSV of something else", write("duration.csv", "@timestamp,@duration\n2026-03-01 10:00:00,3\n"), ["duration.csv"]
    yield "YAML output", write("events.yaml", "events:\n- eventId: '3'\n  message: 'x'\n"), ["events.yaml", "--output json"]
    yield "the head of a gzip alone", write("head.gz", gzip.compress(good(1).encode())[:10]), ["head.gz", "gzip"]


def nothing_of_it_can_be_read():
    for name, path, words in files():
        run = Run("triage", "--logs", path)
        lines = run.err.splitlines()
        case(run.status == 2 and run.out == b"" and len(lines) == 1 and lines[0].startswith("lambdig: ")
             and " — " in lines[0] and all(word in lines[0] for word in words), f"{name}: 2, one sentence, a next step", run)
        t = Terminal("--logs", path)
        status = t.end()
        case(status == 2 and len(t.sentences) == 1 and all(word in t.sentences[0] for word in words)
             and RED not in t.out and not t.left, f"{name}: the console is not even opened", status, t.left, t.out)


def without_permission():
    path = write("secret.log", good(1))
    path.chmod(0)
    ROOM.chmod(0o755)
    try:
        other = {"user": 65534} if os.getuid() == 0 else {}
        asked = subprocess.run([PROGRAM, "triage", "--logs", str(path)], capture_output=True, env=ENV,
                               timeout=DEADLINE, text=True, **other)
    except PermissionError:  # the program itself lies where that user may not go
        return
    finally:
        path.chmod(0o600)
    case(asked.returncode == 2 and "secret.log: Permission denied" in asked.stderr and asked.stdout == "",
         "a file without permission: 2, named", asked)


def partly_readable():
    """Name, file, words on stderr, invocations that must be there, least of them."""
    plain = "".join(good(n) + timeout(n + 5000) for n in range(1, 2000)).encode()
    packed = gzip.compress(plain, mtime=0)
    half = len(packed) // 2
    yield "half a gzip", write("half.log.gz", packed[:half]), ["half.log.gz", "cut short"], 100
    yield ("a gzip with a spoiled middle", write("spoiled.log.gz", packed[:half] + bytes(64) + packed[half + 64:]),
           ["spoiled.log.gz", "corrupt"], 100)
    yield "text behind a gzip", write("behind.log.gz", packed + b"no gzip at all"), ["behind.log.gz", "corrupt"], 3998
    event = '{"timestamp":17723592%05d,"message":"%s","ingestionTime":1}'
    events = [event % (n, line.replace("\t", "\\t") + "\\n") for n, line in enumerate((good(1) + exception(2)).splitlines())]
    yield "JSON that is cut", write("cut.json", '{"events":[' + ",".join(events).replace("'", "")[:-20]), ["cut.json"], 1
    garbled = events[:3] + ['{"timestamp": oops, "message": }'] + [e.replace('"/var', "'/var").replace('.py"', ".py'") for e in events[3:]]
    yield "a garbled event", write("garbled.json", '{"events":[' + ",".join(garbled) + "]}"), ["garbled.json"], 2
    record = '2026-03-01 10:00:00.000,"%s"\n'
    rows = [record % line for line in good(1).splitlines()]
    yield ("a quote that is never closed", write("open.csv", "@timestamp,@message\n" + "".join(rows)
           + '2026-03-01 10:00:00.000,"' + good(2).splitlines()[0] + "\n" + "".join(rows).replace(uuid(1), uuid(3))),
           ["open.csv"], 1)


def what_is_readable_is_read():
    for name, path, words, least in partly_readable():
        run = Run("triage", "--format", "json", "--logs", path)
        case(run.status == 4 and run.summary["invocations"] >= least and all(w in run.err for w in words)
             and run.summary["incomplete_reason"], f"{name}: 4, told, and {least} or more are read", run.err, run.summary)
        t = Terminal("--logs", path)
        shown = t.wait_for(b"export it again")  # in the status line, once all was read
        t.keys("ZZ")
        status = t.end()
        case(shown and status == 4 and not t.left and len(t.sentences) == 1 and words[0] in t.sentences[0],
             f"{name}: the console shows the rest, ends with 4, says it again", status, t.left, t.out[-500:])


def garbled_lines():
    body = "REPORT RequestId: x\tDuration: what ms\tBilled Duration: 1 ms\n" + good(5)
    run = Run("triage", "--format", "json", "--logs", write("garbled.log", body))
    case(run.status == 0 and run.summary["unparsed_report_lines"] == 1
         and [o["request_id"] for o in run.records] == [uuid(5)], "a garbled REPORT is counted and makes no record", run)
    noise = bytes(n for n in range(128, 256)) * 3 + b"\n"
    run = Run("triage", "--format", "json", "--logs", write("noise.log", noise + good(6).encode() + noise + timeout(7).encode()))
    case(run.status == 0 and [o["class"] for o in run.records] == ["success", "timeout"],
         "bytes that are no UTF-8 spoil their own lines only", run)
    run = Run("triage", "--format", "json", "--logs", write("nul.log", good(8).encode() + b"a\0b\n" + timeout(9).encode()))
    case([o["class"] for o in run.records] == ["success", "timeout"], "a NUL does not end the file", run)


def several_inputs():
    log = write("readable.log", good(1) + timeout(2))
    for name, bad in (("missing", ROOM / "absent.log"), ("empty", ROOM / "empty.log"), ("binary", ROOM / "binary.log")):
        run = Run("triage", "--format", "json", "--logs", log, bad)
        case(run.status == 4 and str(bad) in run.err and run.summary["invocations"] == 2
             and str(bad) in run.summary["incomplete_reason"], f"one file of two that is {name}: 4, the other is read", run)
    case(Run("triage", "--logs", log, ROOM / "absent.log", "--fail-on", "any").status == 4, "4 outweighs 1", "")
    run = Run("triage", "--logs", ROOM / "absent.log", ROOM / "empty.log")
    case(run.status == 2 and run.out == b"", "all of them bad: 2", run)
    run = Run("triage", "--logs", "-", "--format", "json", stdin=b"")
    case(run.status == 2 and "stdin" in run.err, "an empty stdin ends with 2", run)
    run = Run("triage", "--logs", "-", stdin=b"root:x:0:0\n")
    case(run.status == 2 and "stdin" in run.err and run.out == b"", "a stdin that is no log: 2", run)
    run = Run("triage", "--format", "json", "--logs", write("none.json", '{"events": []}'))
    case(run.status == 0 and run.summary["invocations"] == 0, "a valid export without events ends with 0", run)
    for name, directory in (("missing", ROOM / "nocase"), ("without case.json", ROOM)):
        run = Run("triage", "--case", directory)
        case(run.status == 2 and str(directory) in run.err and run.out == b"", f"a case that is {name}: 2", run)


def long_line():
    size = 64 << 20
    log = write("long.log", f"START RequestId: {uuid(1)} Version: $LATEST\n".encode() + b"x" * size + b"\n"
                + good(1).split("\n", 1)[1].encode() + good(2).encode())
    run = Run("triage", "--format", "json", "--logs", log)
    case(run.status == 0 and [o["class"] for o in run.records] == ["success"] * 2
         and run.summary["bytes"] == log.stat().st_size, "a line of 64 MiB is read past", run)
    followed = start("triage", "--format", "json", "--logs", "-")
    threading.Thread(target=feed, args=(followed, log.read_bytes() + good(3).encode() * 1000), daemon=True).start()
    read_until(followed.stdout, uuid(3).encode())
    peak = re.search(r"VmHWM:\s+(\d+) kB", pathlib.Path(f"/proc/{followed.pid}/status").read_text())
    case(SANITIZED or int(peak.group(1)) < 32 << 10, "and takes no memory of its size", peak.group())
    followed.kill()
    drain(followed)
    t = Terminal("--logs", log)
    shown = t.wait_for(b"1 messages over 256 KiB")
    t.keys("ZZ")
    status = t.end()
    case(shown and status == 0 and not t.left, "the console shows it, too", status, t.out[-300:])
    log.unlink()


def compressed():
    plain = "".join(good(n) + timeout(n + 5000) for n in range(1, 200)).encode()
    packed = gzip.compress(plain, mtime=0)
    for name, args, stdin in (("a file", [write("all.log", packed)], b""), ("stdin", ["-"], packed)):
        run = Run("triage", "--format", "json", "--logs", *args, stdin=stdin)
        case(run.status == 0 and run.summary["invocations"] == 398 and run.summary["bytes"] == len(plain),
             f"gzip: {name} is read, bytes count after decompression", run.summary)


def usage_and_configuration():
    log = write("screen.log", good(1) + timeout(2))
    for name, args, words in (
            ("a bad flag", ["--thene", "x"], ["--thene", "--theme"]), ("a bad value", ["--format", "xml"], ["xml", "json"]),
            ("a YAML error", ["--config", write("bad.yaml", "utc: yes\nthene: dark\n")], ["bad.yaml:2:", "theme"]),
            ("YAML that does not end", ["--config", write("open.yaml", "theme: [dark\n")], ["open.yaml:"]),
            ("an unknown theme", ["--theme", "drak"], ["drak", "dark"]),
            ("a theme file with an error", ["--theme", write("own.yaml", "roles:\n  nonsense: red\n")], ["own.yaml:"]),
            ("an unknown action", ["--config", write("keys.yaml", "keys:\n  logs.folow: f\n")], ["keys.yaml:2:", "logs.follow"]),
            ("a debug log that cannot be written", ["--debug-log", ROOM / "no" / "such.log"], ["such.log"])):
        t = Terminal("--logs", log, *args)
        status = t.end()
        case(status == 2 and len(t.sentences) == 1 and all(w in t.sentences[0] for w in words) and RED not in t.out
             and not t.left, f"{name}: 2, one sentence, no screen", status, t.left, t.out)


def terminals():
    log = write("screen.log", good(1) + timeout(2))
    for term in ("dumb", "no-such-terminal", ""):
        t = Terminal("--logs", log, env={"TERM": term})
        status = t.end()
        case(status == 2 and len(t.sentences) == 1 and "TERM" in t.sentences[0] and b"\x1b" not in t.out and not t.left,
             f"TERM={term or '(empty)'}: 2, one sentence, no escapes", status, t.left, t.out)
    for rows, cols in ((1, 1), (1, 200), (2, 2), (200, 1), (5, 19)):
        t = Terminal("--logs", log, rows=rows, cols=cols)
        started = t.wait_for(b"\x1b[?1049h")
        t.keys("jjG?")
        t.keys("\x1bZZ")
        status = t.end()
        case(started and status == 0 and not t.left and not t.sentences, f"a terminal of {cols}x{rows}: keys work, it ends with 0",
             status, t.left, t.out)
    t = Terminal("--logs", "-", stdin=log)
    shown = t.wait_for(b"TMO")
    t.keys("ZZ")
    status = t.end()
    case(shown and status == 0 and not t.left, "stdin is the log, keys come from the terminal", status, t.out[-300:])


def names():
    """A name is told defused: it may hold what a terminal obeys."""
    name = "evil\x1b]0;x\x07\u202e.log"
    run = Run("triage", "--logs", ROOM / name)
    case(run.status == 2 and not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", run.err), "a hostile name is told defused", run)


if __name__ == "__main__":
    sys.exit(run_parts(nothing_of_it_can_be_read, without_permission, what_is_readable_is_read, garbled_lines, several_inputs,
                       long_line, compressed, usage_and_configuration, terminals, names))
