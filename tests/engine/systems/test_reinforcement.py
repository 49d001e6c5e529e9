"""Q-learning from Python."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import explorer
from explorer.results import ActionGrid, Matrix


def test_it_learns_and_says_what_it_knows() -> None:
    answer = explorer.load("q_learning").run("FrozenLake-v1 8x8 firm")
    assert answer.q_values.shape == (64, 4) and answer.visits.sum() == answer.steps == 20_000
    assert answer.closeness >= 0.98
    assert len(answer.returns) > 100 and set(np.unique(answer.returns)) <= {0.0, 1.0}
    assert answer.policy[63] == -1 and answer.policy[0] in (1, 2)


def test_a_plain_gymnasium_id_will_do_and_settings_are_followed() -> None:
    net = explorer.load("q_learning")
    still = net.run("FrozenLake-v1", steps=500, alpha=0.0, optimism=0.25)
    assert (still.q_values == 0.25).all() and still.steps == 500
    planned = net.run("CliffWalking-v1", method="value_iteration")
    assert planned.closeness == pytest.approx(1.0) and planned.steps == 0
    assert not np.array_equal(net.run(steps=300, method="sarsa", seed=1).q_values, net.run(steps=300, seed=1).q_values)


def test_the_lenses_look_at_what_was_learnt() -> None:
    net = explorer.load("q_learning")
    answer = net.run("FrozenLake-v1 4x4", steps=2_000)
    table, grid, visits = net.look("q_table"), net.look("values"), net.look("visits")
    assert isinstance(table, Matrix) and np.array_equal(table.values, answer.q_values)
    assert isinstance(grid, ActionGrid) and np.array_equal(grid.visited.sum(), answer.visits.sum())
    assert isinstance(visits, Matrix) and np.nansum(visits.values) == 2_000
    other = net.look("values", "CliffWalking-v1", steps=100)
    assert isinstance(other, ActionGrid) and other.values.shape == (4, 12, 4)


@pytest.mark.parametrize(
    ("x", "settings"),
    [("Nope-v1", {}), (7, {}), ("Taxi-v4", {"steps": 0}), ("Taxi-v4", {"steps": 1.5}), ("Taxi-v4", {"colour": 1}), ("Taxi-v4", {"method": "luck"}), ("Taxi-v4", {"gamma": 2.0})],
)
def test_what_cannot_be_used_is_refused(x: Any, settings: dict[str, Any]) -> None:
    with pytest.raises(explorer.InputError):
        explorer.load("q_learning").run(x, **settings)


def test_there_are_no_weights_to_load() -> None:
    with pytest.raises(explorer.InputError):
        explorer.load("q_learning", weights="mine.pt")
