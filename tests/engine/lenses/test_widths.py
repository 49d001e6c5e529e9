"""Channels, equal work, the time of a step, and which channels respond to a picture."""

from __future__ import annotations

import torch
from torch import nn

from explorer.engine.lenses.widths import equal_work, responding, size_of, step_seconds


def network(width: int) -> nn.Module:
    return nn.Sequential(nn.Conv2d(3, width, 3, padding=1, bias=False), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, 10))


def test_the_size_is_counted_and_equal_work_found() -> None:
    size = size_of(lambda: network(8), (3, 4, 4))
    assert size.parameters == 27 * 8 + 8 * 10 + 10 and size.multiply_adds == 27 * 8 * 16 + 80
    assert equal_work(network, (3, 4, 4), size.multiply_adds, 1, 32) == 8
    assert equal_work(network, (3, 4, 4), 10**9, 1, 32) == 32


def test_channels_respond_where_the_picture_excites_them() -> None:
    one = network(4)
    first = one[0]
    assert isinstance(first, nn.Conv2d)
    with torch.no_grad():
        first.weight.zero_()
        first.weight[0, 0, 1, 1], first.weight[1, 0, 1, 1], first.weight[2, 0, 1, 1] = 1.0, 0.05, -1.0
    bright = torch.zeros(1, 3, 4, 4)
    bright[0, 0, 2, 2] = 1.0
    (found,) = responding(one, bright)
    assert (found.channels, found.active) == (4, 1)
    bright[0, 0, 0, 0] = -1.0  # now the third, too
    assert responding(one, bright)[0].active == 2
    assert responding(one, torch.zeros(1, 3, 4, 4))[0].active == 0


def test_a_step_takes_time() -> None:
    times = list(step_seconds(network(4), torch.randn(2, 3, 8, 8), most=3, budget=10))
    assert len(times) == 3 and all(value > 0 for value in times)
