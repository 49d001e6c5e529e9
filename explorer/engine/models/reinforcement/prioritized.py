"""Prioritised replay: steps that surprised the learner are drawn more often, and count less for it.

Schaul et al., *Prioritized Experience Replay*, 2015 (arXiv 1511.05952): priority p = |δ| + ε with the TD error δ, probability
P(i) = p_i^α / Σ p^α, importance weight w_i = (N · P(i))^−β, divided by the largest of the batch (section 3.3 and 3.4, proportional form).

Drawing by P(i) takes a sum tree (appendix B.2.1): the leaves are the priorities, every node is the sum of its children. The paper's tree
is binary; here a node has ``BRANCHES`` children, so that numpy walks it in fewer steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from explorer.engine.models.reinforcement.dqn import DQN, DQNConfig
from explorer.engine.models.reinforcement.replay import Array, Drawn, Fields, Memory
from explorer.results.base import Floats, Integers

BRANCHES = 16
SMALL = 1e-2
"""ε: added to every error, so that none is never drawn again."""


class SumTree:
    """Numbers ≥ 0 at ``size`` leaves, and their sums level by level: ``levels[0]`` the root, ``levels[-1]`` the leaves."""

    def __init__(self, size: int, branches: int = BRANCHES) -> None:
        self.size, self.branches = size, branches
        lengths = [size]
        while lengths[0] > 1:
            lengths.insert(0, -(-lengths[0] // branches))
        self.levels = [np.zeros(length if length == 1 else -(-length // branches) * branches) for length in lengths]

    @property
    def total(self) -> float:
        return float(self.levels[0][0])

    @property
    def leaves(self) -> Floats:
        return self.levels[-1][: self.size]

    def set(self, places: Integers, values: Floats) -> None:
        """Change leaves, and every sum above them."""
        self.levels[-1][places] = values
        for level in range(len(self.levels) - 1, 0, -1):
            places = np.unique(places // self.branches)
            self.levels[level - 1][places] = self.levels[level].reshape(-1, self.branches)[places].sum(axis=1)

    def find(self, heights: Floats) -> Integers:
        """(n,) the leaf at each height in [0, total): the first one whose running sum exceeds it."""
        places = np.zeros(len(heights), dtype=np.int64)
        rest = np.minimum(heights, np.nextafter(self.total, 0.0))
        rows = np.arange(len(heights))
        for level in self.levels[1:]:
            sums = level.reshape(-1, self.branches)[places].cumsum(axis=1)  # (n, branches)
            child = np.minimum((sums <= rest[:, None]).sum(axis=1), self.branches - 1)
            before = sums[rows, child - 1] * (child > 0)
            rest = rest - before
            places = places * self.branches + child
        found: Integers = np.minimum(places, self.size - 1)
        return found


class PrioritizedMemory(Memory):
    """A ring whose items are drawn by priority. ``alpha``: 0 draws evenly; ``beta``: 1 undoes the bias fully. Both may be changed."""

    def __init__(self, capacity: int, fields: Fields, alpha: float = 0.6, beta: float = 0.4) -> None:
        super().__init__(capacity, fields)
        self.alpha, self.beta = alpha, beta
        self.errors = np.zeros(capacity)
        self.tree = SumTree(capacity)
        self.largest = 1.0

    def add(self, items: Mapping[str, Array], errors: Floats | None = None) -> Integers:
        """Keep items with these first errors; without them, each is as urgent as the most urgent so far, so that all are seen once."""
        places = super().add(items)
        self.correct(places, np.full(len(places), self.largest) if errors is None else errors)
        return places

    def correct(self, places: Integers, errors: Floats) -> None:
        """New TD errors of these items."""
        size = np.abs(np.asarray(errors, dtype=float))
        self.errors[places] = size
        self.largest = max(self.largest, float(size.max(initial=0.0)))
        self.tree.set(places, (size + SMALL) ** self.alpha)

    def draw(self, count: int, chance: np.random.Generator) -> Drawn:
        """One item from each of ``count`` equal shares of the sum of priorities. Raises ValueError when there are none."""
        if not len(self):
            raise ValueError("nothing was kept yet")
        heights = (np.arange(count) + chance.random(count)) * (self.tree.total / count)
        places = np.minimum(self.tree.find(heights), len(self) - 1)
        weights = (len(self) * self.probabilities(places)) ** -self.beta
        return self.take(places, (weights / weights.max()).astype(np.float32))

    def probabilities(self, places: Integers) -> Floats:
        """P(i) of the items at these places."""
        shares: Floats = self.tree.leaves[places] / self.tree.total
        return shares

    def state(self) -> dict[str, Any]:
        return {**super().state(), "errors": self.errors[self._order()], "largest": self.largest}

    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        errors = np.asarray(state["errors"], dtype=float)
        self.largest = float(state["largest"])
        self.correct(np.arange(len(errors)), errors)


def prioritized(observation: tuple[int, ...] = (4,), actions: int = 2, **changes: Any) -> DQN:
    """The network for one environment: DQN's."""
    return DQN(DQNConfig(observation, actions, **changes))
