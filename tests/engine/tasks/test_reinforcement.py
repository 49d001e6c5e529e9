"""The session's commands, with an inbox in this process."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from explorer.door import Command, Inbox
from explorer.engine.tasks.reinforcement import table, world
from explorer.results import ActionGrid, Bundle, Curves, Matrix, Numbers, Result
from explorer.words import InputError


class Player:
    """A session and the hand on its buttons."""

    def __init__(self, **arguments: Any) -> None:
        self.inbox = Inbox()
        arguments = {"environment": "FrozenLake-v1 4x4", "playing": False, **arguments}
        self.steps: Iterator[Result] = table(self.inbox, **arguments)
        self.now = self.next()

    def next(self) -> Bundle:
        bundle = next(self.steps)
        assert isinstance(bundle, Bundle)
        return bundle

    def send(self, name: str, **values: Any) -> Bundle:
        self.inbox.put(Command(0, name, values))
        self.now = self.next()
        return self.now

    def until_paused(self, seconds: float = 20.0) -> Bundle:
        end = time.monotonic() + seconds
        while self.now.facts["playing"]:
            assert time.monotonic() < end
            self.now = self.next()
        return self.now

    @property
    def grid(self) -> ActionGrid:
        grid = self.now.parts["grid"]
        assert isinstance(grid, ActionGrid)
        return grid

    @property
    def numbers(self) -> dict[str, float]:
        numbers = self.now.parts["numbers"]
        assert isinstance(numbers, Numbers)
        return dict(numbers.values)


def test_at_first_nothing_is_known() -> None:
    player = Player()
    assert player.numbers["steps"] == 0 and not player.grid.visited.any() and (player.grid.policy == -1).all()
    assert player.grid.agent == (0, 0) and not player.now.facts["playing"]
    assert set(player.now.parts) == {"grid", "returns", "visits", "table", "counts", "numbers"}


def test_a_single_step_corrects_one_number_and_shows_its_terms() -> None:
    player = Player()
    player.send("step")
    assert player.numbers["steps"] == 1 and player.grid.visited.sum() == 1 and player.grid.corrected == (0, 0)
    terms = player.numbers
    assert terms["q_new"] == pytest.approx(terms["q_old"] + terms["alpha"] * (terms["reward"] + terms["gamma"] * terms["following"] - terms["q_old"]))
    assert player.now.facts["source"] == "gymnasium"


def test_it_learns_this_many_actions_and_then_waits() -> None:
    player = Player(until=5000)
    player.until_paused()
    assert player.numbers["steps"] == 5000
    curve = player.now.parts["returns"]
    assert isinstance(curve, Curves) and curve.series[-1].main and len(curve.series[-1].x) > 50
    visits = player.now.parts["visits"]
    assert isinstance(visits, Matrix) and np.nansum(visits.values) == 5000


def test_play_and_pause() -> None:
    player = Player(speed=0.0)
    player.send("play")
    begun = player.numbers["steps"]
    for _ in range(3):
        player.now = player.next()
    assert player.numbers["steps"] > begun
    player.send("pause")
    assert not player.until_paused().facts["playing"]


def test_a_slow_player_takes_one_action_at_a_time() -> None:
    player = Player(speed=20.0)
    player.send("play")
    begin, counts = time.monotonic(), []
    while time.monotonic() - begin < 1.0:
        player.now = player.next()
        counts.append(player.numbers["steps"])
    assert 8 <= counts[-1] <= 22
    assert max(np.diff(counts)) <= 2


def test_settings_change_while_it_learns_and_bad_ones_are_said() -> None:
    player = Player()
    player.send("set", epsilon=0.5, alpha=0.25, fall=0.0, gamma=0.9)
    assert player.now.facts["settings"] == {"epsilon": 0.5, "alpha": 0.25, "fall": 0.0, "gamma": 0.9, "optimism": 1.0}
    player.send("set", gamma=7.0)
    assert player.now.facts["settings"]["gamma"] == 0.9
    assert player.now.facts["refused"] is not None and player.now.facts["refusals"] == 1
    player.send("recommend")
    assert player.now.facts["settings"]["epsilon"] == 0.2 and player.now.facts["refused"] is None


def test_the_method_can_be_switched_and_value_iteration_settles() -> None:
    player = Player(until=300)
    player.until_paused()
    player.send("set", method="sarsa")
    player.send("step")
    assert player.now.facts["method"] == "sarsa"
    player.send("set", method="value_iteration", speed=0.0)
    player.send("play")
    facts = player.until_paused().facts
    assert facts["settled"] and player.numbers["closeness"] == pytest.approx(1.0)
    player.send("act", action=1)
    assert player.now.facts["refused"] is not None
    player.send("set", method="prophecy")
    assert player.now.facts["method"] == "value_iteration" and player.now.facts["refusals"] == 2


def test_the_users_action_is_executed_and_learnt_from() -> None:
    player = Player(environment="FrozenLake-v1 4x4 firm")
    player.send("act", action=2)
    assert player.grid.agent == (0, 1) and player.now.facts["last"]["action"] == 2 and player.grid.visited[0, 0, 2] == 1
    player.send("act", action=9)
    assert player.now.facts["refused"] is not None and player.numbers["steps"] == 1


def test_watching_leaves_the_table_alone() -> None:
    player = Player(environment="FrozenLake-v1 4x4 firm", until=3000)
    player.until_paused()
    kept = player.now.parts["table"].values  # type: ignore[attr-defined]
    player.send("watch", on=True)
    for _ in range(20):
        if player.send("step").facts["last"]["ended"]:
            break
    assert np.array_equal(kept, player.now.parts["table"].values)  # type: ignore[attr-defined]
    assert player.now.facts["watching"] and player.now.facts["last"]["reward"] == 1.0


def test_a_reward_edited_by_hand_while_it_learns() -> None:
    player = Player(environment="FrozenLake-v1 4x4 firm", until=2000)
    player.until_paused()
    player.send("edit", row=2, column=0, reward=-3.0)
    assert player.grid.rewards[2, 0] == -3.0 and player.grid.edited == (8,)
    player.send("set", until=6000)
    player.until_paused()
    assert player.grid.policy[1, 0] != 1 or player.numbers["closeness"] > 0.9
    player.send("edit", row=2, column=0, reward=None)
    assert player.grid.edited == () and player.grid.rewards[2, 0] == 0.0
    player.send("edit", row=99, column=0, reward=1.0)
    assert player.now.facts["refused"] is not None


def test_starting_over_keeps_the_last_run_in_the_plot() -> None:
    player = Player(until=3000)
    player.until_paused()
    player.send("reset")
    curve = player.now.parts["returns"]
    assert player.numbers["steps"] == 0 and not player.grid.visited.any()
    assert isinstance(curve, Curves) and curve.series[0].name.en == "last run" and len(curve.series[0].x) > 20


def test_another_world_in_the_same_session_and_one_that_cannot_be_used() -> None:
    player = Player(until=100)
    player.until_paused()
    player.send("world", environment="CliffWalking-v1")
    assert player.grid.values.shape == (4, 12, 4) and player.numbers["steps"] == 0
    player.send("world", environment="CartPole-v1")
    assert player.grid.values.shape == (4, 12, 4) and "CartPole" in player.now.facts["refused"].en


def test_taxi_shows_the_layer_of_its_passenger() -> None:
    player = Player(environment="Taxi-v4", until=2000)
    player.until_paused()
    grid = player.grid
    assert grid.values.shape == (5, 5, 6) and grid.cells.count("destination") == 1 and grid.walls
    assert grid.carrying or "passenger" in grid.cells
    assert grid.labels[0] == "R" and grid.labels[23] == "B"


@pytest.mark.parametrize("environment", ["FrozenLake-v1 8x8", "Taxi-v4"])
def test_what_was_saved_goes_on_in_a_new_session(environment: str) -> None:
    player = Player(environment=environment, until=4000)
    player.until_paused()
    player.inbox.put(Command(0, "save"))
    saved = player.next()
    assert set(saved.parts) == {"saved"}
    kept = saved.facts["saved"]
    other = Player(environment=kept["environment"], method=kept["method"], restore=kept, **kept["settings"])
    assert other.numbers["steps"] == 4000
    assert np.array_equal(other.now.parts["table"].values, saved.parts["saved"].values)  # type: ignore[attr-defined]
    wrong = Player(environment="CliffWalking-v1", restore=kept)
    assert wrong.now.facts["refused"] is not None and wrong.numbers["steps"] == 0


def test_stop_ends_it_and_unknown_commands_are_passed_over() -> None:
    player = Player()
    player.send("dance", wildly=True)
    assert player.now.facts["refused"] is None
    player.inbox.stop()
    assert list(player.steps) == []


@pytest.mark.parametrize("arguments", [{"environment": "Nope-v0"}, {"method": "prophecy"}, {"epsilon": 3.0}, {"rewards": {99: 1.0}}])
def test_what_cannot_be_begun_is_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Player(**arguments)


def test_a_world_is_shown_before_anything_is_learnt() -> None:
    (bundle,) = world(environment="FrozenLake-v1 generated size=6 slippery", another=True)
    assert isinstance(bundle, Bundle) and bundle.facts["environment"].endswith("seed=0")
    assert bundle.facts["needed"] > 10_000 and bundle.facts["size"] == (6, 6)
    with pytest.raises(InputError):
        list(world(environment="CartPole-v1"))
