"""DenseNet: counted, equal to torchvision's, every step can be looked at, and each layer sees all earlier ones."""

from __future__ import annotations

import pytest
import torch

from explorer.engine.models.recognition.densenet import densenet121, densenet_bc_40_12, densenet_bc_100_12, densenet_bc_190_40
from tests.engine.models.recognition.checks import Builder, count, every_step_can_be_looked_at, same_as_torchvision


@pytest.mark.parametrize(
    ("builder", "parameters", "layers"),
    [(densenet121, 7_978_856, 121), (densenet_bc_100_12, 769_162, 100), (densenet_bc_190_40, 25_624_430, 190), (densenet_bc_40_12, 176_122, 40)],
)
def test_parameters_and_layers(builder: Builder, parameters: int, layers: int) -> None:
    assert count(builder) == parameters
    with torch.device("meta"):
        assert builder().config.layers == layers


def test_torchvision_weights_load_strictly_and_give_the_same() -> None:
    same_as_torchvision("densenet121", densenet121(), (64, 64))


def test_every_step_can_be_looked_at_and_each_layer_sees_all_earlier_ones() -> None:
    found = every_step_can_be_looked_at(densenet_bc_40_12(), 32)
    assert [found[f"features.denseblock{number}"].shape[1:] for number in (1, 2, 3)] == [(96, 32, 32), (120, 16, 16), (132, 8, 8)]
    block = "features.denseblock1"
    layers = [found[f"{block}.denselayer{number}"] for number in range(1, 7)]
    assert torch.equal(found[block], torch.cat([found["features.conv0"], *layers], 1))
    assert torch.equal(found[f"{block}.denselayer4.concatenate"], torch.cat([found["features.conv0"], *layers[:3]], 1))
