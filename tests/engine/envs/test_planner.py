"""The planner opens the door and reaches the goal by a shortest way."""

from __future__ import annotations

import importlib.util

import pytest

from explorer.engine.envs.planner import FORWARD, LEFT, RIGHT, first_step, next_action
from explorer.engine.learning.games import open_game

needs_minigrid = pytest.mark.skipif(importlib.util.find_spec("minigrid") is None, reason="minigrid is not installed")


def walked(spec: str, seed: int) -> tuple[float, int]:
    env, _ = open_game(spec)
    env.reset(seed=seed)
    total = 0.0
    for step in range(1, 200):
        action = next_action(env)
        assert action is not None
        _, reward, ended, cut, _ = env.step(action)
        total += float(reward)
        if ended or cut:
            return total, step
    raise AssertionError("never ended")


@needs_minigrid
@pytest.mark.parametrize("seed", range(6))
def test_a_room_with_a_locked_door_is_solved(seed: int) -> None:
    total, steps = walked("MiniGrid-DoorKey-6x6-v0", seed)
    assert total > 0.9 and steps < 40


@needs_minigrid
def test_an_empty_room_takes_the_fewest_steps() -> None:
    assert walked("MiniGrid-Empty-5x5-v0", 0)[1] == 5  # two ahead, a turn, two ahead


@needs_minigrid
def test_a_room_without_a_goal_has_no_plan() -> None:
    env, _ = open_game("MiniGrid-PutNear-6x6-N2-v0")
    env.reset(seed=0)
    assert next_action(env) is None


def test_the_first_step_of_a_shortest_way() -> None:
    free = lambda x, y: 0 <= x < 3 and 0 <= y < 3 and (x, y) != (1, 0)  # noqa: E731
    assert first_step((0, 0, 0), lambda p: p[:2] == (2, 0), free) == RIGHT  # around below
    assert first_step((0, 0, 1), lambda p: p[:2] == (0, 2), free) == FORWARD
    assert first_step((0, 2, 1), lambda p: p[:2] == (2, 2), free) == LEFT
    assert first_step((0, 0, 0), lambda p: p[:2] == (9, 9), free) is None
