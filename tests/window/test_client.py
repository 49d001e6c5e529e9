"""The client: lanes, sessions, kill −9, cancel, closing."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.window.client import PATIENCE_MS, Client, EngineLost, Job
from explorer.words import InputError, same

T = same("test")


@pytest.fixture
def client(qtbot: QtBot) -> Iterator[Client]:
    made = Client()
    yield made
    made.close()
    assert made.worker_pids() == []


def collect(job: Job) -> list[Any]:
    got: list[Any] = []
    job.result.connect(got.append)
    return got


def test_a_query_answers_with_its_arrays(client: Client, qtbot: QtBot) -> None:
    job = client.query("page:a", "diagnostics.maps", title=T, megabytes=8)
    got = collect(job)
    with qtbot.waitSignal(job.done, timeout=60000):
        pass
    assert got[0].values.nbytes == 8 * 2**20 and job.state == "done"


def test_newest_wins_in_its_lane_only(client: Client, qtbot: QtBot) -> None:
    old = client.query("page:a", "diagnostics.wait", title=T, seconds=20, answer=1)
    other = client.query("page:b", "diagnostics.wait", title=T, seconds=0.2, answer=2)
    new = client.query("page:a", "diagnostics.wait", title=T, seconds=0.1, answer=3)
    got_old, got_other, got_new = collect(old), collect(other), collect(new)
    assert old.state == "cancelled"
    qtbot.waitUntil(lambda: other.state == "done" and new.state == "done", timeout=60000)
    assert not got_old and got_other[0].values["answer"] == 2 and got_new[0].values["answer"] == 3


def test_a_refusal_is_a_sentence(client: Client, qtbot: QtBot) -> None:
    job = client.query("p:a", "diagnostics.refuse", title=T, text="no such picture")
    with qtbot.waitSignal(job.failed, timeout=60000) as caught:
        pass
    assert isinstance(caught.args[0], InputError) and str(caught.args[0]) == "no such picture"
    unknown = client.query("p:a", "nowhere.nothing", title=T)
    with qtbot.waitSignal(unknown.failed, timeout=60000):
        pass


def test_what_does_not_stop_is_killed_and_nothing_else_ends(client: Client, qtbot: QtBot) -> None:
    session = client.session("diagnostics.count", title=T)
    states = collect(session)
    qtbot.waitUntil(lambda: bool(states), timeout=60000)
    stuck = client.query("p:stuck", "diagnostics.wait", title=T, seconds=60, polite=False)
    qtbot.waitUntil(lambda: stuck.worker is not None and stuck.worker.warm, timeout=60000)
    pid = stuck.worker.process.pid  # type: ignore[union-attr]
    begin = time.monotonic()
    stuck.cancel()
    assert time.monotonic() - begin < 0.1
    qtbot.waitUntil(lambda: not alive(pid), timeout=PATIENCE_MS + 30000)
    after = client.query("p:stuck", "diagnostics.wait", title=T, seconds=0, answer=4)
    got = collect(after)
    with qtbot.waitSignal(after.done, timeout=60000):
        pass
    assert got[0].values["answer"] == 4
    seen = len(states)
    qtbot.waitUntil(lambda: len(states) > seen, timeout=30000)
    assert session.live


def test_cancelled_before_the_engine_has_begun_costs_no_process(client: Client, qtbot: QtBot) -> None:
    early = client.query("p:early", "diagnostics.wait", title=T, seconds=60, polite=False)
    pids = client.worker_pids()
    early.cancel()
    late = client.query("p:late", "diagnostics.wait", title=T, seconds=0, answer=6)
    other = client.query("p:other", "diagnostics.wait", title=T, seconds=0, answer=7)
    qtbot.waitUntil(lambda: late.state == "done" and other.state == "done", timeout=60000)
    assert set(pids) <= set(client.worker_pids())


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    with open(f"/proc/{pid}/stat") as file:
        return file.read().split()[2] != "Z"


def test_kill_9_of_each_leaves_the_others(client: Client, qtbot: QtBot) -> None:
    query = client.query("p:q", "diagnostics.wait", title=T, seconds=3, answer=5)
    first = client.session("diagnostics.count", title=T)
    second = client.session("diagnostics.count", title=T, start=1000)
    got, one, two = collect(query), collect(first), collect(second)
    errors: list[Any] = []
    first.failed.connect(errors.append)
    qtbot.waitUntil(lambda: bool(one) and bool(two), timeout=60000)
    os.kill(int(one[-1].values["pid"]), signal.SIGKILL)
    os.kill(query.worker.process.pid, signal.SIGKILL)  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: first.state == "failed", timeout=60000)
    assert isinstance(errors[0], EngineLost) and first.crashed
    seen = len(two)
    qtbot.waitUntil(lambda: len(two) > seen, timeout=60000)
    qtbot.waitUntil(lambda: query.state == "done", timeout=60000)  # repeated once by itself
    assert got[-1].values["answer"] == 5 and second.live


def test_a_query_that_kills_its_process_fails_after_one_repeat(client: Client, qtbot: QtBot) -> None:
    job = client.query("p:q", "diagnostics.crash", title=T)
    with qtbot.waitSignal(job.failed, timeout=60000) as caught:
        pass
    assert isinstance(caught.args[0], EngineLost) and job.attempts == 2


def test_two_sessions_at_once_the_third_waits(client: Client, qtbot: QtBot) -> None:
    jobs = [client.session("diagnostics.count", title=T) for _ in range(3)]
    states = [collect(j) for j in jobs]
    jobs[2].send("set", number=5_000_000)
    qtbot.waitUntil(lambda: bool(states[0]) and bool(states[1]), timeout=60000)
    assert [j.state for j in jobs] == ["running", "running", "waiting"]
    jobs[0].cancel()
    qtbot.waitUntil(lambda: bool(states[2]) and states[2][-1].values["number"] >= 5_000_000, timeout=60000)


def test_commands_reach_a_session_and_pace_is_kept(client: Client, qtbot: QtBot) -> None:
    job = client.session("diagnostics.count", title=T)
    got = collect(job)
    qtbot.waitUntil(lambda: bool(got), timeout=60000)
    begin, seen = time.monotonic(), len(got)
    qtbot.wait(1000)
    assert len(got) - seen <= 66 * (time.monotonic() - begin)
    job.send("pause")
    qtbot.wait(200)
    job.send("set", number=7)
    qtbot.waitUntil(lambda: got[-1].values["number"] == 7, timeout=30000)


def test_closing_during_work_ends_every_process(qtbot: QtBot) -> None:
    client = Client()
    client.session("diagnostics.count", title=T)
    client.query("p:q", "diagnostics.wait", title=T, seconds=60, polite=False)
    qtbot.waitUntil(lambda: all(w.ready for w in client._workers), timeout=60000)
    pids = client.worker_pids()
    begin = time.monotonic()
    client.close()
    assert time.monotonic() - begin < 5 and not any(alive(p) for p in pids)
    assert not [n for n in os.listdir("/dev/shm") if n.startswith(f"ds-explorer-{os.getpid()}-")]


def test_arrays_arrive_unchanged_when_many_come_fast(client: Client, qtbot: QtBot) -> None:
    job = client.query("p:q", "diagnostics.maps", title=T, megabytes=2, repeat=40)
    got = collect(job)
    with qtbot.waitSignal(job.done, timeout=60000):
        pass
    assert got[-1].values[0, 0, 0] == 39
    assert np.all(np.diff([g.values[0, 0, 0] for g in got]) > 0)
