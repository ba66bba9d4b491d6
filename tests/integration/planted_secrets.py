#!/usr/bin/env python3
"""Nine secrets are planted where lambdig meets such: in the environment, the configuration and the
log. None of their bytes comes out in the debug log, in what it says of its end, in a core, on the
command line of the process. What a log says stands in the results: they are asked for.

A control comes first for each place: that it is looked into, and that a secret would be seen."""
import glob
import http.server
import os
import pathlib
import resource
import signal
import subprocess
import sys
import threading

sys.dont_write_bytecode = True
from harness import (DEADLINE, ENV, PROGRAM, ROOM, Terminal, case, exception, run_parts, start,  # noqa: E402
                     write)

SECRETS = {
    "access key id": "AKIAQ7PLANTED1EXMPLE",
    "secret access key": "pLaNtEd2SecretAccessKeyOfFortyCharacters",
    "session token": "FwoGpLaNtEd3SessionTokenThatIsRatherLong//////////wEaD",
    "bearer token": "pLaNtEd4BearerTokenOfAnApi",
    "web token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJwTGFOdEVkNSJ9.c2lnbmF0dXJlLXBMYU50RWQ1LXNpZ25hdHVyZQ",
    "private key": "MIIEpLaNtEd6KeyMaterialOfAPrivateKeyInAPemBlock",
    "password in a URL": "pLaNtEd7Password",
    "signature of a request": "b0a7f8e9d0c1b2a3948576a1b2c3d4e5f60718293a4b5c6d7e8f901234567890",
    "card number": "4111 1111 1111 1111",
}
ACCOUNT = {"AWS_ACCESS_KEY_ID": SECRETS["access key id"], "AWS_SECRET_ACCESS_KEY": SECRETS["secret access key"],
           "AWS_SESSION_TOKEN": SECRETS["session token"], "AWS_REGION": "eu-west-1"}


def planted_log():
    lines = [f"aws_secret_access_key = {SECRETS['secret access key']}", f"aws_session_token={SECRETS['session token']}",
             f"using {SECRETS['access key id']}", f"Authorization: Bearer {SECRETS['bearer token']}",
             f"cookie: id={SECRETS['web token']}", "-----BEGIN RSA PRIVATE KEY-----", SECRETS["private key"],
             "-----END RSA PRIVATE KEY-----", f"postgres://app:{SECRETS['password in a URL']}@db.example.com/app",
             f"GET /x?X-Amz-Signature={SECRETS['signature of a request']}&y=1", f"card {SECRETS['card number']} was refused"]
    body = exception(1).replace("[ERROR]", "\n".join(lines) + "\n[ERROR]", 1)
    return write("planted.log", body.replace("KeyError: 'order'", "KeyError: " + " ".join(lines), 1))


def configuration():
    """A URL with a password is the one secret that an option can hold."""
    return write("planted.yaml", f"endpoint-url: https://app:{SECRETS['password in a URL']}@localhost:9/\n")


def seen(content):
    return [name for name, secret in SECRETS.items() if secret.encode() in content]


def triage_with_a_debug_log():
    log, debug = planted_log(), ROOM / "triage.debug"
    done = subprocess.run([PROGRAM, "triage", "--logs", str(log), str(ROOM / "absent.log"), "--config", str(configuration()),
                           "--debug-log", str(debug)], capture_output=True, env={**ENV, **ACCOUNT}, timeout=DEADLINE)
    case(b"KeyError" in done.stdout and seen(log.read_bytes()) == list(SECRETS), "control: all nine are in the log", done)
    told = debug.read_bytes()
    case(b"absent.log" in told and b"@localhost:9" in told and b"ended with 4" in told,
         "control: the debug log holds settings, what was told, and the end", told)
    case(not seen(told), "the debug log holds no secret", seen(told))
    case(debug.stat().st_mode & 0o777 == 0o600, "the debug log is for its owner alone", oct(debug.stat().st_mode))
    case(not seen(done.stderr), "stderr holds no secret", done.stderr)


def dumps_core(*args):
    """True where the system lets this very command leave a core, so that its absence means something."""
    process = subprocess.Popen(["sh", "-c", "kill -SEGV $$"], preexec_fn=lambda: resource.setrlimit(
        resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2), cwd=ROOM)
    return os.WCOREDUMP(os.waitpid(process.pid, 0)[1])


def a_crash():
    resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
    debug = ROOM / "crash.debug"
    for core in glob.glob(str(ROOM / "core*")):
        os.unlink(core)
    t = Terminal("--logs", planted_log(), "--config", configuration(), "--debug-log", debug, env=ACCOUNT)
    shown = t.wait_for(b"EXC")
    maps = pathlib.Path(f"/proc/{t.pid}/cmdline").read_bytes()
    case(shown and b"planted.log" in maps and not seen(maps), "the command line of the process holds no secret", maps)
    os.kill(t.pid, signal.SIGSEGV)
    t.closed.wait(DEADLINE)
    status = os.waitpid(t.pid, 0)[1]
    os.close(t.fd)
    after = t.out.rsplit(b"\x1b[?1049l", 1)[-1]
    case(os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGSEGV and not t.left,
         "a crash: the terminal is restored, the process dies by its signal", status, t.left)
    case(not seen(after), "what it says of its end holds no secret", after)
    case(not seen(debug.read_bytes()) and debug.stat().st_size > 0, "its debug log holds none", debug.read_bytes())
    case(not os.WCOREDUMP(status) and not glob.glob(str(ROOM / "core*")), "no core is left", status)
    print("note:", "a core would have been possible" if dumps_core() else "this system writes no cores at all")


class Echo(http.server.BaseHTTPRequestHandler):
    """Refuses each request, and says in the refusal all that it was given."""
    asked = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        given = f"{self.headers} {body!r} " + " ".join(ACCOUNT.values())
        Echo.asked.append(given)
        answer = ('{"__type":"AccessDeniedException","message":%s}' % repr(given).replace('"', "").replace("'", '"')).encode()
        self.send_response(400)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST

    def log_message(self, *_):
        pass


def an_account_that_echoes():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    debug = ROOM / "account.debug"
    run = start("triage", "pay", "--endpoint-url", f"http://127.0.0.1:{server.server_port}", "--debug-log", debug, env=ACCOUNT)
    out, err = run.communicate(timeout=DEADLINE)
    server.shutdown()
    case(Echo.asked and SECRETS["access key id"] in Echo.asked[0], "control: the account was asked, with these keys",
         run.returncode, err)
    case(not seen(debug.read_bytes()) and debug.stat().st_size > 0, "the debug log of an account holds no secret",
         debug.read_bytes()[:2000])
    case(not seen(out + err), "what a service echoes is not told on", out, err)


if __name__ == "__main__":
    sys.exit(run_parts(triage_with_a_debug_log, a_crash, an_account_that_echoes))
