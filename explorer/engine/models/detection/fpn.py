"""FPN: what deep layers know flows back down a pyramid of maps, so that objects of every size are found on a map that suits them.

Lin et al., "Feature Pyramid Networks for Object Detection", 2016 (arXiv 1612.03144).

The maps of a backbone get coarser and know more. The pyramid goes back: the coarsest map, brought to a fixed number of channels by a 1x1
convolution, is doubled in size and added to the next finer one (also through a 1x1: the lateral connection), and so on down; a 3x3 convolution
smooths each sum. The same RPN and head as Faster R-CNN's then work on every level: anchors of one size lie on each, and a region is cut
from the level that suits its size.

Torchvision's pyramid and Faster R-CNN serve. The small network differs from ``faster_rcnn_small`` in nothing but the pyramid in place of one
map: the same backbone, the same nine anchors (a size on each level), the same head.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import Any

from torch import Tensor, nn
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone
from torchvision.ops import FeaturePyramidNetwork, FrozenBatchNorm2d
from torchvision.ops.feature_pyramid_network import LastLevelMaxPool

from explorer.engine.blocks.trunk import Trunk
from explorer.engine.models.detection.faster_rcnn import FasterRCNN, FasterRCNNConfig, on_maps

LEVELS = ("layer2", "layer3", "layer4")


class Pyramid(nn.Module):
    """The shared backbone and its pyramid: (N, 64, H/4, W/4), (N, 64, H/8, W/8), (N, 64, H/16, W/16).

    ``top_down``: switched off, nothing comes down from the coarser levels; each has its lateral connection alone.
    """

    def __init__(self, config: FasterRCNNConfig) -> None:
        super().__init__()
        self.trunk = Trunk(LEVELS, frozen=config.frozen)
        self.fpn = FeaturePyramidNetwork(self.trunk.out_channels, config.channels)
        self.out_channels = config.channels
        self.top_down = True

    def forward(self, x: Tensor) -> OrderedDict[str, Tensor]:
        maps: OrderedDict[str, Tensor] = self.trunk(x)
        if not self.top_down:
            parts = zip(maps.items(), self.fpn.inner_blocks, self.fpn.layer_blocks, strict=True)
            return OrderedDict((name, layer(inner(values))) for (name, values), inner, layer in parts)
        maps = self.fpn(maps)
        return maps


def fpn_small(**changes: Any) -> FasterRCNN:
    """Faster R-CNN on a pyramid of the small backbone, six classes."""
    config = FasterRCNNConfig(**changes)
    return on_maps(config, Pyramid(config), list(LEVELS), tuple((size,) for size in config.sizes))


def pyramid_resnet50() -> nn.Module:
    """The pyramid alone, on ResNet-50's four stages to 256 channels: 3,344,384 parameters."""
    pyramid: nn.Module = FeaturePyramidNetwork([256, 512, 1024, 2048], 256, LastLevelMaxPool())
    return pyramid


def faster_rcnn_resnet50_fpn(classes: int = 90) -> FasterRCNN:
    """Torchvision's Faster R-CNN on ResNet-50 with a pyramid, batch normalisation frozen, for COCO: 41,755,286 parameters.

    Its published weights were trained with a normalisation that adds nothing to the variance; so it runs here. Pictures are brought to 480 pixels
    on the shorter side, not 800: a third of the time and memory on a machine without a graphics card.
    """
    backbone = resnet_fpn_backbone(backbone_name="resnet50", weights=None, norm_layer=partial(FrozenBatchNorm2d, eps=0.0), trainable_layers=5)
    return FasterRCNN(backbone, classes, min_size=480, max_size=800)
