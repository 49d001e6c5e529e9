"""U-Net: down to what is there, up again to where it is, with the details handed across.

Ronneberger, Fischer & Brox, "U-Net: Convolutional Networks for Biomedical Image Segmentation", 2015 (arXiv 1505.04597).

The contracting side is VGG's: two 3x3 convolutions, then 2x2 max pooling, again and again, with twice the channels each
time. The expanding side goes back up: a 2x2 up-convolution, beside it the maps of the same size from the contracting side
(the skip connection), and two 3x3 convolutions. A 1x1 convolution scores the classes of each pixel (figure 1).

The paper's form (section 2): no padding, so that 572x572 pixels in give 388x388 out and every answer has seen its whole
surroundings; the skips are cut to the middle. ``unet_paper`` is this form.

Where the small form differs from the paper (``unet_small``, ``unet_membrane``):

- Every convolution is padded, so that the answer is as large as the picture; where a side is odd, the maps that come up
  are one row or column short and their last one is repeated.
- Batch normalisation (Ioffe & Szegedy, 2015, arXiv 1502.03167) after every 3x3 convolution, which then needs no bias.
- Fewer channels, and at the bottom no more than before it.

The dropout at the end of the paper's contracting side is left out. ``skips=False`` puts zeros in the place of what the
skips carry, and leaves everything else as it is: the same weights fit.

Every step is a module with a name of its own, so that a hook can look at it, and nothing is changed in place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True)
class UNetConfig:
    """The shape of one U-Net."""

    channels: int  # of the picture
    classes: int
    widths: tuple[int, ...]  # channels at each size, from the largest pictures to the smallest
    padded: bool = False  # the answer is as large as the picture
    batch_norm: bool = False
    skips: bool = True  # False: nothing is handed across


PAPER = UNetConfig(1, 2, (64, 128, 256, 512, 1024))
SMALL = UNetConfig(3, 11, (16, 32, 64, 128, 128), padded=True, batch_norm=True)
MEMBRANE = UNetConfig(1, 2, (16, 32, 64, 64), padded=True, batch_norm=True)


class Double(nn.Module):
    """Two 3x3 convolutions, each with a ReLU."""

    def __init__(self, config: UNetConfig, inputs: int, outputs: int) -> None:
        super().__init__()
        padding = 1 if config.padded else 0
        self.conv1 = nn.Conv2d(inputs, outputs, kernel_size=3, padding=padding, bias=not config.batch_norm)
        self.bn1 = nn.BatchNorm2d(outputs) if config.batch_norm else nn.Identity()
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(outputs, outputs, kernel_size=3, padding=padding, bias=not config.batch_norm)
        self.bn2 = nn.BatchNorm2d(outputs) if config.batch_norm else nn.Identity()
        self.relu2 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:  # (N, inputs, H, W)
        x = self.relu1(self.bn1(self.conv1(x)))  # (N, outputs, H, W), 2 less each way without padding
        result: Tensor = self.relu2(self.bn2(self.conv2(x)))  # (N, outputs, H, W), 4 less each way without padding
        return result


class Skip(nn.Module):
    """Where the contracting side's maps meet those that come up: both, one after the other. ``open`` False: zeros in place of the former."""

    def __init__(self, open: bool) -> None:
        super().__init__()
        self.open = open

    def forward(self, across: Tensor, up: Tensor) -> Tensor:  # (N, C, H, W) and (N, C, h, w)
        height, width = across.shape[2] - up.shape[2], across.shape[3] - up.shape[3]
        if max(height, width) <= 1:  # padded: at most one short
            up = F.pad(up, (0, width, 0, height), mode="replicate")
        else:
            top, left = height // 2, width // 2
            across = across[:, :, top : top + up.shape[2], left : left + up.shape[3]]
        if not self.open:
            across = torch.zeros_like(across)
        return torch.cat((across, up), dim=1)  # (N, 2 C, h, w)

    def extra_repr(self) -> str:
        return "" if self.open else "closed"


class UNet(nn.Module):
    """Pictures (N, channels, H, W), normalised, to class scores (N, classes, H, W), before softmax; without padding the answer is smaller.

    Children in the order in which the picture passes them: ``down1 pool1 down2 … bottom up4 skip4 join4 … up1 skip1 join1 classify``.
    A side must have at least ``least`` pixels.
    """

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        self.config = config
        *sides, last = config.widths
        self.levels = len(sides)
        self.least = 2**self.levels
        channels = config.channels
        for level, width in enumerate(sides, 1):
            self.add_module(f"down{level}", Double(config, channels, width))
            self.add_module(f"pool{level}", nn.MaxPool2d(kernel_size=2))
            channels = width
        self.bottom = Double(config, channels, last)
        channels = last
        for level, width in reversed(list(enumerate(sides, 1))):
            self.add_module(f"up{level}", nn.ConvTranspose2d(channels, width, kernel_size=2, stride=2))
            self.add_module(f"skip{level}", Skip(config.skips))
            self.add_module(f"join{level}", Double(config, 2 * width, width))
            channels = width
        self.classify = nn.Conv2d(channels, config.classes, kernel_size=1)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")  # section 3: deviation sqrt(2 / N)

    def forward(self, x: Tensor) -> Tensor:  # (N, channels, H, W)
        across = {}
        for level in range(1, self.levels + 1):
            across[level] = self.get_submodule(f"down{level}")(x)  # (N, width, H/2^(level-1), W/2^(level-1))
            x = self.get_submodule(f"pool{level}")(across[level])
        x = self.bottom(x)  # (N, last, H/2^levels, W/2^levels)
        for level in range(self.levels, 0, -1):
            x = self.get_submodule(f"up{level}")(x)  # (N, width, H/2^(level-1), W/2^(level-1))
            x = self.get_submodule(f"skip{level}")(across[level], x)  # twice the channels
            x = self.get_submodule(f"join{level}")(x)
        scores: Tensor = self.classify(x)  # (N, classes, H, W)
        return scores


# The named networks; every field of the configuration may be changed: unet_small(skips=False).


def unet_paper(**changes: Any) -> UNet:
    """The paper's form: 31,030,658 parameters for one channel in and two classes out."""
    return UNet(replace(PAPER, **changes))


def unet_small(**changes: Any) -> UNet:
    """A small U-Net for streets."""
    return UNet(replace(SMALL, **changes))


def unet_membrane(**changes: Any) -> UNet:
    """A small U-Net for cell membranes."""
    return UNet(replace(MEMBRANE, **changes))
