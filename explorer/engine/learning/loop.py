"""What the loops of learning share that go through a training set step by step: how they run to the end, stop, and go on later.

Everything random in a step follows from the seed and the number of the step, and the state of torch's own generator (dropout,
sampling) is part of ``state()``: a training resumed from its state goes on exactly as if it had never stopped.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

Step = TypeVar("Step")


class Loop(Generic[Step]):
    """A training under way: ``done`` of ``total`` steps, ``seconds`` of work. One step more is taken by ``step()``; ``steps()`` runs to the end.

    A subclass sets ``network``, ``optimiser``, ``total`` and ``learning_rate`` (the highest, or the constant one).
    """

    network: nn.Module
    optimiser: torch.optim.Optimizer
    total: int
    learning_rate: float
    done = 0
    seconds = 0.0

    @abstractmethod
    def step(self) -> Step:
        """One batch forward, backward, and one update of the parameters."""

    def steps(self) -> Iterator[Step]:
        """The steps from here to the end of the training."""
        while self.done < self.total:
            yield self.step()

    def state(self) -> dict[str, Any]:
        """All that is needed to go on later: tensors, numbers, lists and dicts only."""
        return {
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "random": torch.get_rng_state(),
            "done": self.done,
            "seconds": self.seconds,
            "learning_rate": self.learning_rate,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a ``state()``."""
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        torch.set_rng_state(state["random"])
        self.done = int(state["done"])
        self.seconds = float(state["seconds"])
        self.learning_rate = float(state.get("learning_rate", self.learning_rate))


class Shuffle:
    """The order in which ``count`` examples come, ``batch`` at a time: every epoch is shuffled anew, what is left over waits for the next."""

    def __init__(self, count: int, batch: int, seed: int) -> None:
        self.count, self.batch, self.seed = count, min(batch, count), seed
        self.steps_per_epoch = count // self.batch
        self._order: tuple[int, Tensor] | None = None

    def generator(self, purpose: int, number: int) -> torch.Generator:
        """Its own random numbers for each seed, purpose and number (torch's generator takes 32 bits of a seed)."""
        mixed = np.random.SeedSequence((self.seed, purpose, number)).generate_state(1)
        return torch.Generator().manual_seed(int(mixed[0]))

    def indices(self, step: int) -> Tensor:
        """The examples of a step: (batch,) int64."""
        epoch, place = divmod(step, self.steps_per_epoch)
        if self._order is None or self._order[0] != epoch:
            self._order = epoch, torch.randperm(self.count, generator=self.generator(0, epoch))
        return self._order[1][place * self.batch : (place + 1) * self.batch]
