"""DeepLab v3: convolutions with gaps see far without making the picture small.

Chen, Papandreou, Schroff & Adam, "Rethinking Atrous Convolution for Semantic Image Segmentation", 2017 (arXiv 1706.05587).

A classification network halves its maps again and again. Here the last stages do not halve (their stride is 1); instead
their kernels get gaps, twice as wide for every halving left out ("atrous" or dilated convolution, section 3.1): the same
weights see the same things, but at every place instead of at every second or fourth. Over it, atrous spatial pyramid pooling
(ASPP, section 3.3) sets convolutions of several gaps and the mean of the whole picture side by side.

- ``deeplabv3_resnet50`` is built of torchvision's classes: its backbone, its ASPP, its head; torchvision's weights load
  strictly. Its last two stages are dilated (output stride 8).
- ``deeplabv3_small`` has the same parts on a small backbone: our CIFAR ResNet-20, whose first convolution goes two
  pixels at a time, with a fourth stage. Its last two stages are dilated as well: stride 4 in place of 16.

Where this differs from the paper: torchvision's rates in ASPP are 12, 24 and 36 at output stride 8, as in the paper, and it
puts one more 3x3 convolution before the classes. The small form has fewer channels and smaller rates, for smaller pictures.
``dilated=False`` leaves the strides as they were, and halves the rates of ASPP as often as the picture is halved: the same
weights fit.

torchvision's ReLU changes values in place; the lenses look at copies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor, nn
from torchvision.models._utils import IntermediateLayerGetter
from torchvision.models.segmentation import DeepLabV3 as TorchvisionDeepLabV3
from torchvision.models.segmentation import deeplabv3_resnet50 as torchvision_resnet50
from torchvision.models.segmentation.deeplabv3 import ASPP

from explorer.engine.models.recognition.resnet import PadShortcut, ResNet, ResNetConfig

DILATED = ("layer3", "layer4")


@dataclass(frozen=True)
class SmallConfig:
    """The shape of a small DeepLab v3."""

    classes: int
    depths: tuple[int, ...] = (3, 3, 3, 2)  # blocks in each stage: ResNet-20's and one stage more
    widths: tuple[int, ...] = (16, 32, 64, 96)
    rates: tuple[int, ...] = (4, 8, 12)  # of ASPP, at the dilated backbone's output
    head: int = 64  # channels of ASPP and after it
    dilated: bool = True


SMALL = SmallConfig(11)


class DeepLabV3(TorchvisionDeepLabV3):  # type: ignore[misc]
    """Pictures (N, 3, H, W), normalised, to class scores (N, classes, H, W), before softmax. Children: ``backbone classifier``
    (and ``aux_classifier``, which only trainings use and which is not asked here)."""

    def forward(self, x: Tensor) -> Tensor:  # (N, 3, H, W)
        maps = self.backbone(x)["out"]  # (N, channels, H/stride, W/stride)
        scores = self.classifier(maps)  # (N, classes, H/stride, W/stride)
        return nn.functional.interpolate(scores, size=x.shape[2:], mode="bilinear", align_corners=False)


def small_backbone(depths: tuple[int, ...], widths: tuple[int, ...]) -> ResNet:
    """A CIFAR ResNet for larger pictures: its first convolution goes two pixels at a time. Stage s puts out one value for every 2^s pixels."""
    backbone = ResNet(ResNetConfig("basic", depths, widths, "cifar", "pad", 1))
    backbone.conv1.stride = (2, 2)
    return backbone


def stages(backbone: nn.Module, wanted: Mapping[str, str]) -> IntermediateLayerGetter:
    """The backbone up to its last wanted stage, giving the outputs of the wanted ones by new names."""
    return IntermediateLayerGetter(backbone, dict(wanted))


def set_dilated(backbone: nn.Module, dilated: bool, names: tuple[str, ...] = DILATED, *, gaps: bool = True) -> None:
    """Gaps in place of the halving in these stages, or the halving again. No weight changes. ``gaps`` False: neither halving nor gaps.

    Where a stage halved, its first convolution still sees what comes from before, so it gets the gaps of the stage before; all
    convolutions after it get gaps twice as wide (figure 3b).
    """
    stride = 1 if dilated else 2
    gap = 1
    for name in names:
        for number, block in enumerate(backbone.get_submodule(name).children()):
            convolutions = [part for part in block.modules() if isinstance(part, nn.Conv2d) and part.kernel_size == (3, 3)]
            for place, convolution in enumerate(convolutions):
                halves = number == 0 and place == 0
                width = 1 if not (dilated and gaps) else gap if halves else 2 * gap
                convolution.dilation = convolution.padding = (width, width)
                convolution.stride = (stride, stride) if halves else (1, 1)
            shortcut = block.get_submodule("downsample") if number == 0 else nn.Identity()
            for part in shortcut.modules():
                if isinstance(part, nn.Conv2d):
                    part.stride = (stride, stride)
                elif isinstance(part, PadShortcut):
                    part.stride = stride
        gap *= 2


class Head(nn.Sequential):
    """ASPP, one more 3x3 convolution, and the classes: torchvision's DeepLabHead with any number of channels."""

    def __init__(self, inputs: int, channels: int, classes: int, rates: tuple[int, ...]) -> None:
        super().__init__(
            ASPP(inputs, rates, channels),
            nn.Conv2d(channels, channels, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
            nn.Conv2d(channels, classes, kernel_size=1),
        )

    def set_rates(self, rates: tuple[int, ...]) -> None:
        """Other gaps in ASPP. No weight changes."""
        branches = [part for name, part in self.named_modules() if isinstance(part, nn.Conv2d) and name.startswith("0.convs") and part.kernel_size == (3, 3)]
        for branch, rate in zip(branches, rates, strict=True):
            branch.dilation = branch.padding = (rate, rate)


def dilate(network: DeepLabV3, config: SmallConfig, dilated: bool) -> None:
    """A small DeepLab v3 with gaps in its last two stages, or with their strides and a quarter of ASPP's rates. No weight changes."""
    set_dilated(network.backbone, dilated)
    network.classifier.set_rates(config.rates if dilated else tuple(max(1, rate // 4) for rate in config.rates))


# The named networks; every field of the configuration may be changed: deeplabv3_small(dilated=False).


def deeplabv3_resnet50(classes: int = 21, auxiliary: bool = True) -> DeepLabV3:
    """torchvision's DeepLab v3 on ResNet-50: 39,638,869 parameters for 21 classes, 42,004,074 with the auxiliary head."""
    theirs = torchvision_resnet50(weights=None, weights_backbone=None, num_classes=classes, aux_loss=auxiliary)
    return DeepLabV3(theirs.backbone, theirs.classifier, theirs.aux_classifier)


def deeplabv3_small(**changes: Any) -> DeepLabV3:
    """A small DeepLab v3 for streets."""
    config = replace(SMALL, **changes)
    backbone = stages(small_backbone(config.depths, config.widths), {"layer4": "out"})
    network = DeepLabV3(backbone, Head(config.widths[-1], config.head, config.classes, config.rates))
    dilate(network, config, config.dilated)
    return network
