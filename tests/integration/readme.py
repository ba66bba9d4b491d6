#!/usr/bin/env python3
"""Every command of the README is run, as it stands there, in an empty directory with an example log.

Environment: LAMBDIG the program, SRCDIR the top of the source tree. The two ./bootstrap
commands are run by tests/check.sh itself; here they are only looked for in it."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
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


def run(line, directory):
    bin_dir = directory / "bin"
    bin_dir.mkdir(exist_ok=True)
    if not (bin_dir / "lambdig").exists():
        (bin_dir / "lambdig").symlink_to(PROGRAM)
    env = dict(os.environ, PATH=f"{bin_dir}:{os.environ['PATH']}", HOME=str(directory))
    return subprocess.run(["sh", "-c", line], cwd=directory, env=env, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60)


def main():
    lines = list(commands())
    case(len(lines) >= 5, "the readme holds commands", repr(lines))
    check = (SOURCE / "tests" / "check.sh").read_text()
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        (directory / "app.log").write_text(LOG)
        for line in lines:
            if line.startswith("./bootstrap"):
                case(line == "./bootstrap check" or line in check, line, "not run by tests/check.sh")
                continue
            wanted = next((s for flag, s in WANTED_STATUS.items() if flag in line), 0)
            done = run(line, directory)
            good = done.returncode == wanted and "KeyError" in done.stdout
            case(good, line, f"status {done.returncode}\n{done.stdout}\n{done.stderr}")


sys.exit(run_parts(main))
