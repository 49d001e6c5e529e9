"""Costs of a convolution, counted and measured."""

from __future__ import annotations

import torch
from torch import nn

from explorer.engine.lenses.work import MOST, costs, measured


def test_counts_are_those_of_the_layers() -> None:
    counted = costs(5, 6, 8, 10)
    layers = {"full": nn.Conv2d(6, 8, 5, bias=False), "depthwise": nn.Conv2d(6, 6, 5, groups=6, bias=False), "pointwise": nn.Conv2d(6, 8, 1, bias=False)}
    for kind, layer in layers.items():
        assert counted[kind].parameters == layer.weight.numel()
        assert counted[kind].multiply_adds == layer.weight.numel() * 100


def test_large_maps_are_measured_in_part_and_the_threads_are_as_before() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        small, large = measured(3, 8, 8, 8, budget=0.02), measured(3, 512, 512, 32, budget=0.02)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
    assert small["full"].rows == 8 and 1 <= large["full"].rows < 32
    assert large["full"].multiply_adds * large["full"].rows / 32 <= MOST < large["full"].multiply_adds
    assert large["full"].seconds > large["depthwise"].seconds


def test_more_work_takes_longer() -> None:
    small, large = measured(3, 8, 8, 8, budget=0.1), measured(3, 128, 128, 48, budget=0.1)
    assert 0 < small["full"].seconds < large["full"].seconds
    assert large["depthwise"].seconds < large["full"].seconds
