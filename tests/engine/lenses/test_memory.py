"""Memory kept for learning: counted by hand on a small network, and nothing of the network is changed."""

from __future__ import annotations

import torch
from torch import nn

from explorer.engine.lenses.memory import kept_for_learning


def test_what_is_kept_is_counted_once() -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1, bias=False), nn.ReLU(), nn.Conv2d(4, 2, 1, bias=False))
    x = torch.randn(2, 3, 8, 8)
    assert kept_for_learning(network, x) == 2 * 4 * 8 * 8 * 4  # what the ReLU put out, which the second convolution keeps too


def test_twice_the_batch_keeps_twice_as_much_and_the_network_stays_as_it_was() -> None:
    network = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 8, 3)).eval()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    one, two = (kept_for_learning(network, torch.randn(count, 3, 16, 16)) for count in (4, 8))
    assert 1.9 < two / one < 2.0  # the statistics of a channel do not grow with the batch
    assert not network.training and all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
