"""SqueezeNet: few parameters, because most of them see few channels.

Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model size", 2016 (arXiv 1602.07360).

A Fire module (section 3.2) first squeezes its input to a few channels with 1x1 convolutions, then expands them with 1x1 and 3x3
convolutions side by side, whose maps are put next to each other. A plain 3x3 layer from 128 to 128 channels has 147,456 weights; a Fire
module that squeezes to 16 channels has 12,288. Pooling comes late, so that the maps stay large (section 3.1).

The networks: 1.0 is that of table 1; 1.1 (of the authors' own repository) has a smaller first window and pools earlier: as accurate, with
2.4 times less work.

Where this file differs: ``batch_norm=True`` puts batch normalisation after each convolution, which lets a small network train in a short
time (the paper has none); for pictures of 32x32 pixels (``stem="cifar"``) the first convolution keeps the picture's size,
and no ReLU follows the class maps. The parameters have torchvision's names. Every step is a module with a name of its own, so that a hook can look at it, and nothing is
changed in place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import torch
from torch import Tensor, nn

Step = Literal["pool"] | tuple[int, int]  # a pooling, or a Fire module: (channels squeezed to, channels of each expansion)


@dataclass(frozen=True)
class SqueezeNetConfig:
    """The shape of one SqueezeNet."""

    version: Literal["1.0", "1.1"]
    classes: int
    stem: Literal["imagenet", "cifar"] = "imagenet"
    batch_norm: bool = False
    fire: bool = True  # False: a plain 3x3 convolution in the place of each Fire module
    dropout: float = 0.5

    @property
    def first(self) -> tuple[int, int]:
        """Channels and window of the first convolution."""
        return (96, 7) if self.version == "1.0" else (64, 3)

    @property
    def steps(self) -> tuple[Step, ...]:
        """What follows the first convolution."""
        if self.version == "1.0":
            return ("pool", (16, 64), (16, 64), (32, 128), "pool", (32, 128), (48, 192), (48, 192), (64, 256), "pool", (64, 256))
        return ("pool", (16, 64), (16, 64), "pool", (32, 128), (32, 128), "pool", (48, 192), (48, 192), (64, 256), (64, 256))


SQUEEZENET1_0 = SqueezeNetConfig("1.0", 1000)
SQUEEZENET1_1 = SqueezeNetConfig("1.1", 1000)
SQUEEZENET1_1_SMALL = SqueezeNetConfig("1.1", 10, stem="cifar", batch_norm=True, dropout=0.0)


def make_norm(config: SqueezeNetConfig, channels: int) -> nn.Module:
    """Batch normalisation, or nothing."""
    return nn.BatchNorm2d(channels) if config.batch_norm else nn.Identity()


class Concatenate(nn.Module):
    """Maps of two branches next to each other."""

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        return torch.cat([first, second], dim=1)


class Fire(nn.Module):
    """Squeeze with 1x1, expand with 1x1 and 3x3 (figure 1)."""

    def __init__(self, config: SqueezeNetConfig, inputs: int, squeeze: int, expand: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(inputs, squeeze, kernel_size=1)
        self.squeeze_norm = make_norm(config, squeeze)
        self.squeeze_activation = nn.ReLU()
        self.expand1x1 = nn.Conv2d(squeeze, expand, kernel_size=1)
        self.expand1x1_norm = make_norm(config, expand)
        self.expand1x1_activation = nn.ReLU()
        self.expand3x3 = nn.Conv2d(squeeze, expand, kernel_size=3, padding=1)
        self.expand3x3_norm = make_norm(config, expand)
        self.expand3x3_activation = nn.ReLU()
        self.concatenate = Concatenate()

    def forward(self, x: Tensor) -> Tensor:  # (N, inputs, H, W)
        x = self.squeeze_activation(self.squeeze_norm(self.squeeze(x)))  # (N, squeeze, H, W)
        one = self.expand1x1_activation(self.expand1x1_norm(self.expand1x1(x)))  # (N, expand, H, W)
        three = self.expand3x3_activation(self.expand3x3_norm(self.expand3x3(x)))  # (N, expand, H, W)
        both: Tensor = self.concatenate(one, three)  # (N, 2 expand, H, W)
        return both


class Plain(nn.Module):
    """What a Fire module replaces: one 3x3 convolution that sees all channels and puts out as many."""

    def __init__(self, config: SqueezeNetConfig, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel_size=3, padding=1)
        self.norm = make_norm(config, outputs)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:  # (N, inputs, H, W)
        result: Tensor = self.relu(self.norm(self.conv(x)))  # (N, outputs, H, W)
        return result


class SqueezeNet(nn.Module):
    """Pictures (N, 3, H, W), normalised, to class scores (N, classes), before softmax.

    Children in the order in which the picture passes them: ``features``, ``classifier`` (a 1x1 convolution with a map for each class,
    averaged over its places), ``flatten``.
    """

    def __init__(self, config: SqueezeNetConfig) -> None:
        super().__init__()
        self.config = config
        imagenet = config.stem == "imagenet"
        channels, window = config.first
        stride, padding = (2, 0) if imagenet else (1, window // 2)
        self.features = nn.Sequential(nn.Conv2d(3, channels, window, stride=stride, padding=padding))
        if config.batch_norm:
            self.features.append(nn.BatchNorm2d(channels))
        self.features.append(nn.ReLU())
        for step in config.steps:
            if step == "pool":
                self.features.append(nn.MaxPool2d(kernel_size=3, stride=2, ceil_mode=True))
            else:
                squeeze, expand = step
                outputs = 2 * expand
                self.features.append(Fire(config, channels, squeeze, expand) if config.fire else Plain(config, channels, outputs))
                channels = outputs
        last = nn.Conv2d(channels, config.classes, kernel_size=1)
        relu = nn.ReLU() if imagenet else nn.Identity()  # a ReLU on the class maps makes a short training stick
        self.classifier = nn.Sequential(nn.Dropout(config.dropout), last, relu, nn.AdaptiveAvgPool2d(1))
        self.flatten = nn.Flatten()
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_uniform_(module.weight)
                assert module.bias is not None
                nn.init.zeros_(module.bias)
        nn.init.normal_(last.weight, 0.0, 0.01)

    def forward(self, x: Tensor) -> Tensor:  # (N, 3, H, W)
        x = self.features(x)  # (N, 512, h, w)
        scores: Tensor = self.flatten(self.classifier(x))  # (N, classes)
        return scores


# The named networks; every field of the configuration may be changed: squeezenet1_1(classes=10).


def squeezenet1_0(**changes: Any) -> SqueezeNet:
    """SqueezeNet 1.0: 1,248,424 parameters."""
    return SqueezeNet(replace(SQUEEZENET1_0, **changes))


def squeezenet1_1(**changes: Any) -> SqueezeNet:
    """SqueezeNet 1.1: 1,235,496 parameters."""
    return SqueezeNet(replace(SQUEEZENET1_1, **changes))


def squeezenet1_1_small(**changes: Any) -> SqueezeNet:
    """SqueezeNet 1.1 with batch normalisation for CIFAR-10."""
    return SqueezeNet(replace(SQUEEZENET1_1_SMALL, **changes))
