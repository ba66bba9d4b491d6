"""Chance that falls the same way each time, and the formats of times and ids.

Only random() and getrandbits() are used: their sequence for a seed is the same in every
Python 3. Times are integer milliseconds since 1970, durations integer microseconds."""
import random
import time

START_MS = 1795527840000  # 2026-11-24T13:44:00Z
END_MS = START_MS + 20 * 60 * 1000


def at(text):
    """'13:57:58.101' of the day of the incident, as milliseconds since 1970."""
    hours, minutes, seconds = text.split(":")
    whole, _, fraction = seconds.partition(".")
    of_day = (int(hours) * 60 + int(minutes)) * 60 + int(whole)
    return START_MS - (13 * 60 + 44) * 60000 + of_day * 1000 + int((fraction + "000")[:3])


def _utc(ms, form):
    return time.strftime(form, time.gmtime(ms // 1000))


def iso_ms(ms):
    return f"{_utc(ms, '%Y-%m-%dT%H:%M:%S')}.{ms % 1000:03d}Z"


def iso_s(ms):
    return _utc(ms, "%Y-%m-%dT%H:%M:%SZ")


def utc(ms, form):
    return _utc(ms, form)


def ms2(us):
    """Microseconds as the milliseconds with two decimals of a text REPORT."""
    return f"{us // 1000}.{us % 1000 // 10:02d}"


def ms3(us):
    """Microseconds as a JSON number of milliseconds, as in platform.report."""
    return us / 1000


class Dice:
    """One for each function, so that a change in one story leaves the others as they are."""

    def __init__(self, name):
        self._random = random.Random("lambdig demo " + name)

    def chance(self, share):
        return self._random.random() < share

    def between(self, low, high):
        return low + int(self._random.random() * (high - low + 1))

    def pick(self, choices):
        return choices[int(self._random.random() * len(choices))]

    def hex(self, digits):
        return f"{self._random.getrandbits(digits * 4):0{digits}x}"

    def uuid(self, start=""):
        raw = start + (self.hex(32 - len(start)) if len(start) < 32 else "")
        raw = raw[:12] + "4" + raw[13:16] + "89ab"[int(raw[16], 16) % 4] + raw[17:]
        return "-".join((raw[:8], raw[8:12], raw[12:16], raw[16:20], raw[20:]))
