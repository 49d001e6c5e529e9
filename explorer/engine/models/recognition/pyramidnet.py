"""PyramidNet: a ResNet whose width grows a little at every block instead of doubling at three places.

Han, Kim & Kim, "Deep Pyramidal Residual Networks", 2016 (arXiv 1610.02915).

A ResNet changes its width only where it halves the picture, and exactly those blocks matter most: taking one away hurts it
more than taking any other (section 1). PyramidNet spreads the change over all blocks: of N blocks, the k-th puts out
floor(16 + k alpha / N) channels (equation 3, "additive").

Its block (section 3.3, figure 6 d) has no ReLU before the first convolution and a batch normalisation after the last. The
shortcut has no weights (section 3.2): where the picture is halved it is averaged, and the channels that are new are filled with
zeros.

Networks: CIFAR-10 (table 1), basic blocks in three stages, 6n + 2 layers, named by depth and alpha (110/48 with 54 blocks).
``growth="multiplicative"`` widens by an equal factor at each block (equation 4), and ``growth="stages"`` only where the picture is
halved, as a ResNet does: what the paper compares with.

The authors' own program rounds the widths to the nearest number where equation 3 rounds them down; the parameter counts of their table 1 are
those of their program, so the two networks of the paper are built with ``nearest=True``.

Nothing else is changed. Every step is a module with a name of its own, so that a hook can look at it, and nothing is changed in place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from torch import Tensor, nn
from torch.nn import functional as F

FIRST = 16  # channels of the first convolution


@dataclass(frozen=True)
class PyramidNetConfig:
    """The shape of one PyramidNet."""

    depth: int  # layers: 6n + 2
    alpha: int  # channels gained from the first convolution to the last block
    classes: int
    growth: Literal["additive", "multiplicative", "stages"] = "additive"
    nearest: bool = False  # round widths to the nearest number, not down

    @property
    def blocks(self) -> int:
        """Blocks in each of the three stages. Raises ValueError for a depth that is not 6n + 2."""
        blocks, rest = divmod(self.depth - 2, 6)
        if rest or blocks < 1:
            raise ValueError(f"a PyramidNet with basic blocks has 6n + 2 layers (8, 14, 20, 26 …), not {self.depth}")
        return blocks

    @property
    def widths(self) -> tuple[int, ...]:
        """Channels that the first convolution and then each block puts out (figure 2)."""
        count = 3 * self.blocks
        last = FIRST + self.alpha
        if self.growth == "multiplicative":
            return tuple(int(FIRST * (last / FIRST) ** (k / count)) for k in range(count + 1))
        if self.growth == "stages":
            steps = (FIRST, round((FIRST * last) ** 0.5), last)  # equal factors, at the two halvings
            return (FIRST, *(steps[k // self.blocks] for k in range(count)))
        exact = [FIRST + self.alpha * k / count for k in range(count + 1)]
        return tuple(round(width) if self.nearest else int(width) for width in exact)


PYRAMIDNET20_A48 = PyramidNetConfig(20, 48, 10)
PYRAMIDNET110_A48 = PyramidNetConfig(110, 48, 10, nearest=True)
PYRAMIDNET110_A270 = PyramidNetConfig(110, 270, 10, nearest=True)


class PadShortcut(nn.Module):
    """The input as it is, averaged where the picture is halved, with zeros for the channels that are new. No parameters."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.inputs, self.outputs = inputs, outputs
        self.pool = nn.AvgPool2d(kernel_size=2, ceil_mode=True) if stride == 2 else None

    def forward(self, x: Tensor) -> Tensor:
        if self.pool is not None:
            x = self.pool(x)  # (N, inputs, H/2, W/2)
        return F.pad(x, (0, 0, 0, 0, 0, self.outputs - self.inputs))  # (N, outputs, H/s, W/s)

    def extra_repr(self) -> str:
        return f"{self.inputs}, {self.outputs}"


class Add(nn.Module):
    """Where the shortcut meets the residual: x + F(x)."""

    def forward(self, shortcut: Tensor, residual: Tensor) -> Tensor:
        return shortcut + residual


class PyramidBlock(nn.Module):
    """Two 3x3 convolutions between three batch normalisations, and a shortcut (figure 6 d)."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.bn1 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, kernel_size=3, stride=stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(outputs, outputs, kernel_size=3, padding=1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.shortcut = PadShortcut(inputs, outputs, stride)
        self.add = Add()

    def forward(self, x: Tensor) -> Tensor:  # (N, inputs, H, W)
        out = self.conv1(self.bn1(x))  # (N, outputs, H/s, W/s)
        out = self.bn3(self.conv2(self.relu(self.bn2(out))))  # (N, outputs, H/s, W/s)
        result: Tensor = self.add(self.shortcut(x), out)
        return result


class PyramidNet(nn.Module):
    """Pictures (N, 3, H, W), normalised, to class scores (N, classes), before softmax.

    Children in the order in which the picture passes them: ``conv1 bn1 layer1 layer2 layer3 bn_final relu_final avgpool flatten
    fc``.
    """

    def __init__(self, config: PyramidNetConfig) -> None:
        super().__init__()
        self.config = config
        widths = config.widths
        self.conv1 = nn.Conv2d(3, widths[0], kernel_size=3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(widths[0])
        self.stages = ("layer1", "layer2", "layer3")
        number = 0
        for stage, name in enumerate(self.stages):
            blocks = nn.Sequential()
            for index in range(config.blocks):
                stride = 2 if index == 0 and stage > 0 else 1
                blocks.append(PyramidBlock(widths[number], widths[number + 1], stride))
                number += 1
            self.add_module(name, blocks)
        self.bn_final = nn.BatchNorm2d(widths[-1])
        self.relu_final = nn.ReLU()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.fc = nn.Linear(widths[-1], config.classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:  # (N, 3, H, W)
        x = self.bn1(self.conv1(x))  # (N, 16, H, W)
        for name in self.stages:
            x = self.get_submodule(name)(x)  # at last (N, 16 + alpha, H/4, W/4)
        x = self.relu_final(self.bn_final(x))
        x = self.flatten(self.avgpool(x))  # (N, 16 + alpha)
        scores: Tensor = self.fc(x)  # (N, classes)
        return scores


# The named networks; every field of the configuration may be changed: pyramidnet20_a48(alpha=84).


def pyramidnet20_a48(**changes: Any) -> PyramidNet:
    """PyramidNet-20, alpha 48, for CIFAR-10."""
    return PyramidNet(replace(PYRAMIDNET20_A48, **changes))


def pyramidnet110_a48(**changes: Any) -> PyramidNet:
    """PyramidNet-110, alpha 48: 1,772,706 parameters."""
    return PyramidNet(replace(PYRAMIDNET110_A48, **changes))


def pyramidnet110_a270(**changes: Any) -> PyramidNet:
    """PyramidNet-110, alpha 270: 28,485,477 parameters."""
    return PyramidNet(replace(PYRAMIDNET110_A270, **changes))
