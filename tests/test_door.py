"""The door: frames, arenas, pace."""

from __future__ import annotations

import io
import os
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from explorer.door import INTERVAL, Acknowledge, Command, Inbox, Outbox, Output, Wire, create_arena, open_arena
from explorer.results import Bundle, Maps, Numbers, Progress
from explorer.words import same


def pipes() -> tuple[Wire, Wire, Path]:
    """Two wires joined to each other; the first writes its arrays into an arena."""
    made = create_arena(1 << 20)
    assert made is not None
    path, arena = made
    a, b = os.pipe(), os.pipe()
    left = Wire(os.fdopen(b[0], "rb"), os.fdopen(a[1], "wb"), arena=arena)
    right = Wire(os.fdopen(a[0], "rb"), os.fdopen(b[1], "wb"), peer_arena=open_arena(path))
    return left, right, path


def test_arrays_cross_bit_for_bit_through_the_arena() -> None:
    left, right, path = pipes()
    path.unlink()  # an open arena needs no file
    answers: list[object] = []
    listener = threading.Thread(target=lambda: answers.append(_receive_quietly(left)), daemon=True)
    listener.start()
    values = np.random.default_rng(0).normal(size=(16, 60, 60)).astype(np.float32)
    for i in range(5):
        left.send(Output(i, Maps(values + i)))
        message = right.receive()
        assert message.job == i
        np.testing.assert_array_equal(message.result.values, values + i)
    assert message.result.values.flags.writeable


def test_what_does_not_fit_the_arena_goes_in_the_pipe() -> None:
    left, right, path = pipes()
    path.unlink()
    big = np.arange(2**20, dtype=np.float32).reshape(1, 1024, 1024)  # 4 MB, the arena has 1
    received: list[Output] = []
    thread = threading.Thread(target=lambda: received.append(right.receive()))
    thread.start()
    left.send(Output(1, Maps(big)))
    thread.join(10)
    np.testing.assert_array_equal(received[0].result.values, big)


def _receive_quietly(wire: Wire) -> object:
    try:
        return wire.receive()
    except (EOFError, OSError, ValueError):
        return None


def test_an_unread_arena_does_not_block_for_ever() -> None:
    made = create_arena(1 << 20)
    assert made is not None
    made[0].unlink()
    sink = io.BytesIO()
    wire = Wire(io.BytesIO(), sink, arena=made[1])
    array = np.zeros(100_000, np.uint8)
    wire.send(array)
    first = len(sink.getvalue())
    wire.send(array, patience=0.05)  # nobody acknowledged: the second goes in the pipe
    assert len(sink.getvalue()) - first > 100_000 > first


def test_a_cut_frame_is_the_end() -> None:
    sink = io.BytesIO()
    Wire(io.BytesIO(), sink).send(Acknowledge())
    with pytest.raises(EOFError):
        Wire(io.BytesIO(sink.getvalue()[:-1]), io.BytesIO()).receive()


def test_outbox_keeps_the_newest_and_the_pace() -> None:
    sent: list[tuple[float, float]] = []
    outbox = Outbox(lambda o: sent.append((time.monotonic(), o.result.values["n"])), job=1)
    begin = time.monotonic()
    n = 0
    while time.monotonic() - begin < 0.5:
        n += 1
        outbox.offer(Numbers({"n": n}))
        time.sleep(0.001)
    outbox.close()
    assert sent[-1][1] == n  # the last one always arrives
    assert len(sent) <= 0.5 / INTERVAL + 3
    gaps = np.diff([t for t, _ in sent[:-1]])
    assert gaps.min() >= INTERVAL * 0.9


def test_outbox_never_drops_another_kind_of_result() -> None:
    sent: list[object] = []
    outbox = Outbox(lambda o: sent.append(o.result), job=1)
    for i in range(50):
        outbox.offer(Progress(same(str(i))))
    outbox.offer(Bundle({"saved": Numbers({"x": 1})}))
    for i in range(50):
        outbox.offer(Bundle({"state": Numbers({"x": i})}))
    outbox.close()
    assert any(isinstance(r, Bundle) and "saved" in r.parts for r in sent)
    assert isinstance(sent[-1], (Bundle, Progress))


def test_inbox_orders_and_wakes() -> None:
    inbox = Inbox()
    assert inbox.poll() == [] and inbox.wait(0.01) == []
    inbox.put(Command(1, "set", {"a": 1}))
    inbox.put(Command(1, "pause"))
    assert [c.name for c in inbox.poll()] == ["set", "pause"]
    threading.Timer(0.05, inbox.stop).start()
    assert [c.name for c in inbox.wait(5)] == ["stop"]
    assert inbox.stopped.is_set()
