#!/usr/bin/env python3
"""What ./bootstrap does where something is missing: a copy of it alone in a directory, with a PATH
that holds a few tools and stand-ins for those of the package manager. Nothing is installed."""
import os
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
from harness import ROOM, SOURCE, case, run_parts  # noqa: E402

TOOLS = ("sh", "dirname", "getconf", "sed", "ls", "head", "tail", "rm", "env", "mkdir", "touch", "cat", "uname")
STAND_INS = {
    "apt-get": 'echo "apt-get $*" >>"$CALLS"; [ "${APT_FAILS-}" != "$1" ] || { echo "E: no such package"; exit 100; }',
    "sudo": 'echo "sudo" >>"$CALLS"; exec "$@"',
    "id": 'echo "${USER_ID-0}"',
    "pkg-config": "exit 1",
    "autoreconf": 'echo "autoreconf ran" >>"$CALLS"; exit 7',
}


class Place:
    """A directory with bootstrap in it, and a PATH of only these stand-ins."""

    def __init__(self, name, *stand_ins):
        self.top = ROOM / name
        self.bin, self.calls = self.top / "bin", self.top / "calls"
        self.bin.mkdir(parents=True)
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool))
        for tool in stand_ins:
            (self.bin / tool).write_text(f"#!{shutil.which('sh')}\n{STAND_INS[tool]}\n")
            (self.bin / tool).chmod(0o755)
        shutil.copy(SOURCE / "bootstrap", self.top / "bootstrap")

    def run(self, *args, **env):
        done = subprocess.run([str(self.top / "bootstrap"), *args], capture_output=True, text=True, timeout=60, cwd="/",
                              env={"PATH": str(self.bin), "CALLS": str(self.calls), **env})
        done.called = self.calls.read_text().splitlines() if self.calls.exists() else []
        return done


def without_a_package_manager():
    done = Place("plain", "id", "pkg-config").run("run")
    case(done.returncode == 2 and done.stdout == "" and len(done.stderr.splitlines()) == 1
         and all(word in done.stderr for word in ("gcc", "libncurses-dev", "libpcre2-dev", "docs/building.md")),
         "where there is no apt-get, what is missing is named, and where to read on", done)


def without_root():
    done = Place("user", "apt-get", "id", "pkg-config").run("run", USER_ID="1000")
    case(done.returncode == 2 and "as root: apt-get install" in done.stderr and done.called == [],
         "without root and sudo the command is named, and nothing is run", done)
    done = Place("sudo", "apt-get", "id", "pkg-config", "sudo", "autoreconf").run("run", USER_ID="1000")
    installs = [line for line in done.called if line.startswith("apt-get install")]
    case(done.called[0] == "sudo" and len(installs) == 1 and "libjansson-dev" in installs[0] and "libcmocka-dev" not in installs[0],
         "with sudo it installs what a run needs, and no more", done, done.called)


def what_a_check_needs():
    done = Place("check", "apt-get", "id", "pkg-config", "autoreconf").run("check")
    installs = " ".join(line for line in done.called if line.startswith("apt-get install"))
    case(all(f" {word}" in installs for word in ("gcc", "clang", "libcmocka-dev", "libvterm-dev", "python3", "nodejs", "npm")),
         "check installs what the tests need, too", installs)


def what_fails():
    done = Place("fails", "apt-get", "id", "pkg-config").run("run", APT_FAILS="install")
    case(done.returncode == 2 and "E: no such package" in done.stderr and "could not install" in done.stderr,
         "a package that cannot be had: the reason is shown", done)
    done = Place("offline", "apt-get", "id", "pkg-config", "autoreconf").run("run", APT_FAILS="update")
    case("autoreconf ran" in done.called, "an update that fails does not stop an install that works", done, done.called)
    done = Place("usage").run("walk")
    case(done.returncode == 2 and "./bootstrap run" in done.stderr and "./bootstrap check" in done.stderr,
         "an unknown word shows the two commands", done)


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(run_parts(without_a_package_manager, without_root, what_a_check_needs, what_fails))
