"""The table of a world against the environment's own dynamics, and exact answers against ones worked by hand."""

from __future__ import annotations

import dataclasses
from collections import Counter

import gymnasium
import numpy as np
import pytest

from explorer.engine.envs.tables import Picture, Reality, TableWorld, parse
from explorer.engine.learning.worlds import open_world
from explorer.words import InputError, same

WORLDS = (
    "FrozenLake-v1 4x4", "FrozenLake-v1 8x8 firm", "FrozenLake-v1 generated size=5 seed=2", "FrozenLake-v1 map=SFF/FHF/FFG",
    "CliffWalking-v1", "CliffWalking-v1 slippery", "Taxi-v4",
)


def two_states(reward: float = 1.0, stay: float = 0.5) -> TableWorld:
    """State 0: action 0 stays with probability ``stay`` and otherwise goes on to state 1; action 1 ends. State 1: every action ends, paying."""
    probabilities = np.array([[[stay, 1 - stay], [1.0, 0.0]], [[1.0, 0.0], [1.0, 0.0]]])
    successors = np.array([[[0, 1], [0, 0]], [[1, 0], [1, 0]]])
    rewards = np.array([[[-1.0, -1.0], [0.0, 0.0]], [[reward, 0.0], [reward, 0.0]]])
    ends = np.array([[[False, False], [True, False]], [[True, False], [True, False]]])
    picture = Picture(1, 2, ("start", "ground"), np.array([0, 1]), np.zeros(2, dtype=np.int64))
    return TableWorld("two", "two", {}, same("two"), probabilities, successors, rewards, ends, successors.copy(), np.array([1.0, 0.0]), 0,
                      (same("go"), same("end")), (None, None), picture, rewards)


def test_evaluation_of_two_states_worked_by_hand() -> None:
    world = two_states(reward=10.0, stay=0.5)
    gamma = 0.9
    # always action 0: V1 = 10, V0 = −1 + 0.9 (0.5 V0 + 0.5 · 10)  →  V0 = 3.5 / 0.55
    values = world.evaluate(np.array([[1.0, 0.0], [1.0, 0.0]]), gamma)
    assert values == pytest.approx([3.5 / 0.55, 10.0])
    # half of the time it ends at once: V0 = ½ · 0 + ½ (−1 + 0.45 V0 + 4.5)  →  V0 = 1.75 / 0.775
    assert world.evaluate(np.array([[0.5, 0.5], [1.0, 0.0]]), gamma)[0] == pytest.approx(1.75 / 0.775)
    assert world.closeness(np.array([[0.0, 1.0], [1.0, 0.0]]), gamma) == pytest.approx(0.0)
    assert world.closeness(np.array([[1.0, 0.0], [1.0, 0.0]]), gamma) == pytest.approx(1.0)


def test_a_gamma_of_one_is_refused() -> None:
    with pytest.raises(ValueError, match="γ"):
        two_states().evaluate(np.full((2, 2), 0.5), 1.0)


@pytest.mark.parametrize("spec", WORLDS)
def test_the_optimum_is_the_fixed_point_of_value_iteration(spec: str) -> None:
    world = open_world(spec)
    best = world.optimum(0.95)
    values = np.zeros(world.states)
    for _ in range(1500):
        values = world.backup(values, 0.95).max(axis=1)
    assert np.abs(best.max(axis=1) - values)[world.reachable].max() < 1e-8
    assert world.closeness(np.eye(world.actions_count)[best.argmax(axis=1)], 0.95) == pytest.approx(1.0)


def test_firm_ice_is_worth_gamma_for_each_step_but_the_last() -> None:
    assert open_world("FrozenLake-v1 4x4 firm").best_worth(0.99) == pytest.approx(0.99**5)
    assert open_world("FrozenLake-v1 8x8 firm").best_worth(0.99) == pytest.approx(0.99**13)


@pytest.mark.parametrize("spec", WORLDS)
def test_the_table_is_the_environments_own(spec: str) -> None:
    world = open_world(spec)
    inner = world.make().unwrapped
    for s in range(world.states):
        for a in range(world.actions_count):
            mine = Counter()
            for k in np.flatnonzero(world.probabilities[s, a] > 0):
                mine[world.successors[s, a, k], world.rewards[s, a, k], bool(world.ends[s, a, k])] += world.probabilities[s, a, k]
            theirs = Counter()
            for probability, successor, reward, ended in inner.P[s][a]:
                theirs[int(successor), float(reward), bool(ended)] += probability
            assert mine.keys() == theirs.keys()
            assert all(mine[key] == pytest.approx(theirs[key]) for key in mine)
    assert world.start == pytest.approx(inner.initial_state_distrib)


def test_what_is_drawn_from_the_table_is_what_the_running_environment_does() -> None:
    world = open_world("FrozenLake-v1 4x4")
    reality, chance = Reality(world, seed=3), np.random.default_rng(3)
    step = world.sampler(chance.random)
    for state, action in ((0, 2), (9, 1), (14, 2)):
        real = Counter(reality.step(state, action) for _ in range(2000))
        drawn = Counter(step(state, action) for _ in range(2000))
        assert real.keys() == drawn.keys()
        assert all(abs(real[key] - drawn[key]) < 200 for key in real)
    reality.close()


def test_starts_are_drawn_as_the_environment_does() -> None:
    world = open_world("Taxi-v4")
    chance = np.random.default_rng(0)
    drawn = {world.draw_start(chance.random) for _ in range(5000)}
    assert drawn == set(np.flatnonzero(world.start > 0))


# --- how it is drawn ---


def test_places_and_kinds_of_a_frozen_lake() -> None:
    picture = open_world("FrozenLake-v1 4x4").picture
    assert (picture.rows, picture.columns) == (4, 4)
    assert picture.cells[0] == "start" and picture.cells[15] == "goal" and [i for i, c in enumerate(picture.cells) if c == "hole"] == [5, 7, 11, 12]


def test_taxi_states_of_one_layer_lie_on_their_own_cells() -> None:
    world = open_world("Taxi-v4")
    inner = world.make().unwrapped
    state = inner.encode(3, 1, 2, 0)
    assert world.picture.place[state] == 3 * 5 + 1
    layer = np.flatnonzero(world.picture.layer == world.picture.layer[state])
    assert sorted(world.picture.place[layer]) == list(range(25))
    assert {tuple(inner.decode(int(s)))[2:] for s in layer} == {(2, 0)}


@pytest.mark.parametrize("spec", WORLDS)
def test_arrows_point_where_the_actions_lead(spec: str) -> None:
    world = open_world(spec)
    picture = world.picture
    walls = {frozenset(pair) for pair in picture.walls}
    for s in np.flatnonzero(world.reachable):
        row, column = divmod(int(picture.place[s]), picture.columns)
        for a, arrow in enumerate(world.arrows):
            if arrow is None:
                continue
            r, c = row + arrow[1], column + arrow[0]
            cell = r * picture.columns + c if 0 <= r < picture.rows and 0 <= c < picture.columns else row * picture.columns + column
            if frozenset((int(picture.place[s]), cell)) in walls:
                cell = int(picture.place[s])
            assert cell in world.entered[s, a][world.probabilities[s, a] > 0]


# --- rewards changed by hand ---


def test_an_edited_reward_changes_what_is_paid_for_going_there_and_the_optimum() -> None:
    world = open_world("FrozenLake-v1 4x4 firm")
    edited = world.with_reward(1, 5.0)
    assert edited.cell_rewards[0, 1] == 5.0 and world.cell_rewards[0, 1] == 0.0
    assert edited.backup(np.zeros(16), 0.9)[0, 2] == 5.0  # right of the start
    assert edited.backup(np.zeros(16), 0.9)[14, 2] == 1.0  # the goal is as before
    assert edited.best_worth(0.9) > 5.0 > world.best_worth(0.9)
    back = edited.with_reward(1, None)
    assert np.array_equal(back.rewards, world.rewards) and not back.edits


def test_the_running_environment_pays_the_edited_reward_too() -> None:
    world = open_world("CliffWalking-v1").with_reward(37, -7.0)  # the cliff, right of the start
    reality = Reality(world)
    assert reality.step(36, 1) == (36, -7.0, False)
    assert reality.step(36, 0) == (24, -1.0, False)
    reality.close()


def test_falling_off_the_cliff_counts_for_the_cliff_not_for_the_start() -> None:
    world = open_world("CliffWalking-v1")
    assert world.cell_rewards[3, 1] == -100.0
    assert world.cell_rewards[3, 0] == -1.0


@pytest.mark.parametrize(("cell", "reward"), [(-1, 1.0), (99, 1.0), (3, float("nan")), (3, float("inf"))])
def test_impossible_edits_are_refused(cell: int, reward: float) -> None:
    with pytest.raises(InputError):
        open_world("FrozenLake-v1 4x4").with_reward(cell, reward)


# --- names ---


def test_words_after_the_id_are_settings() -> None:
    assert parse("FrozenLake-v1 8x8 firm")[1] == {"map_name": "8x8", "max_episode_steps": 200, "is_slippery": False}
    assert parse("FrozenLake-v1 success_rate=0.8")[1] == {"success_rate": 0.8}
    assert parse("FrozenLake-v1 map=sf/fg")[1]["desc"] == ["SF", "FG"]
    assert len(parse("FrozenLake-v1 generated size=6 seed=1")[1]["desc"]) == 6


@pytest.mark.parametrize(
    "spec",
    ["FrozenLake-v1 purple", "FrozenLake-v1 size=8", "FrozenLake-v1 generated size=99", "FrozenLake-v1 generated seed=-1", "FrozenLake-v1 generated size=x",
     "FrozenLake-v1 map=SF/F", "FrozenLake-v1 map=SS/FG", "FrozenLake-v1 map=SF/FF", "FrozenLake-v1 map=SX/FG"],
)
def test_words_that_mean_nothing_are_refused_in_both_languages(spec: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(spec)
    assert caught.value.text.ja != caught.value.text.en


def test_a_table_that_the_environment_does_not_follow_is_refused() -> None:
    with pytest.raises(InputError, match="table"):
        open_world("Taxi-v4 fickle_passenger=yes")


def test_an_environment_without_a_table_is_refused() -> None:
    class Bare(gymnasium.Env):  # type: ignore[type-arg]
        observation_space = gymnasium.spaces.Discrete(3)
        action_space = gymnasium.spaces.Discrete(2)

    gymnasium.register("Bare-v0", entry_point=lambda **_: Bare())
    try:
        with pytest.raises(InputError, match="transition table"):
            open_world("Bare-v0")
    finally:
        del gymnasium.registry["Bare-v0"]


def test_a_world_with_edits_keeps_the_environments_own_rewards() -> None:
    world = open_world("FrozenLake-v1 4x4").with_reward(3, 2.0).with_reward(3, 4.0)
    assert np.array_equal(world.own_rewards, open_world("FrozenLake-v1 4x4").rewards)
    assert dataclasses.replace(world).edits == {3: 4.0}
