"""A last layer learnt anew from a few pictures: transfer by features of a network that learnt something else.

Donahue et al., "DeCAF: A Deep Convolutional Activation Feature for Generic Visual Recognition", 2014 (arXiv 1310.1531). The network
stays as it is; what goes into its last layer, a few hundred numbers a picture, is given to a linear layer of as many outputs as there
are classes (softmax regression), which is trained by gradient steps.

How well it will do on pictures it has not seen is measured along: further copies of the layer learn at the same time, each without
some of the pictures, and are asked about those.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

STEPS = 120
LEAVE_ONE_OUT = 40  # up to so many pictures each is left out once; beyond, a tenth at a time
FOLDS = 10
RATE, DECAY = 0.05, 1e-2


@dataclass(frozen=True, eq=False)
class TransferStep:
    """After a step. ``loss`` and ``learnt`` (share right) on all pictures by the layer that learns from all; ``held_out``: share right of
    the pictures left out, each by a layer that never saw it; ``said``: (n,) what those layers say."""

    step: int
    steps: int
    loss: float
    learnt: float
    held_out: float
    said: Tensor


class Transfer:
    """The training of a last layer. ``features`` (n, D), ``labels`` int64 (n,) from 0 to ``classes`` - 1, each with at least one picture."""

    def __init__(self, features: Tensor, labels: Tensor, classes: int, steps: int = STEPS) -> None:
        if len(features) != len(labels) or set(labels.tolist()) != set(range(classes)) or classes < 2:
            raise ValueError("two or more classes, each with a picture")
        self.middle = features.mean(0)
        self.scale = float((features - self.middle).norm(dim=1).mean().clamp(min=1e-6)) / 4
        self.x, self.labels, self.classes, self.total = self._scaled(features), labels, classes, steps
        self.left_out = folds(labels)  # (copies, n) bool
        counts = torch.bincount(labels, minlength=classes).float()
        share = (1 / counts)[labels] / classes  # every class counts the same, however many pictures it has
        learns = torch.cat([torch.ones(1, len(labels)), (~self.left_out).float()])  # the first copy learns from all
        self.share = learns * share / (learns * share).sum(1, keepdim=True)
        copies, size = len(learns), features.shape[1]
        self.weight = torch.zeros(copies, classes, size, requires_grad=True)
        self.bias = torch.zeros(copies, classes, requires_grad=True)

    def _scaled(self, features: Tensor) -> Tensor:
        return (features - self.middle) / self.scale

    def steps(self) -> Iterator[TransferStep]:
        """The training, step by step."""
        optimiser = torch.optim.Adam([self.weight, self.bias], lr=RATE)
        copies = len(self.weight)
        for step in range(1, self.total + 1):
            scores = torch.einsum("nd,fcd->fnc", self.x, self.weight) + self.bias[:, None]
            losses = F.cross_entropy(scores.flatten(0, 1), self.labels.repeat(copies), reduction="none").view(copies, -1)
            loss = (losses * self.share).sum() + DECAY / 2 * self.weight.square().sum()
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            answers = scores.detach().argmax(2)
            said = torch.where(self.left_out, answers[1:], 0).sum(0)
            own = float((losses[0] * self.share[0]).sum().detach())
            learnt, held_out = (float((found == self.labels).double().mean()) for found in (answers[0], said))
            yield TransferStep(step, self.total, own, learnt, held_out, said)

    @torch.no_grad()
    def probabilities(self, features: Tensor) -> Tensor:
        """Of pictures (n, D), by the layer that learnt from all: (n, classes)."""
        return (self._scaled(features) @ self.weight[0].T + self.bias[0]).softmax(1)


def folds(labels: Tensor) -> Tensor:
    """Which pictures each copy does without, (copies, n): every picture is left out exactly once, classes spread over the copies."""
    count = len(labels)
    copies = count if count <= LEAVE_ONE_OUT else FOLDS
    order = torch.argsort(labels, stable=True)
    number = torch.empty(count, dtype=torch.long)
    number[order] = torch.arange(count) % copies
    return torch.arange(copies)[:, None] == number[None]
