"""Chapter 4, from Python: a learner let loose in a world, and what it knows afterwards.

>>> net = load("q_learning")
>>> answer = net.run("FrozenLake-v1 4x4")
>>> answer.returns.mean(), answer.q_values.shape, answer.closeness
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.catalogue.schema import System, Variant
from explorer.engine.learning.recommended import needed
from explorer.engine.learning.tabular import BAD_METHOD, METHODS, RANGES, Learner, settings_for
from explorer.engine.learning.tabular_results import EXACT_GAMMA, action_grid, table_matrix, visits_matrix
from explorer.engine.learning.worlds import open_world
from explorer.engine.system import UNKNOWN_SETTING, RunningSystem
from explorer.engine.systems.reinforcement_agents import Agent
from explorer.results import Result
from explorer.results.base import Floats, Integers
from explorer.words import InputError, Text

NO_WEIGHTS = Text("{system}に読み込める重みはありません。その場で学習します。", "{system} has no weights to load; it learns on the spot.")
NO_STEPS = Text("行動の数は 1 以上の整数です。", "The number of actions is a whole number from 1.")
MOST_STEPS = 1_000_000_000
SWEEPS = 10_000


@dataclass(frozen=True, eq=False)
class Answer:
    """What was learnt. ``returns``: (episodes,) sum of rewards of each; ``q_values``, ``visits``: (states, actions).

    ``policy``: (states,) the greedy action, −1 where nothing was tried; ``closeness``: the greedy policy's exact value against the optimum
    (γ 0.99, no time limit; 1 is the best there is).
    """

    returns: Floats
    q_values: Floats
    visits: Integers
    policy: Integers
    closeness: float
    steps: int
    environment: str


class Running(RunningSystem):
    """A table learner. Each :meth:`run` begins with an empty table. Systems with a network are instances of :class:`Agent`."""

    def __new__(cls, entry: System, variant: Variant | None, **settings: Any) -> Any:
        return object.__new__(cls) if entry.id == "q_learning" else Agent(entry, variant, **settings)

    def __init__(self, entry: System, variant: Variant | None, *, weights: str | None = None, device: str = "auto", **settings: Any) -> None:
        super().__init__(entry, variant, device)
        if weights is not None:
            raise InputError(NO_WEIGHTS.format(system=entry.name.en))
        self.no_settings(settings)
        self.learner: Learner | None = None

    def run(self, x: Any = None, *, method: str = "q_learning", steps: int | None = None, seed: int = 0, **settings: Any) -> Answer:
        """Learn in an environment.

        Args:
            x: its name (see :mod:`explorer.engine.envs.tables`); the first sample by default.
            method: ``"q_learning"``, ``"sarsa"`` or ``"value_iteration"``.
            steps: actions; by default as many as the recommended settings need.
            settings: epsilon, alpha, fall, gamma, optimism.

        Raises:
            InputError: an environment, a method or a setting that cannot be used.
        """
        self.learner = learner = self._learner(x, method, seed, settings)
        count = needed(learner.world) if steps is None else steps
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST_STEPS:
            raise InputError(NO_STEPS)
        if method == "value_iteration":
            for _ in range(min(count, SWEEPS)):
                if learner.sweep() < 1e-9:
                    break
        else:
            learner.run(count)
        values, visits = learner.table.arrays()
        policy = np.where(visits.sum(axis=1) > 0, values.argmax(axis=1), -1)
        return Answer(np.array(learner.returns), values, visits, policy, learner.closeness(EXACT_GAMMA), learner.steps, learner.world.spec)

    def _learner(self, x: Any, method: str, seed: int, settings: Mapping[str, Any]) -> Learner:
        if method not in METHODS:
            raise InputError(BAD_METHOD.format(name=method))
        for name in settings:
            if name not in RANGES:
                raise InputError(UNKNOWN_SETTING.format(system=self.entry.name.en, name=name))
        world = open_world(self.entry.samples[0] if x is None else x)
        return Learner(world, settings_for(world, **settings), method, seed)  # type: ignore[arg-type]

    def _look(self, lens: str, x: Any, settings: Mapping[str, Any]) -> Result:
        """The lens on what was learnt last; an environment given here is learnt first."""
        if x is not None or self.learner is None:
            self.run(x, **settings)
        learner = self.learner
        assert learner is not None
        values, visits = learner.table.arrays()
        if lens == "visits":
            return visits_matrix(learner.world, visits)
        if lens == "q_table":
            return table_matrix(learner.world, values)
        return action_grid(learner.world, values, visits, learner.state)
