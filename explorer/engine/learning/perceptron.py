"""Rosenblatt's perceptron learning on points of a plane, one example after the other: the loop of the live page and of the claims.

F. Rosenblatt, *The Perceptron*, Psychological Review 65, 1958. Where a line parts the classes it is found after finitely many
corrections (Novikoff, *On Convergence Proofs on Perceptrons*, 1962); where none does the rule goes on for ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.engine.models.basics.neuron import Neuron


@dataclass(frozen=True)
class Look:
    """One example looked at: its index, its class, what the neuron answered, and whether that changed the weights."""

    index: int
    target: int
    answered: int
    corrected: bool


class Perceptron:
    """A neuron, examples and the rule. ``rate`` may be changed at any time.

    Args:
        neuron: what learns; its weights may be changed by hand in between.
        x: (n, inputs) examples.
        labels: (n,) of 0 and 1.
        rate: η, how far one correction goes.
        seed: of the order of the examples, which is drawn anew for every pass.
    """

    def __init__(self, neuron: Neuron, x: Tensor, labels: Tensor, rate: float = 0.1, seed: int = 0) -> None:
        self.neuron, self.rate = neuron, rate
        self._chance = torch.Generator().manual_seed(seed)
        self.set_examples(x, labels)

    def set_examples(self, x: Tensor, labels: Tensor) -> None:
        """Learn from other examples, starting a new count."""
        self.x, self.labels = x, labels.long()
        self._order: list[int] = []
        self.looks, self.corrections, self._in_pass = 0, 0, 0
        self.passes: list[int] = []  # corrections in each complete pass

    def steps(self) -> Iterator[Look]:
        """Look at one example after the other, for ever; nothing comes where there is no example."""
        while len(self.x):
            if not self._order:
                self._order = torch.randperm(len(self.x), generator=self._chance).tolist()
            index = self._order.pop(0)
            target = int(self.labels[index])
            answered = int(self.neuron.answer(self.x[index]))
            corrected = self.neuron.correct(self.x[index], target, self.rate)
            self.looks += 1
            self.corrections += corrected
            self._in_pass += corrected
            if not self._order:
                self.passes.append(self._in_pass)
                self._in_pass = 0
            yield Look(index, target, answered, corrected)

    @property
    def finished(self) -> bool:
        """The last pass needed no correction: every answer is right."""
        return bool(self.passes) and self.passes[-1] == 0 and self._in_pass == 0

    @torch.no_grad()
    def accuracy(self) -> float:
        """Share of examples answered rightly, 0 to 1; NaN without examples."""
        if not len(self.x):
            return float("nan")
        return float((self.neuron.answer(self.x) == self.labels).float().mean())
