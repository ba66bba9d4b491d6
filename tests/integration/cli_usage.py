#!/usr/bin/env python3
"""Flags, commands and the configuration keep their contract.

Expected values come from the contract and from the logs written here, never from what the program
printed."""
import os
import re
import select
import socket
import subprocess
import sys

sys.dont_write_bytecode = True
from harness import (ENV, PROGRAM, ROOM, SOURCE, Run, case, exception, good, one_line_errors,  # noqa: E402
                     run_parts, write)


def usage():
    for args, words in ((["--thene", "x"], ["thene", "--theme"]), (["traige"], ["traige", "triage"]),
                        (["triage", "--format", "xml"], ["xml", "json"]), (["--logs"], ["--logs"]), (["-Z"], ["-Z"]),
                        (["triage", "--logs", "x", "--since", "yesterdayish"], ["yesterdayish"]),
                        (["config", "--format", "markdown"], ["markdown"]), (["tail"], ["tail", "function"]),
                        (["tail", "fn"], ["--region", "AWS_REGION"]), (["tail", "fn", "--logs", "x"], ["tail", "--logs"]),
                        ([], ["--case", "--logs", "demo"]), (["payments"], ["--region"]),
                        (["triage"], ["--region", "--logs"]), (["--case", "x", "--logs", "y"], ["--case", "--logs"])):
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


# Of the contract: each option with a good value, and how `config` shows it. FILE options are tried apart.
OPTIONS = [
    ("profile", "prod", "prod"), ("region", "eu-west-1", "eu-west-1"), ("endpoint-url", "http://127.0.0.1:9", None),
    ("since", "15m", None), ("until", "2026-03-01T10:00:00Z", None), ("format", "json", None), ("color", "always", None),
    ("ascii", "true", "yes"), ("utc", "on", "yes"), ("theme", "light", None), ("mouse", "1", "yes"), ("write", "yes", None),
    ("allow-insecure-endpoint", "no", None)]


def rows_of(*args, **more):
    run = Run("config", "--format", "json", *args, **more)
    return {o["name"]: (o["value"], o["origin"]) for o in run.objects} if run.status == 0 else run


def every_place():
    """Each option is a flag, a key and a variable, and the later place wins."""
    for name, value, shown in OPTIONS:
        shown, variable = shown or value, "LAMBDIG_" + name.upper().replace("-", "_")
        if name != "format":  # which form `config` has is asked for by a flag here
            rows = rows_of(env={variable: value})
            case(rows[name] == (shown, variable), f"{variable} is read", rows)
            rows = rows_of("--config", write("one.yaml", f"{name}: {value}\n"))
            case(rows[name][0] == shown and "one.yaml:1:" in rows[name][1], f"the key {name} is read", rows)
        rows = rows_of(f"--{name}={value}")
        case(rows[name] == (shown, f"--{name}"), f"--{name} is read", rows)
    file = write("places.yaml", "theme: light\nutc: no\nregion: [a-1, b-1]\n")
    env = {"LAMBDIG_THEME": "mono", "LAMBDIG_REGION": "c-1,d-1"}
    rows = rows_of("--config", file, env=env)
    case(rows["theme"][0] == "mono" and rows["utc"] == ("no", rows["utc"][1]) and rows["region"][0] == "c-1,d-1",
         "a variable outweighs the file, a list as a whole", rows)
    rows = rows_of("--config", file, "--theme", "dark", "--utc", "-r", "e-1", "-r", "f-1", env=env)
    case(rows["theme"][0] == "dark" and rows["utc"] == ("yes", "--utc") and rows["region"] == ("e-1,f-1", "--region"),
         "a flag outweighs both, and a repeated one adds", rows)
    rows = rows_of(env={"LAMBDIG_CONFIG": str(file)})
    case(rows["theme"][0] == "light" and rows["config"][1] == "LAMBDIG_CONFIG", "LAMBDIG_CONFIG names the file", rows)
    (ROOM / ".config" / "lambdig").mkdir(parents=True)
    write(".config/lambdig/config.yaml", "theme: tritanopia\n")
    case(rows_of()["theme"][0] == "tritanopia", "~/.config is looked into", "")
    (ROOM / "xdg" / "lambdig").mkdir(parents=True)
    write("xdg/lambdig/config.yaml", "theme: mono\n")
    case(rows_of(env={"XDG_CONFIG_HOME": str(ROOM / "xdg")})["theme"][0] == "mono", "XDG_CONFIG_HOME outweighs it", "")
    write(".config/lambdig/config.yaml", "theme: [\n")
    run = Run("triage", "--logs", write("x.log", good(1)))
    case(run.status == 2 and "config.yaml:" in run.err and run.out == b"", "a broken one is told before anything runs", run)
    (ROOM / ".config" / "lambdig" / "config.yaml").unlink()
    for variable, value in (("LAMBDIG_FORMAT", "xml"), ("LAMBDIG_UTC", "maybe"), ("LAMBDIG_COLOR", "blue")):
        run = Run("triage", "--logs", ROOM / "x.log", env={variable: value})
        case(run.status == 2 and variable in run.err and value in run.err, f"a bad {variable} is told by its name", run)
    rows = rows_of(env={"NO_COLOR": "1"})
    case(rows["color"] == ("never", "NO_COLOR"), "NO_COLOR counts", rows)
    rows = rows_of("--color", "always", env={"NO_COLOR": "1"})
    case(rows["color"] == ("always", "--color"), "--color outweighs it", rows)


def forms_of_an_option():
    log = write("forms.log", good(1))
    for args, name, wanted in ((["-p", "a"], "profile", "a"), (["-pa"], "profile", "a"), (["--prof", "a"], "profile", "a"),
                               (["-ra", "-p", "b"], "region", "a"), (["--utc=no"], "utc", "no"), (["--ut"], "utc", "yes"),
                               (["--theme=a=b"], "theme", "a=b"), (["--theme", "x", "--theme", "y"], "theme", "y")):
        rows = rows_of(*args)
        case(rows[name][0] == wanted, f"{' '.join(args)} is understood", rows)
    case(Run("-hp", "x").status == 0 and Run("-hrx").status == 0, "short options may stand together", "")
    run = Run("-hr")
    case(run.status == 2 and "--region" in run.err, "the last of them misses its value", run)
    run = Run("triage", log, "--format", "json", "--logs", log)
    case(run.status == 0 and len(run.records) == 2, "options may follow arguments", run)
    run = Run("triage", "--format", "json", "--logs", log, "--", log, "--utc")
    case(run.status == 4 and "--utc" in run.err and len(run.records) == 2, "behind -- an option is a file", run)
    for slip, near in (("--formatt", "--format"), ("--sinse", "--since"), ("--regin", "--region"), ("--colour", "--color"),
                       ("--logz", "--logs"), ("--fail_on", "--fail-on"), ("--verison", "--version"),
                       ("--xyzzyplugh", None)):
        run = Run("triage", "--logs", log, slip, "x")
        case(run.status == 2 and slip in run.err and (near is None or f"did you mean {near}?" in run.err),
             f"{slip} names {near or 'nothing'}", run)
    for args, words in ((["--utc=perhaps"], ["--utc", "perhaps"]), (["--help=x"], ["--help", "no value"]), (["--format"], ["--format"]),
                        (["--co", "x"], ["more than one"]), (["-x"], ["-x"]), (["--memory-limit-mb", "1"], ["16", "65536"]),
                        (["--play-speed", "fast"], ["--play-speed", "fast"])):
        run = Run(*args)
        case(run.status == 2 and all(w in run.err for w in words) and run.out == b"", f"{' '.join(args)} is told", run)
    for args, words in ((["--logs", ""], ["''"]), (["--logs", "-", "--logs", "-"], ["stdin"]), (["--logs", log, ""], ["''"]),
                        (["--logs", log, "--fail-on", ""], ["''"]), (["--logs", log, "--fail-on", "any,"], None)):
        run = Run("triage", *args)
        if words is None:
            case(run.status in (0, 1), "a comma at the end of a list is no class", run)
        else:
            case(run.status == 2 and all(w in run.err for w in words) and run.out == b"",
                 f"triage {' '.join(map(str, args[2:] or args))} is told", run)


def account_options_on_a_file():
    """They hold for all commands; with a case or a file nothing is asked, so they change nothing."""
    log = write("account.log", good(1) + exception(2))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        account = ["-p", "nobody", "-r", "eu-west-1", "-r", "us-east-1", "--endpoint-url", url, "--write"]
        for source in (["--logs", log], ["--case", SOURCE / "docs" / "demo"]):
            plain, asked = (Run("triage", "--format", "json", *source, *more) for more in ([], account))
            case(plain.status == asked.status == 0 and plain.out == asked.out and asked.err == "",
                 f"{source[0]} with a profile, a region, an endpoint and --write gives the same bytes", asked)
        case(not select.select([listener], [], [], 0)[0], "and nothing connects to the endpoint", url)


def standard_out():
    for args in (["--help"], ["--version"], ["config"], ["triage", "--logs", write("out.log", exception(1))],
                 ["triage", "--format", "markdown", "--logs", ROOM / "out.log"],
                 ["triage", "--format", "json", "--logs", ROOM / "out.log"]):
        name = " ".join(map(str, args[:3] if "--format" in args else args[:1]))
        read_end, write_end = os.pipe()
        os.close(read_end)
        done = subprocess.run([PROGRAM, *map(str, args)], stdout=write_end, stderr=subprocess.PIPE, env=ENV, timeout=60)
        os.close(write_end)
        case(done.returncode == 141 and done.stderr == b"", f"{name}: nobody reads: 141, silently", done)
        if os.path.exists("/dev/full"):
            with open("/dev/full", "wb") as full:
                done = subprocess.run([PROGRAM, *map(str, args)], stdout=full, stderr=subprocess.PIPE, env=ENV, timeout=60)
            case(done.returncode == 4 and b"stdout" in done.stderr, f"{name}: a full disk: 4, told", done)


if __name__ == "__main__":
    sys.exit(run_parts(usage, configuration, every_place, forms_of_an_option, account_options_on_a_file, standard_out))
