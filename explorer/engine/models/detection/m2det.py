"""M2Det: pyramids of several depths, one after the other, used together by a detector that looks once.

Zhao et al., "M2Det: A Single-Shot Object Detector based on Multi-Level Feature Pyramid Network", 2018 (arXiv 1811.04533).

Its multi-level feature pyramid (MLFPN) has three parts. **FFM** mixes two of the backbone's maps into one base map. Then several **TUMs** stand in a row:
each goes down from the base map to small ones and back up, as a U, and gives a map of every scale; the next one gets the base map (through
"leach", a 1x1 convolution) and the finest map of the one before, so that later ones say more abstract things. **SFAM** puts the maps of one scale from
all TUMs side by side and weighs their channels by what is in them (squeeze and excitation). On these, default boxes are answered as in SSD, by
torchvision's ``SSD``.

Two networks: M2Det-512 on VGG-16 with eight TUMs of six scales (132,633,140 parameters for COCO's 80 classes without SFAM, 133,159,604 with it),
and a small one with three TUMs of five scales on the backbone that our detectors share.

Where this file differs from the paper: as in the authors' code, one "leach" serves all TUMs, one SFAM serves all scales, each TUM's maps are
smoothed by a 1x1 convolution, and the finest scale is normalised before it is used. Soft-NMS is left out. The loss is SSD's.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.models import vgg16
from torchvision.models.detection.anchor_utils import DefaultBoxGenerator

from explorer.engine.blocks.trunk import MEAN, STD, Trunk
from explorer.engine.models.detection.ssd import SSD


@dataclass(frozen=True)
class M2DetConfig:
    """The shape of one network."""

    classes: int = 6
    height: int = 240
    width: int = 320
    fine: tuple[int, int] = (64, 32)  # the finer of the backbone's maps: its channels, and to how many FFM brings them
    coarse: tuple[int, int] = (96, 64)
    planes: int = 40  # channels of a TUM's maps
    levels: int = 3  # TUMs
    scales: int = 5  # maps of each
    sfam: bool = True
    ratios: tuple[int, ...] = (2, 3)  # six default boxes on each place
    sizes: tuple[float, ...] = (0.06, 0.15, 0.33, 0.51, 0.78, 1.05)  # of default boxes, as shares of the picture's side; one more than scales
    frozen: int = 2


M2DET512 = M2DetConfig(80, 512, 512, (512, 256), (1024, 512), 256, 8, 6, False, (2, 3), (0.06, 0.15, 0.33, 0.51, 0.69, 0.87, 1.05))


class BasicConv(nn.Sequential):
    """A convolution, batch normalisation, ReLU."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, padding: int = 0) -> None:
        super().__init__(
            OrderedDict(conv=nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False), bn=nn.BatchNorm2d(outputs), relu=nn.ReLU())
        )


class FFM(nn.Module):
    """Feature fusion module, version 1: the coarser map, narrowed and enlarged, beside the finer one, narrowed."""

    def __init__(self, config: M2DetConfig) -> None:
        super().__init__()
        self.reduce = BasicConv(*config.fine, 3, padding=1)
        self.up_reduce = BasicConv(*config.coarse, 1)

    def forward(self, fine: Tensor, coarse: Tensor) -> Tensor:  # (N, C1, H, W), (N, C2, H/2, W/2)
        wide = F.interpolate(self.up_reduce(coarse), size=fine.shape[2:], mode="nearest")
        return torch.cat([self.reduce(fine), wide], 1)  # (N, C1' + C2', H, W)


class TUM(nn.Module):
    """Thinned U-shape module: from a map (N, inputs, H, W) to one of each scale, the smallest first, (N, planes, h, w)."""

    def __init__(self, inputs: int, planes: int, scales: int) -> None:
        super().__init__()
        self.down = nn.ModuleList([BasicConv(inputs, planes, 3, 2, 1)])
        for scale in range(scales - 2):
            last = scale == scales - 3
            self.down.append(BasicConv(planes, planes, 3, 1, 0) if last else BasicConv(planes, planes, 3, 2, 1))
        self.top = BasicConv(planes, planes, 1)
        self.lateral = nn.ModuleList([BasicConv(planes, planes, 3, padding=1) for _ in range(scales - 2)])
        self.lateral.append(BasicConv(inputs, planes, 3, padding=1))
        self.smooth = nn.ModuleList([BasicConv(planes, planes, 1) for _ in range(scales - 1)])

    def forward(self, x: Tensor) -> list[Tensor]:
        maps = [x]
        for down in self.down:
            maps.append(down(maps[-1]))
        up = [self.top(maps[-1])]
        for lateral, skipped in zip(self.lateral, reversed(maps[:-1]), strict=True):
            beside = lateral(skipped)
            up.append(F.interpolate(up[-1], size=beside.shape[2:], mode="nearest") + beside)
        return [up[0], *(smooth(one) for smooth, one in zip(self.smooth, up[1:], strict=True))]


class SFAM(nn.Module):
    """Scale-wise feature aggregation: each channel (N, C, h, w) weighed by a number from 0 to 1 that follows from all channels' means."""

    def __init__(self, channels: int, ratio: int) -> None:
        super().__init__()
        self.squeeze = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(channels, channels // ratio, 1)
        self.relu = nn.ReLU()
        self.fc2 = nn.Conv2d(channels // ratio, channels, 1)
        self.sigmoid = nn.Sigmoid()

    def forward(self, x: Tensor) -> Tensor:
        weighed: Tensor = x * self.sigmoid(self.fc2(self.relu(self.fc1(self.squeeze(x)))))
        return weighed


class VGGMaps(nn.Module):
    """VGG-16 as SSD takes it: its fourth stage (N, 512, H/8, W/8), and the two layers that replace the first fully connected ones (N, 1024, H/16, W/16)."""

    def __init__(self) -> None:
        super().__init__()
        layers = [nn.ReLU() if isinstance(one, nn.ReLU) else one for one in vgg16(weights=None).features]
        self.first = nn.Sequential(*layers[:23])
        self.second = nn.Sequential(
            *layers[23:30], nn.MaxPool2d(3, 1, 1), nn.Conv2d(512, 1024, 3, padding=6, dilation=6), nn.ReLU(), nn.Conv2d(1024, 1024, 1), nn.ReLU()
        )

    def forward(self, x: Tensor) -> OrderedDict[str, Tensor]:
        fine = self.first(x)
        return OrderedDict([("fine", fine), ("coarse", self.second(fine))])


class MLFPN(nn.Module):
    """The backbone and the multi-level feature pyramid: pictures (N, 3, H, W) to maps (N, planes × levels, h, w), the finest first.

    ``depths``: how many pyramids' channels stand side by side in each map, the shallowest first.
    """

    def __init__(self, config: M2DetConfig, trunk: nn.Module) -> None:
        super().__init__()
        self.config, self.depths = config, config.levels
        self.trunk = trunk
        self.ffm = FFM(config)
        self.leach = BasicConv(config.fine[1] + config.coarse[1], config.planes // 2, 1)
        inputs = [config.planes // 2 + (config.planes if level else 0) for level in range(config.levels)]
        self.tums = nn.ModuleList([TUM(one, config.planes, config.scales) for one in inputs])
        width = config.planes * config.levels
        self.sfam = SFAM(width, 16 if width >= 256 else 4) if config.sfam else None
        self.norm = nn.BatchNorm2d(width)
        self.out_channels = [width] * config.scales
        for module in self.modules():
            if isinstance(module, BasicConv):
                nn.init.kaiming_normal_(module.get_parameter("conv.weight"), mode="fan_out", nonlinearity="relu")

    def forward(self, x: Tensor) -> OrderedDict[str, Tensor]:
        fine, coarse = self.trunk(x).values()
        base = self.leach(self.ffm(fine, coarse))  # (N, planes / 2, H/8, W/8)
        pyramids: list[list[Tensor]] = []
        for number, tum in enumerate(self.tums):
            pyramids.append(tum(torch.cat([base, pyramids[-1][-1]], 1) if number else base))
        maps: OrderedDict[str, Tensor] = OrderedDict()
        for scale in range(self.config.scales):
            together = torch.cat([pyramid[-1 - scale] for pyramid in pyramids], 1)
            if self.sfam is not None:
                together = self.sfam(together)
            maps[f"scale{scale + 1}"] = self.norm(together) if scale == 0 else together
        return maps


def detector(config: M2DetConfig, trunk: nn.Module) -> SSD:
    """The pyramid with SSD's default boxes and heads on it."""
    boxes = DefaultBoxGenerator([list(config.ratios)] * config.scales, scales=list(config.sizes))
    return SSD(MLFPN(config, trunk), boxes, (config.width, config.height), config.classes + 1, image_mean=list(MEAN), image_std=list(STD))


def m2det_small(**changes: Any) -> SSD:
    """M2Det with three TUMs of five scales on the small backbone, at 320 × 240, six classes."""
    config = M2DetConfig(**changes)
    return detector(config, Trunk(("layer3", "layer4"), frozen=config.frozen))


def m2det512(sfam: bool = False) -> SSD:
    """M2Det-512 on VGG-16 for COCO: 132,633,140 parameters, 133,159,604 with SFAM."""
    return detector(M2DetConfig(**{**M2DET512.__dict__, "sfam": sfam}), VGGMaps())
