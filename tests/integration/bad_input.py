#!/usr/bin/env python3
"""Bad input: one sentence that names the thing, the status, what can be read is read.

Expected values come from the contract and from the logs written here, never from what the program
printed."""
import gzip
import sys

sys.dont_write_bytecode = True
from harness import ROOM, Run, case, good, run_parts, timeout, uuid, write  # noqa: E402


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


if __name__ == "__main__":
    sys.exit(run_parts(bad_input, long_line, compressed))
