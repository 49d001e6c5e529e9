"""R-CNN: propose regions, put each through a network, classify it, correct its box. Each is a stage of its own.

Girshick, Donahue, Darrell & Malik, "Rich feature hierarchies for accurate object detection and semantic segmentation", 2014 (arXiv 1311.2524).

1. **Proposals.** Selective search (Uijlings et al., "Selective Search for Object Recognition", 2013): the picture is cut into small regions of one
   colour by a graph (Felzenszwalb & Huttenlocher, 2004; scikit-image's function), and then the two neighbours most alike in colour and
   texture, small, and fitting into each other, are merged again and again until one is left. The box of every region on the way is a
   proposal. It runs with several sizes of first regions.
2. **Features.** Every proposal, with some of its surroundings, is warped to one small square and goes through the network by itself.
3. **Classifier and box.** A linear layer on the features gives class or background, another moves the box.

Where this file differs from the paper:

- The backbone is the one that our detectors share, the square has 48 pixels a side, not 227, and there are several hundred proposals, not 2,000.
- One softmax layer, trained with the features, is the classifier; the paper trains support vector machines afterwards. The box is corrected by
  a layer trained with it, not by a ridge regression.
- Texture is compared by directions of the grey picture's gradient, in eight directions and ten strengths.
- Proposals that mostly lie in an *ignored* box are no background to learn.
"""

from __future__ import annotations

import heapq
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from skimage.segmentation import felzenszwalb
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.models.detection._utils import BoxCoder
from torchvision.ops import box_iou, clip_boxes_to_image, roi_align

from explorer.engine.blocks.candidates import Candidates, Seen, Target, answer, blameless, flatten, resized
from explorer.engine.blocks.trunk import MEAN, STD, Trunk


@dataclass(frozen=True)
class RCNNConfig:
    """The shape of the network and of the search."""

    classes: int = 6
    height: int = 240  # to which pictures are brought
    width: int = 320
    coarseness: tuple[float, ...] = (20.0, 50.0, 100.0, 250.0)  # of the first regions, one search each
    least: int = 40  # pixels in a first region
    smallest: int = 8  # pixels a side of a proposal
    most: int = 900  # proposals
    side: int = 48  # pixels a side of what the network is given
    context: float = 0.15  # surroundings on each side, as a share of the proposal's side
    hidden: int = 128
    learnt: int = 32  # proposals of a picture that are learnt from
    positive: float = 0.25  # share of them that are objects, where there are enough
    frozen: int = 2
    at_once: int = 150  # proposals that go through the network at a time


# stage 1: proposals


@dataclass
class Region:
    """A region on the way: its pixels, box (x1, y1, x2, y2) and histograms, each of which adds up to 1."""

    size: int
    box: NDArray[np.int64]
    colours: NDArray[np.float64]
    textures: NDArray[np.float64]


def likeness(a: Region, b: Region, whole: int) -> float:
    """How much two neighbours should be one: colour + texture + small + fitting (Uijlings et al., section 3.2), each 0 to 1."""
    box = np.concatenate([np.minimum(a.box[:2], b.box[:2]), np.maximum(a.box[2:], b.box[2:])])
    gap = int((box[2] - box[0]) * (box[3] - box[1])) - a.size - b.size
    small, fits = 1 - (a.size + b.size) / whole, 1 - gap / whole
    return float(np.minimum(a.colours, b.colours).sum() + np.minimum(a.textures, b.textures).sum() + small + fits)


def merged(a: Region, b: Region) -> Region:
    """Two regions as one; its histograms follow from theirs."""
    size = a.size + b.size
    box = np.concatenate([np.minimum(a.box[:2], b.box[:2]), np.maximum(a.box[2:], b.box[2:])])
    return Region(size, box, (a.size * a.colours + b.size * b.colours) / size, (a.size * a.textures + b.size * b.textures) / size)


def cut(pixels: NDArray[np.float64], coarseness: float, least: int) -> NDArray[np.int64]:
    """The graph's regions of a picture (H, W, 3) from 0 to 1: (H, W), the number of each pixel's."""
    numbers: NDArray[np.int64] = felzenszwalb(pixels, scale=coarseness, sigma=0.8, min_size=least).astype(np.int64)
    return numbers


def first_regions(pixels: NDArray[np.float64], coarseness: float, least: int) -> tuple[NDArray[np.int64], list[Region]]:
    """The number of each pixel's region (see ``cut``), and the regions."""
    numbers = cut(pixels, coarseness, least)
    count = int(numbers.max()) + 1
    flat = numbers.ravel()
    sizes = np.bincount(flat, minlength=count)
    bins = np.minimum((pixels * 25).astype(np.int64), 24).reshape(-1, 3)
    colours = np.concatenate([np.bincount(flat * 25 + bins[:, c], minlength=count * 25).reshape(count, 25) for c in range(3)], 1)
    down, across = np.gradient(gaussian_filter(pixels.mean(2), 1.0))
    direction = ((np.arctan2(down, across) / (2 * np.pi) + 0.5) * 8).astype(np.int64).ravel() % 8
    strength = np.minimum(np.hypot(down, across) * 80, 9).astype(np.int64).ravel()
    textures = np.bincount(flat * 80 + direction * 10 + strength, minlength=count * 80).reshape(count, 80)
    rows, columns = np.divmod(np.arange(flat.size), numbers.shape[1])
    boxes = np.empty((count, 4), np.int64)
    for place, (values, better) in enumerate(((columns, np.minimum), (rows, np.minimum), (columns + 1, np.maximum), (rows + 1, np.maximum))):
        edge = np.full(count, flat.size if better is np.minimum else 0)
        better.at(edge, flat, values)
        boxes[:, place] = edge
    return numbers, [Region(int(sizes[k]), boxes[k], colours[k] / sizes[k] / 3, textures[k] / sizes[k]) for k in range(count)]


def neighbours_of(numbers: NDArray[np.int64]) -> set[tuple[int, int]]:
    """The pairs of regions that touch, smaller number first."""
    pairs = np.concatenate(
        [np.stack([numbers[:, :-1].ravel(), numbers[:, 1:].ravel()], 1), np.stack([numbers[:-1].ravel(), numbers[1:].ravel()], 1)]
    )
    pairs = np.unique(np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1), axis=0)
    return {(int(a), int(b)) for a, b in pairs}


def merge(numbers: NDArray[np.int64], regions: list[Region]) -> list[Region]:
    """All regions on the way from the first ones to a single one, those merged last at the end."""
    found = list(regions)
    whole = numbers.size
    touching: dict[int, set[int]] = {k: set() for k in range(len(found))}
    queue: list[tuple[float, int, int]] = []
    for a, b in neighbours_of(numbers):
        touching[a].add(b)
        touching[b].add(a)
        queue.append((-likeness(found[a], found[b], whole), a, b))
    heapq.heapify(queue)
    while queue:
        _, a, b = heapq.heappop(queue)
        if a not in touching or b not in touching:
            continue  # one of them is part of a larger region by now
        new = len(found)
        found.append(merged(found[a], found[b]))
        around = (touching.pop(a) | touching.pop(b)) - {a, b}
        touching[new] = around
        for other in around:
            touching[other] -= {a, b}
            touching[other].add(new)
            heapq.heappush(queue, (-likeness(found[new], found[other], whole), other, new))
    return found


def propose(pixels: NDArray[np.uint8], config: RCNNConfig) -> NDArray[np.float32]:
    """The proposals for a picture (H, W, 3) uint8: boxes (n, 4), without those nearly alike, at most ``config.most``."""
    values = pixels.astype(np.float64) / 255
    found: list[NDArray[np.int64]] = []
    for coarseness in config.coarseness:
        numbers, regions = first_regions(values, coarseness, config.least)
        found += [region.box for region in merge(numbers, regions)]
    boxes = np.unique(np.array(found), axis=0)
    sides = boxes[:, 2:] - boxes[:, :2]
    large = (sides.min(1) >= config.smallest) & (sides.prod(1) < 0.9 * pixels.shape[0] * pixels.shape[1])
    boxes = boxes[large]
    _, which = np.unique(boxes // 3, axis=0, return_index=True)  # of boxes that differ by a pixel or two, one
    boxes = boxes[np.sort(which)]
    if len(boxes) > config.most:
        boxes = boxes[np.random.default_rng(0).permutation(len(boxes))[: config.most]]
    found_boxes: NDArray[np.float32] = boxes.astype(np.float32)
    return found_boxes


# stages 2 and 3: features, classifier, box


class RCNN(nn.Module):
    """Pictures, a list of (3, H, W) from 0 to 1, to the losses (training, with targets) or to boxes, labels from 1 on and scores.

    Targets may bring their ``proposals`` (n, 4); otherwise they are searched for. ``look(picture)`` gives all candidates. Its ``extra``:
    ``proposals`` (n, 4) in pixels of the network's input, ``crops`` (n, 3, side, side) from 0 to 1, ``features`` (n, hidden),
    ``probabilities`` (n, classes + 1), ``seconds`` (3,) of the stages.
    """

    def __init__(self, config: RCNNConfig) -> None:
        super().__init__()
        self.config = config
        self.trunk = Trunk(("layer4",), frozen=config.frozen)
        places = (config.side // 16) ** 2
        self.features = nn.Sequential(nn.Flatten(), nn.Linear(self.trunk.out_channels[0] * places, config.hidden), nn.ReLU())
        self.classifier = nn.Linear(config.hidden, config.classes + 1)
        self.corrector = nn.Linear(config.hidden, 4 * config.classes)
        self.coder = BoxCoder(weights=(10.0, 10.0, 5.0, 5.0))
        self.score_thresh, self.nms_thresh, self.detections_per_img = 0.02, 0.3, 100

    def prepare(self, picture: Tensor) -> Tensor:
        """A picture (3, H, W) at the network's size."""
        size = (self.config.height, self.config.width)
        return picture if tuple(picture.shape[1:]) == size else F.interpolate(picture[None], size, mode="bilinear", antialias=True, align_corners=False)[0]

    def search(self, picture: Tensor) -> Tensor:
        """Stage 1: the proposals (n, 4) for a picture at the network's size."""
        pixels = (picture.permute(1, 2, 0).cpu().numpy() * 255).round().astype(np.uint8)
        return torch.from_numpy(propose(pixels, self.config))

    def regions(self, picture: Tensor) -> list[tuple[Tensor, int]]:
        """What the search begins with, for each coarseness: a picture at the network's size (3, H, W) with every first region in its mean colour,
        and how many there are."""
        pixels = (picture.permute(1, 2, 0).cpu().numpy() * 255).round().astype(np.uint8) / 255
        found = []
        for coarseness in self.config.coarseness:
            flat = cut(pixels, coarseness, self.config.least).ravel()
            sizes = np.bincount(flat)
            means = np.stack([np.bincount(flat, weights=pixels[..., channel].ravel()) for channel in range(3)]) / sizes
            found.append((torch.from_numpy(means[:, flat].reshape(3, *pixels.shape[:2])), len(sizes)))
        return found

    def warp(self, picture: Tensor, boxes: Tensor) -> Tensor:
        """Each box with its surroundings as a square: (n, 3, side, side), 0 to 1."""
        sides = boxes[:, 2:] - boxes[:, :2]
        wide = torch.cat([boxes[:, :2] - self.config.context * sides, boxes[:, 2:] + self.config.context * sides], 1)
        crops: Tensor = roi_align(picture[None], [wide], self.config.side, sampling_ratio=2, aligned=True)
        return crops

    def describe(self, crops: Tensor) -> Tensor:
        """Stage 2: the features (n, hidden) of crops."""
        described: Tensor = self.features(self.trunk(self.normalise(crops))["layer4"])
        return described

    def normalise(self, crops: Tensor) -> Tensor:
        """Crops from 0 to 1 as the network wants them."""
        mean, std = (torch.tensor(one, dtype=crops.dtype, device=crops.device).view(1, 3, 1, 1) for one in (MEAN, STD))
        return ((crops - mean) / std).contiguous(memory_format=torch.channels_last)

    # learning

    def forward(self, pictures: list[Tensor], targets: list[Target] | None = None) -> Any:
        if not self.training:
            return [self.answer(self.look(picture, self.score_thresh).candidates) for picture in pictures]
        if targets is None:
            raise ValueError("targets are needed in training mode")
        crops, labels, moves = [], [], []
        for picture, target in zip(pictures, targets, strict=True):
            proposals = target["proposals"] if "proposals" in target else self.search(picture)
            boxes, names, wanted = self.sample(proposals, target)
            crops.append(self.warp(picture, boxes))
            labels.append(names)
            moves.append(wanted)
        label, move = torch.cat(labels), torch.cat(moves)
        features = self.describe(torch.cat(crops))
        objects = label > 0
        said = self.corrector(features).view(-1, self.config.classes, 4)[objects, label[objects] - 1]
        return {
            "classifier": F.cross_entropy(self.classifier(features), label),
            "corrector": F.smooth_l1_loss(said, move[objects], reduction="sum") / max(1, len(label)),
        }

    def sample(self, proposals: Tensor, target: Target) -> tuple[Tensor, Tensor, Tensor]:
        """What is learnt from one picture: boxes (n, 4), their labels (0: background), and how they are to be moved (n, 4).

        A proposal that overlaps an object by at least a half counts as it; the objects' own boxes are learnt from, too.
        """
        config = self.config
        boxes = torch.cat([target["boxes"], proposals])
        if len(target["boxes"]):
            overlap, which = box_iou(boxes, target["boxes"]).max(1)
        else:
            overlap, which = torch.zeros(len(boxes)), torch.zeros(len(boxes), dtype=torch.int64)
        objects = torch.nonzero(overlap >= 0.5).squeeze(1)
        background = torch.nonzero((overlap < 0.5) & ~blameless(boxes, target)).squeeze(1)
        some = objects[torch.randperm(len(objects))[: max(1, int(config.learnt * config.positive))]]
        others = background[torch.randperm(len(background))[: config.learnt - len(some)]]
        chosen = torch.cat([some, others])
        labels = torch.zeros(len(chosen), dtype=torch.int64)
        moves = torch.zeros(len(chosen), 4)
        if len(some):
            labels[: len(some)] = target["labels"][which[some]]
            moves[: len(some)] = self.coder.encode_single(target["boxes"][which[some]], boxes[some])
        return boxes[chosen], labels, moves

    # the answer

    def look(self, picture: Tensor, least: float = 0.02) -> Seen:
        """Everything one picture (3, H, W) gives, boxes in its own pixels; ``sources``: number of the proposal."""
        config = self.config
        given = self.prepare(picture)
        begun = time.perf_counter()
        proposals = self.search(given)
        searched = time.perf_counter()
        crops = self.warp(given, proposals)
        parts = [self.describe(part) for part in torch.split(crops, config.at_once)]
        features = torch.cat(parts) if parts else torch.zeros(0, config.hidden)
        described = time.perf_counter()
        probabilities = F.softmax(self.classifier(features), -1)
        moves = self.corrector(features).view(-1, 4)  # (n × classes, 4)
        repeated = proposals.repeat_interleave(config.classes, 0)
        boxes = clip_boxes_to_image(self.coder.decode_single(moves, repeated), (config.height, config.width)).view(-1, config.classes, 4)
        found: Candidates = flatten(boxes, probabilities[:, 1:], torch.zeros(len(boxes), dtype=torch.int64), least)
        classified = time.perf_counter()
        extra = {
            "proposals": proposals, "crops": crops, "features": features.detach(), "probabilities": probabilities.detach(),
            "seconds": torch.tensor([searched - begun, described - searched, classified - described]),
        }  # fmt: skip
        size = (config.height, config.width)
        return Seen(resized(found, size, (picture.shape[1], picture.shape[2])), {}, extra, size)

    def given(self, picture: Tensor, seen: Seen) -> Tensor:
        """What the convolutions are given for the surest candidate of a picture, or without any for the whole picture: (1, 3, side, side), normalised."""
        if len(seen.candidates):
            return self.normalise(seen.extra["crops"][seen.candidates.sources[:1]])
        return self.normalise(F.interpolate(picture[None], (self.config.side,) * 2, mode="bilinear", align_corners=False))

    def through(self, x: Tensor) -> Any:
        """Features, classifier and box, on what the convolutions are given."""
        features = self.features(self.trunk(x)["layer4"])
        return self.classifier(features), self.corrector(features)

    def evidence(self, picture: Tensor, seen: Seen, number: int) -> Tensor:
        """The score before softmax that candidate ``number`` got for its class, to follow back to what spoke for it."""
        crop = seen.extra["crops"][seen.candidates.sources[number]][None]
        score: Tensor = self.classifier(self.describe(crop))[0, seen.candidates.labels[number]]
        return score

    def answer(self, found: Candidates, threshold: float | None = None, overlap: float | None = None) -> dict[str, Tensor]:
        """What is left of the candidates; by default as ``forward`` answers."""
        return answer(found, self.score_thresh if threshold is None else threshold, self.nms_thresh if overlap is None else overlap, self.detections_per_img)


def rcnn_small(**changes: Any) -> RCNN:
    """R-CNN on the small backbone, six classes."""
    return RCNN(RCNNConfig(**changes))
