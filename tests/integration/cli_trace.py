#!/usr/bin/env python3
"""`lambdig trace` against the contract of the command line. The figures of every trace of the demo
are worked out here a second time, with exact fractions, straight from its documents.

Environment: LAMBDIG the program, SRCDIR the top of the source tree."""
import decimal
import json
import subprocess
import sys

sys.dont_write_bytecode = True
from harness import ENV, PROGRAM, ROOM, SOURCE, case, run_parts  # noqa: E402

DEMO = SOURCE / "docs" / "demo"
Exact = decimal.Decimal


def trace(*arguments, stdin=None):
    return subprocess.run([PROGRAM, "trace", *map(str, arguments)], env=ENV, timeout=60,
                          capture_output=True, stdin=stdin or subprocess.DEVNULL)


def lines(*arguments):
    done = trace("--format", "json", *arguments)
    return [json.loads(line, parse_float=Exact) for line in done.stdout.decode().splitlines()], done


# ---- the figures, a second time ----

def flatten(document, parent):
    yield document, parent
    for child in document.get("subsegments", []):
        yield from flatten(child, document["id"])


def covered(spans, start, end):
    at, sum_ms = start, Exact(0)
    for a, b in sorted((max(a, start), min(b, end)) for a, b in spans):
        if b > at:
            sum_ms += b - max(a, at)
            at = b
    return sum_ms


def by_hand(one):
    documents = [json.loads(s["Document"], parse_float=Exact) for s in one["Segments"]]
    rows = [row for d in documents for row in flatten(d, d.get("parent_id"))]
    first = min(Exact(d["start_time"]) for d, _ in rows)
    last = max(Exact(d.get("end_time", d["start_time"])) for d, _ in rows)
    if any("end_time" not in d for d, _ in rows):  # then X-Ray's own word counts, too
        last = max(last, first + Exact(one["Duration"]))
    span = {d["id"]: tuple((Exact(at) - first) * 1000
                           for at in (d["start_time"], d.get("end_time", last))) for d, _ in rows}
    parent = {d["id"]: p if p in span else None for d, p in rows}

    def above(name):
        while (name := parent[name]):
            yield name

    found = {"origin": {d["id"]: d.get("origin") for d, _ in rows}, "parent": parent, "self": {}}
    for name, (start, end) in span.items():
        below = [span[other] for other in span if name in above(other)]
        found["self"][name] = end - start - covered(below, start, end)
    found["span"] = span
    found["open"] = {d["id"] for d, _ in rows if "end_time" not in d}
    return found


def share_is_right(found, row):
    chain = [row["id"]]
    while found["parent"][chain[-1]]:
        chain.append(found["parent"][chain[-1]])
    inside = [name for name in chain if found["origin"][name] == "AWS::Lambda::Function"]
    start, end = found["span"][inside[0]] if inside else (
        0, max(end for _, end in found["span"].values()))
    return abs(row["share"] - min(1, row["self_ms"] / (end - start))) < Exact("0.00001")


def wrong_in(one, told):
    found, rows = by_hand(one), told["spans"]
    if {row["id"] for row in rows} != set(found["span"]) or len(rows) != len(found["span"]):
        return "its spans are others"
    for row in rows:
        start, end = found["span"][row["id"]]
        is_open = row["id"] in found["open"]
        if (row["start_ms"], row["end_ms"]) != (start, None if is_open else end):
            return f"times of {row['id']}"
        if is_open and (row["self_ms"] is not None or "in_progress" not in row["flags"]):
            return f"{row['id']} is open"
        if is_open:
            continue
        if row["self_ms"] != found["self"][row["id"]]:
            return f"self time of {row['id']}: {row['self_ms']}, not {found['self'][row['id']]}"
        if row["parent_id"] != found["parent"][row["id"]]:
            return f"parent of {row['id']}"
        if not share_is_right(found, row):
            return f"share of {row['id']}"
    if told["bottleneck"]["self_ms"] != max(
            ms for name, ms in found["self"].items() if name not in found["open"]):
        return "the bottleneck"
    if told["duration_ms"] != max(end for _, end in found["span"].values()):
        return "the duration"
    return None


def is_preorder(rows):
    path = []
    for row in rows:
        path = path[:row["depth"]]
        if row["parent_id"] != (path[-1]["id"] if path else None) or len(path) != row["depth"]:
            return False
        path.append(row)
    return True


def every_figure_of_the_demo():
    answer = json.loads((DEMO / "traces.json").read_text(), parse_float=Exact)
    told, done = lines(DEMO / "traces.json")
    case(done.returncode == 0 and not done.stderr, "the demo's traces are read without complaint",
         done.stderr)
    case([t["trace_id"] for t in told] == [t["Id"] for t in answer["Traces"]],
         "one line for each trace, in the order of the file")
    wrong = [(t["trace_id"], why) for one, t in zip(answer["Traces"], told)
             if (why := wrong_in(one, t))]
    case(not wrong, "times, self times, shares, parents and bottlenecks are those worked out again",
         *wrong[:10])
    case(all(is_preorder(t["spans"]) for t in told), "spans stand in pre-order, the root at depth 0")
    return told


# ---- what an argument is ----

def arguments_are_told_apart():
    told, _ = lines(DEMO / "traces.json")
    one = told[3]
    found, done = lines("--case", DEMO, one["trace_id"])
    case(found == [one] and done.returncode == 0, "a trace id is found in a case")
    found, done = lines("--case", DEMO, one["trace_id"].replace("-", "")[1:])
    case(found == [one], "so is the same id in W3C's form")
    answer = json.loads((DEMO / "traces.json").read_text())
    request = next(json.loads(s["Document"])["aws"]["request_id"] for s in answer["Traces"][3]["Segments"]
                   if json.loads(s["Document"]).get("origin") == "AWS::Lambda")
    found, _ = lines("--case", DEMO, request)
    case(one in found, "a request id is found in a case")
    for what in ("1-00000000-000000000000000000000000", "no-such-request"):
        done = trace("--case", DEMO, what)
        case(done.returncode == 4 and not done.stdout and what.encode() in done.stderr,
             f"{what} is not found: status 4", done.stderr)
    for arguments in ([], ["a", "b"]):
        case(trace(*arguments).returncode == 2, f"{len(arguments)} arguments: status 2")


def each_form_of_file():
    answer = json.loads((DEMO / "traces.json").read_text())
    whole, _ = lines(DEMO / "traces.json")
    one = answer["Traces"][5]
    documents = [s["Document"] for s in one["Segments"]]
    forms = {"one trace": json.dumps(one), "documents in an array": f"[{','.join(documents)}]",
             "documents as text": json.dumps(documents),
             "an answer on many lines": json.dumps({"Traces": [one]}, indent=4)}
    for name, text in forms.items():
        file = ROOM / "form.json"
        file.write_text(text)
        told, done = lines(file)
        case(told == [whole[5]], f"{name} gives the same trace", done.stderr, told)
    mixed = [s["Document"] for t in answer["Traces"][5:8] for s in reversed(t["Segments"])]
    (ROOM / "form.json").write_text(f"[{','.join(mixed)}]")
    told, _ = lines(ROOM / "form.json")
    case(sorted(t["trace_id"] for t in told) == sorted(t["trace_id"] for t in whole[5:8]) and
         all(t in whole for t in told), "documents of several traces are put together by their id")


def hostile_files():
    span = '{"id":"%s","trace_id":"1-5e1b4151-5ac6c58d40ec4fc1a6e8d3f1","name":"n","start_time":%s,"end_time":%s%s}'
    cases = {
        "empty": ("", 2), "no JSON": ("<html>", 2), "JSON without a trace": ('{"a":1}', 2),
        "an answer without traces": ('{"Traces":[]}', 0),
        "cut short": ('{"Traces":[{"Id":"1-a","Segments":[{"Id":"x","Document":"{\\"id\\":\\"x\\",'
                      '\\"name\\":\\"n\\",\\"start_time\\":1,\\"end_time\\":2}"}]},{"Id":', 4),
        "NaN": ("[" + span % ("a", "NaN", "1", "") + "]", 2),
        "negative times": ("[" + span % ("a", "-5", "-1", "") + "]", 0),
        "a depth of 10,000": ('{"trace_id":"1-a","subsegments":[' * 10000, 2),
        "an id twice": ("[" + span % ("a", "1", "2", "") + "," + span % ("a", "1", "2", "") + "]", 0),
    }
    for name, (text, status) in cases.items():
        file = ROOM / "hostile.json"
        file.write_text(text)
        told, done = lines(file)
        said = done.stderr.decode()
        case(done.returncode == status and (status == 0) == (said == "") and said.count("\n") <= 1,
             f"{name}: status {status}", done.returncode, said[:300])
    case(len(told[0]["spans"]) == 1, "an id that occurs twice stands once")
    done = trace(ROOM / "missing.json")
    case(done.returncode == 4 and b"missing.json" in done.stderr, "a file that is not there: status 4")


def for_people():
    done = trace(DEMO / "traces.json", "--ascii", "--color", "never")
    text = done.stdout.decode()
    wide = [line for line in text.splitlines() if len(line) > 80]
    case(not wide, "without a terminal it is 80 wide", *wide[:3])
    case("DynamoDB PutItem" in text and "most time of its own:" in text and text.isascii(),
         "calls, their operations and the bottleneck are named, in ASCII where asked for")
    done = trace(DEMO / "traces.json", "--format", "markdown")
    case(done.stdout.startswith(b"## trace 1-") and b"\n```\n" in done.stdout and b"\033" not in done.stdout,
         "markdown has a heading and a block of code")


if __name__ == "__main__":
    sys.exit(run_parts(every_figure_of_the_demo, arguments_are_told_apart, each_form_of_file,
                       hostile_files, for_people))
