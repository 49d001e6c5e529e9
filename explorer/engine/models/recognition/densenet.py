"""DenseNet: each layer sees the maps of all layers before it.

Huang, Liu, van der Maaten & Weinberger, "Densely Connected Convolutional Networks", 2016 (arXiv 1608.06993).

Where a ResNet adds, a DenseNet puts side by side: the l-th layer of a block takes the maps of all earlier ones, concatenated, and adds k new
maps of its own to them (section 3; k is the growth rate). So every layer can use what any earlier one found, and a layer can be narrow: 12 maps are
enough. Between the blocks a transition halves the picture.

"B" (section 3, "bottleneck layers"): a 1x1 convolution to 4k maps stands before each 3x3 one. "C" ("compression"): a transition keeps a
share of the maps, one half.

Networks: DenseNet-121 for ImageNet (table 1), with torchvision's parameter names; and for CIFAR-10 the BC networks of table 2, named by depth and
growth rate: three blocks, L = 6n + 4 layers, two in each of n pairs.

Nothing of the paper is changed. Every step is a module with a name of its own, so that a hook can look at it, and nothing is changed in place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class DenseNetConfig:
    """The shape of one DenseNet."""

    blocks: tuple[int, ...]  # layers in each dense block
    growth: int  # maps that each layer adds
    first: int  # channels of the first convolution
    classes: int
    stem: Literal["imagenet", "cifar"]
    bottleneck: int = 4  # maps of the 1x1 convolution, times the growth
    compression: float = 0.5  # share of the maps that a transition keeps
    dense: bool = True  # off, for comparison: each layer sees only the one before it, and a transition keeps all maps

    @property
    def layers(self) -> int:
        """Layers with weights, as counted in the name ("DenseNet-121")."""
        return 2 * sum(self.blocks) + len(self.blocks) + 1


DENSENET121 = DenseNetConfig((6, 12, 24, 16), 32, 64, 1000, "imagenet")
DENSENET_BC_40_12 = DenseNetConfig((6, 6, 6), 12, 24, 10, "cifar")
DENSENET_BC_100_12 = DenseNetConfig((16, 16, 16), 12, 24, 10, "cifar")
DENSENET_BC_190_40 = DenseNetConfig((31, 31, 31), 40, 80, 10, "cifar")


class Concatenate(nn.Module):
    """Maps of several layers next to each other."""

    def forward(self, *maps: Tensor) -> Tensor:
        return torch.cat(maps, dim=1)


class DenseLayer(nn.Module):
    """All maps so far, to ``growth`` new ones: normalise, ReLU, 1x1; normalise, ReLU, 3x3."""

    def __init__(self, config: DenseNetConfig, inputs: int) -> None:
        super().__init__()
        self.concatenate = Concatenate()
        middle = config.bottleneck * config.growth
        self.norm1 = nn.BatchNorm2d(inputs)
        self.relu1 = nn.ReLU()
        self.conv1 = nn.Conv2d(inputs, middle, kernel_size=1, bias=False)
        self.norm2 = nn.BatchNorm2d(middle)
        self.relu2 = nn.ReLU()
        self.conv2 = nn.Conv2d(middle, config.growth, kernel_size=3, padding=1, bias=False)

    def forward(self, *maps: Tensor) -> Tensor:
        x = self.concatenate(*maps)  # (N, inputs, H, W)
        x = self.conv1(self.relu1(self.norm1(x)))  # (N, 4 growth, H, W)
        new: Tensor = self.conv2(self.relu2(self.norm2(x)))  # (N, growth, H, W)
        return new


class DenseBlock(nn.Module):
    """Layers ``denselayer1 …``, each seeing the block's input and all layers before it."""

    def __init__(self, config: DenseNetConfig, count: int, inputs: int) -> None:
        super().__init__()
        self.dense = config.dense
        self.layers = tuple(f"denselayer{number}" for number in range(1, count + 1))
        for index, name in enumerate(self.layers):
            seen = inputs + index * config.growth if config.dense or index == 0 else config.growth
            self.add_module(name, DenseLayer(config, seen))
        self.concatenate_all = Concatenate()

    def forward(self, x: Tensor) -> Tensor:  # (N, inputs, H, W)
        maps = [x]
        for name in self.layers:
            new = self.get_submodule(name)(*maps)  # (N, growth, H, W)
            maps = [*maps, new] if self.dense else [new]
        together: Tensor = self.concatenate_all(*maps)  # (N, inputs + count * growth, H, W)
        return together


class Transition(nn.Module):
    """Between two blocks: fewer maps, half as large."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(inputs)
        self.relu = nn.ReLU()
        self.conv = nn.Conv2d(inputs, outputs, kernel_size=1, bias=False)
        self.pool = nn.AvgPool2d(kernel_size=2, stride=2)

    def forward(self, x: Tensor) -> Tensor:  # (N, inputs, H, W)
        halved: Tensor = self.pool(self.conv(self.relu(self.norm(x))))  # (N, outputs, H/2, W/2)
        return halved


class DenseNet(nn.Module):
    """Pictures (N, 3, H, W), normalised, to class scores (N, classes), before softmax.

    Children in the order in which the picture passes them: ``features`` (``conv0 [norm0 relu0 pool0] denseblock1 transition1 …
    norm5``), ``relu``, ``avgpool``, ``flatten``, ``classifier``.
    """

    OLDER_NAMES = ((r"(denselayer\d+\.(?:norm|conv))\.(\d)", r"\1\2"),)  # torchvision's file says "norm.1"

    def __init__(self, config: DenseNetConfig) -> None:
        super().__init__()
        self.config = config
        channels = config.first
        self.features = nn.Sequential()
        if config.stem == "imagenet":
            self.features.add_module("conv0", nn.Conv2d(3, channels, kernel_size=7, stride=2, padding=3, bias=False))
            self.features.add_module("norm0", nn.BatchNorm2d(channels))
            self.features.add_module("relu0", nn.ReLU())
            self.features.add_module("pool0", nn.MaxPool2d(kernel_size=3, stride=2, padding=1))
        else:
            self.features.add_module("conv0", nn.Conv2d(3, channels, kernel_size=3, padding=1, bias=False))
        for number, count in enumerate(config.blocks, start=1):
            self.features.add_module(f"denseblock{number}", DenseBlock(config, count, channels))
            channels = channels + count * config.growth if config.dense else config.growth
            if number < len(config.blocks):
                kept = int(channels * config.compression) if config.dense else channels
                self.features.add_module(f"transition{number}", Transition(channels, kept))
                channels = kept
        self.features.add_module("norm5", nn.BatchNorm2d(channels))
        self.relu = nn.ReLU()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.classifier = nn.Linear(channels, config.classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight)
            elif isinstance(module, nn.Linear):
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:  # (N, 3, H, W)
        x = self.relu(self.features(x))  # (N, channels, h, w)
        x = self.flatten(self.avgpool(x))  # (N, channels)
        scores: Tensor = self.classifier(x)  # (N, classes)
        return scores


# The named networks; every field of the configuration may be changed: densenet_bc_40_12(growth=24).


def densenet121(**changes: Any) -> DenseNet:
    """DenseNet-121: 7,978,856 parameters."""
    return DenseNet(replace(DENSENET121, **changes))


def densenet_bc_40_12(**changes: Any) -> DenseNet:
    """DenseNet-BC-40-12 for CIFAR-10."""
    return DenseNet(replace(DENSENET_BC_40_12, **changes))


def densenet_bc_100_12(**changes: Any) -> DenseNet:
    """DenseNet-BC-100-12: 769,162 parameters."""
    return DenseNet(replace(DENSENET_BC_100_12, **changes))


def densenet_bc_190_40(**changes: Any) -> DenseNet:
    """DenseNet-BC-190-40: 25,624,430 parameters."""
    return DenseNet(replace(DENSENET_BC_190_40, **changes))
