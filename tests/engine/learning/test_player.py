"""The buttons of what learns live: obeyed or refused in a sentence, learning up to a number of steps, a speed, snapshots at the right moments."""

from __future__ import annotations

from typing import Any

import pytest

from explorer.door import Command, Inbox
from explorer.engine.learning import player as module
from explorer.engine.learning.player import Player, serve
from explorer.results import Bundle, Result
from explorer.words import InputError, same


class Counter(Player):
    """Learns nothing but to count."""

    def __init__(self, speed: float = 0.0, playing: bool = False, until: int = 0) -> None:
        super().__init__(speed, playing, until)
        self.count, self.wish, self.closed = 0, 0.0, False

    @property
    def steps(self) -> int:
        return self.count

    def advance(self, count: int) -> None:
        self.count += count

    def change(self, name: str, value: Any) -> None:
        if name != "wish":
            raise InputError(same(f"no {name}"))
        self.wish = value

    def _on_step(self, count: int = 1) -> None:
        self.running = False
        self.advance(count)

    def _after_save(self) -> Bundle:
        return Bundle({}, facts={"saved": self.count})

    def contents(self) -> Bundle:
        return Bundle({}, facts={"count": self.count, **self.buttons()})

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, which moves only by hand or a thousandth with each look at it."""
    now = [0.0]

    def look() -> float:
        now[0] += 0.001
        return now[0]

    monkeypatch.setattr(module.time, "perf_counter", look)
    return now


def facts(result: Result) -> dict[str, Any]:
    assert isinstance(result, Bundle)
    return dict(result.facts)


def test_it_learns_so_many_steps_first_and_then_does_as_it_was_asked(clock: list[float]) -> None:
    for playing in (False, True):
        counter = Counter(speed=1.0, playing=playing, until=25)
        while counter.until:
            assert counter.running and counter.at_full_speed and counter.work() == 0.0
        assert counter.count == 25 and counter.running is playing


def test_a_speed_owes_as_many_steps_as_time_has_passed(clock: list[float]) -> None:
    counter = Counter(speed=100.0, playing=True)
    for _ in range(50):
        clock[0] += 0.018
        counter.work()
    assert counter.count == pytest.approx(100.0 * clock[0], rel=0.1)
    counter.obey(Command(0, "set", {"speed": 1.0}))
    assert counter.work() > 0.04 and counter.patience() == 0.05  # nothing is owed for a while


def test_time_away_is_not_made_up_for(clock: list[float]) -> None:
    counter = Counter(speed=100.0, playing=True)
    clock[0] += 1000.0
    counter.work()
    assert counter.count <= 4


def test_commands_are_obeyed_or_refused_in_a_sentence() -> None:
    counter = Counter()
    counter.obey(Command(0, "set", {"wish": 2.0}))
    assert counter.wish == 2.0 and counter.refused is None
    counter.obey(Command(0, "set", {"nothing": 1}))
    assert counter.refused is not None and counter.refused.en == "no nothing" and (counter.refusals, counter.obeyed) == (1, 2)
    counter.obey(Command(0, "of another session", {}))
    assert counter.refused is None and counter.obeyed == 3
    counter.obey(Command(0, "set", {"until": 7}))
    assert counter.running and counter.after_until is False
    counter.obey(Command(0, "pause", {}))
    assert not counter.running and counter.until == 0


def test_the_loop_shows_what_it_was_told_and_ends_when_told() -> None:
    counter, inbox = Counter(), Inbox()
    session = serve(counter, inbox)
    assert facts(next(session))["count"] == 0
    for name, values in (("step", {"count": 3}), ("save", {})):
        inbox.put(Command(0, name, values))
    assert facts(next(session)) == {"saved": 3} and facts(next(session))["count"] == 3
    inbox.put(Command(0, "set", {"until": 50}))
    seen = facts(next(session))
    while seen["playing"]:
        seen = facts(next(session))
    assert seen["count"] == 50 and seen["until"] == 0
    inbox.put(Command(0, "stop", {}))
    with pytest.raises(StopIteration):
        next(session)
    assert counter.closed


def test_a_snapshot_is_worth_while_once_something_moved_and_not_too_often(clock: list[float]) -> None:
    counter = Counter()
    counter.snapshot()
    assert not counter.moved() and not counter.worth_showing()
    counter.advance(1)
    assert counter.moved() and not counter.worth_showing()  # too soon after the last
    clock[0] += 1.0
    assert counter.worth_showing()
