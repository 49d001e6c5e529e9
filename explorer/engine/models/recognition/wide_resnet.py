"""WideResNet: fewer layers, each with more channels.

Zagoruyko & Komodakis, "Wide Residual Networks", 2016 (arXiv 1605.07146).

A ResNet gains accuracy by ever more layers, each of which must wait for the one before. Widening the layers instead gives a
processor more to do at once: WRN-28-10 is as accurate as a thousand thin layers and trains several times faster (section 3).
Widths are those of the CIFAR ResNet (16, 32, 64) times ``widen``; a network is named by layers and factor, WRN-16-2.

The block (figure 1 d) is the "pre-activation" one: normalise and ReLU before each convolution, so that nothing but
additions lies on the shortcut (He et al., "Identity Mappings in Deep Residual Networks", 2016). Dropout may stand between the
two convolutions (section 2.4).

Two families, as in the paper: CIFAR-10, 6n + 4 layers; and ImageNet's WRN-50-2, which is ResNet-50 with twice as many channels in the
3x3 convolution of each bottleneck (section 3.5): it is built by the ResNet of its ancestor's file and has torchvision's parameter names.

Nothing of the paper is changed. Every step is a module with a name of its own, so that a hook can look at it, and nothing is changed in place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor, nn

from explorer.engine.models.recognition.resnet import RESNET50, Add, ResNet

FIRST = 16  # channels of the first convolution
WIDTHS = (16, 32, 64)  # of the three stages, times the widening factor


@dataclass(frozen=True)
class WideResNetConfig:
    """The shape of one WideResNet for small pictures."""

    depth: int  # layers: 6n + 4
    widen: float  # the widening factor k
    classes: int
    dropout: float = 0.0

    @property
    def blocks(self) -> int:
        """Blocks in each of the three stages. Raises ValueError for a depth that is not 6n + 4."""
        blocks, rest = divmod(self.depth - 4, 6)
        if rest or blocks < 1:
            raise ValueError(f"a WideResNet has 6n + 4 layers (10, 16, 22, 28 …), not {self.depth}")
        return blocks

    @property
    def widths(self) -> tuple[int, ...]:
        """Channels of each stage."""
        return tuple(round(width * self.widen) for width in WIDTHS)


WRN16_2 = WideResNetConfig(16, 2, 10)
WRN28_10 = WideResNetConfig(28, 10, 10)
WRN40_4 = WideResNetConfig(40, 4, 10)


class WideBlock(nn.Module):
    """Normalise, ReLU, 3x3 convolution, twice, and a shortcut (figure 1 d)."""

    def __init__(self, inputs: int, outputs: int, stride: int, dropout: float) -> None:
        super().__init__()
        self.bn1 = nn.BatchNorm2d(inputs)
        self.relu1 = nn.ReLU()
        self.conv1 = nn.Conv2d(inputs, outputs, kernel_size=3, stride=stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.relu2 = nn.ReLU()
        self.dropout = nn.Dropout(dropout) if dropout else nn.Identity()
        self.conv2 = nn.Conv2d(outputs, outputs, kernel_size=3, padding=1, bias=False)
        changes = stride != 1 or inputs != outputs
        self.shortcut = nn.Conv2d(inputs, outputs, kernel_size=1, stride=stride, bias=False) if changes else None
        self.add = Add()

    def forward(self, x: Tensor) -> Tensor:  # (N, inputs, H, W)
        ready = self.relu1(self.bn1(x))
        out = self.conv1(ready)  # (N, outputs, H/s, W/s)
        out = self.conv2(self.dropout(self.relu2(self.bn2(out))))  # (N, outputs, H/s, W/s)
        shortcut = x if self.shortcut is None else self.shortcut(ready)  # where the shape changes, from what is normalised
        result: Tensor = self.add(shortcut, out)
        return result


class WideResNet(nn.Module):
    """Pictures (N, 3, H, W), normalised, to class scores (N, classes), before softmax.

    Children in the order in which the picture passes them: ``conv1 layer1 layer2 layer3 bn relu avgpool flatten fc``.
    """

    def __init__(self, config: WideResNetConfig) -> None:
        super().__init__()
        self.config = config
        self.conv1 = nn.Conv2d(3, FIRST, kernel_size=3, padding=1, bias=False)
        channels = FIRST
        self.stages = ("layer1", "layer2", "layer3")
        for stage, name in enumerate(self.stages):
            blocks = nn.Sequential()
            for index in range(config.blocks):
                stride = 2 if index == 0 and stage > 0 else 1
                blocks.append(WideBlock(channels, config.widths[stage], stride, config.dropout))
                channels = config.widths[stage]
            self.add_module(name, blocks)
        self.bn = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.fc = nn.Linear(channels, config.classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:  # (N, 3, H, W)
        x = self.conv1(x)  # (N, 16, H, W)
        for name in self.stages:
            x = self.get_submodule(name)(x)  # at last (N, 64 k, H/4, W/4)
        x = self.relu(self.bn(x))
        x = self.flatten(self.avgpool(x))  # (N, 64 k)
        scores: Tensor = self.fc(x)  # (N, classes)
        return scores


def wrn(depth: int, widen: float, **changes: Any) -> WideResNet:
    """WRN-depth-widen for CIFAR-10; a depth that is not 6n + 4 is a ValueError."""
    return WideResNet(replace(WideResNetConfig(depth, widen, 10), **changes))


# The named networks; every field of the configuration may be changed: wrn16_2(dropout=0.3).


def wrn16_2(**changes: Any) -> WideResNet:
    """WRN-16-2: 691,674 parameters."""
    return WideResNet(replace(WRN16_2, **changes))


def wrn28_10(**changes: Any) -> WideResNet:
    """WRN-28-10: 36,479,194 parameters."""
    return WideResNet(replace(WRN28_10, **changes))


def wrn40_4(**changes: Any) -> WideResNet:
    """WRN-40-4: 8,949,210 parameters."""
    return WideResNet(replace(WRN40_4, **changes))


def wrn50_2(**changes: Any) -> ResNet:
    """WRN-50-2 for ImageNet: 68,883,240 parameters."""
    return ResNet(replace(RESNET50, bottleneck=2, **changes))
