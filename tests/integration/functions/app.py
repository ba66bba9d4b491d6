"""What a Python function can do to itself; event["do"] says which."""
import ctypes
import logging
import os
import signal
import sys
import threading
import urllib.request

log = logging.getLogger()


def fine(event):
    print("hello from the handler")
    return {"ok": True}


def fail(event):
    count = int(event["count"])
    return {"count": count}


def log_and_go_on(event):
    """An error that the code catches and logs with its trace: the invocation succeeds."""
    try:
        fail({"count": "abc"})
    except ValueError:
        log.exception("ignoring a bad count")
    return {"ok": True}


def call_a_closed_port(event):
    urllib.request.urlopen("http://127.0.0.1:9/", timeout=1)


def stall(event):
    print("waiting for the answer of a slow service")
    threading.Event().wait(60)  # nobody sets it


def leave(event):
    print("leaving")
    sys.exit(3)


def leave_quietly(event):
    os._exit(0)


def segfault(event):
    ctypes.string_at(0)


def be_killed(event):
    """What the kernel does to a process that takes more memory than it has."""
    os.kill(os.getpid(), signal.SIGKILL)


def take_memory(event):
    held = []
    while True:
        held.append(bytearray(16 << 20))


def handler(event, context):
    return globals()[event["do"]](event)
