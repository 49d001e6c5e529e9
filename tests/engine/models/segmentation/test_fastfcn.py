"""FastFCN: the JPU counted, its sizes, and what it looks at."""

from __future__ import annotations

import torch
from torch import nn

from explorer.engine.models.segmentation.deeplabv3 import deeplabv3_small
from explorer.engine.models.segmentation.fastfcn import GAPS, JPU, fastfcn_resnet50, fastfcn_small, jpu
from tests.engine.models.recognition.checks import count, shapes


def test_parameters() -> None:
    assert count(jpu) == 19_735_552
    assert count(fastfcn_small) == 720_795 and count(fastfcn_resnet50) == 52_692_565


def test_sizes() -> None:
    with torch.device("meta"):
        small, large = shapes(fastfcn_small(), 64), shapes(fastfcn_resnet50(), 64)
    assert small["backbone.layer4"] == (96, 4, 4) and small["jpu"] == (128, 16, 16) and small[""] == (11, 64, 64)
    assert large["backbone.layer4"] == (2048, 2, 2) and large["jpu"] == (2048, 8, 8) and large[""] == (21, 64, 64)


def test_sides_that_do_not_divide() -> None:
    with torch.no_grad():
        assert fastfcn_small().eval()(torch.zeros(1, 3, 45, 61)).shape == (1, 11, 45, 61)


def test_the_jpu_gives_the_dilated_backbones_size() -> None:
    with torch.device("meta"):
        assert shapes(fastfcn_small(), 96)["jpu"][1:] == shapes(deeplabv3_small(), 96)["backbone.layer4"][1:]


def test_all_three_stages_and_all_gaps_count() -> None:
    module: JPU = jpu((4, 6, 8), 2).eval()
    stages = [torch.randn(1, 4, 16, 16), torch.randn(1, 6, 8, 8), torch.randn(1, 8, 4, 4)]
    before = module(*stages)
    for number in range(3):
        changed = [one + 1 if index == number else one for index, one in enumerate(stages)]
        assert not torch.allclose(module(*changed), before)
    depthwise = [part for part in module.modules() if isinstance(part, nn.Conv2d) and part.groups > 1]
    assert tuple(part.dilation[0] for part in depthwise) == GAPS and all(part.groups == 6 for part in depthwise)


def test_the_backbone_is_that_of_the_small_deeplab() -> None:
    ours = {name: value.shape for name, value in fastfcn_small().state_dict().items() if name.startswith("backbone")}
    assert ours == {name: value.shape for name, value in deeplabv3_small().state_dict().items() if name.startswith("backbone")}
