#!/usr/bin/env python3
"""The console asks for the code of a device and goes on with it; a command without a console
says that it cannot. moto gives the role; where it cannot be had: exit 77, said aloud."""
import os
import pathlib
import sys

sys.dont_write_bytecode = True
import partners  # noqa: E402
from harness import Run, Terminal, case, exit_status, tell, write  # noqa: E402

BUILDDIR = pathlib.Path(os.environ.get("BUILDDIR", ".")).resolve()
CACHE = pathlib.Path(os.environ.get("LAMBDIG_PARTNERS", BUILDDIR / "partners")).resolve()
DEVICE = "arn:aws:iam::123456789012:mfa/me"
CONFIG = f"""[default]
region = eu-west-1
role_arn = arn:aws:iam::123456789012:role/on-call
source_profile = keys
mfa_serial = {DEVICE}
[profile keys]
aws_access_key_id = AKIDEXAMPLE
aws_secret_access_key = secret-planted
"""


def main():
    config = write("aws-config", CONFIG)
    with partners.MotoServer(CACHE) as moto:
        env = {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
               "AWS_ENDPOINT_URL": moto.url, "AWS_EC2_METADATA_DISABLED": "true"}
        console = Terminal(env=env, cols=200)
        case(console.wait_for(f"a code of {DEVICE} is wanted".encode()), "the console asks for the code",
             console.out[-2000:])
        console.keys(":code 12\r")
        case(console.wait_for(b"six digits are wanted"), "a code of another form is not sent")
        console.keys(":code 123456\r")
        case(console.wait_for(b"on-call") and b"assuming" not in console.out, "with the code the role is in the header", console.out[-2000:])
        console.keys(":q\r")
        case(console.end() == 0, "and the console ends as ever", console.sentences)
        case(b"planted" not in console.out, "no secret is drawn")
        run = Run("triage", "pay", env=env)
        case(run.status == 3 and f"wants a code of {DEVICE}" in run.err, "triage says that a code is wanted", run)
    return exit_status()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except partners.Missing as why:
        tell("SKIP", "a role with a device", str(why))
        sys.exit(exit_status())
