"""What decides how an agent learns, for all of them alike: which network, which memory, how often, how far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np
from torch import nn

from explorer.engine.envs.games import Shape
from explorer.engine.models.reinforcement import r2d2 as recurrent
from explorer.engine.models.reinforcement.dqn import DQN, DQNConfig
from explorer.engine.models.reinforcement.dueling import Dueling
from explorer.engine.models.reinforcement.prioritized import PrioritizedMemory
from explorer.engine.models.reinforcement.r2d2 import R2D2, R2D2Config
from explorer.engine.models.reinforcement.replay import Fields, Memory
from explorer.words import InputError, Text

BAD_SETTING = Text("「{name}」の値 {value} は使えません（{low}〜{high}）。", "“{name}” cannot be {value}; it goes from {low} to {high}.")
NO_SETTING = Text("「{name}」という設定はありません。", "There is no setting called “{name}”.")


@dataclass
class Settings:
    """All that decides how an agent learns. Those in :data:`RANGES` and :data:`SWITCHES` may be changed while it does.

    ``network``: "dqn", "dueling" or "r2d2"; ``memory``: "none", "uniform" or "prioritized" with ``capacity`` items. ``learn_from``: steps
    gathered before the first correction; ``train_every``: steps for each correction of ``batch`` items; ``target_every``: corrections until the
    target network is renewed. ``epsilon`` is reached after ``epsilon_steps`` steps, from ``epsilon_from``; with ``spread`` each environment keeps
    one of its own (Ape-X). ``environments``: played side by side by one actor; ``actors``: processes apart from the learner, 0 for none.
    ``alpha``, ``beta``: of the priorities. ``rescaled``: values squashed by R2D2's h. ``burn_in``, ``trace``: steps of a sequence;
    ``stored_state``, ``use_burn_in``: whether the learner uses them. ``demonstrations``: share of a batch drawn from them.
    """

    network: str = "dqn"
    hidden: int = 128
    squeeze: int = 0
    remembers: bool = True
    double: bool = True
    memory: str = "uniform"
    capacity: int = 50_000
    alpha: float = 0.6
    beta: float = 0.4
    learn_from: int = 1000
    batch: int = 64
    train_every: int = 4
    target_every: int = 250
    learning_rate: float = 1e-3
    gamma: float = 0.99
    n_steps: int = 1
    clip: float = 10.0
    rescaled: bool = False
    epsilon: float = 0.02
    epsilon_from: float = 1.0
    epsilon_steps: int = 5000
    spread: bool = False
    environments: int = 1
    actors: int = 0
    burn_in: int = 8
    trace: int = 16
    stored_state: bool = True
    use_burn_in: bool = True
    demonstrations: float = 0.0

    @property
    def recurrent(self) -> bool:
        return self.network == "r2d2"

    def epsilon_at(self, steps: int) -> float:
        """The share of random actions after this many steps."""
        if steps >= self.epsilon_steps:
            return self.epsilon
        return self.epsilon_from + (self.epsilon - self.epsilon_from) * steps / self.epsilon_steps

    def plain(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)


RANGES: Mapping[str, tuple[float, float]] = {
    "epsilon": (0.0, 1.0), "learning_rate": (0.0, 0.1), "gamma": (0.0, 0.9999), "alpha": (0.0, 1.0), "beta": (0.0, 1.0), "batch": (1, 1024),
    "train_every": (1, 1000), "target_every": (1, 100_000), "n_steps": (1, 20), "demonstrations": (0.0, 1.0),
}
"""What each number may be that can be changed while the agent learns."""
SWITCHES = ("double", "stored_state", "use_burn_in")
WHOLE = ("batch", "train_every", "target_every", "n_steps")


def change(settings: Settings, name: str, value: Any) -> None:
    """Change one setting while the agent learns. A new ε holds from now on. Raises InputError for an unknown one or a value out of range."""
    if name in SWITCHES:
        setattr(settings, name, bool(value))
        return
    if name not in RANGES:
        raise InputError(NO_SETTING.format(name=str(name)[:40]))
    low, high = RANGES[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise InputError(BAD_SETTING.format(name=name, value=value, low=low, high=high))
    setattr(settings, name, int(value) if name in WHOLE else float(value))
    if name == "epsilon":
        settings.epsilon_steps = 0


def with_changes(settings: Settings, changes: Mapping[str, Any]) -> Settings:
    """The same settings with some replaced, before learning begins. Raises InputError for an unknown one or a value out of range."""
    known = {one.name for one in fields(Settings)}
    for name in changes:
        if name not in known:
            raise InputError(NO_SETTING.format(name=str(name)[:40]))
    plain = {name: value for name, value in changes.items() if name not in RANGES}
    changed = replace(settings, **plain)
    for name, value in changes.items():
        if name in RANGES:
            steps = changed.epsilon_steps
            change(changed, name, value)
            if name == "epsilon" and "epsilon_steps" in changes:
                changed.epsilon_steps = steps
    return changed


def build_network(settings: Settings, shape: Shape) -> nn.Module:
    """The network for what the agent meets."""
    if settings.network == "r2d2":
        return R2D2(R2D2Config(shape.observation, shape.actions, settings.hidden, shape.scale, squeeze=settings.squeeze, remembers=settings.remembers))
    config = DQNConfig(shape.observation, shape.actions, settings.hidden, shape.scale)
    return Dueling(config) if settings.network == "dueling" else DQN(config)


def item_fields(settings: Settings, shape: Shape) -> Fields:
    """The parts of what is kept: a step, or a sequence of steps."""
    if settings.recurrent:
        return recurrent.fields(shape.observation, shape.kind, settings.hidden, settings.burn_in, settings.trace)
    return {
        "look": (shape.observation, shape.kind), "action": ((), np.int64), "reward": ((), np.float32), "next_look": (shape.observation, shape.kind),
        "ended": ((), np.float32), "steps": ((), np.float32),
    }


def build_memory(settings: Settings, shape: Shape, capacity: int | None = None) -> Memory:
    """What the agent's steps are kept in. A sequence counts as its steps."""
    count = settings.capacity if capacity is None else capacity
    if settings.recurrent:
        count = max(1, count // settings.trace)
    if settings.memory == "prioritized":
        return PrioritizedMemory(count, item_fields(settings, shape), settings.alpha, settings.beta)
    return Memory(count, item_fields(settings, shape))
