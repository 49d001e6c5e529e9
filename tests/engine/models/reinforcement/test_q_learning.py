"""The readable algorithm: choosing, targets, corrections."""

from __future__ import annotations

import random

import numpy as np
import pytest

from explorer.engine.models.reinforcement.q_learning import QTable, Settings, greedy_policy, q_learning_target, sarsa_target


def test_one_correction_is_the_formula() -> None:
    table = QTable(states=3, actions=2, optimism=0.5)
    table.values[1] = [0.2, 0.8]
    target = q_learning_target(table, reward=1.0, gamma=0.9, next_state=1, ended=False)
    assert target == pytest.approx(1.0 + 0.9 * 0.8)
    table.correct(0, 1, target, 0.25)
    assert table.values[0] == [0.5, pytest.approx(0.5 + 0.25 * (1.72 - 0.5))]
    assert table.visits[0] == [0, 1]
    assert table.values[1] == [0.2, 0.8]


def test_sarsa_looks_at_the_next_action_and_q_learning_at_the_best() -> None:
    table = QTable(states=2, actions=2)
    table.values[1] = [0.2, 0.8]
    assert sarsa_target(table, 0.0, 0.5, 1, 0, False) == pytest.approx(0.1)
    assert q_learning_target(table, 0.0, 0.5, 1, False) == pytest.approx(0.4)


def test_nothing_follows_an_ending() -> None:
    table = QTable(states=2, actions=2, optimism=9.0)
    assert q_learning_target(table, 1.0, 0.9, 1, True) == 1.0
    assert sarsa_target(table, 1.0, 0.9, 1, 0, True) == 1.0


def test_equals_are_broken_at_random_and_only_among_the_largest() -> None:
    table = QTable(states=1, actions=4)
    table.values[0] = [1.0, 0.0, 1.0, 1.0]
    chance = random.Random(1)
    counts = np.bincount([table.greedy(0, chance.random) for _ in range(3000)], minlength=4)
    assert counts[1] == 0
    assert all(abs(counts[a] - 1000) < 150 for a in (0, 2, 3))


@pytest.mark.parametrize(("epsilon", "share"), [(0.0, 1.0), (0.4, 0.7), (1.0, 0.25)])
def test_epsilon_is_the_share_of_random_actions(epsilon: float, share: float) -> None:
    table = QTable(states=1, actions=4)
    table.values[0] = [0.0, 0.0, 1.0, 0.0]
    chance = random.Random(2)
    best = sum(table.choose(0, epsilon, chance.random) == 2 for _ in range(4000)) / 4000
    assert best == pytest.approx(share, abs=0.04)


def test_alpha_falls_with_the_visits_of_its_own_pair() -> None:
    table = QTable(states=2, actions=2)
    settings = Settings(alpha=0.5, fall=0.8)
    assert table.rate(0, 0, settings) == 0.5
    table.visits[0][0] = 90
    assert table.rate(0, 0, settings) == pytest.approx(0.5 * 10**-0.8)
    assert table.rate(0, 1, settings) == 0.5
    assert table.rate(0, 0, Settings(alpha=0.5, fall=0.0)) == 0.5


def test_policy_shares_evenly_among_equals() -> None:
    assert greedy_policy(np.array([[1.0, 1.0, 0.0], [0.0, 2.0, 1.0]])).tolist() == [[0.5, 0.5, 0.0], [0.0, 1.0, 0.0]]


def test_a_table_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="states"):
        QTable(states=2, actions=2).load(np.zeros((3, 2)), np.zeros((3, 2), dtype=int))
