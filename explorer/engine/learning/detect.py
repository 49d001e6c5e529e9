"""Learning to detect: the one loop that the claims and the recipes of all detectors share.

A detector in training mode gives its losses for pictures and targets (as torchvision's do); their sum is made smaller by AdamW
(Loshchilov & Hutter, 2017, arXiv 1711.05101), whose rate rises and falls once. Pictures are varied: cut out or made smaller, mirrored,
brighter or darker, of other colour; smears, which have no above and below, are turned over too.

Everything random in a step follows from the seed and the number of the step; the state of torch's own generator (sampling of anchors) is
part of ``state()``: a training resumed from its state goes on as if it had never stopped.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.engine.blocks.candidates import Target
from explorer.engine.data.boxed import CELLS, CLASSES, SMALLEST, Boxed
from explorer.engine.learning.classify import one_cycle
from explorer.engine.learning.loop import Loop

CUT = 0.4  # a box of which less than this is left in a part of a picture is ignored there


@dataclass(frozen=True)
class DetectSettings:
    """How to train. ``learning_rate``: the highest; ``pictures``: seen in all; ``closer``, ``farther``: the most that a picture is enlarged
    and made smaller."""

    pictures: int = 10_000
    batch: int = 8
    learning_rate: float = 2e-3
    weight_decay: float = 1e-3
    rise: float = 0.1
    clip: float = 5.0  # of the gradient's norm
    closer: float = 1.5
    farther: float = 1.2
    vary: bool = True
    seed: int = 0


@dataclass(frozen=True)
class DetectStep:
    """One step done: the loss and its parts on its batch, before the update; seconds of training so far."""

    step: int
    steps: int
    loss: float
    parts: dict[str, float]
    learning_rate: float
    seconds: float

    @property
    def fraction(self) -> float:
        return self.step / self.steps


def picture_of(scene: Boxed) -> Tensor:
    """A picture as detectors take it: (3, H, W) float from 0 to 1."""
    return torch.from_numpy(np.ascontiguousarray(scene.pixels)).permute(2, 0, 1).float().div(255)


def target_of(scene: Boxed) -> Target:
    """What a detector is to find on it; labels from 1 on."""
    boxes, free = torch.from_numpy(scene.boxes), torch.from_numpy(scene.ignored)
    return {"boxes": boxes[~free], "labels": torch.from_numpy(scene.labels)[~free] + 1, "ignored": boxes[free]}


class Detect(Loop[DetectStep]):
    """A training under way. Between two steps the caller may change ``learning_rate`` or the parameters."""

    def __init__(self, network: nn.Module, scenes: Sequence[Boxed], settings: DetectSettings, proposals: Sequence[Tensor] | None = None) -> None:
        """``scenes``: of one size. ``proposals``: for each scene boxes (n, 4) that its target brings along, for a network that learns from some."""
        if not scenes:
            raise ValueError("no pictures to learn from")
        if len({scene.size for scene in scenes}) != 1:
            raise ValueError("pictures of several sizes")
        self.network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        if proposals is not None and len(proposals) != len(scenes):
            raise ValueError(f"proposals for {len(proposals)} of {len(scenes)} pictures")
        self.scenes, self.settings, self.proposals = tuple(scenes), settings, proposals
        self.total = max(1, round(settings.pictures / settings.batch))
        self.learning_rate = settings.learning_rate
        learning = [one for one in network.parameters() if one.requires_grad]
        plain, decayed = [one for one in learning if one.dim() < 2], [one for one in learning if one.dim() >= 2]
        groups = [{"params": plain, "weight_decay": 0.0}, {"params": decayed, "weight_decay": settings.weight_decay}]
        self.optimiser = torch.optim.AdamW(groups, lr=settings.learning_rate)
        self._order: tuple[int, list[int]] | None = None

    def _chance(self, purpose: int, number: int) -> np.random.Generator:
        return np.random.default_rng((self.settings.seed, purpose, number))

    def _next(self, place: int) -> int:
        """The picture at a place of the endless row of shuffled rounds."""
        round_, inside = divmod(place, len(self.scenes))
        if self._order is None or self._order[0] != round_:
            self._order = round_, self._chance(0, round_).permutation(len(self.scenes)).tolist()
        return self._order[1][inside]

    def batch(self) -> tuple[list[Tensor], list[Target]]:
        """The pictures of the next step, varied, and what is on them."""
        settings = self.settings
        pictures, targets = [], []
        for place in range(self.done * settings.batch, (self.done + 1) * settings.batch):
            number = self._next(place)
            scene = self.scenes[number]
            picture, target = picture_of(scene), target_of(scene)
            if self.proposals is not None:
                target["proposals"] = self.proposals[number]
            if settings.vary:
                whole_around = bool(len(scene.labels)) and int(scene.labels.max()) < len(CELLS)
                picture, target = varied(picture, target, self._chance(1, place), settings.closer, settings.farther, over=whole_around)
            pictures.append(picture)
            targets.append(target)
        return pictures, targets

    def step(self) -> DetectStep:
        begun = time.perf_counter()
        settings = self.settings
        rate = self.learning_rate * one_cycle(min(1.0, self.done / self.total), settings.rise)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.network.train()
        parts = self.network(*self.batch())
        loss = torch.stack([part.reshape(()) for part in parts.values()]).sum()
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_([one for one in self.network.parameters() if one.requires_grad], settings.clip)
        self.optimiser.step()
        self.done += 1
        self.seconds += time.perf_counter() - begun
        numbers = {name: float(part.detach()) for name, part in parts.items()}
        return DetectStep(self.done, self.total, float(loss.detach()), numbers, rate, self.seconds)

def varied(picture: Tensor, target: Target, chance: np.random.Generator, closer: float = 1.5, farther: float = 1.2, *, over: bool = False) -> tuple[Tensor, Target]:
    """The same scene (3, H, W) seen otherwise, as large as before.

    A part of it is enlarged, or all of it is made smaller on a ground of its own mean colour; it is mirrored at times, and with ``over`` turned
    over; brightness, contrast and colours shift. Boxes that lose most of themselves, or become too small, are ignored; ``proposals`` in the
    target move along, and those that lose most of themselves are left out.
    """
    _, height, width = picture.shape
    proposals = target.get("proposals", torch.zeros(0, 4))
    boxes = torch.cat([target["boxes"], target["ignored"], proposals])
    objects = len(target["boxes"]) + len(target["ignored"])
    free = torch.arange(objects) >= len(target["boxes"])
    if chance.random() < 0.7:
        scale = float(np.exp(chance.uniform(-np.log(farther), np.log(closer))))
        picture, boxes = _zoomed(picture, boxes, scale, chance.random(), chance.random())
    if chance.random() < 0.5:
        picture = picture.flip(2)
        boxes = torch.stack([width - boxes[:, 2], boxes[:, 1], width - boxes[:, 0], boxes[:, 3]], 1)
    if over and chance.random() < 0.5:
        picture = picture.flip(1)
        boxes = torch.stack([boxes[:, 0], height - boxes[:, 3], boxes[:, 2], height - boxes[:, 1]], 1)
    contrast, shift = chance.uniform(0.8, 1.25), chance.uniform(-0.08, 0.08)
    colour = torch.from_numpy(chance.uniform(0.94, 1.06, 3)).float()[:, None, None]
    mean = picture.mean()
    picture = ((picture - mean) * contrast + mean + shift).mul(colour).clamp(0, 1)
    edges = torch.tensor([width, height, width, height], dtype=boxes.dtype)
    inside = torch.minimum(boxes.clamp(min=0), edges)
    before, area = (boxes[:, 2:] - boxes[:, :2]).prod(1), (inside[:, 2:] - inside[:, :2]).clamp(min=0).prod(1)
    seen, lost = (inside[:, 2:] > inside[:, :2]).all(1), (area < CUT * before) | (area < SMALLEST**2)
    moved = inside[objects:][seen[objects:] & ~lost[objects:]]
    seen, lost, inside = seen[:objects], lost[:objects], inside[:objects]
    free = (free | lost)[seen]
    labels = torch.cat([target["labels"], torch.zeros(len(target["ignored"]), dtype=torch.int64)])[seen]
    inside = inside[seen]
    changed = {"boxes": inside[~free], "labels": labels[~free], "ignored": inside[free]}
    return picture, {**changed, "proposals": moved} if "proposals" in target else changed


def _zoomed(picture: Tensor, boxes: Tensor, scale: float, down: float, across: float) -> tuple[Tensor, Tensor]:
    """A picture enlarged by ``scale``, or made smaller below 1; ``down``, ``across``: where the part lies, 0 to 1."""
    _, height, width = picture.shape
    new_height, new_width = max(1, round(height * scale)), max(1, round(width * scale))
    if scale >= 1:
        cut_height, cut_width = min(height, round(height / scale)), min(width, round(width / scale))
        top, left = int(down * (height - cut_height + 1)), int(across * (width - cut_width + 1))
        part = picture[:, top : top + cut_height, left : left + cut_width]
        result = F.interpolate(part[None], (height, width), mode="bilinear", align_corners=False)[0]
        factor = torch.tensor([width / cut_width, height / cut_height] * 2, dtype=boxes.dtype)
        return result, (boxes - torch.tensor([left, top] * 2, dtype=boxes.dtype)) * factor
    small = F.interpolate(picture[None], (new_height, new_width), mode="bilinear", antialias=True, align_corners=False)[0]
    top, left = int(down * (height - new_height + 1)), int(across * (width - new_width + 1))
    border = (left, width - new_width - left, top, height - new_height - top)
    mean = picture.mean((1, 2))
    result = torch.stack([F.pad(channel, border, value=float(ground)) for channel, ground in zip(small, mean, strict=True)])
    factor = torch.tensor([new_width / width, new_height / height] * 2, dtype=boxes.dtype)
    return result, boxes * factor + torch.tensor([left, top] * 2, dtype=boxes.dtype)


@torch.no_grad()
def found_on(network: nn.Module, scenes: Sequence[Boxed], batch: int = 8) -> Iterator[list[dict[str, Tensor]]]:
    """What a detector finds on each picture, so many at a time, in evaluation mode; the network's mode is put back."""
    mode = network.training
    network.eval()
    try:
        for start in range(0, len(scenes), batch):
            yield network([picture_of(scene) for scene in scenes[start : start + batch]])
    finally:
        network.train(mode)


def names_of(labels: Tensor) -> tuple[str, ...]:
    """The classes of labels, which begin at 1."""
    return tuple(CLASSES[int(label) - 1] for label in labels)
