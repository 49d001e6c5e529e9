"""The recommended settings of each agent, by what it is shown: numbers (CartPole), planes of cells (MinAtar, minigrid) or screens (Atari)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from explorer.engine.envs.games import SCREEN, Shape
from explorer.engine.learning.agent_settings import Settings, with_changes

NUMBERS: Mapping[str, Any] = {
    "environments": 4, "train_every": 8, "batch": 128, "epsilon": 0.05, "epsilon_steps": 5000, "target_every": 50, "n_steps": 3, "learning_rate": 1e-3,
    "hidden": 128, "gamma": 0.99, "capacity": 50_000,
}
PLANES: Mapping[str, Any] = {
    "environments": 8, "train_every": 8, "batch": 32, "epsilon": 0.05, "epsilon_steps": 100_000, "target_every": 500, "n_steps": 3, "learning_rate": 3e-4,
    "hidden": 128, "gamma": 0.99, "capacity": 100_000, "learn_from": 2000,
}
SCREENS: Mapping[str, Any] = {
    "environments": 4, "train_every": 4, "batch": 32, "epsilon": 0.02, "epsilon_steps": 250_000, "target_every": 1000, "n_steps": 3, "learning_rate": 1e-4,
    "hidden": 512, "gamma": 0.99, "capacity": 20_000, "learn_from": 5000,
}
SEQUENCES: Mapping[str, Any] = {"batch": 16, "train_every": 16, "burn_in": 4, "trace": 12, "rescaled": True, "squeeze": 128}
SYSTEMS: Mapping[str, Mapping[str, Any]] = {
    "dqn": {"network": "dqn", "memory": "uniform"},
    "replay": {"network": "dqn", "memory": "uniform"},
    "distributed": {"network": "dqn", "memory": "uniform", "spread": True, "epsilon": 0.4, "actors": 2},
    "dueling": {"network": "dueling", "memory": "uniform"},
    "prioritized": {"network": "dqn", "memory": "prioritized"},
    "apex": {"network": "dueling", "memory": "prioritized", "spread": True, "epsilon": 0.4, "actors": 2},
    "r2d2": {"network": "r2d2", "memory": "prioritized", "spread": True, "epsilon": 0.4, "actors": 1},
    "r2d3": {"network": "r2d2", "memory": "prioritized", "spread": True, "epsilon": 0.4, "actors": 0, "demonstrations": 0.25},
}
"""What sets each system apart, over what it is shown."""


def preset(system: str, shape: Shape, **changes: Any) -> Settings:
    """The recommended settings of a system in an environment, with some replaced. Raises InputError for changes that cannot be, KeyError for a
    system that is no agent."""
    kind = NUMBERS if len(shape.observation) == 1 else PLANES if max(shape.observation[1:]) < SCREEN else SCREENS
    own = SYSTEMS[system]
    sequences = SEQUENCES if own["network"] == "r2d2" else {}
    return with_changes(Settings(), {**kind, **sequences, **own, **changes})
