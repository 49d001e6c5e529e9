"""The playground and the neuron as sessions: what is sent into the inbox is seen in the next snapshot."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from explorer.door import Command, Inbox
from explorer.engine.tasks import basics
from explorer.results import Bundle, Numbers, Progress, Result, Surface
from explorer.words import InputError


class Live:
    """A session under test."""

    def __init__(self, task: Any, **settings: Any) -> None:
        self.inbox = Inbox()
        self.results: Iterator[Result] = task(self.inbox, **settings)
        self.last = self.next()

    def next(self) -> Bundle:
        found = next(self.results)
        assert isinstance(found, Bundle)
        return found

    def send(self, name: str, **values: Any) -> Bundle:
        """Send a command; the first result after it."""
        self.inbox.put(Command(1, name, values))
        self.last = self.next()
        return self.last

    def numbers(self) -> dict[str, float]:
        part = self.last.parts["numbers"]
        assert isinstance(part, Numbers)
        return dict(part.values)

    def stop(self) -> None:
        self.inbox.stop()
        for _ in range(20):
            if next(self.results, None) is None:
                return
        raise AssertionError("it goes on")


@pytest.fixture
def live() -> Iterator[Live]:
    found = Live(basics.playground)
    yield found
    found.stop()


def test_the_first_snapshot_has_every_part(live: Live) -> None:
    assert set(live.last.parts) == {"surface", "neurons", "network", "points", "loss", "numbers"}
    assert live.numbers()["step"] == 0
    surface = live.last.parts["surface"]
    assert isinstance(surface, Surface)
    assert surface.values.shape == (64, 64)


def test_one_step_is_one_step(live: Live) -> None:
    live.send("step")
    assert live.numbers()["step"] == 1
    assert live.last.facts["playing"] is False
    live.send("step", count=4)
    assert live.numbers()["step"] == 5


def test_it_plays_pauses_and_starts_over(live: Live) -> None:
    live.send("set", speed=10_000)
    live.send("play")
    end = time.monotonic() + 10
    while live.numbers()["step"] < 60 and time.monotonic() < end:
        live.last = live.next()
    assert live.numbers()["step"] >= 60
    loss = live.numbers()["train_loss"]
    live.send("pause")
    while live.last.facts["playing"]:
        live.last = live.next()
    step = live.numbers()["step"]
    live.send("reset")
    assert live.numbers()["step"] == 0 < step
    assert live.numbers()["train_loss"] > loss


def test_it_plays_so_many_steps_and_pauses(live: Live) -> None:
    live.send("set", speed=10_000)
    live.send("play", steps=7)
    while live.last.facts["playing"]:
        live.last = live.next()
    assert live.numbers()["step"] == 7


def test_slow_motion_keeps_its_pace(live: Live) -> None:
    live.send("set", speed=20)
    begin = time.monotonic()
    live.send("play")
    while live.numbers()["step"] < 6:
        live.last = live.next()
    assert 0.15 < time.monotonic() - begin < 3.0


def test_settings_act_in_the_next_snapshot(live: Live) -> None:
    live.send("set", activation="relu", optimiser="adam", rate=0.02, regularisation="l1", strength=0.01, batch=30)
    for name, value in {"activation": "relu", "optimiser": "adam", "rate": 0.02, "regularisation": "l1", "strength": 0.01, "batch": 30}.items():
        assert live.last.facts[name] == value
    live.send("set", data="spiral", noise=0.2, split=0.8, count=120)
    points = live.last.parts["points"]
    assert len(points.xy) == 120  # type: ignore[attr-defined]
    assert points.held_out.sum() == 24  # type: ignore[attr-defined]
    live.send("set", features=["x1", "sin x2"], hidden=[3, 3, 2])
    assert live.last.facts["features"] == ["x1", "sin x2"]
    assert live.last.facts["hidden"] == [3, 3, 2]


def test_edits_by_hand(live: Live) -> None:
    live.send("add_neuron", layer=0)
    assert live.last.facts["hidden"] == [5, 2]
    live.send("add_layer")
    live.send("remove_neuron", layer=0, index=1)
    assert live.last.facts["hidden"] == [4, 2, 2]
    live.send("remove_layer")
    assert live.last.facts["hidden"] == [4, 2]
    before = live.last.parts["surface"].values  # type: ignore[attr-defined]
    live.send("edit", source="x1", target="h1.1", value=3.0)
    assert np.abs(live.last.parts["surface"].values - before).max() > 0.01  # type: ignore[attr-defined]
    assert any(e.weight == 3.0 for e in live.last.parts["network"].edges)  # type: ignore[attr-defined]


def test_the_surface_of_one_neuron_can_be_looked_at(live: Live) -> None:
    whole = live.last.parts["surface"].values  # type: ignore[attr-defined]
    live.send("set", look="x1")
    assert np.allclose(live.last.parts["surface"].values[0], np.linspace(-1, 1, 64), atol=1e-5)  # type: ignore[attr-defined]
    live.send("set", look="out")
    assert np.array_equal(live.last.parts["surface"].values, whole)  # type: ignore[attr-defined]


def test_own_points_and_what_is_refused_leaves_the_session_alive(live: Live) -> None:
    live.send("set", data="own", points=[[0, 0, 0], [1, 1, 1]], split=1.0, names=["no", "yes"])
    assert live.last.parts["points"].names == ("no", "yes")  # type: ignore[attr-defined]
    refused = live.send("set", points=[[0, 0, 7]])
    assert refused.parts == {}
    assert "two classes" in refused.notes[0].en
    for command, values in (("set", {"batch": 0}), ("set", {"colour": 1}), ("edit", {"source": "x1"}), ("set", {"data": "bananas"}), ("set", {"weights": [1, 2]})):
        live.next()
        assert live.send(command, **values).notes
    live.last = live.next()
    assert live.last.facts["data"] == "own"
    assert len(live.last.parts["points"].xy) == 2  # type: ignore[attr-defined]


def test_without_points_it_does_not_play(live: Live) -> None:
    live.send("set", data="own", points=[])
    live.send("play")
    while live.last.facts.get("playing", True):
        live.last = live.next()
    assert live.numbers()["step"] == 0
    assert math.isnan(live.numbers()["train_accuracy"])


def test_a_slice_of_the_loss_comes_when_it_is_asked_for(live: Live) -> None:
    live.send("step", count=50)
    live.send("set", slice="path")
    found = live.next()
    surface = found.parts["loss_surface"]
    assert isinstance(surface, Surface)
    assert surface.path is not None
    assert len(surface.path) == 52
    live.send("set", slice="random", slice_seed=3)
    assert live.next().facts["slice"] == "random"


def test_a_network_comes_back_from_the_facts(live: Live) -> None:
    live.send("step", count=30)
    facts = dict(live.last.facts)
    kept = {name: facts[name] for name in ("hidden", "features", "weights", "activation", "data", "noise", "split", "seed", "count")}
    other = Live(basics.playground, **kept, step=30)
    assert np.allclose(other.last.parts["surface"].values, live.last.parts["surface"].values, atol=1e-5)  # type: ignore[attr-defined]
    assert other.numbers()["step"] == 30
    other.stop()


def test_a_loss_that_runs_away_is_said_and_can_be_started_over(live: Live) -> None:
    assert live.send("edit", source="x1", target="h1.1", value=float("nan")).notes
    live.next()
    live.send("set", data="xor", activation="linear", rate=100.0)
    assert live.send("step", count=2000).notes[0].en.startswith("The loss has run away")
    live.last = live.next()
    assert live.last.facts["diverged"]
    live.send("reset")
    live.send("set", rate=0.1)
    live.send("step")
    assert live.numbers()["step"] == 1


def test_unknown_settings_do_not_open() -> None:
    with pytest.raises(InputError):
        Live(basics.playground, colour=1)


def test_tables_are_read_or_refused() -> None:
    (found,) = basics.read_points("0,0,a\n1,1,b\n2,0,a\n3,1,b\n")
    assert isinstance(found, Bundle)
    assert found.notes
    with pytest.raises(InputError):
        list(basics.read_points("a,b\n1,2\n"))


def test_the_slice_of_the_loss_as_a_query() -> None:
    *progress, found = basics.loss_surface(steps=60, data="xor")
    assert all(isinstance(p, Progress) for p in progress)
    assert isinstance(found, Surface)
    assert found.path is not None


# --- the neuron ---


@pytest.fixture
def neuron() -> Iterator[Live]:
    found = Live(basics.neuron, data="and")
    yield found
    found.stop()


def test_the_arithmetic_is_whole(neuron: Live) -> None:
    neuron.send("set", x=[2.0, -1.0], weights=[0.5, 3.0], bias=0.25, activation="relu")
    numbers = neuron.numbers()
    assert (numbers["p1"], numbers["p2"]) == (1.0, -3.0)
    assert numbers["sum"] == -1.75
    assert numbers["output"] == 0.0
    neuron.send("set", inputs=3, x=[2.0, -1.0, 1.0], weights=[0.5, 3.0, 4.0])
    assert neuron.numbers()["sum"] == 2.25
    neuron.send("set", inputs=2)
    assert "p3" not in neuron.numbers()
    assert neuron.last.facts["weights"] == [0.5, 3.0, 4.0]  # the third is kept


def test_it_learns_and_step_by_step_and_stops_when_done(neuron: Live) -> None:
    neuron.send("set", weights=[-1.0, 0.5], bias=0.5, speed=1000)
    neuron.send("step")
    seen = neuron.last.facts["seen"]
    assert seen["corrected"] == (seen["target"] != seen["answered"])
    assert neuron.numbers()["looks"] == 1
    neuron.send("play")
    end = time.monotonic() + 10
    while not neuron.last.facts["finished"] and time.monotonic() < end:
        neuron.last = neuron.next()
    assert neuron.numbers()["accuracy"] == 1.0
    assert neuron.last.facts["playing"] is False


def test_xor_is_never_finished(neuron: Live) -> None:
    neuron.send("set", data="xor", speed=3000)
    neuron.send("play")
    best = 0.0
    while neuron.numbers()["looks"] < 400:
        neuron.last = neuron.next()
        best = max(best, neuron.numbers()["accuracy"])
    assert best <= 0.75
    assert not neuron.last.facts["finished"]


def test_the_line_is_where_the_sum_is_zero(neuron: Live) -> None:
    neuron.send("set", weights=[1.0, 2.0], bias=-1.0)
    (x1, y1), (x2, y2) = neuron.last.facts["line"]
    for x, y in ((x1, y1), (x2, y2)):
        assert x + 2 * y - 1 == pytest.approx(0)
        assert max(abs(x), abs(y)) == pytest.approx(3.0)
    neuron.send("set", weights=[0.0, 0.0])
    assert neuron.last.facts["line"] == []


def test_the_neuron_refuses_and_goes_on(neuron: Live) -> None:
    assert neuron.send("set", activation="magic").notes
    neuron.next()
    assert neuron.send("set", data="own", points=[[0, 0, 5]]).notes
    neuron.last = neuron.next()
    assert neuron.last.facts["data"] == "and"
