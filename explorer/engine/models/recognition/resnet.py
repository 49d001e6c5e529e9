"""ResNet: networks whose layers learn what to *add* to their input.

He, Zhang, Ren & Sun, "Deep Residual Learning for Image Recognition", 2015 (arXiv 1512.03385).

A block computes ``relu(x + F(x))``: two or three convolutions learn the residual F, and the shortcut carries x past
them unchanged. The gradient takes the same way back, so a hundred layers train where a plain stack of them does not.

Two families, as in the paper:

- ImageNet (section 3.3, table 1): a 7x7 stem, four stages, 224x224 pictures. ResNet-18 has basic blocks, ResNet-50 and
  -152 have bottlenecks.
- CIFAR-10 (section 4.2): a 3x3 stem, three stages of 16, 32 and 64 channels, 32x32 pictures, 6n + 2 layers.

Where this file differs from the paper:

- In a bottleneck that halves the picture the stride sits in the 3x3 convolution, not in the first 1x1 one, and the
  parameters have torchvision's names: torchvision's weights load strictly.
- Where the shortcut must widen without parameters (option A) all new channels stand after the old ones.
- ``residual=False`` takes every shortcut away and leaves the rest as it is: the paper's "plain" network.
  ``batch_norm=False`` takes the batch normalisation away, which the paper always uses.

Every step is a module with a name of its own, so that a hook can look at it, and nothing is changed in place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True)
class ResNetConfig:
    """The shape of one ResNet."""

    block: Literal["basic", "bottleneck"]
    depths: tuple[int, ...]  # blocks in each stage
    widths: tuple[int, ...]  # channels inside the blocks of each stage
    stem: Literal["imagenet", "cifar"]
    shortcut: Literal["projection", "pad"]  # option B and option A of section 4.1
    classes: int
    residual: bool = True  # False: the plain network, without any shortcut
    batch_norm: bool = True  # False: the convolutions follow each other directly
    bottleneck: int = 1  # multiplies the channels inside a bottleneck (2 in WideResNet's WRN-50-2)

    @property
    def layers(self) -> int:
        """Layers with weights on the longest way through, as counted in the name ("ResNet-20")."""
        return sum(self.depths) * (2 if self.block == "basic" else 3) + 2


IMAGENET_WIDTHS = (64, 128, 256, 512)
CIFAR_WIDTHS = (16, 32, 64)

RESNET18 = ResNetConfig("basic", (2, 2, 2, 2), IMAGENET_WIDTHS, "imagenet", "projection", 1000)
RESNET50 = ResNetConfig("bottleneck", (3, 4, 6, 3), IMAGENET_WIDTHS, "imagenet", "projection", 1000)
RESNET152 = ResNetConfig("bottleneck", (3, 8, 36, 3), IMAGENET_WIDTHS, "imagenet", "projection", 1000)
RESNET20 = ResNetConfig("basic", (3, 3, 3), CIFAR_WIDTHS, "cifar", "pad", 10)
RESNET32 = ResNetConfig("basic", (5, 5, 5), CIFAR_WIDTHS, "cifar", "pad", 10)
RESNET110 = ResNetConfig("basic", (18, 18, 18), CIFAR_WIDTHS, "cifar", "projection", 10)


class Add(nn.Module):
    """Where the shortcut meets the residual: x + F(x)."""

    def forward(self, shortcut: Tensor, residual: Tensor) -> Tensor:
        return shortcut + residual


class PadShortcut(nn.Module):
    """Option A: every second pixel, and zeros for the channels that are new. No parameters."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.inputs, self.outputs, self.stride = inputs, outputs, stride

    def forward(self, x: Tensor) -> Tensor:
        x = x[:, :, :: self.stride, :: self.stride]  # (N, inputs, H/s, W/s)
        return F.pad(x, (0, 0, 0, 0, 0, self.outputs - self.inputs))  # (N, outputs, H/s, W/s)

    def extra_repr(self) -> str:
        return f"{self.inputs}, {self.outputs}, stride={self.stride}"


def make_norm(config: ResNetConfig, channels: int) -> nn.Module:
    """Batch normalisation (Ioffe & Szegedy, 2015, arXiv 1502.03167), or nothing."""
    return nn.BatchNorm2d(channels) if config.batch_norm else nn.Identity()


def make_shortcut(config: ResNetConfig, inputs: int, outputs: int, stride: int) -> nn.Module | None:
    """The shortcut of one block; None where x passes as it is, or where there is no shortcut at all."""
    if not config.residual or (stride == 1 and inputs == outputs):
        return None
    if config.shortcut == "pad":
        return PadShortcut(inputs, outputs, stride)
    convolution = nn.Conv2d(inputs, outputs, kernel_size=1, stride=stride, bias=False)
    return nn.Sequential(convolution, make_norm(config, outputs))


class BasicBlock(nn.Module):
    """Two 3x3 convolutions and a shortcut (figure 5, left)."""

    expansion = 1

    def __init__(self, config: ResNetConfig, inputs: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, kernel_size=3, stride=stride, padding=1, bias=False)
        self.bn1 = make_norm(config, width)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(width, width, kernel_size=3, padding=1, bias=False)
        self.bn2 = make_norm(config, width)
        self.downsample = make_shortcut(config, inputs, width, stride)
        self.add = Add() if config.residual else None
        self.relu2 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:  # (N, inputs, H, W)
        out = self.relu1(self.bn1(self.conv1(x)))  # (N, width, H/s, W/s)
        out = self.bn2(self.conv2(out))  # (N, width, H/s, W/s)
        if self.add is not None:
            shortcut = x if self.downsample is None else self.downsample(x)
            out = self.add(shortcut, out)
        result: Tensor = self.relu2(out)
        return result


class Bottleneck(nn.Module):
    """1x1 to fewer channels, 3x3, 1x1 to four times as many, and a shortcut (figure 5, right)."""

    expansion = 4

    def __init__(self, config: ResNetConfig, inputs: int, width: int, stride: int) -> None:
        super().__init__()
        outputs = width * self.expansion
        width *= config.bottleneck
        self.conv1 = nn.Conv2d(inputs, width, kernel_size=1, bias=False)
        self.bn1 = make_norm(config, width)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(width, width, kernel_size=3, stride=stride, padding=1, bias=False)
        self.bn2 = make_norm(config, width)
        self.relu2 = nn.ReLU()
        self.conv3 = nn.Conv2d(width, outputs, kernel_size=1, bias=False)
        self.bn3 = make_norm(config, outputs)
        self.downsample = make_shortcut(config, inputs, outputs, stride)
        self.add = Add() if config.residual else None
        self.relu3 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:  # (N, inputs, H, W)
        out = self.relu1(self.bn1(self.conv1(x)))  # (N, width, H, W)
        out = self.relu2(self.bn2(self.conv2(out)))  # (N, width, H/s, W/s)
        out = self.bn3(self.conv3(out))  # (N, 4 width, H/s, W/s)
        if self.add is not None:
            shortcut = x if self.downsample is None else self.downsample(x)
            out = self.add(shortcut, out)
        result: Tensor = self.relu3(out)
        return result


class ResNet(nn.Module):
    """Pictures (N, 3, H, W), normalised, to class scores (N, classes), before softmax.

    Children in the order in which the picture passes them: ``conv1 bn1 relu [maxpool] layer1 … layer4 avgpool flatten
    fc`` (``layer3`` is the last stage of the CIFAR family).
    """

    def __init__(self, config: ResNetConfig) -> None:
        super().__init__()
        if len(config.depths) != len(config.widths):
            raise ValueError(f"{len(config.depths)} stages of blocks, but {len(config.widths)} widths")
        self.config = config
        channels = config.widths[0]
        imagenet = config.stem == "imagenet"
        if imagenet:
            self.conv1 = nn.Conv2d(3, channels, kernel_size=7, stride=2, padding=3, bias=False)
        else:
            self.conv1 = nn.Conv2d(3, channels, kernel_size=3, padding=1, bias=False)
        self.bn1 = make_norm(config, channels)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1) if imagenet else None
        block = BasicBlock if config.block == "basic" else Bottleneck
        self.stages = tuple(f"layer{number}" for number in range(1, len(config.depths) + 1))
        for number, name in enumerate(self.stages):
            blocks = nn.Sequential()
            width = config.widths[number]
            for index in range(config.depths[number]):
                stride = 2 if index == 0 and number > 0 else 1
                blocks.append(block(config, channels, width, stride))
                channels = width * block.expansion
            self.add_module(name, blocks)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.fc = nn.Linear(channels, config.classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:  # (N, 3, H, W)
        x = self.relu(self.bn1(self.conv1(x)))  # ImageNet (N, 64, H/2, W/2), CIFAR (N, 16, H, W)
        if self.maxpool is not None:
            x = self.maxpool(x)  # (N, 64, H/4, W/4)
        for name in self.stages:
            x = self.get_submodule(name)(x)  # each stage after the first halves H and W
        x = self.flatten(self.avgpool(x))  # (N, channels)
        scores: Tensor = self.fc(x)  # (N, classes)
        return scores


def cifar_resnet(depth: int, **changes: Any) -> ResNet:
    """A CIFAR ResNet with ``depth`` = 6n + 2 layers (section 4.2); any other depth is a ValueError."""
    blocks, rest = divmod(depth - 2, 6)
    if rest or blocks < 1:
        raise ValueError(f"a CIFAR ResNet has 6n + 2 layers (8, 14, 20, 26, 32 …), not {depth}")
    return ResNet(replace(RESNET20, depths=(blocks,) * 3, **changes))


def at_depth(depth: int, *, residual: bool = True) -> ResNet:
    """A CIFAR ResNet of half the width with this many layers: what experiments and lenses compare depths with."""
    return cifar_resnet(depth, residual=residual, widths=(8, 16, 32))


# The named networks; every field of the configuration may be changed: resnet20(residual=False, classes=100).


def resnet20(**changes: Any) -> ResNet:
    """CIFAR ResNet-20: 269,722 parameters (272,474 with projections)."""
    return ResNet(replace(RESNET20, **changes))


def resnet32(**changes: Any) -> ResNet:
    """CIFAR ResNet-32: 464,154 parameters."""
    return ResNet(replace(RESNET32, **changes))


def resnet110(**changes: Any) -> ResNet:
    """CIFAR ResNet-110 with projections: 1,730,714 parameters (1,727,962 with ``shortcut="pad"``, as in the paper)."""
    return ResNet(replace(RESNET110, **changes))


def resnet18(**changes: Any) -> ResNet:
    """ImageNet ResNet-18: 11,689,512 parameters."""
    return ResNet(replace(RESNET18, **changes))


def resnet50(**changes: Any) -> ResNet:
    """ImageNet ResNet-50: 25,557,032 parameters."""
    return ResNet(replace(RESNET50, **changes))


def resnet152(**changes: Any) -> ResNet:
    """ImageNet ResNet-152: 60,192,808 parameters."""
    return ResNet(replace(RESNET152, **changes))
