#!/usr/bin/env python3
"""The console asks for the code of a device and goes on with it; an SSO login that is missing is told
with its command, and the console goes on when it is there. Commands without a console say so and end.
moto is the account, aws_responder.py is SSO; where moto cannot be had: exit 77, said aloud."""
import hashlib
import io
import json
import os
import pathlib
import sys
import time
import zipfile

sys.dont_write_bytecode = True
import partners  # noqa: E402
from harness import DEADLINE, ROOM, Run, Terminal, case, exit_status, tell, write  # noqa: E402

BUILDDIR = pathlib.Path(os.environ.get("BUILDDIR", ".")).resolve()
CACHE = pathlib.Path(os.environ.get("LAMBDIG_PARTNERS", BUILDDIR / "partners")).resolve()
if os.environ.get("LAMBDIG_WITH_BOTOCORE") != "1":
    try:
        python = partners.aws_python(CACHE)
    except partners.Missing as why:
        tell("SKIP", "logins and codes in the console", str(why))
        sys.exit(exit_status())
    os.environ["LAMBDIG_WITH_BOTOCORE"] = "1"
    os.execv(python, [str(python), *sys.argv])

import boto3  # noqa: E402
from aws_responder import SSO_TOKEN, Responder, ends  # noqa: E402

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


SSO = """[profile corp]
region = eu-west-1
sso_region = eu-north-1
sso_start_url = https://corp.awsapps.com/start
sso_account_id = 123456789012
sso_role_name = on-call
"""
START_URL = "https://corp.awsapps.com/start"


def ask_code(url):
    env = environment(CONFIG, url)
    log = ROOM / "debug-code.log"
    console = Terminal("--debug-log", log, env=env, cols=200)
    case(console.wait_for(f"a code of {DEVICE} is wanted".encode()), "the console asks for the code",
         console.out[-2000:])
    console.keys(":code 12\r")
    case(console.wait_for(b"six digits are wanted"), "a code of another form is not sent")
    console.keys(":code 123456\r")
    case(console.wait_for(b"on-call") and b"assuming" not in console.out, "with the code the role is in the header",
         console.out[-2000:])
    console.keys(":q\r")
    case(console.end() == 0, "and the console ends as ever", console.sentences)
    case(b"planted" not in console.out + log.read_bytes() and b"123456\n" not in log.read_bytes(),
         "no secret is drawn or logged", log.read_text()[-2000:])
    run = Run("triage", "pay", env=env)
    case(run.status == 3 and f"wants a code of {DEVICE}" in run.err, "triage says that a code is wanted", run)


def log_in_elsewhere(url):
    """The login is missing, then it is there, then it is no longer accepted, then there is a new one."""
    responder = Responder()
    seed(url)
    env = {**environment(SSO, url), "AWS_ENDPOINT_URL_SSO": responder.url}
    login = ROOM / ".aws" / "sso" / "cache" / f"{hashlib.sha1(START_URL.encode()).hexdigest()}.json"
    login.parent.mkdir(parents=True, exist_ok=True)
    log = ROOM / "debug-sso.log"
    console = Terminal("--profile", "corp", "--debug-log", log, env=env, cols=200)
    case(console.wait_for(b"run: aws sso login --profile corp"), "without a login the command is told",
         console.out[-2000:])
    case(not responder.asked, "and nobody is asked", responder.asked)
    login.write_text(json.dumps({"accessToken": SSO_TOKEN, "expiresAt": ends(3600), "region": "eu-north-1",
                                 "startUrl": START_URL}))
    case(console.wait_for(b"pay-the-bill"), "once there is one the console goes on by itself",
         responder.asked, console.out[-2000:])
    console.keys(":q\r")
    case(console.end() == 0 and b"planted" not in console.out, "no secret is drawn, and it ends as ever",
         console.sentences)
    said = log.read_text()
    case("credentials: reading " in said and "planted" not in said, "the debug log tells the failure and no secret",
         said[-2000:])
    login.unlink()
    run = Run("triage", "pay", "--profile", "corp", env=env)
    case(run.status == 3 and "aws sso login --profile corp" in run.err, "triage tells the command", run)


PROGRAM = """import datetime, json, sys
open(sys.argv[1], "a").write("run\\n")
end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=6)
print(json.dumps({"Version": 1, "AccessKeyId": "AKIDSHORT", "SecretAccessKey": "secret-planted",
                  "Expiration": end.strftime("%Y-%m-%dT%H:%M:%SZ")}))
"""


def renew_unseen(url):
    """Keys of six seconds: the program runs again and again, and the screen says nothing of it."""
    program, runs = write("program.py", PROGRAM), write("runs", "")
    env = environment(f"[default]\nregion = eu-west-1\ncredential_process = {sys.executable} {program} {runs}\n", url)
    console = Terminal(env=env, cols=200)
    case(console.wait_for(b"pay-the-bill"), "keys of a program serve the console", console.out[-2000:])
    end = time.monotonic() + DEADLINE
    while runs.read_text().count("run") < 4 and time.monotonic() < end and not console.closed.wait(0.1):
        pass
    count = runs.read_text().count("run")
    console.keys(":q\r")
    case(console.end() == 0 and count >= 4, "they are renewed before their end", count)
    words = (b"expired", b"credentials", b"planted")
    case(not any(word in console.out for word in words), "and the screen says nothing of it", console.out[-3000:])


def seed(url):
    """One function, and its log to be followed."""
    def client(service):
        return boto3.client(service, endpoint_url=url, region_name="eu-west-1", aws_access_key_id="a",
                            aws_secret_access_key="b")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", "def handler(event, context):\n    pass\n")
    role = client("iam").create_role(RoleName="runs", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    client("lambda").create_function(FunctionName="pay-the-bill", Runtime="python3.11", Role=role,
                                     Handler="app.handler", Code={"ZipFile": packed.getvalue()})
    client("logs").create_log_group(logGroupName="/aws/lambda/pay-the-bill")


def environment(config, url):
    return {"AWS_CONFIG_FILE": str(write("aws-config", config)), "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_ENDPOINT_URL": url, "AWS_EC2_METADATA_DISABLED": "true"}


def main():
    with partners.MotoServer(CACHE) as moto:
        ask_code(moto.url)
        log_in_elsewhere(moto.url)
        renew_unseen(moto.url)
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
