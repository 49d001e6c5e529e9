"""SSD: default boxes on feature maps of several sizes, answered in one pass.

Liu et al., "SSD: Single Shot MultiBox Detector", 2015 (arXiv 1512.02325).

On every place of six maps, each coarser than the last, lie four or six *default boxes* of fixed size and shape. Small convolutions on each map say
for each of them how it should be shifted and stretched, and of which class it is, or background. A default box is to answer for an
object that it overlaps by half; of all the others only the worst mistakes are learnt from, three for each object (hard negative mining).

Torchvision's classes serve: ``SSD`` (matching, losses, the answer), ``DefaultBoxGenerator``, and for the paper's network its VGG-16. The small
network has the six maps and the default boxes of the paper's SSD300 on a small backbone, at 320 × 240.

Where this file differs from the paper:

- Default boxes that mostly lie in an *ignored* box are no background to learn.
- The small network's extra maps have batch normalisation.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.models.detection import ssd300_vgg16, ssdlite320_mobilenet_v3_large
from torchvision.models.detection.anchor_utils import DefaultBoxGenerator
from torchvision.models.detection.ssd import SSD as TorchvisionSSD
from torchvision.ops import clip_boxes_to_image

from explorer.engine.blocks.candidates import Candidates, Seen, Target, answer, blameless, flatten, resized
from explorer.engine.blocks.trunk import MEAN, STD, Trunk


@dataclass(frozen=True)
class SSDConfig:
    """The shape of the small network."""

    classes: int = 6
    height: int = 240
    width: int = 320
    ratios: tuple[tuple[int, ...], ...] = ((2,), (2, 3), (2, 3), (2, 3), (2,), (2,))  # of each map: boxes so many times as wide as high, and the other way
    scales: tuple[float, ...] = (0.07, 0.15, 0.33, 0.51, 0.69, 0.87, 1.05)  # side of the default boxes as a share of the picture's
    extra: int = 96  # channels of the extra maps
    frozen: int = 2


class Maps(nn.Module):
    """The backbone's two last maps, and four more that keep halving."""

    def __init__(self, config: SSDConfig) -> None:
        super().__init__()
        self.trunk = Trunk(("layer3", "layer4"), frozen=config.frozen)
        inputs = self.trunk.out_channels[-1]
        self.extra = nn.ModuleList()
        for _ in range(len(config.ratios) - 2):
            self.extra.append(
                nn.Sequential(
                    nn.Conv2d(inputs, config.extra // 2, 1, bias=False), nn.BatchNorm2d(config.extra // 2), nn.ReLU(),
                    nn.Conv2d(config.extra // 2, config.extra, 3, 2, padding=1, bias=False), nn.BatchNorm2d(config.extra), nn.ReLU(),
                )
            )
            inputs = config.extra
        self.out_channels = [*self.trunk.out_channels, *[config.extra] * len(self.extra)]

    def forward(self, x: Tensor) -> OrderedDict[str, Tensor]:
        maps: OrderedDict[str, Tensor] = self.trunk(x)  # strides 8 and 16
        last = maps["layer4"]
        for number, halve in enumerate(self.extra, start=1):
            last = halve(last)
            maps[f"extra{number}"] = last  # strides 32, 64, 128, 256
        return maps


class SSD(TorchvisionSSD):  # type: ignore[misc]
    """Pictures, a list of (3, H, W) from 0 to 1, to the losses (training, with targets) or to boxes, labels from 1 on and scores.

    ``look(picture)`` gives all candidates. Its ``extra``: ``default_boxes`` (n, 4), ``levels`` (n,), ``probabilities`` (n, classes + 1).
    """

    def compute_loss(self, targets: list[Target], head_outputs: dict[str, Tensor], anchors: list[Tensor], matched_idxs: list[Tensor]) -> dict[str, Tensor]:
        """Torchvision's loss, where default boxes in ignored boxes count as answered rightly."""
        logits = head_outputs["cls_logits"]  # (N, n, classes + 1)
        free = torch.stack([blameless(boxes, target) & (matched < 0) for boxes, target, matched in zip(anchors, targets, matched_idxs, strict=True)])
        background = torch.full((logits.shape[-1],), -1e4)
        background[0] = 0.0
        outputs = {**head_outputs, "cls_logits": torch.where(free[..., None], background.to(logits), logits)}
        losses: dict[str, Tensor] = super().compute_loss(targets, outputs, anchors, matched_idxs)
        return losses

    def look(self, picture: Tensor, least: float = 0.01) -> Seen:
        """Everything one picture (3, H, W) gives, boxes in its own pixels."""
        images, _ = self.transform([picture])
        maps: OrderedDict[str, Tensor] = self.backbone(images.tensors)
        outputs = self.head(list(maps.values()))
        anchors = self.anchor_generator(images, list(maps.values()))[0]
        size = images.image_sizes[0]
        boxes = clip_boxes_to_image(self.box_coder.decode_single(outputs["bbox_regression"][0], anchors), size)
        probabilities = F.softmax(outputs["cls_logits"][0], dim=-1)
        places = [values.shape[2] * values.shape[3] * number for values, number in zip(maps.values(), self.anchor_generator.num_anchors_per_location(), strict=True)]
        levels = torch.repeat_interleave(torch.arange(len(places)), torch.tensor(places))
        found: Candidates = flatten(boxes, probabilities[:, 1:], levels, least, self.topk_candidates)
        extra = {"default_boxes": anchors, "levels": levels, "probabilities": probabilities.detach()}
        return Seen(resized(found, size, (picture.shape[1], picture.shape[2])), {name: values[0] for name, values in maps.items()}, extra, size)

    def given(self, picture: Tensor, seen: Seen) -> Tensor:
        """What the convolutions are given for a picture: (1, 3, h, w), normalised."""
        images, _ = self.transform([picture])
        values: Tensor = images.tensors
        return values

    def through(self, x: Tensor) -> Any:
        """All that is learnt, on what it is given: the backbone, its maps, the heads."""
        return self.head(list(self.backbone(x).values()))

    def evidence(self, picture: Tensor, seen: Seen, number: int) -> Tensor:
        """The score before softmax that candidate ``number`` got for its class, to follow back to what spoke for it."""
        images, _ = self.transform([picture])
        logits = self.head(list(self.backbone(images.tensors).values()))["cls_logits"][0]
        score: Tensor = logits[seen.candidates.sources[number], seen.candidates.labels[number]]
        return score

    def answer(self, found: Candidates, threshold: float | None = None, overlap: float | None = None) -> dict[str, Tensor]:
        """What is left of the candidates; by default as ``forward`` answers."""
        return answer(found, self.score_thresh if threshold is None else threshold, self.nms_thresh if overlap is None else overlap, self.detections_per_img)


def ssd_small(**changes: Any) -> SSD:
    """SSD300's six maps and default boxes on the small backbone, at 320 × 240, six classes."""
    config = SSDConfig(**changes)
    boxes = DefaultBoxGenerator([list(one) for one in config.ratios], scales=list(config.scales))
    return SSD(Maps(config), boxes, (config.width, config.height), config.classes + 1, image_mean=list(MEAN), image_std=list(STD))


def ssd300(classes: int = 20) -> SSD:
    """The paper's SSD300 on VGG-16, as torchvision builds it: 26,285,486 parameters for the 20 classes of Pascal VOC, 35,641,826 for COCO's numbers."""
    return ours(ssd300_vgg16(weights=None, weights_backbone=None, num_classes=classes + 1))


def ssdlite320(classes: int = 90) -> SSD:
    """SSDLite on MobileNet V3, as torchvision builds it: 3,440,060 parameters for COCO's numbers.

    Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018 (arXiv 1801.04381), section 6.2: SSD whose heads and extra maps
    are of separable convolutions, for small devices.
    """
    return ours(ssdlite320_mobilenet_v3_large(weights=None, weights_backbone=None, num_classes=classes + 1))


def ours(theirs: TorchvisionSSD) -> SSD:
    """A network of torchvision's as ours: its backbone, default boxes and head, and its settings."""
    given = theirs.transform
    return SSD(
        theirs.backbone, theirs.anchor_generator, given.fixed_size, theirs.head.classification_head.num_columns,
        image_mean=given.image_mean, image_std=given.image_std, head=theirs.head, score_thresh=theirs.score_thresh, nms_thresh=theirs.nms_thresh,
        detections_per_img=theirs.detections_per_img, topk_candidates=theirs.topk_candidates,
    )  # fmt: skip
