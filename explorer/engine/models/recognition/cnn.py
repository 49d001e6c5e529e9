"""CNN: convolution and pooling in turn, and a linear layer at the end.

LeCun et al., "Backpropagation Applied to Handwritten Zip Code Recognition", 1989; LeCun, Bottou, Bengio & Haffner,
"Gradient-Based Learning Applied to Document Recognition", 1998.

A convolution slides one small window of weights over the whole picture, so that a feature is found wherever it stands and
neighbouring pixels stay neighbours. A pooling keeps one value of each 2x2 field, so that a small shift of the picture changes
little, and halves the maps, so that the next window sees twice as far.

Three networks:

- LeNet-5 (1998, section II.B, figure 2): grey pictures of 32x32 pixels, two convolutions with 6 and 16 maps, average pooling
  ("sub-sampling") with tanh.
- ``cnn``: the same idea as it is built today: colour, three convolutions with 32, 64 and 128 maps, ReLU, maximum pooling.
- ``digits_cnn``: LeNet-5's layout with those parts, for the grey 16x16 pixels of a handwritten digit.

Where this file differs from the paper: every map of LeNet-5's second convolution sees all six maps of the first (the paper leaves
some connections out); its sub-sampling has no weights of its own; the output is a linear layer instead of radial basis functions.

``pooling`` may be changed: "max", "average", or "skip", which only leaves out every second pixel. Every step is a module with a
name of its own, so that a hook can look at it, and nothing is changed in place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from torch import Tensor, nn

Pooling = Literal["max", "average", "skip"]


@dataclass(frozen=True)
class CNNConfig:
    """The shape of one CNN."""

    widths: tuple[int, ...]  # maps of each convolution
    classes: int
    channels: int = 3  # of the picture
    size: int = 32  # pixels a side
    kernel: int = 3
    padding: int = 1
    hidden: tuple[int, ...] = ()  # neurons of the linear layers before the last
    pooling: Pooling = "max"
    activation: Literal["relu", "tanh"] = "relu"
    batch_norm: bool = True


CNN_SMALL = CNNConfig((32, 64, 128), 10)
LENET5 = CNNConfig((6, 16), 10, channels=1, kernel=5, padding=0, hidden=(120, 84), pooling="average", activation="tanh", batch_norm=False)
DIGITS = CNNConfig((16, 48), 10, channels=1, size=16, kernel=5, padding=2)


class Skip(nn.Module):
    """Every second pixel of every second row: halves the maps without pooling."""

    def forward(self, x: Tensor) -> Tensor:
        return x[:, :, ::2, ::2]


def make_pooling(kind: Pooling) -> nn.Module:
    """What halves the maps."""
    if kind == "max":
        return nn.MaxPool2d(kernel_size=2)
    return nn.AvgPool2d(kernel_size=2) if kind == "average" else Skip()


def make_activation(config: CNNConfig) -> nn.Module:
    """What follows each layer with weights but the last."""
    return nn.ReLU() if config.activation == "relu" else nn.Tanh()


class Stage(nn.Module):
    """A convolution and the pooling after it."""

    def __init__(self, config: CNNConfig, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, config.kernel, padding=config.padding)
        self.norm = nn.BatchNorm2d(outputs) if config.batch_norm else nn.Identity()
        self.activation = make_activation(config)
        self.pool = make_pooling(config.pooling)

    def forward(self, x: Tensor) -> Tensor:  # (N, inputs, H, W)
        x = self.activation(self.norm(self.conv(x)))  # (N, outputs, H, W), or 2 * (kernel // 2) smaller without padding
        pooled: Tensor = self.pool(x)  # (N, outputs, H/2, W/2)
        return pooled


class CNN(nn.Module):
    """Pictures (N, channels, size, size), normalised, to class scores (N, classes), before softmax.

    Children in the order in which the picture passes them: ``stage1 stage2 … flatten hidden fc``.
    """

    def __init__(self, config: CNNConfig) -> None:
        super().__init__()
        self.config = config
        channels, size = config.channels, config.size
        self.stages = tuple(f"stage{number}" for number in range(1, len(config.widths) + 1))
        for name, width in zip(self.stages, config.widths, strict=True):
            self.add_module(name, Stage(config, channels, width))
            channels, size = width, (size + 2 * config.padding - config.kernel + 1) // 2
        self.flatten = nn.Flatten()
        features = channels * size * size
        self.hidden = nn.Sequential()
        for neurons in config.hidden:
            self.hidden.extend([nn.Linear(features, neurons), make_activation(config)])
            features = neurons
        self.fc = nn.Linear(features, config.classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d) and config.activation == "relu":
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:  # (N, channels, size, size)
        for name in self.stages:
            x = self.get_submodule(name)(x)  # each stage halves H and W
        x = self.hidden(self.flatten(x))  # (N, features)
        scores: Tensor = self.fc(x)  # (N, classes)
        return scores


# The named networks; every field of the configuration may be changed: cnn(pooling="skip").


def cnn(**changes: Any) -> CNN:
    """Three convolutions for colour pictures of 32x32 pixels."""
    return CNN(replace(CNN_SMALL, **changes))


def lenet5(**changes: Any) -> CNN:
    """LeNet-5: 61,706 parameters (the paper, with its missing connections and trained sub-sampling, counts about 60,000)."""
    return CNN(replace(LENET5, **changes))


def digits_cnn(**changes: Any) -> CNN:
    """Two convolutions of 5x5 for grey pictures of 16x16 pixels: 27,482 parameters."""
    return CNN(replace(DIGITS, **changes))
