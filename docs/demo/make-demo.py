#!/usr/bin/env python3
"""Writes the demo incident: make-demo.py [DIRECTORY], else the directory that holds this file.

No clock and no true chance: each run gives the same bytes (tests/integration/demo_bytes.py)."""
import json
import pathlib
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from maker.dice import END_MS, START_MS, Dice, iso_s  # noqa: E402
from maker.engine import World  # noqa: E402
from maker.functions import ACCOUNT, FUNCTIONS, REGION, functions_json  # noqa: E402
from maker.incident import stories  # noqa: E402
from maker.messages import messages_json  # noqa: E402
from maker.metrics import metrics_json  # noqa: E402
from maker.traces import traces_json  # noqa: E402

CASE = {"version": 1, "title": "Orders stop at 13:58: a table out of write capacity",
        "account": ACCOUNT, "region": REGION, "start": iso_s(START_MS), "end": iso_s(END_MS)}
COLUMNS = "function request_id attempt class cause flags cause_shown_by".split()


def compact(value):
    return json.dumps(value, separators=(",", ":"))


def pretty(value):
    return json.dumps(value, indent=1) + "\n"


def expected_tsv(rows):
    text = "\t".join(COLUMNS) + "\n"
    for row in sorted(rows):
        text += "\t".join(str(cell) for cell in row[1:]) + "\n"
    return text


def readme(rows):
    """maker/readme.md with the table of what was meant, by function and class."""
    classes = sorted({row[4] for row in rows})
    counts = {}
    for row in rows:
        counts[row[1], row[4]] = counts.get((row[1], row[4]), 0) + 1
    table = "| function | " + " | ".join(classes) + " |\n|---" + "|---:" * len(classes) + "|\n"
    for f in FUNCTIONS:
        cells = [str(counts.get((f.name, c), "")) for c in classes]
        table += f"| {f.name} | " + " | ".join(cells) + " |\n"
    totals = [str(sum(row[4] == c for row in rows)) for c in classes]
    table += "| all | " + " | ".join(totals) + " |\n"
    return (HERE / "maker" / "readme.md").read_text(encoding="ascii").replace("@TABLE@\n", table)


def files():
    world = World(stories())
    world.run()
    return {
        "README.md": readme(world.expected),
        "case.json": pretty(CASE),
        "functions.json": pretty(functions_json()),
        "events.jsonl": "".join(compact(e) + "\n" for e in world.events),
        "traces.json": pretty(traces_json(world.attempts, Dice("traces"))),
        "messages.json": pretty(messages_json(world.exhausted, Dice("messages"))),
        "metrics.json": pretty(metrics_json(world.attempts)),
        "expected.tsv": expected_tsv(world.expected),
    }


def main():
    target = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    for name, text in files().items():
        (target / name).write_text(text, encoding="ascii")


if __name__ == "__main__":
    main()
