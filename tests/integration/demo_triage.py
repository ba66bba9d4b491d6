#!/usr/bin/env python3
"""Every attempt of the demo gets the verdict that its story meant (docs/demo/expected.tsv).

Environment: LAMBDIG the program, SRCDIR the top of the source tree. A cause that only a trace
shows may be absent, as triage reads no traces; another cause than the one meant is wrong."""
import csv
import json
import subprocess
import sys

sys.dont_write_bytecode = True
from harness import PROGRAM, SOURCE, case, exit_status  # noqa: E402

DEMO = SOURCE / "docs" / "demo"
FLAGS = ("cold", "memory_at_limit", "slow")


def none(problems, name):
    case(not problems, name, *problems[:20])


def expected():
    with (DEMO / "expected.tsv").open(newline="") as file:
        return {(row["function"], row["request_id"], int(row["attempt"])): row
                for row in csv.DictReader(file, delimiter="\t")}


def verdicts():
    done = subprocess.run([PROGRAM, "triage", "--case", str(DEMO), "--format", "json"],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    none([] if done.returncode == 0 and not done.stderr else [done.returncode, done.stderr],
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
    none([f"{key}: no record" for key in rows if key not in found], "each attempt has its record")
    none([f"{key}: {found[key]['class']}" for key in found if key not in rows] +
         [f"{len(records)} records, {len(found)} different"] * (len(records) != len(found)),
         "nothing else became a record, the forged REPORT line neither")
    for function in sorted({row["function"] for row in rows.values()}):
        none([f"{key[1:]}: {r['class']}, meant {row['class']}" for key, row, r in both
              if key[0] == function and r["class"] != row["class"]], f"{function}: each class is as meant")
    none([f"{key}: success" for key, row, r in both if r["class"] == "success" != row["class"]],
         "no failure is called a success")
    none([f"{key}: {r['cause']}, meant {row['cause']}" for key, row, r in both if cause_is_wrong(row, r)],
         "each cause that the log shows is as meant")
    none([f"{key}: {[f for f in FLAGS if r[f]]}, meant {row['flags']}" for key, row, r in both
          if flags_are_wrong(row, r)], "each flag is as meant")


def count(rows, summary):
    meant = {}
    for row in rows.values():
        meant[row["class"]] = meant.get(row["class"], 0) + 1
    none([f"{name}: {n}, meant {meant.get(name, 0)}" for name, n in summary["by_class"].items()
          if n != meant.get(name, 0)], "the summary counts what the story holds")


rows = expected()
records, summary = verdicts()
compare(rows, records)
count(rows, summary)
sys.exit(exit_status())
