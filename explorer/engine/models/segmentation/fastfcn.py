"""FastFCN: an ordinary backbone, and one module that brings its last three stages up together.

Wu, Zhang, Huang, Liang & Yu, "FastFCN: Rethinking Dilated Convolution in the Backbone for Semantic Segmentation", 2019
(arXiv 1903.11816).

DeepLab's dilated stages work on maps four times as high and wide as an ordinary backbone's, and pay for it in time and
memory. FastFCN leaves the backbone as it is and computes from its last three stages what the dilated one would have put
out: joint pyramid upsampling (JPU, section 3.3.3). Each stage's maps pass a 3x3 convolution and are brought to the size of the
largest; four depthwise separable convolutions with gaps of 1, 2, 4 and 8 look at all of them together, side by side.

- ``fastfcn_resnet50`` is the paper's network on our ResNet-50 with the plain head of FCN. Its JPU has 19,735,552 parameters.
- ``fastfcn_small`` is the same on the small backbone of our DeepLab v3, with fewer channels.

Where this differs from the paper: the paper sets the heads of EncNet, DeepLab v3 and PSP on the JPU; here it is the plain one
of its table 1 (FCN), without the auxiliary loss. A separable convolution of the JPU has no ReLU between its two steps, as in
the authors' code, unlike MobileNet's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.engine.models.recognition.resnet import resnet50
from explorer.engine.models.segmentation.deeplabv3 import small_backbone, stages

GAPS = (1, 2, 4, 8)
TAKEN = {"layer2": "c3", "layer3": "c4", "layer4": "c5"}  # the last three stages, by the paper's names


@dataclass(frozen=True)
class SmallConfig:
    """The shape of a small FastFCN."""

    classes: int
    depths: tuple[int, ...] = (3, 3, 3, 2)  # blocks in each stage, as in the small DeepLab v3
    widths: tuple[int, ...] = (16, 32, 64, 96)
    jpu: int = 32  # channels of each of the JPU's branches
    head: int = 64  # channels before the classes


SMALL = SmallConfig(11)


class Branch(nn.Module):
    """A 3x3 convolution that brings one stage to the JPU's number of channels."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel_size=3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:  # (N, inputs, H, W)
        result: Tensor = self.relu(self.bn(self.conv(x)))  # (N, outputs, H, W)
        return result


class Separable(nn.Module):
    """A depthwise separable convolution with gaps: each channel alone, then all channels at each place."""

    def __init__(self, inputs: int, outputs: int, gap: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(inputs, inputs, kernel_size=3, padding=gap, dilation=gap, groups=inputs, bias=False)
        self.bn1 = nn.BatchNorm2d(inputs)
        self.pointwise = nn.Conv2d(inputs, outputs, kernel_size=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:  # (N, inputs, H, W)
        x = self.bn1(self.depthwise(x))  # (N, inputs, H, W)
        result: Tensor = self.relu(self.bn2(self.pointwise(x)))  # (N, outputs, H, W)
        return result


class JPU(nn.Module):
    """Joint pyramid upsampling: maps of three sizes (N, inputs[i], H/2^i, W/2^i) to (N, 4 width, H, W) (figure 4)."""

    def __init__(self, inputs: tuple[int, int, int], width: int) -> None:
        super().__init__()
        self.conv3, self.conv4, self.conv5 = (Branch(channels, width) for channels in inputs)
        self.dilations = nn.ModuleList(Separable(3 * width, width, gap) for gap in GAPS)

    def forward(self, c3: Tensor, c4: Tensor, c5: Tensor) -> Tensor:
        largest = self.conv3(c3)  # (N, width, H, W)
        size = largest.shape[2:]
        middle = F.interpolate(self.conv4(c4), size=size, mode="bilinear", align_corners=False)
        smallest = F.interpolate(self.conv5(c5), size=size, mode="bilinear", align_corners=False)
        together = torch.cat((smallest, middle, largest), dim=1)  # (N, 3 width, H, W)
        return torch.cat([dilation(together) for dilation in self.dilations], dim=1)  # (N, 4 width, H, W)


class FastFCN(nn.Module):
    """Pictures (N, 3, H, W), normalised, to class scores (N, classes, H, W), before softmax. Children: ``backbone jpu head``."""

    def __init__(self, backbone: nn.Module, inputs: tuple[int, int, int], width: int, head: int, classes: int) -> None:
        super().__init__()
        self.backbone = stages(backbone, TAKEN)
        self.jpu = JPU(inputs, width)
        self.head = nn.Sequential(
            nn.Conv2d(4 * width, head, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(head),
            nn.ReLU(),
            nn.Dropout(0.1),
            nn.Conv2d(head, classes, kernel_size=1),
        )

    def forward(self, x: Tensor) -> Tensor:  # (N, 3, H, W)
        maps = self.backbone(x)
        wide = self.jpu(maps["c3"], maps["c4"], maps["c5"])  # (N, 4 width, H/stride, W/stride) of c3's size
        scores = self.head(wide)  # (N, classes, H/stride, W/stride)
        return F.interpolate(scores, size=x.shape[2:], mode="bilinear", align_corners=False)


# The named networks.


def jpu(inputs: tuple[int, int, int] = (512, 1024, 2048), width: int = 512) -> JPU:
    """The paper's JPU for ResNet-50: 19,735,552 parameters."""
    return JPU(inputs, width)


def fastfcn_resnet50(classes: int = 21) -> FastFCN:
    """The paper's network on ResNet-50 with the head of FCN."""
    return FastFCN(resnet50(), (512, 1024, 2048), 512, 512, classes)


def fastfcn_small(**changes: Any) -> FastFCN:
    """A small FastFCN for streets; every field of the configuration may be changed."""
    config = replace(SMALL, **changes)
    _, first, second, third = config.widths
    return FastFCN(small_backbone(config.depths, config.widths), (first, second, third), config.jpu, config.head, config.classes)
