"""MobileNet: a convolution taken apart into one over places and one over channels.

Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications", 2017 (arXiv 1704.04861).

A full 3x3 convolution looks at all channels and at 3x3 places at once: 9 x inputs x outputs multiply-adds a place. A depthwise separable one
does it in two steps (section 3.1): a depthwise 3x3 convolution filters each channel alone (9 x inputs), then a pointwise 1x1
convolution mixes the channels (inputs x outputs). That is 1/outputs + 1/9 of the work.

The body is that of table 1: a full convolution, then thirteen separable ones. ``width`` is the paper's width multiplier
(section 3.3).

Where this file differs from the paper: for pictures of 32x32 pixels (``stem="cifar"``) the first convolution and the last halving keep
the picture's size, so that the last maps are 4x4 rather than 1x1. ``separable=False`` puts a full convolution in the place of every
separable one: what the paper compares with (table 4).

Every step is a module with a name of its own, so that a hook can look at it, and nothing is changed in place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from torch import Tensor, nn

# Channels that each separable convolution puts out, and its stride.
BODY = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1))


@dataclass(frozen=True)
class MobileNetConfig:
    """The shape of one MobileNet."""

    classes: int
    width: float = 1.0  # multiplies all channels
    stem: Literal["imagenet", "cifar"] = "imagenet"
    separable: bool = True
    body: tuple[tuple[int, int], ...] = BODY

    def channels(self, full: int) -> int:
        """Channels after the width multiplier."""
        return max(8, round(full * self.width))


MOBILENET = MobileNetConfig(1000)
MOBILENET_HALF = MobileNetConfig(10, width=0.5, stem="cifar")


class Separable(nn.Module):
    """A depthwise separable convolution (figure 3, right)."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(inputs, inputs, kernel_size=3, stride=stride, padding=1, groups=inputs, bias=False)
        self.bn1 = nn.BatchNorm2d(inputs)
        self.relu1 = nn.ReLU()
        self.pointwise = nn.Conv2d(inputs, outputs, kernel_size=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.relu2 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:  # (N, inputs, H, W)
        x = self.relu1(self.bn1(self.depthwise(x)))  # (N, inputs, H/s, W/s): each channel alone
        mixed: Tensor = self.relu2(self.bn2(self.pointwise(x)))  # (N, outputs, H/s, W/s): each place alone
        return mixed


class Full(nn.Module):
    """An ordinary 3x3 convolution (figure 3, left)."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel_size=3, stride=stride, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:  # (N, inputs, H, W)
        result: Tensor = self.relu(self.bn(self.conv(x)))  # (N, outputs, H/s, W/s)
        return result


class MobileNet(nn.Module):
    """Pictures (N, 3, H, W), normalised, to class scores (N, classes), before softmax.

    Children in the order in which the picture passes them: ``stem`` (a full convolution), ``block1 … block13``, ``avgpool``,
    ``flatten``, ``fc``.
    """

    def __init__(self, config: MobileNetConfig) -> None:
        super().__init__()
        self.config = config
        imagenet = config.stem == "imagenet"
        channels = config.channels(32)
        self.stem = Full(3, channels, stride=2 if imagenet else 1)
        self.blocks = tuple(f"block{number}" for number in range(1, len(config.body) + 1))
        for name, (full, step) in zip(self.blocks, config.body, strict=True):
            stride = step if imagenet or full < 1024 else 1  # a small picture is spared the last halving
            outputs = config.channels(full)
            make = Separable if config.separable else Full
            self.add_module(name, make(channels, outputs, stride))
            channels = outputs
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.fc = nn.Linear(channels, config.classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:  # (N, 3, H, W)
        x = self.stem(x)  # ImageNet (N, 32, H/2, W/2), CIFAR (N, 32 width, H, W)
        for name in self.blocks:
            x = self.get_submodule(name)(x)  # at last ImageNet (N, 1024, H/32, W/32), CIFAR (N, 1024 width, H/8, W/8)
        x = self.flatten(self.avgpool(x))  # (N, channels)
        scores: Tensor = self.fc(x)  # (N, classes)
        return scores


# The named networks; every field of the configuration may be changed: mobilenet(width=0.25).


def mobilenet(**changes: Any) -> MobileNet:
    """MobileNet v1: 4,231,976 parameters, 569 million multiply-adds for 224x224 pixels."""
    return MobileNet(replace(MOBILENET, **changes))


def mobilenet_half(**changes: Any) -> MobileNet:
    """MobileNet of half the width for CIFAR-10."""
    return MobileNet(replace(MOBILENET_HALF, **changes))
