"""Learning to classify: the one loop that the live page, the claims and the recipes share.

Stochastic gradient descent with Nesterov momentum and weight decay on the cross-entropy. The learning rate rises and
falls once over the training (Smith & Topin, "Super-Convergence", 2017, arXiv 1708.07120), or stays as it is.

Everything random in a step follows from the seed and the number of the step, and the state of torch's own generator
(dropout) is part of ``state()``: a training resumed from its state goes on exactly as if it had never stopped.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.engine.learning.loop import Loop, Shuffle

Prepare = Callable[[Tensor, torch.Generator, float], Tensor]


@dataclass(frozen=True)
class ClassifySettings:
    """How to train. ``learning_rate`` is the peak of the one-cycle schedule, or the constant rate without it."""

    epochs: float = 1.0
    batch: int = 128
    learning_rate: float = 0.1
    momentum: float = 0.9
    weight_decay: float = 5e-4
    decay_depthwise: bool = True  # whether filters that see one channel each are drawn to zero too
    label_smoothing: float = 0.0
    one_cycle: bool = True
    rise: float = 0.25  # share of the training in which the rate rises
    bfloat16: bool = False
    channels_last: bool = False
    seed: int = 0


@dataclass(frozen=True)
class ClassifyStep:
    """One step done: loss and accuracy (0 to 1) on its batch, before the update; seconds of training so far."""

    step: int
    steps: int
    epoch: float
    loss: float
    accuracy: float
    learning_rate: float
    examples: int
    seconds: float

    @property
    def fraction(self) -> float:
        return self.step / self.steps


def one_cycle(fraction: float, rise: float) -> float:
    """The learning rate as a share of its peak: linear from 1/25 up to 1, then along a cosine down to 0."""
    if fraction < rise:
        return 0.04 + 0.96 * fraction / rise
    return 0.5 * (1 + math.cos(math.pi * (fraction - rise) / (1 - rise)))


def decayed(network: nn.Module, settings: ClassifySettings) -> list[dict[str, Any]]:
    """The parameters for the optimiser, in groups of one weight decay; depthwise filters may be left out (MobileNet, arXiv 1704.04861, section 3.2)."""
    depthwise = [] if settings.decay_depthwise else [m.weight for m in network.modules() if isinstance(m, nn.Conv2d) and m.groups == m.in_channels > 1]
    apart = {id(weight) for weight in depthwise}
    groups: list[dict[str, Any]] = [{"params": [one for one in network.parameters() if id(one) not in apart], "weight_decay": settings.weight_decay}]
    return [*groups, {"params": depthwise, "weight_decay": 0.0}] if depthwise else groups


class Classify(Loop[ClassifyStep]):
    """A training under way.

    ``inputs`` (N, …) and ``labels`` int64 (N,) are the training set; ``prepare`` turns a batch of inputs into what the
    network takes; it is given a generator for what is random in it and the share of the training done. Between two steps the caller may change
    ``learning_rate``, the parameters, or the optimiser's settings.
    """

    def __init__(
        self,
        network: nn.Module,
        inputs: Tensor,
        labels: Tensor,
        settings: ClassifySettings,
        prepare: Prepare | None = None,
    ) -> None:
        if len(inputs) != len(labels) or len(labels) == 0:
            raise ValueError(f"{len(inputs)} inputs do not go with {len(labels)} labels")
        self.network = network
        if settings.channels_last:
            self.network = network.to(memory_format=torch.channels_last)
        self.inputs, self.labels, self.settings, self.prepare = inputs, labels, settings, prepare
        self.shuffle = Shuffle(len(labels), settings.batch, settings.seed)
        self.batch, self.steps_per_epoch = self.shuffle.batch, self.shuffle.steps_per_epoch
        self.total = max(1, round(settings.epochs * self.steps_per_epoch))
        self.learning_rate = settings.learning_rate
        self.optimiser = torch.optim.SGD(
            decayed(network, settings),
            lr=self.learning_rate,
            momentum=settings.momentum,
            nesterov=settings.momentum > 0,
        )

    def step(self) -> ClassifyStep:
        begun = time.perf_counter()
        settings = self.settings
        indices = self.shuffle.indices(self.done)
        inputs, labels = self.inputs[indices], self.labels[indices]
        if self.prepare is not None:
            inputs = self.prepare(inputs, self.shuffle.generator(1, self.done), self.done / self.total)
        if settings.channels_last and inputs.dim() == 4:
            inputs = inputs.contiguous(memory_format=torch.channels_last)
        rate = self.learning_rate
        if settings.one_cycle:
            rate *= one_cycle(min(1.0, self.done / self.total), settings.rise)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.network.train()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=settings.bfloat16):
            scores = self.network(inputs)
        scores = scores.float()
        loss = F.cross_entropy(scores, labels, label_smoothing=settings.label_smoothing)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimiser.step()
        self.done += 1
        self.seconds += time.perf_counter() - begun
        return ClassifyStep(
            step=self.done,
            steps=self.total,
            epoch=self.done / self.steps_per_epoch,
            loss=float(loss.detach()),
            accuracy=float((scores.detach().argmax(1) == labels).float().mean()),
            learning_rate=rate,
            examples=self.done * self.batch,
            seconds=self.seconds,
        )


def normalise(images: Tensor, mean: tuple[float, ...], std: tuple[float, ...]) -> Tensor:
    """Pictures uint8 (N, C, H, W) as floats with about zero mean and unit deviation in each channel."""
    offset = torch.tensor(mean).view(1, -1, 1, 1)
    scale = torch.tensor(std).view(1, -1, 1, 1)
    return (images.float() / 255 - offset) / scale


def shift_and_flip(images: Tensor, generator: torch.Generator, pixels: int = 4, flipped: Tensor | None = None) -> Tensor:
    """Each picture (N, C, H, W) moved by up to so many pixels each way, the edge mirrored, and half of them flipped, or those of ``flipped`` (N,) bool.

    The augmentation of section 4.2 of the ResNet paper, which fills the edge with black instead.
    """
    count, _, height, width = images.shape

    def places(size: int) -> Tensor:  # (N, size): from where each row or column is taken
        shift = torch.randint(-pixels, pixels + 1, (count, 1), generator=generator)
        mirrored = (torch.arange(size) + shift).abs()
        return size - 1 - (size - 1 - mirrored).abs()

    rows, columns = places(height), places(width)
    chosen = torch.rand(count, 1, generator=generator) < 0.5 if flipped is None else flipped[:, None]
    columns = torch.where(chosen, columns.flip(1), columns)
    picked = images[torch.arange(count)[:, None, None], :, rows[:, :, None], columns[:, None, :]]  # (N, H, W, C)
    return picked.permute(0, 3, 1, 2)


def cut_out(images: Tensor, generator: torch.Generator, side: int) -> Tensor:
    """In each normalised picture (N, C, H, W) a square of ``side`` pixels, anywhere within it, becomes the mean (DeVries & Taylor, 2017, arXiv 1708.04552).

    The paper lets the square stand out over the edge.
    """
    count, _, height, width = images.shape

    def hidden(size: int) -> Tensor:  # (N, size) bool
        begin = torch.randint(0, size - side + 1, (count, 1), generator=generator)
        place = torch.arange(size)
        return (place >= begin) & (place < begin + side)

    square = hidden(height)[:, None, :, None] & hidden(width)[:, None, None, :]
    return images.masked_fill(square, 0.0)


@torch.no_grad()
def scores_of(network: nn.Module, inputs: Tensor, prepare: Callable[[Tensor], Tensor], batch: int = 500) -> Tensor:
    """The class scores (N, classes) of a set, in evaluation mode; the network's mode is put back."""
    mode = network.training
    network.eval()
    try:
        return torch.cat([network(prepare(part)).float() for part in torch.split(inputs, batch)])
    finally:
        network.train(mode)


def accuracy_of(scores: Tensor, labels: Tensor) -> float:
    """The share of right answers, 0 to 1."""
    return float((scores.argmax(1) == labels).double().mean())
