"""MobileNet: counted, every step can be looked at, and separable convolutions do what full ones do with less."""

from __future__ import annotations

import torch
from torch import nn

from explorer.engine.models.recognition.mobilenet import mobilenet, mobilenet_half
from tests.engine.models.recognition.checks import count, every_step_can_be_looked_at, shapes


def test_parameters() -> None:
    assert count(mobilenet) == 4_231_976
    assert count(mobilenet_half) == 823_722


def test_every_step_can_be_looked_at() -> None:
    found = every_step_can_be_looked_at(mobilenet_half(), 32)
    assert found["stem"].shape == (1, 16, 32, 32) and found["block13"].shape == (1, 512, 4, 4)
    with torch.device("meta"):
        assert shapes(mobilenet(), 224)["block13"] == (1024, 7, 7)


def test_a_depthwise_convolution_keeps_channels_apart_and_a_pointwise_one_places() -> None:
    network = mobilenet_half().eval()
    block = network.block1
    x = torch.randn(1, 16, 8, 8)
    changed = x.clone()
    changed[0, 3] += 1
    with torch.no_grad():
        difference = (block.depthwise(changed) - block.depthwise(x))[0].abs().amax((1, 2))
        assert difference[3] > 0 and difference.sum() == difference[3]
        y = torch.randn(1, 16, 8, 8)
        elsewhere = y.clone()
        elsewhere[0, :, 2, 5] += 1
        moved = (block.pointwise(elsewhere) - block.pointwise(y))[0].abs().amax(0)
        assert moved[2, 5] > 0 and moved.sum() == moved[2, 5]


def test_full_convolutions_in_their_place_cost_eight_times_as_much() -> None:
    full = mobilenet_half(separable=False)
    assert not any(isinstance(module, nn.Conv2d) and module.groups > 1 for module in full.modules())
    assert count(mobilenet_half, separable=False) > 8 * count(mobilenet_half)
    assert full(torch.randn(2, 3, 32, 32)).shape == (2, 10)
