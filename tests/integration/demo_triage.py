#!/usr/bin/env python3
"""Every attempt of the demo gets the verdict that its story meant (docs/demo/expected.tsv).

Environment: LAMBDIG the program, SRCDIR the top of the source tree. A cause that only a trace
shows may be absent, as triage reads no traces; another cause than the one meant is wrong."""
import csv
import json
import os
import pathlib
import subprocess
import sys

SRCDIR = pathlib.Path(os.environ["SRCDIR"]).resolve()
LAMBDIG = pathlib.Path(os.environ["LAMBDIG"]).resolve()
DEMO = SRCDIR / "docs" / "demo"
FLAGS = ("cold", "memory_at_limit", "slow")
failures = 0


def case(problems, name):
    global failures
    failures += bool(problems)
    print(f"lambdig-case: {'FAIL' if problems else 'PASS'} {name}", flush=True)
    for problem in problems[:20]:
        print(problem, flush=True)


def expected():
    with (DEMO / "expected.tsv").open(newline="") as file:
        return {(row["function"], row["request_id"], int(row["attempt"])): row
                for row in csv.DictReader(file, delimiter="\t")}


def verdicts():
    done = subprocess.run([str(LAMBDIG), "triage", "--case", str(DEMO), "--format", "json"],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    case([] if done.returncode == 0 and not done.stderr else [done.returncode, done.stderr],
         "triage reads the demo to its end without a complaint")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    return records[:-1], records[-1]


def cause_is_wrong(row, record):
    cause = record["cause"] or "-"
    return cause != row["cause"] and not (row["cause_shown_by"] == "trace" and cause == "-")


def flags_are_wrong(row, record):
    meant = set() if row["flags"] in "-*" else set(row["flags"].split(","))
    return row["flags"] != "*" and {f for f in FLAGS if record[f]} != meant


def compare(rows, records):
    found = {(r["function"], r["request_id"] or "-", r["attempt"]): r for r in records}
    both = [(key, rows[key], found[key]) for key in rows if key in found]
    case([f"{key}: no record" for key in rows if key not in found], "each attempt has its record")
    case([f"{key}: {found[key]['class']}" for key in found if key not in rows] +
         [f"{len(records)} records, {len(found)} different"] * (len(records) != len(found)),
         "nothing else became a record, the forged REPORT line neither")
    for function in sorted({row["function"] for row in rows.values()}):
        case([f"{key[1:]}: {r['class']}, meant {row['class']}" for key, row, r in both
              if key[0] == function and r["class"] != row["class"]], f"{function}: each class is as meant")
    case([f"{key}: success" for key, row, r in both if r["class"] == "success" != row["class"]],
         "no failure is called a success")
    case([f"{key}: {r['cause']}, meant {row['cause']}" for key, row, r in both if cause_is_wrong(row, r)],
         "each cause that the log shows is as meant")
    case([f"{key}: {[f for f in FLAGS if r[f]]}, meant {row['flags']}" for key, row, r in both
          if flags_are_wrong(row, r)], "each flag is as meant")


def count(rows, summary):
    meant = {}
    for row in rows.values():
        meant[row["class"]] = meant.get(row["class"], 0) + 1
    case([f"{name}: {n}, meant {meant.get(name, 0)}" for name, n in summary["by_class"].items()
          if n != meant.get(name, 0)], "the summary counts what the story holds")


rows = expected()
records, summary = verdicts()
compare(rows, records)
count(rows, summary)
sys.exit(failures > 0)
