"""How many threads the engine gives a task."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch

from explorer.door import Start
from explorer.engine import server
from explorer.engine.learning.player import one_core
from explorer.engine.server import Server, find_task
from explorer.results import Numbers, Result


class Sent:
    """A wire that keeps what is sent."""

    def __init__(self) -> None:
        self.messages: list[Any] = []

    def send(self, message: Any) -> None:
        self.messages.append(message)


@pytest.fixture(autouse=True)
def threads_as_before() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def counted() -> Iterator[Result]:
    yield Numbers({"threads": float(torch.get_num_threads())})


def small() -> Iterator[Result]:
    yield from counted()


def threads_of(monkeypatch: pytest.MonkeyPatch, engine: Server, task: Any) -> float:
    monkeypatch.setattr(server, "find_task", lambda name: task)
    engine._inboxes[1] = server.Inbox()
    engine._run(Start(1, "any.task", {}))
    wire: Any = engine._wire
    (result,) = (message.result for message in wire.messages if hasattr(message, "result"))
    wire.messages.clear()
    return float(result.values["threads"])


def test_a_session_of_small_networks_keeps_to_one_core(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Server(Sent())  # type: ignore[arg-type]
    engine._threads = 3
    assert threads_of(monkeypatch, engine, counted) == 3
    assert threads_of(monkeypatch, engine, one_core(small)) == 1
    assert threads_of(monkeypatch, engine, counted) == 3  # the next has its share again


def test_agents_and_the_playground_are_such_sessions() -> None:
    for name in ("reinforcement_agents.agent", "reinforcement_pairs.table_and_network", "basics.playground"):
        assert find_task(name).most_threads == 1  # type: ignore[attr-defined]
    assert not hasattr(find_task("experiments.measure"), "most_threads")
