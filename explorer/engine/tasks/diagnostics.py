"""Tasks that exercise the door itself: used by its tests and benchmarks."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import numpy as np

from explorer.door import Inbox
from explorer.results import Maps, Numbers, Progress, Result
from explorer.words import InputError, Text, same


def maps(*, megabytes: float, repeat: int = 1) -> Iterator[Result]:
    """Maps of this size, ``repeat`` times; the first value of each counts up."""
    values = np.zeros((max(1, int(megabytes * 2**20 / (64 * 64 * 4))), 64, 64), np.float32)
    for i in range(repeat):
        values = values.copy()
        values[0, 0, 0] = i
        yield Maps(values)


def wait(*, seconds: float, polite: bool = True, answer: float = 0.0) -> Iterator[Result]:
    """Take this long, then answer. A polite task can be stopped on the way, an impolite one cannot."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(left, 0.01 if polite else seconds))
        if polite:
            yield Progress(same("wait"), 1 - left / seconds, left)
    yield Numbers({"answer": answer, "pid": float(os.getpid())})


def refuse(*, text: str) -> Iterator[Result]:
    """Fail with this sentence."""
    yield Progress(same("refuse"))
    raise InputError(Text(text, text))


def crash() -> Iterator[Result]:
    """End the process the hard way."""
    yield Progress(same("crash"))
    os.kill(os.getpid(), signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)


def count(inbox: Inbox, *, start: int = 0) -> Iterator[Result]:
    """Session: count upwards as fast as it goes; "set" changes the count, "pause" and "play" do what they say."""
    number, running = start, True
    while True:
        for command in inbox.poll() if running else inbox.wait():
            if command.name == "stop":
                return
            if command.name == "set":
                number = int(command.values["number"])
            elif command.name in ("pause", "play"):
                running = command.name == "play"
            yield Numbers({"number": float(number), "pid": float(os.getpid())})
        number += running
        if inbox.due():
            yield Numbers({"number": float(number), "pid": float(os.getpid())})
