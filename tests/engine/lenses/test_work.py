"""Costs of a convolution, counted and measured."""

from __future__ import annotations

import torch
from torch import nn

from explorer.engine.lenses.work import costs, measured


def test_counts_are_those_of_the_layers() -> None:
    counted = costs(5, 6, 8, 10)
    layers = {"full": nn.Conv2d(6, 8, 5, bias=False), "depthwise": nn.Conv2d(6, 6, 5, groups=6, bias=False), "pointwise": nn.Conv2d(6, 8, 1, bias=False)}
    for kind, layer in layers.items():
        assert counted[kind].parameters == layer.weight.numel()
        assert counted[kind].multiply_adds == layer.weight.numel() * 100


def test_more_work_takes_longer() -> None:
    torch.set_num_threads(1)
    small, large = measured(3, 8, 8, 8, budget=0.02), measured(3, 128, 128, 48, budget=0.02)
    assert 0 < small["full"].seconds < large["full"].seconds
    assert large["depthwise"].seconds < large["full"].seconds
