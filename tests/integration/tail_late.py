#!/usr/bin/env python3
"""`lambdig tail --follow` against the contract server, over HTTP, with signatures checked.

12,000 events of 600 s become visible with the delays of docs/testing.md; clock, delays, and all
that lambdig counts in time run 20 times as fast. Each event must come once, for three seeds. Beside
it, on the same events: `aws logs tail --follow`, where it is installed, else its algorithm."""
import bisect
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ.get("SRCDIR", "."), "tests", "fault"))
sys.path.insert(0, os.path.join(os.environ.get("SRCDIR", "."), "tests", "integration"))
from harness import ENV, PROGRAM, ROOM, Terminal, case, good, run_parts, uuid  # noqa: E402
from screen import Screen  # noqa: E402
from server import FAULTS, SECRET, Account, Group, Reply, Server, refusal  # noqa: E402

EVENTS, SPAN_MS, SCALE, PAGE = 12000, 600000, 20, 400
SEEDS = (1, 2, 3)
LATEST_MS = 170000
SCALED = ["--poll-ms", 2000 // SCALE, "--overlap-ms", 10000 // SCALE, "--sweep-ms", 215000 // SCALE,
          "--sweep-every-ms", 30000 // SCALE, "--calls-per-s", 3 * SCALE]
DEADLINE = 120


def delay_ms(dice):
    kind = dice.random()
    if kind < 0.97:
        return dice.expovariate(1 / 800)
    return dice.uniform(5000, 30000) if kind < 0.999 else dice.uniform(60000, LATEST_MS)


class LateGroup(Group):
    """All events are known from the start, in the order of FilterLogEvents; a token is a place."""

    def plan(self, seed, start_ms):
        dice = random.Random(seed)
        planned = []
        for _ in range(EVENTS):
            at = dice.uniform(0, SPAN_MS)
            planned.append((start_ms + int(at / SCALE), start_ms + int((at + delay_ms(dice)) / SCALE)))
        for at, visible in sorted(planned):
            self.add(at, f"line {len(self.events)}\n", visible, f"2026/03/01/[$LATEST]{len(self.events) % 5:032x}")
        self.times = [event["timestamp"] for event in self.events]

    def filter(self, ask):
        now, token = self.account.clock_ms(), ask.get("nextToken")
        at = int(token) if token else bisect.bisect_left(self.times, ask.get("startTime", 0))
        page = []
        while at < len(self.events) and len(page) < PAGE:
            if self.events[at]["ingestionTime"] <= now:
                page.append(self.events[at])
            at += 1
        while at < len(self.events) and self.events[at]["ingestionTime"] > now:
            at += 1
        answer = {"events": page, "searchedLogStreams": []}
        return Reply({**answer, "nextToken": str(at)} if at < len(self.events) else answer)


def new_group(account, seed):
    account.function("late")
    group = LateGroup("/aws/lambda/late", account)
    group.plan(seed, account.clock_ms() + 2000)
    account.groups[group.name] = group
    return group


# ---- how `aws logs tail --follow` goes about it (docs/testing.md) ----

def follow_like_the_aws_command(group, since_ms, until):
    """Asks from the newest time seen on; remembers the ids of that time alone."""
    seen, newest, shown = set(), since_ms, []
    while time.monotonic() < until:
        token, ask = None, {"startTime": newest}
        while True:
            page = json.loads(group.filter({**ask, **({"nextToken": token} if token else {})}).body)
            for event in page["events"]:
                if event["eventId"] in seen:
                    continue
                shown.append(event["eventId"])
                if event["timestamp"] > newest:
                    newest, seen = event["timestamp"], set()
                if event["timestamp"] == newest:
                    seen.add(event["eventId"])
            token = page.get("nextToken")
            if not token:
                break
        threading.Event().wait(5 / SCALE)
    return shown


def has_aws_logs_tail():
    aws = shutil.which("aws")
    if not aws:
        return None
    done = subprocess.run([aws, "--version"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return aws if "aws-cli/2" in done.stdout + done.stderr else None


def run_aws_logs_tail(aws, server, until):
    """The command itself: it polls every 5 s whatever the scale."""
    env = {**ENV, **server.environment(), "AWS_DEFAULT_REGION": server.account.region, "AWS_PAGER": ""}
    process = subprocess.Popen([aws, "logs", "tail", "/aws/lambda/late", "--follow", "--since", "1m"],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env)
    threading.Timer(max(0, until - time.monotonic()), process.kill).start()
    return [line.split()[-1] for line in process.stdout.read().decode().splitlines() if line]


# ---- lambdig ----

class Tail:
    """The program under test; its lines are gathered as they come."""

    def __init__(self, server, *more, env=None):
        env = {**ENV, **(env or server.environment())}
        self.process = subprocess.Popen([PROGRAM, "tail", "late", "--follow", "--format", "json", *map(str, more)],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        env=env, cwd=ROOM)
        self.events, self.notes, self.changed = [], [], threading.Condition()
        self.readers = [threading.Thread(target=self.gather, args=(self.process.stdout, self.events, json.loads)),
                        threading.Thread(target=self.gather, args=(self.process.stderr, self.notes, bytes.decode))]
        for reader in self.readers:
            reader.start()

    def gather(self, stream, into, read):
        for line in stream:
            with self.changed:
                into.append(read(line))
                self.changed.notify_all()

    def wait(self, condition, seconds=DEADLINE):
        with self.changed:
            return self.changed.wait_for(condition, seconds)

    def end(self):
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(DEADLINE)
        for reader in self.readers:
            reader.join()
        return status


def figures(shown):
    return EVENTS - len(set(shown)), len(shown) - len(set(shown))


def follow_late_events(seed, found):
    account = Account()
    group = new_group(account, seed)
    with Server(account) as server:
        until = time.monotonic() + 2 + (SPAN_MS + LATEST_MS) / 1000 / SCALE + 2
        peers, aws = {}, has_aws_logs_tail() if seed == SEEDS[0] else None
        threads = [threading.Thread(target=lambda: peers.__setitem__(
            "its algorithm", follow_like_the_aws_command(group, group.times[0], until)))]
        if aws:
            threads.append(threading.Thread(target=lambda: peers.__setitem__(
                "aws logs tail --follow", run_aws_logs_tail(aws, server, until))))
        tail = Tail(server, *SCALED)
        for thread in threads:
            thread.start()
        tail.wait(lambda: len(tail.events) >= EVENTS)
        for thread in threads:
            thread.join()
        status = tail.end()
        shown = [event["event_id"] for event in tail.events]
        found[seed] = (status, figures(shown), server.count("FilterLogEvents"),
                       sum(event["late"] for event in tail.events), tail.notes,
                       {name: figures(lines) for name, lines in peers.items()})


def late_events():
    found = {}
    threads = [threading.Thread(target=follow_late_events, args=(seed, found)) for seed in SEEDS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for seed in SEEDS:
        status, (lost, twice), calls, late, notes, peers = found.get(seed, (None, (EVENTS, 0), 0, 0, [], {}))
        print(f"seed {seed}: lambdig {lost} lost, {twice} twice, {late} late, {calls} calls; " +
              "; ".join(f"{name}: {a} lost, {b} twice" for name, (a, b) in peers.items()), flush=True)
        case(lost == 0 and twice == 0, f"seed {seed}: of {EVENTS} events none is lost and none comes twice", found.get(seed))
        case(late > 100, f"seed {seed}: those that came late are marked", late)
        case(status == 130 and notes == [], f"seed {seed}: an interrupt ends it with 130, nothing to complain of", status, notes)
        case(all(a > 100 for a, _ in peers.values()), f"seed {seed}: the aws command's way loses events here", peers)
    if not has_aws_logs_tail():
        print("note: no aws command with `logs tail` is installed; its algorithm stood in for it", flush=True)


def is_note(tail, words):
    return any(words in note for note in tail.notes)


def begin_and_end(name, server, fault, words):
    """The hindrance is told as it begins and as it ends, and what came meanwhile is there."""
    group, now = server.account.function("late"), server.account.clock_ms
    group.add(now(), "before\n", now())
    tail = Tail(server, "--poll-ms", 100, "--calls-per-s", 100, "--overlap-ms", 500)
    case(tail.wait(lambda: len(tail.events) == 1), f"{name}: a line before it comes", tail.notes)
    server.fail("FilterLogEvents", fault)
    case(tail.wait(lambda: any(word in note for note in tail.notes for word in words)), f"{name}: it is told as it begins", tail.notes)
    group.add(now(), "meanwhile\n", now())
    asked = server.count("FilterLogEvents")
    server.wait(lambda: server.count("FilterLogEvents") >= asked + 4)  # another round failed, after a pause
    server.mend()
    case(tail.wait(lambda: is_note(tail, "gap: ") and is_note(tail, "filled 1 lines")), f"{name}: the gap is named when it is filled", tail.notes)
    case(tail.wait(lambda: is_note(tail, "reading again")), f"{name}: it is told as it ends", tail.notes)
    case(tail.wait(lambda: len(tail.events) == 2), f"{name}: what came meanwhile is read", tail.events)
    status = tail.end()
    lines = [event["message"] for event in tail.events]
    case(status == 130 and lines == ["before", "meanwhile"], f"{name}: each line once, and 130 at the end", status, lines)


def hindrances():
    for name, fault, words in (("a throttle", FAULTS["throttled"], ("hrottl",)),
                               ("a lost network", FAULTS["reset"], ("127.0.0.1",))):
        with Server(Account()) as server:
            begin_and_end(name, server, fault, words)


def credentials_that_expire():
    """The keys of the credentials file expire in mid-follow; a login writes new ones."""
    path = ROOM / "credentials"
    account = Account()
    group = account.function("late")
    group.add(account.clock_ms(), "before\n")
    expired = threading.Event()

    def fault(server, request):
        return FAULTS["expired"](server, request) if expired.is_set() and request.key_id == "AKIDOLD" else None

    def log_in(key_id):
        new = path.with_suffix(".new")
        new.write_text(f"[default]\naws_access_key_id = {key_id}\naws_secret_access_key = {SECRET}\n")
        new.replace(path)

    with Server(account) as server:
        env = {name: value for name, value in server.environment().items() if "KEY" not in name}
        env["AWS_SHARED_CREDENTIALS_FILE"] = str(path)
        server.fail("*", fault)
        log_in("AKIDOLD")
        tail = Tail(server, "--poll-ms", 100, "--calls-per-s", 100, env=env)
        case(tail.wait(lambda: len(tail.events) == 1), "expired credentials: a line before it comes", tail.notes)
        expired.set()
        case(tail.wait(lambda: is_note(tail, "expired")), "expired credentials: it is told as it begins", tail.notes)
        asked = server.count()
        group.add(account.clock_ms(), "meanwhile\n")
        log_in("AKIDNEW")
        case(tail.wait(lambda: len(tail.events) == 2), "expired credentials: with new ones it goes on where it was", tail.notes)
        old = sum(request.key_id == "AKIDOLD" for request in server.requests[asked:])
        case(old == 0, "expired credentials: nothing more is asked with them", old)
        status = tail.end()
        case(status == 130 and is_note(tail, "reading again"), "expired credentials: it is told as it ends", status, tail.notes)


def what_is_looked_at():
    """The console follows a dozen logs of an account, and the one that is opened."""
    account = Account()
    for n in range(20):
        account.function(f"fn-{n:02d}").add(account.clock_ms(), f"hello from {n}\n")
    with Server(account) as server:
        screen = Terminal(env=server.environment())
        groups = lambda: {request.json["logGroupName"] for request in list(server.requests)
                          if request.operation == "FilterLogEvents"}
        case(server.wait(lambda: len(groups()) == 12), "the console follows twelve logs of twenty functions", groups())
        last = next(n for n in range(20) if f"/aws/lambda/fn-{n:02d}" not in groups())
        os.write(screen.fd, f":function fn-{last:02d}\r".encode())
        case(screen.wait_for(f"hello from {last}".encode()), "a log that is opened is read, too", screen.out[-2000:])
        os.write(screen.fd, b":quit\r")
        case(screen.end() == 0, "and the console ends well", screen.status)


class BusyGroup(Group):
    """More than can be fetched: small pages, but for those asked for by a pattern or of one stream."""

    def filter(self, ask):
        terms = [term.strip('"') for term in re.findall(r'\?("[^"]*"|[^ ]+)', ask.get("filterPattern", ""))]
        self.page = 2000 if terms or "logStreamNames" in ask else 20
        kept, self.events = self.events, [event for event in self.events if (
            not terms or any(term in event["message"] for term in terms)) and
            event["logStreamName"] in ask.get("logStreamNames", [event["logStreamName"]])]
        try:
            return super().filter(ask)
        finally:
            self.events = kept


def shows(terminal, text):
    """Does the screen, as it stands, come to show this?"""
    end, screen, fed = time.monotonic() + DEADLINE, Screen(24, 80), 0
    while time.monotonic() < end:
        out = terminal.out
        screen.feed(out[fed:])
        fed = len(out)
        if any(text in "".join(line) for line in screen.lines):
            return True
        terminal.closed.wait(0.05)
    return False


def a_log_too_busy():
    """100 lines a second and 60 fetched: the lines of the platform are followed, the rest on demand."""
    account = Account()
    account.function("busy")
    group = account.groups["/aws/lambda/busy"] = BusyGroup("/aws/lambda/busy", account)
    first = account.clock_ms() - 60000
    for n in range(300):
        stream = f"2026/03/01/[$LATEST]{n % 7:032x}"
        lines = good(n).splitlines()
        for k, text in enumerate([lines[0], *(f"step {k} of {n}" for k in range(17)), *lines[1:]]):
            group.add(first + n * 200 + k * 10, text + "\n", stream=stream)
    with Server(account) as server:
        screen = Terminal("busy", env=server.environment())
        case(shows(screen, "platform and error lines only"), "a log that brings too much is thinned, and that is said", screen.out[-2000:])
        thin = lambda request: b"filterPattern" in request.body
        case(server.wait(lambda: any(map(thin, list(server.requests)))), "its platform and error lines are asked for by a pattern")
        case(shows(screen, "300 invocations"), "each invocation has its verdict", screen.out[-2000:])
        os.write(screen.fd, b"2")
        os.write(screen.fd, b":req " + uuid(299).encode() + b"\r")
        case(shows(screen, "[3 Inv]") and server.wait(lambda: any(b"logStreamNames" in r.body for r in list(server.requests))),
             "an invocation is opened", screen.out[-500:])
        os.write(screen.fd, b"l")
        case(shows(screen, "step 16 of 299"), "an invocation that is opened brings the rest of its lines", screen.out[-3000:])
        asked = [request.json for request in server.requests if b"logStreamNames" in request.body]
        case(len(asked) == 1 and asked[0]["logStreamNames"] == [f"2026/03/01/[$LATEST]{299 % 7:032x}"],
             "it was asked of its own stream, once", asked)
        os.write(screen.fd, b":quit\r")
        case(screen.end() == 0, "and the console ends well", screen.status)


def a_token_that_is_refused():
    """Each second page is answered with `The specified nextToken is invalid.`"""
    account = Account()
    group = account.function("late")
    group.page = 10
    for n in range(200):
        group.add(account.clock_ms() - 60000 + n * 50, f"line {n}\n")
    refused = [0]

    def fault(server, request):
        if "nextToken" in request.json:
            refused[0] += 1
            if refused[0] % 2 == 0:
                return refusal("InvalidParameterException", "The specified nextToken is invalid.")
        return None

    with Server(account) as server:
        server.fail("FilterLogEvents", fault)
        tail = Tail(server, "--overlap-ms", 300, "--calls-per-s", 100)
        tail.wait(lambda: len(tail.events) >= 200)
        status = tail.end()
    numbers = [int(event["message"].split()[1]) for event in tail.events]
    case(sorted(numbers) == list(range(200)) and status == 130 and refused[0] > 4,
         "tokens that are refused in mid-pass cost nothing", len(numbers), refused, tail.notes)


if __name__ == "__main__":
    sys.exit(run_parts(hindrances, credentials_that_expire, a_token_that_is_refused, what_is_looked_at, a_log_too_busy, late_events))
