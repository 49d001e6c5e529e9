"""The heat of a box: values times their own gradient, by hand."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from explorer.engine.lenses.box_activation import box_activation
from explorer.words import InputError


class Two(nn.Module):
    """A layer of two maps; the score reads the first at one place and takes the second away at another."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Identity()
        self.unused = nn.Identity()
        self.flat = nn.Flatten()

    def forward(self, x: Tensor) -> Tensor:
        seen = self.layer(x)
        self.flat(seen)
        return 2 * seen[0, 0, 1, 2] - 3 * seen[0, 1, 0, 0] + seen[0, 1, 2, 2]


@pytest.fixture
def x() -> Tensor:
    return torch.arange(24.0).view(1, 2, 3, 4) + 1


def test_by_hand(x: Tensor) -> None:
    network = Two().train()
    heat = box_activation(network, "layer", lambda: network(x))
    expected = torch.zeros(3, 4)
    expected[1, 2] = 2 * x[0, 0, 1, 2]
    expected[2, 2] = x[0, 1, 2, 2]  # what speaks against it is left out
    assert torch.equal(heat, expected)
    assert network.training and not network.layer._forward_hooks


@pytest.mark.parametrize("layer", ["unused", "flat", "nowhere"])
def test_a_layer_without_maps_is_refused(layer: str, x: Tensor) -> None:
    network = Two()
    with pytest.raises(InputError):
        box_activation(network, layer, lambda: network(x))
    assert not any(module._forward_hooks for module in network.modules())
