"""Two learners side by side, live: in step with each other, obedient, and counted in the same way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

from explorer.door import Command, Inbox
from explorer.engine.tasks import reinforcement_pairs as tasks
from explorer.results import ActionGrid, Bundle, Curves, Numbers
from explorer.words import InputError

FIRM = "FrozenLake-v1 4x4 firm"


class Player:
    """A session and what it last showed."""

    def __init__(self, task: Any, **arguments: Any) -> None:
        torch.set_num_threads(1)
        self.inbox = Inbox()
        self.session = task(self.inbox, **{"playing": False, **arguments})
        self.now: Bundle = next(self.session)

    def send(self, name: str, **values: Any) -> Bundle:
        self.inbox.put(Command(0, name, values))
        obeyed = self.now.facts["obeyed"]
        while self.now.facts["obeyed"] == obeyed:
            self.now = next(self.session)
        return self.now

    def until_paused(self) -> Bundle:
        while self.now.facts["playing"]:
            self.now = next(self.session)
        return self.now

    @property
    def numbers(self) -> dict[str, float]:
        numbers = self.now.parts["numbers"]
        assert isinstance(numbers, Numbers)
        return dict(numbers.values)

    def grid(self, side: str) -> ActionGrid:
        grid = self.now.parts[side]
        assert isinstance(grid, ActionGrid)
        return grid


@pytest.fixture
def answers() -> Iterator[Player]:
    player = Player(tasks.answers_and_rewards, world=FIRM)
    yield player
    player.session.close()


@pytest.fixture
def room() -> Iterator[Player]:
    player = Player(tasks.table_and_network, world="nine")
    yield player
    player.session.close()


def test_an_answer_and_an_action_a_step(answers: Player) -> None:
    answers.send("step")
    told, paid, grid = answers.now.facts["told"], answers.now.facts["paid"], answers.grid("left")
    assert answers.numbers["steps"] == 1 and grid.visited.sum() == 4  # one state heard of, all of its actions judged
    row, column = divmod(told["state"], 4)
    assert grid.agent == (row, column) == grid.corrected and int(grid.policy[row, column]) == told["answer"]
    assert grid.values[row, column].sum() == pytest.approx(1.0) and grid.values[row, column, told["answer"]] == pytest.approx(told["now"])
    assert answers.grid("right").visited.sum() == 1 and answers.grid("right").agent == divmod(paid["next_state"], 4)


def test_the_curve_ends_where_the_numbers_are_and_keeps_its_length(answers: Player) -> None:
    answers.send("step", count=3000)
    curve = answers.now.parts["curve"]
    assert isinstance(curve, Curves) and curve.series[1].main
    for series, side in zip(curve.series, ("left", "right"), strict=True):
        assert series.x[0] == 0 and series.x[-1] == 3000 and series.y[-1] == answers.numbers[side] and len(series.x) <= tasks.POINTS + 1
        assert (np.diff(series.x) > 0).all()
    assert answers.numbers["left"] == 1.0 and answers.numbers["rewards"] > 0


def test_it_learns_this_many_steps_at_full_speed_and_then_waits() -> None:
    player = Player(tasks.answers_and_rewards, world=FIRM, until=150, speed=1.0)
    assert player.until_paused() and player.numbers["steps"] == 150 and player.now.facts["until"] == 0
    player.session.close()


def test_settings_hold_through_another_world_and_a_fresh_start(answers: Player) -> None:
    answers.send("set", wrong=0.5, epsilon=0.9)
    answers.send("step", count=20)
    answers.send("world", world="FrozenLake-v1 generated")
    assert answers.now.facts["settings"] == {"wrong": 0.5, "epsilon": 0.9} and answers.numbers["steps"] == 0 and answers.now.facts["generated"]
    before = answers.now.facts["world"]
    answers.send("world", world=before, another=True)
    assert answers.now.facts["world"] != before
    seed = answers.now.facts["seed"]
    answers.send("reset")
    assert answers.now.facts["seed"] == seed + 1 and answers.now.facts["settings"]["wrong"] == 0.5


@pytest.mark.parametrize(("name", "value"), [("wrong", 1.5), ("epsilon", "much"), ("epsilon", True)])
def test_what_cannot_be_set_is_said(answers: Player, name: str, value: Any) -> None:
    answers.send("set", **{name: value})
    assert answers.now.facts["refused"] is not None and answers.now.facts["settings"] == {"wrong": 0.0, "epsilon": 0.2}
    answers.send("world", world="Pendulum-v1")
    assert answers.now.facts["refusals"] == 2 and answers.now.facts["world"] == FIRM


@pytest.mark.parametrize("arguments", [{"world": "ten"}, {"world": "endless", "cells": 1}, {"epsilon": -1.0}])
def test_what_cannot_be_is_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Player(tasks.table_and_network, **arguments)


def test_nine_states_are_nine_cells(room: Player) -> None:
    room.send("step", count=200)
    table, network = room.grid("left"), room.grid("right")
    assert table.values.shape == network.values.shape == (3, 3, 4) and table.cells[4] == "hole" and table.cells[8] == "goal"
    assert room.numbers["numbers"] == 36 and room.numbers["visited"] > 0.6 and network.visited.all()


def test_for_endless_states_the_table_grows_and_the_network_does_not(room: Player) -> None:
    weights = room.numbers["parameters"]
    room.send("world", world="endless")
    room.send("step", count=120)
    assert room.now.facts["endless"] and room.numbers["numbers"] == 4 * 12 * 12 and room.numbers["parameters"] == weights
    coarse = room.numbers["visited"]
    room.send("set", cells=24)
    assert room.numbers["steps"] == 0 and room.numbers["numbers"] == 4 * 24 * 24
    room.send("step", count=120)
    assert room.numbers["visited"] < coarse and room.grid("left").cells.count("goal") == 64
    room.send("world", world="nine")
    assert room.now.facts["cells"] == 3 and room.now.facts["settings"]["cells"] == 24
