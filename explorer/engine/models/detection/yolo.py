"""YOLO: the picture is divided into a grid, and every cell answers with boxes and classes in one pass.

Redmon, Divvala, Girshick & Farhadi, "You Only Look Once: Unified, Real-Time Object Detection", 2015 (arXiv 1506.02640).

Each cell of an S × S grid gives B boxes and, once for the cell, a probability for each class. A box is five numbers: where in the cell its middle
lies, its width and height as shares of the picture, and a confidence, which is to be its overlap with the object there, or 0. The cell in
which an object's middle lies answers for it, with whichever of its boxes overlaps it most. All errors are squared and added (section
2.2): places five times (λ = 5), the confidence of boxes without an object half (λ = 0.5), and of width and height the square roots count, so that
the same error weighs more in a small box.

Two networks:

- The paper's (figure 3): 24 convolutions and two fully connected layers, 448 × 448, S = 7, B = 2: 271,703,550 parameters.
- A small one: the backbone that all our detectors share and two more convolutions, 320 × 256, 10 × 8 cells, B = 2.

Where this file differs from the paper:

- In the small network a 1x1 convolution answers for each cell, where the paper's two fully connected layers see the whole picture at once.
- The cell in which the middle of an *ignored* box lies is not blamed for confidence in one.
- The errors are divided by the number of objects, not added up over the batch.
- The answer takes a box for each class whose probability is high enough, not only for the cell's best.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.ops import box_iou

from explorer.engine.blocks.candidates import Candidates, Seen, Target, answer, flatten, resized
from explorer.engine.blocks.trunk import MEAN, STD, Trunk


@dataclass(frozen=True)
class YOLOConfig:
    """The shape of one network. ``height``, ``width``: to which pictures are warped; ``rows``, ``columns``: of the grid."""

    classes: int = 6
    height: int = 256
    width: int = 320
    rows: int = 8
    columns: int = 10
    boxes: int = 2  # B
    channels: int = 128  # of the small network's last convolutions
    frozen: int = 2
    coordinate: float = 5.0  # λ of places
    no_object: float = 0.5  # λ of confidence where there is no object

    @property
    def numbers(self) -> int:
        """What a cell answers: five numbers a box and the classes."""
        return 5 * self.boxes + self.classes


PAPER = YOLOConfig(classes=20, height=448, width=448, rows=7, columns=7)


class PaperFeatures(nn.Sequential):
    """The paper's 24 convolutions (figure 3): (N, 3, 448, 448) to (N, 1024, 7, 7)."""

    def __init__(self) -> None:
        layers: OrderedDict[str, nn.Module] = OrderedDict()
        inputs = 3

        def convolution(outputs: int, kernel: int, stride: int = 1) -> None:
            nonlocal inputs
            number = 1 + sum(name.startswith("conv") for name in layers)
            layers[f"conv{number}"] = nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2)
            layers[f"leaky{number}"] = nn.LeakyReLU(0.1)
            inputs = outputs

        def pooling() -> None:
            layers[f"pool{1 + sum(name.startswith('pool') for name in layers)}"] = nn.MaxPool2d(2)

        convolution(64, 7, 2)
        pooling()  # (N, 64, 112, 112)
        convolution(192, 3)
        pooling()  # (N, 192, 56, 56)
        for outputs, kernel in ((128, 1), (256, 3), (256, 1), (512, 3)):
            convolution(outputs, kernel)
        pooling()  # (N, 512, 28, 28)
        for outputs, kernel in ((256, 1), (512, 3)) * 4 + ((512, 1), (1024, 3)):
            convolution(outputs, kernel)
        pooling()  # (N, 1024, 14, 14)
        for outputs, kernel in ((512, 1), (1024, 3)) * 2:
            convolution(outputs, kernel)
        convolution(1024, 3)
        convolution(1024, 3, 2)  # (N, 1024, 7, 7)
        convolution(1024, 3)
        convolution(1024, 3)
        super().__init__(layers)


class PaperHead(nn.Module):
    """The paper's two fully connected layers: (N, 1024, 7, 7) to (N, 30, 7, 7)."""

    def __init__(self, config: YOLOConfig) -> None:
        super().__init__()
        self.config = config
        self.flatten = nn.Flatten()
        self.fc1 = nn.Linear(1024 * config.rows * config.columns, 4096)
        self.leaky = nn.LeakyReLU(0.1)
        self.dropout = nn.Dropout(0.5)
        self.fc2 = nn.Linear(4096, config.rows * config.columns * config.numbers)

    def forward(self, x: Tensor) -> Tensor:
        out = self.fc2(self.dropout(self.leaky(self.fc1(self.flatten(x)))))  # (N, S S (5 B + classes))
        cells: Tensor = out.view(-1, self.config.rows, self.config.columns, self.config.numbers).permute(0, 3, 1, 2)
        return cells


class SmallFeatures(nn.Module):
    """The shared backbone and two convolutions: (N, 3, 256, 320) to (N, 128, 8, 10)."""

    def __init__(self, config: YOLOConfig) -> None:
        super().__init__()
        self.trunk = Trunk(("layer4",), frozen=config.frozen)
        self.halve = nn.Sequential(
            nn.Conv2d(self.trunk.out_channels[0], config.channels, 3, 2, padding=1, bias=False), nn.BatchNorm2d(config.channels), nn.LeakyReLU(0.1)
        )
        self.mix = nn.Sequential(nn.Conv2d(config.channels, config.channels, 3, padding=1, bias=False), nn.BatchNorm2d(config.channels), nn.LeakyReLU(0.1))

    def forward(self, x: Tensor) -> Tensor:
        x = self.trunk(x)["layer4"]  # (N, 96, 16, 20)
        result: Tensor = self.mix(self.halve(x))  # (N, 128, 8, 10)
        return result


@dataclass(frozen=True)
class Grid:
    """What the cells say. ``boxes`` (N, rows, columns, B, 4): x and y in the cell, 0 to 1, and the roots of width and height as shares of the
    picture; ``confidences`` (N, rows, columns, B); ``classes`` (N, rows, columns, classes)."""

    boxes: Tensor
    confidences: Tensor
    classes: Tensor


class YOLO(nn.Module):
    """Pictures, a list of (3, H, W) from 0 to 1, to the losses (training, with targets) or to boxes, labels from 1 on and scores.

    ``look(picture)`` gives all candidates. Its ``extra``: ``boxes`` (rows, columns, B, 4) in pixels of the network's input, ``confidences``
    (rows, columns, B), ``classes`` (rows, columns, classes).
    """

    def __init__(self, config: YOLOConfig, features: nn.Module, head: nn.Module) -> None:
        super().__init__()
        self.config, self.features, self.head = config, features, head
        self.score_thresh, self.nms_thresh, self.detections_per_img = 0.02, 0.45, 100

    # the cells

    def prepare(self, pictures: list[Tensor]) -> Tensor:
        """Pictures warped to the network's size and normalised: (N, 3, H, W)."""
        size = (self.config.height, self.config.width)
        scaled = [
            picture if tuple(picture.shape[1:]) == size else F.interpolate(picture[None], size, mode="bilinear", align_corners=False)[0] for picture in pictures
        ]
        batch = torch.stack(scaled)
        mean, std = (torch.tensor(one, dtype=batch.dtype, device=batch.device).view(1, 3, 1, 1) for one in (MEAN, STD))
        return ((batch - mean) / std).contiguous(memory_format=torch.channels_last)

    def read(self, out: Tensor) -> Grid:
        """The head's output (N, 5 B + classes, rows, columns) taken apart."""
        cells = out.permute(0, 2, 3, 1)
        count = self.config.boxes
        numbers = cells[..., : 5 * count].reshape(*cells.shape[:3], count, 5)
        return Grid(numbers[..., :4], numbers[..., 4], cells[..., 5 * count :])

    def in_pixels(self, boxes: Tensor) -> Tensor:
        """Boxes as the cells give them (…, rows, columns, B, 4) as x1, y1, x2, y2 in pixels of the network's input."""
        config = self.config
        column = torch.arange(config.columns, dtype=boxes.dtype, device=boxes.device).view(1, -1, 1)
        row = torch.arange(config.rows, dtype=boxes.dtype, device=boxes.device).view(-1, 1, 1)
        x = (boxes[..., 0] + column) * (config.width / config.columns)
        y = (boxes[..., 1] + row) * (config.height / config.rows)
        w, h = (boxes[..., k].clamp(min=0.0) ** 2 * side for k, side in ((2, config.width), (3, config.height)))
        return torch.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], -1)

    # learning

    def forward(self, pictures: list[Tensor], targets: list[Target] | None = None) -> Any:
        if not self.training:
            return [self.answer(self._found(picture, grid)) for picture, grid in self._grids(pictures)]
        if targets is None:
            raise ValueError("targets are needed in training mode")
        grid = self.read(self.head(self.features(self.prepare(pictures))))
        sizes = [(picture.shape[1], picture.shape[2]) for picture in pictures]
        return self.losses(grid, targets, sizes)

    def losses(self, grid: Grid, targets: list[Target], sizes: list[tuple[int, int]]) -> dict[str, Tensor]:
        """The squared errors of section 2.2, over the number of objects that a cell answers for."""
        config = self.config
        place, confidence, nothing, naming = [], [], [], []
        for number, (target, size) in enumerate(zip(targets, sizes, strict=True)):
            factor = torch.tensor([config.width / size[1], config.height / size[0]] * 2)
            cells, wanted, labels = self.owners(target["boxes"] * factor, target["labels"])
            said = grid.boxes[number].flatten(0, 1)  # (cells, B, 4)
            sure = grid.confidences[number].flatten(0, 1)  # (cells, B)
            responsible = torch.zeros_like(sure, dtype=torch.bool)
            if len(cells):
                pixels = self.in_pixels(grid.boxes[number]).flatten(0, 1)[cells].detach()  # (objects, B, 4)
                overlaps = torch.stack([box_iou(pixels[k], wanted[k : k + 1]).squeeze(1) for k in range(len(cells))])  # (objects, B)
                nearest = -(pixels - wanted[:, None]).square().mean(2).sqrt() / config.width
                best = torch.where(overlaps.amax(1) > 0, overlaps.argmax(1), nearest.argmax(1))
                responsible[cells, best] = True
                truth = self.as_cells(wanted, cells)  # (objects, 4)
                place.append((said[cells, best] - truth).square().sum())
                confidence.append((sure[cells, best] - overlaps.gather(1, best[:, None]).squeeze(1)).square().sum())
                right = F.one_hot(labels - 1, config.classes).to(said.dtype)
                naming.append((grid.classes[number].flatten(0, 1)[cells] - right).square().sum())
            free = torch.zeros(len(sure), dtype=torch.bool)
            free[self.cell_of(target["ignored"] * factor)] = True
            blamed = ~responsible & ~free[:, None]
            nothing.append((sure.square() * blamed).sum())
        objects = max(1, sum(len(target["boxes"]) for target in targets))
        zero = grid.boxes.sum() * 0
        return {
            "place": config.coordinate * (torch.stack(place).sum() if place else zero) / objects,
            "confidence": (torch.stack(confidence).sum() if confidence else zero) / objects,
            "nothing": config.no_object * torch.stack(nothing).sum() / objects,
            "class": (torch.stack(naming).sum() if naming else zero) / objects,
        }

    def cell_of(self, boxes: Tensor) -> Tensor:
        """The number of the cell (row by row) in which the middle of each box (n, 4) lies."""
        config = self.config
        column = ((boxes[:, 0] + boxes[:, 2]) / 2 / config.width * config.columns).long().clamp(0, config.columns - 1)
        row = ((boxes[:, 1] + boxes[:, 3]) / 2 / config.height * config.rows).long().clamp(0, config.rows - 1)
        return row * config.columns + column

    def owners(self, boxes: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """For each cell that answers for an object: its number, the object's box and label. Of several objects in one cell the first counts."""
        seen: set[int] = set()
        kept = []
        for number, cell in enumerate(self.cell_of(boxes).tolist()):
            if cell not in seen:
                seen.add(cell)
                kept.append(number)
        which = torch.tensor(kept, dtype=torch.int64)
        return self.cell_of(boxes)[which], boxes[which], labels[which]

    def as_cells(self, boxes: Tensor, cells: Tensor) -> Tensor:
        """Boxes in pixels (n, 4) as their cells are to give them."""
        config = self.config
        column, row = cells % config.columns, cells.div(config.columns, rounding_mode="floor")
        x = (boxes[:, 0] + boxes[:, 2]) / 2 / config.width * config.columns - column
        y = (boxes[:, 1] + boxes[:, 3]) / 2 / config.height * config.rows - row
        w, h = (boxes[:, 2] - boxes[:, 0]) / config.width, (boxes[:, 3] - boxes[:, 1]) / config.height
        return torch.stack([x, y, w.sqrt(), h.sqrt()], 1)

    # the answer

    def _grids(self, pictures: list[Tensor]) -> list[tuple[Tensor, Grid]]:
        grid = self.read(self.head(self.features(self.prepare(pictures))))
        return [(picture, Grid(grid.boxes[k], grid.confidences[k], grid.classes[k])) for k, picture in enumerate(pictures)]

    def _found(self, picture: Tensor, grid: Grid, least: float | None = None) -> Candidates:
        """All boxes whose confidence times class probability is high enough, in pixels of the picture; ``sources``: cell × B + box."""
        config = self.config
        edges = torch.tensor([config.width, config.height] * 2)
        boxes = torch.minimum(self.in_pixels(grid.boxes).flatten(0, 2).clamp(min=0), edges)
        scores = (grid.confidences[..., None] * grid.classes[..., None, :]).flatten(0, 2).clamp(0, 1)  # (cells × B, classes)
        scores = scores * (grid.confidences.flatten()[:, None] > 0)  # two negative numbers are no probability
        found = flatten(boxes, scores, torch.zeros(len(boxes), dtype=torch.int64), self.score_thresh if least is None else least)
        return resized(found, (config.height, config.width), (picture.shape[1], picture.shape[2]))

    def look(self, picture: Tensor, least: float = 0.02) -> Seen:
        """Everything one picture (3, H, W) gives, boxes in its own pixels."""
        features = self.features(self.prepare([picture]))
        grid = self.read(self.head(features))
        own = Grid(grid.boxes[0], grid.confidences[0], grid.classes[0])
        extra = {"boxes": self.in_pixels(own.boxes).detach(), "confidences": own.confidences.detach(), "classes": own.classes.detach()}
        return Seen(self._found(picture, own, least), {"features": features[0]}, extra, (self.config.height, self.config.width))

    def given(self, picture: Tensor, seen: Seen) -> Tensor:
        """What the convolutions are given for a picture: (1, 3, h, w), normalised."""
        return self.prepare([picture])

    def through(self, x: Tensor) -> Any:
        """All that is learnt, on what it is given."""
        return self.head(self.features(x))

    def evidence(self, picture: Tensor, seen: Seen, number: int) -> Tensor:
        """Confidence times class probability of candidate ``number``, to follow back to what spoke for it."""
        grid = self.read(self.head(self.features(self.prepare([picture]))))
        source = int(seen.candidates.sources[number])
        sure = grid.confidences.flatten()[source]
        return sure * grid.classes[0].flatten(0, 1)[source // self.config.boxes, seen.candidates.labels[number] - 1]

    def answer(self, found: Candidates, threshold: float | None = None, overlap: float | None = None) -> dict[str, Tensor]:
        """What is left of the candidates; by default as ``forward`` answers."""
        return answer(found, self.score_thresh if threshold is None else threshold, self.nms_thresh if overlap is None else overlap, self.detections_per_img)


def yolo_small(**changes: Any) -> YOLO:
    """A YOLO on the small backbone, 320 × 256, 10 × 8 cells, six classes."""
    config = YOLOConfig(**changes)
    return YOLO(config, SmallFeatures(config), nn.Conv2d(config.channels, config.numbers, 1))


def yolo_paper() -> YOLO:
    """The paper's network for Pascal VOC: 271,703,550 parameters."""
    return YOLO(PAPER, PaperFeatures(), PaperHead(PAPER))
