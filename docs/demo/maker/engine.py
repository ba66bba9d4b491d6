"""Plays requests through functions: environments, cold starts, retries, log events.

A story (incident.py) says what an attempt does; this page turns that into the events that the
platform and the runtime would write, and keeps what was meant for expected.tsv."""
import heapq
from dataclasses import dataclass, field

from maker import lines
from maker.dice import END_MS, START_MS, Dice
from maker.functions import FUNCTIONS

RETRY_GAPS_MS = (60_000, 120_000)  # after the end of attempt 1 and 2
IDLE_MS = 7 * 60_000               # then an environment is given up


@dataclass
class Plan:
    """What one attempt does; times are offsets from its START."""
    duration_us: int
    said: list = field(default_factory=list)   # (offset_ms, level, text), or level 'raw'
    ending: str = "done"   # done, error, timeout, killed, memory, exit, startup, suppressed
    error: object = None   # lines.Error of an unhandled error
    how: str = ""          # exit status or signal, where ending is exit or killed
    old_style: bool = False  # the platform's wording of before Status:
    memory_mb: int = 0
    calls: list = field(default_factory=list)  # for the trace: traces.Call
    meant: tuple = ("success", "-", "-")       # class, cause, who shows the cause
    flags: tuple = ()
    judge_flags: bool = True
    last_here: bool = False  # its environment takes no further request


@dataclass
class Request:
    function: object
    id: str
    payload: object
    begin_ms: int
    number: int = 0          # of its function, from 1
    retry_starts: tuple = () # fixed START times of attempts 2 and 3
    root: str = ""
    receive_count: int = 1   # sqs


@dataclass
class Environment:
    stream: str
    instance: str
    free_ms: int = 0
    memory_mb: int = 0
    fresh: bool = True
    ingested_ms: int = 0


@dataclass
class Attempt:
    function: object
    request: Request
    number: int
    start_ms: int
    plan: Plan
    environment: Environment
    trace_id: str
    segment_id: str
    parent_id: str
    init_us: int = 0
    cold: bool = False
    memory_mb: int = 0
    status: str = ""
    error_type: str = ""

    request_id = property(lambda self: self.request.id)
    duration_us = property(lambda self: self.plan.duration_us)
    end_ms = property(lambda self: self.start_ms + self.plan.duration_us // 1000)
    failed = property(lambda self: self.plan.ending != "done")

    @property
    def billed_ms(self):
        ran = self.plan.duration_us
        if self.plan.ending in ("timeout", "suppressed"):
            ran = self.function.timeout_ms * 1000
        return -(-(ran + self.init_us) // 1000)


class World:
    def __init__(self, stories):
        self.stories = stories  # name -> Story
        self.events, self.attempts, self.expected = [], [], []
        self.exhausted = []     # attempts after which the platform gave up
        self._order = 0

    def run(self):
        for f in FUNCTIONS:
            if f.name in self.stories:
                self._run_function(f, self.stories[f.name])
        self.attempts.sort(key=lambda a: (a.start_ms, a.request_id))
        self.events.sort(key=lambda e: (e["timestamp"], e["ingestionTime"], e["eventId"]))

    def _run_function(self, f, story):
        dice, heap, environments = Dice(f.name + " engine"), [], []
        for request in story.requests(f):
            self._push(heap, request.begin_ms, request, 1)
        for ms, stream_texts in story.bare_streams(f):
            self._bare(f, dice, ms, stream_texts)
        while heap:
            start_ms, _, request, number = heapq.heappop(heap)
            if start_ms >= END_MS:
                continue
            a = self._attempt(f, story, dice, environments, request, number, start_ms)
            self.attempts.append(a)
            self._write(a, dice)
            self._expect(a)
            if a.failed and a.end_ms < END_MS:
                self._again(heap, a, dice)

    def _push(self, heap, ms, request, number):
        self._order += 1
        heapq.heappush(heap, (ms, self._order, request, number))

    # ---- one attempt

    def _attempt(self, f, story, dice, environments, request, number, start_ms):
        plan = story.plan(f, request, number, start_ms)
        environment = self._environment(f, story, dice, environments, start_ms)
        traced = f.tracing == "Active" or story.traced_by_caller
        a = Attempt(f, request, number, start_ms, plan, environment,
                    request.root if traced else "", dice.hex(16), dice.hex(16))
        a.cold = environment.fresh
        if a.cold and plan.ending not in ("startup", "suppressed"):
            a.init_us = dice.between(*story.init_us)
        environment.fresh = False
        environment.memory_mb = max(environment.memory_mb, plan.memory_mb)
        environment.free_ms = a.end_ms + 3
        a.memory_mb = environment.memory_mb
        a.status, a.error_type = platform_words(plan)
        if plan.last_here or plan.ending not in ("done", "error"):
            environments.remove(environment)
        return a

    def _environment(self, f, story, dice, environments, start_ms):
        environments[:] = [e for e in environments if e.free_ms + IDLE_MS > start_ms
                           and not story.redeployed(e.free_ms, start_ms)]
        free = [e for e in environments if e.free_ms <= start_ms]
        if free:
            return max(free, key=lambda e: e.free_ms)
        fresh = Environment(f"2026/11/24/[$LATEST]{dice.hex(32)}", dice.hex(32))
        environments.append(fresh)
        return fresh

    def _again(self, heap, a, dice):
        f, request = a.function, a.request
        if f.trigger == "async" and a.number < 3:
            gap = RETRY_GAPS_MS[a.number - 1] + dice.between(400, 2600)
            fixed = request.retry_starts[a.number - 1:a.number]
            self._push(heap, fixed[0] if fixed else a.end_ms + gap, request, a.number + 1)
        elif f.trigger == "sqs" and request.receive_count < 3:
            again = Request(f, dice.uuid(), request.payload, a.end_ms + 60_000, request.number,
                            root=request.root, receive_count=request.receive_count + 1)
            self._push(heap, again.begin_ms, again, 1)
        elif f.trigger != "sync":
            self.exhausted.append(a)

    # ---- its events

    def _write(self, a, dice):
        f, write = a.function, self._writer(a.function, a.environment, dice)
        runtime_arn = f"{sum(f.runtime.encode()):04x}" * 16
        if a.cold:
            self._write_init(a, write, runtime_arn, dice)
        write(a.start_ms, lines.start_json(a) if f.json_logs else lines.start(a.request_id))
        for offset_ms, level, text in a.plan.said:
            ms = a.start_ms + offset_ms
            write(ms, text if level == "raw" else lines.say(f, ms, a.request_id, level, text))
        self._write_ending(a, write)
        if f.json_logs:
            if f.debug_system_log:
                write(a.end_ms, lines.runtime_done_json(a))
            write(a.end_ms, lines.report_json(a))
        else:
            write(a.end_ms, lines.end(a.request_id))
            write(a.end_ms, lines.report(a))

    def _write_init(self, a, write, runtime_arn, dice):
        f, plan = a.function, a.plan
        init_us = {"startup": 190_000 + dice.between(0, 60_000), "suppressed": 10_009_160}
        us = init_us.get(plan.ending, a.init_us)
        began = a.start_ms - us // 1000 - 2
        if f.json_logs:
            if f.debug_system_log:
                write(began, lines.init_start_json(f, began, runtime_arn, a.environment.instance))
            return
        write(began, lines.init_start(f.runtime, runtime_arn))
        if plan.ending == "startup":
            write(a.start_ms - 2, lines.unhandled(f, a.start_ms - 2, a.request_id, plan.error))
            write(a.start_ms - 1, lines.init_report(us, "init", "error", plan.error.kind))
        if plan.ending == "suppressed":
            write(a.start_ms - 1, lines.init_report(us, "init", "timeout"))

    def _write_ending(self, a, write):
        f, plan, ms = a.function, a.plan, a.end_ms
        if plan.ending == "error":
            write(ms - 1, lines.unhandled(f, ms - 1, a.request_id, plan.error))
        elif plan.ending == "startup":
            write(ms - 2, lines.WARNING_OF_INIT)
            write(ms - 1, lines.unhandled(f, ms - 1, a.request_id, plan.error))
            write(ms, lines.init_report(plan.duration_us - 400, "invoke", "error", plan.error.kind))
        elif plan.ending == "suppressed":
            write(ms, lines.init_report(plan.duration_us - 4_300, "invoke", "timeout"))
        elif plan.ending == "timeout" and plan.old_style:
            write(ms, lines.timed_out(ms, a.request_id, plan.duration_us))
        elif plan.ending in ("exit", "killed") and plan.old_style:
            write(ms, lines.died(a.request_id, plan.how))

    def _bare(self, f, dice, ms, texts):
        """A stream that holds a failed init and no request."""
        environment = Environment(f"2026/11/24/[$LATEST]{dice.hex(32)}", dice.hex(32))
        write = self._writer(f, environment, dice)
        for offset_ms, text in texts:
            write(ms + offset_ms, text)
        self.expected.append((ms + texts[-1][0], f.name, "-", 1, "startup", "-", "*", "-"))

    def _writer(self, f, environment, dice):
        def write(ms, message):
            late = self.stories[f.name].late_ms(message)
            ingested = ms + (late or dice.between(210, 2900))
            if not late:  # what one environment sends arrives in order
                ingested = max(ingested, environment.ingested_ms)
                environment.ingested_ms = ingested
            self._order += 1
            if START_MS <= ms < END_MS:
                low = (self._order << 64) | int(dice.hex(16), 16)
                self.events.append({
                    "logGroupName": f.log_group, "logStreamName": environment.stream,
                    "timestamp": ms, "message": message, "ingestionTime": ingested,
                    "eventId": f"{(ms << 144) | low:056d}"})
        return write

    # ---- what was meant

    def _expect(self, a):
        """From the story, never from a reading of the events."""
        meaning, cause, shown = a.plan.meant
        flags = list(a.plan.flags)
        if a.init_us:
            flags.append("cold")
        if a.memory_mb >= a.function.memory_mb:
            flags.append("memory_at_limit")
        if a.end_ms >= END_MS:
            meaning, cause, shown, flags = "incomplete", "-", "-", ["*"]
        elif a.start_ms < START_MS:
            meaning, cause, shown = "ambiguous", "-", "-"
        if not a.plan.judge_flags:
            flags = ["*"]
        self.expected.append((a.end_ms, a.function.name, a.request_id, a.number, meaning, cause,
                              ",".join(sorted(flags)) or "-", shown))


def platform_words(plan):
    """Status and Error Type of the REPORT line; both empty where it says nothing."""
    if plan.ending == "timeout":
        return ("", "") if plan.old_style else ("timeout", "")
    if plan.ending == "suppressed":
        return "timeout", ""
    if plan.ending == "startup":
        return "error", plan.error.kind
    if plan.ending == "memory":
        return "error", "Runtime.OutOfMemory"
    if plan.ending in ("exit", "killed") and not plan.old_style:
        return "error", "Runtime.ExitError"
    return "", ""
