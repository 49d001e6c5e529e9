"""Learning to give every pixel a class: the one loop that the live page, the claims and the recipes share.

AdamW (Loshchilov & Hutter, "Decoupled Weight Decay Regularization", 2017, arXiv 1711.05101) on the cross-entropy of the pixels,
in which rare classes count more. The learning rate rises and falls once over the training, or stays as it is. Every picture
is seen through a window of its own: a part of it, larger or smaller, flipped half of the time, in another light.

Everything random in a step follows from the seed and the number of the step, and the state of torch's own generator
(dropout) is part of ``state()``: a training resumed from its state goes on exactly as if it had never stopped.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.engine.learning.classify import one_cycle
from explorer.engine.learning.loop import Loop, Shuffle

Before = Callable[[float], None]


@dataclass(frozen=True)
class SegmentSettings:
    """How to train. ``learning_rate`` is the peak of the one-cycle schedule, or the constant rate without it."""

    epochs: float = 1.0
    batch: int = 8
    learning_rate: float = 3e-3
    weight_decay: float = 1e-2
    balance: float = 0.5  # the loss of a class counts by its share of the pixels to the power of minus this
    window: tuple[int, int] = (192, 224)  # height and width of what is cut out
    zoom: tuple[float, float] = (0.75, 1.5)  # how many of the window's pixels one pixel of the picture becomes
    half_part: float = 0.0  # share of the training, at its beginning, in which everything is seen at half the size
    turned: bool = False  # also upside down and on its side: where no direction is special
    light: float = 0.3  # how far brightness, contrast and saturation are changed
    one_cycle: bool = True
    rise: float = 0.15  # share of the training in which the rate rises
    channels_last: bool = True
    seed: int = 0


@dataclass(frozen=True)
class SegmentStep:
    """One step done: loss and share of right pixels (0 to 1) on its batch, before the update; seconds of training so far."""

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


class Segment(Loop[SegmentStep]):
    """A training under way.

    ``images`` uint8 (N, C, H, W) and ``labels`` uint8 (N, H, W) are the training set; a label that is no class (``classes`` or more) is left
    out of the loss. ``mean`` and ``std`` normalise the channels. ``before`` is called before each step with the share done.
    """

    def __init__(
        self,
        network: nn.Module,
        images: Tensor,
        labels: Tensor,
        classes: int,
        settings: SegmentSettings,
        mean: tuple[float, ...],
        std: tuple[float, ...],
        before: Before | None = None,
    ) -> None:
        if len(images) != len(labels) or len(labels) == 0:
            raise ValueError(f"{len(images)} pictures do not go with {len(labels)} labels")
        self.network = network.to(memory_format=torch.channels_last) if settings.channels_last else network
        self.images, self.labels, self.classes, self.settings, self.before = images, labels, classes, settings, before
        self.mean, self.std = mean, std
        self.shuffle = Shuffle(len(labels), settings.batch, settings.seed)
        self.batch, self.steps_per_epoch = self.shuffle.batch, self.shuffle.steps_per_epoch
        self.total = max(1, round(settings.epochs * self.steps_per_epoch))
        self.learning_rate = settings.learning_rate
        self.weights = class_weights(labels, classes, settings.balance)
        self.optimiser = torch.optim.AdamW(network.parameters(), lr=self.learning_rate, weight_decay=settings.weight_decay)

    def inputs(self) -> tuple[Tensor, Tensor]:
        """The next batch as the network takes it, (N, C, h, w) float, and its labels (N, h, w) int64."""
        indices, generator, settings = self.shuffle.indices(self.done), self.shuffle.generator(1, self.done), self.settings
        scale = 2 if self.done < settings.half_part * self.total else 1
        window, zoom = (settings.window[0] // scale, settings.window[1] // scale), (settings.zoom[0] / scale, settings.zoom[1] / scale)
        images, labels = windows(
            self.images[indices].float() / 255, self.labels[indices], window, zoom, generator,
            turned=settings.turned, nothing=self.classes,
        )
        images = change_light(images, settings.light, generator)
        return standardise(images, self.mean, self.std), labels.long()

    def step(self) -> SegmentStep:
        begun = time.perf_counter()
        settings = self.settings
        share = min(1.0, self.done / self.total)
        if self.before is not None:
            self.before(share)
        inputs, labels = self.inputs()
        if settings.channels_last:
            inputs = inputs.contiguous(memory_format=torch.channels_last)
        rate = self.learning_rate * (one_cycle(share, settings.rise) if settings.one_cycle else 1.0)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.network.train()
        scores = self.network(inputs)
        known = labels < self.classes
        loss = F.cross_entropy(scores, torch.where(known, labels, -100), self.weights)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimiser.step()
        self.done += 1
        self.seconds += time.perf_counter() - begun
        return SegmentStep(
            step=self.done,
            steps=self.total,
            epoch=self.done / self.steps_per_epoch,
            loss=float(loss.detach()),
            accuracy=float((scores.detach().argmax(1) == labels)[known].float().mean()),
            learning_rate=rate,
            examples=self.done * self.batch,
            seconds=self.seconds,
        )

def class_weights(labels: Tensor, classes: int, balance: float) -> Tensor:
    """How much the loss of each class counts: its share of the pixels to the power of ``-balance``, on average over the pixels 1.

    A class that never occurs counts as one of which there is a pixel in every 10,000.
    """
    counts = torch.bincount(labels.reshape(-1).int(), minlength=classes)[:classes].double()
    shares = counts / counts.sum().clamp_min(1)
    weights = shares.clamp_min(1e-4) ** -balance
    return (weights / (weights * shares).sum().clamp_min(1e-12)).float() if counts.sum() else torch.ones(classes)


def standardise(images: Tensor, mean: tuple[float, ...], std: tuple[float, ...]) -> Tensor:
    """Values 0 to 1 (N, C, H, W) with about zero mean and unit deviation in each channel."""
    return (images - torch.tensor(mean).view(1, -1, 1, 1)) / torch.tensor(std).view(1, -1, 1, 1)


def windows(
    images: Tensor,
    labels: Tensor,
    window: tuple[int, int],
    zoom: tuple[float, float],
    generator: torch.Generator,
    *,
    turned: bool = False,
    nothing: int = 255,
) -> tuple[Tensor, Tensor]:
    """A part of each picture (N, C, H, W) and of its labels (N, H, W), zoomed and flipped; ``nothing`` is the label beyond the picture.

    A window that is smaller than the zoomed picture lies wholly within it; a larger one has it in its middle.
    """
    count, _, height, width = images.shape
    rows, columns = window

    def drawn(*shape: int) -> Tensor:
        return torch.rand(shape, generator=generator)

    scale = torch.exp(np.log(zoom[0]) + drawn(count) * float(np.log(zoom[1] / zoom[0])))  # (N,)
    flip = torch.where(drawn(count) < 0.5, -1.0, 1.0)
    theta = torch.zeros(count, 2, 3)
    # in grid_sample's coordinates the picture reaches from -1 to 1; the window covers this share of it
    share_x, share_y = columns / (scale * width), rows / (scale * height)
    free_x, free_y = (1 - share_x).clamp_min(0), (1 - share_y).clamp_min(0)
    theta[:, 0, 0], theta[:, 0, 2] = share_x * flip, (2 * drawn(count) - 1) * free_x
    theta[:, 1, 1], theta[:, 1, 2] = share_y, (2 * drawn(count) - 1) * free_y
    if turned:
        theta[:, 1, 1] *= torch.where(drawn(count) < 0.5, -1.0, 1.0)
        if rows == columns and height == width:
            swap = drawn(count) < 0.5
            theta[swap, :, :2] = theta[swap][:, :, [1, 0]]
    grid = F.affine_grid(theta, [count, 1, rows, columns], align_corners=False)
    seen = F.grid_sample(images, grid, mode="bilinear", padding_mode="reflection", align_corners=False)
    named = F.grid_sample(labels[:, None].float() + 1, grid, mode="nearest", padding_mode="zeros", align_corners=False)[:, 0]
    return seen, torch.where(named > 0, named - 1, float(nothing)).round().to(torch.uint8)


def change_light(images: Tensor, amount: float, generator: torch.Generator) -> Tensor:
    """Each picture (N, C, H, W), values 0 to 1, darker or brighter, with more or less contrast and colour."""
    count = len(images)

    def factor() -> Tensor:
        return 1 + amount * (2 * torch.rand(count, 1, 1, 1, generator=generator) - 1)

    mean = images.mean((1, 2, 3), keepdim=True)
    images = (images - mean) * factor() + mean * factor()
    if images.shape[1] == 3:
        grey = images.mean(1, keepdim=True)
        images = grey + (images - grey) * factor()
    return images.clamp(0, 1)


@torch.no_grad()
def predicted_labels(network: nn.Module, images: Tensor, mean: tuple[float, ...], std: tuple[float, ...], size: tuple[int, int] | None = None, batch: int = 8) -> Tensor:
    """The most likely class of every pixel, uint8 (N, H, W), in evaluation mode; the network's mode is put back.

    ``images``: uint8 (N, C, H, W). ``size``: height and width of the answer, to which the scores are brought; by default that of the pictures.
    """
    mode = network.training
    network.eval()
    try:
        found = []
        for part in torch.split(images, batch):
            scores = network(standardise(part.float() / 255, mean, std))
            if size is not None and scores.shape[2:] != size:
                scores = F.interpolate(scores, size=size, mode="bilinear", align_corners=False)
            found.append(scores.argmax(1).to(torch.uint8))
        return torch.cat(found)
    finally:
        network.train(mode)


def intersection_over_union(predicted: Tensor, labels: Tensor, classes: int, within: Tensor | None = None) -> Tensor:
    """The IoU of each class over all pictures together, (classes,) float64; nan for a class that neither occurs nor is predicted.

    Measured by torchmetrics. Pixels whose label is no class are left out, and those outside ``within`` (N, H, W) bool where it is given.
    """
    from torchmetrics.functional.classification import multiclass_confusion_matrix  # takes seconds to import

    truth = torch.where(labels < classes, labels, classes).long()
    if within is not None:
        truth = torch.where(within, truth, classes)
    confusion = multiclass_confusion_matrix(predicted.long(), truth, num_classes=classes, ignore_index=classes).double()
    both = confusion.diag()
    return both / (confusion.sum(0) + confusion.sum(1) - both)


def mean_iou(predicted: Tensor, labels: Tensor, classes: int, within: Tensor | None = None) -> float:
    """The mean of the classes' IoU, 0 to 1; of those that occur."""
    return float(intersection_over_union(predicted, labels, classes, within).nanmean())


def outlines(labels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Pixels (H, W) whose right or lower neighbour has another label."""
    edge = np.zeros(labels.shape, dtype=bool)
    edge[:, :-1] |= labels[:, :-1] != labels[:, 1:]
    edge[:-1] |= labels[:-1] != labels[1:]
    return edge


def near_boundaries(labels: Tensor, pixels: float) -> Tensor:
    """Whether each pixel (N, H, W) is at most so many pixels from a boundary between two labels."""
    found = []
    for one in labels.numpy():
        edge = outlines(one)
        found.append(distance_transform_edt(~edge) <= pixels if edge.any() else np.zeros(one.shape, dtype=bool))
    return torch.from_numpy(np.stack(found))


def boundary_f_score(predicted: Tensor, labels: Tensor, classes: int, pixels: float = 3.0) -> float:
    """How well the outlines agree, 0 to 1: the mean over pictures and the classes in them of the F-score of their outlines.

    An outline's pixel is right where the other's outline is at most ``pixels`` away (Csurka et al., "What is a good evaluation measure for
    semantic segmentation?", 2013). Pixels whose label is no class are left out.
    """
    scores = []
    for said, truth in zip(predicted.numpy(), labels.numpy(), strict=True):
        known = truth < classes
        of_picture = []
        for number in np.unique(truth[known]):
            wanted = outlines((truth == number).astype(np.uint8)) & known
            given = outlines((said == number).astype(np.uint8)) & known
            if not wanted.any():
                continue
            if not given.any():
                of_picture.append(0.0)
                continue
            recall = float((distance_transform_edt(~given)[wanted] <= pixels).mean())
            precision = float((distance_transform_edt(~wanted)[given] <= pixels).mean())
            of_picture.append(2 * precision * recall / (precision + recall) if precision + recall else 0.0)
        if of_picture:
            scores.append(float(np.mean(of_picture)))
    return float(np.mean(scores)) if scores else 0.0
