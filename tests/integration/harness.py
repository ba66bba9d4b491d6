"""What the tests over the built program share: one line a case, runs, logs to run on, a terminal.

Environment: LAMBDIG the program, SRCDIR the top of the source tree. Who imports it
sets sys.dont_write_bytecode first: the source tree may be read-only."""
import fcntl
import json
import os
import pathlib
import pty
import select
import signal
import struct
import subprocess
import tempfile
import termios
import threading
import time

PROGRAM = str(pathlib.Path(os.environ.get("LAMBDIG", "lambdig")).resolve())
SOURCE = pathlib.Path(os.environ.get("SRCDIR", ".")).resolve()
DEADLINE = int(os.environ.get("LAMBDIG_TEST_SECONDS", 60))  # of each wait
WORK = tempfile.TemporaryDirectory()
ROOM = pathlib.Path(WORK.name)
ENV = {"PATH": os.environ["PATH"], "HOME": str(ROOM), "LC_ALL": "C.UTF-8", "TZ": "UTC", "TERM": "xterm-256color"}
for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"):
    if name in os.environ:
        ENV[name] = os.environ[name]
# Who started the tests (nohup, a shell's &) may have these ignored, and the program would inherit it.
for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
    if signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, signal.SIG_DFL)
results = {"PASS": 0, "FAIL": 0, "SKIP": 0}


def tell(verdict, name, *detail):
    """PASS, FAIL or SKIP of one case; the details are told unless it passed."""
    results[verdict] += 1
    print(f"lambdig-case: {verdict} {name}", flush=True)
    if verdict != "PASS":
        print(*detail, sep="\n", flush=True)


def case(good, name, *detail):
    tell("PASS" if good else "FAIL", name, *detail)


def run_parts(*parts):
    """Each part, whatever became of the ones before; returns the exit status."""
    for part in parts:
        try:
            part()
        except Exception as why:  # one broken part does not hide the others
            case(False, f"{part.__name__} came to its end", repr(why))
    return exit_status()


def exit_status():
    return 1 if results["FAIL"] else 77 if results["SKIP"] else 0


class Run:
    def __init__(self, *args, stdin=b"", env=None):
        done = subprocess.run([PROGRAM, *map(str, args)], input=stdin, capture_output=True,
                              env={**ENV, **(env or {})}, timeout=DEADLINE, cwd=ROOM)
        self.status, self.out, self.err = done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")

    def __repr__(self):
        return f"status {self.status}\nstderr: {self.err[:2000]}\nstdout: {self.out[:2000]!r}"

    @property
    def objects(self):
        return [json.loads(line) for line in self.out.decode("utf-8").splitlines()]

    @property
    def records(self):
        return [o for o in self.objects if o["kind"] != "summary"]

    @property
    def summary(self):
        return self.objects[-1]


def write(name, content):
    path = ROOM / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def uuid(n):
    return f"{n:08x}-1111-4222-8333-444455556666"


def good(n, duration="12.50", billed=13, size=128, used=60, tail=""):
    return (f"START RequestId: {uuid(n)} Version: $LATEST\n"
            f"END RequestId: {uuid(n)}\n"
            f"REPORT RequestId: {uuid(n)}\tDuration: {duration} ms\tBilled Duration: {billed} ms\t"
            f"Memory Size: {size} MB\tMax Memory Used: {used} MB\t{tail}\n")


def timeout(n):
    return (f"START RequestId: {uuid(n)} Version: $LATEST\n"
            f"calling the payment service\n"
            f"2026-03-01T10:00:03.000Z {uuid(n)} Task timed out after 3.00 seconds\n\n"
            f"END RequestId: {uuid(n)}\n"
            f"REPORT RequestId: {uuid(n)}\tDuration: 3003.16 ms\tBilled Duration: 3000 ms\t"
            f"Memory Size: 128 MB\tMax Memory Used: 60 MB\t\n")


def exception(n):
    return (f"START RequestId: {uuid(n)} Version: $LATEST\n"
            f"[ERROR] KeyError: 'order'\nTraceback (most recent call last):\n"
            f"  File \"/var/task/app.py\", line 7, in handler\n    return event['order']\n"
            f"END RequestId: {uuid(n)}\n"
            f"REPORT RequestId: {uuid(n)}\tDuration: 1.50 ms\tBilled Duration: 2 ms\t"
            f"Memory Size: 128 MB\tMax Memory Used: 40 MB\t\n")


def stamped(n, when, message):
    """One line of `aws logs tail --format detailed`-like output: a time, a stream, the message."""
    return f"{when} 2026/03/01/[$LATEST]{n:032x} {message}\n"


def stamped_good(n, minute):
    return "".join(stamped(1, f"2026-03-01T10:{minute:02d}:0{s}.000000+00:00", text)
                   for s, text in enumerate(good(n).splitlines()))


def one_line_errors(run, name):
    lines = run.err.splitlines()
    case(bool(lines) and all(line.startswith("lambdig: ") for line in lines),
         f"{name}: each line on stderr begins with lambdig:", run)


def start(*args, env=None):
    return subprocess.Popen([PROGRAM, *map(str, args)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, env={**ENV, **(env or {})}, cwd=ROOM)


def read_until(stream, text):
    found, end = b"", time.monotonic() + DEADLINE
    while text not in found and time.monotonic() < end:
        if select.select([stream], [], [], 1)[0]:
            piece = os.read(stream.fileno(), 65536)
            if not piece:
                break
            found += piece
    return found


def feed(run, content):
    try:
        run.stdin.write(content)
        run.stdin.flush()
    except BrokenPipeError:
        pass  # the program ended first, as it was told to


def drain(run):
    """The rest of stdout and stderr; stdin stays open, so that only the signal can end the program."""
    got = {}
    threads = [threading.Thread(target=lambda k=k, f=f: got.__setitem__(k, f.read()))
               for k, f in (("out", run.stdout), ("err", run.stderr))]
    for thread in threads:
        thread.start()
    try:
        run.wait(timeout=DEADLINE)
    except subprocess.TimeoutExpired:
        run.kill()
    for thread in threads:
        thread.join(DEADLINE)
    return got["out"], got["err"]


# What a program sets on a terminal and must put back: on, off.
MODES = [(b"\x1b[?1049h", b"\x1b[?1049l"), (b"\x1b[?25l", b"\x1b[?25h"), (b"\x1b[?2004h", b"\x1b[?2004l"),
         (b"\x1b[?1000h", b"\x1b[?1000l"), (b"\x1b[?1006h", b"\x1b[?1006l"), (b"\x1b[?1h", b"\x1b[?1l"),
         (b"\x1b=", b"\x1b>")]


def fresh_settings():
    master, line = pty.openpty()
    settings = termios.tcgetattr(line)
    os.close(line)
    os.close(master)
    return settings


class Terminal:
    """The program on a pseudo-terminal; keeps what it wrote, and how it left the line."""

    def __init__(self, *args, env=None, rows=24, cols=80, stdin=None):
        pid, self.fd = pty.fork()
        if pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
            if stdin is not None:
                os.dup2(os.open(stdin, os.O_RDONLY), 0)
            os.chdir(ROOM)
            os.execve(PROGRAM, [PROGRAM, *map(str, args)], {**ENV, **(env or {})})
        self.pid, self.out, self.status = pid, b"", None
        self.before = self.after = fresh_settings()
        self.closed = threading.Event()
        threading.Thread(target=self.pump, daemon=True).start()

    def pump(self):
        try:
            while piece := os.read(self.fd, 65536):
                self.out += piece
        except OSError:
            self.after = termios.tcgetattr(self.fd)  # of a master these are the line's
        self.closed.set()

    def keys(self, text):
        os.write(self.fd, text.encode())

    @property
    def sentences(self):
        """The lines that the program wrote outside of its screen."""
        text = self.out.rsplit(b"\x1b[?1049l", 1)[-1].decode("utf-8", "replace")
        return [line for line in text.replace("\r", "").split("\n") if "lambdig: " in line]

    @property
    def left(self):
        """What was not put back; nothing where all was."""
        found = [on for on, off in MODES if self.out.rfind(on) > self.out.rfind(off)]
        return found + (["line settings"] if self.after != self.before else [])

    def wait_for(self, text):
        end = time.monotonic() + DEADLINE
        while text not in self.out and time.monotonic() < end and not self.closed.wait(0.02):
            pass
        return text in self.out

    def end(self):
        self.closed.wait(DEADLINE)
        if not self.closed.is_set():
            os.kill(self.pid, signal.SIGKILL)
        self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self.fd)
        return self.status
