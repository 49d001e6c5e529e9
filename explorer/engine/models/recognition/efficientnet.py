"""EfficientNet: depth, width and resolution scaled together.

Tan & Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", 2019 (arXiv 1905.11946).

Making a network only deeper, only wider, or its pictures only larger soon gains little. Compound scaling (section 3.3) takes one number, phi:
depth grows by 1.2^phi, width by 1.1^phi, resolution by 1.15^phi, which costs about 2^phi times the multiply-adds. B0 (table 1) was found by a
search; B1 to B7 are B0 scaled.

Its block is MobileNetV2's inverted bottleneck: a 1x1 convolution widens, a depthwise one filters each channel alone, "squeeze and
excitation" (Hu et al., 2018) weighs the channels by their mean over the picture, and a 1x1 convolution narrows again; the input is added
where the shape stays.

Where this file differs from the paper: for pictures of 32x32 pixels (``stem="cifar"``) the first convolution and the last halving keep the
picture's size, so that the last maps are 4x4, and blocks can be told to add nothing at first (``quiet_blocks``). The parameters have torchvision's names; B5 to B7 have the constants of batch normalisation with
which its weights were trained.
Every step is a module with a name of its own, so that a hook can look at it, and nothing is changed in place.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

import torch
from torch import Tensor, nn

# Table 1: widening inside the block, window, stride, channels put out, blocks.
STAGES = ((1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3), (6, 5, 2, 192, 4), (6, 3, 1, 320, 1))
STEM, HEAD = 32, 1280


@dataclass(frozen=True)
class EfficientNetConfig:
    """The shape of one EfficientNet. ``size``: pixels a side that it is meant for."""

    classes: int
    width: float = 1.0
    depth: float = 1.0
    size: int = 224
    dropout: float = 0.2
    drop_blocks: float = 0.2  # stochastic depth of the last block, less before
    stem: Literal["imagenet", "cifar"] = "imagenet"
    epsilon: float = 1e-5  # added to the variance in batch normalisation
    momentum: float = 0.1  # share of the newest batch in its running statistics
    quiet_blocks: bool = False  # blocks with a shortcut add nothing at first (Goyal et al., 2017, arXiv 1706.02677, section 5.1)

    def channels(self, full: int) -> int:
        """Channels after scaling, a multiple of 8 and never more than a tenth below."""
        scaled = full * self.width
        rounded = max(8, int(scaled + 4) // 8 * 8)
        return rounded + 8 if rounded < 0.9 * scaled else rounded

    def blocks(self, full: int) -> int:
        """Blocks of a stage after scaling."""
        return math.ceil(full * self.depth)


def compound(phi: float, classes: int = 1000) -> EfficientNetConfig:
    """B0 scaled by phi as equation 3 says, with alpha 1.2, beta 1.1 and gamma 1.15."""
    return EfficientNetConfig(classes, width=1.1**phi, depth=1.2**phi, size=round(224 * 1.15**phi))


# The published scalings (width, depth, size, dropout), rounded by the authors.
SCALES = {
    "b0": (1.0, 1.0, 224, 0.2), "b1": (1.0, 1.1, 240, 0.2), "b2": (1.1, 1.2, 260, 0.3), "b3": (1.2, 1.4, 300, 0.3),
    "b4": (1.4, 1.8, 380, 0.4), "b5": (1.6, 2.2, 456, 0.4), "b6": (1.8, 2.6, 528, 0.5), "b7": (2.0, 3.1, 600, 0.5),
}  # fmt: skip
EFFICIENTNET_HALF = EfficientNetConfig(10, width=0.5, size=32, dropout=0.0, drop_blocks=0.0, stem="cifar")


def cost(config: EfficientNetConfig) -> tuple[int, int]:
    """Parameters, and multiply-adds of convolutions and the linear layer for one picture of ``config.size``, summed up without building the network."""
    parameters = work = 0

    def convolve(inputs: int, outputs: int, kernel: int, side: int, groups: int = 1, extra: int = 2) -> None:
        nonlocal parameters, work
        weights = inputs // groups * outputs * kernel * kernel
        parameters += weights + extra * outputs  # two of batch normalisation, or one bias
        work += weights * side * side

    imagenet = config.stem == "imagenet"
    side = math.ceil(config.size / 2) if imagenet else config.size
    channels = config.channels(STEM)
    convolve(3, channels, 3, side)
    for widening, kernel, step, full, blocks in STAGES:
        outputs = config.channels(full)
        stride = step if imagenet or full < 192 else 1
        for index in range(config.blocks(blocks)):
            middle, squeezed = channels * widening, max(1, channels // 4)
            if widening != 1:
                convolve(channels, middle, 1, side)
            side = math.ceil(side / stride) if index == 0 else side
            convolve(middle, middle, kernel, side, groups=middle)
            convolve(middle, squeezed, 1, 1, extra=1)
            convolve(squeezed, middle, 1, 1, extra=1)
            convolve(middle, outputs, 1, side)
            channels = outputs
    head = 4 * channels if imagenet else config.channels(HEAD)
    convolve(channels, head, 1, side)
    convolve(head, config.classes, 1, 1, extra=1)
    return parameters, work


class ConvNorm(nn.Sequential):
    """A convolution, batch normalisation, and SiLU unless ``activate`` is off."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1, activate: bool = True) -> None:
        convolution = nn.Conv2d(inputs, outputs, kernel, stride, padding=(kernel - 1) // 2, groups=groups, bias=False)
        super().__init__(convolution, nn.BatchNorm2d(outputs), *([nn.SiLU()] if activate else []))


class Multiply(nn.Module):
    """Each channel times its weight."""

    def forward(self, x: Tensor, scale: Tensor) -> Tensor:
        return x * scale


class SqueezeExcitation(nn.Module):
    """Weighs each channel by what the means of all channels say."""

    def __init__(self, channels: int, squeezed: int) -> None:
        super().__init__()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(channels, squeezed, kernel_size=1)
        self.activation = nn.SiLU()
        self.fc2 = nn.Conv2d(squeezed, channels, kernel_size=1)
        self.scale_activation = nn.Sigmoid()
        self.multiply = Multiply()

    def forward(self, x: Tensor) -> Tensor:  # (N, channels, H, W)
        scale = self.activation(self.fc1(self.avgpool(x)))  # (N, squeezed, 1, 1)
        scale = self.scale_activation(self.fc2(scale))  # (N, channels, 1, 1), 0 to 1
        weighed: Tensor = self.multiply(x, scale)
        return weighed


class StochasticDepth(nn.Module):
    """While training, leaves the block out for a share of the pictures (Huang et al., 2016, arXiv 1603.09382)."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.share == 0:
            return x
        kept = torch.bernoulli(torch.full((len(x), 1, 1, 1), 1 - self.share, device=x.device))
        return x * kept / (1 - self.share)


class Add(nn.Module):
    """Where the shortcut meets the block: x + F(x)."""

    def forward(self, shortcut: Tensor, residual: Tensor) -> Tensor:
        return shortcut + residual


class MBConv(nn.Module):
    """The inverted bottleneck: widen, filter each channel alone, weigh the channels, narrow."""

    def __init__(self, inputs: int, outputs: int, widening: int, kernel: int, stride: int, drop: float) -> None:
        super().__init__()
        middle = inputs * widening
        self.block = nn.Sequential()
        if widening != 1:
            self.block.append(ConvNorm(inputs, middle, 1))
        self.block.append(ConvNorm(middle, middle, kernel, stride, groups=middle))
        self.block.append(SqueezeExcitation(middle, max(1, inputs // 4)))
        self.block.append(ConvNorm(middle, outputs, 1, activate=False))
        adds = stride == 1 and inputs == outputs
        self.stochastic_depth = StochasticDepth(drop) if adds else None
        self.add = Add() if adds else None

    def forward(self, x: Tensor) -> Tensor:  # (N, inputs, H, W)
        out: Tensor = self.block(x)  # (N, outputs, H/s, W/s)
        if self.add is not None and self.stochastic_depth is not None:
            out = self.add(x, self.stochastic_depth(out))
        return out


class EfficientNet(nn.Module):
    """Pictures (N, 3, H, W), normalised, to class scores (N, classes), before softmax.

    Children in the order in which the picture passes them: ``features`` (0 the stem, 1 to 7 the stages, 8 the head), ``avgpool``,
    ``flatten``, ``classifier``.
    """

    def __init__(self, config: EfficientNetConfig) -> None:
        super().__init__()
        self.config = config
        imagenet = config.stem == "imagenet"
        channels = config.channels(STEM)
        self.features = nn.Sequential(ConvNorm(3, channels, 3, stride=2 if imagenet else 1))
        total = sum(config.blocks(blocks) for *_, blocks in STAGES)
        number = 0
        for widening, kernel, step, full, blocks in STAGES:
            stage = nn.Sequential()
            outputs = config.channels(full)
            stride = step if imagenet or full < 192 else 1  # a small picture is spared the last halving
            for index in range(config.blocks(blocks)):
                drop = config.drop_blocks * number / total
                stage.append(MBConv(channels, outputs, widening, kernel, stride if index == 0 else 1, drop))
                channels = outputs
                number += 1
            self.features.append(stage)
        head = 4 * channels if imagenet else config.channels(HEAD)
        self.features.append(ConvNorm(channels, head, 1))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.classifier = nn.Sequential(nn.Dropout(config.dropout), nn.Linear(head, config.classes))
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out")
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
            elif isinstance(module, nn.BatchNorm2d):
                module.eps, module.momentum = config.epsilon, config.momentum
            elif isinstance(module, nn.Linear):
                bound = 1 / math.sqrt(module.out_features)
                nn.init.uniform_(module.weight, -bound, bound)
                nn.init.zeros_(module.bias)
        if config.quiet_blocks:
            for module in self.modules():
                if isinstance(module, MBConv) and module.add is not None:
                    *_, scale, _ = module.block.parameters()  # of its last batch normalisation
                    nn.init.zeros_(scale)

    def forward(self, x: Tensor) -> Tensor:  # (N, 3, H, W)
        x = self.features(x)  # (N, head, H/32, W/32), CIFAR (N, head, H/8, W/8)
        x = self.flatten(self.avgpool(x))  # (N, head)
        scores: Tensor = self.classifier(x)  # (N, classes)
        return scores


# The named networks; every field of the configuration may be changed: efficientnet_b0(classes=10).


def efficientnet(scale: str, **changes: Any) -> EfficientNet:
    """One of the published scalings, "b0" to "b7". Raises KeyError for another name."""
    width, depth, size, dropout = SCALES[scale]
    epsilon, momentum = (1e-3, 0.01) if scale in ("b5", "b6", "b7") else (1e-5, 0.1)
    return EfficientNet(replace(EfficientNetConfig(1000, width, depth, size, dropout, epsilon=epsilon, momentum=momentum), **changes))


def efficientnet_b0(**changes: Any) -> EfficientNet:
    """EfficientNet-B0: 5,288,548 parameters."""
    return efficientnet("b0", **changes)


def efficientnet_b7(**changes: Any) -> EfficientNet:
    """EfficientNet-B7: 66,347,960 parameters."""
    return efficientnet("b7", **changes)


def efficientnet_half(**changes: Any) -> EfficientNet:
    """EfficientNet of half B0's width for CIFAR-10."""
    return EfficientNet(replace(EFFICIENTNET_HALF, **changes))
