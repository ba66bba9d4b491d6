#!/usr/bin/env python3
"""How the program ends: by signals, when stdout goes away, on a terminal.

Expected values come from the contract and from the logs written here, never from what the program
printed."""
import json
import os
import pathlib
import re
import signal
import subprocess
import threading
import time
import sys

sys.dont_write_bytecode = True
from harness import DEADLINE, ENV, PROGRAM, ROOM, Run, Terminal, case, drain, exception, feed, good, read_until, run_parts, start, timeout, write  # noqa: E402


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


def several_reasons():
    """Where several statuses apply: a signal, then 4, then 1."""
    run = start("triage", "--format", "json", "--fail-on", "any", "--logs", "-", ROOM / "absent.log")
    threading.Thread(target=feed, args=(run, (timeout(1) + good(2) * 2000).encode()), daemon=True).start()
    out = read_until(run.stdout, b'"timeout"')
    run.send_signal(signal.SIGINT)
    rest, err = drain(run)
    case(b'"timeout"' in out and run.returncode == 130 and b"absent.log" in err, "a signal outweighs 4 and 1", run.returncode, err)
    run = Run("triage", "--fail-on", "any", "--logs", write("late.log", timeout(1)), ROOM / "absent.log")
    case(run.status == 4, "4 outweighs 1", run)


def ignored():
    """nohup keeps its promise: what was ignored at the start stays so."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    run = start("triage", "--format", "json", "--logs", "-")
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signalled = threading.Event()

    def give():
        feed(run, (timeout(1) + good(2) * 2000).encode())
        signalled.wait(DEADLINE)
        feed(run, exception(3).encode())
        run.stdin.close()

    threading.Thread(target=give, daemon=True).start()
    out = read_until(run.stdout, b'"timeout"')
    run.send_signal(signal.SIGHUP)
    signalled.set()
    rest, err = drain(run)
    case(b'"timeout"' in out and b'"class":"exception"' in rest and run.returncode == 0 and err == b"",
         "a HUP that is ignored ends nothing", run.returncode, rest[-300:], err)


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


if __name__ == "__main__":
    sys.exit(run_parts(signals, several_reasons, ignored, terminal, trust))
