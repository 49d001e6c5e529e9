"""Settings change while an agent learns, within their ranges; each builds its network and its memory."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.engine.envs.games import Shape
from explorer.engine.learning.agent_settings import RANGES, Settings, build_memory, build_network, change, with_changes
from explorer.engine.models.reinforcement.dqn import DQN
from explorer.engine.models.reinforcement.dueling import Dueling
from explorer.engine.models.reinforcement.prioritized import PrioritizedMemory
from explorer.engine.models.reinforcement.r2d2 import R2D2
from explorer.words import InputError, same

SHAPE = Shape("Dummy-v0", (4,), 2, (same("0"), same("1")), False, 1.0)


def test_epsilon_falls_in_a_line() -> None:
    settings = Settings(epsilon=0.1, epsilon_from=0.9, epsilon_steps=100)
    assert [settings.epsilon_at(n) for n in (0, 50, 100, 1000)] == pytest.approx([0.9, 0.5, 0.1, 0.1])
    change(settings, "epsilon", 0.3)
    assert settings.epsilon_at(0) == 0.3  # a hand on the slider means now


@pytest.mark.parametrize("name", RANGES)
def test_what_is_out_of_range_is_refused_and_changes_nothing(name: str) -> None:
    settings = Settings()
    before = settings.plain()
    low, high = RANGES[name]
    for value in (low - 1, high + 1, float("nan"), "much", True):
        with pytest.raises(InputError) as caught:
            change(settings, name, value)
        assert name in caught.value.text.ja
    assert settings.plain() == before
    change(settings, name, high)
    assert getattr(settings, name) == high


def test_a_switch_and_an_unknown_name() -> None:
    settings = Settings()
    change(settings, "double", False)
    assert settings.double is False
    with pytest.raises(InputError, match="capacity"):
        change(settings, "capacity", 10)  # not while it learns
    with pytest.raises(InputError, match="nonsense"):
        with_changes(settings, {"nonsense": 1})
    changed = with_changes(settings, {"capacity": 10, "epsilon": 0.5, "epsilon_steps": 7})
    assert (changed.capacity, changed.epsilon, changed.epsilon_steps) == (10, 0.5, 7) and settings.capacity != 10


def test_networks_and_memories() -> None:
    assert isinstance(build_network(Settings(), SHAPE), DQN)
    assert isinstance(build_network(Settings(network="dueling"), SHAPE), Dueling)
    recurrent = Settings(network="r2d2", trace=10, burn_in=5, capacity=1000, memory="prioritized", hidden=8)
    assert isinstance(build_network(recurrent, SHAPE), R2D2)
    memory = build_memory(recurrent, SHAPE)
    assert isinstance(memory, PrioritizedMemory) and memory.capacity == 100 and memory.parts["looks"].shape == (100, 16, 4)
    assert build_memory(Settings(capacity=7), SHAPE).parts["look"].dtype == np.float32
