"""Small environments whose values are known, and actors without a process of their own."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from explorer.engine.learning.actors import Experience, Player, Request


class Corridor(gymnasium.Env[Any, Any]):
    """Four cells in a row, shown one-hot; action 1 goes right, 0 stays. Reward 1 at the end of the corridor, which ends the episode.

    With γ the value of going right from cell k is γ^(2 − k), k = 0, 1, 2.
    """

    observation_space = spaces.Discrete(3)
    action_space = spaces.Discrete(2)

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[int, dict[str, Any]]:
        super().reset(seed=seed)
        self.cell = 0
        return 0, {}

    def step(self, action: int) -> tuple[int, float, bool, bool, dict[str, Any]]:
        self.cell += int(action)
        ended = self.cell == 3
        return min(self.cell, 2), float(ended), ended, False, {}


class Cue(gymnasium.Env[Any, Any]):
    """A cue is shown once; two looks later, all alike, the action must be the cue's. Only a memory can do better than 0.5."""

    observation_space = spaces.Box(-1, 1, (2,), np.float32)
    action_space = spaces.Discrete(2)

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.cue, self.time = int(self.np_random.integers(2)), 0
        return np.array([2 * self.cue - 1, 0], np.float32), {}

    def step(self, action: int) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        self.time += 1
        ended = self.time == 3
        return np.array([0, self.time == 2], np.float32), float(ended and action == self.cue), ended, False, {}


def register() -> None:
    """Make them known to gymnasium."""
    for name, entry, limit in (("Corridor-v0", Corridor, 20), ("Cue-v0", Cue, 20)):
        if name not in gymnasium.registry:
            gymnasium.register(name, entry_point=entry, max_episode_steps=limit)


class HereActor:
    """A remote actor that is not remote: it answers at once, and can be told to lag or to die."""

    made: list[HereActor] = []

    def __init__(self, spec: str, settings: Any, **places: Any) -> None:
        self.player, self.places = Player(spec, settings, **places), places
        self.waiting: Request | None = None
        self.asked: list[Request] = []
        self.slow = False
        self.closed = False
        HereActor.made.append(self)

    def ask(self, request: Request) -> None:
        assert self.waiting is None
        self.waiting = request
        self.asked.append(request)

    def ready(self) -> bool:
        return not self.slow

    def answer(self) -> Experience:
        assert self.waiting is not None
        request, self.waiting = self.waiting, None
        return self.player.play(request)

    def close(self) -> None:
        self.closed = True
        self.player.actor.close()
