"""A table beside a network: the room's rules, what each holds, and that each learns what it should."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.engine.envs.small import Room
from explorer.engine.learning.games import open_game
from explorer.engine.learning.table_network import ENDLESS, NINE, Beside, TableAgent, arrives, grid_of


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def best(places: np.ndarray) -> np.ndarray:
    """Scores of a way that always arrives: along the edge, away from the pit."""
    scores = np.zeros((len(places), 4))
    x, y = places.T
    scores[:, 2] = np.where((y < 1 / 3) | (y > 2 / 3), 1.0, 0.0)  # right, above and below the pit
    scores[:, 1] = np.where((x > 2 / 3) | (x < 1 / 3), 0.5, 0.0)  # down, beside it
    scores[:, 1] = np.where(x > 2 / 3, 2.0, scores[:, 1])
    return scores


@pytest.mark.parametrize("endless", [False, True])
def test_a_good_way_arrives_and_a_bad_one_does_not(endless: bool) -> None:
    assert arrives(best, endless) == 1.0
    assert arrives(lambda places: -best(places), endless) < 0.2
    assert arrives(lambda places: np.zeros((len(places), 4)), endless) == 0.0  # left for ever


def test_nine_places_are_nine_and_endless_ones_never_return() -> None:
    for spec, most in ((NINE, 9), (ENDLESS, 10_000)):
        env, shape = open_game(spec)
        seen, steps = set(), 0
        env.reset(seed=0)
        for step in range(300):
            look, reward, ended, cut, _ = env.step(step % 4)
            assert reward in (-1.0, 0.0, 1.0) and (reward != 0.0) == ended
            seen.add(tuple(np.round(look, 5)))
            steps += 1
            if ended or cut:
                env.reset()
        assert shape.observation == (2,) and shape.actions == 4 and len(seen) <= most
        assert len(seen) > 0.95 * steps or spec == NINE  # only corners are met twice
        env.close()


def test_a_step_goes_where_it_says() -> None:
    places = np.full((4, 2), 1 / 6)
    after = Room.moved(places, np.arange(4), False)
    assert after == pytest.approx(np.array([[1 / 6, 1 / 6], [1 / 6, 0.5], [0.5, 1 / 6], [1 / 6, 1 / 6]]))  # left, down, right, up; walls hold
    assert Room.in_pit(np.array([0.5, 0.5])) and Room.at_goal(np.array([0.9, 0.9])) and not Room.at_goal(np.array([0.9, 0.5]))


def test_the_table_has_a_state_for_each_cell_row_by_row() -> None:
    agent = TableAgent(True, 12)
    assert agent.state_of(grid_of(12)).tolist() == list(range(144)) and agent.state_of(np.array([1.0, 1.0])) == 143


def test_nine_places_are_learnt_by_both() -> None:
    beside = Beside(False, seed=0)
    beside.run(1200)
    table, network = beside.shares()
    assert table == 1.0 and network > 0.5
    beside.close()


def test_of_endless_places_a_fine_table_knows_few_when_the_network_knows_most() -> None:
    beside = Beside(True, 24, seed=0)
    weights = beside.parameters
    beside.run(1000)
    table, network = beside.shares()
    visits = beside.table.table.arrays()[1]
    assert table < 0.5 < network and (visits > 0).mean() < 0.5 and beside.table.table.states == 576
    beside.close()
    assert Beside(False).parameters == weights  # the same network, however many places
