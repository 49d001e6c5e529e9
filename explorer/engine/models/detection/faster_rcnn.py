"""Faster R-CNN: the regions are proposed by a network too, on the same features that name them.

Ren, He, Girshick & Sun, "Faster R-CNN: Towards Real-Time Object Detection with Region Proposal Networks", 2015 (arXiv 1506.01497).

The backbone goes over the picture once and gives **one** map. On every place of it lie nine *anchors* (three sizes, three shapes). The region
proposal network (RPN), a small convolution, says for each anchor whether an object is there and how the anchor must be shifted and
stretched to fit it. The best 300 are cut out of the map, each pooled to one small square, and two fully connected layers name it and
correct its box once more.

Torchvision's ``FasterRCNN`` serves, on one map instead of its usual pyramid. Two networks: the paper's on VGG-16 (stride 16), and a small one
on the backbone that our detectors share (stride 8, its last stage dilated), whose anchors and boxes suit 320 × 240.

Where this file differs from the paper:

- Both parts are trained together in every step (the paper's section 3.2, "approximate joint training"), not in turns.
- Regions are pooled by RoIAlign (He et al., 2017, arXiv 1703.06870), which torchvision uses, not by the coarser RoI pooling.
- Anchors and proposals that mostly lie in an *ignored* box are no background to learn.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.models import vgg16
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.faster_rcnn import FasterRCNN as TorchvisionFasterRCNN
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor, TwoMLPHead
from torchvision.models.detection.roi_heads import RoIHeads
from torchvision.models.detection.rpn import RegionProposalNetwork, RPNHead, concat_box_prediction_layers
from torchvision.ops import MultiScaleRoIAlign, clip_boxes_to_image

from explorer.engine.blocks.candidates import Candidates, Seen, Target, answer, blameless, flatten, resized
from explorer.engine.blocks.trunk import MEAN, STD, Trunk

RATIOS = (0.5, 1.0, 2.0)  # height by width


@dataclass(frozen=True)
class FasterRCNNConfig:
    """The shape of the small networks, with one map and with a pyramid."""

    classes: int = 6
    shorter: int = 240  # pictures are scaled until their shorter side is this,
    longer: int = 320  # or their longer side is this
    sizes: tuple[int, ...] = (16, 40, 100)  # of anchors, pixels
    channels: int = 64  # of the maps that RPN and head see
    pooled: int = 5  # a region is pooled to so many places a side
    hidden: int = 128  # of the head's two layers
    anchors_learnt: int = 128  # a picture
    regions_learnt: int = 64  # a picture
    proposals: int = 300
    frozen: int = 2


class RPN(RegionProposalNetwork):  # type: ignore[misc]
    """Torchvision's, without blame for anchors in ignored boxes."""

    def assign_targets_to_anchors(self, anchors: list[Tensor], targets: list[Target]) -> tuple[list[Tensor], list[Tensor]]:
        labels, matched = super().assign_targets_to_anchors(anchors, targets)
        free = [blameless(boxes, target) for boxes, target in zip(anchors, targets, strict=True)]
        return [torch.where(one & (label == 0), -1.0, label) for one, label in zip(free, labels, strict=True)], matched


class Head(RoIHeads):  # type: ignore[misc]
    """Torchvision's, without blame for proposals in ignored boxes."""

    _targets: list[Target] = []

    def select_training_samples(self, proposals: list[Tensor], targets: list[Target]) -> Any:
        self._targets = targets
        try:
            return super().select_training_samples(proposals, targets)
        finally:
            self._targets = []

    def assign_targets_to_proposals(self, proposals: list[Tensor], gt_boxes: list[Tensor], gt_labels: list[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        matched, labels = super().assign_targets_to_proposals(proposals, gt_boxes, gt_labels)
        free = [blameless(boxes, target) for boxes, target in zip(proposals, self._targets, strict=True)]
        return matched, [torch.where(one & (label == 0), -1, label) for one, label in zip(free, labels, strict=True)]


class FasterRCNN(TorchvisionFasterRCNN):  # type: ignore[misc]
    """Pictures, a list of (3, H, W) from 0 to 1, to the losses (training, with targets) or to boxes, labels from 1 on and scores.

    ``look(picture)`` gives all candidates. Its ``extra``, boxes in pixels of the network's input: ``anchors`` (n, 4), ``objectness`` (n,) 0 to
    1, ``anchor_levels`` (n,), ``proposals`` (m, 4), ``proposal_scores`` (m,), ``proposal_levels`` (m,) of the maps they are cut from.
    """

    OLDER_NAMES = ((r"(fpn\.(?:inner|layer)_blocks\.\d+)\.(weight|bias)$", r"\1.0.\2"), (r"(rpn\.head\.conv)\.(weight|bias)$", r"\1.0.0.\2"))
    """Torchvision's file has the names of its first version."""

    def __init__(self, backbone: nn.Module, classes: int, *, learnt: tuple[int, int] = (256, 128), **settings: Any) -> None:
        """``learnt``: how many anchors and regions of a picture are learnt from; ``settings``: torchvision's."""
        super().__init__(backbone, None if "box_predictor" in settings else classes + 1, **settings)
        rpn, head = self.get_submodule("rpn"), self.get_submodule("roi_heads")
        self.rpn: Any = RPN(
            rpn.anchor_generator, rpn.head, 0.7, 0.3, learnt[0], 0.5, rpn._pre_nms_top_n, rpn._post_nms_top_n, rpn.nms_thresh, rpn.score_thresh
        )
        self.roi_heads: Any = Head(
            head.box_roi_pool, head.box_head, head.box_predictor, 0.5, 0.5, learnt[1], 0.25, None, head.score_thresh, head.nms_thresh, head.detections_per_img
        )

    def look(self, picture: Tensor, least: float = 0.01) -> Seen:
        """Everything one picture (3, H, W) gives, boxes in its own pixels."""
        images, _ = self.transform([picture])
        size = images.image_sizes[0]
        maps = self.backbone(images.tensors)
        if isinstance(maps, Tensor):
            maps = OrderedDict([("0", maps)])
        # the region proposal network
        raw, moves = self.rpn.head(list(maps.values()))
        anchors = self.rpn.anchor_generator(images, list(maps.values()))
        numbers = [one.shape[1] * one.shape[2] * one.shape[3] for one in raw]
        objectness, moves = concat_box_prediction_layers(raw, moves)
        places = self.rpn.box_coder.decode(moves, anchors).view(1, -1, 4)
        proposals, sure = self.rpn.filter_proposals(places, objectness, images.image_sizes, numbers)
        # the head
        pooled = self.roi_heads.box_roi_pool(maps, proposals, images.image_sizes)
        logits, moves = self.roi_heads.box_predictor(self.roi_heads.box_head(pooled))
        scores = F.softmax(logits, -1)[:, 1:]
        boxes = clip_boxes_to_image(self.roi_heads.box_coder.decode(moves, proposals)[:, 1:], size)  # (m, classes, 4)
        mapper = self.roi_heads.box_roi_pool.map_levels
        levels = torch.zeros(len(boxes), dtype=torch.int64) if mapper is None or len(self.roi_heads.box_roi_pool.scales) == 1 else mapper(proposals)
        found: Candidates = flatten(boxes, scores, levels, least)
        extra = {
            "anchors": anchors[0],
            "objectness": objectness.detach().flatten().sigmoid(),
            "anchor_levels": torch.repeat_interleave(torch.arange(len(numbers)), torch.tensor(numbers)),
            "proposals": proposals[0].detach(),
            "proposal_scores": sure[0].detach(),
            "proposal_levels": levels,
        }
        return Seen(resized(found, size, (picture.shape[1], picture.shape[2])), {name: values[0] for name, values in maps.items()}, extra, size)

    def given(self, picture: Tensor, seen: Seen) -> Tensor:
        """What the convolutions are given for a picture: (1, 3, h, w), normalised."""
        images, _ = self.transform([picture])
        values: Tensor = images.tensors
        return values

    def through(self, x: Tensor) -> Any:
        """The part that sees the whole picture, on what it is given: the backbone, its maps, the region proposal network's head."""
        maps = self.backbone(x)
        return self.rpn.head([maps] if isinstance(maps, Tensor) else list(maps.values()))

    def evidence(self, picture: Tensor, seen: Seen, number: int) -> Tensor:
        """The score before softmax that candidate ``number`` got for its class, to follow back to what spoke for it."""
        images, _ = self.transform([picture])
        maps = self.backbone(images.tensors)
        if isinstance(maps, Tensor):
            maps = OrderedDict([("0", maps)])
        proposal = seen.extra["proposals"][seen.candidates.sources[number]][None]
        logits, _ = self.roi_heads.box_predictor(self.roi_heads.box_head(self.roi_heads.box_roi_pool(maps, [proposal], images.image_sizes)))
        score: Tensor = logits[0, seen.candidates.labels[number]]
        return score

    def answer(self, found: Candidates, threshold: float | None = None, overlap: float | None = None) -> dict[str, Tensor]:
        """What is left of the candidates; by default as ``forward`` answers."""
        head = self.roi_heads
        return answer(found, head.score_thresh if threshold is None else threshold, head.nms_thresh if overlap is None else overlap, head.detections_per_img)


def on_maps(config: FasterRCNNConfig, backbone: nn.Module, names: list[str], sizes: tuple[tuple[int, ...], ...]) -> FasterRCNN:
    """The small network on a backbone that gives these maps, each of ``config.channels``; ``sizes``: of the anchors on each."""
    anchors = AnchorGenerator(sizes, (RATIOS,) * len(sizes))
    return FasterRCNN(
        backbone, config.classes, learnt=(config.anchors_learnt, config.regions_learnt),
        min_size=config.shorter, max_size=config.longer, image_mean=list(MEAN), image_std=list(STD),
        rpn_anchor_generator=anchors, rpn_head=RPNHead(config.channels, anchors.num_anchors_per_location()[0]),
        rpn_pre_nms_top_n_train=1000, rpn_pre_nms_top_n_test=1000, rpn_post_nms_top_n_train=config.proposals, rpn_post_nms_top_n_test=config.proposals,
        box_roi_pool=MultiScaleRoIAlign(names, config.pooled, 2, canonical_scale=100),
        box_head=TwoMLPHead(config.channels * config.pooled**2, config.hidden), box_predictor=FastRCNNPredictor(config.hidden, config.classes + 1),
        box_score_thresh=0.02, box_nms_thresh=0.45, size_divisible=16,
    )  # fmt: skip


class OneMap(nn.Module):
    """The shared backbone with its last stage at stride 8, brought to as many channels as a pyramid's map has: (N, 64, H/8, W/8)."""

    def __init__(self, config: FasterRCNNConfig) -> None:
        super().__init__()
        self.trunk = Trunk(("layer4",), dilated=True, frozen=config.frozen)
        self.narrow = nn.Conv2d(self.trunk.out_channels[0], config.channels, 1)
        self.relu = nn.ReLU()
        self.out_channels = config.channels

    def forward(self, x: Tensor) -> OrderedDict[str, Tensor]:
        return OrderedDict([("0", self.relu(self.narrow(self.trunk(x)["layer4"])))])


def faster_rcnn_small(**changes: Any) -> FasterRCNN:
    """Faster R-CNN on one map of the small backbone, six classes."""
    config = FasterRCNNConfig(**changes)
    return on_maps(config, OneMap(config), ["0"], (config.sizes,))


def faster_rcnn_vgg16(classes: int = 20) -> FasterRCNN:
    """The paper's network for Pascal VOC: VGG-16 up to its last convolution, nine anchors a place, a head of two layers of 4,096."""
    backbone = vgg16(weights=None).features[:-1]
    backbone.out_channels = 512
    anchors = AnchorGenerator(((128, 256, 512),), (RATIOS,))
    return FasterRCNN(
        backbone, classes, min_size=600, max_size=1000, rpn_anchor_generator=anchors, rpn_head=RPNHead(512, 9),
        rpn_pre_nms_top_n_test=6000, rpn_post_nms_top_n_test=300, box_roi_pool=MultiScaleRoIAlign(["0"], 7, 2),
        box_head=TwoMLPHead(512 * 7 * 7, 4096), box_predictor=FastRCNNPredictor(4096, classes + 1),
    )  # fmt: skip
