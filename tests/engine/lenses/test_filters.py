"""The learnt weights are shown as they are."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explorer.engine.lenses.filters import colour_filters, filters
from explorer.words import InputError


def test_every_convolution(network: nn.Module, x: Tensor) -> None:
    for name, module in network.named_modules():
        if isinstance(module, nn.Conv2d):
            maps = filters(network, name)
            assert maps.layer == name and maps.signed and maps.values.shape == (module.out_channels, *module.kernel_size)
            weight = module.weight.detach()
            strongest = weight.flatten(2).norm(dim=2).max(1).values
            assert np.allclose(np.sqrt((maps.values**2).sum((1, 2))), strongest.numpy(), rtol=1e-4)
            last = module.out_channels - 1
            one = filters(network, name, last)
            assert np.array_equal(one.values, weight[last].numpy()) and len(one.names) == module.in_channels // module.groups
            norms = np.sqrt((one.values**2).sum((1, 2)))[list(one.order)]
            assert (np.diff(norms) <= 1e-6).all()


@pytest.mark.parametrize("name", ["resnet20"])
def test_a_layer_with_convolutions_inside_and_one_without(network: nn.Module) -> None:
    assert filters(network, "layer2").layer == "layer2.0.conv1"
    for layer in ("fc", "bn1", "nothing"):
        with pytest.raises(InputError):
            filters(network, layer)
    with pytest.raises(InputError):
        filters(network, "conv1", 16)


def test_names_count_input_maps_across_groups() -> None:
    network = nn.Sequential(nn.Conv2d(4, 4, 1, groups=2))
    assert filters(network, "0", 3).names == ("2 → 3", "3 → 3")
    assert all(name in ("0 → 0", "1 → 0", "0 → 1", "1 → 1", "2 → 2", "3 → 2", "2 → 3", "3 → 3") for name in filters(network, "0").names)


def test_colours() -> None:
    network = nn.Sequential(nn.Conv2d(3, 9, 2), nn.Conv2d(9, 2, 1))
    with torch.no_grad():
        network[0].weight.zero_()
        network[0].weight[8, 0, 1, 1] = -4
    sheet = colour_filters(network, "0")
    assert sheet is not None and sheet.pixels.shape == (5, 23, 3)
    assert (sheet.pixels[0:2, 0:2] == 128).all(), "a filter of zeros is grey"
    assert sheet.pixels[4, 1].tolist() == [0, 128, 128], "the ninth stands below the first; its only weight takes red away"
    assert (sheet.pixels[2] == 255).all(), "white between them"
    assert colour_filters(network, "1") is None
