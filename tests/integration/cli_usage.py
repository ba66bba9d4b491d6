#!/usr/bin/env python3
"""Flags, commands and the configuration keep their contract.

Expected values come from the contract and from the logs written here, never from what the program
printed."""
import re
import sys

sys.dont_write_bytecode = True
from harness import ROOM, Run, case, good, one_line_errors, run_parts, write  # noqa: E402


def usage():
    for args, words in ((["--thene", "x"], ["thene", "--theme"]), (["traige"], ["traige", "triage"]),
                        (["triage", "--format", "xml"], ["xml", "json"]), (["--logs"], ["--logs"]), (["-Z"], ["-Z"]),
                        (["triage", "--logs", "x", "--since", "yesterdayish"], ["yesterdayish"]),
                        (["config", "--format", "markdown"], ["markdown"]), (["tail", "fn"], ["tail"]),
                        ([], ["--case", "--logs", "demo"]), (["payments"], ["payments"]),
                        (["triage"], ["--logs"]), (["--case", "x", "--logs", "y"], ["--case", "--logs"])):
        run = Run(*args)
        case(run.status == 2 and run.out == b"" and len(run.err.splitlines()) == 1
             and all(word in run.err for word in words),
             f"usage: lambdig {' '.join(args) or '(nothing)'} ends with 2 and one clear line", run)
        one_line_errors(run, f"usage {args}")
    run = Run("--help")
    lines = run.out.decode().splitlines()
    case(run.status == 0 and 5 < len(lines) <= 40, "--help has at most 40 lines", len(lines))
    run = Run("--version")
    case(run.status == 0 and all(w in run.out.decode() for w in ("lambdig ", "curl", "jansson", "yaml")),
         "--version names the libraries", run)
    log = write("args.log", good(1))
    case(Run("triage", f"--logs={log}", "--format=json").status == 0, "--opt=value", "")
    case(len(Run("triage", "--logs", log, log, "--format", "json").records) == 2,
         "once --logs is given, further arguments are files, and options may follow", "")
    write("--format", good(7))
    run = Run("triage", "--format", "json", "--logs", log, "--", "--format")
    case(run.status == 0 and len(run.records) == 2, "what follows -- is a file", run)


def configuration():
    bad = write("bad.yaml", "utc: yes\nthene: dark\n")
    run = Run("config", "--check", "--config", bad)
    case(run.status == 2 and re.search(r"bad\.yaml:2:\d+: unknown setting 'thene', did you mean 'theme'\?", run.err),
         "an unknown setting is told with file, line, column and the nearest", run)
    for name, text in (("tab", "a:\tb: c\n"), ("open", "theme: [dark\n"), ("alias", "theme: &a dark\nregion: *a\n"),
                       ("word", "dark\n"), ("range", "memory-limit-mb: 1\n"), ("list", "theme: [dark, light]\n"),
                       ("deep", "a: " + "[" * 5000 + "\n"), ("large", "# x\n" * 20000)):
        run = Run("config", "--config", write(f"{name}.yaml", text))
        case(run.status == 2 and run.out == b"" and f"{name}.yaml" in run.err, f"bad YAML ({name}) ends with 2", run)
    case(Run("config", "--config", ROOM / "absent.yaml").status == 2, "a named file that is absent ends with 2", "")
    good_file = write("good.yaml", "theme: light\nutc: yes\n")
    run = Run("config", "--format", "json", "--config", good_file, "--theme", "mono", env={"LAMBDIG_ASCII": "yes"})
    rows = {o["name"]: o for o in run.objects}
    case(run.status == 0 and rows["theme"]["value"] == "mono" and rows["theme"]["origin"] == "--theme"
         and rows["utc"]["value"] == "yes" and "good.yaml:2" in rows["utc"]["origin"]
         and rows["ascii"]["origin"] == "LAMBDIG_ASCII" and rows["mouse"]["origin"] == "default",
         "config says where each value came from", run)
    for name, text, words in (("action", "keys:\n  logs.folow: f\n", "action.yaml:2:"), ("theme", "theme: drak\n", "dark"),
                              ("key", "keys:\n  logs.follow: Ctrl-Foo\n", "key.yaml:2:")):
        run = Run("config", "--check", "--config", write(f"{name}.yaml", text))
        case(run.status == 2 and words in run.err, f"config --check finds a wrong {name}", run)
    case(Run("config", "--check", "--config", good_file).status == 0, "config --check of a good file ends with 0", "")


if __name__ == "__main__":
    sys.exit(run_parts(usage, configuration))
