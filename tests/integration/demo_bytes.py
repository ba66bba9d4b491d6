#!/usr/bin/env python3
"""The demo incident in docs/demo is what its generator writes, and what its README promises.

Environment: SRCDIR the top of the source tree."""
import json
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from harness import SOURCE, case, run_parts  # noqa: E402

DEMO = SOURCE / "docs" / "demo"
NAMES = ["README.md", "case.json", "functions.json", "events.jsonl", "traces.json", "messages.json",
         "metrics.json", "expected.tsv"]


def same_bytes():
    with tempfile.TemporaryDirectory() as again:
        subprocess.run([sys.executable, str(DEMO / "make-demo.py"), again], check=True, timeout=120)
        for name in NAMES:
            fresh = (pathlib.Path(again) / name).read_bytes()
            case(fresh == (DEMO / name).read_bytes(), f"{name} is what make-demo.py writes",
                 "run docs/demo/make-demo.py and read the difference before it is committed")


def events():
    lines = (DEMO / "events.jsonl").read_text().splitlines()
    found = [json.loads(line) for line in lines]
    order = [(e["timestamp"], e["ingestionTime"], e["eventId"]) for e in found]
    case(order == sorted(order), "events stand in the order of FilterLogEvents")
    case(len({e["eventId"] for e in found}) == len(found), "no event stands there twice")
    window = json.loads((DEMO / "case.json").read_text())
    case(window["start"] == "2026-11-24T13:44:00Z" and found[0]["timestamp"] >= 1795527840000
         and found[-1]["timestamp"] < 1795529040000, "every event lies in the window of the case")
    case((DEMO / "events.jsonl").stat().st_size <= 1_500_000, "the events are no larger than 1.5 MB")


def documents():
    traces = json.loads((DEMO / "traces.json").read_text())["Traces"]
    parsed = [json.loads(s["Document"]) for t in traces for s in t["Segments"]]
    case(len(parsed) > 100 and all(d["trace_id"] for d in parsed), "segment documents are JSON strings")
    ids = {d["id"] for d in parsed}
    orphans = [d["id"] for d in parsed if d.get("parent_id") and d["parent_id"] not in ids]
    case(not orphans, "every parent_id names a document of the case", repr(orphans[:5]))


sys.exit(run_parts(same_bytes, events, documents))
