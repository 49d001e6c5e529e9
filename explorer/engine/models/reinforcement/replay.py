"""Experience replay: past steps are kept and drawn again at random.

L.-J. Lin, *Self-Improving Reactive Agents Based on Reinforcement Learning, Planning and Teaching*, Machine Learning 8, 1992, section 3.2;
Mnih et al., *Playing Atari with Deep Reinforcement Learning*, 2013 (arXiv 1312.5602), section 4.

The memory is a ring: when it is full, the oldest item gives way. What one item is, is up to the learner: a step
(look, action, reward, next look) or, later, a whole sequence of steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.results.base import Floats, Integers

Array = NDArray[Any]
Fields = Mapping[str, tuple[tuple[int, ...], Any]]
"""Name of each part of an item -> its shape and type."""


@dataclass(frozen=True)
class Drawn:
    """Which items were drawn. ``places``: (batch,) in the ring; ``weights``: (batch,) float32 how much each counts; ``items``: their parts."""

    places: Integers
    weights: Floats
    items: dict[str, Array]


class Memory:
    """The last ``capacity`` items, each as likely to be drawn as any other."""

    def __init__(self, capacity: int, fields: Fields) -> None:
        self.capacity = capacity
        self.parts = {name: np.zeros((capacity, *shape), dtype=kind) for name, (shape, kind) in fields.items()}
        self.draws = np.zeros(capacity, np.int64)  # how often each was drawn
        self.next, self.added = 0, 0

    def __len__(self) -> int:
        return min(self.added, self.capacity)

    def add(self, items: Mapping[str, Array], errors: Floats | None = None) -> Integers:
        """Keep items: each part (n, …). ``errors`` are of no use to this memory. Returns their (n,) places."""
        count = len(next(iter(items.values())))
        places = (self.next + np.arange(count)) % self.capacity
        for name, part in self.parts.items():
            part[places] = items[name]
        self.draws[places] = 0
        self.next = int((self.next + count) % self.capacity)
        self.added += count
        return places

    def draw(self, count: int, chance: np.random.Generator) -> Drawn:
        """``count`` items at random, with replacement. Raises ValueError when there are none."""
        if not len(self):
            raise ValueError("nothing was kept yet")
        return self.take(chance.integers(0, len(self), count), np.ones(count, np.float32))

    def latest(self, count: int) -> Drawn:
        """The newest items, in order: what learning without replay learns from."""
        count = min(count, len(self))
        return self.take((self.next - count + np.arange(count)) % self.capacity, np.ones(count, np.float32))

    def take(self, places: Integers, weights: Floats) -> Drawn:
        """The items at these places."""
        self.draws[places] += 1
        return Drawn(places, weights, {name: part[places] for name, part in self.parts.items()})

    def correct(self, places: Integers, errors: Floats) -> None:
        """How wrong the learner was about these items: of no use to this memory."""

    def state(self) -> dict[str, Any]:
        """What :meth:`restore` needs, oldest item first."""
        order = self._order()
        return {"parts": {name: part[order] for name, part in self.parts.items()}, "draws": self.draws[order], "added": self.added}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what :meth:`state` gave, oldest item first. Raises ValueError where its parts are others."""
        count = len(state["draws"])
        if set(state["parts"]) != set(self.parts) or count > self.capacity:
            raise ValueError(f"{count} items of {sorted(state['parts'])} for {self.capacity} of {sorted(self.parts)}")
        for name, part in self.parts.items():
            part[:count] = state["parts"][name]
        self.draws[:count] = state["draws"]
        self.next, self.added = count % self.capacity, max(int(state["added"]), count)

    def _order(self) -> Integers:
        """Places from the oldest item to the newest."""
        return (self.next - len(self) + np.arange(len(self))) % self.capacity
