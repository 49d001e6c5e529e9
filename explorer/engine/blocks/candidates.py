"""Boxes before anything is sorted out: what every detector answers, and how the answer is made from it.

A detector gives many *candidates*: a box, a class, how sure it is, and where in the network it comes from. The answer is what is left when the
unsure ones are dropped and of those that cover each other (of one class) only the surest stays: non-maximum suppression.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torchvision.ops import batched_nms, box_area, box_iou

Target = dict[str, Tensor]
"""What is on a picture: ``boxes`` (n, 4) x1, y1, x2, y2 in pixels; ``labels`` (n,) int64 from 1 on; ``ignored`` (m, 4): boxes neither to be
found nor to be blamed for."""


@dataclass(frozen=True)
class Candidates:
    """``boxes`` (n, 4) x1, y1, x2, y2 in pixels of the picture; ``labels`` (n,) int64 from 1 on; ``scores`` (n,) 0 to 1; ``levels`` (n,)
    int64: of the network's maps, the finest 0; ``sources`` (n,) int64: number of the cell, default box or proposal it comes from."""

    boxes: Tensor
    labels: Tensor
    scores: Tensor
    levels: Tensor
    sources: Tensor

    def __len__(self) -> int:
        return len(self.scores)

    def __getitem__(self, which: Tensor) -> Candidates:
        return Candidates(self.boxes[which], self.labels[which], self.scores[which], self.levels[which], self.sources[which])


def flatten(boxes: Tensor, scores: Tensor, levels: Tensor, least: float, most: int | None = None) -> Candidates:
    """Every (place, class) of which the network is surer than ``least``, surest first, at most ``most`` of each class.

    ``boxes``: (n, 4), or (n, classes, 4) where each class has its own; ``scores``: (n, classes), background left out; ``levels``: (n,).
    Boxes thinner than a hundredth of a pixel are left out.
    """
    scores = scores.detach()
    if most is not None and len(scores) > most:
        floor = scores.topk(most, dim=0).values[-1]  # (classes,)
        scores = torch.where(scores >= floor, scores, torch.zeros_like(scores))
    place, label = torch.nonzero(scores > least, as_tuple=True)
    chosen = (boxes[place] if boxes.dim() == 2 else boxes[place, label]).detach()
    wide = ((chosen[:, 2:] - chosen[:, :2]) >= 0.01).all(1)
    place, label, chosen = place[wide], label[wide], chosen[wide]
    order = scores[place, label].argsort(descending=True, stable=True)
    place, label = place[order], label[order]
    return Candidates(chosen[order], label + 1, scores[place, label], levels[place], place)


def keep(found: Candidates, threshold: float, overlap: float, most: int = 100) -> Tensor:
    """The indices of the candidates that make the answer, surest first: surer than ``threshold``, and overlapping no surer one of the
    same class by more than ``overlap`` (intersection over union)."""
    sure = torch.nonzero(found.scores > threshold).squeeze(1)
    kept = batched_nms(found.boxes[sure], found.scores[sure], found.labels[sure], overlap)
    return sure[kept[:most]]


def answer(found: Candidates, threshold: float, overlap: float, most: int = 100) -> dict[str, Tensor]:
    """What is left, as torchvision's detectors give it: ``boxes``, ``labels``, ``scores``."""
    kept = found[keep(found, threshold, overlap, most)]
    return {"boxes": kept.boxes, "labels": kept.labels, "scores": kept.scores}


def resized(found: Candidates, old: tuple[int, int], new: tuple[int, int]) -> Candidates:
    """The same boxes in a picture of another height and width."""
    factor = torch.tensor([new[1] / old[1], new[0] / old[0]] * 2, dtype=found.boxes.dtype, device=found.boxes.device)
    return Candidates(found.boxes * factor, found.labels, found.scores, found.levels, found.sources)


def blameless(boxes: Tensor, target: Mapping[str, Tensor], share: float = 0.5) -> Tensor:
    """(n,) bool: boxes (n, 4) of which at least a share lies in one ignored box: no background to learn."""
    ignored = target.get("ignored")
    if ignored is None or not len(ignored):
        return torch.zeros(len(boxes), dtype=torch.bool, device=boxes.device)
    low = torch.maximum(boxes[:, None, :2], ignored[None, :, :2])
    high = torch.minimum(boxes[:, None, 2:], ignored[None, :, 2:])
    common = (high - low).clamp(min=0).prod(2)  # (n, m)
    within: Tensor = (common / box_area(boxes).clamp(min=1e-6)[:, None]).amax(1) >= share
    return within


def covered(boxes: Tensor, proposals: Tensor, share: float = 0.5) -> Tensor:
    """(n,) bool: objects' boxes (n, 4) that one of the proposals (m, 4) overlaps by at least so much (intersection over union)."""
    if not len(proposals):
        return torch.zeros(len(boxes), dtype=torch.bool, device=boxes.device)
    found: Tensor = box_iou(boxes, proposals).amax(1) >= share
    return found


@dataclass(frozen=True)
class Seen:
    """One picture in a detector. ``candidates``; ``maps``: the network's maps (C, h, w) by level, the finest first; ``extra``: tensors of
    the network's own, named in its model file; ``size``: height and width of what the network was given."""

    candidates: Candidates
    maps: Mapping[str, Tensor]
    extra: Mapping[str, Tensor]
    size: tuple[int, int]
