#!/usr/bin/env python3
"""The console while the account fails: for each fault the rows stay, a key is painted at once, the
status says what it is, the follow goes on when it ends and has lost nothing, and quit is quick.

LAMBDIG_SANITIZED=1 leaves the times out: a sanitizer makes everything slow."""
import concurrent.futures
import os
import pathlib
import statistics
import sys
import threading
import time

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "integration")]
from harness import Terminal, case, exit_status, write  # noqa: E402
from screen import Screen  # noqa: E402
from server import Account, FAULTS, KEY, SECRET, Server  # noqa: E402

ROWS, COLS, KEYS = 24, 160, 20
KEY_MS, QUIT_MS = 50, 200
TIMED = not os.environ.get("LAMBDIG_SANITIZED")
forking = threading.Lock()  # one fork at a time: the others hold no lock of Python's meanwhile

NETWORK = {"500": "failed 3 times: HTTP 500", "503": "failed 3 times: HTTP 503", "503-2099": "failed 3 times: HTTP 503",
           "reset": "the connection broke", "reset-body": "the connection broke",
           "truncated": "the answer ended early", "bad-chunk": "the connection broke", "html": 'titled "Guest network"',
           "empty": "", "broken-json": "", "bad-gzip": "compression cannot be read",
           "gzip-bomb": "larger than 16 MiB", "huge": "larger than 16 MiB", "headers": "larger than 256 KiB",
           "redirect": "which is never followed", "redirect-file": "which is never followed"}
SAID = {**NETWORK, "429": "throttled", "throttled": "throttled", "retry-after": "throttled", "hang": "behind",
        "stall": "behind", "denied": "was refused", "expired": "have expired", "same-token": "tokens in a circle",
        "page-8-mib": ""}


class Console:
    """lambdig on an account of one function, and its screen."""

    def __init__(self, server, name, cols=COLS):
        credentials = write(f"credentials.{name}", f"[default]\naws_access_key_id={KEY}\naws_secret_access_key={SECRET}\n")
        environment = {key: value for key, value in server.environment().items() if "ACCESS_KEY" not in key}
        environment["AWS_SHARED_CREDENTIALS_FILE"] = str(credentials)
        self.credentials = credentials
        with forking:
            self.terminal = Terminal("pay", env=environment, rows=ROWS, cols=cols)
        self.screen, self.read = Screen(ROWS, cols), 0

    @property
    def text(self):
        out = self.terminal.out
        self.screen.feed(out[self.read:])
        self.read = len(out)
        return self.screen.text

    def wait_for(self, text, seconds=90):
        end = time.monotonic() + seconds
        while text not in self.text and time.monotonic() < end and not self.terminal.closed.wait(0.05):
            pass
        return text in self.text

    def key_ms(self, key):
        """From the key to the first byte that is painted."""
        before, start = len(self.terminal.out), time.monotonic()
        self.terminal.keys(key)
        while len(self.terminal.out) == before and time.monotonic() - start < 10:
            self.terminal.closed.wait(0.001)
        return (time.monotonic() - start) * 1000

    def quit_ms(self):
        start = time.monotonic()
        self.terminal.keys("ZZ")
        status = self.terminal.end()
        return (time.monotonic() - start) * 1000, status


def account():
    made = Account()
    group, now = made.function("pay"), made.clock_ms()
    for number in range(40):
        group.add(now - 60000 + number * 1000, f"row {number} of the log\n")
    return made, group


def hold_under(console, server, name):
    """While the fault holds: keys, status, rows."""
    seen = server.count()
    case(server.wait(lambda: server.count() > seen), f"{name}: it is met")
    times = [console.key_ms("kj"[n % 2]) for n in range(KEYS)]
    if TIMED:
        case(statistics.median(times) <= KEY_MS, f"{name}: a key is painted within {KEY_MS} ms",
             f"median {statistics.median(times):.1f} ms, longest {max(times):.1f} ms")
    case(console.wait_for(SAID[name]), f"{name}: the status says: {SAID[name] or '(nothing)'}", console.text)
    case("row 38 of the log" in console.text, f"{name}: the rows stay", console.text)


def renew(console):
    console.credentials.write_text(f"[default]\naws_access_key_id=AKIDRENEWED\naws_secret_access_key={SECRET}\n")


def go_on(console, server, group, name):
    server.mend()
    console.terminal.keys("G")  # the keys left the end of the log
    if name == "expired":
        renew(console)
    found = console.wait_for("written during the fault")
    case(found and console.text.count("written during the fault") == 1,
         f"{name}: what was written meanwhile comes, once", console.text)


def one(name):
    made, group = account()
    with Server(made) as server:
        console = Console(server, name)
        console.terminal.wait_for(b"pay")
        console.terminal.keys("2")
        case(console.wait_for("row 39 of the log"), f"{name}: the log is on the screen", console.text)
        server.fail("*", FAULTS[name])
        group.add(made.clock_ms(), "written during the fault\n")
        hold_under(console, server, name)
        if name not in ("denied", "same-token"):  # a denied group is not asked again by itself
            go_on(console, server, group, name)
        server.fail("*", FAULTS[name])
        seen = server.count()
        server.wait(lambda: server.count() > seen, 5)
        quit_ms, status = console.quit_ms()
        case(status in (0, 4) and (quit_ms <= QUIT_MS or not TIMED), f"{name}: quit within {QUIT_MS} ms",
             f"{quit_ms:.0f} ms, status {status}")
        case(not console.terminal.left and not console.screen.unknown, f"{name}: the terminal is put back",
             console.terminal.left, console.screen.unknown)


def gone():
    """The network goes away and comes back: nobody listens (fault 24)."""
    made, group = account()
    with Server(made) as server:
        console = Console(server, "gone")
        console.terminal.wait_for(b"pay")
        console.terminal.keys("2")
        case(console.wait_for("row 39 of the log"), "gone: the log is on the screen", console.text)
        server.vanish()
        group.add(made.clock_ms(), "written during the fault\n")
        case(console.wait_for("no connection"), "gone: the status says: no connection", console.text)
        case("row 39 of the log" in console.text, "gone: the rows stay", console.text)
        server.come_back()
        go_on(console, server, group, "gone")
        server.vanish()
        quit_ms, _ = console.quit_ms()
        case(quit_ms <= QUIT_MS or not TIMED, f"gone: quit within {QUIT_MS} ms", quit_ms)


def empty_pages():
    """A thousand empty pages with tokens (fault 30): they are asked within the budget, and end."""
    made, group = account()
    with Server(made) as server:
        console = Console(server, "pages")
        console.terminal.wait_for(b"pay")
        console.terminal.keys("2")
        case(console.wait_for("row 39 of the log"), "empty pages: the log is on the screen", console.text)
        group.empty_pages = 1000
        seen, start = server.count("FilterLogEvents"), time.monotonic()
        case(server.wait(lambda: server.count("FilterLogEvents") >= seen + 20), "empty pages: the next one is asked")
        rate = (server.count("FilterLogEvents") - seen) / (time.monotonic() - start)
        case(rate < 5, "empty pages: less than five calls a second", rate)
        times = [console.key_ms("kj"[n % 2]) for n in range(KEYS)]
        case(statistics.median(times) <= KEY_MS or not TIMED, f"empty pages: a key is painted within {KEY_MS} ms", times)
        case("row 38 of the log" in console.text, "empty pages: the rows stay", console.text)
        quit_ms, _ = console.quit_ms()
        case(quit_ms <= QUIT_MS or not TIMED, f"empty pages: quit within {QUIT_MS} ms", quit_ms)


# What the first screen says where the fault is there before the program, until it ends.
COLD = {"500": "HTTP 500", "throttled": "Rate exceeded", "hang": "", "html": "Guest network",
        "reset": "the connection broke", "expired": "have expired",
        "denied": "was refused"}


STEPS = {"html": "log in to this network, or check HTTPS_PROXY", "denied": "user/u lacks the permission named above",
         "500": "the service has trouble; try again in a while"}


def narrow(name):
    """At 80 columns the sentence is cut, not the next step."""
    made, _ = account()
    with Server(made) as server:
        console = Console(server, f"narrow.{name}", cols=80)
        console.terminal.keys("2")
        console.wait_for("row 39 of the log")
        server.fail("*", FAULTS[name])
        case(console.wait_for(STEPS[name]), f"{name} at 80 columns: the next step is whole", console.text)
        console.quit_ms()


def cold(name):
    made, _ = account()
    with Server(made) as server:
        server.fail("*", FAULTS[name])
        console = Console(server, f"cold.{name}")
        case(server.wait(lambda: server.count() > 0) and console.wait_for(COLD[name]),
             f"{name} from the start: the screen says: {COLD[name] or '(nothing)'}", console.text)
        if name != "denied":
            server.mend()
            if name == "expired":
                renew(console)
            console.terminal.keys("2")
            case(console.wait_for("row 39 of the log"), f"{name} from the start: it goes on when it ends", console.text)
        server.fail("*", FAULTS[name])
        quit_ms, _ = console.quit_ms()
        case(quit_ms <= QUIT_MS or not TIMED, f"{name} from the start: quit within {QUIT_MS} ms", quit_ms)


def main():
    FAULTS["gzip-bomb"](None, None)  # it takes seconds to make
    names = sys.argv[1:] or sorted(SAID, key=lambda name: name not in ("hang", "stall", "retry-after"))
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        parts = [(name, pool.submit(one, name)) for name in names]
        if not sys.argv[1:]:
            parts += [("gone", pool.submit(gone)), ("empty pages", pool.submit(empty_pages))]
            parts += [(f"{name} at 80 columns", pool.submit(narrow, name)) for name in STEPS]
            parts += [(f"{name} from the start", pool.submit(cold, name)) for name in COLD]
        for name, done in parts:
            try:
                done.result()
            except Exception as why:
                case(False, f"{name}: it came to its end", repr(why))
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
