#!/usr/bin/env python3
"""Each fault of the account against the client of the program, over real sockets: what it comes
to, how often it was asked, and that nothing was given to whom it was not meant for."""
import concurrent.futures
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "integration")]
from harness import case, exit_status, tell  # noqa: E402
from server import Account, Deaf, FAULTS, Server  # noqa: E402

DRIVER = pathlib.Path(os.environ.get("BUILDDIR", ".")).resolve() / "tests/fault/driver"
FILTER = "logs:FilterLogEvents:/aws/lambda/pay"
SANITIZERS = {name: os.environ[name] for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS") if name in os.environ}

# fault: kind, how often it is asked, what the sentence and its hint say
EXPECTED = {
    "429": ("throttled", 3, "failed 3 times: HTTP 429", "ask less often"),
    "throttled": ("throttled", 3, "failed 3 times: ThrottlingException: Rate exceeded", "ask less often"),
    "500": ("unreachable", 3, "failed 3 times: HTTP 500", "has trouble"),
    "503": ("unreachable", 3, "failed 3 times: HTTP 503", "has trouble"),
    "503-2099": ("unreachable", 3, "failed 3 times: HTTP 503", "has trouble"),
    "stall": ("unreachable", 3, "nothing came for 1 s", "network"),
    "hang": ("unreachable", 3, "nothing came for 1 s", "network"),
    "reset": ("unreachable", 3, "the connection broke before the answer was whole", "network"),
    "reset-body": ("unreachable", 3, "the connection broke before the answer was whole", "network"),
    "truncated": ("unreachable", 3, "the answer ended early", "network"),
    "bad-chunk": ("unreachable", 3, "the connection broke before the answer was whole", "network"),
    "html": ("unreachable", 1, 'a web page titled "Guest network" answers, not AWS', "HTTPS_PROXY"),
    "bad-gzip": ("unreachable", 3, "compression cannot be read", "network"),
    "gzip-bomb": ("unreachable", 1, "larger than 16 MiB", "no AWS answer is that large"),
    "huge": ("unreachable", 1, "larger than 16 MiB", "no AWS answer is that large"),
    "headers": ("unreachable", 1, "headers are larger than 256 KiB", "proxy"),
    "redirect": ("unreachable", 1, "redirect to http://localhost:", "endpoint"),
    "redirect-file": ("unreachable", 1, "redirect to file:///etc/passwd, which is never followed", "endpoint"),
    "expired": ("expired", 1, "have expired", "renew"),
    "denied": ("denied", 1, "logs:FilterLogEvents on arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/pay",
               "user/u lacks the permission"),
    # what is no fault of the transport is given on: the decoder of the answer judges it
    "empty": ("done", 1, "", ""),
    "broken-json": ("done", 1, "", ""),
    "page-8-mib": ("done", 1, "", ""),
    "same-token": ("done", 1, "", ""),
}
NEVER_TWICE = {"stall", "hang", "reset", "reset-body", "truncated", "500", "503", "html", "redirect", "bad-gzip",
               "gzip-bomb", "headers"}


class Ran:
    def __init__(self, environment, *args, deadline=60):
        done = subprocess.run([str(DRIVER), *args], capture_output=True, text=True, timeout=deadline,
                              env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **SANITIZERS, **environment})
        self.all = f"{done.stdout}{done.stderr}(status {done.returncode})"
        *self.lines, last = done.stdout.splitlines() or [""]
        self.state = dict(zip(last.split()[::2], last.split()[1::2]))
        self.answers = [line.split("\t") for line in self.lines]
        self.first = self.answers[0] if self.answers else ["", "", ""]
        self.kind, self.doubt = (self.first[0].split() + [""] * 4)[0], " doubt " in self.first[0]

    def says(self, kind, text, hint):
        return self.kind == kind and text in self.first[1] and hint in self.first[2]


def account():
    made = Account()
    made.function("pay").add(made.clock_ms(), "START RequestId: 1\n")
    return made


def one_fault(name):
    kind, attempts, text, hint = EXPECTED[name]
    with Server(account()) as server:
        server.fail("FilterLogEvents", FAULTS[name])
        # libcurl looks at the speed of the last six seconds: these two take that long each time
        calls = [FILTER, "lambda:ListFunctions:"] + ([] if name in ("stall", "hang") else [FILTER])
        ran = Ran(server.environment(), "--stall", "1", *calls)
        asked, wanted = server.count("FilterLogEvents"), {calls.count(FILTER) * attempts}
        if name == "expired":  # the keys are not sent again
            wanted = {attempts}
        if name == "reset":  # libcurl itself sends once more on a connection that was used before
            wanted.add(2 * attempts + 1)
        good = (ran.says(kind, text, hint) and asked in wanted and not ran.doubt and
                "/stolen" not in [request.path for request in server.requests])
        case(good, f"{name}: told, after {attempts} of 3 attempts", ran.all, f"asked {asked} times")
        other = ran.answers[1][0].split()[0] if len(ran.answers) > 1 else "none"
        wanted = "expired" if name == "expired" else "done"
        case(other == wanted, f"{name}: another service is {wanted}", ran.all)


def one_effect(name):
    with Server(account()) as server:
        server.fail("FilterLogEvents", FAULTS[name])
        ran = Ran(server.environment(), "--effect", "--stall", "1", FILTER)
        case(server.count() == 1 and ran.doubt, f"{name}: what has an effect is sent once and is in doubt", ran.all)


def mended():
    with Server(account()) as server:
        server.fail("FilterLogEvents", FAULTS["throttled"], times=2)
        ran = Ran(server.environment(), FILTER)
        case(ran.kind == "done" and server.count() == 3 and ran.state["throttled"] == "2",
             "throttled twice: the third attempt is answered", ran.all)
        ids = {request.headers["amz-sdk-invocation-id"] for request in server.requests}
        marks = [request.headers["amz-sdk-request"] for request in server.requests]
        case(len(ids) == 1 and marks == [f"attempt={n}; max=3" for n in (1, 2, 3)],
             "attempts of one call have one id and are numbered", ids, marks)
        case(server.accepted <= 2, "attempts use one connection", server.accepted)


def retry_after():
    """Ten to the eleven seconds are asked for; twenty at most are waited."""
    with Server(account()) as server:
        server.fail("FilterLogEvents", FAULTS["retry-after"], times=1)
        ran = Ran(server.environment(), FILTER)
        gaps = [b.when - a.when for a, b in zip(server.requests, server.requests[1:])]
        case(ran.kind == "done" and len(gaps) == 1 and 19 < gaps[0] < 30,
             "Retry-After of 3,000 years: asked again after 20 seconds", ran.all, gaps)


def clocks():
    year = 365 * 86400
    for skew_s in (600, -600, year, -year):
        with Server(account(), skew_s=skew_s) as server:
            ran = Ran(server.environment(), FILTER, FILTER)
            case(ran.kind == "done" and server.count() == 3 and abs(int(ran.state["skew_s"]) - skew_s) <= 2,
                 f"a clock that is off by {skew_s} s is corrected by one more attempt", ran.all)
            signed = {request.headers["x-amz-date"] for request in server.requests[1:]}
            case(len(signed) <= 3, f"off by {skew_s} s: later calls are right at once", signed)


def wrong_secret():
    with Server(account()) as server:
        ran = Ran({**server.environment(), "AWS_SECRET_ACCESS_KEY": "wrong"}, FILTER)
        case(ran.says("expired", "refused the signature", "secret access key") and server.count() == 1,
             "a wrong secret is told as that", ran.all)


def nobody():
    with Deaf() as deaf:
        ran = Ran({**Server(check=False).environment(), "AWS_ENDPOINT_URL": f"http://127.0.0.1:{deaf.port}"},
                  "--connect", "300", FILTER)
        case(ran.says("unreachable", "no connection within 300 ms", "network") and ran.state["sent"] == "3",
             "a connection that is never made: told", ran.all)
        effect = Ran({**Server(check=False).environment(), "AWS_ENDPOINT_URL": f"http://127.0.0.1:{deaf.port}"},
                     "--effect", "--connect", "300", FILTER)
        case(not effect.doubt and effect.state["sent"] == "3",
             "a connection that is never made: nothing left, so it may be tried again", effect.all)
        closed = deaf.port
    ran = Ran({**Server(check=False).environment(), "AWS_ENDPOINT_URL": f"http://127.0.0.1:{closed}"}, FILTER)
    case(ran.says("unreachable", "no connection", "network"), "a port that is closed: told", ran.all)


def plain_http():
    environment = Server(check=False).environment()
    for url in ("http://10.1.2.3", "http://localhost.evil.example", "http://127.0.0.1.evil.example"):
        ran = Ran({**environment, "AWS_ENDPOINT_URL": url}, FILTER)
        case(ran.says("bad", "plain http", "https") and ran.state["sent"] == "0", f"{url}: refused, nothing sent", ran.all)
    ran = Ran({**environment, "AWS_ENDPOINT_URL": "file:///etc/passwd"}, FILTER)
    case("done" not in ran.all, "file: as an endpoint is refused", ran.all)


def proxy():
    with Server(check=False) as server:
        server.fail("*", lambda *_: [b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", "close"])
        ran = Ran({**server.environment(), "AWS_ENDPOINT_URL": "https://logs.eu-west-1.amazonaws.com",
                   "HTTPS_PROXY": server.url}, FILTER)
        case(ran.says("unreachable", "the proxy lets nothing through", "HTTPS_PROXY"), "a proxy that wants a password",
             ran.all)
        heads = str([request.lines for request in server.requests])
        case("Authorization" not in heads and "X-Amz" not in heads, "the proxy sees no line of the request", heads)
        case(all(request.method == "CONNECT" for request in server.requests), "the proxy is asked for a tunnel only", heads)


def tunnel():
    """Through a proxy that opens tunnels to a host that is known to it alone."""
    if not shutil.which("openssl"):
        tell("SKIP", "a proxy's tunnel: openssl is not here to make certificates")
        return
    with tempfile.TemporaryDirectory() as folder:
        room = pathlib.Path(folder)
        make_certificates(room)
        with TlsServer(room, "other") as server, Tunnels("other.example", server.port) as proxy_:
            environment = {**server.environment(), "AWS_ENDPOINT_URL": "https://other.example",
                           "AWS_CA_BUNDLE": f"{room}/ca.pem", "HTTPS_PROXY": f"http://127.0.0.1:{proxy_.port}"}
            ran = Ran(environment, FILTER, FILTER)
            case(ran.kind == "done" and server.count() == 2 and proxy_.opened == ["other.example:443"],
                 "a proxy's tunnel carries two calls over one connection, signed for the host", ran.all, proxy_.opened)
            ran = Ran({**environment, "NO_PROXY": "other.example"}, "--connect", "2000", FILTER)
            case(ran.kind == "unreachable" and len(proxy_.opened) == 1, "NO_PROXY: the proxy is not asked", ran.all)


class Tunnels(Server):
    """A proxy for CONNECT to one host."""

    def __init__(self, host, port):
        super().__init__(check=False)
        self.host, self.to, self.opened = host, port, []

    def serve(self, connection):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += connection.recv(1)
        target = head.split()[1].decode()
        self.opened.append(target)
        inside = socket.create_connection(("127.0.0.1", self.to))
        connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        threading.Thread(target=self.pump, args=(inside, connection), daemon=True).start()
        self.pump(connection, inside)

    @staticmethod
    def pump(source, sink):
        try:
            while piece := source.recv(65536):
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


# ---- TLS ----

OPENSSL_CONF = """[ca]
default_ca = own
[own]
dir = {room}
database = $dir/index
serial = $dir/serial
new_certs_dir = $dir
default_md = sha256
policy = any
x509_extensions = leaf
copy_extensions = copy
[any]
commonName = supplied
[leaf]
basicConstraints = CA:FALSE
"""


def openssl(*args):
    subprocess.run(["openssl", *args], check=True, capture_output=True, timeout=60)


def make_certificates(room):
    """A CA of our own, and leaves: good, for another host, expired, not yet valid."""
    (room / "index").touch()
    (room / "serial").write_text("01\n")
    (room / "conf").write_text(OPENSSL_CONF.format(room=room))
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl("req", "-x509", *key, "-keyout", f"{room}/ca.key", "-out", f"{room}/ca.pem", "-days", "2", "-subj", "/CN=ca")
    for name, host, start, end in (("good", "IP:127.0.0.1", "20200101000000Z", "20990101000000Z"),
                                   ("other", "DNS:other.example", "20200101000000Z", "20990101000000Z"),
                                   ("expired", "IP:127.0.0.1", "20200101000000Z", "20210101000000Z"),
                                   ("early", "IP:127.0.0.1", "20980101000000Z", "20990101000000Z")):
        openssl("req", *key, "-keyout", f"{room}/{name}.key", "-out", f"{room}/{name}.csr", "-subj", f"/CN={name}",
                "-addext", f"subjectAltName={host}")
        openssl("ca", "-batch", "-config", f"{room}/conf", "-cert", f"{room}/ca.pem", "-keyfile", f"{room}/ca.key",
                "-in", f"{room}/{name}.csr", "-out", f"{room}/{name}.pem", "-startdate", start, "-enddate", end)


class TlsServer(Server):
    def __init__(self, room, name):
        super().__init__(account())
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(f"{room}/{name}.pem", f"{room}/{name}.key")
        self.url = f"https://127.0.0.1:{self.port}"

    def serve(self, connection):
        try:
            super().serve(self.context.wrap_socket(connection, server_side=True))
        except OSError:
            connection.close()


def tls():
    if not shutil.which("openssl"):
        tell("SKIP", "TLS: openssl is not here to make certificates")
        return
    with tempfile.TemporaryDirectory() as folder:
        room = pathlib.Path(folder)
        make_certificates(room)
        for name, bundle, kind, text, hint in (
                ("good", "ca.pem", "done", "", ""),
                ("good", None, "unreachable", "its certificate is not trusted", "AWS_CA_BUNDLE"),
                ("other", "ca.pem", "unreachable", "its certificate is not trusted", "AWS_CA_BUNDLE"),
                ("expired", "ca.pem", "unreachable", "expired", "check the clock"),
                ("early", "ca.pem", "unreachable", "not yet valid", "check the clock"),
                ("good", "conf", "unreachable", "cannot be read", "AWS_CA_BUNDLE")):
            with TlsServer(room, name) as server:
                more = {"AWS_CA_BUNDLE": f"{room}/{bundle}"} if bundle else {}
                ran = Ran({**server.environment(), **more}, FILTER)
                case(ran.says(kind, text, hint) and server.count() == (kind == "done"),
                     f"TLS, certificate {name}, bundle {bundle}: {kind}, and asked once at most", ran.all)


def main():
    FAULTS["gzip-bomb"](None, None)  # it takes seconds to make
    slow = ["stall", "hang"]
    parts = [retry_after]
    parts += [lambda name=name: one_fault(name) for name in slow + [name for name in EXPECTED if name not in slow]]
    parts += [lambda name=name: one_effect(name) for name in sorted(NEVER_TWICE)]
    parts += [mended, clocks, wrong_secret, nobody, plain_http, proxy, tunnel, tls]
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        for done in [pool.submit(part) for part in parts]:
            try:
                done.result()
            except Exception as why:
                case(False, "a part came to its end", repr(why))
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
