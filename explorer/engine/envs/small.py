"""Small worlds made for one question each, opened as ``explorer.engine.envs.small:<Name>-v0``.

Their exact values are known or nearly so, and thousands of steps take seconds.
"""

from __future__ import annotations

import time
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.envs.classic_control import CartPoleEnv
from numpy.typing import NDArray

from explorer.results.base import Floats

Look = NDArray[np.float32]
Answer = tuple[Any, float, bool, bool, dict[str, Any]]
MODULE = "explorer.engine.envs.small"


class Cliffwalk(gymnasium.Env[Any, Any]):
    """The blind cliff walk of Schaul et al., 2015, section 3.1: of two actions one leads on and the other ends the episode; reward at the far end only.

    Which action leads on alternates from cell to cell.
    """

    def __init__(self, length: int = 8) -> None:
        self.length = length
        self.observation_space, self.action_space = spaces.Discrete(length), spaces.Discrete(2)
        self.cell = 0

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[int, dict[str, Any]]:
        super().reset(seed=seed)
        self.cell = 0
        return 0, {}

    def step(self, action: int) -> Answer:
        right = self.cell % 2
        if action != right:
            return self.cell, 0.0, True, False, {}
        self.cell += 1
        ended = self.cell == self.length
        return min(self.cell, self.length - 1), float(ended), ended, False, {}


class Crossroads(gymnasium.Env[Any, Any]):
    """A road of ``length`` cells. At every other cell the action decides: one of ``actions`` pays 1, the rest nothing. In between it does not matter.

    Whatever is done, the road goes on. So in between all advantages are 0, and Q* is known: :meth:`best`.
    """

    def __init__(self, length: int = 10, actions: int = 6) -> None:
        self.length, self.actions = length, actions
        self.observation_space, self.action_space = spaces.Discrete(length), spaces.Discrete(actions)
        self.cell = 0

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[int, dict[str, Any]]:
        super().reset(seed=seed)
        self.cell = 0
        return 0, {}

    def step(self, action: int) -> Answer:
        reward = float(self.cell % 2 == 1 and action == self.right(self.cell))
        self.cell += 1
        ended = self.cell == self.length
        return min(self.cell, self.length - 1), reward, ended, False, {}

    def right(self, cell: int) -> int:
        """The action that pays at a cell where it matters."""
        return (cell // 2) % self.actions

    def best(self, gamma: float) -> Floats:
        """(length, actions) Q*, worked out from the far end."""
        q = np.zeros((self.length, self.actions))
        ahead = 0.0
        for cell in range(self.length - 1, -1, -1):
            q[cell] = gamma * ahead
            if cell % 2 == 1:
                q[cell, self.right(cell)] += 1.0
            ahead = q[cell].max()
        return q


class Recall(gymnasium.Env[Any, Any]):
    """A cue, a wait of ``wait`` looks that are all alike, then a question: the action must be the cue's. One look never tells."""

    def __init__(self, wait: int = 4) -> None:
        self.wait = wait
        self.observation_space, self.action_space = spaces.Box(-1, 1, (2,), np.float32), spaces.Discrete(2)
        self.cue = self.time = 0

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Look, dict[str, Any]]:
        super().reset(seed=seed)
        self.cue, self.time = int(self.np_random.integers(2)), 0
        return np.array([2 * self.cue - 1, 0], np.float32), {}

    def step(self, action: int) -> Answer:
        self.time += 1
        ended = self.time == self.wait + 2
        look = np.array([0, float(self.time == self.wait + 1)], np.float32)
        return look, float(ended and action == self.cue), ended, False, {}


class Passage(gymnasium.Env[Any, Any]):
    """A passage of ``length`` cells. Of two actions one leads on, the other back to the start; the only reward, 1, lies at the far end.

    Which action leads on differs from cell to cell (:meth:`right`), so chance gets there once in 2^length tries.
    """

    def __init__(self, length: int = 16) -> None:
        self.length = length
        self.observation_space, self.action_space = spaces.Discrete(length), spaces.Discrete(2)
        self.cell = 0

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[int, dict[str, Any]]:
        super().reset(seed=seed)
        self.cell = 0
        return 0, {}

    def step(self, action: int) -> Answer:
        self.cell = self.cell + 1 if action == self.right() else 0
        ended = self.cell == self.length
        return min(self.cell, self.length - 1), float(ended), ended, False, {}

    def right(self) -> int:
        """The action that leads on from here."""
        return int(self.cell % 3 == 0)


class Room(gymnasium.Env[Any, Any]):
    """A square room with a pit in its middle (−1) and the goal in its far corner (+1); both end the episode, which begins anywhere else.

    A look is the place, (x, y) from −1 to 1 with y down; actions go left, down, right, up. With ``endless`` False there are nine places, the middles of
    3 × 3 fields, and a step leads to the next one; else any place of the room, and steps of 0.2 of its side that miss a little each time.
    """

    FIELDS = 3
    STEP, MISS = 0.2, 0.03
    MOVES = np.array([(-1.0, 0.0), (0.0, 1.0), (1.0, 0.0), (0.0, -1.0)])

    def __init__(self, endless: bool = False) -> None:
        self.endless = bool(endless)
        self.observation_space, self.action_space = spaces.Box(-1, 1, (2,), np.float32), spaces.Discrete(4)
        self.place: Floats = np.zeros(2)

    @classmethod
    def field(cls, places: Floats) -> NDArray[np.int64]:
        """(…, 2) which of the 3 × 3 fields places in [0, 1]² lie in: column, row."""
        return np.minimum((places * cls.FIELDS).astype(np.int64), cls.FIELDS - 1)

    @classmethod
    def in_pit(cls, places: Floats) -> NDArray[np.bool_]:
        """(…) whether places lie in the pit."""
        inside: NDArray[np.bool_] = (cls.field(places) == 1).all(axis=-1)
        return inside

    @classmethod
    def at_goal(cls, places: Floats) -> NDArray[np.bool_]:
        """(…) whether places lie in the goal's corner."""
        inside: NDArray[np.bool_] = (cls.field(places) == cls.FIELDS - 1).all(axis=-1)
        return inside

    @classmethod
    def moved(cls, places: Floats, actions: NDArray[np.int64], endless: bool) -> Floats:
        """(…, 2) where actions lead from places, without missing."""
        length = cls.STEP if endless else 1.0 / cls.FIELDS
        margin = 0.0 if endless else 0.5 / cls.FIELDS
        after: Floats = np.clip(places + length * cls.MOVES[actions], margin, 1.0 - margin)
        return after

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Look, dict[str, Any]]:
        super().reset(seed=seed)
        while True:
            self.place = self.np_random.random(2)
            if not self.endless:
                self.place = (self.field(self.place) + 0.5) / self.FIELDS
            if not (self.in_pit(self.place) or self.at_goal(self.place)):
                return self._look(), {}

    def step(self, action: int) -> Answer:
        self.place = self.moved(self.place, np.array(action), self.endless)
        if self.endless:
            self.place = np.clip(self.place + self.np_random.normal(0.0, self.MISS, 2), 0.0, 1.0)
        pit, goal = bool(self.in_pit(self.place)), bool(self.at_goal(self.place))
        return self._look(), float(goal) - float(pit), pit or goal, False, {}

    def _look(self) -> Look:
        return (2.0 * self.place - 1.0).astype(np.float32)


class CostlyCartPole(CartPoleEnv):
    """CartPole whose every step takes ``cost`` seconds longer, as a real game's would; nothing is computed meanwhile."""

    def __init__(self, cost: float = 0.005, **settings: Any) -> None:
        super().__init__(**settings)
        self.cost = cost

    def step(self, action: Any) -> Any:
        time.sleep(self.cost)
        return super().step(action)  # type: ignore[no-untyped-call]


for _name, _world, _limit in (
    ("Cliffwalk-v0", Cliffwalk, 100), ("Crossroads-v0", Crossroads, 100), ("Recall-v0", Recall, 100), ("Passage-v0", Passage, 32), ("CostlyCartPole-v0", CostlyCartPole, 500),
    ("Room-v0", Room, 60),
):  # fmt: skip
    gymnasium.register(_name, entry_point=f"{MODULE}:{_world.__name__}", max_episode_steps=_limit)
