#!/usr/bin/env python3
"""triage, tail and the console on accounts that nobody here wrote.

moto's server, seeded through boto3: functions, their figures, groups and events; then with its
checks of signatures and permissions switched on, for the JSON services. ministack runs a real
Python function: invoke, log lines arrive, verdict. Exit 77: one cannot be had, said aloud."""
import io
import json
import os
import pathlib
import sys
import threading
import time
import urllib.request
import zipfile

sys.dont_write_bytecode = True
import partners  # noqa: E402
from harness import ROOM, Run, Terminal, case, exit_status, good, tell, timeout, uuid  # noqa: E402

BUILDDIR = pathlib.Path(os.environ.get("BUILDDIR", ".")).resolve()
CACHE = pathlib.Path(os.environ.get("LAMBDIG_PARTNERS", BUILDDIR / "partners")).resolve()
REGION = "eu-west-1"
STREAM = "2026/03/01/[$LATEST]" + "a" * 32

if os.environ.get("LAMBDIG_WITH_BOTO3") != "1":
    try:
        python = partners.aws_python(CACHE)
    except partners.Missing as why:
        tell("SKIP", "an account of moto", str(why))
        sys.exit(exit_status())
    os.environ["LAMBDIG_WITH_BOTO3"] = "1"
    os.execv(python, [str(python), *sys.argv])

import boto3  # noqa: E402


class Seeder:
    """boto3 against a server, as any other tool would use it."""

    def __init__(self, url):
        self.url = url

    def client(self, service):
        return boto3.client(service, endpoint_url=self.url, region_name=REGION, aws_access_key_id="AKIDSEEDER",
                            aws_secret_access_key="secret")

    def functions(self, names, code="def handler(event, context):\n    pass\n", **more):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("app.py", code)
        role = self.client("iam").create_role(RoleName="runs", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        client = self.client("lambda")
        for name in names:
            client.create_function(FunctionName=name, Runtime="python3.11", Role=role, Handler="app.handler",
                                   Code={"ZipFile": packed.getvalue()}, **{"Timeout": 3, "MemorySize": 128, **more})

    def lines(self, function, text, first_ms):
        client, group = self.client("logs"), f"/aws/lambda/{function}"
        client.create_log_group(logGroupName=group)
        client.create_log_stream(logGroupName=group, logStreamName=STREAM)
        client.put_log_events(logGroupName=group, logStreamName=STREAM, logEvents=[
            {"timestamp": first_ms + n, "message": line} for n, line in enumerate(text.splitlines()) if line])

    def figures(self, function, **values):
        self.client("cloudwatch").put_metric_data(Namespace="AWS/Lambda", MetricData=[
            {"MetricName": name, "Value": value, "Timestamp": time.time() - 60,
             "Dimensions": [{"Name": "FunctionName", "Value": function}]} for name, value in values.items()])


def environment(url, key="AKIDEXAMPLE", secret="secret"):
    return {"AWS_ENDPOINT_URL": url, "AWS_REGION": REGION, "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_EC2_METADATA_DISABLED": "true"}


# ---- moto ----

def seed_moto(url):
    seeder, now = Seeder(url), int(time.time() * 1000) - 60000
    seeder.functions(["pay", "ship", "quiet", *(f"fn-{n:02d}" for n in range(60))])
    seeder.lines("pay", timeout(1) + good(2), now)
    seeder.lines("ship", good(3), now)
    seeder.figures("pay", Invocations=41.0, Errors=17.0, Throttles=0.0, Duration=4100.0)
    return seeder


def on_the_command_line(env):
    run = Run("triage", "pay", "ship", "--format", "json", env=env)
    verdicts = {record["request_id"]: record["class"] for record in run.records}
    case(run.status == 0 and verdicts == {uuid(1): "timeout", uuid(2): "success", uuid(3): "success"},
         "moto: triage gives the verdicts of two functions", run)
    case(run.records and all(evidence["file"] is None for record in run.records for evidence in record["evidence"]),
         "moto: evidence of an account names no file", run)
    configured = [record["timeout_ms"] for record in run.records if record["function"] == "pay"]
    case(configured == [3000, 3000], "moto: the timeout is that of the configuration", configured)
    run = Run("triage", "--format", "json", env=env)
    case(run.status == 0 and run.summary["invocations"] == 3 and run.summary["by_class"]["timeout"] == 1,
         "moto: triage without a name reads every function; one without a log is no trouble", run)
    run = Run("tail", "pay", "--format", "json", env=env)
    expected = [line for line in (timeout(1) + good(2)).splitlines() if line]
    case(run.status == 0 and [event["message"] for event in run.objects] == expected,
         "moto: tail prints each line in order", run)
    case([event["class"] for event in run.objects] == ["timeout"] * 5 + ["success"] * 3
         and {event["request_id"] for event in run.objects} == {uuid(1), uuid(2)},
         "moto: each line has the class and the id of its invocation", run)
    run = Run("tail", "/aws/lambda/ship", "--utc", env=env)
    words = run.out.decode().splitlines()[0].split(" ", 3)
    case(run.status == 0 and len(run.out.splitlines()) == 3 and words[1] == "OK" and words[0].endswith("Z"),
         "moto: a log group is named with its slashes", run)
    run = Run("tail", "pay", "--raw", "--class", "timeout", "--grep", "payment", env=env)
    case(run.out == b"calling the payment service\n" and run.status == 0, "moto: --raw, --class and --grep together", run)
    run = Run("tail", "pay", "ship", "--format", "json", env=env)
    times = [event["timestamp_ms"] for event in run.objects]
    case(len(times) == 11 and times == sorted(times) and {event["function"] for event in run.objects[:2]} == {"pay", "ship"},
         "moto: the lines of two functions come in order of time", run)
    run = Run("tail", "nobody", env=env)
    case(run.status == 4 and run.out == b"" and "nobody" in run.err and REGION in run.err,
         "moto: a function that is not there is named, with the region", run)
    run = Run("tail", "pay", "--since", "2026-01-01T00:00:00Z", "--until", "2026-01-02T00:00:00Z", env=env)
    case(run.status == 0 and run.out == b"", "moto: a window before the events is empty", run)


def in_the_console(env):
    screen = Terminal(env=env)
    case(screen.wait_for(b"fn-05") and screen.wait_for(b"TMO"), "moto: the console lists the functions and their failures", screen.out[-3000:])
    os.write(screen.fd, b":function pay\r")
    case(screen.wait_for(b"Task timed out"), "moto: the log of a function is shown", screen.out[-3000:])
    os.write(screen.fd, b":quit\r")
    case(screen.end() == 0, "moto: and the console ends well", screen.status)


def check_from_now_on(url):
    request = urllib.request.Request(url + "/moto-api/reset-auth", data=b"0", method="POST",
                                     headers={"Content-Type": "text/plain"})
    urllib.request.urlopen(request, timeout=30).read()


def users(seeder):
    """Two users: one may read logs, one may not."""
    client, keys = seeder.client("iam"), {}
    for name, actions in (("reader", ["logs:FilterLogEvents", "logs:DescribeLogGroups"]), ("stranger", ["sqs:ListQueues"])):
        client.create_user(UserName=name)
        client.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}))
        key = client.create_access_key(UserName=name)["AccessKey"]
        keys[name] = key["AccessKeyId"], key["SecretAccessKey"]
    return keys


def with_checks(url, seeder):
    keys = users(seeder)
    check_from_now_on(url)
    key, secret = keys["reader"]
    run = Run("tail", "/aws/lambda/pay", "--format", "json", env=environment(url, key, secret))
    case(run.status == 0 and len(run.objects) == 8, "moto: it takes our signature, and reads with the permission", run)
    run = Run("tail", "/aws/lambda/pay", env=environment(url, key, secret + "x"))
    case(run.status == 3 and run.out == b"" and "secret" in run.err.lower(), "moto: a wrong secret is told as that", run)
    run = Run("tail", "/aws/lambda/pay", env=environment(url, "AKIANOBODYHASTHISKEY", secret))
    case(run.status == 3 and run.out == b"", "moto: a key that nobody has is told as that", run)
    key, secret = keys["stranger"]
    run = Run("tail", "/aws/lambda/pay", env=environment(url, key, secret))
    case(run.status in (3, 4) and run.out == b"" and "logs:FilterLogEvents" in run.err and "/aws/lambda/pay" in run.err,
         "moto: a permission that is missing is named with its resource", run)


def moto():
    with partners.MotoServer(CACHE, INITIAL_NO_AUTH_ACTION_COUNT="1000000") as server:
        seeder = seed_moto(server.url)
        on_the_command_line(environment(server.url))
        in_the_console(environment(server.url))
        with_checks(server.url, seeder)


# ---- ministack ----

HANDLER = """import threading
def handler(event, context):
    print("order", event["order"])
    if event["order"] == 2:
        threading.Event().wait(30)
    if event["order"] == 3:
        print("[ERROR] KeyError: 'stock'\\nTraceback (most recent call last):\\n  File \\"/var/task/app.py\\", line 7, in handler")
        raise KeyError("stock")
"""


def ministack():
    with partners.MinistackServer(CACHE) as server:
        seeder, env = Seeder(server.url), environment(server.url)
        seeder.functions(["orders"], HANDLER, Timeout=2)
        screen = Terminal("orders", env=env)
        case(screen.wait_for(b"orders"), "ministack: the console shows the function before it ran", screen.out[-2000:])
        for order in (1, 2):
            seeder.client("lambda").invoke(FunctionName="orders", Payload=json.dumps({"order": order}))
        case(screen.wait_for(b"TMO"), "ministack: a real timeout becomes a verdict on the screen", screen.out[-3000:])
        os.write(screen.fd, b":quit\r")
        case(screen.end() == 0, "ministack: and the console ends well", screen.status)
        run = Run("triage", "orders", "--format", "json", env=env)
        case(run.status == 0 and [record["class"] for record in run.records] == ["success", "timeout"],
             "ministack: a return is a success, a sleep a timeout", run)
        run = Run("tail", "orders", "--raw", "--class", "success", env=env)
        case(b"order 1\n" in run.out and b"order 2" not in run.out, "ministack: tail keeps the lines of one class", run)


def attempt(part):
    try:
        part()
    except partners.Missing as why:
        tell("SKIP", f"an account of {part.__name__}", str(why))
    except Exception as why:  # one broken part does not hide the other
        case(False, f"{part.__name__} came to its end", repr(why))


if __name__ == "__main__":
    attempt(moto)
    attempt(ministack)
    sys.exit(exit_status())
