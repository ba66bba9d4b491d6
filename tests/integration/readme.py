#!/usr/bin/env python3
"""Every command of the README is run, as it stands there, in an empty directory with an example log,
and on an account (the contract server) that has the same lines.

Environment: LAMBDIG the program, SRCDIR the top of the source tree. The two ./bootstrap
commands are run by tests/check.sh itself; here they are only looked for in it."""
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ.get("SRCDIR", "."), "tests", "fault"))
from server import Account, Server  # noqa: E402
from harness import PROGRAM, SOURCE, case, run_parts  # noqa: E402

LOG = """START RequestId: 3f2a7c1e-0d2b-4e77-9c1d-2f6b7a9d0e11 Version: $LATEST
[ERROR] KeyError: 'count'
Traceback (most recent call last):
  File "/var/task/app.py", line 7, in handler
    n = event['count']
END RequestId: 3f2a7c1e-0d2b-4e77-9c1d-2f6b7a9d0e11
REPORT RequestId: 3f2a7c1e-0d2b-4e77-9c1d-2f6b7a9d0e11\tDuration: 3.01 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\t
"""
WANTED_STATUS = {"--fail-on": 1}  # the log above holds a failure


def commands():
    text = (SOURCE / "README.md").read_text()
    for block in re.findall(r"^```sh\n(.*?)^```", text, re.S | re.M):
        yield from (line for line in block.splitlines() if line.strip())


def fill(account):
    for name in ("payments", "orders"):
        group, now = account.function(name), account.clock_ms() - 5000
        for k, text in enumerate(re.split(r"\n(?=[A-Z\[])(?!Traceback)", LOG)):
            group.add(now + k, text)


def run(line, directory, server):
    bin_dir = directory / "bin"
    bin_dir.mkdir(exist_ok=True)
    if not (bin_dir / "lambdig").exists():
        (bin_dir / "lambdig").symlink_to(PROGRAM)
    env = dict(os.environ, PATH=f"{bin_dir}:{os.environ['PATH']}", HOME=str(directory), **server.environment())
    if "--follow" in line:
        return run_until_it_shows("KeyError", line, directory, env)
    return subprocess.run(["sh", "-c", line], cwd=directory, env=env, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60)


def run_until_it_shows(text, line, directory, env):
    process = subprocess.Popen(["sh", "-c", f"exec {line}"], cwd=directory, env=env, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    shown = ""
    for part in process.stdout:
        shown += part
        if text in shown:
            break
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=60)
    return subprocess.CompletedProcess(line, 0 if process.returncode == 130 else process.returncode, shown + rest, errors)


def main():
    lines = list(commands())
    case(len(lines) >= 5, "the readme holds commands", repr(lines))
    check = (SOURCE / "tests" / "check.sh").read_text()
    account = Account()
    fill(account)
    with tempfile.TemporaryDirectory() as name, Server(account) as server:
        directory = pathlib.Path(name)
        (directory / "app.log").write_text(LOG)
        for line in lines:
            if line.startswith("./bootstrap"):
                case(line == "./bootstrap check" or line in check, line, "not run by tests/check.sh")
                continue
            wanted = next((s for flag, s in WANTED_STATUS.items() if flag in line), 0)
            done = run(line, directory, server)
            good = done.returncode == wanted and "KeyError" in done.stdout
            case(good, line, f"status {done.returncode}\n{done.stdout}\n{done.stderr}")


sys.exit(run_parts(main))
