"""Depthwise convolutions on small maps: the same numbers as PyTorch's own, the same names, and sooner."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor, nn

from explorer.engine.learning.depthwise import quicken_depthwise


def learned(network: nn.Module, x: Tensor) -> tuple[Tensor, Tensor, list[Tensor]]:
    x = x.clone().requires_grad_()
    y = network(x)
    (y * torch.arange(y.numel()).reshape(y.shape).cos()).sum().backward()
    assert x.grad is not None
    return y.detach(), x.grad, [weight.grad for weight in network.parameters() if weight.grad is not None]


@pytest.mark.parametrize("side", (1, 2, 3, 4, 7))
@pytest.mark.parametrize("kernel", (3, 5))
@pytest.mark.parametrize("stride", (1, 2))
@pytest.mark.parametrize("bias", (False, True))
def test_the_numbers_are_pytorchs_own(side: int, kernel: int, stride: int, bias: bool) -> None:
    torch.manual_seed(0)
    network = nn.Conv2d(6, 6, kernel, stride, kernel // 2, groups=6, bias=bias)
    x = torch.randn(4, 6, side, side + 1).to(memory_format=torch.channels_last)
    y, of_x, of_weights = learned(copy.deepcopy(network), x)
    quicken_depthwise(network)
    quick_y, quick_of_x, quick_of_weights = learned(network, x)
    torch.testing.assert_close(quick_y, y)
    torch.testing.assert_close(quick_of_x, of_x)
    torch.testing.assert_close(quick_of_weights, of_weights)


def test_only_depthwise_convolutions_are_touched() -> None:
    network = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 8, 3, padding=1, groups=8), nn.Conv2d(8, 8, 3, padding=1, groups=2))
    names = list(network.state_dict())
    quicken_depthwise(network)
    assert ["forward" in vars(module) for module in network] == [False, True, False]
    assert list(network.state_dict()) == names


def test_a_large_map_goes_pytorchs_way(monkeypatch: pytest.MonkeyPatch) -> None:
    network = nn.Conv2d(4, 4, 3, padding=1, groups=4)
    quicken_depthwise(network)
    assert "_SmallMap" in type(network(torch.zeros(1, 4, 2, 2)).grad_fn.next_functions[0][0]).__name__
    assert "_SmallMap" not in type(network(torch.zeros(1, 4, 8, 8)).grad_fn).__name__
    with torch.inference_mode():
        assert network(torch.zeros(1, 4, 2, 2)).shape == (1, 4, 2, 2)
