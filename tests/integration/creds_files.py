#!/usr/bin/env python3
"""Config files are read as botocore reads them: thousands drawn by a fixed seed from the pieces
that such files are made of, whole and broken. Equal means the same profiles, sessions and
services with the same keys, or that both refuse the file.

Meant differences: empty lines inside a value over lines are no part of it; a profile's name with
an open quote is refused, not passed over; and, which the pieces leave out, blanks around the name
in a header, and a header that only begins like `profile`.
Exit 77: botocore cannot be had, said aloud."""
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import partners  # noqa: E402
from harness import case, exit_status, tell  # noqa: E402

BUILDDIR = pathlib.Path(os.environ.get("BUILDDIR", ".")).resolve()
CACHE = pathlib.Path(os.environ.get("LAMBDIG_PARTNERS", BUILDDIR / "partners")).resolve()
PROBE = BUILDDIR / "tests" / "integration" / "creds_probe"
FILES = 3000
QUOTE = "the name of the section has a quote without its end"

if os.environ.get("LAMBDIG_WITH_BOTOCORE") != "1":
    try:
        python = partners.aws_python(CACHE)
    except partners.Missing as why:
        tell("SKIP", "config files against botocore", str(why))
        sys.exit(exit_status())
    os.environ["LAMBDIG_WITH_BOTOCORE"] = "1"
    os.execv(python, [str(python), *sys.argv])

import botocore.configloader  # noqa: E402
import botocore.exceptions  # noqa: E402

HEADERS = ["[default]", "[profile a]", "[profile b]", "[profile \"a b\"]", "[profile 'c']", "[profile a b]",
           "[sso-session s]", "[services s]", "[other]", "[profile]", "[profile \"d]", "[profile e\\ f]", "[x] y",
           "[default", "[]", "[[default]]", "[profile g]x", "[plugins]", "[profile ü]", "[profile \"\"]", "[Bob's]"]
KEYS = ["region", "Region", "output", "s3", "lambda", "a b", "role_arn", "", "x.y", "ключ"]
MARKS = ["=", " = ", ":", " : ", "= ", " =", "  =\t", "", "=="]
VALUES = ["", "x", "eu-west-1", " two words ", "a=b", "a:b", "# no comment", "; neither", "[x]", "'q'", "%(x)s", "ü", "\\"]
INDENTS = ["", "", "", "", " ", "  ", "    ", "\t"]
ENDS = ["\n"] * 12 + ["\r\n", "\r", "\n\n", "\n \n"]
COMMENTS = ["# c", "; c", "#", " # c = d", "\t; [x]"]


def draw(dice):
    """A file of a few lines; the first is mostly a header."""
    out = dice.choice(HEADERS[:9]) + "\n" if dice.random() < .9 else ""
    for _ in range(dice.randrange(12)):
        roll = dice.random()
        if roll < .15:
            line = dice.choice(HEADERS if roll < .05 else HEADERS[:9])
        elif roll < .25:
            line = dice.choice(COMMENTS)
        elif roll < .3:
            line = dice.choice(["word", "  word", "=", " = x", "\x0c", " "])
        else:
            line = dice.choice(INDENTS) + dice.choice(KEYS[:7] if roll < .9 else KEYS) + \
                dice.choice(MARKS[:7] if roll < .9 else MARKS) + dice.choice(VALUES)
        out += line + dice.choice(ENDS)
    return out


def flat(values):
    out = {}
    for key, value in values.items():
        if isinstance(value, dict):
            out[key] = ""
            out.update({f"{key}.{sub}": text for sub, text in value.items()})
        else:
            out[key] = re.sub("\n+", "\n", value)
    return out


def theirs(path):
    try:
        parsed = botocore.configloader.load_config(str(path))
    except botocore.exceptions.BotoCoreError as why:
        return {"error": str(why)}
    out = {}
    for kind, table in (("profile", "profiles"), ("sso-session", "sso_sessions"), ("services", "services")):
        out.update({f"{kind} {name}": flat(values) for name, values in parsed[table].items()})
    return out


def main():
    wrong, refused = [], 0
    with tempfile.TemporaryDirectory() as room:
        paths = []
        for number in range(FILES):
            path = pathlib.Path(room) / str(number)
            path.write_bytes(draw(random.Random(f"file {number}")).encode())
            paths.append(path)
        done = subprocess.run([str(PROBE), "--ini", *map(str, paths)], capture_output=True, timeout=60, check=True)
        lines = done.stdout.decode().splitlines()
        for path, line in zip(paths, lines):
            ours, other = json.loads(line), theirs(path)
            refused += "error" in other
            stricter = QUOTE in ours.get("error", "")
            if ours != other and not ("error" in ours and ("error" in other or stricter)):
                wrong.append(f"{path.read_bytes()!r}\nours:   {ours}\ntheirs: {other}")
    case(len(lines) == FILES and not wrong, f"{FILES} config files are read as botocore reads them "
         f"({refused} refused by both)", f"{len(wrong)} are not", *wrong[:5])
    case(FILES // 10 < refused < FILES * 9 // 10, "files of both kinds were drawn", refused)
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
