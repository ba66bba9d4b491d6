"""The contract server: an AWS account on a free loopback port that answers, and fails, as told.

It is for what no emulator does: events that arrive late, empty pages with tokens, throttles,
broken transport, clocks that are off. It checks signatures by its own reckoning.

    with Server(Account()) as server:
        server.account.group("/aws/lambda/pay").add(timestamp_ms, "message", visible_ms=...)
        server.fail("FilterLogEvents", FAULTS["throttled"], times=2)
        ... run the program with server.environment() ...
        server.wait(lambda: server.count("FilterLogEvents") >= 3)

A fault is a function (server, request) that returns a Reply, bytes to send raw, a list of steps
(bytes, or one of CLOSE, RESET, HANG), or None to answer as usual. A new one: write it below,
under @fault("name"), in the form of its neighbours; server.fail uses it for an operation, for
each ("*"), for ever (times=None) or a number of times. A new operation of the account: a method
named after it that takes the request and returns a Reply. Times come from account.clock_ms, so a
test may move them. As a program, `server.py FAULT...` prints its port and serves until stdin ends."""
import collections
import datetime
import email.utils
import hashlib
import hmac
import json
import socket
import struct
import sys
import threading
import time
import urllib.parse
import zlib

CLOSE, RESET, HANG = "close", "reset", "hang"
DEADLINE = 60
KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
XML = {"Content-Type": "text/xml"}
FAULTS = {}


class Reply:
    def __init__(self, body=b"", status=200, headers=None):
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
        self.body = body.encode() if isinstance(body, str) else body
        self.status, self.headers = status, headers or {}

    def wire(self, server):
        lines = {"Date": server.date(), "Content-Type": "application/x-amz-json-1.1",
                 "x-amzn-RequestId": f"request-{server.serial}", "Content-Length": len(self.body), **self.headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value is not None)
        return f"HTTP/1.1 {self.status} X\r\n{head}\r\n".encode() + self.body


def refusal(code, message="", status=400, **headers):
    return Reply({"__type": code, "message": message}, status, headers)


class Request:
    def __init__(self, head, body):
        first, *lines = head.decode("latin-1").split("\r\n")
        self.method, self.target, _ = first.split(" ", 2)
        self.path, _, self.query = self.target.partition("?")
        self.lines = [tuple(part.strip() for part in line.split(":", 1)) for line in lines if line]
        self.headers = {name.lower(): value for name, value in self.lines}
        self.body, self.when = body, time.monotonic()

    @property
    def json(self):
        return json.loads(self.body or b"{}")

    @property
    def form(self):
        return dict(urllib.parse.parse_qsl(self.body.decode()))

    @property
    def operation(self):
        """`FilterLogEvents`; of a query service its Action; of a REST one `GET /path`."""
        if "x-amz-target" in self.headers:
            return self.headers["x-amz-target"].rpartition(".")[2]
        return self.form.get("Action") if self.body.startswith(b"Action=") else f"{self.method} {self.path}"

    @property
    def key_id(self):
        return self.headers.get("authorization", "").partition("Credential=")[2].partition("/")[0]


# ---- signatures, as the documentation of SigV4 has them ----

def canonical(request, names, payload):
    quote = urllib.parse.quote
    pairs = urllib.parse.parse_qsl(request.query.replace("+", "%2B"), keep_blank_values=True)
    query = "&".join(sorted(f"{quote(n, safe='-_.~')}={quote(v, safe='-_.~')}" for n, v in pairs))
    lines = [f"{name}:{' '.join(request.headers.get(name, '').split())}" for name in names]
    return "\n".join([request.method, quote(request.path, safe="/-_.~"), query, *lines, "", ";".join(names), payload])


def signature_error(request, secret=SECRET, now=None):
    """None where the request is signed as it should be, else what is wrong."""
    parts = dict(part.strip().split("=", 1) for part in
                 request.headers.get("authorization", "").partition(" ")[2].split(",") if "=" in part)
    if not {"Credential", "SignedHeaders", "Signature"} <= parts.keys():
        return "MissingAuthenticationToken"
    names, stamp = parts["SignedHeaders"].split(";"), request.headers.get("x-amz-date", "")
    must = {"host", "x-amz-date"} | {name for name in request.headers if name.startswith("x-amz") or
                                     name == "content-type"}
    if names != sorted(names) or not must <= set(names):
        return f"SignedHeaders: {sorted(must - set(names))} missing"
    _, day, region, service, _ = parts["Credential"].split("/")
    text = canonical(request, names, hashlib.sha256(request.body).hexdigest())
    to_sign = "\n".join(["AWS4-HMAC-SHA256", stamp, f"{day}/{region}/{service}/aws4_request",
                         hashlib.sha256(text.encode()).hexdigest()])
    key = ("AWS4" + secret).encode()
    for step in (day, region, service, "aws4_request", to_sign):
        key = hmac.new(key, step.encode(), hashlib.sha256).digest()
    if key.hex() != parts["Signature"] or not stamp.startswith(day):
        return "SignatureDoesNotMatch"
    when = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc).timestamp()
    return "RequestTimeTooSkewed" if now is not None and abs(when - now) > 300 else None


# ---- the account ----

class Group:
    """A log group. An event is found once the clock has passed visible_ms."""

    def __init__(self, name, account):
        self.name, self.account, self.events, self.lock = name, account, [], threading.Lock()
        self.page, self.empty_pages, self.token_for_ever = 400, 0, False

    def add(self, timestamp_ms, message, visible_ms=None, stream="2026/03/01/[$LATEST]" + "0" * 32):
        with self.lock:
            number = len(self.events)
            self.events.append({"timestamp": timestamp_ms, "ingestionTime": visible_ms or timestamp_ms,
                                "message": message, "logStreamName": stream, "eventId": f"{number:056d}"})

    def visible(self, start, end):
        now = self.account.clock_ms()
        with self.lock:
            found = [event for event in self.events if event["ingestionTime"] <= now and
                     start <= event["timestamp"] <= end]
        return sorted(found, key=lambda event: (event["timestamp"], event["ingestionTime"], event["eventId"]))

    def filter(self, ask):
        """A token keeps the position after the last event given: what sorts before it is passed by."""
        after, empty = ("", "", ""), self.empty_pages
        if ask.get("nextToken"):
            try:
                *after, empty = json.loads(ask["nextToken"])
            except ValueError:
                return refusal("InvalidParameterException", "The specified nextToken is invalid.")
        key = lambda event: [event["timestamp"], event["ingestionTime"], event["eventId"]]
        found = self.visible(ask.get("startTime", 0), ask.get("endTime", 1 << 62))
        rest = [event for event in found if after[0] == "" or key(event) > list(after)]
        if empty > 0:
            return Reply({"events": [], "searchedLogStreams": [], "nextToken": json.dumps([*after, empty - 1])})
        page = rest[:min(self.page, ask.get("limit", 10000))]
        answer = {"events": page, "searchedLogStreams": []}
        if len(page) < len(rest) or self.token_for_ever:
            answer["nextToken"] = json.dumps([*(key(page[-1]) if page else after), self.empty_pages])
        return Reply(answer)


class Account:
    number, region = "123456789012", "eu-west-1"

    def __init__(self, clock_ms=lambda: int(time.time() * 1000)):
        self.clock_ms, self.groups, self.functions = clock_ms, {}, {}

    def group(self, name):
        return self.groups.setdefault(name, Group(name, self))

    def function(self, name, **more):
        self.functions[name] = {
            "FunctionName": name, "FunctionArn": f"arn:aws:lambda:{self.region}:{self.number}:function:{name}",
            "Runtime": "python3.12", "Timeout": 3, "MemorySize": 128, "PackageType": "Zip", "Version": "$LATEST",
            "LastModified": "2026-01-02T03:04:05.678+0000", "Role": f"arn:aws:iam::{self.number}:role/r",
            "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{name}"}, **more}
        return self.group(self.functions[name]["LoggingConfig"]["LogGroup"])

    def answer(self, request):
        path = urllib.parse.unquote(request.path).strip("/").split("/")
        if path[:2] == ["2015-03-31", "functions"]:
            return self.lambda_(path[2:], request)
        method = getattr(self, request.operation or "", None)
        return method(request) if method else refusal("UnknownOperationException", str(request.operation))

    def lambda_(self, path, request):
        if not path:
            query = dict(urllib.parse.parse_qsl(request.query))
            names, first = sorted(self.functions), int(query.get("Marker") or 0)
            page = {"Functions": [self.functions[name] for name in names[first:first + 50]]}
            if first + 50 < len(names):
                page["NextMarker"] = str(first + 50)
            return Reply(page)
        function = self.functions.get(path[0].rpartition(":")[2])
        if not function:
            return Reply({"Type": "User", "Message": f"Function not found: {path[0]}"}, 404,
                         {"x-amzn-ErrorType": "ResourceNotFoundException:http://internal/"})
        tails = {(): {"Configuration": function}, ("configuration",): {**function, "State": "Active"},
                 ("aliases",): {"Aliases": []}, ("versions",): {"Versions": [function]}}
        return Reply(tails.get(tuple(path[1:]), {}))

    def FilterLogEvents(self, request):
        ask = request.json
        name = ask.get("logGroupName") or ask.get("logGroupIdentifier", "").rpartition("log-group:")[2]
        if name not in self.groups:
            return refusal("ResourceNotFoundException", "The specified log group does not exist.")
        return self.groups[name].filter(ask)

    def DescribeLogGroups(self, request):
        prefix = request.json.get("logGroupNamePrefix", "")
        return Reply({"logGroups": [
            {"logGroupName": name, "logGroupClass": "STANDARD", "storedBytes": 0,
             "arn": f"arn:aws:logs:{self.region}:{self.number}:log-group:{name}:*"}
            for name in sorted(self.groups) if name.startswith(prefix)]})

    def GetMetricData(self, request):
        return Reply({"MetricDataResults": [{"Id": query["Id"], "Timestamps": [], "Values": [],
                                             "StatusCode": "Complete"}
                                            for query in request.json["MetricDataQueries"]]})

    def GetCallerIdentity(self, request):
        return Reply(f"<GetCallerIdentityResponse xmlns='https://sts.amazonaws.com/doc/2011-06-15/'>"
                     f"<GetCallerIdentityResult><Arn>arn:aws:iam::{self.number}:user/u</Arn>"
                     f"<UserId>U</UserId><Account>{self.number}</Account></GetCallerIdentityResult>"
                     f"</GetCallerIdentityResponse>", headers=XML)


# ---- faults: the numbers are those of the project's list of faults ----

def fault(name):
    def keep(function):
        FAULTS[name] = function
        return function
    return keep


def always(name, make):
    FAULTS[name] = lambda server, request: make()


def head(extra, status=200):
    return f"HTTP/1.1 {status} X\r\nContent-Type: application/x-amz-json-1.1\r\n{extra}\r\n".encode()


PAGE = b"<!DOCTYPE html><html><head><title>Guest network</title></head><body>Log in</body></html>"
always("429", lambda: Reply(status=429))                                                     # 1
always("retry-after", lambda: Reply(status=429, headers={"Retry-After": 10**11}))            # 2
always("throttled", lambda: refusal("ThrottlingException", "Rate exceeded"))                 # 3
always("500", lambda: Reply(status=500))                                                     # 4
always("503", lambda: Reply(b"Service Unavailable", 503, {"Content-Type": "text/plain"}))    # 5
always("503-2099", lambda: Reply(status=503, headers={"Date": "Thu, 01 Jan 2099 00:00:00 GMT"}))  # 6
always("stall", lambda: [head("Content-Length: 100\r\n") + b"{", HANG])                      # 8
always("reset", lambda: [RESET])                                                             # 9
always("reset-body", lambda: [head("Content-Length: 100\r\n") + b"{", RESET])                # 10
always("truncated", lambda: [head("Content-Length: 100\r\n") + b"{\"events\":[", CLOSE])     # 11
always("bad-chunk", lambda: [head("Transfer-Encoding: chunked\r\n") + b"zz\r\n{}\r\n", CLOSE])  # 12
always("html", lambda: Reply(PAGE, headers={"Content-Type": "text/html"}))                   # 13
always("empty", lambda: Reply(b""))                                                          # 14
always("broken-json", lambda: Reply(b"{\"events\":[{\"message\":"))                          # 15
always("bad-gzip", lambda: Reply(b"no gzip at all", headers={"Content-Encoding": "gzip"}))   # 16
always("huge", lambda: Reply(b" " * (17 << 20)))
always("page-8-mib", lambda: Reply(b"{\"events\":[]}" + b" " * (8 << 20)))                   # 18
always("headers", lambda: [head("".join(f"X-{n}: {'a' * 990}\r\n" for n in range(300))), CLOSE])  # 19
always("redirect-file", lambda: Reply(status=301, headers={"Location": "file:///etc/passwd"}))  # 21
always("expired", lambda: refusal("ExpiredTokenException", "The security token included in the request is expired"))
always("denied", lambda: refusal("AccessDeniedException", "User: arn:aws:iam::123456789012:user/u is not authorized "
                                 "to perform: logs:FilterLogEvents on resource: arn:aws:logs:eu-west-1:123456789012:"
                                 "log-group:/aws/lambda/pay:log-stream:", 403))              # 28
bomb = []


@fault("gzip-bomb")  # 17: 1 GiB of zeros in about 1 MiB
def gzip_bomb(server, request):
    if not bomb:
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        bomb.append(b"".join(packer.compress(bytes(1 << 20)) for _ in range(1024)) + packer.flush())
    return Reply(bomb[0], headers={"Content-Encoding": "gzip"})


@fault("redirect")  # 20: to another host name of the same server, where it would be seen
def redirect(server, request):
    return Reply(status=302, headers={"Location": f"http://localhost:{server.port}/stolen"})


@fault("same-token")  # 29
def same_token(server, request):
    return Reply({"events": [], "nextToken": "again"})


@fault("hang")
def hang(server, request):
    return [HANG]


# ---- the server ----

class Server:
    """Serves in threads of its own until the with-block ends."""

    def __init__(self, account=None, check=True, skew_s=0, secret=SECRET):
        self.account, self.check, self.skew_s, self.secret = account or Account(), check, skew_s, secret
        self.requests, self.faults, self.serial, self.accepted = [], collections.OrderedDict(), 0, 0
        self.changed, self.ended, self.open = threading.Condition(), threading.Event(), set()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.listener.close()

    def environment(self):
        return {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": self.secret, "AWS_REGION": self.account.region,
                "AWS_ENDPOINT_URL": self.url, "AWS_EC2_METADATA_DISABLED": "true",
                "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}

    def fail(self, operation, fault_, times=None):
        with self.changed:
            self.faults[operation] = [fault_, times]

    def mend(self, operation=None):
        with self.changed:
            self.faults.clear() if operation is None else self.faults.pop(operation, None)

    def count(self, operation=None):
        with self.changed:
            return sum(operation in (None, request.operation) for request in self.requests)

    def wait(self, condition, seconds=DEADLINE):
        """Until the condition holds, looked at whenever a request has come. False: it never did."""
        end = time.monotonic() + seconds
        while not condition():
            with self.changed:
                if time.monotonic() >= end:
                    return False
                self.changed.wait(min(0.2, max(0, end - time.monotonic())))
        return True

    def now(self):
        return self.account.clock_ms() / 1000 + self.skew_s

    def date(self):
        return email.utils.formatdate(self.now(), usegmt=True)

    def vanish(self):
        """Nobody listens any more, and what was connected is reset."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in list(self.open):
            try:
                self.take_step(connection, RESET)
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def come_back(self):
        self.listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        listener = self.listener
        while not self.ended.is_set():
            try:
                connection = listener.accept()[0]
            except OSError:
                return
            self.accepted += 1
            self.open.add(connection)
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        stream = connection.makefile("rb")
        try:
            while not self.ended.is_set() and self.serve_one(connection, stream):
                pass
        except OSError:
            pass
        self.open.discard(connection)
        connection.close()

    def serve_one(self, connection, stream):
        lines = b""
        while not lines.endswith(b"\r\n\r\n"):
            line = stream.readline(65536)
            if not line:
                return False
            lines += line
        request = Request(lines[:-4], b"")
        request.body = stream.read(int(request.headers.get("content-length", 0)))
        steps = self.steps_for(request)
        for step in steps if isinstance(steps, list) else [steps]:
            if not self.take_step(connection, step):
                return False
        return True

    def take_step(self, connection, step):
        if isinstance(step, Reply):
            step = step.wire(self)
        if isinstance(step, bytes):
            connection.sendall(step)
        elif step == HANG:
            self.ended.wait()
        elif step == RESET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return isinstance(step, bytes)

    def steps_for(self, request):
        with self.changed:
            self.requests.append(request)
            self.serial += 1
            chosen = self.take_fault(request)
            self.changed.notify_all()
        reply = chosen(self, request) if chosen else None
        return reply if reply is not None else self.checked(request)

    def take_fault(self, request):
        for name in (request.operation, "*"):
            entry = self.faults.get(name)
            if entry and entry[1] != 0:
                entry[1] = entry[1] - 1 if entry[1] is not None else None
                return entry[0]
        return None

    def checked(self, request):
        wrong = signature_error(request, self.secret, self.now()) if self.check else None
        if wrong:
            return refusal(wrong.partition(":")[0], wrong, 403)
        return self.account.answer(request)


class Deaf:
    """A port that takes no connection and refuses none: its queue is full (fault 7)."""

    def __enter__(self):
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(0)
        self.port, self.fillers = self.listener.getsockname()[1], []
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", self.port))
            self.fillers.append(filler)
        return self

    def __exit__(self, *_):
        for one in [self.listener, *self.fillers]:
            one.close()


def main():
    account = Account()
    account.function("pay").add(account.clock_ms(), "START RequestId: 1\n")
    with Server(account) as server:
        for name in sys.argv[1:]:
            server.fail("*", FAULTS[name])
        print(server.port, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
