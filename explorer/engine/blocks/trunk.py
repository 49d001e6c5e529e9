"""The small backbone that the bundled detectors share: a CIFAR ResNet-20 that halves the picture once more, and a fourth stage.

He et al., "Deep Residual Learning for Image Recognition", 2015 (arXiv 1512.03385), section 4.2. The first three stages have the names and
shapes of our ResNet-20, so that its weights, learnt on CIFAR-10, load as they are; the first convolution moves two pixels at a time.
"""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn
from torch.nn import functional as F

WIDTHS = (16, 32, 64, 96)
STAGES = ("layer1", "layer2", "layer3", "layer4")
STRIDES = {"layer1": 2, "layer2": 4, "layer3": 8, "layer4": 16}
MEAN, STD = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)  # of the pictures it first learnt from, values 0 to 1


class Block(nn.Module):
    """Two 3x3 convolutions and a shortcut that pads the channels that are new with zeros."""

    def __init__(self, inputs: int, width: int, stride: int, dilation: int = 1) -> None:
        super().__init__()
        self.stride, self.new = stride, width - inputs
        self.conv1 = nn.Conv2d(inputs, width, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(width, width, 3, padding=dilation, dilation=dilation, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.relu2 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:  # (N, inputs, H, W)
        out = self.relu1(self.bn1(self.conv1(x)))  # (N, width, H/s, W/s)
        out = self.bn2(self.conv2(out))
        shortcut = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.new)) if self.new else x
        result: Tensor = self.relu2(shortcut + out)
        return result


class Trunk(nn.Module):
    """Pictures (N, 3, H, W), normalised, to the maps asked for by stage: ``layer1`` (N, 16, H/2, W/2), ``layer2`` (N, 32, H/4, W/4),
    ``layer3`` (N, 64, H/8, W/8), ``layer4`` (N, 96, H/16, W/16).

    ``dilated``: the fourth stage keeps the third one's resolution and looks as far around. ``frozen``: so many of the parts ``stem``,
    ``layer1``, ``layer2`` … get no gradient and stay as they are while the rest learns.
    """

    def __init__(self, returns: tuple[str, ...] = STAGES, *, dilated: bool = False, frozen: int = 0) -> None:
        super().__init__()
        self.returns, self.frozen = returns, frozen
        self.conv1 = nn.Conv2d(3, WIDTHS[0], 3, 2, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(WIDTHS[0])
        self.relu = nn.ReLU()
        inputs = WIDTHS[0]
        for number, (name, width) in enumerate(zip(STAGES, WIDTHS, strict=True)):
            if number == 3:
                stage = nn.Sequential(Block(inputs, width, 1 if dilated else 2, 2 if dilated else 1))
            else:
                stage = nn.Sequential(*(Block(inputs if i == 0 else width, width, 2 if i == 0 and number else 1) for i in range(3)))
            self.add_module(name, stage)
            inputs = width
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    @property
    def out_channels(self) -> list[int]:
        """The channels of the maps it gives."""
        return [WIDTHS[STAGES.index(name)] for name in self.returns]

    def still(self) -> list[nn.Module]:
        """The modules that do not learn."""
        parts: list[list[nn.Module]] = [[self.conv1, self.bn1], *([self.get_submodule(name)] for name in STAGES)]
        return [module for part in parts[: self.frozen] for module in part]

    def train(self, mode: bool = True) -> Trunk:
        super().train(mode)
        for part in self.still():
            part.eval()
        return self

    def forward(self, x: Tensor) -> OrderedDict[str, Tensor]:
        maps: OrderedDict[str, Tensor] = OrderedDict()
        with torch.set_grad_enabled(torch.is_grad_enabled() and self.frozen == 0):
            x = self.relu(self.bn1(self.conv1(x)))  # (N, 16, H/2, W/2)
        for number, name in enumerate(STAGES, start=1):
            with torch.set_grad_enabled(torch.is_grad_enabled() and number >= self.frozen):
                x = self.get_submodule(name)(x)
            if name in self.returns:
                maps[name] = x
            if name == self.returns[-1]:
                break
        return maps
