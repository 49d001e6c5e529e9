"""Learning with a table: the one loop that the live page, the claim and the shell all run.

The loop is plain Python over lists: a table of four numbers a state is too small for an array operation to pay.
"""

from __future__ import annotations

import random as random_module
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from explorer.engine.envs.tables import TableWorld
from explorer.engine.models.reinforcement.q_learning import QTable, Settings, q_learning_target, sarsa_target
from explorer.results.base import Floats
from explorer.words import InputError, Text

BAD_SETTING = Text("「{name}」の値 {value} は使えません({low}〜{high})。", "“{name}” cannot be {value}; it goes from {low} to {high}.")
BAD_METHOD = Text("「{name}」という学び方はありません。", "There is no way of learning called “{name}”.")
RANGES: Mapping[str, tuple[float, float]] = {
    "epsilon": (0.0, 1.0), "alpha": (0.0, 1.0), "fall": (0.0, 1.0), "gamma": (0.0, 0.999), "optimism": (-1e6, 1e6),
}
"""What each setting may be."""
METHODS = ("q_learning", "sarsa", "value_iteration")

Method = Literal["q_learning", "sarsa", "value_iteration"]
Step = Callable[[int, int], tuple[int, float, bool]]
"""(state, action) -> (next state, reward, the episode has ended)."""


@dataclass(frozen=True)
class Update:
    """One action and what it changed: Q(s, a) went from ``old`` to ``new`` on the way to reward + γ · ``following``.

    ``following``: the largest Q of the next state, or with SARSA that of the next action; 0 after an ending. ``learnt``: False where the
    learner only watched. ``at_random``: the action was not a greedy one.
    """

    state: int
    action: int
    reward: float
    next_state: int
    ended: bool
    cut: bool
    old: float
    new: float
    alpha: float
    gamma: float
    following: float
    at_random: bool
    learnt: bool


def settings_for(world: TableWorld, **given: float | None) -> Settings:
    """The recommended settings of a world (measured in :mod:`explorer.engine.learning.recommended`) with some replaced.

    Optimistic start at the largest reward there is, every fifth action at random, a step size that falls from 1 with the visits n to a
    pair as (1 + n/10)^−0.8, γ 0.99. Raises InputError for a value outside :data:`RANGES`.
    """
    settings = Settings(epsilon=0.2, alpha=1.0, fall=0.8, gamma=0.99, optimism=world.highest_return())
    for name, value in given.items():
        if value is not None:
            change(settings, name, value)
    return settings


def change(settings: Settings, name: str, value: float) -> None:
    """Change one setting. Raises InputError for an unknown one or a value outside :data:`RANGES`."""
    low, high = RANGES.get(name, (1.0, 0.0))
    if not isinstance(value, (int, float)) or not low <= value <= high:
        raise InputError(BAD_SETTING.format(name=name, value=value, low=low, high=high))
    setattr(settings, name, float(value))


class Learner:
    """A table, a world and where the learner stands in it.

    Args:
        world: the environment's own table.
        settings: read before every action, so that it may be changed while it learns.
        method: ``"q_learning"`` or ``"sarsa"`` (value iteration needs no actions: :meth:`sweep`).
        seed: of all chance, the world's included.

    ``returns``: sum of rewards of each finished episode, undiscounted; ``totals``: their running sum, one longer.
    """

    def __init__(self, world: TableWorld, settings: Settings, method: Method = "q_learning", seed: int = 0) -> None:
        self.world, self.settings, self.method = world, settings, method
        self.chance = random_module.Random(seed)
        self.table = QTable(world.states, world.actions_count, settings.optimism)
        self.step_world: Step = world.sampler(self.chance.random)
        self.steps, self.sweeps = 0, 0
        self.returns: list[float] = []
        self.totals: list[float] = [0.0]
        self.last: Update | None = None
        self.start_episode()

    def start_episode(self) -> None:
        """Begin a new episode at a start drawn by the world."""
        self.state = self.world.draw_start(self.chance.random)
        self.episode_return, self.episode_steps = 0.0, 0
        self._next_action: int | None = None

    def forget_plan(self) -> None:
        """Drop the next action that SARSA had already chosen."""
        self._next_action = None

    def change_world(self, world: TableWorld) -> None:
        """Go on in a world of the same states with other rewards."""
        self.world = world
        self.step_world = world.sampler(self.chance.random)

    def stream(self, stride: int = 1) -> Iterator[Update]:
        """Learn for ever, handing back the last of every ``stride`` actions."""
        while True:
            yield self.run(stride)

    def run(self, steps: int, *, action: int | None = None, learning: bool = True, step: Step | None = None) -> Update:
        """Take ``steps`` actions and learn from each.

        Args:
            action: the first action, chosen by someone else.
            learning: False to act greedily and leave the table as it is.
            step: what the world answers, in place of its table: the running environment itself.
        """
        table, settings, chance = self.table, self.settings, self.chance.random
        answer = step or self.step_world
        limit = self.world.time_limit or 1 << 62
        sarsa = self.method == "sarsa"
        epsilon, gamma = (settings.epsilon if learning else 0.0), settings.gamma
        state, chosen = self.state, self._next_action
        if action is not None:
            chosen = action
        for _ in range(steps):
            if chosen is None:
                chosen = table.choose(state, epsilon, chance)
            next_state, reward, ended = answer(state, chosen)
            next_action: int | None = None
            old = table.values[state][chosen]
            alpha = 0.0
            if learning:
                alpha = table.rate(state, chosen, settings)
                if sarsa:
                    next_action = table.choose(next_state, epsilon, chance)
                    target = sarsa_target(table, reward, gamma, next_state, next_action, ended)
                else:
                    target = q_learning_target(table, reward, gamma, next_state, ended)
                table.correct(state, chosen, target, alpha)
            self.episode_return += reward
            self.episode_steps += 1
            before, taken, length = state, chosen, self.episode_steps
            state, chosen = next_state, next_action
            if ended or length >= limit:
                self.returns.append(self.episode_return)
                self.totals.append(self.totals[-1] + self.episode_return)
                self.start_episode()
                state, chosen = self.state, None
        self.state, self._next_action = state, chosen
        self.steps += steps
        cut = not ended and length >= limit
        row = list(table.values[before])
        row[taken] = old
        following = (target - reward) / gamma if learning and not ended and gamma > 0 else 0.0
        self.last = Update(before, taken, reward, next_state, ended, cut, old, table.values[before][taken], alpha, gamma, following,
                           old < max(row), learning)
        return self.last

    def sweep(self) -> float:
        """Value iteration: correct every number of the table at once by the world's own probabilities. Returns the largest change."""
        values, visits = self.table.arrays()
        new = self.world.backup(values.max(axis=1), self.settings.gamma)
        self.table.load(new, visits + self.world.reachable[:, None])
        self.sweeps += 1
        return float(np.abs(new - values)[self.world.reachable].max())

    def closeness(self, gamma: float | None = None) -> float:
        """Exact value of the greedy policy against the optimum: 1 is the best there is. No time limit."""
        return self.world.closeness(self.table.policy(), self.settings.gamma if gamma is None else gamma)

    def history(self, points: int = 200) -> tuple[tuple[int, ...], tuple[float, ...]]:
        """The running sum of returns at up to ``points`` numbers of episodes, from 0 to now: all that the curve of returns needs."""
        count = len(self.returns)
        places = tuple(sorted({round(i * count / max(1, points - 1)) for i in range(points)}))
        return places, tuple(self.totals[place] for place in places)

    def save(self) -> dict[str, Any]:
        """All that was learnt, as plain values and arrays; :meth:`restore` takes it."""
        values, visits = self.table.arrays()
        return {"values": values, "visits": visits, "steps": self.steps, "sweeps": self.sweeps, "history": self.history(),
                "state": self.state, "episode_return": self.episode_return, "episode_steps": self.episode_steps}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take over what :meth:`save` gave; only ``values`` and ``visits`` are needed. Raises ValueError when it belongs to another world."""
        self.table.load(np.asarray(saved["values"], dtype=float), np.asarray(saved["visits"], dtype=np.int64))
        self.steps, self.sweeps = int(saved.get("steps", 0)), int(saved.get("sweeps", 0))
        places, sums = saved.get("history") or ((0,), (0.0,))
        self.totals = [float(v) for v in np.interp(np.arange(int(places[-1]) + 1), places, sums)]
        self.returns = [float(v) for v in np.diff(self.totals)]
        state = int(saved.get("state", -1))
        if 0 <= state < self.world.states and self.world.reachable[state]:
            self.state = state
            self.episode_return, self.episode_steps = float(saved.get("episode_return", 0.0)), int(saved.get("episode_steps", 0))
        self._next_action = None


def mean_of_last(totals: list[float], window: int = 100, points: int = 300) -> tuple[Floats, Floats]:
    """The running mean of the last ``window`` episodes at up to ``points`` places.

    ``totals``: running sums, beginning with 0. Returns (n,) places, counted from 1, and (n,) means; early ones are over what there is.
    """
    count = len(totals) - 1
    places = sorted({round(1 + i * (count - 1) / max(1, points - 1)) for i in range(points)}) if count else []
    means = [(totals[p] - totals[max(0, p - window)]) / min(p, window) for p in places]
    return np.array(places, dtype=float), np.array(means, dtype=float)
