"""Environments take the form a network reads, with settings as words after their id; what an agent cannot handle is refused."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces

from explorer.engine.envs.games import Wish, parse, prepare
from explorer.words import InputError


class Dummy(gymnasium.Env[Any, Any]):
    """An environment of given spaces that counts up."""

    def __init__(self, observation: spaces.Space[Any], action: spaces.Space[Any]) -> None:
        self.observation_space, self.action_space = observation, action
        self.taken: list[int] = []
        self.closed = False

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.observation_space.seed(seed)
        return self.observation_space.sample(), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        self.taken.append(int(action))
        return self.observation_space.sample(), 1.0, False, False, {}

    def close(self) -> None:
        self.closed = True


def test_words_after_the_id() -> None:
    wish = parse("CartPole-v1 hide=velocity sticky=0.25 stack=4 sutton_barto_reward=yes")
    assert (wish.gym_id, wish.hide, wish.sticky, wish.stack, dict(wish.options)) == ("CartPole-v1", "velocity", 0.25, 4, {"sutton_barto_reward": True})
    assert dict(parse("MinAtar/Breakout-v1 sticky=0").options) == {"sticky_action_prob": 0.0}  # the game's own setting
    assert dict(parse("ALE/Pong-v5 sticky=0").options) == {"frameskip": 1, "repeat_action_probability": 0.0}


@pytest.mark.parametrize("word", ["foo", "=3", "sticky=2", "sticky=x", "stack=0", "stack=99", "a b=", "hide="])
def test_words_that_mean_nothing_are_refused(word: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(f"CartPole-v1 {word}")
    assert word.split()[0] in caught.value.text.en and word.split()[0] in caught.value.text.ja


BOX = spaces.Box(-1, 1, (3,), np.float64)


@pytest.mark.parametrize(
    ("space", "shape", "kind"),
    [
        (BOX, (3,), np.float32),
        (spaces.Discrete(5), (5,), np.float32),
        (spaces.Tuple((spaces.Discrete(2), spaces.Discrete(3))), (5,), np.float32),
        (spaces.Dict({"a": BOX, "b": spaces.MultiBinary(4)}), (7,), np.float32),
        (spaces.Box(0, 255, (10, 10, 4), np.uint8), (4, 10, 10), np.uint8),
        (spaces.Box(0, 1, (10, 10, 4), np.bool_), (4, 10, 10), np.uint8),
        (spaces.Box(0, 1, (4, 10, 10), np.float32), (4, 10, 10), np.float32),
        (spaces.Box(0, 1, (6, 6), np.float32), (36,), np.float32),
        (spaces.Box(0, 255, (96, 96, 3), np.uint8), (1, 84, 84), np.uint8),
    ],
)
def test_looks_become_numbers_or_planes(space: spaces.Space[Any], shape: tuple[int, ...], kind: type) -> None:
    if shape == (1, 84, 84):
        pytest.importorskip("cv2")
    env, found = prepare(Dummy(space, spaces.Discrete(2)), Wish("Dummy-v0", "Dummy-v0"))
    look, _ = env.reset(seed=0)
    assert found.observation == shape == look.shape and found.kind == kind == look.dtype
    assert env.step(1)[0].shape == shape
    assert look.astype(np.float32).max() * found.scale <= 1.0


def test_a_discrete_state_is_one_hot() -> None:
    env, _ = prepare(Dummy(spaces.Discrete(5), spaces.Discrete(2)), Wish("Dummy-v0", "Dummy-v0"))
    look, _ = env.reset(seed=0)
    assert look.sum() == 1 and look.max() == 1


def test_planes_are_not_shuffled() -> None:
    env = Dummy(spaces.Box(0, 255, (10, 12, 3), np.uint8), spaces.Discrete(2))
    picture = np.random.default_rng(0).integers(0, 255, (10, 12, 3)).astype(np.uint8)
    env.reset = lambda **_: (picture, {})  # type: ignore[method-assign]
    prepared, _ = prepare(env, Wish("Dummy-v0", "Dummy-v0", hide="1"))
    assert np.array_equal(prepared.reset()[0], picture.transpose(2, 0, 1)[[0, 2]])


def test_actions_count_from_zero() -> None:
    inner = Dummy(BOX, spaces.Discrete(3, start=5))
    env, shape = prepare(inner, Wish("Dummy-v0", "Dummy-v0"))
    env.reset(seed=0)
    env.step(0)
    env.step(2)
    assert inner.taken == [5, 7] and shape.actions == 3 and [str(name) for name in shape.names] == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("observation", "action"),
    [
        (BOX, spaces.Box(-1, 1, (1,), np.float32)),
        (BOX, spaces.MultiDiscrete([2, 2])),
        (spaces.Text(5), spaces.Discrete(2)),
        (spaces.Dict({"a": spaces.Text(5)}), spaces.Discrete(2)),
        (spaces.Box(0, 1, (200_000,), np.float32), spaces.Discrete(2)),
        (spaces.Discrete(200_000), spaces.Discrete(2)),
    ],
)
def test_what_an_agent_cannot_handle_is_refused_in_a_sentence(observation: spaces.Space[Any], action: spaces.Space[Any]) -> None:
    env = Dummy(observation, action)
    with pytest.raises(InputError) as caught:
        prepare(env, Wish("Dummy-v0", "Dummy-v0"))
    assert "Dummy-v0" in caught.value.text.ja and caught.value.text.en.endswith(".") and env.closed


def test_a_sticky_action_is_sometimes_repeated() -> None:
    inner = Dummy(BOX, spaces.Discrete(2))
    env, shape = prepare(inner, Wish("Dummy-v0", "Dummy-v0", sticky=0.25))
    env.reset(seed=0)
    wanted = np.random.default_rng(1).integers(0, 2, 4000)
    for action in wanted:
        env.step(int(action))
    changed = float((np.array(inner.taken) != wanted).mean())
    assert shape.sticky == 0.25 and 0.08 < changed < 0.17  # a repeated action is the chosen one half the time


def test_stacked_looks_are_the_last_ones() -> None:
    env, shape = prepare(Dummy(BOX, spaces.Discrete(2)), Wish("Dummy-v0", "Dummy-v0", stack=3))
    env.reset(seed=0)
    looks = [env.step(0)[0] for _ in range(4)]
    assert shape.observation == (9,) and np.array_equal(looks[3][:6], looks[2][3:])


def test_hiding_everything_or_a_ghost_is_refused() -> None:
    for word in ("ghost", "0,1,2", "7"):
        with pytest.raises(InputError):
            prepare(Dummy(BOX, spaces.Discrete(2)), Wish("Dummy-v0", "Dummy-v0", hide=word))
