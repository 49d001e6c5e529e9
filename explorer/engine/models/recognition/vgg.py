"""VGGNet: nothing but 3x3 convolutions, stacked evenly.

Simonyan & Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition", 2014 (arXiv 1409.1556).

Two 3x3 convolutions on top of each other see 5x5 pixels, three see 7x7, with fewer weights than one large kernel and a
ReLU after each (section 2.3). Five stages, each ended by a pooling that halves the picture; the channels double from stage to
stage. The configurations are those of table 1: 11 (A), 13 (B), 16 (D) and 19 (E) layers with weights.

Where this file differs from the paper:

- ``batch_norm=True`` puts batch normalisation (2015) after each convolution, as all later trainings do; the paper has none.
- For pictures of 32x32 pixels (``stem="cifar"``) only the first three stages end in a pooling, so that the last maps are 4x4; the three
  large linear layers, made for 7x7 maps of 512 channels, become a single one; and ``width`` multiplies the channels.

The parameters have torchvision's names, so that its weights load strictly. Every step is a module with a name of its own, so that
a hook can look at it, and nothing is changed in place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from torch import Tensor, nn


@dataclass(frozen=True)
class VGGConfig:
    """The shape of one VGGNet."""

    repeats: tuple[int, int, int, int, int]  # convolutions in each stage
    classes: int
    width: float = 1.0  # multiplies the channels 64, 128, 256, 512, 512
    kernel: int = 3  # sides of the windows; another value is not VGG's, but what it is compared with
    batch_norm: bool = False
    stem: Literal["imagenet", "cifar"] = "imagenet"
    dropout: float = 0.5

    @property
    def layers(self) -> int:
        """Layers with weights, as counted in the name ("VGG-16")."""
        return sum(self.repeats) + (3 if self.stem == "imagenet" else 1)

    @property
    def widths(self) -> tuple[int, ...]:
        """Channels of each stage."""
        return tuple(round(channels * self.width) for channels in CHANNELS)


CHANNELS = (64, 128, 256, 512, 512)
VGG11 = VGGConfig((1, 1, 2, 2, 2), 1000)
VGG13 = VGGConfig((2, 2, 2, 2, 2), 1000)
VGG16 = VGGConfig((2, 2, 3, 3, 3), 1000)
VGG19 = VGGConfig((2, 2, 4, 4, 4), 1000)
VGG16_THIRD = VGGConfig((2, 2, 3, 3, 3), 10, width=0.3125, batch_norm=True, stem="cifar")


class VGG(nn.Module):
    """Pictures (N, 3, H, W), normalised, to class scores (N, classes), before softmax.

    Children in the order in which the picture passes them: ``features`` (all stages in one list, as in torchvision),
    ``avgpool``, ``flatten``, ``classifier``.
    """

    def __init__(self, config: VGGConfig) -> None:
        super().__init__()
        self.config = config
        channels = 3
        self.features = nn.Sequential()
        imagenet = config.stem == "imagenet"
        for stage, (repeats, width) in enumerate(zip(config.repeats, config.widths, strict=True)):
            for _ in range(repeats):
                self.features.append(nn.Conv2d(channels, width, config.kernel, padding=config.kernel // 2))
                if config.batch_norm:
                    self.features.append(nn.BatchNorm2d(width))
                self.features.append(nn.ReLU())
                channels = width
            if imagenet or stage < 3:
                self.features.append(nn.MaxPool2d(kernel_size=2, stride=2))
        self.avgpool = nn.AdaptiveAvgPool2d(7 if imagenet else 1)
        self.flatten = nn.Flatten()
        self.classifier = nn.Sequential()
        if imagenet:
            self.classifier.extend([nn.Linear(channels * 7 * 7, 4096), nn.ReLU(), nn.Dropout(config.dropout)])
            self.classifier.extend([nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(config.dropout)])
            channels = 4096
        self.classifier.append(nn.Linear(channels, config.classes))
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
            elif isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, 0.0, 0.01)
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:  # (N, 3, H, W)
        x = self.features(x)  # (N, widths[4], H/32, W/32), CIFAR (N, widths[4], H/8, W/8)
        x = self.flatten(self.avgpool(x))  # (N, widths[4] * 7 * 7), CIFAR (N, widths[4])
        scores: Tensor = self.classifier(x)  # (N, classes)
        return scores


# The named networks; every field of the configuration may be changed: vgg16(classes=10).


def vgg11(**changes: Any) -> VGG:
    """VGG-11, configuration A: 132,863,336 parameters."""
    return VGG(replace(VGG11, **changes))


def vgg13(**changes: Any) -> VGG:
    """VGG-13, configuration B: 133,047,848 parameters."""
    return VGG(replace(VGG13, **changes))


def vgg16(**changes: Any) -> VGG:
    """VGG-16, configuration D: 138,357,544 parameters."""
    return VGG(replace(VGG16, **changes))


def vgg19(**changes: Any) -> VGG:
    """VGG-19, configuration E: 143,667,240 parameters."""
    return VGG(replace(VGG19, **changes))


def vgg16_third(**changes: Any) -> VGG:
    """VGG-16 for CIFAR-10 with 20 to 160 channels, batch normalisation and one linear layer."""
    return VGG(replace(VGG16_THIRD, **changes))
