"""Demonstrated episodes are kept whole, as sequences with the states of the network that followed them."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest
import torch

from explorer.engine.learning.actors import Actor
from explorer.engine.learning.agent_settings import Settings, build_network
from explorer.engine.learning.demonstrations import demonstrate
from explorer.words import InputError
from tests.engine.learning.worlds_for_agents import register

SETTINGS = Settings(network="r2d2", memory="prioritized", hidden=8, burn_in=2, trace=4)


@pytest.fixture(autouse=True)
def worlds() -> None:
    register()


def test_a_demonstrator_is_followed() -> None:
    torch.manual_seed(0)
    network = build_network(SETTINGS, Actor("Corridor-v0", SETTINGS).shape)
    memory, mean = demonstrate("Corridor-v0", SETTINGS, network, episodes=5, choose=lambda env: 1)
    assert mean == 1.0 and len(memory) == 5 == memory.capacity
    assert (memory.parts["actions"][:, :3] == 1).all() and (memory.parts["valid"].sum(1) == 3).all()
    assert np.array_equal(memory.parts["rewards"], np.tile([0, 0, 1, 0], (5, 1)))


def test_without_a_plan_it_says_so() -> None:
    network = build_network(SETTINGS, Actor("Corridor-v0", SETTINGS).shape)
    with pytest.raises(InputError, match="Corridor"):
        demonstrate("Corridor-v0", SETTINGS, network, episodes=1, choose=lambda env: None)


def test_the_planner_demonstrates_minigrid() -> None:
    if importlib.util.find_spec("minigrid") is None:
        pytest.skip("minigrid is not installed")
    spec = "MiniGrid-DoorKey-5x5-v0"
    network = build_network(SETTINGS, Actor(spec, SETTINGS).shape)
    memory, mean = demonstrate(spec, SETTINGS, network, episodes=3)
    assert mean > 0.9 and (memory.parts["rewards"] > 0).sum() == 3 == memory.parts["ended"].sum()
