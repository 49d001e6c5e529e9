"""Agents from Python: they learn where there are no weights, play with those there are, and refuse in sentences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from explorer.engine.learning.agent_presets import NUMBERS, SYSTEMS
from explorer.engine.models.reinforcement.dqn import dqn
from explorer.engine.system import load
from explorer.engine.systems.reinforcement_agents import Agent
from explorer.words import InputError
from tests.engine.learning.worlds_for_agents import register

FAST: dict[str, Any] = {"hidden": 16, "batch": 16, "learn_from": 60, "environments": 2, "capacity": 2000}


@pytest.fixture(autouse=True)
def worlds() -> None:
    register()
    torch.set_num_threads(1)


@pytest.mark.parametrize("system", ["dqn", "dueling", "apex", "r2d2"])
def test_it_learns_and_then_plays(system: str) -> None:
    running = load(system)
    assert isinstance(running, Agent)
    answer = running.run("Corridor-v0", steps=200, episodes=3, **FAST)
    assert answer.returns.shape == (3,) and answer.steps == 200 and len(answer.learning_returns) > 0
    assert answer.q_values.shape[1] == 2 and np.isfinite(answer.q_values).all() and answer.actions == ("0", "1")


def test_with_weights_it_only_plays(tmp_path: Path) -> None:
    torch.manual_seed(3)
    network = dqn((4,), 2, hidden=128)
    save_file(network.state_dict(), tmp_path / "own.safetensors")
    running = load("dqn", weights=str(tmp_path / "own.safetensors"))
    first, second = (running.run(episodes=2) for _ in range(2))
    assert first.steps == 0 and first.environment == "CartPole-v1" and len(first.learning_returns) == 0
    assert np.array_equal(first.q_values, second.q_values) and first.returns.tolist() == second.returns.tolist()
    with pytest.raises(InputError):
        load("dueling", weights=str(tmp_path / "own.safetensors"))


@pytest.mark.parametrize("system", ["dqn", "dueling", "prioritized"])
def test_bundled_agents_play_as_their_cards_say(system: str) -> None:
    running = load(system)
    assert isinstance(running, Agent)
    answer = running.run(episodes=10, seed=1)
    assert answer.steps == 0 and answer.environment == "CartPole-v1" and answer.returns.mean() >= 475 and len(answer.learning_returns) == 0


def test_without_steps_it_plays_as_it_begins() -> None:
    answer = load("dueling").run("Cue-v0", steps=0, episodes=20)
    assert answer.steps == 0 and 0.0 <= answer.returns.mean() <= 1.0


@pytest.mark.parametrize("arguments", [{"x": "Pendulum-v1"}, {"steps": -1}, {"steps": 1.5}, {"episodes": 0}, {"nothing": 3}, {"gamma": 3.0}])
def test_what_cannot_be_is_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        load("dqn").run(**arguments)


def test_every_system_has_recommended_settings() -> None:
    assert set(SYSTEMS) == {"dqn", "replay", "distributed", "dueling", "prioritized", "apex", "r2d2", "r2d3"} and NUMBERS["gamma"] < 1
